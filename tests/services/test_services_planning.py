"""Planning in pages: the same for any size, whoever plans at the same time, whatever is killed."""

import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from small_world import small_world
from sqlalchemy import insert, update

from jobs import nudges as job
from unranked.domain.campaigns import Design, State, Step
from unranked.domain.constants import HOLDOUT_LARGE, HOLDOUT_SMALL, SMALL_CAMPAIGN
from unranked.domain.nudges import Reason
from unranked.domain.runtime import Ids
from unranked.domain.stats import Arm
from unranked.services import campaigns, choices, nudges
from unranked.services.choices import Asker
from unranked.services.running import Running
from unranked.services.tips import Library
from unranked.store import Store, outbox
from unranked.store import campaigns as stored
from unranked.store.tables import Person, table

PEOPLE = 24
WEEKDAYS = [d for n in range(60) if (d := date(2026, 1, 5) + timedelta(n)).weekday() < 5]


def settle(world, people=PEOPLE, days=WEEKDAYS):
    """Let three work with the tool each day, and others never."""
    for name in ("ada", "bo", "cy"):
        world.person(name)
        world.tools["acme"].use(f"{name}@corp.example", *days)
    members = [world.person(f"quiet{n}") for n in range(people)]
    world.begin(days=3)
    return members


@pytest.fixture
def company(world):
    settle(world)
    return world


def design(world, **changes):
    today = world.now.date()
    return replace(Design("Spring", today, today + timedelta(weeks=10)), **changes)


def launched(world, **changes):
    draft = campaigns.create(world.runtime, design(world, **changes))
    found = campaigns.launch(world.runtime, draft.campaign_key, revision=0)
    assert found.campaign.state == State.RUNNING
    return found.campaign


def drawn(world):
    """Return each person's arm, and who has a message, as they are stored."""
    with world.runtime.store.read() as tx:
        arms = tx.exec_driver_sql("SELECT person_key, arm FROM enrolment").all()
        told = tx.exec_driver_sql("SELECT person_key FROM outbox").scalars().all()
    return [tuple(one) for one in arms], sorted(told)


def is_whole(world):
    """Return whether everybody has one arm at most, and one message if it is that of nudges."""
    arms, told = drawn(world)
    return len(dict(arms)) == len(arms) and told == sorted(
        key for key, arm in arms if arm == Arm.NUDGE
    )


@pytest.mark.parametrize("page", [1, 5, PEOPLE + 3, 1000])
def test_pages_of_any_size_decide_the_same(world_on, page):
    members = settle(world_on)
    world_on.person("nowhere", zone="")
    world_on.learn(days=1)
    choices.stop(world_on.runtime, Asker(world_on.key(members[0])))
    expected = {Reason.OPTED_OUT: 1, Reason.NO_ZONE: 1}

    tried = nudges.plan(world_on.runtime, dry_run=True, page=page)
    assert (tried.eligible, tried.withheld) == (PEOPLE - 1, expected)
    assert drawn(world_on) == ([], [])
    run = nudges.plan(world_on.runtime, page=page)
    assert (run.eligible, run.withheld) == (PEOPLE - 1, expected)
    assert sum(run.enrolled.values()) == PEOPLE - 1
    assert {key for key, _ in drawn(world_on)[0]} == {world_on.key(one) for one in members[1:]}
    assert is_whole(world_on)
    assert nudges.plan(world_on.runtime, page=page).eligible == 0


@pytest.mark.parametrize("begins_by_itself", [True, False])
def test_two_processes_that_plan_at_once_draw_and_tell_nobody_twice(store_url, begins_by_itself):
    with small_world(store_url) as world:
        settle(world)
        if not begins_by_itself:
            launched(world)
        runs, errors, together = [], [], threading.Barrier(2)

        def process():
            with closing(Store.open(store_url)) as own:
                # Before each page they wait for one another, so that both want each page.
                side_by_side = {"ids": Ids(), "progress": lambda *_: together.wait(60)}
                try:
                    runs.append(
                        nudges.plan(replace(world.runtime, store=own, **side_by_side), page=3)
                    )
                except Exception as error:  # noqa: BLE001 - it is looked at below
                    errors.append(error)

        threads = [threading.Thread(target=process) for _ in range(2)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()

        assert errors == []
        arms, _ = drawn(world)
        assert sum(sum(run.enrolled.values()) for run in runs) == len(arms)
        assert is_whole(world)
        held = runs[0].withheld[Reason.PROGRAMME_HOLDOUT]
        assert len(arms) + held == PEOPLE
        with world.runtime.store.read() as tx:
            assert len(stored.every(tx)) == 1


def two_weeks(world):
    """Let two weeks pass in which those who work with the tool go on."""
    world.now += timedelta(days=14)
    for name in ("ada", "bo", "cy"):
        days = (date(2026, 3, n) for n in range(2, 17))
        world.tools["acme"].use(f"{name}@corp.example", *days)
    world.begin(days=2)


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("keys", [1, 2, 4, 8])
def test_what_a_kill_leaves_is_whole_and_the_next_run_goes_on_from_there(world_on, keys):
    settle(world_on)
    world_on.runtime = replace(world_on.runtime, ids=Ids(dying(Random(5).randbytes, after=keys)))
    with pytest.raises(Killed):
        nudges.plan(world_on.runtime, page=3)

    assert is_whole(world_on)
    before, _ = drawn(world_on)
    assert len(before) < PEOPLE
    world_on.runtime = replace(world_on.runtime, ids=Ids())
    nudges.plan(world_on.runtime, page=3)
    after, _ = drawn(world_on)
    assert is_whole(world_on)
    assert len(after) == PEOPLE
    assert set(before) <= set(after)


def dying(random_bytes, *, after):
    """Return a source of keys that takes the process with it once it has given so many."""
    left = [after]

    def given(n):
        if not left[0]:
            raise Killed
        left[0] -= 1
        return random_bytes(n)

    return given


def test_a_run_lets_others_write_between_its_pages(company):
    seen = []

    def wait(what, done, of):
        seen.append((what, done, of))
        with company.runtime.store.write() as tx:
            tx.execute(update(table(Person)).values(region="DE"))

    company.runtime = replace(company.runtime, progress=wait)
    nudges.plan(company.runtime, page=10)
    assert seen == [("nudges", 0, 27), ("nudges", 10, 27), ("nudges", 20, 27)]


def test_a_campaign_that_is_held_between_two_pages_draws_nobody_after_it(company):
    campaign = launched(company)

    def hold(_, done, __):
        if done:
            campaigns.hold(company.runtime, campaign.campaign_key)

    company.runtime = replace(company.runtime, progress=hold)
    run = nudges.plan(company.runtime, page=10)
    assert 0 < run.eligible <= 10
    assert len(drawn(company)[0]) == run.eligible


def test_first_steps_begins_beside_drafts_and_never_once_a_campaign_was_launched(company):
    draft = campaigns.create(company.runtime, design(company))
    assert company.plan().eligible == PEOPLE
    with company.runtime.store.read() as tx:
        assert stored.find(tx, nudges.SLUG).holdout == HOLDOUT_SMALL

    with company.runtime.store.write() as tx:
        for name in ("outbox", "enrolment"):
            tx.exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608 - two names of ours
        tx.exec_driver_sql("DELETE FROM campaign WHERE slug = 'first-steps'")
    launch = campaigns.launch(company.runtime, draft.campaign_key, revision=0)
    campaigns.end(company.runtime, launch.campaign.campaign_key)
    assert "ended" in company.plan().blocked
    assert drawn(company) == ([], [])


def test_the_holdout_of_first_steps_is_by_the_people_it_is_for_and_not_by_a_page(world):
    settle(world, people=2)
    with world.runtime.store.write() as tx:
        for n in range(SMALL_CAMPAIGN):
            somebody = {"kind": "member", "present": True, "first_seen": date(2026, 1, 1)}
            zone = {"zone": "Europe/Berlin"}
            tx.execute(insert(table(Person)).values(person_key=f"p-{n}", **somebody, **zone))
            tx.exec_driver_sql(
                "INSERT INTO placement (person_key, segment, reason, watermark, decided_on, since)"
                " VALUES (?, 'lapsed', '', '2026-03-01', '2026-03-02', '2026-03-02')",
                (f"p-{n}",),
            )
    nudges.plan(world.runtime, page=100)
    with world.runtime.store.read() as tx:
        assert stored.find(tx, nudges.SLUG).holdout == HOLDOUT_LARGE


def test_where_every_tip_should_have_been_read_again_nobody_is_drawn(world):
    world.at("2041-03-04T10:00+00:00")
    worked = [d for n in range(60) if (d := date(2041, 1, 3) + timedelta(n)).weekday() < 5]
    settle(world, days=worked)
    run = world.plan()

    assert run.withheld == {Reason.NO_TIP: PEOPLE}
    assert (run.eligible, drawn(world)) == (0, ([], []))


def test_a_step_sends_its_own_tips_and_else_those_of_the_library():
    library = Library({"lapsed": ["one", "two"], "never_used": ["three"]})
    campaign = Running(
        stored.StoredCampaign(
            "c-1",
            "c-1",
            bytes(32),
            0.5,
            "running",
            datetime(2026, 3, 2, tzinfo=UTC),
            design=Design(
                "Spring",
                date(2026, 3, 2),
                date(2026, 6, 2),
                steps=(Step(("two", "three", "expired")), Step(("expired",), 14), Step((), 14)),
            ),
        )
    )

    assert campaign.tips(library, "lapsed", step=0) == ("two",)
    assert campaign.tips(library, "never_used", step=0) == ("three",)
    assert campaign.tips(library, "lapsed", step=1) == ("one", "two")
    assert campaign.tips(library, "lapsed", step=2) == ("one", "two")
    assert campaign.tips(library, "tried_once", step=2) == ()


def everything(world):
    with world.runtime.store.read() as tx:
        names = tx.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars()
        return {
            name: tx.exec_driver_sql(f"SELECT * FROM {name}").all()  # noqa: S608 - names of tables
            for name in names.all()
        }


def test_a_draft_says_what_its_launch_would_do_and_writes_nothing(company):
    choices.stop(company.runtime, Asker(company.key("UQUIET0")))
    before = everything(company)
    found = nudges.dry(company.runtime, design(company, name="Autumn"))

    assert everything(company) == before
    held = found.withheld.pop(Reason.PROGRAMME_HOLDOUT, 0)
    assert found.withheld in ({Reason.OPTED_OUT: 1}, {})
    assert found.eligible + held + found.withheld.total() == PEOPLE
    assert (found.name, found.followed) == ("Autumn", 0)
    assert "Autumn" not in repr(found)


def test_a_draft_says_who_is_in_another_campaign_already(company):
    launched(company)
    taken = company.plan().eligible
    found = nudges.dry(company.runtime, design(company))

    assert found.withheld[Reason.ELSEWHERE] == taken
    assert found.eligible == 0
    later = design(company, start_on=company.now.date() + timedelta(days=70))
    assert nudges.dry(company.runtime, later).withheld[Reason.ELSEWHERE] == taken


def test_a_dry_run_says_each_campaign_by_its_name_in_rounded_counts(company):
    assert job.try_out(company.runtime)["first steps, would_be_drawn"] == "20"
    steps = (Step(), Step(after_days=14))
    launched(company, steps=steps)
    launched(company, name="Second", start_on=company.now.date() + timedelta(days=3))
    company.plan()
    company.deliver()
    two_weeks(company)
    said = job.try_out(company.runtime)

    assert said["Spring, next_message"] == "fewer than 20"
    assert said["Second, next_message"] == "fewer than 20"
    assert {name.partition(", ")[0] for name in said} == {"Spring", "Second"}
    assert f"Second, held_back_{Reason.NO_TIP}" in said
    assert not any(one.isdigit() and int(one) % 10 for one in said.values())


def test_two_campaigns_of_one_name_are_told_apart(company):
    launched(company)
    launched(company)
    said = job.try_out(company.runtime)
    assert {"Spring (1), would_be_drawn", "Spring (2), would_be_drawn"} <= said.keys()


def test_the_outcome_of_the_job_names_no_campaign(company):
    launched(company, name="Words of the team")
    assert "Words" not in str(job.run(company.runtime, lambda: False))


def test_who_leaves_or_declines_between_two_messages_gets_no_second_one(company):
    campaign = launched(company, steps=(Step(), Step(after_days=14)))
    company.plan()
    company.deliver()
    with company.runtime.store.read() as tx:
        had = sorted(outbox.history(tx))
    gone, declined, *rest = had
    with company.runtime.store.write() as tx:
        tx.exec_driver_sql(f"UPDATE person SET present = 0 WHERE person_key = '{gone}'")  # noqa: S608 - a key
    choices.press(company.runtime, Asker(declined), "not_for_me")
    for run in (nudges.plan(company.runtime, page=4), nudges.plan(company.runtime, page=4)):
        assert run.followed == 0
    with company.runtime.store.read() as tx:
        rows = tx.exec_driver_sql("SELECT person_key, stopped FROM enrolment WHERE stopped <> ''")
        assert dict(map(tuple, rows)) == {gone: "left", declined: "declined"}
    two_weeks(company)
    run = nudges.plan(company.runtime, page=4)
    assert run.followed == len(rest)
    with company.runtime.store.read() as tx:
        purposes = tx.exec_driver_sql("SELECT purpose FROM outbox WHERE state = 'queued'").scalars()
        assert sorted(purposes) == [f"{campaign.campaign_key}|{key}|2" for key in rest]
        steps = tx.exec_driver_sql("SELECT person_key FROM enrolment WHERE steps = 2").scalars()
        assert sorted(steps) == rest
