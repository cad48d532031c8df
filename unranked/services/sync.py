"""One connector's new figures in: fetched whole, then stored at once, never by halves.

A feed's pages are kept in a file until a window of days is complete. Only then are the days
replaced, in one transaction. What fails before leaves everything as it was.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from unranked.connectors.base import Api, Connector, Feed, FeedKind, Record
from unranked.domain.coverage import window_to_fetch
from unranked.domain.retention import daily_since
from unranked.domain.usage import AccountRecord, Window
from unranked.errors import CursorExpiredError, ProviderError
from unranked.services import coverage as completeness
from unranked.services.accounts import Accounts
from unranked.services.roster import settle_ties
from unranked.services.rows import finished, keyed
from unranked.services.runtime import Connected, Runtime
from unranked.services.spool import Spool
from unranked.store import Tx, coverage, outcomes, people, usage
from unranked.store.coverage import FeedState

_RESTARTS = 2
_REFUSED = {400, 403, 404, 422}


@dataclass(frozen=True, slots=True)
class FeedRun:
    """How one feed went. rows: stored now. restated: days whose figures changed."""

    connector: str
    feed: str
    rows: int = 0
    restated: int = 0
    offered: bool = True
    error: str = ""
    hint: str = ""


def run(runtime: Runtime, *, kinds: frozenset[FeedKind] = frozenset(FeedKind)) -> list[FeedRun]:
    """Bring in the feeds of these kinds that are due. One that fails does not stop the others."""
    runs: list[FeedRun] = []
    for connected in runtime.providers:
        feeds = _due(runtime, connected.connector, kinds)
        try:
            with connected.open() as api:
                runs.extend(_run_connector(runtime, connected, api, feeds))
        except ProviderError as error:  # the connection itself could not be made
            runs.extend(
                _note(runtime, FeedRun(connected.connector.slug, feed.name), error)
                for feed in feeds
            )
    with runtime.store.write() as tx:
        settle_ties(tx)
        for connected in runtime.providers:
            completeness.settle(tx, connected.connector, holidays=runtime.holidays)
    return runs


def _due(runtime: Runtime, connector: Connector, kinds: frozenset[FeedKind]) -> list[Feed]:
    """Return the feeds to read now, the directory first: it says what usage speaks of."""
    with runtime.store.read() as tx:
        states = coverage.states(tx)
    due: list[Feed] = []
    others = kinds - {FeedKind.DIRECTORY}
    if others and not any(feed.kind in others for feed in connector.feeds):
        return due  # a list of members is read for the sake of what else is read there
    for feed in connector.feeds:
        group = [f for f in connector.feeds if f is feed or (f.either and f.either == feed.either)]
        fresh = any(
            _is_fresh(states.get((connector.slug, f.name)), f, runtime.clock()) for f in group
        )
        if feed.kind in kinds and not fresh:
            due.append(feed)
    return sorted(due, key=lambda feed: feed.kind is not FeedKind.DIRECTORY)


def _is_fresh(state: FeedState | None, feed: Feed, now: datetime) -> bool:
    if state is None or state.error or state.succeeded_at is None:
        return False
    # A reading in the future is of a clock that was wrong: it says nothing about now.
    return state.succeeded_at <= now < state.succeeded_at + feed.every


def _run_connector(
    runtime: Runtime, connected: Connected, api: Api, feeds: list[Feed]
) -> Iterator[FeedRun]:
    connector = connected.connector
    ended: dict[str, ProviderError | None] = {}
    runs: dict[str, FeedRun] = {}
    read = completeness.Read()
    for number, feed in enumerate(feeds):
        if feed.kind is FeedKind.OUTCOME and not _is_listed(runtime, connector, ended):
            continue
        runtime.progress(f"{connector.title}: {feed.name}", number, len(feeds))
        try:
            if _has_a_stand_in(connector, feed, ended):
                runs[feed.name] = FeedRun(connector.slug, feed.name, offered=False)
            else:
                runs[feed.name] = _Transfer(runtime, connector, api, feed, read).run()
            ended[feed.name] = None
        except ProviderError as error:
            ended[feed.name] = error
            runs[feed.name] = FeedRun(connector.slug, feed.name)
        except Exception as odd:  # noqa: BLE001 - one provider's answer must not end the others'
            ended[feed.name] = _unusable(connector, odd)
            runs[feed.name] = FeedRun(connector.slug, feed.name)
    runtime.progress(connector.title, len(feeds), len(feeds))
    for feed in (feed for feed in feeds if feed.name in ended):
        failure = ended[feed.name]
        if failure is not None and _stood_in_for(connector, feed, ended, failure):
            yield _note(runtime, replace(runs[feed.name], offered=False), None)
        else:
            yield _note(runtime, runs[feed.name], failure)


def _is_listed(
    runtime: Runtime, connector: Connector, ended: Mapping[str, ProviderError | None]
) -> bool:
    """Return whether all lists of members are read. Finished work waits for them.

    What is nobody's is not kept: without a list everybody's work would be lost, and a zero.
    """
    with runtime.store.read() as tx:
        states = coverage.states(tx)
    lists = [feed for feed in connector.feeds if feed.kind is FeedKind.DIRECTORY]
    before = {feed.name: states.get((connector.slug, feed.name)) for feed in lists}
    return all(
        ended[name] is None
        if name in ended
        else state is not None and state.succeeded_at is not None and not state.error
        for name, state in before.items()
    )


def _stood_in_for(
    connector: Connector,
    feed: Feed,
    ended: Mapping[str, ProviderError | None],
    error: ProviderError,
) -> bool:
    """Return whether a refused feed is simply not this customer's: another of its group works."""
    return error.status in _REFUSED and _has_a_stand_in(connector, feed, ended)


def _has_a_stand_in(
    connector: Connector, feed: Feed, ended: Mapping[str, ProviderError | None]
) -> bool:
    """Return whether another feed of the same group was read well."""
    group = {f.name for f in connector.feeds if f.either and f.either == feed.either}
    return any(ended[name] is None for name in (group & ended.keys()) - {feed.name})


def _note(runtime: Runtime, run: FeedRun, error: ProviderError | None) -> FeedRun:
    message, hint = (error.message, error.hint) if error else ("", "")
    with runtime.store.write() as tx:
        coverage.ended(
            tx,
            run.connector,
            run.feed,
            now=runtime.clock(),
            offered=run.offered,
            error=message,
            hint=hint,
        )
    return replace(run, error=message, hint=hint)


class _Transfer:
    """One feed of one connector, from the provider into the store."""

    def __init__(
        self,
        runtime: Runtime,
        connector: Connector,
        api: Api,
        feed: Feed,
        read: completeness.Read,
    ) -> None:
        self._runtime, self._connector = runtime, connector
        self._api, self._feed, self._read = api, feed, read
        self._rows = self._restated = 0
        self._seen_any = False
        self._empty: list[Window] = []
        self._known_accounts: Accounts | None = None

    def run(self) -> FeedRun:
        """Fetch and store. Raises ProviderError; what was complete before it stays stored."""
        try:
            if self._feed.kind is FeedKind.DIRECTORY:
                self._directory()
            else:
                self._days()
        finally:
            self._read.forget(self._feed)
        return FeedRun(self._connector.slug, self._feed.name, self._rows, self._restated)

    def _directory(self) -> None:
        for window, spool in self._windows(Window(date.min, date.min)):
            del window
            with closing(spool), self._runtime.store.write() as tx:
                held = people.held_seats(tx, self._connector.slug)
                records = (r for r in self._records(spool) if isinstance(r, AccountRecord))
                self._rows, seats = self._accounts(tx).listing(tx, records)
                if 2 * seats < held:
                    raise _too_few(self._connector)

    def _days(self) -> None:
        with self._runtime.store.read() as tx:
            known = completeness.for_fetching(
                tx,
                self._connector,
                self._feed,
                read=self._read,
                holidays=self._runtime.holidays,
            )
        window = window_to_fetch(
            known,
            now=self._runtime.clock(),
            lag=self._feed.lag,
            reread=self._feed.reread,
            history=self._connector.history,
            holidays=self._runtime.holidays,
            quiet=self._tells_of_work,
        )
        for part, spool in self._windows(window):
            with closing(spool):
                self._store(part, spool)
        if not self._seen_any and any(map(self._stored_rows, self._empty)):
            raise _nothing_more(self._connector)
        self._store_empty()

    @property
    def _tells_of_work(self) -> bool:
        return self._feed.kind is FeedKind.OUTCOME

    def _windows(self, window: Window) -> Iterator[tuple[Window, Spool]]:
        """Yield each window of days with all its pages. A listing that expired starts again."""
        start, restarts, complete = window.start, 0, False
        while not complete:
            wanted = Window(start, window.end)
            pages = self._connector.fetch(self._api, self._feed.name, wanted)
            try:
                for part, group in groupby(pages, key=lambda page: page.window):
                    yield part or wanted, Spool.of(group)
                    start = part.end if part else window.end
                complete = True
            except CursorExpiredError:
                restarts += 1
                if restarts > _RESTARTS:
                    raise

    def _store(self, window: Window, spool: Spool) -> None:
        if not self._seen_any and not self._has_rows(spool):
            # Perhaps an expired key that answers with nothing: judged once all is fetched.
            if self._empty and self._empty[-1].end == window.start:
                window = Window(self._empty.pop().start, window.end)
            self._empty.append(window)
            return
        self._store_empty()
        with self._runtime.store.write() as tx:
            self._replace(tx, window, lambda: self._records(spool))
            self._accounts(tx).save(tx)

    def _store_empty(self) -> None:
        """Store the days without any row; the key is known to be alive, or nothing is lost."""
        if self._empty:
            with self._runtime.store.write() as tx:
                for part in self._empty:
                    self._replace(tx, part, tuple)
        self._empty.clear()

    def _stored_rows(self, window: Window) -> int:
        count = outcomes.stored_rows if self._tells_of_work else usage.stored_rows
        with self._runtime.store.read() as tx:
            return count(tx, self._connector.slug, self._feed.name, window)

    def _replace(self, tx: Tx, window: Window, records: Callable[[], Iterable[Record]]) -> None:
        slug, feed, title = self._connector.slug, self._feed.name, self._connector.title
        accounts = self._accounts(tx)
        if self._tells_of_work:
            loaded = outcomes.replace_days(
                tx,
                slug,
                feed,
                window,
                lambda: finished(records(), accounts, window, title=title),
                since=daily_since(self._runtime.clock().date()),
            )
        else:
            loaded = usage.replace_days(
                tx,
                slug,
                feed,
                window,
                lambda: keyed(records(), accounts, window, title=title),
                is_activity=self._feed.kind is FeedKind.ACTIVITY,
            )
        self._restated += coverage.record(tx, slug, feed, loaded, now=self._runtime.clock())
        fetched = sum(loaded.rows.values())
        self._rows += fetched
        self._seen_any = self._seen_any or fetched > 0

    def _accounts(self, tx: Tx) -> Accounts:
        if self._known_accounts is None or self._known_accounts.is_stale(tx):
            today = self._runtime.clock().date()
            self._known_accounts = Accounts(
                tx, self._connector.slug, ids=self._runtime.ids, today=today
            )
        return self._known_accounts

    def _has_rows(self, spool: Spool) -> bool:
        return any(not isinstance(record, AccountRecord) for record in self._records(spool))

    def _records(self, spool: Spool) -> Iterator[Record]:
        for page in spool.pages():
            yield from self._connector.parse(page)


def _nothing_more(connector: Connector) -> ProviderError:
    return ProviderError(
        f"{connector.title} answered with nothing for days that had figures before.",
        hint="The key may have lost its rights. The stored figures were kept; nothing is "
        "concluded from the empty answer.",
        retryable=False,
    )


def _too_few(connector: Connector) -> ProviderError:
    return ProviderError(
        f"{connector.title} lists less than half of the members that it had.",
        hint="The key may have lost its rights. The stored seats were kept. If so many people "
        "really left, remove them in two steps or ask for help.",
        retryable=False,
    )


def _unusable(connector: Connector, odd: Exception) -> ProviderError:
    # Only the kind of fault: its text may hold what the provider sent.
    return ProviderError(
        f"{connector.title} answered with something that cannot be stored ({type(odd).__name__}).",
        hint="Nothing stored was changed. Report it with the connector's name and version.",
        retryable=False,
    )
