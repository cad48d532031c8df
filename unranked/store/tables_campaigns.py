"""The tables of campaigns. Figures of a look are counts of people in an arm, and of no person."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from unranked.store.columns import TIME
from unranked.store.sealed_columns import sealed

_NONE = {"server_default": ""}
_ZERO = {"server_default": "0"}


class Campaign(SQLModel, table=True):
    """A campaign and the salt of its assignment (F12); the salt never leaves the database.

    phase: in `explore` nobody of its cohort gets a hint about cost.
    design: what the team wrote, as JSON; empty for one that nobody wrote. revision: counts its
    changes, so that of two editors the second one learns of the first.
    people, look_days, outcome, by_team: the plan of its looks, fixed at the launch (F15).
    held_by: why it is paused: by the team, or by what it found about itself.
    """

    campaign_key: str = Field(primary_key=True)
    slug: str = Field(unique=True)
    salt: bytes
    holdout: float
    state: str
    phase: str = Field(default="explore", sa_column_kwargs={"server_default": "explore"})
    started_at: datetime = Field(sa_type=TIME)
    design: str = Field(default="", sa_type=sealed("campaign.design"), sa_column_kwargs=_NONE)
    revision: int = Field(default=0, sa_column_kwargs=_ZERO)
    people: int = Field(default=0, sa_column_kwargs=_ZERO)
    look_days: str = Field(default="", sa_column_kwargs=_NONE)
    outcome: str = Field(default="a14", sa_column_kwargs={"server_default": "a14"})
    by_team: bool = Field(default=False, sa_column_kwargs=_ZERO)
    held_by: str = Field(default="", sa_column_kwargs=_NONE)


class Enrolment(SQLModel, table=True):
    """A person's arm in a campaign: drawn once, stored once, never drawn again.

    unit: what was drawn, where whole teams are; empty where it was the person.
    steps: how many messages were planned. stopped: why there are no more of them.
    a14, p42: active days of these outcomes that are kept by the day no more, as many as it takes.
    """

    __table_args__ = (Index("ix_enrolment_person", "person_key", "enrolled_at"),)

    campaign_key: str = Field(primary_key=True)
    person_key: str = Field(primary_key=True)
    arm: str
    segment: str
    watermark: date
    enrolled_at: datetime = Field(sa_type=TIME)
    unit: str = Field(default="", sa_column_kwargs=_NONE)
    steps: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    stopped: str = Field(default="", sa_column_kwargs=_NONE)
    a14: int = Field(default=0, sa_column_kwargs=_ZERO)
    p42: int = Field(default=0, sa_column_kwargs=_ZERO)


class CampaignLook(SQLModel, table=True):
    """One look at a campaign: taken, or skipped because too few would have been new (3.4).

    kind: `a14` or `p42`, what was looked at. nudge_n, nudge_x, holdout_n, holdout_x: of the matured
    people of either arm how many there are, and how many did it. fraction, boundary: t and b (F15).
    inflation, freedom: what drawing whole teams does; empty where people are drawn.
    """

    campaign_key: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    taken_at: datetime = Field(sa_type=TIME)
    skipped: bool = False
    nudge_n: int = 0
    nudge_x: int = 0
    holdout_n: int = 0
    holdout_x: int = 0
    fraction: float | None = None
    boundary: float | None = None
    low: float | None = None
    middle: float | None = None
    high: float | None = None
    last: bool = False
    inflation: float | None = None
    freedom: float | None = None


class ProgrammeDraw(SQLModel, table=True):
    """The salt of one year's draw of those who get no campaign at all (method.md 3.2)."""

    year: int = Field(primary_key=True)
    salt: bytes


class Tip(SQLModel, table=True):
    """A tip that the enablement team wrote in chat, with what a reviewer has to know of it.

    state: draft, in use, or retired. revision: counts its changes, as a campaign's does.
    """

    tip_key: str = Field(primary_key=True)
    revision: int
    state: str
    segment: str
    owner: str = Field(sa_type=sealed("tip.owner"))
    review: date
    risk: str
    risk_reason: str = Field(sa_type=sealed("tip.risk_reason"))
    source: str = Field(sa_type=sealed("tip.source"))
    written_on: date


class TipWords(SQLModel, table=True):
    """The words of such a tip in one language."""

    tip_key: str = Field(primary_key=True)
    language: str = Field(primary_key=True)
    title: str = Field(sa_type=sealed("tipwords.title"))
    task: str = Field(sa_type=sealed("tipwords.task"))
    understand: str = Field(sa_type=sealed("tipwords.understand"))
    ask: str = Field(sa_type=sealed("tipwords.ask"))


class SentText(SQLModel, table=True):
    """A text of a tip that was sent, by its hash: what stood in it, whatever the tip says now."""

    text_hash: str = Field(primary_key=True)
    language: str
    title: str = Field(sa_type=sealed("senttext.title"))
    body: str = Field(sa_type=sealed("senttext.body"))
    first_on: date
