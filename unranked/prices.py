"""List prices from `genai-prices`, for usage that no provider has billed. The only import of it.

A price that is not known is None, never zero. Batch and priority tiers have prices of their own,
which the price list does not hold: they are unknown, too.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache, partial

from unranked.domain.value import Prices

_STANDARD = {"", "standard", "default", "auto"}
_DATED = re.compile(r"[-@]?(\d{4}-\d\d-\d\d|\d{8})$")


@dataclass(frozen=True, slots=True)
class Listed:
    """A model of the price list: the list's own name for it, never the provider's, and prices."""

    name: str
    prices: Prices


def of_model(provider: str, model: str, tier: str, day: date) -> Prices | None:
    """Return the list prices of a model on a day, in USD per 10^6 tokens, or None."""
    found = listed(provider, model, tier, day)
    return None if found is None else found.prices


@lru_cache(maxsize=4096)
def listed(provider: str, model: str, tier: str, day: date) -> Listed | None:
    """Return the model of the price list that a provider's name stands for, with its prices."""
    return None if tier not in _STANDARD else _listed(model, day, provider=provider)


@lru_cache(maxsize=16)
def at_address(base_url: str, model: str, day: date) -> Prices | None:
    """Return the list prices of a model on a day by the address of its API, in the same way."""
    found = _listed(model, day, base_url=base_url)
    return None if found is None else found.prices


def _listed(model: str, day: date, *, provider: str = "", base_url: str = "") -> Listed | None:
    if not model:
        return None
    import genai_prices  # noqa: PLC0415 - its price list is large, and billed costs need none

    nothing = genai_prices.Usage(input_tokens=0, output_tokens=0)
    at = datetime.combine(day, time(12), tzinfo=UTC)
    price_of = partial(genai_prices.calc_price, nothing, model, genai_request_timestamp=at)
    try:
        found = price_of(provider_id=provider) if provider else price_of(provider_api_url=base_url)
    except LookupError:
        return None
    price = found.model_price
    return Listed(
        found.model.id,
        Prices(
            p_in=_amount(price, "input_mtok"),
            p_out=_amount(price, "output_mtok"),
            p_cr=_amount(price, "cache_read_mtok"),
            p_cw5=_amount(price, "cache_write_mtok"),
            p_cw1h=_amount(price, "cache_write_1h_mtok"),
        ),
    )


def smaller(provider: str, model: str, day: date) -> Listed | None:
    """Return the next smaller model of the same family, for F9; None where none is known.

    By the families' own names: opus, sonnet, haiku; and the plain one, mini, nano.
    """
    large = listed(provider, model, "", day)
    name = _smaller_name(model)
    found = None if name is None else listed(provider, name, "", day)
    if large is None or found is None or found.name == large.name:
        return None
    return found if _is_cheaper(found.prices, large.prices) else None


def _smaller_name(model: str) -> str | None:
    for size, next_size in (("opus", "sonnet"), ("sonnet", "haiku"), ("-mini", "-nano")):
        if size in model:
            return _DATED.sub("", model.replace(size, next_size))
    if "haiku" in model or "nano" in model or not model.startswith("gpt-"):
        return None
    return f"{_DATED.sub('', model)}-mini"


def _is_cheaper(one: Prices, other: Prices) -> bool:
    pairs = ((one.p_in, other.p_in), (one.p_out, other.p_out))
    return all(a is not None and b is not None and a < b for a, b in pairs)


def _amount(price: object, name: str) -> Decimal | None:
    """Return one price. A price in steps counts with its first: a day's sum is no one request."""
    value = getattr(price, name, None)
    value = getattr(value, "base", value)
    return value if isinstance(value, Decimal) else None
