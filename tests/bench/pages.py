"""A fast stand-in for Anthropic's usage report, in a process of its own, so that its cost is its.

Every page is built before the first request: `python pages.py ROWS ACCOUNTS` prints the port once
it serves. A page is one day's and holds at most 1000 rows, as the provider's do. `GET /spent` says
the processor seconds that it took since it serves.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from subprocess import PIPE, Popen
from urllib.parse import parse_qs, urlsplit

LAST_DAY = date(2026, 3, 1)
DAYS = 14
PAGE_ROWS = 1000
PRODUCTS = ("chat", "claude_code", "cowork")
MODELS = ("claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5", "claude-opus-4-1")
KINDS = len(PRODUCTS) * len(MODELS)
_UNGROUPED = (
    "agent_id",
    "api_key_id",
    "claude_tag_category",
    "context_window",
    "deployment_id",
    "environment_id",
    "inference_geo",
    "organization_id",
    "rbac_group_id",
    "session_id",
    "slack_channel_id",
    "speed",
    "user_profile_id",
)


def account_id(number: int) -> str:
    """Return the provider's id of an account."""
    return f"user_{10_000_000 + number}"


def address(number: int) -> str:
    """Return the e-mail address of the same account."""
    return f"person{10_000_000 + number}@corp.example"


@contextmanager
def serving(rows: int, accounts: int) -> Iterator[str]:
    """Give the address of the stand-in, with its pages ready."""
    command = [sys.executable, Path(__file__), str(rows), str(accounts)]
    with Popen(command, stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _pages(rows: int, accounts: int) -> dict[date, list[bytes]]:
    """Return the pages of each day, as the rows of a JSON list."""
    if rows > DAYS * accounts * KINDS:
        raise ValueError("So few accounts cannot have so many rows.")
    made: dict[date, list[bytes]] = {}
    for ago in range(DAYS):
        day = LAST_DAY - timedelta(days=DAYS - 1 - ago)
        numbers = range(rows * ago // DAYS, rows * (ago + 1) // DAYS)
        first = numbers.start
        made[day] = [
            b",".join(_row(day, n, (n - first) // accounts, n % accounts) for n in part)
            for start in range(0, len(numbers), PAGE_ROWS)
            for part in [numbers[start : start + PAGE_ROWS]]
        ]
    return made


def _row(day: date, number: int, kind: int, account: int) -> bytes:
    n_in, n_out, n_cr = number % 9_000 + 1, number % 1_300 + 1, number % 70_000
    row = {
        "starting_at": f"{day}T00:00:00Z",
        "ending_at": f"{day + timedelta(days=1)}T00:00:00Z",
        "group": {
            **dict.fromkeys(_UNGROUPED),
            "actor": {
                "type": "user_actor",
                "user_id": account_id(account),
                "email_address": address(account),
            },
            "model": MODELS[kind % len(MODELS)],
            "product": PRODUCTS[kind // len(MODELS)],
            "service_tier": "standard",
            "workspace_id": None,
        },
        "usage": {
            "uncached_input_tokens": n_in,
            "cache_creation": {
                "ephemeral_5m_input_tokens": 120,
                "ephemeral_1h_input_tokens": 0,
            },
            "cache_read_input_tokens": n_cr,
            "output_tokens": n_out,
            "total_tokens": n_in + n_out + n_cr + 120,
            "requests": number % 40 + 1,
            "server_tool_use": {"web_search_requests": 0},
        },
    }
    return json.dumps(row, separators=(",", ":")).encode()


class _Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, for requests without a body that arrive in one piece."""

    def __init__(self, pages: dict[date, list[bytes]], since: float) -> None:
        self._pages, self._since = pages, since
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        while b"\r\n\r\n" in self._read:
            head, _, self._read = self._read.partition(b"\r\n\r\n")
            parts = self._answer(head.split(b" ", 2)[1].decode())
            length = sum(map(len, parts))
            start = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}"
            self._transport.writelines([start.encode(), b"\r\n\r\n", *parts])

    def _answer(self, target: str) -> list[bytes]:
        asked = urlsplit(target)
        if asked.path == "/spent":
            return [json.dumps(time.process_time() - self._since).encode()]
        query = parse_qs(asked.query)
        start, end = (_day(query[name][0]) for name in ("starting_at", "ending_at"))
        pages = [p for day, of in self._pages.items() if start <= day < end for p in of]
        number = int(query.get("page", ["0"])[0])
        more = number + 1 < len(pages)
        cursor = f'"{number + 1}"' if more else "null"
        tail = f'],"has_more":{str(more).lower()},"next_page":{cursor}}}'
        return [b'{"data":[', pages[number] if pages else b"", tail.encode()]


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()


async def _serve(rows: int, accounts: int) -> None:
    pages = _pages(rows, accounts)
    since = time.process_time()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(pages, since), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2])))
