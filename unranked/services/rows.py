"""A provider's records as rows: every account by its key, and what leads to nobody summed."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from unranked.domain.usage import AccountRecord, UsageRecord, Window
from unranked.errors import ProviderError
from unranked.services.accounts import Accounts
from unranked.store import usage
from unranked.store.usage import Row

_Key = tuple[str, str, *tuple[object, ...]]
"""An account, a credential, and what else keeps two rows apart."""


def keyed(
    records: Iterable[UsageRecord | AccountRecord],
    accounts: Accounts,
    window: Window,
    *,
    title: str,
) -> Iterator[Row]:
    """Yield the rows of `window`. Raises ProviderError for a row of another day.

    Addresses that the records mention are remembered in `accounts`, which the caller saves.
    """
    pooled: dict[_Key, UsageRecord] = {}
    for record in records:
        if isinstance(record, AccountRecord):
            accounts.mention(record)
            continue
        if not window.start <= record.day < window.end:
            raise _outside(title)
        account = accounts.key(record.account)
        credential = "" if record.credential is None else accounts.key(record.credential)
        if account in accounts.pooled or credential in accounts.pooled:
            key = _key(record, account, credential)
            pooled[key] = _summed(pooled[key], record) if key in pooled else record
            continue
        yield _row(record, account, credential)
    for (account, credential, *_), record in pooled.items():
        yield _row(record, account, credential)


def _key(record: UsageRecord, account: str, credential: str) -> _Key:
    currency = record.cost.currency if record.cost else ""
    dimensions = (record.product, record.model, record.tier, record.project, record.variant)
    return (account, credential, record.day, *dimensions, currency)


def _summed(one: UsageRecord, other: UsageRecord) -> UsageRecord:
    """Add two rows of which the provider says not even whether they are the same account's."""
    tokens = one.tokens or other.tokens
    if one.tokens is not None and other.tokens is not None:
        tokens = one.tokens + other.tokens
    cost = one.cost or other.cost
    if one.cost is not None and other.cost is not None:
        cost = one.cost + other.cost
    requests = one.requests if other.requests is None else (one.requests or 0) + other.requests
    return replace(
        one, tokens=tokens, cost=cost, requests=requests, active=one.active or other.active
    )


def _row(record: UsageRecord, account: str, credential: str) -> Row:
    tokens = record.tokens
    counts = (
        (None,) * 5
        if tokens is None
        else (tokens.n_in, tokens.n_out, tokens.n_cr, tokens.n_cw5, tokens.n_cw1h)
    )
    return (
        record.day,
        account,
        record.product,
        record.model,
        record.tier,
        credential,
        record.project,
        record.variant,
        record.is_activity,
        record.requests,
        *counts,
        usage.nano(record.cost),
        "" if record.cost is None else record.cost.currency,
    )


def _outside(title: str) -> ProviderError:
    return ProviderError(
        f"{title} answered with a day that was not asked for.",
        hint="Nothing stored was changed. Report it with the connector's name and version.",
        retryable=False,
    )
