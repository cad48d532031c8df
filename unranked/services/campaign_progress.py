"""How a campaign is getting on, in numbers from which no count from 1 to 19 can be worked out."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from math import ceil

from unranked import text
from unranked.domain.calendar import EVERY_DAY, OFFICE_HOURS, OpenHours
from unranked.domain.campaigns import State
from unranked.domain.counts import FEW, STEP
from unranked.domain.disclosure import sayable
from unranked.domain.guardrails import Breach
from unranked.domain.nudges import Reason
from unranked.domain.usage import ONE_DAY
from unranked.services import spoken
from unranked.services.runtime import Runtime
from unranked.store import Tx, assignments, audience, outbox
from unranked.store import progress as stored
from unranked.store.campaigns import StoredCampaign
from unranked.store.outbox import State as Sent

OTHER = "other"
_MOST_WORK = frozenset(range(5))
"""Monday to Friday."""
_STATES: Mapping[Sent, str] = {
    Sent.SENT: "sent",
    Sent.QUEUED: "waiting",
    Sent.SENDING: "waiting",
    Sent.IN_DOUBT: "in_doubt",
    Sent.SKIPPED: "skipped",
    Sent.FAILED: "failed",
}
_REASONS: Mapping[str, str] = {
    Reason.ADOPTED.value: "started",
    Reason.RECENT_ACTIVITY.value: "started",
    Reason.OPTED_OUT.value: "declined",
    Reason.OBJECTED.value: "declined",
    Reason.DECLINED.value: "declined",
    "capped": "often",
    "expired": "expired",
    "left": "gone",
    "not_a_member": "gone",
    "not_in_chat": "gone",
    "too_late": "late",
}
"""Why a message was skipped, as few kinds of reasons; any other one is `other`."""


def rounded(people: int) -> str:
    """Return a number of people rounded down to ten, or that there are fewer than 20."""
    return text.label("few") if people < FEW else spoken.whole(people // STEP * STEP)


def progress(tx: Tx, runtime: Runtime, campaign: StoredCampaign) -> tuple[str, ...]:
    """Return how a campaign is getting on, line by line; the first line tells most."""
    if campaign.state == State.DRAFT:
        return ()
    now = runtime.clock()
    total = assignments.total(tx, campaign.campaign_key)
    if total is not None:  # it is not kept any more who was drawn, nor what became of messages
        return (_life(campaign, rounded(total), now.date()),)
    units = units_of(tx, campaign)
    drawn = stored.drawn(tx, campaign.campaign_key, units)
    states, reasons = _messages(tx, campaign.campaign_key, units)
    return (
        _life(campaign, rounded(drawn), now.date()),
        *_lines(states, reasons),
        *_end(runtime, campaign, states["waiting"], now),
        text.label(_reconciled(tx, campaign.campaign_key)),
    )


def units_of(tx: Tx, campaign: StoredCampaign) -> Collection[str]:
    """Return the units whose people are in the numbers that are said of it; none: everybody."""
    design = campaign.design
    # The units that a design names are counted as they were drawn, whoever changed units since.
    return () if design is not None and design.units else audience.said_units(tx, ())


def _messages(
    tx: Tx, campaign_key: str, units: Collection[str]
) -> tuple[Counter[str], Counter[str]]:
    """Return how many messages are in each state, and those that were skipped by reason."""
    states = Counter(dict.fromkeys(_STATES.values(), 0))
    reasons: Counter[str] = Counter()
    for (state, reason), count in stored.messages(tx, campaign_key, units).items():
        states[_STATES[state]] += count
        if state is Sent.SKIPPED:
            reasons[_REASONS.get(reason, OTHER)] += count
    return states, reasons


def _lines(states: Counter[str], reasons: Counter[str]) -> Iterator[str]:
    planned = rounded(states.total())
    if states.total() < FEW:  # every part would be said in the same words
        yield text.label("progress_few").format(messages=planned)
        return
    yield text.label("progress_planned").format(messages=planned)
    for name, count in states.items():
        yield f"- {text.label(f'progress_{name}')}: {rounded(count)}"
        if name == "skipped":
            beside = [other for one, other in states.items() if one != name]
            for why, part in sayable(reasons, other=OTHER, beside=beside).items():
                yield f"- {text.label(f'skipped_{why}')}: {rounded(part)}"


def _life(campaign: StoredCampaign, drawn: str, today: date) -> str:
    """Return where the campaign is in its life, and how many people it drew."""
    design = campaign.design
    if campaign.state == State.ENDED:
        return text.label("progress_over").format(people=drawn)
    if campaign.state == State.PAUSED:
        itself = campaign.held_by in {one.value for one in Breach}
        why = text.label("progress_paused_itself" if itself else "progress_paused")
        return why.format(people=drawn)
    if design is None:
        return text.label("progress_no_end").format(people=drawn)
    if today > design.draw_until:
        day = spoken.long_day(design.end_on)
        return text.label("progress_drawn").format(people=drawn, day=day)
    if today < design.start_on:
        return text.label("progress_begins").format(day=spoken.long_day(design.start_on))
    day = spoken.long_day(design.draw_until)
    return text.label("progress_draws").format(people=drawn, day=day)


def _end(runtime: Runtime, campaign: StoredCampaign, waiting: int, now: datetime) -> Iterator[str]:
    """Yield when what waits will be out, as far as the chat's pace decides it.

    Reckoned with the number that is said, so that the day tells no more than that.
    """
    if waiting < FEW or campaign.state != State.RUNNING:
        return
    hours = OFFICE_HOURS if campaign.design is None else campaign.design.hours
    needed = waiting // STEP * STEP * runtime.sending.apart
    day = spoken.long_day(_out_by(now, needed, hours))
    yield text.label("progress_out").format(day=day)


def _out_by(now: datetime, needed: timedelta, hours: OpenHours) -> date:
    """Return the day on which so much sending is done, within the hours of the days of sending."""
    today = now.date()
    a_day = datetime.combine(today, hours.end) - datetime.combine(today, hours.start)
    left = max(1, ceil(needed / a_day))
    open_on = hours.weekdays & _MOST_WORK or hours.weekdays or EVERY_DAY
    day = today if now.time() < hours.end else today + ONE_DAY
    while True:
        if day.weekday() in open_on:
            left -= 1
            if not left:
                return day
        day += ONE_DAY


def _reconciled(tx: Tx, campaign_key: str) -> str:
    agree = outbox.reconciled(tx, campaign_key)
    return "progress_reconciled" if agree else "progress_not_reconciled"
