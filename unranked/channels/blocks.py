"""A message as Slack's Block Kit, within the limits of Slack's reference.

The first block and the top-level text begin with the neutral title, because notifications show
one or the other. The text holds everything, because screen readers read it instead of the blocks.
Blocks are plain text: nothing in a name, a contact or a tool's title can become mark-up. Nothing is
cut: what is longer than Slack takes is a mistake of ours, and raises ValueError before it is sent.
"""

import math
from collections.abc import Collection, Iterable, Iterator
from itertools import count
from typing import Any

from unranked.channels.base import Chart, Fact, Facts, Message, Note, Part, lines_of

Block = dict[str, Any]

TEXT_MOST = 3_000
HEADER_MOST = 150
LABEL_MOST = 20
AXIS_MOST = 50
SERIES_MOST = 6
CHARTS_MOST = 2
BUTTONS_MOST = 25
BUTTON_MOST = 75
ID_MOST = 255
BLOCKS_MOST = 50
MESSAGE_MOST = 12_000
"""Characters of a whole message. Slack does not say its own limit; about 13,200 were observed."""


def blocks(message: Message, *, charts: bool = True) -> list[Block]:
    """Return the blocks of a message. Without `charts` the same is said in words alone.

    Raises ValueError for a message that Slack would refuse.
    """
    _check(message)
    room = count(CHARTS_MOST if charts else 0, -1)
    drawn: list[Block] = [
        {"type": "header", "text": _plain(message.title)},
        *(block for part in message.parts for block in _part(part, room)),
    ]
    if message.choices:
        drawn.append(
            {"type": "actions", "block_id": "choices", "elements": list(_buttons(message))}
        )
    if len(drawn) > BLOCKS_MOST:
        raise ValueError(f"A message of {len(drawn)} blocks is longer than Slack takes.")
    return drawn


def said(parts: Iterable[Part]) -> list[Block]:
    """Return the blocks of parts in words alone, for a page or a form, which take no chart."""
    return [block for part in parts for block in _part(part, count(0, -1))]


def text(message: Message) -> str:
    """Return the whole message as Slack's mrkdwn text, title first. Raises as `blocks` does."""
    _check(message)
    lines = [_escaped(message.title)]
    lines.extend(_escaped(line) for part in message.parts for line in lines_of(part))
    return "\n".join(lines)


def _check(message: Message) -> None:
    actions = [choice.action for choice in message.choices]
    said = sum(len(line) + 1 for part in message.parts for line in lines_of(part))
    said += sum(_length(part) for part in message.parts if isinstance(part, Chart))
    wrong = {
        "title": not (message.title.strip() and len(message.title) <= HEADER_MOST),
        "length": said + len(message.title) > MESSAGE_MOST,
        "choices": len(set(actions)) != len(actions) or len(actions) > BUTTONS_MOST,
        "actions": not all(0 < len(action) <= ID_MOST for action in actions),
        "labels": not all(c.label.strip() and len(c.label) <= BUTTON_MOST for c in message.choices),
    }
    for what, is_wrong in wrong.items():
        if is_wrong:
            raise ValueError(f"Slack does not take the {what} of this message.")


def _length(chart: Chart) -> int:
    """Return how many characters a chart shows."""
    names = sum(min(len(name), LABEL_MOST) for name in chart.categories)
    return len(chart.title) + sum(LABEL_MOST + names for _ in chart.series) + names


def _part(part: Part, room: Iterator[int]) -> Iterator[Block]:
    if isinstance(part, Chart):
        if drawable(part) and next(room) > 0:
            yield _chart(part)
        yield from _sections("\n".join(part.words))
    elif isinstance(part, Facts):
        yield from map(_fact, part.items)
    elif isinstance(part, Note):
        for piece in _pieces(part.text):
            yield {"type": "context", "elements": [_plain(piece)]}
    else:
        yield from _sections(part.text)


def _fact(fact: Fact) -> Block:
    """Rich text of our own: the name stands out, and nothing in the words can become mark-up."""
    name = {"type": "text", "text": fact.name, "style": {"bold": True}}
    words = [name, {"type": "text", "text": f"\n{fact.words}"}]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": words}]}


def _sections(words: str) -> Iterator[Block]:
    for piece in _pieces(words):
        yield {"type": "section", "text": _plain(piece)}


def drawable(chart: Chart) -> bool:
    """Return whether Slack's chart block takes this chart; if not, its words must do."""
    names = [series.name[:LABEL_MOST] for series in chart.series]
    categories = [category[:LABEL_MOST] for category in chart.categories]
    values = [value for series in chart.series for value in series.values]
    return (
        _are_labels(names, SERIES_MOST)
        and _are_labels(categories, LABEL_MOST)
        and all(len(series.values) == len(categories) for series in chart.series)
        and all(math.isfinite(value) for value in values)
        and any(value > 0 for value in values)
        and _are_labels([chart.title[:AXIS_MOST]], 1)
        and _are_labels([chart.unit[:AXIS_MOST]], 1)
    )


def _are_labels(names: Collection[str], most: int) -> bool:
    distinct = len(set(names)) == len(names)
    return distinct and 1 <= len(names) <= most and all(name.strip() for name in names)


def _chart(chart: Chart) -> Block:
    categories = [category[:LABEL_MOST] for category in chart.categories]
    return {
        "type": "data_visualization",
        "title": chart.title[:AXIS_MOST],
        "chart": {
            "type": "bar",
            "series": [
                {
                    "name": series.name[:LABEL_MOST],
                    "data": [
                        {"label": label, "value": value}
                        for label, value in zip(categories, series.values, strict=True)
                    ],
                }
                for series in chart.series
            ],
            "axis_config": {"categories": categories, "y_label": chart.unit[:AXIS_MOST]},
        },
    }


def _buttons(message: Message) -> Iterator[Block]:
    for choice in message.choices:
        button: Block = {
            "type": "button",
            "action_id": choice.action,
            "text": _plain(choice.label),
        }
        if message.token:
            button["value"] = message.token
        if choice.url:
            button["url"] = choice.url
        if choice.dangerous or choice.prominent:
            button["style"] = "danger" if choice.dangerous else "primary"
        yield button


def _pieces(words: str) -> Iterator[str]:
    """Cut at line ends, and very long lines within, so that each piece fits into a block."""
    piece = ""
    for line in words.split("\n"):
        for start in range(0, max(1, len(line)), TEXT_MOST):
            bounded = line[start : start + TEXT_MOST]
            if piece and len(piece) + len(bounded) + 1 > TEXT_MOST:
                if piece.strip():
                    yield piece
                piece = ""
            piece = f"{piece}\n{bounded}" if piece else bounded
    if piece.strip():
        yield piece


def _escaped(words: str) -> str:
    """Take every meaning from characters that Slack's mrkdwn would read as mark-up."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(words: str) -> Block:
    return {"type": "plain_text", "text": words, "emoji": False}
