"""What `unranked doctor` says of the tips: until when they may be sent.

A tip is not sent after the day by which its owner reads it again. Titles are the team's own words
and are not said here: the list in the chat has them.
"""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from unranked import text
from unranked.domain.segments import NUDGED
from unranked.services.doctor import State

SOON = timedelta(days=30)

Line = tuple[State, str, str]
Until = tuple[str, date]
"""For which segment a tip is, and until when it may be sent."""

_IN_CHAT = "The AI enablement team reads them again, in the list of tips in the chat."
_OF_FILES = "They are read again with a newer version: upgrade."


def lines(in_chat: Collection[Until] | None, today: date) -> Iterator[Line]:
    """Yield what is to be done about tips; that all is well where nothing is.

    in_chat: the tips in use that were written in chat; None where that cannot be read.
    """
    written = list(in_chat or ())
    of_files = [(one, tip.review) for one in sorted(NUDGED) for tip in text.tips(one)]
    left = [(segment, day) for segment, day in (*of_files, *written) if day >= today]
    for segment in sorted(NUDGED - {segment for segment, _ in left}):
        said = f"No tip may be sent to people of the segment {segment}: all have expired."
        yield State.WRONG, said, f"{_OF_FILES} Or write some in the chat."
    said_of = [
        *_of([day for _, day in of_files], today, "of Unranked itself", _OF_FILES),
        *_of([day for _, day in written], today, "written in chat", _IN_CHAT),
    ]
    yield from said_of
    if not said_of:
        first = min(day for _, day in left)
        yield State.OK, f"All that are in use may be sent, the first of them until {first}.", ""


def _of(reviews: Collection[date], today: date, which: str, hint: str) -> Iterator[Line]:
    """Yield a line for those whose day has passed, and one for those whose day is near."""
    over = [day for day in reviews if day < today]
    soon = [day for day in reviews if today <= day <= today + SOON]
    if over:
        said = f"Tips {which} that have expired, so that nobody gets them: {len(over)}."
        yield State.OFF, said, hint
    if soon:
        said = f"Tips {which} that expire soon: {len(soon)}, the first on {min(soon)}."
        yield State.OFF, said, hint
