"""Answers and questions in the store: one for each week, and which questions count as left."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest

from unranked.domain.runtime import Ids
from unranked.store import checkins, hints, outbox, planned, turns
from unranked.store.checkins import Answer
from unranked.store.outbox import Kind
from unranked.store.planned import Planned

WEEK, DAY = date(2026, 2, 23), date(2026, 3, 3)
NOW = datetime(2026, 3, 3, 10, tzinfo=UTC)


@pytest.fixture
def ada(world_on):
    world_on.person("ada")
    world_on.person("bob")
    world_on.learn(days=1)
    return world_on.key("UADA")


def test_two_buttons_at_once_leave_one_answer(world_on, ada):
    store, together, failed = world_on.runtime.store, Barrier(4), []

    def press(minutes):
        together.wait()
        try:
            with store.write() as tx:
                checkins.put(tx, ada, Answer(WEEK, minutes), on=DAY)
                hints.shown(tx, ada, "cache", on=DAY)
        except Exception as error:  # noqa: BLE001 - whatever it is, it fails the test below
            failed.append(error)

    threads = [Thread(target=press, args=(minutes,)) for minutes in (-90, 0, 45, 480)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    with store.read() as tx:
        ((week, one),) = checkins.answers(tx, ada).items()
        assert hints.shown_on(tx, ada) == [DAY]
    assert week == WEEK
    assert one.minutes in {-90, 0, 45, 480}


def test_where_the_time_went_is_kept_for_answered_weeks_that_brought_any(world_on, ada):
    bob = world_on.key("UBOB")
    weeks = {WEEK - timedelta(weeks=n): minutes for n, minutes in enumerate([15, 0, -30, None])}
    with world_on.runtime.store.write() as tx:
        for week, minutes in weeks.items():
            checkins.put(tx, ada, Answer(week, minutes), on=DAY)
            checkins.put(tx, bob, Answer(week, 45), on=DAY)
            checkins.say_where(tx, ada, week, "rest")
        checkins.say_where(tx, ada, WEEK + timedelta(weeks=1), "rest")
        found, others = checkins.answers(tx, ada), checkins.answers(tx, bob)

    assert {week: one.spent for week, one in found.items() if one.spent} == {WEEK: "rest"}
    assert list(found) == sorted(weeks)
    assert {one.spent for one in others.values()} == {""}


def queue(tx, person_key, day, *, kind=Kind.PULSE):
    at = NOW + timedelta(days=day)
    key = f"m-{person_key}-{day}-{kind}"
    planned.plan(tx, [Planned(key, key, person_key, "slack", "{}", at, at, kind=kind)])
    claimed = turns.claim_next(tx, "slack", "s", now=at, until=at + timedelta(minutes=1))
    assert claimed.key == key
    return claimed


def send(tx, person_key, day, **more):
    outbox.sent(tx, queue(tx, person_key, day, **more), receipt="", now=NOW + timedelta(days=day))


def left(tx, *keys, since=NOW):
    return dict(checkins.unanswered(tx, keys, since=since))


def test_the_questions_that_were_left_since_the_last_reaction_are_counted(world_on, ada):
    bob = world_on.key("UBOB")
    with world_on.runtime.store.write() as tx:
        for day in (0, 7, 14):
            send(tx, ada, day)
            send(tx, bob, day)
        send(tx, ada, 15, kind=Kind.DIGEST)  # no question
        outbox.skipped(tx, queue(tx, ada, 21), reason="closed", now=NOW)  # never came

        assert left(tx, ada, bob) == {ada: 3, bob: 3}
        assert left(tx, ada) == {ada: 3}
        assert left(tx, ada, since=NOW + timedelta(days=7)) == {ada: 2}
        outbox.answered(tx, ada, on=DAY)
        assert left(tx, ada, bob) == {bob: 3}
        send(tx, ada, 28)
        assert left(tx, ada, bob) == {ada: 1, bob: 3}


def test_one_from_before_a_reaction_that_is_found_later_does_not_count(world_on, ada):
    with world_on.runtime.store.write() as tx:
        early = queue(tx, ada, 0)
        outbox.requeue(tx, early, not_before=NOW + timedelta(days=30))
        send(tx, ada, 7)
        outbox.answered(tx, ada, on=DAY)
        at = NOW + timedelta(days=31)
        again = turns.claim_next(tx, "slack", "t", now=at, until=at + timedelta(minutes=1))
        outbox.sent(tx, again, receipt="", now=at)

        assert left(tx, ada) == {}


def test_the_salt_is_drawn_once_and_a_trial_keeps_none(world_on):
    store, ids = world_on.runtime.store, Ids()
    with store.write() as tx:
        trial = checkins.salt(tx, ids, keep=False)
        kept = checkins.salt(tx, ids)
        assert checkins.salt(tx, ids) == checkins.salt(tx, ids, keep=False) == kept

    assert len(trial) == len(kept) == 32
    assert trial != kept
