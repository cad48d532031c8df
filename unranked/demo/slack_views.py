"""Home views and modals of the made-up Slack, and what it refuses in blocks (slack.md 11)."""

import hashlib
from datetime import timedelta
from typing import Any, NamedTuple

from unranked.demo.blocks_limits import problems, too_long, view_problems, view_too_large
from unranked.demo.slack_arguments import Arguments, SlackError
from unranked.demo.slack_faults import Faults
from unranked.demo.slack_workspace import Workspace

TRIGGER_LIFE = timedelta(seconds=3)

Fields = dict[str, Any]


class Call(NamedTuple):
    """One call: the workspace, what is wrong with it, the token's scopes, the arguments."""

    workspace: Workspace
    faults: Faults
    scopes: frozenset[str]
    args: Arguments


def views_publish(call: Call) -> Fields:
    """Put a Home view before one person."""
    person_id = call.args.needed("user_id")
    member = call.workspace.member(person_id)
    if member is None or not member.takes_messages:
        raise SlackError("invalid_arguments")
    view = checked_view(call, "home")
    with call.workspace.lock:
        before = call.workspace.homes.get(person_id)
        if "hash" in call.args and before and call.args.text("hash") != before["hash"]:
            raise SlackError("hash_conflict")
        shown = {**view, "id": f"V{person_id[1:]}", "hash": _hash(repr((before, view)))}
        call.workspace.homes[person_id] = shown
    return {"view": shown}


def checked_view(call: Call, surface: str) -> Fields:
    """Return the view among the arguments, if nothing is wrong with it."""
    view = call.args.json("view", "invalid_arguments")
    if view_too_large(view):
        raise SlackError("view_too_large")
    if found := view_problems(view, surface):
        raise SlackError("invalid_arguments", response_metadata={"messages": found})
    return view if isinstance(view, dict) else {}


def checked_blocks(faults: Faults, blocks: object) -> None:
    """Refuse what Slack would refuse in the blocks of a message."""
    found = problems(blocks, "message")
    if isinstance(blocks, list) and not found:
        if too_long(blocks):
            raise SlackError("msg_blocks_too_long")
        if faults.charts_refused and any(b["type"] == "data_visualization" for b in blocks):
            found = ["[ERROR] unsupported type: data_visualization [json-pointer:/blocks]"]
    if found:
        raise SlackError("invalid_blocks", errors=found, response_metadata={"messages": found})


def views_open(call: Call) -> Fields:
    """Open a modal for the person whose command or click brought the trigger id."""
    trigger = call.args.needed("trigger_id")
    with call.workspace.lock:
        if trigger not in call.workspace.triggers:
            raise SlackError("invalid_trigger_id")
        made_at, person_id = call.workspace.triggers[trigger]
        if made_at is None:
            raise SlackError("exchanged_trigger_id")
        if call.workspace.now() - made_at > TRIGGER_LIFE:
            raise SlackError("expired_trigger_id")
        view = checked_view(call, "modal")
        call.workspace.triggers[trigger] = (None, person_id)
        shown = {**view, "id": f"V{trigger}", "hash": _hash(repr(view))}
        call.workspace.modals[person_id] = shown
    return {"view": shown}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
