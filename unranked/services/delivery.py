"""Claim, send, record the receipt: each message once.

A chat has no idempotency key. So a row says *sending* before the request leaves; a row whose
answer is unclear, or whose sender died, is *in doubt*; and nothing in doubt is sent again before
two looks into the conversation, `settle` apart, have not found it. Where it cannot be looked, it
stays in doubt.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from unranked import text
from unranked.channels.base import Look, Message, Outcome, Presence, Receipt
from unranked.domain import mondays, monthly, pulse
from unranked.domain.calendar import OFFICE_HOURS, local_day, next_opening
from unranked.domain.nudges import Reason, still_welcome
from unranked.domain.people import PersonKind
from unranked.errors import UnrankedError
from unranked.services import messages
from unranked.services.candidates import activity_feeds
from unranked.services.runtime import Runtime
from unranked.services.segments import calendar_of, consent_from
from unranked.store import Tx, campaigns, outbox, people, usage, vault
from unranked.store.outbox import Claimed, Kind, Pause, State
from unranked.store.people import StoredPerson
from unranked.store.vault import Entry

LOOKS_NEEDED = 2
GONE = "channel_not_found"

TOO_LATE = timedelta(days=14)
"""After so long what decided a message no longer holds, and it is not sent any more."""

LOOK_BACK = timedelta(days=1)
"""How much earlier than a message was planned its conversation is read."""

PAUSED_LOOK = timedelta(minutes=15)
"""How long a message of a paused campaign waits before it is looked at again."""

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
    while not stop():
        step = deliver_one(runtime)
        if step in {Step.NOTHING_DUE, Step.PAUSED}:
            break
        steps[step] += 1
        runtime.progress("messages", steps.total(), 0)
        if step in {Step.SENT, Step.IN_DOUBT, Step.FAILED}:
            runtime.sleeper(runtime.sending.apart.total_seconds())
    with runtime.store.read() as tx:
        pause = outbox.paused(tx, runtime.channel.name)
    return DeliveryRun(steps, pause.error if pause else "", pause.hint if pause else "")


def deliver_one(runtime: Runtime) -> Step:
    """Take the next message that is due one step further."""
    now = runtime.clock()
    with runtime.store.write() as tx:
        if _is_paused(tx, runtime.channel.name, now):
            return Step.PAUSED
        message = outbox.claim_next(
            tx,
            runtime.channel.name,
            runtime.ids.key("s"),
            now=now,
            until=now + runtime.sending.lease,
        )
    if message is None:
        return Step.NOTHING_DUE
    return _settle(runtime, message) if message.state is State.IN_DOUBT else _try(runtime, message)


def _is_paused(tx: Tx, channel: str, now: datetime) -> bool:
    pause = outbox.paused(tx, channel)
    return pause is not None and now < pause.until


def _try(runtime: Runtime, message: Claimed) -> Step:
    """Send a message that was certainly not sent before."""
    with runtime.store.read() as tx:
        unwanted = _unwanted(tx, runtime, message, runtime.clock())
        conversation = vault.value(tx, message.person_key, message.channel, vault.CONVERSATION)
        member_id = vault.value(tx, message.person_key, message.channel, vault.MEMBER)
        locale = people.locale(tx, message.person_key)
    if unwanted is not None:  # before a conversation is opened with somebody who wants none
        return unwanted(runtime, message)
    if member_id is None:
        return _end(runtime, message, Step.SKIPPED, "not_in_chat")
    with text.spoken(text.language_of(locale)):
        content = _words(message)
    if content is None:  # it must not hold up everybody else's messages
        return _end(runtime, message, Step.FAILED, "no_text")
    if conversation is None:
        opened = runtime.channel.conversation(member_id)
        if opened.outcome is Outcome.UNCLEAR:  # nothing was sent: this one again, a little later
            return _later(runtime.clock() + runtime.sending.settle, opened.reason)(runtime, message)
        if opened.outcome is not Outcome.SENT:
            return _not_sent(runtime, message, opened)
        conversation = opened.conversation
        with runtime.store.write() as tx:
            if people.one(tx, message.person_key) is not None:  # else erased at this moment
                entry = Entry(message.person_key, message.channel, vault.CONVERSATION, conversation)
                vault.replace(tx, [entry])
    return _send(runtime, message, conversation, content)


def _words(message: Claimed) -> Message | None:
    """Return what the message says; None where its text is gone since it was queued."""
    try:
        return messages.from_content(message.content, token=message.key)
    except (UnrankedError, LookupError, OSError, ValueError, TypeError):
        return None


def _send(runtime: Runtime, message: Claimed, conversation: str, content: Message) -> Step:
    # The last look at what the person wants, and the mark that the request leaves, are one
    # transaction: a stop that was stored before it is always seen.
    now = runtime.clock()
    with runtime.store.write() as tx:
        unwanted = _unwanted(tx, runtime, message, now)
        if unwanted is None and not outbox.start_sending(tx, message, now=now):
            return Step.LOST
    if unwanted is not None:
        return unwanted(runtime, message)
    if runtime.clock() + runtime.sending.timeout >= message.claimed_until:
        return Step.LOST  # this process slept: whoever claims it next looks before it sends
    receipt = runtime.channel.send(conversation, content, key=message.key)
    if receipt.outcome is Outcome.SENT:
        with runtime.store.write() as tx:
            outbox.sent(tx, message, receipt=receipt.stamp, now=runtime.clock())
            outbox.resume(tx, message.channel)
        return Step.SENT
    if receipt.reason == GONE and not message.attempts:
        # The conversation that is known may be of another installation: open it anew, once.
        with runtime.store.write() as tx:
            vault.forget(tx, message.person_key, message.channel, vault.CONVERSATION)
            outbox.requeue(tx, message, not_before=runtime.clock(), reason=receipt.reason)
        return Step.WAITS
    return _not_sent(runtime, message, receipt)


_Ending = Callable[[Runtime, Claimed], Step]


def _unwanted(tx: Tx, runtime: Runtime, message: Claimed, now: datetime) -> _Ending | None:
    """Return how a message ends that must not go out now, or None when it may."""
    if now - message.created_at > TOO_LATE:
        return _skip("too_late")
    if message.campaign_key and not campaigns.is_running(tx, message.campaign_key):
        return _later(now + PAUSED_LOOK, "paused")
    person = people.one(tx, message.person_key)
    if person is None or not person.present:
        return _skip("left")
    if person.kind is not PersonKind.MEMBER:
        return _skip("not_a_member")
    if _has_started(tx, runtime, message):
        return _skip(Reason.ADOPTED.value)
    return _unwelcome(tx, runtime, message, person, now)


def _has_started(tx: Tx, runtime: Runtime, message: Claimed) -> bool:
    """Return whether somebody used AI since their campaign drew them: then it has nothing to say.

    They are counted in their arm all the same, whatever reached them.
    """
    if not message.campaign_key:
        return False
    drawn_on = campaigns.drawn_on(tx, message.campaign_key, message.person_key)
    feeds = activity_feeds(runtime)
    return drawn_on is not None and usage.is_active_after(
        tx, message.person_key, feeds, after=drawn_on
    )


def _unwelcome(
    tx: Tx, runtime: Runtime, message: Claimed, person: StoredPerson, now: datetime
) -> _Ending | None:
    """Return how a message ends that this person does not want now, or None when they may."""
    consent = consent_from(campaigns.choices(tx, person.person_key).get(person.person_key, []))
    absences = people.absences(tx, person.person_key).get(person.person_key, [])
    calendar = calendar_of(person, absences, consent, today=now.date())
    zone = person.zone or runtime.default_zone or None
    if message.kind in _OF_ITS_DAY:
        refusal = _OF_ITS_DAY[message.kind](consent, calendar, zone, at=now)
        if refusal is not None:
            return _skip(refusal.value)
        return None if zone is None or _is_of_today(message, zone, now) else _skip("too_late")
    reason = still_welcome(consent, calendar, zone, at=now)
    hours = consent.open_hours.within(OFFICE_HOURS)
    if reason is None:
        tomorrow = _after_others_of_today(tx, person.person_key, now, zone)
        if tomorrow is None or zone is None:
            return None
        opens = next_opening(tomorrow, zone, calendar.with_absences(consent.leave), hours)
        return None if opens is None else _later(opens, "one_a_day")
    opens = next_opening(now, zone, calendar, hours) if reason.waits and zone else None
    return _skip(reason.value) if opens is None else _later(opens, reason.value)


def _is_of_today(message: Claimed, zone: str, now: datetime) -> bool:
    return local_day(message.created_at, zone) == local_day(now, zone)


_OF_ITS_DAY = {
    Kind.DIGEST: mondays.refused,
    Kind.PULSE: pulse.refused,
    Kind.MONTHLY: monthly.refused,
}
"""Messages that are sent on their day or not at all: why one must not go out now."""


def _after_others_of_today(
    tx: Tx, person_key: str, now: datetime, zone: str | None
) -> datetime | None:
    """Return when the day is over on which the person gets another message anyway, else None.

    A tip gives way: a question and a manager's week have their day by a rhythm of their own.
    """
    if zone is None:
        return None
    day = local_day(now, zone)
    start, end = (
        datetime.combine(one, time(0), ZoneInfo(zone)).astimezone(UTC)
        for one in (day, day + timedelta(days=1))
    )
    others = [Kind.PULSE, Kind.DIGEST, Kind.MONTHLY]
    return end if outbox.comes_between(tx, person_key, others, start, end) else None


def _skip(reason: str) -> _Ending:
    return lambda runtime, message: _end(runtime, message, Step.SKIPPED, reason)


def _later(not_before: datetime, reason: str) -> _Ending:
    def ending(runtime: Runtime, message: Claimed) -> Step:
        with runtime.store.write() as tx:
            outbox.requeue(tx, message, not_before=not_before, reason=reason)
        return Step.WAITS

    return ending


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
        outbox.pause(tx, message.channel, Pause(until, error, receipt.hint))
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
