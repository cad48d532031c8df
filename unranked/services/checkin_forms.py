"""The form in which somebody answers for a week, or changes an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from unranked import text
from unranked.channels.base import Paragraph
from unranked.channels.pages import Field, FieldKind, Form, Option
from unranked.domain.calendar import last_weeks
from unranked.domain.constants import PULSE_WEEKS
from unranked.domain.pulse import MINUTES, Spent, Worth, worth_of
from unranked.domain.usage import ONE_DAY
from unranked.services import checkins, messages
from unranked.services.choices import Asker
from unranked.services.message_values import Between
from unranked.services.runtime import Runtime
from unranked.services.standing import own_day
from unranked.store import checkins as stored
from unranked.store.checkins import Answer

NAME = "home_check_in"
WEEK, WORTH, SPENT = "week", "worth", "spent"
FIELDS = (WEEK, WORTH, SPENT)
SKIPPED, UNSAID = "skip", "unsaid"


@dataclass(frozen=True, slots=True)
class Answered(Between):
    """A week and what was answered for it, in words."""

    answer: str


@dataclass(frozen=True, slots=True)
class _Offer:
    """The weeks that can be answered, newest first, and the answers that are there."""

    weeks: tuple[date, ...]
    answers: Mapping[date, Answer]

    @property
    def first(self) -> date:
        """The week that is filled in: the newest without an answer, else the newest."""
        open_ones = (week for week in self.weeks if week not in self.answers)
        return next(open_ones, self.weeks[0])


def form(runtime: Runtime, asker: Asker) -> Form:
    """Return the form as it is filled in now. No answer stands in it before one is chosen."""
    offer = _offer(runtime, asker)
    words = text.words("form_check_in")
    fields = [
        _one_of(WEEK, tuple(_week(offer, week) for week in offer.weeks), offer.first.isoformat()),
        _one_of(WORTH, tuple(_worth(worth) for worth in (*Worth, SKIPPED))),
    ]
    if runtime.ask_where:
        fields.append(_one_of(SPENT, tuple(_spent(one) for one in (UNSAID, *Spent)), UNSAID))
    return Form(
        name=NAME,
        title=words.title,
        parts=tuple(Paragraph(part) for part in words.paragraphs),
        fields=tuple(fields),
        send=text.label("send"),
        cancel=text.label("cancel"),
    )


def answer(
    runtime: Runtime, asker: Asker, typed: Mapping[str, tuple[str, ...]]
) -> Mapping[str, str]:
    """Store what was chosen; return what is wrong with it, by field, and store nothing then."""
    week, worth, spent = (next(iter(typed.get(name, ())), "") for name in FIELDS)
    wrong = text.words("wrong_choice").body
    if week not in {one.isoformat() for one in _offer(runtime, asker).weeks}:
        return {WEEK: wrong}
    if worth not in {*Worth, SKIPPED}:
        return {WORTH: wrong}
    if spent not in {*Spent, UNSAID, ""}:
        return {SPENT: wrong}
    minutes = None if worth == SKIPPED else MINUTES[Worth(worth)]
    said = spent if runtime.ask_where and spent in {*Spent} and (minutes or 0) > 0 else ""
    checkins.keep(runtime, asker, Answer(date.fromisoformat(week), minutes, said))
    return {}


def _offer(runtime: Runtime, asker: Asker) -> _Offer:
    yesterday = own_day(runtime, asker.person_key) - ONE_DAY
    with runtime.store.read() as tx:
        answers = stored.answers(tx, asker.person_key)
    return _Offer(tuple(reversed(last_weeks(yesterday, PULSE_WEEKS))), answers)


def _week(offer: _Offer, week: date) -> Option:
    """Return a week, with what was answered: only the person sees the form."""
    words = messages.week_in_words(week)
    known = offer.answers.get(week)
    if known is not None:
        said = SKIPPED if known.minutes is None else worth_of(known.minutes)
        label = text.label(f"pulse_{said}")
        words = text.words("answered", Answered(words, label)).body
    return Option(week.isoformat(), words)


def _worth(worth: str) -> Option:
    return Option(worth, text.label(f"pulse_{worth}"))


def _spent(spent: str) -> Option:
    return Option(spent, text.label(f"spent_{spent}"))


def _one_of(name: str, options: tuple[Option, ...], chosen: str = "") -> Field:
    return Field(name, text.label(name), FieldKind.ONE, options, (chosen,) if chosen else ())
