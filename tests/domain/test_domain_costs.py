"""What a person's weeks cost, and what is not known of it: which weeks count, and each gap."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unranked.domain.calendar import Absence, WorkCalendar, WorkPattern
from unranked.domain.costs import (
    CostSource,
    Gap,
    Missing,
    ToolCosts,
    complete_through,
    cost_between,
    costs_of,
    eligible_weeks,
)
from unranked.domain.usage import Window

TODAY = date(2026, 3, 6)
THROUGH = date(2026, 3, 4)  # a Wednesday: the last whole week ends on 1 March
LAST = date(2026, 2, 23)
WEEKS = tuple(LAST - timedelta(weeks=back) for back in range(7, -1, -1))
OFFICE = WorkCalendar(WorkPattern(known=True))
ONE_DAY = timedelta(days=1)


def tool(slug="acme", costs=None, *, currency="USD", source=CostSource.BILLED, **more):
    """Return a tool that costs this much on each of these days."""
    amounts = {(day, currency): Decimal(amount) for day, amount in (costs or {}).items()}
    return ToolCosts(slug, source, more.pop("through", THROUGH), amounts, **more)


def costs(*tools, calendar=OFFICE, through=THROUGH, today=TODAY):
    return costs_of(tools, calendar, through=through, today=today)


# Which weeks


def test_the_last_eight_weeks_that_are_over_and_complete_count():
    found = costs(tool())

    assert (found.weeks, found.through) == (WEEKS, THROUGH)
    assert costs(tool(), through=date(2026, 3, 1)).weeks == WEEKS
    assert costs(tool(), through=date(2026, 2, 28)).weeks[-1] == WEEKS[-2]  # not its Sunday yet


def test_a_week_of_leave_or_of_holidays_makes_room_for_an_earlier_one():
    leave = Absence(WEEKS[3], WEEKS[3] + timedelta(days=5))
    shut = frozenset(WEEKS[5] + n * ONE_DAY for n in range(5))
    found = costs(tool(), calendar=WorkCalendar(WorkPattern(known=True), shut, (leave,)))

    assert len(found.weeks) == 8
    assert not {WEEKS[3], WEEKS[5]} & set(found.weeks)
    assert found.weeks[0] == WEEKS[0] - timedelta(weeks=2)


def test_one_worked_day_makes_a_week_count():
    leave = Absence(WEEKS[3], WEEKS[3] + timedelta(days=4))

    assert costs(tool(), calendar=OFFICE.with_absences([leave])).weeks == WEEKS


def test_nobody_looks_back_further_than_sixteen_weeks():
    leave = Absence(LAST - timedelta(weeks=12), LAST)
    found = costs(tool(), calendar=OFFICE.with_absences([leave]))

    assert found.weeks == (*(LAST - timedelta(weeks=back) for back in (15, 14, 13)), LAST)


@pytest.mark.parametrize(
    "short",
    [{"since": WEEKS[0] + ONE_DAY}, {"through": WEEKS[7] + 5 * ONE_DAY}, {"through": None}],
)
def test_a_tool_that_does_not_cover_the_weeks_moves_none_of_them_and_is_a_gap(short):
    found = costs(tool(costs={WEEKS[0]: "8"}), tool("beta", {LAST: "800"}, **short))

    assert (found.weeks, found.through) == (WEEKS, THROUGH)
    assert found.gaps == (("beta", Gap.NOT_COMPLETE),)
    assert found.weekly == {"USD": Decimal(1)}
    assert found.missing is Missing.NOT_COMPLETE


def test_somebody_who_did_not_work_in_any_week_has_none():
    away = WorkCalendar(WorkPattern(known=True), absences=(Absence(date(2025, 1, 1)),))

    assert costs(tool(), calendar=away).missing is Missing.NO_WEEKS


def test_a_summary_goes_as_far_as_the_slowest_tool_that_is_not_long_behind():
    assert complete_through([]) is None
    assert complete_through([THROUGH, THROUGH - 7 * ONE_DAY]) == THROUGH - 7 * ONE_DAY
    assert complete_through([THROUGH, THROUGH - 8 * ONE_DAY]) == THROUGH
    assert complete_through([THROUGH - 30 * ONE_DAY]) == THROUGH - 30 * ONE_DAY


days = st.dates(date(2025, 10, 1), date(2026, 3, 4))


@given(
    st.lists(st.tuples(days, st.integers(1, 40)), max_size=4),
    st.frozensets(days, max_size=30),
    days,
)
def test_every_eligible_week_was_worked_in_and_is_over(leave, shut, through):
    away = tuple(Absence(first, first + timedelta(days=length)) for first, length in leave)
    calendar = WorkCalendar(WorkPattern(known=True), shut, away)
    found = eligible_weeks(calendar, through=through)

    assert list(found) == sorted(set(found))
    assert len(found) <= 8
    for week in found:
        assert week.weekday() == 0
        assert week + timedelta(days=6) <= through
        assert any(calendar.works_on(week + n * ONE_DAY) for n in range(7))


# How much


def test_the_cost_of_a_week_is_over_all_eligible_weeks_and_counts_none_outside_them():
    spent = {WEEKS[0]: "10", WEEKS[2] + 6 * ONE_DAY: "76.8", LAST + timedelta(days=7): "500"}
    spent[WEEKS[0] - ONE_DAY] = "500"
    found = costs(tool(costs=spent))

    assert found.totals == {"USD": Decimal("86.8")}
    assert found.one_weekly == Decimal("10.85")
    assert found.of_weeks == (10, 0, Decimal("76.8"), 0, 0, 0, 0, 0)


def test_two_tools_add_up_by_week():
    found = costs(tool(costs={WEEKS[0]: "4"}), tool("beta", {WEEKS[0]: "4", WEEKS[7]: "8"}))

    assert found.one_weekly == 2
    assert found.of_weeks == (8, 0, 0, 0, 0, 0, 0, 8)
    assert found.amounts[WEEKS[0], "beta"] == 4


def test_use_counts_as_recorded_within_the_weeks_alone():
    assert costs(tool(used=frozenset({WEEKS[0]}))).used
    assert not costs(tool(used=frozenset({WEEKS[0] - ONE_DAY, THROUGH}))).used


# What is not known


def test_without_complete_data_the_weeks_are_those_that_are_over_and_no_cost_is_known():
    found = costs(through=None)

    assert (found.weeks, found.through) == (WEEKS, None)
    assert (found.missing, found.one_weekly) == (Missing.NOT_COMPLETE, None)


def test_without_any_tool_of_theirs_a_week_costs_nothing():
    """Else the first token with a first tool would open the net and the ratio."""
    assert (costs().missing, costs().one_weekly) == (None, 0)


def test_a_tool_that_is_not_complete_is_a_gap_and_the_others_amounts_stay():
    found = costs(tool(costs={WEEKS[0]: "8"}), tool("beta", through=None))

    assert found.gaps == (("beta", Gap.NOT_COMPLETE),)
    assert found.weekly == {"USD": Decimal(1)}
    assert found.tools == ("acme",)
    assert (found.missing, found.one_weekly) == (Missing.NOT_COMPLETE, None)


def test_use_without_a_price_makes_the_amount_a_bound():
    spent = {WEEKS[0]: "8"}
    found = costs(tool(costs=spent, unpriced=frozenset({WEEKS[3]})))
    long_ago = costs(tool(costs=spent, unpriced=frozenset({WEEKS[0] - ONE_DAY})))

    assert (found.at_least, found.missing, found.one_weekly) == (True, Missing.UNPRICED, None)
    assert found.weekly == {"USD": Decimal(1)}
    assert (long_ago.at_least, long_ago.one_weekly) == (False, 1)


def test_two_currencies_have_no_one_amount():
    both = tool(costs={WEEKS[0]: "8"}), tool("beta", {WEEKS[0]: "16"}, currency="EUR")
    found = costs(*both)

    assert found.weekly == {"USD": 1, "EUR": 2}
    assert (found.missing, found.one_weekly) == (Missing.CURRENCIES, None)
    assert costs(both[1]).one_weekly is None  # and no rate makes euros dollars


def test_a_total_under_zero_is_pending_and_counts_as_zero():
    refund = costs(tool(costs={WEEKS[0]: "8", WEEKS[1]: "-9"}))
    settled = costs(tool(costs={WEEKS[0]: "8", WEEKS[1]: "-7.2"}))

    assert (refund.pending, refund.missing, refund.one_weekly) == (True, None, 0)
    assert (settled.pending, settled.one_weekly) == (False, Decimal("0.1"))


def test_a_seat_is_a_gap_of_its_own_and_not_in_the_cost():
    seat = tool("copilot", source=CostSource.PRICED, by_seat=True)
    found = costs(seat, tool(costs={WEEKS[0]: "8"}))

    assert found.gaps == (("copilot", Gap.BY_SEAT),)
    assert (found.tools, found.sources) == (("acme",), {CostSource.BILLED})
    assert (found.missing, found.one_weekly) == (None, 1)
    assert costs(seat).one_weekly == 0


# Over a window, for what stands beside finished work


WINDOW = Window(date(2026, 2, 5), date(2026, 3, 5))


def test_a_window_costs_what_its_days_cost_with_all_tools():
    spent = {WINDOW.start: "1", WINDOW.end - ONE_DAY: "2"}
    spent |= {WINDOW.start - ONE_DAY: "9", WINDOW.end: "9"}

    assert cost_between([tool(costs=spent), tool("beta", {LAST: "0.5"})], WINDOW) == Decimal("3.5")
    assert cost_between([tool(costs={LAST: "-3"})], WINDOW) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"through": None},
        {"through": WINDOW.end - 2 * ONE_DAY},
        {"since": WINDOW.start + ONE_DAY},
        {"unpriced": frozenset({WINDOW.start})},
        {"costs": {(LAST, "EUR"): Decimal(1)}},
    ],
)
def test_a_window_of_which_anything_is_unknown_has_no_cost(change):
    known = tool(costs={LAST: "1"})

    assert cost_between([known], WINDOW) == 1
    assert cost_between([replace(known, **change)], WINDOW) is None
    assert cost_between([known, replace(known, tool="beta", **change)], WINDOW) is None


def test_without_a_tool_a_window_costs_nothing():
    assert cost_between([], WINDOW) == 0
