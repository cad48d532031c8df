"""What a database knows of its keys. The keys themselves stand in a key store, and never here."""

from sqlmodel import Field, SQLModel

WAS_CLEAR = (
    *("vault", "person", "outbox", "usage", "coverage", "campaign"),
    *("tip", "tipwords", "senttext"),
)
"""The tables in which something stood in clear before there was a key store."""


class Sealing(SQLModel, table=True):
    """Which key store this database is sealed with; one row, with `one` being 1.

    key_store: its own random name; empty before anything was sealed.
    seals, marks: the generation of keys that new values are sealed with, and that all marks are
    made with; two while a rotation runs. destroyed: how many keys were destroyed, as this database
    knows it. clean: nothing that was clear once, and nothing that was erased, stands in its files
    or its key store's any more.
    """

    one: int = Field(primary_key=True)
    key_store: str = ""
    seals: int = 0
    marks: int = 0
    destroyed: int = 0
    clean: bool = True


class DoomedKey(SQLModel, table=True):
    """A subject that was forgotten, until its keys are destroyed too: a moment, or a crash."""

    doomed: str = Field(primary_key=True)
