"""Campaigns with looks as the job would have taken them, put into the store without living them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from unranked.domain.campaigns import Design
from unranked.domain.experiments import Counts
from unranked.domain.looks import Look, take_look
from unranked.domain.maturity import Outcome
from unranked.domain.verdicts import read_persistence
from unranked.services import opt_outs
from unranked.store import Tx, campaigns, looks
from unranked.store.campaigns import StoredCampaign
from unranked.store.looks import Skipped

SIX = time(6, 20)
Four = tuple[int, int, int, int]
"""Of either arm how many, and how many did it: nudge, then holdout."""

UNREAD = None
"""A look whose day went by."""


def store_campaign(
    tx: Tx,
    name: str,
    start: date,
    looked: Sequence[Four | None],
    *,
    people: int = 600,
    lasts: Four | None = None,
    weeks: int = 10,
    outcome: Outcome = Outcome.A14,
    **more: object,
) -> StoredCampaign:
    """Store a launched campaign and the looks at it, by the counts at each; return it.

    lasts: the counts of the one look at whether it lasts.
    """
    design = Design(name, start, start + timedelta(weeks=weeks), outcome=outcome)
    key = f"c-{name.lower().replace(' ', '-')}"
    given = {
        "campaign_key": key,
        "slug": key,
        "salt": b"s" * 32,
        "holdout": 0.5,
        "state": "running",
        "started_at": datetime.combine(start, time(9), UTC),
        "people": people,
        "look_days": design.look_days,
    }
    campaign = StoredCampaign(**given | {"design": design, "outcome": outcome} | more)  # type: ignore[arg-type]
    campaigns.add(tx, campaign)
    taken: list[Look] = []
    for number, counts in enumerate(looked, start=1):
        if counts is UNREAD:
            continue
        now = datetime.combine(campaign.look_days[number - 1], SIX, UTC)
        look = take_look(campaign.plan, taken, number, Counts(*counts))  # type: ignore[arg-type]
        looks.record(tx, key, outcome, look or Skipped(number), now=now)
        if look is not None:
            taken.append(look)
            opt_outs.keep(tx, campaign, now=now)
    if lasts is not None:
        _read_whether_it_lasts(tx, campaign, Counts(*lasts))
    return campaign


def _read_whether_it_lasts(tx: Tx, campaign: StoredCampaign, counts: Counts) -> None:
    now = datetime.combine(campaign.look_days[-1] + timedelta(days=28), SIX, UTC)
    interval = read_persistence(counts).interval
    look = Skipped(1) if interval is None else Look(1, counts, 1.0, 1.96, interval, last=True)
    looks.record(tx, campaign.campaign_key, Outcome.P42, look, now=now)
