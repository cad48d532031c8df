"""A manager's week: on Monday at nine, with a new practice, and figures only through the gate."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import frozen_groups
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from made_up_source import add_source
from small_world import small_world
from sqlalchemy import select

from unranked import text
from unranked.domain.cohorts import quarter_of
from unranked.errors import ProviderError
from unranked.services import choices, managers, releases, roster, sync
from unranked.services.choices import Asker
from unranked.store import outbox
from unranked.store.tables import Release, table

NOT_SHOWN = "Not shown: group too small or data incomplete."
NINE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # a Monday, 9:00 in Berlin
COSTLY = settings(
    deadline=None,
    max_examples=6,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


def team(world, tmp_path, size, *, boss="boss", of=""):
    """Let `boss` have `size` direct reports with a seat; return their names."""
    names = [f"{boss}{n}" for n in range(size)]
    world.person(boss, seats="")
    for name in names:
        world.person(name)
    lines = [f"{name}@corp.example,{boss}@corp.example" for name in names]
    if of:
        lines.append(f"{boss}@corp.example,{of}@corp.example")
    path = tmp_path / "people.csv"
    old = path.read_text() if path.exists() else "email,manager_email"
    path.write_text("\n".join([old, *lines]))
    world.runtime = replace(world.runtime, roster_csv=path)
    return names


def work(world, names, since, until):
    """Let everybody named do something on every weekday."""
    day = since
    while day < until:
        if day.weekday() < 5:
            for name in names:
                world.tools["acme"].use(f"{name}@corp.example", day)
        day += timedelta(days=1)


def live(world, until):
    """Let the jobs run up to a moment: roster, sync, and managers' weeks.

    In pairs of days, for a day counts once it was read twice, and daily in the last weeks.
    """
    while world.now < until - timedelta(days=21):
        for _ in range(2):
            roster.refresh(world.runtime)
            sync.run(world.runtime)
            managers.plan(world.runtime)
            world.now += timedelta(days=1)
        world.now += timedelta(days=5)
    while world.now < until:
        roster.refresh(world.runtime)
        sync.run(world.runtime)
        managers.plan(world.runtime)
        world.now += timedelta(days=1)
    world.now = until


def weeks(world, member):
    """Return what was queued for a manager, oldest first."""
    with world.runtime.store.read() as tx:
        return outbox.contents_since(tx, outbox.Kind.DIGEST, world.now - timedelta(days=400)).get(
            world.key(member), []
        )


def said(world, member="UBOSS"):
    """Queue and send this week's message; return its text."""
    managers.plan(world.runtime)
    world.deliver()
    (message,) = world.slack.messages_to(member)[-1:]
    return "\n".join(
        block["text"]["text"]
        for block in message["blocks"]
        if block["type"] in {"section", "header"}
    )


def at_nine(world):
    world.at("2026-03-02T08:00+00:00")
    world.begin(days=1)


def test_a_manager_of_six_gets_a_practice_a_question_and_one_constant_text(world_on, tmp_path):
    team(world_on, tmp_path, 6)
    at_nine(world_on)
    message = said(world_on)

    assert "Your week with Unranked" in message
    assert "A question for the team:" in message
    assert NOT_SHOWN in message
    assert world_on.slack.messages_to("UBOSS0") == []


@pytest.mark.parametrize(
    ("moment", "zone", "comes"),
    [
        ("2026-03-02T07:59+00:00", "Europe/Berlin", False),
        ("2026-03-02T08:00+00:00", "Europe/Berlin", True),
        ("2026-03-02T13:59+00:00", "America/New_York", False),
        ("2026-03-02T14:00+00:00", "America/New_York", True),
        ("2026-03-01T20:00+00:00", "Pacific/Auckland", True),
        ("2026-03-03T08:00+00:00", "Europe/Berlin", False),
        ("2026-03-02T17:00+00:00", "Europe/Berlin", False),
    ],
)
def test_it_comes_on_monday_at_nine_where_the_manager_is(world, tmp_path, moment, zone, comes):
    team(world, tmp_path, 1)
    world.person("boss", zone=zone, seats="")
    at_nine(world)
    world.at(moment)
    managers.plan(world.runtime)
    world.deliver()

    assert bool(world.slack.messages_to("UBOSS")) is comes


def test_it_comes_once_a_week_however_often_the_job_runs(world, tmp_path):
    team(world, tmp_path, 1)
    at_nine(world)
    world.at("2026-03-02T07:10+00:00")
    for _ in range(9):
        managers.plan(world.runtime)
        world.deliver()
        world.now += timedelta(hours=1)

    assert len(world.slack.messages_to("UBOSS")) == 1


def test_no_practice_comes_twice_in_26_weeks(world, tmp_path):
    team(world, tmp_path, 1)
    at_nine(world)
    for _ in range(27):
        managers.plan(world.runtime)
        world.now += timedelta(weeks=1)
    names = [json.loads(content)["practice"] for content in weeks(world, "UBOSS")]

    assert len(names) >= 26
    assert len(set(names[:26])) == 26


@pytest.mark.parametrize("press", ["no_digest", "stop"])
def test_who_wants_none_gets_none_and_what_waits_is_not_sent(world, tmp_path, press):
    team(world, tmp_path, 1)
    at_nine(world)
    managers.plan(world.runtime)
    choices.press(world.runtime, Asker(world.key("UBOSS")), press)
    world.deliver()
    world.now += timedelta(weeks=1)
    managers.plan(world.runtime)
    world.deliver()

    assert world.slack.messages_to("UBOSS") == []


def test_a_manager_on_leave_gets_none(world, tmp_path):
    team(world, tmp_path, 1)
    at_nine(world)
    choices.press(world.runtime, Asker(world.key("UBOSS")), "away")
    managers.plan(world.runtime)
    world.deliver()

    assert world.slack.messages_to("UBOSS") == []


def test_a_weekly_message_takes_no_place_from_the_managers_own_tips(world, tmp_path):
    team(world, tmp_path, 1)
    at_nine(world)
    said(world)
    with world.runtime.store.read() as tx:
        assert outbox.history(tx) == {}


def quarter_lived(world, tmp_path, size, active):
    """Live through the first quarter with a team of `size`, of whom `active` work with the tool."""
    world.at("2026-01-01T06:00+00:00")
    names = team(world, tmp_path, size)
    names += [world.person(f"other{n}") and f"other{n}" for n in range(3)]
    work(world, [*names[:active], *names[-3:]], date(2026, 1, 1), date(2026, 4, 5))
    live(world, datetime(2026, 4, 6, 7, 30, tzinfo=UTC))
    return said_after(world)


def said_after(world):
    roster.refresh(world.runtime)
    sync.run(world.runtime)
    managers.plan(world.runtime)
    world.now += timedelta(minutes=30)
    world.deliver()
    (message,) = world.slack.messages_to("UBOSS")[-1:]
    return message["text"] + json.dumps(message["blocks"])


@pytest.mark.slow
def test_a_team_of_twelve_gets_two_bands_after_a_whole_quarter(world_on, tmp_path):
    message = quarter_lived(world_on, tmp_path, 12, 12)

    assert "10 to 24 people" in message
    assert "over two thirds" in message
    assert "1 Jan 2026 to 25 Mar 2026" in message
    assert "USD" not in message
    with world_on.runtime.store.read() as tx:
        rows = tx.exec_driver_sql("SELECT statistic, band FROM release").all()
    assert sorted(tuple(row) for row in rows) == [("share", "share3_high"), ("size", "size_10_24")]


@pytest.mark.slow
@pytest.mark.parametrize("state", ["down", "taken away"])
def test_a_source_of_finished_work_keeps_no_figure_from_a_manager(world, tmp_path, state):
    world.at("2025-12-31T06:00+00:00")
    source = add_source(world, slug="github")
    for n in range(12):
        source.member(f"boss{n}")
    sync.run(world.runtime)
    if state == "taken away":
        world.runtime = replace(world.runtime, sources=())
    source.fails_with = ProviderError("HTTP 503.", hint="Wait.", retryable=True, status=503)

    assert "over two thirds" in quarter_lived(world, tmp_path, 12, 12)


@pytest.mark.slow
def test_what_was_released_stays_the_same_when_days_are_restated(world, tmp_path):
    before = quarter_lived(world, tmp_path, 12, 12)
    for day, email in list(world.tools["acme"].rows):
        if day >= date(2026, 3, 1):
            del world.tools["acme"].rows[day, email]
    world.now = datetime(2026, 4, 13, 7, 30, tzinfo=UTC)
    after = said_after(world)

    band = "over two thirds"
    assert band in before
    assert band in after


@pytest.mark.slow
def test_days_that_are_kept_by_the_week_make_no_new_figure(world, tmp_path):
    names = team(world, tmp_path, 12)
    world.at("2025-12-31T06:00+00:00")
    work(world, names, date(2026, 1, 1), date(2026, 7, 1))
    world.begin(days=1)
    world.at("2026-01-01T06:00+00:00")
    managers.plan(world.runtime)  # nobody's Monday: the quarter's groups are fixed
    while world.now < datetime(2026, 5, 2, 6, tzinfo=UTC):  # the window's first day is 121 days ago
        world.now += timedelta(days=1)
        world.learn(days=1)
    releases.release(world.runtime)
    assert out_of(world) == []

    world.now -= timedelta(days=1)
    releases.release(world.runtime)
    assert out_of(world) == [date(2026, 1, 1)] * 2


def out_of(world):
    """Return the first days of the windows that figures were let out of."""
    with world.runtime.store.read() as tx:
        return list(tx.execute(select(table(Release).c.window_start)).scalars())


def test_groups_are_fixed_for_the_quarter_whoever_joins_or_leaves(world_on, tmp_path):
    team(world_on, tmp_path, 10)
    at_nine(world_on)
    managers.plan(world_on.runtime)
    team(world_on, tmp_path, 3, boss="late")
    world_on.now += timedelta(days=7)
    world_on.learn(days=1)
    managers.plan(world_on.runtime)

    with world_on.runtime.store.read() as tx:
        found = frozen_groups.members(tx, quarter_of(world_on.now.date()))
    assert {key: len(one) for key, one in found.items()} == {world_on.key("UBOSS"): 10}


USE = st.lists(st.integers(0, 9), max_size=6)


@COSTLY
@given(first=USE, second=USE)
def test_whatever_nine_people_do_their_manager_reads_the_same(tmp_path_factory, first, second):
    read = []
    for active in (first, second):
        folder = tmp_path_factory.mktemp("nine")
        with small_world(f"sqlite:///{folder / 'unranked.db'}") as world:
            team(world, folder, 9)
            work(
                world,
                [f"boss{n}" for n in set(active) if n < 9],
                date(2026, 2, 1),
                date(2026, 3, 1),
            )
            at_nine(world)
            read.append(said(world))

    assert read[0] == read[1]
    assert NOT_SHOWN in read[0]


def test_a_message_holds_no_name_and_no_number_of_people(world, tmp_path):
    names = team(world, tmp_path, 6)
    at_nine(world)
    message = said(world)

    assert not any(name.title() in message for name in names)
    assert "@" not in message
    assert all(one.name for one in text.practices())
