"""The figures of a person's summary: the worked example of method.md, and each line's gate."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unranked.domain.calendar import WorkCalendar, WorkPattern
from unranked.domain.costs import Costs, CostSource, Missing, ToolCosts, costs_of
from unranked.domain.personal import Finished, Unknown, summarise, work_of
from unranked.domain.pulse import MINUTES
from unranked.domain.usage import Window
from unranked.domain.worth import Change, Likely, NotYet

TODAY = date(2026, 3, 6)
LAST = date(2026, 2, 23)
THROUGH = date(2026, 3, 4)
WEEKS = tuple(LAST - timedelta(weeks=back) for back in range(7, -1, -1))
SAID = dict(zip(WEEKS, [90, 180, 15, None, 45, 360, 90, 45], strict=True))
OFFICE = WorkCalendar(WorkPattern(known=True))
minutes = st.sampled_from([*MINUTES.values(), None])


def costs(weekly="10.85", **more):
    """Return eight eligible weeks of this cost each."""
    amounts = {(week, "USD"): Decimal(weekly) for week in WEEKS}
    tool = ToolCosts("acme", CostSource.BILLED, date(2026, 3, 4), amounts, **more)
    return costs_of([tool], OFFICE, through=THROUGH, today=TODAY)


def summary(answers, *, of=None, today=TODAY, work=None):
    return summarise(of or costs(), answers, today=today, work=work)


def digits(number, places=4):
    return f"{float(number):.{places}g}"


def test_the_worked_example_of_the_method_comes_out():
    found = summary(SAID)

    assert found.value == Likely(Decimal(90), Decimal(45), Decimal(180))
    assert (len(found.answered), len(found.costs.weeks)) == (7, 8)
    assert (found.weekly, found.weighted) == (Decimal("10.85"), Decimal(2_170_000))
    net = found.net
    assert [digits(one) for one in (net.middle, net.low, net.high)] == ["79.15", "34.15", "169.2"]
    per = found.per_cost.per_million
    assert [digits(one) for one in (per.middle, per.low, per.high)] == ["41.47", "20.74", "82.95"]
    assert not found.per_cost.at_least


@given(st.lists(minutes, max_size=8))
def test_whether_a_week_was_answered_changes_nothing_of_its_cost(said):
    found = summary(dict(zip(WEEKS, said, strict=False)))

    assert (found.weekly, found.weighted) == (Decimal("10.85"), Decimal(2_170_000))


def test_nobody_can_answer_only_in_cheap_weeks():
    amounts = {(week, "USD"): Decimal(80) for week in WEEKS[4:]}
    tool = ToolCosts("acme", CostSource.BILLED, date(2026, 3, 4), amounts)
    found = summary(
        dict.fromkeys(WEEKS[:4], 90), of=costs_of([tool], OFFICE, through=THROUGH, today=TODAY)
    )

    assert (found.weekly, found.net.middle) == (40, 50)


def test_a_skipped_week_is_missing_and_never_zero():
    skipped = summary(dict.fromkeys(WEEKS[:4], 90) | dict.fromkeys(WEEKS[4:]))
    nothing = summary(dict.fromkeys(WEEKS[:4], 90) | dict.fromkeys(WEEKS[4:], 0))

    assert skipped.value.middle == 90
    assert nothing.value.middle == 45
    assert len(skipped.answered) == 4


def test_answers_of_weeks_that_are_not_eligible_say_nothing_about_a_typical_week():
    before = {WEEKS[0] - timedelta(weeks=back): 480 for back in range(1, 5)}
    after = {LAST + timedelta(weeks=1): 480}

    assert summary(before | after).value == NotYet(0, 4)
    assert summary(SAID | before | after).value == summary(SAID).value


def test_fewer_than_four_answers_say_no_value_and_the_cost_all_the_same():
    found = summary(dict.fromkeys(WEEKS[:3], 90))

    assert found.value == NotYet(3, 4)
    assert (found.net, found.per_cost) == (None, None)
    assert found.weekly == Decimal("10.85")


def test_a_negative_value_has_a_net_and_no_ratio():
    found = summary(dict(zip(WEEKS, [-90, -30, -30, 0, 15], strict=False)))

    assert digits(found.net.middle) == "-40.85"
    assert found.per_cost is None


def test_without_any_cost_the_ratio_is_a_bound_and_the_net_the_value():
    found = summary(dict.fromkeys(WEEKS, 90), of=costs("0"))

    assert found.net == found.value
    assert (found.per_cost.per_million.middle, found.per_cost.at_least) == (450, True)


@pytest.mark.parametrize(
    ("of", "missing"),
    [
        (Costs(None, WEEKS), Missing.NOT_COMPLETE),
        (costs(unpriced=frozenset({LAST})), Missing.UNPRICED),
        (replace(costs(), through=None), Missing.NOT_COMPLETE),
        (replace(costs(), totals={"USD": Decimal(1), "EUR": Decimal(1)}), Missing.CURRENCIES),
    ],
)
def test_a_value_without_one_known_cost_stands_alone(of, missing):
    found = summary(SAID, of=of)

    assert of.missing is missing
    assert found.value == Likely(Decimal(90), Decimal(45), Decimal(180))
    assert (found.weekly, found.weighted, found.net, found.per_cost) == (None, None, None, None)


# Compared with the quarter before: the worked example of 1.7, in blocks that are everybody's.

NOW_SAID = [45, 90, 15, 90, 180, 45, 90, 90, 180]
BEFORE_SAID = [15, 45, 0, 15, 45, 45, 15, 90, 0]
BLOCK = timedelta(weeks=13)
START = date(2024, 1, 1) + 8 * BLOCK  # 29 December 2025: the block before it is over


def quarter(start, said):
    return {start + timedelta(weeks=number): one for number, one in enumerate(said)}


def changes(today, answers):
    return summary(answers, today=today).change


def test_a_quarter_is_compared_with_the_one_before_it_once_it_is_over():
    answers = quarter(START - BLOCK, NOW_SAID) | quarter(START - 2 * BLOCK, BEFORE_SAID)
    swapped = quarter(START - BLOCK, BEFORE_SAID) | quarter(START - 2 * BLOCK, NOW_SAID)

    every_day = [START + timedelta(days=day) for day in range(91)]
    assert {changes(day, answers) for day in every_day} == {Change.HIGHER}
    assert changes(START, swapped) is Change.LOWER
    assert changes(START, quarter(START - BLOCK, NOW_SAID)) == NotYet(0, 8)
    same = quarter(START - BLOCK, NOW_SAID) | quarter(START - 2 * BLOCK, NOW_SAID)
    assert changes(START, same) is Change.NOT_CLEAR


def test_the_quarter_that_runs_does_not_change_the_comparison_before_its_end():
    answers = quarter(START - BLOCK, NOW_SAID) | quarter(START - 2 * BLOCK, BEFORE_SAID)
    running = answers | quarter(START, [-90] * 13)

    assert changes(START + BLOCK - timedelta(days=1), running) is Change.HIGHER
    assert changes(START + BLOCK, running) is Change.LOWER


def test_seven_answers_in_a_quarter_say_nothing_and_a_skipped_week_is_none():
    before = quarter(START - 2 * BLOCK, BEFORE_SAID)

    assert changes(START, before | quarter(START - BLOCK, NOW_SAID[:7])) == NotYet(7, 8)
    skipped = before | quarter(START - BLOCK, [*NOW_SAID[:7], None, None])
    assert changes(START, skipped) == NotYet(7, 8)


@given(st.decimals("0", "500", places=2), st.decimals("0", "500", places=2))
def test_no_cost_of_any_time_changes_the_comparison(first, second):
    answers = quarter(START - BLOCK, NOW_SAID) | quarter(START - 2 * BLOCK, BEFORE_SAID)
    found = [summary(answers, of=costs(str(one)), today=START).change for one in (first, second)]

    assert found == [Change.HIGHER, Change.HIGHER]


# Finished work, beside

WINDOW = Window(date(2026, 2, 5), date(2026, 3, 5))
SEVEN = Finished("Forge", "pr_merged", 7, WINDOW)


def test_finished_work_stands_beside_its_cost_as_in_the_method():
    work = work_of(SEVEN, Decimal("43.40"))

    assert work.count == 7
    assert digits(work.cost.middle) == "6.053"
    assert [digits(work.cost.low), digits(work.cost.high)] == ["3.891", "10.16"]
    assert summary(SAID, work=work).net == summary(SAID).net


def test_what_cannot_be_counted_or_divided_has_no_cost():
    for unknown in Unknown:
        assert work_of(Finished("Forge", "pr_merged", unknown=unknown), Decimal(1)) is None
    assert work_of(None, Decimal(1)) is None
    assert work_of(SEVEN, None).cost is None
    assert work_of(replace(SEVEN, count=0), Decimal(84)).cost is None
    assert work_of(replace(SEVEN, count=4), Decimal(84)).cost.middle is None
