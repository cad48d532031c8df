"""Slack's end of Socket Mode on loopback: a real WebSocket that brings envelopes (slack.md 3)."""

import itertools
import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from socket import SHUT_RDWR
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from signed import click, settings
from small_world import World
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from bot.doors import Doors
from unranked.demo.slack_requests import command, message
from unranked.demo.slack_workspace import APP_ID

APP_TOKEN = "xapp-1-made-up"
ACKNOWLEDGED_WITHIN_SECONDS = 3.0
PATIENCE_SECONDS = 8.0
"""Less than the ten seconds after which the SDK would notice by itself that it is not connected."""

CLOSING_SECONDS = 0.2


class SocketMode:
    """The far end. It hands out an address per call, each good for one connection.

    Envelopes go over the newest connection. Everything that waits fails after a time-out.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._changed = threading.Condition()
        self._open: list[ServerConnection] = []
        self._last_code: int | None = None
        self._hellos = self._given = 0
        self._tickets: set[str] = set()
        self._acks: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self._numbers = itertools.count(1)
        self._gives_addresses = threading.Event()
        self._gives_addresses.set()
        self._kept_waiting = threading.Event()
        self._server = serve(
            self._serve,
            "127.0.0.1",
            0,
            process_request=self._admit,
            compression=None,
            ping_interval=None,
            close_timeout=CLOSING_SECONDS,
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        world.slack.open_socket_mode(APP_TOKEN, self._address)

    def connected(self, times: int = 1) -> None:
        """Wait until the bot has come so many times, and is there."""
        self._wait(lambda: self._hellos >= times and bool(self._open), f"hello {times}")

    def left(self) -> int | None:
        """Wait until the bot is gone; return the code with which it said good-bye last."""
        self._wait(lambda: not self._open, "good-bye")
        return self._last_code

    def cut(self) -> None:
        """Break the connection without a word."""
        self._newest().socket.shutdown(SHUT_RDWR)

    def hang_up(self) -> None:
        """Close the connection as the WebSocket protocol has it."""
        self._newest().close()

    def ask_to_come_again(self) -> None:
        """Say that the bot is to leave this connection for a new one, as Slack does every hour."""
        leave = {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "h"}}
        self._newest().send(json.dumps(leave))

    @contextmanager
    def without_addresses(self) -> Iterator[None]:
        """Leave whoever asks where to connect without an answer, until the block ends."""
        self._gives_addresses.clear()
        try:
            yield
        finally:
            self._gives_addresses.set()

    def keeps_the_bot_waiting(self) -> None:
        """Wait until the bot has asked where to connect, and gets no answer."""
        assert self._kept_waiting.wait(PATIENCE_SECONDS), "The bot did not ask where to connect."

    def command(self, who: str, text: str, response_url: str) -> str:
        """Bring a slash command; return the envelope's id."""
        payload = _fields(command(who, text, response_url))
        return self._send("slash_commands", payload, accepts_response_payload=True)

    def click(self, who: str, action: str, response_url: str) -> str:
        """Bring a click on a button; return the envelope's id."""
        payload = json.loads(_fields(click(who, action, response_url))["payload"])
        return self._send("interactive", payload, accepts_response_payload=True)

    def event(self, who: str, text: str, *, event_id: str, attempt: int = 0) -> str:
        """Bring a direct message; return the envelope's id. attempt: 0, more for a redelivery."""
        self._world.runtime.channel.conversation(who)
        payload = json.loads(message(who, text, event_id=event_id))
        return self._send(
            "events_api",
            payload,
            accepts_response_payload=False,
            retry_attempt=attempt,
            retry_reason="timeout" if attempt else "",
        )

    def acknowledged(self, envelope_id: str) -> None:
        """Wait for the acknowledgement, as long as Slack does. It must be one, and bare."""
        with self._changed:
            came = self._changed.wait_for(
                lambda: bool(self._acks[envelope_id]), ACKNOWLEDGED_WITHIN_SECONDS
            )
            assert came, "Slack has no acknowledgement in time."
            assert self._acks[envelope_id] == [{"envelope_id": envelope_id}]

    def close(self) -> None:
        """Cut what is open and stop."""
        self._gives_addresses.set()
        self._server.shutdown()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _address(self) -> str:
        if not self._gives_addresses.is_set():
            self._kept_waiting.set()
            self._gives_addresses.wait(PATIENCE_SECONDS)
        with self._changed:
            self._given += 1
            ticket = f"ticket-{self._given}"
            self._tickets.add(ticket)
        port = self._server.socket.getsockname()[1]
        return f"ws://127.0.0.1:{port}/link/?ticket={ticket}&app_id={APP_ID}"

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        ticket = dict(parse_qsl(urlsplit(request.path).query)).get("ticket", "")
        with self._changed:
            if ticket in self._tickets:
                self._tickets.remove(ticket)
                return None
        return connection.respond(HTTPStatus.UNAUTHORIZED, "This ticket is not good any more.")

    def _serve(self, connection: ServerConnection) -> None:
        connection.send(json.dumps(_hello()))
        with self._changed:
            self._open.append(connection)
            self._hellos += 1
            self._changed.notify_all()
        try:
            for said in connection:
                self._keep(json.loads(said))
        except ConnectionClosed:
            pass  # that is what `cut` is for
        finally:
            with self._changed:
                self._open.remove(connection)
                self._last_code = connection.close_code
                self._changed.notify_all()

    def _keep(self, acknowledgement: dict[str, Any]) -> None:
        with self._changed:
            self._acks[str(acknowledgement.get("envelope_id"))].append(acknowledgement)
            self._changed.notify_all()

    def _send(self, kind: str, payload: dict[str, Any], **more: object) -> str:
        envelope_id = f"envelope-{next(self._numbers)}"
        envelope = {"type": kind, "envelope_id": envelope_id, "payload": payload, **more}
        self._newest().send(json.dumps(envelope))
        return envelope_id

    def _newest(self) -> ServerConnection:
        with self._changed:
            assert self._open, "Nobody is connected."
            return self._open[-1]

    def _wait(self, fact: Callable[[], bool], what: str) -> None:
        with self._changed:
            assert self._changed.wait_for(fact, PATIENCE_SECONDS), f"There was no {what}."


def doors(world: World, token: str = APP_TOKEN, **more: Any) -> Doors:
    """Return the bot by Socket Mode, not open yet."""
    return Doors(settings(world, slack_app_token=token, **more), world.runtime)


@contextmanager
def listening(world: World) -> Iterator[tuple[SocketMode, Doors]]:
    """Give Slack's end and the bot's, connected. At the end all that was under way has ended."""
    with SocketMode(world) as slack:
        bot = doors(world)
        try:
            bot.open()
            slack.connected()
            yield slack, bot
        finally:
            ended = bot.close()
        assert ended, "The doors did not close in time."


def _hello() -> dict[str, Any]:
    return {
        "type": "hello",
        "num_connections": 1,
        "connection_info": {"app_id": APP_ID},
        "debug_info": {"host": "made-up", "build_number": 1, "approximate_connection_time": 3600},
    }


def _fields(form: bytes) -> dict[str, str]:
    return dict(parse_qsl(form.decode(), keep_blank_values=True))
