"""What makes a campaign pause itself: F13 (method.md 3.2) and F17 (3.7).

Both may be asked as often as one likes. Once a limit was reached it stays so: a campaign that was
paused by one is not resumed because the figure fell again.
"""

from enum import StrEnum

from unranked.domain.constants import (
    OPTOUT_RATE,
    OPTOUT_STOP,
    RATIO_STOP,
    RATIO_WATCH,
)
from unranked.domain.stats import rate_evidence, ratio_evidence


class Ratio(StrEnum):
    """Whether the arms are as large as they were drawn."""

    FINE = "fine"
    WATCH = "watch"
    BROKEN = "broken"


class Breach(StrEnum):
    """Why a campaign pauses itself."""

    OPT_OUTS = "opt_outs"
    SAMPLE_RATIO = "sample_ratio"


def sample_ratio(nudge: int, holdout: int, *, holdout_share: float) -> Ratio:
    """Return whether arms of this size fit the draw (F13).

    nudge, holdout: units that were drawn, so teams where teams are; of those who are analysed, so
    that a filter between the draw and the result shows.
    """
    evidence = ratio_evidence(nudge, holdout, holdout_share)
    if evidence >= RATIO_STOP:
        return Ratio.BROKEN
    return Ratio.WATCH if evidence >= RATIO_WATCH else Ratio.FINE


def too_many_opt_outs(opted_out: int, sent: int) -> bool:
    """Return whether more than 2 in 100 opt out, beyond chance (F17).

    sent: people who got a nudge of the campaign. opted_out: those of them who opted out after it.
    """
    return rate_evidence(opted_out, sent, OPTOUT_RATE) >= OPTOUT_STOP


def breaches(
    *, sent: int, opted_out: int, nudge: int, holdout: int, holdout_share: float
) -> tuple[Breach, ...]:
    """Return why the campaign must pause itself; empty when it may go on."""
    found = []
    if too_many_opt_outs(opted_out, sent):
        found.append(Breach.OPT_OUTS)
    if sample_ratio(nudge, holdout, holdout_share=holdout_share) is Ratio.BROKEN:
        found.append(Breach.SAMPLE_RATIO)
    return tuple(found)
