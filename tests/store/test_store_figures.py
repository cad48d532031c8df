"""The sums of all units in one statement are those that adding up people one by one gives."""

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import frozen_groups
import pytest
from sqlalchemy import update

from unranked.connectors.base import FeedKind
from unranked.domain.cohorts import quarter_of
from unranked.domain.released import SpendFacts
from unranked.domain.usage import Window
from unranked.services import releases
from unranked.store import figures, groups
from unranked.store.figures import UnitSums
from unranked.store.pages import EVERYBODY
from unranked.store.tables import FrozenUnit, table
from unranked.store.units_due import Asked

QUARTER = quarter_of(date(2026, 1, 1))
WINDOW = Window(date(2026, 1, 1), date(2026, 1, 29))
CLIP = Decimal(20)
HEADS = {"ann": 12, "bob": 28}


@pytest.fixture
def company(world_on, tmp_path):
    """Give two teams; who used what is drawn."""
    return lived(world_on, tmp_path)


@pytest.fixture
def nested(world_on, tmp_path):
    """Give two teams below one director, who is shown all of them."""
    return lived(world_on, tmp_path, above="dir")


def lived(world, tmp_path, above=""):
    chance = random.Random(7)
    rows, spent = ["email,manager_email"], {}
    world.at("2026-01-30T06:00+00:00")
    if above:
        world.person(above, seats="")
    for boss, many in HEADS.items():
        world.person(boss, seats="")
        rows += [f"{boss}@corp.example,{above}@corp.example"] if above else []
        for n in range(many):
            world.person(f"{boss}{n}")
            rows.append(f"{boss}{n}@corp.example,{boss}@corp.example")
            spent[f"{boss}{n}"] = use(world, f"{boss}{n}@corp.example", chance)
    path = tmp_path / "people.csv"
    path.write_text("\n".join(rows))
    world.runtime = replace(world.runtime, roster_csv=path)
    world.begin(days=2)
    with world.runtime.store.write() as tx:
        frozen_groups.fix(tx, QUARTER)
    return world, {world.key(f"U{name.upper()}"): cost for name, cost in spent.items()}


def use(world, email, chance):
    """Let somebody use the tool on some days, perhaps none; return what that cost in the window."""
    found, total = chance.choice([0, 0, 1, 3, 9]), Decimal(0)
    for day in chance.sample(range(-9, 29), found):
        cost = f"{chance.randint(1, 900) / 100:.2f}"
        when = WINDOW.start + timedelta(days=day)
        world.tools["acme"].use(email, when, cost=cost)
        if WINDOW.start <= when < WINDOW.end:
            total = total + Decimal(cost)
    return total


def asked(**changes):
    day, known = QUARTER.start, {"acme"}
    whole = Asked(QUARTER, day, WINDOW, False, known, known, set(), {"acme", "beta"}, 10)
    return replace(whole, **changes)


def sums(world, one, clip=CLIP):
    feeds = [releases.feeds(world.runtime, kind) for kind in (FeedKind.ACTIVITY, FeedKind.COST)]
    with world.runtime.store.write() as tx:
        return list(figures.sums(tx, one, *feeds, clip=clip, drawn=False))


def one_by_one(world, spent):
    """Return by unit (people, active, facts), counted without the database."""
    with world.runtime.store.read() as tx:
        of_manager = frozen_groups.members(tx, QUARTER)
        shown = groups.shown(tx, QUARTER, EVERYBODY)
    found = {}
    for manager, people in of_manager.items():
        cut = sorted((min(spent[one], CLIP) for one in people), reverse=True)
        facts = SpendFacts(sum(cut), cut[0], sum(cut[2:]))
        active = sum(spent[one] > 0 for one in people)
        found[shown[manager].unit_key] = (len(people), active, facts)
    return found


def test_each_unit_has_the_sums_of_its_people(company):
    world, spent = company
    expected = one_by_one(world, spent)

    assert sorted(people for people, _, _ in expected.values()) == [12, 28]
    found = {one.unit_key: (one.people, one.active, one.spend) for one in sums(world, asked())}
    assert found == expected
    assert any(facts.largest == CLIP for _, _, facts in expected.values())


def test_of_units_within_each_other_the_counts_are_there_and_no_spend(nested):
    world, spent = nested
    expected = one_by_one(world, spent)

    assert sorted(people for people, _, _ in expected.values()) == [12, 28, 40]
    found = {one.unit_key: (one.people, one.active, one.spend) for one in sums(world, asked())}
    assert found == {key: (people, active, None) for key, (people, active, _) in expected.items()}


def test_only_units_of_the_rhythm_that_is_asked_for_are_there(company):
    world, _ = company
    with world.runtime.store.write() as tx:
        unit = table(FrozenUnit)
        tx.execute(update(unit).where(unit.c.people == 28).values(often=True))

    found = [[one.people for one in sums(world, asked(often=often))] for often in (False, True)]
    assert found == [[12], [28]]


@pytest.mark.parametrize("lacking", ["complete", "in_sight"])
def test_where_a_tool_is_not_known_to_the_end_nothing_is_said_of_anybody(company, lacking):
    world, _ = company

    assert sums(world, asked(**{lacking: set()})) == []


def test_what_is_not_billed_to_the_end_has_no_spend_and_keeps_the_rest(company):
    world, spent = company
    found = {one.unit_key: one for one in sums(world, asked(billed=set()))}

    for unit_key, (people, active, _) in one_by_one(world, spent).items():
        assert (found[unit_key].people, found[unit_key].active) == (people, active)
        assert found[unit_key].spend is None


def test_whoever_has_an_account_that_nobody_sees_counts_as_not_seen(company):
    world, _ = company
    kept = {one.people for one in sums(world, asked(unresolved_percent=100, in_sight=set()))}

    assert kept == {one.people for one in sums(world, asked())}


def test_no_exact_count_and_no_spend_of_a_unit_stands_in_a_repr():
    spend = SpendFacts(Decimal(4711), Decimal(4711), Decimal(4711))

    assert repr(spend) == "SpendFacts()"
    assert repr(UnitSums("u-1", 4711, "m-4711", 4711, spend)) == "UnitSums(unit_key='u-1')"
