"""The forms behind the Home tab: what each asks, and what becomes of an answer.

A wrong answer stores nothing and comes back as words for one field, so that the form stays open
with everything that was typed.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from unranked import text
from unranked.channels.base import Paragraph
from unranked.channels.pages import Field, FieldKind, Form, Option
from unranked.domain.calendar import EVERY_DAY, MONDAY_TO_FRIDAY, OFFICE_HOURS
from unranked.domain.consent import (
    AS_LISTED,
    CORRECTABLE,
    Choice,
    hours_value,
    is_correctable,
    may_be_away_until,
    weekdays_value,
)
from unranked.services import checkin_forms, choices, corrections, spoken, weekly_forms
from unranked.services.choices import Asker
from unranked.services.runtime import Runtime
from unranked.services.standing import consent_now, own_day, standing
from unranked.store import outbox

Typed = Mapping[str, tuple[str, ...]]
"""What was filled in, by the name of the field."""

STEP = timedelta(minutes=30)
RUN_LEAST = 3
"""So many days in a row are said as the first and the last of them."""

FROM_HOUR, UNTIL_HOUR, WEEKDAYS = "from_hour", "until_hour", "weekdays"
UNTIL_DAY, FIRST_DAY, LAST_DAY = "until_day", "first_day", "last_day"
FIELDS = (
    *(FROM_HOUR, UNTIL_HOUR, WEEKDAYS, UNTIL_DAY, FIRST_DAY, LAST_DAY),
    *(*checkin_forms.FIELDS, *weekly_forms.FIELDS),
)


@dataclass(frozen=True, slots=True)
class Days:
    """How many days back something may lie."""

    days: int


def form(runtime: Runtime, asker: Asker, name: str) -> Form | None:
    """Return the form of that name as it is filled in now, or None where there is none."""
    made = _FORMS.get(name)
    return None if made is None else made.form(runtime, asker)


def answer(runtime: Runtime, asker: Asker, name: str, typed: Typed) -> Mapping[str, str]:
    """Store an answer; return what is wrong with it, by field, and store nothing then."""
    made = _FORMS.get(name)
    wrong = {} if made is None else made.answer(runtime, asker, typed)
    if made is not None and not wrong:
        with runtime.store.write() as tx:
            outbox.answered(tx, asker.person_key, on=runtime.clock().date())
    return wrong


def hour_in_words(hour: time) -> str:
    """Return a time of the day such as `9:30`."""
    return f"{hour.hour}:{hour.minute:02}"


def weekdays_in_words(days: Collection[int]) -> str:
    """Return `Monday to Thursday`, or the days one by one; empty for none."""
    every = spoken.weekdays()
    names = [every[day] for day in sorted(days)]
    in_a_row = bool(days) and max(days) - min(days) == len(days) - 1
    if in_a_row and len(names) >= RUN_LEAST:
        return f"{names[0]} {text.label('to')} {names[-1]}"
    return spoken.listed(names)


def _hours_form(runtime: Runtime, asker: Asker) -> Form:
    hours = consent_now(runtime, asker.person_key).hours.within(OFFICE_HOURS)
    every = [Option(f"{hour:%H:%M}", hour_in_words(hour)) for hour in half_hours()]
    start, end = f"{hours.start:%H:%M}", f"{hours.end:%H:%M}"
    return _form(
        "home_hours",
        text.words("form_hours"),
        _field(FROM_HOUR, FieldKind.ONE, tuple(every[:-1]), (start,)),
        _field(UNTIL_HOUR, FieldKind.ONE, tuple(every[1:]), (end,)),
    )


def half_hours() -> Iterator[time]:
    """Yield the half hours of the office day, from its beginning to its end."""
    any_day = date(2000, 1, 1)
    moment = datetime.combine(any_day, OFFICE_HOURS.start)
    while moment <= datetime.combine(any_day, OFFICE_HOURS.end):
        yield moment.time()
        moment += STEP


def _keep_hours(runtime: Runtime, asker: Asker, typed: Typed) -> Mapping[str, str]:
    start, end = _one(typed, FROM_HOUR), _one(typed, UNTIL_HOUR)
    offered = {f"{hour:%H:%M}" for hour in half_hours()}
    try:
        value = hours_value(start, end)
    except ValueError:
        value = ""
    if not value or not {start, end} <= offered:
        return {UNTIL_HOUR: text.words("wrong_hours").body}
    choices.choose(runtime, asker, Choice.HOURS, value=value)
    return {}


def _days_form(runtime: Runtime, asker: Asker) -> Form:
    now = standing(runtime, asker.person_key)
    offered = now.weekdays or EVERY_DAY
    own = now.consent.weekdays or now.weekdays or MONDAY_TO_FRIDAY
    names = spoken.weekdays()
    options = tuple(Option(str(day), names[day]) for day in sorted(offered))
    chosen = tuple(str(day) for day in sorted(own & offered))
    return _form(
        "home_days",
        text.words("form_days_listed" if now.weekdays else "form_days"),
        _field(WEEKDAYS, FieldKind.SOME, options, chosen),
    )


def _keep_days(runtime: Runtime, asker: Asker, typed: Typed) -> Mapping[str, str]:
    """Keep the days. All of the company's list are no choice of one's own: the list may change."""
    listed = standing(runtime, asker.person_key).weekdays
    try:
        value = weekdays_value(typed.get(WEEKDAYS, ()))
    except ValueError:
        return {WEEKDAYS: text.words("wrong_days").body}
    if listed:
        chosen = {int(day) for day in value}
        if not chosen <= listed:
            return {WEEKDAYS: text.words("wrong_days_listed").body}
        value = AS_LISTED if chosen == listed else value
    choices.choose(runtime, asker, Choice.WEEKDAYS, value=value)
    return {}


def _away_form(runtime: Runtime, asker: Asker) -> Form:
    tomorrow = own_day(runtime, asker.person_key) + timedelta(days=1)
    field = _field(UNTIL_DAY, FieldKind.DAY, (), (tomorrow.isoformat(),))
    return _form("home_away", text.words("form_away"), field)


def _keep_away(runtime: Runtime, asker: Asker, typed: Typed) -> Mapping[str, str]:
    until = _day(typed, UNTIL_DAY)
    # Leave is kept in UTC days: a day has to be to come in both.
    today = max(own_day(runtime, asker.person_key), runtime.clock().date())
    if until is None or not may_be_away_until(until, today):
        return {UNTIL_DAY: text.words("wrong_until").body}
    choices.choose(runtime, asker, Choice.AWAY, until=until)
    return {}


def _was_away_form(runtime: Runtime, asker: Asker) -> Form:
    yesterday = (own_day(runtime, asker.person_key) - timedelta(days=1)).isoformat()
    return _form(
        "home_was_away",
        text.words("form_was_away", Days(CORRECTABLE.days)),
        _field(FIRST_DAY, FieldKind.DAY, (), (yesterday,)),
        _field(LAST_DAY, FieldKind.DAY, (), (yesterday,)),
    )


def _keep_was_away(runtime: Runtime, asker: Asker, typed: Typed) -> Mapping[str, str]:
    today = own_day(runtime, asker.person_key)
    first, last = _day(typed, FIRST_DAY), _day(typed, LAST_DAY)
    for name, day in ((FIRST_DAY, first), (LAST_DAY, last)):
        if day is None or not is_correctable(day, today):
            return {name: text.words("wrong_period", Days(CORRECTABLE.days)).body}
    if first is None or last is None or last < first:
        return {LAST_DAY: text.words("wrong_order").body}
    if not corrections.was_away(runtime, asker, first, last, today=today):
        return {LAST_DAY: text.words("wrong_many").body}
    return {}


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a form is made, and what becomes of its answer."""

    form: Callable[[Runtime, Asker], Form | None]
    answer: Callable[[Runtime, Asker, Typed], Mapping[str, str]]


_FORMS: Mapping[str, _Kind] = {
    checkin_forms.NAME: _Kind(checkin_forms.form, checkin_forms.answer),
    "home_hours": _Kind(_hours_form, _keep_hours),
    "home_days": _Kind(_days_form, _keep_days),
    "home_away": _Kind(_away_form, _keep_away),
    "home_was_away": _Kind(_was_away_form, _keep_was_away),
    weekly_forms.TIME: _Kind(weekly_forms.time_form, weekly_forms.keep_time),
    weekly_forms.UNIT: _Kind(weekly_forms.unit_form, weekly_forms.keep_unit),
}

NAMES = tuple(_FORMS)
"""Every form. A button of the same name opens it."""


def _form(name: str, words: text.Words, *fields: Field) -> Form:
    return Form(
        name=name,
        title=words.title,
        parts=tuple(Paragraph(part) for part in words.paragraphs),
        fields=fields,
        send=text.label("send"),
        cancel=text.label("cancel"),
    )


def _field(
    name: str, kind: FieldKind, options: tuple[Option, ...], chosen: tuple[str, ...]
) -> Field:
    return Field(name, text.label(name), kind, options, chosen)


def _one(typed: Typed, name: str) -> str:
    return next(iter(typed.get(name, ())), "")


def _day(typed: Typed, name: str) -> date | None:
    try:
        return date.fromisoformat(_one(typed, name))
    except ValueError:
        return None
