"""The caps on nudges, against whoever writes into the database directly (method.md 3.7)."""

import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from postgres import fresh_database
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from unranked.domain.consent import Consent
from unranked.domain.constants import NUDGE_GAP, NUDGES_PER_QUARTER, QUARTER
from unranked.domain.nudges import Aim, Candidate, Eligible, NudgeHistory, decide
from unranked.domain.segments import Placement, Segment
from unranked.store import Store

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SOON = timedelta(seconds=1)


@pytest.fixture
def store(store_url):
    with closing(Store.open(store_url)) as opened:
        opened.migrate()
        yield opened


def written(tx, key, at, *, state="queued", kind="nudge", person="p-1", not_before=None, done=None):
    """Insert a row as somebody with a database client would."""
    shown = (lambda t: t) if tx.dialect.name == "postgresql" else _as_sqlite
    done = at if state in {"sent", "skipped", "failed"} and done is None else done
    tx.execute(
        text(
            "INSERT INTO outbox (key, purpose, person_key, channel, kind, content, state, reason,"
            " created_at, not_before, claim, attempts, looks, receipt, finished_at) VALUES"
            " (:key, :key, :person, 'slack', :kind, '{}', :state, '', :at, :due, '', 0, 0, '',"
            " :done)"
        ),
        {
            "key": key,
            "person": person,
            "kind": kind,
            "state": state,
            "at": shown(at),
            "due": shown(not_before or at),
            "done": done and shown(done),
        },
    )


def _as_sqlite(moment):
    return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def refused(store, *arguments, **named):
    """Return whether the database refuses the row; what it stores is taken back."""
    with store.write() as tx:
        before = tx.begin_nested()
        try:
            written(tx, *arguments, **named)
        except DBAPIError as error:
            if "caps" not in str(error.orig):
                raise
            return True
        finally:
            before.rollback()
    return False


@pytest.mark.parametrize("state", ["queued", "sending", "in_doubt"])
def test_beside_one_that_waits_there_is_no_other(store, state):
    with store.write() as tx:
        written(tx, "m-1", NOW - timedelta(days=30), state=state)

    assert refused(store, "m-2", NOW)
    assert not refused(store, "m-2", NOW, person="p-2")
    assert not refused(store, "m-2", NOW, kind="digest")
    assert not refused(store, "m-2", NOW, state="skipped")


def test_after_one_that_was_sent_there_is_none_for_two_weeks(store):
    with store.write() as tx:
        written(tx, "m-1", NOW - timedelta(days=20), state="sent", done=NOW)

    assert refused(store, "m-2", NOW + NUDGE_GAP - SOON)
    assert not refused(store, "m-2", NOW + NUDGE_GAP)
    assert refused(store, "m-2", NOW - NUDGE_GAP + SOON, state="sent")


def test_in_a_quarter_there_is_no_fourth(store):
    with store.write() as tx:
        for n in range(NUDGES_PER_QUARTER):
            written(tx, f"m-{n}", NOW + n * timedelta(days=20), state="sent")

    assert refused(store, "m-9", NOW + QUARTER - SOON)
    assert not refused(store, "m-9", NOW + QUARTER)


@pytest.mark.parametrize("state", ["skipped", "failed"])
def test_what_never_arrived_counts_for_nothing(store, state):
    with store.write() as tx:
        written(tx, "m-1", NOW, state=state)

    assert not refused(store, "m-2", NOW)


def test_neither_an_early_time_nor_a_late_one_goes_round_them(store):
    with store.write() as tx:
        written(tx, "m-1", NOW, state="sent")

    assert refused(store, "m-2", NOW + QUARTER, not_before=NOW)
    assert refused(store, "m-2", NOW + QUARTER, not_before=NOW - QUARTER)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE outbox SET state = 'queued', finished_at = NULL WHERE key = 'm-1'",
        "UPDATE outbox SET state = 'sent' WHERE key = 'm-1'",
        "UPDATE outbox SET kind = 'nudge' WHERE key = 'm-2'",
    ],
)
def test_nothing_that_ended_comes_back_and_nothing_becomes_a_nudge(store, change):
    with store.write() as tx:
        written(tx, "m-1", NOW, state="skipped")
        written(tx, "m-2", NOW, kind="pulse")

    with pytest.raises(DBAPIError), store.write() as tx:
        tx.exec_driver_sql(change)


def test_of_many_rows_in_one_statement_none_is_stored_when_one_is_above(store):
    with store.write() as tx:
        written(tx, "m-1", NOW, state="sent")

    columns = "channel, kind, content, state, reason, created_at, not_before, claim, attempts"
    with pytest.raises(DBAPIError), store.write() as tx:
        tx.exec_driver_sql(
            f"INSERT INTO outbox (key, purpose, person_key, {columns}, looks, receipt)"  # noqa: S608
            f" SELECT 'copy of ' || n.key, n.key || n.person, n.person, {columns}, looks, receipt"
            " FROM (SELECT o.*, p.person FROM outbox o,"
            " (SELECT 'p-2' AS person UNION ALL SELECT 'p-1') p) n"
        )
    with store.read() as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM outbox").scalar() == 1


def test_of_two_writers_at_the_same_moment_one_is_refused(store_url, store):
    ready, ended = threading.Barrier(2), []

    def insert(key):
        with closing(Store.open(store_url)) as own:
            ready.wait()
            try:
                with own.write() as tx:
                    written(tx, key, NOW)
            except DBAPIError:
                ended.append("refused")
            else:
                ended.append("stored")

    for round_ in range(5):
        writers = [threading.Thread(target=insert, args=(f"m-{round_}-{n}",)) for n in range(2)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        with store.write() as tx:
            assert tx.exec_driver_sql("DELETE FROM outbox").rowcount == 1

    assert sorted(ended) == ["refused"] * 5 + ["stored"] * 5


def test_on_postgresql_a_writer_with_one_fixed_view_is_refused(postgres_dsn):
    with closing(Store.open(fresh_database(postgres_dsn))) as store:
        store.migrate()
        fixed = store._engine.execution_options(isolation_level="REPEATABLE READ")
        with fixed.begin() as tx, pytest.raises(DBAPIError, match="REPEATABLE READ"):
            written(tx, "m-1", NOW)


TIMES = st.lists(st.integers(0, 200), max_size=8, unique=True)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=TIMES, now=st.integers(0, 220))
def test_the_database_refuses_just_what_the_rules_of_planning_refuse(store, days, now):
    at = NOW + timedelta(days=now)
    with store.write() as tx:
        tx.exec_driver_sql("DELETE FROM outbox")
        sent = []
        for day in sorted(days):
            when = NOW + timedelta(days=day)
            if _planned(sent, when):
                written(tx, f"m-{day}", when, state="sent")
                sent.append(when)

    if any(when > at for when in sent):
        return  # a plan is never older than what was sent
    assert refused(store, "m-new", at) is not _planned(sent, at)


def _planned(sent, at):
    """Whether the planning would allow it: somebody who reacted to all they got."""
    history = NudgeHistory(tuple(sent), last_interaction_at=at)
    candidate = Candidate(
        Placement(Segment.NEVER_USED, watermark=at.date() - timedelta(days=1)),
        Consent(),
        history,
        zone="UTC",
    )
    return isinstance(decide(candidate, Aim(), at=at), Eligible)
