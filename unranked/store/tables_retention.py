"""What stays of rows that went by their age: weeks, ever used or not, and a campaign's totals."""

from datetime import date

from sqlmodel import Field, SQLModel

from unranked.store.columns import BIG


class UsageWeek(SQLModel, table=True):
    """What an account did in a week, of days that are kept by the day no more (method.md 4.11).

    since: the week's Monday, or a later day where a quarter or a tie to a person begins within it.
    through: the last day of the account that is added up in it.
    days: active days. Of a day on which the person used several accounts, one of them has it.
    """

    account_key: str = Field(primary_key=True)
    connector: str = Field(primary_key=True)
    feed: str = Field(primary_key=True)
    since: date = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    through: date
    days: int
    requests: int | None = Field(default=None, sa_type=BIG)
    n_in: int | None = Field(default=None, sa_type=BIG)
    n_out: int | None = Field(default=None, sa_type=BIG)
    n_cr: int | None = Field(default=None, sa_type=BIG)
    n_cw5: int | None = Field(default=None, sa_type=BIG)
    n_cw1h: int | None = Field(default=None, sa_type=BIG)
    cost_nano: int | None = Field(default=None, sa_type=BIG)


class EverUsed(SQLModel, table=True):
    """When an account was first and last used, of days that are kept by the day no more.

    since: when it became whose it was then. days: active days, 3 standing for more, so that of
    fewer every one is known.
    """

    account_key: str = Field(primary_key=True)
    since: date = Field(primary_key=True)
    first_day: date
    last_day: date
    days: int


class ArmTotal(SQLModel, table=True):
    """How many people a campaign drew. people: rounded down to ten, 0 for fewer than 20."""

    campaign_key: str = Field(primary_key=True)
    arm: str = Field(primary_key=True)
    people: int
