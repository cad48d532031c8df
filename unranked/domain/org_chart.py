"""Who reports to whom, and which groups of people that makes. No figure comes near it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class UnitKind(StrEnum):
    """Which of a manager's people are meant."""

    TEAM = "team"
    """Who reports to the manager."""

    DOTTED = "dotted"
    """Who reports to the manager by a dotted line."""

    ALL = "all"
    """Who reports to the manager, or to somebody who does, to the last level."""


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """One group of a manager's people."""

    kind: UnitKind
    manager_key: str


@dataclass(frozen=True)
class Chart:
    """The lines of one day. solid: person to manager. dotted: (person, manager).

    A ring of managers, which no roster should have, is cut where it closes.
    """

    solid: Mapping[str, str] = field(repr=False)
    dotted: Collection[tuple[str, str]] = field(default=(), repr=False)

    def units(self, manager_key: str) -> tuple[UnitKind, ...]:
        """Return the kinds of unit that a manager has, the nearest first."""
        found = []
        if self._team.get(manager_key):
            found.append(UnitKind.TEAM)
        if self._dotted.get(manager_key):
            found.append(UnitKind.DOTTED)
        if any(one in self._team for one in self._team.get(manager_key, ())):
            found.append(UnitKind.ALL)
        return tuple(found)

    @property
    def managers(self) -> Collection[str]:
        """Everybody who has somebody's line, solid or dotted."""
        return self._team.keys() | self._dotted.keys()

    def members(self, unit: Unit) -> Iterator[str]:
        """Yield everybody in a unit, each once, whether with a seat or not."""
        if unit.kind is UnitKind.DOTTED:
            yield from self._dotted.get(unit.manager_key, ())
        elif unit.kind is UnitKind.TEAM:
            yield from self._team.get(unit.manager_key, ())
        else:
            seen, waiting = {unit.manager_key}, [unit.manager_key]
            while waiting:
                for one in self._team.get(waiting.pop(), ()):
                    if one not in seen:
                        seen.add(one)
                        waiting.append(one)
                        yield one

    def depth(self, person_key: str) -> int:
        """Return how many levels of managers are above somebody."""
        return sum(1 for _ in self.above(person_key))

    def above(self, person_key: str) -> Iterator[str]:
        """Yield a person's manager, and theirs, up to the last."""
        seen, one = {person_key}, self.solid.get(person_key)
        while one is not None and one not in seen:
            seen.add(one)
            yield one
            one = self.solid.get(one)

    @cached_property
    def _team(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for person in sorted(self.solid):
            if person != self.solid[person]:
                found.setdefault(self.solid[person], []).append(person)
        return found

    @cached_property
    def _dotted(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for person, manager in sorted(set(self.dotted)):
            if person != manager:
                found.setdefault(manager, []).append(person)
        return found
