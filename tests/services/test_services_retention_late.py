"""What a provider tells late, or again, of days that are kept by the day no more."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from long_past import TODAY, Account, History, long_past
from sqlalchemy import select, update
from stored_rows import rows

from unranked.domain.retention import Part, daily_since, parts
from unranked.domain.usage import Window
from unranked.services import corrections, erasure, export, retention, segments
from unranked.services.choices import Asker
from unranked.store import campaigns as stored
from unranked.store import coverage, folding
from unranked.store.folding import Folding
from unranked.store.pages import EVERYBODY
from unranked.store.tables import Coverage, EverUsed, Usage, UsageWeek, table
from unranked.store.vault import EVER

MONTHS = datetime(2026, 6, 1, 10, tzinfo=UTC)
LONG_AGO = date(2026, 1, 15)


@pytest.fixture
def told_late(world_on):
    """Give a company whose use of January was read, added up by the week, and is told again."""
    world, tool = in_use(world_on)
    retention.run(world.runtime)
    return world, tool


def in_use(world):
    world.remembers(180)
    for name in ("ada", "bob", "cem"):
        world.person(name)
    tool = world.tools["acme"]
    tool.use("ada@corp.example", LONG_AGO, LONG_AGO + timedelta(days=1), date(2026, 5, 20))
    for day in range(150):  # so that no day is odd for having few rows
        tool.use("cem@corp.example", date(2026, 1, 1) + timedelta(days=day))
    world.now = MONTHS
    world.begin(days=3)
    return world, tool


def read_all_again(world):
    """Let the tool tell of everything once more, as after a watermark that stood still."""
    place = table(Coverage)
    first = LONG_AGO - timedelta(days=5)
    begun = datetime(first.year, first.month, first.day, tzinfo=UTC)
    with world.runtime.store.write() as tx:
        tx.execute(update(place).where(place.c.day == first).values(fetched_at=begun))
    world.now += timedelta(hours=3)
    calls = world.tools["acme"].calls
    world.begin(days=1)
    assert world.tools["acme"].calls > calls + 6, "only the last days were read"


def test_what_is_told_again_of_days_added_up_comes_back_nowhere_and_counts_once(told_late):
    world, _ = told_late
    before = rows(world, UsageWeek), rows(world, EverUsed), world_segments(world)

    for _ in range(2):
        read_all_again(world)
        since = daily_since(MONTHS.date())
        assert min(row["day"] for row in rows(world, Usage)) >= since
    world.now += timedelta(days=1)
    retention.run(world.runtime)

    since = daily_since(world.now.date())
    assert min(row["day"] for row in rows(world, Usage)) >= since
    last = date(2026, 1, 26)  # a week that a day was added to since
    weeks = [row for row in rows(world, UsageWeek) if row["since"] < last]
    assert weeks == [row for row in before[0] if row["since"] < last]
    assert world_segments(world) == before[2]


def world_segments(world):
    segments.refresh(world.runtime)
    with world.runtime.store.read() as tx:
        return {key: one.segment for key, one in stored.placements(tx).items()}


def test_what_is_told_again_before_it_was_added_up_is_lost_nowhere(world_on):
    world, _ = in_use(world_on)
    use = [row for row in rows(world, Usage) if row["day"] < daily_since(MONTHS.date())]
    assert retention.run(world.runtime, stop=lambda: True).ended_early
    left = [row for row in rows(world, Usage) if row["day"] < daily_since(MONTHS.date())]
    assert 0 < len(left) < len(use)

    read_all_again(world)
    retention.run(world.runtime)

    weeks = rows(world, UsageWeek)
    requests = sum(row["requests"] for row in use if row["requests"] is not None)
    assert sum(row["requests"] for row in weeks if row["requests"] is not None) == requests
    cost = sum(row["cost_nano"] for row in use if row["cost_nano"] is not None)
    assert sum(row["cost_nano"] for row in weeks if row["cost_nano"] is not None) == cost


def test_use_that_is_told_late_makes_nobody_a_person_who_never_used_it(told_late):
    world, tool = told_late
    bob = world.key("UBOB")
    assert world_segments(world)[bob] in {"never_used", "no_recorded_use"}
    weeks = rows(world, UsageWeek)

    tool.use("bob@corp.example", LONG_AGO)
    read_all_again(world)

    assert world_segments(world)[bob] == "tried_once"
    assert rows(world, UsageWeek) == weeks
    assert all(row["day"] >= daily_since(MONTHS.date()) for row in rows(world, Usage))
    read_all_again(world)
    assert world_segments(world)[bob] == "tried_once"


def test_a_day_that_led_to_nobody_leads_nobody_to_a_longer_history(world_on):
    world = world_on
    world.remembers(180)
    world.person("ada")
    tool = world.tools["acme"]
    for day in range(150):
        tool.use("ada@corp.example", date(2026, 1, 1) + timedelta(days=day))
    for number in range(5):
        tool.use(f"stranger{number}@else.example", LONG_AGO)
    world.now = MONTHS
    world.begin(days=3)

    def complete():
        with world.runtime.store.read() as tx:
            return coverage.completeness(tx)["acme"]

    before = complete()
    assert before.history_since == LONG_AGO + timedelta(days=1)
    retention.run(world.runtime)
    world.now += timedelta(hours=2)
    world.learn(days=1)

    assert complete() == before


def test_a_tool_whose_history_comes_later_counts_no_day_twice(world_on):
    world = world_on
    world.remembers(180)
    world.person("ada", seats="acme beta")
    days = [LONG_AGO + timedelta(days=n) for n in range(3)]
    beta = world.tools["beta"]
    beta.empty = True
    world.tools["acme"].use("ada@corp.example", *days)
    beta.use("ada@corp.example", *days)
    world.now = MONTHS
    world.begin(days=2)
    retention.run(world.runtime)
    assert sum(row["days"] for row in rows(world, UsageWeek)) == 3

    beta.empty = False
    with world.runtime.store.write() as tx:
        tx.exec_driver_sql("DELETE FROM coverage WHERE connector = 'beta'")
    world.now += timedelta(days=1)
    world.learn(days=1)
    assert any(row["connector"] == "beta" for row in rows(world, Usage))
    retention.run(world.runtime)

    weeks = rows(world, UsageWeek)
    assert sum(row["days"] for row in weeks) == 3
    assert {row["connector"] for row in weeks} == {"acme", "beta"}


def test_an_account_that_is_not_theirs_takes_its_weeks_and_its_first_day_with_it(told_late):
    world, _ = told_late
    ada = world.key("UADA")
    assert world_segments(world)[ada] == "active"
    with world.runtime.store.read() as tx:
        (account,) = tx.execute(
            select(table(EverUsed).c.account_key).where(table(EverUsed).c.first_day == LONG_AGO)
        ).scalars()

    corrections.not_mine(world.runtime, Asker(ada), account)

    placed = world_segments(world)
    assert placed[ada] != "active"


def test_of_an_account_that_changed_hands_each_exports_and_erases_their_own_weeks(world_on):
    world = world_on
    url = str(world.runtime.store._engine.url.render_as_string(hide_password=False))
    handed_over = TODAY - timedelta(days=200)
    shared = Account(
        "acme",
        ((EVER, "p-ada"), (handed_over, "p-bob")),
        frozenset({150, 198, 202, 203, 390}),
    )
    with long_past(url, History((shared,))) as past:
        retention.run(past.runtime)

        def shown(person):
            return json.loads(export.document(past.runtime, person))["tables"]

        ada, bob = shown("p-ada"), shown("p-bob")
        weeks = "first day of the week, or of its part in a quarter"
        for table_of, before in ((ada, True), (bob, False)):
            found = {row[weeks] for row in table_of["usageweek"]["rows"]}
            assert found
            assert all((day < handed_over.isoformat()) is before for day in found)
        (ever,) = ada["everused"]["rows"]
        assert ever["first active day"] == (TODAY - timedelta(days=390)).isoformat()
        (ever,) = bob["everused"]["rows"]
        assert ever["active days, three standing for more"] == 2

        erasure.erase(past.runtime, "p-ada")
        left = shown("p-bob")
        for name in ("usageweek", "everused"):
            assert left[name]["rows"] == bob[name]["rows"]
            assert shown("p-ada")[name]["rows"] == []


def test_a_day_that_is_not_closed_is_not_added_up_while_it_may_be_read_again(world_on):
    url = str(world_on.runtime.store._engine.url.render_as_string(hide_password=False))
    used = Account("acme", ((EVER, "p-ada"),), frozenset({150, 160}))
    with long_past(url, History((used,))) as past:
        with past.runtime.store.write() as tx:
            for feed in ("usage", "cost"):
                coverage.close(tx, "acme", feed, TODAY - timedelta(days=160), unmapped=0)
            fold = Folding(tx, {"acme": ("usage",)})
            (part,) = parts(folding.days_before(tx, TODAY - timedelta(days=120)))
            week = Part(part.since, Window(TODAY - timedelta(days=161), TODAY))
            fold.of_people(tx, week, EVERYBODY)

        assert {row["day"] for row in past.rows(Usage)} == {TODAY - timedelta(days=150)}
        assert sum(row["days"] for row in past.rows(UsageWeek)) == 1


ON_ONE = (Account("acme", ((EVER, "p-ada"),), frozenset({153, 150})),)
ON_A_NEW_ONE = (
    Account("acme", ((EVER, None), (TODAY - timedelta(days=151), "p-ada")), frozenset({151})),
    Account("acme", ((EVER, "p-ada"),), frozenset({153})),
)


@pytest.mark.parametrize("others", [frozenset(), frozenset({148})])
@pytest.mark.parametrize(
    ("accounts", "first", "later"), [(ON_ONE, 153, 150), (ON_A_NEW_ONE, 151, 153)]
)
def test_whether_a_late_day_counts_is_decided_by_their_own_days_alone(
    world_on, accounts, first, later, others
):
    url = str(world_on.runtime.store._engine.url.render_as_string(hide_password=False))
    monday = TODAY - timedelta(days=154)
    assert monday.weekday() == 0
    bob = Account("acme", ((EVER, "p-bob"),), others)
    with long_past(url, History((*accounts, bob))) as past:
        for back in (first, later):
            closed = sorted({back, *others}, reverse=True)
            last = TODAY - timedelta(days=closed[-1])
            with past.runtime.store.write() as tx:
                for day in closed:
                    for feed in ("usage", "cost"):
                        coverage.close(tx, "acme", feed, TODAY - timedelta(days=day), unmapped=0)
                week = Part(monday, Window(monday, last + timedelta(days=1)))
                Folding(tx, {"acme": ("usage",)}).of_people(tx, week, EVERYBODY)

        own = [row for row in past.rows(UsageWeek) if row["account_key"] != f"a-{len(accounts)}"]
        assert sum(row["days"] for row in own) == 2
