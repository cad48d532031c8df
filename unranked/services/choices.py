"""What a person chooses: stored at once, for good, and harmless when it is said twice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from unranked import text
from unranked.channels.base import Message, Paragraph
from unranked.domain.consent import Choice
from unranked.services import answers, erasure, export, how, messages, spoken
from unranked.services.message_values import Back
from unranked.services.runtime import Runtime
from unranked.services.standing import Standing, consent_now, standing
from unranked.store import campaigns, outbox, people
from unranked.store.campaigns import StoredChoice
from unranked.store.outbox import Kind

AWAY_WEEKS = 2
PAUSE_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Often:
    """How often tips come at the most, in words."""

    often: str


@dataclass(frozen=True, slots=True)
class Asker:
    """Whoever pressed or wrote something; the only person that anything can happen to."""

    person_key: str


_Act = Callable[[Runtime, Asker], Message]


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
    choose(runtime, asker, Choice.STOP)
    with runtime.store.write() as tx:
        outbox.skip_queued(tx, asker.person_key, reason="opted_out", now=runtime.clock())
    # Beside an objection `resume` would bring nothing back.
    return _objected(runtime, asker) or messages.plain("stopped", buttons=["resume"])


def resume(runtime: Runtime, asker: Asker) -> Message:
    """Allow tips again, and forget every choice against them."""
    choose(runtime, asker, Choice.RESUME)
    return _what_holds(runtime, asker) or messages.plain("resumed", buttons=["stop"])


def object_to_groups(runtime: Runtime, asker: Asker) -> Message:
    """Take in an objection (4.11): no tip and no place in a group for tips from now on.

    In figures of groups they count to the end of the quarter, as whoever leaves does: leaving them
    at once would tell of it.
    """
    choose(runtime, asker, Choice.OBJECT)
    with runtime.store.write() as tx:
        outbox.skip_queued(tx, asker.person_key, reason="objected", now=runtime.clock())
        campaigns.leave_place(tx, asker.person_key)
    return messages.plain("objected", buttons=["object_no_more"])


def _object_no_more(runtime: Runtime, asker: Asker) -> Message:
    choose(runtime, asker, Choice.OBJECT_NO_MORE)
    return _what_holds(runtime, asker) or messages.plain("object_no_more", buttons=["stop"])


def _fewer(runtime: Runtime, asker: Asker) -> Message:
    choose(runtime, asker, Choice.FEWER)
    return _what_holds(runtime, asker) or messages.plain("fewer", buttons=["usual", "stop"])


def _usual(runtime: Runtime, asker: Asker) -> Message:
    choose(runtime, asker, Choice.USUAL)
    return _what_holds(runtime, asker) or messages.plain("usual", buttons=["fewer", "stop"])


def _ends(choice: Choice, kind: Kind, said: str, again: str) -> _Act:
    """Return what ends one kind of message for good, those that wait included, and nothing else."""

    def act(runtime: Runtime, asker: Asker) -> Message:
        choose(runtime, asker, choice)
        now = runtime.clock()
        with runtime.store.write() as tx:
            outbox.skip_queued(tx, asker.person_key, reason=choice.value, now=now, kinds=[kind])
        return messages.plain(said, buttons=[again])

    return act


def _digest_again(runtime: Runtime, asker: Asker) -> Message:
    choose(runtime, asker, Choice.DIGEST_AGAIN)
    return _ended(runtime, asker) or messages.plain("weekly_on", buttons=["no_digest"])


def _digest_pause(runtime: Runtime, asker: Asker) -> Message:
    """Pause a manager's weekly messages, those that wait included. What is off stays off."""
    now = runtime.clock()
    until = now.date() + timedelta(weeks=PAUSE_WEEKS)
    choose(runtime, asker, Choice.DIGEST_PAUSE, until=until)
    with runtime.store.write() as tx:
        reason = Choice.DIGEST_PAUSE.value
        outbox.skip_queued(tx, asker.person_key, reason=reason, now=now, kinds=[Kind.DIGEST])
    if (ended := _ended(runtime, asker)) is not None:
        return ended
    if consent_now(runtime, asker.person_key).no_digest:
        return messages.plain("weekly_off", buttons=["digest_again"])
    said = Back(spoken.day(until))
    return messages.plain("weekly_paused", said, buttons=["digest_again", "no_digest"])


def _check_in_again(runtime: Runtime, asker: Asker) -> Message:
    choose(runtime, asker, Choice.CHECK_IN_AGAIN)
    return _ended(runtime, asker) or messages.plain("check_in_on", buttons=["no_check_in"])


def _monthly(runtime: Runtime, asker: Asker) -> Message:
    choose(runtime, asker, Choice.MONTHLY)
    return _ended(runtime, asker) or messages.plain("monthly_on", buttons=["no_monthly"])


def _no_hints(runtime: Runtime, asker: Asker) -> Message:
    choose(runtime, asker, Choice.NO_HINTS)
    return messages.plain("hints_off", buttons=["hints_again"])


def _hints_again(runtime: Runtime, asker: Asker) -> Message:
    choose(runtime, asker, Choice.HINTS_AGAIN)
    return _objected(runtime, asker) or messages.plain("hints_on", buttons=["no_hints"])


def _something_else(runtime: Runtime, asker: Asker) -> Message:
    choose(runtime, asker, Choice.SOMETHING_ELSE)
    return _objected(runtime, asker) or messages.plain("something_else", buttons=["resume"])


def _not_for_me(runtime: Runtime, asker: Asker) -> Message:
    choose(runtime, asker, Choice.NOT_FOR_ME)
    return _objected(runtime, asker) or messages.plain("not_for_me", buttons=["resume"])


def _away_for(weeks: int) -> _Act:
    def away(runtime: Runtime, asker: Asker) -> Message:
        until = runtime.clock().date() + timedelta(weeks=weeks)
        choose(runtime, asker, Choice.AWAY, until=until)
        said = Back(spoken.day(until))
        answer = messages.plain("away", said, buttons=["away_1", "away_4", "back"])
        if (ended := _ended(runtime, asker)) is None:
            return answer
        return replace(answer, parts=(*answer.parts, *ended.parts))

    return away


def _back(runtime: Runtime, asker: Asker) -> Message:
    choose(runtime, asker, Choice.BACK)
    answer, held = messages.plain("back"), _what_holds(runtime, asker)
    if held is None:
        return answer
    if standing(runtime, asker.person_key).is_away:
        return held  # nobody is welcomed back who is away by the company's list
    last = Paragraph(text.words("back_and").body)
    return replace(held, title=answer.title, parts=(last, *held.parts))


def _ended(runtime: Runtime, asker: Asker) -> Message | None:
    """Return why nothing comes, whatever was just chosen; None where something may."""
    if (objected := _objected(runtime, asker)) is not None:
        return objected
    stopped = consent_now(runtime, asker.person_key).stopped
    return messages.plain("still_off", buttons=["resume"]) if stopped else None


def help_for(runtime: Runtime, asker: Asker | None) -> Message:
    """Return what the bot does; to somebody who objected nothing that an objection ended."""
    objects = asker is not None and _objected(runtime, asker) is not None
    return messages.plain("help_objected" if objects else "help")


def _objected(runtime: Runtime, asker: Asker) -> Message | None:
    """Return that an objection holds, beside which nothing brings tips back; None without one."""
    objects = consent_now(runtime, asker.person_key).objected
    return messages.plain("still_objected") if objects else None


def _what_holds(runtime: Runtime, asker: Asker) -> Message | None:
    """Return why no tip comes, or none about starting, whatever was just chosen; None else.

    No day is said: these words may stand in a direct message, which archives keep.
    """
    if (ended := _ended(runtime, asker)) is not None:
        return ended
    now = standing(runtime, asker.person_key)
    consent = now.consent
    often = Often(text.label("often_fewer" if consent.fewer else "often_usual"))
    if now.is_away:
        name, buttons = _away_words(now)
        return messages.plain(name, often, buttons=buttons)
    if consent.declines_starting:
        return messages.plain("still_not_starting", often, buttons=["resume", "stop"])
    return None


def _away_words(now: Standing) -> tuple[str, list[str]]:
    """Return which text says that somebody is away, and the buttons below it."""
    if now.listed_now is not None:
        return "still_away_listed", ["stop"]
    return "still_away", ["back", "stop"] if now.own_back is not None else ["stop"]


def _help_me(runtime: Runtime, asker: Asker) -> Message:
    del asker  # nothing is kept of a wish for help, and nothing is passed on
    return messages.plain("help_me", messages.contact(runtime))


def _tokens(runtime: Runtime, asker: Asker) -> Message:
    return answers.tokens(runtime, asker.person_key)


_ACTIONS: Mapping[str, _Act] = {
    "stop": stop,
    "resume": resume,
    "object": object_to_groups,
    "object_no_more": _object_no_more,
    "fewer": _fewer,
    "usual": _usual,
    "no_digest": _ends(Choice.NO_DIGEST, Kind.DIGEST, "weekly_off", "digest_again"),
    "digest_again": _digest_again,
    "digest_pause": _digest_pause,
    "no_check_in": _ends(Choice.NO_CHECK_IN, Kind.PULSE, "check_in_off", "check_in_again"),
    "check_in_again": _check_in_again,
    "monthly": _monthly,
    "no_monthly": _ends(Choice.NO_MONTHLY, Kind.MONTHLY, "monthly_off", "monthly"),
    "no_hints": _no_hints,
    "hints_again": _hints_again,
    "something_else": _something_else,
    "not_for_me": _not_for_me,
    "away": _away_for(AWAY_WEEKS),
    "away_1": _away_for(1),
    "away_4": _away_for(4),
    "back": _back,
    "help_me": _help_me,
    "tokens": _tokens,
    "how": lambda runtime, asker: how.how(runtime, asker.person_key),
    "export_now": lambda runtime, asker: export.hand_over(runtime, asker.person_key),
    "export_open": lambda _runtime, _asker: messages.plain("export_opened"),
    "forget_now": lambda runtime, asker: erasure.forget(runtime, asker.person_key),
    "keep": lambda _runtime, _asker: erasure.keep(),
}

ACTIONS = tuple(_ACTIONS)
"""Every action that a button may have."""


def choose(
    runtime: Runtime, asker: Asker, choice: Choice, *, until: date | None = None, value: str = ""
) -> None:
    """Store a choice. until, value: of those that need one (domain/consent.py)."""
    made = StoredChoice(asker.person_key, choice.value, runtime.clock(), until, value)
    with runtime.store.write() as tx:
        if people.one(tx, asker.person_key) is not None:  # else erased at this moment
            campaigns.choose(tx, made)
