"""What becomes of the made-up company after its `today`: who comes and goes, and who starts.

All of it is drawn at the beginning, from Randoms of its own. What can be seen of it, the world's
clock decides: a roster file as of a day, a provider's rows as of an hour.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from unranked.demo.company_joining import joined, leaving, moved
from unranked.demo.company_life import Absence, Life, life_of
from unranked.demo.company_noise import Noise, agent_rows, few, own_keys, stranger_rows
from unranked.demo.company_people import ANTHROPIC, OPENAI, Account, Person, chance
from unranked.demo.company_troubles import NO_TROUBLES, Troubles, troubles_of
from unranked.demo.company_usage import Habit, Row, Usage, continued, rows_of, streams_of

_FORGOTTEN = 0.15
"""The share of leavers' accounts that nobody takes out of the provider's list."""


@dataclass(frozen=True)
class Past:
    """What of the company the future goes on from. habits: by account. agents: by provider."""

    people: tuple[Person, ...]
    noise: Noise
    habits: dict[str, Habit]
    agents: dict[str, list[Habit]]


@dataclass(frozen=True)
class Future:
    """What will be true. Everything is by a person's Slack id, where it is anybody's.

    left: the first day without them. managers: from when a person has which new manager.
    started, lapsed: the days on which somebody begins to use AI for good, or stops.
    gone: the accounts that are taken out of a provider's list, and when.
    rows: the use of the days to come, by provider.
    """

    ends: date
    joiners: tuple[Person, ...] = ()
    left: Mapping[str, date] = field(default_factory=dict)
    managers: Mapping[str, tuple[date, str]] = field(default_factory=dict)
    absences: Mapping[str, tuple[Absence, ...]] = field(default_factory=dict)
    started: Mapping[str, date] = field(default_factory=dict)
    lapsed: Mapping[str, date] = field(default_factory=dict)
    gone: Mapping[str, date] = field(default_factory=dict)
    rows: Mapping[str, Usage] = field(default_factory=dict, repr=False)
    troubles: Troubles = NO_TROUBLES

    def on(self, person: Person, day: date) -> Person | None:
        """Return the person as an employee of `day`, None for somebody who is none then."""
        if not person.start <= day < self.left.get(person.id, date.max):
            return None
        since, manager = self.managers.get(person.id, (date.max, ""))
        return replace(person, manager_id=manager) if day >= since else person

    def leave_of(self, person: Person) -> list[tuple[date, date]]:
        """Return all leave of a person, known or not: first and last days, both inclusive."""
        new = self.absences.get(person.id, ())
        return sorted([*person.leave, *((one.first, one.last) for one in new)])

    def leave_known(self, person: Person, day: date) -> list[tuple[date, date]]:
        """Return the leave of a person that somebody has entered by `day`."""
        new = self.absences.get(person.id, ())
        return sorted([*person.leave, *((a.first, a.last) for a in new if a.known <= day)])

    def accounts_of(self, tool: str, accounts: Iterable[Account]) -> tuple[Account, ...]:
        """Return a provider's accounts with those to come, and when others go."""
        old = (replace(one, until=self.gone.get(one.id, one.until)) for one in accounts)
        new = (person.seats[tool] for person in self.joiners if tool in person.seats)
        return (*old, *new)

    def usage_of(self, tool: str, usage: Usage) -> Usage:
        """Return a provider's use, past and future."""
        more = self.rows[tool]
        return Usage({**usage.days, **more.days}, {**usage.restated, **more.restated})


NO_FUTURE = Future(date.min)


def lived(seed: int, past: Past, usage: Mapping[str, Usage], *, today: date, ends: date) -> Future:
    """Return the future of a company up to and with `ends`."""
    rng = Random(f"{seed}:future")
    days = (today, ends)
    joiners = joined(rng, past.people, days)
    left = leaving(rng, past.people, days)
    managers = moved(rng, past.people, left, days)
    used = {row.account for one in usage.values() for rows in one.days.values() for row in rows}
    lives = {
        person.id: life_of(
            Random(f"{seed}:future:{person.id}"), person, used, days, gone=left.get(person.id)
        )
        for person in (*past.people, *joiners)
    }
    rows = _rows(Random(f"{seed}:future:usage"), past, (*past.people, *joiners), lives, days)
    return Future(
        ends=ends,
        joiners=tuple(joiners),
        left=left,
        managers=managers,
        absences={key: life.absences for key, life in lives.items() if life.absences},
        started={key: life.started for key, life in lives.items() if life.started},
        lapsed={key: life.lapsed for key, life in lives.items() if life.lapsed},
        gone=_gone(rng, past.people, left),
        rows=rows,
        troubles=troubles_of(Random(f"{seed}:future:troubles"), today=today, ends=ends),
    )


def _gone(rng: Random, people: Sequence[Person], left: Mapping[str, date]) -> dict[str, date]:
    gone = {}
    for person in people:
        for account in person.seats.values():
            if person.id in left and not chance(rng, _FORGOTTEN):
                gone[account.id] = left[person.id]
    return gone


def _rows(
    rng: Random,
    past: Past,
    people: Sequence[Person],
    lives: Mapping[str, Life],
    days: tuple[date, date],
) -> dict[str, Usage]:
    today, ends = days
    tomorrow = today + timedelta(days=1)
    rows: dict[str, list[tuple[date, Row]]] = {ANTHROPIC: [], OPENAI: []}
    for person in people:
        for tool, account in sorted(person.seats.items()):
            habit = past.habits.get(account.id) or _new_habit(rng, tool, account, past.noise)
            rows[tool] += rows_of(rng, habit, lives[person.id].days.get(tool, ()))
    for tool in rows:
        rows[tool] += agent_rows(rng, past.agents[tool], first=tomorrow, today=ends)
    if past.noise.stranger is not None:
        strange = stranger_rows(rng, [(past.noise.stranger, ends)], first=tomorrow)
        rows[ANTHROPIC] += few(strange, rows[ANTHROPIC])
    return {tool: continued(rng, own, first=tomorrow, last=ends) for tool, own in rows.items()}


def _new_habit(rng: Random, tool: str, account: Account, others: Noise) -> Habit:
    return Habit.drawn(
        rng, streams_of(rng, tool, account.id, list(_keys(rng, tool, account, others)))
    )


def _keys(rng: Random, tool: str, account: Account, others: Noise) -> Iterator[tuple[str, str]]:
    if tool == ANTHROPIC:
        return
    mine = [(key.id, key.project) for key in others.keys[OPENAI] if key.owner == account.id]
    yield from mine or own_keys(rng, account, others)
