"""Slack through its Web API: members, direct messages, and the look that settles a doubt.

Source: Slack's method references of August 2026 and slack_sdk 3.48. Slack offers no idempotency
key; a message is found again by its metadata. Everything here is one attempt: no hidden retry.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError

from unranked.channels import blocks
from unranked.channels.base import File, Look, Message, Outcome, Part, Posted, Presence, Receipt
from unranked.domain.people import ChatMember, PersonKind, normalise_email
from unranked.domain.runtime import Sleeper
from unranked.errors import RosterError

NAME = "slack"
EVENT_TYPE = "unranked_message"
MANIFEST_HINT = "Compare the app with manifest.yml, install it again and set SLACK_BOT_TOKEN."
_SLACKBOT = "USLACKBOT"
_NO_ANSWER = "no_answer"
_PAGE = 200
_CLOCK_DIFFERENCE = timedelta(minutes=1)
_DEFAULT_WAIT = timedelta(seconds=30)
_PATIENCE = (1.0, 5.0, 30.0, 60.0)
"""Seconds between attempts to read a page of the member list; reading twice does no harm."""

_UNSURE = {"fatal_error", "internal_error", "service_unavailable", "request_timeout", ""}
_WAIT = {"ratelimited", "rate_limited", "team_added_to_org"}
_PERSON = {
    *("user_not_found", "user_disabled", "user_not_visible", "channel_not_found"),
    *("cannot_dm_bot", "is_archived", "not_in_channel", "users_not_found"),
    *("cannot_reply_to_message", "invalid_user_combination"),
    # Of deleting and of files: this message or this workspace does not take it, and will not.
    *("cant_delete_message", "compliance_exports_prevent_deletion", "cant_delete_file"),
    *("delete_not_allowed", "file_deleting_disabled", "file_uploads_disabled"),
    *("file_type_not_allowed", "file_upload_size_restricted", "storage_limit_reached"),
}
_GONE = {"message_not_found", "file_not_found", "file_deleted"}
_OURS = {
    *("invalid_arguments", "invalid_blocks", "invalid_blocks_format", "msg_too_long", "no_text"),
    *("msg_blocks_too_long", "invalid_metadata_format", "invalid_metadata_schema"),
    *("metadata_too_large", "markdown_text_conflict", "too_many_attachments"),
}
"""Our own mistakes: never tried again, and not the fault of the workspace either."""


class Slack:
    """One workspace, seen with one bot token."""

    name = NAME

    def __init__(
        self, token: str, *, api_url: str, timeout_seconds: float, sleeper: Sleeper
    ) -> None:
        # The SDK would repeat a POST whose connection broke: without its handlers it cannot.
        self._client = WebClient(
            token=token,
            base_url=api_url,
            timeout=max(1, round(timeout_seconds)),
            retry_handlers=[],
        )
        self._sleep = sleeper

    def workspace(self) -> str:
        """Return the team id behind the token. Raises RosterError for a token Slack refuses."""
        try:
            answer = self._client.auth_test()
        except (SlackApiError, OSError, HTTPException) as error:
            raise _unreadable(_refusal(error)) from None
        return str(answer.get("team_id") or answer.get("enterprise_id") or "")

    def members(self) -> Iterator[ChatMember]:
        """Yield every member, page by page. Raises RosterError naming the missing right."""
        cursor = ""
        seen: set[str] = set()
        while True:
            page = self._page(cursor)
            for member in page.get("members") or ():
                yield _member(member)
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return
            if cursor in seen:
                raise RosterError(
                    "Slack repeats a page of its member list.",
                    hint="It is read again at the next run; nothing stored was changed.",
                )
            seen.add(cursor)

    def locale(self, member_id: str) -> str:
        """Ask Slack for one member, whose language is all that is looked at."""
        try:
            answer = self._client.users_info(user=member_id, include_locale=True)
        except (SlackApiError, OSError, HTTPException):
            return ""
        member: Mapping[str, Any] = answer.get("user") or {}
        return str(member.get("locale") or "")

    def group(self, group_id: str) -> frozenset[str] | None:
        """Return who is in a user group. They need a paid plan, and the right usergroups:read."""
        try:
            answer = self._client.usergroups_users_list(usergroup=group_id)
        except (SlackApiError, OSError, HTTPException):
            return None
        return frozenset(map(str, answer.get("users") or ()))

    def conversation(self, member_id: str) -> Receipt:
        """Open the direct message with a member. Sends nothing: an unclear answer harms nobody."""
        try:
            answer = self._client.conversations_open(users=member_id)
        except (SlackApiError, OSError, HTTPException) as error:
            return _refusal(error)
        channel: Mapping[str, Any] = answer.get("channel") or {}
        return Receipt(Outcome.SENT, conversation=str(channel.get("id", "")))

    def send(self, conversation: str, message: Message, *, key: str) -> Receipt:
        """Post once, with the key in the metadata. Never tried again from here."""
        try:
            answer = self._client.chat_postMessage(
                channel=conversation,
                text=blocks.text(message),
                blocks=blocks.blocks(message),
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
                unfurl_links=False,
                unfurl_media=False,
            )
        except (SlackApiError, OSError, HTTPException) as error:
            return _refusal(error)
        where = str(answer.get("channel") or conversation)
        return Receipt(Outcome.SENT, conversation=where, stamp=str(answer.get("ts") or ""))

    def look(self, conversation: str, *, key: str, since: datetime) -> Look:
        """Look for the key in what the conversation holds since shortly before `since`."""
        oldest = f"{(since - _CLOCK_DIFFERENCE).timestamp():.6f}"
        try:
            for message in self._history(conversation, oldest):
                # A message that was replaced once it was pressed may have lost its metadata; its
                # buttons still bring the key back.
                if _key_of(message) == key or key in _values(message):
                    return Look(Presence.THERE, stamp=str(message.get("ts") or ""))
            return Look(Presence.ABSENT)
        except (SlackApiError, OSError, HTTPException) as error:
            refusal = _refusal(error)
            return Look(Presence.UNKNOWN, reason=refusal.reason, wait=refusal.wait)

    def send_file(self, conversation: str, file: File, *, words: str) -> Receipt:
        """Upload in Slack's three steps; only the last one shows the file to anybody."""
        try:
            # Without an alternative text: with one, Slack keeps the file and shares it with nobody.
            self._client.files_upload_v2(
                content=file.content,
                filename=file.name,
                title=file.title,
                channel=conversation,
                initial_comment=words,
            )
        except SlackRequestError:  # its text holds the address that the bytes went to
            return Receipt(Outcome.UNCLEAR, "upload_failed")
        except (SlackApiError, OSError, HTTPException) as error:
            return _refusal(error)
        return Receipt(Outcome.SENT, conversation=conversation)

    def posted(self, conversation: str) -> list[Posted] | None:
        """Read the whole conversation; what people wrote in it is neither kept nor returned."""
        try:
            me = self._client.auth_test()
            mine = {str(me[name]) for name in ("user_id", "bot_id") if me.get(name)}
            return [
                Posted(
                    stamp=str(message["ts"]),
                    key=_key_of(message),
                    files=tuple(str(file["id"]) for file in message.get("files") or ()),
                )
                for message in self._history(conversation)
                if {str(message.get("user")), str(message.get("bot_id"))} & mine
            ]
        except (SlackApiError, OSError, HTTPException):
            return None

    def delete(self, conversation: str, message: Posted) -> Receipt:
        """Delete the message and its files, and say so where any of it is not gone."""
        steps = [partial(self._client.files_delete, file=file) for file in message.files]
        steps.append(partial(self._client.chat_delete, channel=conversation, ts=message.stamp))
        done = Receipt(Outcome.SENT, conversation=conversation, stamp=message.stamp)
        for step in steps:
            try:
                step()
            except (SlackApiError, OSError, HTTPException) as error:
                refusal = _refusal(error)
                if refusal.reason not in _GONE:
                    done = refusal
        return done

    def show_home(self, member_id: str, parts: Sequence[Part]) -> Receipt:
        """Publish a Home tab of words alone."""
        view = {"type": "home", "blocks": blocks.said(parts)}
        try:
            self._client.views_publish(user_id=member_id, view=view)
        except (SlackApiError, OSError, HTTPException) as error:
            return _refusal(error)
        return Receipt(Outcome.SENT)

    def _history(self, conversation: str, oldest: str | None = None) -> Iterator[Mapping[str, Any]]:
        """Yield the conversation's messages, page by page. Raises what the SDK raises."""
        cursor = ""
        while True:
            page = self._client.conversations_history(
                channel=conversation,
                oldest=oldest,
                include_all_metadata=True,
                limit=_PAGE,
                cursor=cursor or None,
            )
            yield from page.get("messages") or ()
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return

    def _page(self, cursor: str) -> Mapping[str, Any]:
        for patience in (*_PATIENCE, None):
            try:
                answer = self._client.users_list(
                    limit=_PAGE, cursor=cursor or None, include_locale=True
                )
                break
            except (SlackApiError, OSError, HTTPException) as error:
                refusal = _refusal(error)
                again = refusal.outcome in {Outcome.LATER, Outcome.UNCLEAR}
                if patience is None or not again:
                    raise _unreadable(refusal) from None
                self._sleep(max(patience, refusal.wait.total_seconds()))
        data = answer.data
        if not isinstance(data, dict) or not isinstance(data.get("members"), list):
            raise RosterError(
                "Slack answered the member list in a shape that is not known.",
                hint="Check SLACK_API_URL; nothing stored was changed.",
            )
        return data


def _member(member: Mapping[str, Any]) -> ChatMember:
    profile = member.get("profile") or {}
    bot = member.get("is_bot") or member.get("is_workflow_bot") or member.get("id") == _SLACKBOT
    guest = any(member.get(f) for f in ("is_restricted", "is_ultra_restricted", "is_stranger"))
    kind = PersonKind.BOT if bot else PersonKind.GUEST if guest else PersonKind.MEMBER
    return ChatMember(
        id=str(member["id"]),
        kind=kind,
        present=not (member.get("deleted") or member.get("is_invited_user")),
        email=normalise_email(str(profile.get("email") or "")),
        name=str(profile.get("real_name") or member.get("real_name") or ""),
        zone=str(member.get("tz") or ""),
        locale=str(member.get("locale") or ""),
    )


def _values(message: Mapping[str, Any]) -> set[str]:
    """Return what the buttons of a message bring back."""
    elements = (one for block in message.get("blocks") or () for one in block.get("elements") or ())
    return {str(one.get("value") or "") for one in elements if isinstance(one, dict)}


def _key_of(message: Mapping[str, Any]) -> str:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return ""
    return str((metadata.get("event_payload") or {}).get("key") or "")


def _refusal(error: Exception) -> Receipt:
    """Read what an attempt's failure means. The status comes before the code: see slack.md 8."""
    if not isinstance(error, SlackApiError):
        return Receipt(Outcome.UNCLEAR, _NO_ANSWER)
    response = error.response
    status = int(getattr(response, "status_code", 0) or 0)
    data = getattr(response, "data", None)
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or code in _WAIT:  # noqa: PLR2004 - HTTP's own number
        return Receipt(Outcome.LATER, "rate_limited", wait=_wait(response))
    if not 200 <= status < 500 or code in _UNSURE or " " in code:  # noqa: PLR2004 - HTTP's numbers
        return Receipt(Outcome.UNCLEAR, f"http_{status}" if status else _NO_ANSWER)
    if code in _PERSON or code in _OURS:
        return Receipt(Outcome.REFUSED, code)
    return Receipt(Outcome.BROKEN, code, hint=_hint(code, data))


def _hint(code: str, data: object) -> str:
    if code == "missing_scope" and isinstance(data, dict):
        return f"The app lacks the right {data.get('needed') or 'it needs'}. {MANIFEST_HINT}"
    if code == "messages_tab_disabled":
        return "Turn on the Messages tab of the app's Home, as manifest.yml does."
    return f"Slack says {code}. {MANIFEST_HINT}"


def _wait(response: Any) -> timedelta:  # noqa: ANN401 - the SDK leaves it open
    headers = {str(k).lower(): v for k, v in (getattr(response, "headers", None) or {}).items()}
    value = headers.get("retry-after", "")
    value = value[0] if isinstance(value, list) else value
    return timedelta(seconds=int(value)) if str(value).isdigit() else _DEFAULT_WAIT


def _unreadable(refusal: Receipt) -> RosterError:
    if refusal.outcome is Outcome.BROKEN:
        return RosterError(f"Slack refuses its member list ({refusal.reason}).", hint=refusal.hint)
    if refusal.reason == _NO_ANSWER:
        why = "Slack gave no answer"
    elif refusal.outcome is Outcome.LATER:
        why = "Slack asks to wait"
    else:
        why = refusal.reason.replace("_", " ").replace("http", "HTTP")
    return RosterError(
        f"Slack's member list could not be read: {why}.",
        hint="Check SLACK_API_URL and the network; nothing stored was changed.",
    )
