"""Claim, send, record the receipt: each message once.

A chat has no idempotency key. So a row says *sending* before the request leaves; a row whose
answer is unclear, or whose sender died, is *in doubt*; and nothing in doubt is sent again before
two looks into the conversation, `settle` apart, have not found it. Where it cannot be looked, it
stays in doubt.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from unranked import text
from unranked.channels.base import Look, Message, Outcome, Presence, Receipt
from unranked.errors import UnrankedError
from unranked.services import messages, tips, unwanted
from unranked.services.runtime import Runtime
from unranked.services.unwanted import TOO_LATE, Later, Skip
from unranked.store import Tx, chat_pauses, outbox, people, sent_texts, turns, vault
from unranked.store.chat_pauses import Pause
from unranked.store.outbox import Claimed, State
from unranked.store.sent_texts import Text
from unranked.store.vault import Entry

LOOKS_NEEDED = 2
GONE = "channel_not_found"

LOOK_BACK = timedelta(days=1)
"""How much earlier than a message was planned its conversation is read."""

BROKEN_PAUSE = timedelta(minutes=10)
"""How long a workspace that refuses everything is left alone before the next try."""


class Step(StrEnum):
    """What one step of a run came to."""

    NOTHING_DUE = "nothing_due"
    PAUSED = "paused"
    SENT = "sent"
    FOUND = "found"
    WAITS = "waits"
    IN_DOUBT = "in_doubt"
    SKIPPED = "skipped"
    FAILED = "failed"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class DeliveryRun:
    """What a run did, in exact numbers of messages by step. `error` when the chat refuses all."""

    steps: Mapping[Step, int]
    error: str = ""
    hint: str = ""


def run(runtime: Runtime, *, stop: Callable[[], bool] = lambda: False) -> DeliveryRun:
    """Send what is due, one message after the other, until nothing is due or `stop` says so."""
    steps: Counter[Step] = Counter()
    now = runtime.clock()
    with runtime.store.write() as tx:
        turns.skip_over(tx, now=now, planned_before=now - TOO_LATE)
    while not stop():
        step = deliver_one(runtime)
        if step in {Step.NOTHING_DUE, Step.PAUSED}:
            break
        steps[step] += 1
        runtime.progress("messages", steps.total(), 0)
        if step in {Step.SENT, Step.IN_DOUBT, Step.FAILED}:
            runtime.sleeper(runtime.sending.apart.total_seconds())
    with runtime.store.read() as tx:
        pause = chat_pauses.paused(tx, runtime.channel.name)
    return DeliveryRun(steps, pause.error if pause else "", pause.hint if pause else "")


def deliver_one(runtime: Runtime) -> Step:
    """Take the next message that is due one step further."""
    now = runtime.clock()
    with runtime.store.write() as tx:
        if _is_paused(tx, runtime.channel.name, now):
            return Step.PAUSED
        message = turns.claim_next(
            tx,
            runtime.channel.name,
            runtime.ids.key("s"),
            now=now,
            until=now + runtime.sending.lease,
            after=runtime.served.last,
        )
    if message is None:
        return Step.NOTHING_DUE
    runtime.served.last = runtime.served.last.then(message)
    return _settle(runtime, message) if message.state is State.IN_DOUBT else _try(runtime, message)


def _is_paused(tx: Tx, channel: str, now: datetime) -> bool:
    pause = chat_pauses.paused(tx, channel)
    return pause is not None and now < pause.until


def _try(runtime: Runtime, message: Claimed) -> Step:
    """Send a message that was certainly not sent before."""
    with runtime.store.read() as tx:
        why = unwanted.why(tx, runtime, message, runtime.clock())
        member_id = vault.value(tx, message.person_key, message.channel, vault.MEMBER)
        conversation = vault.value(tx, message.person_key, message.channel, vault.CONVERSATION)
        drawn = None if why is not None else _drawn(tx, message)
    if why is not None:  # before a conversation is opened with somebody who wants none
        return _set_aside(runtime, message, why)
    if member_id is None:
        return _end(runtime, message, Step.SKIPPED, "not_in_chat")
    if drawn is None:  # it must not hold up everybody else's messages
        return _end(runtime, message, Step.FAILED, "no_text")
    just_opened = conversation is None
    if conversation is None:
        opened = runtime.channel.conversation(member_id)
        if opened.outcome is Outcome.UNCLEAR:  # nothing was sent: this one again, a little later
            again = Later(runtime.clock() + runtime.sending.settle, opened.reason)
            return _set_aside(runtime, message, again)
        if opened.outcome is not Outcome.SENT:
            return _not_sent(runtime, message, opened)
        conversation = opened.conversation
        with runtime.store.write() as tx:
            if people.one(tx, message.person_key) is not None:  # else erased at this moment
                entry = Entry(message.person_key, message.channel, vault.CONVERSATION, conversation)
                vault.replace(tx, [entry])
    return _send(runtime, message, conversation, drawn, just_opened=just_opened)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What a message says. kept: the text of a tip, as it is kept; None for anything else."""

    message: Message
    kept: Text | None


def _drawn(tx: Tx, message: Claimed) -> _Drawn | None:
    """Return what the message says to its reader; None where its text is gone since."""
    name = messages.tip_in(message.content)
    with text.spoken(text.language_of(people.locale(tx, message.person_key))):
        try:
            drawn = messages.from_content(
                message.content, token=message.key, tip_of=partial(tips.words, tx)
            )
            tip = tips.words(tx, name) if name else None
            if tip is None:
                return _Drawn(drawn, None)
            words = messages.template(tip)
            kept = Text(tips.language_of_words(tx, name), words.title, words.body)
            return _Drawn(drawn, kept)
        except (UnrankedError, LookupError, OSError, ValueError, TypeError):
            return None


def _send(
    runtime: Runtime,
    message: Claimed,
    conversation: str,
    drawn: _Drawn,
    *,
    just_opened: bool,
) -> Step:
    # The last look at what the person wants, and the mark that the request leaves, are one
    # transaction: a stop that was stored before it is always seen.
    now = runtime.clock()
    with runtime.store.write() as tx:
        why = unwanted.why(tx, runtime, message, now)
        if why is None and not _leaves(tx, message, drawn, now):
            return Step.LOST
    if why is not None:
        return _set_aside(runtime, message, why)
    if runtime.clock() + runtime.sending.timeout >= message.claimed_until:
        return Step.LOST  # this process slept: whoever claims it next looks before it sends
    receipt = runtime.channel.send(conversation, drawn.message, key=message.key)
    if receipt.outcome is Outcome.SENT:
        with runtime.store.write() as tx:
            outbox.sent(tx, message, receipt=receipt.stamp, now=runtime.clock())
            chat_pauses.resume(tx, message.channel)
        return Step.SENT
    if receipt.reason == GONE and not just_opened:
        # The conversation that is known may be of another installation: open it anew.
        with runtime.store.write() as tx:
            vault.forget(tx, message.person_key, message.channel, vault.CONVERSATION)
            outbox.requeue(tx, message, not_before=runtime.clock(), reason=receipt.reason)
        return Step.WAITS
    return _not_sent(runtime, message, receipt)


def _leaves(tx: Tx, message: Claimed, drawn: _Drawn, now: datetime) -> bool:
    """Note that the request leaves, and with which text; return whether the claim still held.

    The text is kept before anybody can have it: who finds it in the chat after this process died
    could not tell any more what it said.
    """
    kept = "" if drawn.kept is None else sent_texts.keep(tx, drawn.kept, on=now.date())
    return outbox.start_sending(tx, message, now=now, text_hash=kept)


def _set_aside(runtime: Runtime, message: Claimed, why: Skip | Later) -> Step:
    """End a message that is not wanted, or keep it for later."""
    if isinstance(why, Skip):
        return _end(runtime, message, Step.SKIPPED, why.reason)
    with runtime.store.write() as tx:
        outbox.requeue(tx, message, not_before=why.not_before, reason=why.reason)
    return Step.WAITS


def _end(runtime: Runtime, message: Claimed, step: Step, reason: str) -> Step:
    end = outbox.failed if step is Step.FAILED else outbox.skipped
    with runtime.store.write() as tx:
        end(tx, message, reason=reason, now=runtime.clock())
    return step


def _not_sent(runtime: Runtime, message: Claimed, receipt: Receipt) -> Step:
    now = runtime.clock()
    if receipt.outcome is Outcome.REFUSED:
        return _end(runtime, message, Step.FAILED, receipt.reason)
    with runtime.store.write() as tx:
        if receipt.outcome is Outcome.UNCLEAR:
            look_at = now + runtime.sending.settle
            outbox.doubt(tx, message, not_before=look_at, looks=0, reason=receipt.reason)
            return Step.IN_DOUBT
        later = receipt.outcome is Outcome.LATER
        until = now + (receipt.wait if later else BROKEN_PAUSE)
        error = "" if later else f"The chat refuses every message ({receipt.reason})."
        chat_pauses.pause(tx, message.channel, Pause(until, error, receipt.hint))
        outbox.requeue(tx, message, not_before=until, reason=receipt.reason)
    return Step.WAITS


def _settle(runtime: Runtime, message: Claimed) -> Step:
    """Find out whether an unclear message arrived, before anything else happens to it."""
    now = runtime.clock()
    began = message.attempted_at or now
    settle = runtime.sending.settle
    if message.looks == 0 and now < began + settle:
        # Claimed from a sender that died: its request may still be on its way.
        return _doubt(runtime, message, began + settle, looks=0, reason="no_answer")
    with runtime.store.read() as tx:
        conversation = vault.value(tx, message.person_key, message.channel, vault.CONVERSATION)
    if conversation is None:
        # The row says *sending* only once there is a conversation: without one nothing left.
        return _doubt(runtime, message, now + settle, looks=message.looks, reason="no_conversation")
    # From the day before it was planned on: the two clocks need not agree, and the key is unique.
    since = message.created_at - LOOK_BACK
    look = runtime.channel.look(conversation, key=message.key, since=since)
    if look.presence is Presence.THERE:
        with runtime.store.write() as tx:
            outbox.sent(tx, message, receipt=look.stamp, now=runtime.clock())
        return Step.FOUND
    if look.presence is Presence.UNKNOWN:
        return _doubt(
            runtime, message, now + max(settle, look.wait), looks=message.looks, reason=look.reason
        )
    return _absent(runtime, message, look)


def _absent(runtime: Runtime, message: Claimed, look: Look) -> Step:
    """One more look did not find the message: wait and look again, or send it after all."""
    looks = message.looks + 1
    now = runtime.clock()
    if looks < LOOKS_NEEDED:
        again = now + max(runtime.sending.settle, look.wait)
        return _doubt(runtime, message, again, looks=looks, reason="not_found")
    with runtime.store.write() as tx:
        outbox.requeue(tx, message, not_before=now, reason="not_found")
    return Step.WAITS


def _doubt(
    runtime: Runtime, message: Claimed, not_before: datetime, *, looks: int, reason: str
) -> Step:
    with runtime.store.write() as tx:
        outbox.doubt(tx, message, not_before=not_before, looks=looks, reason=reason)
    return Step.IN_DOUBT
