"""What was undone within 14 days does not count, and nobody gains by undoing back and forth."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unranked.domain.constants import SURVIVAL
from unranked.domain.survival import Work, survivors

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
ADA, BO, NOBODY = 1, 2, 0


def work(number, author=ADA, *, days=0.0, undoes=0, repository="acme/web", called=""):
    """A work. called: how it calls what it undoes, where that is not its name."""
    return Work(
        START + timedelta(days=days),
        (repository, number, f"change {number}"),
        author,
        (repository, undoes, called or f"change {undoes}") if undoes else None,
    )


def counted(*works):
    return [one.place[1] for one in survivors(works, works)]


def test_what_nothing_undoes_counts_for_whoever_did_it():
    assert counted(work(1), work(2, BO), work(3, NOBODY)) == [1, 2]


@pytest.mark.parametrize("by", [ADA, BO, NOBODY])
@pytest.mark.parametrize("days", [0, 1, 13.99, 14])
def test_what_was_undone_within_14_days_does_not_count_and_neither_does_undoing(by, days):
    assert counted(work(1), work(2), work(3, by, days=days, undoes=1)) == [2]


def test_what_is_undone_after_14_days_stays_counted():
    assert counted(work(1), work(2, days=14.001, undoes=1)) == [1]


def test_what_was_put_back_within_14_days_counts_again_once():
    undone, back = work(2, BO, days=3, undoes=1), work(3, days=5, undoes=2)

    assert counted(work(1), undone, back) == [1]
    assert counted(work(1), undone, back, work(4, BO, days=6, undoes=3)) == []
    assert counted(work(1), undone, work(3, days=14.5, undoes=2)) == []


def test_the_14_days_are_those_of_the_first_work_and_not_of_what_undid_it():
    undone, back = work(2, BO, days=13, undoes=1), work(3, days=15, undoes=2)

    assert counted(work(1), undone, back) == []


def test_what_was_there_before_a_work_undoes_nothing_of_it():
    assert counted(work(1, days=2), work(2, days=1, undoes=1)) == [1]


def test_the_same_number_elsewhere_is_another_work():
    assert counted(work(1), work(1, repository="acme/ops"), work(2, days=1, undoes=1)) == [1]


def test_what_calls_a_work_by_another_name_undoes_nothing_and_still_never_counts():
    assert counted(work(1), work(2, days=1, undoes=1, called="change 2")) == [1]
    undone = work(2, BO, days=3, undoes=1)
    assert counted(work(1), undone, work(3, days=5, undoes=2, called="change 1")) == []


def test_what_undoes_something_of_long_ago_never_counts_whether_or_not_that_is_known():
    late = work(2, BO, days=40, undoes=1)
    assert counted(work(1), late) == [1]
    assert counted(late) == []


def test_two_that_undo_each_other_end_by_the_later_one():
    assert counted(work(1, undoes=2), work(2, days=1, undoes=1)) == []


def test_a_chain_of_any_length_can_be_told():
    chain = [work(n, days=n / 1000, undoes=n - 1) for n in range(2, 3000)]

    assert counted(work(1), *chain) == [1]
    assert counted(work(1), *chain[:-1]) == []


@st.composite
def histories(draw):
    """Any works at any times, each of which may undo another, itself or what is not there.

    Some do not know what that is called.
    """
    size = draw(st.integers(1, 12))
    numbers = st.integers(1, size + 1)
    return [
        work(
            number,
            draw(st.sampled_from([ADA, BO, NOBODY])),
            days=draw(st.integers(0, 40)) / 2,
            undoes=draw(st.just(0) | numbers),
            called=draw(st.sampled_from(["", "", "", "something else"])),
        )
        for number in range(1, size + 1)
    ]


def stood(one, works):
    """The rule said once more, slowly: what later work undid that was not itself undone."""
    later = [
        other
        for other in works
        if (other.at, other.place) > (one.at, one.place) and one.place == other.undoes
    ]
    return not any(stood(other, works) for other in later)


@given(histories())
def test_every_history_is_counted_by_the_rule(works):
    expected = []
    for one in works:
        in_time = [other for other in works if other.at <= one.at + SURVIVAL]
        same_moment = [o for o in in_time if o.at == one.at and o.place < one.place]
        undone_at_once = any(one.place == o.undoes and stood(o, in_time) for o in same_moment)
        if one.author and not one.undoes and stood(one, in_time) and not undone_at_once:
            expected.append(one)

    assert list(survivors(works, works)) == expected


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_works_are_told_changes_nothing(works, chance):
    mixed = chance.sample(works, len(works))

    assert set(survivors(mixed, works)) == set(survivors(works, mixed))


@given(histories(), st.sampled_from([ADA, BO]), st.integers(0, 40), st.integers(1, 13))
def test_one_more_that_undoes_adds_nothing_beyond_what_was_done(works, author, halves, target):
    more = [*works, work(99, author, days=halves / 2, undoes=target)]
    before, after = Counter(), Counter()
    before.update(one.author for one in works if one.author and not one.undoes)
    after.update(one.author for one in survivors(more, more))

    assert after <= before
    assert not any(one.undoes for one in survivors(more, more))
    if not any(one.undoes for one in works if one.place[1] == target):
        assert set(survivors(more, more)) <= set(survivors(works, works))


@given(histories())
def test_what_comes_after_the_14_days_of_a_work_need_not_be_known(works):
    for one in works:
        around = [other for other in works if one.at <= other.at <= one.at + SURVIVAL]

        assert list(survivors([one], around)) == list(survivors([one], works))
