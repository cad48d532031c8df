"""A message as Slack's Block Kit, within the limits of Slack's reference.

The first block and the top-level text begin with the neutral title, because notifications show
one or the other. The text holds everything, because screen readers read it instead of the blocks.
Blocks are plain text: nothing in a name, a contact or a tool's title can become mark-up.
"""

from collections.abc import Iterator
from typing import Any

from unranked.channels.base import Chart, Message, Note, Part

Block = dict[str, Any]

TEXT_MOST = 3_000
HEADER_MOST = 150
LABEL_MOST = 20
SERIES_MOST = 6
BLOCKS_MOST = 50
TOP_TEXT_MOST = 3_900


def blocks(message: Message, *, charts: bool = True) -> list[Block]:
    """Return the blocks of a message. Without `charts` the same is said in words alone."""
    drawn: list[Block] = [
        {"type": "header", "text": _plain(message.title[:HEADER_MOST])},
        *(block for part in message.parts for block in _part(part, charts=charts)),
    ]
    if message.choices:
        drawn.append(
            {"type": "actions", "block_id": "choices", "elements": list(_buttons(message))}
        )
    if len(drawn) > BLOCKS_MOST:
        raise ValueError(f"A message of {len(drawn)} blocks is longer than Slack takes.")
    return drawn


def text(message: Message) -> str:
    """Return the whole message as Slack's mrkdwn text, title first."""
    lines = [_escaped(message.title)]
    lines.extend(_escaped(line) for part in message.parts for line in _lines(part))
    return "\n".join(lines)[:TOP_TEXT_MOST]


def _part(part: Part, *, charts: bool) -> Iterator[Block]:
    if isinstance(part, Chart):
        if charts and drawable(part):
            yield _chart(part)
        yield from _sections("\n".join(part.words))
    elif isinstance(part, Note):
        for piece in _pieces(part.text):
            yield {"type": "context", "elements": [_plain(piece)]}
    else:
        yield from _sections(part.text)


def _sections(words: str) -> Iterator[Block]:
    for piece in _pieces(words):
        yield {"type": "section", "text": _plain(piece)}


def drawable(chart: Chart) -> bool:
    """Return whether Slack's chart block takes this chart; if not, its words must do."""
    enough = 1 <= len(chart.series) <= SERIES_MOST and 1 <= len(chart.categories) <= LABEL_MOST
    return enough and any(value > 0 for series in chart.series for value in series.values)


def _chart(chart: Chart) -> Block:
    categories = [category[:LABEL_MOST] for category in chart.categories]
    return {
        "type": "data_visualization",
        "title": chart.title[:50],
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
            "axis_config": {"categories": categories, "y_label": chart.unit[:50]},
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
        if choice.prominent:
            button["style"] = "primary"
        yield button


def _lines(part: Part) -> tuple[str, ...]:
    if isinstance(part, Chart):
        return part.words
    return tuple(part.text.split("\n"))


def _pieces(words: str) -> Iterator[str]:
    """Cut at line ends so that no piece is longer than a block takes."""
    piece = ""
    for line in words.split("\n"):
        bounded = line[:TEXT_MOST]
        if piece and len(piece) + len(bounded) + 1 > TEXT_MOST:
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
