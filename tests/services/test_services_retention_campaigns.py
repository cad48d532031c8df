"""Who was drawn for a campaign goes once it is over; what was said of it stays as it was said."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update
from stored_rows import rows

from unranked.domain.campaigns import Design
from unranked.services import campaign_progress, campaigns, retention
from unranked.store import assignments, outbox
from unranked.store import campaigns as stored
from unranked.store.tables import Campaign, Outbox, table


@pytest.fixture
def over(world_on):
    """Give a company with a campaign that drew thirty people."""
    world = world_on
    for n in range(33):
        world.person(f"quiet{n}")
    world.person("ada")
    world.tools["acme"].use(
        "ada@corp.example", *(date(2026, 1, 5) + timedelta(n) for n in range(60))
    )
    world.begin(days=3)
    today = world.now.date()
    made = campaigns.create(world.runtime, Design("Spring", today, today + timedelta(weeks=10)))
    campaigns.launch(world.runtime, made.campaign_key, revision=0)
    world.plan()
    world.deliver()
    return world, made.campaign_key


def lines(world, key):
    with world.runtime.store.read() as tx:
        campaign = stored.one(tx, key)
        return campaign_progress.progress(tx, world.runtime, campaign)


def ended(world, key):
    with world.runtime.store.write() as tx:
        tx.execute(update(table(Campaign)).values(state="ended"))
        return stored.one(tx, key).look_days[-1]


def test_who_was_drawn_goes_sixty_days_after_the_last_look_and_totals_stay(over):
    world, key = over
    last = ended(world, key)
    said = lines(world, key)[0]
    with world.runtime.store.read() as tx:
        arms, sent = stored.arms(tx, key), outbox.counts(tx, key)
    drawn = sum(arms.values())
    assert drawn > 25
    assert sent

    world.now = datetime(last.year, last.month, last.day, 9, tzinfo=UTC) + timedelta(days=60)
    retention.run(world.runtime)
    with world.runtime.store.read() as tx:
        assert stored.arms(tx, key) == arms
        assert assignments.total(tx, key) is None

    world.now += timedelta(days=1)
    assert retention.try_out(world.runtime).rows["enrolment"] == drawn
    retention.run(world.runtime)
    with world.runtime.store.read() as tx:
        assert stored.arms(tx, key) == {}
        assert assignments.total(tx, key) == drawn // 10 * 10
        assert outbox.counts(tx, key) == {}
        assert outbox.reconciled(tx, key)
    assert lines(world, key) == (said,)
    left = " ".join(str(row) for row in rows(world, Outbox))
    assert key not in left


def test_totals_tell_of_no_handful(over):
    world, key = over
    with world.runtime.store.write() as tx:
        drawn = sum(stored.arms(tx, key).values())
        tx.exec_driver_sql("UPDATE enrolment SET arm = 'nudge'")
        tx.exec_driver_sql(
            "UPDATE enrolment SET arm = 'holdout' WHERE person_key IN "
            "(SELECT person_key FROM enrolment ORDER BY person_key LIMIT 7)"
        )
    last = ended(world, key)
    world.now = datetime(last.year, last.month, last.day, 9, tzinfo=UTC) + timedelta(days=61)

    retention.run(world.runtime)

    with world.runtime.store.read() as tx:
        found = dict(tx.exec_driver_sql("SELECT arm, people FROM armtotal").all())
    assert found == {"nudge": 20, "holdout": 0, "all": 20 if drawn < 30 else 30}


def test_a_campaign_that_is_not_over_keeps_whom_it_drew(over):
    world, key = over
    with world.runtime.store.read() as tx:
        arms = stored.arms(tx, key)
    world.now += timedelta(days=300)

    retention.run(world.runtime)

    with world.runtime.store.read() as tx:
        assert stored.arms(tx, key) == arms != {}
