"""A made-up organisation whose people join, leave, move and object from week to week.

It is made to be hard: small teams in large ones, dotted lines that copy a team but for one or two,
teams of one person that last a week.
"""

import random
from collections.abc import Callable

from unranked.domain.org_chart import Chart, UnitKind

HEAD = "p000"
OFTEN, SELDOM = 0.25, 0.06
"""How likely each kind of change is in a week."""


class Organisation:
    """Who reports to whom, who has a seat, and who objected, as of now."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._made = 0
        self.solid: dict[str, str] = {}
        self.dotted: set[tuple[str, str]] = set()
        self.seats: set[str] = set()
        self.objected: set[str] = set()
        self.wishes: dict[str, UnitKind] = {}
        self._found()

    def chart(self) -> Chart:
        """Return the lines of today."""
        return Chart(dict(self.solid), sorted(self.dotted))

    def counted(self) -> frozenset[str]:
        """Return who counts from the next freezing on."""
        return frozenset(self.seats - self.objected)

    def week(self) -> None:
        """Let a week pass."""
        changes: tuple[tuple[float, Callable[[], None]], ...] = (
            (OFTEN, self._join),
            (OFTEN, self._leave),
            (OFTEN, self._move),
            (OFTEN, self._object),
            (SELDOM, self._line_dotted),
            (SELDOM, self._hand_over),
            (SELDOM, self._team_of_one),
            (SELDOM, self._wish),
        )
        for often, change in changes:
            if self._chance.random() < often:
                change()

    def _found(self) -> None:
        self._person(None)
        below = [self._person(HEAD) for _ in range(self._chance.randint(0, 3))]
        for _ in range(self._chance.randint(1, 7)):
            lead = self._person(self._chance.choice([HEAD, *below]))
            for _ in range(self._team_size()):
                self._person(lead)
        for _ in range(self._chance.choice((0, 0, 5, 12))):
            self._person(HEAD)
        for _ in range(self._chance.randint(0, 3)):
            self._line_dotted()
        for _ in range(2):
            self._wish()

    def _team_size(self) -> int:
        least, most = self._chance.choice(((3, 9), (10, 13), (10, 30), (25, 60)))
        return self._chance.randint(least, most)

    def _person(self, manager: str | None) -> str:
        name = f"p{self._made:03}"
        self._made += 1
        if manager is not None:
            self.solid[name] = manager
        if self._chance.random() < 0.95:
            self.seats.add(name)
        return name

    def _leads(self) -> list[str]:
        return sorted(set(self.solid.values()))

    def _anybody(self) -> str:
        return self._chance.choice(sorted(self.solid))

    def _join(self) -> None:
        self._person(self._chance.choice(self._leads()))

    def _leave(self) -> None:
        """One leaves; their people go to whom they reported to."""
        if len(self.solid) > 1:
            gone = self._anybody()
            above = self.solid.pop(gone)
            self.solid |= {one: above for one, lead in self.solid.items() if lead == gone}
            self.dotted = {line for line in self.dotted if gone not in line}
            self.seats.discard(gone)

    def _move(self) -> None:
        one, lead = self._anybody(), self._chance.choice(self._leads())
        if not self._is_below(lead, one):
            self.solid[one] = lead

    def _object(self) -> None:
        self.objected ^= {self._anybody()}

    def _hand_over(self) -> None:
        """A whole team, with its lead, goes to another part."""
        one = self._chance.choice(self._leads())
        lead = self._chance.choice(self._leads())
        if one in self.solid and not self._is_below(lead, one):
            self.solid[one] = lead

    def _team_of_one(self) -> None:
        one, lead = self._anybody(), self._anybody()
        if not self._is_below(lead, one):
            self.solid[one] = lead

    def _line_dotted(self) -> None:
        """Lines to one manager: a team but for one or two and with a few others, or anybody."""
        manager = self._anybody()
        lead = self._chance.choice(self._leads())
        people = sorted(one for one, own in self.solid.items() if own == lead)
        if self._chance.random() < 0.5:
            people = self._some(sorted(self.solid), self._chance.randint(8, 25))
        fewer = self._some(people, len(people) - self._chance.randint(0, 3))
        more = self._some(sorted(self.solid), self._chance.choice((0, 0, 1, 2, 12)))
        self.dotted |= {(one, manager) for one in {*fewer, *more} if one != manager}

    def _wish(self) -> None:
        self.wishes[self._chance.choice(self._leads())] = self._chance.choice(tuple(UnitKind))

    def _some(self, of: list[str], how_many: int) -> list[str]:
        return self._chance.sample(of, max(0, min(how_many, len(of))))

    def _is_below(self, one: str, lead: str) -> bool:
        """Return whether somebody is `lead`, or reports to them over any number of levels."""
        at: str | None = one
        while at is not None and at != lead:
            at = self.solid.get(at)
        return at == lead
