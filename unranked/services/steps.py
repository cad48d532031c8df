"""The second message of a campaign and those after it: whom it goes to, and whom no longer."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date

from unranked.domain.nudges import Eligible, Reason
from unranked.domain.stats import Arm
from unranked.domain.usage import ONE_DAY, Window
from unranked.services.candidates import Candidates, Met, activity_feeds
from unranked.services.queueing import Chosen, Queue
from unranked.services.running import Running
from unranked.services.runtime import Runtime
from unranked.store import Tx, campaigns, results
from unranked.store.campaigns import StoredEnrolment

LEFT = "left"


@dataclass(frozen=True, slots=True)
class Next:
    """The next message of a campaign for somebody. step: from 0."""

    campaign: Running
    chosen: Chosen
    step: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """Somebody to whom a campaign sends no more, and why."""

    campaign: Running
    person_key: str
    reason: str


def due(
    tx: Tx, runtime: Runtime, running: Iterable[Running], met: Candidates
) -> tuple[list[Next], list[Stopped]]:
    """Return the messages that may be planned now, and whom a campaign sends no more."""
    today = runtime.clock().date()
    following: list[Next] = []
    stopped: list[Stopped] = []
    for one in running:
        enrolled = campaigns.going_on(tx, one.key, Arm.NUDGE.value, steps=len(one.steps))
        started = _started(tx, runtime, one) if enrolled else set()
        for mine in enrolled:
            who = met.one(mine.person_key)
            why = Reason.ADOPTED if mine.person_key in started else _over(who)
            if why:
                stopped.append(Stopped(one, mine.person_key, str(why)))
                continue
            day = one.due(_drawn_on(mine), mine.steps)
            if who is None or day is None or today < day:
                continue
            decision = met.decide(who, one)
            if isinstance(decision, Eligible):
                following.append(Next(one, Chosen(who, decision), mine.steps))
    return following, stopped


def go_on(tx: Tx, runtime: Runtime, following: Iterable[Next], stopped: Iterable[Stopped]) -> None:
    """Queue what is due, one message for each person, and note whom nothing more is sent."""
    queue, had = Queue(tx, runtime), Counter[str]()
    for one in following:
        had[one.chosen.met.key] += 1
        if had[one.chosen.met.key] == 1:
            queue.put(one.campaign, one.chosen, step=one.step)
            campaigns.step_on(tx, one.campaign.key, [one.chosen.met.key])
    ends: dict[str, dict[str, str]] = defaultdict(dict)
    for end in stopped:
        ends[end.campaign.key][end.person_key] = end.reason
    for campaign_key, reasons in ends.items():
        campaigns.stop(tx, campaign_key, reasons)


def _over(who: Met | None) -> str:
    """Return why there is an end for somebody, whatever comes; empty where there is none."""
    if who is None or not who.person.present:
        return LEFT
    if who.consent.objected:
        return Reason.OBJECTED
    if who.consent.stopped:
        return Reason.OPTED_OUT
    return Reason.DECLINED if who.consent.declines_starting else ""


def _started(tx: Tx, runtime: Runtime, campaign: Running) -> set[str]:
    """Return who did anything with AI on a day after the one on which they were drawn."""
    days = Window(campaign.stored.started_at.date(), runtime.clock().date() + ONE_DAY)
    return results.adopted(tx, campaign.key, days, feeds=activity_feeds(runtime))


def _drawn_on(enrolment: StoredEnrolment) -> date:
    return enrolment.enrolled_at.astimezone(UTC).date()
