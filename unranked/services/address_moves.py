"""What moves with an address whose chat account is a new one."""

from collections.abc import Set as AbstractSet
from datetime import datetime

from unranked.domain.carried_over import carried_over
from unranked.services.segments import consent_from
from unranked.store import Tx, campaigns, corrections, enrolments, vault
from unranked.store.campaigns import StoredChoice


def carry_over(
    tx: Tx, before: vault.Holders, after: AbstractSet[tuple[str, str]], now: datetime
) -> None:
    """Let refusals and arms hold for the address they belong to, though its chat account is new.

    So nobody gets a campaign's messages a second time, even when the old account had lost the
    address days ago. Where it is another person's, they get no tips until they turn them on:
    silence does no harm. Whoever had an address of their own before is another person: of them
    nothing changes, and of the former holder they learn nothing.

    after: (address, person) from now on.
    """
    for email, key in sorted(after - before.now):
        old = before.last.get(email)
        if old is not None and old != key and key not in before.ever:
            _refusals(tx, old, key, now)
            enrolments.copy(tx, old, key)
            corrections.copy(tx, old, key)


def _refusals(tx: Tx, old: str, new: str, now: datetime) -> None:
    consent = consent_from(campaigns.choices(tx, old).get(old, []))
    for choice in carried_over(consent, now.date()):
        campaigns.choose(tx, StoredChoice(new, choice.value, now))
