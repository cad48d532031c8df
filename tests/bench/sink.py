"""A stand-in for Slack in a process of its own: it takes answers, and counts them.

`python sink.py` prints its port. Every POST is answered with `ok`; `GET /taken` says how many came.
"""

import asyncio
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

import httpx

PATIENCE_SECONDS = 60.0
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@contextmanager
def taking() -> Iterator[str]:
    """Give the address of the stand-in."""
    with Popen([sys.executable, Path(__file__)], stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def taken(address: str) -> int:
    """Return how many answers came so far."""
    return int(httpx.get(f"{address}/taken").text)


def wait_for(address: str, answers: int) -> None:
    """Wait until so many answers came. Raises TimeoutError."""
    end = time.monotonic() + PATIENCE_SECONDS
    while taken(address) < answers:
        if time.monotonic() > end:
            raise TimeoutError("Answers are missing.")
        time.sleep(0.01)


class _Connection(asyncio.Protocol):
    count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._read = b""

    def data_received(self, data: bytes) -> None:
        self._read += data
        while b"\r\n\r\n" in self._read:
            head, _, rest = self._read.partition(b"\r\n\r\n")
            found = _LENGTH.search(head)
            length = int(found[1]) if found else 0
            if len(rest) < length:
                return
            self._read = rest[length:]
            self._answer(head.startswith(b"POST"))

    def _answer(self, posted: bool) -> None:  # noqa: FBT001 - the only question
        if posted:
            _Connection.count += 1
        body = b'{"ok":true}' if posted else str(_Connection.count).encode()
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Connection, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
