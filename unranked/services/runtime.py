"""Everything that a use case needs from outside, made once by `bootstrap`."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

from unranked.channels.base import Channel
from unranked.connectors.base import Api, Connector
from unranked.domain.runtime import Clock, Ids, Sleeper
from unranked.llm import Reply
from unranked.services.group_memory import Groups
from unranked.services.model_memory import Allowance, Faults
from unranked.store import Store
from unranked.store.turns import Turn

_T = TypeVar("_T")
_SHOW_EVERY = 100


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


@dataclass(slots=True)
class Served:
    """What was sent last in this process, so that every campaign has its turn."""

    last: Turn = field(default_factory=Turn)


class Speaks(Protocol):
    """A language model that answers, such as `unranked.llm.LanguageModel`."""

    @property
    def name(self) -> str:
        """What its provider calls it."""

    def ask(self, instructions: str, said: str, *, seconds: float | None = None) -> Reply:
        """Return the answer to what was said. Raises ModelError where there is none in time.

        seconds: the longest that it is waited for, where that is longer than usual.
        """


Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much (0 where nobody knows)."""


def silent(what: str, done: int, of: int) -> None:
    """Show nothing."""
    del what, done, of


def watched(progress: Progress, what: str, items: Iterable[_T], of: int = 0) -> Iterator[_T]:
    """Yield the items, and show now and then how many have gone by. of: 0 where nobody knows."""
    progress(what, 0, of)
    done = 0
    for done, item in enumerate(items, start=1):
        yield item
        if done % _SHOW_EVERY == 0:
            progress(what, done, of)
    progress(what, done, done)


@dataclass(frozen=True)
class Runtime:
    """Store, connectors, channel, clock, sleeper and ids, and the few settings that services use.

    connectors: the AI tools that are set up; sources: what else is set up, and tells of finished
        work alone. So whatever looks at somebody's use cannot meet a source by mistake.
    default_zone: of people whose own zone is unknown; empty where they get no message.
    holidays: days on which the whole company rests, as an operator confirmed (method.md 2.2 d).
    enablement: the chat's ids of the people and of the groups that write campaigns, and see figures
        of the whole programme; groups: who is in these groups.
    ask_where: whether people are asked where the time went, too.
    noise: what counts of groups get in strict mode; None where it is off.
    public_url: where people reach the HTTP door from outside; empty where there is none.
    model: the language model; None where the company uses none.
    allowance, faults: how often it may still be asked today, and what went wrong with it.
    served: whose turn it was last.
    """

    store: Store
    connectors: tuple[Connected, ...]
    channel: Channel
    clock: Clock
    sleeper: Sleeper
    ids: Ids = field(default_factory=Ids)
    sending: Sending = field(default_factory=Sending)
    help_contact: str = field(default="", repr=False)
    default_zone: str = ""
    roster_csv: Path | None = None
    holidays: frozenset[date] = frozenset()
    public_url: str = field(default="", repr=False)
    ask_where: bool = False
    noise: Callable[[int], int] | None = field(default=None, repr=False)
    enablement: frozenset[str] = field(default=frozenset(), repr=False)
    progress: Progress = silent
    sources: tuple[Connected, ...] = ()
    model: Speaks | None = None
    allowance: Allowance = field(default_factory=Allowance, repr=False, compare=False)
    groups: Groups = field(default_factory=Groups, repr=False, compare=False)
    faults: Faults = field(default_factory=Faults, repr=False, compare=False)
    served: Served = field(default_factory=Served, repr=False, compare=False)

    def __post_init__(self) -> None:
        tools = [one.connector.is_tool for one in (*self.connectors, *self.sources)]
        if tools != [True] * len(self.connectors) + [False] * len(self.sources):
            raise ValueError("A source of finished work is no tool, and a tool is no source.")

    @property
    def providers(self) -> tuple[Connected, ...]:
        """Everything that figures are read from: the tools, then the sources."""
        return (*self.connectors, *self.sources)
