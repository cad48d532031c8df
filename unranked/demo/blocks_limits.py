"""What Slack refuses in blocks, messages and views (slack.md 11 to 13), as its own complaints.

Stricter than Slack where its documents leave a doubt: fields that the table does not know are
refused, and so are the rarer blocks (video, card, carousel, container, plan, task card, file).
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from unranked.demo.blocks_charts import CHART
from unranked.demo.blocks_checks import (
    Check,
    anything,
    by_type,
    exactly_one,
    flag,
    listed,
    number,
    one_of,
    problem,
    shape,
    strings_of,
    text,
)
from unranked.demo.blocks_elements import (
    ACCESSORY,
    ACTIONS,
    ID,
    IMAGE_ELEMENT,
    INPUT,
    plain,
    words,
)

LARGEST_VIEW = 250_000
LONGEST_MESSAGE = 13_200
"""Characters of all blocks of a message. Not documented: observed by others. Stay well under."""

_MOST_BLOCKS = {"message": 50, "home": 100, "modal": 100}
_MOST_OF_A_KIND = {"table": 1, "data_table": 1, "data_visualization": 2}
_MARKDOWN_CHARACTERS = 12_000
_TABLE_CHARACTERS = 10_000


def _text_or_fields(block: object, pointer: str) -> Iterator[str]:
    if isinstance(block, dict) and not ("text" in block or "fields" in block):
        yield problem("needs text or fields", pointer)


_CELL = by_type(
    {
        "raw_text": shape({"text": text(3000, least=0)}),
        "raw_number": shape({"value": number(whole=False)}, {"text": text(3000)}),
        "rich_text": shape({"elements": listed(anything, 1, 100)}),
    }
)
_RICH = one_of("rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted")


def _rich_element(value: object, pointer: str) -> Iterator[str]:
    kind = value.get("type") if isinstance(value, dict) else None
    yield from _RICH(kind, f"{pointer}/type")
    if isinstance(value, dict):
        yield from listed(anything, 1, 1000)(value.get("elements"), f"{pointer}/elements")


_COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag})
_FEEDBACK = shape({"text": plain(75), "value": text(2000)}, {"accessibility_label": text(75)})
_KINDS: dict[str, tuple[str, Check]] = {
    "section": (
        "message home modal",
        shape(
            {},
            {
                "block_id": ID,
                "text": words(3000),
                "fields": listed(words(2000), 1, 10),
                "accessory": ACCESSORY,
                "expand": flag,
            },
            _text_or_fields,
        ),
    ),
    "header": ("message home modal", shape({"text": plain(150)}, {"block_id": ID})),
    "divider": ("message home modal", shape({}, {"block_id": ID})),
    "context": (
        "message home modal",
        shape(
            {
                "elements": listed(
                    by_type(
                        {
                            "image": IMAGE_ELEMENT,
                            "plain_text": plain(3000),
                            "mrkdwn": words(3000),
                        }
                    ),
                    1,
                    10,
                )
            },
            {"block_id": ID},
        ),
    ),
    "actions": (
        "message home modal",
        shape({"elements": listed(ACTIONS, 1, 25)}, {"block_id": ID}),
    ),
    "input": (
        "message home modal",
        shape(
            {"label": plain(2000), "element": INPUT},
            {"block_id": ID, "hint": plain(2000), "optional": flag, "dispatch_action": flag},
        ),
    ),
    "image": (
        "message home modal",
        shape(
            {"alt_text": text(2000)},
            {
                "block_id": ID,
                "title": plain(2000),
                "image_url": text(3000),
                "slack_file": shape({}, {"id": ID, "url": text(3000)}, exactly_one("id", "url")),
            },
            exactly_one("image_url", "slack_file"),
        ),
    ),
    "rich_text": (
        "message home modal",
        shape({"elements": listed(_rich_element, 1, 100)}, {"block_id": ID}),
    ),
    "markdown": ("message", shape({"text": text(_MARKDOWN_CHARACTERS)}, {"block_id": ID})),
    "table": (
        "message",
        shape(
            {"rows": listed(listed(_CELL, 1, 20), 1, 100)},
            {"block_id": ID, "column_settings": listed(_COLUMN, 1, 20)},
        ),
    ),
    "data_table": (
        "message",
        shape(
            {"caption": text(3000), "rows": listed(listed(_CELL, 1, 20), 2, 100)},
            {
                "block_id": ID,
                "page_size": number(1, 100),
                "row_header_column_index": number(0, 19),
            },
        ),
    ),
    "data_visualization": ("message", CHART),
    "alert": (
        "modal",
        shape(
            {"text": words(200)},
            {"block_id": ID, "level": one_of("default", "info", "warning", "error", "success")},
        ),
    ),
    "context_actions": (
        "message",
        shape(
            {
                "elements": listed(
                    by_type(
                        {
                            "feedback_buttons": shape(
                                {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK},
                                {"action_id": ID},
                            )
                        }
                    ),
                    1,
                    5,
                )
            },
            {"block_id": ID},
        ),
    ),
}


def problems(blocks: object, surface: str) -> list[str]:
    """Return all that Slack would refuse in these blocks. surface: `message`, `home`, `modal`."""
    allowed = {kind: check for kind, (where, check) in _KINDS.items() if surface in where.split()}
    most = _MOST_BLOCKS[surface]
    found = list(listed(by_type(allowed), 1 if surface == "modal" else 0, most)(blocks, "/blocks"))
    if isinstance(blocks, list) and not found:
        found += _between(blocks)
    return found


def too_long(blocks: Sequence[object]) -> bool:
    """Say whether the blocks of a message are too long together (`msg_blocks_too_long`)."""
    return sum(map(len, strings_of(blocks))) > LONGEST_MESSAGE


def view_problems(view: object, surface: str) -> list[str]:
    """Return all that Slack would refuse in a view. surface: `home` or `modal`."""
    own: dict[str, Check] = {"callback_id": ID, "external_id": ID}
    own["private_metadata"] = text(3000, least=0)
    needed: dict[str, Check] = {"type": one_of(surface), "blocks": anything}
    if surface == "modal":
        needed["title"] = plain(24)
        own |= {"submit": plain(24), "close": plain(24), "clear_on_close": flag}
        own |= {"notify_on_close": flag, "submit_disabled": flag}
    found = list(shape(needed, own)(view, ""))
    if not isinstance(view, Mapping):
        return found
    found += problems(view.get("blocks"), surface)
    if surface == "modal" and not found and "submit" not in view:
        inputs = [block for block in view["blocks"] if block["type"] == "input"]
        found += [problem("a modal with input blocks needs submit", "/submit")] if inputs else []
    return found


def view_too_large(view: object) -> bool:
    """Say whether a view is larger than 250 kB (`view_too_large`)."""
    return len(json.dumps(view, ensure_ascii=False).encode()) > LARGEST_VIEW


def _between(blocks: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """Yield what is wrong with blocks that are right one by one."""
    kinds = Counter(str(block["type"]) for block in blocks)
    for kind, most in _MOST_OF_A_KIND.items():
        if kinds[kind] > most:
            yield problem(f"at most {most} {kind} in a message", "/blocks")
    ids = Counter(str(block["block_id"]) for block in blocks if "block_id" in block)
    if any(count > 1 for count in ids.values()):
        yield problem("block_id must be unique", "/blocks")
    markdown = sum(len(str(block["text"])) for block in blocks if block["type"] == "markdown")
    if markdown > _MARKDOWN_CHARACTERS:
        yield problem("markdown is too long together", "/blocks")
    for n, block in enumerate(blocks):
        names = list(_action_ids(block.get("elements")))
        if len(set(names)) != len(names):
            yield problem("action_id must be unique in its block", f"/blocks/{n}/elements")
        long_table = len("".join(strings_of(block.get("rows")))) > _TABLE_CHARACTERS
        if long_table and block["type"] in {"table", "data_table"}:
            yield problem("the table is too long", f"/blocks/{n}/rows")


def _action_ids(elements: object) -> Iterator[str]:
    for element in elements if isinstance(elements, list) else []:
        if "action_id" in element:
            yield element["action_id"]
