"""A chat that asked us to wait, or that refuses the whole workspace."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from unranked.store import Tx
from unranked.store.tables import ChannelState, table

_channel = table(ChannelState)


@dataclass(frozen=True, slots=True)
class Pause:
    """A chat that is left alone until a time; `error` when it refuses the whole workspace."""

    until: datetime
    error: str
    hint: str


def pause(tx: Tx, channel: str, pause: Pause) -> None:
    """Note that nothing may be sent in the whole workspace."""
    tx.execute(delete(_channel).where(_channel.c.channel == channel))
    tx.execute(
        insert(_channel).values(
            channel=channel, paused_until=pause.until, error=pause.error, hint=pause.hint
        )
    )


def paused(tx: Tx, channel: str) -> Pause | None:
    """Return the chat's pause, or None."""
    row = tx.execute(select(_channel).where(_channel.c.channel == channel)).mappings().first()
    return None if row is None else Pause(row["paused_until"], row["error"], row["hint"])


def resume(tx: Tx, channel: str) -> None:
    """Take off the chat's pause."""
    tx.execute(delete(_channel).where(_channel.c.channel == channel))
