"""A page as Slack's Home tab: plain values in, blocks out.

Like messages it is plain text, or rich text of our own: nothing in a name can become mark-up.
Nothing is cut; what Slack would refuse raises ValueError.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.views.words import plain, run
from unranked.channels import blocks
from unranked.channels.blocks import Block
from unranked.channels.pages import Button, Page, Row, Section

BLOCKS_MOST = 100

View = dict[str, Any]


def page(made: Page) -> View:
    """Return the Home tab. Raises ValueError for more blocks than Slack takes."""
    return {"type": "home", "blocks": sections(made.sections)}


def sections(made: Sequence[Section], *, title: str = "") -> list[Block]:
    """Return the blocks of a page's parts, a line between them.

    title: what stands above all of them, and is not said a second time. Raises ValueError for more
    blocks than Slack takes.
    """
    drawn: list[Block] = []
    for section in made:
        drawn.extend([{"type": "divider"}] if drawn else [])
        drawn.extend(_section(section, shown=title))
    if len(drawn) > BLOCKS_MOST:
        raise ValueError(f"A page of {len(drawn)} blocks is longer than Slack takes.")
    return drawn


def _section(section: Section, *, shown: str) -> Iterator[Block]:
    if section.title != shown:
        yield {"type": "header", "text": plain(section.title)}
    yield from blocks.said(section.parts)
    for row in section.rows:
        yield from _row(row)


def _row(row: Row) -> Iterator[Block]:
    """A fact with a title has its buttons below; one without has at most one, beside it."""
    if not row.title:
        said = {"type": "section", "text": plain(row.text)}
        for button in row.buttons[:1]:
            said["accessory"] = _button(button)
        yield said
        return
    words = [run(row.title, bold=True), run(f"\n{row.text}")]
    yield {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": words}]}
    if row.buttons:
        yield {"type": "actions", "elements": [_button(button) for button in row.buttons]}


def _button(button: Button) -> Block:
    drawn = {"type": "button", "action_id": button.action, "text": plain(button.label)}
    if button.value:
        drawn["value"] = button.value
    if button.confirm is not None:
        drawn["confirm"] = {
            "title": plain(button.confirm.title),
            "text": plain(button.confirm.text),
            "confirm": plain(button.confirm.yes),
            "deny": plain(button.confirm.no),
        }
    return drawn
