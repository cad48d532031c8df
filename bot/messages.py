"""Direct messages to the bot: a few words do what the commands do; else it says what it is for.

What people write is compared and forgotten: it is neither kept nor logged. No answer here holds a
figure: the chat keeps a direct message, and a locked screen may show it.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from slack_bolt import App, Say

from bot.identity import asking, language_after_failure
from unranked import text
from unranked.channels import blocks
from unranked.channels.base import Message
from unranked.services import choices, enablement, erasure, export, messages, strangers
from unranked.services.choices import Asker
from unranked.services.runtime import Runtime

STOP_WORDS = frozenset(
    {
        *("stop", "stop it", "unsubscribe", "mute", "cancel", "opt out", "optout", "no more"),
        *("stopp", "abmelden", "abbestellen", "abbrechen", "aufhören", "hör auf", "schluss"),
        *("stumm", "stummschalten", "keine mehr", "nicht mehr", "melde mich ab"),
    }
)
ALSO: Mapping[str, str] = {
    "help me": "help",
    "start": "unmute",
    "start again": "unmute",
    "resume": "unmute",
    "forget me": "forget",
    "delete me": "forget",
    "my export": "export",
    "hilfe": "help",
    "hilf mir": "help",
    "datenschutz": "privacy",
    "wieder an": "unmute",
    "wieder anschalten": "unmute",
    "wieder einschalten": "unmute",
    "anmelden": "unmute",
    "weiter": "unmute",
    "vergiss mich": "forget",
    "löschen": "forget",
    "lösche mich": "forget",
    "lösch mich": "forget",
    "meine daten löschen": "forget",
    "mein export": "export",
    "meine daten": "export",
    "auskunft": "export",
    "campaign": "campaigns",
    "kampagne": "campaigns",
    "kampagnen": "campaigns",
}
"""Words that people write for a command."""

FOR_ANYBODY: Mapping[str, Callable[[Runtime, Asker | None], Message]] = {
    "help": choices.help_for,
    "privacy": lambda _runtime, _asker: messages.plain("privacy"),
}
"""What is said to everybody, also to somebody of whom nothing is kept."""

_FOR_PEOPLE: Mapping[str, Callable[[Runtime, Asker], Message]] = {
    "unmute": choices.resume,
    "export": lambda runtime, _asker: export.warning(runtime),
    "forget": lambda runtime, _asker: erasure.confirmation(runtime),
}
_WORD = re.compile(r"[^\W_]+")
_FILLING = frozenset(
    {
        *("please", "pls", "thanks", "thank", "you", "tips", "tip", "messages", "message"),
        *("bitte", "danke", "mal", "tipps", "tipp", "nachrichten", "nachricht"),
    }
)
_COMMAND = "tokens"
CAMPAIGNS = "campaigns"
"""What campaigns came to: for the enablement team, and never in a direct message."""
WHY = ("why", "warum", "wieso", "weshalb")
"""How a question about one's own figures begins: its answer is for the command alone."""
_WRITTEN = frozenset({"", "file_share", "thread_broadcast", "me_message"})
"""Subtypes of messages that people write. All others tell of a change, or are the bot's."""

_REMEMBERED = 5_000


def register(app: App, runtime: Runtime) -> None:
    """Make `app` listen to direct messages."""
    seen = _Seen()

    @app.event("message")
    def written(event: Mapping[str, Any], body: Mapping[str, Any], say: Say) -> None:
        if not _is_written(event) or seen.before(str(body.get("event_id", ""))):
            return
        try:
            message = answer(runtime, str(event["user"]), str(event.get("text", "")))
        except Exception:
            with text.spoken(language_after_failure(runtime, str(event["user"]))):
                words = blocks.text(messages.plain("failed"))
            say(text=words)  # nobody may think that they stopped it
            raise
        say(text=blocks.text(message), blocks=blocks.blocks(message))


def _is_written(event: Mapping[str, Any]) -> bool:
    """Return whether a person wrote it, with a file too: a "stop" must not be missed."""
    written = str(event.get("subtype") or "") in _WRITTEN and not event.get("bot_id")
    return written and event.get("channel_type") == "im" and bool(event.get("user"))


def answer(runtime: Runtime, member_id: str, typed: str) -> Message:
    """Return the answer to what somebody wrote, once what it asks for is done."""
    said = _meant(typed)
    with asking(runtime, member_id) as who:
        if said in FOR_ANYBODY:
            return FOR_ANYBODY[said](runtime, who)
        if who is None:
            return strangers.answer(runtime, member_id)
        if said in STOP_WORDS:
            return choices.stop(runtime, who)
        if said.partition(" ")[0] in WHY:
            return messages.plain("why_in_dm")
        if said == CAMPAIGNS and enablement.is_of_the_team(runtime, who):
            return messages.plain("campaigns_in_dm")
        act = _FOR_PEOPLE.get(said)
        return messages.plain("answer_dm") if act is None else act(runtime, who)


def is_stop(typed: str) -> bool:
    """Return whether the words mean that somebody wants no more tips."""
    return _words(typed) in STOP_WORDS


def _meant(typed: str) -> str:
    """Return the command that the words stand for; the words where they stand for none."""
    words = _words(typed).removeprefix(f"{_COMMAND} ")
    return ALSO.get(words, words)


def _words(typed: str) -> str:
    words = _WORD.findall(typed.lower())
    return " ".join(word for word in words if word not in _FILLING)


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
