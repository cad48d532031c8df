"""The campaigns that send now, as the planning asks about them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

from unranked.domain.calendar import OFFICE_HOURS
from unranked.domain.campaigns import Step, step_days
from unranked.domain.constants import PERSISTENCE_DAYS, PROGRAMME_HOLDOUT
from unranked.domain.nudges import Aim
from unranked.domain.segments import NUDGED
from unranked.domain.stats import Arm, arm, assignment_draw, assignment_draws
from unranked.services.runtime import Runtime
from unranked.services.tips import Library
from unranked.store import Tx, campaigns, programme
from unranked.store.campaigns import StoredCampaign

BUSY = timedelta(days=PERSISTENCE_DAYS[-1])
"""So long after a draw nobody is drawn for another campaign: in both arms alike, or the other one
would be compared with people who are helped elsewhere."""

NAMELESS = "first steps"
"""What the campaign is called that nobody wrote."""


class Running:
    """One campaign, with what is asked of it for each person at hand.

    The one that nobody wrote is for everybody, has one step and no end. name: words of the team,
    and nothing for a log. aim, hours: for the decision about a person. steps: its messages.
    """

    __slots__ = ("aim", "hours", "key", "name", "segments", "steps", "stored", "units")

    def __init__(self, stored: StoredCampaign) -> None:
        design = stored.design
        self.stored, self.key = stored, stored.campaign_key
        self.name = NAMELESS if design is None else design.name
        self.segments = NUDGED if design is None else design.segments
        self.units = () if design is None else design.units
        self.aim = Aim(segments=self.segments)
        self.hours = OFFICE_HOURS if design is None else design.hours
        self.steps: Sequence[Step] = (Step(),) if design is None else design.steps

    def is_for(self, segment: str, department: str) -> bool:
        """Return whether it is written for people of a segment and an organisation unit."""
        return segment in self.segments and (not self.units or department in self.units)

    def draws_on(self, day: date, *, team_has_launched: bool) -> bool:
        """Return whether anybody joins on that day.

        The one that nobody wrote stands aside for good once the team has launched one of its own.
        """
        design = self.stored.design
        if design is None:
            return not team_has_launched
        return design.start_on <= day <= design.draw_until

    def due(self, drawn_on: date, planned: int) -> date | None:
        """Return from which day on the next message may be planned; None after the last one.

        planned: how many were.
        """
        days = step_days(self.steps)
        return drawn_on + timedelta(days=days[planned]) if planned < len(days) else None

    def tips(self, library: Library, segment: str, *, step: int) -> tuple[str, ...]:
        """Return the tips of a step for people of a segment; empty where there is none.

        One that may not be sent any more, or that is for another segment, is not for them: where
        none of the step's is left, it is the library's.
        """
        fitting = tuple(library.fitting(segment))
        return tuple(name for name in self.steps[step].tips if name in fitting) or fitting

    def draw(
        self, units: Sequence[str], of_team: Arm | None = None
    ) -> Mapping[Arm, Collection[tuple[str, float]]]:
        """Return who is drawn into which arm (F12), each with a draw for their tip apart from it.

        Of each alone, so that nobody else changes what they get; all tips are as likely.
        of_team: the arm of them all, where their team has one.
        """
        found: dict[Arm, list[tuple[str, float]]] = {one: [] for one in Arm}
        draws = assignment_draws(self.stored.salt, self.key, units)
        for unit, (first, second) in zip(units, draws, strict=True):
            found[of_team or arm(first, self.stored.holdout)].append((unit, second))
        return found

    def tip_draw(self, person_key: str, *, step: int) -> float:
        """Return the draw for the tip of a later step."""
        return assignment_draw(self.stored.salt, f"{self.key}|tip|{step}", person_key)


def sending(tx: Tx) -> list[Running]:
    """Return the campaigns that run, in the order of their keys."""
    return [Running(one) for one in campaigns.sending(tx)]


def shared(fitting: Sequence[Running], people: Sequence[str]) -> Mapping[Running, Sequence[str]]:
    """Return whom each campaign may draw: of those that fit, each is as likely, large or small."""
    if len(fitting) == 1:
        return {fitting[0]: people}
    turns = (assignment_draws(one.stored.salt, f"{one.key}|turn", people) for one in fitting)
    found: dict[Running, list[str]] = defaultdict(list)
    for person_key, *drawn in zip(people, *turns, strict=True):
        found[fitting[drawn.index(min(drawn))]].append(person_key)
    return found


_NOT_DRAWN_YET = bytes(32)
"""The same at each look: one that is drawn anew would give the exact count to who looks often."""


class Programme:
    """The yearly draw of those who get no campaign at all (method.md 3.2), by the current year."""

    def __init__(self, salt: bytes, year: int) -> None:
        self._salt, self._year = salt, str(year)

    @classmethod
    def of(cls, tx: Tx, runtime: Runtime, *, write: bool) -> "Programme":
        """Return this year's draw; its salt is made and stored once, unless nothing may be."""
        year = runtime.clock().year
        salt = programme.salt(tx, year)
        if salt is None and write:
            salt = runtime.ids.salt()
            programme.set_salt(tx, year, salt)
        elif salt is None:
            salt = _NOT_DRAWN_YET
        return cls(salt, year)

    def leaves(self, people: Sequence[str]) -> list[str]:
        """Return those who are not held out from every campaign of this year."""
        draws = assignment_draws(self._salt, self._year, people)
        return [
            one for one, (draw, _) in zip(people, draws, strict=True) if draw >= PROGRAMME_HOLDOUT
        ]


def by_key(running: Iterable[Running]) -> Mapping[str, Running]:
    """Return the campaigns by their keys."""
    return {one.key: one for one in running}
