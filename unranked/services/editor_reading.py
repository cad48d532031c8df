"""What was typed into the two forms of a campaign, read tolerantly: a design, or what is wrong.

What a form did not bring back stays as it was: only what somebody emptied becomes empty.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from typing import TypeVar

from unranked import text
from unranked.domain.calendar import EVERY_DAY, OpenHours
from unranked.domain.campaigns import Design, Phase, Step, problems
from unranked.domain.campaigns import Part as Of
from unranked.domain.constants import CAMPAIGN_LONGEST, NAME_LONGEST, STEPS_MOST
from unranked.domain.maturity import Outcome
from unranked.domain.segments import Segment
from unranked.domain.tips import tidy
from unranked.services import editor_days, tips
from unranked.services.editor_words import wrong
from unranked.services.forms import Typed
from unranked.services.runtime import Runtime
from unranked.store import audience

NAME, PURPOSE, FOR, UNITS = "campaign_name", "campaign_purpose", "campaign_for", "campaign_in"
START, END, FROM, UNTIL = "campaign_start", "campaign_end_on", "campaign_from", "campaign_until"
DAYS, PHASE, OUTCOME = "campaign_on", "campaign_phase", "campaign_outcome"
LOOKS, HOLDOUT = "campaign_looks", "campaign_holdout"
NO_STEP, COMPUTED = "none", "computed"
SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
DIGITS_MOST = 9
"""No number of a form has more."""

_FIELDS = {
    Of.NAME: NAME,
    Of.PURPOSE: PURPOSE,
    Of.SEGMENTS: FOR,
    Of.START: START,
    Of.END: END,
    Of.HOURS: UNTIL,
    Of.LOOKS: LOOKS,
    Of.HOLDOUT: HOLDOUT,
}
_T = TypeVar("_T")
_YEARS = (2000, 3000)
"""A day outside of them is a slip, and no calendar reckons with its weeks."""

_OF_UNITS = re.compile(rf"{UNITS}(_[0-9]{{1,3}})?")


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with an answer, in words by field."""

    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation unit that nobody is in."""

    unit: str


def after(number: int) -> str:
    """Return the name of the field that says when a message comes."""
    return f"after_{number}"


def tips_of(number: int) -> str:
    """Return the name of the field of a message's tips."""
    return f"tips_{number}"


def field_of_units(number: int) -> str:
    """Return the name of a field of units: there are several where one would hold too much."""
    return UNITS if number == 1 else f"{UNITS}_{number}"


def campaign_read(runtime: Runtime, before: Design, typed: Typed) -> Design | Wrong:
    """Return the design as it was typed, with the messages of the one before."""
    given = _Given(typed)
    found = {
        START: given.day(START),
        END: given.day(END),
        UNTIL: given.hours(),
        FOR: given.some(FOR, Segment),
        PHASE: given.one(PHASE, Phase),
        OUTCOME: given.one(OUTCOME, Outcome),
    }
    if lacking := {name: _unreadable(name) for name, value in found.items() if value is None}:
        return Wrong(lacking)
    if (given.day(START) or before.start_on) > runtime.clock().date() + CAMPAIGN_LONGEST:
        return Wrong({START: text.words("campaign_wrong_far").body})
    if unknown := _unknown_units(runtime, given.units()):
        return Wrong(unknown)
    design = _design(given, before)
    checked = _checked(runtime, design, _FIELDS)
    late = editor_days.after_the_end(design)
    if isinstance(checked, Wrong) or not late:
        return checked
    return Wrong({END: editor_days.ends_early(design, late[-1])})


def _design(given: "_Given", before: Design) -> Design:
    """Return the design as it was typed. Every choice of it can be read."""
    units = given.units()
    typed = dict.fromkeys(unit for lines in units.values() for unit in lines)
    return Design(
        name=tidy(given.words(NAME, before.name)),
        purpose=tidy(given.words(PURPOSE, before.purpose)),
        start_on=given.day(START) or before.start_on,
        end_on=given.day(END) or before.end_on,
        hours=given.hours() or before.hours,
        segments=frozenset(given.some(FOR, Segment) or ()),
        units=tuple(typed) if units else before.units,
        steps=before.steps,
        phase=given.one(PHASE, Phase) or before.phase,
        outcome=given.one(OUTCOME, Outcome) or before.outcome,
        look_weeks=_number(given.words(LOOKS), before.look_weeks),
        holdout=_share(given.words(HOLDOUT), before.holdout),
    )


def messages_read(runtime: Runtime, before: Design, typed: Typed) -> Design | Wrong:
    """Return the design with the messages as they were typed."""
    steps = _steps(_Given(_standing(before) | dict(typed)))
    if isinstance(steps, Wrong):
        return steps
    design = replace(before, steps=steps)
    where = after(len(steps)) if len(steps) > 1 else tips_of(1)
    checked = _checked(runtime, design, {Of.STEPS: where})
    late = editor_days.after_the_end(design)
    if isinstance(checked, Wrong) or not late:
        return checked
    return Wrong({after(one.number): editor_days.too_late(design, one) for one in late})


def _steps(given: "_Given") -> tuple[Step, ...] | Wrong:
    steps = [Step(given.every(tips_of(1)))]
    ended = False
    for number in range(2, STEPS_MOST + 1):
        days, chosen = given.words(after(number)), given.every(tips_of(number))
        if days in {"", NO_STEP}:
            if chosen:
                return Wrong({after(number): text.words("campaign_wrong_when").body})
            ended = True
            continue
        if ended:
            return Wrong({after(number): text.words("campaign_wrong_gap").body})
        steps.append(Step(chosen, _number(days, 0)))
    return tuple(steps)


def _standing(design: Design) -> dict[str, tuple[str, ...]]:
    """Return what the form of the messages brings back where nobody changes anything."""
    found: dict[str, tuple[str, ...]] = {}
    for number, step in enumerate(design.steps, start=1):
        found[after(number)] = (str(step.after_days),)
        found[tips_of(number)] = step.tips
    return found


def _checked(runtime: Runtime, design: Design, fields: Mapping[Of, str]) -> Design | Wrong:
    """Return the design, or what is wrong in the fields of this form alone."""
    today = runtime.clock().date()
    with runtime.store.read() as tx:
        names = tips.Library.of(tx, today=today).names
    found = problems(design, today=today, tips=names)
    said = {where: wrong(part, found[part]) for part, where in fields.items() if part in found}
    return Wrong(said) if said else design


def _unknown_units(runtime: Runtime, by_field: Mapping[str, list[str]]) -> Mapping[str, str]:
    """Return what is wrong with units that were typed, by field."""
    with runtime.store.read() as tx:
        known = audience.units(tx)
    unknown = {
        name: [unit for unit in given if unit not in known] for name, given in by_field.items()
    }
    return {
        name: text.words("campaign_wrong_unit", Unit(found[0][:NAME_LONGEST])).body
        for name, found in unknown.items()
        if found
    }


class _Given:
    """What was typed, read tolerantly: None for what cannot be read."""

    def __init__(self, typed: Typed) -> None:
        self._typed = typed

    def every(self, name: str) -> tuple[str, ...]:
        return tuple(self._typed.get(name, ()))

    def words(self, name: str, otherwise: str = "") -> str:
        """Return what was typed; `otherwise` where the field did not come back at all."""
        if name not in self._typed:
            return otherwise
        return next(iter(self._typed[name]), "").strip()

    def units(self) -> Mapping[str, list[str]]:
        """Return the units that were typed or chosen, by field; nothing where none came back."""
        return {
            name: [line for one in given for said in one.splitlines() if (line := said.strip())]
            for name, given in self._typed.items()
            if _OF_UNITS.fullmatch(name)
        }

    def day(self, name: str) -> date | None:
        try:
            found = date.fromisoformat(self.words(name))
        except ValueError:
            return None
        return found if _YEARS[0] <= found.year < _YEARS[1] else None

    def one(self, name: str, kind: type[_T]) -> _T | None:
        try:
            return kind(self.words(name))  # type: ignore[call-arg]  # an enumeration of words
        except ValueError:
            return None

    def some(self, name: str, kind: type[_T]) -> list[_T] | None:
        try:
            return [kind(one) for one in self.every(name)]  # type: ignore[call-arg]  # as above
        except ValueError:
            return None

    def hours(self) -> OpenHours | None:
        try:
            start, end = (time.fromisoformat(self.words(name)) for name in (FROM, UNTIL))
            days = frozenset(map(int, self.every(DAYS)))
            if start.tzinfo or end.tzinfo or not days <= EVERY_DAY:
                return None
            return OpenHours(start, end, days)
        except ValueError:
            return None


def _unreadable(name: str) -> str:
    words = "wrong_hours" if name == UNTIL else "wrong_choice"
    return text.words(words).body


def _number(said: str, otherwise: int) -> int:
    return int(said) if said.isdecimal() and len(said) <= DIGITS_MOST else otherwise


def _share(said: str, otherwise: float | None) -> float | None:
    if said in {"", COMPUTED}:
        return None if said else otherwise
    return next((share for share in SHARES if str(share) == said), 0.0)
