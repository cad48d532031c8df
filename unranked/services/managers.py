"""Managers' weekly message: to everybody with a direct report, once a week, on Monday at nine.

It comes whether or not a figure may be shown, so that its coming tells nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from unranked import text
from unranked.domain.calendar import is_zone
from unranked.domain.digests import REPEAT_AFTER, practice_of
from unranked.domain.mondays import opens_at, week_of
from unranked.domain.people import PersonKind
from unranked.services import digests, messages
from unranked.services.runtime import Runtime
from unranked.services.segments import calendar_of, consent_from
from unranked.store import Tx, campaigns, outbox, people, planned
from unranked.store.outbox import Kind
from unranked.store.people import StoredPerson
from unranked.store.planned import Planned
from unranked.text.library import Stage


@dataclass(frozen=True, slots=True)
class DigestRun:
    """What a run queued, in exact numbers: managers whose time it is, and new messages."""

    due: int
    queued: int


@dataclass(frozen=True, slots=True)
class _Due:
    """A manager whose time it is. week: the Monday of their own calendar."""

    manager_key: str
    opens_at: datetime
    week: date


def plan(runtime: Runtime) -> DigestRun:
    """Fix the quarter's groups where that is due, and queue this week's message for managers."""
    now = runtime.clock()
    digests.freeze(runtime, today=now.date())
    with runtime.store.write() as tx:
        due = list(_due(tx, runtime))
        recent = outbox.contents_since(tx, Kind.DIGEST, now - REPEAT_AFTER)
        new = [
            message
            for one in due
            if not planned.is_planned(tx, _purpose(one))
            and (message := _message(tx, runtime, one, recent.get(one.manager_key, []))) is not None
        ]
        return DigestRun(len(due), planned.plan(tx, new))


def leading(everybody: Mapping[str, StoredPerson]) -> set[str]:
    """Return who has a direct report. everybody: all people, by key."""
    reported_to = {key for one in everybody.values() if _counts(one) and (key := one.manager_key)}
    return {key for key in reported_to & everybody.keys() if _counts(everybody[key])}


def _due(tx: Tx, runtime: Runtime) -> Iterator[_Due]:
    now = runtime.clock()
    everybody = people.everybody(tx)
    choices, absences = campaigns.choices(tx), people.absences(tx)
    for key in sorted(leading(everybody)):
        manager = everybody[key]
        zone = manager.zone or runtime.default_zone
        if not is_zone(zone):
            continue
        consent = consent_from(choices.get(key, []))
        calendar = calendar_of(manager, absences.get(key, []), consent, today=now.date())
        opens = None if consent.declines_digests else opens_at(now, zone, calendar, consent)
        if opens is not None:
            yield _Due(key, opens, week_of(opens, zone))


def _counts(person: StoredPerson) -> bool:
    return person.present and person.kind is PersonKind.MEMBER


def _purpose(due: _Due) -> str:
    return f"digest|{due.manager_key}|{due.week}"


def _message(tx: Tx, runtime: Runtime, due: _Due, sent: Iterable[str]) -> Planned | None:
    """Return the week's message, None when there is no practice left that would be new."""
    recent = {messages.practice_in(content) for content in sent}
    by_stage = {
        stage: [one.name for one in text.practices() if one.stage is stage] for stage in Stage
    }
    practice = practice_of(due.manager_key, by_stage[Stage.START], by_stage[Stage.LATER], recent)
    if practice is None:
        return None
    # Words, once planned, stay as they are: they are put in the language of whoever reads them.
    with text.spoken(text.language_of(people.locale(tx, due.manager_key))):
        lines = digests.figure_lines(tx, runtime, due.manager_key)
    return Planned(
        key=runtime.ids.key("m"),
        purpose=_purpose(due),
        person_key=due.manager_key,
        channel=runtime.channel.name,
        content=messages.digest_content(practice, lines),
        created_at=runtime.clock(),
        not_before=due.opens_at,
        kind=Kind.DIGEST,
    )
