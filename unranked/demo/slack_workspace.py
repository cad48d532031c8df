"""The made-up workspace: who is in it, and which messages and Home views each person has."""

import copy
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from unranked.demo.fake_provider import Now
from unranked.demo.slack_members import TEAM_ID, Member

APP_ID, BOT_ID, BOT_USER_ID = "A0MADEUP01", "B0MADEUP01", "U0MADEUPBOT"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that was accepted: in which DM, and everything but its time."""

    channel: str
    fields: Mapping[str, Any] = field(repr=False)


@dataclass(slots=True)
class Upload:
    """A file: how long it was said to be, the bytes that came, and what became of it."""

    name: str
    length: int
    content: bytes | None = field(default=None, repr=False)
    completed: bool = False
    deleted: bool = False


class Workspace:
    """All state, behind one lock. `ts` follows `now()` and never repeats."""

    def __init__(self, members: Iterable[Member], now: Now) -> None:
        self.now = now
        self.members = {member.id: member for member in members}
        self.order = list(self.members.values())
        self.homes: dict[str, Mapping[str, Any]] = {}
        self.groups: dict[str, frozenset[str]] = {}
        self.modals: dict[str, list[Mapping[str, Any]]] = {}
        self.triggers: dict[str, tuple[datetime | None, str]] = {}
        self.uploads: dict[str, Upload] = {}
        self.root = ""  # where it is served; the addresses for uploads begin with it
        self.lock = threading.RLock()
        self.socket_address: Callable[[], str] = str  # nobody has a token for it yet
        self._messages: dict[str, list[Message]] = {}
        self._held: dict[str, list[Draft]] = {}
        self._timers: set[threading.Timer] = set()
        self._last = 0

    def add(self, member: Member) -> None:
        """Let somebody join, or change: a member of the same id is replaced."""
        with self.lock:
            self.members[member.id] = member
            self.order = list(self.members.values())

    def member(self, person_id: str) -> Member | None:
        """Return who has this id, if anybody."""
        return self.members.get(person_id)

    def dm_of(self, person_id: str) -> str:
        """Return the id of the app's DM with a person; it is open from now on."""
        channel = f"D{person_id[1:]}"
        with self.lock:
            self._messages.setdefault(channel, [])
        return channel

    def opened(self, channel: str) -> str:
        """Return the id of a conversation, in which something can be posted from now on."""
        if channel:
            with self.lock:
                self._messages.setdefault(channel, [])
        return channel

    def is_open(self, channel: str) -> bool:
        """Say whether there is such a DM."""
        with self.lock:
            return channel in self._messages

    def person_in(self, channel: str) -> str:
        """Return the person of a DM."""
        return f"U{channel[1:]}" if f"U{channel[1:]}" in self.members else f"W{channel[1:]}"

    def commit(self, draft: Draft) -> Message:
        """Put a message into its DM; return it."""
        with self.lock:
            message = {
                "type": "message",
                "user": BOT_USER_ID,
                "bot_id": BOT_ID,
                "app_id": APP_ID,
                "team": TEAM_ID,
                **draft.fields,
                "ts": self.moment(),
            }
            self._messages[draft.channel].append(message)
            return dict(message)

    def written(self, person_id: str, text: str) -> Message:
        """Put what a person wrote into their DM with the app; return it."""
        with self.lock:
            own = {"type": "message", "user": person_id, "team": TEAM_ID, "text": text}
            message = {**own, "ts": self.moment()}
            self._messages[self.dm_of(person_id)].append(message)
            return dict(message)

    def commit_later(self, draft: Draft, seconds: float) -> None:
        """Put a message into its DM after real seconds have passed."""

        def commit() -> None:
            with self.lock:
                self.commit(draft)
                self._timers.discard(timer)

        timer = threading.Timer(seconds, commit)
        timer.daemon = True
        with self.lock:
            self._timers.add(timer)
        timer.start()

    def hold(self, draft: Draft) -> None:
        """Keep a message back until its DM has been read once."""
        with self.lock:
            self._held.setdefault(draft.channel, []).append(draft)

    def read(self, channel: str) -> list[Message]:
        """Return a DM's messages, newest first; what was held back comes in right after that."""
        with self.lock:
            shown = copy.deepcopy(self._messages[channel][::-1])
            for draft in self._held.pop(channel, []):
                self.commit(draft)
            return shown

    def change(self, channel: str, ts: str, fields: Mapping[str, Any]) -> Message | None:
        """Change a message; return it, or None when it is not there."""
        with self.lock:
            for message in self._messages.get(channel, []):
                if message["ts"] == ts:
                    message.update(fields)
                    if not message.get("metadata"):
                        message.pop("metadata", None)
                    return dict(message)
        return None

    def remove(self, channel: str, ts: str) -> bool:
        """Take a message away; say whether it was there."""
        with self.lock:
            messages = self._messages.get(channel, [])
            kept = [message for message in messages if message["ts"] != ts]
            found = len(kept) < len(messages)
            messages[:] = kept
            return found

    def messages_to(self, person_id: str) -> list[Message]:
        """Return what a person has in the DM, oldest first."""
        return self.messages_in(f"D{person_id[1:]}")

    def messages_in(self, channel: str) -> list[Message]:
        """Return what stands in a conversation, oldest first."""
        with self.lock:
            return copy.deepcopy(self._messages.get(channel, []))

    def messages(self) -> list[Message]:
        """Return every message of every DM."""
        with self.lock:
            return [message for own in self._messages.values() for message in own]

    def waiting(self) -> int:
        """Return how many accepted messages are still to come in, by a timer or by a read."""
        with self.lock:
            return len(self._timers) + sum(map(len, self._held.values()))

    def settled(self, timeout_seconds: float) -> bool:
        """Wait for the timers; say whether all have run. Messages that wait for a read stay."""
        until = time.monotonic() + timeout_seconds
        while time.monotonic() < until:
            with self.lock:
                timers: Sequence[threading.Timer] = list(self._timers)
            if not timers:
                return True
            timers[0].join(max(0.0, until - time.monotonic()))
        return not self._timers

    def close(self) -> None:
        """Stop the timers; their messages never come."""
        with self.lock:
            for timer in self._timers:
                timer.cancel()
            self._timers.clear()

    def moment(self) -> str:
        """Return a `ts` of now, later than every one before it."""
        with self.lock:
            micros = (self.now() - _EPOCH) // timedelta(microseconds=1)
            self._last = max(micros, self._last + 1)
            return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"
