"""What people do of their own accord: they press buttons, twice at times, fall ill, move, leave."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from processes import Processes
from staff import ONE_DAY, Somebody
from thirty_zones import ZONES
from tool_days import ToolDays

from unranked.domain.consent import Choice, hours_value, weekdays_value
from unranked.services import choices
from unranked.services.choices import Asker
from unranked.services.runtime import Runtime

PRESSES = {
    "help_me": 30,
    "how": 4,
    "away": 8,
    "back": 3,
    "fewer": 8,
    "usual": 3,
    "not_for_me": 7,
    "something_else": 6,
    "stop": 3,
    "resume": 3,
}
LOOSENS = {"back", "usual", "resume"}


@dataclass
class Moods:
    """Who does what. Rates are for one person and day."""

    processes: Processes
    tool: ToolDays
    random: Random
    did: Counter[str] = field(default_factory=Counter)
    changed: list[Somebody] = field(default_factory=list)
    on_leave: list[Somebody] = field(default_factory=list)

    def day(self, staff: Sequence[Somebody], today: date) -> None:
        """Let chance decide what people do on a day: who starts, falls ill, moves, leaves."""
        for who in self._some(staff, 0.003):
            self._starts(who, today)
        for who in self._some(staff, 0.004):
            start = today + timedelta(days=self.random.choice((0, 0, 1, 7)))
            length = timedelta(days=self.random.choice((1, 3, 7, 14, 30)))
            who.leave = [one for one in who.leave if one[1] > today - timedelta(days=60)]
            who.leave.append((start, start + length))
            self.on_leave.append(who)
            self.did["leave"] += 1
        for who in self._some(staff, 0.0003):
            who.left = today
            self.changed.append(who)
            self.did["left"] += 1
        for who in self._some(staff, 0.0002):
            who.zone = self.random.choice(ZONES)
            self.changed.append(who)
            self.did["moved"] += 1

    def before_it_comes(self, waiting: Sequence[Somebody], now: datetime) -> list[Somebody]:
        """Let some start, leave or go away while a message to them is on its way.

        Returns who changes their mind, to press something once the roster has said all this: while
        somebody presses, the other process sends.
        """
        today, presses = now.date(), []
        for who in waiting:
            chance = self.random.random()
            if chance < 0.1:
                self._starts(who, today)
                self.did["started before it came"] += 1
            elif chance < 0.13:
                who.leave.append((today, today + timedelta(days=self.random.choice((1, 3, 20)))))
                self.on_leave.append(who)
            elif chance < 0.14:
                who.left = today
                self.changed.append(who)
            elif chance < 0.2:
                presses.append(who)
        return presses

    def change_their_mind(self, presses: Sequence[Somebody], now: datetime) -> None:
        """Let these people want none, or fewer, while a message to them is on its way."""
        for who in presses:
            action = self.random.choice(("stop", "not_for_me", "away", "fewer"))
            self.press(who, action, now)
            self.did["pressed before it came"] += 1

    def use(self, today: date, users: Sequence[Somebody]) -> None:
        """Let those who have started use it now and then."""
        for who in users:
            if self.random.random() < 0.35:
                self.tool.use(who, today)

    def write(self, staff: Sequence[Somebody], now: datetime) -> None:
        """Let some choose their hours and days, object, or stop though nothing came."""
        for who in self._some(staff, 0.0006):
            self._choose(who)
        for who in self._some(staff, 0.0003):
            self.press(who, self.random.choice(("stop", "away", "not_for_me", "resume")), now)

    def answer(self, who: Somebody, now: datetime, token: str) -> None:
        """Let somebody press a button below a message."""
        self.press(who, self.random.choices([*PRESSES], [*PRESSES.values()])[0], now, token)

    def press(self, who: Somebody, action: str, now: datetime, token: str = "") -> None:
        """Press a button; at times twice, at times twice at the same moment."""
        chance = self.random.random()
        if action in LOOSENS:
            self._holds(who, action, now)

        def act(runtime: Runtime) -> object:
            return choices.press(runtime, Asker(who.key), action, token=token)

        if chance < 0.01:
            calm, self.processes.accidents.calm = self.processes.accidents.calm, True
            self.processes.at_once(act, act)
            self.processes.accidents.calm = calm
            self.did["two presses at once"] += 1
        else:
            self.processes.run("press", act, sure=True)
        if chance < 0.2:
            self.processes.run("press", act, sure=True)
            self.did["double clicks"] += 1
        self.did[f"pressed {action}"] += 1
        self._holds(who, action, now)
        who.touched = now.date()

    def _holds(self, who: Somebody, action: str, now: datetime) -> None:
        """Note what holds after a press, as the person believes it does."""
        today = now.date()
        match action:
            case "stop":
                who.stopped = True
            case "resume":
                who.stopped, who.declines, who.fewer_since = False, False, None
            case "not_for_me" | "something_else":
                who.declines = True
            case "fewer":
                who.fewer_since = who.fewer_since or now
            case "usual":
                who.fewer_since = None
            case "away":
                who.off_from, who.off_until = today, today + timedelta(weeks=2)
            case "back":
                who.off_from = who.off_until = None

    def _choose(self, who: Somebody) -> None:
        which = self.random.choice((Choice.HOURS, Choice.HOURS, Choice.WEEKDAYS, Choice.OBJECT))
        value = ""
        if which is Choice.HOURS:
            value = self.random.choice(("10:00-12:00", "13:30-16:30", "09:30-16:30", "14:00-15:00"))
            start, end = value.split("-")
            value = hours_value(start, end)
            who.hours = time.fromisoformat(start), time.fromisoformat(end)
        elif which is Choice.WEEKDAYS:
            days = self.random.sample(range(5), 3)
            value = weekdays_value(map(str, days))
            who.own_weekdays = frozenset(days)
        self.processes.run(
            "choose",
            lambda runtime: choices.choose(runtime, Asker(who.key), which, value=value),
            sure=True,
        )
        who.objected = who.objected or which is Choice.OBJECT
        self.did[f"chose {which.value}"] += 1

    def _starts(self, who: Somebody, today: date) -> None:
        """Let somebody use the tool today, and for some weeks or never again."""
        self.tool.use(who, today)
        who.busy_until = today + timedelta(days=self.random.choice((0, 0, 2, 30)))
        self.did["starts"] += 1

    def _some(self, staff: Sequence[Somebody], rate: float) -> list[Somebody]:
        """Return those of the present to whom something of that rate happens today."""
        many = sum(self.random.random() < rate for _ in staff) if len(staff) < 2_000 else None
        if many is None:
            many = max(0, round(self.random.gauss(rate * len(staff), (rate * len(staff)) ** 0.5)))
        return [one for one in self.random.choices(staff, k=many) if one.left is None]


def users(staff: Sequence[Somebody], today: date) -> list[Somebody]:
    """Return those who use the tool in these weeks."""
    return [
        one for one in staff if one.busy_until is not None and today <= one.busy_until + ONE_DAY
    ]
