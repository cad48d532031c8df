"""What each person chose about nudges: a value folded from all their choices."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from unranked.domain.calendar import Absence
from unranked.domain.constants import (
    FEWER_GAP,
    FEWER_PER_QUARTER,
    NUDGE_GAP,
    NUDGES_PER_QUARTER,
)


class Choice(StrEnum):
    """What a person can choose. Of two at the same moment the later in this list wins.

    `stop` is a preference about nudges; `object` is an objection: no segment either (4.11).
    `resume` takes back `stop`, `fewer`, `something_else` and `not_for_me`.
    """

    OBJECT_NO_MORE = "object_no_more"
    RESUME = "resume"
    BACK = "back"
    AWAY = "away"
    FEWER = "fewer"
    SOMETHING_ELSE = "something_else"
    NOT_FOR_ME = "not_for_me"
    STOP = "stop"
    OBJECT = "object"


_ORDER = {choice: place for place, choice in enumerate(Choice)}


@dataclass(frozen=True, slots=True)
class ChoiceMade:
    """A choice at an aware UTC time. until: for `away` only, the first day back."""

    choice: Choice
    at: datetime
    until: date | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("A choice was made at a time without a zone.")
        if (self.choice is Choice.AWAY) != (self.until is not None):
            raise ValueError("Away, and nothing else, has a day on which it ends.")

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
    """

    stopped: bool = False
    objected: bool = False
    fewer: bool = False
    uses_something_else: bool = False
    not_for_me: bool = False
    absences: tuple[Absence, ...] = ()

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
        choice = made.choice
        if choice is Choice.RESUME:
            return Consent(objected=self.objected, absences=self.absences)
        objected = self.objected or choice is Choice.OBJECT
        return Consent(
            stopped=self.stopped or choice is Choice.STOP,
            objected=objected and choice is not Choice.OBJECT_NO_MORE,
            fewer=self.fewer or choice is Choice.FEWER,
            uses_something_else=self.uses_something_else or choice is Choice.SOMETHING_ELSE,
            not_for_me=self.not_for_me or choice is Choice.NOT_FOR_ME,
            absences=_absences_after(self.absences, made),
        )


def consent_of(choices: Iterable[ChoiceMade]) -> Consent:
    """Return what holds after all of a person's choices, given in any order, some perhaps twice."""
    consent = Consent()
    for made in sorted(set(choices), key=_in_order):
        consent = consent.after(made)
    return consent


def _in_order(made: ChoiceMade) -> tuple[datetime, int, date]:
    return made.at, _ORDER[made.choice], made.until or date.min


def _absences_after(absences: tuple[Absence, ...], made: ChoiceMade) -> tuple[Absence, ...]:
    """Return the leave once the person said *back*, or *away* (which replaces what was left)."""
    if made.choice not in {Choice.AWAY, Choice.BACK}:
        return absences
    today = made.day
    kept = [
        replace(absence, end=min(absence.end or today, today))
        for absence in absences
        if absence.start < today
    ]
    if made.until is not None and made.until > today:
        kept.append(Absence(today, made.until))
    return tuple(kept)
