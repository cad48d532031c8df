"""How each connector is doing, for an operator: no person's figure and no count of people."""

from dataclasses import dataclass
from datetime import date

from unranked import connectors
from unranked.connectors.base import Connector
from unranked.services.runtime import Connected
from unranked.store import Store, coverage


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """One connector: set up or not, complete through when, and what failed last."""

    slug: str
    title: str
    configured: bool
    complete_through: date | None
    error: str
    hint: str
    cannot_see: tuple[str, ...]
    key_from: str

    def in_words(self) -> str:
        """Return a block of lines for a terminal."""
        how = "set up." if self.configured else f"not set up. Set UNRANKED_{self.slug.upper()}_KEY."
        through = "nothing yet" if self.complete_through is None else str(self.complete_through)
        wrong = [self.error, self.hint] if self.configured and self.error else ["none"]
        return "\n".join(
            [
                f"{self.title}: {how}",
                f"  Key: {self.key_from}",
                f"  Complete through: {through}",
                *(f"  {'Last error: ' if n == 0 else ''}{line}" for n, line in enumerate(wrong)),
                "  Cannot see:",
                *(f"    - {line}" for line in self.cannot_see),
            ]
        )

    def as_json(self) -> dict[str, object]:
        """Return the same for a script."""
        return {
            "connector": self.slug,
            "configured": self.configured,
            "complete_through": None
            if self.complete_through is None
            else self.complete_through.isoformat(),
            "error": self.error,
            "hint": self.hint,
            "cannot_see": list(self.cannot_see),
        }


def states(store: Store, configured: tuple[Connected, ...]) -> list[ConnectionState]:
    """Return every connector's state, set up or not."""
    on = {one.connector.slug for one in configured}
    with store.read() as tx:
        complete, feeds = coverage.completeness(tx), coverage.states(tx)
    found = []
    for slug, connector in connectors.found().items():
        wrong = [one for (s, _), one in feeds.items() if s == slug and one.error]
        through = complete[slug].complete_through if slug in complete else None
        found.append(_state(connector, configured=slug in on, through=through, wrong=wrong))
    return found


def _state(
    connector: Connector,
    *,
    configured: bool,
    through: date | None,
    wrong: list[coverage.FeedState],
) -> ConnectionState:
    return ConnectionState(
        slug=connector.slug,
        title=connector.title,
        configured=configured,
        complete_through=through,
        error="; ".join(f"{one.feed}: {one.error}" for one in wrong[:1]),
        hint=wrong[0].hint if wrong else "",
        cannot_see=connector.cannot_see,
        key_from=connector.auth.key_from,
    )
