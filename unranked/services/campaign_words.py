"""What may be said of one campaign, sentence by sentence: from stored looks alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice

from unranked import text
from unranked.channels.base import Note
from unranked.domain.constants import (
    ALPHA,
    OPTOUT_RATE,
    OPTOUT_STOP,
    PERSISTENCE_ACTIVE,
    RATIO_STOP,
    WORTH_IT,
)
from unranked.domain.experiments import Interval
from unranked.domain.guardrails import Breach
from unranked.domain.looks import Look, Plan
from unranked.domain.maturity import Outcome
from unranked.domain.opt_outs import OptOuts
from unranked.domain.verdicts import Verdict, Word
from unranked.services import campaign_progress, opt_outs, results, spoken
from unranked.store import Tx, looks
from unranked.store.campaigns import StoredCampaign
from unranked.store.looks import Read

FORMULAS = ("f12", "f13", "f14", "f15", "f16", "f17")
"""What results are computed by: the formulas of method.md 3, each of which has a sentence."""

_PERCENT = 100
_RUN_SHORT = 2


@dataclass(frozen=True, slots=True)
class Counted:
    """The values of the text `campaign_counted`, in words."""

    nudge: str
    holdout: str
    goal: str


@dataclass(frozen=True, slots=True)
class Told:
    """A launched campaign and all that is stored of its looks.

    taken: those at its own outcome that were taken. read: those taken or skipped, by number.
    lasts: the one look at whether it lasts, taken or skipped.
    """

    campaign: StoredCampaign
    plan: Plan
    verdict: Verdict
    taken: Sequence[Look]
    read: Mapping[int, Read]
    lasts: Read | None
    opted_out: OptOuts | None

    @property
    def breach(self) -> Breach | None:
        """Why it paused itself; None where it did not."""
        held = self.campaign.held_by
        return Breach(held) if held in {one.value for one in Breach} else None

    @property
    def has_result(self) -> bool:
        """Whether there is more to say than that it waits for its first look."""
        return bool(self.read) or self.breach is not None

    @property
    def is_over_unread(self) -> bool:
        """Whether its looks are over, and none of them could be taken."""
        return self.verdict.look is None and self.verdict.word is Word.CANNOT_TELL

    @property
    def is_comparable(self) -> bool:
        """Whether its groups are as large as they were drawn: else no difference is said."""
        return self.breach is not Breach.SAMPLE_RATIO

    @property
    def counts_together(self) -> bool:
        """Whether it counts in what all campaigns did: then its goal is to start."""
        return self.is_comparable and self.campaign.outcome is Outcome.A14

    def day(self, look: Look) -> date:
        """Return the day on which a look was taken."""
        return _day(self.read[look.number].at)


def told(tx: Tx, campaign: StoredCampaign) -> Told | None:
    """Return what is stored of a campaign's looks; None for one that is not judged."""
    plan, key, outcome = campaign.plan, campaign.campaign_key, campaign.outcome
    if plan is None:
        return None
    apart = outcome is not Outcome.P42
    return Told(
        campaign=campaign,
        plan=plan,
        verdict=results.said(tx, campaign),
        taken=looks.taken(tx, key, outcome),
        read=looks.read(tx, key, outcome),
        lasts=looks.read(tx, key, Outcome.P42).get(results.ONCE) if apart else None,
        opted_out=opt_outs.at_last_look(tx, campaign),
    )


def headline(one: Told) -> str:
    """Return the word and what it means."""
    if not one.is_comparable:
        return text.label("not_comparable")
    word = one.verdict.word
    if one.verdict.look is None and word is Word.TOO_EARLY:
        return f"{text.label(f'word_{word}')}."
    known = "means_never_read" if one.verdict.look is None else f"means_{word}"
    means = text.label(known).format(points=spoken.whole(round(_PERCENT * WORTH_IT)))
    return f"{text.label(f'word_{word}')}. {means}"


def what_next(one: Told) -> str:
    """Return what to do."""
    if not one.is_comparable:
        return text.label("do_sample_ratio")
    return text.label("do_never_read" if one.is_over_unread else f"do_{one.verdict.word}")


def in_points(one: Told) -> str:
    """Return the difference between the groups; empty where there is none to be said."""
    look = one.verdict.look
    if look is None or not one.is_comparable:
        return ""
    return difference(look.interval)


def difference(interval: Interval) -> str:
    """Return an interval in whole points: its middle, and between which two it lies."""
    points = interval.points()
    said = {name: signed(getattr(points, name)) for name in ("middle", "low", "high")}
    return text.label("in_points").format(**said)


def signed(points: int) -> str:
    """Return points with their sign, such as `+3`."""
    return f"{points:+d}".replace("-", "\N{MINUS SIGN}") if points else "0"


def which_look(one: Told) -> Iterator[str]:
    """Yield which look it is of how many, when the next one is, and which were left out."""
    look, looks_planned = one.verdict.look, spoken.whole(one.plan.looks)
    if look is None:
        over = max(one.read, default=0) >= one.plan.looks
        yield text.label("look_never" if over else "look_none").format(looks=looks_planned)
        if over:
            return
    else:
        decided = one.verdict.word.decides and one.is_comparable
        name = "look_decided" if decided else "look_taken"
        day, number = spoken.long_day(one.day(look)), spoken.whole(look.number)
        yield text.label(name).format(number=number, looks=looks_planned, day=day)
    yield _next_look(one)
    skipped, unread = _not_taken(one)
    if skipped:
        yield text.label("looks_skipped").format(numbers=in_runs(skipped))
    if unread:
        yield text.label("looks_unread").format(numbers=in_runs(unread))


def looks_in_short(one: Told) -> Iterator[str]:
    """Yield the same in a few words: which look it is, and which ones were not taken."""
    yield from islice(which_look(one), 2 if one.verdict.look is None else 1)
    if one.is_over_unread:
        return
    skipped, unread = _not_taken(one)
    if skipped:
        yield text.label("looks_skipped_short").format(numbers=in_runs(skipped))
    if unread:
        yield text.label("looks_unread_short").format(numbers=in_runs(unread))


def _not_taken(one: Told) -> tuple[Sequence[int], Sequence[int]]:
    """Return the looks that were skipped, and those that went by unread."""
    skipped = [number for number, read in one.read.items() if read.skipped]
    return skipped, sorted(set(range(1, max(one.read, default=1))) - one.read.keys())


def _next_look(one: Told) -> str:
    last = max(one.read, default=0)
    if last >= one.plan.looks:
        return text.label("look_over")
    day = spoken.long_day(one.plan.look_days[last])
    if last + 1 < one.plan.looks:
        return text.label("look_next").format(day=day)
    waits = spoken.whole(results.WAITS_AT_THE_END.days)
    return text.label("look_last").format(day=day, days=waits)


def in_runs(numbers: Sequence[int]) -> str:
    """Return numbers such as `1 to 3, 5 and 6`, given in their order."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return spoken.listed(said for run in runs for said in _run(run))


def _run(run: Sequence[int]) -> list[str]:
    long = len(run) > _RUN_SHORT
    return [f"{run[0]} {text.label('to')} {run[-1]}"] if long else [str(one) for one in run]


def whether_it_lasts(one: Told) -> str:
    """Return what is known of whether it lasts; empty where that is the goal itself."""
    if one.campaign.outcome is Outcome.P42 or not one.is_comparable or one.is_over_unread:
        return ""
    if one.lasts is None:
        return text.label("lasts_not_yet").format(day=spoken.long_day(one.plan.persistence_day))
    found = one.verdict.persistence
    if found is None or found.interval is None:
        return text.label("lasts_unknown")
    shown = text.label("lasts_shown" if found.shown else "lasts_not_shown")
    return f"{shown} {difference(found.interval)}"


def why_paused(one: Told) -> str:
    """Return why a campaign paused itself; empty where it did not."""
    if one.breach is None:
        return ""
    share = spoken.whole(round(_PERCENT * OPTOUT_RATE))
    return text.label(f"breach_{one.breach}").format(share=share)


def who_opted_out(one: Told) -> str:
    """Return which share opted out, as of the last look taken; empty before the first."""
    if not one.taken:
        return ""
    found = one.opted_out
    if found is None:
        return text.label("opt_outs_few")
    name = "opt_outs_fewer" if found.fewer else "opt_outs_about"
    share, people = spoken.whole(found.share), spoken.whole(found.people)
    return text.label(name).format(share=share, people=people)


def counted(one: Told) -> str:
    """Return who is counted, and what the goal is."""
    counts = one.verdict.look.counts if one.verdict.look else None
    aim = goal(one.campaign.outcome)
    if counts is None:
        return aim
    nudge, holdout = map(campaign_progress.rounded, (counts.nudge_n, counts.holdout_n))
    said = text.words("campaign_counted", Counted(nudge, holdout, aim)).body
    return f"{said} {text.label('counted_by_team')}" if one.plan.by_team else said


def goal(outcome: Outcome) -> str:
    """Return what a campaign wants people to do."""
    first, last = outcome.days[0], outcome.days[-1]
    said = text.label(f"goal_{outcome.value}")
    active = spoken.whole(PERSISTENCE_ACTIVE)
    return said.format(first=spoken.whole(first), last=spoken.whole(last), active=active)


def formulas(*names: str) -> list[str]:
    """Return a plain sentence for each of these formulas."""
    numbers = {
        "missed": spoken.whole(round(_PERCENT * ALPHA)),
        "opted_out": spoken.whole(round(_PERCENT * OPTOUT_RATE)),
        "for_opt_outs": spoken.whole(OPTOUT_STOP),
        "for_ratio": spoken.whole(RATIO_STOP),
    }
    return [text.label(f"formula_{name}").format(**numbers) for name in names]


def how_computed(*names: str) -> Note:
    """Return how results are computed, a line for each of these formulas."""
    lines = (f"- {line}" for line in formulas(*names))
    return Note("\n".join((text.label("how"), *lines)))


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
