"""What the Home tab says to one person: their own use, their choices, what is kept, what is wrong.

Only that person sees it, so their own figures may stand there. It reads nothing of anybody else.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from unranked.channels.pages import Page, Row, Section
from unranked.domain.access import What
from unranked.domain.calendar import OFFICE_HOURS, is_zone
from unranked.domain.consent import Consent
from unranked.domain.usage import ONE_DAY
from unranked.services import (
    access,
    answers,
    choices,
    corrections,
    enablement,
    forms,
    home_team,
    home_weekly,
    messages,
    programme,
    spoken,
    strangers,
)
from unranked.services.choices import Asker
from unranked.services.forms import hour_in_words, weekdays_in_words
from unranked.services.home_rows import row, section
from unranked.services.home_wrong import wrong
from unranked.services.message_values import Back
from unranked.services.messages import days_in_words
from unranked.services.runtime import Runtime
from unranked.services.standing import Standing, standing
from unranked.store import corrections as stored
from unranked.store import outbox


@dataclass(frozen=True, slots=True)
class Hours:
    """The values of the text `home_hours`."""

    start: str
    end: str
    zone: str


@dataclass(frozen=True, slots=True)
class Programme:
    """The values of the text `programme`, in words."""

    quarter: str
    premium: str
    low: str
    high: str


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
class Away:
    """The first day of leave to come and the first working day after it, in words."""

    first: str
    back: str


def page(runtime: Runtime, asker: Asker) -> Page:
    """Return the person's page as everything is now."""
    access.note(runtime, asker.person_key, What.HOME)
    now = standing(runtime, asker.person_key)
    with runtime.store.read() as tx:
        own = stored.own_accounts(tx, asker.person_key)
        disclaimed = stored.disclaimed_by(tx, asker.person_key)
    summary = answers.on_page(runtime, asker.person_key)
    contact = messages.contact(runtime)
    return Page(
        (
            Section(summary.title, summary.parts),
            *_team(runtime, asker),
            *home_weekly.weekly(runtime, asker, now),
            section("home_choices", rows=_choices(now)),
            section("privacy"),
            access.on_page(),
            section("home_wrong", rows=wrong(own, disclaimed, now, contact)),
            section("home_contact", contact),
        )
    )


def _team(runtime: Runtime, asker: Asker) -> Iterator[Section]:
    """Yield what the enablement team sees and does; nothing for anybody else."""
    if not enablement.is_of_the_team(runtime, asker):
        return
    yield home_team.campaigns(runtime)
    access.note_everybody(runtime, What.PREMIUM)
    with runtime.store.read() as tx:
        found = programme.premium(tx, runtime)
    if found is None:
        yield section("programme_not_yet")
        return
    quarter, premium = found
    days = days_in_words(quarter.start, quarter.end - ONE_DAY)
    figures = (spoken.whole(one) for one in (premium.middle, premium.low, premium.high))
    yield section("programme", Programme(days, *figures))


def unknown(runtime: Runtime, member_id: str) -> Page:
    """Return the page of somebody who is not in the list of people."""
    said = strangers.answer(runtime, member_id)
    return Page((Section(said.title, said.parts),))


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
    "home_object": _chosen("object"),
    "home_object_no_more": _chosen("object_no_more"),
    "home_fewer": _chosen("fewer"),
    "home_usual": _chosen("usual"),
    "home_back": _chosen("back"),
    "home_digest_again": _chosen("digest_again"),
    "home_digest_pause": _chosen("digest_pause"),
    "home_no_digest": _chosen("no_digest"),
    "home_no_check_in": _chosen("no_check_in"),
    "home_check_in_again": _chosen("check_in_again"),
    "home_monthly": _chosen("monthly"),
    "home_no_monthly": _chosen("no_monthly"),
    "home_no_hints": _chosen("no_hints"),
    "home_hints_again": _chosen("hints_again"),
    "home_not_mine": corrections.not_mine,
    "home_mine": corrections.mine,
    "home_was_there": corrections.was_there,
}

LABELS = (*_ACTS, *forms.NAMES, *forms.FIELDS, access.NAME, "send", "cancel")
"""Everything on the page and its forms that has a label; the first two kinds are buttons."""


def _choices(now: Standing) -> Iterator[Row]:
    yield _tips(now.consent)
    if not now.consent.objected:  # else no tip has an hour or a day
        yield _hours(now)
        yield _days(now)
    yield from _leave(now)
    yield from _summary(now.consent)
    if not now.consent.objected:
        yield row("home_object", None, "home_object")


def _summary(consent: Consent) -> Iterator[Row]:
    """Yield what of the summary a person can turn on and off; no button that would do nothing."""
    ended = consent.stopped or consent.objected
    if consent.declines_check_ins:
        again = () if ended else ("home_check_in_again",)
        yield row("home_check_in_off", None, "home_check_in", *again)
    else:
        yield row("home_check_in", None, "home_check_in", "home_no_check_in")
    if consent.wants_monthly:
        yield row("home_monthly", None, "home_no_monthly")
    elif not ended:
        yield row("home_monthly_off", None, "home_monthly")
    if consent.no_hints or consent.objected:
        yield row("home_hints_off", None, *(() if consent.objected else ("home_hints_again",)))
    else:
        yield row("home_hints", None, "home_no_hints")


def _tips(consent: Consent) -> Row:
    if consent.objected:
        return row("home_tips_objected", None, "home_object_no_more")
    if consent.stopped:
        return row("home_tips_off", None, "home_resume")
    if consent.declines_starting:
        return row("home_tips_not_starting", None, "home_resume", "home_stop")
    if consent.fewer:
        return row("home_tips_fewer", None, "home_usual", "home_stop")
    return row("home_tips_on", None, "home_fewer", "home_stop")


def _hours(now: Standing) -> Row:
    if not is_zone(now.zone):
        return row("home_hours_no_zone", None, "home_hours")
    hours = now.consent.hours.within(OFFICE_HOURS)
    said = Hours(hour_in_words(hours.start), hour_in_words(hours.end), now.zone)
    return row("home_hours", said, "home_hours")


def _days(now: Standing) -> Row:
    chosen, list_says = now.consent.weekdays or frozenset(), now.weekdays or frozenset()
    own, listed = weekdays_in_words(chosen), weekdays_in_words(list_says)
    if own and listed:
        name = "home_days_both" if chosen & list_says else "home_days_none"
        return row(name, ChosenAndListed(own, listed), "home_days")
    if own:
        return row("home_days_chosen", Chosen(own), "home_days")
    if listed:
        return row("home_days_listed", Listed(listed), "home_days")
    return row("home_days_assumed", None, "home_days")


def _leave(now: Standing) -> Iterator[Row]:
    """Yield leave that runs, by whom it was said, or else leave to come."""
    back, running, coming = now.own_back, now.listed_now, now.listed_next
    if back is not None:
        yield row("home_away", Back(spoken.day(back)), "home_back", "home_away")
    if running is not None:
        buttons = () if back is not None else ("home_away",)
        yield row("home_away_listed", Back(spoken.day(running.back)), *buttons)
    if back is not None or running is not None:
        return
    if coming is None:
        yield row("home_here", None, "home_away")
    else:
        said = Away(spoken.day(coming.first), spoken.day(coming.back))
        yield row("home_away_soon", said, "home_away")
