"""The words of the product. A message's first line is its title; {names} come from one dataclass.

Words stand in `en/<message>.md`, tips in `en/tips/`, practices for managers in `en/practices/`,
labels of buttons in `en/labels.toml`, so that they can be read, reviewed and translated without
reading code.
"""

import dataclasses
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from unranked.text.library import Practice, Risk, Tip, read_practices, read_tips

__all__ = [
    "Nothing",
    "Practice",
    "Risk",
    "Tip",
    "Words",
    "label",
    "messages",
    "practice",
    "practices",
    "tip",
    "tips",
    "words",
]

_FOLDER = files(__name__) / "en"


@dataclass(frozen=True, slots=True)
class Words:
    """A message's words, filled in."""

    title: str
    body: str

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The body, cut at empty lines."""
        return tuple(part.strip("\n") for part in self.body.split("\n\n") if part.strip())


@dataclass(frozen=True, slots=True)
class Nothing:
    """The values of a text that has no {names}."""


def words(message: str, values: object = Nothing()) -> Words:
    """Return the words of `message` with the fields of the dataclass `values` filled in.

    Raises KeyError for a {name} that `values` does not have, ValueError for a value that no word
    of the text uses: a fact that is computed and not said is a mistake.
    """
    title, body, names = _template(message)
    given: dict[str, object] = {
        field.name: getattr(values, field.name)
        for field in dataclasses.fields(values)  # type: ignore[arg-type]  # any dataclass
    }
    unused = given.keys() - names
    if unused:
        raise ValueError(f"The text {message} does not say {', '.join(sorted(unused))}.")
    return Words(title.format_map(given), body.format_map(given))


def tips(segment: str) -> tuple[Tip, ...]:
    """Return the tips for people in a segment, by name. Raises KeyError where there are none."""
    found = tuple(one for one in _tips().values() if one.segment == segment)
    if not found:
        raise KeyError(segment)
    return found


def tip(name: str) -> Tip:
    """Return the tip of that name. Raises KeyError where there is none."""
    return _tips()[name]


def practices() -> tuple[Practice, ...]:
    """Return every practice for managers, by name."""
    return tuple(_practices().values())


def practice(name: str) -> Practice:
    """Return the practice of that name. Raises KeyError where there is none."""
    return _practices()[name]


def label(name: str, *, default: str = "") -> str:
    """Return what the button or tool of that name is called. Raises KeyError where nothing is."""
    return _labels().get(name, default) or _labels()[name]


def messages() -> tuple[str, ...]:
    """Return the name of every message."""
    names = (entry.name for entry in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".md") for name in names if name.endswith(".md")))


@lru_cache(maxsize=256)
def _template(message: str) -> tuple[str, str, frozenset[str]]:
    text = (_FOLDER / f"{message}.md").read_text(encoding="utf-8")
    title, _, body = text.partition("\n")
    names = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    return title.removeprefix("# ").strip(), body.strip("\n"), frozenset(names)


@lru_cache(maxsize=1)
def _labels() -> Mapping[str, str]:
    return tomllib.loads((_FOLDER / "labels.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _tips() -> Mapping[str, Tip]:
    return read_tips(_FOLDER / "tips")


@lru_cache(maxsize=1)
def _practices() -> Mapping[str, Practice]:
    return read_practices(_FOLDER / "practices")
