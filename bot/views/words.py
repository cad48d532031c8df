"""Text objects of Slack: plain words, and runs of rich text."""

from unranked.channels.blocks import Block


def plain(words: str) -> Block:
    """Return words in which nothing is mark-up."""
    return {"type": "plain_text", "text": words, "emoji": False}


def run(words: str, *, bold: bool = False) -> Block:
    """Return a run of rich text."""
    return {"type": "text", "text": words, **({"style": {"bold": True}} if bold else {})}
