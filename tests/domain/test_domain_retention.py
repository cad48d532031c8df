from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unranked.domain.calendar import week_of
from unranked.domain.constants import LOOK_BACK_WEEKS, OUTCOME_DAYS
from unranked.domain.policy_terms import UNTIL_ERASED, Kept
from unranked.domain.retention import (
    MANY,
    Seen,
    active_days,
    assigned_until,
    daily_since,
    kept_since,
    parts,
    weekly_since,
)

DAYS = st.dates(date(2020, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(
    ("today", "months", "first"),
    [
        (date(2026, 11, 30), 13, date(2025, 10, 30)),
        (date(2026, 3, 31), 13, date(2025, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 12, 31), 12, date(2025, 12, 31)),
    ],
)
def test_months_are_those_of_the_calendar(today, months, first):
    assert kept_since(Kept("some months", months=months), today) == first


def test_what_goes_by_something_else_has_no_first_day():
    with pytest.raises(ValueError, match="something else than its age"):
        kept_since(UNTIL_ERASED, date(2026, 1, 1))


def test_the_times_of_the_method_on_the_calendar():
    today = date(2026, 11, 30)

    assert daily_since(today) == date(2026, 8, 2)
    assert weekly_since(today) == date(2025, 10, 27)  # the Monday before 30 October
    assert assigned_until(date(2026, 1, 1)) == date(2026, 3, 2)


@given(DAYS)
def test_days_are_kept_for_as_long_as_a_summary_of_fresh_figures_asks_for_them(today):
    through = today - timedelta(days=7)  # older ones are said to be stale

    assert daily_since(today) <= through - timedelta(days=4 * OUTCOME_DAYS)  # F6
    assert daily_since(today) <= week_of(today) - timedelta(weeks=LOOK_BACK_WEEKS)
    assert weekly_since(today).weekday() == 0
    assert weekly_since(today) < daily_since(today)


@given(st.sets(DAYS, max_size=40))
def test_every_day_is_in_one_part_of_one_week_and_one_quarter(days):
    found = list(parts(days))

    for day in days:
        assert sum(day in set(part.days.days()) for part in found) == 1
    for part in found:
        last = part.days.end - timedelta(days=1)
        assert {part.days.start, last} <= days
        assert part.since <= part.days.start
        assert week_of(part.since) == week_of(last)
        assert (part.since.year, (part.since.month - 1) // 3) == (last.year, (last.month - 1) // 3)
        assert part.since.weekday() == 0 or (part.since.day == 1 and part.since.month % 3 == 1)
    assert [part.since for part in found] == sorted({part.since for part in found})


def seen(days):
    return Seen(min(days), max(days), min(len(days), MANY))


@given(st.lists(st.sets(st.dates(date(2026, 1, 1), date(2026, 1, 9)), min_size=1), max_size=4))
def test_days_with_several_tools_are_counted_once_up_to_many(tools):
    together = set().union(*tools)

    assert active_days(map(seen, tools)) == min(len(together), MANY)
