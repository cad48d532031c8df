"""When the messages of a campaign come, beside its end, what counts, and the days of work.

A message that nobody could get in time is a mistake; one that comes in time for some alone, or too
late to count, is said, and may stand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from unranked import text
from unranked.domain.calendar import MONDAY_TO_FRIDAY
from unranked.domain.campaigns import Design, step_days
from unranked.services import spoken
from unranked.services.forms import weekdays_in_words


@dataclass(frozen=True, slots=True)
class Message:
    """A message by its number, and on which day after somebody joined it comes."""

    number: int
    days: int


@dataclass(frozen=True, slots=True)
class TooLate:
    """A message that nobody could get before the last day, in words."""

    number: int
    days: int
    last: str


@dataclass(frozen=True, slots=True)
class EndsEarly:
    """The same where the last day is chosen, in words. least: the first one that would do."""

    number: int
    days: int
    least: str


@dataclass(frozen=True, slots=True)
class ForSome:
    """A message that comes in time for who joins by a day, in words."""

    number: int
    day: str


@dataclass(frozen=True, slots=True)
class NotCounted:
    """Messages that come after the last day that counts, in words."""

    numbers: str
    day: int


@dataclass(frozen=True, slots=True)
class OnDays:
    """The days on which a campaign sends, in words."""

    days: str


def after_the_end(design: Design) -> Sequence[Message]:
    """Return the messages that come after the last day even for who joins on the first one."""
    return _later_than(design, (design.end_on - design.start_on).days)


def too_late(design: Design, message: Message) -> str:
    """Return what is said of a message after the end, where its day is chosen."""
    last = spoken.long_day(design.end_on)
    said = TooLate(message.number, message.days, last)
    return text.words("campaign_wrong_late", said).body


def ends_early(design: Design, message: Message) -> str:
    """Return what is said of a message after the end, where the end is chosen."""
    least = spoken.long_day(design.start_on + timedelta(days=message.days))
    said = EndsEarly(message.number, message.days, least)
    return text.words("campaign_wrong_ends_early", said).body


def notes(design: Design) -> Iterator[str]:
    """Yield what the team should know about the days of a design. None of it is a mistake."""
    on = design.hours.weekdays
    if on and not on & MONDAY_TO_FRIDAY:
        yield text.words("campaign_weekend", OnDays(weekdays_in_words(on))).body
    last = design.outcome.days[-1]
    if uncounted := _later_than(design, last):
        numbers = spoken.listed(str(one.number) for one in uncounted)
        yield text.words("campaign_after_count", NotCounted(numbers, last)).body
    for one in _later_than(design, (design.end_on - design.draw_until).days):
        until = design.end_on - timedelta(days=one.days)
        if until >= design.start_on:
            said = ForSome(one.number, spoken.long_day(until))
            yield text.words("campaign_not_for_all", said).body


def _later_than(design: Design, days: int) -> Sequence[Message]:
    numbered = enumerate(step_days(design.steps), start=1)
    return [Message(number, day) for number, day in numbered if day > days]
