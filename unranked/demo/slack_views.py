"""Home views and modals of the made-up Slack, and what it refuses in blocks (slack.md 11)."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from unranked.demo.blocks_limits import problems, too_long, view_problems, view_too_large
from unranked.demo.slack_arguments import Arguments, SlackError
from unranked.demo.slack_faults import Faults
from unranked.demo.slack_members import TEAM_ID
from unranked.demo.slack_workspace import APP_ID, BOT_ID, Workspace

TRIGGER_LIFE = timedelta(seconds=3)
MODALS_MOST = 3

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
    if call.faults.home_tab_disabled:
        raise SlackError("not_enabled")
    member = call.workspace.member(person_id)
    if member is None or not member.takes_messages:
        raise SlackError("invalid_arguments")
    view = checked_view(call, "home")
    with call.workspace.lock:
        before = call.workspace.homes.get(person_id)
        _refuse_stale(call, before)
        shown = as_shown(view, f"V{person_id[1:]}", before)
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
    with call.workspace.lock:
        person_id, shown = _triggered(call)
        call.workspace.modals[person_id] = [shown]
    return {"view": shown}


def views_push(call: Call) -> Fields:
    """Put a modal on top of those that the person has open, three at the most."""
    with call.workspace.lock:
        person_id, shown = _triggered(call, most=MODALS_MOST - 1)
        before = call.workspace.modals.get(person_id, [])
        if not before:
            raise SlackError("not_found")
        shown |= {"root_view_id": before[0]["id"], "previous_view_id": before[-1]["id"]}
        call.workspace.modals[person_id] = [*before, shown]
    return {"view": shown}


def views_update(call: Call) -> Fields:
    """Change a modal that is open, by its id."""
    view_id = call.args.needed("view_id")
    with call.workspace.lock:
        for opened in call.workspace.modals.values():
            for place, before in enumerate(opened):
                if before["id"] == view_id:
                    _refuse_stale(call, before)
                    opened[place] = as_shown(checked_view(call, "modal"), view_id, before)
                    return {"view": opened[place]}
    raise SlackError("not_found")


def _triggered(call: Call, *, most: int = MODALS_MOST) -> tuple[str, Fields]:
    """Use up the trigger id; return whose it is, and the modal as it is shown."""
    trigger = call.args.needed("trigger_id")
    if trigger not in call.workspace.triggers:
        raise SlackError("invalid_trigger_id")
    made_at, person_id = call.workspace.triggers[trigger]
    if made_at is None:
        raise SlackError("exchanged_trigger_id")
    if call.workspace.now() - made_at > TRIGGER_LIFE:
        raise SlackError("expired_trigger_id")
    if len(call.workspace.modals.get(person_id, [])) > most:
        raise SlackError("push_limit_reached")
    view = checked_view(call, "modal")
    call.workspace.triggers[trigger] = (None, person_id)
    return person_id, as_shown(view, f"V{trigger.partition('.')[0]}MODAL", None)


def _refuse_stale(call: Call, before: Mapping[str, Any] | None) -> None:
    if "hash" in call.args and before and call.args.text("hash") != before["hash"]:
        raise SlackError("hash_conflict")


def as_shown(view: Mapping[str, Any], view_id: str, before: Mapping[str, Any] | None) -> Fields:
    """Return a view as Slack gives it back: in every answer, event and click from then on.

    Unlike Slack's, the blocks keep the ids that they came with, or have none.
    """
    common: Fields = {
        "id": view_id,
        "team_id": TEAM_ID,
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "state": {"values": {}},
        "clear_on_close": False,
        "notify_on_close": False,
        "root_view_id": view_id,
        "previous_view_id": None,
        "app_id": APP_ID,
        "app_installed_team_id": TEAM_ID,
        "bot_id": BOT_ID,
    }
    digest = hashlib.sha256(repr((before, view)).encode()).hexdigest()
    return {**common, **view, "hash": f"{int(digest[:8], 16)}.{digest[8:16]}"}
