"""What one person has before them in Slack: the DM with the app, its Home tab, its modal."""

import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from unranked.demo.fake_slack import FakeSlack
from unranked.demo.shown import Conversation, Home, Modal, Shown
from unranked.demo.slack_inputs import Typed, with_ids
from unranked.demo.slack_workspace import BOT_USER_ID

_LOCALE = "en"
_CHANNELS = {"C0TEAM": "#my-team", "C0OFFICE": "#everybody-at-the-office"}
"""What is offered where a conversation is to be chosen: the made-up Slack knows no channels."""


def conversation(slack: FakeSlack, person_id: str, zone: str) -> Conversation:
    """Return the Messages tab: the DM, and between its messages what only this person sees."""
    stored = [(one["ts"], "message", one) for one in slack.messages_to(person_id)]
    private = [
        (one.ts, "ephemeral", {**one.fields, "ts": one.ref, "edited": one.replaced})
        for one in slack.ephemerals_of(person_id)
    ]
    posted = [
        (one["ts"], "post", {**one, "where": _CHANNELS.get(channel, channel)})
        for channel, one in slack.posts_of(person_id)
    ]
    ordered = sorted([*stored, *private, *posted], key=lambda one: Decimal(one[0]))
    entries = tuple(_entry(container, _at(ts), zone, fields) for ts, container, fields in ordered)
    return Conversation(_version(entries), entries)


def home(slack: FakeSlack, person_id: str) -> Home:
    """Return the Home tab as it was published last."""
    view = slack.home_of(person_id)
    if view is None:
        return Home(0)
    blocks = with_ids(view["blocks"])
    return Home(_version((view["hash"], blocks)), str(view["id"]), blocks)


def modal(view: Mapping[str, Any], typed: Typed, errors: Mapping[str, str]) -> Modal:
    """Return a modal with what was typed into it and what is wrong with that."""
    words = {name: str(view[name]["text"]) for name in ("close", "submit") if name in view}
    return Modal(
        view_id=view["id"],
        title=view["title"]["text"],
        blocks=[_with_channels(block) for block in with_ids(view["blocks"])],
        errors=errors,
        typed=typed,
        **words,
    )


def _entry(container: str, at: datetime, zone: str, fields: Mapping[str, Any]) -> Shown:
    return Shown(
        container=container,
        ref=str(fields["ts"]),
        when=format_datetime(at.astimezone(ZoneInfo(zone)), "EEE d MMM, HH:mm", locale=_LOCALE),
        text=str(fields.get("text", "")),
        where=str(fields.get("where", "")),
        blocks=with_ids(fields.get("blocks", [])),
        own=fields.get("user", BOT_USER_ID) != BOT_USER_ID,
        edited=bool(fields.get("edited")),
        files=tuple((one["id"], one["name"]) for one in fields.get("files", [])),
    )


def _with_channels(block: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the block with a list of channels in place of Slack's own, for the page to draw."""
    element = block.get("element", {})
    if element.get("type") != "conversations_select":
        return block
    options = [
        {"text": {"type": "plain_text", "text": name}, "value": channel}
        for channel, name in _CHANNELS.items()
    ]
    named = {name: element[name] for name in ("action_id", "placeholder") if name in element}
    return {**block, "element": {"type": "static_select", "options": options, **named}}


def _at(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)


def _version(content: object) -> int:
    """Return a number that any change of the content changes."""
    return zlib.crc32(repr(content).encode())
