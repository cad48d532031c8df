"""A company in which people are asked what AI was worth to them, hour by hour."""

from datetime import UTC, date, datetime, timedelta

from filled import dump

from jobs import pulse as job
from unranked.services import pulse
from unranked.store import turns
from unranked.store.outbox import Kind

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
    world.begin(days=1)
    return world


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
            due = turns.next_due(tx, "slack")
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
