"""What the made-up company did with AI: sparse, heavy-tailed rows, and when they become visible."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import exp
from random import Random
from typing import NamedTuple

from unranked.demo.company_people import (
    ANTHROPIC,
    MONDAY_TO_FRIDAY,
    Person,
    Situation,
    chance,
)

LAST_ARRIVAL_HOURS = 68
"""Hours after the start of a UTC day until its last row is there: 44 hours after its end."""

_UNCHANGED = 1000


class Row(NamedTuple):
    """One day's use by one account of one kind. Tokens are disjoint: `n_in` is uncached input.

    credential, project: empty where the provider shows null.
    hour: hours after the start of its day at which it becomes visible.
    change: tokens after the day's restatement, in thousandths of those before it.
    """

    account: str
    product: str
    model: str
    tier: str
    credential: str
    project: str
    n_in: int
    n_out: int
    n_cr: int
    n_cw5: int
    n_cw1h: int
    requests: int
    hour: int
    change: int = _UNCHANGED

    def restated(self) -> "Row":
        """Return the row as the provider shows it after the restatement."""
        return self._replace(
            n_in=self.n_in * self.change // _UNCHANGED,
            n_out=self.n_out * self.change // _UNCHANGED,
            n_cr=self.n_cr * self.change // _UNCHANGED,
            n_cw5=self.n_cw5 * self.change // _UNCHANGED,
            n_cw1h=self.n_cw1h * self.change // _UNCHANGED,
        )


class Stream(NamedTuple):
    """One thing that an account does: present on this share of its active days."""

    account: str
    product: str
    model: str
    tier: str = ""
    credential: str = ""
    project: str = ""
    share: float = 1.0
    tokens: int = 400_000


class Habit(NamedTuple):
    """What one account does, and how much of it: a few make most of the tokens.

    level: a log-normal factor; a second one differs from row to row.
    """

    streams: tuple[Stream, ...]
    level: float

    @classmethod
    def drawn(cls, rng: Random, streams: Iterable[Stream]) -> "Habit":
        """Return the habit of somebody who does these things."""
        return cls(tuple(streams), exp(rng.gauss(0.0, 1.1)))


_ARRIVALS = (*range(14, 28),) * 12 + (*range(28, 48), *range(48, LAST_ARRIVAL_HOURS + 1, 2))
"""Hours of arrival to draw from: most within the day or soon after it, a twentieth much later."""

_SHARES = {  # of n_in, n_out, n_cr, n_cw5, n_cw1h in a row's tokens
    "claude_code": (0.03, 0.02, 0.86, 0.08, 0.01),
    "claude_console": (0.60, 0.25, 0.10, 0.05, 0.0),
    "messages_api": (0.72, 0.28, 0.0, 0.0, 0.0),
    "message_batches_api": (0.80, 0.20, 0.0, 0.0, 0.0),
    "managed_agents_api": (0.10, 0.05, 0.75, 0.10, 0.0),
    "completions": (0.36, 0.14, 0.50, 0.0, 0.0),
    "embeddings": (1.0, 0.0, 0.0, 0.0, 0.0),
}


@dataclass(frozen=True, slots=True)
class Usage:
    """All rows of one provider by day, and what of them can be seen at a given time.

    restated: the hour after its start at which a day's figures change, for the few days that do.
    """

    days: dict[date, list[Row]]
    restated: dict[date, int]

    def seen(self, day: date, now: datetime) -> Sequence[Row]:
        """Return the rows of `day` that the provider shows at `now`; never a row of zeros."""
        rows = self.days.get(day, [])
        passed = (now - midnight(day)) / timedelta(hours=1)
        restated_at = self.restated.get(day)
        if restated_at is not None and passed >= restated_at:
            rows = [row.restated() if row.change != _UNCHANGED else row for row in rows]
        if passed >= LAST_ARRIVAL_HOURS:
            return rows
        return [row for row in rows if row.hour <= passed]


def midnight(day: date) -> datetime:
    """Return the start of a UTC day."""
    return datetime.combine(day, time(), UTC)


def rows_of(rng: Random, habit: Habit, days: Iterable[date]) -> Iterator[tuple[date, Row]]:
    """Yield the rows of one account's active days: the first stream always, others by chance."""
    for day in days:
        for stream in habit.streams:
            if stream.share >= 1.0 or chance(rng, stream.share):
                yield day, _row(rng, stream, habit.level)


def _row(rng: Random, stream: Stream, level: float) -> Row:
    total = 200 + int(stream.tokens * level * exp(rng.gauss(0.0, 0.7)))
    shares = _SHARES[stream.product]
    n_in, n_out, n_cr, n_cw5, n_cw1h = (int(total * share) for share in shares)
    return Row(
        stream.account,
        stream.product,
        stream.model,
        stream.tier,
        stream.credential,
        stream.project,
        n_in,
        n_out,
        n_cr,
        n_cw5,
        n_cw1h,
        1 + total // 20_000,
        rng.choice(_ARRIVALS),
    )


def collected(rng: Random, rows: Iterable[tuple[date, Row]], *, first: date, today: date) -> Usage:
    """Return all rows by day, with about one day in ten restated, one to three days later.

    One weekday of the last week is always among them, so that a run on `today` meets one.
    """
    days = _by_day(rows)
    history = (today - first).days
    chosen = {first + timedelta(days=n) for n in range(history - 7) if chance(rng, 0.1)}
    recent = (today - timedelta(days=n) for n in range(3, 6))
    chosen.add(next(day for day in recent if day.weekday() in MONDAY_TO_FRIDAY))
    return _restated(rng, days, chosen)


def continued(rng: Random, rows: Iterable[tuple[date, Row]], *, first: date, last: date) -> Usage:
    """Return the rows of days to come, `last` included, as `collected` does for those gone by."""
    length = (last - first).days + 1
    chosen = {first + timedelta(days=n) for n in range(length) if chance(rng, 0.1)}
    return _restated(rng, _by_day(rows), chosen)


def _by_day(rows: Iterable[tuple[date, Row]]) -> dict[date, list[Row]]:
    days: dict[date, list[Row]] = {}
    for day, row in rows:
        days.setdefault(day, []).append(row)
    return days


def _restated(rng: Random, days: dict[date, list[Row]], chosen: set[date]) -> Usage:
    restated = {day: 24 + rng.randint(24, 72) for day in sorted(chosen)}
    for day in restated:
        days[day] = [_perhaps_changed(rng, row) for row in days.get(day, [])]
    return Usage(days, restated)


def _perhaps_changed(rng: Random, row: Row) -> Row:
    return row._replace(change=rng.randint(900, 1150)) if chance(rng, 0.1) else row


def active_days(rng: Random, person: Person, tool: str, *, first: date, today: date) -> list[date]:
    """Return the days on which the person uses `tool`: what the person's situation says."""
    start = max(first, person.seats[tool].since)
    early = first + timedelta(days=(today - first).days // 3)
    tomorrow = today + timedelta(days=1)
    match person.situation:
        case Situation.TRIED_ONCE:
            return _some(rng, person.workdays(start, early), rng.randint(1, 2))
        case Situation.LAPSED:
            days = person.workdays(start, early)
            return _some(rng, days, max(4, int(len(days) * rng.uniform(0.5, 0.9))))
        case Situation.ON_LEAVE | Situation.NEW_JOINER:
            days = person.workdays(start, tomorrow)
            return _some(rng, days, int(len(days) * rng.uniform(0.0, 0.8)))
        case Situation.ACTIVE_OCCASIONALLY:
            return _regular(rng, person.workdays(start, tomorrow), today, rng.uniform(0.1, 0.3))
        case Situation.ACTIVE_DAILY | Situation.SINGLE_TOOL:
            days = _regular(rng, person.workdays(start, tomorrow), today, rng.uniform(0.7, 0.97))
            return sorted({*days, *_weekends(rng, start, today)})
        case _:
            return []


def tools_used(rng: Random, person: Person) -> list[str]:
    """Return the tools that the person uses at all, of those with a seat."""
    tools = sorted(person.seats)
    if tools and person.situation in {Situation.SINGLE_TOOL, Situation.TRIED_ONCE}:
        return [rng.choice(tools)]
    return tools


def _some(rng: Random, days: list[date], count: int) -> list[date]:
    return sorted(rng.sample(days, min(count, len(days))))


def _regular(rng: Random, days: list[date], today: date, rate: float) -> list[date]:
    """Return that share of the days, with one among the last dozen that are surely reported."""
    chosen = set(rng.sample(days, int(len(days) * rate)))
    settled = [day for day in days if day < today - timedelta(days=6)]
    chosen.update(rng.sample(settled[-12:], min(1, len(settled))))
    return sorted(chosen)


def _weekends(rng: Random, start: date, today: date) -> Iterator[date]:
    for n in range((today - start).days):
        day = start + timedelta(days=n)
        if day.weekday() not in MONDAY_TO_FRIDAY and chance(rng, 0.04):
            yield day


def streams_of(
    rng: Random, tool: str, account: str, keys: Sequence[tuple[str, str]]
) -> list[Stream]:
    """Return what a person does with a tool. keys: (credential, project) of the person's own."""
    return (_claude if tool == ANTHROPIC else _gpt)(rng, account, keys)


def _claude(rng: Random, account: str, _: Sequence[tuple[str, str]]) -> list[Stream]:
    more = [
        (0.75, Stream(account, "claude_code", "claude-haiku-4-5", share=0.75, tokens=60_000)),
        (0.35, Stream(account, "claude_console", "claude-opus-4-5", share=0.6, tokens=20_000)),
        (0.15, Stream(account, "claude_console", "claude-haiku-4-5", share=0.5, tokens=8_000)),
    ]
    main = Stream(account, "claude_code", "claude-opus-4-5", "standard")
    chosen = [stream._replace(tier="standard") for odds, stream in more if chance(rng, odds)]
    return [main, *chosen]


def _gpt(rng: Random, account: str, keys: Sequence[tuple[str, str]]) -> list[Stream]:
    first, last = keys[0], keys[-1]
    more = [
        (0.6, Stream(account, "completions", "gpt-5-mini", "default", *first, 0.7, 60_000)),
        (0.1, Stream(account, "completions", "gpt-5-mini", "batch", *first, 0.4, 200_000)),
        (0.1, Stream(account, "embeddings", "text-embedding-3-small", "", *first, 0.6, 90_000)),
        (
            float(first != last),
            Stream(account, "completions", "gpt-5", "default", *last, 0.7, 50_000),
        ),
    ]
    main = Stream(account, "completions", "gpt-5", "default", *first, tokens=90_000)
    return [main, *(stream for odds, stream in more if chance(rng, odds))]
