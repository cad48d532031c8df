"""From what is said of a total and its parts no count from 1 to 19 can be worked out."""

from itertools import combinations, product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from unranked.domain.counts import rounded
from unranked.domain.disclosure import (
    Between,
    Cells,
    counted,
    is_vague,
    known,
    of_cells,
    sayable,
    worked_out,
)
from unranked.domain.segments import NUDGED, Segment

OTHER = "other"
sizes = st.one_of(st.integers(0, 60), st.integers(0, 25), st.sampled_from([19, 29, 39, 199, 4_000]))
reasons = st.dictionaries(
    st.sampled_from(["started", "declined", "gone", "late", "closed", "quiet", OTHER]), sizes
)
others = st.lists(sizes, min_size=4, max_size=4)


def possible(said_parts, beside, said_sum, said_total):
    """Return what each number can be, by narrowing from all sides until nothing changes."""
    leaves = [*map(known, said_parts), *map(known, beside)]
    inner, total = known(said_sum), known(said_total)
    count = len(said_parts)
    while True:
        before = (list(leaves), inner, total)
        if said_parts:
            low, high = (sum(one[end] for one in leaves[:count]) for end in (0, 1))
            inner = Between(max(inner.low, low), min(inner.high, high))
            leaves[:count] = worked_out(inner, leaves[:count])
        nodes = [inner, *leaves[count:]]
        low, high = (sum(one[end] for one in nodes) for end in (0, 1))
        total = Between(max(total.low, low), min(total.high, high))
        inner, *leaves[count:] = worked_out(total, nodes)
        if (list(leaves), inner, total) == before:
            return [*leaves, inner]


@given(reasons, others)
@example({str(n): 29 for n in range(9)} | {OTHER: 19}, [0, 0, 0, 0])
@example({"started": 29, "gone": 29, "late": 29}, [19, 19, 19, 19])
@example({"started": 57, "gone": 3}, [0, 0, 0, 0])
def test_nothing_under_twenty_is_left_with_fewer_than_five_possible_values(parts, beside):
    said = sayable(parts, other=OTHER, beside=beside)
    inner = sum(parts.values())

    found = possible(tuple(said.values()), beside, inner, inner + sum(beside))
    assert all(one.high - one.low + 1 >= 5 for one in found if one.low < 20)


@given(reasons, others)
def test_the_parts_that_are_said_are_all_of_their_sum_and_each_may_be_said(parts, beside):
    said = sayable(parts, other=OTHER, beside=beside)

    assert all(count >= 20 for count in said.values())
    assert not said or sum(said.values()) == sum(parts.values())
    assert all(count == parts[name] for name, count in said.items() if name != OTHER)
    assert len(said) != 1


@given(st.lists(sizes, min_size=2, max_size=2), st.lists(st.integers(0, 40), max_size=1))
def test_what_can_be_worked_out_is_what_trying_all_numbers_finds(parts, beside):
    total = known(sum(parts) + sum(beside))
    of_each = [known(count) for count in (*parts, *beside)]
    fitting = [
        tried
        for tried in product(*(range(one.low, one.high + 1) for one in of_each))
        if total.low <= sum(tried) <= total.high
    ]

    assert worked_out(total, of_each) == [
        Between(min(column), max(column)) for column in zip(*fitting, strict=True)
    ]


def test_ten_parts_of_nineteen_would_be_known_and_are_not_said():
    assert not is_vague([19] * 10, [])
    assert is_vague([40, 30], [100])


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({}, {}),
        ({"started": 19}, {}),
        ({"started": 60, "gone": 3}, {}),
        ({"started": 60, "gone": 30, "late": 5}, {"started": 60, OTHER: 35}),
        ({"started": 60, "gone": 15, "late": 5}, {"started": 60, OTHER: 20}),
        ({"started": 60, "gone": 30}, {"started": 60, "gone": 30}),
        ({"started": 60, OTHER: 30}, {"started": 60, OTHER: 30}),
    ],
)
def test_small_reasons_are_said_as_one(parts, said):
    assert sayable(parts, other=OTHER, beside=[100, 0, 0, 0]) == said


@given(st.integers(0, 10_000))
def test_what_is_known_of_a_number_is_what_it_is_said_as(count):
    found = known(count)

    assert found.low <= count <= found.high
    assert {rounded(one) for one in range(found.low, found.high + 1)} == {rounded(count)}


CHOICES = [frozenset(some) for n in range(5) for some in combinations(sorted(NUDGED), n)]
"""Every choice of segments that a draft can make of a unit."""


@st.composite
def units(draw):
    """A unit that may be named, with people in any of its segments; the others have started."""
    left = of = draw(st.integers(20, 120))
    people = {}
    for one in draw(st.permutations(sorted(NUDGED))):
        people[one] = draw(st.one_of(st.integers(0, left), st.just(left), st.just(left // 20 * 10)))
        left -= people[one]
    return Cells(people, of)


def said_of(*found):
    return [of_cells(found, choice) for choice in CHOICES]


@given(units())
@example(Cells({Segment.NEVER_USED: 20, Segment.TRIED_ONCE: 20}, 40))
@example(Cells({Segment.NEVER_USED: 40}, 40))
def test_from_all_drafts_of_a_unit_nobody_can_conclude_that_a_whole_unit_has_not_started(unit):
    """The very numbers that are said fit what is said, and ten people of the unit started."""
    other = Cells(counted(unit), unit.of)

    assert sum(other.people.values()) <= unit.of - 10
    assert said_of(other) == said_of(unit)


@given(st.lists(units(), max_size=4))
def test_what_is_said_of_units_and_segments_is_a_sum_of_numbers_that_no_choice_changes(several):
    alone = {one: sum(of_cells([unit], {one}) for unit in several) for one in NUDGED}

    assert said_of(*several) == [sum(alone[one] for one in choice) for choice in CHOICES]


@given(units())
def test_what_is_said_of_a_segment_is_in_tens_and_never_more_than_there_are(unit):
    said = counted(unit)

    assert said.keys() == NUDGED
    assert all(people % 10 == 0 for people in said.values())
    assert all(0 <= people <= unit.people[one] for one, people in said.items())


@pytest.mark.parametrize(
    ("people", "of", "said"),
    [
        ({Segment.NEVER_USED: 20, Segment.TRIED_ONCE: 20}, 40, [10, 20]),
        ({Segment.NEVER_USED: 20, Segment.TRIED_ONCE: 20}, 50, [20, 20]),
        ({Segment.NEVER_USED: 19, Segment.TRIED_ONCE: 31}, 50, [10, 30]),
        ({Segment.NEVER_USED: 20, Segment.TRIED_ONCE: 30}, 50, [20, 20]),
        ({Segment.NEVER_USED: 10, Segment.TRIED_ONCE: 9}, 19, [0, 0]),
        ({Segment.NEVER_USED: 9}, 9, [0, 0]),
    ],
)
def test_the_largest_segment_gives_up_the_people_who_are_not_counted(people, of, said):
    found = counted(Cells(people, of))

    assert [found[one] for one in (Segment.NEVER_USED, Segment.TRIED_ONCE)] == said
