"""What Slack sends to an app over HTTP: signed bodies in its own shapes (slack.md 4, 10, 11)."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import httpx

from unranked.demo.slack_members import TEAM_ID
from unranked.demo.slack_workspace import APP_ID

PATH = "/slack/events"
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"
_TEAM = {"id": TEAM_ID, "domain": "made-up"}


class Signed:
    """The app's door, to which Slack's requests are sent with Slack's signature.

    The signature's time is the real one: the app compares it with the machine's clock.
    """

    def __init__(self, http: httpx.Client, secret: str) -> None:
        self._http, self._secret = http, secret

    def post(self, body: bytes, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Send a body, signed unless `headers` say otherwise; return the acknowledgement."""
        signed = headers
        if signed is None:
            signed = signature(body, at=int(time.time()), secret=self._secret)
        kind = _JSON if body.startswith(b"{") else _FORM
        return self._http.post(PATH, content=body, headers={"content-type": kind, **signed})


def signature(body: bytes, *, at: int, secret: str) -> dict[str, str]:
    """Return the headers with which Slack proves that `body` is its own. at: Unix seconds."""
    text = b"v0:%d:%s" % (at, body)
    made = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": str(at), "x-slack-signature": f"v0={made}"}


def command(
    who: str, text: str, response_url: str, *, name: str = "/tokens", trigger_id: str = "1.made-up"
) -> bytes:
    """Return the body of a slash command, typed in the person's DM with the app."""
    fields = {
        "command": name,
        "text": text,
        "user_id": who,
        "user_name": "made-up",
        "team_id": TEAM_ID,
        "channel_id": f"D{who[1:]}",
        "response_url": response_url,
        "trigger_id": trigger_id,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
    }
    return urlencode(fields).encode()


def block_actions(
    who: str, actions: Sequence[Mapping[str, Any]], *, trigger_id: str, **where: object
) -> bytes:
    """Return the body of an interaction.

    where: `container` with `message` and `response_url`, or with `view`.
    """
    acted = [{"action_ts": "1.0", **action} for action in actions]
    return _payload("block_actions", who, trigger_id=trigger_id, actions=acted, **where)


def submission(
    who: str,
    view: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    trigger_id: str = "1.made-up",
    response_urls: Sequence[Mapping[str, str]] = (),
) -> bytes:
    """Return the body of a modal that is sent off, with `values` as its state.

    view: as it was opened, or only what is forged of it. response_urls: where an answer can be
    posted, one for each field with `response_url_enabled`.
    """
    common = {"type": "modal", "id": "V0MADEUP", "app_installed_team_id": TEAM_ID, "hash": "1.1"}
    sent = {**common, **view, "state": {"values": values}}
    urls = [dict(one) for one in response_urls]
    return _payload("view_submission", who, trigger_id=trigger_id, view=sent, response_urls=urls)


def closed(who: str, view: Mapping[str, Any]) -> bytes:
    """Return the body that tells of a modal that was closed. Sent where `notify_on_close` is."""
    return _payload("view_closed", who, view=dict(view), is_cleared=False)


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
    return _event(opened | ({"view": dict(view)} if view and tab == "home" else {}), event_id)


def message(who: str, text: str, *, event_id: str, **more: object) -> bytes:
    """Return the body of the event that a direct message brings. more: fields in place of ours."""
    written = {
        "type": "message",
        "channel_type": "im",
        "channel": f"D{who[1:]}",
        "user": who,
        "text": text,
        "ts": "1772445600.000100",
        "event_ts": "1772445600.000100",
    }
    return _event(written | more, event_id)


def _event(inner: Mapping[str, Any], event_id: str) -> bytes:
    outer = {
        "type": "event_callback",
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event_id": event_id,
        "event_time": 1_772_445_600,
        "event": dict(inner),
    }
    return json.dumps(outer).encode()


def _payload(kind: str, who: str, **more: object) -> bytes:
    common = {
        "type": kind,
        "user": {"id": who, "username": "made-up", "team_id": TEAM_ID},
        "team": _TEAM,
        "api_app_id": APP_ID,
        "token": "unused",
    }
    return urlencode({"payload": json.dumps(common | more)}).encode()
