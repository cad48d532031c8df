"""A small company in which a test says what everybody does: a made-up Slack over HTTP, two tools.

Only what is outside the company is made up: Slack's Web API, and the tools' admin APIs.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from begun import once

from unranked.channels.slack import Slack
from unranked.connectors.base import Auth, Connector, Feed, FeedKind, Page
from unranked.demo.fake_slack import FakeSlack
from unranked.demo.slack_members import Member
from unranked.domain.runtime import Ids
from unranked.domain.usage import (
    AccountKind,
    AccountRecord,
    AccountRef,
    Money,
    Tokens,
    UsageRecord,
    Window,
)
from unranked.errors import ProviderError
from unranked.services import delivery, nudges, roster, segments, sync
from unranked.services.runtime import Connected, Runtime, Sending
from unranked.store import Store, vault

TOKEN = "xoxb-made-up"
MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
FIRST_DAY = date(2026, 1, 1)


@dataclass
class Tool:
    """A made-up provider: who has a seat since when, and who did what on which day."""

    slug: str
    seats: dict[str, date] = field(default_factory=dict)
    rows: dict[tuple[date, str], dict[str, Any]] = field(default_factory=dict)
    fails_with: ProviderError | None = None
    empty: bool = False
    no_members: bool = False
    calls: int = 0

    def use(self, email: str, *days: date, output: int = 100, cost: str = "0.50") -> None:
        """Let somebody use the tool on these days."""
        for day in days:
            self.rows[day, email] = {"output": output, "cost": cost, "model": "claude-opus-4-5"}

    def get(self, path: str, params: Mapping[str, Any] | None = None, **_: object) -> Any:
        """Answer as the tool's admin API would."""
        self.calls += 1
        if self.fails_with is not None:
            raise self.fails_with
        if path == "members" and self.no_members:
            raise ProviderError("Refused.", hint="Renew it.", retryable=False, status=403)
        if path == "members":
            return [{"email": email, "since": since} for email, since in self.seats.items()]
        window = params["window"] if params else Window(date.min, date.min)
        return [
            {"day": day, "email": email, **row}
            for (day, email), row in sorted(self.rows.items())
            if window.start <= day < window.end and not self.empty
        ]


@dataclass
class World:
    """The company. `at` moves the clock; `run` does what the jobs do."""

    runtime: Runtime
    slack: FakeSlack
    tools: dict[str, Tool]
    now: datetime = MONDAY

    def person(self, name: str, *, zone: str = "Europe/Berlin", seats: str = "acme", **more: Any):
        """Add somebody, with seats since long ago; return their Slack id."""
        member = Member(f"U{name.upper()}", name.title(), f"{name}@corp.example", zone, **more)
        self.slack.join(member)
        for slug in seats.split():
            self.tools[slug].seats[member.email] = FIRST_DAY
        return member.id

    def remembers(self, days: int) -> None:
        """Let the tools tell of so many days before they are first read, and not of sixty."""
        self.runtime = replace(
            self.runtime,
            connectors=tuple(
                replace(one, connector=replace(one.connector, history=timedelta(days=days)))
                for one in self.runtime.connectors
            ),
        )

    def at(self, moment: str) -> None:
        """Move the clock to an ISO time."""
        self.now = datetime.fromisoformat(moment)

    def learn(self, *, days: int = 2) -> None:
        """Read everything on this day and on the days before it, as the jobs would have."""
        end = self.now
        for back in range(days - 1, -1, -1):
            self.now = end - timedelta(days=back)
            roster.refresh(self.runtime)
            sync.run(self.runtime)
        segments.refresh(self.runtime)

    def begin(self, *, days: int = 2) -> None:
        """Do the same for the first time; an equal company of before has done it for this one."""
        once(self, days, lambda: self.learn(days=days), _new_file())

    def plan(self) -> nudges.NudgeRun:
        """Plan nudges."""
        return nudges.plan(self.runtime)

    def deliver(self) -> delivery.DeliveryRun:
        """Send what is due."""
        return delivery.run(self.runtime)

    def key(self, member_id: str) -> str:
        """Return the person key behind a Slack id."""
        with self.runtime.store.read() as tx:
            found = vault.subject(tx, vault.SLACK, vault.MEMBER, member_id)
        assert found is not None
        return found

    def got(self, member_id: str) -> list[str]:
        """Return the first lines of the messages that somebody has."""
        return [message["text"].split("\n")[0] for message in self.slack.messages_to(member_id)]


@contextmanager
def small_world(url: str) -> Iterator[World]:
    """Give the company with nobody in it yet, and an empty store."""
    tools = {slug: Tool(slug) for slug in ("acme", "beta")}
    holder: list[World] = []

    def clock() -> datetime:
        return holder[0].now

    def sleep(seconds: float) -> None:
        holder[0].now += timedelta(seconds=seconds)

    store = migrated(url)
    try:
        with FakeSlack((), clock, TOKEN) as slack:
            runtime = Runtime(
                store=store,
                connectors=tuple(_connected(tool) for tool in tools.values()),
                channel=Slack(TOKEN, api_url=slack.url, timeout_seconds=2, sleeper=sleep),
                clock=clock,
                sleeper=sleep,
                ids=Ids(Random(7).randbytes),
                sending=Sending(timeout=timedelta(seconds=2)),
                help_contact="#ai-help",
            )
            holder.append(World(runtime, slack, tools))
            yield holder[0]
    finally:
        store.close()


def migrated(url: str) -> Store:
    """Return the store at the program's revision; a new file is a copy of one that was migrated."""
    path = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite") and not path.exists():
        path.write_bytes(_new_file())
    store = Store.open(url)
    store.migrate()
    return store


@cache
def _new_file() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "new.db"
        with closing(Store.open(f"sqlite:///{path}")) as store:
            store.migrate()
        return path.read_bytes()


def _connected(tool: Tool) -> Connected:
    @contextmanager
    def opened() -> Iterator[Tool]:
        yield tool

    return Connected(connector(tool.slug), opened)


def connector(slug: str) -> Connector:
    """Return a made-up tool's connector."""

    def fetch(api: Any, feed: str, window: Window) -> Iterator[Page]:
        if feed == "members":
            yield Page(feed, api.get("members"))
            return
        for part in window.split(31):
            yield Page(feed, api.get("usage", {"window": part}), part)

    return Connector(
        slug=slug,
        title=slug.title(),
        base_url="http://127.0.0.1",
        auth=Auth("Authorization", "Bearer ", "the tool's console"),
        feeds=(
            Feed("members", FeedKind.DIRECTORY),
            Feed("usage", FeedKind.ACTIVITY, lag=timedelta(days=1)),
            Feed("cost", FeedKind.COST, lag=timedelta(days=1), billed=True),
        ),
        history=timedelta(days=60),
        pace=timedelta(0),
        cannot_see=("use with a private account",),
        active_means="a request",
        fetch=fetch,
        parse=_parse,
        check_path="members",
    )


def _parse(page: Page) -> Iterator[UsageRecord | AccountRecord]:
    for row in page.body:
        account = AccountRef(AccountKind.MEMBER, f"acc:{row['email']}")
        if page.feed == "members":
            yield AccountRecord(account, (row["email"],), row["since"], seat=True)
        elif page.feed == "cost":
            money = Money(Decimal(row["cost"]))
            yield UsageRecord(page.feed, row["day"], account, model=row["model"], cost=money)
        else:
            yield UsageRecord(
                page.feed,
                row["day"],
                account,
                product="chat",
                model=row["model"],
                requests=1,
                tokens=Tokens(n_out=row["output"]),
            )
