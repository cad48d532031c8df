"""Who looked at what comes from people: by the day, by role, and never by name or time of day."""

from datetime import date

from sqlmodel import Field, SQLModel


class Access(SQLModel, table=True):
    """Looks of a day at what is one person's. who: a role. what: of a few words of ours."""

    person_key: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    who: str = Field(primary_key=True)
    what: str = Field(primary_key=True)
    times: int


class GroupAccess(SQLModel, table=True):
    """Looks of a day at numbers of many people; whom they count is asked when it is read.

    group_key: a campaign's; empty where everybody counts.
    """

    group_key: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    who: str = Field(primary_key=True)
    what: str = Field(primary_key=True)
    times: int
