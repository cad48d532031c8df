"""A campaign as the enablement team writes it: for whom, which tips, when, and how it is judged.

What is fixed at the launch stands in `looks.Plan`; until then everything here may change.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from unranked.domain.calendar import DAYS_A_WEEK, OFFICE_HOURS, OpenHours
from unranked.domain.constants import (
    CAMPAIGN_LONGEST,
    HOLDOUT_LEAST,
    HOLDOUT_MOST,
    NAME_LONGEST,
    NUDGE_GAP,
    NUDGES_PER_QUARTER,
    PURPOSE_LONGEST,
    QUARTER,
    SETTLING_DAYS,
    STEPS_MOST,
    TIPS_MOST,
)
from unranked.domain.maturity import Outcome
from unranked.domain.segments import NUDGED, Segment


class State(StrEnum):
    """Where a campaign is in its life. What has ended never begins again."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"

    def may_become(self, other: "State") -> bool:
        """Return whether the team may take the campaign from here to there."""
        return other in _NEXT[self]


_NEXT = {
    State.DRAFT: {State.RUNNING, State.ENDED},
    State.RUNNING: {State.PAUSED, State.ENDED},
    State.PAUSED: {State.RUNNING, State.ENDED},
    State.ENDED: set[State](),
}


class Phase(StrEnum):
    """What a cohort is at. In EXPLORE nothing about cost is said to it."""

    EXPLORE = "explore"
    PRACTISE = "practise"
    OPTIMISE = "optimise"


@dataclass(frozen=True, slots=True)
class Step:
    """One message of a campaign.

    tips: the names of at most three, one of which is drawn for each person; none: one of the
    library that fits the person. after_days: since the step before; 0 for the first.
    """

    tips: tuple[str, ...] = ()
    after_days: int = 0


@dataclass(frozen=True, slots=True)
class Design:
    """Everything that is written in the editor.

    units: organisation units; none of them means all. end_on: the day of the last look.
    look_weeks: results are read every so many weeks, and at the end; 0: at the end alone.
    holdout: the share that gets nothing for now; None: as F12 says for the number of people.
    """

    name: str = field(repr=False)
    start_on: date
    end_on: date
    purpose: str = field(default="", repr=False)
    segments: frozenset[Segment] = NUDGED
    units: tuple[str, ...] = field(default=(), repr=False)
    steps: tuple[Step, ...] = (Step(),)
    hours: OpenHours = OFFICE_HOURS
    phase: Phase = Phase.EXPLORE
    outcome: Outcome = Outcome.A14
    look_weeks: int = 1
    holdout: float | None = None

    @property
    def draw_until(self) -> date:
        """The last day on which anybody joins: they still mature before the last look."""
        return last_draw(self.end_on, self.outcome)

    @property
    def look_days(self) -> tuple[date, ...]:
        """The days of the looks: every so many weeks, and the end as the last one.

        The first comes after the day on which those who are drawn first have matured.
        """
        if not self.look_weeks:
            return (self.end_on,)
        matured = self.outcome.days[-1]
        every = range(0, (self.end_on - self.start_on).days, self.look_weeks * DAYS_A_WEEK)
        days = (self.start_on + timedelta(days=n) for n in every if n > matured)
        return (*days, self.end_on)


class Part(StrEnum):
    """A part of the design, by the name of its field in the editor."""

    NAME = "name"
    PURPOSE = "purpose"
    SEGMENTS = "segments"
    STEPS = "steps"
    START = "start_on"
    END = "end_on"
    HOURS = "hours"
    LOOKS = "look_weeks"
    HOLDOUT = "holdout"


class Problem(StrEnum):
    """What is wrong with a part of a design; its words stand in `text`."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOBODY = "nobody"
    NOT_FOR_THEM = "not_for_them"
    TOO_MANY_STEPS = "too_many_steps"
    TOO_MANY_TIPS = "too_many_tips"
    UNKNOWN_TIP = "unknown_tip"
    TOO_CLOSE = "too_close"
    ABOVE_CAPS = "above_caps"
    PAST = "past"
    TOO_SHORT = "too_short"
    OUTSIDE_OFFICE_HOURS = "outside_office_hours"
    OUT_OF_RANGE = "out_of_range"


LOOK_WEEKS = (0, 1, 2, 4)
"""How many weeks may lie between two looks; 0: there is one look, at the end."""


def last_draw(end_on: date, outcome: Outcome) -> date:
    """Return the last day of a draw that matures before the look on `end_on`."""
    return end_on - timedelta(days=outcome.days[-1] + SETTLING_DAYS)


def problems(design: Design, *, today: date, tips: Collection[str]) -> Mapping[Part, Problem]:
    """Return what keeps a design from being launched, by part; empty when nothing does.

    tips: the names of those that may be sent now. How many people it is for is asked elsewhere.
    """
    found = {
        Part.NAME: _of_text(design.name, NAME_LONGEST, needed=True),
        Part.PURPOSE: _of_text(design.purpose, PURPOSE_LONGEST, needed=False),
        Part.SEGMENTS: _of_segments(design.segments),
        Part.STEPS: _of_steps(design.steps, tips),
        Part.START: Problem.PAST if design.start_on < today else None,
        Part.END: _of_end(design),
        Part.HOURS: _of_hours(design.hours),
        Part.LOOKS: None if design.look_weeks in LOOK_WEEKS else Problem.OUT_OF_RANGE,
        Part.HOLDOUT: _of_holdout(design.holdout),
    }
    return {part: problem for part, problem in found.items() if problem is not None}


def step_days(steps: Collection[Step]) -> tuple[int, ...]:
    """Return on which day after the draw each step is due at the earliest."""
    days, since = [], 0
    for step in steps:
        since += step.after_days
        days.append(since)
    return tuple(days)


def _of_text(words: str, longest: int, *, needed: bool) -> Problem | None:
    if needed and not words.strip():
        return Problem.EMPTY
    return Problem.TOO_LONG if len(words) > longest else None


def _of_segments(segments: Collection[Segment]) -> Problem | None:
    if not segments:
        return Problem.NOBODY
    return None if NUDGED.issuperset(segments) else Problem.NOT_FOR_THEM


def _of_steps(steps: tuple[Step, ...], tips: Collection[str]) -> Problem | None:
    if not steps:
        return Problem.EMPTY
    if len(steps) > STEPS_MOST:
        return Problem.TOO_MANY_STEPS
    if any(len(step.tips) > TIPS_MOST or len(set(step.tips)) < len(step.tips) for step in steps):
        return Problem.TOO_MANY_TIPS
    if any(tip not in tips for step in steps for tip in step.tips):
        return Problem.UNKNOWN_TIP
    if steps[0].after_days or any(step.after_days < NUDGE_GAP.days for step in steps[1:]):
        return Problem.TOO_CLOSE
    return _above_caps(step_days(steps))


def _above_caps(days: tuple[int, ...]) -> Problem | None:
    """Return the problem of steps that nobody could get: the caps of method.md 3.7."""
    fourth = zip(days, days[NUDGES_PER_QUARTER:], strict=False)
    return Problem.ABOVE_CAPS if any(b - a < QUARTER.days for a, b in fourth) else None


def _of_end(design: Design) -> Problem | None:
    if design.end_on - design.start_on > CAMPAIGN_LONGEST:
        return Problem.TOO_LONG
    return Problem.TOO_SHORT if design.draw_until < design.start_on else None


def _of_hours(hours: OpenHours) -> Problem | None:
    inside = OFFICE_HOURS.start <= hours.start and hours.end <= OFFICE_HOURS.end
    return None if inside and hours.weekdays else Problem.OUTSIDE_OFFICE_HOURS


def _of_holdout(holdout: float | None) -> Problem | None:
    inside = holdout is None or HOLDOUT_LEAST <= holdout <= HOLDOUT_MOST
    return None if inside else Problem.OUT_OF_RANGE
