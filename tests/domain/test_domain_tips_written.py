"""What a tip that is written in chat may say, for every input."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from each import for_each
from hypothesis import given
from hypothesis import strategies as st

from unranked import text
from unranked.channels import blocks
from unranked.channels.base import Message, Paragraph
from unranked.demo.blocks_limits import problems as refused
from unranked.domain.segments import NUDGED, Segment
from unranked.domain.tips import (
    LONGEST,
    NEWCOMERS,
    TOOLS,
    Draft,
    Part,
    Problem,
    Words,
    body,
    problems,
    tidy,
    word_problems,
)

TODAY = date(2026, 11, 30)
OPENING = "A ten-minute task with {tools}."
WORDS = Words(
    title="A kind no",
    task='With {tools}: write a refusal.\n\n- Type: "Write three short replies."',
    understand="Say in your own words what makes it kind.",
    ask="Ask a colleague how they would take it.",
)
GOOD = Draft(
    words=WORDS,
    segment="never_used",
    language="en",
    owner="AI enablement team",
    review=TODAY + timedelta(days=180),
    risk="low",
    risk_reason="The reader rewrites it.",
    source="craft: no study",
)
OF_WORDS = {
    Part.TITLE: "title",
    Part.TASK: "task",
    Part.UNDERSTAND: "understand",
    Part.ASK: "ask",
}
SENSE = {
    Part.TASK: f"{WORDS.task}\n",
    Part.UNDERSTAND: "Say why it is kind. ",
    Part.ASK: "Ask a colleague. ",
}
"""What makes sense of whatever stands behind it in a part."""

OF_DRAFT = {Part.OWNER: "owner", Part.RISK_REASON: "risk_reason", Part.SOURCE: "source"}


def wrong(draft):
    return problems(draft, TODAY, languages=("en", "de"))


def saying(part, said):
    if part in OF_WORDS:
        return replace(GOOD, words=replace(WORDS, **{OF_WORDS[part]: said}))
    return replace(GOOD, **{OF_DRAFT[part]: said})


def test_a_tip_as_it_should_be_has_nothing_wrong():
    assert wrong(GOOD) == {}


@pytest.mark.parametrize("part", LONGEST)
@pytest.mark.parametrize("said", ["", "   \n", "\u200b\u2060", "...", "\u2800", "-"])
def test_every_part_says_something(part, said):
    assert wrong(saying(part, said)) == {part: Problem.EMPTY}


@pytest.mark.parametrize("part", LONGEST)
def test_a_part_may_be_as_long_as_it_may_be_and_no_longer(part):
    most = LONGEST[part]

    said = SENSE.get(part, "") + "ab " * most
    assert wrong(saying(part, said[:most])) == {}
    assert wrong(saying(part, said[: most + 1])) == {part: Problem.TOO_LONG}


@pytest.mark.parametrize(
    ("review", "problem"),
    [
        (None, Problem.NOT_A_DAY),
        (TODAY - timedelta(days=1), Problem.NOT_A_DAY),
        (TODAY, Problem.NOT_A_DAY),
        (TODAY + timedelta(days=1), None),
        (TODAY + timedelta(days=365), None),
        (TODAY + timedelta(days=366), Problem.NOT_A_DAY),
    ],
)
def test_a_tip_is_read_again_after_today_and_within_a_year(review, problem):
    assert wrong(replace(GOOD, review=review)).get(Part.REVIEW) is problem


@pytest.mark.parametrize("segment", Segment)
def test_a_tip_is_for_people_who_are_nudged_and_newcomers_get_low_risk_alone(segment):
    found = wrong(replace(GOOD, segment=segment.value, risk="medium"))

    assert (found.get(Part.SEGMENT) is None) is (segment in NUDGED)
    assert (found.get(Part.RISK) is Problem.TOO_RISKY) is (segment in NEWCOMERS)
    assert Part.RISK not in wrong(replace(GOOD, segment=segment.value))


@pytest.mark.parametrize("risk", ["", "high", "LOW"])
def test_there_is_no_other_risk(risk):
    assert wrong(replace(GOOD, segment="lapsed", risk=risk)) == {Part.RISK: Problem.UNKNOWN}


@pytest.mark.parametrize("code", ["", "fr", "EN"])
def test_there_is_no_other_language(code):
    assert wrong(replace(GOOD, language=code)) == {Part.LANGUAGE: Problem.UNKNOWN}


@pytest.mark.parametrize(
    "said", ["Use {name}.", "Use {}.", "Use {tools", "Use }.", "{{tools}}", "{tools} " * 3, "{0}"]
)
@pytest.mark.parametrize("part", [Part.TASK, Part.UNDERSTAND, Part.ASK])
def test_only_the_tools_stand_in_braces_and_not_often(part, said):
    assert wrong(saying(part, f"Some words. {said}")) == {part: Problem.BRACES}


def test_the_tools_may_be_named_anywhere_but_in_the_name_of_a_tip():
    for part in (Part.TASK, Part.UNDERSTAND, Part.ASK):
        sense = SENSE[part].replace("{tools}", "it")
        assert wrong(saying(part, f"{sense}Once {{tools}} and twice {{tools}}.")) == {}
    assert wrong(saying(Part.TITLE, "With {tools}")) == {Part.TITLE: Problem.BRACES}


ADDRESSES = [
    "ada@corp.example",
    "Ada.Byron+ai@corp.example",
    "ada@corp",
    "\uff41\uff44\uff41\uff20corp.example",
    "ada\u200b@corp.example",
    "ada (at) corp.example",
    "ada[AT]corp.example",
    "mailto:ada",
    "<@U0123ABCD>",
    "<!channel>",
    "ük@corp.example",
]
OPENERS = [
    "https://wiki.example/page?token=abc",
    "wiki.example/page?x=1",
    "https://ada:secret@wiki.example/",
    "https://files.example/s/9f86d081884c7d659a2feaa0c55ad015",
    "https://join.example/zt-1abc2def3ghi4jkl5mno",
    "www.example.com/#access_token=abc",
    "https://docs.example/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit",
    "https://files.example/123e4567-e89b-12d3-a456-426614174000",
    "https://files.example/s/abcdefghijklmnopqrstuvwxyzabcdefgh",
    "sk-abcdefgh12345678",
    "xoxb-1234567890-abcdef",
    "ghp_abcdefghij0123456789",
    "-----BEGIN PRIVATE KEY-----",
    "eyJhbGciOiJIUzI1NiJ9.eyJ",
]
HARMLESS = [
    "Open https://wiki.example/ai/how-to-write-a-good-prompt-for-the-assistant.",
    "See www.example.com/guide-2026/start and ask in #ai-help.",
    "In your editor type @workspace. Then look.",
    "Compare 12 days @ 3 euros, and/or both.",
    "Is it right? Say why = what you think.",
    "Donaudampfschifffahrtsgesellschaft",
    "https://intranet.example/documentation2026",
]


@pytest.mark.parametrize("part", LONGEST)
@for_each("said", ADDRESSES)
def test_nobodys_address_goes_to_hundreds_of_people(part, said):
    assert wrong(saying(part, f"Write to {said} now"))[part] is Problem.ADDRESS


@for_each("said", OPENERS)
@pytest.mark.parametrize("part", [Part.TASK, Part.UNDERSTAND, Part.ASK, Part.SOURCE])
def test_nothing_that_opens_something_goes_to_hundreds_of_people(part, said):
    assert wrong(saying(part, f"Open {said} there"))[part] is Problem.OPENS


@for_each("said", HARMLESS)
@pytest.mark.parametrize("part", [Part.TASK, Part.UNDERSTAND, Part.ASK])
def test_words_and_open_addresses_are_left_alone(part, said):
    assert wrong(saying(part, f"{SENSE[part]}{said}")) == {}


EMPTY_TASKS = [
    "AI is great. Use it more and be more productive!",
    "Try it out. It is easy. It will help you with your work.",
    "Do something with {tools}. Have fun.",
    "Think about how AI could help you. Try something new and share your experience.",
    "bla bla bla. bla bla bla. bla bla.",
    "Ask it.\nAsk it again.\nAsk it once more.",
    "Write one long sentence about spreadsheet formulas and colleagues",
    "Nutze KI. Sie ist toll und hilft dir bei deiner Arbeit!",
    "Probier {tools} einfach mal aus. Es macht Spaß und du wirst produktiver.",
]
UNDERSTANDS_NOTHING = [
    "You learn a lot about AI.",
    "AI is great.",
    "Alles wird besser.",
    "Ja, klar.",
]
ASKS_NOBODY = [
    "Just ask!",
    "Ask AI.",
    "Good luck!",
    "Ask yourself.",
    "Frag einfach die KI.",
    "Los!",
]
ASKS_SOMEBODY = [
    "Ask Finance.",
    "#ai-help",
    "Press Help me below.",
    "The librarian knows.",
    "Frag die Buchhaltung.",
    "Sprich mit der Projektleitung.",
    "Drück „Wer hilft mir?“.",
]


@pytest.mark.parametrize(
    ("part", "said"),
    [
        *((Part.TASK, said) for said in EMPTY_TASKS),
        *((Part.UNDERSTAND, said) for said in UNDERSTANDS_NOTHING),
        *((Part.ASK, said) for said in ASKS_NOBODY),
    ],
)
def test_words_that_say_nothing_are_no_task_no_insight_and_nobody_to_ask(part, said):
    assert wrong(saying(part, said)) == {part: Problem.SAYS_NOTHING}


@pytest.mark.parametrize("said", ASKS_SOMEBODY)
def test_a_human_is_a_person_a_role_a_team_or_a_channel(said):
    assert wrong(saying(Part.ASK, said)) == {}


@pytest.mark.parametrize("code", text.LANGUAGES)
def test_every_tip_of_the_files_says_something(code):
    with text.spoken(code):
        every = [tip for segment in NUDGED for tip in text.tips(segment)]
    for tip in every:
        *task, ask = tip.body.split("\n\n")
        understand = task[-1].rpartition("\n- ")[2]
        words = Words("A name", "\n".join(task), understand, ask)
        assert word_problems(words) == {}, tip.name


def test_an_owner_is_no_handle():
    assert wrong(replace(GOOD, owner="@ada")) == {Part.OWNER: Problem.ADDRESS}


def test_a_task_without_the_tools_gets_a_first_sentence_that_names_them():
    without = replace(WORDS, task="Write a refusal.")

    assert body(without, OPENING).split("\n\n") == [
        OPENING,
        "Write a refusal.",
        WORDS.understand,
        WORDS.ask,
    ]
    assert body(WORDS, OPENING).split("\n\n")[0] == "With {tools}: write a refusal."


ANYTHING = st.text(st.characters(), max_size=400)
FREELY = st.lists(
    st.one_of(
        ANYTHING,
        st.sampled_from(["{tools}", "{", "}", "\n\n", "a", "ada@corp.example", "\x00", "\u202e"]),
    ),
    max_size=60,
).map("".join)


@given(st.builds(Words, FREELY, FREELY, FREELY, FREELY))
def test_whatever_was_typed_either_has_a_problem_or_is_a_message_that_slack_takes(typed):
    words = Words(*(tidy(getattr(typed, name)) for name in OF_WORDS.values()))
    if word_problems(words):
        return
    said = body(words, OPENING).format(tools="x" * 100)
    parts = tuple(Paragraph(part) for part in said.split("\n\n") if part.strip())
    drawn = blocks.blocks(Message("A small tip from Unranked", parts))

    assert TOOLS not in said
    assert refused(drawn, "message") == []
    assert "ada@corp.example" not in said


@given(FREELY)
def test_tidying_twice_changes_no_more_and_leaves_nothing_that_nobody_sees(typed):
    once = tidy(typed)

    assert tidy(once) == once == once.strip()
    assert "\x00" not in once
    assert "\u202e" not in once
    assert "\n\n\n" not in once
    once.encode()


def test_a_task_of_many_paragraphs_still_fits_into_one_message():
    words = replace(WORDS, task="\n\n".join(["a"] * 600))

    assert word_problems(words) == {} or len(words.task) > LONGEST[Part.TASK]
    said = body(replace(WORDS, task="\n\n".join(["a"] * 500)), OPENING)
    assert len(said.split("\n\n")) <= 13
    assert said.count("a\n") + said.count("a\n\n") >= 490


def test_nothing_of_what_was_written_is_in_its_repr():
    for said in ("kind", "refusal", "colleague", "rewrites", "craft", "enablement"):
        assert said not in repr(GOOD)
