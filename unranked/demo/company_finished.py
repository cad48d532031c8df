"""What the made-up company's people finish: pull requests, with AI or without, and some reverts.

Drawn from Randoms of its own, person by person and day by day, so that nothing else of the company
depends on it, and its past not on its future.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from unranked.demo.company import Company
from unranked.demo.company_people import MONDAY_TO_FRIDAY, Person, chance
from unranked.demo.company_usage import midnight

ORG = "made-up-works"
_REPOSITORIES = ("shop", "site", "handbook")
_FIRST_NUMBER, _FIRST_ACCOUNT = 100, 7_400_000
_HAVE_ACCOUNTS = {"Engineering": 1.0, "Product": 0.7, "Design": 0.7, "Research": 0.9}
_OTHERS = 0.3
_NEVER = 0.2  # of those who have one
_LINKED = 0.9
_WITHOUT_ADDRESS = 0.03
_REVERTED, _PUT_BACK = 0.05, 0.3
_LATER_DAYS = (0, 0, 1, 2, 6, 13, 20)
_ONE_DAY = timedelta(days=1)
_BOT = "renovate-made-up"
_AGENT = "copilot-swe-agent"


@dataclass(frozen=True, slots=True)
class Developer:
    """Somebody's account. linked: single sign-on knows it. email: empty where nothing does.

    since, until: the days on which it is a member of the organisation.
    """

    number: int
    login: str
    person: str
    since: date
    until: date
    email: str = field(default="", repr=False)
    linked: bool = False

    def is_member(self, day: date) -> bool:
        """Say whether the organisation lists it on `day`."""
        return self.since <= day < self.until


class Pull(NamedTuple):
    """A merged pull request. author: its number, 0 of a bot. login: empty of a deleted account."""

    at: datetime
    repository: str
    number: int
    author: int
    login: str
    title: str
    body: str


class _Event(NamedTuple):
    """A pull request before it has a number. undoes: the event that it reverts."""

    at: datetime
    repository: str
    author: int
    login: str
    undoes: "_Event | None" = None


class Finished:
    """All accounts and pull requests of a company, its future included; the latter oldest first."""

    def __init__(self, company: Company) -> None:
        self.developers: Sequence[Developer] = tuple(_developers(company))
        events = sorted(_events(company, self.developers), key=lambda one: one[:4])
        self.pulls: Sequence[Pull] = tuple(_numbered(events))
        self._times = [pull.at for pull in self.pulls]

    def between(self, start: datetime, end: datetime) -> Sequence[Pull]:
        """Return what was merged from `start` on, up to `end`, oldest first."""
        return self.pulls[bisect_left(self._times, start) : bisect_left(self._times, end)]

    def merged_by(self, person: str, end: datetime) -> int | None:
        """Return how much of a person's was merged up to `end`; None without an account."""
        own = {one.number for one in self.developers if one.person == person}
        done = (pull.author in own for pull in self.pulls if pull.at < end)
        return sum(done) if own else None


def _developers(company: Company) -> Iterator[Developer]:
    for n, person in enumerate(company.everybody):
        rng = Random(f"{company.seed}:finished:{person.id}")
        if not chance(rng, _HAVE_ACCOUNTS.get(person.department, _OTHERS)):
            continue
        yield Developer(
            number=_FIRST_ACCOUNT + n,
            login=f"{person.email.partition('@')[0].replace('.', '-')}-{n}",
            person=person.id,
            since=person.start,
            until=company.future.left.get(person.id, date.max),
            email="" if chance(rng, _WITHOUT_ADDRESS) else person.email,
            linked=chance(rng, _LINKED),
        )


def _events(company: Company, developers: Sequence[Developer]) -> Iterator[_Event]:
    mates = [one for one in developers if one.since <= company.today]
    people = {person.id: person for person in company.everybody}
    for one in developers:
        rng, person = Random(f"{company.seed}:merged:{one.person}"), people[one.person]
        rate = 0.0 if chance(rng, _NEVER) else _rate(rng, person)
        for day in person.workdays(max(company.first, one.since), company.ends + _ONE_DAY):
            if not chance(rng, rate) or day >= one.until or company.is_away(person, day):
                continue
            own = _Event(_moment(rng, day), rng.choice(_REPOSITORIES), one.number, one.login)
            yield own
            yield from _reverts(rng, own, rng.choice(mates), one, ends=company.ends)
    yield from _robots(Random(f"{company.seed}:robots"), company)


def _rate(rng: Random, person: Person) -> float:
    """Return the share of workdays on which something of the person's is merged."""
    return rng.uniform(0.2, 0.7) if person.department == "Engineering" else rng.uniform(0.02, 0.2)


def _reverts(
    rng: Random, own: _Event, mate: Developer, author: Developer, *, ends: date
) -> Iterator[_Event]:
    """Yield the revert of a pull request, and sometimes its own: the first is in again then."""
    if not chance(rng, _REVERTED):
        return
    later = timedelta(days=rng.choice(_LATER_DAYS), minutes=rng.randint(5, 300))
    revert = _Event(own.at + later, own.repository, mate.number, mate.login, own)
    again = revert.at + timedelta(hours=rng.randint(1, 30))
    put_back = chance(rng, _PUT_BACK)  # drawn whatever the company's end, so that the past stays
    if revert.at.date() <= ends:
        yield revert
    if put_back and again.date() <= ends:
        yield _Event(again, own.repository, author.number, author.login, revert)


def _robots(rng: Random, company: Company) -> Iterator[_Event]:
    """Yield what is nobody's: of a bot, of an agent that somebody asked, of a deleted account."""
    day = company.first
    while day <= company.ends:
        if day.weekday() in MONDAY_TO_FRIDAY:
            for login, odds in ((_BOT, 0.5), (_AGENT, 0.3), ("", 0.05)):
                at, repository = _moment(rng, day), rng.choice(_REPOSITORIES)
                if chance(rng, odds):
                    yield _Event(at, repository, 0, login)
        day += _ONE_DAY


def _moment(rng: Random, day: date) -> datetime:
    return midnight(day) + timedelta(seconds=rng.randrange(6 * 3600, 20 * 3600))


def _numbered(events: Sequence[_Event]) -> Iterator[Pull]:
    """Yield the pull requests, numbered in each repository in the order of their merging."""
    counts = Counter[str]()
    known: dict[_Event, Pull] = {}
    for event in events:
        counts[event.repository] += 1
        number = _FIRST_NUMBER + counts[event.repository]
        place = f"{ORG}/{event.repository}"
        title, body = f"Change {number}", "What it does, and why."
        if event.undoes is not None:
            first = known[event.undoes]
            title, body = f'Revert "{first.title}"', f"Reverts {place}#{first.number}"
        pull = Pull(event.at, place, number, event.author, event.login, title, body)
        known[event] = pull
        yield pull
