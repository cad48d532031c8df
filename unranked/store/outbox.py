"""Everything that leaves for somebody's chat, one row a message, and the states it goes through.

Planned = queued + sending + in doubt + sent + skipped + failed, because a row is in one state.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select, update

from unranked.domain.stats import Arm
from unranked.store import Tx
from unranked.store.pages import EVERYBODY, Keys
from unranked.store.tables import Enrolment, Outbox, table

_outbox, _enrolment = table(Outbox), table(Enrolment)


class State(StrEnum):
    """Where a message is. The last three are final."""

    QUEUED = "queued"
    SENDING = "sending"
    IN_DOUBT = "in_doubt"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"


class Kind(StrEnum):
    """What a message is. Caps count nudges alone.

    TEST: a campaign's message, sent on trial to the one who asked. NOTICE: a word to the team.
    Nobody reacts to these two: they are in nobody's history, and nothing counts them.
    """

    NUDGE = "nudge"
    DIGEST = "digest"
    PULSE = "pulse"
    MONTHLY = "monthly"
    TEST = "test"
    NOTICE = "notice"


ARRIVED = (State.SENT, State.SENDING, State.IN_DOUBT)
"""Where somebody may react: of one that is in doubt a reaction says that it is there."""

WAITING = (State.QUEUED, State.SENDING, State.IN_DOUBT)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this process holds until `claimed_until`.

    attempted_at: when the unclear attempt began, for one that is in doubt.
    looks: how often its conversation was read since then without finding it.
    """

    key: str
    person_key: str
    channel: str
    content: str
    state: State
    kind: Kind
    campaign_key: str | None
    claim: str
    claimed_until: datetime
    attempted_at: datetime | None
    looks: int
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """A nudge in a person's past: what it was, when it was planned or sent, and any reaction."""

    person_key: str
    content: str
    state: State
    at: datetime
    answered_on: date | None


def start_sending(tx: Tx, message: Claimed, *, now: datetime, text_hash: str = "") -> bool:
    """Mark that the request is about to leave; return whether the claim still held.

    `now` is stored before the request, so that a look into the conversation starts early enough.
    text_hash: of the text that leaves. Whoever finds the message there later could not know it.
    """
    leaves = {"state": State.SENDING.value, "attempted_at": now, "text_hash": text_hash}
    moved = tx.execute(
        update(_outbox)
        .where(_mine(message), _outbox.c.state.in_([State.QUEUED, State.IN_DOUBT]))
        .values({**leaves, "attempts": message.attempts + 1, "looks": 0})
    )
    return moved.rowcount == 1


def sent(tx: Tx, message: Claimed, *, receipt: str, now: datetime) -> None:
    """Note that the message arrived, with the chat's own stamp."""
    _end(tx, message, State.SENT, now=now, receipt=receipt)


def skipped(tx: Tx, message: Claimed, *, reason: str, now: datetime) -> None:
    """Note that the message is no longer wanted, and why."""
    _end(tx, message, State.SKIPPED, now=now, reason=reason, text_hash="")


def failed(tx: Tx, message: Claimed, *, reason: str, now: datetime) -> None:
    """Note that the chat will never take the message, and why."""
    _end(tx, message, State.FAILED, now=now, reason=reason, text_hash="")


def requeue(tx: Tx, message: Claimed, *, not_before: datetime, reason: str = "") -> None:
    """Give back a message that certainly did not arrive, to be tried again later."""
    queued = {"state": State.QUEUED.value, "not_before": not_before, "text_hash": ""}
    _release(tx, message, **queued, reason=reason)


def doubt(tx: Tx, message: Claimed, *, not_before: datetime, looks: int, reason: str) -> None:
    """Give back a message that may have arrived, to be looked for again later."""
    _release(
        tx,
        message,
        state=State.IN_DOUBT.value,
        not_before=not_before,
        looks=looks,
        reason=reason,
    )


def skip_queued(
    tx: Tx, person_key: str, *, reason: str, now: datetime, kinds: Collection[Kind] = tuple(Kind)
) -> int:
    """Skip what is queued for a person who wants no more of it; return how many messages."""
    done = tx.execute(
        update(_outbox)
        .where(_outbox.c.person_key == person_key, _outbox.c.state == State.QUEUED)
        .where(_outbox.c.claim == "", _outbox.c.kind.in_(kinds))
        .values(state=State.SKIPPED.value, reason=reason, finished_at=now)
    )
    return done.rowcount


def answered(tx: Tx, person_key: str, *, on: date) -> None:
    """Note the day on which a person reacted to what they got. What they did is not kept here."""
    tx.execute(
        update(_outbox)
        .where(_outbox.c.person_key == person_key, _outbox.c.state.in_(ARRIVED))
        .where(_outbox.c.answered_on.is_(None), _outbox.c.kind.not_in([Kind.TEST, Kind.NOTICE]))
        .values(answered_on=on)
    )


def owner(tx: Tx, key: str) -> str | None:
    """Return whom the message was for, or None for an unknown one."""
    row = tx.execute(select(_outbox.c.person_key).where(_outbox.c.key == key)).first()
    return None if row is None else str(row[0])


def content(tx: Tx, key: str) -> str | None:
    """Return what the outbox keeps of a message, or None for an unknown one."""
    row = tx.execute(select(_outbox.c.content).where(_outbox.c.key == key)).first()
    return None if row is None else str(row[0])


def post(tx: Tx, key: str, *, on: date) -> bool:
    """Note that a message is shown to others from now on; return whether it was not before."""
    done = tx.execute(
        update(_outbox)
        .where(_outbox.c.key == key, _outbox.c.posted_on.is_(None))
        .values(posted_on=on)
    )
    return done.rowcount == 1


def not_posted(tx: Tx, key: str) -> None:
    """Note that a message was not shown after all."""
    tx.execute(update(_outbox).where(_outbox.c.key == key).values(posted_on=None))


def is_posted(tx: Tx, key: str) -> bool:
    """Return whether a message was shown to others, or may have been."""
    query = select(_outbox.c.key).where(_outbox.c.key == key, _outbox.c.posted_on.is_not(None))
    return tx.execute(query).first() is not None


def comes_between(
    tx: Tx, person_key: str, kinds: Collection[Kind], start: datetime, end: datetime
) -> bool:
    """Return whether a message of these kinds came to a person, or is to come, in [start, end)."""
    at = func.coalesce(_outbox.c.finished_at, _outbox.c.not_before)
    query = select(_outbox.c.key).where(
        _outbox.c.person_key == person_key,
        _outbox.c.kind.in_(kinds),
        _outbox.c.state.not_in([State.SKIPPED, State.FAILED]),
        at >= start,
        at < end,
    )
    return tx.execute(query.limit(1)).first() is not None


def contents_since(
    tx: Tx, kind: Kind, since: datetime, within: Keys = EVERYBODY
) -> Mapping[str, list[str]]:
    """Return the contents of one kind that were planned since then, by person, oldest first."""
    rows = tx.execute(
        select(_outbox.c.person_key, _outbox.c.content)
        .where(_outbox.c.kind == kind, _outbox.c.created_at >= since)
        .where(within.hold(_outbox.c.person_key))
        .order_by(_outbox.c.created_at)
    )
    found: dict[str, list[str]] = {}
    for person_key, content in rows:
        found.setdefault(person_key, []).append(content)
    return found


def history(tx: Tx, within: Keys = EVERYBODY) -> Mapping[str, list[Sent]]:
    """Return the nudges planned for or sent to each person, by key, oldest first."""
    found: dict[str, list[Sent]] = {}
    for one in _had(tx, within.hold(_outbox.c.person_key)):
        found.setdefault(one.person_key, []).append(one)
    return found


def beside(tx: Tx, message: Claimed) -> list[Sent]:
    """Return the other nudges planned for or sent to the person of a message, oldest first."""
    mine = _outbox.c.person_key == message.person_key
    return list(_had(tx, mine & (_outbox.c.key != message.key)))


def _had(tx: Tx, whose: ColumnElement[bool]) -> Iterator[Sent]:
    gone = [State.SKIPPED, State.FAILED]
    at = func.coalesce(_outbox.c.finished_at, _outbox.c.created_at)
    own = _outbox.c.person_key, _outbox.c.content, _outbox.c.state, at, _outbox.c.answered_on
    rows = tx.execute(
        select(*own)
        .where(_outbox.c.kind == Kind.NUDGE, _outbox.c.state.not_in(gone))
        .where(whose)
        .order_by(_outbox.c.created_at)
    )
    for person_key, content, state, when, answered_on in rows:
        yield Sent(person_key, content, State(state), when, answered_on)


def counts(tx: Tx, campaign_key: str | None = None) -> Mapping[tuple[State, str], int]:
    """Return the number of messages by state and reason, of one campaign or of all."""
    query = select(_outbox.c.state, _outbox.c.reason, func.count()).group_by(
        _outbox.c.state, _outbox.c.reason
    )
    if campaign_key is not None:
        query = query.where(_outbox.c.campaign_key == campaign_key)
    return {(State(state), reason): int(n) for state, reason, n in tx.execute(query)}


def reconciled(tx: Tx, campaign_key: str) -> bool:
    """Return whether every message that the campaign planned is one row, in one state.

    Planned is what its enrolments say: so many steps of the arm that gets any.
    """
    planned = select(func.coalesce(func.sum(_enrolment.c.steps), 0)).where(
        _enrolment.c.campaign_key == campaign_key, _enrolment.c.arm == Arm.NUDGE.value
    )
    stored = select(func.count()).where(
        _outbox.c.campaign_key == campaign_key,
        _outbox.c.kind == Kind.NUDGE,
        _outbox.c.state.in_([state.value for state in State]),
    )
    return bool(tx.execute(select(planned.scalar_subquery() == stored.scalar_subquery())).scalar())


def _mine(message: Claimed) -> ColumnElement[bool]:
    return (_outbox.c.key == message.key) & (_outbox.c.claim == message.claim)


def _end(tx: Tx, message: Claimed, state: State, *, now: datetime, **values: str) -> None:
    tx.execute(
        update(_outbox)
        .where(_mine(message))
        .values(
            {"reason": "", "state": state.value, "finished_at": now}
            | {"claim": "", "claimed_until": None}
            | values
        )
    )


def _release(tx: Tx, message: Claimed, **values: object) -> None:
    tx.execute(update(_outbox).where(_mine(message)).values(claim="", claimed_until=None, **values))
