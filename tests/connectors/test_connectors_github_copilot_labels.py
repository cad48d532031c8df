"""Every label of the provider's sheet, section 4: from GitHub's answers to a person's segment.

A whole company is brought in through the connector, over HTTP, into a real database. Monday,
2026-11-23: the 19th is the last day of which GitHub has a report.
"""

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from recorded_provider import KEY, Fault, Provider, serving
from small_world import World, small_world

from unranked.channels import blocks
from unranked.connectors.api import connected
from unranked.connectors.github_copilot import CONNECTOR
from unranked.domain.nudges import Reason
from unranked.domain.segments import NUDGED, Doubt, Segment
from unranked.domain.usage import ONE_DAY, Window
from unranked.services import answers, nudges, segments, sync
from unranked.services.runtime import Connected
from unranked.store import campaigns, coverage, people

FIRST, LAST = date(2026, 5, 8), date(2026, 11, 19)
TODAY = date(2026, 11, 23)
WEEKDAYS = [day for day in Window(FIRST, LAST + ONE_DAY).days() if day.weekday() < 5]
ROOT = "/enterprises/acme/copilot"
OLD_SEAT, SEAT_OF_11_WEEKS = date(2026, 5, 11), date(2026, 9, 7)


class GitHub(Provider):
    """A made-up enterprise. `missing` are days without links, `no_content` days answered by 204."""

    def __init__(self, exchanges):
        super().__init__(exchanges)
        self.numbers, self.seats, self.linked = {}, [], {}
        self.rows = {day: {} for day in Window(FIRST, LAST + ONE_DAY).days()}
        self.missing, self.no_content = set(), set()
        self.answers_for = {
            "/graphql": self.identities,
            f"{ROOT}/billing/seats": self.seats_of,
            f"{ROOT}/metrics/reports/users-1-day": self.report,
        }

    def number(self, name):
        return self.numbers.setdefault(name, 583231 + len(self.numbers))

    def person(self, name, *days, credits_used=2.5, linked=True):
        """Somebody with an identity, who did something on these days; no seat yet."""
        if linked:
            self.linked[self.number(name)] = f"{name}@corp.example"
        for day in days:
            self.rows[day][self.number(name)] = credits_used

    def seat(self, name, since, *, last=None, ends=None):
        self.seats.append(
            {
                "assignee": {"login": f"octo-{name}", "id": self.number(name), "type": "User"},
                "pending_cancellation_date": ends,
                "last_activity_at": last and f"{last}T09:11:00Z",
                "created_at": f"{since}T08:00:00Z",
            }
        )

    def answer(self, asked):
        self.asked.append(asked)
        if asked.path.startswith("/files/"):
            return self.file(date.fromisoformat(asked.path.removeprefix("/files/")))
        return self.answers_for[asked.path](asked)

    def identities(self, _):
        nodes = [
            {"samlIdentity": {"nameId": email}, "scimIdentity": None, "user": {"databaseId": n}}
            for n, email in self.linked.items()
        ]
        listed = {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": nodes}
        provider = {"samlIdentityProvider": {"externalIdentities": listed}}
        return as_json({"data": {"enterprise": {"ownerInfo": provider}}})

    def seats_of(self, asked):
        seats = self.seats if asked.values("page") == ["1"] else []
        return as_json({"total_seats": len(self.seats), "seats": seats})

    def report(self, asked):
        day = date.fromisoformat(asked.values("day")[0])
        if day in self.no_content:
            return Fault(204, b"")
        there = day in self.rows and day not in self.missing
        links = [f"{self.url}/files/{day}"] if there else []
        return as_json({"download_links": links, "report_day": day.isoformat()})

    def file(self, day):
        """All counters are zero: that a row exists is what says that somebody was active."""
        rows = [
            {"day": day.isoformat(), "user_id": n, "user_login": "x", "used_chat": False}
            | {"user_initiated_interaction_count": 0, "ai_credits_used": credits_used}
            for n, credits_used in self.rows[day].items()
        ]
        return Fault(200, "\n".join(map(json.dumps, rows)).encode())


def as_json(body):
    return Fault(200, json.dumps(body).encode())


@contextmanager
def company(tmp_path, *, history):
    """Give a company with Copilot alone, in which four people use it every day.

    history: days; a year would only take longer.
    """
    with (
        small_world(f"sqlite:///{tmp_path / 'unranked.db'}") as world,
        serving([], GitHub) as github,
    ):

        def opened():
            return connected(
                CONNECTOR,
                base_url=github.url,
                key=KEY,
                options={"scope": "enterprises/acme"},
                clock=world.runtime.clock,
                sleeper=world.runtime.sleeper,
            )

        copilot = replace(CONNECTOR, history=timedelta(days=history))
        world.runtime = replace(world.runtime, connectors=(Connected(copilot, opened),))
        world.now = datetime(2026, 11, 23, 10, tzinfo=UTC)
        for name in ("ada", "bo", "cy", "di"):
            world.person(name, seats="")
            github.person(name, *WEEKDAYS)
            github.seat(name, OLD_SEAT, last=LAST)
        yield world, github


def learn(world: World) -> None:
    """Read everything yesterday, early, and again now: more than a day lies between."""
    now = world.now
    world.now = now - timedelta(hours=26)
    world.begin(days=1)
    world.now = now
    world.learn(days=1)


def placed(world: World, name: str):
    with world.runtime.store.read() as tx:
        return campaigns.placements(tx)[world.key(f"U{name.upper()}")]


def complete_through(world: World):
    with world.runtime.store.read() as tx:
        return coverage.completeness(tx)["github_copilot"].complete_through


LABELS = {
    "seatless": ({Segment.NO_SEAT}, "no seat"),
    "fresh": ({Segment.NEW}, "a new seat"),
    "ending": ({Segment.NO_SEAT}, "a seat that is about to end is ignored"),
    "moving": ({Segment.NEVER_USED}, "a seat that ends at one place and goes on at another"),
    "forgotten": ({Segment.NO_RECORDED_USE}, "nothing for 90 days or no telemetry: not `never`"),
    "untouched": ({Segment.NEVER_USED}, "no activity since the seat was granted"),
    "paused": ({Segment.NO_RECORDED_USE}, "old activity, and no row in the window: zero"),
    "lapsed": ({Segment.LAPSED}, "rows long ago, old activity, none since: zero"),
    "web": ({Segment.UNKNOWN}, "recent activity without rows: not zero"),
    "today": ({Segment.UNKNOWN}, "activity after the watermark without rows: not zero"),
    "moved_on": ({Segment.ACTIVE}, "rows long ago, and recent activity: not zero"),
    "ada": ({Segment.ACTIVE}, "a row exists: active, whatever the counters say"),
    "returner": ({Segment.ACTIVE}, "a row exists, though the seat says nothing"),
}


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    with company(tmp_path_factory.mktemp("labels"), history=200) as (world, github):
        for name in set(LABELS) - {"ada"}:
            world.person(name, seats="")
            github.person(name)
        github.seat("fresh", date(2026, 11, 10), last=date(2026, 11, 10))
        github.seat("ending", OLD_SEAT, ends="2026-12-01")
        github.seat("moving", SEAT_OF_11_WEEKS, ends="2026-12-01")
        github.seat("moving", date(2026, 9, 14))
        github.seat("forgotten", OLD_SEAT)
        github.seat("untouched", SEAT_OF_11_WEEKS)
        github.seat("paused", OLD_SEAT, last=date(2026, 9, 1))
        github.seat("lapsed", OLD_SEAT, last=date(2026, 7, 31))
        github.person("lapsed", *[day for day in WEEKDAYS if day <= date(2026, 7, 31)])
        github.seat("web", SEAT_OF_11_WEEKS, last=date(2026, 11, 12))
        github.seat("today", SEAT_OF_11_WEEKS, last=TODAY)
        github.seat("moved_on", OLD_SEAT, last=date(2026, 11, 16))
        github.person("moved_on", *[day for day in WEEKDAYS if day <= date(2026, 7, 31)])
        github.seat("returner", OLD_SEAT)
        github.person("returner", *WEEKDAYS[-3:])
        learn(world)
        yield world


@pytest.mark.parametrize("name", LABELS, ids=[words for _, words in LABELS.values()])
def test_each_situation_has_its_label(labelled, name):
    assert complete_through(labelled) == LAST
    assert {Segment(placed(labelled, name).segment)} == LABELS[name][0]


def test_nobody_is_helped_to_start_who_may_have_started(labelled):
    helped = {name for name in LABELS if Segment(placed(labelled, name).segment) in NUDGED}
    assert helped == {"moving", "forgotten", "untouched", "paused", "lapsed"}
    assert placed(labelled, "web").reason == Doubt.SHORT_HISTORY
    assert placed(labelled, "today").reason == Doubt.SHORT_HISTORY


@pytest.fixture
def world(tmp_path):
    with company(tmp_path, history=100) as (world, github):
        world.github = github
        for name in ("quiet", "idle"):
            world.person(name, seats="")
            github.person(name)
            github.seat(name, SEAT_OF_11_WEEKS)
        yield world


@pytest.mark.parametrize("how", ["missing", "no_content"])
def test_a_day_that_is_not_there_yet_is_no_zero_holds_everything_up_and_is_asked_for_again(
    world, how
):
    late = date(2026, 11, 17)
    getattr(world.github, how).add(late)
    learn(world)
    held_up, asked = complete_through(world), days_asked(world)

    getattr(world.github, how).clear()
    world.now += timedelta(days=1)
    world.github.asked.clear()
    learn(world)

    assert held_up == late - ONE_DAY
    assert asked.count(late) == 4  # of both feeds, on both days
    assert late in days_asked(world)
    assert complete_through(world) == LAST
    assert len(stored(world, late)) == 4


def test_a_day_that_is_empty_later_keeps_its_rows(world):
    learn(world)
    before = stored(world, LAST)
    world.github.missing.add(LAST)
    world.now += timedelta(days=1)
    world.begin(days=1)

    assert len(before) == 4
    assert stored(world, LAST) == before


def test_a_day_that_never_comes_is_no_part_of_any_zero_and_holds_nobody_up_for_ever(world):
    lost = date(2026, 11, 5)
    world.github.missing.add(lost)
    learn(world)

    assert complete_through(world) == LAST
    assert placed(world, "quiet").segment == Segment.UNKNOWN  # two weeks seen whole are too few
    assert placed(world, "ada").segment == Segment.ACTIVE
    world.github.asked.clear()
    sync.run(world.runtime)
    assert lost not in days_asked(world)


def test_without_any_report_nobody_is_a_zero(world):
    world.github.rows.clear()
    learn(world)

    assert complete_through(world) is None
    people_by_segment = segments.refresh(world.runtime).people
    assert people_by_segment == {Segment.UNKNOWN: 6}


def test_activity_that_only_the_seat_shows_stops_a_nudge_at_the_fresh_look(world):
    learn(world)
    before = nudges.plan(world.runtime, dry_run=True)
    seat = next(one for one in world.github.seats if one["assignee"]["login"] == "octo-quiet")
    seat["last_activity_at"] = f"{TODAY}T09:58:00Z"
    sync.run(world.runtime)  # the segments are those of this morning
    after = nudges.plan(world.runtime, dry_run=True)

    assert before.eligible == 2
    assert after.eligible == 1
    assert after.withheld[Reason.RECENT_ACTIVITY] == 1


def test_what_the_directory_forgets_is_remembered(world):
    world.github.seat("bo", OLD_SEAT, last=date(2026, 11, 21))
    world.begin(days=1)
    for seat in world.github.seats:
        older = seat["assignee"]["login"] == "octo-bo"
        seat["last_activity_at"] = "2026-11-01T00:00:00Z" if older else None
    world.now += timedelta(days=1)
    world.learn(days=1)

    with world.runtime.store.read() as tx:
        seen = {seat.person_key: seat.last_seen for seat in people.seats(tx, on=TODAY)}
    assert seen[world.key("UADA")] == LAST
    assert seen[world.key("UBO")] == date(2026, 11, 21)
    assert seen[world.key("UQUIET")] is None


def test_a_clock_that_is_ahead_makes_nobody_active_for_ever(world):
    world.github.seat("quiet", OLD_SEAT, last=date(2099, 1, 1))
    world.begin(days=1)

    with world.runtime.store.read() as tx:
        seen = {seat.person_key: seat.last_seen for seat in people.seats(tx, on=TODAY)}
    assert seen[world.key("UQUIET")] == TODAY


def test_a_seat_at_several_places_is_as_old_as_the_oldest(world):
    world.github.seat("ada", date(2026, 3, 2), last=date(2026, 11, 20))
    world.github.seat("ada", date(2026, 7, 1), last=date(2026, 11, 18))
    world.begin(days=1)

    with world.runtime.store.read() as tx:
        (seat,) = [s for s in people.seats(tx, on=TODAY) if s.person_key == world.key("UADA")]
    assert seat.since == date(2026, 3, 2)
    assert seat.last_seen == date(2026, 11, 20)


def test_without_single_sign_on_nobody_is_tied_and_the_error_says_what_to_do(world):
    world.github.linked.clear()
    world.github.answers_for["/scim/v2/enterprises/acme/Users"] = lambda _: Fault(404)
    learn(world)
    (run,) = [run for run in sync.run(world.runtime) if run.feed == "members"]

    assert "no company address" in run.error
    assert "UNRANKED_GITHUB_COPILOT_SCOPE" in run.hint
    assert complete_through(world) is None
    # Nobody has a seat, as far as is known: nothing is said of anybody's use.
    assert not NUDGED & set(segments.refresh(world.runtime).people)


def test_a_person_sees_their_credits_as_the_providers_estimate(world):
    learn(world)
    shown = blocks.text(answers.tokens(world.runtime, world.key("UADA")))

    assert "the provider's own estimate" in shown
    assert "$0.12 a week" in shown  # 5 working days of 2.5 credits
    assert "GitHub Copilot" in shown


def test_use_without_credits_is_no_cost_of_nothing(world):
    world.person("plain", seats="")
    world.github.person("plain", *WEEKDAYS, credits_used=None)
    world.github.seat("plain", OLD_SEAT)
    learn(world)
    shown = blocks.text(answers.tokens(world.runtime, world.key("UPLAIN")))

    assert "some use has no known price" in shown
    assert "$0.00" not in shown


def days_asked(world):
    path = f"{ROOT}/metrics/reports/users-1-day"
    asked = [request for request in world.github.asked if request.path == path]
    return [date.fromisoformat(request.values("day")[0]) for request in asked]


def stored(world, day):
    with world.runtime.store.read() as tx:
        rows = tx.exec_driver_sql(
            "SELECT account_key, active FROM usage WHERE feed = 'users' AND day = ?", (str(day),)
        )
        return sorted(tuple(row) for row in rows)
