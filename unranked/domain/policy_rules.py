"""What a database may hold at all: the policy, held against the tables and columns that are there.

A name or a type is refused that could hold prompts, time online, the length of a session, the time
of day of somebody's work, names of files, or ratings. Where a column only sounds like it, the
policy says why it may stay. Source: design.md, "Rules of the data"; method.md 4.11.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import pairwise

from unranked.domain.policy import TABLES
from unranked.domain.policy_terms import Belongs, TablePolicy
from unranked.domain.policy_texts import NOT_OF_PEOPLE, Text


class Kind(StrEnum):
    """What a column of a database holds. TIME: a moment, finer than a day. OTHER: anything else."""

    TEXT = "text"
    DAY = "day"
    TIME = "time"
    NUMBER = "number"
    FLAG = "flag"
    BYTES = "bytes"
    OTHER = "other"


Schema = Mapping[str, Mapping[str, Kind]]
"""Every table of a database by name, with its columns."""

_BANNED = {
    "prompts and what comes back": "prompt prompts completion completions conversation question "
    "reply transcript chat_text message_text answer_text utterance",
    "names of files": "file files filename path folder directory attachment repository",
    "time online": "online uptime presence login logout keystroke keystrokes click clicks screen "
    "activity_time heartbeat",
    "the length of a session": "session sessions duration length elapsed seconds minutes hours "
    "started ended stopped_at",
    "the time of day of somebody's work": "hour clock timestamp time_of_day",
    "ratings and rankings": "rating ratings rank ranking score scores grade grades percentile "
    "quantile streak badge level performance productivity mood sentiment opinion quality",
    "where somebody is": "ip location latitude longitude device browser",
}
_WHAT = {word: what for what, words in _BANNED.items() for word in words.split()}
_SPOKEN = {word.replace("_", " "): what for word, what in _WHAT.items()} | {
    "time online": "time online",
    "file name": "names of files",
    "length of a session": "the length of a session",
}
_MAY_BE_SPOKEN = {"directory", "question", "minutes", "hours", "started", "ended", "length"}
"""Words that a label may use about other things: a provider's directory, a weekly question."""


def faults(schema: Schema, tables: Iterable[TablePolicy] = TABLES) -> list[str]:
    """Return what a database holds that the policy does not let it hold, and what it lacks.

    One sentence each, in the order of the names; none where all is well.
    """
    declared = {one.name: one for one in tables}
    found: list[str] = []
    for name in sorted(schema.keys() | declared.keys()):
        if name not in declared:
            found.append(f"The table {name} is not declared.")
        elif name not in schema:
            found.append(f"The table {name} is declared, and is not there.")
        else:
            found += _of_table(declared[name], schema[name])
    return found


def _of_table(one: TablePolicy, columns: Mapping[str, Kind]) -> Iterator[str]:
    for name in sorted(columns.keys() - one.columns.keys()):
        yield f"The column {one.name}.{name} is not declared."
    for name in sorted(one.columns.keys() - columns.keys()):
        yield f"The column {one.name}.{name} is declared, and is not there."
    for name in sorted(columns.keys() & one.columns.keys()):
        place = f"The column {one.name}.{name}"
        if columns[name] is Kind.TEXT:
            yield from _of_text(one, name, place)
        if name not in one.reasons:
            yield from _unreasoned(one, name, columns[name], place)


def _unreasoned(one: TablePolicy, name: str, kind: Kind, place: str) -> Iterator[str]:
    """Yield what a column needs a reason for that it does not have."""
    for what in sorted({*_sounds_like(name), *_says(one.columns[name])}):
        yield f"{place} sounds like {what}, and no reason is declared."
    of_people = one.belongs is not Belongs.NOBODY
    if kind is Kind.TIME and of_people:
        yield f"{place} holds times of day of a person's row, and no reason is declared."
    if kind in {Kind.BYTES, Kind.OTHER}:
        yield f"{place} can hold anything, and no reason is declared."


def _of_text(one: TablePolicy, name: str, place: str) -> Iterator[str]:
    if one.key_of(name) is not None:
        return
    text = one.texts.get(name)
    if text is None:
        yield f"{place} holds text, and where that comes from is not declared."
    elif text is Text.NAMES and one.name != "vault":
        yield f"{place} says who somebody is: that stands in the vault alone."
    elif text in NOT_OF_PEOPLE and one.belongs is not Belongs.NOBODY:
        yield f"{place} holds words that could be about the person whose row it is."


def _sounds_like(name: str) -> set[str]:
    """Return which forbidden things a column's name speaks of."""
    parts = name.lower().split("_")
    pairs = {f"{one}_{two}" for one, two in pairwise(parts)}
    return {_WHAT[word] for word in {*parts, *pairs} & _WHAT.keys()}


def _says(label: str) -> set[str]:
    """Return which forbidden things a column's label speaks of."""
    words = " ".join(re.findall(r"[a-z']+", label.lower()))
    return {
        what
        for word, what in _SPOKEN.items()
        if word not in _MAY_BE_SPOKEN and re.search(rf"\b{word}\b", words)
    }
