"""What becomes of an answer to the weekly question: kept for its week, for the person alone.

The chat is told that an answer is kept, and never which: it archives what stands in it.
"""

from dataclasses import dataclass
from datetime import date

from unranked import text
from unranked.channels.base import Choice, Message
from unranked.domain.pulse import MINUTES, Spent, Worth
from unranked.services import messages
from unranked.services.choices import Asker
from unranked.services.message_values import Between
from unranked.services.runtime import Runtime
from unranked.store import checkins, outbox, people
from unranked.store.checkins import Answer

SKIP, CHANGE = "pulse_skip", "pulse_change"
ANSWERS = {f"pulse_{worth}": MINUTES[worth] for worth in Worth}
WHERE = {f"spent_{spent}": spent for spent in Spent}
ACTIONS = (*ANSWERS, SKIP, CHANGE, *WHERE)
"""Every button of the question and of what takes its place."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """What is shown after a button. instead: it takes the place of the message it stood in."""

    message: Message
    instead: bool = True


def press(runtime: Runtime, asker: Asker, action: str, *, token: str) -> Pressed:
    """Carry out a button of the question. token: the message that it stands in.

    Somebody else's message changes nothing. One that is not kept any more says where to answer.
    """
    if action not in ACTIONS:
        return Pressed(messages.plain("unknown_action"), instead=False)
    with runtime.store.read() as tx:
        owner, content = outbox.owner(tx, token), outbox.content(tx, token)
    if owner is not None and owner != asker.person_key:
        return Pressed(messages.plain("not_yours"), instead=False)
    week = None if content is None else messages.week_in(content)
    if week is None:
        return Pressed(messages.plain("pulse_gone"), instead=False)
    said = _carry_out(runtime, asker, action, week)
    with runtime.store.write() as tx:
        outbox.answered(tx, asker.person_key, on=runtime.clock().date())
    return Pressed(messages.with_token(said, token))


def keep(runtime: Runtime, asker: Asker, answer: Answer) -> None:
    """Store an answer in place of any other for its week."""
    with runtime.store.write() as tx:
        if people.one(tx, asker.person_key) is not None:  # else erased at this moment
            checkins.put(tx, asker.person_key, answer, on=runtime.clock().date())


def _carry_out(runtime: Runtime, asker: Asker, action: str, week: date) -> Message:
    if action == CHANGE:
        return messages.pulse(week)
    if action in WHERE:
        if runtime.ask_where:  # else it is asked no more, and an old button stores nothing
            with runtime.store.write() as tx:
                checkins.say_where(tx, asker.person_key, week, WHERE[action])
        return _thanks("pulse_thanks", week)
    keep(runtime, asker, Answer(week, ANSWERS.get(action)))
    # The same after every answer: an archive must not tell a skip from an hour lost or gained.
    if runtime.ask_where:
        return _thanks("pulse_where", week, *WHERE)
    return _thanks("pulse_thanks", week)


def _thanks(name: str, week: date, *actions: str) -> Message:
    """Return what takes the question's place; no button stands out."""
    words = Between(messages.week_in_words(week))
    buttons = tuple(Choice(action, text.label(action)) for action in (*actions, CHANGE))
    return messages.with_choices(messages.plain(name, words), buttons)
