"""The tips and the practices, as their readers get them, and the rules that each of them keeps."""

import json
import re
from datetime import date
from itertools import combinations

import pytest
from each import for_each

from unranked import text
from unranked.channels import blocks
from unranked.channels.base import Note, Paragraph
from unranked.demo.blocks_limits import problems, too_long
from unranked.domain.segments import NUDGED, Segment
from unranked.errors import TextError
from unranked.services import messages
from unranked.text import library

WRITTEN = date(2026, 11, 24)
TIPS = [tip for segment in sorted(NUDGED) for tip in text.tips(segment)]
NEWCOMERS = [*text.tips(Segment.NEVER_USED), *text.tips(Segment.NO_RECORDED_USE)]
PRACTICES = text.practices()
ONE, THREE = ["anthropic"], ["anthropic", "github_copilot", "openai"]

KNOWN_SOURCES = (
    "craft: no study",
    "Anthropic, randomised trial with 52 engineers",
    "Sahni & Chilton, n = 10",
)
"""What tips rest on; what practices rest on stands in `test_text_practices.py`."""

USE = (
    r"noticed|recorded|we saw|we see|you have not|haven't|not used|never used|first time|last time"
)
USE += r"|your us(e|age)\b|inactive|zero|no use|licence|seat\b|comeback|come back"
HURRY = (
    r"\b(now|today|urgent\w*|hurry|quickly|immediately|at once|deadline|soon|last chance|miss)\b"
)
OTHERS = r"\b(rank\w*|leader\w*|scor\w+|badge|streak|percentile|top|best|winner|league|compet\w+"
OTHERS += r"|average|most people|other people|than others|everyone|everybody|ahead)\b"
TIME = r"faster|quicker|\bsav(e|es|ed|ing)\b|productiv|efficien|more time|less time"
HARMLESS = r"confidential|public|made-up|make some up"
HUMAN = r"colleague|somebody|person|Help me"
UNDERSTOOD = r"you (can|cannot) (say|explain|give the reason)|can you explain|from memory"
UNDERSTOOD += r"|own words|you expect|how you know|reason in one sentence"
UNDERSTOOD += r"|the word that moved it|[Ss]ay why|name the words"
PEOPLE = r"who (uses|used|is using|does not|do not|has not|have not)|each person's|individuals?\b"
PEOPLE += r"|per person|targets?\b|zero|\busers?\b|non-user|name the person"


def drawn(content):
    return blocks.blocks(messages.from_content(content, token="m-6f1d2c0a9b8e7f45"))


def test_every_segment_that_is_nudged_has_at_least_six_tips_and_no_other_segment_has_any():
    every = library.read_tips(library_folder("tips")).values()

    assert {tip.segment for tip in every} == set(NUDGED)
    assert all(len(text.tips(segment)) >= 6 for segment in NUDGED)
    assert len(every) == len(TIPS) == len({tip.name for tip in TIPS})
    with pytest.raises(KeyError):
        text.tips(Segment.ACTIVE)


def library_folder(name):
    return text._FOLDER / text.ORIGINAL / name


def test_there_is_a_practice_for_each_of_twenty_six_weeks_and_no_two_are_alike():
    assert len(PRACTICES) >= 26
    for field in ("name", "title", "question", "body"):
        assert len({getattr(one, field).lower() for one in PRACTICES}) == len(PRACTICES)


@for_each("one", [*TIPS, *PRACTICES])
def test_every_text_has_an_owner_a_next_review_and_a_source_that_is_known(one):
    assert one.owner
    assert one.review > WRITTEN
    assert one.source.startswith(KNOWN_SOURCES) or one in PRACTICES
    assert "UNCONFIRMED" not in one.source


@for_each("tip", TIPS)
def test_a_tip_names_one_task_says_what_to_type_what_to_check_and_whom_to_ask(tip):
    first, *_, last = tip.body.split("\n\n")

    assert tip.title == "A small tip from Unranked"
    assert re.fullmatch(r"A ten-minute task with \{tools\}: [a-z][^.:]+\.", first)
    assert tip.body.count('"') % 2 == 0
    assert (
        len(re.findall(r'[Tt]ype: "[^"]{20,}"', tip.body)) == tip.body.lower().count("type:") >= 1
    )
    assert re.search(r"\bCheck\b", tip.body)
    assert re.search(HUMAN, last)
    assert 60 <= len(tip.body.split()) <= 140
    assert re.fullmatch(r"[A-Z].{15,}\.", tip.risk_reason)


@for_each("tip", TIPS)
def test_a_tip_knows_nothing_about_its_reader_presses_nobody_and_promises_nothing(tip):
    said = tip.body.lower()

    for banned in (USE, HURRY, OTHERS, TIME, r"\d", r"\*\*|__|`|<|\]\(", "password:"):
        assert not re.findall(banned, said), banned
    assert re.search(HARMLESS, said), "say what is safe to paste"


@for_each("tip", NEWCOMERS)
def test_a_newcomers_tip_ends_with_something_understood(tip):
    assert re.search(UNDERSTOOD, tip.body)
    assert "generate, then understand" in tip.source


def test_no_tip_is_another_one_in_other_words():
    def own_words(tip):
        return set(re.findall(r"[a-z]{4,}", tip.body.lower()))

    for one, other in combinations(TIPS, 2):
        shared = own_words(one) & own_words(other)
        assert len(shared) < 0.4 * len(own_words(one) | own_words(other)), (one.name, other.name)


@pytest.mark.parametrize("tools", [ONE, THREE, []], ids=["one", "three", "none"])
@for_each("tip", TIPS)
def test_a_tip_is_within_slacks_limits_and_names_the_tools(tip, tools):
    shown = drawn(messages.nudge_content(tip.name, tools))
    task = shown[1]["text"]["text"]

    assert problems(shown, "message") == []
    assert not too_long(shown)
    assert len(json.dumps(shown)) < 6_000
    places = [text.label(f"place_{tool}", default=messages.tool_name(tool)) for tool in tools]
    assert messages.in_words(places, last="or") in task
    assert not re.search(r"[{}]", task)


@for_each("practice", PRACTICES)
def test_a_practice_is_short_asks_an_open_question_and_points_at_nobody(practice):
    said = f"{practice.title} {practice.body} {practice.question}".lower()

    assert re.fullmatch(r"[A-Z][^.:?!]{10,70}", practice.title)
    assert 60 <= len(practice.body.split()) <= 110
    assert "\n" not in practice.body
    assert re.fullmatch(r"(What|Which|Where|When|How|If)\b.{15,}\?", practice.question)
    assert re.search(r"\b(what|which|where|how)\b", practice.question.lower())
    for banned in (PEOPLE, r"\b(urgent|hurry|immediately|last chance)\b", r"\*\*|__|`|<|\]\("):
        assert not re.findall(banned, said), banned


def test_ranking_is_named_in_the_practices_only_where_it_is_advised_against():
    ranked = [one.name for one in PRACTICES if re.search(r"\brank|leader|badge|streak", one.body)]

    assert ranked == ["own_past"]


@for_each("practice", PRACTICES)
@pytest.mark.parametrize("lines", [[], ["Your group: 10 to 24 people.", "A third."]])
def test_a_managers_week_says_practice_question_figures_and_source(practice, lines):
    content = messages.digest_content(practice.name, lines)
    message = messages.from_content(content, token="m-1")
    said = [part.text for part in message.parts if isinstance(part, Paragraph)]
    (note,) = [part.text for part in message.parts if isinstance(part, Note)]

    assert json.loads(content) == {"practice": practice.name, "lines": lines}
    assert message.title == "Your week with Unranked"
    assert practice.title in said[0]
    assert said[1] == practice.body
    assert practice.question in said[2]
    figures = "\n".join(lines) or text.words("digest_not_shown").body
    assert said[3:] == [f"The figures of your group:\n{figures}"]
    assert practice.source in note
    assert "report to you" in note
    assert {(c.action, c.label) for c in message.choices} == {
        ("post_digest", "Post to the team"),
        ("digest_pause", "Pause for four weeks"),
        ("no_digest", "No more of these"),
        ("help_me", "Help me"),
    }
    assert problems(blocks.blocks(message), "message") == []
    assert not too_long(blocks.blocks(message))


def test_words_in_braces_that_a_figure_or_a_practice_holds_stay_as_they_are():
    content = messages.digest_content("own_past", ["{source} {0} {tools}"])

    assert "{source} {0} {tools}" in blocks.text(messages.from_content(content, token=""))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        "3",
        '{"message": "nudge_never_used", "tools": []}',
        '{"tip": "no_such_tip", "tools": []}',
        '{"tip": "../practices/own_past", "tools": []}',
        '{"practice": "no_such_practice", "lines": []}',
        '{"practice": "own_past"}',
    ],
)
def test_content_that_stands_for_no_text_is_refused_and_names_no_tip_that_exists(content):
    with pytest.raises((LookupError, TypeError, ValueError)):
        messages.from_content(content, token="")
    assert messages.tip_in(content) not in {tip.name for tip in TIPS}


def test_what_the_outbox_keeps_of_a_nudge_names_its_tip():
    content = messages.nudge_content(TIPS[0].name, ["openai", "anthropic"])

    assert messages.tip_in(content) == TIPS[0].name
    assert messages.tip_in(messages.digest_content("own_past", [])) == ""


RIGHT = """+++
segment = "lapsed"
owner = "Somebody"
review = 2027-05-24
risk = "low"
risk_reason = "None."
source = "craft: no study"
+++

# A title

Some words for {tools}.
"""


def read(tmp_path, raw):
    (tmp_path / "one.md").write_text(raw, encoding="utf-8")
    return library.read_tips(tmp_path)


def test_a_file_gives_its_fields_title_and_body(tmp_path):
    assert read(tmp_path, RIGHT) == {
        "one": text.Tip(
            name="one",
            segment="lapsed",
            owner="Somebody",
            review=date(2027, 5, 24),
            risk=text.Risk.LOW,
            risk_reason="None.",
            source="craft: no study",
            title="A title",
            body="Some words for {tools}.",
        )
    }


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('owner = "Somebody"\n', "", "owner"),
        ('owner = "Somebody"', 'owner = " "', "owner"),
        ('owner = "Somebody"', "owner = 3", "owner"),
        ("2027-05-24", '"2027-05-24"', "review"),
        ("2027-05-24", "2027-05-24T10:00:00", "review"),
        ('"low"', '"high"', "risk"),
        ('"low"', '["low"]', "risk"),
        ('risk_reason = "None."\n', "", "risk_reason"),
        ('source = "craft: no study"', 'source = ""', "source"),
        ('owner = "Somebody"', 'owner = "Somebody"\nsorce = "x"', "sorce"),
        ('owner = "Somebody"', 'owner = "Somebody"\ntitle = "x"', "title"),
        ('owner = "Somebody"', "owner = Somebody", "cannot be read"),
        ("# A title", "A title", "laid out"),
        ("# A title", "#  ", "laid out|title"),
        ("Some words for {tools}.", "", "body"),
        ("{tools}", "your tools", "tools"),
        ("{tools}", "{tools} and {name}", "tools"),
        ("{tools}", "{tools} and {}", "tools"),
        ('craft: no study"\n+++', 'craft: no study"', "laid out"),
        ("+++\nsegment", "segment", "laid out"),
    ],
)
def test_a_file_that_lacks_something_says_which_file_what_and_what_to_do(tmp_path, old, new, what):
    assert RIGHT.count(old) == 1 or old == "{tools}"
    with pytest.raises(TextError, match=what) as raised:
        read(tmp_path, RIGHT.replace(old, new, 1))
    assert "one" in raised.value.message
    assert raised.value.hint
