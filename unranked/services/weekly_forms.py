"""The forms for managers: when the weekly message comes, and which of their groups it is about.

Neither is there for somebody who leads nobody.
"""

from collections.abc import Mapping

from unranked import text
from unranked.channels.base import Paragraph
from unranked.channels.pages import Field, FieldKind, Form, Option
from unranked.domain import mondays
from unranked.domain.consent import Choice, Consent
from unranked.domain.org_chart import UnitKind
from unranked.domain.weekly_time import HOUR_RANGE, WEEKDAYS, WeeklyTime
from unranked.services import choices, spoken
from unranked.services.choices import Asker
from unranked.services.runtime import Runtime
from unranked.services.standing import consent_now
from unranked.store import leading, planned
from unranked.store.outbox import Kind

Typed = Mapping[str, tuple[str, ...]]

TIME, UNIT = "home_digest_time", "home_unit"
DAY, HOUR, GROUP = "digest_day", "digest_hour", "digest_unit"
FIELDS = (DAY, HOUR, GROUP)


def unit_in_words(kind: UnitKind) -> str:
    """Return which of a manager's people are meant."""
    return text.label(f"shown_{kind}")


def chosen_unit(kinds: tuple[UnitKind, ...], consent: Consent) -> UnitKind:
    """Return which of several groups a manager is shown: their wish, or else the nearest."""
    return consent.unit if consent.unit in kinds and consent.unit is not None else kinds[0]


def time_form(runtime: Runtime, asker: Asker) -> Form | None:
    """Return the form of day and hour as it is filled in now."""
    if not _units(runtime, asker):
        return None
    consent = consent_now(runtime, asker.person_key)
    names = spoken.weekdays()
    days = tuple(Option(str(day), names[day]) for day in WEEKDAYS)
    hours = tuple(Option(str(hour), f"{hour}:00") for hour in HOUR_RANGE)
    day, hour = mondays.first_day(consent), mondays.hours(consent).start.hour
    return _form(TIME, _one(DAY, days, str(day)), _one(HOUR, hours, str(hour)))


def keep_time(runtime: Runtime, asker: Asker, typed: Typed) -> Mapping[str, str]:
    """Store day and hour; what waits for its old time is planned anew, so that none comes twice."""
    day, hour = _typed(typed, DAY), _typed(typed, HOUR)
    wrong = text.words("wrong_choice").body
    if day not in map(str, WEEKDAYS):
        return {DAY: wrong}
    if hour not in map(str, HOUR_RANGE):
        return {HOUR: wrong}
    if not _units(runtime, asker):
        return {}
    at = WeeklyTime(int(day), int(hour))
    choices.choose(runtime, asker, Choice.DIGEST_AT, value=at.value)
    with runtime.store.write() as tx:
        planned.take_back(tx, asker.person_key, Kind.DIGEST)
    return {}


def unit_form(runtime: Runtime, asker: Asker) -> Form | None:
    """Return the form in which one of several groups is chosen; None where there is one alone."""
    kinds = _units(runtime, asker)
    if len(kinds) < 2:  # noqa: PLR2004 - two are a choice
        return None
    options = tuple(Option(kind.value, unit_in_words(kind)) for kind in kinds)
    chosen = chosen_unit(kinds, consent_now(runtime, asker.person_key))
    return _form(UNIT, _one(GROUP, options, chosen.value))


def keep_unit(runtime: Runtime, asker: Asker, typed: Typed) -> Mapping[str, str]:
    """Store the wish. Groups are fixed for a quarter, so it holds from the next fixing on."""
    wish = _typed(typed, GROUP)
    if wish not in _units(runtime, asker):
        return {GROUP: text.words("wrong_choice").body}
    choices.choose(runtime, asker, Choice.UNIT, value=wish)
    return {}


def _units(runtime: Runtime, asker: Asker) -> tuple[UnitKind, ...]:
    with runtime.store.read() as tx:
        return leading.units(tx, asker.person_key)


def _form(name: str, *fields: Field) -> Form:
    words = text.words({TIME: "form_digest_time", UNIT: "form_unit"}[name])
    return Form(
        name=name,
        title=words.title,
        parts=tuple(Paragraph(part) for part in words.paragraphs),
        fields=fields,
        send=text.label("send"),
        cancel=text.label("cancel"),
    )


def _one(name: str, options: tuple[Option, ...], chosen: str) -> Field:
    return Field(name, text.label(name), FieldKind.ONE, options, (chosen,))


def _typed(typed: Typed, name: str) -> str:
    return next(iter(typed.get(name, ())), "")
