"""What can go wrong with the made-up Slack, switched on by a test or drawn from a seed."""

import threading
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

POST = "chat.postMessage"
LONGEST_DELAY_SECONDS = 5.0


class Fault(StrEnum):
    """One way for one call to fail. The last five happen to posts only."""

    RATE_LIMITED = "HTTP 429"
    SERVER_ERROR = "HTTP 503, and nothing was done"
    CUT = "connection closed, and nothing was done"
    ACCEPT_THEN_CUT = "message committed, connection closed"
    COMMIT_THEN_ERROR = "message committed, answered with internal_error"
    CUT_THEN_COMMIT_AFTER = "connection closed, message committed some seconds later"
    COMMIT_ON_FIRST_HISTORY_READ = "connection closed, committed after the DM was read once"


_OF_EVERY_METHOD = (Fault.RATE_LIMITED, Fault.SERVER_ERROR, Fault.CUT)


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """Random faults: the same seed gives the same fault to the call of the same number.

    share: of all calls, 0 to 1.
    """

    seed: int
    share: float

    def fault(self, method: str, number: int) -> Fault | None:
        """Return what happens to the call with this number (from 1), if anything."""
        rng = Random(f"{self.seed}:{number}")
        if rng.random() >= self.share:
            return None
        return rng.choice(tuple(Fault) if method == POST else _OF_EVERY_METHOD)

    def delay_seconds(self, number: int) -> float:
        """Return how late a message of CUT_THEN_COMMIT_AFTER is."""
        return Random(f"{self.seed}:{number}:delay").uniform(0.1, LONGEST_DELAY_SECONDS)


@dataclass
class Faults:
    """Faults that a test switches on while the fake runs.

    Whole numbers count down: so many of the next calls fail (of the next posts, for those that
    commit a message). The others stay until they are switched off.

    rate_limited_methods: these methods answer 429 until taken out.
    missing_scopes: scopes that the token does not have, such as `im:history`.
    refused_people: Slack id -> the error that a DM to that person gets.
    uploads_disabled, deleting_refused: the workspace takes no files, or keeps what was sent.
    uploads_lost: the bytes of a file are not taken.
    commit_after_seconds: real seconds, for `cut_then_commit_after`; 5 at most.
    """

    rate_limited: int = 0
    server_error: int = 0
    cut: int = 0
    accept_then_cut: int = 0
    commit_then_error: int = 0
    cut_then_commit_after: int = 0
    commit_on_first_history_read: int = 0
    commit_after_seconds: float = 1.0
    retry_after_seconds: int = 1
    rate_limited_methods: set[str] = field(default_factory=set)
    missing_scopes: set[str] = field(default_factory=set)
    refused_people: dict[str, str] = field(default_factory=dict)
    invalid_auth: bool = False
    messages_tab_disabled: bool = False
    home_tab_disabled: bool = False
    charts_refused: bool = False
    uploads_disabled: bool = False
    uploads_lost: bool = False
    deleting_refused: bool = False
    plan: FaultPlan | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def of_call(self, method: str, number: int) -> Fault | None:
        """Return what happens to this call, and count it."""
        if method in self.rate_limited_methods:
            return Fault.RATE_LIMITED
        for fault in Fault:
            if (fault in _OF_EVERY_METHOD or method == POST) and self._spent(fault.name.lower()):
                return fault
        return self.plan.fault(method, number) if self.plan else None

    def delay_seconds(self, number: int) -> float:
        """Return how late a message is that is committed after its connection was cut."""
        seconds = self.plan.delay_seconds(number) if self.plan else self.commit_after_seconds
        return min(seconds, LONGEST_DELAY_SECONDS)

    def _spent(self, name: str) -> bool:
        with self._lock:
            left: int = getattr(self, name)
            if left <= 0:
                return False
            setattr(self, name, left - 1)
            return True
