"""What bands of groups within groups tell together, and which band of each may still be said.

Of 25 people at least 20 were active, of the 13 of them in one team at most 8: then all 12 others
were. No band by itself says so. What may be said is decided from bands that are out already and
from sizes: whoever knows the rule learns no more from it than it says (method.md 4.2 and 4.5).
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

JOINED = "+"
"""Stands between the names of bands that are said as one: it is one of them."""

Scale = Callable[[int, int], str]
"""Returns the band of a count among so many people; it never falls as the count grows."""


@dataclass(frozen=True, slots=True)
class Said:
    """A band, and the fewest and the most people for whom it is said."""

    band: str
    least: int
    most: int


@dataclass(slots=True)
class _Group:
    """A group in the nest. least, most: of its count, by what was said of its parts."""

    people: int
    parts: list[str]
    least: int
    most: int
    around: str | None = None
    said: Said | None = None

    @property
    def ends(self) -> tuple[int, int]:
        """The fewest and the most, by what was said of its parts and of itself."""
        if self.said is None:
            return self.least, self.most
        return max(self.least, self.said.least), min(self.most, self.said.most)


@dataclass(slots=True)
class Nest:
    """Groups of which one holds the other, or that share nobody, with what was said of each.

    atoms_of: the classes of people that each is made of. sizes: people of each class.
    """

    atoms_of: Mapping[str, Collection[int]]
    sizes: Mapping[int, int]
    _groups: dict[str, _Group] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        people = {
            name: sum(self.sizes[atom] for atom in atoms) for name, atoms in self.atoms_of.items()
        }
        # From the narrowest to the widest: the last one that held an atom lies in the next one.
        last: dict[int, str] = {}
        for name in sorted(people, key=lambda one: (people[one], one)):
            parts = sorted({last[atom] for atom in self.atoms_of[name] if atom in last})
            self._groups[name] = _Group(people[name], parts, 0, people[name])
            for part in parts:
                self._groups[part].around = name
            last |= dict.fromkeys(self.atoms_of[name], name)

    def families(self) -> list[list[str]]:
        """Return the groups in families: those of two families share nobody."""
        found: dict[str, list[str]] = {}
        for name in self._groups:
            *_, outermost = name, *self._around(name)
            found.setdefault(outermost, []).append(name)
        return list(found.values())

    def __contains__(self, name: str) -> bool:
        """Return whether the group is known here."""
        return name in self._groups

    def __iter__(self) -> Iterator[str]:
        """Yield the groups, those with the fewest people first."""
        return iter(self._groups)

    def was_said(self, name: str, said: Said) -> None:
        """Take note of what was said of a group."""
        group = self._groups[name]
        (low, high), group.said = group.ends, said
        for around in map(self._groups.__getitem__, self._around(name)):
            (lower, higher), (outer_low, outer_high) = group.ends, around.ends
            around.least += lower - low
            around.most += higher - high
            group, low, high = around, outer_low, outer_high

    def say(self, name: str, count: int, scale: Scale) -> Said | None:
        """Return what may be said of a group's count, and take note of it; None if nothing may.

        Its band; or that it is this one or the one beside it, where one of them alone would tell
        too much of the others in a group around it: that nearly all were, or hardly anybody.
        Which bands are joined is decided before the count is looked at.
        """
        bands = self._possible(name, scale)
        least, most = self._free(name, scale)
        if most - least <= 1:
            return None
        first, last = _place(bands, least + 1), _place(bands, most - 1)
        if first == last:
            return None
        place = min(max(_place(bands, count), first), last)
        joined = bands[0 if place == first else place : len(bands) if place == last else place + 1]
        said = Said(JOINED.join(one.band for one in joined), joined[0].least, joined[-1].most)
        self.was_said(name, said)
        return said

    def _possible(self, name: str, scale: Scale) -> list[Said]:
        """Return the bands that a count may lie in, by what was said of its parts."""
        group = self._groups[name]
        every = _bands(group.people, scale)
        return [one for one in every if one.most >= group.least and one.least <= group.most]

    def _free(self, name: str, scale: Scale) -> tuple[int, int]:
        """Return two ends: a band must hold a count above the one, and one below the other.

        Else the count would be certain to be one of its ends; or of the others in a group around it
        more would be known than their own lowest, or highest, band says.
        """
        group = self._groups[name]
        least, most = group.least, group.most
        for around in map(self._groups.__getitem__, self._around(name)):
            if around.said is not None:
                (low, high), others = around.ends, _Others.of(group, around)
                least = max(least, low - others.most + others.inactive(low - group.most, scale) - 1)
                most = min(most, high - others.least - others.active(high - group.least, scale) + 1)
        return least, most

    def _around(self, name: str) -> Iterator[str]:
        around = self._groups[name].around
        while around is not None:
            yield around
            around = self._groups[around].around


@dataclass(frozen=True, slots=True)
class _Others:
    """Those of a group who are not in one within it. least, most: by what was said of its parts."""

    people: int
    least: int
    most: int

    @classmethod
    def of(cls, group: _Group, around: _Group) -> "_Others":
        return cls(
            around.people - group.people, around.least - group.least, around.most - group.most
        )

    def active(self, high: int, scale: Scale) -> int:
        """Return how many more than the fewest must stay possible. high: as many at the most.

        As many as their own lowest band leaves open, or the group around them as long as nothing is
        said of the group within it.
        """
        open_ = _bands(self.people, scale)[0].most
        return max(1, min(open_, min(self.most, high) - self.least))

    def inactive(self, low: int, scale: Scale) -> int:
        """Return how many fewer than the most must stay possible. low: as many at the least."""
        open_ = self.people - _bands(self.people, scale)[-1].least
        return max(1, min(open_, self.most - max(self.least, low)))


def _bands(people: int, scale: Scale) -> list[Said]:
    """Return the bands of a group with the counts that each stands for, the lowest first."""
    found, least = [], 0
    while least <= people:
        band, counts = scale(least, people), range(least, people + 1)
        after = least + bisect_left(counts, 1, key=lambda n: int(scale(n, people) != band))
        found.append(Said(band, least, after - 1))
        least = after
    return found


def _place(bands: Sequence[Said], count: int) -> int:
    return next(at for at, one in enumerate(bands) if one.least <= count <= one.most)
