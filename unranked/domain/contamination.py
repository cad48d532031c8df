"""Whole teams drawn instead of people, where tips would be shared: method.md 3.9.

The method says when, and "analyse by team". It is silent about how; this is the usual way: the
difference of the shares of people with a cluster-robust variance, and Student's t for the few
teams that it is known from.
"""

from collections.abc import Collection, Iterable, Mapping
from math import inf
from typing import NamedTuple

from unranked.domain.constants import TEAM_ALIKE, TEAM_SHARED, TEAM_SMALL
from unranked.domain.experiments import Counts, Spread
from unranked.domain.stats import plus_one


class TeamCounts(NamedTuple):
    """Of the matured people of one drawn unit: how many there are, and how many did it."""

    people: int
    did: int


def draws_teams(teams: Iterable[Collection[str]], eligible: Collection[str]) -> bool:
    """Return whether tips would be shared, so that whole teams are to be drawn.

    More than a third of the eligible people share a team of at most 8 with another of them.

    teams: all members of each, eligible or not. eligible: the campaign's people.
    """
    campaign = frozenset(eligible)
    sharing: set[str] = set()
    for team in teams:
        together = campaign.intersection(team)
        if len(together) > 1 and len(set(team)) <= TEAM_SMALL:
            sharing |= together
    part, whole = TEAM_SHARED
    return len(sharing) * whole > len(campaign) * part


def units(teams: Mapping[str, Collection[str]], people: Iterable[str]) -> Mapping[str, str]:
    """Return what stands for each person in the draw of F12 where teams are drawn.

    Their team if it has at most 8 members, otherwise they themselves: one large team would be a
    good part of an arm, and its people share less.

    teams: by key, all their members. Raises ValueError for a person in two teams.
    """
    found: dict[str, str] = {}
    for key, team in teams.items():
        for person in set(team):
            if person in found:
                raise ValueError("Somebody is in two teams, so they cannot be drawn by team.")
            found[person] = f"team:{key}" if len(set(team)) <= TEAM_SMALL else person
    return {person: found.get(person, person) for person in people}


def counts_of(nudge: Iterable[TeamCounts], holdout: Iterable[TeamCounts]) -> Counts:
    """Return the people of both arms together."""
    arms = [tuple(nudge), tuple(holdout)]
    return Counts(*(sum(team[field] for team in arm) for arm in arms for field in (0, 1)))


def spread_of(nudge: Iterable[TeamCounts], holdout: Iterable[TeamCounts]) -> Spread:
    """Return what drawing teams does to the estimate of F14.

    In each arm the variance of a ratio of team totals, with G / (G - 1) for G teams; never less
    than F14's own: people of one team are not taken to differ more than strangers, and an arm in
    which nobody did it has a variance. Degrees of freedom after Welch and Satterthwaite.
    """
    alone = together = doubt = 0.0
    fewest = inf
    for arm in (nudge, holdout):
        teams = [team for team in arm if team.people]
        fewest = min(fewest, len(teams))
        if len(teams) > 1:
            own, clustered = _variances(teams)
            alone, together = alone + own, together + clustered
            doubt += clustered**2 / (len(teams) - 1)
    if fewest <= 1:
        return Spread(inf, 1.0, int(fewest))
    return Spread(together / alone, together**2 / doubt, int(fewest))


def cluster_factor(people: float, alike: float = TEAM_ALIKE) -> float:
    """Return how many times more people it takes when teams of that size are drawn (3.6)."""
    return 1 + (max(1.0, people) - 1) * alike


def _variances(teams: Collection[TeamCounts]) -> tuple[float, float]:
    """Return F14's variance of an arm's share, and that of teams, which is no smaller."""
    people = sum(team.people for team in teams)
    mean = sum(team.did for team in teams) / people
    _, own = plus_one(people, mean * people)
    apart = sum((team.did - mean * team.people) ** 2 for team in teams) / people**2
    return own, max(own, apart * len(teams) / (len(teams) - 1))
