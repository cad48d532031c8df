"""A made-up Slack: the Web API on loopback, with state, Slack's limits, and faults on demand."""

import itertools
import json
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any, NamedTuple

from unranked.demo import slack_files, slack_responses
from unranked.demo.fake_provider import Now
from unranked.demo.http import Answer, Fake, Request, json_answer
from unranked.demo.slack_arguments import Arguments, SlackError
from unranked.demo.slack_faults import POST, Fault, Faults
from unranked.demo.slack_members import Member
from unranked.demo.slack_methods import APP_LEVEL, METHODS, SCOPES, post
from unranked.demo.slack_responses import Ephemeral, Origin, Responses
from unranked.demo.slack_views import Call
from unranked.demo.slack_workspace import Draft, Message, Workspace

REFUSALS_KEPT = 50
_UNAVAILABLE = Answer(
    HTTPStatus.SERVICE_UNAVAILABLE, b"<html>Service Unavailable</html>", content_type="text/html"
)


class Refusal(NamedTuple):
    """A call that was refused: when, the method (or `response_url`), Slack's code, and details."""

    at: datetime
    method: str
    code: str
    details: tuple[str, ...] = ()


class FakeSlack(Fake):
    """The workspace, served at `url` (ends in /api/) for one bot token.

    A request that arrived in full counts as accepted, whatever becomes of who sent it. Posting to
    bots, Slackbot, people who left and unknown ids is refused with Slack's own codes.

    faults: switch them while it runs. calls: how often each method was called, failures included.
    refusals: the last calls that Slack would have refused.
    """

    def __init__(
        self,
        members: Iterable[Member],
        now: Now,
        token: str,
        *,
        faults: Faults | None = None,
    ) -> None:
        self.faults = faults or Faults()
        self.calls: Counter[str] = Counter()
        self._workspace = Workspace(members, now)
        self._token, self._app_token = token, ""
        self._numbers = itertools.count(1)
        self._counting = threading.Lock()
        self._responses = Responses(self._workspace, self.faults)
        self.refusals: deque[Refusal] = deque(maxlen=REFUSALS_KEPT)
        super().__init__()
        self._root = self._workspace.root = self.url
        self.url += "/api/"

    def join(self, member: Member) -> None:
        """Let somebody join the workspace, or change: a member of the same id is replaced."""
        self._workspace.add(member)

    def open_socket_mode(self, app_token: str, address: Callable[[], str]) -> None:
        """Let whoever has this app-level token (xapp-) ask for an `address()` to connect to."""
        self._app_token, self._workspace.socket_address = app_token, address

    def messages_to(self, person_id: str) -> list[Message]:
        """Return the messages that a person has from the app, oldest first."""
        return self._workspace.messages_to(person_id)

    def messages_in(self, channel: str) -> list[Message]:
        """Return what the app posted in a conversation that somebody chose, oldest first."""
        return self._workspace.messages_in(channel)

    def copies(self, key: str) -> int:
        """Return how many messages carry this `key` in their metadata."""
        return self.keys()[key]

    def keys(self) -> Counter[str]:
        """Return how many messages carry each `key` in their metadata."""
        payloads = (
            message["metadata"]["event_payload"]
            for message in self._workspace.messages()
            if "metadata" in message
        )
        return Counter(str(payload["key"]) for payload in payloads if "key" in payload)

    def file(self, file_id: str) -> bytes | None:
        """Return what a shared file holds; None for one that was deleted or never shared."""
        upload = self._workspace.uploads.get(file_id)
        return upload.content if upload is not None and upload.completed else None

    def group(self, group_id: str, *person_ids: str) -> None:
        """Make a user group of these people, or change who is in one."""
        self._workspace.groups[group_id] = frozenset(person_ids)

    def home_of(self, person_id: str) -> Mapping[str, Any] | None:
        """Return the Home view that was published for a person last."""
        return self._workspace.homes.get(person_id)

    def modal_of(self, person_id: str) -> Mapping[str, Any] | None:
        """Return the modal that was opened for a person last."""
        return next(reversed(self.modals_of(person_id)), None)

    def trigger_id(self, person_id: str) -> str:
        """Return a new trigger id, as a command or a click of that person brings it."""
        with self._counting:
            trigger = f"{next(self._numbers)}.madeup"
        self._workspace.triggers[trigger] = (self._workspace.now(), person_id)
        return trigger

    @property
    def activity(self) -> int:
        """How often the app has spoken to this Slack, answers to a response_url included."""
        return self.calls.total() + self._responses.taken

    def waiting(self) -> int:
        """Return how many accepted messages have not come in yet."""
        return self._workspace.waiting()

    def settled(self, timeout_seconds: float = 10.0) -> bool:
        """Wait until no message is on its way by a timer any more; say whether that is so."""
        return self._workspace.settled(timeout_seconds)

    def response_url(self, person_id: str = "", origin: Origin | None = None) -> str:
        """Return a new address for answers to one command or click: 5 posts, 30 minutes.

        person_id: whose client shows the answers. origin: what was clicked on, for replacing it.
        """
        return self._root + self._responses.new(person_id, origin or Origin())

    def answers(self, response_url: str) -> list[dict[str, Any]]:
        """Return what was posted to a response_url, in order."""
        return self._responses.posted(response_url.removeprefix(self._root))

    def ephemerals_of(self, person_id: str) -> list[Ephemeral]:
        """Return what only this person sees, oldest first."""
        return self._responses.seen_by(person_id)

    def posts_of(self, person_id: str) -> list[tuple[str, Message]]:
        """Return the conversations that a person had the app post to, with what it posted."""
        return self._responses.posts_of(person_id)

    def whisper(self, person_id: str, fields: Mapping[str, Any]) -> None:
        """Show somebody what only they see: an acknowledgement with words, or Slack's own."""
        self._responses.whisper(person_id, fields)

    def reload(self, person_id: str) -> None:
        """Let a person's ephemeral messages go, as a reload of Slack does."""
        self._responses.reload(person_id)

    def write(self, person_id: str, text: str) -> Message:
        """Let a person write to the app; return the message."""
        return self._workspace.written(person_id, text)

    def change_modals(
        self, person_id: str, change: Callable[[list[Mapping[str, Any]]], list[Mapping[str, Any]]]
    ) -> list[Mapping[str, Any]]:
        """Change what modals a person has before them, and return them; the last one is on top.

        change: makes the new ones of those that are open. No call of the app comes in between.
        """
        with self._workspace.lock:
            left = change(self.modals_of(person_id))
            self._workspace.modals[person_id] = left
        return list(left)

    def modals_of(self, person_id: str) -> list[Mapping[str, Any]]:
        """Return the modals that a person has before them, the last one on top."""
        return list(self._workspace.modals.get(person_id, []))

    def close(self) -> None:
        """Stop serving. Messages that were still on their way never come."""
        super().close()
        self._workspace.close()

    def _answer(self, request: Request) -> Answer | None:
        if request.path.startswith(slack_responses.PATH):
            answer = self._responses.take(request)
            self._note("response_url", answer)
            return answer
        if request.path.startswith(slack_files.PATH):
            lost = self.faults.uploads_lost
            return _UNAVAILABLE if lost else slack_files.take(self._workspace, request)
        method = request.path.removeprefix("/api/")
        with self._counting:
            self.calls[method] += 1
            number = self.calls.total()
        fault = self.faults.of_call(method, number)
        if fault is not None:
            self.refusals.append(Refusal(self._workspace.now(), method, fault.value))
        if fault is Fault.CUT:
            return None
        if fault is Fault.SERVER_ERROR:
            return _UNAVAILABLE
        if fault is Fault.RATE_LIMITED:
            wait = {"Retry-After": str(self.faults.retry_after_seconds)}
            body = {"ok": False, "error": "ratelimited"}
            return json_answer(body, HTTPStatus.TOO_MANY_REQUESTS, wait)
        return self._called(request, method, lambda draft: self._committed(draft, fault, number))

    def _called(
        self, request: Request, method: str, commit: Callable[[Draft], dict[str, Any] | None]
    ) -> Answer | None:
        scopes = SCOPES - self.faults.missing_scopes
        headers = {
            "x-oauth-scopes": ",".join(sorted(scopes)),
            "Date": format_datetime(self._workspace.now(), usegmt=True),
        }
        try:
            call = Call(self._workspace, self.faults, scopes, Arguments.of(request))
            self._admit(request, call, of_app=method == APP_LEVEL)
            _check_scope(method, scopes)
            done = commit(post(call)) if method == POST else METHODS[method][1](call)
        except SlackError as error:
            answer = json_answer({"ok": False, "error": error.code, **error.more}, headers=headers)
            self._note(method, answer)
            return answer
        return None if done is None else json_answer({"ok": True, **done}, headers=headers)

    def _admit(self, request: Request, call: Call, *, of_app: bool) -> None:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        token = bearer if of_app else bearer or call.args.text("token")
        if not token:
            raise SlackError("not_authed")
        if token.startswith("xapp-") is not of_app:
            raise SlackError("not_allowed_token_type")
        if token != (self._app_token if of_app else self._token) or self.faults.invalid_auth:
            raise SlackError("invalid_auth")

    def _committed(self, draft: Draft, fault: Fault | None, number: int) -> dict[str, Any] | None:
        """Commit a message as the fault wants it; return the answer, None for a cut connection."""
        if fault is Fault.CUT_THEN_COMMIT_AFTER:
            self._workspace.commit_later(draft, self.faults.delay_seconds(number))
            return None
        if fault is Fault.COMMIT_ON_FIRST_HISTORY_READ:
            self._workspace.hold(draft)
            return None
        message = self._workspace.commit(draft)
        if fault is Fault.COMMIT_THEN_ERROR:
            raise SlackError("internal_error")
        if fault is Fault.ACCEPT_THEN_CUT:
            return None
        return {"channel": draft.channel, "ts": message["ts"], "message": message}

    def _note(self, method: str, answer: Answer) -> None:
        if answer.body == b"ok":
            return
        said = json.loads(answer.body)
        details = tuple(said.get("response_metadata", {}).get("messages", ()))
        self.refusals.append(Refusal(self._workspace.now(), method, said["error"], details))


def _check_scope(method: str, scopes: frozenset[str]) -> None:
    if method != POST and method not in METHODS:
        raise SlackError("unknown_method")
    needed = "chat:write" if method == POST else METHODS[method][0]
    if needed and needed not in scopes:
        raise SlackError("missing_scope", needed=needed, provided=",".join(sorted(scopes)))
