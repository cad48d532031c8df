"""The tips that may be sent: those of the repository, and those that the team wrote in chat."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from unranked import text
from unranked.domain.segments import NUDGED
from unranked.domain.tips import TOOLS, body
from unranked.services.message_values import Tools
from unranked.store import Tx
from unranked.store import tips as stored
from unranked.store.tips import StoredTip

TITLE_SHOWN = 72
"""Characters of a title in a list: Slack ends what can be chosen there at 75."""


class Library:
    """The tips that may be sent on a day: no one whose owner should have read it again since."""

    def __init__(self, by_segment: Mapping[str, Sequence[str]]) -> None:
        self._by_segment = by_segment

    @classmethod
    def of(cls, tx: Tx, *, today: date) -> "Library":
        """Return what may be sent today: of the files first, then of what was written in chat."""
        names = text.tip_names(on=today)
        found = {
            segment.value: [tip.name for tip in text.tips(segment) if tip.name in names]
            for segment in sorted(NUDGED)
        }
        for key, segment in stored.sendable(tx, today):
            found.setdefault(segment, []).append(key)
        return cls(found)

    @property
    def names(self) -> frozenset[str]:
        """Every tip that may be sent."""
        return frozenset(name for names in self._by_segment.values() for name in names)

    def fitting(self, segment: str) -> Sequence[str]:
        """Return the tips for people of a segment; empty where there is none."""
        return self._by_segment.get(segment, ())


def words(tx: Tx, name: str) -> text.Tip | None:
    """Return what people get of a tip in the language that is spoken, None where there is none.

    Also of a tip that may not be sent any more: it may have been. A tip that was written in chat
    and lacks that language is given in one that it has (`language_of_words`).
    """
    try:
        return text.tip(name)
    except KeyError:
        pass
    found = stored.one(tx, name)
    return None if found is None else in_language(found, found.in_language(text.language()))


def language_of_words(tx: Tx, name: str) -> str:
    """Return the language in which `words` gives a tip: the one spoken, where the tip has it."""
    found = None if is_of_the_files(name) else stored.one(tx, name)
    return text.language() if found is None else found.in_language(text.language())


def in_language(tip: StoredTip, code: str) -> text.Tip:
    """Return what people get of a tip that was written in chat, in one of its languages."""
    with text.spoken(code):
        opening = text.words("tip_opening", Tools(TOOLS))
    return text.Tip(
        name=tip.tip_key,
        segment=tip.segment,
        owner=tip.owner,
        review=tip.review,
        risk=tip.risk,
        risk_reason=tip.risk_reason,
        source=tip.source,
        title=opening.title,
        body=body(tip.words[code], opening.body),
        language=code,
    )


def is_of_the_files(name: str) -> bool:
    """Return whether a tip is one of the repository's."""
    try:
        text.tip(name)
    except KeyError:
        return False
    return True


def title(tx: Tx, name: str) -> str:
    """Return what a tip is called in lists; its name as it is where there is no such tip."""
    return titles(tx, [name])[name]


def titles(tx: Tx, names: Collection[str]) -> Mapping[str, str]:
    """Return what tips are called in lists, by name. People who get a tip do not see it."""
    of_files = {name: title_of_file(text.tip(name)) for name in names if is_of_the_files(name)}
    in_chat = {
        tip.tip_key: tip.words[tip.in_language(text.language())].title
        for tip in stored.some(tx, [name for name in names if name not in of_files])
    }
    return {name: of_files.get(name) or in_chat.get(name) or name for name in names}


def title_of_file(tip: text.Tip) -> str:
    """Return what a tip of the files is called: its task, as behind the colon of its first line."""
    task = tip.body.partition("\n")[0].partition(": ")[2].rstrip(".")
    if len(task) > TITLE_SHOWN:
        task = f"{task[: TITLE_SHOWN - 1].rpartition(' ')[0].rstrip(',;:')}…"
    return f"{task[:1].upper()}{task[1:]}"
