"""The table of everything that leaves for somebody's chat, and the state of the chat itself."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from unranked.store.columns import TIME
from unranked.store.sealed_columns import sealed

CONTENT = sealed("outbox.content")
_WAITS = text("state IN ('queued', 'sending', 'in_doubt')")


class Outbox(SQLModel, table=True):
    """One message to one person. `purpose` is unique: the same thing is never planned twice.

    kind: what it is, for the rules it obeys: a nudge counts against the caps, a digest does not.
    key: opaque; it travels in the message's metadata so that the message can be found again.
    content: the message's name and words' parameters; never a figure of anybody.
    claim, claimed_until: who is sending it, and until when nobody else may touch it.
    looks: how often the conversation was read, since the unclear attempt, without finding it.
    receipt: the chat's own stamp of the message; its conversation stands in the vault.
    text_hash: the text that was sent, as `senttext` keeps it; empty where it is no tip.
    posted_on: the day on which a manager showed their week to the team; where, nobody keeps.
    """

    __table_args__ = (
        Index("ix_outbox_due", "state", "not_before"),
        Index(
            "ix_outbox_turn",
            "campaign_key",
            "not_before",
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
    )

    key: str = Field(primary_key=True)
    purpose: str = Field(unique=True)
    person_key: str = Field(index=True)
    channel: str
    kind: str = Field(default="nudge", sa_column_kwargs={"server_default": "nudge"})
    campaign_key: str | None = Field(default=None, index=True)
    content: str = Field(sa_type=CONTENT)
    state: str
    reason: str = ""
    created_at: datetime = Field(sa_type=TIME)
    not_before: datetime = Field(sa_type=TIME)
    claim: str = ""
    claimed_until: datetime | None = Field(default=None, sa_type=TIME)
    attempted_at: datetime | None = Field(default=None, sa_type=TIME)
    attempts: int = 0
    looks: int = 0
    receipt: str = Field(default="", sa_type=sealed("outbox.receipt"))
    finished_at: datetime | None = Field(default=None, sa_type=TIME)
    answered_on: date | None = None
    text_hash: str = Field(default="", sa_column_kwargs={"server_default": ""})
    posted_on: date | None = None


class ChannelState(SQLModel, table=True):
    """A chat that asked us to wait, or that refuses the whole workspace; `error` says which."""

    channel: str = Field(primary_key=True)
    paused_until: datetime = Field(sa_type=TIME)
    error: str = ""
    hint: str = ""
