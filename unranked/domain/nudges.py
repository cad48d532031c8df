"""Who may be nudged now, and why not. All that can stop a nudge stops it before the draw.

The order of method.md 3.2: segments, then what the person wants and has had, then a fresh look at
their activity, then the draw (stats.py), then sending. Whoever is drawn is counted in their arm,
whatever then reaches them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

from unranked.domain.calendar import (
    OFFICE_HOURS,
    OpenHours,
    WorkCalendar,
    is_zone,
    local_day,
    may_send,
    next_opening,
)
from unranked.domain.consent import Consent
from unranked.domain.constants import QUARTER, SEND_WITHIN, UNANSWERED_MAX
from unranked.domain.segments import NUDGED, Placement, Segment, is_stale, may_be_nudged


class Reason(StrEnum):
    """Why a person is not nudged now."""

    OBJECTED = "objected"
    OPTED_OUT = "opted_out"
    DECLINED = "declined"
    NOT_THIS_SEGMENT = "not_this_segment"
    NO_ZONE = "no_zone"
    AWAY = "away"
    JUST_BACK = "just_back"
    CAPPED_GAP = "capped_gap"
    CAPPED_QUARTER = "capped_quarter"
    NO_ANSWER = "no_answer"
    STALE = "stale"
    RECENT_ACTIVITY = "recent_activity"
    NOT_SOON = "not_soon"
    CLOSED = "closed"
    ELSEWHERE = "elsewhere"
    PROGRAMME_HOLDOUT = "programme_holdout"
    ADOPTED = "adopted"
    NO_TIP = "no_tip"

    @property
    def waits(self) -> bool:
        """Whether a message that is already due waits for the next opening instead of ending."""
        return self in {Reason.AWAY, Reason.JUST_BACK, Reason.CLOSED}


@dataclass(frozen=True, slots=True)
class Aim:
    """What a campaign is about, as far as it decides who may be nudged.

    about_starting: starting with AI; not for those who use something else or do not want it.
    about_one_tool: tips for one tool; only then may people of `single_tool` be among `segments`.
    """

    segments: frozenset[Segment] = NUDGED
    about_starting: bool = True
    about_one_tool: bool = False

    def covers(self, segment: Segment) -> bool:
        """Return whether people of this segment may be nudged by the campaign."""
        return segment in self.segments and may_be_nudged(
            segment, about_one_tool=self.about_one_tool
        )


@dataclass(frozen=True, slots=True)
class NudgeHistory:
    """The nudges of one person over all campaigns, in any order.

    sent_at: when each was sent; for one still planned, when it is due.
    waiting: one is planned and not sent yet.
    last_interaction_at: the last time the person did anything with the bot.
    """

    sent_at: tuple[datetime, ...] = ()
    waiting: bool = False
    last_interaction_at: datetime | None = None

    @property
    def unanswered(self) -> int:
        """How many nudges came since the last interaction."""
        since = self.last_interaction_at
        return sum(since is None or sent > since for sent in self.sent_at)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person as a campaign meets them.

    calendar: without the leave in `consent`, which is added here; having it twice does no harm.
    history: its caps; what they come to, where they were asked before, is `capped`.
    zone: a name of the tz database, None where it is not known.
    active_since_watermark: any activity at all is stored for a day after the watermark.
    """

    placement: Placement
    consent: Consent = field(default_factory=Consent)
    history: NudgeHistory = field(default_factory=NudgeHistory)
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    zone: str | None = None
    active_since_watermark: bool = False
    capped: Reason | None = None


@dataclass(frozen=True, slots=True)
class Eligible:
    """The person may be drawn into an arm; a nudge goes out at `opens_at` (UTC) at the earliest.

    watermark: what the decision rests on.
    """

    watermark: date
    opens_at: datetime


@dataclass(frozen=True, slots=True)
class Withheld:
    """The person is not nudged, for the first reason found."""

    reason: Reason


def decide(
    candidate: Candidate, aim: Aim, *, at: datetime, hours: OpenHours = OFFICE_HOURS
) -> Eligible | Withheld:
    """Return whether a person may be drawn for a campaign at `at`, an aware time."""
    consent, zone, watermark = candidate.consent, candidate.zone, candidate.placement.watermark
    unfit = _refused(consent, about_starting=aim.about_starting)
    if unfit is None and not aim.covers(candidate.placement.segment):
        unfit = Reason.NOT_THIS_SEGMENT
    if unfit is not None:
        return Withheld(unfit)
    if zone is None or not is_zone(zone):
        return Withheld(Reason.NO_ZONE)
    if watermark is None or is_stale(watermark, at.astimezone(UTC).date()):
        return Withheld(Reason.STALE)
    calendar = candidate.calendar.with_absences(consent.leave)
    caps = candidate.capped or capped(candidate.history, consent, at)
    not_now = _absent(calendar, local_day(at, zone)) or caps
    if not_now is not None or candidate.active_since_watermark:
        return Withheld(not_now or Reason.RECENT_ACTIVITY)
    opens_at = next_opening(at, zone, calendar, consent.open_hours.within(hours))
    if opens_at is None or opens_at - at > SEND_WITHIN:
        return Withheld(Reason.NOT_SOON)
    return Eligible(watermark, opens_at)


def still_welcome(
    consent: Consent,
    calendar: WorkCalendar,
    zone: str | None,
    *,
    at: datetime,
    about_starting: bool = True,
    hours: OpenHours = OFFICE_HOURS,
) -> Reason | None:
    """Return why a nudge that is due must not go out at `at`, or None when it may.

    Asks only for what the person wants and where their day is. Caps were settled before the draw;
    whether they asked for fewer since, and whether they have started by themselves, is asked where
    it is sent. `Reason.waits` says whether the message is kept for later.
    """
    refused = _refused(consent, about_starting=about_starting)
    if refused is not None:
        return refused
    if zone is None or not is_zone(zone):
        return Reason.NO_ZONE
    own = calendar.with_absences(consent.leave)
    absent = _absent(own, local_day(at, zone))
    if absent is not None:
        return absent
    open_now = may_send(at, zone, own, consent.open_hours.within(hours))
    return None if open_now else Reason.CLOSED


def closed(
    consent: Consent,
    calendar: WorkCalendar,
    zone: str | None,
    *,
    at: datetime,
    hours: OpenHours = OFFICE_HOURS,
) -> Reason | None:
    """Return why nothing at all may go to a person at `at`, or None when it is within their hours.

    For messages that are sent on their day or not at all; whether they are wanted is not asked.
    """
    if zone is None or not is_zone(zone):
        return Reason.NO_ZONE
    own = calendar.with_absences(consent.leave)
    open_now = may_send(at, zone, own, consent.open_hours.within(hours))
    return None if open_now else Reason.CLOSED


def tip_for(tips: Sequence[str], had: Collection[str], draw: float) -> str:
    """Return one of `tips` that the person has not had, each as likely; of all, once all were had.

    draw: uniform in [0, 1], of this person alone (F12), so that nobody else changes what they get.
    """
    new = ([tip for tip in tips if tip not in had] or tips) if had else tips
    return new[min(int(draw * len(new)), len(new) - 1)]


def _refused(consent: Consent, *, about_starting: bool) -> Reason | None:
    if consent.objected:
        return Reason.OBJECTED
    if consent.stopped:
        return Reason.OPTED_OUT
    return Reason.DECLINED if about_starting and consent.declines_starting else None


def _absent(calendar: WorkCalendar, today: date) -> Reason | None:
    if calendar.is_away(today):
        return Reason.AWAY
    return Reason.JUST_BACK if calendar.just_back(today) else None


def capped(history: NudgeHistory, consent: Consent, at: datetime) -> Reason | None:
    """Return the cap of method.md 3.7 that is reached at `at`, over all campaigns."""
    if history.unanswered >= UNANSWERED_MAX:
        return Reason.NO_ANSWER
    if history.waiting or any(at - sent < consent.nudge_gap for sent in history.sent_at):
        return Reason.CAPPED_GAP
    this_quarter = sum(at - sent < QUARTER for sent in history.sent_at)
    return Reason.CAPPED_QUARTER if this_quarter >= consent.nudges_per_quarter else None
