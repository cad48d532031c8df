"""What is said to somebody of whom nothing is kept: not read in yet, or not to be read in."""

from unranked.channels.base import Message
from unranked.services import messages
from unranked.services.runtime import Runtime
from unranked.store import tombstones, vault
from unranked.store.belongings import Identifier


def answer(runtime: Runtime, member_id: str) -> Message:
    """Return the one answer to a member of the chat who is not in the list of people."""
    itself = Identifier(runtime.channel.name, vault.MEMBER, member_id)
    with runtime.store.read() as tx:
        day = tombstones.erased_on(tx, itself)
    if day is None:
        return messages.plain("not_known", messages.contact(runtime))
    return forgotten(runtime)


def forgotten(runtime: Runtime) -> Message:
    """Return what is said to somebody who is not to be read in.

    It says neither that they were forgotten nor when: the address may have been somebody else's.
    """
    return messages.plain("forgotten", messages.contact(runtime))
