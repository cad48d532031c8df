"""Slack's side of the door: signed requests to a bot that listens on loopback, and its answers."""

import itertools
import json
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from small_world import TOKEN, World

from bot.doors import Doors
from unranked.config import Settings
from unranked.demo.slack_requests import (
    Signed,
    block_actions,
    command,
    home_opened,
    message,
    submission,
)

SECRET = "made-up-signing-secret"
PATIENCE_SECONDS = 20.0
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For plain HTTP on loopback: httpx would read every authority's certificate for each client."""


def settings(world: World, **more: Any) -> Settings:
    """Return settings for the bot over HTTP, with the world's Slack behind it."""
    given = {
        "slack_bot_token": TOKEN,
        "slack_signing_secret": SECRET,
        "slack_api_url": world.slack.url,
        "http_port": 0,
    }
    return Settings(**given | more)


def click(who: str, action: str, response_url: str, *, value: str = "") -> bytes:
    """Return the body of a click on a button below a message."""
    pressed = {"type": "button", "action_id": action, "block_id": "choices"}
    return block_actions(
        who,
        [pressed | ({"value": value} if value else {})],
        trigger_id="1.made-up",
        response_url=response_url,
    )


def home_click(
    who: str, action: str, trigger_id: str, *, view: Mapping[str, Any], value: str = ""
) -> bytes:
    """Return the body of a click on a button of the Home tab. It has no response_url."""
    pressed = {"type": "button", "action_id": action, "block_id": "b1"}
    return block_actions(
        who,
        [pressed | ({"value": value} if value else {})],
        trigger_id=trigger_id,
        container={"type": "view", "view_id": view.get("id", "")},
        view=dict(view),
    )


@dataclass
class Front:
    """The bot's open door. Every method sends one signed request, as Slack would."""

    world: World
    doors: Doors = field(repr=False)
    http: httpx.Client = field(repr=False)
    acks: list[httpx.Response] = field(default_factory=list)
    under_way: list[Future[Any]] = field(default_factory=list, repr=False)
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    def __post_init__(self) -> None:
        """Know of everything that the bot still does after it has acknowledged a request."""
        listeners = self.doors._app.listener_runner.listener_executor
        submit = listeners.submit

        def noted(*call: Any, **more: Any) -> Future[Any]:
            self.under_way.append(submit(*call, **more))
            return self.under_way[-1]

        listeners.submit = noted

    def settled(self) -> None:
        """Wait until nothing is under way: what follows an answer may come some time after it."""
        assert not wait(self.under_way, PATIENCE_SECONDS).not_done, "It did not end."
        self.under_way.clear()

    def post(self, body: bytes, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Send a body, signed unless `headers` say otherwise."""
        answer = Signed(self.http, SECRET).post(body, headers)
        self.acks.append(answer)
        return answer

    def tokens(self, who: str, text: str = "") -> dict[str, Any]:
        """Return the answer to /tokens, once Slack has it."""
        url = self.world.slack.response_url()
        self.post(command(who, text, url))
        return self.answer(url)

    def click(self, who: str, action: str, *, value: str = "") -> dict[str, Any]:
        """Return the answer to a button."""
        url = self.world.slack.response_url()
        self.post(click(who, action, url, value=value))
        return self.answer(url)

    def write(self, who: str, text: str, *, event_id: str = "", **more: Any) -> None:
        """Let somebody write to the bot."""
        self.world.runtime.channel.conversation(who)
        made = event_id or f"Ev{next(self._numbers)}"
        self.post(message(who, text, event_id=made, **more))

    def home(self, who: str) -> Mapping[str, Any]:
        """Let somebody open the Home tab; return what is there once it was published."""
        before = self.world.slack.home_of(who)
        made = f"Ev{next(self._numbers)}"
        self.post(home_opened(who, event_id=made, view=before))
        return self._published(who, before)

    def press(self, who: str, action: str, *, value: str = "") -> Mapping[str, Any]:
        """Press a button of the Home tab; return the tab once it was published again."""
        before = self.world.slack.home_of(who)
        trigger = self.world.slack.trigger_id(who)
        self.post(home_click(who, action, trigger, view=before or {}, value=value))
        return self._published(who, before)

    def open(self, who: str, action: str) -> Mapping[str, Any]:
        """Press a button of the Home tab that opens a modal; return the modal."""
        before = self.world.slack.modal_of(who)
        trigger = self.world.slack.trigger_id(who)
        view = self.world.slack.home_of(who) or {}
        self.post(home_click(who, action, trigger, view=view))
        wait_for(lambda: self.world.slack.modal_of(who) is not before)
        modal = self.world.slack.modal_of(who)
        assert modal is not None
        return modal

    def send(self, who: str, modal: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, str]:
        """Send a modal off; return Slack's errors by field, or none once the Home tab is new."""
        before = self.world.slack.home_of(who)
        ack = self.post(submission(who, modal, values))
        if ack.content:
            answer = ack.json()
            assert answer["response_action"] == "errors"
            return dict(answer["errors"])
        self._published(who, before)
        return {}

    def _published(self, who: str, before: Mapping[str, Any] | None) -> Mapping[str, Any]:
        wait_for(lambda: self.world.slack.home_of(who) is not before)
        view = self.world.slack.home_of(who)
        assert view is not None
        return view

    def answer(self, url: str) -> dict[str, Any]:
        """Wait for the one answer at a response_url."""
        wait_for(lambda: bool(self.world.slack.answers(url)))
        (only,) = self.world.slack.answers(url)
        return only


def wait_for(fact: Callable[[], bool]) -> None:
    """Wait until it is so; fail when it does not become so."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not fact():
        assert time.monotonic() < end, "It did not happen."
        time.sleep(0.005)


@contextmanager
def opened(world: World, **more: Any) -> Iterator[Front]:
    """Give the bot of this world, listening. At the end everything that was under way has ended."""
    chosen = settings(world, **more)
    doors = Doors(chosen, world.runtime)
    port = doors.open()
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS, verify=NO_TLS
        ) as http:
            yield Front(world, doors, http)
    finally:
        doors.close()


def words(answer: Mapping[str, Any]) -> str:
    """Return everything that a person can read in an answer, text and blocks."""
    return f"{answer['text']}\n{json.dumps(answer.get('blocks', []), ensure_ascii=False)}"
