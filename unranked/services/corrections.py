"""What a person says is wrong about them: an account that is not theirs, days that were leave.

It holds at once for their own figures; segments follow at their next run.
"""

from datetime import date

from unranked.domain.calendar import Absence
from unranked.domain.consent import CORRECTABLE, Choice, Consent, period_value
from unranked.domain.usage import ONE_DAY
from unranked.services import choices
from unranked.services.choices import Asker
from unranked.services.roster import settle_ties
from unranked.services.runtime import Runtime
from unranked.services.sources import no_tools
from unranked.services.standing import consent_now
from unranked.store import corrections, outbox
from unranked.store.outbox import Kind

PERIODS_MOST = 10
"""More than so many pieces of leave in 120 days are not taken: a page has to hold them all."""


def not_mine(runtime: Runtime, asker: Asker, account_key: str) -> None:
    """End the tie to an account of the asker's; of a tool, the tips that wait, too: they named it.

    Nothing happens where the account does not count as theirs.
    """
    now = runtime.clock()
    with runtime.store.write() as tx:
        own = corrections.own_accounts(tx, asker.person_key)
        if not corrections.disclaim(tx, account_key, asker.person_key, on=now.date()):
            return
        settle_ties(tx, account_key)
        where = {one.connector for one in own if one.account_key == account_key}
        if not where <= no_tools(runtime):
            outbox.skip_queued(
                tx, asker.person_key, reason="not_my_account", now=now, kinds=[Kind.NUDGE]
            )


def mine(runtime: Runtime, asker: Asker, account_key: str) -> None:
    """Take back that an account is not the asker's."""
    with runtime.store.write() as tx:
        if corrections.reclaim(tx, account_key, asker.person_key):
            settle_ties(tx, account_key)


def was_away(runtime: Runtime, asker: Asker, first: date, last: date, *, today: date) -> bool:
    """Store that the days from `first` to `last` were leave; return False for one too many."""
    value = period_value(first, last)
    known = [
        value_of(period) for period in periods(consent_now(runtime, asker.person_key), today=today)
    ]
    if value not in known and len(known) >= PERIODS_MOST:
        return False
    choices.choose(runtime, asker, Choice.WAS_AWAY, value=value)
    return True


def was_there(runtime: Runtime, asker: Asker, value: str) -> None:
    """Take back a piece of leave that the asker named; nothing happens for any other value."""
    if value in {value_of(period) for period in consent_now(runtime, asker.person_key).was_away}:
        choices.choose(runtime, asker, Choice.WAS_THERE, value=value)


def periods(consent: Consent, *, today: date) -> list[Absence]:
    """Return the leave that a person named afterwards and that can still matter, in order."""
    return [one for one in consent.was_away if (one.end or date.max) > today - CORRECTABLE]


def value_of(period: Absence) -> str:
    """Return the text that stands for a piece of leave."""
    return period_value(period.start, (period.end or date.max) - ONE_DAY)
