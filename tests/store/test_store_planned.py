"""Many messages and many arms at once: each once, and nothing above what the database allows."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError

from unranked.store import Store, campaigns, enrolments, outbox, planned
from unranked.store.enrolments import StoredEnrolment
from unranked.store.pages import EVERYBODY, Keys
from unranked.store.planned import Planned
from unranked.store.tables import Outbox, table

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1, microseconds=5)
MANY = 2_300


@pytest.fixture
def store(store_url):
    with closing(Store.open(store_url)) as opened:
        opened.migrate()
        yield opened


def message(n, **changes):
    one = Planned(f"m-{n}", f"c-1|p-{n}|1", f"p-{n}", "slack", "{}", NOW, LATER, "c-1")
    return one._replace(**changes)


def arm(n):
    return StoredEnrolment("c-1", f"p-{n}", "nudge", "lapsed", NOW.date(), NOW, steps=n % 2)


def kept(store):
    with store.read() as tx:
        return set(tx.exec_driver_sql("SELECT key FROM outbox").scalars())


def test_what_was_planned_many_at_once_is_what_is_planned_one_by_one(store):
    with store.write() as tx:
        planned.plan_many(tx, [message(n) for n in range(MANY)])
        planned.plan(tx, [message("alone", not_before=NOW)])
    with store.read() as tx:
        rows = tx.exec_driver_sql("SELECT * FROM outbox").mappings().all()
        found = outbox.history(tx)
    own = {"key", "purpose", "person_key", "not_before"}
    alike = {tuple((k, v) for k, v in row.items() if k not in own) for row in rows}
    assert len(rows) == MANY + 1
    assert len(alike) == 1
    assert {one.at for sent in found.values() for one in sent} == {NOW}
    with store.read() as tx:
        due = set(tx.execute(select(table(Outbox).c.not_before)).scalars())
    assert due == {NOW, LATER}


@pytest.mark.parametrize("many", [1, 3, MANY])
def test_the_same_purpose_is_not_planned_again(store, many):
    with store.write() as tx:
        planned.plan_many(tx, [message(0)])
        tx.exec_driver_sql("UPDATE outbox SET state = 'skipped'")
    again = [message(n, key=f"m-again-{n}") for n in range(many)]
    with store.write() as tx:
        planned.plan_many(tx, again)
    assert kept(store) == {"m-0", *(one.key for one in again[1:])}


def test_of_many_messages_none_is_stored_when_one_is_above_the_caps(store):
    with store.write() as tx:
        planned.plan_many(tx, [message(0)])
    above = message("other", person_key="p-0")
    with pytest.raises(DBAPIError), store.write() as tx:
        planned.plan_many(tx, [*(message(n) for n in range(1, 50)), above])
    assert kept(store) == {"m-0"}


def test_a_second_arm_for_somebody_fails_and_leaves_the_first(store):
    with store.write() as tx:
        enrolments.enrol(tx, [arm(n) for n in range(MANY)])
    with pytest.raises(IntegrityError), store.write() as tx:
        enrolments.enrol(tx, [arm(MANY), arm(7)._replace(arm="holdout")])
    with store.read() as tx:
        found = tx.exec_driver_sql("SELECT arm, count(*) FROM enrolment GROUP BY arm").all()
        drawn = enrolments.of_people(tx, Keys("p-7", "p-70"))
    assert [tuple(one) for one in found] == [("nudge", MANY)]
    assert drawn["p-70"] == [("c-1", NOW.date())]
    assert "p-7" not in drawn


def test_an_arm_that_is_taken_over_keeps_the_team_and_leaves_the_old_key(store):
    with store.write() as tx:
        enrolments.enrol(tx, [arm(1)._replace(unit="u-1"), arm(2)._replace(unit="p-2")])
        for old in ("p-1", "p-2"):
            campaigns.copy_enrolments(tx, old, f"{old}-new")
    with store.read() as tx:
        rows = tx.exec_driver_sql("SELECT person_key, unit FROM enrolment").all()
    assert dict(map(tuple, rows)) == {
        "p-1": "u-1",
        "p-1-new": "u-1",
        "p-2": "p-2",
        "p-2-new": "p-2-new",
    }


def test_people_go_on_with_the_campaign_that_has_more_for_them_and_stop_for_a_reason(store):
    with store.write() as tx:
        enrolments.enrol(tx, [arm(n) for n in range(6)])
        enrolments.step_on(tx, "c-1", ["p-1", "p-2"])
        enrolments.step_on(tx, "c-2", ["p-3"])
        enrolments.stop(tx, "c-1", ["p-4", "p-5"], "declined")
        enrolments.stop(tx, "c-1", [], "left")
    with store.read() as tx:
        going = enrolments.going_on(tx, EVERYBODY, "nudge", {"c-1": 2, "c-2": 9})
        none = enrolments.going_on(tx, EVERYBODY, "nudge", {})
    assert [(one.person_key, one.steps) for one in going] == [("p-0", 0), ("p-2", 1), ("p-3", 1)]
    assert none == []
