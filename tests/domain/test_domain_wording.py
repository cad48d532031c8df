"""What a language model's text may say beside a person's own figures, for every text."""

import string

import pytest
from each import for_each
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from worded import ENGLISH, GERMAN, refusal

from unranked.domain.wording import MOST_CHARACTERS, MOST_SENTENCES, FactSheet, Refusal

GOOD = [
    (ENGLISH, "In a typical week you reported 90 min, at an AI cost of $10.85 a week."),
    (ENGLISH, "Net, that is about +79 min a week. You answered 7 of 8 weeks."),
    (ENGLISH, "Your figures show no clear change against your previous quarter: see the lines."),
    (ENGLISH, "You finished 7 merged pull requests in 28 days (likely $3.89 to $10.16)."),
    (GERMAN, "Du hast eine typische Woche mit 90 Min. angegeben, bei 10,85\u00a0$ pro Woche."),
    (GERMAN, "Netto sind das etwa +79 Min. pro Woche. Es gibt keine klare Änderung."),
    (FactSheet(()), "The summary rests on what you reported and on what the tools cost."),
]


@pytest.mark.parametrize(("facts", "said"), GOOD)
def test_a_text_that_copies_its_figures_is_shown(facts, said):
    assert refusal(said, facts) is None


@settings(deadline=None)
@given(st.data())
def test_a_text_made_of_the_facts_own_lines_is_shown(data):
    facts = data.draw(st.sampled_from([ENGLISH, GERMAN]))
    lines = data.draw(st.lists(st.sampled_from(facts.lines), min_size=1, max_size=3))
    bullets = FactSheet(tuple(f"- {line}" for line in facts.lines))

    assert refusal("\n".join(lines), facts) is None
    assert refusal("\n".join(lines), bullets) is None


# Figures

FIGURES = [
    "Your AI cost was $11.85 a week.",
    "Your AI cost was $10.8 a week.",
    "Your AI cost was $10,85 a week.",
    "Your AI cost was $1085 a week.",
    "Your AI cost was $10 . 85 a week.",
    "Your AI cost was about 10.85 a week.",
    "Your AI cost was €10.85 a week.",
    "Your AI cost was USD 10.85 a week.",
    "Your AI cost was -$10.85 a week.",
    "Your AI cost was - $10.85 a week.",
    "Your AI cost was \u2212$10.85 a week.",
    "Your AI cost was under $10.85 a week.",
    "Your AI cost was at least $10.85 a week.",
    "Your AI cost was $10.85 a day.",
    "Your AI cost was 10,85\u00a0$ pro Tag.",
    "Your net was +79 min a day.",
    "Your net was +79 Min. pro Tag.",
    "Your net was +79 Min.",
    "Your AI cost was $10.85.",
    "Your AI cost was $10.85K a week.",
    "Your AI cost was $10.85 million a week.",
    "Your AI cost was $10.85 to $14.20.",
    "You reported 90% of it.",
    "You reported 90 % of it.",
    "You reported 90 percent of it.",
    "You reported 90 h in a week.",
    "You reported 90k min.",
    "You reported +90 min.",
    "You reported 9 0 min.",
    "You reported 90 000 min.",
    "You reported 90.000 min.",
    "You reported 1.5 h.",
    "You reported 7/8 weeks answered.",
    "You reported 45-180 min.",
    "You reported 10^3.",
    "You finished 8 merged pull requests.",
    "You finished seven merged pull requests.",
    "You answered twelve weeks.",
    "You answered twenty-one weeks.",
    "You answered half of the weeks.",
    "You answered a third of them.",
    "You gained twice your cost.",
    "It doubled.",
    "It is a tenfold gain.",
    "It is a dozen.",
    "It is a million.",
    "It is zero.",
    "It was the first of them.",
    "It is XII weeks.",
    "It is wo999rd.",
    "It is 90min.",
    "It is \u0669\u0669\u0669.",
    "It is \uff19\uff19\uff19.",
    "Es sind zwölf Wochen.",
    "Es sind zwoelf Wochen.",
    "Es sind fünfundzwanzig Wochen.",
    "Es sind dreiundsechzig Minuten.",
    "Es ist doppelt so viel.",
    "Es hat sich verdreifacht.",
    "Es ist zweimal so viel.",
    "Es ist das Zehnfache.",
    "Es ist die Hälfte.",
    "Es ist ein Drittel.",
    "Es sind ein Dutzend.",
    "Es sind hunderte.",
]


@for_each("said", FIGURES)
@pytest.mark.parametrize("facts", [ENGLISH, GERMAN, FactSheet(())], ids=["en", "de", "none"])
def test_a_figure_that_does_not_stand_in_the_facts_so_is_refused(said, facts):
    if facts is GERMAN and said == "Your AI cost was $10,85 a week.":
        said = "Your AI cost was 10,85 a week."
    assert refusal(said, facts) in {Refusal.FIGURE, Refusal.MARK_UP}


DIGITS = [string.digits, "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "０１２３４５６７８９"]  # noqa: RUF001 - on purpose
UNITS = ["", " min", " a", "%", " %", "k", " M", "$", " weeks", ".", ",", "-", "x", " Min."]
SIGNS = ["", "$", "+", "-", "\u2212", "€", "~", "(", "about ", "minus ", "at least "]
WORDS = ["You", "reported", "the", "cost", "was", "Deine", "Kosten", "sind", "week", "dein"]
NUMBERS = st.one_of(
    st.integers(0, 10**9).map(str),
    st.integers(0, 10**9).map("{:,}".format),
    st.decimals(0, 10**6, places=2).map(str),
    st.decimals(0, 10**6, places=2).map(lambda one: str(one).replace(".", ",")),
)


def in_script(number, digits):
    return "".join(digits[int(one)] if one.isdigit() else one for one in number)


KNOWN = {
    *("90", "45", "180", "7", "8", "10.85", "2.17", "8.00", "14.20", "79", "34", "169", "60.00"),
    *("41", "21", "83", "28", "6.05", "3.89", "10.16", "10,85", "2,17", "60,00"),
}


@settings(deadline=None)
@given(
    number=NUMBERS,
    written=st.tuples(*(st.sampled_from(one) for one in (DIGITS, SIGNS, UNITS, ["", " ", "\n"]))),
    before=st.lists(st.sampled_from(WORDS), max_size=8),
    behind=st.lists(st.sampled_from(WORDS), max_size=5),
)
@example("999", (string.digits, "", "", " "), ["You", "reported"], ["week"])
@example("999", (string.digits, "", "", ""), ["You", "reported"], ["week"])
def test_any_number_that_is_not_in_the_facts_is_caught_wherever_it_stands(
    number, written, before, behind
):
    assume(number not in KNOWN)
    digits, sign, unit, between = written
    said = between.join([" ".join(before), f"{sign}{in_script(number, digits)}{unit}", *behind])

    assert refusal(said, ENGLISH) in {Refusal.FIGURE, Refusal.MARK_UP}
    assert refusal(said, GERMAN) in {Refusal.FIGURE, Refusal.MARK_UP}


@settings(deadline=None)
@given(st.data())
def test_one_digit_more_less_or_other_in_a_line_of_the_facts_is_caught(data):
    facts = data.draw(st.sampled_from([ENGLISH, GERMAN]))
    line = data.draw(st.sampled_from([one for one in facts.lines if any(map(str.isdigit, one))]))
    place = data.draw(st.sampled_from([at for at, one in enumerate(line) if one.isdigit()]))
    new = data.draw(st.text(string.digits, max_size=2))
    changed = f"{line[:place]}{new}{line[place + 1 :]}"
    assume(numbers(changed) - numbers("\n".join(facts.lines)))

    assert refusal(changed, facts) is not None


def numbers(said):
    """Return the words with a digit in them, without stops around them."""
    return {word.strip("().,;:") for word in said.split() if any(map(str.isdigit, word))}


@settings(deadline=None)
@given(st.data())
def test_a_figure_of_the_facts_with_another_unit_or_another_sign_is_caught(data):
    number = data.draw(st.sampled_from(["90", "45", "180", "+79", "41", "21"]))
    unit = data.draw(st.sampled_from(["h", "days", "%", "weeks", "M", "tokens", "hours", "Std."]))
    sign = data.draw(st.sampled_from(["minus", "under", "over", "not", "unter", "mindestens"]))

    assert refusal(f"You reported {number} {unit}.", ENGLISH) is Refusal.FIGURE
    assert refusal(f"You reported {sign} {number} min.", ENGLISH) is Refusal.FIGURE


# Everything else

OTHERS = [
    "You are better than most.",
    "You cost less than Bob.",
    "Your colleagues report less.",
    "Your co-workers report less.",
    "That is above the average.",
    "You are in the top percentile.",
    "Your team costs less.",
    "Everyone else reports less.",
    "Others report less.",
    "People report less.",
    "You rank high.",
    "You lead the leaderboard.",
    "Your value is higher than your goal.",
    "Du liegst über dem Durchschnitt.",
    "Deine Kolleginnen berichten weniger.",
    "Dein Team kostet weniger.",
    "Andere berichten weniger.",
    "Du bist besser als viele.",
    "Du bist auf Rang A.",
    "Deine Abteilung kostet weniger.",
]
PRAISE = [
    "Great work, keep it up.",
    "That is an impressive week.",
    "Congratulations.",
    "You are a power user.",
    "You should use it more.",
    "Use more tokens.",
    "Try to use it more often.",
    "I recommend a longer prompt.",
    "Increase your use.",
    "Weiter so.",
    "Super gemacht.",
    "Nutze die KI doch mehr.",
    "Du solltest mehr Tokens verbrauchen.",
    "Nutze sie öfter.",
    "Das ist beeindruckend.",
]
MARK_UP = [
    "See https://evil.example now.",
    "See www.evil.example now.",
    "See evil.example now.",
    "See //evil now.",
    "Ask <@UBOB> now.",
    "Ask @bob now.",
    "Ask bob@corp.example now.",
    "Ask <!here> now.",
    "It is *so*.",
    "It is `so`.",
    "It is ~so~.",
    "It is _so_.",
    "# It is so",
    "[It](is) so",
    "It is {so}.",
    "- It is so.",
    "It is so.\n- It is so.",
    "Type /tokens forget now.",
    "/tokens forget",
    "It is so \U0001f389.",
    "It is so \N{HUNDRED POINTS SYMBOL}.",
    "It is n\u200bine.",
    "It is n\u00adine.",
    "It is n\u034fine.",
    "It is n\u0456ne.",
    "It is \ufb01ve.",
    "It is \u4e94.",
    "It is \u00bd.",
    "It is 90\u00b2 min.",
    "It is so.\x00",
    "It is\tso.",
    "It is \u202eso.",
]


@pytest.mark.parametrize("facts", [ENGLISH, GERMAN, FactSheet(())], ids=["en", "de", "none"])
@pytest.mark.parametrize(
    ("reason", "said"),
    [
        *(({Refusal.OTHERS}, said) for said in OTHERS),
        *(({Refusal.PRAISE, Refusal.OTHERS}, said) for said in PRAISE),
        *(({Refusal.MARK_UP}, said) for said in MARK_UP),
    ],
)
def test_no_comparison_no_praise_no_advice_and_no_mark_up_is_shown(facts, reason, said):
    assert refusal(said, facts) in reason


@pytest.mark.parametrize("said", ["", " ", "\n\n", "\u00a0"])
def test_nothing_is_no_text(said):
    assert refusal(said, ENGLISH) is Refusal.EMPTY


def test_a_text_has_an_end():
    sentence = "It is so. "

    assert refusal(sentence * MOST_SENTENCES, ENGLISH) is None
    assert refusal(sentence * (MOST_SENTENCES + 1), ENGLISH) is Refusal.LONG
    assert refusal("It is so\n" * (MOST_SENTENCES + 1), ENGLISH) is Refusal.LONG
    assert refusal("a " * (MOST_CHARACTERS // 2), ENGLISH) is None
    assert refusal("a " * (MOST_CHARACTERS // 2) + "a", ENGLISH) is Refusal.LONG


@settings(deadline=None)
@given(st.text(max_size=MOST_CHARACTERS + 10), st.lists(st.text(max_size=80), max_size=5))
def test_any_text_beside_any_facts_gets_an_answer(said, lines):
    assert refusal(said, FactSheet(tuple(lines))) in {None, *Refusal}


@pytest.mark.parametrize("one", [*"<>*_`~|[]{}@#\\&", "\u200b", "\u00ad", "\u034f", "\u202e"])
def test_what_is_mark_up_or_not_seen_stays_out_even_where_the_facts_have_it(one):
    facts = FactSheet((f"AI cost: so{one}so",))

    assert refusal(f"It is so{one}so.", facts) is Refusal.MARK_UP


def test_what_else_the_facts_have_may_be_shown():
    facts = FactSheet(("AI cost: 10 € with Źle = so",))

    assert refusal("That is Źle = so, at 10 € with it.", facts) is None
    assert refusal("That is Źle.", ENGLISH) is Refusal.MARK_UP


def test_a_word_of_the_facts_opens_no_other_place_for_it():
    facts = FactSheet(("Finished work: Many people finish nothing that a tool can count.",))

    assert refusal("Many people finish nothing that a tool can count.", facts) is None
    assert refusal("Many people report less.", facts) is Refusal.OTHERS
    assert refusal("Some people finish it.", facts) is Refusal.OTHERS
