"""What the gate lets out: bands, never values. One person moves a band by one step at most.

Source: method.md 4.2 and 4.6. The outer bands have no end, so that all of a group and nearly all
of it look the same.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

MANY = 25
"""From this size on shares have five bands, and spend is shown."""

CLIP_FACTOR = 3
CLIP_PEOPLE = 100
"""So many people must have made the mean that clipping starts from."""

SPEND_EDGES = (5, 10, 20, 40, 80)
"""USD for each person with a seat, for 28 days."""

DOMINANCE_PERCENT = 10

CLIP_MOST = Decimal(50)
"""USD. At 125 one of 25 people moves the mean by the narrowest band (4.6). Under 59, two of them
and a tenth of one more stay in the lowest band: so the p% rule never decides, and neither a refusal
nor what opens it hangs on what somebody spent."""


QUARTER_DAYS = range(90, 93)
"""The lengths of a quarter, which count as one."""

BETWEEN = timedelta(days=28)
"""With so many days between two windows, another one was there."""


class Statistic(StrEnum):
    """What is said of a group."""

    SIZE = "size"
    SHARE = "share"
    SPEND = "spend"


class Mechanism(StrEnum):
    """How a band was made from its count."""

    BANDS = "bands"
    LAPLACE = "laplace"


EPSILON_A_YEAR = 2.0
"""The most that a year's figures may tell of one person, whatever is known of all others (4.7)."""

EPSILON = EPSILON_A_YEAR / 4
"""Of that, what one of the year's four windows may cost."""


class Size(StrEnum):
    """People with a seat on the day the group was frozen."""

    FROM_10 = "size_10_24"
    FROM_25 = "size_25_49"
    FROM_50 = "size_50_99"
    FROM_100 = "size_100"


THREE = ("share3_low", "share3_middle", "share3_high")
FIVE = ("share5_1", "share5_2", "share5_3", "share5_4", "share5_5")
SPEND = ("spend_1", "spend_2", "spend_3", "spend_4", "spend_5", "spend_6")
_SCALES = (THREE, FIVE, SPEND)


class Trend(StrEnum):
    """One band against the window before, made from bands that are out already."""

    UP = "trend_up"
    SAME = "trend_same"
    DOWN = "trend_down"


@dataclass(frozen=True, slots=True)
class SpendFacts:
    """What the gate needs of a group's clipped spend in USD; it never leaves.

    total: of all. largest: of one. beyond_two: of all but the two largest.
    """

    total: Decimal = field(repr=False)
    largest: Decimal = field(repr=False)
    beyond_two: Decimal = field(repr=False)


def size_band(people: int) -> Size:
    """Return the band of a group of at least ten."""
    edges = (25, 50, 100)
    return tuple(Size)[bisect_right(edges, people)]


def share_band(active: int, people: int) -> str:
    """Return the band of the share that was active at least once: three bands, five from 25 on.

    active: with noise it may lie outside of 0 and `people`, and counts as the nearer of them.
    """
    active = min(max(active, 0), people)
    if people >= MANY:
        return FIVE[min(len(FIVE) - 1, len(FIVE) * active // people)]
    if 3 * active < people:
        return THREE[0]
    return THREE[1] if 3 * active <= 2 * people else THREE[2]


def spend_band(facts: SpendFacts, people: int, windows: int) -> str | None:
    """Return the band of the mean for 28 days, None where one person dominates (4.6) or few are.

    people: all with a seat, so that one person moves the mean by no more than the clip divided by
        them. windows: how many times 28 days the spend is of.
    """
    if people < MANY:
        return None
    # An edge is the end of the lower band: where the clip is an edge, a mean beyond it would say of
    # everybody that they reached the clip.
    band = SPEND[bisect_left(SPEND_EDGES, facts.total / people / windows)]
    # In the lowest band it tells nothing of anybody whether there is one who spends.
    return None if band != SPEND[0] and _dominated(facts) else band


def clip(total: Decimal, people: int) -> Decimal | None:
    """Return the most that one person's spend for 28 days counts, in USD; None for too few people.

    Three times last quarter's mean of the whole organisation, to one significant digit, and so
    small that at 25 people one of them moves the mean by no more than the narrowest band.
    """
    if people < CLIP_PEOPLE or total <= 0:
        return None
    value = CLIP_FACTOR * total / people
    step = Decimal(1).scaleb(value.adjusted())
    return min(CLIP_MOST, (value / step).to_integral_value(ROUND_HALF_UP) * step)


def is_period_before(before: tuple[date, date], now: tuple[date, date]) -> bool:
    """Return whether bands of two windows may be compared: one follows the other, both as long.

    The windows are days [start, end). At least one day of use is far easier in 12 weeks than in 4.
    """
    lengths = {(end - start).days for start, end in (before, now)}
    alike = len(lengths) == 1 or all(days in QUARTER_DAYS for days in lengths)
    return alike and timedelta(0) <= now[0] - before[1] < BETWEEN


def trend(before: str, now: str) -> Trend | None:
    """Return how a band changed, None where the two are not of one scale."""
    for scale in _SCALES:
        if before in scale and now in scale:
            change = scale.index(now) - scale.index(before)
            return Trend.UP if change > 0 else Trend.DOWN if change < 0 else Trend.SAME
    return None


def _dominated(facts: SpendFacts) -> bool:
    """The p% rule: the others' spend says too closely what the largest one's is."""
    return 100 * facts.beyond_two < DOMINANCE_PERCENT * facts.largest
