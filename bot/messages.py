"""Direct messages to the bot: "stop" ends all tips; to anything else the bot says what it is for.

What people write is compared and forgotten: it is neither kept nor logged.
"""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any

from slack_bolt import App, Say

from bot.identity import asker
from unranked.channels import blocks
from unranked.services import choices, messages
from unranked.services.runtime import Runtime

STOP_WORDS = frozenset({"stop", "stop it", "unsubscribe", "mute", "cancel", "opt out", "optout"})
_REMEMBERED = 5_000


def register(app: App, runtime: Runtime) -> None:
    """Make `app` listen to direct messages."""
    seen = _Seen()

    @app.event("message")
    def written(event: Mapping[str, Any], body: Mapping[str, Any], say: Say) -> None:
        own = event.get("bot_id") or event.get("subtype") or event.get("channel_type") != "im"
        if own or not event.get("user") or seen.before(str(body.get("event_id", ""))):
            return
        who = asker(runtime, str(event["user"]))
        if who is None:
            message = messages.plain("not_known")
        elif is_stop(str(event.get("text", ""))):
            message = choices.stop(runtime, who)
        else:
            message = messages.plain("answer_dm")
        say(text=blocks.text(message), blocks=blocks.blocks(message))


def is_stop(text: str) -> bool:
    """Return whether the words mean that somebody wants no more tips."""
    return " ".join(text.lower().strip(" .!?,;:'\"*_~`").split()) in STOP_WORDS


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
