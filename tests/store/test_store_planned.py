"""Many messages and many arms at once: each once, and nothing above what the database allows."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from enrolling import Enrolled, enrol
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError

from unranked.store import Store, drawn, enrolments, outbox, planned
from unranked.store.drawn import Drawn, Share
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


def theirs(*numbers, key="m"):
    """Return what one page stores of these people, who are drawn in one share."""
    share = Share("c-1", "nudge", "lapsed", NOW.date(), "", 1, "{}", LATER)
    return [share], [Drawn(f"p-{n}", 0, f"{key}-{n}") for n in numbers]


def store_page(tx, *numbers, key="m"):
    drawn.store(tx, *theirs(*numbers, key=key), channel="slack", now=NOW)


def arm(n):
    return Enrolled("c-1", f"p-{n}", "nudge", "lapsed", NOW.date(), NOW, steps=n % 2)


def kept(store):
    with store.read() as tx:
        return set(tx.exec_driver_sql("SELECT key FROM outbox").scalars())


def test_what_was_planned_many_at_once_is_what_is_planned_one_by_one(store):
    with store.write() as tx:
        store_page(tx, *range(MANY))
        planned.plan(tx, [message("alone", not_before=NOW)])
    with store.read() as tx:
        rows = tx.execute(select(table(Outbox))).mappings().all()
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
        store_page(tx, 0)
        tx.exec_driver_sql("UPDATE outbox SET state = 'skipped'")
        tx.exec_driver_sql("DELETE FROM enrolment")
    with store.write() as tx:
        store_page(tx, *range(many), key="m-again")
    assert kept(store) == {"m-0", *(f"m-again-{n}" for n in range(1, many))}


def test_of_many_messages_none_is_stored_when_one_is_above_the_caps(store):
    with store.write() as tx:
        planned.plan(tx, [message(0, purpose="another")])
    with pytest.raises(DBAPIError), store.write() as tx:
        store_page(tx, *range(50), key="m-above")
    assert kept(store) == {"m-0"}


def test_a_second_arm_for_somebody_fails_and_leaves_the_first(store):
    with store.write() as tx:
        store_page(tx, *range(MANY))
    with pytest.raises(IntegrityError), store.write() as tx:
        store_page(tx, MANY, 7, key="m-again")
    with store.read() as tx:
        found = tx.exec_driver_sql("SELECT arm, count(*) FROM enrolment GROUP BY arm").all()
        had = enrolments.of_people(tx, Keys("p-7", "p-70"))
    assert [tuple(one) for one in found] == [("nudge", MANY)]
    assert had["p-70"] == [("c-1", NOW.date())]
    assert "p-7" not in had


def test_who_was_drawn_alone_is_their_own_unit_and_who_was_drawn_before_gets_no_second_arm(store):
    alone = Share("c-1", "holdout", "lapsed", NOW.date(), None, 0)
    second = Share("c-1", None, "lapsed", NOW.date(), "", 2, "{}", LATER)
    people = [Drawn("p-1", 0, None), Drawn("p-2", 1, "m-2")]
    with store.write() as tx:
        drawn.store(tx, [alone, second], people, channel="slack", now=NOW)
    with store.read() as tx:
        arms = tx.exec_driver_sql("SELECT person_key, arm, unit, steps FROM enrolment").all()
        sent = tx.exec_driver_sql("SELECT person_key, purpose FROM outbox").all()
    assert [tuple(one) for one in arms] == [("p-1", "holdout", "p-1", 0)]
    assert [tuple(one) for one in sent] == [("p-2", "c-1|p-2|2")]


def test_an_arm_that_is_taken_over_keeps_the_team_and_leaves_the_old_key(store):
    with store.write() as tx:
        enrol(tx, [arm(1)._replace(unit="u-1"), arm(2)._replace(unit="p-2")])
        for old in ("p-1", "p-2"):
            enrolments.copy(tx, old, f"{old}-new")
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
        enrol(tx, [arm(n) for n in range(6)])
        enrolments.step_on(tx, "c-1", ["p-1", "p-2"])
        enrolments.step_on(tx, "c-2", ["p-3"])
        enrolments.stop(tx, "c-1", ["p-4", "p-5"], "declined")
        enrolments.stop(tx, "c-1", [], "left")
    with store.read() as tx:
        going = enrolments.going_on(tx, EVERYBODY, "nudge", {"c-1": 2, "c-2": 9})
        none = enrolments.going_on(tx, EVERYBODY, "nudge", {})
    assert [(one.person_key, one.steps) for one in going] == [("p-0", 0), ("p-2", 1), ("p-3", 1)]
    assert none == []
