"""A made-up source of finished work, for the small world: who finished how much on which day."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from small_world import World

from unranked.connectors.base import Auth, Connector, Feed, FeedKind, Page, Record
from unranked.domain.outcomes import OutcomeKind, OutcomeRecord
from unranked.domain.usage import AccountKind, AccountRecord, AccountRef, Window
from unranked.errors import ProviderError
from unranked.services.runtime import Connected

SLUG = "forge"


@dataclass
class Source:
    """What a source shows. members: by what they are called there, with their addresses.

    done: how much each of them finished, by day; undone: how much of that was taken back.
    `empty` shows nothing, as to a key without rights.
    asked, windows: what it was asked for, and for which days.
    """

    members: dict[str, tuple[str, ...]] = field(default_factory=dict)
    done: Counter[tuple[date, str]] = field(default_factory=Counter)
    undone: Counter[tuple[date, str]] = field(default_factory=Counter)
    fails_with: ProviderError | None = None
    no_members: bool = False
    empty: bool = False
    asked: list[str] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)

    def member(self, name: str, *emails: str) -> None:
        """Let somebody be a member."""
        self.members[name] = emails or (f"{name}@corp.example",)

    def get(self, path: str, params: Mapping[str, Any] | None = None, **_: object) -> Any:
        """Answer as the source's API would."""
        self.asked.append(path)
        if self.fails_with is not None:
            raise self.fails_with
        if path == "members":
            if self.no_members:
                raise ProviderError("Refused.", hint="Renew it.", retryable=False, status=403)
            return [{"name": name, "emails": emails} for name, emails in self.members.items()]
        window = params["window"] if params else Window(date.min, date.min)
        return [
            {"day": day, "name": name, "done": number, "undone": self.undone[day, name]}
            for (day, name), number in sorted(self.done.items())
            if window.start <= day < window.end and not self.empty
        ]


def add_source(world: World, *, slug: str = SLUG) -> Source:
    """Set a source up in the small world, and return it."""
    source, connector = Source(), replace(_CONNECTOR, slug=slug)

    @contextmanager
    def opened() -> Iterator[Source]:
        yield source

    world.runtime = replace(world.runtime, sources=(Connected(connector, opened),))
    return source


def _fetch(api: Any, feed: str, window: Window) -> Iterator[Page]:
    if feed == "members":
        yield Page(feed, api.get("members"))
        return
    api.windows.append(window)
    for part in window.split(1):
        yield Page(feed, api.get("merged", {"window": part}), part)


def _parse(page: Page) -> Iterator[Record]:
    for row in page.body:
        account = AccountRef(AccountKind.MEMBER, f"forge-id-of-{row['name']}")
        if page.feed == "members":
            yield AccountRecord(account, row["emails"])
        else:
            left = row["done"] - row["undone"]
            yield OutcomeRecord(account, row["day"], OutcomeKind.PR_MERGED, left, row["done"])


_CONNECTOR = Connector(
    slug=SLUG,
    title="Forge",
    base_url="http://127.0.0.1",
    auth=Auth("Authorization", "Bearer ", "the source's console"),
    feeds=(
        Feed("members", FeedKind.DIRECTORY),
        Feed(
            "merged",
            FeedKind.OUTCOME,
            lag=timedelta(days=1),
            reread=timedelta(days=17),
            work=OutcomeKind.PR_MERGED,
        ),
    ),
    history=timedelta(days=60),
    pace=timedelta(0),
    cannot_see=("work on paper",),
    active_means="",
    fetch=_fetch,
    parse=_parse,
    check_path="members",
)
