"""List prices from `genai-prices`, for usage that no provider has billed. The only import of it.

A price that is not known is None, never zero. Batch and priority tiers have prices of their own,
which the price list does not hold: they are unknown, too.
"""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache

from unranked.domain.value import Prices

_STANDARD = {"", "standard", "default", "auto"}


@lru_cache(maxsize=4096)
def of_model(provider: str, model: str, tier: str, day: date) -> Prices | None:
    """Return the list prices of a model on a day, in USD per 10^6 tokens, or None."""
    if tier not in _STANDARD or not model:
        return None
    import genai_prices  # noqa: PLC0415 - its price list is large, and billed costs need none

    try:
        found = genai_prices.calc_price(
            genai_prices.Usage(input_tokens=0, output_tokens=0),
            model,
            provider_id=provider,
            genai_request_timestamp=datetime.combine(day, time(12), tzinfo=UTC),
        )
    except LookupError:
        return None
    price = found.model_price
    write = _amount(price, "cache_write_mtok")
    return Prices(
        p_in=_amount(price, "input_mtok"),
        p_out=_amount(price, "output_mtok"),
        p_cr=_amount(price, "cache_read_mtok"),
        p_cw5=write,
        p_cw1h=_amount(price, "cache_write_1h_mtok"),
    )


def _amount(price: object, name: str) -> Decimal | None:
    """Return one price. A price in steps counts with its first: a day's sum is no one request."""
    value = getattr(price, name, None)
    value = getattr(value, "base", value)
    return value if isinstance(value, Decimal) else None
