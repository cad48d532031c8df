"""A made-up company for the demo and the tests: people, noise, and twelve weeks of AI use.

Everything comes from one seed: the same seed, size and day give the same company, to the byte.
No employee, address or figure is anybody's.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Self

from unranked.demo.company_noise import (
    ARCHIVED_PROJECT,
    PROJECTS,
    Key,
    Noise,
    agent_rows,
    noise,
    stranger_rows,
)
from unranked.demo.company_people import (
    ANTHROPIC,
    FEWEST_PEOPLE,
    OPENAI,
    Account,
    Person,
    Situation,
    chance,
    hire,
    random_id,
)
from unranked.demo.company_usage import (
    Row,
    Usage,
    active_days,
    collected,
    rows_of,
    streams_of,
    tools_used,
)
from unranked.demo.slack_members import Member

FEWEST_WEEKS = 9
CSV_HEADER = (
    "email",
    "manager_email",
    "department",
    "start_date",
    "working_days",
    "leave",
    "region",
)
_DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MOST_STRANGE_ROWS = 0.015
_BILLING_MEMBERS = 2


@dataclass(frozen=True)
class Company:
    """The company on `today`. `first` is the first day of its recorded AI use.

    members: everybody and everything in its Slack. accounts, usage: by provider, ANTHROPIC and
    OPENAI of company_people.
    """

    seed: int
    first: date
    today: date
    people: tuple[Person, ...] = field(repr=False)
    members: tuple[Member, ...] = field(repr=False)
    accounts: Mapping[str, tuple[Account, ...]] = field(repr=False)
    noise: Noise = field(repr=False)
    usage: Mapping[str, Usage] = field(repr=False)

    @classmethod
    def made(cls, seed: int, *, today: date, people: int = 2000, weeks: int = 12) -> Self:
        """Return the company of this seed, with `weeks` of use up to and with `today`.

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
        usage = _usage(Random(f"{seed}:usage"), staff, others, (first, today))
        return cls(seed, first, today, tuple(staff), tuple(members), accounts, others, usage)

    def person(self, person_id: str) -> Person:
        """Return the employee with this Slack id."""
        return next(person for person in self.people if person.id == person_id)

    def of(self, situation: Situation) -> list[Person]:
        """Return the employees in this situation."""
        return [person for person in self.people if person.situation is situation]

    def csv(self) -> str:
        """Return the roster file of all employees; leave as `first/last`, both days inclusive."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(CSV_HEADER)
        emails = {person.id: person.email for person in self.people}
        for person in self.people:
            writer.writerow(_csv_row(person, emails.get(person.manager_id, "")))
        return out.getvalue()


def _csv_row(person: Person, manager_email: str) -> tuple[str, ...]:
    return (
        person.email,
        manager_email,
        person.department,
        person.start.isoformat(),
        " ".join(_DAY_NAMES[n] for n in person.working_days),
        ";".join(f"{first}/{last}" for first, last in person.leave),
        person.region,
    )


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


def _usage(
    rng: Random, people: list[Person], others: Noise, days: tuple[date, date]
) -> dict[str, Usage]:
    first, today = days
    rows: dict[str, list[tuple[date, Row]]] = {ANTHROPIC: [], OPENAI: []}
    for person in people:
        used = tools_used(rng, person)
        for tool, account in sorted(person.seats.items()):
            keys = [] if tool == ANTHROPIC else _own_keys(rng, account, others)
            if tool in used:
                active = active_days(rng, person, tool, first=first, today=today)
                streams = streams_of(rng, tool, account.id, keys)
                rows[tool] += rows_of(rng, streams, active)
    for tool in rows:
        rows[tool] += agent_rows(rng, others, tool, first=first, today=today)
    rows[ANTHROPIC] += _few(stranger_rows(rng, others, first=first, today=today), rows[ANTHROPIC])
    return {tool: collected(rng, own, first=first, today=today) for tool, own in rows.items()}


def _own_keys(rng: Random, account: Account, others: Noise) -> list[tuple[str, str]]:
    """Return one or two new keys of the account, with their projects; `others` lists them."""
    own = []
    for name in ("laptop", "notebook")[: 1 + chance(rng, 0.3)]:
        project = rng.choice((*PROJECTS, ARCHIVED_PROJECT) if name == "notebook" else PROJECTS)[0]
        key = Key(
            random_id(rng, "key_", 16),
            name,
            account.id,
            account.since,
            project,
            left=chance(rng, 0.03),
        )
        others.keys[OPENAI].append(key)
        own.append((key.id, project))
    return own


def _few(
    strange: Iterable[tuple[date, Row]], rows: Iterable[tuple[date, Row]]
) -> Iterator[tuple[date, Row]]:
    """Yield the strange rows, as far as a day's stay under the share that a provider may have.

    A company of a few dozen people has room for none on most days.
    """
    room: dict[date, float] = {}
    for day, _ in rows:
        room[day] = room.get(day, 0.0) + _MOST_STRANGE_ROWS
    for day, row in strange:
        if room.get(day, 0.0) >= 1.0:
            room[day] -= 1.0
            yield day, row
