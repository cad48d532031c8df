"""Slack's side of the door: signed requests to a bot that listens on loopback, and its answers."""

import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
from small_world import TOKEN, World

from bot.doors import Doors
from unranked.config import Settings
from unranked.demo.slack_members import TEAM_ID
from unranked.demo.slack_workspace import APP_ID

SECRET = "made-up-signing-secret"
PATH = "/slack/events"
PATIENCE_SECONDS = 20.0
_FORM = "application/x-www-form-urlencoded"


def settings(world: World, **more: Any) -> Settings:
    """Return settings for the bot over HTTP, with the world's Slack behind it."""
    given = {
        "slack_bot_token": TOKEN,
        "slack_signing_secret": SECRET,
        "slack_api_url": world.slack.url,
        "http_port": 0,
    }
    return Settings(**given | more)


def signature(body: bytes, *, at: int, secret: str = SECRET) -> dict[str, str]:
    """Return the headers with which Slack proves that `body` is its own."""
    text = b"v0:%d:%s" % (at, body)
    made = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": str(at), "x-slack-signature": f"v0={made}"}


def command(who: str, text: str, response_url: str) -> bytes:
    """Return the body of a slash command."""
    fields = {
        "command": "/tokens",
        "text": text,
        "user_id": who,
        "user_name": "made-up",
        "team_id": TEAM_ID,
        "channel_id": "C0MADEUP01",
        "response_url": response_url,
        "trigger_id": "1.made-up",
        "api_app_id": "A0MADEUP01",
        "is_enterprise_install": "false",
    }
    return urlencode(fields).encode()


def click(who: str, action: str, response_url: str, *, value: str = "") -> bytes:
    """Return the body of a click on a button."""
    pressed = {"type": "button", "action_id": action, "block_id": "choices", "action_ts": "1.0"}
    payload = {
        "type": "block_actions",
        "user": {"id": who, "team_id": TEAM_ID},
        "team": {"id": TEAM_ID},
        "api_app_id": "A0MADEUP01",
        "trigger_id": "1.made-up",
        "response_url": response_url,
        "actions": [pressed | ({"value": value} if value else {})],
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


def home_click(
    who: str, action: str, trigger_id: str, *, view: Mapping[str, Any], value: str = ""
) -> bytes:
    """Return the body of a click on a button of the Home tab. It has no response_url."""
    pressed = {"type": "button", "action_id": action, "block_id": "b1", "action_ts": "1.0"}
    payload = {
        "type": "block_actions",
        "user": {"id": who, "username": "made-up", "team_id": TEAM_ID},
        "team": {"id": TEAM_ID, "domain": "made-up"},
        "api_app_id": APP_ID,
        "token": "unused",
        "container": {"type": "view", "view_id": view.get("id", "")},
        "trigger_id": trigger_id,
        "view": dict(view),
        "actions": [pressed | ({"value": value} if value else {})],
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


def submission(who: str, view: Mapping[str, Any], values: Mapping[str, Any]) -> bytes:
    """Return the body of a modal that is sent off, with `values` as its state.

    view: as it was opened, or only what is forged of it.
    """
    common = {"type": "modal", "id": "V0MADEUP", "app_installed_team_id": TEAM_ID, "hash": "1.1"}
    payload = {
        "type": "view_submission",
        "user": {"id": who, "username": "made-up", "team_id": TEAM_ID},
        "team": {"id": TEAM_ID, "domain": "made-up"},
        "api_app_id": APP_ID,
        "token": "unused",
        "trigger_id": "1.made-up",
        "view": {**common, **view, "state": {"values": values}},
        "response_urls": [],
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


def home_opened(
    who: str, *, event_id: str, tab: str = "home", view: Mapping[str, Any] | None = None
) -> bytes:
    """Return the body of the event that somebody opened the bot's Home or Messages tab."""
    opened = {
        "type": "app_home_opened",
        "user": who,
        "channel": f"D{who[1:]}",
        "event_ts": "1772445600.000100",
        "tab": tab,
    }
    return _outer(opened | ({"view": dict(view)} if view and tab == "home" else {}), event_id)


def event(who: str, text: str, *, event_id: str, **more: Any) -> bytes:
    """Return the body of the event that a direct message brings."""
    message = {
        "type": "message",
        "channel_type": "im",
        "channel": f"D{who[1:]}",
        "user": who,
        "text": text,
        "ts": "1772445600.000100",
        "event_ts": "1772445600.000100",
    }
    return _outer(message | more, event_id)


def _outer(inner: Mapping[str, Any], event_id: str) -> bytes:
    outer = {
        "type": "event_callback",
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event_id": event_id,
        "event_time": 1_772_445_600,
        "event": dict(inner),
    }
    return json.dumps(outer).encode()


@dataclass
class Front:
    """The bot's open door. Every method sends one signed request, as Slack would."""

    world: World
    doors: Doors = field(repr=False)
    http: httpx.Client = field(repr=False)
    acks: list[httpx.Response] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    def post(
        self, body: bytes, headers: Mapping[str, str] | None = None, *, form: bool = True
    ) -> httpx.Response:
        """Send a body, signed unless `headers` say otherwise."""
        signed = signature(body, at=int(time.time())) if headers is None else headers
        kind = {"content-type": _FORM if form else "application/json"}
        answer = self.http.post(PATH, content=body, headers={**kind, **signed})
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
        self.post(event(who, text, event_id=made, **more), form=False)

    def home(self, who: str) -> Mapping[str, Any]:
        """Let somebody open the Home tab; return what is there once it was published."""
        before = self.world.slack.home_of(who)
        made = f"Ev{next(self._numbers)}"
        self.post(home_opened(who, event_id=made, view=before), form=False)
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
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS) as http:
            yield Front(world, doors, http)
    finally:
        doors.close()


def words(answer: Mapping[str, Any]) -> str:
    """Return everything that a person can read in an answer, text and blocks."""
    return f"{answer['text']}\n{json.dumps(answer.get('blocks', []), ensure_ascii=False)}"
