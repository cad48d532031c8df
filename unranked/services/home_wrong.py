"""What the Home tab lists for correction: a person's accounts, and days that they were away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from unranked import text
from unranked.channels.pages import Button, Confirm, Row
from unranked.domain.calendar import Absence
from unranked.domain.usage import ONE_DAY, AccountKind
from unranked.services import corrections, spoken
from unranked.services.home_rows import button, row
from unranked.services.message_values import Contact
from unranked.services.messages import tool_name
from unranked.services.standing import Leave, Standing
from unranked.store.corrections import Disclaimed, OwnAccount

ACCOUNTS_MOST = 25
"""So many of a person's accounts stand on the page: a page of Slack holds 100 blocks."""

LISTED_MOST = 5
"""So many pieces of past leave of the company's list stand there, the latest ones."""


@dataclass(frozen=True, slots=True)
class Known:
    """A tool, and since when its account is known or gives access, in words."""

    tool: str
    since: str


@dataclass(frozen=True, slots=True)
class Reported:
    """The same for an account that only a report names. seen: which report, in words."""

    tool: str
    seen: str
    since: str


@dataclass(frozen=True, slots=True)
class Named:
    """An account in words."""

    account: str


@dataclass(frozen=True, slots=True)
class Disowned:
    """An account in words, and the day on which the person said that it is not theirs."""

    account: str
    day: str


@dataclass(frozen=True, slots=True)
class Period:
    """The first and the last day of past leave, in words."""

    first: str
    last: str


def wrong(
    own: Sequence[OwnAccount],
    disclaimed: Sequence[Disclaimed],
    now: Standing,
    contact: Contact,
) -> Iterator[Row]:
    """Yield what counts as the person's, and their past leave, each with what takes it away."""
    none = "home_all_not_mine" if disclaimed else "home_no_account"
    yield row("home_accounts" if own else none)
    rows = [*map(_account, own), *map(_disclaimed, disclaimed)]
    yield from rows[:ACCOUNTS_MOST]
    if len(rows) > ACCOUNTS_MOST:
        yield row("home_more_accounts", contact)
    yield row("home_was_away", None, "home_was_away")
    for leave in now.listed_lately[-LISTED_MOST:]:
        yield _listed(leave)
    for period in corrections.periods(now.consent, today=now.today):
        yield _period(period)


def _account(one: OwnAccount) -> Row:
    words = text.words("home_account", Named(_in_words(one)))
    asked = text.words("home_not_mine")
    label = text.label("home_not_mine")
    confirm = Confirm(asked.title, asked.body, label, text.label("cancel"))
    return Row(words.body, buttons=(Button("home_not_mine", label, one.account_key, confirm),))


def _disclaimed(one: Disclaimed) -> Row:
    said = Disowned(_in_words(one), spoken.day(one.made_on))
    words = text.words("home_account_not_mine", said)
    return Row(words.body, buttons=(button("home_mine", one.account_key),))


def _in_words(one: OwnAccount | Disclaimed) -> str:
    """Return the tool, and how its account came to be known: somebody may have several."""
    tool, since = tool_name(one.connector), spoken.day(one.since)
    if one.by_address:
        seen = text.label(f"report_{one.connector}", default=text.label("report"))
        return text.words("home_account_report", Reported(tool, seen, since)).body
    name = "home_account_seen"
    if one.kind is AccountKind.KEY:
        name = "home_account_key"
    elif one.licensed:
        name = "home_account_access" if one.dated else "home_account_undated"
    return text.words(name, Known(tool, since)).body


def _listed(leave: Leave) -> Row:
    said = Period(spoken.day(leave.first), spoken.day(leave.last))
    return Row(text.words("home_period_listed", said).body)


def _period(period: Absence) -> Row:
    last = (period.end or date.max) - ONE_DAY
    words = text.words("home_period", Period(spoken.day(period.start), spoken.day(last)))
    return Row(words.body, buttons=(button("home_was_there", corrections.value_of(period)),))
