"""What a person chooses: stored at once, for good, and harmless when it is said twice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from unranked.channels.base import Message
from unranked.domain.consent import Choice
from unranked.services import answers, messages
from unranked.services.messages import Contact, Until
from unranked.services.runtime import Runtime
from unranked.store import campaigns, outbox
from unranked.store.campaigns import StoredChoice

AWAY_WEEKS = 2


@dataclass(frozen=True, slots=True)
class Asker:
    """Whoever pressed or wrote something; the only person that anything can happen to."""

    person_key: str


def press(runtime: Runtime, asker: Asker, action: str, *, token: str = "") -> Message:
    """Carry out a button and return the answer.

    token: the message that the button stands in. Somebody else's message changes nothing; one
    that is gone does not matter, for a button never expires.
    """
    with runtime.store.read() as tx:
        owner = outbox.owner(tx, token) if token else None
    if owner is not None and owner != asker.person_key:
        return messages.plain("not_yours")
    act = _ACTIONS.get(action)
    if act is None:
        return messages.plain("unknown_action")
    answer = act(runtime, asker)
    with runtime.store.write() as tx:
        outbox.answered(tx, asker.person_key, on=runtime.clock().date())
    return answer


def stop(runtime: Runtime, asker: Asker) -> Message:
    """End all tips, those that wait included."""
    _store(runtime, asker, Choice.STOP)
    with runtime.store.write() as tx:
        outbox.skip_queued(tx, asker.person_key, reason="opted_out", now=runtime.clock())
    return messages.plain("stopped", buttons=["resume"])


def resume(runtime: Runtime, asker: Asker) -> Message:
    """Allow tips again, and forget every choice against them."""
    _store(runtime, asker, Choice.RESUME)
    return messages.plain("resumed", buttons=["stop"])


def _fewer(runtime: Runtime, asker: Asker) -> Message:
    _store(runtime, asker, Choice.FEWER)
    return messages.plain("fewer", buttons=["resume", "stop"])


def _something_else(runtime: Runtime, asker: Asker) -> Message:
    _store(runtime, asker, Choice.SOMETHING_ELSE)
    return messages.plain("something_else", buttons=["resume"])


def _not_for_me(runtime: Runtime, asker: Asker) -> Message:
    _store(runtime, asker, Choice.NOT_FOR_ME)
    return messages.plain("not_for_me", buttons=["resume"])


def _away_for(weeks: int) -> Callable[[Runtime, Asker], Message]:
    def away(runtime: Runtime, asker: Asker) -> Message:
        until = runtime.clock().date() + timedelta(weeks=weeks)
        made_at = runtime.clock()
        with runtime.store.write() as tx:
            choice = StoredChoice(asker.person_key, Choice.AWAY.value, made_at, until)
            campaigns.choose(tx, choice)
        said = Until(messages.day_in_words(until))
        return messages.plain("away", said, buttons=["away_1", "away_4", "back"])

    return away


def _back(runtime: Runtime, asker: Asker) -> Message:
    _store(runtime, asker, Choice.BACK)
    return messages.plain("back")


def _help_me(runtime: Runtime, asker: Asker) -> Message:
    del asker  # nothing is kept of a wish for help, and nothing is passed on
    return messages.plain("help_me", Contact(runtime.help_contact))


def _tokens(runtime: Runtime, asker: Asker) -> Message:
    return answers.tokens(runtime, asker.person_key)


_ACTIONS: Mapping[str, Callable[[Runtime, Asker], Message]] = {
    "stop": stop,
    "resume": resume,
    "fewer": _fewer,
    "something_else": _something_else,
    "not_for_me": _not_for_me,
    "away": _away_for(AWAY_WEEKS),
    "away_1": _away_for(1),
    "away_4": _away_for(4),
    "back": _back,
    "help_me": _help_me,
    "tokens": _tokens,
}

ACTIONS = tuple(_ACTIONS)
"""Every action that a button may have."""


def _store(runtime: Runtime, asker: Asker, choice: Choice) -> None:
    with runtime.store.write() as tx:
        campaigns.choose(tx, StoredChoice(asker.person_key, choice.value, runtime.clock()))
