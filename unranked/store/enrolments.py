"""Arms: drawn once and stored once, and what a campaign sends after its first message."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, insert, or_, select, update

from unranked.domain.people import PersonKind
from unranked.store import Tx, past_use, usage
from unranked.store.audience import Row, columns
from unranked.store.pages import Keys
from unranked.store.tables import Account, Enrolment, EverUsed, Person, Tie, Usage, table
from unranked.store.tables import Placement as PlacementTable

_enrolment, _person, _placement = table(Enrolment), table(Person), table(PlacementTable)
_tie, _usage = table(Tie), table(Usage)
_account, _ever = table(Account), table(EverUsed)

MOVED = "moved"
"""Why a campaign sends somebody no more whose chat account is another one now."""


@dataclass(frozen=True, slots=True)
class GoingOn:
    """Somebody whose campaign has more messages. who: None where they have left, or are gone."""

    campaign_key: str
    person_key: str
    drawn_on: date
    steps: int
    who: Row | None


def itself() -> ColumnElement[bool]:
    """Return the condition that an arm was drawn, and not taken over with an address."""
    return _enrolment.c.stopped != MOVED


def of_people(tx: Tx, keys: Keys) -> Mapping[str, list[tuple[str, date]]]:
    """Return for which campaigns these people were drawn, and on which day, by the person's key."""
    rows = tx.execute(
        select(_enrolment.c.person_key, _enrolment.c.campaign_key, _enrolment.c.enrolled_at).where(
            keys.hold(_enrolment.c.person_key)
        )
    )
    found: dict[str, list[tuple[str, date]]] = {}
    for person_key, campaign_key, at in rows:
        found.setdefault(person_key, []).append((campaign_key, _day(at)))
    return found


def segment(tx: Tx, campaign_key: str, person_key: str) -> str:
    """Return the segment in which a campaign drew somebody; empty where it did not."""
    mine = _of(campaign_key, [person_key])
    return tx.execute(select(_enrolment.c.segment).where(mine)).scalar() or ""


def of_teams(tx: Tx, campaign_key: str, keys: Keys) -> Mapping[str, str]:
    """Return the arms that units have in a campaign, of the teams in which these people are."""
    theirs = select(_person.c.manager_key).where(keys.hold(_person.c.person_key))
    rows = tx.execute(
        select(_enrolment.c.unit, func.min(_enrolment.c.arm))
        .join(_person, _person.c.person_key == _enrolment.c.person_key)
        .where(_enrolment.c.campaign_key == campaign_key, _person.c.manager_key.in_(theirs))
        .group_by(_enrolment.c.unit)
    )
    return {str(unit): str(arm) for unit, arm in rows}


def going_on(
    tx: Tx,
    keys: Keys,
    arm: str,
    steps: Mapping[str, int],
    said: ColumnElement[Any] | None = None,
) -> list[GoingOn]:
    """Return who of an arm has had fewer messages than there are, and was not stopped.

    Not who was drawn for another campaign since: those of them who wait there would be helped from
    here, and those who are nudged there would not, by the caps. So the two could not be compared.

    steps: how many messages each campaign has, by its key. said: see `audience.columns`.
    """
    if not steps:
        return []
    rows = tx.execute(
        select(
            _enrolment.c.campaign_key,
            _enrolment.c.person_key,
            _enrolment.c.enrolled_at,
            _enrolment.c.steps,
            _person.c.present,
            _person.c.kind,
            *columns(said),
        )
        .select_from(_enrolment)
        .outerjoin(_person, _person.c.person_key == _enrolment.c.person_key)
        .outerjoin(_placement, _placement.c.person_key == _person.c.person_key)
        .where(keys.hold(_enrolment.c.person_key), _goes_on(arm, steps), ~_is_elsewhere())
        .order_by(_enrolment.c.campaign_key, _enrolment.c.person_key)
    )
    return [
        GoingOn(campaign_key, person_key, _day(at), had, _there(present, kind, own))
        for campaign_key, person_key, at, had, present, kind, *own in rows
    ]


def _is_elsewhere() -> ColumnElement[bool]:
    """Return whether a person was drawn for a campaign after this one."""
    later = table(Enrolment).alias("later")
    same = later.c.person_key == _enrolment.c.person_key
    return exists().where(same, later.c.enrolled_at > _enrolment.c.enrolled_at)


def started(
    tx: Tx,
    keys: Keys,
    arm: str,
    steps: Mapping[str, int],
    *,
    feeds: Mapping[str, tuple[str, ...]],
) -> set[tuple[str, str]]:
    """Return who of those that `going_on` gives used anything on a day after that of their draw.

    Person and campaign. feeds: those that count as activity, by connector.
    """
    tied = and_(
        _tie.c.account_key == _usage.c.account_key,
        _tie.c.since <= _usage.c.day,
        or_(_tie.c.until.is_(None), _tie.c.until > _usage.c.day),
    )
    mine = _enrolment.c.person_key, _enrolment.c.campaign_key, _enrolment.c.enrolled_at
    rows = tx.execute(
        select(*mine, func.max(_usage.c.day))
        .select_from(_enrolment)
        .join(_tie, _tie.c.person_key == _enrolment.c.person_key)
        .join(_usage, tied)
        .where(keys.hold(_enrolment.c.person_key), _goes_on(arm, steps))
        .where(usage.of_feeds(feeds), _usage.c.active.is_(True))
        .group_by(*mine)
    )
    past = tx.execute(
        select(*mine, func.max(_ever.c.last_day))
        .select_from(_enrolment)
        .join(_tie, _tie.c.person_key == _enrolment.c.person_key)
        .join(_account, _account.c.account_key == _tie.c.account_key)
        .join(_ever, past_use.was_last_used_in_tie())
        .where(keys.hold(_enrolment.c.person_key), _goes_on(arm, steps))
        .where(_account.c.connector.in_(sorted(feeds)))
        .group_by(*mine)
    )
    every = (*rows, *past)
    return {(person, campaign) for person, campaign, at, last in every if last > _day(at)}


def copy(tx: Tx, old_key: str, new_key: str) -> None:
    """Let the arms of one key hold for another, too, where that one has none of its own.

    Nothing was planned for the new key, and nothing more is: what the old one was sent a moment ago
    is not in the new one's caps. A copy counts in no figure, the old key does; and it says nothing
    of why somebody was drawn, for the new key may be another person's.
    """
    mine = select(_enrolment.c.campaign_key).where(_enrolment.c.person_key == new_key)
    rows = tx.execute(
        select(_enrolment)
        .where(_enrolment.c.person_key == old_key, _enrolment.c.campaign_key.not_in(mine))
        .order_by(_enrolment.c.campaign_key)
    ).mappings()
    copies = [
        # Who was drawn alone is their own unit; the old key is to lead to nobody one day.
        {
            **row,
            "person_key": new_key,
            "unit": new_key if row["unit"] == old_key else row["unit"],
            "segment": "",
            "steps": 0,
            "stopped": MOVED,
        }
        for row in rows
    ]
    if copies:
        tx.execute(insert(_enrolment), copies)


def step_on(tx: Tx, campaign_key: str, person_keys: Collection[str]) -> None:
    """Count one more message for each of these people."""
    if person_keys:
        mine = _of(campaign_key, person_keys)
        tx.execute(update(_enrolment).where(mine).values(steps=_enrolment.c.steps + 1))


def stop(tx: Tx, campaign_key: str, person_keys: Collection[str], reason: str) -> None:
    """Note for these people why the campaign sends them no more."""
    if person_keys:
        tx.execute(update(_enrolment).where(_of(campaign_key, person_keys)).values(stopped=reason))


def _goes_on(arm: str, steps: Mapping[str, int]) -> ColumnElement[bool]:
    more = (
        and_(_enrolment.c.campaign_key == key, _enrolment.c.steps < many)
        for key, many in sorted(steps.items())
    )
    return and_(_enrolment.c.arm == arm, _enrolment.c.stopped == "", or_(false(), *more))


def _of(campaign_key: str, person_keys: Collection[str]) -> ColumnElement[bool]:
    return and_(
        _enrolment.c.campaign_key == campaign_key,
        _enrolment.c.person_key.in_(sorted(person_keys)),
    )


def _there(present: bool | None, kind: str | None, own: list[Any]) -> Row | None:  # noqa: FBT001 - a row's column
    row = Row(*own)
    is_there = present and kind == PersonKind.MEMBER.value and row.segment is not None
    return row if is_there else None


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()
