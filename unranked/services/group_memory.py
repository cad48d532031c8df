"""Who is in a group of the chat: asked now and then, and remembered by one process in between."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

FRESH = timedelta(minutes=10)
"""So long nobody asks again: who left the group may write campaigns until then."""

KEPT = timedelta(hours=12)
"""So long an old answer holds while the chat gives no new one; then nobody is in the group."""

NOBODY: frozenset[str] = frozenset()


class Groups:
    """The members of groups, by the chat's id of each."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[str, tuple[datetime, frozenset[str]]] = {}
        self._asked: dict[str, datetime] = {}

    def members(
        self, group_id: str, ask: Callable[[str], frozenset[str] | None], now: datetime
    ) -> frozenset[str]:
        """Return who is in the group; nobody where the chat does not say it for long.

        ask: returns None where the chat does not say it now.
        """
        with self._lock:
            asked, known = self._asked.get(group_id), self._known.get(group_id)
            if asked is None or not timedelta() <= now - asked < FRESH:
                self._asked[group_id] = now
                if (found := ask(group_id)) is not None:
                    known = self._known[group_id] = (now, found)
            return known[1] if known is not None and now - known[0] < KEPT else NOBODY
