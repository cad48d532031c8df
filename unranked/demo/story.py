"""The made-up company's story: time passes, life goes on, and the real jobs run when they are due.

The same seed and the same moves give the same story, to the byte. Nothing here waits for real.
"""

import gc
from collections import Counter, deque
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from jobs import clock
from jobs.schedule import FIRST_ORDER, JOBS
from unranked.demo import story_moments as moments
from unranked.demo.answering import Answering, remember
from unranked.demo.company_usage import midnight
from unranked.demo.world import MORNING, World
from unranked.domain.calendar import MONDAY_TO_FRIDAY
from unranked.domain.cohorts import quarter_of
from unranked.services import nudges
from unranked.services.runtime import Progress
from unranked.store import chat_pauses, outbox, runs

Stop = Callable[[], bool]

LIFE = "life"
LIFE_AT = time(3, 0)
"""When the roster file of the day is written, and who joins or leaves does so in Slack."""

AGAIN = timedelta(hours=24)
"""A day is believed once it was read twice, so long apart: more readings bring little more."""

READING_DAYS = (0, 2, 4)
"""Mondays, Wednesdays and Fridays. A real installation reads every hour; here a quarter has to pass
in a minute. Each reading begins with the day, and so before or within everybody's hours.
"""

AFTER_FAILURE = timedelta(hours=6)
NO_WAY_THROUGH = timedelta(minutes=30)
"""How long the chat is left alone when it took nothing. The real job tries every minute."""

_KEPT = 200
_SOON = timedelta(weeks=2)
_DAY = timedelta(days=1)
_MOMENT = timedelta(seconds=1)
_ENDS = (*(state.replace("_", " ") for state in outbox.State if state is not outbox.State.QUEUED),)


class Ran(NamedTuple):
    """One run of a job: when, which, and what came of it in words. Exact, as nobody is real."""

    at: datetime
    job: str
    outcome: str


class Story:
    """The time of one world. It moves in one direction, up to `ends`.

    ran: the last runs, oldest first.
    """

    def __init__(self, world: World) -> None:
        self.ran: deque[Ran] = deque(maxlen=_KEPT)
        self.ends: date = world.company.ends
        self._world = world
        self._members = {member.id: member for member in world.company.members_on(self.now.date())}
        self._next = {LIFE: datetime.combine(self.now.date() + _DAY, LIFE_AT, UTC)}
        self._digests: list[datetime] = []
        self._chat_from = self.now
        self._answering = Answering(world)
        self._refused = 0

    def leave_to_the_player(self, members: Iterable[str]) -> None:
        """Let these people's questions be answered by whoever plays them."""
        self._answering.players = frozenset(members)

    @property
    def now(self) -> datetime:
        """The world's present."""
        return self._world.time.now

    @property
    def ended(self) -> bool:
        """Whether the day is reached up to which the future was made."""
        return self.now >= self._end

    @property
    def _end(self) -> datetime:
        return datetime.combine(self.ends, MORNING, UTC)

    def targets(self) -> tuple[datetime, datetime, datetime]:
        """Return the next morning, the morning of a week later, and the one after the quarter.

        Where the quarter ends within two weeks, the next one is meant.
        """
        today = self.now.date()
        quarter = quarter_of(today)
        if quarter.end - today < _SOON:
            quarter = quarter_of(quarter.end)
        days = (today + _DAY, today + timedelta(weeks=1), quarter.end)
        morning, week, end = (datetime.combine(day, MORNING, UTC) for day in days)
        return morning, week, end

    def begin(self, progress: Progress) -> None:
        """Install the product, as it is on its first morning, and play its first days.

        They end after the first whole weekday: tips are out by then, and on a Monday the managers'
        weeks.
        """
        gc.collect()
        gc.freeze()  # the company stays: the collector need not look through it again and again
        for name in (*FIRST_ORDER, *(name for name in JOBS if name not in FIRST_ORDER)):
            progress(_words(self.now, name), 0, 0)
            self._run(name, lambda: False)
        remember(self._world)
        first = self._world.company.today
        while first.weekday() not in MONDAY_TO_FRIDAY:
            first += _DAY
        self.move(datetime.combine(first + _DAY, MORNING, UTC), progress)

    def move(self, to: datetime, progress: Progress, stop: Stop = lambda: False) -> None:
        """Let the time pass until `to`, or the story's end; what is due in between happens.

        A job that fails is a fact of the story. stop: asked between two jobs; where it says so,
        the time stands still where it is.
        """
        start, to = self.now, min(to, self._end)
        length = max(1, int((to - start).total_seconds()))
        self._look_for_mondays()
        while not stop():
            at, what = self._due()
            if at > to:
                self._world.time.now = max(self.now, to)
                break
            self._world.time.now = max(self.now, at)
            if what == LIFE:
                self._live()
            else:
                self._run(what, stop)
            passed = min(length, int((self.now - start).total_seconds()))
            progress(_words(self.now, what), passed, length)

    def _due(self) -> tuple[datetime, str]:
        """Return what comes next, and when; of two at once first the one that the other needs."""
        due = dict(self._next)
        if self._digests:
            due["digests"] = self._digests[0]
        chat = moments.delivery_due(self._world.runtime, max(self.now, self._chat_from))
        if chat is not None:
            due["delivery"] = chat
        order = (LIFE, *FIRST_ORDER, *JOBS)
        return min(
            ((at, what) for what, at in due.items()), key=lambda d: (d[0], order.index(d[1]))
        )

    def _live(self) -> None:
        """Let the day's changes come true: in the roster file, and in Slack."""
        today = self.now.date()
        company = self._world.company
        self._answering.answer()
        self._world.csv.write_text(company.csv_on(today), encoding="utf-8")
        for member in company.members_on(today):
            if self._members.get(member.id) != member:
                self._members[member.id] = member
                self._world.slack.join(member)
        self._next[LIFE] = datetime.combine(today + _DAY, LIFE_AT, UTC)

    def _run(self, name: str, stop: Stop) -> None:
        """Run a job as the schedule does, remember it, and find out when it has work again."""
        at, runtime = self.now, self._world.runtime
        before = self._messages()
        with runtime.store.write() as tx:
            runs.declare(tx, JOBS)
            runs.make_due(tx, name, at=at)
        went_well = clock.serve(runtime, name, stop=stop)
        self.ran.append(Ran(at, name, self._outcome(name, self._messages() - before)))
        self._plan(name, went_well=went_well)

    def _plan(self, name: str, *, went_well: bool) -> None:
        now = self.now + _MOMENT  # most jobs take none of the world's time
        self._next.pop(name, None)
        match name:
            case "roster":
                self._next["roster"] = moments.fires("roster", now)
                self._next["segments"] = moments.fires("segments", now)
                self._look_for_mondays()
            case "sync":
                again = now + (AGAIN if went_well else AFTER_FAILURE)
                self._next["sync"] = moments.fires("sync", _on_a_reading_day(again))
                self._next["nudges"] = moments.fires("nudges", now)
            case "nudges":
                self._next.pop("segments", None)  # it has placed everybody just now
            case "digests":
                self._digests = [at for at in self._digests if at > now]
            case "delivery":
                self._leave_chat_alone()
            case "pulse":
                self._next["pulse"] = moments.pulse_due(now)
            case "segments":
                pass
            case _:  # what the schedule has besides: once a day
                self._next[name] = moments.fires(name, midnight(now.date() + _DAY))

    def _look_for_mondays(self) -> None:
        now = self.now + _MOMENT
        self._digests = moments.digests_due(self._world.runtime, now, now + _DAY)

    def _leave_chat_alone(self) -> None:
        """Try again a minute later; a chat that takes nothing more and more rarely."""
        runtime = self._world.runtime
        with runtime.store.read() as tx:
            pause = chat_pauses.paused(tx, runtime.channel.name)
        if pause is None or pause.until <= self.now:
            self._refused, wait = 0, _MOMENT
        else:
            self._refused += 1
            wait = min(NO_WAY_THROUGH, timedelta(minutes=2 ** min(self._refused, 5)))
        self._chat_from = self.now + wait

    def _messages(self) -> Counter[str]:
        with self._world.runtime.store.read() as tx:
            counted = outbox.counts(tx).items()
        found: Counter[str] = Counter()
        for (state, _), count in counted:
            found[state.replace("_", " ")] += count
        found["planned"] = found.total()
        return found

    def _outcome(self, name: str, new: Counter[str]) -> str:
        runtime = self._world.runtime
        with runtime.store.read() as tx:
            state = next(state for state in runs.states(tx) if state.name == name)
        if state.error:
            return f"failed: {state.error}"
        if name == "nudges" and (why := nudges.not_fresh(runtime)):
            return f"done: nobody looked at, {why}"
        told = {"nudges": ("planned",), "digests": ("planned",), "delivery": _ENDS}.get(name, ())
        done = ", ".join(f"{new[what]} {what}" for what in told if new[what])
        return f"done: {done}" if done else "done"


def _on_a_reading_day(at: datetime) -> datetime:
    while at.weekday() not in READING_DAYS:
        at = midnight(at.date() + _DAY)
    return at


def _words(at: datetime, what: str) -> str:
    return f"{at:%a %d %b}: {what}"
