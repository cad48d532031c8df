"""/tokens and its subcommands. The answer is about the asker, whatever was typed."""

import re
from collections.abc import Callable, Mapping
from functools import partial

from slack_bolt import Ack, App, Respond

from bot.identity import asking
from bot.messages import ALSO, CAMPAIGNS, FOR_ANYBODY, WHY, is_stop
from bot.reply import privately
from unranked.channels.base import Message
from unranked.domain.wording import FactSheet
from unranked.services import (
    answers,
    campaign_results,
    choices,
    enablement,
    erasure,
    export,
    how,
    messages,
    strangers,
    wording,
)
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
"""What is about the asker's own. `FOR_ANYBODY` says something to everybody."""

_QUESTION = re.compile(rf"\s*(?:{'|'.join(WHY)})\b", re.IGNORECASE)
"""Nothing else begins a question: `how much does Bob use` is a word like any other."""


def register(app: App, runtime: Runtime) -> None:
    """Make `app` answer /tokens."""

    @app.command(COMMAND)
    def tokens(ack: Ack, command: Mapping[str, str], respond: Respond) -> None:
        ack()
        privately(respond, answer(runtime, command["user_id"], command.get("text", "")))


def answer(runtime: Runtime, member_id: str, typed: str) -> Message:
    """Return the answer. Anything that is no subcommand, a name or an address too, gets one text.

    The text does not depend on what was typed, and what was typed goes nowhere; but a question
    about the asker's own summary goes to the language model, where there is one. Results of
    campaigns are for the enablement team; to anybody else their word is like any other.
    """
    said = typed.strip().lower()
    word = "mute" if is_stop(typed) else ALSO.get(said, said)
    with asking(runtime, member_id) as who:
        if word in FOR_ANYBODY:
            return FOR_ANYBODY[word](runtime, who)
        if who is None:
            return strangers.answer(runtime, member_id)
        if (subcommand := _FOR_PEOPLE.get(word)) is not None:
            return subcommand(runtime, who)
        if word == CAMPAIGNS and enablement.is_of_the_team(runtime, who):
            return campaign_results.message(runtime, who)
        return _why(runtime, who, typed) if _QUESTION.match(typed) else messages.plain("only_you")


def _why(runtime: Runtime, who: Asker, question: str) -> Message:
    """Return the answer to a question; without a model, how the summary is computed."""
    known = FactSheet(()) if runtime.model is None else answers.facts(runtime, who.person_key)
    plain = partial(how.how, runtime, who.person_key)
    return wording.why(runtime, question, known, asker=who.person_key, plain=plain)
