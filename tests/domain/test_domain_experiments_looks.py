"""When a campaign is looked at: the plan, the data-light rule, and what looks spend (3.4)."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from unranked.domain import stats
from unranked.domain.experiments import Counts, Spread, estimate
from unranked.domain.looks import Plan, information, may_look, take_look

START = date(2026, 10, 5)
DAYS = tuple(START + week * timedelta(days=7) for week in range(1, 13))
PLAN = Plan(400, 0.5, DAYS)
calm = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)  # each look is an integral


def even(people, share=0.2):
    """Return two arms of that many people each, of whom that share did it."""
    return Counts(people, round(people * share), people, round(people * share))


def history(plan, weeks):
    """Return the looks that were taken when these were the counts week by week."""
    taken = []
    for number, counts in enumerate(weeks, 1):
        look = take_look(plan, taken, number, counts)
        if look is not None:
            taken.append(look)
    return taken


@st.composite
def campaigns(draw):
    """Return a plan and what was counted on each of its days; figures may be restated."""
    number = draw(st.integers(1, 8))
    plan = Plan(draw(st.integers(40, 900)), draw(st.sampled_from([0.2, 0.5])), DAYS[:number])
    people, weeks = [0, 0], []
    for _ in range(number):
        for arm in (0, 1):
            people[arm] = max(0, people[arm] + draw(st.integers(-15, 70)))
        did = [draw(st.integers(0, one)) for one in people]
        weeks.append(Counts(people[0], did[0], people[1], did[1]))
    return plan, weeks


@pytest.mark.parametrize(
    ("people", "holdout", "days", "why"),
    [
        (0, 0.5, DAYS, "needs people"),
        (10, 0.5, (), "needs people"),
        (10, 0.0, DAYS, "two arms"),
        (10, 1.0, DAYS, "two arms"),
        (10, 0.5, (DAYS[1], DAYS[0]), "follow each other"),
        (10, 0.5, (DAYS[0], DAYS[0]), "follow each other"),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused(people, holdout, days, why):
    with pytest.raises(ValueError, match=why):
        Plan(people, holdout, days)


def test_a_look_is_due_from_its_day_on_and_a_missed_one_is_not_made_up_for():
    assert PLAN.due(DAYS[0] - timedelta(days=1)) == 0
    assert PLAN.due(DAYS[0]) == PLAN.due(DAYS[1] - timedelta(days=1)) == 1
    assert PLAN.due(DAYS[2]) == 3
    assert PLAN.due(DAYS[-1] + timedelta(days=400)) == PLAN.looks == 12


def test_persistence_is_read_when_everybody_of_the_last_look_has_matured_for_it():
    """Drawn 14 days before it, so 42 days old 28 days after it."""
    assert PLAN.persistence_day - DAYS[-1] == timedelta(days=28)


@pytest.mark.parametrize(
    ("counts", "before", "may"),
    [
        (Counts(20, 5, 20, 5), None, True),
        (Counts(19, 5, 20, 5), None, False),
        (Counts(20, 5, 19, 5), None, False),
        (Counts(20, 5, 20, 4), None, False),  # nine who did it
        (Counts(20, 16, 20, 14), None, True),
        (Counts(20, 16, 20, 15), None, False),  # nine who did not
        (Counts(20, 10, 20, 0), None, True),
        (Counts(30, 5, 30, 5), Counts(20, 5, 20, 5), True),
        (Counts(29, 5, 60, 5), Counts(20, 5, 20, 5), False),
        (Counts(60, 5, 29, 5), Counts(20, 5, 20, 5), False),
        (Counts(0, 0, 400, 200), None, False),
    ],
)
def test_the_data_light_rule_has_these_edges(counts, before, may):
    assert may_look(counts, before) is may


@pytest.mark.parametrize("looks", [4, 12])
def test_even_looks_have_the_worked_boundaries(looks):
    plan = Plan(480, 0.5, DAYS[:looks])
    taken = history(plan, [even(240 // looks * week, 0.5) for week in range(1, looks + 1)])

    worked = {4: [4.333, 2.963, 2.359, 2.014], 12: [7.676, 5.367, 4.333, 3.717]}[looks]
    assert [round(look.boundary, 3) for look in taken[:4]] == worked
    assert [look.number for look in taken] == list(range(1, looks + 1))
    assert taken[-1].last
    assert not any(look.last for look in taken[:-1])


@calm
@given(campaigns())
def test_looks_are_what_the_rules_say_whatever_comes(campaign):
    plan, weeks = campaign
    taken = history(plan, weeks)

    ts = [look.fraction for look in taken]
    assert [look.boundary for look in taken] == list(stats.boundaries(ts))
    for look in taken:
        assert look.interval == estimate(look.counts).interval(look.boundary)
        assert min(look.counts.nudge_n, look.counts.holdout_n) >= 20
        assert min(look.counts.did, look.counts.people - look.counts.did) >= 10
        assert look.last == (look.fraction == 1) == (look is taken[-1] and look.last)
    for before, look in pairwise(taken):
        more = look.counts.nudge_n - before.counts.nudge_n
        assert look.fraction > before.fraction
        assert min(more, look.counts.holdout_n - before.counts.holdout_n) >= 10 or (
            look.counts == before.counts and look.number == plan.looks
        )


@calm
@given(campaigns())
def test_what_was_skipped_changes_nothing(campaign):
    """The same looks come out when the weeks without one had never been planned."""
    plan, weeks = campaign
    taken = history(plan, weeks)
    days = [plan.look_days[look.number - 1] for look in taken]
    if not taken or plan.look_days[-1] not in days:
        return
    found = history(replace(plan, look_days=tuple(days)), [look.counts for look in taken[:-1]])

    assert [look.boundary for look in found] == [look.boundary for look in taken[:-1]]


@calm
@given(campaigns(), st.randoms(use_true_random=False))
def test_whether_a_look_is_taken_does_not_depend_on_who_did_it_in_which_arm(campaign, random):
    plan, weeks = campaign
    moved = []
    for one in weeks:
        low, high = max(0, one.did - one.holdout_n), min(one.did, one.nudge_n)
        nudged = random.randint(low, high)
        moved.append(Counts(one.nudge_n, nudged, one.holdout_n, one.did - nudged))

    assert [(look.number, look.boundary) for look in history(plan, moved)] == [
        (look.number, look.boundary) for look in history(plan, weeks)
    ]


def test_a_week_without_enough_people_spends_nothing():
    plan = replace(PLAN, look_days=DAYS[:4])
    with_gap = history(plan, [even(50), even(59), even(100), even(200)])

    assert [look.number for look in with_gap] == [1, 3, 4]
    assert with_gap[-1].boundary == stats.boundaries([0.25, 0.5, 1.0])[-1]


def test_the_last_look_spends_the_rest_however_few_have_come():
    plan = replace(PLAN, look_days=DAYS[:2])
    taken = history(plan, [even(50), even(100)])

    assert [look.fraction for look in taken] == [0.25, 1.0]
    assert taken[-1].boundary == stats.boundaries([0.25, 1.0])[-1] < 1.97


def test_the_last_look_with_few_new_people_tells_of_nobody_new():
    plan = replace(PLAN, look_days=DAYS[:2])
    first, last = history(plan, [even(50), Counts(58, 10, 57, 57)])

    assert last.counts == first.counts
    assert last.fraction == 1
    assert last.interval.middle == first.interval.middle
    assert last.interval.low > first.interval.low


def test_the_last_look_cannot_be_taken_where_there_never_was_enough():
    assert history(replace(PLAN, look_days=DAYS[:2]), [even(5), even(19)]) == []


def test_a_look_that_would_leave_too_few_for_the_last_one_is_not_taken():
    plan = Plan(100, 0.5, DAYS[:3])

    taken = history(plan, [even(25), even(41), even(50)])
    assert [look.number for look in taken] == [1, 3]
    assert [look.number for look in history(plan, [even(25), even(40), even(50)])] == [1, 2, 3]


def test_the_last_look_is_taken_though_a_few_never_came():
    plan = Plan(100, 0.5, DAYS[:2])

    assert [look.number for look in history(plan, [even(30), even(48)])] == [1, 2]


def test_of_a_small_holdout_more_people_must_be_left():
    plan = Plan(500, 0.2, DAYS[:3])
    weeks = [Counts(4 * n, 2 * n, n, n // 2) for n in (45, 91, 100)]

    assert [look.number for look in history(plan, weeks)] == [1, 3]
    weeks[1] = Counts(360, 180, 90, 45)
    assert [look.number for look in history(plan, weeks)] == [1, 2, 3]


def test_nothing_is_looked_at_once_all_have_matured():
    taken = history(PLAN, [even(100), even(200), even(300), even(400)])

    assert [look.fraction for look in taken] == [0.5, 1.0]
    assert taken[-1].last
    assert take_look(PLAN, taken, 12, even(400)) is None


def test_more_people_than_were_expected_are_no_more_than_all():
    (only,) = history(PLAN, [even(900)])

    assert only.fraction == 1
    assert only.counts == even(900)


@example(even(10), 0.5)
@given(st.integers(1, 500).map(even), st.floats(0.01, 1))
def test_information_never_falls_whatever_was_restated(counts, before):
    look = replace(history(PLAN, [even(50)])[0], fraction=before)

    assert before <= information(PLAN, counts, look) <= 1
    assert information(PLAN, counts) == min(1, counts.people / 400)


@pytest.mark.parametrize("number", [0, 1, 13, -1])
def test_a_look_that_went_by_or_is_not_planned_is_refused(number):
    with pytest.raises(ValueError, match="not one of those"):
        take_look(PLAN, history(PLAN, [even(50)]), number, even(80))


def test_teams_are_looked_at_with_their_spread_and_people_without():
    by_team, spread = replace(PLAN, by_team=True), Spread(1.5, 30.0)
    look = take_look(by_team, [], 1, even(50), spread)
    alone = take_look(PLAN, [], 1, even(50))

    assert look.spread == spread
    assert look.interval == estimate(even(50), spread).interval(look.boundary)
    assert look.boundary == alone.boundary
    for plan, found in ((by_team, None), (PLAN, spread)):
        with pytest.raises(ValueError, match="spread of teams"):
            take_look(plan, [], 1, even(50), found)


def test_the_last_look_at_teams_that_gained_few_keeps_their_spread():
    plan = replace(PLAN, by_team=True, look_days=DAYS[:2])
    first = take_look(plan, [], 1, even(50), Spread(1.5, 30.0))
    last = take_look(plan, [first], 2, even(51), Spread(9.0, 2.0))

    assert (last.counts, last.spread) == (first.counts, first.spread)
