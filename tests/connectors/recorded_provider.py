"""A provider on loopback that answers what was recorded, and goes wrong where a test says so.

A recording is the answers of one feed for one window: `exchanges`, each a path, the part of the
query that selects it, and what comes back. A cursor selects always: a request that carries one is
answered only by an exchange that names it. Names, addresses and ids in recordings are made up.

A question in a body (POST) is selected by its `variables`. `{here}` in an answer is the provider's
own address, for links to files; an exchange that is `keyless` must be asked for without the key.
`missing` are days for which the provider has nothing yet, `options` the connector's own settings.
"""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from unranked.connectors.api import HttpApi, connected
from unranked.connectors.base import Connector, Page, Record
from unranked.domain.usage import Window

RECORDINGS = Path(__file__).parent / "recordings"
CURSORS = {"page", "after", "after_id", "startIndex"}
KEY = "sk-secret-do-not-show-0123456789"
NO_DAYS = Window(date(2026, 11, 20), date(2026, 11, 20))


@dataclass(frozen=True)
class Recording:
    slug: str
    name: str
    feed: str
    window: Window
    exchanges: tuple[Mapping[str, Any], ...] = field(repr=False)
    missing: frozenset[date] = frozenset()
    options: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, slug: str, name: str) -> "Recording":
        raw = json.loads((RECORDINGS / slug / f"{name}.json").read_text())
        window = Window(*map(date.fromisoformat, raw["window"])) if "window" in raw else NO_DAYS
        missing = frozenset(map(date.fromisoformat, raw.get("missing", ())))
        options = raw.get("options", {})
        return cls(slug, name, raw["feed"], window, tuple(raw["exchanges"]), missing, options)


def recordings(slug: str, folder: str = "") -> list[Recording]:
    found = sorted((RECORDINGS / slug / folder).glob("*.json"))
    return [Recording.read(slug, f"{folder}/{path.stem}".lstrip("/")) for path in found]


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: datetime = datetime(2026, 11, 22, 12, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Asked:
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    keyless: bool = False

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.query if key == name]


@dataclass(frozen=True)
class Fault:
    """An answer given instead of the recorded one. `silent` never answers at all."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    silent: bool = False
    claimed_length: int | None = None


class Provider(ThreadingHTTPServer):
    """The loopback server. `faults` are given first, one a request; `always` for ever."""

    def __init__(self, exchanges: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.exchanges = exchanges
        self.asked: list[Asked] = []
        self.unknown: list[Asked] = []
        self.faults: list[Fault] = []
        self.always: Fault | None = None
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, asked: Asked) -> Fault:
        exchange = chosen(self.exchanges, asked.path, asked.query)
        self.asked.append(replace(asked, keyless=bool(exchange and exchange.get("keyless"))))
        if self.always or self.faults:
            return self.always or self.faults.pop(0)
        if exchange is None:
            self.unknown.append(asked)
            return Fault(404, b'{"error": {"message": "nothing recorded"}}')
        text = exchange["text"] if "text" in exchange else json.dumps(exchange.get("body"))
        text = text.replace("{here}", self.url)
        return Fault(exchange.get("status", 200), text.encode(), exchange.get("headers", {}))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        self._serve(tuple(parse_qsl(urlsplit(self.path).query, keep_blank_values=True)))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._serve(in_a_body(body))

    def _serve(self, query: tuple[tuple[str, str], ...]) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        fault = self.server.answer(Asked(parts.path, query, headers))
        if fault.silent:
            self.server.closing.wait(60)
            return
        self.send_response(fault.status)
        for name, value in fault.headers.items():
            self.send_header(name, value)
        length = len(fault.body) if fault.claimed_length is None else fault.claimed_length
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(fault.body)

    def log_message(self, *_: object) -> None:
        """Stays quiet."""


def in_a_body(body: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What selects the answer to a question in a body."""
    return tuple((name, str(v)) for name, v in body["variables"].items() if v is not None)


def chosen(
    exchanges: Sequence[Mapping[str, Any]], path: str, query: Sequence[tuple[str, str]]
) -> Mapping[str, Any] | None:
    """The exchange that fits a request best: the one that names most of its query."""
    fitting = [e for e in exchanges if e["path"] == path and _fits(e.get("query", {}), query)]
    return max(fitting, key=lambda exchange: len(exchange.get("query", {})), default=None)


def _fits(wanted: Mapping[str, Any], query: Sequence[tuple[str, str]]) -> bool:
    if any(name in CURSORS and name not in wanted for name, _ in query):
        return False
    for name, value in wanted.items():
        values = value if isinstance(value, list) else [value]
        if [given for key, given in query if key == name] != values:
            return False
    return True


@contextmanager
def serving(
    exchanges: Sequence[Mapping[str, Any]], kind: type[Provider] = Provider
) -> Iterator[Provider]:
    provider = kind(exchanges)
    thread = threading.Thread(target=provider.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield provider
    finally:
        provider.closing.set()
        provider.shutdown()
        thread.join()
        provider.server_close()


@contextmanager
def api_of(
    connector: Connector, provider: Provider, time: Time | None = None, **options: Any
) -> Iterator[HttpApi]:
    """The real HTTP for a connector, at the loopback provider, under the path it really has."""
    time = time or Time()
    base = urlsplit(connector.base_url).path
    own = {option.name: option.example for option in connector.options}
    given = {"base_url": f"{provider.url}{base}", "key": KEY, "options": own, **options}
    with connected(connector, clock=time.clock, sleeper=time.sleep, **given) as api:
        yield api


def pages_of(connector: Connector, recording: Recording) -> list[Page]:
    """All pages of a recording, over real HTTP. Every request must have been recorded."""
    own = {"options": recording.options} if recording.options else {}
    with serving(recording.exchanges) as provider, api_of(connector, provider, **own) as api:
        pages = list(connector.fetch(api, recording.feed, recording.window))
        assert provider.unknown == []
    return pages


def records_of(connector: Connector, recording: Recording) -> list[Record]:
    return [record for page in pages_of(connector, recording) for record in connector.parse(page)]
