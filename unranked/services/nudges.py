"""The campaign `first steps`: who is nudged, in which arm, queued once and no more.

The order of method.md 3.2: everything that can stop a nudge is asked before the draw; the arm is
drawn and stored once; the nudge arm's messages are queued in the same transaction.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from unranked import text
from unranked.connectors.base import FeedKind
from unranked.domain.mondays import apart
from unranked.domain.nudges import (
    Aim,
    Candidate,
    Eligible,
    NudgeHistory,
    Reason,
    Withheld,
    decide,
    tip_for,
)
from unranked.domain.segments import NUDGED, Placement, Segment
from unranked.domain.stats import Arm, arm, assignment_draw, holdout_share
from unranked.services import managers, messages
from unranked.services.coverage import offered_feeds
from unranked.services.runtime import Runtime
from unranked.services.segments import calendar_of, consent_from
from unranked.store import Tx, campaigns, coverage, outbox, people, usage
from unranked.store.campaigns import StoredCampaign, StoredEnrolment
from unranked.store.outbox import Planned, Sent
from unranked.store.people import StoredPerson

SLUG = "first-steps"
AIM = Aim()
FRESH = timedelta(hours=2)
"""How long ago the last look at every provider may be for the fresh look before the draw."""


@dataclass(frozen=True, slots=True)
class NudgeRun:
    """What a run decided, in exact numbers of people.

    eligible: may be drawn into an arm now. enrolled: by arm; empty when nothing was written.
    withheld: by the first reason found. blocked: why nobody was looked at.
    """

    eligible: int = 0
    enrolled: Mapping[Arm, int] = field(default_factory=dict)
    withheld: Mapping[Reason, int] = field(default_factory=dict)
    blocked: str = ""
    dry: bool = False


def is_fresh(runtime: Runtime) -> bool:
    """Return whether every provider's members and activity were read in the last two hours."""
    return not not_fresh(runtime)


def not_fresh(runtime: Runtime) -> str:
    """Return why the figures are not fresh and whole, in words; empty when they are."""
    if not runtime.connectors:
        return "no AI tool is set up: `unranked connectors` says what to set"
    now = runtime.clock()
    with runtime.store.read() as tx:
        states = coverage.states(tx)
        for one in runtime.connectors:
            feeds = [
                *offered_feeds(tx, one.connector, FeedKind.ACTIVITY),
                *offered_feeds(tx, one.connector, FeedKind.DIRECTORY),
            ]
            for feed in feeds:
                state = states.get((one.connector.slug, feed.name))
                if state is not None and state.error:
                    return f"{one.connector.title} failed: see `unranked connectors`"
                if state is None or state.succeeded_at is None:
                    return f"{one.connector.title} was never read whole: run `unranked job sync`"
                if not timedelta(0) <= now - state.succeeded_at <= FRESH:
                    return f"{one.connector.title} was not read in the last two hours"
    return ""


def plan(runtime: Runtime, *, dry_run: bool = False) -> NudgeRun:
    """Draw arms for everybody who may be nudged now, and queue the nudges of one arm."""
    if why := not_fresh(runtime):
        return NudgeRun(blocked=why)
    with runtime.store.write() as tx:
        campaign = campaigns.find(tx, SLUG)
        if campaign is not None and campaign.state != campaigns.RUNNING:
            return NudgeRun(blocked="the campaign is paused")
        history = outbox.history(tx)
        decided = dict(_decided(tx, runtime, campaign, history))
        eligible = {
            key: _Chosen(one, placement, _tips_had(history.get(key, [])))
            for key, (one, placement) in decided.items()
            if isinstance(one, Eligible)
        }
        withheld = Counter(one.reason for one, _ in decided.values() if isinstance(one, Withheld))
        if dry_run or not eligible:
            return NudgeRun(len(eligible), withheld=withheld, dry=dry_run)
        if campaign is None:
            campaign = _start(tx, runtime, expected=len(eligible))
        arms = _enrol(tx, runtime, campaign, eligible)
    return NudgeRun(len(eligible), Counter(arms.values()), withheld)


_Decision = tuple[Eligible | Withheld, Placement]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Somebody who is to be drawn into an arm. had: the tips they were sent, over all campaigns."""

    decision: Eligible
    placement: Placement
    had: frozenset[str]


def _decided(
    tx: Tx,
    runtime: Runtime,
    campaign: StoredCampaign | None,
    history: Mapping[str, list[Sent]],
) -> Iterator[tuple[str, _Decision]]:
    """Yield the decision about everybody in a segment that the campaign is for."""
    now = runtime.clock()
    enrolled = campaigns.enrolled(tx, campaign.campaign_key) if campaign else set()
    choices, absences = campaigns.choices(tx), people.absences(tx)
    roster = people.everybody(tx)
    placements = {
        key: Placement(Segment(one.segment), watermark=one.watermark)
        for key, one in campaigns.placements(tx).items()
        if Segment(one.segment) in NUDGED and key in roster and key not in enrolled
    }
    active, leading = _active_after(tx, runtime), managers.leading(roster)
    for key, placement in placements.items():
        person = roster[key]
        consent = consent_from(choices.get(key, []))
        candidate = Candidate(
            placement=placement,
            consent=consent,
            history=_history(history.get(key, [])),
            calendar=calendar_of(person, absences.get(key, []), consent, today=now.date()),
            zone=_zone(person, runtime),
            active_since_watermark=key in active,
        )
        decision = decide(candidate, AIM, at=now)
        yield key, (apart(decision, candidate) if key in leading else decision, placement)


def _active_after(tx: Tx, runtime: Runtime) -> set[str]:
    """Return who did anything that the placements could not know yet."""
    watermarks = {slug: one.complete_through for slug, one in coverage.completeness(tx).items()}
    feeds = {one.connector.slug: one.connector.activity_feeds for one in runtime.connectors}
    return usage.active_after_placement(tx, feeds, watermarks) if feeds else set()


def _history(sent: list[Sent]) -> NudgeHistory:
    answered: list[date] = [one.answered_on for one in sent if one.answered_on is not None]
    last = max(answered, default=None)
    return NudgeHistory(
        sent_at=tuple(one.at for one in sent),
        waiting=any(one.state in outbox.WAITING for one in sent),
        # Only the day of a reaction is kept; to its end it counts as after what came that day.
        last_interaction_at=None if last is None else _end_of(last, sent[0].at),
    )


def _tips_had(sent: list[Sent]) -> frozenset[str]:
    return frozenset(messages.tip_in(one.content) for one in sent)


def _end_of(day: date, like: datetime) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=like.tzinfo) + timedelta(days=1)


def _zone(person: StoredPerson, runtime: Runtime) -> str | None:
    return person.zone or runtime.default_zone or None


def _start(tx: Tx, runtime: Runtime, *, expected: int) -> StoredCampaign:
    campaign = StoredCampaign(
        campaign_key=runtime.ids.key("c"),
        slug=SLUG,
        salt=runtime.ids.salt(),
        holdout=holdout_share(expected),
        state=campaigns.RUNNING,
        started_at=runtime.clock(),
    )
    campaigns.add(tx, campaign)
    return campaign


def _enrol(
    tx: Tx, runtime: Runtime, campaign: StoredCampaign, chosen: Mapping[str, _Chosen]
) -> Mapping[str, Arm]:
    """Draw and store everybody's arm (F12), and queue what the nudge arm gets."""
    now = runtime.clock()
    arms = {
        key: arm(assignment_draw(campaign.salt, campaign.campaign_key, key), campaign.holdout)
        for key in chosen
    }
    campaigns.enrol(
        tx,
        campaign.campaign_key,
        (
            StoredEnrolment(
                key, arms[key].value, one.placement.segment.value, one.decision.watermark, now
            )
            for key, one in chosen.items()
        ),
    )
    nudged = {key: one for key, one in chosen.items() if arms[key] is Arm.NUDGE}
    _queue(tx, runtime, campaign, nudged)
    return arms


def _queue(
    tx: Tx, runtime: Runtime, campaign: StoredCampaign, nudged: Mapping[str, _Chosen]
) -> None:
    """Queue one tip for each of these people."""
    now = runtime.clock()
    seats: dict[str, list[str]] = {}
    for seat in people.seats(tx, on=now.date()):
        seats.setdefault(seat.person_key, []).append(seat.connector)
    outbox.plan(
        tx,
        (
            Planned(
                key=runtime.ids.key("m"),
                purpose=f"{campaign.campaign_key}|{key}|1",
                person_key=key,
                channel=runtime.channel.name,
                content=messages.nudge_content(_tip(campaign, key, one), seats.get(key, [])),
                created_at=now,
                not_before=one.decision.opens_at,
                campaign_key=campaign.campaign_key,
            )
            for key, one in nudged.items()
        ),
    )


def _tip(campaign: StoredCampaign, person_key: str, chosen: _Chosen) -> str:
    """Return the tip for a person, all that they have not had being as likely (method.md 3.8).

    Drawn from the campaign's salt for this person alone, as their arm is, but apart from it.
    """
    names = [tip.name for tip in text.tips(chosen.placement.segment)]
    draw = assignment_draw(campaign.salt, f"{campaign.campaign_key}|tip", person_key)
    return tip_for(names, chosen.had, draw)
