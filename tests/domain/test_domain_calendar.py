from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unranked.domain.calendar import (
    Absence,
    OpenHours,
    WorkCalendar,
    WorkPattern,
    is_zone,
    last_weeks,
    local_day,
    may_send,
    next_opening,
    week_of,
)

calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ONE_DAY = timedelta(days=1)
EVERY_DAY = WorkPattern(frozenset(range(7)), known=True)
OFFICE = WorkCalendar(WorkPattern(known=True))

days = st.dates(date(2026, 1, 1), date(2026, 2, 28))
patterns = st.builds(WorkPattern, st.frozensets(st.integers(0, 6)), st.booleans())
spans = st.tuples(days, st.integers(0, 20), st.booleans())
absences = spans.map(lambda s: Absence(s[0], None if s[2] else s[0] + timedelta(days=s[1])))
calendars = st.builds(
    WorkCalendar,
    patterns,
    st.frozensets(days, max_size=25),
    st.lists(absences, max_size=4).map(tuple),
)


def counted_one_by_one(calendar, after, through):
    total, day = 0, after + ONE_DAY
    while day <= through:
        away = any(a.start <= day and (a.end is None or day < a.end) for a in calendar.absences)
        worked = day.weekday() in calendar.pattern.weekdays and day not in calendar.holidays
        total += worked and not away
        day += ONE_DAY
    return total


def test_the_worked_example_has_11_available_days():
    monday = date(2026, 11, 2)
    calendar = WorkCalendar(
        WorkPattern(frozenset({0, 1, 2, 3}), known=True),
        frozenset({date(2026, 11, 5)}),  # a Thursday
        (Absence(date(2026, 11, 16), date(2026, 11, 23)),),
    )
    through = monday + timedelta(days=27)

    assert OFFICE.available_days(monday - ONE_DAY, through) == 20
    assert WorkCalendar(calendar.pattern).available_days(monday - ONE_DAY, through) == 16
    assert calendar.available_days(monday - ONE_DAY, through) == 11


@calm
@given(calendars, days, days)
def test_available_days_are_those_counted_one_by_one(calendar, after, through):
    expected = counted_one_by_one(calendar, after, through)

    assert calendar.available_days(after, through) == expected


@calm
@given(calendars, days, days, days)
def test_available_days_of_two_spans_add_up(calendar, one, two, three):
    first, middle, last = sorted((one, two, three))

    assert calendar.available_days(first, last) == calendar.available_days(
        first, middle
    ) + calendar.available_days(middle, last)


@pytest.mark.parametrize(("holiday", "available"), [(9, 16), (12, 16), (13, 15), (16, 15), (6, 15)])
def test_a_holiday_at_the_edge_of_leave_is_taken_off_once(holiday, available):
    calendar = WorkCalendar(
        WorkPattern(),
        frozenset({date(2026, 3, holiday)}),
        (Absence(date(2026, 3, 9), date(2026, 3, 13)),),  # Monday to Thursday
    )

    assert calendar.available_days(date(2026, 3, 1), date(2026, 3, 29)) == available


def test_a_holiday_within_leave_is_taken_off_once():
    christmas = frozenset({date(2026, 12, 25)})
    leave = (Absence(date(2026, 12, 21), date(2027, 1, 1)),)

    assert WorkCalendar(WorkPattern(), christmas, leave).available_days(
        date(2026, 12, 18), date(2027, 1, 4)
    ) == len(["1 January", "4 January"])


def test_leave_given_twice_counts_once():
    leave = (Absence(date(2026, 3, 2), date(2026, 3, 5)),)

    assert OFFICE.with_absences(leave).with_absences(leave).available_days(
        date(2026, 3, 1), date(2026, 3, 8)
    ) == len(["Thursday", "Friday"])


def test_thresholds_are_half_as_long_again_where_nobody_told_the_pattern():
    assert [WorkPattern().threshold(days) for days in (5, 15, 20, 33, 60)] == [8, 23, 30, 50, 90]
    assert WorkPattern(known=True).threshold(33) == 33


@pytest.mark.parametrize(
    ("day", "just_back"),
    [("05", False), ("09", True), ("10", True), ("11", False), ("20", False)],
)
def test_the_first_two_working_days_after_leave_are_quiet(day, just_back):
    leave = (Absence(date(2026, 3, 2), date(2026, 3, 7)),)  # Monday to Friday

    calendar = OFFICE.with_absences(leave)

    assert calendar.just_back(date.fromisoformat(f"2026-03-{day}")) is just_back


def test_leave_on_days_off_needs_no_coming_back():
    weekend = OFFICE.with_absences([Absence(date(2026, 3, 7), date(2026, 3, 9))])
    holidays = frozenset({date(2026, 3, 6)})
    day_off = WorkCalendar(WorkPattern(), holidays, (Absence(date(2026, 3, 6), date(2026, 3, 7)),))

    bridged = WorkCalendar(WorkPattern(), holidays, (Absence(date(2026, 3, 5), date(2026, 3, 6)),))

    assert not weekend.just_back(date(2026, 3, 9))
    assert not day_off.just_back(date(2026, 3, 9))
    assert bridged.just_back(date(2026, 3, 9))


def test_leave_is_from_its_first_day_to_the_day_before_being_back():
    leave = Absence(date(2026, 3, 2), date(2026, 3, 4))

    assert [leave.covers(date(2026, 3, day)) for day in (1, 2, 3, 4)] == [False, True, True, False]


def test_open_ended_leave_has_no_end():
    calendar = OFFICE.with_absences([Absence(date(2026, 3, 2))])

    assert calendar.is_away(date(2036, 3, 2))
    assert not calendar.is_away(date(2026, 3, 1))
    assert next_opening(datetime(2026, 3, 2, tzinfo=UTC), "UTC", calendar) is None


@pytest.mark.parametrize(
    ("clock", "open_now"),
    [("09:29:59", False), ("09:30:00", True), ("16:29:59", True), ("16:30:00", False)],
)
def test_messages_go_out_from_half_past_nine_to_half_past_four_where_the_person_is(clock, open_now):
    local = datetime.fromisoformat(f"2026-03-02T{clock}").replace(tzinfo=ZoneInfo("Asia/Kathmandu"))

    assert may_send(local.astimezone(UTC), "Asia/Kathmandu", OFFICE) is open_now


def test_nothing_opens_on_days_off_leave_and_the_days_after_it():
    friday_evening = datetime(2026, 2, 27, 20, tzinfo=UTC)
    holidays = frozenset({date(2026, 3, 2)})
    leave = (Absence(date(2026, 3, 3), date(2026, 3, 5)),)
    calendar = WorkCalendar(WorkPattern(known=True), holidays, leave)

    opening = next_opening(friday_evening, "Europe/Berlin", calendar)

    assert opening == datetime(2026, 3, 9, 8, 30, tzinfo=UTC)  # 5 and 6 March are the first two


def test_hours_with_weekdays_of_their_own_open_on_those_alone():
    friday = datetime(2026, 2, 27, 10, tzinfo=UTC)
    tuesdays = OpenHours(weekdays=frozenset({1}))
    weekends = OpenHours(weekdays=frozenset({5, 6}))

    assert not may_send(friday, "UTC", OFFICE, tuesdays)
    assert next_opening(friday, "UTC", OFFICE, tuesdays) == datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
    assert next_opening(friday, "UTC", OFFICE, weekends) is None


minutes = st.tuples(st.integers(0, 1438), st.integers(1, 1439)).filter(lambda m: m[0] < m[1])
any_hours = st.builds(
    lambda m, days: OpenHours(clock(m[0]), clock(m[1]), days),
    minutes,
    st.frozensets(st.integers(0, 6)),
)


@calm
@given(any_hours, any_hours, st.integers(0, 1439), st.integers(0, 6))
def test_hours_within_others_never_open_when_those_are_closed(own, outer, minute, weekday):
    def opens(hours):
        return hours.start <= clock(minute) < hours.end and weekday in hours.weekdays

    both = own.within(outer)
    assert not opens(both) or opens(outer)
    assert opens(both) is (opens(own) and opens(outer))


def test_who_never_works_is_never_written_to():
    nobody = WorkCalendar(WorkPattern(frozenset(), known=True))

    assert next_opening(datetime(2026, 3, 2, tzinfo=UTC), "UTC", nobody) is None


NEAR_CHANGES = [
    ("Europe/Berlin", "2026-03-28"),
    ("Europe/Berlin", "2026-10-24"),
    ("America/New_York", "2026-03-07"),
    ("America/New_York", "2026-10-31"),
    ("Australia/Lord_Howe", "2026-04-04"),
    ("Australia/Lord_Howe", "2026-10-03"),
    ("Africa/Casablanca", "2026-02-14"),
    ("Africa/Casablanca", "2026-03-21"),
    ("Asia/Beirut", "2026-03-28"),
    ("Asia/Beirut", "2026-10-24"),
    ("America/Havana", "2026-10-31"),
    ("Asia/Kathmandu", "2026-03-28"),
]

hours = st.one_of(
    st.just(OpenHours()),
    st.tuples(st.integers(0, 300), st.integers(1, 300)).map(
        lambda m: OpenHours(clock(m[0]), clock(m[0] + m[1]))
    ),
)


def clock(minutes):
    return time(minutes // 60, minutes % 60)


@settings(calm, max_examples=60)
@given(
    place=st.sampled_from(NEAR_CHANGES),
    seconds=st.integers(0, 2 * 86_400),
    open_hours=hours,
    pattern=st.sampled_from([EVERY_DAY, WorkPattern()]),
)
def test_the_next_opening_is_the_first_open_minute_even_where_clocks_change(
    place, seconds, open_hours, pattern
):
    zone, day = place
    now = datetime.fromisoformat(f"{day}T00:00:00+00:00") + timedelta(seconds=seconds)
    calendar = WorkCalendar(pattern)

    opening = next_opening(now, zone, calendar, open_hours)

    assert opening == first_open_minute(now, ZoneInfo(zone), pattern, open_hours)
    assert may_send(opening, zone, calendar, open_hours)


def first_open_minute(now, zone, pattern, open_hours):
    moment = now
    while True:
        local = moment.astimezone(zone)
        in_hours = open_hours.start <= local.time() < open_hours.end
        if in_hours and local.weekday() in pattern.weekdays:
            return moment
        moment = moment.replace(second=0) + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("now", "start", "end", "opens"),
    [
        ("2026-10-25T00:40", "02:00", "02:30", "2026-10-25T01:00"),  # wound back at 3 to 2
        ("2026-10-25T00:40", "01:30", "02:30", "2026-10-25T01:00"),
        ("2026-10-25T00:20", "01:30", "02:30", "2026-10-25T00:20"),
        ("2026-03-29T00:30", "02:30", "04:00", "2026-03-29T01:00"),  # put forward at 2 to 3
        ("2026-03-29T00:30", "02:10", "02:50", "2026-03-30T00:10"),
    ],
)
def test_hours_begin_at_a_clock_change_that_jumps_into_them_or_repeats_them(now, start, end, opens):
    open_hours = OpenHours(time.fromisoformat(start), time.fromisoformat(end))

    opening = next_opening(
        datetime.fromisoformat(f"{now}+00:00"), "Europe/Berlin", WorkCalendar(EVERY_DAY), open_hours
    )

    assert opening == datetime.fromisoformat(f"{opens}+00:00")


def test_an_opening_is_looked_for_400_days_ahead():
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    closed = [now.date() + n * ONE_DAY for n in range(401)]

    def opening(holidays):
        return next_opening(now, "UTC", WorkCalendar(EVERY_DAY, frozenset(holidays)))

    assert opening(closed[:400]) == datetime(2027, 2, 5, 9, 30, tzinfo=UTC)
    assert opening(closed) is None


@calm
@given(calendars, st.integers(0, 180 * 86_400))
def test_an_opening_is_never_in_the_past_and_always_open(calendar, seconds):
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)

    opening = next_opening(now, "America/New_York", calendar)

    if opening is not None:
        day = local_day(opening, "America/New_York")
        assert opening >= now
        assert may_send(opening, "America/New_York", calendar)
        assert counted_one_by_one(calendar, day - ONE_DAY, day) == 1


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "America", "a\0b", "Zürich"])
def test_a_zone_that_does_not_exist_is_refused(name):
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)

    assert not is_zone(name)
    with pytest.raises(ValueError, match="time zone is not in the tz database"):
        may_send(now, name, OFFICE)
    with pytest.raises(ValueError, match="time zone is not in the tz database"):
        next_opening(now, name, OFFICE)


def test_no_zone_is_no_zone():
    assert not is_zone(None)
    assert is_zone("Europe/Berlin")


def test_values_that_make_no_sense_are_refused():
    naive = datetime(2026, 3, 2, 10)  # noqa: DTZ001 - a time without a zone is what is refused
    with pytest.raises(ValueError, match="no time zone"):
        may_send(naive, "UTC", OFFICE)
    with pytest.raises(ValueError, match="weekday"):
        WorkPattern(frozenset({7}))
    with pytest.raises(ValueError, match="ends before it starts"):
        Absence(date(2026, 3, 2), date(2026, 3, 1))
    with pytest.raises(ValueError, match="midnight"):
        OpenHours(time(22), time(6))
    with pytest.raises(ValueError, match="midnight"):
        OpenHours(time(9), time(9))


@calm
@given(days, st.integers(0, 60))
def test_the_last_weeks_are_whole_and_follow_each_other(through, n):
    mondays = last_weeks(through, n)

    assert len(mondays) == n
    assert all(monday == week_of(monday) and monday.weekday() == 0 for monday in mondays)
    assert all(b - a == timedelta(days=7) for a, b in pairwise(mondays))
    if n:
        assert timedelta(days=6) <= through - mondays[-1] < timedelta(days=13)


def test_a_sunday_ends_its_week():
    assert last_weeks(date(2026, 3, 8), 2) == (date(2026, 2, 23), date(2026, 3, 2))
    assert last_weeks(date(2026, 3, 7), 1) == (date(2026, 2, 23),)
    assert week_of(date(2026, 3, 8)) == date(2026, 3, 2)
