"""The two forms of a campaign, as they stand there: what it is, and its messages.

Everything stands in the form itself: a wrong answer comes back beside its field, and a form that
somebody else overtook comes back with all that was typed. So neither a mistake, nor a second
editor, nor a restart loses a word.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from unranked import text
from unranked.channels.base import Paragraph, Part
from unranked.channels.pages import Field, FieldKind, Form, Option
from unranked.domain.calendar import EVERY_DAY
from unranked.domain.campaigns import LOOK_WEEKS, Design, Phase, Step
from unranked.domain.constants import NAME_LONGEST, PURPOSE_LONGEST, STEPS_MOST, TIPS_MOST
from unranked.domain.maturity import Outcome
from unranked.services import editor_reading as reading
from unranked.services import editor_tips, spoken
from unranked.services.editor_reading import COMPUTED, NO_STEP, SHARES, UNITS
from unranked.services.editor_words import percent, segment, segments
from unranked.services.forms import half_hours, hour_in_words
from unranked.store import Tx, audience

CAMPAIGN, STEPS = "team_campaign_form", "team_steps_form"
WEEKS = 10
"""A new campaign is this long: people join for seven weeks, and mature before the last look."""

GAPS = tuple(timedelta(days=days) for days in (14, 21, 28, 42, 56))
UNITS_MOST = 100
"""More of them are typed, one in a line: a list of Slack's takes no more options."""

OPTION_LONGEST = 75
"""Characters of an option of a list, in Slack."""

LINES_LONGEST = 2_500
"""Characters of units that stand in one field: Slack takes 3,000, and some more can be typed."""


def campaign(tx: Tx, design: Design, *, context: str = "", notes: Iterable[Part] = ()) -> Form:
    """Return the form of what a campaign is.

    context: which campaign it is. notes: what is said above it.
    """
    words = text.words("form_campaign")
    return _form(CAMPAIGN, words, _campaign_fields(tx, design), context, notes)


def messages(
    tx: Tx, design: Design, *, today: date, context: str, notes: Iterable[Part] = ()
) -> Form:
    """Return the form of a campaign's messages."""
    offered = editor_tips.offered(tx, design, today=today)
    fields = (
        field
        for number in range(1, STEPS_MOST + 1)
        for field in _message(number, design, offered.options)
    )
    more = [] if offered.all_of_them else [Paragraph(text.words("form_messages_cut").body)]
    return _form(STEPS, text.words("form_messages"), fields, context, [*notes, *more])


def new_design(today: date) -> Design:
    """Return what stands in the form of a new campaign."""
    first = today + timedelta(days=1)
    return Design(name="", start_on=first, end_on=first + timedelta(weeks=WEEKS))


def _campaign_fields(tx: Tx, design: Design) -> Iterator[Field]:
    hours = [Option(f"{one:%H:%M}", hour_in_words(one)) for one in half_hours()]
    days = tuple(Option(str(day), name) for day, name in enumerate(spoken.weekdays()))
    yield _words(reading.NAME, design.name, NAME_LONGEST)
    yield replace(
        _words(reading.PURPOSE, design.purpose, PURPOSE_LONGEST),
        kind=FieldKind.LINES,
        optional=True,
    )
    every = tuple(Option(one.value, segment(one)) for one in segments())
    yield _some(reading.FOR, every, tuple(design.segments))
    yield from _units(audience.units(tx), design.units)
    yield _day(reading.START, design.start_on)
    yield _day(reading.END, design.end_on)
    yield _one(reading.FROM, tuple(hours[:-1]), f"{design.hours.start:%H:%M}")
    yield _one(reading.UNTIL, tuple(hours[1:]), f"{design.hours.end:%H:%M}")
    on = tuple(str(day) for day in sorted(design.hours.weekdays & EVERY_DAY))
    yield _some(reading.DAYS, days, on)
    yield _one(reading.PHASE, _labelled("phase", Phase), design.phase)
    yield _one(reading.OUTCOME, _labelled("outcome", Outcome), design.outcome)
    yield _one(reading.LOOKS, _labelled("looks", LOOK_WEEKS), str(design.look_weeks))
    shares = tuple(Option(str(share), f"{percent(share)} %") for share in SHARES)
    offered = (Option(COMPUTED, text.label("holdout_computed")), *shares)
    chosen = COMPUTED if design.holdout is None else str(design.holdout)
    hint = text.label("campaign_holdout_hint")
    yield replace(_one(reading.HOLDOUT, offered, chosen), hint=hint)


def _units(known: list[str], chosen: Sequence[str]) -> Iterator[Field]:
    """Yield the field of the organisation units; none where the roster knows of none.

    One that was chosen and is not known any more still stands there, and is refused when it is
    sent: were it left out unseen, a campaign for one unit would become one for everybody.
    """
    known = [*known, *(one for one in chosen if one not in known)]
    if not known:
        return
    if len(known) > UNITS_MOST or max(map(len, known)) > OPTION_LONGEST:
        yield from _lines_of_units(chosen)
        return
    every = tuple(Option(one, one) for one in known)
    yield replace(_of_units(1), kind=FieldKind.MANY, options=every, chosen=tuple(chosen))


def _lines_of_units(chosen: Sequence[str]) -> Iterator[Field]:
    """Yield the fields in which units are typed: as many as what was chosen before needs."""
    parts: list[list[str]] = [[]]
    for unit in chosen:
        if len("\n".join([*parts[-1], unit])) > LINES_LONGEST and parts[-1]:
            parts.append([])
        parts[-1].append(unit)
    for number, part in enumerate(parts, start=1):
        yield replace(_of_units(number), chosen=("\n".join(part),))


def _of_units(number: int) -> Field:
    label = text.label(UNITS if number == 1 else "campaign_in_more")
    hint = text.label("campaign_in_hint") if number == 1 else ""
    name = reading.field_of_units(number)
    return Field(name, label, FieldKind.LINES, optional=True, hint=hint)


def _message(number: int, design: Design, offered: tuple[Option, ...]) -> Iterator[Field]:
    """Yield when a message comes, but for the first one, and its tips."""
    step = design.steps[number - 1] if number <= len(design.steps) else None
    if number > 1:
        yield _gap(number, step)
    yield _tips(number, step, offered)


def _gap(number: int, step: Step | None) -> Field:
    days = {*(gap.days for gap in GAPS), *([step.after_days] if step else [])}
    gaps = (Option(str(one), text.label("after_days").format(days=one)) for one in sorted(days))
    options = (Option(NO_STEP, text.label("after_none")), *gaps)
    chosen = str(step.after_days) if step else NO_STEP
    label = text.label("after_step").format(number=number)
    return Field(reading.after(number), label, FieldKind.ONE, options, (chosen,))


def _tips(number: int, step: Step | None, offered: tuple[Option, ...]) -> Field:
    return Field(
        reading.tips_of(number),
        text.label("tips_step").format(number=number),
        FieldKind.MANY,
        offered,
        step.tips if step else (),
        optional=True,
        hint=text.label("tips_hint") if number == 1 else "",
        most=TIPS_MOST,
    )


def _form(
    name: str, words: text.Words, fields: Iterable[Field], context: str, notes: Iterable[Part]
) -> Form:
    return Form(
        name=name,
        title=words.title,
        parts=(*notes, *(Paragraph(part) for part in words.paragraphs)),
        fields=tuple(fields),
        send=text.label("send"),
        cancel=text.label("cancel"),
        context=context,
    )


def _words(name: str, said: str, most: int) -> Field:
    return Field(name, text.label(name), FieldKind.WORDS, (), (said,), most=most)


def _day(name: str, day: date) -> Field:
    return Field(name, text.label(name), FieldKind.DAY, (), (day.isoformat(),))


def _one(name: str, options: tuple[Option, ...], chosen: str) -> Field:
    return Field(name, text.label(name), FieldKind.ONE, options, (chosen,))


def _some(name: str, options: tuple[Option, ...], chosen: tuple[str, ...]) -> Field:
    return Field(name, text.label(name), FieldKind.SOME, options, chosen)


def _labelled(what: str, values: Iterable[object]) -> tuple[Option, ...]:
    return tuple(Option(str(one), text.label(f"{what}_{one}")) for one in values)
