"""What keeps a message that is due from being sent now: for good, or until later.

Everything is asked again here, however lately it was planned: what a person wants, whether they
are there, whether their campaign still sends, whether the tip is still one for them. Caps were
settled before the draw; whoever asked for fewer tips since has others now.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from unranked.domain import campaigns, mondays, monthly, pulse
from unranked.domain.calendar import OFFICE_HOURS, OpenHours, WorkCalendar, local_day, next_opening
from unranked.domain.consent import Consent
from unranked.domain.nudges import Reason, capped, still_welcome
from unranked.domain.people import PersonKind
from unranked.domain.segments import NUDGED
from unranked.services import messages, spacing, tips
from unranked.services.candidates import activity_feeds, history_of
from unranked.services.running import Running
from unranked.services.runtime import Runtime
from unranked.services.segments import calendar_of, consent_from
from unranked.store import Tx, activity, audience, enrolments, leading, outbox, people
from unranked.store import campaigns as stored
from unranked.store.outbox import Claimed, Kind
from unranked.store.people import StoredPerson

TOO_LATE = timedelta(days=14)
"""After so long what decided a message no longer holds, and it is not sent any more."""


@dataclass(frozen=True, slots=True)
class Skip:
    """The message is never sent."""

    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """The message waits, and everything is asked again then."""

    not_before: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class _Reader:
    """Whom a message is for. calendar: with all leave. zone: None where nobody knows it."""

    person: StoredPerson
    consent: Consent
    calendar: WorkCalendar
    zone: str | None

    @property
    def key(self) -> str:
        """The person's key."""
        return self.person.person_key


def why(tx: Tx, runtime: Runtime, message: Claimed, now: datetime) -> Skip | Later | None:
    """Return what keeps the message from being sent at `now`, or None when it may go out."""
    if now - message.created_at > TOO_LATE:
        return Skip("too_late")
    person = people.one(tx, message.person_key)
    if person is None or not person.present:
        return Skip("left")
    if person.kind is not PersonKind.MEMBER:
        return Skip("not_a_member")
    if message.kind is Kind.DIGEST and not leading.leads(tx, message.person_key):
        return Skip("leads_nobody")
    reader = _reader(tx, runtime, person, now)
    if message.kind is Kind.NUDGE:
        return _of_its_campaign(tx, runtime, message, reader, now)
    return (
        _of_its_day(message, reader, now)
        if message.kind in _OF_ITS_DAY
        else _aside(message, reader, now)
    )


def _reader(tx: Tx, runtime: Runtime, person: StoredPerson, now: datetime) -> _Reader:
    key = person.person_key
    consent = consent_from(stored.choices(tx, key).get(key, []))
    absences = people.absences(tx, key).get(key, [])
    calendar = calendar_of(person, absences, consent, today=now.date())
    return _Reader(person, consent, calendar, person.zone or runtime.default_zone or None)


_OF_ITS_DAY: Mapping[Kind, Callable[..., Reason | None]] = {
    Kind.DIGEST: mondays.refused,
    Kind.PULSE: pulse.refused,
    Kind.MONTHLY: monthly.refused,
}
"""Messages that are sent on their day or not at all: why one must not go out now."""


def _of_its_day(message: Claimed, reader: _Reader, now: datetime) -> Skip | None:
    refused = _OF_ITS_DAY[message.kind]
    refusal = refused(reader.consent, reader.calendar, reader.zone, at=now)
    if refusal is not None:
        return Skip(refusal.value)
    zone = reader.zone
    of_today = zone is None or local_day(message.created_at, zone) == local_day(now, zone)
    return None if of_today else Skip("too_late")


def _aside(message: Claimed, reader: _Reader, now: datetime) -> Skip | Later | None:
    """Decide about what belongs to no campaign and to no day."""
    if message.kind is Kind.NOTICE:
        return _out_of_hours(reader, now, OFFICE_HOURS, about_starting=False)
    # A test: they asked for it, wherever they are and whatever the hour.
    return Skip(Reason.OBJECTED.value) if reader.consent.objected else None


def _of_its_campaign(
    tx: Tx, runtime: Runtime, message: Claimed, reader: _Reader, now: datetime
) -> Skip | Later | None:
    """Decide about a tip: what its campaign says, then the tip itself, then the person's day."""
    if not message.campaign_key:
        return _of_its_tip(tx, message, reader, OFFICE_HOURS, now)
    campaign = stored.one(tx, message.campaign_key)
    if campaign is None or campaign.state == campaigns.State.ENDED:
        return Skip("ended")
    if campaign.state != campaigns.State.RUNNING:  # claimed just before it was paused
        return Later(now, "paused")
    stopped = stored.stopped(tx, message.campaign_key, reader.key)
    if not stopped and _has_started(tx, runtime, message.campaign_key, reader.key):
        stopped = Reason.ADOPTED.value
    return (
        Skip(stopped) if stopped else _of_its_tip(tx, message, reader, Running(campaign).hours, now)
    )


def _of_its_tip(
    tx: Tx, message: Claimed, reader: _Reader, hours: OpenHours, now: datetime
) -> Skip | Later | None:
    if _has_expired(tx, message, now):
        return Skip("expired")
    closed = _out_of_hours(reader, now, hours, about_starting=True)
    if closed is not None or reader.zone is None:
        return closed
    if _is_too_many(tx, message, reader, now):
        return Skip("capped")
    own = reader.consent.open_hours.within(hours)
    week = spacing.Week(reader.key, reader.zone, reader.calendar, reader.consent, own)
    another_day = spacing.later(tx, week, now)
    return None if another_day is None else Later(another_day, "one_a_day")


def _has_started(tx: Tx, runtime: Runtime, campaign_key: str, person_key: str) -> bool:
    """Return whether somebody used AI since their campaign drew them: then it has nothing to say.

    They are counted in their arm all the same, whatever reached them.
    """
    drawn_on = stored.drawn_on(tx, campaign_key, person_key)
    feeds = activity_feeds(runtime)
    return drawn_on is not None and activity.is_active_after(tx, person_key, feeds, after=drawn_on)


def _has_expired(tx: Tx, message: Claimed, now: datetime) -> bool:
    """Return whether the tip may not be sent to its reader any more. One that is gone has not.

    Its owner should have read it again by now, or it was rewritten for others since it was planned.
    """
    name, segment = messages.tip_in(message.content), _segment(tx, message)
    library = tips.Library.of(tx, today=now.date())
    if name in (library.fitting(segment) if segment else library.names):
        return False
    return tips.words(tx, name) is not None


def _segment(tx: Tx, message: Claimed) -> str:
    """Return for people of which segment a tip must be: where its reader is now.

    Where that is none to which tips are sent, as it is while figures are late, it is the one in
    which they were drawn; empty where nobody drew them.
    """
    current = audience.segment(tx, message.person_key)
    if current in NUDGED:
        return current
    campaign = message.campaign_key
    return enrolments.segment(tx, campaign, message.person_key) if campaign else ""


def _is_too_many(tx: Tx, message: Claimed, reader: _Reader, now: datetime) -> bool:
    """Return whether a tip is more than somebody wants who asked for fewer, perhaps since then."""
    if not reader.consent.fewer:
        return False
    return capped(history_of(outbox.beside(tx, message)), reader.consent, now) is not None


def _out_of_hours(
    reader: _Reader, now: datetime, hours: OpenHours, *, about_starting: bool
) -> Skip | Later | None:
    """Return how a message ends or waits that the person does not want now."""
    reason = still_welcome(
        reader.consent,
        reader.calendar,
        reader.zone,
        at=now,
        about_starting=about_starting,
        hours=hours,
    )
    if reason is None:
        return None
    own = reader.consent.open_hours.within(hours)
    waits = reason.waits and reader.zone is not None
    opens = next_opening(now, reader.zone or "", reader.calendar, own) if waits else None
    return Skip(reason.value) if opens is None else Later(opens, reason.value)
