"""How each connector is doing, for an operator: no person's figure and no count of people."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

from unranked import connectors
from unranked.connectors.base import Connector, FeedKind
from unranked.domain.counts import FEW
from unranked.domain.coverage import Why
from unranked.services import coverage as completeness
from unranked.services.runtime import Connected
from unranked.store import Store, Tx, coverage, matching
from unranked.store.coverage import FeedState
from unranked.store.matching import Match

_READ_NOW = "`unranked run` reads it every hour, `unranked job sync` reads it now."
_LOOK_THERE = "Look in the provider's own console whether it shows use. If it does, make a new key."
_SAID: Mapping[Why, tuple[str, str]] = {
    Why.NOT_READ: ("{day} was not read yet.", _READ_NOW),
    Why.NEVER_ANY_ROW: (
        "There was never any row, from {day} on: nobody uses the tool, or the key sees nothing.",
        _LOOK_THERE,
    ),
    Why.SILENT: (
        "There was no row for four weeks before {day}: the key may see nothing any more.",
        _LOOK_THERE,
    ),
    Why.LATE: (
        (
            "{day} is not settled yet. A day counts {lag} hours after its end, and once a second "
            "reading a day later showed the same."
        ),
        "That is normal for the last days; nothing is to be done.",
    ),
    Why.UNMAPPED: (
        "More than 2 % of the rows of {day} lead to no person.",
        (
            "Give these accounts at the provider the e-mail address that Slack has; automation "
            "belongs to a service account. Then run `unranked job roster`."
        ),
    ),
    Why.LOW: (
        "{day} has less than half of the rows that its weekday usually has.",
        (
            "If the company rested, add the day to UNRANKED_HOLIDAYS. If not, the key may see less "
            "than before. A later day that is normal clears it by itself."
        ),
    ),
}


_SAID_OF_A_SOURCE: Mapping[Why, tuple[str, str]] = {
    Why.NEVER_ANY_ROW: (
        "Nothing was ever finished, from {day} on: or the key sees nothing.",
        "Look at the provider whether it shows finished work. If it does, make a new key.",
    ),
    Why.SILENT: (
        "Nothing was finished for four weeks before {day}: the key may see nothing any more.",
        "Look at the provider whether it shows finished work. If it does, make a new key.",
    ),
}


@dataclass(frozen=True, slots=True)
class Blocked:
    """What keeps the watermark where it is. `why` is one word, for a script."""

    why: str
    said: str
    hint: str


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """One connector: set up or not, complete through when, what holds it up, what failed last.

    match: how many seats lead to a person, or accounts of a source of finished work; said as a
        share only, and only of `FEW` or more.
    """

    slug: str
    title: str
    is_tool: bool
    configured: bool
    complete_through: date | None
    blocked: Blocked | None
    match: Match = field(repr=False)
    error: str
    hint: str
    cannot_see: tuple[str, ...]
    to_set_up: str

    @property
    def matched_percent(self) -> int | None:
        """The share of them that lead to a person, rounded down; None of fewer than `FEW`."""
        if self.match.number < FEW:
            return None
        return 100 * self.match.matched // self.match.number

    @property
    def to_do(self) -> str:
        """What to do about the last error; how to set it up where it is off."""
        if not self.configured:
            return f"To set it up: {self.to_set_up}"
        return self.hint if self.error else ""

    def in_words(self) -> str:
        """Return a block of lines for a terminal."""
        lines = [f"{self.title}: {'set up' if self.configured else 'off'}."]
        lines += self._state() if self.configured else [f"  {self.to_do}"]
        lines += ["  Cannot see:", *(f"    - {line}" for line in self.cannot_see)]
        return "\n".join(lines)

    def _state(self) -> list[str]:
        through = "nothing yet" if self.complete_through is None else str(self.complete_through)
        percent = self.matched_percent
        matched = "too few to say" if percent is None else f"{percent} %"
        lines = [f"  Complete through: {through}"]
        if self.blocked is not None:
            lines += [f"  Held up: {self.blocked.said}", f"    {self.blocked.hint}"]
        what = "Seats" if self.is_tool else "Accounts"
        lines.append(f"  {what} that lead to a person: {matched}")
        lines.append(f"  Last error: {self.error or 'none'}")
        return lines + ([f"    {self.to_do}"] if self.to_do else [])

    def as_json(self) -> dict[str, object]:
        """Return the same for a script."""
        through, blocked = self.complete_through, self.blocked
        return {
            "connector": self.slug,
            "configured": self.configured,
            "complete_through": None if through is None else through.isoformat(),
            "held_up": None
            if blocked is None
            else {"why": blocked.why, "said": blocked.said, "hint": blocked.hint},
            "matched_percent": self.matched_percent,
            "error": self.error,
            "hint": self.to_do,
            "cannot_see": list(self.cannot_see),
        }


def states(
    store: Store,
    configured: tuple[Connected, ...],
    *,
    holidays: AbstractSet[date] = frozenset(),
) -> list[ConnectionState]:
    """Return every connector's state, set up or not.

    holidays: days on which the whole company rests, as an operator confirmed.
    """
    on = {one.connector.slug for one in configured}
    with store.read() as tx:
        return [
            _state(tx, connector, configured=slug in on, holidays=holidays)
            for slug, connector in connectors.found().items()
        ]


def to_set_up(connector: Connector) -> str:
    """Return which settings turn the connector on, and where their values are found."""
    prefix = f"UNRANKED_{connector.slug.upper()}_"
    key = f"{prefix}KEY, from {connector.auth.key_from}."
    others = (
        f"{prefix}{o.name.upper()}{'' if o.needed else ', where it is set,'} must {o.must}."
        for o in connector.options
    )
    return " ".join([key, *others])


def _state(
    tx: Tx, connector: Connector, *, configured: bool, holidays: AbstractSet[date]
) -> ConnectionState:
    complete, states = coverage.completeness(tx).get(connector.slug), coverage.states(tx)
    # In the connector's own order: what stands first matters most.
    names = ((connector.slug, feed.name) for feed in connector.feeds)
    feeds = [states[name] for name in names if name in states]
    failed = [state for state in feeds if state.error]
    return ConnectionState(
        slug=connector.slug,
        title=connector.title,
        is_tool=connector.is_tool,
        configured=configured,
        complete_through=None if complete is None else complete.complete_through,
        blocked=_blocked(tx, connector, feeds, holidays) if configured else None,
        match=matching.of_connector(tx, connector.slug, seats=connector.is_tool),
        error=_last_error(failed),
        hint=failed[0].hint if failed else "",
        cannot_see=connector.cannot_see,
        to_set_up=to_set_up(connector),
    )


def _last_error(failed: list[FeedState]) -> str:
    if not failed:
        return ""
    more = f" (and {len(failed) - 1} more feeds)" if len(failed) > 1 else ""
    return f"{failed[0].feed}{more}: {failed[0].error}"


def _blocked(
    tx: Tx, connector: Connector, feeds: list[FeedState], holidays: AbstractSet[date]
) -> Blocked:
    """Return what to mend first: what was never read, then what fails, then what a day lacks."""
    if not feeds:
        return Blocked("never_read", "It was never read.", _READ_NOW)
    if not completeness.is_listed(tx, connector):
        unknown = "who has a seat" if connector.is_tool else "whose an account is"
        return Blocked(
            "never_listed",
            f"Its list of members was never read whole, so nobody knows {unknown}.",
            "See the last error. Without one, it is read within the hour.",
        )
    matter = {feed.name for feed in connector.feeds if feed.kind is not FeedKind.COST}
    failed = next((state for state in feeds if state.error and state.feed in matter), None)
    if failed is not None:
        return Blocked("failed", f"The feed {failed.feed} was not read.", "See the last error.")
    held = completeness.held(tx, connector, holidays=holidays)
    said, hint = ({} if connector.is_tool else _SAID_OF_A_SOURCE).get(held.why, _SAID[held.why])
    hours = completeness.lag_of(tx, connector).total_seconds() / 3600
    day = "The first day" if held.day is None else str(held.day)
    return Blocked(held.why.value, said.format(day=day, lag=round(hours)), hint)
