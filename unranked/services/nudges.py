"""Who is nudged by which campaign, in which arm, queued once and no more.

The order of method.md 3.2: everything that can stop a nudge is asked before the draw; the arm is
drawn and stored once; the nudge arm's messages are queued in the same transaction. Where the team
wrote no campaign, one begins by itself: `first steps`, for everybody who has not started.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from unranked.connectors.base import FeedKind
from unranked.domain.nudges import Eligible, Reason, Withheld
from unranked.domain.segments import NUDGED
from unranked.domain.stats import Arm, arm, assignment_draw, holdout_share
from unranked.services import steps
from unranked.services.candidates import Candidates, Met
from unranked.services.coverage import offered_feeds
from unranked.services.queueing import Chosen, Queue
from unranked.services.running import BUSY, Programme, Running, one_for, sending
from unranked.services.runtime import Runtime
from unranked.store import Tx, campaigns, coverage
from unranked.store.campaigns import StoredCampaign, StoredEnrolment

SLUG = "first-steps"
FRESH = timedelta(hours=2)
"""How long ago the last look at every provider may be for the fresh look before the draw."""


@dataclass(frozen=True, slots=True)
class NudgeRun:
    """What a run decided, in exact numbers of people.

    eligible: may be drawn into an arm now. enrolled: by arm; empty when nothing was written.
    followed: who gets the next message of a campaign that drew them before.
    withheld: by the first reason found. blocked: why nobody was looked at.
    """

    eligible: int = 0
    enrolled: Mapping[Arm, int] = field(default_factory=dict)
    followed: int = 0
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
    """Draw arms for everybody who may be nudged now, and queue the nudges of one arm.

    Who was drawn before gets the next message of their campaign where it is due.
    """
    if why := not_fresh(runtime):
        return NudgeRun(blocked=why)
    with runtime.store.write() as tx:
        running = sending(tx)
        if not running and campaigns.every(tx):
            return NudgeRun(blocked="every campaign is paused, has ended, or waits for its launch")
        met = Candidates(tx, runtime)
        decided = list(_decided(tx, runtime, running, met, write=not dry_run))
        withheld = Counter(one.reason for *_, one in decided if isinstance(one, Withheld))
        chosen = [
            (campaign, Chosen(who, one))
            for who, campaign, one in decided
            if isinstance(one, Eligible)
        ]
        followed, stopped = steps.due(tx, runtime, running, met)
        new = {one.met.key for _, one in chosen}
        followed = [one for one in followed if one.chosen.met.key not in new]
        if dry_run:
            return NudgeRun(len(chosen), followed=len(followed), withheld=withheld, dry=True)
        arms = _enrol(tx, runtime, chosen)
        steps.go_on(tx, runtime, followed, stopped)
    return NudgeRun(len(chosen), arms, len(followed), withheld)


_Decision = tuple[Met, Running | None, Eligible | Withheld]


def _decided(
    tx: Tx, runtime: Runtime, running: list[Running], met: Candidates, *, write: bool
) -> Iterator[_Decision]:
    """Yield the decision about everybody in a segment that a campaign is for.

    The campaign is None for the one that begins by itself, before it has begun.
    """
    today = runtime.clock().date()
    lately = campaigns.newest(tx)
    before = {one.key: campaigns.enrolled(tx, one.key) for one in running}
    programme = _programme(tx, runtime, running, write=write)
    for who in met.of_segments(NUDGED):
        fitting = [
            one
            for one in running
            if one.draws_on(today)
            and one.is_for(who.person, who.segment)
            and who.key not in before[one.key]
        ]
        if running and not fitting:
            continue
        campaign = one_for(fitting, who.key)
        if campaign and who.key in lately and today - lately[who.key] <= BUSY:
            yield who, campaign, Withheld(Reason.ELSEWHERE)
        elif programme is not None and programme.holds_out(who.key):
            yield who, campaign, Withheld(Reason.PROGRAMME_HOLDOUT)
        else:
            yield who, campaign, met.decide(who, campaign)


def _programme(
    tx: Tx, runtime: Runtime, running: list[Running], *, write: bool
) -> Programme | None:
    """Return the year's draw; None before the team has written any campaign."""
    if all(one.stored.design is None for one in running):
        return None
    return Programme.of(tx, runtime, write=write)


def _start(tx: Tx, runtime: Runtime, *, expected: int) -> Running:
    campaign = StoredCampaign(
        campaign_key=runtime.ids.key("c"),
        slug=SLUG,
        salt=runtime.ids.salt(),
        holdout=holdout_share(expected),
        state=campaigns.RUNNING,
        started_at=runtime.clock(),
    )
    campaigns.add(tx, campaign)
    return Running(campaign)


def _enrol(
    tx: Tx, runtime: Runtime, chosen: Sequence[tuple[Running | None, Chosen]]
) -> Mapping[Arm, int]:
    """Draw and store everybody's arm (F12), and queue what the nudge arm gets."""
    if not chosen:
        return {}
    now, queue, arms = runtime.clock(), Queue(tx, runtime), Counter[Arm]()
    own = _start(tx, runtime, expected=len(chosen)) if chosen[0][0] is None else None
    enrolled: dict[str, list[StoredEnrolment]] = defaultdict(list)
    for by, one in ((campaign or own, one) for campaign, one in chosen):
        if by is None:
            continue
        who = one.met
        drawn = arm(assignment_draw(by.stored.salt, by.key, who.key), by.stored.holdout)
        arms[drawn] += 1
        enrolled[by.key].append(
            StoredEnrolment(
                person_key=who.key,
                arm=drawn.value,
                segment=who.segment.value,
                watermark=one.decision.watermark,
                enrolled_at=now,
                steps=int(drawn is Arm.NUDGE),
            )
        )
        if drawn is Arm.NUDGE:
            queue.put(by, one, step=0)
    for campaign_key, rows in enrolled.items():
        campaigns.enrol(tx, campaign_key, rows)
    return arms
