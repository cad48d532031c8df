"""What tokens cost: F1 and F2 of method.md 1.3. Nothing here gets better with more tokens."""

from dataclasses import dataclass
from decimal import Decimal

from unranked.domain.usage import Tokens

MILLION = Decimal(10**6)

REFERENCE_PRICE = Decimal(5)
"""p_ref of F2: the input price of one reference model, in USD per 10^6 tokens, frozen here."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices per 10^6 tokens of the five kinds; None where a price is not known."""

    p_in: Decimal | None
    p_out: Decimal | None
    p_cr: Decimal | None = None
    p_cw5: Decimal | None = None
    p_cw1h: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """C of F1 in currency units. Not `complete`: a kind that was used has no known price.

    The amount is then a lower bound. Leaving the priced kinds out as well would let one token of
    an unpriced kind lower what is said.
    """

    amount: Decimal
    complete: bool = True


def cost(tokens: Tokens, prices: Prices) -> Cost:
    """Return C of F1 for the kinds that have a price."""
    pairs = (
        (tokens.n_in, prices.p_in),
        (tokens.n_out, prices.p_out),
        (tokens.n_cr, prices.p_cr),
        (tokens.n_cw5, prices.p_cw5),
        (tokens.n_cw1h, prices.p_cw1h),
    )
    known = sum((count * price for count, price in pairs if price is not None), Decimal(0))
    return Cost(known / MILLION, all(price is not None for count, price in pairs if count))


def cost_weighted_tokens(amount: Decimal) -> Decimal:
    """Return T of F2 in tokens, from a cost in USD."""
    return MILLION * amount / REFERENCE_PRICE
