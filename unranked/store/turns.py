"""Whose message is sent next, and what is sent no more because its campaign is over.

In this order: what is in doubt; what has no campaign, for that has its day; then the campaigns that
send now, in turn, so that a small one does not wait behind a large one. Each of them is one look
into an index, however many messages wait.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select, update

from unranked.domain.campaigns import State
from unranked.store import Tx
from unranked.store.outbox import WAITING, Claimed, Kind
from unranked.store.outbox import State as Where
from unranked.store.tables import Campaign, Outbox, table

_outbox, _campaign = table(Outbox), table(Campaign)

AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)
"""When something is due that somebody waits for: before all that waits for its day."""

_LOOKED_AT = 20
_UNSETTLED = (Where.SENDING, Where.IN_DOUBT)
_WAITS = _outbox.c.state.in_(
    # As it stands in ix_outbox_turn: with values that are bound, no database would use that index.
    bindparam("waiting", [one.value for one in WAITING], expanding=True, literal_execute=True)
)
_QUEUED = and_(
    _WAITS,
    # Not "is queued": an index by state would answer that, with every other campaign's messages.
    _outbox.c.state.not_in([one.value for one in _UNSETTLED]),
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What was served last: it decides the order, and never what is sent.

    campaign_key: of the campaign; the one behind it is asked next. settled: it was a doubt; then
    something is sent first, so that doubts which stay doubts do not hold up everybody.
    """

    campaign_key: str = ""
    settled: bool = False

    def then(self, message: Claimed) -> "Turn":
        """Return the turn once `message` was served."""
        if message.state is Where.IN_DOUBT:
            return Turn(self.campaign_key, settled=True)
        return Turn(message.campaign_key or self.campaign_key)


_FIRST = Turn()


def claim_next(
    tx: Tx, channel: str, claim: str, *, now: datetime, until: datetime, after: Turn = _FIRST
) -> Claimed | None:
    """Take the next message that is due, by one conditional update; None when there is none.

    A message whose holder ran out of time comes back as in doubt: it may have been sent. Of a
    campaign that does not run, nothing that is queued is offered.
    """
    key = _next(tx, channel, now, after)
    if key is None:
        return None
    taken = tx.execute(
        update(_outbox)
        .where(_outbox.c.key == key, _outbox.c.state.in_(WAITING), _free(now))
        .values(claim=claim, claimed_until=until)
    )
    if taken.rowcount != 1:
        return None
    row = tx.execute(select(_outbox).where(_outbox.c.key == key)).mappings().one()
    names = set(Claimed.__slots__) - {"state", "kind"}
    state = Where(row["state"])
    # A claim that ran out while sending says nothing about whether the chat got the message.
    state = Where.IN_DOUBT if state is Where.SENDING else state
    return Claimed(state=state, kind=Kind(row["kind"]), **{name: row[name] for name in names})


def next_due(tx: Tx, channel: str) -> datetime | None:
    """Return when the next waiting message may be taken, or None when none waits.

    What is queued of a campaign that is paused waits for the team, and not for a time.
    """
    what = _outbox.c.not_before, _outbox.c.claim, _outbox.c.claimed_until
    looks = chain(_doubts(*what), _queued(tx, "", *what, states=[State.RUNNING, State.ENDED]))
    rows = (
        row
        for look in looks
        for row in tx.execute(look.where(_outbox.c.channel == channel).limit(_LOOKED_AT))
    )
    return min(
        (max(at, until) if claim and until else at for at, claim, until in rows), default=None
    )


def skip_over(tx: Tx, *, now: datetime, planned_before: datetime) -> int:
    """Skip whatever is queued of campaigns that have ended; return how many messages.

    Of those that are paused, what was planned before that time: no sender is offered it to find it
    too late, and while it waits nobody else may write to the person.
    """
    old = _outbox.c.created_at < planned_before
    ended, paused = _keys(tx, State.ENDED), _keys(tx, State.PAUSED)
    return sum(_skip(tx, key, "ended", now) for key in ended) + sum(
        _skip(tx, key, "too_late", now, old) for key in paused
    )


def _skip(
    tx: Tx, campaign_key: str, reason: str, now: datetime, *which: ColumnElement[bool]
) -> int:
    done = tx.execute(
        update(_outbox)
        .where(_outbox.c.campaign_key == campaign_key, _QUEUED, _free(now), *which)
        .values(
            {"state": Where.SKIPPED.value, "reason": reason, "finished_at": now}
            | {"claim": "", "claimed_until": None}
        )
    )
    return done.rowcount


def _next(tx: Tx, channel: str, now: datetime, after: Turn) -> str | None:
    doubts, queued = _doubts(_outbox.c.key), _queued(tx, after.campaign_key, _outbox.c.key)
    for look in chain(queued, doubts) if after.settled else chain(doubts, queued):
        due = look.where(_outbox.c.channel == channel, _outbox.c.not_before <= now, _free(now))
        # On PostgreSQL a second sender takes the next one and does not wait for this one.
        found = tx.execute(due.limit(1).with_for_update(skip_locked=True)).scalar()
        if found is not None:
            return str(found)
    return None


def _doubts(*what: ColumnElement[Any]) -> Iterator[Select[Any]]:
    """Yield where something to be settled may be found, each sorted as its index is."""
    for state in _UNSETTLED:
        found = select(*what).where(_outbox.c.state == state.value)
        yield found.order_by(_outbox.c.state, _outbox.c.not_before)


def _queued(
    tx: Tx,
    after: str,
    *what: ColumnElement[Any],
    states: Collection[State] = (State.RUNNING,),
) -> Iterator[Select[Any]]:
    """Yield where a message to be sent may be found, in order: campaigns last, by turns."""
    found = select(*what).where(_QUEUED).order_by(_outbox.c.campaign_key, _outbox.c.not_before)
    yield found.where(_outbox.c.campaign_key.is_(None))
    for key in sorted(_keys(tx, *states), key=lambda key: (key <= after, key)):
        yield found.where(_outbox.c.campaign_key == key)


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(_outbox.c.claim == "", _outbox.c.claimed_until < now)


def _keys(tx: Tx, *states: State) -> list[str]:
    """Return the campaigns in these states."""
    query = select(_campaign.c.campaign_key).where(_campaign.c.state.in_(states))
    return [str(key) for (key,) in tx.execute(query)]
