"""How many opted out of a campaign, as it was at its looks: read then, stored, and told again.

It stands with everything else that was ever said of a group, so that nobody's choice between two
looks changes what is said.
"""

from datetime import UTC, datetime

from unranked.domain.opt_outs import OptOuts, opt_outs
from unranked.domain.usage import ONE_DAY, Window
from unranked.store import Tx, ledger, looks, results
from unranked.store.campaigns import StoredCampaign
from unranked.store.ledger import Release

OPT_OUTS = "opt_outs"


def keep(tx: Tx, campaign: StoredCampaign, *, now: datetime) -> None:
    """Store what may be said of them at the look that is taken now."""
    sent, opted_out = results.answers(tx, campaign.campaign_key)
    found = opt_outs(opted_out, sent)
    window = _day_of(now)
    if OPT_OUTS in ledger.bands(tx, campaign.campaign_key, window):
        return
    said = "" if found is None else str(found)
    row = Release(campaign.campaign_key, OPT_OUTS, window, window.start, "", said, now)
    ledger.record(tx, [row])


def at_last_look(tx: Tx, campaign: StoredCampaign) -> OptOuts | None:
    """Return what may be said of them, as of the last look taken; None where nothing may be."""
    taken = looks.last_taken(tx, campaign.campaign_key)
    if taken is None:
        return None
    said = ledger.bands(tx, campaign.campaign_key, _day_of(taken)).get(OPT_OUTS)
    return OptOuts.of(said) if said else None


def _day_of(look: datetime) -> Window:
    day = look.astimezone(UTC).date()
    return Window(day, day + ONE_DAY)
