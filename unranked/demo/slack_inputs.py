"""Interactive elements of Block Kit: where they are, and values in the shapes that Slack sends.

Source: slack.md 11 and 12.2. A page gives plain text, or a list of texts; which element it was
filled into, and what that element offers, is looked up in the blocks themselves.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Block = Mapping[str, Any]
Typed = Mapping[str, Mapping[str, Any]]
"""`{block_id: {action_id: value}}`; a value is text, or a list of texts."""

_ONE_OPTION = frozenset({"static_select", "external_select", "radio_buttons", "overflow"})
_OPTIONS = frozenset({"multi_static_select", "multi_external_select", "checkboxes"})
_FIELDS = {
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
}
_STATELESS = frozenset({"button", "overflow", "image", "workflow_button"})
REQUIRED = "Please complete this required field."


def with_ids(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Return the blocks with an id each, and their elements too, as Slack gives them."""
    return [_with_ids(block, f"b{place}") for place, block in enumerate(blocks)]


def _with_ids(block: Block, block_id: str) -> dict[str, Any]:
    named = {"block_id": block_id, **block}
    for field in ("element", "accessory"):
        if field in named:
            named[field] = {"action_id": f"{field}0", **named[field]}
    if block.get("type") == "actions":
        elements = enumerate(named["elements"])
        named["elements"] = [{"action_id": f"a{place}", **one} for place, one in elements]
    return named


def elements(blocks: Sequence[Block]) -> Iterator[tuple[str, Block]]:
    """Yield every element that can be acted on or filled in, with its block's id."""
    for block in blocks:
        own = [block[field] for field in ("element", "accessory") if field in block]
        if block.get("type") in {"actions", "context_actions"}:
            own += block["elements"]
        for element in own:
            if element.get("type") != "image":
                yield block["block_id"], element


def acted(
    blocks: Sequence[Block], block_id: str, action_id: str, value: object
) -> dict[str, Any] | None:
    """Return what Slack says of an interaction with an element; None where there is none."""
    for own_block, element in elements(blocks):
        if (own_block, element["action_id"]) == (block_id, action_id):
            named = {"block_id": block_id, "action_id": action_id, "type": element["type"]}
            if element["type"] == "button":
                pressed = {"text": element["text"]}
                return named | pressed | ({"value": element["value"]} if "value" in element else {})
            return named | _filled(element, value)
    return None


def state(blocks: Sequence[Block], typed: Typed) -> dict[str, dict[str, Any]]:
    """Return the state of all that can be filled in, with what was typed or else what stood there.

    What belongs to no element of the blocks is left out.
    """
    values: dict[str, dict[str, Any]] = {}
    for block_id, element in elements(blocks):
        if element["type"] in _STATELESS:
            continue
        action_id = element["action_id"]
        given = typed.get(block_id, {})
        value = given[action_id] if action_id in given else initial(element)
        filled = {"type": element["type"], **_filled(element, value)}
        values.setdefault(block_id, {})[action_id] = filled
    return values


def conversations(blocks: Sequence[Block], typed: Typed) -> Iterator[tuple[str, str, str]]:
    """Yield block, element and conversation of every field that brings an address for answers."""
    for block_id, element in elements(blocks):
        chosen = typed.get(block_id, {}).get(element["action_id"], initial(element))
        if element.get("response_url_enabled") and chosen:
            yield block_id, element["action_id"], str(chosen)


def missing(blocks: Sequence[Block], typed: Typed) -> dict[str, str]:
    """Return what Slack says below each field that must be filled in and is not, by block id."""
    found = {}
    for block in blocks:
        if block.get("type") == "input" and not block.get("optional"):
            element = block["element"]
            given = typed.get(block["block_id"], {})
            value = given.get(element["action_id"], initial(element))
            if not value or not str(value).strip():
                found[block["block_id"]] = REQUIRED
    return found


def initial(element: Block) -> Any:  # noqa: ANN401 - text, or a list of texts
    """Return what stands in an element before anybody fills it in."""
    if element["type"] in _OPTIONS:
        return [option["value"] for option in element.get("initial_options", [])]
    if element["type"] in _ONE_OPTION:
        return element.get("initial_option", {}).get("value", "")
    name = _FIELDS.get(element["type"], "value").replace("selected", "initial")
    return element.get("initial_value" if name == "value" else name) or ""


def _filled(element: Block, value: Any) -> dict[str, Any]:  # noqa: ANN401 - the same
    kind = element["type"]
    if kind in _OPTIONS:
        chosen = [value] if isinstance(value, str) else list(value or [])
        return {"selected_options": [one for one in _options(element) if one["value"] in chosen]}
    if kind in _ONE_OPTION:
        found = [one for one in _options(element) if one["value"] == value]
        return {"selected_option": found[0] if found else None}
    if kind == "datetimepicker":
        return {"selected_date_time": int(value) if str(value).isdigit() else None}
    return {_FIELDS.get(kind, "value"): value or None}


def _options(element: Block) -> list[dict[str, Any]]:
    groups = [group["options"] for group in element.get("option_groups", [])]
    return [*element.get("options", []), *(option for group in groups for option in group)]
