"""What is said of a campaign's people: by no two audiences can the place of a few be told."""

from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest
from small_world import small_world
from sqlalchemy import func, insert, select, update
from units_of_people import NAMED, company, design

from jobs import nudges as job
from unranked.channels.base import lines_of
from unranked.domain.campaigns import State
from unranked.domain.segments import NUDGED, Segment
from unranked.services import campaign_progress, campaigns, editor_screens, nudges
from unranked.store import audience, progress
from unranked.store import campaigns as stored
from unranked.store.tables import Enrolment, Person, Placement, table


def launch(world, *units):
    draft = campaigns.create(world.runtime, design(world, *units))
    return campaigns.launch(world.runtime, draft.campaign_key, revision=0)


def who(world, *units):
    """Return the screen of who would get a campaign, as its lines."""
    draft = campaigns.create(world.runtime, design(world, *units))
    screen = editor_screens.who_would_get_it(world.runtime, draft)
    return [line for one in screen.sections for part in one.parts for line in lines_of(part)]


def said(world):
    """Return all that is said of a campaign for everybody before anybody is drawn."""
    preview = campaigns.preview(world.runtime, design(world))
    return preview, nudges.dry(world.runtime, design(world)), who(world)


@pytest.mark.parametrize("unit", ["Board", ""])
def test_by_everybody_and_all_units_of_many_the_place_of_a_few_outside_cannot_be_told(
    tmp_path, unit
):
    """Of 31 people 29 are expected and said as 20; of 32 they are 30, and one person shows."""
    found = []
    for begun in (False, True):
        folder = tmp_path / f"{begun}"
        folder.mkdir()
        with small_world(f"sqlite:///{folder / 'unranked.db'}") as world:
            sizes = {"Legal": 19, "Sales": 21, unit: 1}
            using = {"Sales": 9, unit: int(begun)}
            company(world, folder, using=using, **sizes)
            everybody = said(world)
            listed = campaigns.preview(world.runtime, design(world, *NAMED))
            assert everybody[0] == listed
            assert everybody[1] == nudges.dry(world.runtime, design(world, *NAMED))
            found.append((*everybody, who(world, *NAMED)))
            assert listed.people == 20
            with world.runtime.store.read() as tx:
                exact = audience.people(tx, NUDGED, ())
            assert exact == 32 - begun  # else the one person could not have been told from it

    assert found[0] == found[1]


def test_who_is_in_no_number_is_drawn_like_everybody(world_on, tmp_path):
    world = company(world_on, tmp_path, Legal=25, Sales=25, Board=9, Lab=9)
    campaign = launch(world).campaign
    run = world.plan()

    with world.runtime.store.read() as tx:
        person, enrolment = table(Person), table(Enrolment)
        rows = tx.execute(
            select(person.c.department, func.count())
            .join(enrolment, enrolment.c.person_key == person.c.person_key)
            .group_by(person.c.department)
        )
        drawn = dict(map(tuple, rows))
        arms = stored.arms(tx, campaign.campaign_key)
    assert drawn["Board"] + drawn["Lab"] > 12  # one in twenty is held out all year
    assert sum(run.enrolled.values()) == sum(arms.values()) == sum(drawn.values())
    assert run.eligible == drawn["Legal"] + drawn["Sales"]
    assert campaign.people > campaigns.preview(world.runtime, design(world)).people


def test_how_a_campaign_is_getting_on_counts_the_few_nowhere_either(world_on, tmp_path):
    world = company(world_on, tmp_path, Legal=25, Sales=25, Board=9, Lab=9)
    campaign = launch(world).campaign
    run = world.plan()

    with world.runtime.store.read() as tx:
        first, planned, *_ = campaign_progress.progress(tx, world.runtime, campaign)
        arms = stored.arms(tx, campaign.campaign_key)
        messages = progress.messages(tx, campaign.campaign_key, NAMED)
    assert sum(arms.values()) // 10 > run.eligible // 10
    assert f"Drawn so far: {run.eligible // 10 * 10}." in first
    assert arms["nudge"] // 10 > sum(messages.values()) // 10
    assert f"Messages planned: {sum(messages.values()) // 10 * 10}." in planned


UNITS = {"Lab": (24, 21), "Legal": (22, 7), "Sales": (33, 28)}
"""By unit: its people, and how many of them do not use what they have."""


def in_units(world, folder):
    """Fill the company; return the number that a draft says of each choice of its units."""
    using = {unit: of - idle for unit, (of, idle) in UNITS.items()}
    company(world, folder, using=using, **{unit: of for unit, (of, _) in UNITS.items()})
    chosen = [units for n in (1, 2, 3) for units in combinations(UNITS, n)]
    found = {units: campaigns.preview(world.runtime, design(world, *units)) for units in chosen}
    return {units: None if one is None else one.people for units, one in found.items()}


def test_the_numbers_of_all_choices_of_units_tell_no_more_than_those_of_each(world, tmp_path):
    """Sums of numbers that nobody rounded by themselves could be solved for each of them."""
    said = in_units(world, tmp_path)
    counted = {unit: min(idle, of - 10) // 10 * 10 for unit, (of, idle) in UNITS.items()}

    assert counted == {"Lab": 10, "Legal": 0, "Sales": 20}
    for units, people in said.items():
        together = sum(counted[unit] for unit in units)
        expected = max(20, together - round(together * 0.05)) // 10 * 10
        assert people == (expected if together >= 20 else None)


def test_who_would_get_a_campaign_for_units_is_said_by_the_same_number_alone(world, tmp_path):
    said = in_units(world, tmp_path)
    for units, people in said.items():
        lines = who(world, *units)
        if people is None:
            assert "Fewer than 20 people are counted" in lines[0]
        else:
            assert lines[1] == f"People at these stages in these units: {people}"
            assert lines[2].startswith("No reasons are counted")
            assert len(lines) == 3


@pytest.mark.parametrize("begun", [0, 1])
def test_that_a_whole_unit_never_began_is_not_said(world, tmp_path, begun):
    company(world, tmp_path, using={"Legal": begun}, Legal=20, Sales=30)

    assert campaigns.preview(world.runtime, design(world, "Legal")) is None
    assert campaigns.preview(world.runtime, design(world, "Legal", "Sales")).people == 20


def test_nor_is_it_said_by_drafts_for_one_segment_each(world, tmp_path):
    """Two of the four segments hold twenty of its forty people each: their sum is not said."""
    company(world, tmp_path, using={"Legal": 20}, Legal=20, Sales=40)
    drafted, placed = (Segment.NEVER_USED, Segment.TRIED_ONCE), table(Placement)
    with world.runtime.store.write() as tx:
        some = placed.c.person_key.in_([world.key(f"USALES{n}") for n in range(20)])
        tx.execute(update(placed).where(some).values(segment=Segment.TRIED_ONCE.value))
        exact = [audience.people(tx, {one}, ["Sales"]) for one in drafted]

    drafts = [replace(design(world, "Sales"), segments=frozenset({one})) for one in drafted]
    assert exact == [20, 20]
    assert [campaigns.preview(world.runtime, one) is None for one in drafts] == [True, False]


def test_twenty_people_outside_are_counted_like_a_unit(world, tmp_path):
    company(world, tmp_path, Legal=25, Board=10, Lab=10)
    everybody = nudges.dry(world.runtime, design(world))
    listed = nudges.dry(world.runtime, design(world, "Legal"))

    assert _people(everybody) == 45
    assert _people(listed) == 25


def test_where_no_unit_may_be_named_everybody_is_counted(world, tmp_path):
    company(world, tmp_path, Board=10, Lab=8, Sales=1)
    assert _people(nudges.dry(world.runtime, design(world))) == 19


def test_a_dry_run_of_what_was_launched_counts_the_few_nowhere_either(world, tmp_path):
    company(world, tmp_path, Legal=25, Sales=25, Board=9, Lab=9)
    listed = nudges.dry(world.runtime, design(world, *NAMED))
    launch(world)
    (running,) = nudges.plan(world.runtime, dry_run=True).campaigns
    assert running.withheld.keys() == listed.withheld.keys()
    assert _people(running) == _people(listed) == 50
    assert job.try_out(world.runtime)["Spring, would_be_drawn"] == "40"


def test_whether_a_campaign_can_be_launched_tells_of_nobody_outside_the_units(world, tmp_path):
    company(world, tmp_path, using={"Legal": 10, "Sales": 11}, Legal=20, Sales=20, Board=1)
    with world.runtime.store.read() as tx:
        assert audience.people(tx, NUDGED, ()) == 20
        assert audience.people(tx, NUDGED, NAMED) == 19

    assert campaigns.preview(world.runtime, design(world)) is None
    found = launch(world)
    assert found.too_few
    assert found.campaign.state == State.DRAFT


def test_the_holdout_that_is_shown_is_that_of_the_number_that_is_said(world, tmp_path):
    """Of 1,052 people 999 are expected, of whom half are held out; of one more, a fifth."""
    company(world, tmp_path, using={"Legal": 1}, Legal=1, Board=1)
    with world.runtime.store.write() as tx:
        for n in range(1052):
            somebody = {"kind": "member", "present": True, "first_seen": date(2026, 1, 1)}
            place = {"zone": "Europe/Berlin", "department": "Legal"}
            tx.execute(insert(table(Person)).values(person_key=f"p-{n}", **somebody, **place))
            tx.exec_driver_sql(
                "INSERT INTO placement (person_key, segment, reason, watermark, decided_on, since)"
                " VALUES (?, 'lapsed', '', '2026-03-01', '2026-03-02', '2026-03-02')",
                (f"p-{n}",),
            )
    preview = campaigns.preview(world.runtime, design(world))
    found = launch(world).campaign

    assert found.people == 1000
    assert preview.holdout == found.holdout == 0.5


def _people(counts):
    return counts.eligible + counts.withheld.total()
