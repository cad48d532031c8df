"""Who is asked what AI was worth to them: everybody with access, once a week, whatever they use."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from asking import CREW, HOUR, START, WEEKDAYS, ZONES, hours, peopled, questions, week_asked
from filled import dump
from small_world import small_world

from jobs import pulse as job
from unranked.demo.slack_members import Member
from unranked.domain.usage import Window
from unranked.services import choices, pulse, roster
from unranked.services.choices import Asker
from unranked.services.pulse import PulseRun
from unranked.store import campaigns, outbox, people
from unranked.store.campaigns import StoredChoice
from unranked.store.outbox import Kind, State


@pytest.fixture
def company(world):
    return peopled(world)


# Once a week, where the person is


@pytest.fixture
def fortnight(world_on):
    """Two weeks of hourly runs, through the change of clock in New York."""
    peopled(world_on)
    hours(world_on, START, 12 * 24)
    return world_on


def test_each_is_asked_once_a_week_on_a_drawn_day_of_their_own_and_in_their_own_hours(fortnight):
    asked = questions(fortnight)

    assert len(asked) == len({one[:2] for one in asked}) == 2 * len(CREW)
    local_days = set()
    for name, week, due, row in asked:
        zone = ZoneInfo(ZONES.get(name, "Europe/Berlin"))
        sent = row["finished_at"].astimezone(zone)
        assert (row["state"], row["reason"]) == (State.SENT, "")
        assert sent - due.astimezone(zone) < timedelta(minutes=1)
        assert time(9, 30) <= sent.time() < time(16, 31)
        assert sent.weekday() < 5
        monday = sent.date() - timedelta(days=sent.weekday())
        assert week == str(monday - timedelta(weeks=1))
        local_days.add((name, sent.weekday()))
    assert {day for _, day in local_days} == set(range(5))
    assert len(local_days) > len(CREW)  # not the same weekday for everybody in both weeks
    for name in CREW:
        assert len(fortnight.slack.messages_to(f"U{name.upper()}")) == 2


def sendings(url, use):
    with small_world(url) as world:
        peopled(world, use=use)
        hours(world, START, 5 * 24)
        return [(name, week, due) for name, week, due, _ in questions(world)]


def test_the_same_people_are_asked_at_the_same_times_whatever_they_use(tmp_path):
    """T2: two worlds that differ in use alone."""
    worlds = {
        "none": lambda _: [],
        "some": lambda name: WEEKDAYS[: 7 * (len(CREW) - CREW.index(name))],
        "other": lambda name: WEEKDAYS[:: CREW.index(name) + 1],
    }
    asked = [sendings(f"sqlite:///{tmp_path / name}.db", use) for name, use in worlds.items()]

    assert len(asked[0]) == len(CREW)
    assert asked[0] == asked[1] == asked[2]


def test_managers_are_not_asked_on_the_day_of_their_weekly_message(company, tmp_path):
    lines = ["email,manager_email"]
    lines += [f"w{n}@corp.example,w{n % 4}@corp.example" for n in range(4, 9)]
    (tmp_path / "people.csv").write_text("\n".join(lines), encoding="utf-8")
    company.runtime = replace(company.runtime, roster_csv=tmp_path / "people.csv")
    roster.refresh(company.runtime)
    for day in range(4 * 7):
        company.now = datetime.fromisoformat(START) + timedelta(days=day)
        pulse.plan(company.runtime)

    days = {name: set() for name in CREW}
    for name, _, due, _ in questions(company):
        days[name].add(due.weekday())
    assert set().union(*(days[f"w{n}"] for n in range(4))) == {1, 2, 3, 4}
    assert 0 in set().union(*(days[f"w{n}"] for n in range(4, 9)))


# Not asked


def test_without_a_seat_nobody_is_asked_however_much_they_use(company):
    company.person("zoe", seats="")
    company.tools["acme"].use("zoe@corp.example", *WEEKDAYS)
    company.learn(days=1)
    key = company.key("UZOE")
    for hour in range(5 * 24):
        company.now = datetime.fromisoformat(START) + hour * HOUR
        pulse.plan(company.runtime)

    with company.runtime.store.read() as tx:
        assert key not in outbox.contents_since(tx, Kind.PULSE, company.now - timedelta(days=9))
    assert len(questions(company)) == len(CREW)


def away(world):
    key = world.key("UW1")
    with world.runtime.store.write() as tx:
        people.set_absences(tx, {key: [Window(date(2026, 2, 20), date(2026, 3, 30))]})


def away_by_choice(world):
    row = StoredChoice(world.key("UW1"), "away", world.now, date(2026, 3, 20))
    with world.runtime.store.write() as tx:
        campaigns.choose(tx, row)


def left(world):
    world.slack.join(Member("UW1", "W1", "w1@corp.example", "Europe/Berlin", deleted=True))
    roster.refresh(world.runtime)


def a_guest(world):
    world.slack.join(Member("UW1", "W1", "w1@corp.example", "Europe/Berlin", is_restricted=True))
    roster.refresh(world.runtime)


def objected(world):
    with world.runtime.store.write() as tx:
        campaigns.choose(tx, StoredChoice(world.key("UW1"), "object", world.now))


def choosing(action):
    return lambda world: choices.press(world.runtime, Asker(world.key("UW1")), action)


REFUSALS = {
    "stop": (choosing("stop"), "opted_out"),
    "no_check_in": (choosing("no_check_in"), "no_check_in"),
    "objected": (objected, "opted_out"),
    "left": (left, "left"),
    "guest": (a_guest, "not_a_member"),
    "away": (away, "closed"),
    "away_by_choice": (away_by_choice, "closed"),
}


@pytest.mark.parametrize("why", REFUSALS)
def test_whoever_wants_none_or_is_not_there_is_not_asked(company, why):
    REFUSALS[why][0](company)

    assert week_asked(company, "w1") == []
    assert len(questions(company)) == len(CREW) - 1


@pytest.mark.parametrize("why", REFUSALS)
def test_what_is_queued_is_skipped_when_it_is_not_wanted_any_more(company, why):
    change, reason = REFUSALS[why]
    (due,) = week_asked(company, "w1")
    company.now = due - timedelta(minutes=1)
    change(company)
    company.now = due
    company.deliver()

    (row,) = [row for name, *_, row in questions(company) if name == "w1"]
    assert (row["state"], row["reason"]) == (State.SKIPPED, reason)
    assert company.got("UW1") == []


@pytest.mark.parametrize(
    ("late", "reason"),
    [
        (timedelta(hours=12), "closed"),
        (timedelta(days=1), "too_late"),  # in the hours, but on another day than the drawn one
        (timedelta(days=7), "too_late"),
    ],
)
def test_a_question_that_could_not_go_out_on_its_day_is_skipped(company, late, reason):
    week_asked(company, "w1")
    due, name = min((at, who) for who, _, at, _ in questions(company) if at.weekday() < 4)
    company.now = due + late
    company.deliver()

    (row,) = [row for who, *_, row in questions(company) if who == name]
    assert (row["state"], row["reason"]) == (State.SKIPPED, reason)
    assert company.got(f"U{name.upper()}") == []


def test_a_dry_run_says_rounded_counts_and_writes_nothing(company):
    company.at("2026-03-03T10:00+00:00")
    before = dump(company.runtime.store)
    said = job.try_out(company.runtime)

    assert dump(company.runtime.store) == before
    assert set(said.values()) == {"fewer than 20"}
    assert pulse.plan(company.runtime, dry_run=True).due > 0
    run = pulse.plan(company.runtime)
    assert run.queued == run.due > 0
    assert dump(company.runtime.store) != before
    assert pulse.plan(company.runtime) == PulseRun(0, 0, 0)  # what is planned is not due again
