"""Days, numbers, money and lists as each language writes them."""

from datetime import date
from decimal import Decimal
from threading import Barrier, Thread

import pytest

from unranked import text
from unranked.services import messages, spoken

THURSDAY = date(2026, 11, 19)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            {
                "day": "Thu 19 Nov 2026",
                "short_day": "19 Nov",
                "long_day": "19 Nov 2026",
                "month": "November 2026",
            },
        ),
        (
            "de",
            {
                "day": "Do., 19. Nov. 2026",
                "short_day": "19. Nov.",
                "long_day": "19. Nov. 2026",
                "month": "November 2026",
            },
        ),
    ],
)
def test_a_day_is_written_as_the_language_writes_it(language, expected):
    with text.spoken(language):
        assert {name: getattr(spoken, name)(THURSDAY) for name in expected} == expected


def test_months_and_weekdays_have_the_names_of_the_language():
    with text.spoken("de"):
        assert spoken.day(date(2026, 3, 2)) == "Mo., 2. März 2026"
        assert spoken.month(date(2026, 5, 1)) == "Mai 2026"
        assert spoken.weekdays()[::6] == ["Montag", "Sonntag"]
    assert spoken.weekdays()[::6] == ["Monday", "Sunday"]


@pytest.mark.parametrize(
    ("language", "money", "decimal", "whole"),
    [
        ("en", ["$1,010.85", "-$0.50", "€3.00"], ["1,234.57", "2.0", "-1"], "10,000"),
        ("de", ["1.010,85 $", "-0,50 $", "3,00 €"], ["1.234,57", "2,0", "-1"], "10.000"),
    ],
)
def test_numbers_and_money_have_the_signs_of_the_language(language, money, decimal, whole):
    amounts = ((Decimal("1010.853"), "USD"), (Decimal("-0.5"), "USD"), (Decimal(3), "EUR"))
    numbers = ((Decimal("1234.567"), 2), (2, 1), (-1, 0))
    with text.spoken(language):
        said = [spoken.money(amount, currency) for amount, currency in amounts]
        # Between an amount and its sign no line may be broken.
        assert [one.replace("\N{NO-BREAK SPACE}", " ") for one in said] == money
        assert not any(" " in one for one in said)
        assert [spoken.decimal(number, places) for number, places in numbers] == decimal
        assert spoken.whole(10_000) == whole


@pytest.mark.parametrize(
    ("language", "lists"),
    [
        ("en", ["", "a", "a and b", "a, b and c", "a, b or c"]),
        ("de", ["", "a", "a und b", "a, b und c", "a, b oder c"]),
    ],
)
def test_names_are_listed_with_the_word_of_the_language_before_the_last(language, lists):
    with text.spoken(language):
        said = [spoken.listed(names) for names in ("", "a", "ab", "abc")]
        assert [*said, spoken.listed("abc", last="or")] == lists


def test_who_has_no_tool_has_words_for_those_that_there_may_be():
    assert messages.in_words([]) == "your AI tools"
    with text.spoken("de"):
        assert messages.in_words([]) == "deinen KI-Werkzeugen"


def test_two_threads_speak_two_languages_at_the_same_moment():
    both, said = Barrier(2), {}

    def speak(language):
        with text.spoken(language):
            both.wait(timeout=10)  # both have chosen by now, and neither has spoken
            said[language] = (text.language(), spoken.long_day(THURSDAY))
            both.wait(timeout=10)

    threads = [Thread(target=speak, args=(language,)) for language in text.LANGUAGES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert said == {"en": ("en", "19 Nov 2026"), "de": ("de", "19. Nov. 2026")}
    assert text.language() == "en"


def test_what_was_spoken_before_is_spoken_again_even_after_a_mistake():
    with text.spoken("de"):
        with pytest.raises(KeyError), text.spoken("en"):
            text.label("no_such_label")
        assert text.language() == "de"
    assert text.language() == "en"
