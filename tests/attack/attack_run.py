"""The whole attack on one organisation, and on many."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import combinations

import cut_out
import guessed
import solved
from guessed import Guess
from made_up_charts import Organisation
from said_in_a_year import WEEK, WEEKS, Told, Year, year

MONDAY = date(2026, 1, 5)
AT_ONCE = 10
"""So many organisations are attacked between two steps of the progress bar."""

_FEW = 10
"""So many faults are told in full."""


@dataclass(slots=True)
class Guessed:
    """What all guesses of one kind came to."""

    made: int = 0
    summed: float = 0.0
    most: Guess | None = None
    most_over_own: Guess | None = None

    def add(self, guess: Guess) -> None:
        """Count one guess."""
        self.made += 1
        self.summed += guess.right
        self._keep(guess)

    def join(self, other: "Guessed") -> None:
        """Count all that another one counted."""
        self.made += other.made
        self.summed += other.summed
        for guess in (other.most, other.most_over_own):
            if guess is not None:
                self._keep(guess)

    def _keep(self, guess: Guess) -> None:
        if self.most is None or guess.right > self.most.right:
            self.most = guess
        own = self.most_over_own
        if own is None or guess.right - guess.floor > own.right - own.floor:
            self.most_over_own = guess


@dataclass(slots=True)
class Found:
    """What was found. told: in words, with what it takes to see it again."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    smallest_class: int | None = None
    guesses: dict[str, Guessed] = field(default_factory=dict)

    def fault(self, where: str, what: str) -> None:
        """Note a fault."""
        self.faults[what] += 1
        self.told.append(f"{where}: {what}")

    def join(self, other: "Found") -> None:
        """Take over what was found elsewhere."""
        self.counts.update(other.counts)
        self.faults.update(other.faults)
        self.told = (self.told + other.told)[:_FEW]
        least = [one for one in (self.smallest_class, other.smallest_class) if one is not None]
        self.smallest_class = min(least, default=None)
        for what, guesses in other.guesses.items():
            self.guesses.setdefault(what, Guessed()).join(guesses)


def run(seed: int, organisations: int, *, processes: int = 1) -> Iterator[tuple[int, Found]]:
    """Attack so many organisations; yield how many are done, and what was found in the newest."""
    parts = [range(at, min(at + AT_ONCE, organisations)) for at in range(0, organisations, AT_ONCE)]
    if processes == 1:
        for part in parts:
            yield part.stop, attack(seed, part)
        return
    with ProcessPoolExecutor(processes) as pool:
        for part, found in zip(parts, pool.map(partial(attack, seed), parts), strict=True):
            yield part.stop, found


def attack(seed: int, numbers: Sequence[int]) -> Found:
    """Play a year of each organisation and try everything on what its managers were told."""
    found = Found()
    for number in numbers:
        chance = random.Random(f"{seed}-{number}")
        first = MONDAY + chance.randrange(WEEKS) * WEEK
        played = year(Organisation(chance), first)
        where = f"seed {seed}, organisation {number}"
        found.counts["organisations"] += 1
        # Who can cut out a few needs to solve nothing.
        if not _cut(found, where, played):
            _solve(found, where, played, chance)
        _guess(found, where, played.banded)
    return found


def _cut(found: Found, where: str, played: Year) -> bool:
    """Look at the groups; return whether anything is wrong with them."""
    before = found.faults.total()
    found.counts["messages"] += played.messages
    found.counts["freezings"] += len(played.fixed)
    for strict, told in ((False, played.banded), (True, played.strict)):
        for what in cut_out.faults(told, strict=strict):
            found.fault(where, what)
    for held in cut_out.together(played.banded):
        classes = cut_out.classes({one.people for one in held})
        found.counts["classes"] += len(classes)
        least = [*classes.values(), *([found.smallest_class] if found.smallest_class else [])]
        found.smallest_class = min(least)
    return found.faults.total() > before


def _solve(found: Found, where: str, played: Year, chance: random.Random) -> None:
    use = solved.Use(chance, played.fixed)
    ends = solved.said(played.banded, use)
    for held in cut_out.together(played.banded):
        found.counts["sets of bands solved"] += 1
        certain = solved.certain(held, use, ends)
        if certain:
            found.counts["classes whose use is certain"] += certain
            found.fault(where, "what everybody in a class did is certain")
        pair = cut_out.colluding(held)
        if pair and solved.certain([one for one in held if one.manager in pair], use, ends):
            found.counts["of these, certain to two managers"] += 1
        _pairs(found, held)


def _pairs(found: Found, held: Sequence[Told]) -> None:
    """Count pairs of groups of one window that share people."""
    groups = {(one.window, one.people) for one in held}
    for (window, one), (other, two) in combinations(groups, 2):
        if window == other and one & two:
            found.counts["overlapping groups"] += 1


def _guess(found: Found, where: str, told: Sequence[Told]) -> None:
    for guess in guessed.guesses(told):
        found.guesses.setdefault(guess.what, Guessed()).add(guess)
        if guess.right > guessed.limit(guess.pair.days):
            found.fault(where, "a guess is better than one figure of ten people allows")
