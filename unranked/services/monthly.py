"""Once a month, for those who want it: a word that their summary is ready, and no figure."""

from collections.abc import Iterator
from datetime import date, datetime

from unranked.domain import monthly
from unranked.domain.calendar import is_zone, local_day
from unranked.domain.people import PersonKind
from unranked.services import messages
from unranked.services.runtime import Runtime
from unranked.services.segments import calendar_of, consent_from
from unranked.store import Tx, campaigns, people, planned
from unranked.store.outbox import Kind
from unranked.store.planned import Planned


def plan(runtime: Runtime, *, dry_run: bool = False) -> int:
    """Queue the word for everybody who wants it and whose day it is; return how many are new."""
    with runtime.store.write() as tx:
        due = [
            Planned(
                key=runtime.ids.key("m"),
                purpose=f"monthly|{person_key}|{month}",
                person_key=person_key,
                channel=runtime.channel.name,
                content=messages.monthly_content(month),
                created_at=runtime.clock(),
                not_before=opens,
                kind=Kind.MONTHLY,
            )
            for person_key, month, opens in _due(tx, runtime)
        ]
        return len(due) if dry_run else planned.plan(tx, due)


def _due(tx: Tx, runtime: Runtime) -> Iterator[tuple[str, date, datetime]]:
    now = runtime.clock()
    choices = campaigns.choices(tx)
    wanting = {
        key: consent
        for key, made in choices.items()
        if (consent := consent_from(made)).wants_monthly
    }
    if not wanting:
        return
    absences, everybody = people.absences(tx), people.everybody(tx)
    for key, consent in wanting.items():
        person = everybody.get(key)
        if person is None or not person.present or person.kind is not PersonKind.MEMBER:
            continue
        zone = person.zone or runtime.default_zone
        if not is_zone(zone):
            continue
        calendar = calendar_of(person, absences.get(key, []), consent, today=now.date())
        opens = monthly.opens_at(now, zone, calendar, consent)
        if opens is not None:
            yield key, monthly.month_before(local_day(opens, zone)), opens
