"""The gate: whatever anybody works out of what is shown covers ten people or more."""

from itertools import combinations, product

import pytest
from classes import atoms
from hypothesis import given
from hypothesis import strategies as st

from unranked.domain.privacy import K, Partition

PEOPLE = [f"p{n}" for n in range(60)]


@st.composite
def families(draw):
    """Give groups that lie in, beside and across each other."""
    made = []
    for _ in range(draw(st.integers(1, 8))):
        start, size = draw(st.integers(0, 50)), draw(st.integers(0, 40))
        group = set(PEOPLE[start : start + size])
        made.append(group ^ draw(st.sets(st.sampled_from(PEOPLE), max_size=3)))
    return made


def members(partition, admitted):
    current = partition.current(admitted.atoms)
    return {one for one, atom in partition.atom_of.items() if atom in current}


@given(families())
def test_no_class_of_fewer_than_ten_is_ever_cut_out(family):
    partition, shown = Partition(), []
    for group in family:
        admitted = partition.admit(group)
        if admitted is not None:
            shown.append(members(partition, admitted))

    assert all(len(atom) >= K for atom in atoms(shown))


@given(families())
def test_no_sum_of_shown_groups_isolates_fewer_than_ten(family):
    partition, shown = Partition(), []
    for group in family:
        admitted = partition.admit(group)
        if admitted is not None and len(shown) < 4:
            shown.append(members(partition, admitted))

    for weights in product(range(-2, 3), repeat=len(shown)):
        told = {
            one: sum(weight for weight, group in zip(weights, shown, strict=True) if one in group)
            for one in PEOPLE
        }
        assert not 0 < sum(weight != 0 for weight in told.values()) < K


@given(families())
def test_what_was_shown_stays_shown_whatever_comes_after(family):
    partition, shown = Partition(), []
    for group in family:
        admitted = partition.admit(group)
        if admitted is not None:
            shown.append((admitted, members(partition, admitted)))

    assert all(members(partition, admitted) == before for admitted, before in shown)


@given(families())
def test_a_group_is_shown_as_it_is_or_as_most_of_it(family):
    partition = Partition()
    for group in family:
        admitted = partition.admit(group)
        if admitted is not None:
            held = members(partition, admitted)
            assert held <= group
            assert (held == group) is admitted.whole
            assert 100 * len(held) >= 80 * len(group)


@given(families())
def test_of_two_groups_one_holds_the_other_or_they_share_nobody(family):
    partition = Partition()
    found = [one for group in family if (one := partition.admit(group)) is not None]
    shown = [members(partition, one) for one in found]

    for one, other in combinations(shown, 2):
        assert one <= other or other <= one or not one & other


def test_a_team_of_one_less_is_refused():
    partition = Partition()
    everybody = set(PEOPLE[:24])

    assert partition.admit(everybody).whole
    assert partition.admit(everybody - {"p0"}) is None


def test_three_teams_of_twelve_are_shown_and_most_of_their_head():
    partition = Partition()
    teams = [set(PEOPLE[n * 12 : n * 12 + 12]) for n in range(3)]
    head = set(PEOPLE[:39])

    assert all(partition.admit(team).whole for team in teams)
    shown = partition.admit(head)
    assert not shown.whole
    assert partition.size(shown.atoms) == 36


def test_a_head_of_twelve_and_eight_is_not_shown():
    partition = Partition()

    assert partition.admit(set(PEOPLE[:12])).whole
    assert partition.admit(set(PEOPLE[12:20])) is None
    assert partition.admit(set(PEOPLE[:20])) is None


def test_a_group_inside_another_divides_it_where_both_parts_are_large_enough():
    partition = Partition()

    assert partition.admit(set(PEOPLE[:40])).whole
    assert partition.admit(set(PEOPLE[:20])).whole
    assert partition.admit(set(PEOPLE[:31])) is None


@pytest.mark.parametrize("k", [0, 1, 9, -10])
def test_ten_can_be_raised_and_never_lowered(k):
    with pytest.raises(ValueError, match="10 people"):
        Partition(k)


@pytest.mark.parametrize("k", [10, 11, 25])
def test_a_raised_least_holds(k):
    assert Partition(k).admit(set(PEOPLE[:k])).whole
    assert Partition(k).admit(set(PEOPLE[: k - 1])) is None
