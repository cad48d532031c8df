"""The words of the product. A message's first line is its title; {names} come from one dataclass.

Words stand in `<language>/<message>.md`, tips in `<language>/tips/`, practices for managers in
`<language>/practices/`, labels of buttons in `<language>/labels.toml`, so that they can be read,
reviewed and translated without reading code. What operators read, too, stands in English with what
it is about, and in the others here: what connectors cannot see in `<language>/cannot_see.toml`, the
policy in `<language>/policy.toml`. `<language>/plain_words.txt` holds small words that a language
model may use beside those of our texts.

Which language is spoken is set where it is known to whom: `with text.spoken(language)`. A door or
the sender does so once, and everything below it speaks to the same person. English is the original;
what another language lacks is said in English.
"""

import dataclasses
import re
import string
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

from unranked.domain.tip_risk import Risk
from unranked.text.library import Practice, Tip, read_practices, read_tips, translated

__all__ = [
    "LANGUAGES",
    "Nothing",
    "Practice",
    "Risk",
    "Tip",
    "Words",
    "cannot_see",
    "label",
    "labels",
    "language",
    "language_of",
    "messages",
    "plain_words",
    "policy",
    "practice",
    "practices",
    "spoken",
    "tip",
    "tip_names",
    "tips",
    "unfilled",
    "words",
]

_FOLDER = files(__name__)

ORIGINAL = "en"
LANGUAGES = (ORIGINAL, "de")
"""The languages that can be spoken, by their ISO codes; Babel knows the same ones."""

_SPOKEN: ContextVar[str] = ContextVar("spoken", default=ORIGINAL)


def language_of(locale: str) -> str:
    """Return the language to speak to somebody with a locale such as `de-AT`; else the original.

    A browser's list of them will do, too: its first one counts.
    """
    code = re.split("[-_,;]", locale.strip(), maxsplit=1)[0].lower()
    return code if code in LANGUAGES else ORIGINAL


def language() -> str:
    """Return the language that is spoken now."""
    return _SPOKEN.get()


@contextmanager
def spoken(code: str) -> Iterator[None]:
    """Speak a language of LANGUAGES to the end of the block, in this thread alone."""
    token = _SPOKEN.set(code)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


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
    title, body, names = _template(language(), message)
    given: dict[str, object] = {
        field.name: getattr(values, field.name)
        for field in dataclasses.fields(values)  # type: ignore[arg-type]  # any dataclass
    }
    unused = given.keys() - names
    if unused:
        raise ValueError(f"The text {message} does not say {', '.join(sorted(unused))}.")
    return Words(title.format_map(given), body.format_map(given))


def unfilled(message: str) -> str:
    """Return the title and the body of `message` as they stand, without what is filled in."""
    title, body, _ = _template(language(), message)
    parts = string.Formatter().parse(f"{title}\n{body}")
    return " ".join(literal for literal, _, _, _ in parts)


def plain_words() -> tuple[str, ...]:
    """Return the small words of the language that a language model may use beside our texts."""
    return _plain_words(language())


def tips(segment: str) -> tuple[Tip, ...]:
    """Return the tips for people in a segment, by name. Raises KeyError where there are none."""
    found = tuple(one for one in _tips(language()).values() if one.segment == segment)
    if not found:
        raise KeyError(segment)
    return found


def tip_names(*, on: date) -> frozenset[str]:
    """Return the names of the tips that may be sent on a day: their owner has read them lately."""
    return frozenset(one.name for one in _tips(ORIGINAL).values() if on <= one.review)


def tip(name: str) -> Tip:
    """Return the tip of that name. Raises KeyError where there is none."""
    return _tips(language())[name]


def practices() -> tuple[Practice, ...]:
    """Return every practice for managers, by name."""
    return tuple(_practices(language()).values())


def practice(name: str) -> Practice:
    """Return the practice of that name. Raises KeyError where there is none."""
    return _practices(language())[name]


def label(name: str, *, default: str = "") -> str:
    """Return what the button or tool of that name is called. Raises KeyError where nothing is."""
    said = _labels(language()).get(name) or _labels(ORIGINAL).get(name, default)
    return said or _labels(ORIGINAL)[name]


def labels() -> tuple[str, ...]:
    """Return the name of every label of the original."""
    return tuple(_labels(ORIGINAL))


def cannot_see(slug: str, original: Sequence[str]) -> tuple[str, ...]:
    """Return what a connector cannot see; the original lines where the language has not each."""
    lines = _cannot_see(language()).get(slug, ())
    return tuple(lines if len(lines) == len(original) else original)


def policy(original: str) -> str:
    """Return what the policy says in English in the language that is spoken, else as it is."""
    return _policy(language()).get(original, str(original))


def messages(code: str = ORIGINAL) -> tuple[str, ...]:
    """Return the name of every message that a language has."""
    names = (entry.name for entry in (_FOLDER / code).iterdir())
    return tuple(sorted(name.removesuffix(".md") for name in names if name.endswith(".md")))


@lru_cache(maxsize=512)
def _template(code: str, message: str) -> tuple[str, str, frozenset[str]]:
    file = _FOLDER / code / f"{message}.md"
    if code != ORIGINAL and not file.is_file():
        return _template(ORIGINAL, message)
    text = file.read_text(encoding="utf-8")
    title, _, body = text.partition("\n")
    names = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    return title.removeprefix("# ").strip(), body.strip("\n"), frozenset(names)


@lru_cache(maxsize=len(LANGUAGES))
def _plain_words(code: str) -> tuple[str, ...]:
    lines = (_FOLDER / code / "plain_words.txt").read_text(encoding="utf-8").splitlines()
    return tuple(word for line in lines if not line.startswith("#") for word in line.split())


@lru_cache(maxsize=len(LANGUAGES))
def _labels(code: str) -> Mapping[str, str]:
    return tomllib.loads((_FOLDER / code / "labels.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=len(LANGUAGES))
def _policy(code: str) -> Mapping[str, str]:
    if code == ORIGINAL:
        return {}  # the same
    return tomllib.loads((_FOLDER / code / "policy.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=len(LANGUAGES))
def _cannot_see(code: str) -> Mapping[str, Sequence[str]]:
    if code == ORIGINAL:
        return {}  # these lines stand with their connectors, for operators read them too
    return tomllib.loads((_FOLDER / code / "cannot_see.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=len(LANGUAGES))
def _tips(code: str) -> Mapping[str, Tip]:
    if code == ORIGINAL:
        return read_tips(_FOLDER / code / "tips")
    return translated(_tips(ORIGINAL), _FOLDER / code / "tips")


@lru_cache(maxsize=len(LANGUAGES))
def _practices(code: str) -> Mapping[str, Practice]:
    if code == ORIGINAL:
        return read_practices(_FOLDER / code / "practices")
    return translated(_practices(ORIGINAL), _FOLDER / code / "practices")
