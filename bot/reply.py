"""Answers in Slack: what only the asker sees, what takes the place of a message, or a post."""

from http.client import HTTPException

from slack_bolt import Respond
from slack_sdk.webhook import WebhookClient

from unranked.channels import blocks
from unranked.channels.base import Message, Outcome

_OK, _POST_SECONDS = 200, 10
_REFUSED = range(400, 500)


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


def openly(respond: Respond, message: Message) -> Outcome:
    """Post a message for everybody in the conversation that the asker chose; return how it ended.

    One attempt. Never fails: where nobody knows whether it is there, the outcome is unclear.
    """
    # One that Bolt makes would repeat a request whose connection broke, and post twice.
    client = WebhookClient(
        respond.response_url or "",
        timeout=_POST_SECONDS,
        proxy=respond.proxy,
        ssl=respond.ssl,
        retry_handlers=[],
    )
    try:
        answer = client.send(
            text=blocks.text(message),
            blocks=blocks.blocks(message, charts=False),
            response_type="in_channel",
            replace_original=False,
        )
    except (OSError, HTTPException):
        return Outcome.UNCLEAR
    if answer.status_code == _OK:
        return Outcome.SENT
    return Outcome.REFUSED if answer.status_code in _REFUSED else Outcome.UNCLEAR
