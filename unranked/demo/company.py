"""A made-up company for the demo and the tests: people, noise, and weeks of AI use.

Everything comes from one seed: the same seed, size and day give the same company, to the byte.
No employee, address or figure is anybody's.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Self

from unranked.demo.company_future import NO_FUTURE, Future, Past, lived
from unranked.demo.company_noise import Noise, agent_rows, few, noise, own_keys, stranger_rows
from unranked.demo.company_people import (
    ANTHROPIC,
    FEWEST_PEOPLE,
    OPENAI,
    Account,
    Person,
    Situation,
    hire,
)
from unranked.demo.company_roster import CSV_HEADER, roster_file
from unranked.demo.company_usage import (
    Habit,
    Row,
    Usage,
    active_days,
    collected,
    rows_of,
    streams_of,
    tools_used,
)
from unranked.demo.slack_members import Member

__all__ = ["CSV_HEADER", "FEWEST_WEEKS", "Company"]

FEWEST_WEEKS = 9
_BILLING_MEMBERS = 2


@dataclass(frozen=True)
class Company:
    """The company on `today`. `first` is the first day of its recorded AI use.

    members: everybody and everything in its Slack. accounts, usage: by provider, ANTHROPIC and
    OPENAI of company_people; usage, and the accounts of people to come, reach into the future.
    """

    seed: int
    first: date
    today: date
    people: tuple[Person, ...] = field(repr=False)
    members: tuple[Member, ...] = field(repr=False)
    accounts: Mapping[str, tuple[Account, ...]] = field(repr=False)
    noise: Noise = field(repr=False)
    usage: Mapping[str, Usage] = field(repr=False)
    future: Future = field(default=NO_FUTURE, repr=False)

    @classmethod
    def made(
        cls, seed: int, *, today: date, people: int = 2000, weeks: int = 12, ahead: int = 0
    ) -> Self:
        """Return the company of this seed, with `weeks` of use up to and with `today`.

        ahead: weeks after `today` in which life goes on; nothing of before depends on them.
        Raises ValueError for fewer than 20 people or 9 weeks: some situations need the room.
        """
        if people < FEWEST_PEOPLE or weeks < FEWEST_WEEKS:
            raise ValueError("A made-up company needs at least 20 people and 9 weeks.")
        first = today - timedelta(weeks=weeks)
        rng = Random(f"{seed}:people")
        staff = hire(rng, people, first=first, today=today)
        others = noise(rng, staff, first=first, today=today)
        members = [*map(_member, staff), *others.members]
        rng.shuffle(members)
        accounts = {tool: tuple(_accounts(staff, others, tool)) for tool in (ANTHROPIC, OPENAI)}
        past = Past(tuple(staff), others, {}, {})
        usage = _usage(Random(f"{seed}:usage"), past, (first, today))
        made = cls(seed, first, today, past.people, tuple(members), accounts, others, usage)
        if not ahead:
            return made
        future = lived(seed, past, usage, today=today, ends=today + timedelta(weeks=ahead))
        return replace(
            made,
            accounts={tool: future.accounts_of(tool, own) for tool, own in accounts.items()},
            usage={tool: future.usage_of(tool, own) for tool, own in usage.items()},
            future=future,
        )

    @property
    def ends(self) -> date:
        """The last day of which there is any use."""
        return max(self.today, self.future.ends)

    @property
    def everybody(self) -> tuple[Person, ...]:
        """All who are employees on some day, those who leave and those who join later among them.

        `Person.leave` and `Person.manager_id` are those of `today`.
        """
        return (*self.people, *self.future.joiners)

    def person(self, person_id: str) -> Person:
        """Return the employee with this Slack id."""
        return next(person for person in self.everybody if person.id == person_id)

    def of(self, situation: Situation) -> list[Person]:
        """Return the employees of `today` in this situation."""
        return [person for person in self.people if person.situation is situation]

    def is_away(self, person: Person, day: date) -> bool:
        """Say whether a person is on leave on `day`, whoever knows of it already."""
        return any(first <= day <= last for first, last in self.future.leave_of(person))

    def csv(self) -> str:
        """Return the roster file of all employees; leave as `first/last`, both days inclusive."""
        return self.csv_on(self.today)

    def csv_on(self, day: date) -> str:
        """Return the roster file of `day`: who is there, and the leave entered by then."""
        present = [self.future.on(person, day) for person in self.everybody]
        there = [person for person in present if person is not None]
        known = {person.id: self.future.leave_known(person, day) for person in there}
        return roster_file(there, known)

    def members_on(self, day: date) -> tuple[Member, ...]:
        """Return the Slack workspace on `day`: who left is deactivated, who joined comes last."""
        left = self.future.left
        gone = {person_id for person_id, since in left.items() if since <= day}
        old = (
            replace(member, deleted=True) if member.id in gone else member
            for member in self.members
        )
        new = (_member(person) for person in self.future.joiners if person.start <= day)
        return (*old, *new)


def _member(person: Person) -> Member:
    return Member(person.id, person.name, person.email, person.zone, person.locale)


def _accounts(people: Iterable[Person], others: Noise, tool: str) -> Iterator[Account]:
    yield from (person.seats[tool] for person in people if tool in person.seats)
    if tool != ANTHROPIC:
        return
    yield from (leaver.account for leaver in others.leavers if not leaver.account.gone)
    if others.stranger is not None:
        yield others.stranger
    seatless = (person for person in people if not person.seats)
    for n, person in zip(range(_BILLING_MEMBERS), seatless, strict=False):
        yield Account(f"user_01BILLING{n}", person.email, person.name, person.start, "billing")


def _usage(rng: Random, past: Past, days: tuple[date, date]) -> dict[str, Usage]:
    """Return all use by provider; `past` remembers the habits that it came from."""
    first, today = days
    rows: dict[str, list[tuple[date, Row]]] = {ANTHROPIC: [], OPENAI: []}
    for person in past.people:
        used = tools_used(rng, person)
        for tool, account in sorted(person.seats.items()):
            keys = [] if tool == ANTHROPIC else own_keys(rng, account, past.noise)
            if tool in used:
                active = active_days(rng, person, tool, first=first, today=today)
                habit = Habit.drawn(rng, streams_of(rng, tool, account.id, keys))
                past.habits[account.id] = habit
                rows[tool] += rows_of(rng, habit, active)
    for tool in rows:
        agents = past.agents.setdefault(tool, [])
        drawn = (_kept(agents, Habit.drawn(rng, [one])) for one in past.noise.streams[tool])
        rows[tool] += agent_rows(rng, drawn, first=first, today=today)
    ends = [(leaver.account, leaver.left) for leaver in past.noise.leavers]
    ends += [(past.noise.stranger, today)] if past.noise.stranger else []
    rows[ANTHROPIC] += few(stranger_rows(rng, ends, first=first), rows[ANTHROPIC])
    return {tool: collected(rng, own, first=first, today=today) for tool, own in rows.items()}


def _kept(habits: list[Habit], habit: Habit) -> Habit:
    habits.append(habit)
    return habit
