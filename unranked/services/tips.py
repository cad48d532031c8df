"""The tips that may be sent: those of the repository, and those that the team wrote in chat."""

from collections.abc import Mapping, Sequence
from datetime import date

from unranked import text
from unranked.domain.segments import NUDGED
from unranked.store import Tx


class Library:
    """The tips that may be sent on a day: no one whose owner should have read it again since."""

    def __init__(self, by_segment: Mapping[str, Sequence[str]]) -> None:
        self._by_segment = by_segment

    @classmethod
    def of(cls, tx: Tx, *, today: date) -> "Library":
        """Return what may be sent today."""
        del tx
        names = text.tip_names(on=today)
        return cls(
            {
                segment: [tip.name for tip in text.tips(segment) if tip.name in names]
                for segment in sorted(NUDGED)
            }
        )

    @property
    def names(self) -> frozenset[str]:
        """Every tip that may be sent."""
        return frozenset(name for names in self._by_segment.values() for name in names)

    def fitting(self, segment: str) -> Sequence[str]:
        """Return the tips for people of a segment; empty where there is none."""
        return self._by_segment.get(segment, ())
