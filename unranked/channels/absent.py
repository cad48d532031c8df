"""A chat without a token: nobody is reached, and every attempt says so. For local commands."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from unranked.channels.base import File, Look, Message, Outcome, Part, Posted, Presence, Receipt
from unranked.domain.people import ChatMember
from unranked.errors import RosterError

REASON = "no_token"


class Absent:
    """The chat of that name, which is not spoken to."""

    def __init__(self, name: str, *, hint: str) -> None:
        self.name = name
        self._refused = Receipt(Outcome.BROKEN, REASON, hint=hint)

    def workspace(self) -> str:
        """Raise RosterError: nobody is asked."""
        raise self._unreadable()

    def members(self) -> Iterator[ChatMember]:
        """Raise RosterError: nobody is asked."""
        raise self._unreadable()

    def locale(self, member_id: str) -> str:
        """Return nothing: nobody is asked."""
        del member_id
        return ""

    def group(self, group_id: str) -> frozenset[str] | None:
        """Return that nobody says it."""
        del group_id
        return None

    def conversation(self, member_id: str) -> Receipt:
        """Return that it was not opened."""
        del member_id
        return self._refused

    def send(self, conversation: str, message: Message, *, key: str) -> Receipt:
        """Return that it was not sent."""
        del conversation, message, key
        return self._refused

    def look(self, conversation: str, *, key: str, since: datetime) -> Look:
        """Return that nobody knows."""
        del conversation, key, since
        return Look(Presence.UNKNOWN, reason=REASON)

    def send_file(self, conversation: str, file: File, *, words: str) -> Receipt:
        """Return that it was not sent."""
        del conversation, file, words
        return self._refused

    def posted(self, conversation: str) -> list[Posted] | None:
        """Return None: it cannot be read."""
        del conversation
        return None

    def delete(self, conversation: str, message: Posted) -> Receipt:
        """Return that it is not gone."""
        del conversation, message
        return self._refused

    def show_home(self, member_id: str, parts: Sequence[Part]) -> Receipt:
        """Return that it was not shown."""
        del member_id, parts
        return self._refused

    def _unreadable(self) -> RosterError:
        return RosterError("The chat cannot be read.", hint=self._refused.hint)
