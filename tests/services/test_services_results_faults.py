"""A campaign that cannot be looked at: the others are, and whoever runs the service is told."""

from datetime import UTC, date, datetime, timedelta

import pytest
import structlog
from stored_campaigns import store_campaign

from jobs import results as job
from jobs.clock import run_now
from unranked.domain.maturity import Outcome
from unranked.errors import JobFailedError
from unranked.store import campaigns, looks

START = date(2026, 3, 2)
MANY = (60, 20, 60, 6)


@pytest.fixture
def company(world):
    """Give two campaigns that end today, and between them one whose looks no calendar holds."""
    with world.runtime.store.write() as tx:
        for name, hour in (("First", 9), ("Broken", 10), ("Last", 11)):
            began = {"started_at": datetime(2026, 3, 2, hour, tzinfo=UTC)}
            far = {"look_days": (date(9999, 12, 31),)} if name == "Broken" else {}
            store_campaign(tx, name, START, [MANY] * 7 if not far else [], **began, **far)
    world.now = datetime(2026, 5, 11, 6, 20, tzinfo=UTC) + timedelta(weeks=4)
    return world


def looked_at(world):
    with world.runtime.store.read() as tx:
        return {
            one.campaign_key: (looks.last_number(tx, one.campaign_key, Outcome.A14), one.state)
            for one in campaigns.every(tx)
        }


def test_one_campaign_that_fails_keeps_no_other_one_from_its_looks(company):
    with structlog.testing.capture_logs() as lines, pytest.raises(JobFailedError) as failed:
        run_now(company.runtime, "results")

    found = looked_at(company)
    assert found["c-first"] == found["c-last"] == (8, "ended")
    assert found["c-broken"] == (0, "running")
    (line,) = [one for one in lines if one["event"] == "campaign not seen to"]
    assert (line["campaign"], line["error"]) == ("c-broken", "OverflowError")
    said = str(failed.value)
    assert "1 of 3 campaigns could not be seen to: OverflowError." in said
    for words in ("Broken", "First", "Last"):
        assert words not in said + str(lines)


def test_once_it_is_mended_the_job_ends_well(company):
    with company.runtime.store.write() as tx:
        tx.exec_driver_sql("DELETE FROM campaign WHERE campaign_key = 'c-broken'")
    done = job.run(company.runtime, lambda: False)
    assert done["campaigns_ended"] == "2"
