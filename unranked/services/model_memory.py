"""What one process keeps in mind of its language model: who may still ask today, what went wrong.

It is part of the Runtime, so that two of them share nothing, and it ends with the process. Neither
part can say who asked.
"""

import hashlib
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock, Timer

from unranked.domain.runtime import Clock

CALLS_A_DAY = 20
"""How often the language model is asked for one person on one UTC day, by one process."""

_HOUR = timedelta(hours=1)
_PAST_THE_HOUR = 1.0
"""Seconds: a clock that is set a little may not show the old hour when its end is waited for."""


class Allowance:
    """How often each person may still ask today: a count under a hash that ends with the day."""

    def __init__(self, calls: int = CALLS_A_DAY) -> None:
        self._calls = calls
        self._lock = Lock()
        self._day = date.min
        self._key = b""
        self._taken: Counter[bytes] = Counter()

    def take(self, person_key: str, today: date) -> bool:
        """Return whether the person may ask once more today, and count it."""
        with self._lock:
            if today != self._day:
                self._day, self._key = today, secrets.token_bytes(32)
                self._taken.clear()
            who = hashlib.blake2b(person_key.encode(), digest_size=16, key=self._key).digest()
            if self._taken[who] >= self._calls:
                return False
            self._taken[who] += 1
            return True


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of thing that goes wrong with a model's answers: what is logged, in no one's words."""

    event: str
    why: str
    hint: str = ""


Later = Callable[[float, Callable[[], None]], None]
"""Does something after so many seconds, and returns at once."""


def _by_timer(seconds: float, act: Callable[[], None]) -> None:
    timer = Timer(seconds, act)
    timer.daemon = True  # whatever nobody was told of ends with the process
    timer.start()


class Faults:
    """Kinds of faults, told behind the full hour: each once in an hour, and none when it happens.

    A line at the moment of a fault would say when somebody asked, and could be put beside what else
    is known of that moment.
    """

    def __init__(self, later: Later = _by_timer) -> None:
        self._later = later
        self._lock = Lock()
        self._noted: dict[Fault, None] = {}
        self._told: dict[Fault, datetime] = {}
        self._is_waiting = False

    def note(self, fault: Fault, tell: Callable[[Fault], None], clock: Clock) -> None:
        """Have the fault told behind the end of this hour. Returns at once."""
        with self._lock:
            self._noted[fault] = None
            if self._is_waiting:
                return
            self._is_waiting = True

        def tell_due() -> None:
            for one in self._due(_hour(clock())):
                tell(one)

        now = clock()
        self._later((_hour(now) + _HOUR - now).total_seconds() + _PAST_THE_HOUR, tell_due)

    def _due(self, hour: datetime) -> list[Fault]:
        with self._lock:
            due = [one for one in self._noted if self._told.get(one) != hour]
            self._noted.clear()
            self._told.update(dict.fromkeys(due, hour))
            self._is_waiting = False
        return due


def _hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
