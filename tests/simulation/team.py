"""The enablement team of the made-up company: it writes campaigns, launches, holds, ends them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from random import Random

from processes import Processes
from staff import UNITS
from witness import Hours, Witness

from unranked.domain.calendar import OpenHours
from unranked.domain.campaigns import Design, Phase, Step
from unranked.domain.maturity import Outcome
from unranked.domain.segments import NUDGED, Segment
from unranked.services import campaigns
from unranked.services.campaigns import Changed
from unranked.services.runtime import Runtime
from unranked.store import campaigns as stored

STEPS = (
    (Step(),),
    (Step(), Step(after_days=14)),
    (Step(), Step(after_days=14), Step(after_days=21)),
    (Step(), Step(after_days=15), Step(after_days=30), Step(after_days=60)),
)
HOURS = (
    OpenHours(),
    OpenHours(time(10), time(12)),
    OpenHours(time(13), time(16), frozenset({1, 2, 3})),
    OpenHours(time(9, 30), time(10, 15)),
)
SEGMENTS = (
    NUDGED,
    frozenset({Segment.NEVER_USED}),
    frozenset({Segment.TRIED_ONCE, Segment.LAPSED}),
    frozenset({Segment.NEVER_USED, Segment.NO_RECORDED_USE, Segment.TRIED_ONCE}),
)
AT_ONCE, FEW_AT_ONCE = 4, 3


@dataclass
class Team:
    """What the team does each day.

    narrow: each campaign is for one unit alone. live: those that were launched and not ended.
    """

    processes: Processes
    witness: Witness
    random: Random
    narrow: bool = False
    live: dict[str, date] = field(default_factory=dict)
    held: dict[str, date] = field(default_factory=dict)
    did: Counter[str] = field(default_factory=Counter)

    def works(self, today: date) -> None:
        """Do what is on the team's mind today."""
        self._forget_what_ended()
        at_once = FEW_AT_ONCE if self.narrow else AT_ONCE
        if len(self.live) < 2 or (len(self.live) < at_once and self.random.random() < 0.1):
            self._launch(today)
        for key, until in sorted(self.held.items()):
            if until <= today:
                del self.held[key]
                self._change("resumed", campaigns.resume, key)

    def interferes(self, today: date) -> None:
        """Hold or end something, at any hour, with messages on their way."""
        for key in sorted(self.live):
            chance = self.random.random()
            if chance < 0.02 and key not in self.held:
                self.held[key] = today + timedelta(days=self.random.randint(1, 5))
                self._change("held", campaigns.hold, key)
            elif chance < 0.024:
                self._change("ended early", campaigns.end, key)

    def ends_all(self) -> None:
        """End every campaign there is."""
        for key in sorted(self.live):
            self._change("ended", campaigns.end, key)

    def _launch(self, today: date) -> None:
        design, hours = self._design(today)

        def act(runtime: Runtime) -> Changed:
            draft = campaigns.create(runtime, design)
            return campaigns.launch(runtime, draft.campaign_key, revision=0)

        done = self.processes.run("launch", act)
        if done is None or done.campaign is None or done.wrong or done.too_few:
            self.did["not launched"] += 1
            return
        key = done.campaign.campaign_key
        self.live[key], self.witness.hours[key] = design.end_on, hours
        self.did["launched"] += 1

    def _design(self, today: date) -> tuple[Design, Hours]:
        pick = self.random.choice
        hours = pick(HOURS)
        many = pick((0, 0, 4, 6))
        units = self.random.sample(range(UNITS), many)
        if self.narrow:  # the unit whose turn it is
            units = [self.did["launched"] % UNITS]
        design = Design(
            name=f"Campaign {self.did.total()}",
            start_on=today + timedelta(days=pick((0, 0, 3))),
            end_on=today + timedelta(days=pick((70, 90, 120))),
            segments=pick(SEGMENTS),
            units=tuple(f"Unit {n}" for n in sorted(units)),
            steps=pick(STEPS),
            hours=hours,
            phase=pick(tuple(Phase)),
            outcome=pick(tuple(Outcome)),
            look_weeks=pick((0, 1, 2, 4)),
            holdout=pick((None, None, 0.05, 0.2)),
        )
        return design, Hours(hours.start, hours.end, hours.weekdays)

    def _change(self, what: str, act: Callable[[Runtime, str], Changed], key: str) -> None:
        done = self.processes.run(what, lambda runtime: act(runtime, key), sure=True)
        self.did[what] += bool(done and not done.refused)

    def _forget_what_ended(self) -> None:
        """A campaign ends by itself, too, after its last look."""
        ended = self.processes.run("states", _ended, sure=True) or set()
        for key in ended:
            self.live.pop(key, None)
            self.held.pop(key, None)


def _ended(runtime: Runtime) -> set[str]:
    with runtime.store.read() as tx:
        return {one.campaign_key for one in stored.every(tx) if one.state == "ended"}
