"""Campaigns whose truth is planted, through the real code from the launch to the last word.

Many campaigns at once in one database, each over an organisation unit of its own. People come in
batches, one a week: the chat says only then where they live, so that nobody could write to them.
What they do after the draw is decided by the arm that the program drew.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random

from accidents import Accidents
from made_up_chat import MadeUpChat, Weather
from staff import FEEDS, ONE_DAY, SLUG, Somebody, connector, store_new, used
from staff import store_changed as store_zones

from unranked.domain.campaigns import Design
from unranked.domain.maturity import Outcome
from unranked.domain.runtime import Ids
from unranked.domain.usage import Window
from unranked.domain.verdicts import Verdict
from unranked.services import campaigns, delivery, nudges, results, segments
from unranked.services.runtime import Connected, Runtime
from unranked.store import Store, coverage, looks, usage
from unranked.store import campaigns as stored
from unranked.store.coverage import Completeness
from unranked.store.looks import Look

FIRST = date(2026, 3, 2)  # a Monday
SEATS = FIRST - timedelta(days=60)
BATCHES = 10
LAST_DRAW = FIRST + timedelta(weeks=BATCHES)
END = LAST_DRAW + timedelta(days=21 + 7)
OVER = END + timedelta(days=28 + 7)
WHERE = "Europe/Berlin"
SOON = 4


@dataclass(frozen=True, slots=True)
class Truth:
    """What is planted: who starts within two weeks (A14), and who stays (P42), as shares.

    effect: how many more of the nudged start. sooner: those of them who do start within four days,
    and the others within fourteen. stays: of those who start. lasts: in both arms; else as many
    of the nudged stay as of the held out, whatever the nudge did. weeks: in which people come.
    """

    people: int
    base: float
    effect: float = 0.0
    stays: float = 0.5
    lasts: bool = True
    sooner: bool = False
    weeks: tuple[int, ...] = tuple(range(BATCHES))
    holdout: float | None = None


@dataclass
class Trial:
    """One campaign with its truth, and what was said of it. key: of the campaign."""

    truth: Truth
    unit: str
    key: str = ""
    taken: list[Look] = field(default_factory=list)
    verdict: Verdict | None = None

    def boundaries(self) -> list[tuple[float, float]]:
        """Return of each look the share of the information, and how many errors wide it is.

        Reckoned anew from the counts, by F14.
        """
        return [(one.fraction, _width(one)) for one in self.taken]

    def missed(self) -> bool:
        """Return whether the interval of some look does not hold the truth."""
        truth = self.truth.effect
        return any(not one.interval.low <= truth <= one.interval.high for one in self.taken)


def run(url: str, truths: Sequence[Truth], *, seed: int, send: bool = True) -> list[Trial]:
    """Return all campaigns with their looks and words. send: let their messages go out as well."""
    with closing(Store.open(url)) as store:
        store.migrate()
        quarter = _Quarter(store, truths, Random(seed), send=send)
        quarter.play()
        return quarter.trials


class _Nobody:
    """Nobody looks on: what is sent is the other simulation's matter."""

    def sending(self, member: str, key: str) -> None:
        """See nothing."""

    def arrived(self, member: str, key: str, at: datetime) -> None:
        """See nothing."""


class _Quarter:
    """All campaigns from their launch to the look at persistence, one step a week."""

    def __init__(
        self, store: Store, truths: Sequence[Truth], random: Random, *, send: bool
    ) -> None:
        self._store, self._random, self._send = store, random, send
        self._now = datetime(FIRST.year, FIRST.month, FIRST.day, 9, tzinfo=UTC)
        self.trials = [Trial(truth, f"Unit {n:04}") for n, truth in enumerate(truths)]
        self._staff: list[list[Somebody]] = [[] for _ in range(BATCHES)]
        self._truth: dict[str, Truth] = {}
        self._days: dict[date, list[int]] = defaultdict(list)
        self._known: set[str] = set()
        chat = MadeUpChat(self._clock, self._pass, Accidents(random), random, _Nobody())
        chat.weather = Weather(unclear=0)
        self._runtime = Runtime(
            store=store,
            connectors=(Connected(connector(), _never),),
            channel=chat,
            clock=self._clock,
            sleeper=self._pass,
            ids=Ids(random.randbytes),
        )

    def play(self) -> None:
        """Go from week to week."""
        self._begin()
        day, week = FIRST, 0
        while day <= OVER:
            self._now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
            self._sync(day)
            if day <= LAST_DRAW:
                segments.refresh(self._runtime)
                if not week:
                    self._launch()
                if week < BATCHES:
                    self._arrive(week)
                nudges.plan(self._runtime)
                self._decide()
                if self._send:
                    delivery.run(self._runtime)
            results.run(self._runtime)
            day, week = day + timedelta(weeks=1), week + 1
        self._read()

    def _begin(self) -> None:
        numbers = count()
        for trial in self.trials:
            for n in range(trial.truth.people):
                one = Somebody(next(numbers), "", trial.unit, frozenset(range(5)), SEATS)
                self._staff[trial.truth.weeks[n % len(trial.truth.weeks)]].append(one)
                self._truth[one.key] = trial.truth
        with self._store.write() as tx:
            store_new(tx, (one for batch in self._staff for one in batch))

    def _launch(self) -> None:
        for trial in self.trials:
            design = Design(
                name=trial.unit,
                start_on=FIRST,
                end_on=END,
                units=(trial.unit,),
                outcome=Outcome.A14,
                holdout=trial.truth.holdout,
            )
            draft = campaigns.create(self._runtime, design)
            done = campaigns.launch(self._runtime, draft.campaign_key, revision=0)
            if done.campaign is None or not done.campaign.people:
                raise ValueError("A simulated campaign could not be launched.")
            trial.key = done.campaign.campaign_key

    def _arrive(self, week: int) -> None:
        """Let the chat say where this week's people live."""
        for one in self._staff[week]:
            one.zone = WHERE
        with self._store.write() as tx:
            store_zones(tx, self._staff[week])

    def _decide(self) -> None:
        """Decide for everybody who was drawn just now what they will do, by their arm."""
        for trial in self.trials:
            with self._store.read() as tx:
                drawn = _arms(tx, trial.key)
            for person_key, arm in drawn:
                if person_key not in self._known:
                    self._known.add(person_key)
                    self._will_do(person_key, arm)

    def _will_do(self, person_key: str, arm: str) -> None:
        truth, drawn_on = self._truth[person_key], self._now.date()
        number, random = int(person_key[2:]), self._random
        nudged = arm == "nudge"
        share = truth.base + truth.effect * nudged
        stays = truth.stays if truth.lasts else truth.stays * truth.base / share
        if random.random() >= share:
            return
        latest = SOON if nudged and truth.sooner else 14
        self._days[drawn_on + timedelta(days=random.randint(1, latest))].append(number)
        if random.random() < stays:
            for n in random.sample(range(29, 43), 3):
                self._days[drawn_on + timedelta(days=n)].append(number)

    def _sync(self, day: date) -> None:
        """Store the use of the last week; all days before today are complete."""
        window = Window(day - timedelta(days=7), day)
        with self._store.write() as tx:
            usage.replace_days(tx, SLUG, "usage", window, lambda: self._rows(window))
            for feed in FEEDS:
                coverage.ended(tx, SLUG, feed, now=self._now)
            coverage.set_completeness(tx, Completeness(SLUG, day - ONE_DAY, SEATS))

    def _rows(self, window: Window) -> Iterator[tuple[object, ...]]:
        for day in window.days():
            for number in sorted(set(self._days.get(day, ()))):
                yield used(day, f"a-{number:07}", number + 1)

    def _read(self) -> None:
        with self._store.read() as tx:
            for trial in self.trials:
                campaign = stored.one(tx, trial.key)
                trial.taken = looks.taken(tx, trial.key, Outcome.A14)
                trial.verdict = results.said(tx, campaign)

    def _clock(self) -> datetime:
        return self._now

    def _pass(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


def _width(look: Look) -> float:
    counts, variance = look.counts, 0.0
    for n, x in ((counts.nudge_n, counts.nudge_x), (counts.holdout_n, counts.holdout_x)):
        q = (x + 1) / (n + 2)
        variance += q * (1 - q) / (n + 2)
    return float((look.interval.high - look.interval.low) / 2 / variance**0.5)


def _arms(tx, campaign_key: str) -> Iterable[tuple[str, str]]:
    rows = tx.exec_driver_sql(
        "SELECT person_key, arm FROM enrolment WHERE campaign_key = '" + campaign_key + "'"  # noqa: S608 - a key of our own
        " ORDER BY person_key"
    )
    return [(person, arm) for person, arm in rows]


def words(trials: Iterable[Trial]) -> Counter[str]:
    """Return how often each word was said."""
    return Counter(str(one.verdict.word) for one in trials if one.verdict is not None)


def _never() -> None:
    raise AssertionError("Nothing is fetched: what the tool tells is stored.")
