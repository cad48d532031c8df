"""What the made-up tool reports of each day: late, piece by piece, and sometimes taken back."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from staff import FEEDS, ONE_DAY, SLUG, Somebody, connector, used

from unranked.domain.usage import Window
from unranked.services import coverage as services_coverage
from unranked.store import Store, Tx, coverage, usage

REREAD = 7
"""So many days before the watermark are asked for again each time, for they may be restated."""


@dataclass(slots=True)
class Report:
    """One person's use of one day, as the tool tells of it: from a day on, perhaps not for good."""

    who: Somebody
    told_on: date
    taken_back_on: date | None = None

    def holds(self, today: date) -> bool:
        """Return whether the tool says so today."""
        return self.told_on <= today and (self.taken_back_on is None or today < self.taken_back_on)


@dataclass
class ToolDays:
    """The tool. loyal: accounts that use it on every weekday, so that a silent day stands out."""

    random: Random
    loyal: int = 30
    days: dict[date, list[Report]] = field(default_factory=lambda: defaultdict(list))
    restated: int = 0
    late: int = 0
    through: date | None = None
    told: dict[date, dict[int, Somebody]] = field(default_factory=dict)

    def use(self, who: Somebody, day: date) -> None:
        """Let somebody use the tool on a day; it is told up to five days later."""
        delay = self.random.choices((0, 1, 2, 3, 5), (30, 40, 15, 10, 5))[0]
        self.late += delay > 1
        report = Report(who, day + timedelta(days=delay))
        if self.random.random() < 0.03:
            report.taken_back_on = report.told_on + timedelta(days=self.random.randint(1, 2))
        self.days[day].append(report)

    def begin(self, tx: Tx, first: date, today: date) -> None:
        """Store the days from the first one on, as the very first sync does on the day `today`."""
        now = datetime.combine(today, datetime.min.time(), tzinfo=UTC)
        self._store(tx, Window(first, today), now)

    def read(self, store: Store, now: datetime) -> None:
        """Store the last days anew, as a sync does; then how far the figures go."""
        today = now.date()
        through = min(self.through or today, today - ONE_DAY)
        window = Window(through - timedelta(days=REREAD), today + ONE_DAY)
        with store.write() as tx:
            self._store(tx, window, now)
            for feed in FEEDS:
                coverage.ended(tx, SLUG, feed, now=now)
            self.through = services_coverage.settle(tx, connector()).complete_through
        self._know(window, today)

    def _store(self, tx: Tx, window: Window, now: datetime) -> None:
        today = now.date()

        def rows() -> Iterator[tuple[object, ...]]:
            for day in window.days():
                if day.weekday() < 5:
                    for n in range(self.loyal):
                        yield used(day, f"l-{n}", n + 1)
                for who in self._users(day, today):
                    yield used(day, who.account, who.number + 1000)

        loaded = usage.replace_days(tx, SLUG, "usage", window, rows)
        self.restated += coverage.record(tx, SLUG, "usage", loaded, now=now)

    def _users(self, day: date, today: date) -> Iterable[Somebody]:
        return {one.who.number: one.who for one in self.days[day] if one.holds(today)}.values()

    def _know(self, window: Window, today: date) -> None:
        """Note what the store knows now: the observer asks the people, not the store."""
        for day in window.days():
            had = self.told.get(day, {})
            now = {who.number: who for who in self._users(day, today)}
            for number, who in had.items():
                if number not in now:
                    del who.known[day]
            for number, who in now.items():
                if number not in had:
                    who.known[day] += 1
            self.told[day] = now
