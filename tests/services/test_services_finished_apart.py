"""A source of finished work is no tool: whatever it does, nothing about anybody's use changes.

The same company is played with and without one, and everything that the product says of use is
compared. And what is undone of one person's work is no other one's matter.
"""

import json
import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from made_up_source import add_source
from small_world import small_world

from bot.views import home as views
from unranked import bootstrap, text
from unranked.bootstrap import Wiring
from unranked.channels import blocks
from unranked.domain.segments import Segment
from unranked.errors import ProviderError
from unranked.services import answers, connections, corrections, home, nudges, segments
from unranked.services.choices import Asker
from unranked.store import campaigns, people
from unranked.store import corrections as stored
from unranked.store.planned import Planned, plan

DOWN = ProviderError("HTTP 503.", hint="Wait.", retryable=True, status=503)
DAYS = [date(2026, 2, day) for day in range(2, 28)]
WEEKDAYS = [day for day in DAYS if day.weekday() < 5]
WITH = ["busy", "idle", "down", "without members", "taken away"]


def set_up(world, state):
    """Set a source up in which everybody is a member, Di too, who has no tool."""
    source = add_source(world, slug="github")
    for name in ("ada", "bo", "cy", "quiet", "di"):
        source.member(name)
    for day in WEEKDAYS if state == "busy" else WEEKDAYS[:1]:
        source.done.update({(day, "quiet"): 3, (day, "di"): 1})
    source.fails_with = DOWN if state == "down" else None
    source.no_members = state == "without members"
    return source


@contextmanager
def played(tmp_path, state=""):
    """Give the company after its first days, on a Monday morning on which nudges are due."""
    with small_world(f"sqlite:///{tmp_path / (state or 'none')}.db") as world:
        for name in ("ada", "bo", "cy"):
            world.person(name)
            world.tools["acme"].use(f"{name}@corp.example", *WEEKDAYS)
        world.person("quiet")
        world.person("di", seats="")
        if state:
            set_up(world, state)
        world.begin(days=3)
        if state == "taken away":
            world.runtime = replace(world.runtime, sources=())
            world.learn(days=1)
        yield world


def about_use(world):
    """Return all that is said of anybody's use: placements, nudges, seats and summaries."""
    with world.runtime.store.read() as tx:
        placed = campaigns.placements(tx)
        names = {world.key(f"U{name.upper()}"): name for name in ("ada", "bo", "cy", "quiet", "di")}
        placements = {
            names[key]: (one.segment, one.reason, one.watermark) for key, one in placed.items()
        }
        seats = [(names[seat.person_key], *seat[1:]) for seat in people.seats(tx, on=DAYS[-1])]
    planned = nudges.plan(world.runtime, dry_run=True)
    return placements, seats, nudges.not_fresh(world.runtime), planned


def summaries(world):
    return {
        name: blocks.text(answers.tokens(world.runtime, world.key(f"U{name.upper()}")))
        for name in ("ada", "quiet", "di")
    }


def tools_named(said):
    """Return which of the names stand in a summary as that of a tool."""
    return {name for name in ("Acme", "Beta", "does not report", "paper") if name in said}


@pytest.mark.parametrize("state", WITH)
def test_segments_seats_and_nudges_are_the_same_with_and_without_it(tmp_path, state):
    with played(tmp_path) as alone, played(tmp_path, state) as together:
        assert about_use(together) == about_use(alone)
        run = about_use(alone)[-1]

    assert run.eligible == 1  # or there would be nothing to compare


@pytest.mark.parametrize("state", WITH)
def test_a_summary_lists_it_neither_as_a_tool_nor_among_what_cannot_be_seen(tmp_path, state):
    with played(tmp_path) as alone, played(tmp_path, state) as together:
        for name, said in summaries(together).items():
            assert tools_named(said) == tools_named(summaries(alone)[name])
            assert "paper" not in said


@pytest.mark.parametrize("state", ["busy", "taken away"])
def test_a_nudge_names_no_source_and_goes_out_in_the_same_way(tmp_path, state):
    with played(tmp_path, state) as world:
        assert segments.refresh(world.runtime).people[Segment.NEVER_USED] == 1
        world.plan()
        world.deliver()
        words = str(world.slack.messages_to("UQUIET"))

    assert not re.search(r"github|forge", words, re.IGNORECASE)


def test_that_an_account_there_is_not_mine_takes_no_tip_that_waits(tmp_path):
    with played(tmp_path, "busy") as world:
        quiet = Asker(world.key("UQUIET"))
        queue_a_tip(world)
        with world.runtime.store.read() as tx:
            own = {one.connector: one for one in stored.own_accounts(tx, quiet.person_key)}

        corrections.not_mine(world.runtime, quiet, own["github"].account_key)
        assert waiting(world) == 1
        corrections.not_mine(world.runtime, quiet, own["acme"].account_key)
        assert waiting(world) == 0


def shown_to(world, who):
    """Return all of a summary, in every language, as bytes."""
    shown = []
    for language in text.LANGUAGES:
        with text.spoken(language):
            message = answers.tokens(world.runtime, world.key(who))
            shown.append((blocks.blocks(message), blocks.text(message)))
    return json.dumps(shown, sort_keys=True)


def seen_from_day_to_day(tmp_path, undone):
    """Return what Quiet and Di see on a day on which work of Quiet's is undone, and after it."""
    seen = {"UQUIET": [], "UDI": []}
    with small_world(f"sqlite:///{tmp_path / f'undone-{undone}'}.db") as world:
        for name in ("quiet", "di"):
            world.person(name)
        source = set_up(world, "busy")
        world.begin(days=3)
        source.undone[DAYS[-3], "quiet"] = undone
        for later in (timedelta(hours=6), timedelta(days=1), timedelta(days=1)):
            world.now += later
            world.learn(days=1)
            for who, pages in seen.items():
                pages.append(shown_to(world, who))
    return seen


def test_what_is_undone_of_somebodys_work_changes_nothing_that_another_one_sees(tmp_path):
    without, together = (seen_from_day_to_day(tmp_path, undone) for undone in (0, 2))

    assert together["UDI"] == without["UDI"]
    assert "merged pull requests" in without["UDI"][0]
    assert all(map(str.__ne__, together["UQUIET"], without["UQUIET"]))


def test_the_home_tab_lists_an_account_there_so_that_it_can_be_taken_back(tmp_path):
    with played(tmp_path, "busy") as world:
        shown = repr(views.page(home.page(world.runtime, Asker(world.key("UQUIET")))))

    assert re.search(r"GitHub, known since [^:]+: counts as yours\.", shown)


def queue_a_tip(world):
    with world.runtime.store.write() as tx:
        plan(
            tx,
            [
                Planned(
                    key="m-1",
                    purpose="c|quiet|1",
                    person_key=world.key("UQUIET"),
                    channel=world.runtime.channel.name,
                    content='{"tip": "x", "tools": []}',
                    created_at=world.now,
                    not_before=world.now,
                    campaign_key="c",
                )
            ],
        )


def waiting(world):
    with world.runtime.store.read() as tx:
        rows = tx.exec_driver_sql("SELECT count(*) FROM outbox WHERE state = 'queued'")
        return rows.scalar_one()


def test_a_tool_is_no_source_and_a_source_no_tool(tmp_path):
    with played(tmp_path, "busy") as world:
        for wrong in ({"sources": world.runtime.connectors}, {"connectors": world.runtime.sources}):
            with pytest.raises(ValueError, match="is no tool"):
                replace(world.runtime, **wrong)


def test_the_program_wires_what_is_set_up_as_what_it_is(monkeypatch):
    for name, value in {
        "GITHUB_KEY": "ghp_a",
        "GITHUB_ORG": "acme",
        "OPENAI_KEY": "sk-admin-a",
    }.items():
        monkeypatch.setenv(f"UNRANKED_{name}", value)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-made-up")
    runtime = bootstrap.runtime(bootstrap.settings(), Wiring())
    try:
        assert [one.connector.slug for one in runtime.connectors] == ["openai"]
        assert [one.connector.slug for one in runtime.sources] == ["github"]
        assert [one.connector.slug for one in runtime.providers] == ["openai", "github"]
    finally:
        runtime.store.close()


def test_an_operator_reads_how_it_is_doing_in_words_of_its_own(tmp_path):
    with played(tmp_path, "busy") as world:
        for n in range(30):
            world.person(f"p{n}", seats="")
        (source,) = world.runtime.sources
        with source.open() as api:
            for n in range(30):
                api.member(f"p{n}")
        world.now += timedelta(days=1)
        world.begin(days=2)
        states = connections.states(world.runtime.store, world.runtime.providers)
    (state,) = [one for one in states if one.slug == "github"]
    words = state.in_words()

    assert (state.configured, state.error, state.matched_percent) == (True, "", 100)
    assert "Complete through: 2026-03-01" in words
    assert "2026-03-02 is not settled yet. A day counts 24 hours after its end" in words
    assert "Accounts that lead to a person: 100 %" in words
    assert "Seats" not in words
