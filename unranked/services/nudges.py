"""Who is nudged by which campaign, in which arm, queued once and no more.

The order of method.md 3.2: everything that can stop a nudge is asked before the draw; the arm is
drawn and stored once; the nudge arm's messages are queued in the same transaction. Where the team
launched no campaign, one begins by itself: `first steps`, for everybody who has not started.

People come in pages, each in a transaction of its own: what needs no more memory for more people
lets others write in between, and goes on where it was after a kill.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from unranked.connectors.base import FeedKind
from unranked.domain.campaigns import Design, State
from unranked.domain.nudges import Reason, Withheld
from unranked.domain.segments import NUDGED
from unranked.domain.stats import Arm, holdout_share
from unranked.services import drawing, steps
from unranked.services.candidates import Alike, Decisions, Page
from unranked.services.coverage import offered_feeds
from unranked.services.queueing import Chosen, Queue
from unranked.services.running import BUSY, Programme, Running, by_key, sending, shared
from unranked.services.runtime import Runtime
from unranked.services.tips import Library
from unranked.store import Tx, audience, campaigns, coverage, pages
from unranked.store.campaigns import StoredCampaign

SLUG = "first-steps"
FRESH = timedelta(hours=2)
"""How long ago the last look at every provider may be for the fresh look before the draw."""

PAGE = 20_000
"""So many people of the roster are one page."""


@dataclass(slots=True)
class Counts:
    """What was decided for one campaign, in exact numbers of people who may be counted.

    Whoever is outside the units that may be named, where they are few, is planned for as everybody
    is, and in no number here (`audience.said_units`): these are said, rounded.

    eligible: may be drawn into an arm now. followed: who gets the next message of the campaign.
    withheld: by the first reason found. name: words of the team, and nothing for a log.
    """

    name: str = field(default="", repr=False)
    eligible: int = 0
    followed: int = 0
    withheld: Counter[Reason] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class NudgeRun:
    """What a run decided, in exact numbers of people.

    campaigns: for each of them, in the order of their keys. enrolled: by arm, of everybody; empty
    when nothing was written. blocked: why nobody was looked at.
    """

    campaigns: tuple[Counts, ...] = ()
    enrolled: Mapping[Arm, int] = field(default_factory=dict)
    blocked: str = ""
    dry: bool = False

    @property
    def eligible(self) -> int:
        """How many may be drawn into an arm now, over all campaigns."""
        return sum(one.eligible for one in self.campaigns)

    @property
    def followed(self) -> int:
        """How many get the next message of a campaign that drew them before."""
        return sum(one.followed for one in self.campaigns)

    @property
    def withheld(self) -> Mapping[Reason, int]:
        """How many are held back, over all campaigns, by the first reason found."""
        return sum((one.withheld for one in self.campaigns), Counter())


def is_fresh(runtime: Runtime) -> bool:
    """Return whether every provider's members and activity were read in the last two hours."""
    return not not_fresh(runtime)


def not_fresh(runtime: Runtime) -> str:
    """Return why the figures are not fresh and whole, in words; empty when they are."""
    if not runtime.connectors:
        return "no AI tool is set up: `unranked connectors` says what to set"
    now = runtime.clock()
    with runtime.store.read() as tx:
        states = coverage.states(tx)
        for one in runtime.connectors:
            feeds = [
                *offered_feeds(tx, one.connector, FeedKind.ACTIVITY),
                *offered_feeds(tx, one.connector, FeedKind.DIRECTORY),
            ]
            for feed in feeds:
                state = states.get((one.connector.slug, feed.name))
                if state is not None and state.error:
                    return f"{one.connector.title} failed: see `unranked connectors`"
                if state is None or state.succeeded_at is None:
                    return f"{one.connector.title} was never read whole: run `unranked job sync`"
                if not timedelta(0) <= now - state.succeeded_at <= FRESH:
                    return f"{one.connector.title} was not read in the last two hours"
    return ""


def plan(runtime: Runtime, *, dry_run: bool = False, page: int = PAGE) -> NudgeRun:
    """Draw arms for everybody who may be nudged now, and queue the nudges of one arm.

    Who was drawn before gets the next message of their campaign where it is due. page: of how many
    people one transaction is.
    """
    if why := not_fresh(runtime):
        return NudgeRun(blocked=why)
    return _Run(runtime, write=not dry_run).over(page)


def dry(runtime: Runtime, design: Design) -> Counts:
    """Return what a campaign of this design would do if it were launched now. Writes nothing.

    As if it were the only one: who fits other campaigns as well may be drawn by them.
    """
    draft = _unstored(runtime, design=design)
    found = _Run(runtime, write=False, only=Running(draft)).over(PAGE)
    return found.campaigns[0] if found.campaigns else Counts(design.name)


def _unstored(runtime: Runtime, *, design: Design | None = None, slug: str = "") -> StoredCampaign:
    return StoredCampaign(
        campaign_key=runtime.ids.key("c"),
        slug=slug,
        salt=runtime.ids.salt(),
        holdout=0.0,
        state=State.RUNNING.value,
        started_at=runtime.clock(),
        design=design,
    )


class _Run:
    """One run over everybody, page by page.

    only: the draft that is tried, in place of the campaigns that run. _own: the campaign that would
    begin by itself; it is stored with the first people whom it draws.
    """

    def __init__(self, runtime: Runtime, *, write: bool, only: Running | None = None) -> None:
        self._runtime, self._write, self._only = runtime, write, only
        self._now = runtime.clock()
        self._own: Running | None = None
        self._said: frozenset[str] = frozenset()
        self._counts: dict[str, Counts] = {}
        self._arms: Counter[Arm] = Counter()

    def over(self, size: int) -> NudgeRun:
        """Go over everybody; return what was decided."""
        keys, done = pages.Keys(), 0
        with self._runtime.store.read() as tx:
            library = Library.of(tx, today=self._now.date())
            people = pages.people(tx)
            self._said = frozenset(audience.said_units(tx, ()))
            for one in self._running(tx):
                self._counted(one)
        if not self._counts:
            return NudgeRun(blocked="every campaign is paused or has ended")
        decisions = Decisions(self._now, self._runtime.default_zone, library)
        while True:
            self._runtime.progress("nudges", min(done, people), people)
            with self._transaction() as tx:
                keys = pages.following(tx, keys.through or "", size=size)
                self._page(Page(tx, self._runtime, keys, decisions))
            done += size
            if keys.through is None:
                break
        counts = tuple(self._counts[key] for key in sorted(self._counts))
        return NudgeRun(counts, dict(self._arms), dry=not self._write)

    def _transaction(self) -> AbstractContextManager[Tx]:
        # Alone: of two processes the second one finds in each page what the first one stored there.
        store = self._runtime.store
        return store.write(alone=True) if self._write else store.read()

    def _running(self, tx: Tx) -> list[Running]:
        """Return the campaigns as they are at this moment, which may not be that of the start."""
        if self._only is not None:
            return [self._only]
        running = sending(tx)
        if running or campaigns.have_begun(tx):
            return running
        self._own = self._own or Running(_unstored(self._runtime, slug=SLUG))
        return [self._own]

    def _page(self, page: Page) -> None:
        running = self._running(page.tx)
        chosen = list(self._chosen(page, running))
        new = {key for one in chosen for key in one.people}
        followed = steps.due(page, self._runtime, by_key(running), without=new)
        for one, _ in followed.chosen:
            self._counting(one.campaign, one.alike.department).followed += len(one.people)
        if not self._write:
            return
        if chosen and chosen[0].campaign is self._own:
            begun = self._begin(page.tx, chosen[0].campaign)
            chosen = [one._replace(campaign=begun) for one in chosen]
        queue = Queue(page, self._runtime, self._now)
        self._arms.update(drawing.enrol(page, queue, chosen))
        steps.go_on(page, queue, followed)
        queue.close()

    def _chosen(self, page: Page, running: Collection[Running]) -> Iterator[Chosen]:
        """Yield who may be drawn; count them, and who may not."""
        today = self._now.date()
        launched = campaigns.have_been_launched(page.tx)
        drawing_now = [
            one
            for one in running
            if one is self._only or one.draws_on(today, team_has_launched=launched)
        ]
        if not drawing_now:
            return
        programme = self._programme(page.tx, running)
        for alike, campaign, people, drawn_on in _met(page, drawing_now):
            counts = self._counting(campaign, alike.department)
            if drawn_on is not None and today - drawn_on <= BUSY:
                counts.withheld[Reason.ELSEWHERE] += len(people)
                continue
            left = people if programme is None else programme.leaves(people)
            if len(left) < len(people):
                counts.withheld[Reason.PROGRAMME_HOLDOUT] += len(people) - len(left)
            if not left:
                continue
            may = page.decided(campaign)(alike.facts)
            if isinstance(may, Withheld):
                counts.withheld[may.reason] += len(left)
            else:
                counts.eligible += len(left)
                yield Chosen(campaign, alike, may, left)

    def _counted(self, campaign: Running) -> Counts:
        if campaign.key not in self._counts:
            self._counts[campaign.key] = Counts(campaign.name)
        return self._counts[campaign.key]

    def _counting(self, campaign: Running, unit: str) -> Counts:
        """Return where people of a unit are counted; in a number of everybody a few may not be.

        A campaign that names its units has people of these alone.
        """
        counts = self._counted(campaign)
        may_be = campaign.units or not self._said or unit in self._said
        return counts if may_be else Counts()

    def _programme(self, tx: Tx, running: Collection[Running]) -> Programme | None:
        """Return the year's draw; None before the team has launched any campaign."""
        if all(one.stored.design is None for one in running):
            return None
        return Programme.of(tx, self._runtime, write=self._write)

    @staticmethod
    def _begin(tx: Tx, own: Running) -> Running:
        """Store the campaign that begins by itself; its holdout is by the people it is for."""
        people = audience.people(tx, NUDGED, ())
        begun = replace(own.stored, holdout=holdout_share(people))
        campaigns.add(tx, begun)
        return Running(begun)


def _met(
    page: Page, running: Sequence[Running]
) -> Iterator[tuple[Alike, Running, Sequence[str], date | None]]:
    """Yield everybody of the page whom a campaign is for, with the one that may draw them.

    And with the day on which a campaign drew them last whose result is read. The one that began by
    itself is not measured: nobody whom it drew is kept from a campaign that is.
    """
    unwritten = campaigns.unwritten(page.tx)
    for alike, people in page.fresh(running).items():
        had = {key for key, _ in alike.drawn}
        fitting = [
            one
            for one in running
            if one.key not in had and one.is_for(alike.facts.segment, alike.department)
        ]
        if fitting:
            last = max((day for key, day in alike.drawn if key not in unwritten), default=None)
            for campaign, theirs in shared(fitting, people).items():
                yield alike, campaign, theirs, last
