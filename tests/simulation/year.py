"""A year of a company, day by day, from one moment at which something is due to the next."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from random import Random

from accidents import Accidents
from books import Books
from made_up_chat import MadeUpChat, Weather
from moods import Moods, users
from processes import Processes
from staff import ONE_DAY, Somebody, hired, store_changed, store_leave, store_new
from team import Team
from tool_days import ToolDays
from witness import Witness

from unranked.services import delivery, nudges, results, segments
from unranked.store import Store

FIRST = date(2026, 2, 2)  # a Monday; before the clocks change anywhere
DAYS = 365
HISTORY = timedelta(days=60)
SEATS_BEFORE = timedelta(days=50)
READ_BEFORE = 12
STORMS = ("429", "5xx", "timeouts", "broken")
LARGE = 1_000
"""From so many people on campaigns are for a unit each, and chance strikes more rarely."""
WINDING_UP = timedelta(days=40)
Progress = Callable[[int, int], None]


@dataclass
class Year:
    """One run. Everything that chance decides comes from `seed`, but in the hours of threads.

    every: people are placed and nudges planned on these weekdays (0 is Monday).
    """

    url: str
    people: int
    seed: int
    days: int = DAYS
    every: frozenset[int] = frozenset({0, 2, 4})
    now: datetime = field(init=False)
    staff: list[Somebody] = field(default_factory=list)
    did: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.now = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC)
        by_member: dict[str, Somebody] = {}
        self._plain = Store.open(self.url)
        self._plain.migrate()
        self.books = Books(self.url)
        self.witness = Witness(lambda: self.now, self.books, by_member)
        rate = 0.008 if self.people < LARGE else 0.0004
        self.accidents = Accidents(self.random, kills=rate, others=0.02, sleeps=rate / 2)
        self.accidents.sleep = self._pass
        self.chat = MadeUpChat(
            lambda: self.now, self._pass, self.accidents, self.random, self.witness
        )
        self.witness.attempts = self.chat.keys
        self.processes = Processes(
            *(self.url, self.chat, self.accidents, self.random),
            clock=lambda: self.now,
            sleeper=self._sleep,
            crashed=lambda what, why: self.witness.found(f"crash: {what}", why),
        )
        self.tool = ToolDays(self.random)
        self.team = Team(self.processes, self.witness, self.random, narrow=self.people >= LARGE)
        self.moods = Moods(self.processes, self.tool, self.random)
        self._by_member = by_member
        self._answers: list[tuple[datetime, Somebody, str]] = []
        self._answered = 0
        self._storm_until = self.now

    def run(self, progress: Progress = lambda *_: None) -> None:
        """Play the year, and wind up at its end."""
        self._begin()
        for n in range(self.days):
            self._day(FIRST + n * ONE_DAY)
            progress(n + 1, self.days)
        self._wind_up()

    def close(self) -> None:
        """End all processes."""
        self.processes.close()
        self.books.close()
        self._plain.close()

    def _begin(self) -> None:
        joined = FIRST - SEATS_BEFORE
        self._hire(self.people, joined)
        with self._store().write() as tx:
            for back in (READ_BEFORE + 1, READ_BEFORE):
                self.tool.begin(tx, FIRST - HISTORY, FIRST - back * ONE_DAY)
        for back in range(READ_BEFORE, 0, -1):
            self.tool.read(self._store(), self.now - back * ONE_DAY)
        self.processes.run("segments", segments.refresh, sure=True)
        self.chat.deaf = {one.member for one in self.staff if self.random.random() < 0.003}

    def _hire(self, many: int, joined: date) -> None:
        new = [hired(self.random, len(self.staff) + n, joined) for n in range(many)]
        with self._store().write() as tx:
            store_new(tx, new)
        self.staff.extend(new)
        self._by_member.update((one.member, one) for one in new)

    def _store(self) -> Store:
        """Return a store that nothing shakes, for what the made-up world itself writes."""
        return self._plain

    def _day(self, today: date) -> None:
        self._roster(today)
        self._until(today, 2)
        planning = today.weekday() in self.every
        self.team.works(today)
        self.tool.read(self._store(), self.now)
        if planning:
            self.processes.run("segments", segments.refresh)
            self._plan()
        self.chat.weather = self._weather(today)
        for hour in (6, 11, 17, 22):
            self._until(today, hour)
            self._people_answer()
            if hour == 11:
                self.team.interferes(today)
                self._at_once(today)
        self.moods.write(self.staff, self.now)
        if today.weekday() == 3:
            self.processes.run("results", results.run)
        if planning and self.people < LARGE and self.random.random() < 0.3:
            self.tool.read(self._store(), self.now)
            self._plan()  # twice a day, or twice at the same hour
        if today.day == 1 or (self.people < LARGE and today.weekday() == 6):
            self.witness.look_over()
        self._until(today + ONE_DAY, 0)

    def _plan(self) -> None:
        ran = self.processes.plan(nudges.plan, often=0.1)
        if ran is not None:
            self.did["plans"] += 1
            self.did["plans blocked"] += bool(ran.blocked)

    def _roster(self, today: date) -> None:
        """Let the roster say what is new, and people use the tool."""
        self.moods.day(self.staff, today)
        self.moods.use(today, users(self.staff, today))
        waiting = (self._by_member["U" + key[2:]] for key in self.books.whom_it_waits_for())
        late = self.moods.before_it_comes([one for one in waiting if one.left is None], self.now)
        if today.day == 15:
            self._hire(max(1, self.people // 100), today)
        with self._store().write() as tx:
            store_changed(tx, {one.number: one for one in self.moods.changed}.values())
            store_leave(tx, {one.number: one for one in self.moods.on_leave}.values())
        self.moods.changed, self.moods.on_leave = [], []
        self.moods.change_their_mind(late, self.now)
        for who in self.random.choices(self.staff, k=max(1, self.people // 3000)):
            self.chat.lose_conversation(who.member)

    def _weather(self, today: date) -> Weather:
        if today.weekday() > 4 or self.random.random() > 0.4:
            return Weather()
        name = self.random.choice(STORMS)
        self.did["storms"] += 1
        self._storm_until = self.now + timedelta(hours=self.random.choice((3, 10, 20)))
        return Weather.of(name)

    def _at_once(self, today: date) -> None:
        """Let both processes work at the same time for a while, in threads; one of them plans."""
        if today.weekday() != 2 or (today.day > 7 and self.people < LARGE):
            return
        self.tool.read(self._store(), self.now)
        few = iter([False] * 40)
        stop = partial(next, few, True)
        other = nudges.plan if self.people < LARGE else partial(delivery.run, stop=stop)
        self.processes.at_once(lambda one: delivery.run(one, stop=stop), other)

    def _people_answer(self) -> None:
        """Let those press who got something in the last days."""
        fresh = list(self.witness.arrivals.items())[self._answered :]
        self._answered += len(fresh)
        for key, (at, who) in fresh:
            if self.random.random() < 0.35:
                self._answers.append((at + timedelta(hours=self.random.randint(0, 90)), who, key))
            elif self.random.random() < 0.1:
                who.busy_until = self.now.date() + timedelta(days=self.random.choice((0, 2, 30)))
        due = [one for one in self._answers if one[0] <= self.now]
        self._answers = [one for one in self._answers if one[0] > self.now]
        for _, who, key in due:
            if who.left is None:
                self.moods.answer(who, self.now, key)

    def _until(self, day: date, hour: int) -> None:
        """Send whatever is due until then, jumping from one due moment to the next."""
        end = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        while self.now < end:
            due = self.books.next_due(self.now)
            if due is None or due >= end:
                break
            if due > self.now:
                self.now = due + timedelta(seconds=self.random.randint(0, 59))
            self._clear_up()
            if not self.processes.send():
                self.now += timedelta(seconds=30)
            self.did["deliveries"] += 1
        self.now = max(self.now, end)
        self.chat.settle()

    def _clear_up(self) -> None:
        if self.now >= self._storm_until:
            self.chat.weather = Weather()

    def _wind_up(self) -> None:
        """End every campaign, and wait until nothing waits any more."""
        self.chat.weather = Weather(unclear=0)
        self._storm_until = self.now
        self.team.ends_all()
        end = self.now + WINDING_UP
        while self.now < end and any(self.books.waiting()):
            self._until(self.now.date() + ONE_DAY, 0)
        self.chat.settle()
        self.witness.look_over()
        self.witness.nothing_waits(but=0)

    def _pass(self, seconds: float) -> None:
        if not self.accidents.threads:
            self.now += timedelta(seconds=seconds)

    _sleep = _pass
