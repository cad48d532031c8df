"""Tips and practices: one file each, with what a reviewer has to know above its words.

A file is TOML between two lines `+++`, then `# Title`, then the body. The library is read whole,
and checked whole, the first time that any of it is asked for.
"""

import dataclasses
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from unranked.domain.tip_risk import Risk
from unranked.errors import TextError

_FENCE = "+++\n"


class Stage(StrEnum):
    """For whom a practice is: for every team, or for one that has made a beginning."""

    START = "start"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Tip:
    """One task of ten minutes for people of one segment.

    review: the day by which its owner reads it again. risk_reason: why the risk is what it is, or
    what holds it down. source: where the practice comes from. body: says {tools} and nothing else
    in braces. language: of its words, by its code; empty where it is the one that is spoken.
    """

    name: str
    segment: str
    owner: str = dataclasses.field(repr=False)
    review: date
    risk: Risk
    risk_reason: str = dataclasses.field(repr=False)
    source: str = dataclasses.field(repr=False)
    title: str = dataclasses.field(repr=False)
    body: str = dataclasses.field(repr=False)
    language: str = ""


@dataclass(frozen=True, slots=True)
class Practice:
    """One thing that a manager can try with the team, and one open question to ask there.

    review as for a tip. stage: what every manager gets first, and what comes after it. source: what
    kind of thing the practice comes from, and how far to trust it, in words for a layperson.
    """

    name: str
    owner: str
    review: date
    stage: Stage
    source: str
    question: str
    title: str
    body: str


def read_tips(folder: Traversable) -> Mapping[str, Tip]:
    """Return the tips of a folder, by name and in its order. Raises TextError for a wrong file."""
    found = _read(Tip, folder)
    for one in found.values():
        _check_braces(one)
    return found


def read_practices(folder: Traversable) -> Mapping[str, Practice]:
    """Return the practices of a folder, as `read_tips` does."""
    return _read(Practice, folder)


_Text = TypeVar("_Text", Tip, Practice)

_SAID = {Tip: (), Practice: ("question", "source")}
"""Which fields people read, beside title and body: a translation has these and no others."""


def translated(originals: Mapping[str, _Text], folder: Traversable) -> Mapping[str, _Text]:
    """Return the texts in the folder's language; one that is not there stays the original.

    A file has a title and a body, and between two lines `+++` the fields that people read. What a
    reviewer has to know stands with the original. Raises TextError for a wrong file.
    """
    return {name: _translated(one, folder / f"{name}.md") for name, one in originals.items()}


def _translated(original: _Text, file: Traversable) -> _Text:
    if not file.is_file():
        return original
    fields, title, body = _cut(original.name, file.read_text(encoding="utf-8"))
    expected = _SAID[type(original)]
    if set(fields) != set(expected):
        raise TextError(
            f"The translation of {original.name} has other fields than it should.",
            hint=f"Give it {', '.join(expected) or 'none'}: the others stand with the original.",
        )
    given = {field: _value(original.name, field, str, fields) for field in expected}
    own: dict[str, Any] = {**given, "title": title, "body": body}
    made = dataclasses.replace(original, **own)
    if isinstance(made, Tip):
        _check_braces(made)
    return made


def _check_braces(tip: Tip) -> None:
    names = {name for _, name, _, _ in string.Formatter().parse(tip.body) if name is not None}
    if names != {"tools"}:
        raise TextError(
            f"The tip {tip.name} says something else than {{tools}} in braces, or not that.",
            hint="Write {tools} where the tools' names belong, and no other braces.",
        )


def _read(kind: type[_Text], folder: Traversable) -> dict[str, _Text]:
    """Return one text for each file of a folder, by name."""
    entries = sorted((entry.name, entry) for entry in folder.iterdir())
    return {
        (name := full.removesuffix(".md")): _text(kind, name, entry.read_text(encoding="utf-8"))
        for full, entry in entries
        if full.endswith(".md")
    }


def _text(kind: type[_Text], name: str, raw: str) -> _Text:
    """Return what one file says. Its fields are those of `kind` without a default, no more."""
    fields, title, body = _cut(name, raw)
    own = {"name": name, "title": title, "body": body}
    given_in_files = (f for f in dataclasses.fields(kind) if f.default is dataclasses.MISSING)
    expected = {field.name: field.type for field in given_in_files}
    for field in fields:
        if field in own or field not in expected:
            raise TextError(
                f"The text {name} has a field {field}.", hint="Take it out: nobody reads it."
            )
    given = fields | own
    values: dict[str, Any] = {
        field: _value(name, field, type_, given) for field, type_ in expected.items()
    }
    return kind(**values)


def _cut(name: str, raw: str) -> tuple[dict[str, Any], str, str]:
    """Return fields, title and body of a file."""
    before, _, rest = raw.partition(_FENCE)
    matter, fence, words = f"\n{rest}".partition(f"\n{_FENCE}")
    title, _, body = words.strip().partition("\n")
    if before or not fence or not title.startswith("# "):
        raise TextError(
            f"The text {name} is not laid out as it should be.",
            hint="Write its fields between two lines +++, then a line `# Title`, then the body.",
        )
    try:
        fields = tomllib.loads(matter)
    except tomllib.TOMLDecodeError as error:
        raise TextError(
            f"The fields of the text {name} cannot be read: {error}.",
            hint='Write each as a line such as: owner = "AI enablement team".',
        ) from error
    return fields, title.removeprefix("# ").strip(), body.strip()


def _value(name: str, field: str, type_: object, given: Mapping[str, object]) -> object:
    """Return the value of a field, in its type."""
    value = given.get(field)
    if (type_ is Risk or type_ is Stage) and value in list(type_):
        return type_(str(value))
    if type_ is date and type(value) is date:
        return value
    if type_ is str and isinstance(value, str) and value.strip():
        return value
    raise TextError(f"The text {name} has no right {field}.", hint=_HINTS.get(field, _ANY_HINT))


_ANY_HINT = "Give it some words, in double quotes."
_HINTS = {
    "review": "Give it the day of the next review, without quotes: review = 2027-11-24.",
    "risk": 'Give it "low" or "medium"; what risks more is no tip.',
    "stage": 'Give it "start" or "later": what a team can begin with, or what needs a beginning.',
    "title": "Write it behind the number sign, below the fields.",
    "body": "Write it below the title.",
}
