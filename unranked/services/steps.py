"""The second message of a campaign and those after it: whom it goes to, and whom no longer."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from unranked.domain.nudges import Reason, Withheld
from unranked.domain.stats import Arm
from unranked.services.candidates import Page, activity_feeds
from unranked.services.queueing import Chosen, Queue
from unranked.services.running import Running
from unranked.services.runtime import Runtime
from unranked.store import enrolments
from unranked.store.enrolments import GoingOn

LEFT = "left"


@dataclass(frozen=True, slots=True)
class Followed:
    """What goes on in one page: the next messages, one a person, and whom nothing more is sent.

    stopped: the keys, by campaign and reason.
    """

    chosen: list[tuple[Chosen, int]] = field(default_factory=list)
    stopped: Mapping[tuple[str, str], Collection[str]] = field(default_factory=dict)


def due(
    page: Page,
    runtime: Runtime,
    running: Mapping[str, Running],
    *,
    without: Collection[str],
) -> Followed:
    """Return the messages that may be planned now, and whom a campaign sends no more.

    running: by key. without: who gets another message in this run, by key.
    """
    steps = {key: len(one.steps) for key, one in running.items() if len(one.steps) > 1}
    if not steps:
        return Followed()
    found = enrolments.going_on(page.tx, page.keys, Arm.NUDGE.value, steps, page.said)
    if not found:
        return Followed()
    feeds = activity_feeds(runtime)
    started = enrolments.started(page.tx, page.keys, Arm.NUDGE.value, steps, feeds=feeds)
    today, had = runtime.clock().date(), set(without)
    chosen: list[tuple[Chosen, int]] = []
    stopped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for mine in found:
        adopted = (mine.person_key, mine.campaign_key) in started
        why = Reason.ADOPTED.value if adopted else _over(page, mine)
        if why:
            stopped[mine.campaign_key, why].append(mine.person_key)
        elif mine.person_key not in had:
            one = _next(page, mine, running[mine.campaign_key], today)
            if one is not None:
                had.add(mine.person_key)
                chosen.append((one, mine.steps))
    return Followed(chosen, stopped)


def go_on(page: Page, queue: Queue, followed: Followed) -> None:
    """Queue what is due, and note whom nothing more is sent."""
    keys: dict[str, list[str]] = defaultdict(list)
    for chosen, step in followed.chosen:
        for person_key in chosen.people:
            draw = chosen.campaign.tip_draw(person_key, step=step)
            queue.put(chosen, [(person_key, draw)], step=step)
            keys[chosen.campaign.key].append(person_key)
    for campaign_key, stepped in keys.items():
        enrolments.step_on(page.tx, campaign_key, stepped)
    for (campaign_key, reason), ended in followed.stopped.items():
        enrolments.stop(page.tx, campaign_key, ended, reason)


def _next(page: Page, mine: GoingOn, campaign: Running, today: date) -> Chosen | None:
    """Return the next message for somebody, None where it is not its time or not welcome now."""
    day = campaign.due(mine.drawn_on, mine.steps)
    if mine.who is None or day is None or today < day:
        return None
    alike = page.of(mine.person_key, mine.who)
    may = page.decided(campaign, step=mine.steps)(alike.facts)
    return None if isinstance(may, Withheld) else Chosen(campaign, alike, may, [mine.person_key])


def _over(page: Page, mine: GoingOn) -> str:
    """Return why there is an end for somebody, whatever comes; empty where there is none."""
    if mine.who is None:
        return LEFT
    consent = page.facts(mine.person_key, mine.who).wants
    if consent.objected:
        return Reason.OBJECTED
    if consent.stopped:
        return Reason.OPTED_OUT
    return Reason.DECLINED if consent.declines_starting else ""
