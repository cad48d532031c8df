"""What may be said of those who opted out of a campaign: a share, and no count from 1 to 19.

A share of a number of people that is said is a count of them. So a share is said of twenty or
more, and of fewer only how large it could be: as large as that of twenty.
"""

from dataclasses import dataclass
from math import ceil

from unranked.domain.counts import FEW, STEP

_PERCENT = 100
_HALF = 50


@dataclass(frozen=True, slots=True)
class OptOuts:
    """people: who got a message, rounded down to ten. share: in 100 of them.

    fewer: fewer than `share` opted out, and no more is said; else it is about so many.
    """

    people: int
    share: int
    fewer: bool

    def __str__(self) -> str:
        """Return it as it is stored."""
        return f"{'fewer' if self.fewer else 'about'} {self.share} {self.people}"

    @classmethod
    def of(cls, stored: str) -> "OptOuts":
        """Return what was stored. Raises ValueError for anything else."""
        how, share, people = stored.split()
        if how not in {"fewer", "about"}:
            raise ValueError("That is no share of those who opted out.")
        return cls(int(people), int(share), how == "fewer")


def opt_outs(opted_out: int, sent: int) -> OptOuts | None:
    """Return what may be said; None where that would be next to nothing.

    sent: people who got a message. opted_out: those of them who opted out after it.
    Raises ValueError for more of them than people.
    """
    if not 0 <= opted_out <= sent:
        raise ValueError("Those who opted out are not among the people who got a message.")
    said = sent // STEP * STEP
    if opted_out >= FEW:
        share = round(_PERCENT * opted_out / sent)
        if not share:
            return OptOuts(said, 1, fewer=True)
        return OptOuts(said, share, fewer=False) if share <= _HALF else None
    if said < FEW:
        return None
    most = ceil(_PERCENT * FEW / said)
    return OptOuts(said, most, fewer=True) if most <= _HALF else None
