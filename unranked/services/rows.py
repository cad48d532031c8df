"""A provider's records as rows: every account by its key, and use that leads to nobody summed."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from unranked.connectors.base import Record
from unranked.domain.outcomes import OutcomeRecord
from unranked.domain.usage import AccountRecord, UsageRecord, Window
from unranked.errors import ProviderError
from unranked.services.accounts import Accounts
from unranked.store import outcomes, usage
from unranked.store.usage import Row

_Key = tuple[str, str, *tuple[object, ...]]
"""An account, a credential, and what else keeps two rows apart."""


def keyed(
    records: Iterable[Record],
    accounts: Accounts,
    window: Window,
    *,
    title: str,
) -> Iterator[Row]:
    """Yield the rows of use in `window`. Raises ProviderError for a row of another day.

    Addresses that the records mention are remembered in `accounts`, which the caller saves.
    """
    pooled: dict[_Key, tuple[UsageRecord, int]] = {}
    for record in records:
        if isinstance(record, AccountRecord):
            accounts.mention(record)
        if not isinstance(record, UsageRecord):
            continue
        if not window.start <= record.day < window.end:
            raise _outside(title)
        account = accounts.key(record.account)
        credential = "" if record.credential is None else accounts.key(record.credential)
        if account in accounts.pooled or credential in accounts.pooled:
            key = _key(record, account, credential)
            before, marks = pooled.get(key, (None, 0))
            marks += _mark(record)
            pooled[key] = (record if before is None else _summed(before, record), marks)
            continue
        yield _row(record, account, credential, _mark(record))
    for (account, credential, *_), (record, marks) in pooled.items():
        yield _row(record, account, credential, marks)


def finished(
    records: Iterable[Record], accounts: Accounts, window: Window, *, title: str
) -> Iterator[outcomes.Row]:
    """Yield the rows of finished work in `window`. Raises ProviderError for a row of another day.

    What was finished makes no account: whoever stands in no list of members, such as somebody from
    outside who helped once, or who was erased, is not noted, and neither is what they finished.

    The mark is of what was done, whether it was undone since or not: that somebody's work is undone
    must not look as if the source had restated the day, or everybody would hear of it.
    """
    for one in records:
        if not isinstance(one, OutcomeRecord):
            continue
        if not window.start <= one.day < window.end:
            raise _outside(title)
        said = (one.account.kind.value, one.account.id, one.kind.value, one.done)
        key = accounts.listed(one.account)
        yield (one.day, key, one.kind.value, one.finished, _number_of(said))


def _mark(record: UsageRecord) -> int:
    """Return a number that changes with whatever the provider says in the record.

    Of the provider's own words, before they lead to anybody: whose a row is changes when somebody
    is erased or an account is tied anew, and that must not look as if the provider had restated
    the day, or one person's erasure would silence everybody.
    """
    credential = "" if record.credential is None else record.credential.id
    said = (
        record.account.kind.value,
        record.account.id,
        credential,
        record.product,
        record.model,
        record.tier,
        record.project,
        record.variant,
        record.active,
        record.requests,
        record.tokens,
        record.cost,
    )
    return _number_of(said)


def _number_of(said: tuple[object, ...]) -> int:
    return int.from_bytes(hashlib.blake2b(repr(said).encode(), digest_size=8).digest())


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


@lru_cache(maxsize=1024)
def _apart(variant: str) -> str:
    """Return what keeps two rows apart as they were, without saying by what.

    A provider may tell somebody's editor or terminal here. Nobody needs to know it.
    """
    return variant and hashlib.blake2b(variant.encode(), digest_size=8).hexdigest()


def _row(record: UsageRecord, account: str, credential: str, mark: int) -> Row:
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
        _apart(record.variant),
        record.is_activity,
        record.requests,
        *counts,
        usage.nano(record.cost),
        "" if record.cost is None else record.cost.currency,
        mark,
    )


def _outside(title: str) -> ProviderError:
    return ProviderError(
        f"{title} answered with a day that was not asked for.",
        hint="Nothing stored was changed. Report it with the connector's name and version.",
        retryable=False,
    )
