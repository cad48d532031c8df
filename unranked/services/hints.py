"""A hint about cost in somebody's own summary: at most one in 30 days, and none for beginners."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from unranked import prices, text
from unranked.domain.constants import EXPLORE_DAYS, OUTCOME_DAYS
from unranked.domain.costs import USD, cost_between
from unranked.domain.hints import Hint, HintKind, ModelUse, hint, may_show
from unranked.domain.usage import ONE_DAY, Tokens, Window
from unranked.services import spoken
from unranked.services.runtime import Runtime
from unranked.services.summary import Own
from unranked.store import campaigns, people
from unranked.store import hints as stored


@dataclass(frozen=True, slots=True)
class Smaller:
    """The values of the text `hint_smaller_model`."""

    model: str
    paid: str
    smaller: str
    instead: str


@dataclass(frozen=True, slots=True)
class Cache:
    """The values of the text `hint_cache`."""

    model: str
    paid: str
    instead: str


def due(runtime: Runtime, person_key: str, own: Own) -> str | None:
    """Return a hint in words and note that it was shown; None where there is none to show."""
    if own.consent.no_hints or own.consent.objected:
        return None
    found = _hint(own)
    if found is None:
        return None
    with runtime.store.write() as tx:
        explores = campaigns.explores(
            tx, person_key, since=runtime.clock() - timedelta(days=EXPLORE_DAYS)
        )
        shown = stored.shown_on(tx, person_key)
        gone = people.one(tx, person_key) is None  # erased at this moment
        if explores or gone or not may_show(shown, today=own.today):
            return None
        stored.shown(tx, person_key, found.kind, on=own.today)
    return _words(found)


def _hint(own: Own) -> Hint | None:
    through = own.summary.costs.through
    if through is None:
        return None
    window = Window(through - timedelta(days=OUTCOME_DAYS) + ONE_DAY, through + ONE_DAY)
    spend = cost_between(own.tools, window)
    return None if spend is None else hint(_uses(own, window), spend=spend)


def _uses(own: Own, window: Window) -> Iterator[ModelUse]:
    """Yield what the person used, by model, under the price list's own names."""
    feeds = {(one.slug, feed) for one in own.connectors for feed in one.activity_feeds}
    sums: dict[tuple[str, str], Tokens] = {}
    for row in own.rows:
        if not window.start <= row.day < window.end or (row.connector, row.feed) not in feeds:
            continue
        if prices.listed(row.connector, row.model, row.tier, row.day) is not None:
            place = (row.connector, row.model)
            sums[place] = sums.get(place, Tokens()) + row.tokens
    for (connector, model), tokens in sorted(sums.items()):
        known = prices.listed(connector, model, "", window.end)
        smaller = prices.smaller(connector, model, window.end)
        if known is not None:
            other = ("", None) if smaller is None else (smaller.name, smaller.prices)
            yield ModelUse(known.name, tokens, known.prices, *other)


def _words(found: Hint) -> str:
    paid, instead = spoken.money(found.paid, USD), spoken.money(found.instead, USD)
    if found.kind is HintKind.SMALLER_MODEL:
        values = Smaller(found.model, paid, found.other_model, instead)
        return text.words("hint_smaller_model", values).body
    return text.words("hint_cache", Cache(found.model, paid, instead)).body
