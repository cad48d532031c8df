"""People are planned for by what they share: for each of them it is as if they were alone."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select, update

from unranked.domain.campaigns import Design, Step
from unranked.domain.constants import PROGRAMME_HOLDOUT
from unranked.domain.nudges import Reason
from unranked.domain.stats import Arm, arm, assignment_draw
from unranked.services import campaigns, choices, nudges
from unranked.services.choices import Asker
from unranked.store import campaigns as stored
from unranked.store import programme
from unranked.store.tables import Enrolment, Outbox, Person, table

PEOPLE = 90
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "")
CHOICES = ("stop", "something_else", "not_for_me", "away")
NEW = {
    table(Enrolment): (
        *("person_key", "campaign_key", "arm", "segment", "watermark", "unit", "steps", "stopped"),
    ),
    table(Outbox): (
        *("person_key", "campaign_key", "content", "not_before", "purpose", "channel", "kind"),
        "state",
    ),
}


def company(world, seed, *, teams):
    """Fill it: zones, tools, units and teams by chance, and for some something of their own."""
    chance = Random(seed)
    for name in ("ada", "bo", "cy"):
        world.person(name, seats="acme beta")
    seats = ("acme", "beta", "acme beta")
    quiet = [
        world.person(f"quiet{n}", zone=chance.choice(ZONES), seats=chance.choice(seats))
        for n in range(PEOPLE)
    ]
    work(world)
    for n in chance.sample(range(PEOPLE), 8):
        world.tools["acme"].use(f"quiet{n}@corp.example", world.now.date())
    world.begin(days=3)
    keys = [world.key(one) for one in quiet]
    bosses = (*(f"p-boss{n}" for n in range(25)), None, keys[0]) if teams else (None, keys[0])
    person = table(Person)
    with world.runtime.store.write() as tx:
        for key in keys:
            changes = {
                "department": chance.choice(("", "Sales")),
                "weekdays": chance.choice((None, "0123", "01234")),
                "manager_key": chance.choice(bosses),
            }
            mine = person.c.person_key == key
            tx.execute(update(person).where(mine).values(changes))
        programme.set_salt(tx, world.now.year, chance.randbytes(32))
    for key in chance.sample(keys, 9):
        choices.press(world.runtime, Asker(key), chance.choice(CHOICES))


def work(world):
    """Let three people work with both tools, up to yesterday."""
    for name in ("ada", "bo", "cy"):
        for ago in range(1, 60):
            for tool in world.tools.values():
                tool.use(f"{name}@corp.example", world.now.date() - timedelta(ago))


def launch(world, name, **changes):
    today = world.now.date()
    design = replace(Design(name, today, today + timedelta(weeks=20)), **changes)
    draft = campaigns.create(world.runtime, design)
    return campaigns.launch(world.runtime, draft.campaign_key, revision=0).campaign


def rows(world):
    with world.runtime.store.read() as tx:
        return {
            kind.name: {tuple(row) for row in tx.execute(select(*(kind.c[one] for one in columns)))}
            for kind, columns in NEW.items()
        }


def take_back(world, before):
    """Leave what was stored before a plan."""
    with world.runtime.store.write() as tx:
        for (kind, columns), own in zip(NEW.items(), ("campaign_key", "purpose"), strict=True):
            name, place = kind.name, columns.index(own)
            kept = {(row[0], row[place]) for row in before[name]}
            for row in tx.exec_driver_sql(f"SELECT person_key, {own} FROM {name}").all():  # noqa: S608 - names
                if tuple(row) not in kept:
                    tx.exec_driver_sql(
                        f"DELETE FROM {name} WHERE person_key = '{row[0]}' AND {own} = '{row[1]}'"  # noqa: S608 - keys
                    )


def planned(world, page):
    """Return what a plan in pages of that size decides, and what it stores; leave nothing of it."""
    before = rows(world)
    run = nudges.plan(world.runtime, page=page)
    after = rows(world)
    take_back(world, before)
    assert rows(world) == before
    return run, {name: rows_of - before[name] for name, rows_of in after.items()}


def all_at_once_is_as_one_by_one(world):
    alone, their_rows = planned(world, 1)
    together, rows_together = planned(world, 1_000)
    assert rows_together == their_rows
    assert together == alone
    dry = nudges.plan(world.runtime, dry_run=True)
    assert (dry.campaigns, dry.enrolled) == (together.campaigns, {})
    return together, rows_together


@pytest.mark.parametrize(
    ("world_on", "seed", "teams"),
    [("sqlite", 1, False), ("postgresql", 2, False), ("sqlite", 3, True), ("postgresql", 4, True)],
    indirect=["world_on"],
)
def test_everybody_gets_what_they_would_get_alone(world_on, seed, teams):
    world = world_on
    company(world, seed, teams=teams)
    first = launch(world, "Spring")
    launch(world, "Sales", units=("Sales",), steps=(Step(),))
    run, _ = all_at_once_is_as_one_by_one(world)
    assert first.by_team == teams
    assert {Reason.RECENT_ACTIVITY, Reason.NO_ZONE} <= run.withheld.keys()

    # The second time some have had a tip, and are in a campaign that drew them long ago.
    nudges.plan(world.runtime)
    world.deliver()
    world.now += timedelta(days=63)
    work(world)
    world.begin(days=2)
    launch(world, "Summer")
    run, stored_then = all_at_once_is_as_one_by_one(world)
    assert run.eligible
    assert stored_then["outbox"]


def test_arms_and_the_years_holdout_are_those_of_f12(world):
    company(world, 5, teams=False)
    campaign = launch(world, "Spring")
    run, new = planned(world, 1_000)
    with world.runtime.store.read() as tx:
        year = programme.salt(tx, world.now.year)
        holdout = stored.one(tx, campaign.campaign_key).holdout
    for person_key, _, which, *_ in new["enrolment"]:
        draw = assignment_draw(campaign.salt, campaign.campaign_key, person_key)
        assert which == arm(draw, holdout)
        assert assignment_draw(year, str(world.now.year), person_key) >= PROGRAMME_HOLDOUT
    told = {row[0] for row in new["outbox"]}
    assert told == {row[0] for row in new["enrolment"] if row[2] == Arm.NUDGE}
    assert sum(run.enrolled.values()) == len(new["enrolment"])
