"""Addresses for answers (`response_url`) of the made-up Slack, and what only one person sees.

Source: slack.md 10. An address takes five posts within half an hour. What is posted there is
ephemeral unless it says otherwise: it stands in nobody's history, and only the client keeps it.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import count
from typing import Any

from unranked.demo.http import Answer, Request, json_answer
from unranked.demo.slack_arguments import Arguments, SlackError
from unranked.demo.slack_faults import Faults
from unranked.demo.slack_views import checked_blocks
from unranked.demo.slack_workspace import Draft, Message, Workspace

PATH = "/response/"
POSTS = 5
LIFE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Origin:
    """What was acted on: a message of a DM by its `ts`, or an ephemeral one by its `ref`.

    channel: of a modal, the conversation that was chosen in it.
    """

    channel: str = ""
    ts: str = ""
    ref: str = ""


@dataclass(slots=True)
class Ephemeral:
    """A message that only one person sees, until they reload. fields: as they were posted.

    ts: when, in the same form and order as the times of other messages.
    """

    ref: str
    ts: str
    fields: Mapping[str, Any] = field(repr=False)
    replaced: bool = False


@dataclass(slots=True)
class _Address:
    made_at: datetime
    person_id: str
    origin: Origin
    posted: list[dict[str, Any]] = field(default_factory=list, repr=False)


class Responses:
    """All the addresses, and each person's ephemeral messages. taken: posts, refused ones too."""

    def __init__(self, workspace: Workspace, faults: Faults) -> None:
        self._workspace, self._faults = workspace, faults
        self.taken = 0
        self._numbers = count(1)
        self._lock = threading.RLock()
        self._addresses: dict[str, _Address] = {}
        self._seen: dict[str, list[Ephemeral]] = {}
        self._posts: dict[str, list[tuple[str, Message]]] = {}

    def new(self, person_id: str, origin: Origin) -> str:
        """Return the path of a new address. person_id: who sees the answers; empty for nobody."""
        with self._lock:
            path = f"{PATH}{next(self._numbers)}"
            self._addresses[path] = _Address(self._workspace.now(), person_id, origin)
        return path

    def posted(self, path: str) -> list[dict[str, Any]]:
        """Return what was posted to an address, in order."""
        return list(self._addresses[path].posted)

    def seen_by(self, person_id: str) -> list[Ephemeral]:
        """Return the ephemeral messages that a person has before them."""
        with self._lock:
            return list(self._seen.get(person_id, []))

    def posts_of(self, person_id: str) -> list[tuple[str, Message]]:
        """Return the conversations that a person had the app post to, with what it posted."""
        with self._lock:
            return list(self._posts.get(person_id, []))

    def whisper(self, person_id: str, fields: Mapping[str, Any]) -> None:
        """Show somebody what only they see."""
        with self._lock:
            one = Ephemeral(f"e{next(self._numbers)}", self._workspace.moment(), fields)
            self._seen.setdefault(person_id, []).append(one)

    def reload(self, person_id: str) -> None:
        """Let a person's ephemeral messages go, as a reload of Slack does."""
        with self._lock:
            self._seen.pop(person_id, None)

    def take(self, request: Request) -> Answer:
        """Take a post, or refuse it as Slack does."""
        try:
            with self._lock:
                self.taken += 1
                self._take(request)
        except SlackError as error:
            lost = error.code in {"expired_url", "used_url"}
            status = HTTPStatus.NOT_FOUND if lost else HTTPStatus.BAD_REQUEST
            return json_answer({"ok": False, "error": error.code, **error.more}, status)
        return Answer(HTTPStatus.OK, b"ok", content_type="text/plain")

    def _take(self, request: Request) -> None:
        address = self._addresses.get(request.path)
        if address is None or self._workspace.now() - address.made_at > LIFE:
            raise SlackError("expired_url")
        body = Arguments.of(request)
        if code := _wrong(request, body):
            raise SlackError(code)
        if "blocks" in body:
            checked_blocks(self._faults, body.json("blocks", "invalid_blocks_format"))
        if len(address.posted) >= POSTS:
            raise SlackError("used_url")
        fields = json.loads(request.body)
        address.posted.append(fields)
        if address.person_id:
            self._show(address, body, fields)

    def _show(self, address: _Address, body: Arguments, fields: Mapping[str, Any]) -> None:
        person_id, origin = address.person_id, address.origin
        shown = {name: fields[name] for name in ("text", "blocks") if name in fields}
        if body.flag("delete_original"):
            self._remove(person_id, origin)
        elif body.flag("replace_original") and origin.ts:
            self._workspace.change(origin.channel, origin.ts, {"blocks": [], **shown})
        elif body.flag("replace_original") and origin.ref:
            for one in self._seen.get(person_id, []):
                if one.ref == origin.ref:
                    one.fields, one.replaced = shown, True
        elif body.text("response_type", "ephemeral") == "in_channel":
            where = self._workspace.opened(origin.channel) or self._workspace.dm_of(person_id)
            message = self._workspace.commit(Draft(where, shown))
            if origin.channel:
                self._posts.setdefault(person_id, []).append((where, message))
        else:
            self.whisper(person_id, shown)

    def _remove(self, person_id: str, origin: Origin) -> None:
        if origin.ts:
            self._workspace.remove(origin.channel, origin.ts)
        seen = self._seen.get(person_id, [])
        seen[:] = [one for one in seen if one.ref != origin.ref]


def _wrong(request: Request, body: Arguments) -> str:
    is_json = request.method == "POST" and request.body.startswith(b"{")
    if not is_json or body.text("response_type", "ephemeral") not in {"ephemeral", "in_channel"}:
        return "invalid_payload"
    empty = not body.flag("delete_original") and not body.text("text").strip()
    return "no_text" if empty else ""
