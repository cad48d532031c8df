"""What the Home tab says to one person: their own use, their choices, what is kept, what is wrong.

Only that person sees it, so their own figures may stand there. It reads nothing of anybody else.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from unranked import text
from unranked.channels.pages import Button, Confirm, Page, Row, Section
from unranked.domain.calendar import OFFICE_HOURS, Absence, is_zone
from unranked.domain.consent import Consent
from unranked.domain.usage import ONE_DAY, AccountKind
from unranked.services import answers, choices, corrections, forms, messages
from unranked.services.choices import Asker
from unranked.services.forms import hour_in_words, weekdays_in_words
from unranked.services.messages import Contact, Until, day_in_words, tool_name
from unranked.services.runtime import Runtime
from unranked.store import corrections as stored
from unranked.store import outbox, people
from unranked.store.corrections import Disclaimed, OwnAccount

ACCOUNTS_MOST = 25
"""So many of a person's accounts stand on the page: a page of Slack holds 100 blocks."""


@dataclass(frozen=True, slots=True)
class Hours:
    """The values of the text `home_hours`."""

    start: str
    end: str
    zone: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """The days that a person chose, in words."""

    days: str


@dataclass(frozen=True, slots=True)
class Listed:
    """The working days of the company's list, in words."""

    listed: str


@dataclass(frozen=True, slots=True)
class ChosenAndListed:
    """Both, in words."""

    days: str
    listed: str


@dataclass(frozen=True, slots=True)
class Account:
    """A tool and since when something about its account holds, in words."""

    tool: str
    since: str


@dataclass(frozen=True, slots=True)
class Period:
    """The first and the last day of past leave, in words."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class _Known:
    """All that the page shows beside the summary."""

    consent: Consent
    zone: str
    listed: frozenset[int] | None
    accounts: list[OwnAccount]
    disclaimed: list[Disclaimed]
    today: date


def page(runtime: Runtime, asker: Asker) -> Page:
    """Return the person's page as everything is now."""
    known = _known(runtime, asker)
    summary = answers.tokens(runtime, asker.person_key)
    contact = Contact(runtime.help_contact)
    return Page(
        (
            Section(summary.title, summary.parts),
            _section("home_choices", rows=_choices(known)),
            _section("privacy"),
            _section("home_wrong", rows=_wrong(known, contact)),
            _section("home_contact", contact),
        )
    )


def unknown() -> Page:
    """Return the page of somebody who is not in the list of people."""
    return Page((_section("not_known"),))


def press(runtime: Runtime, asker: Asker, action: str, value: str) -> None:
    """Carry out a button of the page; an unknown one does nothing."""
    act = _ACTS.get(action)
    if act is None:
        return
    act(runtime, asker, value)
    with runtime.store.write() as tx:
        outbox.answered(tx, asker.person_key, on=runtime.clock().date())


_Act = Callable[[Runtime, Asker, str], object]


def _chosen(action: str) -> _Act:
    return lambda runtime, asker, _value: choices.press(runtime, asker, action)


_ACTS: Mapping[str, _Act] = {
    "home_stop": _chosen("stop"),
    "home_resume": _chosen("resume"),
    "home_fewer": _chosen("fewer"),
    "home_usual": _chosen("usual"),
    "home_back": _chosen("back"),
    "home_digest_again": _chosen("digest_again"),
    "home_not_mine": corrections.not_mine,
    "home_mine": corrections.mine,
    "home_was_there": corrections.was_there,
}

LABELS = (*_ACTS, *forms.NAMES, *forms.FIELDS, "send", "cancel", "key")
"""Everything on the page and its forms that has a label; the first two kinds are buttons."""


def _known(runtime: Runtime, asker: Asker) -> _Known:
    consent, today = forms.consent_now(runtime, asker), forms.own_day(runtime, asker)
    with runtime.store.read() as tx:
        person = people.one(tx, asker.person_key)
        accounts = stored.own_accounts(tx, asker.person_key)
        disclaimed = stored.disclaimed_by(tx, asker.person_key)
    zone = (person.zone if person else "") or runtime.default_zone
    listed = person.weekdays if person else None
    return _Known(consent, zone, listed, accounts, disclaimed, today)


def _choices(known: _Known) -> Iterator[Row]:
    yield _tips(known.consent)
    yield _hours(known)
    yield _days(known)
    yield _leave(known)
    if known.consent.no_digest:
        yield _row("home_weekly_off", None, "home_digest_again")


def _tips(consent: Consent) -> Row:
    if consent.objected:
        return _row("home_tips_objected")
    if consent.stopped:
        return _row("home_tips_off", None, "home_resume")
    if consent.declines_starting:
        return _row("home_tips_not_starting", None, "home_resume", "home_stop")
    if consent.fewer:
        return _row("home_tips_fewer", None, "home_usual", "home_stop")
    return _row("home_tips_on", None, "home_fewer", "home_stop")


def _hours(known: _Known) -> Row:
    if not is_zone(known.zone):
        return _row("home_hours_no_zone", None, "home_hours")
    hours = known.consent.hours.within(OFFICE_HOURS)
    said = Hours(hour_in_words(hours.start), hour_in_words(hours.end), known.zone)
    return _row("home_hours", said, "home_hours")


def _days(known: _Known) -> Row:
    own = weekdays_in_words(known.consent.weekdays or ())
    listed = weekdays_in_words(known.listed or ())
    if own and listed:
        return _row("home_days_both", ChosenAndListed(own, listed), "home_days")
    if own:
        return _row("home_days_chosen", Chosen(own), "home_days")
    if listed:
        return _row("home_days_listed", Listed(listed), "home_days")
    return _row("home_days_assumed", None, "home_days")


def _leave(known: _Known) -> Row:
    ends = [one.end for one in known.consent.absences if one.end and one.end > known.today]
    if not ends:
        return _row("home_here", None, "home_away")
    return _row("home_away", Until(day_in_words(max(ends))), "home_back", "home_away")


def _wrong(known: _Known, contact: Contact) -> Iterator[Row]:
    yield _row("home_accounts" if known.accounts else "home_no_account")
    rows = [*map(_account, known.accounts), *map(_disclaimed, known.disclaimed)]
    yield from rows[:ACCOUNTS_MOST]
    if len(rows) > ACCOUNTS_MOST:
        yield _row("home_more_accounts", contact)
    yield _row("home_was_away", None, "home_was_away")
    for period in corrections.periods(known.consent, today=known.today):
        yield _period(period)


def _account(one: OwnAccount) -> Row:
    name = "home_account" if one.licensed else "home_account_seen"
    words = text.words(name, Account(_named(one), day_in_words(one.since)))
    asked = text.words("home_not_mine")
    label = text.label("home_not_mine")
    confirm = Confirm(asked.title, asked.body, label, text.label("cancel"))
    return Row(words.body, buttons=(Button("home_not_mine", label, one.account_key, confirm),))


def _disclaimed(one: Disclaimed) -> Row:
    said = Account(_named(one), day_in_words(one.made_on))
    words = text.words("home_account_not_mine", said)
    return Row(words.body, buttons=(_button("home_mine", one.account_key),))


def _named(one: OwnAccount | Disclaimed) -> str:
    """Return the tool, and whether it is a key: somebody may have several."""
    tool = tool_name(one.connector)
    return f"{tool}, {text.label('key')}" if one.kind is AccountKind.KEY else tool


def _period(period: Absence) -> Row:
    last = (period.end or date.max) - ONE_DAY
    words = text.words("home_period", Period(day_in_words(period.start), day_in_words(last)))
    return Row(words.body, buttons=(_button("home_was_there", corrections.value_of(period)),))


def _row(name: str, values: object | None = None, *actions: str) -> Row:
    words = text.words(name) if values is None else text.words(name, values)
    return Row(words.body, words.title, tuple(_button(action) for action in actions))


def _button(action: str, value: str = "") -> Button:
    return Button(action, text.label(action), value)


def _section(
    name: str, values: object | None = None, *, rows: Iterator[Row] | None = None
) -> Section:
    message = messages.plain(name, values)
    return Section(message.title, message.parts, tuple(rows or ()))
