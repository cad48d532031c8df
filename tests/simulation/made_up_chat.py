"""A chat in this process: it keeps all that it takes, and behaves as badly as a real one.

It takes a message and does not say so, takes one only after a while, or none at all; it asks to
wait, refuses some people and for a while everybody, and loses conversations.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

from accidents import Accidents

from unranked.channels.base import File, Look, Message, Outcome, Part, Posted, Presence, Receipt
from unranked.domain.people import ChatMember

LATEST_ARRIVAL_SECONDS = 40
"""A request that was cut off arrives no later than this: within the time it is left alone."""


class Observer(Protocol):
    """Whoever looks on at what reaches the chat."""

    def sending(self, member: str, key: str) -> None: ...

    def arrived(self, member: str, key: str, at: datetime) -> None: ...


@dataclass
class Attempts:
    """What the chat knows of one key. absent: looks since the last unclear attempt, with times."""

    sends: int = 0
    unclear_at: datetime | None = None
    absent: list[datetime] = field(default_factory=list)
    there: bool = False
    stamp: str = ""


@dataclass
class Weather:
    """How likely each kind of trouble is; a storm is a time of much of it."""

    busy: float = 0.0
    unclear: float = 0.01
    broken: float = 0.0
    blind: float = 0.0

    @classmethod
    def of(cls, name: str) -> "Weather":
        """Return the weather of that name."""
        return {
            "calm": cls(),
            "429": cls(busy=0.5, blind=0.4),
            "5xx": cls(unclear=0.5, blind=0.3),
            "timeouts": cls(unclear=0.6, blind=0.5, busy=0.1),
            "broken": cls(broken=0.9),
        }[name]


@dataclass
class MadeUpChat:
    """The chat. deaf: members who can never be written to; blind: whose messages cannot be read."""

    clock: Callable[[], datetime]
    pass_time: Callable[[float], None]
    accidents: Accidents
    random: Random
    observer: Observer
    name: str = "slack"
    weather: Weather = field(default_factory=Weather)
    deaf: set[str] = field(default_factory=set)
    blind: set[str] = field(default_factory=set)
    keys: dict[str, Attempts] = field(default_factory=lambda: defaultdict(Attempts))
    answers: Counter[str] = field(default_factory=Counter)
    generation: Counter[str] = field(default_factory=Counter)
    _pending: list[tuple[datetime, str, str]] = field(default_factory=list)

    def workspace(self) -> str:
        return "T1"

    def members(self) -> Iterator[ChatMember]:
        return iter(())

    def locale(self, member_id: str) -> str:
        del member_id
        return ""

    def conversation(self, member_id: str) -> Receipt:
        self.accidents.at("in the chat")
        if (trouble := self._trouble(member_id)) is not None:
            return trouble
        return Receipt(Outcome.SENT, conversation=f"{member_id}:{self.generation[member_id]}")

    def send(self, conversation: str, message: Message, *, key: str) -> Receipt:
        del message  # what it says is no matter here
        self.settle()
        member = self._member(conversation)
        self.observer.sending(member, key)
        attempts = self.keys[key]
        attempts.sends += 1
        attempts.unclear_at, attempts.absent = self.clock(), []
        self.accidents.at("before the chat took it", more=3)
        if conversation != f"{member}:{self.generation[member]}":
            return self._surely_not(attempts, Receipt(Outcome.REFUSED, "channel_not_found"))
        if (trouble := self._trouble(member)) is not None:
            if trouble.outcome is not Outcome.UNCLEAR:
                return self._surely_not(attempts, trouble)
            self._perhaps(member, key)
            return trouble
        self._take(member, key, self.clock())
        self.accidents.at("after the chat took it", more=3)
        attempts.unclear_at = None
        self.answers["sent"] += 1
        return Receipt(Outcome.SENT, conversation=conversation, stamp=attempts.stamp)

    def look(self, conversation: str, *, key: str, since: datetime) -> Look:
        del since
        self.accidents.at("in the chat")
        self.settle()
        member, attempts = self._member(conversation), self.keys[key]
        self.answers["looks"] += 1
        if member in self.blind or self.random.random() < self.weather.blind:
            wait = timedelta(seconds=self.random.choice((0, 30, 300)))
            return Look(Presence.UNKNOWN, reason="ratelimited", wait=wait)
        if attempts.there:
            return Look(Presence.THERE, stamp=attempts.stamp)
        attempts.absent.append(self.clock())
        return Look(Presence.ABSENT)

    def send_file(self, conversation: str, file: File, *, words: str) -> Receipt:
        del conversation, file, words
        return Receipt(Outcome.REFUSED, "no_files")

    def posted(self, conversation: str) -> list[Posted] | None:
        del conversation

    def delete(self, conversation: str, message: Posted) -> Receipt:
        del conversation, message
        return Receipt(Outcome.SENT)

    def show_home(self, member_id: str, parts: Sequence[Part]) -> Receipt:
        del member_id, parts
        return Receipt(Outcome.SENT)

    def lose_conversation(self, member: str) -> None:
        """Let the member have another conversation from now on, as after a new installation."""
        self.generation[member] += 1

    def settle(self) -> None:
        """Let come in what is due of the requests that were cut off."""
        now = self.clock()
        for one in [one for one in self._pending if one[0] <= now]:
            self._pending.remove(one)
            self._take(one[1], one[2], one[0])

    def _member(self, conversation: str) -> str:
        return conversation.partition(":")[0]

    def _trouble(self, member: str) -> Receipt | None:
        weather, chance = self.weather, self.random.random()
        if member in self.deaf:
            return Receipt(Outcome.REFUSED, "messages_tab_disabled")
        if chance < weather.busy:
            self.answers["429"] += 1
            wait = timedelta(seconds=self.random.choice((1, 10, 60)))
            return Receipt(Outcome.LATER, "ratelimited", wait=wait)
        if chance < weather.busy + weather.broken:
            self.answers["refuses all"] += 1
            return Receipt(Outcome.BROKEN, "account_inactive", hint="Install the app again.")
        if chance < weather.busy + weather.broken + weather.unclear:
            self.answers["5xx or no answer"] += 1
            if not self.accidents.threads:
                self.pass_time(self.random.uniform(0, 5))
            return Receipt(Outcome.UNCLEAR, "http_error")
        return None

    def _surely_not(self, attempts: Attempts, receipt: Receipt) -> Receipt:
        attempts.unclear_at = None
        return receipt

    def _perhaps(self, member: str, key: str) -> None:
        """Take the message, or only a little later, or not."""
        fate = self.random.random()
        if fate < 0.4:
            self._take(member, key, self.clock())
        elif fate < 0.6:
            late = timedelta(seconds=self.random.uniform(0, LATEST_ARRIVAL_SECONDS))
            self._pending.append((self.clock() + late, member, key))

    def _take(self, member: str, key: str, at: datetime) -> None:
        attempts = self.keys[key]
        self.observer.arrived(member, key, at)
        attempts.there, attempts.stamp = True, f"{at.timestamp():.6f}"
