"""The weekly question: its nine answers, and that chance and calendar alone say when it comes."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unranked.domain import pulse
from unranked.domain.calendar import Absence, OpenHours, WorkCalendar, WorkPattern
from unranked.domain.consent import Consent
from unranked.domain.nudges import Reason
from unranked.domain.pulse import MINUTES, Worth, drawn_day, is_left_alone, open_days, worth_of

SALT = bytes(range(32))
MONDAY = date(2026, 3, 2)
ONE_DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
OFFICE = WorkCalendar(WorkPattern(known=True))
CREW = [f"p-{number:04x}" for number in range(120)]
MANY = [f"p-{number:04x}" for number in range(300)]
calm = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])

mondays = st.integers(0, 104).map(lambda number: date(2025, 12, 29) + number * WEEK)
keys = st.text("0123456789abcdef", min_size=16, max_size=16).map(lambda made: f"p-{made}")
weekdays = st.frozensets(st.integers(0, 6), min_size=1)


def hours_of(monday, zone="UTC"):
    """Return every other hour of a week, as a person in the zone lives through it."""
    start = datetime.combine(monday, time(), ZoneInfo(zone)).astimezone(UTC)
    return [start + timedelta(hours=hour) for hour in range(0, 7 * 24, 2)]


def asked(key, monday, *, zone="UTC", calendar=OFFICE, consent=None, busy=None, salt=SALT):
    """Return what looking again and again in one week came to: the first of each day."""
    found = {}
    for at in hours_of(monday, zone):
        one = pulse.ask(
            salt,
            key,
            at=at,
            zone=zone,
            calendar=calendar,
            consent=consent or Consent(),
            busy=busy,
        )
        if one is not None:
            assert one.opens_at >= at
            found.setdefault(at.astimezone(ZoneInfo(zone)).date(), one)
    return found


def days_of(calendar, monday=MONDAY, **more):
    """Return how many of the crew are asked on which day of a week."""
    crew = (asked(key, monday, calendar=calendar, **more) for key in CREW)
    return Counter(day for found in crew for day in found)


# Answers


def test_there_are_nine_answers_and_each_counts_the_methods_minutes():
    assert [MINUTES[one] for one in Worth] == [-90, -30, 0, 15, 45, 90, 180, 360, 480]
    assert {worth_of(minutes) for minutes in MINUTES.values()} == set(Worth)
    for minutes in (1, -91, 90.5, None):
        with pytest.raises(ValueError, match="No answer"):
            worth_of(minutes)


# The day


@given(st.binary(min_size=32, max_size=32), keys, mondays, weekdays)
def test_the_day_is_one_of_the_open_ones_and_nothing_but_salt_person_and_week_decides(
    salt, key, monday, worked
):
    calendar = WorkCalendar(WorkPattern(worked, known=True))
    days = open_days(calendar, monday, OpenHours())
    drawn = drawn_day(salt, key, days)

    assert days == [d for n in range(7) if (d := monday + n * ONE_DAY).weekday() in worked]
    assert drawn in days
    assert drawn_day(salt, key, days) == drawn
    assert drawn_day(salt, key, []) is None


@calm
@given(keys, mondays, st.sampled_from(sorted(available_timezones())))
def test_a_week_asks_once_on_the_drawn_day_whenever_anybody_looks(key, monday, zone):
    found = asked(key, monday, zone=zone)
    days = open_days(OFFICE, monday, OpenHours())

    ((day, one),) = found.items()
    assert day == drawn_day(SALT, key, days)
    assert one.week == monday - WEEK
    local = one.opens_at.astimezone(ZoneInfo(zone))
    assert local.date() == day
    assert time(9, 30) <= local.time() < time(16, 30)


def test_over_many_people_every_working_day_is_as_likely_and_so_is_every_hour():
    days = open_days(OFFICE, MONDAY, OpenHours())
    drawn = Counter(drawn_day(SALT, f"p-{n}", days) for n in range(5000))

    assert len(drawn) == 5
    assert sum((count - 1000) ** 2 / 1000 for count in drawn.values()) < 18.5  # p = 0.001
    opens = [one.opens_at for key in CREW for one in asked(key, MONDAY).values()]
    by_hour = Counter(int((at.hour * 60 + at.minute - 570) // 65) for at in opens)
    assert set(by_hour) == set(range(6))  # of 9:30 to 16:00, six parts
    assert min(by_hour.values()) > 8


def test_another_week_and_another_salt_draw_anew():
    days = open_days(OFFICE, MONDAY, OpenHours())
    next_days = [day + WEEK for day in days]
    same_week = sum(
        drawn_day(SALT, key, days) + WEEK == drawn_day(SALT, key, next_days) for key in MANY
    )
    same_salt = sum(drawn_day(SALT, key, days) == drawn_day(b"x" * 32, key, days) for key in MANY)

    assert 35 < same_week < 90  # of 300, chance makes 60
    assert 35 < same_salt < 90


# Through the changes of clock: the week of the change, and the days around it are worked.

CHANGES = [
    ("Europe/Berlin", date(2026, 3, 23)),
    ("Europe/Berlin", date(2026, 10, 19)),
    ("America/New_York", date(2026, 3, 2)),
    ("America/New_York", date(2026, 10, 26)),
    ("Australia/Lord_Howe", date(2026, 4, 4) - timedelta(days=5)),
    ("America/Santiago", date(2026, 9, 5) - timedelta(days=5)),
    ("Africa/Casablanca", date(2026, 2, 9)),
    ("Pacific/Chatham", date(2026, 9, 21)),
    ("Antarctica/Troll", date(2026, 3, 23)),
]


@pytest.mark.parametrize(("zone", "monday"), CHANGES)
def test_both_changes_of_clock_keep_the_question_within_the_hours(zone, monday):
    sundays = WorkCalendar(WorkPattern(frozenset({5, 6}), known=True))
    for key in CREW[:40]:
        ((day, one),) = asked(key, monday, zone=zone, calendar=sundays).items()
        local = one.opens_at.astimezone(ZoneInfo(zone))
        assert local.date() == day
        assert time(9, 30) <= local.time() < time(16, 30)


# When it does not come


def test_a_holiday_is_never_the_day_and_the_others_share_it():
    friday = MONDAY + 4 * ONE_DAY
    found = days_of(WorkCalendar(WorkPattern(known=True), frozenset({friday})))

    assert sorted(found) == [MONDAY + n * ONE_DAY for n in range(4)]
    assert found.total() == len(CREW)


def test_nobody_is_asked_on_leave_or_on_the_first_two_days_after_it():
    back = MONDAY + 2 * ONE_DAY  # a Wednesday
    leave = Absence(MONDAY - 3 * ONE_DAY, back)
    found = days_of(OFFICE, consent=Consent(absences=(leave,)))

    assert set(found) == {MONDAY + 4 * ONE_DAY}
    listed = days_of(OFFICE.with_absences([leave]))
    assert listed == found


def test_a_week_that_was_not_worked_is_not_asked_about():
    away = Absence(MONDAY - WEEK, MONDAY - WEEK + 5 * ONE_DAY)
    bridge = Absence(MONDAY - WEEK, MONDAY - WEEK + 4 * ONE_DAY)
    shut = frozenset(MONDAY - WEEK + n * ONE_DAY for n in range(5))

    assert not days_of(OFFICE.with_absences([away]))
    assert not days_of(WorkCalendar(WorkPattern(known=True), shut))
    assert days_of(OFFICE.with_absences([bridge]))  # who worked on the Friday can say


def test_the_day_of_another_regular_message_is_left_free_where_the_week_has_any_other():
    found = days_of(OFFICE, busy=MONDAY)
    only = days_of(WorkCalendar(WorkPattern(frozenset({0}), known=True)), busy=MONDAY)

    assert sorted(found) == [MONDAY + n * ONE_DAY for n in range(1, 5)]
    assert found.total() == len(CREW)
    assert only == {MONDAY: len(CREW)}


def test_ones_own_hours_and_days_hold():
    consent = Consent(hours=OpenHours(time(13), time(14)), weekdays=frozenset({1, 3}))
    for key in CREW[:60]:
        ((day, one),) = asked(key, MONDAY, consent=consent).items()
        assert day.weekday() in {1, 3}
        assert time(13) <= one.opens_at.time() < time(14)


@pytest.mark.parametrize(
    "consent", [Consent(stopped=True), Consent(objected=True), Consent(no_check_in=True)]
)
def test_whoever_declines_is_not_asked(consent):
    assert not any(asked(key, MONDAY, consent=consent) for key in CREW[:20])
    due = {"at": datetime(2026, 3, 3, 12, tzinfo=UTC)}
    assert pulse.refused(consent, OFFICE, "UTC", **due) is Reason.OPTED_OUT
    assert pulse.refused(Consent(), OFFICE, "UTC", **due) is None


@pytest.mark.parametrize("zone", [None, "", "Mars/Olympus"])
def test_without_a_known_zone_nobody_is_asked(zone):
    noon = datetime(2026, 3, 3, 12, tzinfo=UTC)
    for day in range(7):
        at = noon + day * ONE_DAY
        more = {"at": at, "zone": zone, "calendar": OFFICE, "consent": Consent()}
        assert pulse.ask(SALT, CREW[0], **more) is None
    assert pulse.refused(Consent(), OFFICE, zone, at=noon) is Reason.NO_ZONE


# Those who do not answer


@given(keys, mondays, st.integers(4, 60))
def test_whoever_left_four_in_a_row_is_asked_in_exactly_one_week_of_four(key, monday, unanswered):
    alone = [is_left_alone(SALT, key, monday + n * WEEK, unanswered) for n in range(12)]

    assert [sum(alone[n : n + 4]) for n in range(9)] == [3] * 9
    assert not any(is_left_alone(SALT, key, monday + n * WEEK, 3) for n in range(12))


def test_not_all_of_them_are_asked_in_the_same_week():
    weeks = [MONDAY + n * WEEK for n in range(4)]
    asked_in = Counter(
        week for key in MANY for week in weeks if not is_left_alone(SALT, key, week, 4)
    )

    assert asked_in.total() == len(MANY)
    assert set(asked_in) == set(weeks)
    assert min(asked_in.values()) > 50
