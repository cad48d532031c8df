"""Rows of the store, put in and read out by a test, whatever else a table has."""

from filled import Somebody
from sqlalchemy import insert, select
from sqlmodel import SQLModel

from unranked.domain import policy
from unranked.store.tables import table


def rows(world, model):
    """Return the rows of a table."""
    place = table(model)
    with world.runtime.store.read() as tx:
        return [dict(row) for row in tx.execute(select(place)).mappings()]


def put(world, into, whose="ada", **given):
    """Put a row of somebody into a table, with some of its columns as given."""
    place = SQLModel.metadata.tables[into]
    somebody = Somebody(whose)
    declared = policy.table(into)
    row = {column.name: somebody.value(declared, column, somebody) for column in place.columns}
    with world.runtime.store.write() as tx:
        tx.execute(insert(place).values(row | given))
