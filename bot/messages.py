"""Direct messages to the bot: "stop" ends all tips; to anything else the bot says what it is for.

What people write is compared and forgotten: it is neither kept nor logged.
"""

import re
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any

from slack_bolt import App, Say

from bot.identity import asker
from unranked.channels import blocks
from unranked.channels.base import Message
from unranked.services import choices, messages
from unranked.services.runtime import Runtime

STOP_WORDS = frozenset(
    {"stop", "stop it", "unsubscribe", "mute", "cancel", "opt out", "optout", "stopp", "no more"}
)
_WORD = re.compile(r"[^\W_]+")
_FILLING = frozenset(
    {"please", "pls", "bitte", "thanks", "thank", "you", "tips", "tip", "messages", "message"}
)
_REMEMBERED = 5_000


def register(app: App, runtime: Runtime) -> None:
    """Make `app` listen to direct messages."""
    seen = _Seen()

    @app.event("message")
    def written(event: Mapping[str, Any], body: Mapping[str, Any], say: Say) -> None:
        own = event.get("bot_id") or event.get("subtype") or event.get("channel_type") != "im"
        if own or not event.get("user") or seen.before(str(body.get("event_id", ""))):
            return
        try:
            message = answer(runtime, str(event["user"]), str(event.get("text", "")))
        except Exception:
            say(text=blocks.text(messages.plain("failed")))  # nobody may think that they stopped it
            raise
        say(text=blocks.text(message), blocks=blocks.blocks(message))


def answer(runtime: Runtime, member_id: str, typed: str) -> Message:
    """Return the answer to what somebody wrote, once what it asks for is done."""
    who = asker(runtime, member_id)
    if who is None:
        return messages.plain("not_known")
    return choices.stop(runtime, who) if is_stop(typed) else messages.plain("answer_dm")


def is_stop(text: str) -> bool:
    """Return whether the words mean that somebody wants no more tips."""
    words = _WORD.findall(text.lower())
    return " ".join(word for word in words if word not in _FILLING) in STOP_WORDS


class _Seen:
    """Events of which Slack may deliver a second copy."""

    def __init__(self) -> None:
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def before(self, event_id: str) -> bool:
        """Return whether the event came before, and remember it."""
        if not event_id:
            return False
        with self._lock:
            known = event_id in self._ids
            self._ids[event_id] = None
            while len(self._ids) > _REMEMBERED:
                self._ids.popitem(last=False)
            return known
