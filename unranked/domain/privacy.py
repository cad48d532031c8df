"""The gate: which groups may be shown at all. It reads membership and never figures.

So a refusal tells nothing about what anybody does. Source: method.md 4.4 and 4.5.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

K = 10
"""The fewest people of whom anything is shown (method.md 4.3). It can be raised, never lowered."""

UNRESOLVED_MAX_PERCENT = 10
"""The share of a group's members whose use may not be seen."""

SNAPPED_LEAST_PERCENT = 80
"""So much of a group has to be covered where only a part of it may be shown (4.5)."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What may be shown of a group: whole atoms, which other groups may share.

    atoms: their numbers in the partition. whole: nobody of the group was left out.
    """

    atoms: frozenset[int]
    whole: bool


@dataclass(slots=True)
class Partition:
    """The classes of people that everything shown so far can be taken apart into.

    Adding and subtracting figures gives every member of an atom the same weight: so whatever
    anybody derives, and whoever compares with whom, covers whole atoms. None is ever smaller
    than `k`.

    k: people. Raises ValueError for a `k` under 10.
    """

    k: int = K
    _members: list[set[str]] = field(default_factory=list, repr=False)
    _atom_of: dict[str, int] = field(default_factory=dict, repr=False)
    _sizes: list[int] = field(default_factory=list, repr=False)
    _holding: dict[int, set[int]] = field(default_factory=dict, repr=False)
    _parts: dict[int, tuple[int, int]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.k < K:
            raise ValueError(f"The least group is {K} people; it can only be raised.")

    @property
    def atom_of(self) -> Mapping[str, int]:
        """Everybody who is in a group that may be shown, with their atom."""
        return self._atom_of

    def size(self, atoms: Iterable[int]) -> int:
        """Return how many people the atoms hold."""
        return sum(len(self._members[atom]) for atom in self.current(atoms))

    def current(self, atoms: Iterable[int]) -> frozenset[int]:
        """Return the atoms as they are now, those divided since in place of the old ones."""
        found: set[int] = set()
        waiting = list(atoms)
        while waiting:
            atom = waiting.pop()
            if atom in self._parts:
                waiting.extend(self._parts[atom])
            else:
                found.add(atom)
        return frozenset(found)

    def admit(self, group: AbstractSet[str]) -> Admitted | None:
        """Return what may be shown of `group` beside everything before; None where nothing may.

        The group as it is where no atom gets smaller than `k` by it. Otherwise the whole atoms in
        it and, from `k` people on, its members who are in none yet; at least 80 % of the group.
        Of two groups that may be shown one holds the other, or they share nobody: else what their
        bands tell together could not be followed (see `nesting`).
        """
        inside, new = self._taken_apart(group)
        if len(group) >= self.k and self._fits(inside, new) and self._nests(inside, len(new)):
            cut = {
                atom if self._is_whole(inside, atom) else self._cut(atom, inside[atom])
                for atom in sorted(inside)
            }
            return self._admitted(cut | self._add(new), whole=True)
        inside = {atom: held for atom, held in inside.items() if self._is_whole(inside, atom)}
        new = new if len(new) >= self.k else set()
        covered = sum(map(len, inside.values())) + len(new)
        if covered < self.k or 100 * covered < SNAPPED_LEAST_PERCENT * len(group):
            return None
        if not self._nests(inside, len(new)):
            return None
        return self._admitted(inside.keys() | self._add(new), whole=False)

    def _admitted(self, atoms: AbstractSet[int], *, whole: bool) -> Admitted:
        """Note which atoms the new group holds."""
        number = len(self._sizes)
        self._sizes.append(sum(len(self._members[atom]) for atom in atoms))
        for atom in atoms:
            self._holding[atom].add(number)
        return Admitted(frozenset(atoms), whole=whole)

    def _nests(self, inside: Mapping[int, AbstractSet[str]], new: int) -> bool:
        """Return whether every group before holds this one, or lies in it, or shares nobody."""
        shared: dict[int, int] = {}
        for atom, people in inside.items():
            for number in self._holding[atom]:
                shared[number] = shared.get(number, 0) + len(people)
        size = new + sum(map(len, inside.values()))
        return all(count in {size, self._sizes[number]} for number, count in shared.items())

    def _taken_apart(self, group: AbstractSet[str]) -> tuple[dict[int, set[str]], set[str]]:
        """Return who of each atom is in the group, and who of it is in none."""
        inside: dict[int, set[str]] = {}
        new = set()
        for person in group:
            atom = self._atom_of.get(person)
            if atom is None:
                new.add(person)
            else:
                inside.setdefault(atom, set()).add(person)
        return inside, new

    def _is_whole(self, inside: Mapping[int, AbstractSet[str]], atom: int) -> bool:
        return len(inside[atom]) == len(self._members[atom])

    def _fits(self, inside: Mapping[int, AbstractSet[str]], new: AbstractSet[str]) -> bool:
        parts = [len(new)]
        for atom, people in inside.items():
            parts += [len(people), len(self._members[atom]) - len(people)]
        return all(part == 0 or part >= self.k for part in parts)

    def _cut(self, atom: int, people: set[str]) -> int:
        """Divide an atom in two; return the number of the part that holds `people`."""
        rest = self._members[atom] - people
        self._members[atom] = set()
        (cut,), (left,) = self._add(people), self._add(rest)
        held = self._holding.pop(atom)
        self._holding[cut], self._holding[left] = held, set(held)
        self._parts[atom] = (cut, left)
        return cut

    def _add(self, people: set[str]) -> set[int]:
        if not people:
            return set()
        atom = len(self._members)
        self._members.append(people)
        self._holding[atom] = set()
        self._atom_of.update(dict.fromkeys(people, atom))
        return {atom}
