"""How often what is said of simulated campaigns is right: rates with their standard errors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import sqrt

from rich.console import Console
from rich.table import Table
from trials import Trial, Truth

from unranked.domain.sample_sizes import promise

PEOPLE = 240
BASE = 0.10
PEEKING = 0.065
MISSED = 0.052
BY_CHANCE = 0.025
FOUND = 0.8
SMALL = (20, 40, 60)
ALL_WEEKS, TWO_WEEKS = tuple(range(10)), (2, 4)
"""In which people come. At a look a week after one of them half of all would count too early."""

ERRORS = 3
"""So many standard errors of the simulation itself are allowed for."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of the campaigns of a kind did something, and how many may."""

    name: str
    hits: int
    of: int
    least: float = 0.0
    most: float = 1.0

    @property
    def share(self) -> float:
        """The share of those that did it."""
        return self.hits / self.of

    @property
    def error(self) -> float:
        """The standard error of the share."""
        return sqrt(self.share * (1 - self.share) / self.of)

    @property
    def good(self) -> bool:
        """Whether the true share may be within its limits, as far as so many campaigns can tell."""
        low, high = (sqrt(one * (1 - one) / self.of) for one in (self.least, self.most))
        return self.least - ERRORS * low <= self.share <= self.most + ERRORS * high


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of campaign. part: how many of a hundred are of it. rates: what is asked of them."""

    name: str
    part: int
    truths: tuple[Truth, ...]
    rates: tuple[Callable[[Sequence[Trial]], Rate], ...]


def planted(*, people: int = PEOPLE) -> tuple[Kind, ...]:
    """Return the kinds of campaigns. people: of each, but of the small ones."""
    said = promise(people, base=BASE)
    if said is None or said.smallest is None:
        raise ValueError("A campaign of that size is promised nothing.")
    effect = said.smallest / 100
    nothing = tuple(
        Truth(people, base, holdout=share, sooner=sooner, weeks=weeks)
        for base in (0.10, 0.15, 0.30)
        for share in (None, 0.2)
        for sooner, weeks in ((False, ALL_WEEKS), (True, TWO_WEEKS))
    )
    small = tuple(Truth(n, BASE, effect) for n in SMALL for effect in (0.0, 0.05))
    return (
        Kind(
            "no effect, in half of them people start sooner",
            45,
            nothing,
            (
                partial(_rate, "some weekly look shows an effect", _missed, most=PEEKING),
                partial(_rate, "said to work", _said("works"), most=BY_CHANCE),
            ),
        ),
        Kind(
            f"the smallest effect that is promised ({said.smallest} points of {people} people)",
            25,
            (Truth(people, BASE, effect),),
            (
                partial(_rate, "found", _said("works", "brought_forward"), least=FOUND),
                partial(_rate, "some look misses the truth", _missed, most=MISSED),
            ),
        ),
        Kind(
            "brought forward, and as many stay",
            15,
            (Truth(people, BASE, effect, stays=0.8, lasts=False),),
            (
                partial(_rate, "said to work, and to last", _said("works"), most=BY_CHANCE),
                partial(_rate, "some look misses the truth", _missed, most=MISSED),
            ),
        ),
        Kind(
            "20 to 60 people, no effect or a typical one",
            15,
            small,
            (partial(_rate, "cannot tell", _said("cannot_tell"), least=0.95),),
        ),
    )


def shared_out(kinds: Sequence[Kind], campaigns: int) -> list[tuple[Kind, Truth]]:
    """Return so many campaigns, mixed, each with its kind."""
    found: list[tuple[Kind, Truth]] = []
    for kind in kinds:
        many = max(1, round(campaigns * kind.part / 100))
        found += [(kind, kind.truths[n % len(kind.truths)]) for n in range(many)]
    return found


def measured(
    kinds: Sequence[Kind], trials: Sequence[tuple[Kind, Trial]]
) -> list[tuple[Kind, Rate]]:
    """Return every rate of every kind."""
    return [
        (kind, rate([trial for own, trial in trials if own is kind]))
        for kind in kinds
        for rate in kind.rates
    ]


def show(rates: Sequence[tuple[Kind, Rate]], console: Console) -> None:
    """Print the rates."""
    table = Table(title="Simulated campaigns whose truth is planted")
    for name in ("campaigns", "how many", "what", "share", "s.e.", "should be", "good"):
        table.add_column(name)
    for kind, one in rates:
        limit = f"at least {one.least:.1%}" if one.least else f"at most {one.most:.1%}"
        good = "yes" if one.good else "NO"
        table.add_row(
            *(kind.name, f"{one.of:,}", one.name, f"{one.share:.1%}", f"{one.error:.1%}"),
            *(limit, good),
        )
    console.print(table)


def _rate(
    name: str,
    hit: Callable[[Trial], bool],
    trials: Sequence[Trial],
    *,
    least: float = 0.0,
    most: float = 1.0,
) -> Rate:
    return Rate(name, sum(map(hit, trials)), len(trials), least, most)


def _missed(trial: Trial) -> bool:
    return trial.missed()


def _said(*words: str) -> Callable[[Trial], bool]:
    return lambda trial: trial.verdict is not None and str(trial.verdict.word) in words
