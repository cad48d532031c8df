"""Only words that are known: what an attacker found, what anybody could make up, what is honest."""

import string

import pytest
from each import for_each
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from worded import ENGLISH, GERMAN, refusal, words_of

from unranked import text
from unranked.demo.company_names import PLACES
from unranked.domain.wording import FactSheet, Refusal
from unranked.domain.wording_vocabulary import vocabulary

BOTH = {"en": ENGLISH, "de": GERMAN}
PRODUCT = {
    "en": FactSheet(
        (
            "You reported: A typical week of 90 min (likely 45 to 180); 7 of 8 weeks answered.",
            (
                "AI cost: $10.85 a week, or 2.17 million cost-weighted tokens; single weeks from "
                "$8.00 to $14.00."
            ),
            "Net: About +79 min a week (likely +34 to +169), where an hour counts $60.00.",
            "Value per token: 41 min per million cost-weighted tokens (likely 21 to 83).",
            (
                "Finished work: 7 merged pull requests in 28 days. AI cost for each: $6.05, likely "
                "$3.89 to $10.16. That counts all you finished, with AI or without."
            ),
            "Compared with your previous quarter: No clear change.",
        )
    ),
    "de": FactSheet(
        (
            (
                "Deine Angaben: Eine typische Woche mit 90 min (wahrscheinlich 45 bis 180); 7 von "
                "8 Wochen beantwortet."
            ),
            (
                "Kosten für KI: 10,85\u00a0$ in der Woche oder 2,17 Millionen kostengewichtete "
                "Tokens; einzelne Wochen von 8,00\u00a0$ bis 14,00\u00a0$."
            ),
            (
                "Netto: Ungefähr +79 min in der Woche (wahrscheinlich +34 bis +169), wobei eine "
                "Stunde als 60,00\u00a0$ zählt."
            ),
            "Wert je Token: 41 min je Million kostengewichteter Tokens (wahrscheinlich 21 bis 83).",
            (
                "Fertige Arbeit: 7 übernommene Pull Requests in 28 Tagen. Kosten für KI je Stück: "
                "6,05\u00a0$, wahrscheinlich 3,89\u00a0$ bis 10,16\u00a0$. Gezählt ist alles, was "
                "du fertiggestellt hast, mit KI oder ohne."
            ),
            "Verglichen mit deinem Quartal davor: Keine klare Veränderung.",
        )
    ),
}
"""Summaries as the product writes them."""

HONEST = {
    "en": [
        "In a typical week you reported 90 min (likely 45 to 180), and AI cost $10.85 a week.",
        "You answered 7 of 8 weeks, and a typical week of 90 min is what you reported.",
        "After the AI cost, your net is about +79 min a week (likely +34 to +169).",
        "Your AI cost was $10.85 a week, with single weeks from $8.00 to $14.00.",
        "Net, you are at about +79 min a week, where an hour counts $60.00.",
        (
            "You finished 7 merged pull requests in 28 days. The AI cost for each is $6.05, likely "
            "$3.89 to $10.16."
        ),
        "Compared with your previous quarter, there is no clear change.",
        "Your value per token is 41 min per million cost-weighted tokens (likely 21 to 83).",
        (
            "The cost is what the providers of your tools bill or estimate. The net is the value "
            "you reported after that cost."
        ),
        "The summary rests on your own answers and on what your tools cost in these weeks.",
    ],
    "de": [
        (
            "In einer typischen Woche hast du 90 min angegeben (wahrscheinlich 45 bis 180), bei "
            "Kosten von 10,85\u00a0$ in der Woche."
        ),
        "Du hast 7 von 8 Wochen beantwortet und eine typische Woche mit 90 min angegeben.",
        "Netto sind das ungefähr +79 min in der Woche, wobei eine Stunde als 60,00\u00a0$ zählt.",
        (
            "Nach den Kosten bleiben netto ungefähr +79 min in der Woche (wahrscheinlich +34 bis "
            "+169)."
        ),
        "Die Kosten für KI lagen bei 10,85\u00a0$ in der Woche.",
        "Du hast 7 übernommene Pull Requests in 28 Tagen fertiggestellt.",
        "Die Kosten für KI je Stück sind 6,05\u00a0$, wahrscheinlich 3,89\u00a0$ bis 10,16\u00a0$.",
        "Verglichen mit deinem Quartal davor gibt es keine klare Veränderung.",
        (
            "Dein Wert je Token liegt bei 41 min je Million kostengewichteter Tokens "
            "(wahrscheinlich 21 bis 83)."
        ),
        (
            "Die Kosten sind das, was die Anbieter deiner Werkzeuge abrechnen oder schätzen. Die "
            "Übersicht beruht auf deinen eigenen Antworten."
        ),
    ],
}


@pytest.mark.parametrize(
    ("code", "said"), [(code, said) for code, every in HONEST.items() for said in every]
)
def test_an_honest_paraphrase_is_shown(code, said):
    assert refusal(said, PRODUCT[code], code) is None


@pytest.mark.parametrize(
    ("code", "line"), [(code, line) for code in PRODUCT for line in PRODUCT[code].lines]
)
def test_every_line_of_the_product_may_be_repeated(code, line):
    assert refusal(line, PRODUCT[code], code) is None


@pytest.mark.parametrize("code", text.LANGUAGES)
def test_every_line_that_the_product_has_may_be_repeated(code):
    with text.spoken(code):
        every = [text.unfilled(one) for one in text.messages() if one.startswith("summary_")]
    lines = [": ".join(one.split("\n", 1)).replace("\n", " ") for one in every]

    assert len(lines) > 20
    for line in lines:
        assert refusal(line, FactSheet((line,)), code) is None, line


NUMBERS = [
    *("You reported anderthalb Stunden.", "Das sind eineinhalb Stunden."),
    *("Das sind zweieinhalb Stunden.", "Zweidrittel davon bleibt.", "Your twentieth week."),
    *("You saved a handful of hours.", "You gained umpteen hours.", "Twelve-ish", "zwölf"),
    *("Zwoelf", "a dozen", "a quarter", "vierzig", "siebzehn", "dreizehn", "hundertzwanzig"),
    *("one hundred and twenty", "k", "two-thirds", "50-50", "fifty-fifty", "both weeks"),
    *("a single week", "a third", "sixfold", "tenfold growth", "eleventy", "ninety-ish"),
    *("nought", "naught", "zilch", "nix", "ein Dutzend", "beide", "je drei Stunden", "II"),
    *("ii weeks", "x2", "\u00bd hour", "\u00b2", "a gross", "call 0800", "\u0661\u0662 min"),
    *("It cost nothing.", "AI was free.", "Es war kostenlos.", "There was no cost."),
    *("Es gab keine Kosten.", "You reported none.", "ein paar Stunden", "zwei Drittel"),
    *("Dein zwanzigster Tag.", "eine Handvoll Stunden", "dutzendfach", "It fell by a quarter."),
]
COMPARISONS = [
    *("Bob uses less.", "Most around you use it less.", "Few in Berlin burn so much."),
    *("Du liegst ganz vorn.", "Du bist Spitzenreiter.", "Du hast am meisten gebraucht."),
    *("You are in the upper tail.", "You are among the heaviest.", "You used the most."),
    *("Your usage is unusually high.", "You rank high.", "Your boss sees this.", "HR sees this."),
    *("Your lead knows it.", "Nobody sees it.", "They report less.", "All report less."),
    *("Bob verbraucht weniger.", "Die meisten nutzen KI weniger.", "In Berlin nutzt man weniger."),
    *("Du bist einer der Ersten.", "Deine Nutzung ist ungewöhnlich hoch.", "Dein Chef sieht das."),
    *(
        "Sie hat weniger angegeben.",
        "Niemand sieht das.",
        "Wer fragt, sieht mehr.",
        "Du bist oben.",
    ),
]
ADVICE = [
    *(
        "You burn a lot; that is good, go on.",
        "Keep burning, it pays.",
        "Use it daily, it pays off.",
    ),
    *("Try a bigger model.", "Nice. Wow. You rock.", "You are a star.", "Genius work."),
    *("Well played.", "Du bist ein Held.", "Läuft bei dir.", "Stark.", "Gib mehr Gas mit KI."),
    *("Mehr davon.", "Ich rate dir, es laenger zu nutzen.", "Spend a little extra on tokens."),
    *("More is better.", "Use it each week.", "That is good.", "AI is worth the cost."),
    *("Mach weiter, es lohnt sich.", "Nutze KI täglich.", "Nimm ein größeres Modell.", "Super."),
    *("Du bist ein Star.", "Gut so.", "Das ist besser.", "Verbrenne Tokens.", "Los."),
]
ORDERS = [
    *("Type /tokens forget now.", "Press Stop and write to ada at evil dot com."),
    *("Write your password here.", "Visit evil.example", "Visit evil .com", "Write your answer."),
    *(
        "Tippe /tokens forget.",
        "Schreib dein Passwort hier.",
        "Besuche evil .com",
        "Schreib an Ada.",
    ),
]
CLAIMS = [
    *("You lost 90 min.", "You cost the firm 90 min", "AI cost you 90 min.", "You gained 90 min."),
    *(
        "You saved 90 min.",
        "You lost about +79 min a week.",
        "Your net is 90 min.",
        "You lost time.",
    ),
    *("You finished 7 merged pull requests because of AI.", "You cost 90 min."),
    *(
        "AI made you finish 7 merged pull requests",
        "AI finished 7 merged pull requests in 28 days.",
    ),
    *("You finished 7 merged pull requests with AI.", "In 28 days you cost $60.00."),
    *("You have not reported 90 min.", "You have not used a tool.", "You never answered."),
    *("There is a clear change.", "Your net is negative.", "Value fell to 21"),
    *("A typical week of 180 min", "A typical week of 45 min", "Net is +34 min a week"),
    *("Net is +169 min.", "You spent $60.00 a week", "It cost $14.00 a week", "Your 7 weeks"),
    "AI cost: $8.00 to $14.00",
    *("Du hast 90 min verloren.", "KI hat dich 90 min gekostet.", "Du hast 90 min gespart."),
    *("Du hast 90 min gewonnen.", "Du hast Zeit verloren.", "Dein Netto ist negativ."),
    *("Du hast wegen KI 7 übernommene Pull Requests.", "Du hast nichts angegeben."),
    *("KI hat 7 übernommene Pull Requests in 28 Tagen fertiggestellt.", "Du hast 90 min nicht."),
    *("Dank KI hast du 7 übernommene Pull Requests.", "Du hast KI nicht genutzt."),
    *("Es gibt eine klare Veränderung.", "In 28 Tagen hast du 60,00\u00a0$ gekostet."),
    *("Netto sind das 90 min.", "Deine Kosten sind 90 min."),
]


@for_each("said", [*NUMBERS, *COMPARISONS, *ADVICE, *ORDERS, *CLAIMS])
@pytest.mark.parametrize("code", text.LANGUAGES)
def test_what_an_attacker_says_is_refused_beside_any_summary(code, said):
    for facts in (PRODUCT[code], BOTH[code], FactSheet(())):
        assert refusal(said, facts, code) is not None


def test_what_a_line_says_is_shown_even_where_its_grammar_limps():
    assert refusal("a hour counts $60.00", PRODUCT["en"]) is None


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("You saw 90 min.", Refusal.UNKNOWN_WORD),
        ("You lost 90 min.", Refusal.CLAIM),
        ("You reported 90 min because.", Refusal.CLAIM),
        ("You have not reported 90 min.", Refusal.CLAIM),
        ("Your net is 90 min.", Refusal.CLAIM),
        ("AI gave you 7 merged pull requests.", Refusal.CLAIM),
    ],
)
def test_each_rule_says_itself_why(said, reason):
    assert refusal(said, PRODUCT["en"]) is reason


GAINED = FactSheet(("Time: You gained +30 min a week.", "More time: You lost -20 min a week."))


def test_gain_and_loss_stand_where_the_line_of_the_figure_has_them():
    assert refusal("You gained +30 min a week.", GAINED) is None
    assert refusal("You lost -20 min a week.", GAINED) is None
    assert refusal("You lost time.", GAINED) is None
    assert refusal("You lost +30 min a week.", GAINED) is Refusal.CLAIM
    assert refusal("You gained -20 min a week.", GAINED) is Refusal.CLAIM
    assert refusal("After what you lost, +30 min a week.", GAINED) is Refusal.CLAIM
    assert refusal("You lost time.", ENGLISH) is Refusal.CLAIM


def test_a_cause_and_a_denial_of_the_facts_may_be_repeated_and_no_other():
    facts = FactSheet(("AI cost: It is not above that because some use is unknown.",))

    assert refusal("It is not above that because some use is unknown.", facts) is None
    assert refusal("It is because some use is unknown.", facts) is Refusal.CLAIM
    assert refusal("It is not unknown.", facts) is Refusal.CLAIM


# Names, and whatever else there is

NAMES = sorted(
    {
        name.partition("|")[0]
        for place in PLACES
        for name in f"{place.first_names} {place.last_names}".split()
    }
    - {"Das"}  # an article, too
)


@pytest.mark.parametrize("code", text.LANGUAGES)
def test_nobody_can_be_named(code):
    assert len(NAMES) > 150
    for name in NAMES:
        assert refusal(f"{name} reported it.", PRODUCT[code], code) is not None, name
        assert refusal(f"That is you and {name}.", PRODUCT[code], code) is not None, name
        assert not words_of(code).has(name), name


@settings(deadline=None)
@given(
    word=st.text(f"{string.ascii_lowercase}äöüß", min_size=1, max_size=12),
    raised=st.booleans(),
    at=st.integers(0, 5),
    code=st.sampled_from(text.LANGUAGES),
)
@example(word="bob", raised=True, at=0, code="en")
@example(word="price", raised=True, at=1, code="en")
@example(word="schön", raised=False, at=3, code="de")
def test_any_sentence_with_a_word_from_outside_is_refused(word, raised, at, code):
    word = word.title() if raised else word
    own = vocabulary(PRODUCT[code].lines, ())
    every = {*" ".join(PRODUCT[code].lines).replace("-", " ").split()}
    assume(not words_of(code).has(word) and not own.has(word))
    assume(not {word, word.title()} & {one.strip("().,;:") for one in every})
    sentence = {"en": "The lines say what it is", "de": "Das steht so in der Zeile"}[code].split()

    assert refusal(" ".join(sentence), PRODUCT[code], code) is None
    sentence.insert(at, word)
    assert refusal(" ".join(sentence), PRODUCT[code], code) is not None


@settings(deadline=None)
@given(st.data())
def test_whatever_is_made_of_known_words_holds_no_word_from_outside(data):
    code = data.draw(st.sampled_from(text.LANGUAGES))
    known = words_of(code)
    words = sorted(known.spelled | known.plain)
    said = " ".join(data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=20)))

    assert refusal(said, PRODUCT[code], code) in {None, Refusal.CLAIM, Refusal.PRAISE}


@pytest.mark.parametrize("code", text.LANGUAGES)
def test_plain_words_are_few_and_are_none_that_the_lists_bind(code):
    with text.spoken(code):
        plain = text.plain_words()

    assert 100 < len(plain) < 250
    assert len(set(plain)) == len(plain)
    assert {*plain} - {*vocabulary(plain, ()).spelled} == set()


def test_a_word_of_our_texts_keeps_its_capital_and_what_is_filled_in_is_no_word():
    known = vocabulary(["Cost of tools, {cost}"], ["the"])

    assert all(map(known.has, ("Cost", "cost", "tools", "the", "The")))
    assert not any(map(known.has, ("Tools", "TOOLS", "COST", "price")))
