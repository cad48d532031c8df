"""Whose message is next: what has a day first, then campaigns by turns, and none that is over."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from postgres import fresh_database
from sqlalchemy import event, text

from unranked.store import Store, campaigns, outbox, planned, turns
from unranked.store.campaigns import StoredCampaign
from unranked.store.outbox import Kind, State
from unranked.store.planned import Planned
from unranked.store.turns import Turn

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
_NUMBERS = count()


@pytest.fixture
def store(store_url):
    with closing(Store.open(store_url)) as opened:
        opened.migrate()
        yield opened


def begun(tx, *keys, state="running"):
    for key in keys:
        campaigns.add(tx, StoredCampaign(key, key, bytes(32), 0.5, state, NOW))


def queued(tx, campaign_key, many=1, *, at=NOW, due=None, kind=Kind.NUDGE):
    """Queue messages to people who had none; return their keys."""
    keys = [f"m-{next(_NUMBERS):06}" for _ in range(many)]
    planned.plan(
        tx,
        (
            Planned(key, key, f"p-{key}", "slack", "{}", at, due or at, campaign_key, kind)
            for key in keys
        ),
    )
    return keys


def claim(tx, after=Turn(), *, now=NOW, name="s-1"):  # noqa: B008 - a value that never changes
    return turns.claim_next(tx, "slack", name, now=now, until=now + MINUTE, after=after)


def served(tx, many, *, now=NOW):
    """Take messages one after the other as a sender does, each sent; return what was served."""
    found, turn = [], Turn()
    for _ in range(many):
        message = claim(tx, turn, now=now)
        if message is None:
            break
        turn = turn.then(message)
        found.append(message)
        if message.state is State.QUEUED:
            outbox.sent(tx, message, receipt="1", now=now)
        else:
            outbox.doubt(tx, message, not_before=now, looks=0, reason="missing_scope")
    return found


def states(tx):
    return {(state.value, reason): n for (state, reason), n in outbox.counts(tx).items()}


def test_a_small_campaign_does_not_wait_behind_a_large_one_however_late_it_begins(store):
    with store.write() as tx:
        begun(tx, "c-a", "c-large", "c-small")
        queued(tx, "c-large", 30, at=NOW - DAY)
        queued(tx, "c-a", 10, at=NOW - DAY)
        queued(tx, "c-small", 3, at=NOW)
        turn = [one.campaign_key for one in served(tx, 50)]

    assert turn[:9] == ["c-a", "c-large", "c-small"] * 3
    assert turn[9:23] == ["c-a", "c-large"] * 7
    assert turn[23:] == ["c-large"] * 20


def test_of_one_campaign_what_was_due_first_goes_first(store):
    with store.write() as tx:
        begun(tx, "c-1")
        keys = [queued(tx, "c-1", due=NOW + n * MINUTE)[0] for n in (2, 0, 1)]
        found = [one.key for one in served(tx, 5, now=NOW + 9 * MINUTE)]

    assert found == [keys[1], keys[2], keys[0]]


def test_what_has_its_day_goes_before_every_campaign(store):
    with store.write() as tx:
        begun(tx, "c-1")
        queued(tx, "c-1", 5, at=NOW - DAY)
        queued(tx, None, 2, kind=Kind.DIGEST)
        queued(tx, None, 1, kind=Kind.PULSE)
        queued(tx, None, 1, due=turns.AT_ONCE, kind=Kind.TEST)
        found = [one.kind for one in served(tx, 9)]

    assert found == [Kind.TEST, Kind.DIGEST, Kind.DIGEST, Kind.PULSE, *[Kind.NUDGE] * 5]


def test_of_a_campaign_that_does_not_run_nothing_is_offered_but_what_has_to_be_settled(store):
    with store.write() as tx:
        begun(tx, "c-1")
        queued(tx, "c-1", 4)
        doubted, died = claim(tx), claim(tx, name="s-2")
        for one in (doubted, died):
            assert outbox.start_sending(tx, one, now=NOW)
        outbox.doubt(tx, doubted, not_before=NOW, looks=0, reason="no_answer")
        campaigns.set_state(tx, "c-1", "paused")
        later = NOW + 2 * MINUTE
        found = [claim(tx, now=later, name=f"t-{n}") for n in range(3)]

        assert {one.key for one in found[:2]} == {doubted.key, died.key}
        assert all(one.state is State.IN_DOUBT for one in found[:2])
        assert found[2] is None
        campaigns.set_state(tx, "c-1", "running")
        assert claim(tx, now=later).state is State.QUEUED


def test_nobody_wakes_for_a_campaign_that_is_paused(store):
    with store.write() as tx:
        begun(tx, "c-1", "c-2")
        queued(tx, "c-1", 30, at=NOW - DAY)
        assert turns.next_due(tx, "slack") == NOW - DAY
        campaigns.set_state(tx, "c-1", "paused")
        assert turns.next_due(tx, "slack") is None
        queued(tx, "c-2", due=NOW + 5 * MINUTE)
        assert turns.next_due(tx, "slack") == NOW + 5 * MINUTE
        queued(tx, None, due=NOW + 3 * MINUTE, kind=Kind.PULSE)
        assert turns.next_due(tx, "slack") == NOW + 3 * MINUTE
        held = claim(tx, now=NOW + 3 * MINUTE)
        assert turns.next_due(tx, "slack") == min(held.claimed_until, NOW + 5 * MINUTE)


def test_when_a_campaign_has_ended_all_that_is_queued_of_it_is_skipped_and_nothing_else(store):
    with store.write() as tx:
        begun(tx, "c-1", "c-2", "c-3")
        queued(tx, "c-1", 6)
        queued(tx, "c-2", 2, at=NOW + DAY)
        queued(tx, "c-3", 2, at=NOW - 15 * DAY)
        queued(tx, None, 1, at=NOW - 15 * DAY, due=NOW + DAY, kind=Kind.PULSE)
        doubted, held = claim(tx, Turn("c-3")), claim(tx, Turn("c-3"), name="s-2")
        assert {doubted.campaign_key, held.campaign_key} == {"c-1"}
        assert outbox.start_sending(tx, doubted, now=NOW)
        outbox.doubt(tx, doubted, not_before=NOW, looks=0, reason="no_answer")
        campaigns.set_state(tx, "c-1", "ended")
        assert turns.skip_over(tx, now=NOW, planned_before=NOW - 14 * DAY) == 4

        assert states(tx) == {
            ("skipped", "ended"): 4,
            ("in_doubt", "no_answer"): 1,
            ("queued", ""): 6,  # one of them is held by a sender, who will ask again
        }
        assert turns.skip_over(tx, now=NOW + 2 * MINUTE, planned_before=NOW - 14 * DAY) == 1


def test_what_waits_too_long_in_a_campaign_that_is_paused_is_skipped_too(store):
    with store.write() as tx:
        begun(tx, "c-1", state="paused")
        queued(tx, "c-1", 3, at=NOW - 14 * DAY - MINUTE, due=NOW)
        queued(tx, "c-1", 2, at=NOW - 13 * DAY)
        assert turns.skip_over(tx, now=NOW, planned_before=NOW - 14 * DAY) == 3
        assert states(tx) == {("skipped", "too_late"): 3, ("queued", ""): 2}


def test_doubts_that_stay_doubts_hold_up_nobody(store):
    with store.write() as tx:
        begun(tx, "c-1")
        queued(tx, "c-1", 20)
        for n in range(10):
            one = claim(tx, Turn(settled=True), name=f"d-{n}")
            assert outbox.start_sending(tx, one, now=NOW)
            outbox.doubt(tx, one, not_before=NOW, looks=0, reason="missing_scope")
        found = [one.state for one in served(tx, 12)]

    assert found.count(State.QUEUED) == found.count(State.IN_DOUBT) == 6


def test_on_postgresql_two_senders_take_two_messages_and_neither_waits(postgres_dsn):
    with closing(Store.open(fresh_database(postgres_dsn))) as store:
        store.migrate()
        with store.write() as tx:
            begun(tx, "c-1")
            queued(tx, "c-1", 2)
        with store.write() as one, store.write() as two:
            first, second = claim(one, name="s-1"), claim(two, name="s-2")
            assert claim(two, name="s-3") is None

    assert first.key != second.key


_MANY = """
INSERT INTO outbox (key, purpose, person_key, channel, kind, content, state, reason, created_at,
    not_before, claim, attempts, looks, receipt, campaign_key, text_hash)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
SELECT 'x' || i, 'x' || i, 'x' || i, 'slack', 'pulse', '', 'queued', '', :at, :due, '', 0, 0, '',
    CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN 'c-1' WHEN 2 THEN 'c-2' ELSE 'c-paused' END, ''
FROM n
"""


@pytest.mark.parametrize("due", [NOW - DAY, NOW + DAY])
def test_a_claim_is_one_look_into_an_index_for_each_campaign_whatever_waits(store, due):
    asked = []
    with store.write() as tx:
        begun(tx, "c-1", "c-2")
        begun(tx, "c-paused", state="paused")
        shown = (lambda t: t) if tx.dialect.name == "postgresql" else _as_sqlite
        tx.execute(text(_MANY), {"at": shown(NOW - DAY), "due": shown(due)})
    with store.write() as tx:
        tx.exec_driver_sql("ANALYZE outbox")
    event.listen(
        store._engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, values, *_: asked.append((statement, values)),
    )
    with store.write() as tx:
        found = claim(tx, Turn("c-1", settled=True))
        looks = [one for one in asked if one[0].startswith("SELECT outbox.") and "ORDER" in one[0]]
        plans = [_plan(tx, *look) for look in looks]

    assert (found is None) is (due > NOW)
    assert len(plans) == (1 if found else 5)
    used = "ix_outbox_turn", "ix_outbox_turn", "ix_outbox_turn", "ix_outbox_due", "ix_outbox_due"
    for plan, index in zip(plans, used, strict=False):
        assert f"{index} " in plan
        assert "Sort" not in plan
        assert "TEMP B-TREE" not in plan
        assert "not_before<" in plan.replace(" ", "")


def _plan(tx, statement, values):
    how = "EXPLAIN" if tx.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    return "\n".join(row[-1] for row in tx.exec_driver_sql(f"{how} {statement}", values))


def _as_sqlite(moment):
    return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
