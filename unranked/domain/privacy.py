"""The gate: which groups may be shown at all. It reads membership and never figures.

So a refusal tells nothing about what anybody does. Source: method.md 4.4 and 4.5.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

K = 10
"""The fewest people of whom anything is shown (method.md 4.3). It can be raised, never lowered."""

UNRESOLVED_MAX_PERCENT = 10
"""The share of a group's members whose use may not be seen."""


def atoms(groups: Iterable[AbstractSet[str]]) -> list[frozenset[str]]:
    """Return the classes of people with the same membership in all of `groups`.

    Whatever is derived by adding and subtracting figures of the groups covers whole atoms.
    """
    families = list(groups)
    found: dict[tuple[bool, ...], set[str]] = {}
    for person in {one for family in families for one in family}:
        found.setdefault(tuple(person in family for family in families), set()).add(person)
    return [frozenset(atom) for atom in found.values()]


def may_release(
    group: AbstractSet[str],
    released: Iterable[AbstractSet[str]],
    *,
    unresolved: int = 0,
    k: int = K,
) -> bool:
    """Return whether figures of `group` may be shown beside all that was `released`.

    Not for fewer than `k` people, with more than a tenth of them unresolved, or where the group
    would cut out fewer than `k` people of another (the atom rule, 4.5).

    Raises ValueError for a `k` under 10.
    """
    if k < K:
        raise ValueError(f"The least group is {K} people; it can only be raised.")
    if len(group) < k or 100 * unresolved > UNRESOLVED_MAX_PERCENT * len(group):
        return False
    return all(len(atom) >= k for atom in atoms([*released, group]))
