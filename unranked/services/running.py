"""The campaigns that send now, as the planning asks about them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from unranked import text
from unranked.domain.calendar import OFFICE_HOURS, OpenHours
from unranked.domain.campaigns import State, Step, step_days
from unranked.domain.constants import PERSISTENCE_DAYS, PROGRAMME_HOLDOUT
from unranked.domain.nudges import Aim, tip_for
from unranked.domain.segments import Segment
from unranked.domain.stats import assignment_draw
from unranked.services.runtime import Runtime
from unranked.store import Tx, campaigns, programme
from unranked.store.campaigns import StoredCampaign
from unranked.store.people import StoredPerson

BUSY = timedelta(days=PERSISTENCE_DAYS[-1])
"""So long after a draw nobody is drawn for another campaign: in both arms alike, or the other one
would be compared with people who are helped elsewhere."""


@dataclass(frozen=True, slots=True)
class Running:
    """One campaign. The one that nobody wrote is for everybody, has one step and no end."""

    stored: StoredCampaign

    @property
    def key(self) -> str:
        """The campaign's key."""
        return self.stored.campaign_key

    @property
    def aim(self) -> Aim:
        """What it is about, for the decision about a person."""
        design = self.stored.design
        return Aim() if design is None else Aim(segments=design.segments)

    @property
    def hours(self) -> OpenHours:
        """The hours of a person's day in which it sends."""
        return OFFICE_HOURS if self.stored.design is None else self.stored.design.hours

    @property
    def steps(self) -> Sequence[Step]:
        """Its messages, in order."""
        return (Step(),) if self.stored.design is None else self.stored.design.steps

    def is_for(self, person: StoredPerson, segment: Segment) -> bool:
        """Return whether somebody is among those whom it is written for."""
        design = self.stored.design
        if design is None:
            return True
        in_unit = not design.units or person.department in design.units
        return in_unit and segment in design.segments

    def draws_on(self, day: date) -> bool:
        """Return whether anybody joins on that day."""
        design = self.stored.design
        return design is None or design.start_on <= day <= design.draw_until

    def due(self, drawn_on: date, planned: int) -> date | None:
        """Return from which day on the next message may be planned; None after the last one.

        planned: how many were.
        """
        days = step_days(self.steps)
        return drawn_on + timedelta(days=days[planned]) if planned < len(days) else None

    def tip(self, person_key: str, segment: Segment, had: Collection[str], *, step: int) -> str:
        """Return the tip of a step for a person, all that they have not had being as likely (3.8).

        Drawn from the campaign's salt for this person alone, as their arm is, but apart from it.
        A tip of the step that is for another segment is not for them: then it is the library's.
        """
        library = [tip.name for tip in text.tips(segment)]
        fitting = [name for name in self.steps[step].tips if name in library] or library
        about = f"{self.key}|tip" if step == 0 else f"{self.key}|tip|{step}"
        return tip_for(fitting, had, assignment_draw(self.stored.salt, about, person_key))


def sending(tx: Tx) -> list[Running]:
    """Return the campaigns that run, in the order of their keys."""
    found = (one for one in campaigns.every(tx) if one.state == State.RUNNING)
    return sorted(map(Running, found), key=lambda one: one.key)


def one_for(fitting: Iterable[Running], person_key: str) -> Running | None:
    """Return the campaign that may draw a person: each that fits is as likely, large or small."""
    return min(
        fitting,
        key=lambda one: assignment_draw(one.stored.salt, f"{one.key}|turn", person_key),
        default=None,
    )


class Programme:
    """The yearly draw of those who get no campaign at all (method.md 3.2), by the current year."""

    def __init__(self, salt: bytes, year: int) -> None:
        self._salt, self._year = salt, str(year)

    @classmethod
    def of(cls, tx: Tx, runtime: Runtime, *, write: bool) -> "Programme":
        """Return this year's draw; its salt is made and stored once, unless nothing may be."""
        year = runtime.clock().year
        salt = programme.salt(tx, year)
        if salt is None:
            salt = runtime.ids.salt()
            if write:
                programme.set_salt(tx, year, salt)
        return cls(salt, year)

    def holds_out(self, person_key: str) -> bool:
        """Return whether somebody gets nothing of any campaign in this year."""
        return assignment_draw(self._salt, self._year, person_key) < PROGRAMME_HOLDOUT
