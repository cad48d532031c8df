"""The Web API methods of the made-up Slack: what each needs, does and answers (slack.md 8, 15)."""

import base64
import binascii
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from unranked.demo import slack_files, slack_views
from unranked.demo.slack_arguments import Arguments, SlackError
from unranked.demo.slack_members import TEAM_ID, Member
from unranked.demo.slack_views import Call, Fields, checked_blocks
from unranked.demo.slack_workspace import BOT_ID, BOT_USER_ID, Draft

SCOPES = frozenset(
    {
        "chat:write",
        "commands",
        "dnd:read",
        "files:write",
        "im:history",
        "im:write",
        "usergroups:read",
        "users:read",
        "users:read.email",
    }
)
APP_LEVEL = "apps.connections.open"
"""The one method that wants the app-level token (xapp-), and that token opens nothing else."""

_LONGEST_TEXT = 40_000
_LONGEST_UPDATE = 4_000
_MOST_MEMBERS = 1000
_MOST_MESSAGES = 999
_NOT_FOUND = "channel_not_found"


def auth_test(_: Call) -> Fields:
    """Return who the token is."""
    return {
        "url": "https://made-up.slack.example/",
        "team": "Made-up Works",
        "user": "unranked",
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def apps_connections_open(call: Call) -> Fields:
    """Return an address for one connection of Socket Mode. Its token is not the bot's."""
    return {"url": call.workspace.socket_address()}


def users_list(call: Call) -> Fields:
    """Return a page of members."""
    everybody = call.workspace.order
    if "limit" not in call.args and len(everybody) > _MOST_MEMBERS:
        raise SlackError("limit_required")
    limit = min(call.args.number("limit", 0) or _MOST_MEMBERS, _MOST_MEMBERS)
    start = _position(call.args.text("cursor"))
    end = start + limit
    return {
        "members": [_shape(call, member) for member in everybody[start:end]],
        "cache_ts": int(call.workspace.now().timestamp()),
        "response_metadata": {"next_cursor": _cursor(end) if end < len(everybody) else ""},
    }


def users_info(call: Call) -> Fields:
    """Return one member."""
    member = call.workspace.member(call.args.needed("user"))
    if member is None:
        raise SlackError("user_not_found")
    return {"user": _shape(call, member)}


def usergroups_users_list(call: Call) -> Fields:
    """Return who is in a user group."""
    group = call.args.needed("usergroup")
    if group not in call.workspace.groups:
        raise SlackError("no_such_subteam")
    return {"users": sorted(call.workspace.groups[group])}


def conversations_open(call: Call) -> Fields:
    """Return the DM with one person."""
    people = [one for one in call.args.text("users").split(",") if one]
    if not people:
        raise SlackError("users_list_not_supplied")
    if len(people) > 1:
        raise SlackError("invalid_user_combination")
    member = call.workspace.member(people[0])
    if member is None:
        raise SlackError("user_not_found")
    if member.deleted:
        raise SlackError("user_disabled")
    if member.is_invited_user or member.is_stranger:
        raise SlackError("user_not_visible")
    channel = _dm(call, member)
    return {"channel": {"id": channel}}


def post(call: Call) -> Draft:
    """Return the message that is to be committed, if nothing is wrong with it."""
    channel = _channel_for(call, call.args.needed("channel"))
    if any(name in call.args for name in ("username", "icon_url", "icon_emoji")):
        raise SlackError("missing_scope", needed="chat:write.customize")
    fields = _content(call)
    fields["text"] = fields["text"][:_LONGEST_TEXT]
    if "thread_ts" in call.args:
        fields["thread_ts"] = call.args.text("thread_ts")
    if "metadata" in call.args:
        fields["metadata"] = _metadata(call.args)
    if call.faults.messages_tab_disabled:
        raise SlackError("messages_tab_disabled")
    return Draft(channel, fields)


def conversations_history(call: Call) -> Fields:
    """Return a page of one DM, newest first. Takes the id of a DM only, never a person's."""
    channel = _open_dm(call)
    oldest, latest = _ts(call.args, "oldest"), _ts(call.args, "latest")
    limit = min(call.args.number("limit", 100) or 100, _MOST_MESSAGES)
    start = _position(call.args.text("cursor"))
    inclusive = call.args.flag("inclusive")
    found = [
        message
        for message in call.workspace.read(channel)
        if _within(Decimal(message["ts"]), oldest, latest, inclusive=inclusive)
    ]
    page, more = found[start : start + limit], start + limit < len(found)
    if not call.args.flag("include_all_metadata"):
        for message in page:
            if "metadata" in message:
                message["metadata"] = {"event_type": message["metadata"]["event_type"]}
    return {
        "messages": page,
        "has_more": more,
        "pin_count": 0,
        "response_metadata": {"next_cursor": _cursor(start + limit) if more else ""},
    }


def chat_update(call: Call) -> Fields:
    """Change one of the app's messages. Left-out metadata stays, empty metadata goes."""
    channel, ts = _open_dm(call), call.args.needed("ts")
    fields = _content(call)
    if len(fields["text"]) > _LONGEST_UPDATE:
        raise SlackError("msg_too_long")
    if "metadata" in call.args:
        given = call.args.json("metadata", "invalid_metadata_format")
        fields["metadata"] = _metadata(call.args) if given else None
    message = call.workspace.change(channel, ts, fields)
    if message is None:
        raise SlackError("message_not_found")
    return {"channel": channel, "ts": ts, "text": fields["text"], "message": message}


def chat_delete(call: Call) -> Fields:
    """Take one of the app's messages away."""
    channel, ts = _open_dm(call), call.args.needed("ts")
    if call.faults.deleting_refused:
        raise SlackError("compliance_exports_prevent_deletion")
    if not call.workspace.remove(channel, ts):
        raise SlackError("message_not_found")
    return {"channel": channel, "ts": ts}


METHODS: dict[str, tuple[str, Callable[[Call], Fields]]] = {
    "auth.test": ("", auth_test),
    APP_LEVEL: ("", apps_connections_open),
    "users.list": ("users:read", users_list),
    "users.info": ("users:read", users_info),
    "usergroups.users.list": ("usergroups:read", usergroups_users_list),
    "conversations.open": ("im:write", conversations_open),
    "conversations.history": ("im:history", conversations_history),
    "chat.update": ("chat:write", chat_update),
    "chat.delete": ("chat:write", chat_delete),
    "files.getUploadURLExternal": ("files:write", slack_files.start),
    "files.completeUploadExternal": ("files:write", slack_files.complete),
    "files.delete": ("files:write", slack_files.delete),
    "views.publish": ("", slack_views.views_publish),
    "views.open": ("", slack_views.views_open),
    "views.push": ("", slack_views.views_push),
    "views.update": ("", slack_views.views_update),
}
"""Each method's scope (none: empty) and function. Posting stands apart: it can fail half-way."""


def _shape(call: Call, member: Member) -> dict[str, object]:
    return member.shape(
        call.workspace.now(),
        with_email="users:read.email" in call.scopes,
        with_locale=call.args.flag("include_locale"),
    )


def _channel_for(call: Call, channel: str) -> str:
    if channel.startswith("D"):
        if not call.workspace.is_open(channel):
            raise SlackError(_NOT_FOUND)
        channel = call.workspace.person_in(channel)
    member = call.workspace.member(channel)
    if member is None:
        raise SlackError(_NOT_FOUND)
    return _dm(call, member)


def _dm(call: Call, member: Member) -> str:
    if code := call.faults.refused_people.get(member.id):
        raise SlackError(code)
    if not member.takes_messages:
        raise SlackError(_NOT_FOUND)
    return call.workspace.dm_of(member.id)


def _open_dm(call: Call) -> str:
    channel = call.args.needed("channel")
    if not call.workspace.is_open(channel):
        raise SlackError(_NOT_FOUND)
    return channel


def _content(call: Call) -> Fields:
    """Return text and blocks. Text is a must: phones notify with it, screen readers read it."""
    text = call.args.text("text")
    if not text.strip():
        raise SlackError("no_text")
    if "blocks" not in call.args:
        return {"text": text}
    blocks = call.args.json("blocks", "invalid_blocks_format")
    checked_blocks(call.faults, blocks)
    return {"text": text, "blocks": blocks}


def _metadata(args: Arguments) -> Fields:
    given = args.json("metadata", "invalid_metadata_format")
    if not isinstance(given, dict) or set(given) != {"event_type", "event_payload"}:
        raise SlackError("invalid_metadata_format")
    if not isinstance(given["event_type"], str) or not isinstance(given["event_payload"], dict):
        raise SlackError("invalid_metadata_format")
    return given


def _within(
    ts: Decimal, oldest: Decimal | None, latest: Decimal | None, *, inclusive: bool
) -> bool:
    after = oldest is None or ts > oldest or (inclusive and ts == oldest)
    before = latest is None or ts < latest or (inclusive and ts == latest)
    return after and before


def _ts(args: Arguments, name: str) -> Decimal | None:
    if name not in args:
        return None
    try:
        return Decimal(args.text(name))
    except InvalidOperation:
        raise SlackError(f"invalid_ts_{name}") from None


def _cursor(position: int) -> str:
    return base64.b64encode(f"at:{position}".encode()).decode()


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        at = base64.b64decode(cursor, validate=True).decode().removeprefix("at:")
        return int(at)
    except (binascii.Error, ValueError):
        raise SlackError("invalid_cursor") from None
