"""What is said of a campaign: the decisions of method.md 3.7.

The first look that decides is the result: what comes later does not take the word back. P42 is
read once, at the end, and a win that it does not show is called *brought forward*.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from unranked.domain.constants import PERSISTENCE_MULTIPLIER, WORTH_IT
from unranked.domain.experiments import Counts, Interval, Spread, estimate
from unranked.domain.looks import Look, may_look


class Word(StrEnum):
    """What a campaign did, in one word."""

    WORKS = "works"
    BROUGHT_FORWARD = "brought_forward"
    NOT_WORTH_IT = "not_worth_it"
    HARMFUL = "harmful"
    CANNOT_TELL = "cannot_tell"
    TOO_EARLY = "too_early"

    @property
    def decides(self) -> bool:
        """Whether no later look can change it."""
        return self not in {Word.CANNOT_TELL, Word.TOO_EARLY}


@dataclass(frozen=True, slots=True)
class Persistence:
    """P42 as it was read at the end. interval: None where too few are known to say one."""

    interval: Interval | None

    @property
    def shown(self) -> bool:
        """Whether more of the nudged than of the held out still use it."""
        return self.interval is not None and self.interval.low > 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said of a campaign now.

    look: the one that gave the word, else the last one taken; None before the first. persistence:
    None until it was read; a campaign that works until then may still turn out not to last.
    """

    word: Word
    look: Look | None = None
    persistence: Persistence | None = None


def word_of(interval: Interval | None, *, over: bool = False) -> Word:
    """Return the word for one interval of A14 uplift: exactly one for each.

    A sure uplift that is surely small works: the interval beside the word says how small.

    interval: None where no look could be taken. over: the end date is reached.
    """
    if interval is not None:
        if interval.high < 0:
            return Word.HARMFUL
        if interval.low > 0:
            return Word.WORKS
        if interval.high < WORTH_IT:
            return Word.NOT_WORTH_IT
    return Word.CANNOT_TELL if over else Word.TOO_EARLY


def verdict(
    taken: Sequence[Look], *, over: bool = False, persistence: Persistence | None = None
) -> Verdict:
    """Return what may be said after these looks.

    taken: the first one first. over: the last look was taken or skipped. persistence: once read.
    """
    for look in taken:
        word = word_of(look.interval)
        if word.decides:
            if word is Word.WORKS and persistence is not None and not persistence.shown:
                word = Word.BROUGHT_FORWARD
            return Verdict(word, look, persistence)
    latest = taken[-1] if taken else None
    done = over or (latest is not None and latest.last)
    return Verdict(word_of(None, over=done), latest, persistence)


def read_persistence(counts: Counts, spread: Spread | None = None) -> Persistence:
    """Return P42 of those who matured for it: F14 at one look, under the rule of any first look."""
    if not may_look(counts):
        return Persistence(None)
    found = estimate(counts, spread)
    return Persistence(found.interval(PERSISTENCE_MULTIPLIER) if found else None)
