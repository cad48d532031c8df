"""What can be looked at, by whom and why, and how looks are put together."""

from datetime import date

import pytest

from unranked import text
from unranked.domain.access import BY, WHY, By, Look, What, in_order
from unranked.domain.policy_terms import Purpose
from unranked.domain.usage import Window

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
JANUARY, FEBRUARY = (Window(date(2026, n, 1), date(2026, n, 29 - n)) for n in (1, 2))


def test_for_everything_that_can_be_looked_at_it_is_known_who_does_and_why():
    assert BY.keys() == WHY.keys() == set(What)
    assert {what for what, why in WHY.items() if why is None} == {What.NAMED}
    for what, who in BY.items():
        if who is By.PERSON:
            assert WHY[what] is Purpose.OWN_USE


@pytest.mark.parametrize("code", text.LANGUAGES)
def test_everything_has_words_in_every_language(code):
    with text.spoken(code):
        said = [text.label(f"access_{what}") for what in What]
        said += [text.label(f"access_by_{who}") for who in By if who is not By.PERSON]

    assert len(set(said)) == len(said)


def test_looks_of_a_day_at_one_thing_are_one_and_the_newest_day_comes_first():
    made = [
        Look(MONDAY, What.RESULTS, 2),
        Look(MONDAY, What.SUMMARY),
        Look(TUESDAY, What.HOME),
        Look(MONDAY, What.RESULTS, 3),
    ]

    for looks in (made, made[::-1]):
        assert list(in_order(looks)) == [
            Look(TUESDAY, What.HOME),
            Look(MONDAY, What.SUMMARY),
            Look(MONDAY, What.RESULTS, 5),
        ]


def test_bands_of_two_times_stay_two():
    looks = [Look(MONDAY, What.BANDS, days=days) for days in (FEBRUARY, JANUARY)]

    assert [one.days for one in in_order(looks)] == [JANUARY, FEBRUARY]
