"""What each person chose: a value folded from all their choices.

Some choices need more than their name, and have it as a text: `hours` as 10:00-12:00, `weekdays`
as 0134 (Monday is 0; empty for whatever the company's list says), a correction of past leave as its
first and last day, 2026-01-05/2026-01-09, `digest_at` as 2-14, `unit` as the name of its kind.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from unranked.domain.calendar import OFFICE_HOURS, Absence, OpenHours
from unranked.domain.constants import (
    FEWER_GAP,
    FEWER_PER_QUARTER,
    NUDGE_GAP,
    NUDGES_PER_QUARTER,
)
from unranked.domain.org_chart import UnitKind
from unranked.domain.usage import ONE_DAY
from unranked.domain.weekly_time import WeeklyTime, weekly_time

CORRECTABLE = timedelta(days=120)
"""Leave is taken in afterwards for so many days: daily figures are not kept longer."""

AWAY_MOST = timedelta(days=366)
"""Nobody is away for longer by one choice."""


class Choice(StrEnum):
    """What a person can choose. Of two at the same moment the later in this list wins.

    `stop` is a preference about nudges; `object` is an objection: no segment either (4.11).
    `resume` takes back `stop`, `fewer`, `something_else` and `not_for_me`; `usual` only `fewer`.
    `no_digest` ends a manager's weekly messages and nothing else, `digest_pause` for some time;
    `digest_again` takes both back. `digest_at`: on which day and from which hour they come. `unit`:
    which of a manager's groups they are about. `no_check_in` ends the weekly question, `no_hints`
    hints about cost. `monthly`: a word each month that the summary is ready.
    """

    OBJECT_NO_MORE = "object_no_more"
    RESUME = "resume"
    BACK = "back"
    AWAY = "away"
    WAS_THERE = "was_there"
    WAS_AWAY = "was_away"
    WEEKDAYS = "weekdays"
    HOURS = "hours"
    DIGEST_AT = "digest_at"
    UNIT = "unit"
    CHECK_IN_AGAIN = "check_in_again"
    NO_CHECK_IN = "no_check_in"
    HINTS_AGAIN = "hints_again"
    NO_HINTS = "no_hints"
    MONTHLY = "monthly"
    NO_MONTHLY = "no_monthly"
    DIGEST_AGAIN = "digest_again"
    DIGEST_PAUSE = "digest_pause"
    NO_DIGEST = "no_digest"
    USUAL = "usual"
    FEWER = "fewer"
    SOMETHING_ELSE = "something_else"
    NOT_FOR_ME = "not_for_me"
    STOP = "stop"
    OBJECT = "object"


_ORDER = {choice: place for place, choice in enumerate(Choice)}
_ENDS = frozenset({Choice.AWAY, Choice.DIGEST_PAUSE})
"""What ends by itself, on a day that is known from the beginning."""


def hours_value(start: str, end: str) -> str:
    """Return the text of hours such as `10:00` and `12:00`.

    Raises ValueError where the second is not later, or where one lies outside OFFICE_HOURS.
    """
    value = f"{start}-{end}"
    _hours(value)
    return value


def weekdays_value(days: Iterable[str]) -> str:
    """Return the text of weekdays such as `0`, `3`. Raises ValueError for none or a wrong one."""
    value = "".join(sorted(set(days)))
    if not value:
        raise ValueError("Own working days are at least one.")
    _weekdays(value)
    return value


AS_LISTED = ""
"""The text of weekdays that are those of the company's list again."""


def period_value(first: date, last: date) -> str:
    """Return the text of days of leave, both included. Raises ValueError for a wrong order."""
    value = f"{first.isoformat()}/{last.isoformat()}"
    _period(value)
    return value


def may_be_away_until(day: date, today: date) -> bool:
    """Return whether leave from `today` on may have `day` as its first day back."""
    return today < day <= today + AWAY_MOST


def is_correctable(day: date, today: date) -> bool:
    """Return whether `day` may still be said to have been leave."""
    return today - CORRECTABLE <= day <= today


@lru_cache(maxsize=4096)
def _hours(value: str) -> OpenHours:
    if not re.fullmatch(r"\d\d:\d\d-\d\d:\d\d", value, re.ASCII):
        raise ValueError("Own hours are two times of a day.")
    start, _, end = value.partition("-")
    hours = OpenHours(time.fromisoformat(start), time.fromisoformat(end))
    if hours.within(OFFICE_HOURS) != hours:
        raise ValueError("Own hours lie outside the hours in which anything is sent.")
    return hours


@lru_cache(maxsize=256)
def _weekdays(value: str) -> frozenset[int] | None:
    if not re.fullmatch("[0-6]*", value):
        raise ValueError("Own working days are some of 0 (Monday) to 6 (Sunday).")
    return frozenset(int(day) for day in value) or None


def _period(value: str) -> Absence:
    first, _, last = value.partition("/")
    return Absence(date.fromisoformat(first), date.fromisoformat(last) + ONE_DAY)


_READ: Mapping[Choice, Callable[[str], Any]] = {
    Choice.HOURS: _hours,
    Choice.WEEKDAYS: _weekdays,
    Choice.WAS_AWAY: _period,
    Choice.WAS_THERE: _period,
    Choice.DIGEST_AT: weekly_time,
    Choice.UNIT: UnitKind,
}


@dataclass(frozen=True, slots=True)
class ChoiceMade:
    """A choice at an aware UTC time.

    until: for `away` the first day back, for `digest_pause` the first day after it; else None.
    value: the text of a choice that needs one.
    """

    choice: Choice
    at: datetime
    until: date | None = None
    value: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("A choice was made at a time without a zone.")
        if (self.choice in _ENDS) != (self.until is not None):
            raise ValueError("Away and a pause, and nothing else, have a day on which they end.")
        if self.choice in _READ:
            _READ[self.choice](self.value)
        elif self.value:
            raise ValueError("This choice is its name alone.")

    @property
    def day(self) -> date:
        """The UTC day of the choice."""
        return self.at.astimezone(UTC).date()


@dataclass(frozen=True, slots=True)
class Consent:
    """What holds for a person now. Stopping is global and has no end but `resume`.

    fewer: twice the time between nudges, and one a quarter.
    uses_something_else, not_for_me: no nudges about starting with AI; other campaigns may.
    absences: leave that the person set; it counts for the available working days too.
    was_away: the same for days that had passed when they said it, in order.
    hours, weekdays: in which nudges may come; weekdays None where the person did not say.
    no_digest: no weekly messages for managers. digest_pause: nor on these days.
    digest_at: when these come, None for the usual time. unit: which group they are to be about,
    None where the manager did not say. no_check_in: no weekly question. no_hints: no hints about
    cost. monthly: a message each month that the summary is ready.
    """

    stopped: bool = False
    objected: bool = False
    fewer: bool = False
    uses_something_else: bool = False
    not_for_me: bool = False
    absences: tuple[Absence, ...] = ()
    was_away: tuple[Absence, ...] = ()
    hours: OpenHours = OFFICE_HOURS
    weekdays: frozenset[int] | None = None
    no_digest: bool = False
    digest_pause: Absence | None = None
    digest_at: WeeklyTime | None = None
    unit: UnitKind | None = None
    no_check_in: bool = False
    no_hints: bool = False
    monthly: bool = False

    @property
    def declines_check_ins(self) -> bool:
        """Whether the weekly question is over for this person."""
        return self.stopped or self.objected or self.no_check_in

    @property
    def wants_monthly(self) -> bool:
        """Whether this person is told each month that their summary is ready."""
        return self.monthly and not self.stopped and not self.objected

    @property
    def declines_digests(self) -> bool:
        """Whether a manager's weekly messages are over for this person."""
        return self.stopped or self.objected or self.no_digest

    def declines_digests_on(self, day: date) -> bool:
        """Return whether no weekly message for managers may come on a day."""
        paused = self.digest_pause
        return self.declines_digests or (paused is not None and paused.covers(day))

    @property
    def leave(self) -> tuple[Absence, ...]:
        """All leave that the person set, for days to come and for days that had passed."""
        return (*self.absences, *self.was_away)

    @property
    def open_hours(self) -> OpenHours:
        """When a nudge may come, as far as the person says."""
        return self.hours if self.weekdays is None else replace(self.hours, weekdays=self.weekdays)

    @property
    def declines_starting(self) -> bool:
        """Whether nudges about starting with AI are over for this person."""
        return self.uses_something_else or self.not_for_me

    @property
    def nudge_gap(self) -> timedelta:
        """The least time between two nudges."""
        return FEWER_GAP if self.fewer else NUDGE_GAP

    @property
    def nudges_per_quarter(self) -> int:
        """The most nudges in a quarter."""
        return FEWER_PER_QUARTER if self.fewer else NUDGES_PER_QUARTER

    def after(self, made: ChoiceMade) -> "Consent":
        """Return what holds once `made` is added to what came before it."""
        match made.choice:
            case Choice.AWAY | Choice.BACK:
                return replace(self, absences=_absences_after(self.absences, made))
            case Choice.WAS_AWAY | Choice.WAS_THERE:
                return replace(self, was_away=_was_away_after(self.was_away, made))
            case Choice.DIGEST_PAUSE:
                return replace(self, digest_pause=_pause(made))
            case choice if choice in _VALUES:
                return replace(self, **{_VALUES[choice]: _READ[choice](made.value)})
            case _:
                return replace(self, **_SWITCHES[made.choice])


_VALUES: Mapping[Choice, str] = {
    Choice.HOURS: "hours",
    Choice.WEEKDAYS: "weekdays",
    Choice.DIGEST_AT: "digest_at",
    Choice.UNIT: "unit",
}
"""What the text of a choice is the value of, where that is all it does."""

_SWITCHES: Mapping[Choice, Mapping[str, Any]] = {
    Choice.STOP: {"stopped": True},
    Choice.OBJECT: {"objected": True},
    Choice.OBJECT_NO_MORE: {"objected": False},
    Choice.FEWER: {"fewer": True},
    Choice.USUAL: {"fewer": False},
    Choice.SOMETHING_ELSE: {"uses_something_else": True},
    Choice.NOT_FOR_ME: {"not_for_me": True},
    Choice.NO_DIGEST: {"no_digest": True},
    Choice.DIGEST_AGAIN: {"no_digest": False, "digest_pause": None},
    Choice.NO_CHECK_IN: {"no_check_in": True},
    Choice.CHECK_IN_AGAIN: {"no_check_in": False},
    Choice.NO_HINTS: {"no_hints": True},
    Choice.HINTS_AGAIN: {"no_hints": False},
    Choice.MONTHLY: {"monthly": True},
    Choice.NO_MONTHLY: {"monthly": False},
    Choice.RESUME: dict.fromkeys(("stopped", "fewer", "uses_something_else", "not_for_me"), False),
}
"""What a choice makes true or false, where that is all it does."""


def consent_of(choices: Iterable[ChoiceMade]) -> Consent:
    """Return what holds after all of a person's choices, given in any order, some perhaps twice."""
    consent = Consent()
    for made in sorted(set(choices), key=_in_order):
        consent = consent.after(made)
    return consent


def _in_order(made: ChoiceMade) -> tuple[datetime, int, date, str]:
    return made.at, _ORDER[made.choice], made.until or date.min, made.value


def _absences_after(absences: tuple[Absence, ...], made: ChoiceMade) -> tuple[Absence, ...]:
    """Return the leave once the person said *back*, or *away* (which replaces what was left)."""
    today = made.day
    kept = [
        replace(absence, end=min(absence.end or today, today))
        for absence in absences
        if absence.start < today
    ]
    if made.until is not None and made.until > today:
        kept.append(Absence(today, made.until))
    return tuple(kept)


def _pause(made: ChoiceMade) -> Absence | None:
    """Return the days of a pause; None for one that was over when it began."""
    is_over = made.until is None or made.until <= made.day
    return None if is_over else Absence(made.day, made.until)


def _was_away_after(periods: tuple[Absence, ...], made: ChoiceMade) -> tuple[Absence, ...]:
    """Return past leave with the days that the person names, or without them."""
    named = _period(made.value)
    kept = [period for period in periods if period != named]
    if made.choice is Choice.WAS_AWAY:
        kept.append(named)
    return tuple(sorted(kept, key=lambda period: (period.start, period.end or date.max)))
