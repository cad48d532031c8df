"""What campaigns came to: read on the planned days alone, stored, and told again in between.

Everybody is counted in the arm that was drawn, once they have matured. A campaign that annoys, or
whose arms do not fit the draw, pauses itself. What people did is read on the day of a look alone:
on every other day numbers of people are enough.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

import structlog

from unranked.domain.campaigns import State
from unranked.domain.constants import PERSISTENCE_MULTIPLIER
from unranked.domain.contamination import TeamCounts, spread_of
from unranked.domain.experiments import Counts, Spread
from unranked.domain.guardrails import Breach, breaches
from unranked.domain.looks import Look, Plan, take_look
from unranked.domain.maturity import Outcome, did, is_mature, window
from unranked.domain.stats import Arm
from unranked.domain.usage import Window
from unranked.domain.verdicts import Persistence, Verdict, read_persistence, verdict
from unranked.errors import JobError
from unranked.services import campaign_notices, enablement, opt_outs
from unranked.services.runtime import Runtime
from unranked.store import Tx, campaigns, coverage, groups, looks, results
from unranked.store.campaigns import StoredCampaign
from unranked.store.looks import Skipped
from unranked.store.results import Alike, Drawn

WAITS_AT_THE_END = timedelta(days=21)
"""So long the last look waits for figures that are late: nobody would be looked at after it."""

ONCE = 1
"""The number of the one look at persistence."""

log = structlog.get_logger("unranked.results")


@dataclass(frozen=True, slots=True)
class ResultRun:
    """What a run did, in numbers of campaigns. paused: those that paused themselves, and why."""

    taken: int = 0
    skipped: int = 0
    ended: int = 0
    paused: Mapping[Breach, int] = field(default_factory=dict)


def run(runtime: Runtime) -> ResultRun:
    """Take the looks that are due, pause what must pause itself, and end what is over.

    Raises JobError, once every campaign was seen to, where one of them could not be.
    """
    done: Counter[str] = Counter()
    paused: Counter[Breach] = Counter()
    faults: list[str] = []
    with runtime.store.read() as tx:
        keys = [one.campaign_key for one in campaigns.every(tx) if one.plan is not None]
    if keys:
        enablement.members(runtime)  # the chat is asked before anybody waits for the database
    for key in keys:
        try:
            came, breached = _see_to(runtime, key)
        except Exception as error:  # noqa: BLE001 - one campaign's fault must not end the others' looks
            # Only the kind of fault: its text may hold words of somebody.
            faults.append(type(error).__name__)
            log.warning("campaign not seen to", campaign=key, error=faults[-1])
        else:
            done.update(came)
            paused.update(breached)
    if faults:
        kinds = ", ".join(sorted(set(faults)))
        raise JobError(
            f"{len(faults)} of {len(keys)} campaigns could not be seen to: {kinds}.",
            hint="All others were. The log names their keys: report it with them and the version.",
        )
    return ResultRun(done["taken"], done["skipped"], done["ended"], paused)


def _see_to(runtime: Runtime, key: str) -> tuple[Sequence[str], Sequence[Breach]]:
    """Do all that is due for one campaign, or nothing; return what was done, and why it paused."""
    with runtime.store.write() as tx:
        campaign = campaigns.one(tx, key)
        if campaign is None or campaign.plan is None:
            return (), ()
        facts = _Facts(tx, runtime, campaign, campaign.plan)
        before = said(tx, campaign)
        done = list(facts.look())
        if found := facts.guard():
            campaign_notices.paused_itself(tx, runtime, campaign, found[0])
        done += facts.end()
        campaign_notices.is_ready(tx, runtime, campaign, before, said(tx, campaign))
    return done, found


def said(tx: Tx, campaign: StoredCampaign) -> Verdict:
    """Return what may be said of a campaign, from the looks that are stored."""
    taken = looks.taken(tx, campaign.campaign_key, campaign.outcome)
    last = looks.last_number(tx, campaign.campaign_key, campaign.outcome)
    over = bool(campaign.look_days) and last >= len(campaign.look_days)
    return verdict(taken, over=over, persistence=_persistence(tx, campaign))


def _persistence(tx: Tx, campaign: StoredCampaign) -> Persistence | None:
    """Return P42 as it was read; None before, and where it is the outcome itself."""
    if campaign.outcome is Outcome.P42:
        return None
    if not looks.last_number(tx, campaign.campaign_key, Outcome.P42):
        return None
    found = looks.taken(tx, campaign.campaign_key, Outcome.P42)
    return Persistence(found[0].interval if found else None)


@dataclass(frozen=True, slots=True)
class _Counted:
    """The matured people of both arms, and how alike teams are where teams were drawn."""

    counts: Counts
    spread: Spread | None


class _Facts:
    """One campaign with all that its looks need, in one transaction."""

    def __init__(self, tx: Tx, runtime: Runtime, campaign: StoredCampaign, plan: Plan) -> None:
        self._tx, self._campaign, self._plan = tx, campaign, plan
        self._key, self._now = campaign.campaign_key, runtime.clock()
        self._today = self._now.date()
        self._feeds = {
            one.connector.slug: names
            for one in runtime.connectors
            if (names := one.connector.activity_feeds)
        }
        known = coverage.completeness(tx)
        self._through = {
            slug: known[slug].complete_through if slug in known else None for slug in self._feeds
        }

    @cached_property
    def _without(self) -> set[str]:
        return groups.objected(self._tx)

    @cached_property
    def _alike(self) -> Sequence[Alike]:
        """Return who was drawn, as numbers of people: all that is needed between two looks."""
        found = results.counted(
            self._tx,
            self._key,
            feeds=self._feeds,
            through=self._through,
            without=self._without,
        )
        return tuple(found)

    def look(self) -> Iterable[str]:
        """Take the looks that are due; yield what became of each."""
        outcome, number = self._campaign.outcome, self._plan.due(self._today)
        if number > looks.last_number(self._tx, self._key, outcome):
            last = number == self._plan.looks
            if not (last and self._awaits(outcome, self._plan.look_days[-1])):
                yield self._take(number)
        day = self._plan.persistence_day
        if outcome is not Outcome.A14 or self._today < day:
            return
        read = looks.last_number(self._tx, self._key, Outcome.P42)
        if not read and not self._awaits(Outcome.P42, day):
            yield self._read_persistence()

    def _awaits(self, outcome: Outcome, day: date) -> bool:
        """Return whether figures are late, and worth waiting for: nobody looks again."""
        if self._today >= day + WAITS_AT_THE_END:
            return False
        return any(_is_awaited(one, outcome) for one in self._alike)

    def _take(self, number: int) -> str:
        outcome = self._campaign.outcome
        counted = self._count(outcome)
        before = looks.taken(self._tx, self._key, outcome)
        found = take_look(self._plan, before, number, counted.counts, counted.spread)
        self._record(outcome, found or Skipped(number))
        return "skipped" if found is None else "taken"

    def _read_persistence(self) -> str:
        counted = self._count(Outcome.P42)
        interval = read_persistence(counted.counts, counted.spread).interval
        if interval is None:
            self._record(Outcome.P42, Skipped(ONCE))
            return "skipped"
        look = Look(ONCE, counted.counts, 1.0, PERSISTENCE_MULTIPLIER, interval, last=True)
        self._record(Outcome.P42, replace(look, spread=counted.spread))
        return "taken"

    def _record(self, kind: Outcome, look: Look | Skipped) -> None:
        looks.record(self._tx, self._key, kind, look, now=self._now)
        if isinstance(look, Look):
            opt_outs.keep(self._tx, self._campaign, now=self._now)

    def guard(self) -> Sequence[Breach]:
        """Pause the campaign where it must; return why."""
        if self._campaign.state != State.RUNNING:
            return ()
        sent, opted_out = results.answers(self._tx, self._key)
        found = breaches(
            sent=sent,
            opted_out=opted_out,
            nudge=self._units(Arm.NUDGE),
            holdout=self._units(Arm.HOLDOUT),
            holdout_share=self._plan.holdout,
        )
        if found:
            self._change(State.PAUSED, held_by=found[0].value)
        return found

    def _units(self, arm: Arm) -> int:
        """Return how many of what was drawn are analysed in an arm: people, or teams."""
        outcome = self._campaign.outcome
        there = [one for one in self._alike if one.arm == arm and _counts(one, outcome)]
        if self._plan.by_team:
            return len({one.unit for one in there if one.unit})
        return sum(one.people for one in there)

    def end(self) -> Iterable[str]:
        """End the campaign once its last look was taken or skipped."""
        last = looks.last_number(self._tx, self._key, self._campaign.outcome)
        if last >= self._plan.looks and self._campaign.state != State.ENDED:
            self._change(State.ENDED, held_by=self._campaign.held_by)
            yield "ended"

    def _change(self, state: State, *, held_by: str) -> None:
        changed = replace(self._campaign, state=state.value, held_by=held_by)
        campaigns.save(self._tx, changed)
        self._campaign = replace(changed, revision=changed.revision + 1)

    def _count(self, outcome: Outcome) -> _Counted:
        """Count the matured people of either arm, and those of them who did it."""
        started = self._campaign.started_at.date()
        first = window(outcome, started).start
        days = Window(first, max(first, self._today))
        found = results.drawn(
            self._tx,
            self._key,
            days,
            feeds=self._feeds,
            through=self._through,
            without=self._without,
        )
        teams: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        alone: Counter[tuple[str, bool]] = Counter()
        for one in found:
            if _counts(one, outcome):
                reached = did(outcome, one.drawn_on, one.active, before=one.before(outcome))
                alone[one.arm, reached] += 1
                if one.unit:
                    teams[one.arm, one.unit][0] += 1
                    teams[one.arm, one.unit][1] += reached
        return self._counted(alone, teams)

    def _counted(
        self,
        people: Mapping[tuple[str, bool], int],
        teams: Mapping[tuple[str, str], Sequence[int]],
    ) -> _Counted:
        did_it = {arm: people.get((arm, True), 0) for arm in Arm}
        all_of = {arm: did_it[arm] + people.get((arm, False), 0) for arm in Arm}
        counts = Counts(
            all_of[Arm.NUDGE], did_it[Arm.NUDGE], all_of[Arm.HOLDOUT], did_it[Arm.HOLDOUT]
        )
        if not self._plan.by_team:
            return _Counted(counts, None)
        of_arm = {
            arm: [TeamCounts(n, x) for (whose, _), (n, x) in teams.items() if whose == arm]
            for arm in Arm
        }
        return _Counted(counts, spread_of(of_arm[Arm.NUDGE], of_arm[Arm.HOLDOUT]))


def _counts(one: Drawn | Alike, outcome: Outcome) -> bool:
    """Return whether somebody counts: matured, and there to the end of their days."""
    return _stayed(one, outcome) and is_mature(outcome, one.drawn_on, one.through)


def _is_awaited(one: Alike, outcome: Outcome) -> bool:
    """Return whether somebody will count once figures are in; not who has no tool to wait for."""
    late = one.through is not None and not is_mature(outcome, one.drawn_on, one.through)
    return late and _stayed(one, outcome)


def _stayed(one: Drawn | Alike, outcome: Outcome) -> bool:
    return one.left_on is None or one.left_on >= window(outcome, one.drawn_on).end
