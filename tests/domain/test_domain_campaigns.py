"""What may be launched, and how a campaign lives: the rules that the editor shows."""

from dataclasses import replace
from datetime import date, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unranked.domain.calendar import OpenHours
from unranked.domain.campaigns import (
    Design,
    Part,
    Problem,
    State,
    Step,
    last_draw,
    problems,
    step_days,
)
from unranked.domain.constants import NUDGE_GAP, NUDGES_PER_QUARTER, QUARTER, STEPS_MOST
from unranked.domain.maturity import Outcome, is_mature
from unranked.domain.segments import Segment

TODAY = date(2026, 11, 30)
TIPS = {"shorten_a_message", "odd_cases", "a_kind_no", "plan_backwards"}
GOOD = Design("First steps", TODAY, TODAY + timedelta(weeks=12), purpose="Everybody tries once.")


def found(**changes):
    return dict(problems(replace(GOOD, **changes), today=TODAY, tips=TIPS))


def test_a_design_as_the_editor_offers_it_can_be_launched():
    assert found() == {}


@pytest.mark.parametrize(
    ("changes", "part", "problem"),
    [
        ({"name": "  "}, Part.NAME, Problem.EMPTY),
        ({"name": "n" * 81}, Part.NAME, Problem.TOO_LONG),
        ({"purpose": "n" * 501}, Part.PURPOSE, Problem.TOO_LONG),
        ({"segments": frozenset()}, Part.SEGMENTS, Problem.NOBODY),
        ({"segments": frozenset({Segment.ACTIVE})}, Part.SEGMENTS, Problem.NOT_FOR_THEM),
        ({"segments": frozenset({Segment.UNKNOWN})}, Part.SEGMENTS, Problem.NOT_FOR_THEM),
        ({"steps": ()}, Part.STEPS, Problem.EMPTY),
        ({"steps": (Step(("gone",)),)}, Part.STEPS, Problem.UNKNOWN_TIP),
        ({"steps": (Step(tuple(sorted(TIPS))),)}, Part.STEPS, Problem.TOO_MANY_TIPS),
        ({"steps": (Step(("odd_cases", "odd_cases")),)}, Part.STEPS, Problem.TOO_MANY_TIPS),
        ({"steps": (Step(after_days=1),)}, Part.STEPS, Problem.TOO_CLOSE),
        ({"steps": (Step(), Step(after_days=13))}, Part.STEPS, Problem.TOO_CLOSE),
        ({"steps": (Step(), *3 * [Step(after_days=30)])}, Part.STEPS, Problem.ABOVE_CAPS),
        ({"steps": (Step(), *6 * [Step(after_days=60)])}, Part.STEPS, Problem.TOO_MANY_STEPS),
        ({"start_on": TODAY - timedelta(days=1)}, Part.START, Problem.PAST),
        ({"end_on": TODAY + timedelta(days=20)}, Part.END, Problem.TOO_SHORT),
        ({"end_on": TODAY + timedelta(days=365)}, Part.END, Problem.TOO_LONG),
        (
            {"end_on": TODAY + timedelta(days=48), "outcome": Outcome.P42},
            Part.END,
            Problem.TOO_SHORT,
        ),
        ({"hours": OpenHours(time(9), time(12))}, Part.HOURS, Problem.OUTSIDE_OFFICE_HOURS),
        ({"hours": OpenHours(time(12), time(17))}, Part.HOURS, Problem.OUTSIDE_OFFICE_HOURS),
        ({"hours": OpenHours(weekdays=frozenset())}, Part.HOURS, Problem.OUTSIDE_OFFICE_HOURS),
        ({"look_weeks": 3}, Part.LOOKS, Problem.OUT_OF_RANGE),
        ({"holdout": 0.0}, Part.HOLDOUT, Problem.OUT_OF_RANGE),
        ({"holdout": 0.6}, Part.HOLDOUT, Problem.OUT_OF_RANGE),
    ],
)
def test_each_mistake_is_said_of_its_own_part_alone(changes, part, problem):
    assert found(**changes) == {part: problem}


def test_the_bounds_themselves_are_no_mistake():
    assert found(end_on=TODAY + timedelta(days=21)) == {}
    assert found(end_on=TODAY + timedelta(days=364), holdout=0.05) == {}
    assert found(end_on=TODAY + timedelta(days=49), outcome=Outcome.P42, holdout=0.5) == {}
    assert (
        found(steps=(Step(), Step(after_days=14), Step(after_days=14), Step(after_days=64))) == {}
    )


steps = st.lists(st.integers(0, 120), min_size=1, max_size=STEPS_MOST + 1).map(
    lambda days: (Step(), *(Step(after_days=n) for n in days[1:]))
)


@given(steps)
def test_whatever_may_be_launched_could_reach_somebody_within_the_caps(given_steps):
    if found(steps=given_steps):
        return
    days = step_days(given_steps)
    assert all(b - a >= NUDGE_GAP.days for a, b in pairwise(days))
    for day in days:
        assert sum(day - QUARTER.days < other <= day for other in days) <= NUDGES_PER_QUARTER


@pytest.mark.parametrize(
    ("look_weeks", "outcome", "weeks"),
    [
        (0, Outcome.A14, [12]),
        (1, Outcome.A14, [*range(3, 13)]),
        (2, Outcome.A14, [4, 6, 8, 10, 12]),
        (4, Outcome.A14, [4, 8, 12]),
        (1, Outcome.P42, [*range(7, 13)]),
        (4, Outcome.P42, [8, 12]),
    ],
)
def test_looks_come_every_so_many_weeks_after_the_first_have_matured(look_weeks, outcome, weeks):
    design = replace(GOOD, look_weeks=look_weeks, outcome=outcome)

    assert design.look_days == tuple(TODAY + timedelta(weeks=n) for n in weeks)


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.sampled_from(Outcome))
def test_who_is_drawn_last_has_matured_a_week_before_the_last_look(end_on, outcome):
    drawn_on = last_draw(end_on, outcome)

    assert is_mature(outcome, drawn_on, end_on - timedelta(days=7))
    assert not is_mature(outcome, drawn_on + timedelta(days=1), end_on - timedelta(days=7))


@pytest.mark.parametrize("state", State)
def test_what_has_ended_never_begins_again_and_a_draft_is_launched_first(state):
    assert not State.ENDED.may_become(state)
    assert not state.may_become(State.DRAFT)
    assert State.DRAFT.may_become(state) == (state in {State.RUNNING, State.ENDED})
    assert state.may_become(State.ENDED) == (state is not State.ENDED)


def test_a_design_shows_no_words_of_the_team_in_a_log():
    assert "First steps" not in repr(GOOD)
    assert "Everybody" not in repr(GOOD)
    assert "Sales" not in repr(replace(GOOD, units=("Sales",)))
