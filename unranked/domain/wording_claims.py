"""What a text of a language model claims beyond the facts: a cause, a denial, a figure's name.

The figures may be right and the sentence wrong: `You lost 90 min` where 90 min were gained, `AI
made you finish 7 pull requests`. Each such claim stands only where the facts make it, too.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from unranked.domain.wording_lists import (
    AFTER,
    CAUSE,
    DENIED,
    NAMES,
    SIGNED,
    TOOLS,
    WORK_WITH_AI,
)
from unranked.domain.wording_reading import Figure, bare, clauses, folded, placed, sentences, words

_REACH = 3
"""How many words in front of a name say that it is taken off: `after your AI cost`."""


def claims_more(said: str, facts: Iterable[str]) -> bool:
    """Return whether the text claims something that the facts do not claim in the same words."""
    known = [sentence for line in facts for sentence in sentences(line)]
    made = sentences(said)
    if {*_denials(made)} - {*_denials(known)}:
        return True
    told = [_spaced(sentence) for sentence in known]
    if any(_is_causal(one) and not any(_spaced(one) in line for line in told) for one in made):
        return True
    named, called = _names(known), frozenset(_called(known))
    return any(_is_misnamed(sentence, named, called) for sentence in made)


def _denials(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        for clause in clauses(line):
            yield from DENIED.findall(" ".join(clause))


def _is_causal(sentence: str) -> bool:
    """Return whether it says what brought something, or has work and AI not just beside it."""
    rest = WORK_WITH_AI.sub(" ", _spaced(sentence))
    every = words(sentence)
    of_work = any(NAMES["work"].fullmatch(word) for word in every)
    return any(CAUSE.fullmatch(word) for word in every) or bool(of_work and TOOLS.search(rest))


def _spaced(sentence: str) -> str:
    return f" {' '.join(words(sentence))} "


def _called(lines: Iterable[str]) -> Iterator[str]:
    """Yield which names of figures these lines have at all."""
    for line in lines:
        yield from (name for piece in line.split() for name in _of(piece))


def _of(piece: str) -> Iterator[str]:
    small = folded(bare(piece))
    yield from (name for name, known in NAMES.items() if known.fullmatch(small))


def _names(facts: Iterable[str]) -> Mapping[Figure, frozenset[str]]:
    """Return for every figure in digits the names in the sentences that it stands in."""
    found: dict[Figure, frozenset[str]] = {}
    for sentence in facts:
        names = frozenset(_called([sentence]))
        for _, figure in placed(sentence.split()):
            found[figure] = found.get(figure, frozenset()) | names
    return found


def _is_misnamed(
    sentence: str, named: Mapping[Figure, frozenset[str]], called: frozenset[str]
) -> bool:
    """Return whether a name stands by figures of which none has it.

    called: the names that the facts have at all, for a sentence without figures.
    """
    pieces = sentence.split()
    places = {at: figure for at, figure in placed(pieces) if figure.has_digits}
    for at, piece in enumerate(pieces):
        near = [named.get(places[place], frozenset()) for place in _nearest(at, places)]
        having = frozenset(chain.from_iterable(near)) if near else called
        for name in _of(piece):
            free = name not in SIGNED and (not near or _is_taken_off(pieces[:at]))
            if not free and name not in having:
                return True
    return False


def _nearest(at: int, places: Iterable[int]) -> Iterator[int]:
    """Yield the last place up to this one, and the first one behind it."""
    yield from [place for place in places if place <= at][-1:]
    yield from [place for place in places if place > at][:1]


def _is_taken_off(in_front: list[str]) -> bool:
    return any(folded(bare(piece)) in AFTER for piece in in_front[-_REACH:])
