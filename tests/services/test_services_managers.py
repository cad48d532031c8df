"""Half a year as a manager: an own order of practices, honest trends, one message a day."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import frozen_groups
import pytest

from unranked import text
from unranked.domain.digests import practice_of
from unranked.domain.nudges import Reason
from unranked.domain.released import is_period_before
from unranked.domain.usage import Window
from unranked.services import choices, managers, roster, sync
from unranked.services.choices import Asker
from unranked.store import ledger, outbox
from unranked.store.ledger import Release
from unranked.text.library import Stage

BERLIN = ZoneInfo("Europe/Berlin")
FIRST, SECOND = "UBOSS", "UCHIEF"
Q1 = Window(date(2026, 1, 1), date(2026, 3, 26))
Q2 = Window(date(2026, 4, 1), date(2026, 6, 24))
START = {one.name for one in text.practices() if one.stage is Stage.START}


def teams(world, tmp_path, sizes, *, seats=""):
    """Let each boss have so many direct reports with a seat."""
    lines = ["email,manager_email"]
    for boss, size in sizes.items():
        world.person(boss, seats=seats)
        for number in range(size):
            world.person(f"{boss}{number}")
            lines.append(f"{boss}{number}@corp.example,{boss}@corp.example")
    path = tmp_path / "people.csv"
    path.write_text("\n".join(lines))
    world.runtime = replace(world.runtime, roster_csv=path)


def half_a_year(world, weeks=27):
    """Let so many Mondays pass from 2 March 2026 on."""
    world.at("2026-03-02T08:00+00:00")
    world.begin(days=1)
    for _ in range(weeks):
        managers.plan(world.runtime)
        world.now += timedelta(weeks=1)


def practices(world, member):
    """Return the practices that were queued for a manager, oldest first."""
    with world.runtime.store.read() as tx:
        queued = outbox.contents_since(tx, outbox.Kind.DIGEST, world.now - timedelta(days=400))
    return [json.loads(content)["practice"] for content in queued[world.key(member)]]


def test_every_manager_gets_what_a_team_can_begin_with_first_and_in_an_own_order(world, tmp_path):
    teams(world, tmp_path, {"boss": 1, "chief": 1})
    half_a_year(world)
    one, other = practices(world, FIRST), practices(world, SECOND)

    for had in (one, other):
        assert set(had[: len(START)]) == START
        assert not set(had[len(START) :]) & START
        assert len(set(had)) == len(had) == 27
    assert one[: len(START)] != other[: len(START)]


def test_the_order_is_the_managers_own_however_many_others_there_are(world, tmp_path):
    teams(world, tmp_path, {"boss": 1})
    half_a_year(world, weeks=3)
    teams(world, tmp_path, {"boss": 1, "chief": 1, "lead": 1})
    world.begin(days=1)
    for _ in range(25):
        managers.plan(world.runtime)
        world.now += timedelta(weeks=1)
    had = practices(world, FIRST)
    key = world.key(FIRST)

    assert had[:26] == practices_of(key)[:26]
    assert len(practices(world, "ULEAD")) == 25


def practices_of(key):
    """Return the order of a key, from the choice that is made week by week."""
    start = [one.name for one in text.practices() if one.stage is Stage.START]
    later = [one.name for one in text.practices() if one.stage is Stage.LATER]
    had = []
    while (chosen := practice_of(key, start, later, had)) is not None:
        had.append(chosen)
    return had


def shown_on(world, moment, *, released):
    """Release bands of the past, and let a Monday come; return the lines of figures.

    released: windows and bands of the share. The groups of their quarters are fixed as they were.
    """
    world.at("2026-01-01T06:00+00:00")
    roster.refresh(world.runtime)
    sync.run(world.runtime)
    world.at(moment)
    with world.runtime.store.write() as tx:
        for quarter in (Window(date(2026, 1, 1), date(2026, 4, 1)), THIS):
            frozen_groups.fix(tx, quarter)
        for member in (FIRST, SECOND):
            unit = frozen_groups.unit_key(tx, THIS, world.key(member))
            ledger.record(tx, [row for one in released for row in rows(unit, *one)])
    managers.plan(world.runtime)
    with world.runtime.store.read() as tx:
        queued = outbox.contents_since(tx, outbox.Kind.DIGEST, world.now - timedelta(days=1))
    return [json.loads(queued[world.key(member)][-1])["lines"] for member in (FIRST, SECOND)]


THIS = Window(date(2026, 4, 1), date(2026, 7, 1))


def rows(key, window, share):
    quarter = date(2026, 1, 1) if window.start < date(2026, 4, 1) else date(2026, 4, 1)
    for name, band in (("size", "size_10_24"), ("share", share)):
        yield Release(key, name, window, quarter, "", band, datetime(2026, 7, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("before", "trend"),
    [
        (Q1, "in a higher band than in the period before"),
        (Window(date(2026, 2, 26), date(2026, 3, 26)), None),
        (Window(date(2026, 1, 29), date(2026, 3, 26)), None),
        (Window(date(2025, 10, 1), date(2025, 12, 24)), None),
    ],
    ids=["as long", "four weeks", "eight weeks", "another one lies between"],
)
def test_a_trend_is_said_only_of_the_window_before_and_only_where_it_is_as_long(
    world_on, tmp_path, before, trend
):
    teams(world_on, tmp_path, {"boss": 12, "chief": 12})
    lines, _ = shown_on(
        world_on,
        "2026-06-29T07:30+00:00",
        released=[(before, "share3_low"), (Q2, "share3_middle")],
    )

    assert "a third to two thirds" in "\n".join(lines)
    assert ("in the period before" in "\n".join(lines)) is (trend is not None)
    assert trend is None or trend in "\n".join(lines)


def test_a_quarter_is_as_long_as_another_one():
    quarters = [(date(2026, 10, 1), date(2027, 1, 1)), (date(2027, 1, 1), date(2027, 4, 1))]

    assert is_period_before(*quarters)
    assert not is_period_before(quarters[0], (date(2027, 1, 1), date(2027, 3, 31)))


def test_the_figures_say_when_new_ones_come_by_the_rule_alone(world, tmp_path):
    teams(world, tmp_path, {"boss": 12, "chief": 15})
    one, other = shown_on(world, "2026-06-29T07:30+00:00", released=[(Q2, "share3_middle")])

    assert one[-1] == (
        "- New figures come after 22 Sep 2026 at the earliest, once the data is complete."
    )
    assert other == one


@pytest.mark.parametrize("share", ["share3_low", "share3_high"])
def test_when_new_figures_come_does_not_hang_on_what_they_say(world, tmp_path, share):
    teams(world, tmp_path, {"boss": 12, "chief": 12})
    lines, _ = shown_on(world, "2026-06-29T07:30+00:00", released=[(Q2, share)])

    assert lines[-1].startswith("- New figures come after 22 Sep 2026 ")


def test_a_group_of_fifty_or_more_reads_that_new_figures_come_after_four_weeks(world, tmp_path):
    teams(world, tmp_path, {"boss": 50, "chief": 50})
    may = Window(date(2026, 4, 29), date(2026, 5, 27))
    one, other = shown_on(world, "2026-06-01T07:30+00:00", released=[(may, "share5_2")])

    assert one[-1].startswith("- New figures come after 23 Jun 2026 ")
    assert other == one


def test_a_group_without_figures_reads_nothing_of_when_they_come(world, tmp_path):
    teams(world, tmp_path, {"boss": 12, "chief": 12})
    assert shown_on(world, "2026-06-29T07:30+00:00", released=[]) == [[], []]


BOSSES = [f"boss{n}x" for n in range(10)]
WEEKDAYS = [d for n in range(55) if (d := date(2026, 1, 5) + timedelta(n)).weekday() < 5]


def quiet_bosses(world, tmp_path):
    """Let ten managers have a seat and use nothing, and somebody who reports to each work."""
    teams(world, tmp_path, dict.fromkeys(BOSSES, 1), seats="acme")
    for boss in BOSSES:
        world.tools["acme"].use(f"{boss}0@corp.example", *WEEKDAYS)
    world.person("alone")
    world.at("2026-03-02T08:00+00:00")
    world.begin(days=3)


def test_a_managers_tip_leaves_the_day_of_the_weekly_message_alone(world, tmp_path):
    quiet_bosses(world, tmp_path)
    monday = world.plan()
    managers.plan(world.runtime)
    world.deliver()
    world.at("2026-03-03T08:45+00:00")
    world.begin(days=1)
    tuesday = world.plan()
    world.deliver()

    assert monday.eligible == 1  # who leads nobody
    assert monday.withheld[Reason.NOT_SOON] == len(BOSSES)
    assert tuesday.eligible == len(BOSSES)
    got = [days_of(world, f"U{boss.upper()}") for boss in BOSSES]
    assert all(len(days) == len(set(days)) for days in got)
    assert {day for days in got for day in days} == {date(2026, 3, 2), date(2026, 3, 3)}


def days_of(world, member):
    """Return the day of every message that somebody has, in Berlin."""
    return [
        datetime.fromtimestamp(float(one["ts"]), BERLIN).date()
        for one in world.slack.messages_to(member)
    ]


def test_a_manager_who_wants_no_weekly_message_gets_a_tip_on_any_day(world, tmp_path):
    quiet_bosses(world, tmp_path)
    for boss in BOSSES:
        choices.press(world.runtime, Asker(world.key(f"U{boss.upper()}")), "no_digest")

    assert world.plan().eligible == len(BOSSES) + 1


def test_a_manager_who_works_on_mondays_only_is_not_left_without_tips(world, tmp_path):
    quiet_bosses(world, tmp_path)
    path = tmp_path / "people.csv"
    header, *lines = path.read_text().split("\n")
    extra = [f"{boss}@corp.example,,mon" for boss in BOSSES]
    path.write_text("\n".join([f"{header},working_days", *(f"{one}," for one in lines), *extra]))
    roster.refresh(world.runtime)

    assert world.plan().eligible == len(BOSSES) + 1
