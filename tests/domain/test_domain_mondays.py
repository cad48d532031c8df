"""When a manager's weekly message comes: on one day a week, whatever was chosen."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unranked.domain.calendar import Absence, WorkCalendar, WorkPattern
from unranked.domain.consent import Consent
from unranked.domain.mondays import AHEAD, day_of_week, opens_at, refused
from unranked.domain.nudges import Reason
from unranked.domain.weekly_time import WeeklyTime

MONDAY = date(2026, 3, 2)
BERLIN = "Europe/Berlin"
EVERY = WorkCalendar()


def at(day, hour, zone=BERLIN):
    local = datetime(2026, 3, 2 + day, hour, tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC)


def chosen(day, hour, **more):
    return Consent(digest_at=WeeklyTime(day, hour), **more)


def test_it_comes_on_the_day_and_from_the_hour_that_were_chosen():
    consent = chosen(3, 14)

    assert opens_at(at(3, 12), BERLIN, EVERY, consent) == at(3, 14)
    assert opens_at(at(3, 15), BERLIN, EVERY, consent) == at(3, 15)
    for day, hour in ((0, 9), (0, 14), (2, 14), (3, 11), (3, 17), (4, 14)):
        assert opens_at(at(day, hour), BERLIN, EVERY, consent) is None, (day, hour)


def away(*days):
    return tuple(Absence(MONDAY + timedelta(n), MONDAY + timedelta(n + 1)) for n in days)


@pytest.mark.parametrize(
    ("day", "holidays", "comes"),
    [
        (None, (0, 1), 2),
        (None, (0, 1, 2), None),
        (0, (0,), 1),
        (2, (2,), 3),
        (2, (2, 3, 4), 1),
        (4, (4,), 3),
        (4, (2, 3, 4), 1),
        (3, (0, 1, 2, 3, 4), None),
    ],
)
def test_where_its_day_is_no_working_day_another_one_of_the_week_is(day, holidays, comes):
    calendar = WorkCalendar(holidays={MONDAY + timedelta(n) for n in holidays})
    consent = Consent() if day is None else chosen(day, 9)
    found = day_of_week(MONDAY, calendar, consent)

    assert found == (None if comes is None else MONDAY + timedelta(comes))


def test_a_day_that_was_chosen_is_taken_though_tips_may_not_come_on_it():
    tips = {"weekdays": frozenset({1})}

    assert day_of_week(MONDAY, EVERY, chosen(3, 9, **tips)) == MONDAY + timedelta(3)
    assert day_of_week(MONDAY, EVERY, Consent(**tips)) == MONDAY + timedelta(1)


def test_no_day_of_a_pause_has_a_message_and_no_other_day_of_its_week_gets_it():
    paused = Consent(digest_pause=Absence(MONDAY, MONDAY + timedelta(1)))

    assert day_of_week(MONDAY, EVERY, paused) is None
    assert opens_at(at(0, 9), BERLIN, EVERY, paused) is None
    assert opens_at(at(1, 9), BERLIN, EVERY, paused) is None
    assert refused(paused, EVERY, BERLIN, at=at(0, 9)) is Reason.OPTED_OUT
    assert refused(paused, EVERY, BERLIN, at=at(1, 9)) is None


consents = st.builds(
    Consent,
    digest_at=st.none() | st.builds(WeeklyTime, st.integers(0, 4), st.integers(9, 16)),
    weekdays=st.none() | st.frozensets(st.integers(0, 6), min_size=1),
    absences=st.frozensets(st.integers(0, 4)).map(lambda days: away(*sorted(days))),
)
patterns = st.frozensets(st.integers(0, 6), min_size=1).map(WorkPattern)


@given(consents, patterns, st.sampled_from([BERLIN, "America/New_York", "Pacific/Auckland"]))
def test_in_a_week_there_is_one_day_at_the_most_and_it_is_worked(consent, pattern, zone):
    calendar = WorkCalendar(pattern)
    hours = (at(0, 0, zone) + timedelta(hours=n) for n in range(7 * 24))
    found = [one for hour in hours if (one := opens_at(hour, zone, calendar, consent))]
    days = {one.astimezone(ZoneInfo(zone)).date() for one in found}

    assert len(days) <= 1
    for day in days:
        assert calendar.with_absences(consent.leave).works_on(day)
        assert day == day_of_week(MONDAY, calendar.with_absences(consent.leave), consent)
    for one in found:
        local = one.astimezone(ZoneInfo(zone))
        assert consent.digest_at is None or local.hour >= consent.digest_at.hour
        assert local.hour < 17
    assert all(timedelta(0) <= max(found) - one for one in found)
    assert not found or min(found) - AHEAD >= at(0, 0, zone)
