from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unranked.domain.coverage import (
    DayCoverage,
    Held,
    Why,
    complete_through,
    dried_up,
    held_up,
    unbroken,
    watermark_of,
    window_to_fetch,
)

calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
LAG = timedelta(hours=72)
WEEK = timedelta(days=7)
ONE_DAY = timedelta(days=1)
MONDAY = date(2026, 3, 2)


def end_of(day):
    return datetime.combine(day + ONE_DAY, time.min, UTC)


def read(day, *, at, rows=100, unmapped=0, same_for=timedelta(days=2)):
    return DayCoverage(day, at - same_for, at, rows, unmapped)


def run_of(first, rows, *, at=None):
    """Days from `first` on, each read four days after its end, or all of them at `at`."""
    days = [first + n * ONE_DAY for n in range(len(rows))]
    return [
        read(day, at=at or end_of(day) + timedelta(days=4), rows=count)
        for day, count in zip(days, rows, strict=True)
    ]


def weeks_of(*business_days):
    """One number a week: its rows on each business day. Weekends have a few."""
    return [rows for week in business_days for rows in [week] * 5 + [3, 0]]


def complete(days, **more):
    return complete_through(days, lag=LAG, **more)


def test_the_worked_example_ends_at_16_november():
    fetched_at = datetime(2026, 11, 20, 6, tzinfo=UTC)
    days = run_of(date(2026, 11, 9), [100] * 11, at=fetched_at)

    assert complete(days) == date(2026, 11, 16)


def test_a_day_counts_from_the_very_end_of_its_lag():
    just_late_enough = read(MONDAY, at=end_of(MONDAY) + LAG)
    a_moment_early = read(MONDAY, at=end_of(MONDAY) + LAG - timedelta(microseconds=1))

    assert complete([just_late_enough]) == MONDAY
    assert complete([a_moment_early]) is None


@pytest.mark.parametrize(
    ("same_for", "age", "expected"),
    [
        (timedelta(hours=24), LAG, MONDAY),
        (timedelta(hours=23, minutes=59), LAG, None),
        (timedelta(0), LAG + WEEK - timedelta(seconds=1), None),
        (timedelta(0), LAG + WEEK, MONDAY),
    ],
)
def test_totals_must_stay_the_same_for_a_day_unless_they_are_old(same_for, age, expected):
    day = read(MONDAY, at=end_of(MONDAY) + age, same_for=same_for)

    assert complete([day]) == expected


def test_a_restated_day_moves_the_watermark_back():
    days = run_of(MONDAY, [100] * 10)
    restated = replace(days[6], same_since=days[6].fetched_at)

    assert complete(days) == days[9].day
    assert complete([*days[:6], restated, *days[7:]]) == days[5].day


def test_a_missing_day_ends_it():
    days = run_of(MONDAY, [100] * 10)

    assert complete(days[:4] + days[5:]) == days[3].day
    assert complete(days[1:]) == days[9].day


def test_no_days_no_watermark():
    assert complete([]) is None


@pytest.mark.parametrize(
    ("rows", "unmapped", "expected"),
    [(100, 2, MONDAY), (100, 3, None), (50, 1, MONDAY), (49, 1, None), (350, 7, MONDAY)],
)
def test_at_most_two_rows_in_a_hundred_may_belong_to_nobody(rows, unmapped, expected):
    day = read(MONDAY, at=end_of(MONDAY) + LAG, rows=rows, unmapped=unmapped)

    assert complete([day]) == expected


def test_an_expired_key_that_answers_an_empty_200_stops_the_watermark():
    days = run_of(MONDAY, weeks_of(100, 100, 100, 100) + [0] * 14)

    assert complete(days) == MONDAY + timedelta(days=27)


@pytest.mark.parametrize(("rows", "believed"), [(5000, True), (4999, False)])
def test_a_business_day_has_at_least_half_of_the_median_of_its_weekday(rows, believed):
    days = run_of(MONDAY, [*weeks_of(8000, 9000, 11_000, 40_000), rows])  # the median is 10,000

    assert complete(days) == MONDAY + timedelta(days=28 if believed else 27)


@pytest.mark.parametrize(("rows", "believed"), [(45, True), (35, False)])
def test_the_canary_looks_four_weeks_back_and_no_further(rows, believed):
    # The median of four weeks is 80; that of five would be 100, that of three 60.
    days = run_of(MONDAY, [*weeks_of(200, 100, 100, 60, 60), rows])

    assert complete(days) == MONDAY + timedelta(days=35 if believed else 34)


def test_weekends_and_confirmed_holidays_may_be_empty():
    rows = [*weeks_of(100, 100), 0, 100, 100, 100, 100, 0, 0, 100]
    days = run_of(MONDAY, rows)
    holiday = MONDAY + 2 * WEEK

    assert complete(days) == holiday - ONE_DAY
    assert complete(days, holidays=[holiday]) == days[-1].day


def test_a_holiday_does_not_lower_what_is_usual():
    holidays = [MONDAY, MONDAY + WEEK]
    rows = [0, *[100] * 6, 0, *[100] * 6, *[100] * 7, 40]
    days = run_of(MONDAY, rows)

    assert complete(days, holidays=holidays) == MONDAY + 3 * WEEK - ONE_DAY


def test_a_low_day_is_believed_once_it_was_read_again_with_a_key_that_works():
    rows = [*weeks_of(100, 100, 100), 20, *[100] * 6, *[100] * 10]
    low = MONDAY + 3 * WEEK
    days = run_of(MONDAY, rows, at=end_of(low) + LAG)
    just_before = end_of(low) + LAG + timedelta(hours=47)
    long_after = end_of(low) + LAG + timedelta(hours=48)

    def reread(at):
        again = [replace(d, fetched_at=max(at, d.fetched_at)) if d.day >= low else d for d in days]
        return complete(again)

    assert reread(just_before) == low - ONE_DAY
    assert reread(long_after) == low + 2 * ONE_DAY  # as far as its lag lets it


def test_a_source_that_stays_dead_is_never_believed_again():
    now = end_of(MONDAY) + timedelta(days=120)
    days = run_of(MONDAY, weeks_of(100, 100, 100) + [0] * 80, at=now)

    assert complete(days) == MONDAY + 3 * WEEK - ONE_DAY


def test_a_lasting_fall_does_not_become_usual_by_itself():
    now = end_of(MONDAY) + timedelta(days=200)
    days = run_of(MONDAY, weeks_of(100, 100, 100, *[10] * 12), at=now)

    assert complete(days) == MONDAY + 3 * WEEK - ONE_DAY


def test_a_summer_of_low_days_is_believed_once_people_are_back():
    now = end_of(MONDAY) + timedelta(days=200)
    weeks = weeks_of(100, 100, 100, 100, 10, 10, 10, 10, 10)
    summer, back = run_of(MONDAY, weeks, at=now), run_of(MONDAY, [*weeks, 100], at=now)

    assert complete(summer) == MONDAY + 4 * WEEK - ONE_DAY
    assert complete(back) == back[-1].day


def test_a_low_day_is_not_believed_on_the_word_of_what_came_after_its_last_reading():
    days = run_of(MONDAY, [*weeks_of(100, 100, 100, 100), 20, 100])
    low, later = days[-2], days[-1]
    read_late = replace(low, fetched_at=low.fetched_at + timedelta(days=3))
    seen_before = replace(later, same_since=read_late.fetched_at)
    seen_after = replace(later, same_since=read_late.fetched_at + timedelta(seconds=1))

    assert complete([*days[:-2], read_late, seen_before]) == low.day
    assert complete([*days[:-2], read_late, seen_after]) == low.day - ONE_DAY


@pytest.mark.parametrize(("usual", "shown", "believed"), [(0, 0, False), (1, 1, True)])
def test_only_a_day_that_usually_has_rows_shows_that_a_key_works(usual, shown, believed):
    now = end_of(MONDAY) + timedelta(days=60)
    week = [100, 100, usual, 100, 100, 0, 0]
    days = run_of(MONDAY, [*week, *week, *week, 100, 0, shown], at=now)

    assert complete(days) == days[-1 if believed else -3].day


def test_a_source_that_never_had_a_row_is_not_complete():
    now = end_of(MONDAY) + timedelta(days=200)

    assert complete(run_of(MONDAY, [0] * 100, at=now)) is None


def test_a_source_with_few_rows_is_believed_for_four_weeks_of_silence():
    seldom = [0] * 6 + [2] + [0] * 60
    last_row = MONDAY + 6 * ONE_DAY

    assert complete(run_of(MONDAY, seldom)) == last_row + timedelta(days=28)


def test_a_row_that_comes_later_vouches_for_the_silence_before():
    days = run_of(MONDAY, [0] * 6 + [2] + [0] * 60 + [1])

    assert complete(days) == days[-1].day


@st.composite
def coverages(draw):
    count = draw(st.integers(1, 40))
    now = end_of(MONDAY) + timedelta(days=draw(st.integers(0, 60)))
    return [
        DayCoverage(
            day,
            now - timedelta(hours=draw(st.integers(0, 60))),
            now,
            draw(st.sampled_from([0, 1, 40, 100, 110])),
            draw(st.sampled_from([0, 0, 0, 1])),
        )
        for day in (MONDAY + n * ONE_DAY for n in range(count))
        if draw(st.integers(0, 30))
    ]


@settings(calm, max_examples=100)
@given(coverages())
def test_no_complete_day_changed_within_a_day_unless_it_is_old(days):
    watermark = complete(days)

    for day in days:
        if watermark is not None and day.day <= watermark:
            age = day.fetched_at - end_of(day.day)
            assert age >= LAG
            assert day.fetched_at - day.same_since >= timedelta(hours=24) or age >= LAG + WEEK


@calm
@given(coverages(), st.randoms(use_true_random=False))
def test_the_order_of_days_does_not_matter(days, random):
    shuffled = random.sample(days, len(days))

    assert complete(shuffled) == complete(days)


@calm
@given(coverages())
def test_there_is_no_gap_up_to_the_watermark(days):
    watermark = complete(days)

    if watermark is not None:
        first = min(day.day for day in days)
        stored = {day.day for day in days}
        assert all(first + n * ONE_DAY in stored for n in range((watermark - first).days + 1))


def test_a_person_is_known_only_as_far_as_the_slowest_tool():
    later = MONDAY + ONE_DAY

    assert watermark_of([later, MONDAY]) == MONDAY
    assert watermark_of([later, None]) is None
    assert watermark_of([]) is None


def asked(days, *, now, reread=WEEK, history=timedelta(days=90)):
    return window_to_fetch(days, now=now, lag=LAG, reread=reread, history=history)


def test_the_first_run_asks_for_the_whole_history_and_today():
    window = asked([], now=datetime(2026, 3, 31, 23, tzinfo=UTC))

    assert window.start == date(2026, 3, 31) - timedelta(days=90)
    assert window.end == date(2026, 4, 1)


def test_later_runs_ask_for_what_may_still_change():
    days = run_of(MONDAY, [100] * 30)
    watermark = complete(days)
    now = end_of(watermark) + timedelta(days=4)

    window = asked(days, now=now)

    assert window.start == watermark - WEEK + ONE_DAY
    assert window.end == now.date() + ONE_DAY


def test_no_reread_asks_from_the_first_day_that_is_not_complete():
    days = run_of(MONDAY, [100] * 30)

    window = asked(days, now=end_of(days[-1].day), reread=timedelta(0))

    assert window.start == days[-1].day + ONE_DAY


def test_without_a_watermark_all_stored_days_are_asked_for_again():
    days = run_of(MONDAY, [0] * 10)

    assert asked(days, now=end_of(days[-1].day)).start == MONDAY


def test_a_provider_is_never_asked_beyond_its_history():
    days = run_of(MONDAY, [0] * 10)

    window = asked(days, now=end_of(MONDAY + timedelta(days=99)), history=timedelta(days=30))

    assert window.start == MONDAY + timedelta(days=70)


@calm
@given(coverages(), st.integers(0, 90), st.integers(0, 10), st.integers(0, 90))
def test_every_day_after_the_watermark_is_asked_for_where_the_provider_allows(
    days, later, reread, history
):
    now = end_of(MONDAY) + timedelta(days=later)
    window = asked(days, now=now, reread=timedelta(days=reread), history=timedelta(days=history))
    today, watermark = now.date(), complete(days)

    assert today - timedelta(days=history) <= window.start <= today
    assert window.end == today + ONE_DAY
    if watermark is not None and watermark < today:
        assert window.start <= max(watermark + ONE_DAY, today - timedelta(days=history))


GIVEN_UP = LAG + timedelta(days=7)


def history(days):
    return unbroken(days, lag=LAG)


def read_at_once(rows, *, after):
    """Days from MONDAY on, all read so long after the end of the sixth."""
    return run_of(MONDAY, rows, at=end_of(MONDAY + 5 * ONE_DAY) + after)


def test_history_begins_again_behind_a_day_that_is_given_up():
    days = read_at_once([100] * 20, after=GIVEN_UP)
    lost = replace(days[5], unmapped=3)

    assert history([*days[6:], *days[:5]]) == tuple(days[6:])
    assert history([*days[:5], lost, *days[6:]]) == tuple(days[6:])
    assert history(days) == tuple(days)
    assert history([]) == ()


def test_history_ends_before_a_missing_day_that_may_still_come():
    days = read_at_once([100] * 20, after=GIVEN_UP - timedelta(seconds=1))

    assert history([*days[6:], *days[:5]]) == tuple(days[:5])


def test_a_day_that_may_still_find_its_people_is_history_and_holds_the_watermark_up():
    days = read_at_once([100] * 20, after=GIVEN_UP - timedelta(seconds=1))
    days[5] = replace(days[5], unmapped=3)

    assert history(days) == tuple(days)
    assert complete(history(days)) == days[4].day


@calm
@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 4), st.booleans()), max_size=40),
    st.integers(0, 50),
)
def test_history_has_no_gap_and_no_day_that_was_given_up(facts, readings):
    at = end_of(MONDAY) + readings * ONE_DAY
    days = [
        read(MONDAY + n * ONE_DAY, at=at, rows=rows, unmapped=lost)
        for n, (rows, lost, stored) in enumerate(facts)
        if stored
    ]
    found = history(days)

    assert all(b.day - a.day == ONE_DAY for a, b in pairwise(found))
    for day in found:
        assert 100 * day.unmapped <= 2 * day.rows or at - end_of(day.day) < GIVEN_UP
    later = [day for day in days if found and day.day > found[-1].day]
    assert not later or at - end_of(found[-1].day + ONE_DAY) < GIVEN_UP


# What holds the watermark up, in a word


def held(days, **more):
    return held_up(days, lag=LAG, **more)


def test_where_nothing_was_ever_read_no_day_holds_it_up():
    assert held([]) == Held(None, Why.NOT_READ)


def test_each_rule_says_its_own_name_and_the_day():
    days = run_of(MONDAY, weeks_of(100, 100, 100, 100, 100))
    wednesday = 30  # of the fifth week
    day = days[wednesday]
    for wrong, why in (
        (replace(day, fetched_at=end_of(day.day) + LAG - timedelta(seconds=1)), Why.LATE),
        (replace(day, same_since=day.fetched_at), Why.LATE),
        (replace(day, unmapped=3), Why.UNMAPPED),
        (replace(day, rows=49), Why.LOW),
    ):
        assert held([*days[:wednesday], wrong, *days[wednesday + 1 :]]) == Held(day.day, why)
    assert held(days[:wednesday] + days[wednesday + 1 :]) == Held(day.day, Why.NOT_READ)


def test_a_source_without_rows_is_told_from_one_that_fell_silent():
    assert held(run_of(MONDAY, [0] * 10)) == Held(MONDAY, Why.NEVER_ANY_ROW)
    # Rows on a Sunday only: no business day can then be a low one.
    sunday = MONDAY - ONE_DAY
    fell_silent = run_of(sunday, [5] + [0] * 40)
    assert held(fell_silent) == Held(sunday + timedelta(days=29), Why.SILENT)


@calm
@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 3), st.integers(0, 12), st.integers(0, 3)),
        max_size=40,
    ),
    st.sets(st.integers(0, 40)),
)
def test_what_holds_it_up_is_always_the_day_after_it(facts, missing):
    days = [
        read(day, at=end_of(day) + age * ONE_DAY, rows=rows, unmapped=lost, same_for=same * ONE_DAY)
        for n, (rows, lost, age, same) in enumerate(facts)
        if n not in missing
        for day in [MONDAY + n * ONE_DAY]
    ]
    watermark, found = complete(days), held(days)

    if watermark is not None:
        assert found.day == watermark + ONE_DAY
    else:
        assert found.day == (min(day.day for day in days) if days else None)
    assert (found.why is Why.NOT_READ) is (found.day not in {day.day for day in days})


# One feed of several


def dry(days, **more):
    return dried_up(days, lag=LAG, **more)


@pytest.mark.parametrize(("usual", "found"), [(5, MONDAY + 4 * WEEK), (4, None)])
def test_a_feed_that_falls_silent_is_seen_where_it_usually_has_enough_rows(usual, found):
    assert dry(run_of(MONDAY, [*weeks_of(*[usual] * 4), 0, 0])) == found
    assert dry(run_of(MONDAY, weeks_of(*[usual] * 5))) is None


def test_a_silent_holiday_is_none_of_a_feed_that_dried_up():
    days = run_of(MONDAY, [*weeks_of(100, 100), 0, 100])
    holiday = MONDAY + 2 * WEEK

    assert dry(days) == holiday
    assert dry(days, holidays=[holiday]) is None


def test_a_feed_that_came_back_is_believed_once_the_silent_days_were_read_again():
    days = run_of(MONDAY, [*weeks_of(100, 100, 100), 0, 0, 100])
    back = days[-1].fetched_at
    reread = [replace(d, fetched_at=max(d.fetched_at, back + timedelta(days=1))) for d in days]

    assert dry(days) == MONDAY + 3 * WEEK
    assert dry(reread) is None


def test_a_feed_without_any_day_did_not_dry_up():
    assert dry([]) is None
