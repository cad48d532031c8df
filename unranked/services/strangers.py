"""What is said to somebody of whom nothing is kept: not read in yet, or forgotten."""

from dataclasses import dataclass
from datetime import date

from unranked.channels.base import Message
from unranked.services import messages, spoken
from unranked.services.runtime import Runtime
from unranked.store import tombstones, vault
from unranked.store.belongings import Identifier


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The day on which somebody was forgotten, in words, and whom to write to."""

    day: str
    contact: str


def answer(runtime: Runtime, member_id: str) -> Message:
    """Return the one answer to a member of the chat who is not in the list of people."""
    itself = Identifier(runtime.channel.name, vault.MEMBER, member_id)
    with runtime.store.read() as tx:
        day = tombstones.erased_on(tx, itself)
    if day is None:
        return messages.plain("not_known", messages.contact(runtime))
    return forgotten(runtime, day)


def forgotten(runtime: Runtime, day: date) -> Message:
    """Return what is said to somebody who was forgotten on that day."""
    named = messages.contact(runtime).contact
    return messages.plain("forgotten", Forgotten(spoken.day(day), named))
