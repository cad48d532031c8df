import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import select

from jobs import clock
from jobs.schedule import JOBS
from unranked.demo.slack_faults import POST
from unranked.demo.story import Ran, Story
from unranked.demo.world import World, world
from unranked.domain.segments import Segment
from unranked.services import choices, holidays
from unranked.services.choices import Asker
from unranked.services.runtime import silent
from unranked.store import campaigns, outbox, vault
from unranked.store.tables import Outbox, table

SUNDAY = datetime(2026, 11, 22, tzinfo=UTC)
SEED, PEOPLE = 121, 60
DUMP = Path(__file__).parents[1] / "support" / "story_dump.py"
ZERO = {Segment.NEVER_USED, Segment.NO_RECORDED_USE}
pytestmark = pytest.mark.xdist_group("story")  # six weeks are played once and looked at often
OFFICE = (time(9, 30), time(16, 30))
OPEN = {"nudge": OFFICE, "pulse": OFFICE, "digest": (time(9), time(17))}
SOME = timedelta(minutes=2)  # a minute's run of the delivery may reach past the end of the hours


@pytest.fixture
def small():
    with world(seed=SEED, people=40, today=SUNDAY, progress=silent, ahead=3) as one:
        yield one


def key_of(one: World, person_id: str) -> str:
    with one.runtime.store.read() as tx:
        found = vault.subject(tx, vault.SLACK, vault.MEMBER, person_id)
    assert found
    return found


def counted(one: World) -> Counter[str]:
    with one.runtime.store.read() as tx:
        found: Counter[str] = Counter()
        for (state, _), count in outbox.counts(tx).items():
            found[state] += count
    return found


_outbox = table(Outbox)


def rows(one: World, query: str) -> list[tuple[str, ...]]:
    with one.runtime.store.read() as tx:
        return [tuple(row) for row in tx.exec_driver_sql(query)]


@dataclass
class Watch:
    """Looks at the store after every job, and remembers what must not be."""

    one: World
    days: dict[str, set[date]] = field(default_factory=lambda: defaultdict(set))
    zeros: int = 0
    wrong: list[tuple[datetime, str]] = field(default_factory=list)
    unsettled: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        owners = {
            seat.id: person.id
            for person in self.one.company.everybody
            for seat in person.seats.values()
        }
        for usage in self.one.company.usage.values():
            for day, used in usage.days.items():
                for row in used:
                    self.days[owners.get(row.account, "")].add(day)

    def __call__(self, what: str, done: int, of: int) -> None:
        del done, of
        planned = rows(self.one, "SELECT count(*) FROM outbox")[0][0]
        if counted(self.one).total() != planned:
            self.unsettled.append(self.one.time.now)
        if what.endswith(("delivery", "pulse")):
            return  # neither places anybody
        with self.one.runtime.store.read() as tx:
            placed = campaigns.placements(tx)
            members = vault.values(tx, vault.SLACK, vault.MEMBER)
        for key, at in placed.items():
            if at.segment in ZERO and at.watermark is not None:
                self.zeros += 1
                used = self.days.get(members.get(key, ""), set())
                if any(day <= at.watermark for day in used):
                    self.wrong.append((self.one.time.now, key))


@dataclass
class Played:
    """Six weeks in which everything failed once."""

    one: World
    watch: Watch
    ran: dict[str, list[Ran]]
    stopped: tuple[str, datetime]
    planned: dict[str, Counter[str]]


@pytest.fixture(scope="module")
def played():
    with world(seed=SEED, people=PEOPLE, today=SUNDAY, progress=silent, ahead=12) as one:
        story, watch = Story(one), Watch(one)
        ran: dict[str, list[Ran]] = {}
        planned: dict[str, Counter[str]] = {}

        def live(name: str, days: int) -> None:
            story.ran.clear()
            story.move(story.now + timedelta(days=days), watch)
            ran[name], planned[name] = list(story.ran), counted(one)

        story.begin(watch)
        ran["begin"], planned["begin"] = list(story.ran), counted(one)
        stopped = next(p.id for p in one.company.people if one.slack.messages_to(p.id))
        choices.press(one.runtime, Asker(key_of(one, stopped)), "stop")
        stopped_at = story.now
        live("quiet", 1)
        one.anthropic.down = True
        live("down", 3)
        one.anthropic.down = False
        one.anthropic.late = one.openai.late = timedelta(days=3)
        live("late", 5)
        one.anthropic.late = one.openai.late = timedelta(0)
        one.openai.key_expired = True
        live("expired", 2)
        one.openai.key_expired = False
        one.slack.faults.rate_limited_methods.add(POST)
        live("limited", 3)
        one.slack.faults.rate_limited_methods.clear()
        one.slack.faults.accept_then_cut = 10**9
        live("cut", 7)
        one.slack.faults.accept_then_cut = 0
        live("after", 21)
        yield Played(one, watch, ran, (stopped, stopped_at), planned)


def failures(ran: list[Ran]) -> set[str]:
    return {one.job for one in ran if one.outcome.startswith("failed")}


# What must hold, whatever fails


@pytest.mark.slow
def test_nobody_is_ever_placed_as_never_used_who_had_used_anything(played):
    assert played.watch.zeros > 1000
    assert played.watch.wrong == []


@pytest.mark.slow
def test_each_fault_was_really_there(played):
    assert failures(played.ran["quiet"]) == set()
    assert "sync" in failures(played.ran["down"])
    assert "sync" in failures(played.ran["expired"])
    assert failures(played.ran["late"]) == set()
    assert any("in doubt" in one.outcome for one in played.ran["cut"])
    assert played.planned["limited"]["sent"] == played.planned["expired"]["sent"]
    assert played.planned["limited"].total() > played.planned["expired"].total()


@pytest.mark.slow
def test_no_message_is_twice_in_slack_and_the_outbox_adds_up(played):
    copies, states = played.one.slack.keys(), counted(played.one)

    assert played.watch.unsettled == []
    assert max(copies.values()) == 1
    assert states["sent"] == len(copies) > 20
    assert states["sending"] == states["in_doubt"] == 0
    assert states["failed"] == 0


@pytest.mark.slow
def test_messages_come_in_their_readers_hours_and_never_on_leave_or_after_a_stop(played):
    company, slack = played.one.company, played.one.slack
    kinds = dict(rows(played.one, "SELECT key, kind FROM outbox"))
    came = Counter()
    for person in company.everybody:
        for message in slack.messages_to(person.id):
            local = datetime.fromtimestamp(float(message["ts"]), ZoneInfo(person.zone))
            day, kind = local.date(), kinds[message["metadata"]["event_payload"]["key"]]
            opens, closes = OPEN[kind]
            came[kind] += 1
            assert day.weekday() in person.working_days
            assert not company.is_away(person, day)
            assert day not in holidays.of_region(person.region, today=day)
            assert opens <= local.time()
            assert (local - SOME).time() < closes
            if person.id == played.stopped[0] and kind != "digest":
                assert local < played.stopped[1]

    assert came["nudge"] > 5
    assert came["digest"] > 20
    assert came["pulse"] > 60


@pytest.mark.slow
def test_a_manager_of_ten_or_more_reads_bands_on_some_monday_and_one_of_fewer_never(played):
    query = (
        "SELECT manager_key, people FROM shownunit JOIN frozenunit ON"
        " frozenunit.unit_key = shownunit.unit_key AND frozenunit.quarter = shownunit.quarter"
    )
    sizes = defaultdict(int, rows(played.one, query))
    shown = {key for key, content in _digests(played.one) if json.loads(content).get("lines")}

    assert shown
    assert all(sizes[key] >= 10 for key in shown)


def _digests(one: World) -> list[tuple[str, ...]]:
    sent = select(_outbox.c.person_key, _outbox.c.content).where(_outbox.c.kind == "digest")
    with one.runtime.store.read() as tx:
        return [tuple(row) for row in tx.execute(sent)]


@pytest.mark.slow
def test_jobs_ran_at_no_other_minutes_than_those_of_the_real_schedule(played):
    for name, ran in played.ran.items():
        for run in ran:
            if name == "begin" and run.at.date() == date(2026, 11, 21):
                continue  # an installation runs everything once at its start, whatever the hour
            trigger = CronTrigger(**JOBS[run.job].cron, timezone="UTC")
            due = trigger.get_next_fire_time(None, run.at - timedelta(minutes=59))
            # One job after the other: what became due while another ran begins right after it.
            assert due is not None
            assert due <= run.at


# The clock


def test_it_begins_with_the_first_messages_sent_and_goes_where_it_is_moved(small):
    story = Story(small)
    story.begin(silent)

    assert story.now == datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
    assert {one.job for one in story.ran} == set(JOBS)
    assert counted(small)["sent"] > 2
    assert [f"{at:%Y-%m-%d %H:%M}" for at in story.targets()] == [
        "2026-11-25 06:30",
        "2026-12-01 06:30",
        "2027-01-01 06:30",
    ]

    story.move(story.now + timedelta(minutes=30), silent, stop=lambda: True)
    assert story.now == datetime(2026, 11, 24, 6, 30, tzinfo=UTC)

    seen: list[tuple[int, int]] = []
    story.move(story.targets()[0], lambda _, done, of: seen.append((done, of)))
    after = story.now - datetime(2026, 11, 25, 6, 30, tzinfo=UTC)
    assert timedelta(0) <= after < timedelta(minutes=1)  # what is due then takes its time
    assert seen == sorted(seen)
    assert all(0 <= done <= of == 86_400 for done, of in seen)


def test_it_ends_where_the_future_that_was_made_ends(small):
    story = Story(small)
    assert not story.ended

    story.move(story.now + timedelta(days=365), silent)

    assert story.now == datetime(2026, 12, 13, 6, 30, tzinfo=UTC)
    assert story.ended


def test_the_end_of_a_quarter_that_is_near_is_that_of_the_next(small):
    small.time.now = datetime(2026, 12, 20, 6, 30, tzinfo=UTC)

    assert Story(small).targets()[2] == datetime(2027, 4, 1, 6, 30, tzinfo=UTC)


def test_the_roster_file_and_slack_change_on_the_day_on_which_somebody_comes_or_goes(small):
    company, story = small.company, Story(small)
    first = min(company.future.left.values())
    leaver = next(i for i, day in company.future.left.items() if day == first)
    joiner = company.future.joiners[0]

    story.move(datetime.combine(first, time(2, 59), UTC), silent)
    assert company.person(leaver).email in small.csv.read_text(encoding="utf-8")
    story.move(datetime.combine(max(first, joiner.start), time(4), UTC), silent)

    text = small.csv.read_text(encoding="utf-8")
    assert company.person(leaver).email not in text
    assert joiner.email in text
    clock.run_now(small.runtime, "roster")
    present = dict(rows(small, "SELECT person_key, present FROM person"))
    assert present[key_of(small, joiner.id)]
    assert not present[key_of(small, leaver)]


@pytest.mark.slow
@pytest.mark.long
def test_one_seed_and_the_same_moves_give_the_same_story_to_the_byte():
    runs = [
        subprocess.Popen(
            [sys.executable, DUMP, "7", "40", "14"],
            env={**os.environ, "PYTHONHASHSEED": str(n)},
            stdout=subprocess.PIPE,
        )
        for n in (1, 2)
    ]
    one, two = (json.loads(run.communicate()[0]) for run in runs)

    assert len(one) > 20
    assert one == two
