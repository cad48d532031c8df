"""One person's Slack client: what they see of the app, and what they do there.

It speaks the chat's own protocol only: signed requests to the bot's door, and what the made-up
Slack holds for this person. So whatever the product learns to say or ask appears by itself.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from unranked.demo import seen, slack_inputs, slack_requests
from unranked.demo.fake_slack import FakeSlack
from unranked.demo.shown import Conversation, Home, Modal
from unranked.demo.slack_inputs import Typed, with_ids
from unranked.demo.slack_requests import Signed
from unranked.demo.slack_responses import Origin
from unranked.demo.slack_views import as_shown
from unranked.demo.slack_workspace import Message

COMMAND = "/tokens"
PATIENCE_SECONDS = 3.0
"""As long as Slack waits for an acknowledgement, and the page for what follows it."""

_QUIET_SECONDS = 0.12
_STEP_SECONDS = 0.01
_FAILED = "Unranked did not answer in time, or with an error. Slack says so to the person."
_NUMBERS = count(1)

View = Mapping[str, Any]


@dataclass
class Client:
    """Slack as one person has it before them.

    typed, errors: by view, what they had filled in last, and what was wrong with it. turn: so many
    things of theirs were answered, so that a page can tell an answer that came late.
    """

    slack: FakeSlack = field(repr=False)
    door: Signed = field(repr=False)
    person_id: str
    zone: str
    typed: dict[str, Typed] = field(default_factory=dict, repr=False)
    errors: dict[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    turn: int = 0

    def conversation(self) -> Conversation:
        """Return the Messages tab."""
        return seen.conversation(self.slack, self.person_id, self.zone)

    def home(self) -> Home:
        """Return the Home tab as it was published last."""
        return seen.home(self.slack, self.person_id)

    def modal(self) -> Modal | None:
        """Return the modal on top, if any, with what was typed into it."""
        view = self.slack.modal_of(self.person_id)
        if view is None:
            return None
        key = view["id"]
        return seen.modal(view, self.typed.get(key, {}), self.errors.get(key, {}))

    def say(self, text: str) -> None:
        """Send what was typed below the conversation: the app's command, or a message to it."""
        name, _, rest = text.strip().partition(" ")
        if name == COMMAND:
            url = self.slack.response_url(self.person_id)
            trigger = self.slack.trigger_id(self.person_id)
            self._post(
                slack_requests.command(self.person_id, rest.strip(), url, trigger_id=trigger)
            )
        elif name.startswith("/"):
            self._whisper(f"{name} is not a valid command. This app has {COMMAND}.")
        elif name:
            written = self.slack.write(self.person_id, text)
            event = slack_requests.message(
                self.person_id, text, event_id=_event_id(), ts=written["ts"]
            )
            self._post(event)

    def open_home(self) -> None:
        """Open the Home tab: the app hears of it and publishes."""
        view = self.slack.home_of(self.person_id)
        self._post(slack_requests.home_opened(self.person_id, event_id=_event_id(), view=view))

    def act(
        self, container: str, ref: str, element: tuple[str, str], value: object, typed: Typed
    ) -> None:
        """Press, choose or pick something.

        container: `message` or `ephemeral` with the entry's ref, `home` or `modal` with the view's.
        element: its block's and its own id. value: what was chosen. typed: all that is filled in.
        """
        if container in {"home", "modal"}:
            self._act_in_view(ref, element, value, typed)
        else:
            self._act_in_message(container, ref, element, value, typed)
        self.turn += 1

    def submit(self, view_id: str, typed: Typed) -> None:
        """Send a modal off. What is wrong with it, and what was typed, stays with the modal."""
        view = self._view(view_id)
        if view is None:
            return
        blocks = with_ids(view["blocks"])
        wrong: Mapping[str, str] = slack_inputs.missing(blocks, typed)
        if not wrong:
            wrong = self._submitted(view, blocks, typed)
        # Together, after the answer: a page that asks meanwhile sees what stood there before.
        if self._view(view_id) is not None:
            self.typed[view_id], self.errors[view_id] = typed, wrong
        self.turn += 1

    def _submitted(
        self, view: Mapping[str, Any], blocks: list[dict[str, Any]], typed: Typed
    ) -> Mapping[str, str]:
        """Send a modal to the bot, and return what that found wrong, by block id."""
        sent = {**view, "blocks": blocks}
        values = slack_inputs.state(blocks, typed)
        trigger = self.slack.trigger_id(self.person_id)
        body = slack_requests.submission(
            self.person_id,
            sent,
            values,
            trigger_id=trigger,
            response_urls=[
                {
                    "block_id": block_id,
                    "action_id": action_id,
                    "channel_id": channel,
                    "response_url": self.slack.response_url(self.person_id, Origin(channel)),
                }
                for block_id, action_id, channel in slack_inputs.conversations(blocks, typed)
            ],
        )
        before = self.slack.activity
        answer = self._post(body, settle=False)
        wrong = {} if answer is None else self._after_submission(view["id"], answer)
        if not wrong:
            self._settle(before)
        return wrong

    def close(self, view_id: str) -> None:
        """Close a modal without sending it off."""
        view = self._view(view_id)
        self._leave(_without(view_id))
        if view is not None and view.get("notify_on_close"):
            self._post(slack_requests.closed(self.person_id, view))
        self.turn += 1

    def reload(self) -> None:
        """Load Slack anew: what only this person saw is gone, and so are modals."""
        self.slack.reload(self.person_id)
        self._leave(_none)

    def file(self, file_id: str) -> tuple[str, bytes] | None:
        """Return name and bytes of a file in this person's DM."""
        for message in self.slack.messages_to(self.person_id):
            for one in message.get("files", []):
                content = self.slack.file(file_id)
                if one["id"] == file_id and content is not None:
                    return str(one["name"]), content
        return None

    def _act_in_view(
        self, view_id: str, element: tuple[str, str], value: object, typed: Typed
    ) -> None:
        view = self._view(view_id)
        blocks = with_ids(view["blocks"]) if view else []
        action = slack_inputs.acted(blocks, *element, value)
        if view is None or action is None:
            return
        self.typed[view_id] = typed
        shown = {**view, "blocks": blocks, "state": {"values": slack_inputs.state(blocks, typed)}}
        where = {"container": {"type": "view", "view_id": view_id}, "view": shown}
        self._post(self._actions(action, where))

    def _act_in_message(
        self, container: str, ref: str, element: tuple[str, str], value: object, typed: Typed
    ) -> None:
        private = container == "ephemeral"
        message = self._private(ref) if private else self._own(ref)
        blocks = with_ids(message.get("blocks", [])) if message else []
        action = slack_inputs.acted(blocks, *element, value)
        if message is None or action is None:
            return
        channel = f"D{self.person_id[1:]}"
        origin = Origin(ref=ref) if private else Origin(channel=channel, ts=ref)
        shown = {} if private else {"message": {**message, "blocks": blocks}}
        where = {
            "container": {
                "type": "message",
                "message_ts": message.get("ts", ref),
                "channel_id": channel,
                "is_ephemeral": private,
            },
            "channel": {"id": channel, "name": "directmessage"},
            "state": {"values": slack_inputs.state(blocks, typed)},
            "response_url": self.slack.response_url(self.person_id, origin),
            **shown,
        }
        self._post(self._actions(action, where))

    def _actions(self, action: Mapping[str, Any], where: Mapping[str, Any]) -> bytes:
        trigger = self.slack.trigger_id(self.person_id)
        return slack_requests.block_actions(self.person_id, [action], trigger_id=trigger, **where)

    def _post(self, body: bytes, *, settle: bool = True) -> httpx.Response | None:
        """Send a request to the bot as Slack does; return its acknowledgement if it is a good one.

        What came of it is waited for, so that whoever looks next sees it.
        """
        before = self.slack.activity
        try:
            answer = self.door.post(body)
        except httpx.HTTPError:
            self._whisper(_FAILED)
            return None
        if not answer.is_success:
            self._whisper(_FAILED)
            return None
        if answer.content and b"response_action" not in answer.content:
            self.slack.whisper(self.person_id, _words(answer))
        if settle:
            self._settle(before)
        return answer

    def _settle(self, before: int) -> None:
        """Wait until the bot has spoken to Slack since, and then falls silent."""
        end = time.monotonic() + PATIENCE_SECONDS
        last, quiet_since = before, time.monotonic()
        while time.monotonic() < end:
            now = self.slack.activity
            if now != last:
                last, quiet_since = now, time.monotonic()
            if now != before and time.monotonic() - quiet_since > _QUIET_SECONDS:
                return
            time.sleep(_STEP_SECONDS)

    def _after_submission(self, view_id: str, answer: httpx.Response) -> Mapping[str, str]:
        said = json.loads(answer.content or b"{}")
        match said.get("response_action"):
            case "errors":
                found: Mapping[str, str] = said["errors"]
                return found
            case "update":
                changed = as_shown(said["view"], view_id, None)
                self._leave(
                    lambda opened: [changed if _is(one, view_id) else one for one in opened]
                )
            case "push":
                pushed = as_shown(said["view"], f"{view_id}P", None)
                self._leave(lambda opened: [*opened, pushed])
            case "clear":
                self._leave(_none)
            case _:
                self._leave(_without(view_id))
        return {}

    def _leave(self, change: Callable[[list[View]], list[View]]) -> None:
        views = self.slack.change_modals(self.person_id, change)
        kept = {view["id"] for view in views}
        self.typed = {key: typed for key, typed in self.typed.items() if key in kept}
        self.errors = {key: errors for key, errors in self.errors.items() if key in kept}

    def _view(self, view_id: str) -> Mapping[str, Any] | None:
        views = [self.slack.home_of(self.person_id), *self.slack.modals_of(self.person_id)]
        return next((view for view in views if view and view["id"] == view_id), None)

    def _own(self, ts: str) -> Message | None:
        messages = self.slack.messages_to(self.person_id)
        return next((one for one in messages if one["ts"] == ts), None)

    def _private(self, ref: str) -> Mapping[str, Any] | None:
        seen = self.slack.ephemerals_of(self.person_id)
        return next((one.fields for one in seen if one.ref == ref), None)

    def _whisper(self, words: str) -> None:
        self.slack.whisper(self.person_id, {"text": words})


def _is(view: View, view_id: str) -> bool:
    return bool(view["id"] == view_id)


def _without(view_id: str) -> Callable[[list[View]], list[View]]:
    return lambda opened: [one for one in opened if not _is(one, view_id)]


def _none(_opened: list[View]) -> list[View]:
    return []


def _event_id() -> str:
    return f"Ev{next(_NUMBERS)}MADEUP"


def _words(answer: httpx.Response) -> dict[str, Any]:
    """Return what an acknowledgement says to whoever acted: JSON, or plain words."""
    kind = answer.headers.get("content-type", "")
    return dict(answer.json()) if kind.startswith("application/json") else {"text": answer.text}
