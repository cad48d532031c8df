"""Who is asked what AI was worth to them: everybody with access, once a week, whatever they use."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from filled import dump
from small_world import small_world

from jobs import pulse as job
from unranked.demo.slack_members import Member
from unranked.domain.usage import Window
from unranked.services import checkins, choices, erasure, pulse, roster
from unranked.services.choices import Asker
from unranked.services.pulse import PulseRun
from unranked.store import campaigns, outbox, people
from unranked.store import checkins as stored
from unranked.store.campaigns import StoredChoice
from unranked.store.checkins import Answer
from unranked.store.outbox import Kind, State

NEVER = bool
ZONES = {"ada": "America/New_York", "bo": "Asia/Kathmandu", "cy": "Pacific/Auckland"}
CREW = [*ZONES, *(f"w{number}" for number in range(9))]
START = "2026-03-02T00:00+00:00"  # a Monday
HOUR = timedelta(hours=1)
WEEKDAYS = [d for n in range(55) if (d := date(2026, 1, 5) + timedelta(n)).weekday() < 5]


def peopled(world, *, use=None):
    """Fill the company: each has a seat, some far away. use(name) to the days they used it."""
    for name in CREW:
        world.person(name, zone=ZONES.get(name, "Europe/Berlin"))
    for name in CREW if use else ():
        for number, day in enumerate(use(name)):
            cost = f"{7 * number + len(name)}.10"
            world.tools["acme"].use(f"{name}@corp.example", day, output=10**number, cost=cost)
    world.at(START)
    world.learn(days=1)
    return world


@pytest.fixture
def company(world):
    return peopled(world)


def hours(world, start, count):
    """Do what the clock does, hour by hour: plan a quarter past, then deliver until the next."""
    for hour in range(count):
        world.now = datetime.fromisoformat(start) + hour * HOUR + timedelta(minutes=15)
        job.run(world.runtime, NEVER)
        deliver_until(world, world.now + HOUR)


def deliver_until(world, end):
    """Deliver whatever becomes due before `end`, at the moment it does."""
    while True:
        with world.runtime.store.read() as tx:
            due = outbox.next_due(tx, "slack")
        if due is None or due >= end:
            return
        world.now = max(world.now, due)
        world.deliver()


def questions(world):
    """Return every question: (who, week, when it may go out, its state)."""
    rows = [row for row in dump(world.runtime.store)["outbox"] if row["kind"] == Kind.PULSE]
    names = {world.key(f"U{name.upper()}"): name for name in CREW}
    return sorted(
        (names[row["person_key"]], row["purpose"].rpartition("|")[2], row["not_before"], row)
        for row in rows
    )


def week_asked(world, name, start="2026-03-02"):
    """Plan on each hour of a week; return the moment for which somebody's question was queued."""
    first = datetime.fromisoformat(start).replace(tzinfo=UTC)
    for hour in range(5 * 24):
        world.now = first + hour * HOUR
        pulse.plan(world.runtime)
    return [at for who, _, at, _ in questions(world) if who == name and at >= first]


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


# Answers, and none


def tokens_of(world, name):
    rows = (row for who, *_, row in questions(world) if who == name)
    return [row["key"] for row in sorted(rows, key=lambda row: row["purpose"])]


def test_an_answer_that_comes_weeks_later_counts_for_the_week_it_was_asked_about(company):
    week_asked(company, "w1")
    week_asked(company, "w1", "2026-03-09")
    first, second = tokens_of(company, "w1")
    company.at("2026-04-02T10:00+00:00")
    me = Asker(company.key("UW1"))
    checkins.press(company.runtime, me, "pulse_to_2_hours", token=first)
    checkins.press(company.runtime, me, "pulse_skip", token=second)

    with company.runtime.store.read() as tx:
        found = stored.answers(tx, me.person_key)
    assert {week: one.minutes for week, one in found.items()} == {
        date(2026, 2, 23): 90,
        date(2026, 3, 2): None,
    }


def live(world, first, count):
    """Let some weeks pass, counted from the first: plan at night and in the day, and deliver."""
    for day in range(7 * first, 7 * (first + count)):
        for hour in (0, 9):
            world.now = datetime.fromisoformat(START) + timedelta(days=day, hours=hour)
            pulse.plan(world.runtime)
            deliver_until(world, world.now + 9 * HOUR)


def asked_about(world, name):
    """Return the weeks that somebody was asked about, counted from the first that could be."""
    weeks = (week for who, week, *_ in questions(world) if who == name)
    return [(date.fromisoformat(week) - date(2026, 2, 23)).days // 7 for week in weeks]


def test_whoever_leaves_four_in_a_row_is_asked_in_one_week_of_four_until_they_react(company):
    live(company, 0, 8)
    *regular, rare = asked_about(company, "w1")
    assert regular == [0, 1, 2, 3]
    assert rare in {4, 5, 6, 7}

    me = Asker(company.key("UW1"))
    checkins.press(company.runtime, me, "pulse_skip", token=tokens_of(company, "w1")[0])
    live(company, 8, 4)
    assert asked_about(company, "w1")[5:] == [8, 9, 10, 11]
    keys = [company.key("UW1"), company.key("UW2")]
    with company.runtime.store.read() as tx:
        left = stored.unanswered(tx, keys, since=datetime.fromisoformat(START))
    assert [left[key] for key in keys] == [4, 6]


def test_after_forget_nothing_of_a_question_is_left_and_none_comes(company):
    week_asked(company, "w1")
    key = company.key("UW1")
    checkins.press(company.runtime, Asker(key), "pulse_more", token=tokens_of(company, "w1")[0])
    erasure.erase(company.runtime, key)
    week = datetime.fromisoformat("2026-03-09T00:00+00:00")
    for hour in range(0, 7 * 24, 4):
        company.now = week + hour * HOUR
        pulse.plan(company.runtime)

    checkins.keep(company.runtime, Asker(key), Answer(date(2026, 3, 2), 90))  # at that moment

    tables = dump(company.runtime.store)
    assert not [row for row in tables["checkin"] if row["person_key"] == key]
    assert not [row for row in tables["outbox"] if key in repr(row)]
