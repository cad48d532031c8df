"""What the language model was asked on each day: counts and tokens, and no word of anybody.

Calls are counted on a day ten at a time. Until then they wait in a row of no day, so that no figure
that is shown, of calls, tokens or cost, moves with the question of one person.
"""

from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import delete, func, select, text

from unranked.domain.counts import STEP
from unranked.store import Tx
from unranked.store.tables import ModelUse, table

_use = table(ModelUse)
_COUNTS = ("calls", "discarded", "n_in", "n_out")
_ADD = text(
    # In one statement: two processes may ask for the first time of the day at once.
    f"INSERT INTO {_use.name} (day, model, {', '.join(_COUNTS)}) "  # noqa: S608 - our own names
    f"VALUES (:day, :model, {', '.join(f':{name}' for name in _COUNTS)}) "
    "ON CONFLICT (day, model) DO UPDATE SET "
    + ", ".join(f"{name} = {_use.name}.{name} + excluded.{name}" for name in _COUNTS)
)

WAITING = date.min
"""The day of what waits to be counted."""


@dataclass(frozen=True, slots=True)
class Used:
    """What one model was asked: calls, how many answers were not shown, and tokens."""

    model: str
    calls: int
    discarded: int
    n_in: int
    n_out: int


def add(tx: Tx, day: date, used: Used) -> None:
    """Add to what the model was asked; it counts on the day on which STEP calls are together."""
    tx.execute(_ADD, {"day": WAITING, **asdict(used)})  # holds the row until the end
    waiting = (_use.c.day == WAITING) & (_use.c.model == used.model)
    row = tx.execute(select(*(_use.c[name] for name in _COUNTS)).where(waiting)).mappings().one()
    if row["calls"] >= STEP:
        tx.execute(delete(_use).where(waiting))
        tx.execute(_ADD, {"day": day, "model": used.model, **row})


def since(tx: Tx, day: date) -> list[Used]:
    """Return what each model was asked from a day on, by the model's name, without what waits."""
    sums = [func.sum(_use.c[name]).label(name) for name in _COUNTS]
    rows = tx.execute(
        select(_use.c.model, *sums)
        .where(_use.c.day >= day, _use.c.day > WAITING)
        .group_by(_use.c.model)
        .order_by(_use.c.model)
    ).mappings()
    return [Used(row["model"], *(int(row[name]) for name in _COUNTS)) for row in rows]
