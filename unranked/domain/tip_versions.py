"""What a language model drafted: three versions of a tip, or nothing at all.

An answer is taken whole or not at all. Whatever it says is a draft that a human changes and owns.
"""

import json
import re
from collections.abc import Sequence

from unranked.domain.tips import TOOLS, Words, tidy, word_problems

VERSIONS = 3
LONGEST = {"title": 60, "task": 800, "understand": 300, "ask": 200}
"""Characters of each part: with less room than people have, so that a button can bring it back."""

_FENCE = re.compile(r"```(?:json)?\s*\n(.*)\n```", re.DOTALL)
_MARKED_UP = re.compile(r"\*\*|__|`|</?\w|\]\(|://|\bwww\.|^#", re.MULTILINE | re.IGNORECASE)
"""Mark-up would be shown as it stands, and links belong to the human who knows where they lead."""


def versions(answer: str) -> Sequence[Words] | None:
    """Return the three versions that a model's answer holds; None where any of it does not fit."""
    fenced = _FENCE.fullmatch(answer.strip())
    try:
        said = json.loads(fenced.group(1) if fenced else answer)
    except (ValueError, RecursionError):
        return None
    match said:
        case {"versions": list(every), **rest} if not rest and len(every) == VERSIONS:
            found = [words for one in every if (words := _words(one)) is not None]
        case _:
            return None
    titles = {words.title.casefold() for words in found}
    return found if len(titles) == VERSIONS else None


def form() -> str:
    """Return the form of an answer, as a model is told."""
    one = dict.fromkeys(LONGEST, "...")
    return json.dumps({"versions": [one] * VERSIONS})


def packed(words: Words) -> str:
    """Return the words of a version as a button brings them back."""
    return json.dumps([getattr(words, name) for name in LONGEST], ensure_ascii=False)


def unpacked(value: str) -> Words | None:
    """Return the words that a button brought back, None where it brought something else."""
    try:
        said = json.loads(value)
    except (ValueError, RecursionError):
        return None
    if not (isinstance(said, list) and len(said) == len(LONGEST)):
        return None
    return _words(dict(zip(LONGEST, said, strict=True)))


def _words(one: object) -> Words | None:
    if not (isinstance(one, dict) and one.keys() == LONGEST.keys()):
        return None
    if not all(isinstance(said, str) for said in one.values()):
        return None
    plain = {name: tidy(said) for name, said in one.items()}
    too_long = any(len(said) > LONGEST[name] for name, said in plain.items())
    if too_long or "\n" in plain["title"] or any(_MARKED_UP.search(one) for one in plain.values()):
        return None
    words = Words(**plain)
    return None if TOOLS not in words.task or word_problems(words) else words
