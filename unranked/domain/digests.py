"""What a manager's week brings: one practice, never the same within half a year.

Figures come from `released.py` alone. Nothing here reaches anybody's use.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

REPEAT_AFTER = timedelta(weeks=26)
"""No practice comes twice within this time."""

_FIRST_MONDAY = date(1970, 1, 5)


def practice_of(week: date, names: Sequence[str], recent: Collection[str]) -> str | None:
    """Return the week's practice: one for all managers, but none that is among the `recent`.

    names: all practices, in an order that stays. None when every one of them is recent.
    """
    weeks = (week - _FIRST_MONDAY).days // 7
    turn = [names[(weeks + n) % len(names)] for n in range(len(names))]
    return next((name for name in turn if name not in recent), None)
