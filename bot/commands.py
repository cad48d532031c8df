"""/tokens and its subcommands. The answer is about the asker, whatever was typed."""

from collections.abc import Callable, Mapping

from slack_bolt import Ack, App, Respond

from bot.identity import asking
from bot.messages import FOR_ANYBODY, is_stop
from bot.reply import privately
from unranked.channels.base import Message
from unranked.services import answers, choices, erasure, export, messages, strangers
from unranked.services.choices import Asker
from unranked.services.runtime import Runtime

COMMAND = "/tokens"

_FOR_PEOPLE: Mapping[str, Callable[[Runtime, Asker], Message]] = {
    "": lambda runtime, asker: answers.tokens(runtime, asker.person_key),
    "mute": choices.stop,
    "unmute": choices.resume,
    "export": lambda runtime, _asker: export.warning(runtime),
    "forget": lambda runtime, _asker: erasure.confirmation(runtime),
}
"""What is about the asker's own. `FOR_ANYBODY` says the same to everybody."""


def register(app: App, runtime: Runtime) -> None:
    """Make `app` answer /tokens."""

    @app.command(COMMAND)
    def tokens(ack: Ack, command: Mapping[str, str], respond: Respond) -> None:
        ack()
        privately(respond, answer(runtime, command["user_id"], command.get("text", "")))


def answer(runtime: Runtime, member_id: str, typed: str) -> Message:
    """Return the answer. Anything that is no subcommand, a name or an address too, gets one text.

    The text does not depend on what was typed, and what was typed goes nowhere.
    """
    typed = "mute" if is_stop(typed) else typed.strip().lower()
    with asking(runtime, member_id) as who:
        if typed in FOR_ANYBODY:
            return FOR_ANYBODY[typed]()
        if who is None:
            return strangers.answer(runtime, member_id)
        subcommand = _FOR_PEOPLE.get(typed)
        return messages.plain("only_you") if subcommand is None else subcommand(runtime, who)
