"""F3 to F7: the worked numbers of method.md 1.4 to 1.7, and what must hold for all of them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unranked.domain import stats
from unranked.domain.finished import Past, cost_of_work
from unranked.domain.worth import (
    Change,
    Likely,
    NotYet,
    change,
    net_value,
    typical_week,
    value_per_cost,
)

BUCKETS = [-90, -30, 0, 15, 45, 90, 180, 360, 480]
ANSWERS = [90, 180, 15, 45, 360, 90, 45]
NEGATIVE = [-90, -30, -30, 0, 15]
answers = st.lists(st.sampled_from(BUCKETS), min_size=4, max_size=13)
costs = st.decimals("0", "5000", places=2)


def digits(number, places=4):
    """Return a number to four significant digits, as the method writes it."""
    return f"{float(number):.{places}g}"


@pytest.mark.parametrize(("n", "k"), [(4, 1), (5, 1), (6, 1), (7, 2), (8, 2), (10, 3), (12, 4)])
def test_the_place_of_the_order_statistic_is_the_methods(n, k):
    assert stats.order_statistic(n) == k


def test_a_typical_week_is_the_median_with_its_range():
    assert typical_week(ANSWERS) == Likely(Decimal(90), Decimal(45), Decimal(180))
    assert typical_week([0, 15, 45, 90]) == Likely(Decimal(30), Decimal(0), Decimal(90))
    assert typical_week(NEGATIVE) == Likely(Decimal(-30), Decimal(-90), Decimal(15))


def test_with_fewer_than_four_answers_there_is_none_yet():
    assert typical_week([90, 90]) == NotYet(2, 4)
    assert typical_week([]) == NotYet(0, 4)


def test_net_value_and_ratios_are_those_of_the_worked_example():
    value = typical_week(ANSWERS)
    net = net_value(value, Decimal("10.85"))
    ratio = value_per_cost(value, Decimal("10.85"))

    assert [digits(one) for one in (net.middle, net.low, net.high)] == ["79.15", "34.15", "169.2"]
    million = ratio.per_million
    assert digits(million.middle) == "41.47"
    assert [digits(million.low), digits(million.high)] == ["20.74", "82.95"]
    assert digits(ratio.per_currency.middle) == "8.295"
    assert digits(ratio.cost_per_hour) == "7.233"
    assert not ratio.at_least


def test_two_million_tokens_more_make_everything_worse():
    value = typical_week(ANSWERS)
    ratio = value_per_cost(value, Decimal("17.10"))

    assert digits(net_value(value, Decimal("17.10")).middle) == "72.9"
    assert digits(ratio.per_million.middle) == "26.32"
    assert digits(ratio.per_currency.middle) == "5.263"
    assert digits(ratio.cost_per_hour) == "11.4"


def test_a_value_that_may_be_negative_has_no_ratio():
    value = typical_week(NEGATIVE)

    assert digits(net_value(value, Decimal("10.85")).middle) == "-40.85"
    assert value_per_cost(value, Decimal("10.85")) is None


def test_without_any_cost_the_ratio_is_a_bound_and_no_infinity():
    value = typical_week(ANSWERS)
    ratio = value_per_cost(value, Decimal(0))

    assert (digits(ratio.per_million.middle), ratio.at_least) == ("450", True)
    assert net_value(value, Decimal(0)) == value


@given(answers, costs, costs)
def test_no_cost_improves_anything_and_no_cost_opens_a_gate(minutes, cost, more):
    value = typical_week(minutes)
    before, after = value_per_cost(value, cost), value_per_cost(value, cost + more)

    assert net_value(value, cost + more).middle <= net_value(value, cost).middle
    assert (before is None) == (after is None)
    if before and after:
        assert after.per_million.middle <= before.per_million.middle
        assert after.per_million.low <= before.per_million.low
        assert after.per_million.high <= before.per_million.high
        assert after.per_currency.middle <= before.per_currency.middle
        assert after.cost_per_hour >= before.cost_per_hour
        assert before.at_least or not after.at_least


@given(answers)
def test_the_range_holds_the_median_and_one_wild_answer_moves_it_little(minutes):
    value = typical_week(minutes)
    wild = typical_week([*minutes[:-1], 480])

    assert value.low <= value.middle <= value.high
    assert {value.low, value.high} <= set(minutes)
    assert wild.middle <= sorted([*minutes, 480])[len(minutes) // 2 + 1]


def test_finished_work_costs_what_the_worked_example_says():
    def ends(found):
        return [digits(one) for one in (found.middle, found.low, found.high)]

    assert ends(cost_of_work(7, Decimal(84))) == ["11.72", "7.531", "19.66"]
    assert ends(cost_of_work(7, Decimal(134))) == ["18.69", "12.01", "31.36"]
    assert ends(cost_of_work(7, Decimal("43.40"))) == ["6.053", "3.891", "10.16"]
    past = Past(20, Decimal(300), 0.5)
    assert ends(cost_of_work(7, Decimal(84), past)) == ["13.63", "10.16", "18.87"]


def test_little_finished_work_has_a_range_only_and_none_has_nothing():
    assert cost_of_work(4, Decimal(84)).middle is None
    assert cost_of_work(0, Decimal(84)) is None


@given(st.integers(1, 60), costs, costs, st.integers(0, 40), costs)
def test_more_cost_now_or_in_the_past_never_makes_work_cheaper(count, cost, more, old, old_cost):
    def ends(cost, old_cost):
        found = cost_of_work(count, cost, Past(old, old_cost, 0.5))
        return found.low, found.high, found.middle or Decimal(0)

    base = ends(cost, old_cost)
    slack = Decimal("1.000000001")
    for worse in (ends(cost + more, old_cost), ends(cost, old_cost + more)):
        assert all(new * slack >= old for new, old in zip(worse, base, strict=True))


NOW, BEFORE = [45, 90, 15, 90, 180, 45, 90, 90, 180], [45, 15, 0, 15, 45, 45, 15, 90, 0]


def test_a_quarter_is_higher_only_where_chance_would_rarely_say_so():
    wins, chance = stats.mann_whitney(NOW, BEFORE)

    assert (wins, digits(chance)) == (68.5, "0.01255")
    assert change(NOW, BEFORE) is Change.HIGHER
    assert change(BEFORE, NOW) is Change.LOWER
    assert change(NOW, NOW) is Change.NOT_CLEAR
    assert change([15] * 9, [15] * 9) is Change.NOT_CLEAR
    assert change(NOW[:7], BEFORE) == NotYet(7, 8)


@given(
    st.lists(st.sampled_from(BUCKETS), min_size=8, max_size=13),
    st.lists(st.sampled_from(BUCKETS), min_size=8, max_size=13),
)
def test_a_change_turned_round_is_the_opposite(now, before):
    opposite = {
        Change.HIGHER: Change.LOWER,
        Change.LOWER: Change.HIGHER,
        Change.NOT_CLEAR: Change.NOT_CLEAR,
    }
    assert change(before, now) is opposite[change(now, before)]
