"""What a manager's week brings: one practice, never the same within half a year.

Figures come from `released.py` alone. Nothing here reaches anybody's use.
"""

import hashlib
from collections.abc import Collection, Iterable
from datetime import timedelta

REPEAT_AFTER = timedelta(weeks=26)
"""No practice comes twice within this time."""


def practice_of(
    manager_key: str, start: Iterable[str], later: Iterable[str], recent: Collection[str]
) -> str | None:
    """Return a manager's next practice, none that is among the `recent`; None where none is left.

    start, later: all practices, the first ones to begin with. The order within each is drawn from
    the manager's key alone, so that it stays, and says nothing about a team.
    """
    order = (name for names in (start, later) for name in _drawn(manager_key, names))
    return next((name for name in order if name not in recent), None)


def _drawn(manager_key: str, names: Iterable[str]) -> list[str]:
    """Return the names in the manager's order: by a hash, which a new name leaves as it is."""
    drawn = ((hashlib.sha256(f"{manager_key}|{name}".encode()).digest(), name) for name in names)
    return [name for _, name in sorted(drawn)]
