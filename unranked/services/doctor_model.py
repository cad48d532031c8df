"""What `unranked doctor` says of the language model: whether it is on, where, and what it took.

It is not asked anything: that would cost money. Counts of calls are rounded as people's are, and
below the first of them nothing is said of tokens and cost, so that nobody can be seen asking.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from ipaddress import ip_address
from urllib.parse import urlsplit

from unranked import prices
from unranked.domain.counts import FEW, rounded
from unranked.domain.usage import Tokens
from unranked.domain.value import cost
from unranked.llm import LanguageModel
from unranked.services.doctor import State
from unranked.store.model_use import Used

DAYS = 30
_THOUSAND = 1000
_DOLLAR = Decimal(1)

Line = tuple[State, str, str]


def first_day(today: date) -> date:
    """Return the first of the days whose use is said."""
    return today - timedelta(days=DAYS - 1)


def off(*, key_is_set: bool) -> Line:
    """Return the line where no model is set."""
    said = "UNRANKED_MODEL is not set: no language model is asked anything."
    return State.OFF, said, "OPENAI_API_KEY alone turns nothing on." if key_is_set else ""


def on(model: LanguageModel, used: Sequence[Used] | None, today: date) -> Line:
    """Return the line for a model. used: of the last DAYS; None where it cannot be read."""
    said = f"{model.name} at {model.host} puts people's own figures into words for them."
    if used is not None:
        said = f"{said} In {DAYS} days: {_in_words(used, model.base_url, today)}."
    open_to_all = "The address is not encrypted: use one that begins with https://."
    return State.OK, said, open_to_all if _is_open_to_all(model.base_url) else ""


def _in_words(used: Sequence[Used], base_url: str, today: date) -> str:
    calls, discarded = sum(one.calls for one in used), sum(one.discarded for one in used)
    if calls < FEW:
        return f"{rounded(calls)} calls"
    n_in, n_out = sum(one.n_in for one in used), sum(one.n_out for one in used)
    return (
        f"{rounded(calls)} calls, {rounded(discarded)} answers not shown; "
        f"{_tokens(n_in)} tokens in, {_tokens(n_out)} out; {_cost(used, base_url, today)}"
    )


def _tokens(count: int) -> str:
    return f"{count // _THOUSAND:,} thousand" if count >= _THOUSAND else "under a thousand"


def _cost(used: Sequence[Used], base_url: str, today: date) -> str:
    """Return the cost at list prices. What has no price is said to have none, and is not free."""
    whole, amount, priced = True, Decimal(0), False
    for one in used:
        known = prices.at_address(base_url, one.model, today)
        counted = one.n_in + one.n_out > 0
        # Whoever is cut off after five seconds does not learn what it took until then.
        whole = whole and counted and not one.discarded
        if known is None or not counted:
            whole = False
            continue
        found = cost(Tokens(n_in=one.n_in, n_out=one.n_out), known)
        amount, whole, priced = amount + found.amount, whole and found.complete, True
    if not priced:
        return "price unknown"
    if amount < _DOLLAR:
        return "under $1 at list prices" if whole else "price not known in full"
    return f"{'' if whole else 'at least '}${amount:,.2f} at list prices"


def _is_open_to_all(base_url: str) -> bool:
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    try:
        near = ip_address(host).is_loopback
    except ValueError:
        near = host == "localhost"
    return parts.scheme == "http" and not near
