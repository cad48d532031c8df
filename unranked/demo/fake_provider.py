"""What the made-up providers share: parameters, refusals, now and then a 429, listings by page."""

import itertools
import json
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from operator import add
from random import Random
from typing import Generic, TypeVar

from unranked.demo.company import Company
from unranked.demo.company_usage import Row
from unranked.demo.http import Answer, Fake, Request, json_answer

Now = Callable[[], datetime]
T = TypeVar("T")
Figures = tuple[int, ...]


class RefusedError(Exception):
    """The provider answers this request with an error."""

    def __init__(self, status: int, message: str, *, retry_after: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after = retry_after


class Query:
    """A request's parameters. Anything unknown or out of range raises RefusedError with 400."""

    def __init__(self, request: Request) -> None:
        self._pairs = request.query

    def only(self, names: Collection[str]) -> None:
        """Refuse parameters that are not among `names` (without brackets)."""
        for name, _ in self._pairs:
            if name.removesuffix("[]") not in names:
                raise bad(f"Unknown parameter: {name}.")

    def many(self, name: str) -> tuple[str, ...]:
        """Return the values of an array, sent with brackets or by repeating the bare name."""
        return tuple(value for key, value in self._pairs if key.removesuffix("[]") == name)

    def one(self, name: str) -> str:
        """Return a single value, empty when it is absent."""
        values = self.many(name)
        if len(values) > 1:
            raise bad(f"{name} was given more than once.")
        return values[0] if values else ""

    def number(self, name: str, default: int | None, least: int, most: int) -> int:
        """Return a whole number between `least` and `most`. None as default: it is required."""
        text = self.one(name)
        if not text and default is not None:
            return default
        if not text.isdigit() or not least <= int(text) <= most:
            raise bad(f"{name} must be a whole number between {least} and {most}.")
        return int(text)

    def grouping(self, known: Collection[str], most: int) -> tuple[str, ...]:
        """Return the names in `group_by`, in the order asked for."""
        names = tuple(dict.fromkeys(self.many("group_by")))
        if len(names) > most:
            raise bad(f"At most {most} values in group_by.")
        for name in names:
            if name not in known:
                raise bad(f"{name} is no value of group_by here.")
        return names

    def signature(self, *without: str) -> tuple[tuple[str, str], ...]:
        """Return the parameters, less those named: what must stay the same over all pages."""
        return tuple(sorted(pair for pair in self._pairs if pair[0] not in without))


class Listings(Generic[T]):
    """The last few listings that were begun, so that all pages of one show the same moment."""

    KEPT = 16

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._kept: OrderedDict[str, tuple[object, Sequence[T]]] = OrderedDict()
        self._lock = threading.Lock()

    def page(
        self, query: Query, limit: int, made: Callable[[], Sequence[T]]
    ) -> tuple[Sequence[T], str | None]:
        """Return the items of the page asked for, and the cursor of the next one, if any.

        made: makes all items, when the first page is asked for.
        Raises RefusedError with 400 for a cursor of another question, 410 for a lost one.
        """
        signature = query.signature("page")
        listing, _, start = query.one("page").removeprefix("page_").partition("_")
        if listing and start.isdigit():
            items = self._found(listing, signature)
        elif listing:
            raise bad("This is no cursor.")
        else:
            items, start = made(), "0"
            listing = self._keep(signature, items)
        end = int(start) + limit
        return items[int(start) : end], f"page_{listing}_{end}" if end < len(items) else None

    def forget(self) -> None:
        """Lose every cursor, as a provider does after a while."""
        with self._lock:
            self._kept.clear()

    def _keep(self, signature: object, items: Sequence[T]) -> str:
        with self._lock:
            listing = f"{next(self._numbers):x}"
            self._kept[listing] = (signature, items)
            while len(self._kept) > self.KEPT:
                self._kept.popitem(last=False)
            return listing

    def _found(self, listing: str, signature: object) -> Sequence[T]:
        with self._lock:
            kept = self._kept.get(listing)
            if kept is None:
                raise RefusedError(HTTPStatus.GONE, "This cursor has expired.")
            self._kept.move_to_end(listing)
        if kept[0] != signature:
            raise bad("The parameters changed while a cursor was in use.")
        return kept[1]


class Throttle:
    """Refuses a request now and then: every 20th to 60th, never two in a row."""

    def __init__(self, seed: int) -> None:
        self.on = True
        self._rng = Random(f"{seed}:throttle")
        self._left = self._rng.randint(20, 60)
        self._lock = threading.Lock()

    def refuses(self) -> bool:
        """Count a request; return whether it is one too many."""
        with self._lock:
            if not self.on:
                return False
            self._left -= 1
            if self._left > 0:
                return False
            self._left = self._rng.randint(20, 60)
            return True


class FakeProvider(Fake):
    """A made-up provider's API over `company`, as it looks at `now()`.

    calls: how often each path was asked for, refusals included.
    throttle: answers 429 now and then; `throttle.on = False` stops that.
    down, key_expired: switch them while it runs: it answers 503, or 401. Beside them stand the
    troubles that the company's own future holds.
    """

    tool: str
    methods: tuple[str, ...] = ("GET",)

    def __init__(self, company: Company, now: Now, key: str) -> None:
        self.company = company
        self.throttle = Throttle(company.seed)
        self.calls: Counter[str] = Counter()
        self.down = self.key_expired = False
        self._late = timedelta(0)
        self._late_from = datetime.min.replace(tzinfo=UTC)
        self._now = now
        self._key = key
        self._counting = threading.Lock()
        super().__init__()

    @property
    def late(self) -> timedelta:
        """How late its usage is. It stands still until it is so late: what was shown stays shown.

        Members and keys are never late.
        """
        return self._late

    @late.setter
    def late(self, late: timedelta) -> None:
        now = self._now()
        self._late_from, self._late = self._shown_at(now), late

    def _shown_at(self, now: datetime) -> datetime:
        """Return the moment whose usage is shown at `now`."""
        by_itself = self.company.future.troubles.shown_at(self.tool, now)
        if not self._late:
            return by_itself
        return min(by_itself, max(self._late_from, now - self._late))

    def _answer(self, request: Request) -> Answer:
        with self._counting:
            self.calls[request.path] += 1
        try:
            self._admit(request)
            body = self._body(request, self._now())
        except RefusedError as refused:
            headers = {"Retry-After": str(refused.retry_after)} if refused.retry_after else {}
            return json_answer(self._error(refused), refused.status, headers)
        return Answer(HTTPStatus.OK, body.encode())

    def _admit(self, request: Request) -> None:
        if self.down:
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "The service is unavailable.")
        expired = self.company.future.troubles.refuses_key(self.tool, self._now())
        if self.key_expired or expired or not self._is_signed(request):
            raise RefusedError(HTTPStatus.UNAUTHORIZED, "The key is wrong or was revoked.")
        if self.throttle.refuses():
            status = HTTPStatus.TOO_MANY_REQUESTS
            raise RefusedError(status, "Too many requests.", retry_after=1)
        if request.method not in self.methods:
            raise not_found()

    def _is_signed(self, request: Request) -> bool:
        raise NotImplementedError

    def _body(self, request: Request, now: datetime) -> str:
        """Return the JSON text that answers the request, or raise RefusedError."""
        raise NotImplementedError

    def _error(self, refused: RefusedError) -> dict[str, object]:
        raise NotImplementedError


def bad(message: str) -> RefusedError:
    """Return the refusal of a wrong request (400)."""
    return RefusedError(HTTPStatus.BAD_REQUEST, message)


def not_found() -> RefusedError:
    """Return the refusal of an unknown path or id (404)."""
    return RefusedError(HTTPStatus.NOT_FOUND, "There is nothing at this address.")


def after(
    items: Sequence[Mapping[str, object]], last_id: str, limit: int
) -> tuple[Sequence[Mapping[str, object]], bool]:
    """Return the items that follow `last_id`, at most `limit`, and whether there are more."""
    start = 0
    if last_id:
        ids = [item["id"] for item in items]
        if last_id not in ids:
            raise bad("The cursor is no id of this list.")
        start = ids.index(last_id) + 1
    return items[start : start + limit], start + limit < len(items)


def summed(
    rows: Iterable[Row], key: Callable[[Row], tuple[str, ...]], figures: Callable[[Row], Figures]
) -> dict[tuple[str, ...], Figures]:
    """Return the sums of the rows' figures for each key, in the order in which keys appear."""
    found: dict[tuple[str, ...], Figures] = {}
    for row in rows:
        at, own = key(row), figures(row)
        known = found.get(at)
        found[at] = own if known is None else tuple(map(add, known, own))
    return found


def keyed(gets: Sequence[Callable[[Row], str]]) -> Callable[[Row], tuple[str, ...]]:
    """Return the function that reads all of these from a row."""
    return lambda row: tuple([get(row) for get in gets])


def tokens_and_requests(row: Row) -> Figures:
    """Return uncached input, output, cache read, both cache writes, requests."""
    return row.n_in, row.n_out, row.n_cr, row.n_cw5, row.n_cw1h, row.requests


def to_json(value: object) -> str:
    """Return JSON without a space: the answers are long."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
