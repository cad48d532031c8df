"""Whole teams drawn instead of people, from the launch to who joins later (method.md 3.9)."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from unranked.domain.campaigns import Design, State
from unranked.domain.stats import Arm, arm, assignment_draw
from unranked.services import campaigns, nudges
from unranked.store.tables import Person, table

WEEKDAYS = [d for n in range(60) if (d := date(2026, 1, 5) + timedelta(n)).weekday() < 5]
TEAMS, SIZE = 9, 4


@pytest.fixture
def company(world):
    """Nine teams of four who never used anything, and four such people without a manager."""
    for name in ("ada", "bo", "cy"):
        world.person(name)
        world.tools["acme"].use(f"{name}@corp.example", *WEEKDAYS)
    for team in range(TEAMS):
        for n in range(SIZE):
            world.person(f"quiet{team}x{n}")
    for n in range(4):
        world.person(f"alone{n}")
    learn(world)
    return world


def learn(world, *, days=3):
    """Read everything, and say who reports to whom: to somebody who is in no list."""
    world.begin(days=days)
    with world.runtime.store.write() as tx:
        for name in world.slack._workspace.members:
            if name.startswith("UQUIET"):
                boss, key = f"p-boss{name.removeprefix('UQUIET')[0]}", world.key(name)
                tx.exec_driver_sql(
                    "UPDATE person SET manager_key = ? WHERE person_key = ?", (boss, key)
                )


def design(world, **changes):
    today = world.now.date()
    return replace(Design("Spring", today, today + timedelta(weeks=10)), **changes)


def launched(world, **changes):
    draft = campaigns.create(world.runtime, design(world, **changes))
    found = campaigns.launch(world.runtime, draft.campaign_key, revision=0)
    assert found.campaign.state == State.RUNNING
    return found.campaign


def stored(world):
    """Return arm and unit of each who was drawn, by the chat's id."""
    names = {world.key(name): name for name in world.slack._workspace.members}
    with world.runtime.store.read() as tx:
        rows = tx.exec_driver_sql("SELECT person_key, arm, unit FROM enrolment").all()
    return {names[key]: (arm_, unit) for key, arm_, unit in rows}


def test_where_people_share_small_teams_whole_teams_are_drawn(company):
    campaign = launched(company)
    run = nudges.plan(company.runtime, page=5)
    teams = defaultdict(set)
    for name, drawn in stored(company).items():
        teams[name[:7]].add(drawn)

    assert campaign.by_team
    assert sum(run.enrolled.values()) == run.eligible > 30
    whole = {name: found for name, found in teams.items() if name.startswith("UQUIET")}
    assert {len(found) for found in whole.values()} == {1}
    assert len({unit for found in whole.values() for _, unit in found}) == len(whole) == TEAMS
    assert {arm_ for found in whole.values() for arm_, _ in found} == set(Arm)


def test_the_arm_is_the_one_that_f12_draws_for_the_unit(company):
    campaign = launched(company)
    company.plan()
    for name, (drawn, unit) in stored(company).items():
        draw = assignment_draw(campaign.salt, campaign.campaign_key, unit)
        assert arm(draw, campaign.holdout) == drawn
        if name.startswith("UALONE"):
            assert unit == company.key(name)
        else:
            assert "boss" not in unit
            assert unit != company.key(name)


def test_who_joins_a_team_later_gets_its_arm_however_large_it_is_by_then(company):
    launched(company)
    company.plan()
    before = stored(company)
    for n in range(SIZE, 12):
        company.person(f"quiet0x{n}")
        company.person(f"quiet1x{n}")
    company.now += timedelta(days=1)
    for name in ("ada", "bo", "cy"):
        company.tools["acme"].use(f"{name}@corp.example", company.now.date())
    learn(company, days=1)
    nudges.plan(company.runtime, page=5)
    after = stored(company)

    for team in ("UQUIET0", "UQUIET1"):
        (kept,) = {drawn for name, drawn in before.items() if name.startswith(team)}
        found = Counter(drawn for name, drawn in after.items() if name.startswith(team))
        assert found.keys() == {kept}
        assert found[kept] > 8
    assert before.items() <= after.items()


def test_large_teams_are_drawn_person_by_person(company):
    for n in range(SIZE, 9):
        company.person(f"quiet0x{n}")
    learn(company, days=1)
    launched(company)
    company.plan()

    large = {name: found for name, found in stored(company).items() if name.startswith("UQUIET0")}
    assert len(large) > 8 - 3
    assert {unit for _, unit in large.values()} == {company.key(name) for name in large}
    assert {arm_ for arm_, _ in large.values()} == set(Arm)


def test_where_few_share_a_team_people_are_drawn_and_no_unit_is_stored(company):
    with company.runtime.store.write() as tx:
        tx.exec_driver_sql("UPDATE person SET manager_key = NULL WHERE manager_key > 'p-boss2'")
    campaign = launched(company)
    company.plan()

    assert not campaign.by_team
    assert {unit for _, unit in stored(company).values()} == {""}


def teams_of_eight(world, people, *, idle):
    """Add teams of eight people; idle: whether the one of this number does not use AI."""
    with world.runtime.store.write() as tx:
        for n in range(people):
            keys = {"person_key": f"p-{n}", "manager_key": f"m-{n // 8}"}
            somebody = {"kind": "member", "present": True, "first_seen": date(2026, 1, 1)}
            tx.execute(insert(table(Person)).values(**keys, **somebody, zone="Europe/Berlin"))
            tx.exec_driver_sql(
                "INSERT INTO placement (person_key, segment, reason, watermark, decided_on, since)"
                " VALUES (?, ?, '', '2026-03-01', '2026-03-02', '2026-03-02')",
                (f"p-{n}", "lapsed" if idle(n) else "active"),
            )


def test_a_preview_promises_less_where_teams_are_drawn_and_keeps_the_chosen_holdout(company):
    teams_of_eight(company, 2000, idle=lambda _: True)
    together = campaigns.preview(company.runtime, design(company))
    with company.runtime.store.write() as tx:
        tx.exec_driver_sql("UPDATE person SET manager_key = NULL")
    apart = campaigns.preview(company.runtime, design(company))
    half = campaigns.preview(company.runtime, design(company, holdout=0.5))

    assert (
        together.people == apart.people == 1930
    )  # 5 % of 2,040 are held out all year, in steps of ten
    assert together.smallest > apart.smallest
    assert (apart.holdout, half.holdout) == (0.2, 0.5)
    assert half.smallest < apart.smallest


@pytest.mark.parametrize("changes", [{}, {"holdout": 0.5}])
def test_how_many_of_each_team_have_not_started_shows_in_nothing_before_the_launch(
    company, changes
):
    teams_of_eight(company, 400, idle=lambda n: n % 16 < 8)
    whole = campaigns.preview(company.runtime, design(company, **changes))
    with company.runtime.store.write() as tx:
        for n in range(400):
            segment = "lapsed" if n % 2 else "active"
            query = "UPDATE placement SET segment = ? WHERE person_key = ?"
            tx.exec_driver_sql(query, (segment, f"p-{n}"))
    spread = campaigns.preview(company.runtime, design(company, **changes))

    assert whole.people == spread.people == 220
    assert whole == spread


@pytest.mark.parametrize("started", [0, 3])
def test_whether_whole_teams_are_drawn_does_not_follow_who_of_a_team_started(company, started):
    """Of 40 people 16 share teams, of 37 only 12: less than a third, though both are said as 30."""
    with company.runtime.store.write() as tx:
        tx.exec_driver_sql("UPDATE person SET manager_key = NULL WHERE manager_key > 'p-boss3'")
        for n in range(started):
            query = "UPDATE placement SET segment = 'active' WHERE person_key = ?"
            tx.exec_driver_sql(query, (company.key(f"UQUIET3X{n}"),))
    said = campaigns.preview(company.runtime, design(company))
    campaign = launched(company)

    assert said.people == 30
    assert campaign.by_team
    assert campaign.holdout == said.holdout
