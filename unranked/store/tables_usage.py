"""What the providers and the sources of finished work report, by account and day."""

from datetime import date

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from unranked.store.columns import BIG

IN_ANOTHER_CURRENCY = text("currency NOT IN ('', 'USD')")
"""Of a row with a cost that is not in USD. Said in the same words wherever it is asked: only then
does SQLite look into the index for it, which is empty in nearly every company."""


class Usage(SQLModel, table=True):
    """One usage record. A feed's day is replaced whole: a second reading changes nothing."""

    __table_args__ = (
        Index("ix_usage_account", "account_key", "day"),
        Index(
            "ix_usage_not_usd",
            *("connector", "day"),
            sqlite_where=IN_ANOTHER_CURRENCY,
            postgresql_where=IN_ANOTHER_CURRENCY,
        ),
    )

    connector: str = Field(primary_key=True)
    feed: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    account_key: str = Field(primary_key=True)
    product: str = Field(primary_key=True)
    model: str = Field(primary_key=True)
    tier: str = Field(primary_key=True)
    credential: str = Field(primary_key=True)
    project: str = Field(primary_key=True)
    variant: str = Field(primary_key=True)
    active: bool
    requests: int | None = Field(default=None, sa_type=BIG)
    n_in: int | None = Field(default=None, sa_type=BIG)
    n_out: int | None = Field(default=None, sa_type=BIG)
    n_cr: int | None = Field(default=None, sa_type=BIG)
    n_cw5: int | None = Field(default=None, sa_type=BIG)
    n_cw1h: int | None = Field(default=None, sa_type=BIG)
    cost_nano: int | None = Field(default=None, sa_type=BIG)
    currency: str = Field(default="", primary_key=True)


class Outcome(SQLModel, table=True):
    """How much of one kind an account finished on a day, less what did not survive (method.md 1.6).

    No id and no title of what was finished: the source is asked again while it may still change.
    """

    __table_args__ = (Index("ix_outcome_account", "account_key", "day"),)

    connector: str = Field(primary_key=True)
    feed: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    account_key: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    finished: int
