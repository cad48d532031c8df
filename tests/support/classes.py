"""What groups can be taken apart into: a reckoning of the tests' own, beside that of the gate."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet


def atoms(groups: Iterable[AbstractSet[str]]) -> list[frozenset[str]]:
    """Return the classes of people with the same membership in all of `groups`."""
    families = list(groups)
    found: dict[tuple[bool, ...], set[str]] = {}
    for person in {one for family in families for one in family}:
        found.setdefault(tuple(person in family for family in families), set()).add(person)
    return [frozenset(atom) for atom in found.values()]
