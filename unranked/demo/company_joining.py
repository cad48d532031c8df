"""Who joins the made-up company, who leaves it, and who gets another manager."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random

from unranked.demo.company_people import (
    LARGEST_TEAM,
    Person,
    Situation,
    chance,
    employed,
    random_id,
)

_JOIN, _LEAVE, _MOVE = 0.005, 0.004, 0.002  # of all people, a week
_QUIET = 8  # days after `today` in which nobody comes or goes


def joined(rng: Random, people: Sequence[Person], days: tuple[date, date]) -> list[Person]:
    """Return the people who join, by their first day. They report to somebody with a team."""
    teams = Counter(person.manager_id for person in people if person.manager_id)
    bosses = {person.id: person for person in people if person.id in teams}
    taken = {person.email for person in people}
    new = []
    for start in sorted(_workday(rng, days) for _ in range(_number(people, days, _JOIN))):
        # Somebody asks for them, gets them, and now and then has a full team by then.
        room = [boss for boss in bosses if teams[boss] < LARGEST_TEAM] or list(bosses)
        boss = bosses[rng.choice(room)]
        teams[boss.id] += 1
        new.append(
            employed(
                rng,
                random_id(rng, "U0", 9),
                department=boss.department,
                manager_id=boss.id,
                situation=Situation.NO_SEAT if chance(rng, 0.08) else Situation.NEW_JOINER,
                taken=taken,
                start=start,
            )
        )
    return new


def leaving(rng: Random, people: Sequence[Person], days: tuple[date, date]) -> dict[str, date]:
    """Return who leaves, and their first day elsewhere. Nobody with a team does."""
    bosses = {person.manager_id for person in people}
    others = [person for person in people if person.id not in bosses]
    count = min(len(others), _number(people, days, _LEAVE))
    return {person.id: _workday(rng, days) for person in rng.sample(others, count)}


def moved(
    rng: Random, people: Sequence[Person], left: Mapping[str, date], days: tuple[date, date]
) -> dict[str, tuple[date, str]]:
    """Return who gets another manager, from when, and whom. Nobody with a team of their own."""
    teams = Counter(person.manager_id for person in people if person.manager_id)
    others = [p for p in people if p.id not in teams and p.id not in left and p.manager_id]
    moves = {}
    for person in rng.sample(others, min(len(others), _number(people, days, _MOVE))):
        room = [boss for boss in teams if teams[boss] < LARGEST_TEAM and boss != person.manager_id]
        if room:
            moves[person.id] = (_workday(rng, days), boss := rng.choice(room))
            teams[boss] += 1
    return moves


def _number(people: Sequence[Person], days: tuple[date, date], share: float) -> int:
    weeks = (days[1] - days[0]).days // 7
    return max(int(weeks >= 2), round(len(people) * share * weeks))  # noqa: PLR2004 - some time


def _workday(rng: Random, days: tuple[date, date]) -> date:
    today, ends = days
    quiet = min(_QUIET, (ends - today).days)
    day = today + timedelta(days=rng.randint(quiet, (ends - today).days))
    return day - timedelta(days=max(0, day.weekday() - 4))
