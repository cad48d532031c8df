"""What /tokens does not say: nothing of days outside its weeks, nothing of tools that one lacks."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from signed import opened, words

from unranked.domain.calendar import WorkCalendar
from unranked.domain.costs import CostSource, ToolCosts, costs_of

THROUGH = date(2026, 3, 4)  # a Wednesday: the last whole week ends on 1 March
FIRST, LAST = date(2026, 1, 5), date(2026, 3, 1)


@given(st.lists(st.integers(-80, 20), max_size=3))
def test_use_counts_as_recorded_only_within_the_weeks_that_are_spoken_of(distances):
    days = frozenset(FIRST + timedelta(days=n) for n in distances)
    tool = ToolCosts("acme", CostSource.PRICED, THROUGH, {}, used=days)
    today = THROUGH + timedelta(days=2)
    costs = costs_of([tool], WorkCalendar(), through=THROUGH, today=today)

    assert (costs.weeks[0], costs.weeks[-1]) == (FIRST, date(2026, 2, 23))
    assert costs.used == any(FIRST <= day <= LAST for day in days)


def test_a_tool_that_somebody_does_not_have_is_not_explained_to_them(world):
    world.person("ada")
    world.person("bob", seats="beta")
    world.tools["acme"].use("ada@corp.example", date(2026, 2, 20))
    world.at("2026-03-06T10:00+00:00")
    world.begin()
    with opened(world) as front:
        answer = words(front.tokens("UADA"))

    assert "Acme" in answer
    assert "Beta" not in answer
