"""What a connector is: one module with `fetch`, `parse` and a `CONNECTOR` that describes them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol

from unranked.config import Option
from unranked.domain.constants import LAG
from unranked.domain.outcomes import OutcomeKind, OutcomeRecord
from unranked.domain.people import normalise_email
from unranked.domain.usage import AccountRecord, UsageRecord, Window


class FeedKind(StrEnum):
    """What a feed is for. Only activity moves the watermark of zero use.

    OUTCOME: work that people finished, with AI or without.
    """

    ACTIVITY = "activity"
    COST = "cost"
    DIRECTORY = "directory"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Feed:
    """One kind of answer, fetched and replaced on its own.

    lag: how long after the end of a day its figures may be missing (L of method.md 2.2).
    reread: days before the watermark that are asked for again, because they may be restated.
    every: how long after a good reading the feed is read again, at the earliest.
    billed: the cost is what the provider charges; else it is the provider's estimate.
    per_person: the cost is known by account; else it is the organisation's only.
    work: what a feed of finished work counts.
    either: feeds of the same group stand in for each other, the first that works being read. A
        refusal (400, 403, 404) means that this customer does not have that one; it is a failure
        only when the whole group is refused.
    """

    name: str
    kind: FeedKind
    lag: timedelta = LAG
    reread: timedelta = timedelta(days=7)
    every: timedelta = timedelta(0)
    billed: bool = False
    per_person: bool = True
    either: str = ""
    work: OutcomeKind | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One answer. All pages of a (feed, window) follow each other; the window is then complete.

    A day that the provider has not got yet has no page: what is stored of it stays, it is asked for
    again, and it is never a zero.

    body: decoded JSON with Decimal for every fraction. A directory's pages have no window.
    """

    feed: str
    body: Any = field(repr=False)
    window: Window | None = None

    @property
    def days(self) -> Window:
        """The window. A directory's page has none: ValueError, a mistake of the connector."""
        if self.window is None:
            raise ValueError(f"A page of {self.feed} answers no window.")
        return self.window


class Api(Protocol):
    """HTTP for one connector: signed, paced, retried and redacted. `api.py` is the real one.

    A path may hold the connector's own settings, as in `/{region}/usage`.
    """

    @property
    def options(self) -> Mapping[str, str]:
        """The connector's own settings, by the names of its `Option`s."""

    def get(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] = ...,
    ) -> Any:  # noqa: ANN401 - decoded JSON is whatever the provider sent
        """Return the decoded answer. A list in `params` is sent as `name[]=a&name[]=b`.

        Raises ProviderError, or its CursorExpiredError for HTTP 410.
        """

    def post(self, path: str, body: Mapping[str, Any], *, beside_version: bool = False) -> Any:  # noqa: ANN401 - the same
        """Return the answer to a question that only fits in a body. It reads and changes nothing.

        beside_version: where the address ends in a version such as /v3, the path stands beside it.
        Raises ProviderError.
        """

    def download(self, link: str) -> Iterator[Any]:
        """Yield the rows of a file at an absolute link that is signed by itself; no key goes along.

        Raises ProviderError; its CursorExpiredError for a link that is refused, so that the window
        is asked for anew.
        """


@dataclass(frozen=True, slots=True)
class Auth:
    """How a key is presented: a header's name and a prefix before the key.

    other_keys: how the provider's keys of another kind begin, and what they are. Only where that is
    sure: such a key is refused before it is sent.
    """

    header: str
    prefix: str = ""
    key_from: str = ""
    other_keys: Mapping[str, str] = field(default_factory=dict, repr=False)


Record = UsageRecord | AccountRecord | OutcomeRecord
Fetch = Callable[[Api, str, Window], Iterator[Page]]
Parse = Callable[[Page], Iterator[Record]]


@dataclass(frozen=True)
class Connector:
    """Everything the product knows about a provider: an AI tool, or a source of finished work.

    auth.key_from: where an operator finds the key, in words.
    history: how far back the provider can be asked.
    forgets: after so long without use, its directory no longer says when somebody was last active.
    pace: the least time between two requests.
    cannot_see, active_means: said to operators and people, in plain words; nothing is active at a
        source of finished work.
    fetch(api, feed, window): yields one feed's pages; window is ignored by directory feeds.
    headers: sent with every request, beside the key.
    options: settings that this connector has beside its key and address.
    counts_tokens: it says how many tokens were used, so that use can be priced without a bill.
    needs: what else must hold for the key to work, said where it is refused.
    """

    slug: str
    title: str
    base_url: str
    auth: Auth
    feeds: tuple[Feed, ...]
    history: timedelta
    pace: timedelta
    cannot_see: tuple[str, ...]
    active_means: str
    fetch: Fetch
    parse: Parse
    check_path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    needs: str = ""
    forgets: timedelta | None = None
    counts_tokens: bool = True

    def feed(self, name: str) -> Feed:
        """Return the feed of that name."""
        return next(feed for feed in self.feeds if feed.name == name)

    @property
    def is_tool(self) -> bool:
        """Whether it is an AI tool. A source of finished work says nothing of anybody's use."""
        return any(feed.kind in {FeedKind.ACTIVITY, FeedKind.COST} for feed in self.feeds)

    @property
    def activity_feeds(self) -> tuple[str, ...]:
        """The names of the feeds that decide whether somebody was active."""
        return tuple(feed.name for feed in self.feeds if feed.kind is FeedKind.ACTIVITY)


def emails(*values: object) -> tuple[str, ...]:
    """Return a provider's e-mail fields as normalised addresses; what is none is left out."""
    found = dict.fromkeys([normalise_email(value) for value in values if isinstance(value, str)])
    found.pop("", None)
    return tuple(found)
