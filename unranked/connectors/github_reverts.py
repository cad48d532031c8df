"""Which pull request another one says it reverts: one at most, as GitHub's own button writes it.

The title is `Revert "<title of the other>"`, and a line `Reverts owner/repo#123` of the same
repository begins a paragraph of the text. Anybody can write both, and a colleague's finished work
counts less for it: so it must be plain to see. A line in a comment, in code or in a quote names
nothing, and neither does one behind anything of which it is not certain how it will look. A revert
that is overlooked leaves a count as it was; one that is made up would take something away.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Final

from unranked.domain.survival import Place

_TITLE: Final = re.compile(r'Revert "(.+)"')
_LINE: Final = re.compile(r"Reverts ([\w.-]+/[\w.-]+)#([1-9][0-9]{0,9})[ \t]*", re.ASCII)
_LINE_END: Final = re.compile(r"\r\n?|\n")
_FENCE: Final = re.compile(r"(`{3,})[^`]*|(~{3,}).*")
_FENCES: Final = ("```", "~~~")
_TAG: Final = re.compile(r"<[A-Za-z/!?]")
_DEEPEST: Final = 3
"""Spaces before what closes a fence; with more of them it is a line of code."""


def place_of(repository: str, number: int, title: str) -> Place:
    """Return what names a pull request while it is read. The title itself is not in it."""
    said = hashlib.blake2b(title.encode(errors="surrogatepass"), digest_size=16)
    return repository, number, said.hexdigest()


def reverted_by(title: str, text: str, repository: str) -> Place | None:
    """Return what a pull request says it reverts; None where it is no revert in GitHub's own form.

    repository: its own, in small letters. It cannot revert anything in another one.
    """
    other = _TITLE.fullmatch(title)
    if other is None:
        return None
    line = next(filter(None, map(_LINE.fullmatch, _first_lines(text))), None)
    if line is None or line[1].lower() != repository:
        return None
    return place_of(repository, int(line[2]), other[1])


def _first_lines(text: str) -> Iterator[str]:
    """Yield the first line of every paragraph that a reader sees, up to the first doubt.

    By the rules of CommonMark, as far as they go without one: a line at the margin that begins a
    paragraph is in no list, quote or indented code, and nothing before it hides it.
    """
    lines = iter(_LINE_END.split(text))
    begins = True
    for line in lines:
        if fence := _FENCE.fullmatch(line):
            _pass_code(lines, fence[1] or fence[2])
            begins = True
        elif line.startswith("<!--"):
            if not _is_comment(line, lines):
                return
            begins = True
        elif _TAG.search(line) or line.lstrip().startswith(_FENCES):
            return
        else:
            is_blank = not line.strip(" \t")
            if begins and not is_blank:
                yield line
            begins = is_blank


def _pass_code(lines: Iterator[str], fence: str) -> None:
    """Go past the end of a block of code. Where it has none, all that is left is code."""
    for line in lines:
        bare = line.lstrip(" ")
        end = bare.rstrip(" \t")
        is_end = len(end) >= len(fence) and {*end} == {fence[0]}
        if is_end and len(line) - len(bare) <= _DEEPEST:
            return


def _is_comment(line: str, lines: Iterator[str]) -> bool:
    """Go past the end of a comment; return whether it has one and it is certain which."""
    said = line.removeprefix("<!--")
    if said.startswith((">", "->")):  # some take its strokes for those of the end, too
        return False
    while "-->" not in said and "<" not in said:
        said = next(lines, "<")
    return "<" not in said
