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


def conversation(slack: FakeSlack, person_id: str, zone: str) -> Conversation:
    """Return the Messages tab: the DM, and between its messages what only this person sees."""
    stored = [(one["ts"], "message", one) for one in slack.messages_to(person_id)]
    private = [
        (one.ts, "ephemeral", {**one.fields, "ts": one.ref, "edited": one.replaced})
        for one in slack.ephemerals_of(person_id)
    ]
    ordered = sorted([*stored, *private], key=lambda one: Decimal(one[0]))
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
        blocks=with_ids(view["blocks"]),
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
        blocks=with_ids(fields.get("blocks", [])),
        own=fields.get("user", BOT_USER_ID) != BOT_USER_ID,
        edited=bool(fields.get("edited")),
        files=tuple((one["id"], one["name"]) for one in fields.get("files", [])),
    )


def _at(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)


def _version(content: object) -> int:
    """Return a number that any change of the content changes."""
    return zlib.crc32(repr(content).encode())
