"""The two forms of a campaign: what it is, and its messages.

Everything stands in the form itself: a wrong answer comes back beside its field, and a form that
somebody else overtook comes back with all that was typed. So neither a mistake, nor a second
editor, nor a restart loses a word.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import TypeVar

from unranked import text
from unranked.channels.base import Paragraph, Part
from unranked.channels.pages import Field, FieldKind, Form, Option
from unranked.domain.calendar import EVERY_DAY, OpenHours
from unranked.domain.campaigns import LOOK_WEEKS, Design, Phase, Step, problems
from unranked.domain.campaigns import Part as Of
from unranked.domain.constants import (
    CAMPAIGN_LONGEST,
    NAME_LONGEST,
    PURPOSE_LONGEST,
    STEPS_MOST,
    TIPS_MOST,
)
from unranked.domain.maturity import Outcome
from unranked.domain.segments import Segment
from unranked.domain.tips import tidy
from unranked.services import spoken, tips
from unranked.services.editor_words import percent, segment, segments, wrong
from unranked.services.forms import Typed, half_hours, hour_in_words
from unranked.services.runtime import Runtime
from unranked.store import Tx, audience

CAMPAIGN, STEPS = "team_campaign_form", "team_steps_form"
WEEKS = 10
"""A new campaign is this long: people join for seven weeks, and mature before the last look."""

GAPS = tuple(timedelta(days=days) for days in (14, 21, 28, 42, 56))
NO_STEP, COMPUTED = "none", "computed"
SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
UNITS_MOST = 100
"""More of them are typed, one in a line: a list of Slack's takes no more options."""

OPTION_LONGEST = 75
"""Characters of an option of a list, in Slack."""

NAME, PURPOSE, FOR, UNITS = "campaign_name", "campaign_purpose", "campaign_for", "campaign_in"
START, END, FROM, UNTIL = "campaign_start", "campaign_end_on", "campaign_from", "campaign_until"
DAYS, PHASE, OUTCOME = "campaign_on", "campaign_phase", "campaign_outcome"
LOOKS, HOLDOUT = "campaign_looks", "campaign_holdout"

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

DIGITS_MOST = 9
"""No number of a form has more."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with an answer, in words by field."""

    fields: Mapping[str, str]


def campaign(
    tx: Tx, design: Design, *, context: str = "", note: str = "", typed: Typed | None = None
) -> Form:
    """Return the form of what a campaign is.

    context: the campaign's key and revision; empty for a new one. note: the name of the text that
    is said above it. typed: what stands in it where that is not the design.
    """
    words, fields = text.words("form_campaign"), _campaign_fields(tx, design)
    return _form(CAMPAIGN, words, fields, context=context, note=note, typed=typed)


def messages(
    tx: Tx,
    design: Design,
    *,
    today: date,
    context: str,
    note: str = "",
    typed: Typed | None = None,
) -> Form:
    """Return the form of a campaign's messages."""
    words, fields = text.words("form_messages"), _steps_fields(tx, design, today)
    return _form(STEPS, words, fields, context=context, note=note, typed=typed)


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
    with runtime.store.read() as tx:
        known = audience.units(tx)
    units = given.lines(UNITS)
    if unknown := [one for one in units if one not in known]:
        said = text.words("campaign_wrong_unit", Unit(unknown[0][:NAME_LONGEST]))
        return Wrong({UNITS: said.body})
    design = Design(
        name=tidy(given.words(NAME)),
        purpose=tidy(given.words(PURPOSE)),
        start_on=given.day(START) or before.start_on,
        end_on=given.day(END) or before.end_on,
        hours=given.hours() or before.hours,
        segments=frozenset(given.some(FOR, Segment) or ()),
        units=tuple(units),
        steps=before.steps,
        phase=given.one(PHASE, Phase) or before.phase,
        outcome=given.one(OUTCOME, Outcome) or before.outcome,
        look_weeks=_number(given.words(LOOKS), before.look_weeks),
        holdout=_share(given.words(HOLDOUT)),
    )
    return _checked(runtime, design, _FIELDS)


def messages_read(runtime: Runtime, before: Design, typed: Typed) -> Design | Wrong:
    """Return the design with the messages as they were typed."""
    given = _Given(typed)
    steps = [Step(tuple(typed.get("tips_1", ())))]
    ended = False
    for number in range(2, STEPS_MOST + 1):
        after, chosen = given.words(f"after_{number}"), tuple(typed.get(f"tips_{number}", ()))
        if after in {"", NO_STEP}:
            if chosen:
                return Wrong({f"after_{number}": text.words("campaign_wrong_when").body})
            ended = True
            continue
        if ended:
            return Wrong({f"after_{number}": text.words("campaign_wrong_gap").body})
        steps.append(Step(chosen, _number(after, 0)))
    design = replace(before, steps=tuple(steps))
    where = f"after_{len(steps)}" if len(steps) > 1 else "tips_1"
    return _checked(runtime, design, {Of.STEPS: where})


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation unit that nobody is in."""

    unit: str


def _checked(runtime: Runtime, design: Design, fields: Mapping[Of, str]) -> Design | Wrong:
    """Return the design, or what is wrong in the fields of this form alone."""
    today = runtime.clock().date()
    with runtime.store.read() as tx:
        names = tips.Library.of(tx, today=today).names
    found = problems(design, today=today, tips=names)
    said = {where: wrong(part, found[part]) for part, where in fields.items() if part in found}
    return Wrong(said) if said else design


class _Given:
    """What was typed, read tolerantly: None for what cannot be read."""

    def __init__(self, typed: Typed) -> None:
        self._typed = typed

    def words(self, name: str) -> str:
        return next(iter(self._typed.get(name, ())), "").strip()

    def lines(self, name: str) -> list[str]:
        lines = (line.strip() for one in self._typed.get(name, ()) for line in one.splitlines())
        return list(dict.fromkeys(line for line in lines if line))

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
            return [kind(one) for one in self._typed.get(name, ())]  # type: ignore[call-arg]  # as above
        except ValueError:
            return None

    def hours(self) -> OpenHours | None:
        try:
            start, end = (time.fromisoformat(self.words(name)) for name in (FROM, UNTIL))
            days = frozenset(map(int, self._typed.get(DAYS, ())))
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


def _share(said: str) -> float | None:
    if said in {"", COMPUTED}:
        return None
    return next((share for share in SHARES if str(share) == said), 0.0)


def new_design(today: date) -> Design:
    """Return what stands in the form of a new campaign."""
    first = today + timedelta(days=1)
    return Design(name="", start_on=first, end_on=first + timedelta(weeks=WEEKS))


def _campaign_fields(tx: Tx, design: Design) -> Iterator[Field]:
    hours = [Option(f"{one:%H:%M}", hour_in_words(one)) for one in half_hours()]
    days = tuple(Option(str(day), name) for day, name in enumerate(spoken.weekdays()))
    yield _words(NAME, design.name, NAME_LONGEST)
    yield replace(
        _words(PURPOSE, design.purpose, PURPOSE_LONGEST), kind=FieldKind.LINES, optional=True
    )
    every = tuple(Option(one.value, segment(one)) for one in segments())
    yield Field(FOR, text.label(FOR), FieldKind.SOME, every, tuple(design.segments))
    yield from _units(audience.units(tx), design.units)
    yield _day(START, design.start_on)
    yield _day(END, design.end_on)
    yield _one(FROM, tuple(hours[:-1]), f"{design.hours.start:%H:%M}")
    yield _one(UNTIL, tuple(hours[1:]), f"{design.hours.end:%H:%M}")
    on = tuple(str(day) for day in sorted(design.hours.weekdays & EVERY_DAY))
    yield Field(DAYS, text.label(DAYS), FieldKind.SOME, days, on)
    yield _one(PHASE, _labelled("phase", Phase), design.phase)
    yield _one(OUTCOME, _labelled("outcome", Outcome), design.outcome)
    yield _one(LOOKS, _labelled("looks", LOOK_WEEKS), str(design.look_weeks))
    shares = tuple(Option(str(share), f"{percent(share)} %") for share in SHARES)
    offered = (Option(COMPUTED, text.label("holdout_computed")), *shares)
    chosen = COMPUTED if design.holdout is None else str(design.holdout)
    yield replace(_one(HOLDOUT, offered, chosen), hint=text.label("campaign_holdout_hint"))


def _units(known: list[str], chosen: Iterable[str]) -> Iterator[Field]:
    """Yield the field of the organisation units; none where the roster knows of none.

    One that was chosen and is not known any more still stands there, and is refused when it is
    sent: were it left out unseen, a campaign for one unit would become one for everybody.
    """
    hint = text.label("campaign_in_hint")
    kept = tuple(chosen)
    known = [*known, *(one for one in kept if one not in known)]
    if not known:
        return
    label = text.label(UNITS)
    if len(known) > UNITS_MOST or max(map(len, known)) > OPTION_LONGEST:
        said = ("\n".join(kept),)
        yield Field(UNITS, label, FieldKind.LINES, (), said, optional=True, hint=hint)
        return
    every = tuple(Option(one, one) for one in known)
    yield Field(UNITS, label, FieldKind.MANY, every, kept, optional=True, hint=hint)


def _steps_fields(tx: Tx, design: Design, today: date) -> Iterator[Field]:
    chosen_before = {name for step in design.steps for name in step.tips}
    offered = _tips(tx, today, chosen_before)
    for number in range(1, STEPS_MOST + 1):
        step = design.steps[number - 1] if number <= len(design.steps) else None
        if number > 1:
            days = {*(gap.days for gap in GAPS), *([step.after_days] if step else [])}
            gaps = (
                Option(str(one), text.label("after_days").format(days=one)) for one in sorted(days)
            )
            options = (Option(NO_STEP, text.label("after_none")), *gaps)
            chosen = str(step.after_days) if step else NO_STEP
            label = text.label("after_step").format(number=number)
            yield Field(f"after_{number}", label, FieldKind.ONE, options, (chosen,))
        yield Field(
            f"tips_{number}",
            text.label("tips_step").format(number=number),
            FieldKind.MANY,
            offered,
            step.tips if step else (),
            optional=True,
            hint=text.label("tips_hint") if number == 1 else "",
            most=TIPS_MOST,
        )


def _tips(tx: Tx, today: date, chosen: Collection[str]) -> tuple[Option, ...]:
    """Return the tips that may be sent today, under the segments that they are for.

    Those that were chosen and are not sent any more stand at the end: they are refused when they
    are sent off, and not left out unseen.
    """
    library = tips.Library.of(tx, today=today)
    fitting = [(one, name) for one in segments() for name in library.fitting(one)]
    gone = sorted(set(chosen) - {name for _, name in fitting})
    return (
        *(Option(name, tips.title(tx, name), segment(one)) for one, name in fitting),
        *(Option(name, tips.title(tx, name), text.label("tips_gone")) for name in gone),
    )


def _form(
    name: str,
    words: text.Words,
    fields: Iterable[Field],
    *,
    context: str,
    note: str,
    typed: Typed | None,
) -> Form:
    said: list[Part] = [Paragraph(text.words(note).body)] if note else []
    said.extend(Paragraph(part) for part in words.paragraphs)
    return Form(
        name=name,
        title=words.title,
        parts=tuple(said),
        fields=tuple(_filled(field, typed) for field in fields),
        send=text.label("send"),
        cancel=text.label("cancel"),
        context=context,
    )


def _filled(field: Field, typed: Typed | None) -> Field:
    return field if typed is None else replace(field, chosen=tuple(typed.get(field.name, ())))


def _words(name: str, said: str, most: int) -> Field:
    return Field(name, text.label(name), FieldKind.WORDS, (), (said,), most=most)


def _day(name: str, day: date) -> Field:
    return Field(name, text.label(name), FieldKind.DAY, (), (day.isoformat(),))


def _one(name: str, options: tuple[Option, ...], chosen: str) -> Field:
    return Field(name, text.label(name), FieldKind.ONE, options, (chosen,))


def _labelled(what: str, values: Iterable[object]) -> tuple[Option, ...]:
    return tuple(Option(str(one), text.label(f"{what}_{one}")) for one in values)
