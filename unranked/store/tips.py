"""Tips that were written in chat, and their words in each language that they have."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, delete, insert, select, true, update

from unranked.domain.tip_risk import Risk
from unranked.domain.tips import Draft, State, Words
from unranked.store import Tx
from unranked.store.tables import Tip, TipWords, table

_tip, _words = table(Tip), table(TipWords)
_KEPT = (
    *("tip_key", "revision", "state", "segment", "owner", "review", "risk", "risk_reason"),
    *("source", "written_on"),
)
_SAID = ("title", "task", "understand", "ask")


@dataclass(frozen=True, slots=True)
class StoredTip:
    """A tip. revision: counts its changes. words: by the code of their language, at least one.

    written_on: the day of its last change.
    """

    tip_key: str
    revision: int
    state: State
    segment: str
    owner: str = field(repr=False)
    review: date
    risk: Risk
    risk_reason: str = field(repr=False)
    source: str = field(repr=False)
    written_on: date
    words: Mapping[str, Words] = field(repr=False)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it has, in the order of their codes."""
        return tuple(sorted(self.words))

    def in_language(self, code: str) -> str:
        """Return that language where the tip has it, else one that it has."""
        return code if code in self.words else self.languages[0]

    def draft(self, code: str) -> Draft:
        """Return the tip as its form in one of its languages shows it."""
        return Draft(
            words=self.words[code],
            segment=self.segment,
            language=code,
            owner=self.owner,
            review=self.review,
            risk=self.risk.value,
            risk_reason=self.risk_reason,
            source=self.source,
        )


def add(tx: Tx, tip: StoredTip) -> None:
    """Store a new tip."""
    tx.execute(insert(_tip).values(_row(tip)))
    _put(tx, tip)


def save(tx: Tx, tip: StoredTip) -> bool:
    """Store a changed tip with the next revision; return whether it was still the one read.

    False: somebody else changed it meanwhile, and nothing was stored.
    """
    mine = (_tip.c.tip_key == tip.tip_key) & (_tip.c.revision == tip.revision)
    values = _row(tip) | {"revision": tip.revision + 1}
    if tx.execute(update(_tip).where(mine).values(values)).rowcount != 1:
        return False
    tx.execute(delete(_words).where(_words.c.tip_key == tip.tip_key))
    _put(tx, tip)
    return True


def one(tx: Tx, tip_key: str) -> StoredTip | None:
    """Return the tip with that key, or None."""
    return next(iter(_found(tx, _tip.c.tip_key == tip_key)), None)


def some(tx: Tx, tip_keys: Collection[str]) -> list[StoredTip]:
    """Return the tips with these keys, in the order of their keys; a key without one is left."""
    return _found(tx, _tip.c.tip_key.in_(tip_keys)) if tip_keys else []


def every(tx: Tx) -> list[StoredTip]:
    """Return every tip, in the order of their keys."""
    return _found(tx, true())


def reviews(tx: Tx) -> list[tuple[str, date]]:
    """Return of each tip in use for which segment it is, and until when it may be sent."""
    query = select(_tip.c.segment, _tip.c.review).where(_tip.c.state == State.IN_USE.value)
    return [(str(segment), day) for segment, day in tx.execute(query.order_by(_tip.c.tip_key))]


def sendable(tx: Tx, on: date) -> list[tuple[str, str]]:
    """Return key and segment of each tip that may be sent on a day, in the order of their keys."""
    query = (
        select(_tip.c.tip_key, _tip.c.segment)
        .where(_tip.c.state == State.IN_USE.value, _tip.c.review >= on)
        .order_by(_tip.c.tip_key)
    )
    return [(str(key), str(segment)) for key, segment in tx.execute(query)]


def _row(tip: StoredTip) -> dict[str, object]:
    kept = {name: getattr(tip, name) for name in _KEPT}
    return kept | {"state": tip.state.value, "risk": tip.risk.value}


def _put(tx: Tx, tip: StoredTip) -> None:
    rows = [
        {"tip_key": tip.tip_key, "language": code} | {name: getattr(words, name) for name in _SAID}
        for code, words in sorted(tip.words.items())
    ]
    tx.execute(insert(_words), rows)


def _found(tx: Tx, which: ColumnElement[bool]) -> list[StoredTip]:
    said: dict[str, dict[str, Words]] = {}
    query = select(_words).join(_tip, _tip.c.tip_key == _words.c.tip_key).where(which)
    for row in tx.execute(query).mappings():
        words = Words(*(row[name] for name in _SAID))
        said.setdefault(row["tip_key"], {})[row["language"]] = words
    rows = tx.execute(select(_tip).where(which).order_by(_tip.c.tip_key)).mappings()
    return [
        StoredTip(
            **{name: row[name] for name in _KEPT}
            | {
                "state": State(row["state"]),
                "risk": Risk(row["risk"]),
                "words": said[row["tip_key"]],
            }
        )
        for row in rows
    ]
