"""The made-up company's people: teams, places, working days, leave, and what AI is to each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from unranked.demo.company_names import DEPARTMENTS, PLACES, Place, plain, shown

ANTHROPIC, OPENAI = "anthropic", "openai"
DOMAINS = ("example.com", "example.com", "example.com", "labs.example.com")
MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)
FEWEST_PEOPLE = 20
LARGEST_TEAM, _SMALLEST_TEAM = 24, 3
_ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class Situation(StrEnum):
    """What is true of a person on the company's `today`. The product has to find it out."""

    NEVER_USED = "never used"
    TRIED_ONCE = "tried once"
    LAPSED = "lapsed"
    ACTIVE_DAILY = "active daily"
    ACTIVE_OCCASIONALLY = "active occasionally"
    SINGLE_TOOL = "only uses one tool"
    NEW_JOINER = "new joiner"
    ON_LEAVE = "on leave"
    NO_SEAT = "no seat"


_PERCENT = {
    Situation.NEVER_USED: 13,
    Situation.TRIED_ONCE: 7,
    Situation.LAPSED: 9,
    Situation.ACTIVE_OCCASIONALLY: 15,
    Situation.SINGLE_TOOL: 5,
    Situation.NEW_JOINER: 4,
    Situation.ON_LEAVE: 3,
    Situation.NO_SEAT: 8,
}


@dataclass(frozen=True, slots=True)
class Account:
    """A provider's account of a human. `gone`: the provider deleted it and shows no address.

    until: the day on which it is taken out of the provider's list of members.
    """

    id: str
    email: str = field(repr=False)
    name: str = field(repr=False)
    since: date
    role: str = "user"
    gone: bool = False
    until: date | None = None

    def is_listed(self, day: date) -> bool:
        """Say whether the provider's list of members has it on `day`."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Person:
    """One employee. `id` is the Slack id, `leave` holds first and last days, both inclusive.

    working_days: 0 is Monday. manager_id is empty for the head of a tree.
    """

    id: str
    email: str = field(repr=False)
    name: str = field(repr=False)
    zone: str
    locale: str
    region: str
    department: str
    manager_id: str
    start: date
    working_days: tuple[int, ...]
    leave: tuple[tuple[date, date], ...]
    situation: Situation
    seats: Mapping[str, Account] = field(default_factory=dict)

    def works_on(self, day: date) -> bool:
        """Say whether `day` is in the person's pattern and outside leave."""
        away = any(first <= day <= last for first, last in self.leave)
        return day >= self.start and day.weekday() in self.working_days and not away

    def workdays(self, start: date, end: date) -> list[date]:
        """Return the days in [start, end) on which the person works, public holidays included."""
        days = (start + timedelta(days=n) for n in range((end - start).days))
        return [day for day in days if self.works_on(day)]


def random_id(rng: Random, prefix: str, length: int) -> str:
    """Return `prefix` and `length` random capital letters and digits."""
    return prefix + "".join(rng.choices(_ID_LETTERS, k=length))


def chance(rng: Random, share: float) -> bool:
    """Return True in that share of cases."""
    return rng.random() < share


def hire(rng: Random, count: int, *, first: date, today: date) -> list[Person]:
    """Return the people of a company whose AI programme began on `first`, heads first."""
    managers = list(_managers(rng, count))
    ids = [random_id(rng, "U0", 9) for _ in range(count)]
    situations = _situations(rng, count)
    departments = _departments(rng, managers)
    taken: set[str] = set()
    return [
        _person(
            rng,
            ids[n],
            place=rng.choices(PLACES, [place.share for place in PLACES])[0],
            department=departments[n],
            manager_id="" if managers[n] < 0 else ids[managers[n]],
            situation=situations[n],
            taken=taken,
            days=(first, today),
        )
        for n in range(count)
    ]


def employed(
    rng: Random,
    person_id: str,
    *,
    department: str,
    manager_id: str,
    situation: Situation,
    taken: set[str],
    start: date,
) -> Person:
    """Return somebody whose first day is `start`. taken: addresses; theirs is added."""
    return _person(
        rng,
        person_id,
        place=rng.choices(PLACES, [place.share for place in PLACES])[0],
        department=department,
        manager_id=manager_id,
        situation=situation,
        taken=taken,
        days=(start, start),
        start=start,
    )


def _managers(rng: Random, count: int) -> Iterator[int]:
    """Yield each person's manager as an earlier index, or -1: teams of 3 to 24, trees only."""
    heads = 1 + count // 1000
    yield from [-1] * heads
    placed, without_team = heads, list(range(heads))
    while placed < count:
        top = without_team[0] < heads
        manager = without_team.pop(0 if top else rng.randrange(len(without_team)))
        remaining = count - placed
        size = min(rng.randint(_SMALLEST_TEAM, 9 if top else LARGEST_TEAM), remaining)
        left = remaining - size
        if 0 < left < _SMALLEST_TEAM:
            size += left if size + left <= LARGEST_TEAM else left - _SMALLEST_TEAM
        yield from [manager] * size
        without_team += range(placed, placed + size)
        placed += size


def _situations(rng: Random, count: int) -> list[Situation]:
    drawn = [kind for kind, share in _PERCENT.items() for _ in range(max(1, count * share // 100))]
    drawn += [Situation.ACTIVE_DAILY] * (count - len(drawn))
    rng.shuffle(drawn)
    return drawn


def _departments(rng: Random, managers: list[int]) -> list[str]:
    """Return a department for each person: that of the tree under a head's direct report."""
    names: list[str] = []
    offered = list(DEPARTMENTS)
    rng.shuffle(offered)
    for manager in managers:
        if manager < 0:
            names.append("Operations")
        elif managers[manager] < 0:
            names.append(offered[len(names) % len(offered)])
        else:
            names.append(names[manager])
    return names


def _person(
    rng: Random,
    person_id: str,
    *,
    place: Place,
    department: str,
    manager_id: str,
    situation: Situation,
    taken: set[str],
    days: tuple[date, date],
    start: date | None = None,
) -> Person:
    first, today = days
    given = rng.choice(place.first_names.split())
    family = rng.choice(place.last_names.split())
    email = _free_email(rng, f"{plain(given)}.{plain(family)}", taken)
    name = f"{shown(given)} {shown(family)}"
    if start is None:
        start = first - timedelta(days=rng.randint(60, 3000))
        if situation is Situation.NEW_JOINER:
            start = today - timedelta(days=rng.randint(2, 13))
    return Person(
        id=person_id,
        email=email,
        name=name,
        zone=place.zone,
        locale=place.locale,
        region=rng.choice(place.regions),
        department=department,
        manager_id=manager_id,
        start=start,
        working_days=_working_days(rng),
        leave=tuple(_leave(rng, situation, first, today)),
        situation=situation,
        seats=_seats(rng, situation, (name, email), start=start, days=days),
    )


def _free_email(rng: Random, local: str, taken: set[str]) -> str:
    domain = rng.choice(DOMAINS)
    email, number = f"{local}@{domain}", 2
    while email in taken:
        email, number = f"{local}{number}@{domain}", number + 1
    taken.add(email)
    return email


def _working_days(rng: Random) -> tuple[int, ...]:
    part_time = ((0, 1, 2, 3), (1, 2, 3, 4), (0, 1, 3, 4), (0, 1, 2))
    return rng.choices((MONDAY_TO_FRIDAY, *part_time), (88, 6, 2, 2, 2))[0]


def _leave(
    rng: Random, situation: Situation, first: date, today: date
) -> Iterator[tuple[date, date]]:
    """Yield leave in order. Only people who use AI regularly have a holiday behind them.

    A holiday would eat into the days that make somebody lapsed; those stories stay simple.
    """
    if situation is Situation.ON_LEAVE:
        start = today - timedelta(days=rng.randint(36, 55))
        yield start, today + timedelta(days=rng.randint(7, 60))
        return
    regular = {Situation.ACTIVE_DAILY, Situation.ACTIVE_OCCASIONALLY, Situation.SINGLE_TOOL}
    if situation in regular and chance(rng, 0.4):
        start = first + timedelta(days=rng.randrange((today - first).days))
        yield start, start + timedelta(days=rng.choice((0, 1, 4, 6, 11)))
    if situation is not Situation.NEW_JOINER and chance(rng, 0.2):
        start = today + timedelta(days=rng.randint(14, 60))
        yield start, start + timedelta(days=rng.choice((4, 11, 13)))


def _seats(
    rng: Random,
    situation: Situation,
    who: tuple[str, str],
    *,
    start: date,
    days: tuple[date, date],
) -> dict[str, Account]:
    if situation is Situation.NO_SEAT:
        return {}
    both = (ANTHROPIC, OPENAI)
    choices = ((ANTHROPIC,), (OPENAI,), both)
    tools = both if situation is Situation.SINGLE_TOOL else rng.choices(choices, (45, 18, 37))[0]
    return {tool: _account(rng, tool, who, _since(rng, situation, start, days)) for tool in tools}


def _since(rng: Random, situation: Situation, start: date, days: tuple[date, date]) -> date:
    first, today = days
    if situation is Situation.NEW_JOINER:
        return min(today, start + timedelta(days=rng.randint(0, 1)))
    if chance(rng, 0.2):  # was in the pilot before the programme
        return max(start, first - timedelta(days=rng.randint(20, 55)))
    return first + timedelta(days=rng.randint(0, 2 if situation is Situation.LAPSED else 9))


def _account(rng: Random, tool: str, who: tuple[str, str], since: date) -> Account:
    """Return the account. Some providers show an address as it was once typed, with capitals."""
    name, email = who
    typed = email.title() if chance(rng, 0.05) else email
    if tool == ANTHROPIC:
        role = rng.choices(("claude_code_user", "developer", "user"), (7, 2, 1))[0]
        return Account(random_id(rng, "user_01", 20), typed, name, since, role)
    return Account(random_id(rng, "user-", 22), typed, name, since, "reader")
