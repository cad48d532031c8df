"""One play: the world, its bot over HTTP, a Slack client for each role, a clock, and faults."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event, Lock, Thread

import httpx
from babel.dates import format_datetime
from pydantic import SecretStr

from bot.doors import Doors
from unranked.config import Settings
from unranked.demo.answering import question
from unranked.demo.behind import Truth
from unranked.demo.cast import OPTED_OUT, Role, cast, speaks
from unranked.demo.client import Client
from unranked.demo.company_people import Person
from unranked.demo.shown import Cast, Clock, Move, Part, Switch
from unranked.demo.slack_requests import Signed
from unranked.demo.story import Ran, Story
from unranked.demo.switches import SWITCHES
from unranked.demo.world import KEY, World
from unranked.errors import ConfigError
from unranked.services import delivery
from unranked.services.runtime import Progress
from unranked.store import people as store
from unranked.store import vault

_SECRET = "made-up-signing-secret"  # noqa: S105 - opens nothing but the made-up world
_PATIENCE_SECONDS = 10.0
_WHOLE = 100
MOVES = (
    Move("morning", "Next morning"),
    Move("week", "Next week"),
    Move("quarter", "End of quarter"),
)


@dataclass
class _Journey:
    """A move of the clock that is under way in a thread of its own."""

    title: str
    doing: str = ""
    done: int = 0
    problem: str = ""
    thread: Thread | None = None


@dataclass
class Play:
    """Everything that the page shows and does."""

    world: World = field(repr=False)
    story: Story = field(repr=False)
    truth: Truth = field(repr=False)
    roles: Sequence[tuple[str, Sequence[Role]]] = field(repr=False)
    clients: Mapping[str, Client] = field(repr=False)
    _looked_at: dict[str, int] = field(default_factory=dict, repr=False)
    _journey: _Journey | None = None
    _arrived: bool = False
    _ending: Event = field(default_factory=Event, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def first(self) -> str:
        """The role that the page begins with."""
        return next(iter(self.clients))

    @property
    def company(self) -> str:
        """The company in a few words."""
        return f"A made-up company of {len(self.world.company.people):,} people"

    def role(self, who: str) -> Role:
        """Return the role of that slug."""
        return next(role for _, roles in self.roles for role in roles if role.slug == who)

    def about(self, who: str) -> str:
        """Return who one is, in a sentence."""
        person = self.role(who).person
        german = " Your Slack is in German." if speaks(person) == "de" else ""
        return f"You are {person.name}, {person.department}, {person.zone}.{german}"

    def casts(self) -> tuple[Cast, ...]:
        """Return whom one can be, with how many messages of theirs were not looked at yet."""
        return tuple(
            Cast(
                title,
                tuple(Part(one.slug, one.title, one.says, self._unread(one.slug)) for one in roles),
            )
            for title, roles in self.roles
        )

    def look(self, who: str) -> None:
        """Remember that all messages of a role have been looked at."""
        self._looked_at[who] = self._received(who)

    def _unread(self, who: str) -> int:
        return max(0, self._received(who) - self._looked_at.get(who, 0))

    def _received(self, who: str) -> int:
        person = self.role(who).person
        return sum(1 for one in self.world.slack.messages_to(person.id) if "bot_id" in one)

    def clock(self) -> Clock:
        """Return the clock as it stands or moves."""
        now = format_datetime(self.world.time.now, "EEEE d MMMM y, HH:mm 'UTC'", locale="en")
        journey = self._journey
        ended = f"The story ends on {self.story.ends:%d %B %Y}." if self.story.ended else ""
        left = () if ended else self._dated()
        if journey is None:
            return Clock(now, left, ended=ended)
        moving = journey.title if self._moves() else ""
        return Clock(now, left, moving, journey.doing, journey.done, ended, journey.problem)

    def _dated(self) -> tuple[Move, ...]:
        """Return the moves. The last one says its day: near a quarter's end it is of the next."""
        *near, quarter = MOVES
        return *near, replace(quarter, title=f"{quarter.title} ({self.story.targets()[-1]:%-d %b})")

    def move(self, slug: str) -> None:
        """Set the clock going; a move that is under way, or an unknown one, changes nothing."""
        target = dict(zip((one.slug for one in MOVES), self.story.targets(), strict=True)).get(slug)
        with self._lock:
            if target is None or self._moves():
                return
            title = next(one.title for one in MOVES if one.slug == slug)
            journey = _Journey(title)
            journey.thread = Thread(target=self._travel, args=(journey, target), daemon=True)
            self._journey, self._arrived = journey, False
            journey.thread.start()

    def send_what_is_due(self) -> None:
        """Send what somebody has just asked for, unless the clock moves: the story does it then.

        A real installation looks every minute; here no minute goes by.
        """
        with self._lock:
            if not self._moves():
                delivery.run(self.world.runtime)

    def has_arrived(self) -> bool:
        """Return whether a move ended of which nobody was told yet; who asks is told."""
        with self._lock:
            arrived, self._arrived = self._arrived, False
            return arrived

    def switches(self) -> tuple[Switch, ...]:
        """Return the faults, with whether each is on."""
        return tuple(
            Switch(slug, one.title, one.says, one.is_on(self.world))
            for slug, one in SWITCHES.items()
        )

    def switch(self, slug: str, *, on: bool) -> None:
        """Switch a fault on or off; an unknown one changes nothing."""
        if slug in SWITCHES:
            SWITCHES[slug].set(self.world, on)

    def ran(self) -> Sequence[Ran]:
        """Return the jobs that ran, oldest first."""
        return list(self.story.ran)

    def close(self) -> None:
        """Let a move that is under way end at its next step."""
        self._ending.set()
        journey = self._journey
        if journey is not None and journey.thread is not None:
            journey.thread.join()

    def wait(self) -> None:
        """Wait until the clock stands."""
        journey = self._journey
        if journey is not None and journey.thread is not None:
            journey.thread.join()

    def _moves(self) -> bool:
        journey = self._journey
        return journey is not None and journey.thread is not None and journey.thread.is_alive()

    def _travel(self, journey: _Journey, target: datetime) -> None:
        start, length = self.world.time.now, target - self.world.time.now

        def show(what: str, done: int, of: int) -> None:
            del done, of
            journey.doing = what
            journey.done = min(_WHOLE, int(_WHOLE * (self.world.time.now - start) / length))

        try:
            self.story.move(target, show, self._ending.is_set)
        except Exception as error:  # noqa: BLE001 - the page must say it, whatever it is
            journey.problem = f"The clock stopped: {type(error).__name__}."
        finally:
            with self._lock:
                self._arrived = True


@contextmanager
def playing(world: World, story: Story, progress: Progress) -> Iterator[Play]:
    """Give a play of which the first days are over: tips and managers' weeks have gone out."""
    with ExitStack() as stack:
        _refuse_real_people(world)
        story.begin(progress)
        signed = stack.enter_context(bot_of(world))

        def client(person: Person) -> Client:
            return Client(world.slack, signed, person.id, person.zone)

        def got_one(person: Person) -> bool:
            return any(not question(one) for one in world.slack.messages_to(person.id))

        roles = cast(world.company, got_one)
        clients = {one.slug: client(one.person) for _, group in roles for one in group}
        story.leave_to_the_player(one.person.id for _, group in roles for one in group)
        if OPTED_OUT in clients:
            clients[OPTED_OUT].say("stop")
        play = Play(world, story, Truth.of(world.company), roles, clients)
        stack.callback(play.close)
        yield play


def _refuse_real_people(world: World) -> None:
    """Raise ConfigError for a store in which anybody but the made-up company's people stands."""
    company = world.company
    made_up = {member.id for member in company.members}
    made_up |= {person.id for person in company.everybody}
    with world.runtime.store.read() as tx:
        known = set(vault.values(tx, vault.SLACK, vault.MEMBER).values())
        people = len(store.keys(tx))
    if people > len(known) or known - made_up:
        raise ConfigError(
            "This store holds people who are not made up.",
            hint="The demo makes a store of its own; never give it another one.",
        )


@contextmanager
def bot_of(world: World) -> Iterator[Signed]:
    """Give the door of the real bot, which listens over HTTP and speaks to the made-up Slack."""
    # Made without reading the environment: a real token there must not lead to a real Slack.
    settings = Settings.model_construct(
        slack_bot_token=SecretStr(KEY),
        slack_signing_secret=SecretStr(_SECRET),
        slack_api_url=world.slack.url,
        http_port=0,
    )
    doors = Doors(settings, world.runtime)
    port = doors.open()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=_PATIENCE_SECONDS) as http:
            yield Signed(http, _SECRET)
    finally:
        doors.close()
