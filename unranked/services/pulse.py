"""The weekly question: who is asked today, queued once for each week.

Everybody with access to a tool is asked, whatever they use: chance and their calendar decide when.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from unranked.domain import mondays, pulse
from unranked.domain.calendar import is_zone, local_day, week_of
from unranked.domain.people import PersonKind
from unranked.domain.pulse import Ask
from unranked.services import messages
from unranked.services.runtime import Runtime
from unranked.services.segments import calendar_of, consent_from
from unranked.store import Tx, campaigns, checkins, leading, people, planned
from unranked.store.outbox import Kind
from unranked.store.planned import Planned

_ASKED_SINCE = timedelta(weeks=26)
_AT_ONCE = 500
"""So many people's unanswered questions are counted by one query."""


@dataclass(frozen=True, slots=True)
class PulseRun:
    """What a run did, in exact numbers: whose day it is, who is left alone, and new messages."""

    due: int
    left_alone: int
    queued: int


def plan(runtime: Runtime, *, dry_run: bool = False) -> PulseRun:
    """Queue the question for everybody whose day it is."""
    now = runtime.clock()
    with runtime.store.write() as tx:
        salt = checkins.salt(tx, runtime.ids, keep=not dry_run)
        due = {key: one for key, one in _due(tx, runtime, salt) if not _is_planned(tx, key, one)}
        left = _unanswered(tx, list(due), since=now - _ASKED_SINCE)
        done = _answered(tx, due)
        asked = {
            key: one
            for key, one in due.items()
            if key not in done and not pulse.is_left_alone(salt, key, one.week, left.get(key, 0))
        }
        new = [_message(runtime, key, one) for key, one in asked.items()]
        queued = 0 if dry_run else planned.plan(tx, new)
    return PulseRun(len(due), len(due) - len(asked), queued)


def _due(tx: Tx, runtime: Runtime, salt: bytes) -> Iterator[tuple[str, Ask]]:
    now = runtime.clock()
    everybody = people.everybody(tx)
    choices, absences = campaigns.choices(tx), people.absences(tx)
    leads = leading.among(tx)
    for key in dict.fromkeys(seat.person_key for seat in people.seats(tx, on=now.date())):
        person = everybody.get(key)
        if person is None or not person.present or person.kind is not PersonKind.MEMBER:
            continue
        consent = consent_from(choices.get(key, []))
        zone = person.zone or runtime.default_zone or None
        calendar = calendar_of(person, absences.get(key, []), consent, today=now.date())
        busy = None
        if key in leads and zone and is_zone(zone):
            monday = week_of(local_day(now, zone))
            busy = mondays.day_of_week(monday, calendar.with_absences(consent.leave), consent)
        found = pulse.ask(
            salt,
            key,
            at=now,
            zone=zone,
            calendar=calendar,
            consent=consent,
            busy=busy,
        )
        if found is not None:
            yield key, found


def _answered(tx: Tx, due: Mapping[str, Ask]) -> set[str]:
    """Return who said it already, in the form."""
    keys, weeks = list(due), {one.week for one in due.values()}
    return {
        key
        for week in weeks
        for start in range(0, len(keys), _AT_ONCE)
        for key in checkins.answered(tx, keys[start : start + _AT_ONCE], week)
        if due[key].week == week
    }


def _unanswered(tx: Tx, keys: list[str], *, since: datetime) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(keys), _AT_ONCE):
        found.update(checkins.unanswered(tx, keys[start : start + _AT_ONCE], since=since))
    return found


def _is_planned(tx: Tx, person_key: str, one: Ask) -> bool:
    return planned.is_planned(tx, _purpose(person_key, one.week))


def _purpose(person_key: str, week: date) -> str:
    return f"pulse|{person_key}|{week}"


def _message(runtime: Runtime, person_key: str, one: Ask) -> Planned:
    return Planned(
        key=runtime.ids.key("m"),
        purpose=_purpose(person_key, one.week),
        person_key=person_key,
        channel=runtime.channel.name,
        content=messages.pulse_content(one.week),
        created_at=runtime.clock(),
        not_before=one.opens_at,
        kind=Kind.PULSE,
    )
