"""Every table. Rows carry random keys; what ties a key to somebody stands in `vault` alone.

No column can hold a prompt, a file name, a session's length or a time of day of somebody's work.
Money is a whole number of 10^-9 currency units, because SQLite would turn a Decimal into a float.
"""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from unranked.store.columns import BIG, TIME, UtcTime, table
from unranked.store.sealed_columns import alike, sealed_day
from unranked.store.tables_access import Access, GroupAccess
from unranked.store.tables_campaigns import (
    Campaign,
    CampaignLook,
    Enrolment,
    ProgrammeDraw,
    SentText,
    Tip,
    TipWords,
)
from unranked.store.tables_groups import (
    AtomDraw,
    Cohort,
    DottedLine,
    FrozenUnit,
    Release,
    ShownUnit,
    Unit,
    UnitAtom,
)
from unranked.store.tables_keys import DoomedKey, Sealing
from unranked.store.tables_outbox import ChannelState, Outbox
from unranked.store.tables_retention import ArmTotal, EverUsed, UsageWeek
from unranked.store.tables_usage import Outcome, Usage

__all__ = [
    "Absence",
    "Access",
    "Account",
    "ArmTotal",
    "AtomDraw",
    "Campaign",
    "CampaignLook",
    "ChannelState",
    "CheckIn",
    "Choice",
    "Cohort",
    "Completeness",
    "Coverage",
    "Disclaimer",
    "DoomedKey",
    "DottedLine",
    "Enrolment",
    "EverUsed",
    "ExportLink",
    "FeedRun",
    "FrozenUnit",
    "GroupAccess",
    "Hint",
    "Job",
    "ModelUse",
    "Outbox",
    "Outcome",
    "Person",
    "Placement",
    "ProgrammeDraw",
    "Release",
    "Sealing",
    "SentText",
    "ShownUnit",
    "Tie",
    "Tip",
    "TipWords",
    "Tombstone",
    "Unit",
    "UnitAtom",
    "Usage",
    "UsageWeek",
    "UtcTime",
    "Vault",
    "table",
]


class Vault(SQLModel, table=True):
    """Directory identifiers, each sealed with the key of its subject: who is behind which key.

    realm: whose identifier it is (`slack`, a connector's slug, or `mail`).
    mark: a keyed hash of the value, to find it by; empty for a name, which is never looked for.
    generation: of the keys that it is sealed with. sealed: the value, for `store.vault` alone.
    until: the first day on which it no longer belongs to the subject, for re-used addresses.
    """

    __table_args__ = (Index("ix_vault_mark", "realm", "kind", "mark"),)

    id: int | None = Field(default=None, primary_key=True)
    subject_key: str = Field(index=True)
    realm: str
    kind: str
    mark: str
    generation: int
    sealed: bytes
    since: date
    until: date | None = None


class Person(SQLModel, table=True):
    """A human in the roster. `weekdays` is a text such as `01234`, Monday being 0.

    locale: as the chat names it, such as `de-DE`; empty where it says none.
    What could tell who somebody is, to whoever knows the company, stands in it sealed.
    """

    person_key: str = Field(primary_key=True)
    kind: str
    present: bool
    zone: str = Field(default="", sa_type=alike("person.zone"))
    locale: str = Field(
        default="", sa_type=alike("person.locale"), sa_column_kwargs={"server_default": ""}
    )
    department: str = Field(default="", sa_type=alike("person.department"))
    region: str = Field(default="", sa_type=alike("person.region"))
    manager_key: str | None = Field(default=None, index=True)
    start_date: date | None = Field(default=None, sa_type=sealed_day("person.start_date"))
    weekdays: str | None = None
    first_seen: date
    left_on: date | None = None


class Absence(SQLModel, table=True):
    """Days [since, until) on which a person is away, as a roster source says."""

    id: int | None = Field(default=None, primary_key=True)
    person_key: str = Field(index=True)
    since: date
    until: date | None = None


class Choice(SQLModel, table=True):
    """What a person chose, kept in full: the newest of a kind counts.

    value: what a choice needs beside its name, such as the hours of `hours`.
    """

    id: int | None = Field(default=None, primary_key=True)
    person_key: str = Field(index=True)
    choice: str
    made_at: datetime = Field(sa_type=TIME)
    until: date | None = None
    value: str = Field(default="", sa_column_kwargs={"server_default": ""})


class Account(SQLModel, table=True):
    """A provider's account. `seat_since` to `seat_until` are the days with access to the tool.

    listed: the provider's own directory shows the account, and so says what it is.
    seat_dated: the first day is known; else it is the day on which the seat was first seen.
    last_seen: the last day of use that the provider's directory itself names.
    """

    account_key: str = Field(primary_key=True)
    connector: str = Field(index=True)
    kind: str
    first_seen: date
    seat_since: date | None = None
    seat_until: date | None = None
    seat_dated: bool = False
    listed: bool = False
    last_seen: date | None = None


class Tie(SQLModel, table=True):
    """An account belongs to one person on the days [since, until)."""

    account_key: str = Field(primary_key=True)
    since: date = Field(primary_key=True)
    person_key: str = Field(index=True)
    until: date | None = None


class Disclaimer(SQLModel, table=True):
    """A person said that an account is not theirs: it is tied to them no more."""

    account_key: str = Field(primary_key=True)
    person_key: str = Field(primary_key=True)
    made_on: date


class Tombstone(SQLModel, table=True):
    """The mark of an identifier of somebody who was erased; what has it is not taken in again.

    mark: a keyed hash. It says whether a given address is the one, and names none.
    """

    mark: str = Field(primary_key=True)
    made_on: date


class ExportLink(SQLModel, table=True):
    """A link to one person's own export, good once and for a short time. mark: its token's hash."""

    mark: str = Field(primary_key=True)
    person_key: str = Field(index=True)
    expires_at: datetime = Field(sa_type=TIME)
    used_at: datetime | None = Field(default=None, sa_type=TIME)


class CheckIn(SQLModel, table=True):
    """What somebody said that AI was worth to them in one week (method.md 1.4).

    week: its Monday. minutes: of one of the nine answers, None where they skipped it.
    spent: where the time went, one of a few words; empty where it was not asked or not said.
    answered_on: the day of the latest answer.
    """

    person_key: str = Field(primary_key=True)
    week: date = Field(primary_key=True)
    minutes: int | None = None
    spent: str = ""
    answered_on: date


class Hint(SQLModel, table=True):
    """A hint that somebody was shown on a day; at most one in 30 days (method.md 1.9)."""

    person_key: str = Field(primary_key=True)
    shown_on: date = Field(primary_key=True)
    kind: str


class ModelUse(SQLModel, table=True):
    """What the language model of this installation was asked on a day: counts, and no words.

    discarded: answers that were not shown. n_in, n_out: tokens, as its provider counts them.
    """

    day: date = Field(primary_key=True)
    model: str = Field(primary_key=True)
    calls: int = 0
    discarded: int = 0
    n_in: int = Field(default=0, sa_type=BIG)
    n_out: int = Field(default=0, sa_type=BIG)


class Coverage(SQLModel, table=True):
    """One feed's day as last fetched: when, how many rows, and since when its totals are the same.

    digest: of the per-account totals; it tells whether a second fetch gave the same (2.2 b).
    unmapped: None while the day's rows are kept by the day. Once they are not, the number of those
        that led to nobody; what a provider says of the day later changes no figure any more.
    """

    connector: str = Field(primary_key=True)
    feed: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    digest: str
    same_since: datetime = Field(sa_type=TIME)
    fetched_at: datetime = Field(sa_type=TIME)
    rows: int
    unmapped: int | None = None


class Completeness(SQLModel, table=True):
    """How far a connector's figures go, computed once after each run and read everywhere.

    complete_through: the watermark W (2.2). billed_through: the same for billed costs.
    billed: costs come from the provider's bill, per account.
    """

    connector: str = Field(primary_key=True)
    complete_through: date | None = None
    history_since: date | None = None
    billed: bool = False
    billed_through: date | None = None


class FeedRun(SQLModel, table=True):
    """How the last attempt at one feed ended; `error` and `hint` are empty after a good one."""

    connector: str = Field(primary_key=True)
    feed: str = Field(primary_key=True)
    tried_at: datetime = Field(sa_type=TIME)
    succeeded_at: datetime | None = Field(default=None, sa_type=TIME)
    offered: bool = True
    error: str = ""
    hint: str = ""


class Placement(SQLModel, table=True):
    """The segment a person is in, why, and the watermark that the decision used."""

    person_key: str = Field(primary_key=True)
    segment: str = Field(index=True)
    reason: str
    watermark: date | None = None
    decided_on: date
    since: date


class Job(SQLModel, table=True):
    """A job's due work. Due twice is due once; a claim that nobody renewed runs out."""

    name: str = Field(primary_key=True)
    due_at: datetime | None = Field(default=None, sa_type=TIME)
    claim: str = ""
    claimed_until: datetime | None = Field(default=None, sa_type=TIME)
    holder: str = Field(default="", sa_column_kwargs={"server_default": ""})
    started_at: datetime | None = Field(default=None, sa_type=TIME)
    finished_at: datetime | None = Field(default=None, sa_type=TIME)
    outcome: str = ""
    error: str = ""
    hint: str = ""
