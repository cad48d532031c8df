"""/tokens and its subcommands. The answer is about the asker, whatever was typed."""

from collections.abc import Callable, Mapping

from slack_bolt import Ack, App, Respond

from bot.identity import asker
from bot.messages import is_stop
from bot.reply import privately
from unranked.channels.base import Message
from unranked.services import answers, choices, erasure, export, messages
from unranked.services.choices import Asker
from unranked.services.runtime import Runtime

COMMAND = "/tokens"

_SUBCOMMANDS: Mapping[str, Callable[[Runtime, Asker], Message]] = {
    "": lambda runtime, asker: answers.tokens(runtime, asker.person_key),
    "help": lambda _runtime, _asker: messages.plain("help"),
    "privacy": lambda _runtime, _asker: messages.plain("privacy"),
    "mute": choices.stop,
    "unmute": choices.resume,
    "export": lambda runtime, _asker: export.warning(runtime),
    "forget": lambda runtime, _asker: erasure.confirmation(runtime),
}


def register(app: App, runtime: Runtime) -> None:
    """Make `app` answer /tokens."""

    @app.command(COMMAND)
    def tokens(ack: Ack, command: Mapping[str, str], respond: Respond) -> None:
        ack()
        who = asker(runtime, command["user_id"])
        privately(respond, answer(runtime, who, command.get("text", "")))


def answer(runtime: Runtime, who: Asker | None, typed: str) -> Message:
    """Return the answer. Anything that is no subcommand, a name or an address too, gets one text.

    The text does not depend on what was typed, and what was typed goes nowhere.
    """
    if who is None:
        return messages.plain("not_known")
    typed = "mute" if is_stop(typed) else typed.strip().lower()
    subcommand = _SUBCOMMANDS.get(typed)
    return messages.plain("only_you") if subcommand is None else subcommand(runtime, who)
