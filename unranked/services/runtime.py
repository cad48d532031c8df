"""Everything that a use case needs from outside, made once by `bootstrap`."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from unranked.channels.base import Channel
from unranked.connectors.base import Api, Connector
from unranked.domain.runtime import Clock, Ids, Sleeper
from unranked.store import Store


@dataclass(frozen=True)
class Connected:
    """A connector that has a key. `open` gives its API for one run."""

    connector: Connector
    open: Callable[[], AbstractContextManager[Api]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sending:
    """How messages go out.

    apart: from one message to the next, in the whole workspace.
    timeout: the longest that one call of the chat may take.
    settle: how long an unclear attempt is left alone before its conversation is read, and again
        before it is read for the second time.
    """

    apart: timedelta = timedelta(seconds=1)
    timeout: timedelta = timedelta(seconds=6)
    settle: timedelta = timedelta(seconds=60)

    @property
    def lease(self) -> timedelta:
        """How long a claimed message belongs to one process: three calls, and some air."""
        return 3 * self.timeout + self.settle


Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much (0 where nobody knows)."""


def silent(what: str, done: int, of: int) -> None:
    """Show nothing."""
    del what, done, of


@dataclass(frozen=True)
class Runtime:
    """Store, connectors, channel, clock, sleeper and ids, and the few settings that services use.

    default_zone: of people whose own zone is unknown; empty where they get no message.
    holidays: days on which the whole company rests, as an operator confirmed (method.md 2.2 d).
    """

    store: Store
    connectors: tuple[Connected, ...]
    channel: Channel
    clock: Clock
    sleeper: Sleeper
    ids: Ids = field(default_factory=Ids)
    sending: Sending = field(default_factory=Sending)
    help_contact: str = ""
    default_zone: str = ""
    roster_csv: Path | None = None
    holidays: frozenset[date] = frozenset()
    progress: Progress = silent
