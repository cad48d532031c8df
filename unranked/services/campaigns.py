"""The life of a campaign: written, launched, held, taken up again, ended.

What is fixed before the first nudge goes out is fixed at the launch (method.md 3.4), and never
changed: the people expected, the share held out, the days of the looks, and whether whole teams
are drawn (3.9).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from unranked import text
from unranked.domain.campaigns import Design, Part, Problem, State, problems
from unranked.domain.constants import (
    AUDIENCE_STEP,
    CAMPAIGN_PEOPLE,
    NAME_LONGEST,
    PROGRAMME_HOLDOUT,
)
from unranked.domain.contamination import Team, cluster_factor, draws_teams, people_a_unit
from unranked.domain.disclosure import of_cells
from unranked.domain.guardrails import Breach
from unranked.domain.sample_sizes import Promise, promise
from unranked.domain.stats import holdout_share
from unranked.services.runtime import Runtime
from unranked.services.tips import Library
from unranked.store import Tx, audience, campaigns
from unranked.store.campaigns import StoredCampaign

BY_THE_TEAM = "team"
"""Why a campaign is paused, where the team pressed the button."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What came of a change: the campaign as it is now, or what is wrong, by part.

    overtaken: somebody else changed it meanwhile. too_few: fewer than 20 people, and no more is
    said of how many. refused: it is in no state for that.
    """

    campaign: StoredCampaign | None = None
    wrong: Mapping[Part, Problem] | None = None
    overtaken: bool = False
    too_few: bool = False
    refused: bool = False


def create(runtime: Runtime, design: Design, *, key: str | None = None) -> StoredCampaign:
    """Store a new draft. It may hold mistakes: they keep it from being launched.

    key: its key; what is stored with it already comes back, whatever it says. None: a new one.
    """
    key = key or runtime.ids.key("c")
    campaign = StoredCampaign(
        campaign_key=key,
        slug=key,
        salt=runtime.ids.salt(),
        holdout=0.0,
        state=State.DRAFT.value,
        started_at=runtime.clock(),
        phase=design.phase.value,
        design=design,
        outcome=design.outcome,
    )
    with runtime.store.write(alone=True) as tx:  # of two at the same time, the second one waits
        known = campaigns.one(tx, key)
        if known is None:
            campaigns.add(tx, campaign)
    return known or campaign


def write(runtime: Runtime, campaign_key: str, design: Design, *, revision: int) -> Changed:
    """Store what was changed in a draft. revision: of the campaign that the editor was shown."""
    with runtime.store.write() as tx:
        known = campaigns.one(tx, campaign_key)
        if known is None or known.state != State.DRAFT:
            return Changed(known, refused=True)
        wanted = replace(
            known,
            design=design,
            phase=design.phase.value,
            outcome=design.outcome,
            revision=revision,
        )
        return _saved(tx, wanted)


def duplicate(runtime: Runtime, campaign_key: str) -> StoredCampaign | None:
    """Store a draft with the same design, from today on; None for one that nobody wrote.

    Its name says that it is a copy, where there is room, so that a list tells the two apart.
    """
    today = runtime.clock().date()
    with runtime.store.read() as tx:
        known = campaigns.one(tx, campaign_key)
    if known is None or known.design is None:
        return None
    long = known.design.end_on - known.design.start_on
    name = text.label("copy_of").format(name=known.design.name)
    if len(name) > NAME_LONGEST:
        name = known.design.name
    return create(runtime, replace(known.design, name=name, start_on=today, end_on=today + long))


def preview(runtime: Runtime, design: Design) -> Promise | None:
    """Return what a campaign of this design could see; None for fewer than 20 people.

    It sees less where whole teams would be drawn. Said of those who may be counted: of everybody
    the few outside the units that may be named take part, and are in no number (`said_units`).
    """
    with runtime.store.read() as tx:
        said = _said(tx, design)
    return promise(said.people, cluster=said.cluster, holdout=design.holdout)


def launch(runtime: Runtime, campaign_key: str, *, revision: int) -> Changed:
    """Fix the plan and begin. Refused for a design with mistakes, and for fewer than 20 people."""
    now = runtime.clock()
    with runtime.store.write() as tx:
        known = campaigns.one(tx, campaign_key)
        if known is None or known.design is None or known.state != State.DRAFT:
            return Changed(known, refused=True)
        tips = Library.of(tx, today=now.date()).names
        wrong = problems(known.design, today=now.date(), tips=tips)
        if wrong:
            return Changed(known, wrong=wrong)
        # Whether it is launched, its holdout and its draw are seen: they tell no more than is said.
        said = _said(tx, known.design)
        if said.people < CAMPAIGN_PEOPLE:
            return Changed(known, too_few=True)
        chosen = known.design.holdout
        everybody = audience.people(tx, known.design.segments, known.design.units)
        wanted = replace(
            known,
            state=State.RUNNING.value,
            started_at=now,
            people=_expected(everybody),
            holdout=holdout_share(said.people) if chosen is None else chosen,
            look_days=known.design.look_days,
            by_team=said.by_team,
            revision=revision,
        )
        return _saved(tx, wanted)


def hold(runtime: Runtime, campaign_key: str) -> Changed:
    """Pause a campaign: what is queued waits, and nobody is drawn."""
    return _go(runtime, campaign_key, State.PAUSED, held_by=BY_THE_TEAM)


def resume(runtime: Runtime, campaign_key: str) -> Changed:
    """Let a campaign go on. One that paused itself is not taken up again."""
    return _go(runtime, campaign_key, State.RUNNING, held_by="")


def end(runtime: Runtime, campaign_key: str) -> Changed:
    """End a campaign: nothing more of it is sent. Those who were drawn are still counted."""
    return _go(runtime, campaign_key, State.ENDED)


def _go(
    runtime: Runtime, campaign_key: str, state: State, *, held_by: str | None = None
) -> Changed:
    with runtime.store.write() as tx:
        known = campaigns.one(tx, campaign_key)
        if known is None or not State(known.state).may_become(state):
            return Changed(known, refused=True)
        if state is State.RUNNING and known.held_by in {one.value for one in Breach}:
            return Changed(known, refused=True)
        why = known.held_by if held_by is None else held_by
        return _saved(tx, replace(known, state=state.value, held_by=why))


def _saved(tx: Tx, wanted: StoredCampaign) -> Changed:
    if not campaigns.save(tx, wanted):
        return Changed(campaigns.one(tx, wanted.campaign_key), overtaken=True)
    return Changed(replace(wanted, revision=wanted.revision + 1))


class _Said(NamedTuple):
    """What a design is for, as it is said before the launch: all that is shown follows from it.

    people: rounded down to ten. share: they are so many of those who are of the design's units.
    teams: by their members alone. With how many of each team are at the stages that were chosen,
    the promise would move when one of them begins, though the number of people stays.
    """

    people: int = 0
    share: float = 0.0
    teams: Sequence[Team] = ()

    @property
    def by_team(self) -> bool:
        return draws_teams(self.teams, self.people, self.share)

    @property
    def cluster(self) -> float:
        """How many times more people it takes: 1 where people are drawn."""
        size = people_a_unit(self.teams, self.people, self.share) if self.by_team else 1.0
        return cluster_factor(size)


def _said(tx: Tx, design: Design) -> _Said:
    """Return what a design is for, as far as its people may be counted.

    Nobody where it names a unit that is too small.
    """
    if not set(design.units) <= set(audience.units(tx)):
        return _Said()
    units = audience.said_units(tx, design.units)
    if design.units:
        people = of_cells(audience.cells(tx, units), design.segments)
    else:
        people = audience.people(tx, design.segments, units)
    said = _expected(people) // AUDIENCE_STEP * AUDIENCE_STEP
    return _Said(said, said / max(1, audience.members(tx, units)), audience.teams(tx, units))


def _expected(people: int) -> int:
    """Return how many of these people a campaign may draw: the yearly draw holds some out of all.

    Counting them would promise more than is found, and expect more to mature than can.
    """
    return max(min(people, CAMPAIGN_PEOPLE), people - round(people * PROGRAMME_HOLDOUT))
