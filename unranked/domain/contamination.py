"""Whole teams drawn instead of people, where tips would be shared: method.md 3.9.

The method says when, and "analyse by team", and is silent about how. This is a usual way: the
difference of the shares of people with a cluster-robust variance. It enters as a design effect,
so that F14 and its plus-one are of as many people as the teams are worth, with Student's t.
"""

import hmac
from collections.abc import Iterable
from typing import NamedTuple

from unranked.domain.constants import TEAM_ALIKE, TEAM_SHARED, TEAM_SMALL
from unranked.domain.experiments import Counts, Spread


class TeamCounts(NamedTuple):
    """Of the matured people of one drawn unit: how many there are, and how many did it."""

    people: int
    did: int


class Team(NamedTuple):
    """Teams that are alike for the draw: of how many people, and how many are of its units."""

    people: int
    together: int
    how_many: int = 1

    @property
    def is_drawn_whole(self) -> bool:
        """Whether it is small enough: one large team would be a good part of an arm."""
        return self.people <= TEAM_SMALL


def draws_teams(teams: Iterable[Team], people: int, share: float = 1.0) -> bool:
    """Return whether tips would be shared, so that whole teams are to be drawn.

    More than a third of the campaign's people share a team of at most 8 with another of them, as
    far as can be expected of teams of their sizes: how many of each it is for must not show.

    teams: no person is in two of them. people: how many the campaign is for, in a team or not.
    share: it is for so many of those who are of its units, by chance in any team.
    """
    found = (one for one in teams if one.is_drawn_whole and one.together > 1)
    part, whole = TEAM_SHARED
    sharing = sum(
        one.together * share * (1 - (1 - share) ** (one.together - 1)) * one.how_many
        for one in found
    )
    return sharing * whole > people * part


def people_a_unit(teams: Iterable[Team], people: int, share: float = 1.0) -> float:
    """Return how many people of the campaign somebody's unit has, on average over the people.

    That average, and not the one over units, is what the variance of unequal units depends on.
    Arguments as of `draws_teams`; each finds the others of their team that can be expected.
    """
    found = [one for one in teams if one.is_drawn_whole]
    others = sum(one.together * (one.together - 1) * one.how_many for one in found) * share**2
    return (people + others) / max(1, people)


def unit_of(salt: bytes, campaign_key: str, team: str) -> str:
    """Return the key of a team in the draw of F12. It tells nobody whose team that is.

    Not the key of the manager: they are drawn as well, and one draw would tie them to their team.
    team: the manager's key.
    """
    whose = f"{campaign_key}|unit|{team}".encode()
    return f"u-{hmac.digest(salt, whose, 'sha256')[:8].hex()}"


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
