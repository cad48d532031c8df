"""Which people can be cut out of all that was told: by an own reckoning, not by the gate's.

People who stand in the same figures cannot be told apart by adding and subtracting them. Figures
can be set against each other where their windows share a day.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations, product

import numpy as np
from said_in_a_year import Told

from unranked.domain import released

LEAST = 10
"""People. Written down here anew: the attack must not believe the gate."""

LEAST_PART = 0.8
MANY = 50
WEIGHTS = np.array([one for one in product(range(-2, 3), repeat=4) if any(one)], dtype=np.int16)

People = frozenset[str]


def together(told: Iterable[Told]) -> list[list[Told]]:
    """Return the figures in groups: those whose windows share a day, straight or over others."""
    found: list[list[Told]] = []
    until = None
    for one in sorted(told, key=lambda each: each.window.start):
        if until is None or one.window.start >= until:
            found.append([])
            until = one.window.end
        found[-1].append(one)
        until = max(until, one.window.end)
    return found


def classes(groups: Collection[People]) -> Counter[frozenset[int]]:
    """Return how many people stand in the same groups, by the numbers of these groups."""
    within: dict[str, set[int]] = {}
    for number, group in enumerate(groups):
        for person in group:
            within.setdefault(person, set()).add(number)
    return Counter(frozenset(numbers) for numbers in within.values())


def smallest_class(groups: Collection[People]) -> int | None:
    """Return the fewest people that can be cut out of groups; None where there are no groups."""
    return min(classes(groups).values(), default=None)


def smallest_sum(groups: Sequence[People]) -> int | None:
    """Return the fewest people whose figures are left in any sum of up to four groups.

    Each group is taken -2 to 2 times: all ways are tried. None where nothing is ever left.
    """
    everybody = sorted(frozenset().union(*groups))
    held = np.array([[one in group for one in everybody] for group in groups], dtype=np.int16)
    weights = WEIGHTS[:, : len(groups)]
    left = np.count_nonzero(weights @ held, axis=1)
    return int(left[left > 0].min()) if left.any() else None


def faults(told: Sequence[Told], *, strict: bool) -> Iterator[str]:
    """Yield in words whatever is wrong with the groups that were told of in a year."""
    for held in together(told):
        groups = sorted({one.people for one in held}, key=sorted)
        least = smallest_class(groups)
        if least is not None and least < LEAST:
            yield "a class of fewer than ten people"
        yield from _of_sums(held)
        if len({one.quarter for one in held}) > 1:
            yield "windows of two freezings share a day"
    yield from _of_repetition(told, strict=strict)
    if any(len(one.people) < LEAST_PART * len(one.named) for one in told):
        yield "a group is told of by less than four fifths of it"
    if any(not one.people <= one.named for one in told):
        yield "a figure holds people who are not in the group that it names"


def colluding(held: Iterable[Told]) -> tuple[str, str] | None:
    """Return the two managers who learn most together: whose groups share most, not being equal."""
    mine = {one.manager: one.people for one in held}
    pairs = [
        (len(first & second), a, b)
        for (a, first), (b, second) in combinations(sorted(mine.items()), 2)
        if first != second
    ]
    return max(pairs)[1:] if pairs else None


def _of_sums(held: Sequence[Told]) -> Iterator[str]:
    """The two managers' groups, and two more that they may have heard of."""
    pair = colluding(held)
    if pair is None:
        return
    ours = {one.people for one in held if one.manager in pair}
    others = sorted({one.people for one in held} - ours, key=lambda each: (len(each), sorted(each)))
    least = smallest_sum([*ours, *others][:4])
    if least is not None and least < LEAST:
        yield "two managers' sum of fewer than ten people"


def _of_repetition(told: Sequence[Told], *, strict: bool) -> Iterator[str]:
    """How often new figures of a group come in a quarter: once below 50 people, else three times.

    In strict mode once, and four times a year: so often the year's epsilon may be spent.
    """
    looks = Counter((one.quarter, one.manager, one.people) for one in told)
    often = 1 if strict else 3
    if any(n > (often if len(people) >= MANY else 1) for (*_, people), n in looks.items()):
        yield "figures of a group change too often"
    year = Counter(one.manager for one in told)
    if strict and any(n * released.EPSILON > released.EPSILON_A_YEAR for n in year.values()):
        yield "strict mode tells more in a year than it may"
