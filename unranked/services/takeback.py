"""What the bot wrote to somebody, taken back out of the chat, as far as the chat allows.

A message that is being sent is waited for; one of which nobody knows whether it arrived is looked
for twice, as `delivery` does, before it counts as never arrived.
"""

from dataclasses import dataclass

from unranked.channels.base import Outcome, Paragraph, Posted
from unranked.domain.consent import Choice
from unranked.services import strangers
from unranked.services.runtime import Runtime
from unranked.store import campaigns, erasure, people, vault
from unranked.store.belongings import Belongings
from unranked.store.campaigns import StoredChoice
from unranked.store.erasure import Sent

TRIES = 3
STEP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many messages of the bot were deleted in the chat, and how many may still be there.

    unread: the conversation could not be looked into, so that there may be more than is known.
    """

    deleted: int = 0
    left: int = 0
    unread: bool = False


def take_back(runtime: Runtime, person_key: str) -> TakenBack:
    """Stop everything that is on its way to a person, and delete what arrived. Never fails."""
    _object(runtime, person_key)
    _wait_until_nothing_is_sent(runtime, person_key)
    with runtime.store.read() as tx:
        messages = erasure.sent(tx, person_key)
    conversation = _conversation(runtime, person_key)
    if not conversation:
        return TakenBack(left=len(messages), unread=conversation is None)
    _wait_until_it_shows(runtime, messages)
    done, missing = _clear(runtime, conversation, messages)
    if missing:
        runtime.sleeper(runtime.sending.settle.total_seconds())
        again, _ = _clear(runtime, conversation, missing)
        done = TakenBack(done.deleted + again.deleted, again.left, again.unread)
    return done


def take_back_from(runtime: Runtime, member_id: str) -> TakenBack:
    """Delete what the bot wrote to a member of whom nothing is held any more. Never fails."""
    conversation = runtime.channel.conversation(member_id).conversation
    if not conversation:
        return TakenBack(unread=True)
    done, _ = _clear(runtime, conversation, [])
    return done


def empty_home(runtime: Runtime, theirs: Belongings) -> None:
    """Put in place of the person's Home tab that nothing is kept about them."""
    said = strangers.forgotten(runtime)
    for one in theirs.identifiers:
        if one.kind == vault.MEMBER and one.realm == runtime.channel.name:
            runtime.channel.show_home(one.value, [Paragraph(said.title), *said.parts])


def _object(runtime: Runtime, person_key: str) -> None:
    """Store an objection: if the erasure stops half-way, nothing is sent all the same."""
    now = runtime.clock()
    with runtime.store.write() as tx:
        if people.one(tx, person_key) is not None:
            campaigns.choose(tx, StoredChoice(person_key, Choice.OBJECT.value, now))


def _wait_until_nothing_is_sent(runtime: Runtime, person_key: str) -> None:
    """Wait for what was claimed before the objection; whoever claims later sees it, and skips."""
    end = runtime.clock() + runtime.sending.lease
    while True:
        now = runtime.clock()
        with runtime.store.read() as tx:
            held = erasure.under_way(tx, person_key, now=now)
        if not held or now > end:
            return
        runtime.sleeper(STEP_SECONDS)


def _wait_until_it_shows(runtime: Runtime, messages: list[Sent]) -> None:
    """Let an unclear attempt of a moment ago come in, as it still may."""
    tried = [one.tried_at for one in messages if not one.stamp and one.tried_at is not None]
    if tried:
        rest = max(tried) + runtime.sending.settle - runtime.clock()
        runtime.sleeper(max(0.0, rest.total_seconds()))


def _conversation(runtime: Runtime, person_key: str) -> str | None:
    """Return the person's conversation with the bot; also of one who only ever wrote to it.

    Empty for somebody who is not in the chat, None where it cannot be opened.
    """
    name = runtime.channel.name
    with runtime.store.read() as tx:
        known = vault.value(tx, person_key, name, vault.CONVERSATION)
        member = vault.value(tx, person_key, name, vault.MEMBER)
    if known is not None or member is None:
        return known or ""
    return runtime.channel.conversation(member).conversation or None


def _clear(
    runtime: Runtime, conversation: str, messages: list[Sent]
) -> tuple[TakenBack, list[Sent]]:
    """Delete whatever the bot wrote in the conversation.

    Returns also which of the unclear messages are not there; they may still come. Where the
    conversation cannot be read, what is known to be there goes, and nothing else is awaited.
    """
    unclear = [one for one in messages if not one.stamp]
    posted = runtime.channel.posted(conversation)
    readable = posted is not None
    if posted is None:
        posted = [Posted(one.stamp, one.key) for one in messages if one.stamp]
    deleted = sum(_deleted(runtime, conversation, one) for one in posted)
    left = len(posted) - deleted + (0 if readable else len(unclear))
    seen = {one.key for one in posted}
    missing = [one for one in unclear if one.key not in seen] if readable else []
    return TakenBack(deleted, left, unread=not readable), missing


def _deleted(runtime: Runtime, conversation: str, message: Posted) -> bool:
    """Delete one message; where the chat asks to wait or does not answer, try again."""
    for _ in range(TRIES):
        receipt = runtime.channel.delete(conversation, message)
        runtime.sleeper(runtime.sending.apart.total_seconds())
        if receipt.outcome in {Outcome.SENT, Outcome.REFUSED, Outcome.BROKEN}:
            return receipt.outcome is Outcome.SENT
        runtime.sleeper(receipt.wait.total_seconds())
    return False
