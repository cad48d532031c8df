"""Hints about cost from counts alone: F9 and F10 of method.md 1.9.

Nobody knows here what the tokens were for, so a hint is something to try, and claims nothing about
quality. It is a notice about cost: neither good nor bad, and no figure of the summary uses it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from unranked.domain.constants import (
    CACHE_WRITTEN_LEAST,
    EXTRA_TURNS,
    HINT_GAP,
    HINT_SAVING_LEAST,
    HINT_SAVING_SHARE,
)
from unranked.domain.usage import Tokens
from unranked.domain.value import MILLION, Prices, cost


class HintKind(StrEnum):
    """What a hint is about."""

    SMALLER_MODEL = "smaller_model"
    CACHE = "cache"


@dataclass(frozen=True, slots=True)
class ModelUse:
    """A person's 28 days with one model. smaller: prices of the next smaller one, if one is known.

    prices: of the model itself, None where they are not known: then nothing is said of it.
    """

    model: str
    tokens: Tokens
    prices: Prices | None
    smaller_model: str = ""
    smaller: Prices | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """What the same work cost, and might have cost, in USD of 28 days. saving: an upper bound."""

    kind: HintKind
    model: str
    paid: Decimal
    instead: Decimal
    other_model: str = ""

    @property
    def saving(self) -> Decimal:
        """S of F9, or what caching cost more than it saved."""
        return self.paid - self.instead


def hint(uses: Iterable[ModelUse], *, spend: Decimal) -> Hint | None:
    """Return the hint with the largest saving of those that are worth one; None where none is.

    spend: of the same days, in USD, with all tools.
    """
    every = [found for use in uses for found in (_smaller(use), _cache(use)) if found is not None]
    least = max(HINT_SAVING_LEAST, HINT_SAVING_SHARE * spend)
    worth_one = [one for one in every if one.saving >= least]
    return max(worth_one, key=lambda one: (one.saving, one.model, one.kind), default=None)


def may_show(shown_on: Iterable[date], *, today: date) -> bool:
    """Return whether a hint may be shown: at most one in 30 days; the one of today, again."""
    last = max(shown_on, default=None)
    return last is None or last == today or today - last >= HINT_GAP


def _smaller(use: ModelUse) -> Hint | None:
    if use.prices is None or use.smaller is None:
        return None
    paid, instead = cost(use.tokens, use.prices), cost(use.tokens, use.smaller)
    if not paid.complete or not instead.complete:
        return None
    would = EXTRA_TURNS * instead.amount
    return Hint(HintKind.SMALLER_MODEL, use.model, paid.amount, would, use.smaller_model)


def _cache(use: ModelUse) -> Hint | None:
    """Return what the cache of a model cost, and what the same tokens cost without one."""
    prices, tokens = use.prices, use.tokens
    written = tokens.n_cw5 + tokens.n_cw1h
    if prices is None or prices.p_in is None or written < CACHE_WRITTEN_LEAST:
        return None
    cached = Tokens(n_cr=tokens.n_cr, n_cw5=tokens.n_cw5, n_cw1h=tokens.n_cw1h)
    paid = cost(cached, prices)
    if not paid.complete:
        return None
    without = prices.p_in * (written + tokens.n_cr) / MILLION
    return Hint(HintKind.CACHE, use.model, paid.amount, without)
