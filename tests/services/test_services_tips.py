"""Which tips may be sent, what they are called, and what people get of them in which language."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from unranked import text
from unranked.domain.segments import NUDGED
from unranked.domain.tip_risk import Risk
from unranked.domain.tips import State, Words
from unranked.services import messages
from unranked.services.tips import Library, language_of_words, title, titles, words
from unranked.store import tips
from unranked.store.tips import StoredTip

TODAY = date(2026, 11, 30)
ENGLISH = Words("A kind no", "Write it.", "Say why it is kind.", "Ask a colleague.")
GERMAN = Words("Ein Nein", "Mit {tools}: schreib es.", "Sag, warum.", "Frag im Team.")
TIP = StoredTip(
    "t-1",
    0,
    State.IN_USE,
    "lapsed",
    "AI team",
    TODAY + timedelta(days=30),
    Risk.LOW,
    "None.",
    "craft: no study",
    TODAY,
    {"en": ENGLISH, "de": GERMAN},
)


def put(world, *every):
    with world.runtime.store.write() as tx:
        for one in every:
            tips.add(tx, one)


def library(world, today=TODAY):
    with world.runtime.store.read() as tx:
        return Library.of(tx, today=today)


def test_a_tip_in_use_is_in_the_library_of_its_segment_to_its_last_day(world):
    before = library(world)
    put(world, TIP, replace(TIP, tip_key="t-2", state=State.DRAFT))
    put(world, replace(TIP, tip_key="t-3", state=State.RETIRED))

    assert library(world).names - before.names == {"t-1"}
    assert list(library(world).fitting("lapsed")) == [*before.fitting("lapsed"), "t-1"]
    for other in NUDGED - {"lapsed"}:
        assert library(world).fitting(other) == before.fitting(other)
    assert "t-1" in library(world, TIP.review).names
    assert "t-1" not in library(world, TIP.review + timedelta(days=1)).names
    assert library(world).fitting("active") == ()


def test_the_tips_of_the_files_may_be_sent_until_they_are_to_be_read_again_and_no_longer(world):
    last = date(2027, 11, 24)

    assert library(world, last).names == text.tip_names(on=last) != frozenset()
    assert library(world, last + timedelta(days=1)).names == frozenset()


def test_people_get_a_tip_in_their_language_under_the_one_neutral_title(world):
    put(world, TIP)
    with world.runtime.store.read() as tx:
        english = words(tx, "t-1")
        with text.spoken("de"):
            german = words(tx, "t-1")

    of_file = text.tip("a_kind_no")
    assert english.title == of_file.title
    assert english.body.split("\n\n") == [
        "A ten-minute task with {tools}.",
        "Write it.",
        "Say why it is kind.",
        "Ask a colleague.",
    ]
    assert german.title == "Ein kleiner Tipp von Unranked"
    assert german.body == "Mit {tools}: schreib es.\n\nSag, warum.\n\nFrag im Team."
    assert (english.name, english.segment, english.review) == ("t-1", "lapsed", TIP.review)


@pytest.mark.parametrize(("has", "spoken", "given"), [("en", "de", "en"), ("de", "en", "de")])
def test_a_tip_that_lacks_the_language_is_given_whole_in_the_one_that_it_has(
    world, has, spoken, given
):
    put(world, replace(TIP, words={has: ENGLISH}))
    with world.runtime.store.read() as tx, text.spoken(spoken):
        found = words(tx, "t-1")
        assert language_of_words(tx, "t-1") == given
        assert language_of_words(tx, "a_kind_no") == spoken
        assert title(tx, "t-1") == "A kind no"
    with text.spoken(given):
        assert found.title == text.tip("a_kind_no").title
        assert found.body.startswith(text.tip("a_kind_no").body.partition(":")[0])


@pytest.mark.parametrize(
    ("has", "spoken", "task", "footer"),
    [
        ("en", "de", "With Acme or Zed: write.", "Acme und Zed"),
        ("de", "en", "With Acme oder Zed: write.", "Acme and Zed"),
    ],
)
def test_in_a_task_the_tools_are_named_in_the_tasks_own_language(world, has, spoken, task, footer):
    own = replace(ENGLISH, task="With {tools}: write.")
    put(world, replace(TIP, words={has: own}))
    with world.runtime.store.read() as tx, text.spoken(spoken):
        drawn = messages.nudge(words(tx, "t-1"), ["acme", "zed"])

    assert drawn.parts[0].text == task
    assert footer in drawn.parts[-1].text


def test_tips_of_files_and_of_the_team_are_drawn_alike_and_the_name_in_lists_is_not_shown(world):
    put(world, TIP)
    with world.runtime.store.read() as tx:
        drawn = messages.nudge(words(tx, "t-1"), ["anthropic"])
        of_file = messages.nudge(words(tx, "a_kind_no"), ["anthropic"])

    said = [part.text for part in drawn.parts]
    assert drawn.title == of_file.title
    assert said[0] == "A ten-minute task with Claude."
    assert said[-1] == of_file.parts[-1].text
    assert drawn.choices == of_file.choices
    assert not any("A kind no" in one for one in (drawn.title, *said))


def test_a_tip_that_is_retired_can_still_be_read_and_one_that_never_was_cannot(world):
    put(world, replace(TIP, state=State.RETIRED))
    with world.runtime.store.read() as tx:
        assert words(tx, "t-1") is not None
        assert words(tx, "t-9") is None
        assert words(tx, "../practices/own_past") is None
        assert title(tx, "t-9") == "t-9"


@pytest.mark.parametrize("code", text.LANGUAGES)
def test_every_tip_of_the_files_has_a_name_of_its_own_that_fits_into_a_list(world, code):
    names = sorted(text.tip_names(on=TODAY))
    put(world, TIP)
    with world.runtime.store.read() as tx, text.spoken(code):
        found = titles(tx, [*names, "t-1"])

    assert found.keys() == {*names, "t-1"}
    assert len(set(found.values())) == len(found)
    for said in found.values():
        assert 5 <= len(said) <= 75
        assert said[0].isupper()
        assert not said.endswith((".", ",", " ", ",…", " …"))
        assert "{" not in said


def uses_it(world):
    """Let Ada work with the tool up to this day, so that the tool is known to be read."""
    days = (world.now.date() - timedelta(days=n) for n in range(40))
    world.tools["acme"].use("ada@corp.example", *(day for day in days if day.weekday() < 5))
    world.begin(days=3)


def test_a_tip_that_the_team_put_into_use_is_sent_and_no_longer_once_it_is_retired(world):
    for n in range(12):
        world.person(f"quiet{n}")
    world.person("ada")
    world.now = datetime.fromisoformat("2027-12-01T09:00+00:00")  # those of the files have expired
    uses_it(world)
    every = [
        replace(TIP, tip_key=f"t-{segment}", segment=segment, review=date(2028, 3, 1))
        for segment in sorted(NUDGED)
    ]

    def got():
        world.plan()
        world.deliver()
        return [m["text"] for n in range(12) for m in world.slack.messages_to(f"UQUIET{n}")]

    assert got() == []
    put(world, *every)
    first = got()
    assert first
    assert all("Say why it is kind." in one for one in first)
    with world.runtime.store.write() as tx:
        assert all(tips.save(tx, replace(tip, state=State.RETIRED)) for tip in every)
    world.now += timedelta(days=63)
    uses_it(world)
    assert got() == first
