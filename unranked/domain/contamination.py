"""Whole teams drawn instead of people, where tips would be shared: method.md 3.9.

The method says when, and "analyse by team", and is silent about how. This is a usual way: the
difference of the shares of people with a cluster-robust variance. It enters as a design effect,
so that F14 and its plus-one are of as many people as the teams are worth, with Student's t.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from unranked.domain.constants import TEAM_ALIKE, TEAM_SHARED, TEAM_SMALL
from unranked.domain.experiments import Counts, Spread


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
    """Return how alike people of a team were: what drawing teams does to F14.

    The variance of a ratio of team totals, with G / (G - 1) for the G teams of an arm, over that
    of people drawn alone; 1 at the least: people of one team are not taken to differ more than
    strangers. One for both arms: a holdout of few teams hardly knows its own, and where each arm
    used its own, with a holdout of a fifth, 0.04 of looks missed at a boundary made for 0.02.
    """
    apart = alone = 0.0
    freedom = 0
    for arm in (nudge, holdout):
        teams = [team for team in arm if team.people]
        people, did = (sum(team[field] for team in teams) for field in (0, 1))
        if len(teams) > 1:
            residuals = sum((team.did - did / people * team.people) ** 2 for team in teams)
            apart += residuals * len(teams) / (len(teams) - 1)
            alone += did * (people - did) / people
            freedom += len(teams) - 1
    return Spread(max(1.0, apart / alone) if alone else 1.0, max(1, freedom))


def cluster_factor(people: float, alike: float = TEAM_ALIKE) -> float:
    """Return how many times more people it takes when teams of that size are drawn (3.6)."""
    return 1 + (max(1.0, people) - 1) * alike
