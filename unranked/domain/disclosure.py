"""What may be said of a total and its parts, so that no count from 1 to 19 can be worked out.

Every number is said as `counts.rounded` says it. That alone is not enough: twelve parts of which
each is fewer than 20 are known to be 19 each where their sum is said to be 220 or more. So small
parts are said as one, and as few parts as it takes.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from unranked.domain.counts import FEW, STEP
from unranked.domain.segments import NUDGED, Segment

APART_LEAST = 5
"""A number that is not said is left with so many possible values."""


class Between(NamedTuple):
    """What a reader knows of a number: it is one of these, both ends included."""

    low: int
    high: int


class Cells(NamedTuple):
    """The people of a unit who have not started, by their segment, and all people of the unit."""

    people: Mapping[Segment, int]
    of: int


def of_cells(units: Iterable[Cells], segments: Collection[Segment]) -> int:
    """Return how many people are said to be in some units and segments, which anybody may choose.

    A sum of numbers that are the same in every choice: of sums that are rounded as a whole, over
    all choices of seven units, the exact number in each could be solved for.
    """
    return sum(people for one in units for name, people in counted(one).items() if name in segments)


def counted(unit: Cells) -> Mapping[Segment, int]:
    """Return how many people of a unit are said to be in each segment of those not started.

    Each is rounded down to ten, and over all of them ten of the unit are never counted, whichever
    are chosen: that a whole unit has not started would tell of everybody in it.
    """
    said = {
        one: unit.people.get(one, 0) // STEP * STEP
        for one in Segment  # of segments that are alike the first one gives up its people
        if one in NUDGED
    }
    while sum(said.values()) > max(0, unit.of - STEP):
        said[max(said, key=lambda one: said[one])] -= STEP
    return said


def known(count: int) -> Between:
    """Return what is known of a number once it was said as fewer than 20, or rounded to ten."""
    if count < FEW:
        return Between(0, FEW - 1)
    low = count // STEP * STEP
    return Between(low, low + STEP - 1)


def worked_out(total: Between, parts: Sequence[Between]) -> list[Between]:
    """Return what a reader can know of each part by reckoning with the total and the others."""
    low, high = (sum(part[end] for part in parts) for end in (0, 1))
    return [
        Between(
            max(part.low, total.low - (high - part.high)),
            min(part.high, total.high - (low - part.low)),
        )
        for part in parts
    ]


def sayable(parts: Mapping[str, int], *, other: str, beside: Sequence[int]) -> Mapping[str, int]:
    """Return the parts that may be said of their sum, which is said; empty where none may.

    Parts of fewer than 20 are said together as `other`. Where that is fewer than 20 again, or
    anything could be worked out, the smallest of the rest joins them. Nothing is said of parts of
    a sum of fewer than 20.

    beside: the numbers that make, with this sum, a total that is said; they are said, too.
    """
    said = {name: count for name, count in parts.items() if count >= FEW and name != other}
    rest = sum(parts.values()) - sum(said.values())
    while said:
        joined = said | ({other: rest} if rest else {})
        if not 0 < rest < FEW and is_vague(tuple(joined.values()), beside):
            return joined if len(joined) > 1 else {}
        smallest = min(said, key=lambda name: said[name])
        rest += said.pop(smallest)
    return {}


def is_vague(parts: Sequence[int], beside: Sequence[int]) -> bool:
    """Return whether every number that may be under 20 is left with enough possible values."""
    inner, of_parts = sum(parts), [known(count) for count in parts]
    said = known(inner)
    low, high = (sum(one[end] for one in of_parts) for end in (0, 1))
    within = Between(max(said.low, low), min(said.high, high))
    outer = worked_out(known(inner + sum(beside)), [within, *(known(count) for count in beside)])
    found = [*outer, *worked_out(outer[0], of_parts)]
    return all(one.high - one.low + 1 >= APART_LEAST for one in found if one.low < FEW)
