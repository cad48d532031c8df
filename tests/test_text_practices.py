"""What practices claim, and how their sources are said to somebody who reads no studies."""

import re
from dataclasses import replace
from importlib.resources import files

import pytest
from each import for_each

from unranked import text
from unranked.channels import blocks
from unranked.demo.blocks_limits import problems
from unranked.errors import TextError
from unranked.services import messages
from unranked.text import library
from unranked.text.library import Stage

PRACTICES = text.practices()

CRAFT, ASKED, PRESS, STUDY = "craft", "asked in public", "press", "study"
HELD = {
    "agents_have_owners": (ASKED, "13996"),
    "batch_notifications": (STUDY, "2019 237"),
    "before_the_limit": (ASKED, "1176"),
    "bots_can_be_muted": (ASKED, "544 159"),
    "coin_for_tasks": (STUDY, "2022 126 23 27594 1.4 100 8.7"),
    "define_one_word": (ASKED, "30"),
    "explain_before_handing_over": (STUDY, "52 35 39 86 67"),
    "guess_and_check": (STUDY, "2025 2026 16 246 2507.09089 19 20"),
    "leave_is_leave": (ASKED, "377 2858 18"),
    "name_a_cost_owner": (PRESS, "2026"),
    "no_board": (STUDY, "140 1,126 94 100"),
    "no_usage_target": (PRESS, "2026"),
    "of_all_or_of_some": (PRESS, "5.4 1.4"),
    "one_key_per_job": (ASKED, "31441"),
    "one_page_of_rules": (CRAFT, ""),
    "one_reminder_less": (STUDY, "2018 17,000 76"),
    "one_screen_together": (STUDY, "2024 30 40"),
    "one_sign_of_quality": (STUDY, "10,000 1,255 9"),
    "own_past": (STUDY, "1,754 11"),
    "show_each_other": (STUDY, ""),
    "small_changes": (STUDY, "8.1"),
    "stop_rule_first": (STUDY, "2022 10.1073 2200300119"),
    "time_for_learning": (STUDY, "2025 25,000 7,000 47 83"),
    "time_for_review": (STUDY, "10,000 1,255"),
    "unknown_is_not_zero": (ASKED, "3 5799 11021"),
    "value_not_volume": (STUDY, "2026 1.4"),
    "where_time_went": (STUDY, "66 7,137"),
    "your_own_example": (STUDY, "48 52"),
}
"""The kind of each source, and each figure that the sheet of evidence holds of it. A figure is
added here after it was looked up there."""

KIND = {
    CRAFT: r"our own craft; no study",
    ASKED: r"public (request|question|report)s?\b.*\(github\.com/.*\bno study",
    PRESS: r"(press reports on|as a website).*[nN]ot checked by us",
    STUDY: r"\b(trials?|study|studies|surveys|figures) ",
}
DOUBT = r"(?i)no study|not checked|small|no proof|no trial|no cause|observed|idea|own view"
DOUBT += r"|one trial|nothing certain|did not try out|not about work|advice is ours"

ELSEWHERE = {
    "batch_notifications": "Team channels were not studied",
    "before_the_limit": "It was about AI tools",
    "coin_for_tasks": "not ways of working",
    "define_one_word": "Reports of any other kind have such words, too",
    "explain_before_handing_over": "Other work was not studied",
    "guess_and_check": "in other work is open",
    "no_board": "Boards inside a company may differ",
    "one_reminder_less": "Reminders at work were not studied",
    "one_screen_together": "other trades may differ",
    "one_sign_of_quality": "Other work was not looked at",
    "own_past": "teams were not compared there",
    "small_changes": "is not known",
    "stop_rule_first": "Teams were not studied",
    "time_for_review": "Other work was not looked at",
    "unknown_is_not_zero": "any report can do the same",
}
"""Where a finding is of something else than the practice, the words that say so."""

RIGHT = """+++
owner = "Somebody"
review = 2027-05-24
stage = "start"
source = "our own craft; no study stands behind it"
question = "What is it?"
+++

# A title

Some words.
"""


def shown(practice):
    """Return all words of a manager's week, as they are sent, and the note below them."""
    message = messages.from_content(messages.digest_content(practice.name, []), token="m-1")
    drawn = blocks.blocks(message)
    assert problems(drawn, "message") == []
    (note,) = [one["elements"][0]["text"] for one in drawn if one["type"] == "context"]
    words = [one["text"]["text"] for one in drawn if one["type"] == "section"]
    return "\n".join(words), note


@for_each("practice", PRACTICES)
def test_a_manager_reads_what_kind_of_thing_the_source_is_and_how_far_to_trust_it(practice):
    _, note = shown(practice)
    kind, _ = HELD[practice.name]
    where, _, _ = note.partition(" You get this because")

    assert where == f"Where the practice comes from: {practice.source}."
    assert re.search(KIND[kind], practice.source)
    assert re.search(DOUBT, practice.source)
    assert not re.search(r"\bn =|et al|second-hand\)|RCT| & |https?:", practice.source)
    assert 5 <= len(practice.source.split()) <= 50


@for_each("practice", PRACTICES)
def test_every_figure_that_a_practice_or_its_source_says_is_held_by_the_evidence(practice):
    words, note = shown(practice)
    words = words.replace(text.words("digest_not_shown").body, "")
    said = re.findall(r"\d+(?:[.,]\d+)*", f"{words} {note}")

    assert set(said) <= set(HELD[practice.name][1].split())


def test_no_practice_has_a_source_that_was_not_looked_up():
    assert {one.name for one in PRACTICES} == set(HELD)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_where_something_else_was_studied_the_practice_says_so(name):
    words, _ = shown(text.practice(name))

    assert ELSEWHERE[name] in words


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("explain_before_handing_over", "taught"),
        ("explain_before_handing_over", "In time"),
        ("your_own_example", "cheating"),
        ("one_page_of_rules", "survey"),
        ("bots_can_be_muted", "mute the whole"),
        ("stop_rule_first", "rarely published"),
        ("small_changes", "for a reviewer"),
        ("one_key_per_job", "appeared with a shared key"),
    ],
)
def test_what_the_evidence_does_not_hold_is_claimed_no_more(name, gone):
    assert gone not in shown(text.practice(name))[0]


def test_half_of_the_practices_are_for_every_team_and_none_of_those_is_about_agents():
    start = [one for one in PRACTICES if one.stage is Stage.START]

    assert len(PRACTICES) * 0.4 <= len(start) <= len(PRACTICES) * 0.6
    assert {
        "one_screen_together",
        "show_each_other",
        "time_for_learning",
        "time_for_review",
        "value_not_volume",
        "your_own_example",
    } <= {one.name for one in start}
    for one in start:
        about_running = r"runs? by (itself|themselves)\b|agents?\b|\bkeys?\b|\bbots?\b|at its limit"
        assert not re.search(about_running, one.body)


@pytest.mark.parametrize("stage", ["begin", "", None])
def test_a_practice_says_a_stage_that_there_is(tmp_path, stage):
    line = "" if stage is None else f'stage = "{stage}"\n'
    (tmp_path / "one.md").write_text(RIGHT.replace('stage = "start"\n', line), encoding="utf-8")

    with pytest.raises(TextError, match="stage") as raised:
        library.read_practices(tmp_path)
    assert '"start" or "later"' in raised.value.hint


def test_a_practice_is_read_with_its_stage(tmp_path):
    (tmp_path / "one.md").write_text(RIGHT, encoding="utf-8")
    (read,) = library.read_practices(tmp_path).values()

    assert read == replace(read, stage=Stage.START, title="A title")


def test_the_text_for_no_figures_says_the_rule_and_nothing_of_anybody():
    raw = (files("unranked.text") / "en" / "digest_not_shown.md").read_text(encoding="utf-8")
    words, _ = shown(PRACTICES[0])

    assert "{" not in raw
    for said in ("ten or more people with a seat", "at most once a quarter", "complete"):
        assert said in words
    assert words.endswith("else this text stands here.")
