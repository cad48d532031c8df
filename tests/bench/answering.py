"""Case 3: a person's `/tokens` in a small and in a large company, and signed commands over HTTP."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from statistics import median

import httpx
from company import member, runtime
from databases import Databases
from service import SECRET, running
from sink import taken, taking, wait_for
from sqlalchemy import event
from table import Line, at_most, seconds

from bot.identity import asking
from unranked.demo.slack_requests import Signed, command
from unranked.services import answers
from unranked.services.runtime import Runtime
from unranked.store import Store

FEEDS = {
    "anthropic": {"usage", "cost", "members"},
    "openai": {"completions", "costs", "members"},
}
ASKERS = 200
COMMANDS = 400
SENDERS = 8
_FORM = "application/x-www-form-urlencoded"


def measure(
    databases: Databases, small: str, large: str, *, few: int, many: int, pairs: int
) -> Iterator[Line]:
    """Yield the lines of this case. few, many: the people in the two companies."""
    yield from _alone(databases, small, large, few=few, many=many)
    with taking() as slack:
        rates = [(_rate(small, slack, few), _rate(large, slack, many)) for _ in range(pairs)]
    at_small, at_large = (median(pair[which] for pair in rates) for which in (0, 1))
    yield Line(
        "/tokens, signed over HTTP",
        f"{many:,} and {few:,} people",
        databases.name,
        f"{at_large:,.0f} requests/s",
        f"{at_small:,.0f} requests/s",
        ratio=round(median(large / small for small, large in rates), 2),
        note=f"/tokens over HTTP: {SENDERS} senders at once, counted until the last answer is at "
        "the response_url; sender, service and stand-in share the machine",
    )


def _alone(databases: Databases, small: str, large: str, *, few: int, many: int) -> Iterator[Line]:
    with closing(Store.open(small)) as one, closing(Store.open(large)) as other:
        in_small, in_large = runtime(one, FEEDS), runtime(other, FEEDS)
        counts = [_Statements(one), _Statements(other)]
        cold: list[tuple[float, float]] = []
        times: list[tuple[float, float]] = []
        for number in range(ASKERS):
            # Somebody else each time, from all over the company, who asks twice.
            asked = (number * few // ASKERS, number * many // ASKERS)
            for found in (cold, times):
                found.append((_answered(in_small, asked[0]), _answered(in_large, asked[1])))
    size = f"{many:,} and {few:,} people"
    ratio = median(large for _, large in times) / median(small for small, _ in times)
    yield Line(
        "/tokens, time",
        size,
        databases.name,
        seconds(large for _, large in times),
        seconds(small for small, _ in times),
        **at_most(1.3, ratio),
        note=f"/tokens, time, {databases.name}: the second time that somebody asks. The first time "
        f"it waits for the disk, too: {seconds(large for _, large in cold)} and "
        f"{seconds(small for small, _ in cold)}",
    )
    most = [max(count.found) for count in counts]
    yield Line(
        "/tokens, statements",
        size,
        databases.name,
        str(most[1]),
        str(most[0]),
        **at_most(1.0, most[1] / most[0]),
    )


class _Statements:
    """How many statements each answer took. `BEGIN` is none."""

    def __init__(self, store: Store) -> None:
        self.found = [0]
        event.listen(store._engine, "begin", lambda _: self.found.append(0))
        event.listen(store._engine, "before_cursor_execute", self._count)

    def _count(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        self.found[-1] += not statement.startswith("BEGIN")


def _answered(of: Runtime, number: int) -> float:
    with asking(of, member(number)) as who:
        if who is None:
            raise ValueError("Nobody has this chat id.")
    start = time.perf_counter()
    answers.tokens(of, who.person_key)
    return time.perf_counter() - start


def _rate(database: str, slack: str, people: int) -> float:
    """Return how many commands a second the service answers."""
    with running(database, slack, "--only", "bot") as service:
        bodies = [
            command(member(number * people // COMMANDS), "", f"{slack}/response/{number}")
            for number in range(COMMANDS)
        ]
        with (
            httpx.Client(base_url=service.url, timeout=60) as http,
            ThreadPoolExecutor(SENDERS) as senders,
        ):
            list(senders.map(lambda body: _sent(http, body), bodies[:SENDERS]))
            before = taken(slack)
            start = time.perf_counter()
            list(senders.map(lambda body: _sent(http, body), bodies))
            wait_for(slack, before + COMMANDS)
            return COMMANDS / (time.perf_counter() - start)


def _sent(http: httpx.Client, body: bytes) -> None:
    Signed(http, SECRET).post(body).raise_for_status()
