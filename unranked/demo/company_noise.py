"""What a roster and a provider also hold: bots, guests, leavers, shared keys, service accounts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from unranked.demo.company_people import (
    ANTHROPIC,
    MONDAY_TO_FRIDAY,
    OPENAI,
    Account,
    Person,
    chance,
    random_id,
)
from unranked.demo.company_usage import Habit, Row, Stream, rows_of
from unranked.demo.slack_members import SLACKBOT_ID, Member

PROJECTS = (
    ("proj_sandbox", "Sandbox"),
    ("proj_product", "Product"),
    ("proj_support", "Support"),
)
ARCHIVED_PROJECT = ("proj_pilot", "Pilot (closed)")
_MOST_STRANGE_ROWS = 0.015
_UNLISTED_ROWS = 2.0
"""So many rows a day lead to nobody anyway: those of a service account that no list shows."""


@dataclass(frozen=True, slots=True)
class Key:
    """A provider's API key. owner: an account's or a service account's id.

    The owner of a `shared` key made it, and many use it. `left`: the owner left the project.
    """

    id: str
    name: str
    owner: str
    since: date
    project: str = ""
    by_service: bool = False
    shared: bool = False
    left: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """A provider's service account: an agent, never a person."""

    id: str
    name: str
    since: date
    project: str = ""


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody who left: deactivated in Slack, the account at the provider was forgotten."""

    member: Member
    account: Account
    left: date


@dataclass
class Noise:
    """Everything in the world that is no employee with an address of the roster.

    stranger: the account of an employee without a known seat, under an address that no roster has.
    """

    members: list[Member] = field(default_factory=list)
    leavers: list[Leaver] = field(default_factory=list)
    services: dict[str, list[Service]] = field(default_factory=dict)
    keys: dict[str, list[Key]] = field(default_factory=dict)
    streams: dict[str, list[Stream]] = field(default_factory=dict)
    stranger: Account | None = None


def noise(rng: Random, people: list[Person], *, first: date, today: date) -> Noise:
    """Return the noise that suits a company of these people."""
    made = Noise()
    made.members += _others(rng, len(people))
    made.leavers += (_leaver(rng, n, first, today) for n in range(1 + len(people) // 200))
    made.members += (leaver.member for leaver in made.leavers)
    maker = next(person for person in people if ANTHROPIC in person.seats)
    _claude_agents(rng, made, maker.seats[ANTHROPIC].id, first)
    _gpt_agents(rng, made, first)
    made.stranger = Account(
        random_id(rng, "user_01", 20), "night.owl@mail.example.net", "N. O.", first, "developer"
    )
    return made


def agent_rows(
    rng: Random, habits: Iterable[Habit], *, first: date, today: date
) -> Iterator[tuple[date, Row]]:
    """Yield what keys and service accounts used: on every weekday, and none on a weekend.

    At a weekend so few people work that agents would be most of the rows.
    """
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    weekdays = [day for day in days if day.weekday() in MONDAY_TO_FRIDAY]
    for habit in habits:
        yield from rows_of(rng, habit, weekdays)


def stranger_rows(
    rng: Random, ends: Iterable[tuple[Account, date]], *, first: date
) -> Iterator[tuple[date, Row]]:
    """Yield what accounts of nobody in the roster used at Anthropic, on weekdays before an end."""
    for account, end in ends:
        days = [first + timedelta(days=n) for n in range((end - first).days)]
        weekdays = [day for day in days if day.weekday() in MONDAY_TO_FRIDAY]
        stream = Stream(account.id, "claude_code", "claude-opus-4-5", "standard")
        chosen = sorted(rng.sample(weekdays, len(weekdays) // 2))
        yield from rows_of(rng, Habit.drawn(rng, [stream]), chosen)


def few(
    strange: Iterable[tuple[date, Row]], rows: Iterable[tuple[date, Row]]
) -> Iterator[tuple[date, Row]]:
    """Yield the strange rows, as far as a day's stay under the share that a provider may have.

    A company of a few dozen people has room for none on most days.
    """
    room: dict[date, float] = {}
    for day, _ in rows:
        room[day] = room.get(day, -_UNLISTED_ROWS) + _MOST_STRANGE_ROWS
    for day, row in strange:
        if room.get(day, 0.0) >= 1.0:
            room[day] -= 1.0
            yield day, row


def own_keys(rng: Random, account: Account, others: Noise) -> list[tuple[str, str]]:
    """Return one or two new keys of the account, with their projects; `others` lists them."""
    own = []
    for name in ("laptop", "notebook")[: 1 + chance(rng, 0.3)]:
        project = rng.choice((*PROJECTS, ARCHIVED_PROJECT) if name == "notebook" else PROJECTS)[0]
        key = Key(
            random_id(rng, "key_", 16),
            name,
            account.id,
            account.since,
            project,
            left=chance(rng, 0.03),
        )
        others.keys[OPENAI].append(key)
        own.append((key.id, project))
    return own


def _others(rng: Random, count: int) -> Iterator[Member]:
    yield Member(SLACKBOT_ID, "Slackbot")
    yield Member(random_id(rng, "U0", 9), "Calendar", is_bot=True)
    yield Member(random_id(rng, "U0", 9), "Ticket bot", is_bot=True)
    yield Member(random_id(rng, "U0", 9), "Welcome flow", is_bot=True, is_workflow_bot=True)
    yield Member(random_id(rng, "U0", 9), "Invited", "invited@example.com", is_invited_user=True)
    yield Member(random_id(rng, "U0", 9), "Shared-channel guest", is_stranger=True)
    for n in range(2 + count // 80):
        yield Member(
            random_id(rng, "U0", 9),
            f"Guest {n}",
            f"guest{n}@partner.example.net",
            is_restricted=True,
            is_ultra_restricted=n % 2 == 1,
        )


def _leaver(rng: Random, n: int, first: date, today: date) -> Leaver:
    email = f"former{n}@example.com"
    member = Member(random_id(rng, "U0", 9), f"Former {n}", email, deleted=True)
    left = first + timedelta(days=rng.randrange(7, (today - first).days - 7))
    account = Account(
        random_id(rng, "user_01", 20), email, f"Former {n}", first, "developer", gone=n == 0
    )
    return Leaver(member, account, left)


def _claude_agents(rng: Random, made: Noise, maker: str, first: date) -> None:
    since = first - timedelta(days=90)
    names = ("ci-review", "support-batch", "team-key")
    keys = [Key(random_id(rng, "apikey_01", 20), name, maker, since) for name in names]
    service = Service(random_id(rng, "svac_01", 20), "nightly-agent", since)
    ci, batch, shared = (key.id for key in keys)
    made.keys[ANTHROPIC] = [*keys[:2], Key(shared, names[2], maker, since, shared=True)]
    made.services[ANTHROPIC] = [service]
    opus, haiku = "claude-opus-4-5", "claude-haiku-4-5"
    made.streams[ANTHROPIC] = [
        Stream(ci, "messages_api", haiku, "standard", ci, "wrkspc_ci", tokens=3_000_000),
        Stream(batch, "message_batches_api", haiku, "batch", batch, "", tokens=9_000_000),
        Stream(shared, "messages_api", opus, "standard", shared, "", tokens=600_000),
        Stream(service.id, "managed_agents_api", opus, "standard", tokens=5_000_000),
    ]


def _gpt_agents(rng: Random, made: Noise, first: date) -> None:
    since, project = first - timedelta(days=90), "proj_support"
    triage = Service(random_id(rng, "svc_acct_", 16), "ticket-triage", since, project)
    index = Service(random_id(rng, "svc_acct_", 16), "search-index", since, project)
    keys = [
        Key(random_id(rng, "key_", 16), agent.name, agent.id, since, project, by_service=True)
        for agent in (triage, index)
    ]
    made.services[OPENAI] = [triage, index]
    made.keys[OPENAI] = keys
    made.streams[OPENAI] = [
        Stream("", "completions", "gpt-5-mini", "batch", keys[0].id, project, tokens=8_000_000),
        Stream("", "embeddings", "text-embedding-3-small", "", keys[1].id, project, 1.0, 5_000_000),
    ]
