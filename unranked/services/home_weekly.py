"""What the Home tab has for somebody who leads people: their weekly message, and nobody's use.

It reads who reports to them, and what they chose themselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from unranked.channels.pages import Row, Section
from unranked.domain import mondays
from unranked.domain.cohorts import quarter_of
from unranked.domain.org_chart import UnitKind
from unranked.services import spoken, weekly_forms
from unranked.services.choices import Asker
from unranked.services.forms import hour_in_words
from unranked.services.home_rows import row, section
from unranked.services.message_values import Back
from unranked.services.runtime import Runtime
from unranked.services.standing import Standing
from unranked.store import groups, leading


@dataclass(frozen=True, slots=True)
class At:
    """The weekday and the hour of the message, in words."""

    day: str
    start: str


@dataclass(frozen=True, slots=True)
class Wish:
    """Which group a manager is shown, in words."""

    what: str


@dataclass(frozen=True, slots=True)
class WishFrom(Wish):
    """And the first day on which a change counts."""

    first: str


def weekly(runtime: Runtime, asker: Asker, now: Standing) -> Iterator[Section]:
    """Yield the section of the weekly message; nothing for somebody who leads nobody."""
    today = runtime.clock().date()
    with runtime.store.read() as tx:
        kinds = leading.units(tx, asker.person_key)
        is_fixed = groups.frozen_on(tx, quarter_of(today)) is not None
    if not kinds:
        return
    rows = [_whether(now)]
    ended = now.consent.stopped or now.consent.objected  # then none comes at any time
    if not ended:
        rows.append(_when(now))
    if len(kinds) > 1 and not ended:
        first = spoken.long_day(quarter_of(today).end) if is_fixed else ""
        rows.append(_which(kinds, now, first))
    yield section("home_weekly", rows=iter(rows))


def _whether(now: Standing) -> Row:
    consent, paused = now.consent, now.consent.digest_pause
    if consent.stopped or consent.objected:
        return row("home_weekly_ended")
    if consent.no_digest:
        return row("home_weekly_off", None, "home_digest_again")
    if paused is not None and paused.end is not None and paused.covers(now.today):
        back = Back(spoken.day(paused.end))
        return row("home_weekly_paused", back, "home_digest_again", "home_no_digest")
    return row("home_weekly_on", None, "home_digest_pause", "home_no_digest")


def _when(now: Standing) -> Row:
    day = spoken.weekdays()[mondays.first_day(now.consent)]
    start = hour_in_words(mondays.hours(now.consent).start)
    return row("home_weekly_time", At(day, start), weekly_forms.TIME)


def _which(kinds: tuple[UnitKind, ...], now: Standing, first: str) -> Row:
    """Return which group it is about. first: the next quarter's, empty before this one is fixed."""
    what = weekly_forms.unit_in_words(weekly_forms.chosen_unit(kinds, now.consent))
    if first:
        return row("home_weekly_unit", WishFrom(what, first), weekly_forms.UNIT)
    return row("home_weekly_unit_soon", Wish(what), weekly_forms.UNIT)
