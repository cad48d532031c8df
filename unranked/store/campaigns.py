"""Campaigns, arms, segments and choices: what decides who may get which nudge."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from unranked.domain.campaigns import Design
from unranked.domain.looks import Plan
from unranked.domain.maturity import Outcome
from unranked.store import Tx, bulk, designs
from unranked.store.pages import Keys
from unranked.store.tables import Campaign, Choice, Enrolment, Placement, table

_campaign, _enrolment = table(Campaign), table(Enrolment)
_placement, _choice = table(Placement), table(Choice)

RUNNING = "running"
EXPLORE = "explore"
_AFTER = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class StoredCampaign:
    """A campaign. `holdout` is the share that gets nothing, from 0 to 1.

    phase: in EXPLORE nobody of its cohort gets a hint about cost.
    design: what the team wrote, None for the one that the program began by itself before there
    were others. revision: counts its changes. people, look_days, outcome, by_team: what is fixed at
    the launch; no people before it. held_by: why it is paused, empty where it is not.
    """

    campaign_key: str
    slug: str
    salt: bytes = field(repr=False)
    holdout: float
    state: str
    started_at: datetime
    phase: str = EXPLORE
    design: Design | None = None
    revision: int = 0
    people: int = field(default=0, repr=False)
    look_days: tuple[date, ...] = ()
    outcome: Outcome = Outcome.A14
    by_team: bool = False
    held_by: str = ""

    @property
    def plan(self) -> Plan | None:
        """The plan of its looks, None before the launch."""
        if not self.people or not self.look_days:
            return None
        return Plan(self.people, self.holdout, self.look_days, self.by_team)


class StoredPlacement(NamedTuple):
    """The segment that a person was placed in, with the watermark that decided it."""

    person_key: str
    segment: str
    reason: str
    watermark: date | None
    decided_on: date


@dataclass(frozen=True, slots=True)
class StoredChoice:
    """What a person chose, and when. value: what a choice needs beside its name."""

    person_key: str
    choice: str
    made_at: datetime
    until: date | None = None
    value: str = ""


def add(tx: Tx, campaign: StoredCampaign) -> None:
    """Store a new campaign."""
    tx.execute(insert(_campaign).values(_row(campaign)))


def find(tx: Tx, slug: str) -> StoredCampaign | None:
    """Return the campaign of that name, or None."""
    row = tx.execute(select(_campaign).where(_campaign.c.slug == slug)).mappings().first()
    return None if row is None else _campaign_of(row)


def one(tx: Tx, campaign_key: str) -> StoredCampaign | None:
    """Return the campaign with that key, or None."""
    mine = _campaign.c.campaign_key == campaign_key
    row = tx.execute(select(_campaign).where(mine)).mappings().first()
    return None if row is None else _campaign_of(row)


def every(tx: Tx) -> list[StoredCampaign]:
    """Return every campaign, the newest first."""
    query = select(_campaign).order_by(_campaign.c.started_at.desc(), _campaign.c.campaign_key)
    return [_campaign_of(row) for row in tx.execute(query).mappings()]


def sending(tx: Tx) -> list[StoredCampaign]:
    """Return the campaigns that run, in the order of their keys."""
    query = select(_campaign).where(_campaign.c.state == RUNNING).order_by(_campaign.c.campaign_key)
    return [_campaign_of(row) for row in tx.execute(query).mappings()]


def have_begun(tx: Tx) -> bool:
    """Return whether any campaign was ever launched, or began by itself: drafts alone are none."""
    begun = (_campaign.c.people > 0) | (_campaign.c.design == "")
    return tx.execute(select(_campaign.c.campaign_key).where(begun).limit(1)).first() is not None


def have_been_launched(tx: Tx) -> bool:
    """Return whether the team has launched any campaign, whatever became of it."""
    launched = select(_campaign.c.campaign_key).where(_campaign.c.people > 0)
    return tx.execute(launched.limit(1)).first() is not None


def unwritten(tx: Tx) -> frozenset[str]:
    """Return the keys of those that nobody wrote, and that began by themselves."""
    keys = select(_campaign.c.campaign_key).where(_campaign.c.design == "")
    return frozenset(tx.execute(keys).scalars())


def save(tx: Tx, campaign: StoredCampaign) -> bool:
    """Store a changed campaign with the next revision; return whether it was still the one read.

    False: somebody else changed it meanwhile, and nothing was stored.
    """
    mine = (_campaign.c.campaign_key == campaign.campaign_key) & (
        _campaign.c.revision == campaign.revision
    )
    values = _row(campaign) | {"revision": campaign.revision + 1}
    return tx.execute(update(_campaign).where(mine).values(values)).rowcount == 1


def slugs(tx: Tx) -> Mapping[str, str]:
    """Return the name of every campaign by its key."""
    rows = tx.execute(select(_campaign.c.campaign_key, _campaign.c.slug))
    return {str(key): str(slug) for key, slug in rows}


def explores(tx: Tx, person_key: str, *, since: datetime) -> bool:
    """Return whether the person joined a campaign since then that is in its exploring phase."""
    query = (
        select(_enrolment.c.campaign_key)
        .join(_campaign, _campaign.c.campaign_key == _enrolment.c.campaign_key)
        .where(_enrolment.c.person_key == person_key, _enrolment.c.enrolled_at >= since)
        .where(_campaign.c.phase == EXPLORE)
    )
    return tx.execute(query.limit(1)).first() is not None


def drawn_on(tx: Tx, campaign_key: str, person_key: str) -> date | None:
    """Return the day on which a person was drawn for a campaign, None where they were not."""
    query = select(_enrolment.c.enrolled_at).where(_mine(campaign_key, person_key))
    at = tx.execute(query).scalar()
    return None if at is None else at.astimezone(UTC).date()


def stopped(tx: Tx, campaign_key: str, person_key: str) -> str:
    """Return why the campaign sends a person no more, empty as long as it may."""
    query = select(_enrolment.c.stopped).where(_mine(campaign_key, person_key))
    return tx.execute(query).scalar() or ""


def _mine(campaign_key: str, person_key: str) -> ColumnElement[bool]:
    return (_enrolment.c.campaign_key == campaign_key) & (_enrolment.c.person_key == person_key)


def arms(tx: Tx, campaign_key: str) -> Mapping[str, int]:
    """Return how many people each arm has. Exact: for tests, checks and the demo only."""
    rows = tx.execute(
        select(_enrolment.c.arm, func.count())
        .where(_enrolment.c.campaign_key == campaign_key)
        .group_by(_enrolment.c.arm)
    )
    return {arm: int(count) for arm, count in rows}


def place(tx: Tx, placements: Iterable[StoredPlacement]) -> None:
    """Replace every placement by the new ones; `since` stays where the segment did not change."""
    old = tx.execute(select(_placement.c.person_key, _placement.c.segment, _placement.c.since))
    before = {(key, segment): since for key, segment, since in old.all()}
    tx.execute(delete(_placement))
    rows = [(*one, before.get((one.person_key, one.segment), one.decided_on)) for one in placements]
    bulk.put(tx, _placement, (*StoredPlacement._fields, "since"), lambda: rows)


def leave_place(tx: Tx, person_key: str) -> None:
    """Forget where somebody is placed, until everybody is placed anew."""
    tx.execute(delete(_placement).where(_placement.c.person_key == person_key))


def placements(tx: Tx) -> Mapping[str, StoredPlacement]:
    """Return everybody's placement by key."""
    names = StoredPlacement._fields
    rows = tx.execute(select(_placement).order_by(_placement.c.person_key)).mappings()
    return {row["person_key"]: StoredPlacement(**{n: row[n] for n in names}) for row in rows}


def choose(tx: Tx, choice: StoredChoice) -> None:
    """Store a choice as the person's newest, whatever the clock says; twice leaves one row."""
    same = (
        (_choice.c.person_key == choice.person_key)
        & (_choice.c.choice == choice.choice)
        & (_choice.c.value == choice.value)
        & _choice.c.until.is_not_distinct_from(choice.until)
    )
    tx.execute(delete(_choice).where(same))
    own = _choice.c.person_key == choice.person_key
    last = tx.execute(
        select(_choice.c.made_at).where(own).order_by(_choice.c.made_at.desc())
    ).scalar()
    made_at = choice.made_at if last is None else max(choice.made_at, last + _AFTER)
    values = {name: getattr(choice, name) for name in StoredChoice.__slots__}
    tx.execute(insert(_choice).values(values | {"made_at": made_at}))


def choices(tx: Tx, person_key: str | None = None) -> Mapping[str, list[StoredChoice]]:
    """Return the choices of everybody, or of one person, by key, oldest first."""
    given = {} if person_key is None else {"person": person_key}
    return _by_person(tx.execute(_made(of_one=person_key is not None), given))


def choices_within(tx: Tx, keys: Keys) -> Mapping[str, list[StoredChoice]]:
    """Return the choices of the people with these keys, by key, oldest first."""
    return _by_person(tx.execute(_made(of_one=False).where(keys.hold(_choice.c.person_key))))


def _by_person(rows: Iterable[Any]) -> Mapping[str, list[StoredChoice]]:
    found: dict[str, list[StoredChoice]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(StoredChoice(*row))
    return found


@cache
def _made(*, of_one: bool) -> Select[Any]:
    columns = (_choice.c[name] for name in StoredChoice.__slots__)
    query = select(*columns).order_by(_choice.c.made_at, _choice.c.id)
    return query.where(_choice.c.person_key == bindparam("person")) if of_one else query


def set_state(tx: Tx, campaign_key: str, state: str) -> None:
    """Change the campaign's state."""
    mine = _campaign.c.campaign_key == campaign_key
    tx.execute(update(_campaign).where(mine).values(state=state))


def _row(campaign: StoredCampaign) -> dict[str, Any]:
    design = campaign.design
    return {name: getattr(campaign, name) for name in StoredCampaign.__slots__} | {
        "design": "" if design is None else designs.as_text(design),
        "look_days": " ".join(day.isoformat() for day in campaign.look_days),
        "outcome": campaign.outcome.value,
    }


def _campaign_of(row: RowMapping) -> StoredCampaign:
    kept = {
        "design": designs.of_text(row["design"]) if row["design"] else None,
        "look_days": tuple(map(date.fromisoformat, row["look_days"].split())),
        "outcome": Outcome(row["outcome"]),
    }
    return StoredCampaign(**{**row, **kept})
