"""Answers in Slack: an ephemeral message that only the asker sees, or one in place of another."""

from slack_bolt import Respond

from unranked.channels import blocks
from unranked.channels.base import Message

_OK = 200


def privately(respond: Respond, message: Message) -> None:
    """Answer so that only the asker sees it; without the chart where Slack does not take one."""
    text = blocks.text(message)
    for charts in (True, False):
        answer = respond(
            text=text,
            blocks=blocks.blocks(message, charts=charts),
            response_type="ephemeral",
            replace_original=False,
        )
        if answer.status_code == _OK:
            return


def instead(respond: Respond, message: Message) -> None:
    """Put a message in place of the one that was pressed. It stays in the chat: no figure in it."""
    respond(
        text=blocks.text(message),
        blocks=blocks.blocks(message, charts=False),
        replace_original=True,
    )
