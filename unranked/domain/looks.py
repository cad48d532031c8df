"""When a campaign's results are read, and how wide their interval is then: F15 of method.md 3.4.

At scheduled looks only. Between them there is nothing new: who asks is told the last look again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from unranked.domain import stats
from unranked.domain.constants import (
    ACTIVATION_DAYS,
    LOOK_GAIN,
    LOOK_OUTCOMES,
    LOOK_PEOPLE,
    PERSISTENCE_DAYS,
)
from unranked.domain.experiments import Counts, Interval, Spread, estimate


@dataclass(frozen=True, slots=True)
class Plan:
    """What is fixed before the first nudge goes out, and never changed.

    people: N_max, how many are expected to mature. holdout: the share held out (F12). look_days:
    when results are looked at, the first one first. by_team: whether whole teams are drawn.
    """

    people: int = field(repr=False)
    holdout: float
    look_days: tuple[date, ...]
    by_team: bool = False

    def __post_init__(self) -> None:
        if self.people < 1 or not self.look_days:
            raise ValueError("A campaign needs people, and a day on which its results are read.")
        if not 0 < self.holdout < 1:
            raise ValueError("Without two arms there is nothing to compare.")
        if list(self.look_days) != sorted(set(self.look_days)):
            raise ValueError("The days of the looks do not follow each other.")

    @property
    def looks(self) -> int:
        """How many looks there are at the most."""
        return len(self.look_days)

    @property
    def persistence_day(self) -> date:
        """The day on which P42 is read: those who count at the last look have matured for it."""
        return self.look_days[-1] + timedelta(days=PERSISTENCE_DAYS[-1] - ACTIVATION_DAYS)

    def due(self, today: date) -> int:
        """Return the number of the newest look that is due, from 1; 0 before the first.

        A look whose day went by unread is not made up for once the next one is due.
        """
        return sum(day <= today for day in self.look_days)


@dataclass(frozen=True, slots=True)
class Look:
    """A look that was taken: stored whole, and told again to whoever asks before the next one.

    number: of the plan's looks, from 1. fraction, boundary: t and b of F15. last: nothing is looked
    at after it.
    """

    number: int
    counts: Counts
    fraction: float
    boundary: float
    interval: Interval
    last: bool = False
    spread: Spread | None = None


def take_look(
    plan: Plan,
    taken: Sequence[Look],
    number: int,
    counts: Counts,
    spread: Spread | None = None,
) -> Look | None:
    """Return the look of that number, None where it is skipped: then it spends nothing.

    Skipped by the data-light rule, see `may_look`, and when too few would be left to be new at the
    last look. That one spends what is left in any case: where too few are new it reads the counts
    of the look before once more, and tells of nobody anew.

    taken: the looks so far, the first one first. spread: when, and only when, teams are drawn.
    Raises ValueError for a look that went by already, or is not in the plan.
    """
    before, last = taken[-1] if taken else None, number == plan.looks
    if not (before.number if before else 0) < number <= plan.looks:
        raise ValueError("That look is not one of those that are left.")
    if plan.by_team != (spread is not None):
        raise ValueError("The spread of teams is needed when teams are drawn, and only then.")
    if not may_look(counts, before.counts if before else None):
        if before is None or not last:
            return None
        counts, spread = before.counts, before.spread
    over = before is not None and before.last
    found = (
        None if over or (not last and _spoils_the_last(plan, counts)) else estimate(counts, spread)
    )
    if found is None:
        return None
    fraction = 1.0 if last else information(plan, counts, before)
    boundary = stats.boundaries([*(look.fraction for look in taken), fraction])[-1]
    interval = found.interval(boundary)
    return Look(number, counts, fraction, boundary, interval, fraction >= 1, spread)


def may_look(counts: Counts, before: Counts | None = None) -> bool:
    """Return whether a look may be taken: the data-light rule of method.md 3.4.

    It is the gate, too: two looks must not tell of a handful of people by their difference.

    before: the counts of the last look that was taken.
    """
    pairs = (
        (counts.nudge_n, before.nudge_n if before else -LOOK_GAIN),
        (counts.holdout_n, before.holdout_n if before else -LOOK_GAIN),
    )
    enough = all(now >= max(LOOK_PEOPLE, then + LOOK_GAIN) for now, then in pairs)
    return enough and min(counts.did, counts.people - counts.did) >= LOOK_OUTCOMES


def information(plan: Plan, counts: Counts, before: Look | None = None) -> float:
    """Return t of F15; never less than at the look before, whatever was restated since."""
    reached = min(1.0, counts.people / plan.people)
    return max(reached, before.fraction) if before else reached


def _spoils_the_last(plan: Plan, counts: Counts) -> bool:
    """Return whether so few are still to mature that the last look could not be taken.

    Looks at nobody's outcome, so it costs nothing but the look.
    """
    left = plan.people - counts.people
    return 0 < left * min(plan.holdout, 1 - plan.holdout) < LOOK_GAIN
