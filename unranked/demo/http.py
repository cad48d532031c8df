"""HTTP on loopback for the made-up world: keep-alive, one write per answer, hard to hang."""

import json
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

LARGEST_BODY = 8 * 1024 * 1024
_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Request:
    """One request that arrived in full. Header names are lower case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over the wire."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"


Answers = Callable[[Request], Answer | None]
"""Answers a request; None closes the connection without a word."""


def json_answer(
    value: object, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Answer:
    """Return `value` as JSON."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status, body, headers or {})


class Server:
    """A running server on 127.0.0.1 and a free port; `url` has no slash at its end.

    `answers` is called from many threads. A request that did not arrive in full is dropped.
    """

    def __init__(self, answers: Answers) -> None:
        self._server = _LoopbackServer(answers)
        port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_SECONDS,), daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop serving and cut the connections that are still open. May be called twice."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.cut_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Fake(Server):
    """A made-up service: a server that lives as long as its `with` block, or until `close`."""

    def __init__(self) -> None:
        super().__init__(self._answer)

    def _answer(self, request: Request) -> Answer | None:
        raise NotImplementedError


class _LoopbackServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self._open: set[socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        # HTTPServer asks the name service for the host's full name; loopback has no use for it.
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def opened(self, connection: socket) -> None:
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def cut_all(self) -> None:
        with self._lock:
            for connection in self._open:
                _cut(connection)

    def handle_error(self, request: object, client_address: object) -> None:
        # A client that was killed is no news. Everything else is a defect of the fake: show it.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # stub: tuple


def _cut(connection: socket) -> None:
    try:
        connection.shutdown(SHUT_RDWR)
    except OSError:
        return


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _LoopbackServer

    def setup(self) -> None:
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        self.server.closed(self.connection)
        super().finish()

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Stay silent: request lines may hold made-up names, and nobody reads them."""

    def _is_foreign(self) -> bool:
        """Say whether some page's browser sends it, or a name that was made to point here."""
        host = self.headers.get("Host", "").rpartition(":")[0]
        return "Origin" in self.headers or host not in {"127.0.0.1", "localhost"}

    def _serve(self) -> None:
        if self._is_foreign():
            self._write(Answer(HTTPStatus.FORBIDDEN, b"", content_type="text/plain"))
            self.close_connection = True
            return
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdigit():
            self._write(Answer(HTTPStatus.LENGTH_REQUIRED, b"", content_type="text/plain"))
            self.close_connection = True
            return
        if int(length) > LARGEST_BODY:
            self._write(Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"", content_type="text/plain"))
            self.close_connection = True
            return
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return
        answer = self.server.answers(self._request(body))
        if answer is None:
            self.close_connection = True
            _cut(self.connection)
            return
        self._write(answer)

    def _request(self, body: bytes) -> Request:
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            path=unquote(parts.path),
            query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
        )

    def _write(self, answer: Answer) -> None:
        lines = [
            f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
            f"Content-Type: {answer.content_type}",
            f"Content-Length: {len(answer.body)}",
            *(f"{name}: {value}" for name, value in answer.headers.items()),
        ]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        self.wfile.write(head + answer.body)
