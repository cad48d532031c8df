"""Finished work as every source reports it, in one shape: whose, on which day, how much.

Nothing here can hold an id, a title or a word of what was finished.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from unranked.domain.usage import AccountRef


class OutcomeKind(StrEnum):
    """What was finished (method.md 1.6). Two kinds are never added up."""

    PR_MERGED = "pr_merged"


@dataclass(frozen=True, slots=True)
class OutcomeRecord:
    """What an account finished on a day and what has survived so far. Two of a day are added up.

    day: the UTC day on which it was finished, whenever it was undone.
    finished: 0 where all of it was undone: the source is alive, and there is nothing to keep.
    done: with what was undone since, and with what undoes. No undoing changes it; it is not kept.
    """

    account: AccountRef
    day: date
    kind: OutcomeKind
    finished: int
    done: int
