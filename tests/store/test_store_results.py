"""What campaigns' people did, and how many they are: the same people on each kind of database."""

from collections import Counter
from datetime import date, timedelta

import pytest

from unranked.domain.campaigns import Design
from unranked.domain.usage import Window
from unranked.services import campaigns
from unranked.services.candidates import activity_feeds
from unranked.store import results

WEEKDAYS = [d for n in range(60) if (d := date(2026, 1, 5) + timedelta(n)).weekday() < 5]
THROUGH = {"acme": date(2026, 4, 1), "beta": date(2026, 3, 20)}


@pytest.fixture
def campaign(world_on):
    world = world_on
    world.person("ada", seats="acme beta")
    world.tools["acme"].use("ada@corp.example", *WEEKDAYS)
    world.tools["beta"].use("ada@corp.example", *WEEKDAYS)
    for n in range(40):
        world.person(f"quiet{n}", seats=("acme", "acme beta")[n % 2])
    world.begin(days=3)
    today = world.now.date()
    made = campaigns.create(world.runtime, Design("Spring", today, today + timedelta(weeks=10)))
    campaigns.launch(world.runtime, made.campaign_key, revision=0)
    world.plan()
    for n in range(10):  # the same day twice, and a day before the draw
        mail = f"quiet{n}@corp.example"
        days = [date(2026, 3, 9), date(2026, 3, 2), date(2026, 3, 4)]
        world.tools["acme"].use(mail, *days)
        world.tools["beta"].use(mail, *days[:1])
    world.now += timedelta(days=10)
    world.learn(days=2)
    return world, made.campaign_key


def drawn(world, key, **more):
    days = Window(date(2026, 3, 3), date(2026, 4, 1))
    feeds = activity_feeds(world.runtime)
    given = {"feeds": feeds, "through": THROUGH} | more
    with world.runtime.store.read() as tx:
        return (
            list(results.drawn(tx, key, days, **given)),
            list(results.counted(tx, key, **given)),
        )


def test_everybody_comes_once_with_their_own_active_days_in_order(campaign):
    found, _ = drawn(*campaign)

    assert 30 < len(found) <= 40
    assert {one.active for one in found} == {(), (date(2026, 3, 4), date(2026, 3, 9))}
    assert 5 <= sum(bool(one.active) for one in found) <= 10
    assert Counter(one.through for one in found).keys() == {date(2026, 4, 1), date(2026, 3, 20)}


def test_counted_are_the_same_people_without_what_they_did(campaign):
    found, counted = drawn(*campaign)

    assert {one[:-1]: one.people for one in counted} == Counter(one[:5] for one in found)
    assert len(counted) == 4


def test_whoever_objected_is_in_neither(campaign):
    world, key = campaign
    with world.runtime.store.read() as tx:
        gone = {row[0] for row in tx.exec_driver_sql("SELECT person_key FROM enrolment LIMIT 5")}
    found, counted = drawn(world, key)
    fewer, fewer_counted = drawn(world, key, without=gone)

    assert len(found) - len(fewer) == 5
    assert sum(one.people for one in counted) - sum(one.people for one in fewer_counted) == 5


def test_without_a_tool_nobody_is_known_and_nobody_was_active(campaign):
    found, counted = drawn(*campaign, feeds={}, through={})

    assert {(one.through, one.active) for one in found} == {(None, ())}
    assert {one.through for one in counted} == {None}


def test_a_tool_without_a_watermark_holds_its_people_back(campaign):
    _, counted = drawn(*campaign, through={"acme": date(2026, 4, 1), "beta": None})

    assert {one.through for one in counted} == {date(2026, 4, 1), date.min}
