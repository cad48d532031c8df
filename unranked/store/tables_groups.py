"""Who counts in which group for a quarter, and what was let out of it."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from unranked.store.columns import TIME


class Unit(SQLModel, table=True):
    """A group of a manager's people, the same one from quarter to quarter. kind: as `UnitKind`."""

    unit_key: str = Field(primary_key=True)
    kind: str
    manager_key: str = Field(index=True)


class Cohort(SQLModel, table=True):
    """Who counts in groups, frozen for one quarter (method.md 4.4).

    atom: people with the same number are in the same groups, all of them (4.5).
    frozen_on: figures cover windows from this day on.
    """

    quarter: date = Field(primary_key=True)
    person_key: str = Field(primary_key=True)
    atom: int
    frozen_on: date


class FrozenUnit(SQLModel, table=True):
    """A unit that may be shown in a quarter. people: who count. members: a hash of who they are.

    often: it has figures for every 28 days. nested: it holds another one, or lies in one.
    """

    quarter: date = Field(primary_key=True)
    unit_key: str = Field(primary_key=True)
    people: int
    members: str
    often: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    nested: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    frozen_on: date


class UnitAtom(SQLModel, table=True):
    """One of the atoms that a unit is made of in a quarter."""

    quarter: date = Field(primary_key=True)
    unit_key: str = Field(primary_key=True)
    atom: int = Field(primary_key=True)


class ShownUnit(SQLModel, table=True):
    """Which unit a manager is shown in a quarter.

    above: by how many levels it begins above the manager. whole: nobody of it is left out.
    """

    quarter: date = Field(primary_key=True)
    manager_key: str = Field(primary_key=True)
    unit_key: str
    above: int
    whole: bool


class DottedLine(SQLModel, table=True):
    """Somebody reports to a second manager, too, as the company's list says."""

    person_key: str = Field(primary_key=True)
    manager_key: str = Field(primary_key=True)


class Release(SQLModel, table=True):
    """A figure that left, or that was withheld, once for its window: asked again, it is the same.

    quarter: the first day of the cohort's quarter. window_start, window_end: half-open days.
    members: a hash of the group's members. band: empty where nothing may be shown.
    least, most: the fewest and the most people for whom a share's band is shown.
    mechanism: how the band was made, `bands` or `laplace`; epsilon: what that cost of the year's.
    """

    group_key: str = Field(primary_key=True)
    statistic: str = Field(primary_key=True)
    window_start: date = Field(primary_key=True)
    window_end: date
    quarter: date = Field(index=True)
    members: str
    band: str
    least: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    most: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    mechanism: str = Field(default="bands", sa_column_kwargs={"server_default": "bands"})
    epsilon: float = Field(default=0, sa_column_kwargs={"server_default": "0"})
    released_at: datetime = Field(sa_type=TIME)


class AtomDraw(SQLModel, table=True):
    """The count of one atom with its noise, drawn once and never again (method.md 4.7)."""

    quarter: date = Field(primary_key=True)
    atom: int = Field(primary_key=True)
    window_start: date = Field(primary_key=True)
    counted: int
