"""The words of the documents that `unranked policy` writes: pages, and the small words in tables.

A page's first line is its title. What a language lacks is said in the original.
"""

import string
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from unranked.text import ORIGINAL, language

_FOLDER = files("unranked.text")


def page(name: str, **given: str) -> str:
    """Return a page with its {names} filled in.

    Raises KeyError for a {name} that is not given, ValueError for what no word of the page uses.
    """
    words = _page(language(), name)
    names = {field for _, field, _, _ in string.Formatter().parse(words) if field}
    if unused := given.keys() - names:
        raise ValueError(f"The page {name} does not say {', '.join(sorted(unused))}.")
    return words.format_map(given)


def body(name: str, **given: str) -> str:
    """Return a page without its title, to stand in another one."""
    return page(name, **given).partition("\n")[2].strip("\n")


def said(name: str, **given: str) -> str:
    """Return small words, filled in. Raises KeyError where there are none."""
    words = _small(language()).get(name) or _small(ORIGINAL)[name]
    return words.format_map(given) if given else words


@lru_cache(maxsize=32)
def _page(code: str, name: str) -> str:
    file = _FOLDER / code / "documents" / f"{name}.md"
    if code != ORIGINAL and not file.is_file():
        return _page(ORIGINAL, name)
    return file.read_text(encoding="utf-8")


@lru_cache(maxsize=8)
def _small(code: str) -> Mapping[str, str]:
    return tomllib.loads((_FOLDER / code / "documents.toml").read_text(encoding="utf-8"))
