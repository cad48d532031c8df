"""Alembic's environment: the caller opens the database and hands the transaction over."""

from alembic import context
from sqlmodel import SQLModel

import unranked.store.tables  # noqa: F401 - it fills the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
context.run_migrations()
