"""Groups, windows, the gate and bands: method.md 4.2 to 4.6."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unranked.domain import released
from unranked.domain.cohorts import WINDOW, quarter_before, quarter_of, windows
from unranked.domain.digests import practice_of
from unranked.domain.privacy import K, atoms, may_release
from unranked.domain.released import SpendFacts, Trend
from unranked.domain.usage import Window

Q4 = Window(date(2026, 10, 1), date(2027, 1, 1))
PEOPLE = [f"p{n}" for n in range(60)]
FAMILIES = st.lists(st.sets(st.sampled_from(PEOPLE), min_size=1), max_size=6)


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_every_day_is_in_one_quarter_and_quarters_follow_each_other(day):
    quarter = quarter_of(day)

    assert quarter.start <= day < quarter.end
    assert quarter.start.day == 1
    assert quarter_before(quarter).end == quarter.start


@given(size=st.integers(10, 200), late=st.integers(0, 91))
def test_windows_are_whole_and_never_begin_before_the_group_was_frozen(size, late):
    frozen = Q4.start + timedelta(days=late)
    found = windows(Q4, frozen_on=frozen, size=size)

    assert all(one.start >= frozen and one.end <= Q4.end for one in found)
    assert all((one.end - one.start) % WINDOW == timedelta(0) for one in found)
    assert len(found) <= (3 if size >= 50 else 1)


def test_small_groups_have_one_window_a_quarter_and_large_ones_three():
    assert windows(Q4, frozen_on=Q4.start, size=49) == (Window(Q4.start, date(2026, 12, 24)),)
    assert [one.start for one in windows(Q4, frozen_on=Q4.start, size=50)] == [
        date(2026, 10, 1),
        date(2026, 10, 29),
        date(2026, 11, 26),
    ]


# method.md 4.5: A is 24 people, B is A without one; a director's 39 are three teams of 12 and 3.
def test_the_worked_atoms_of_the_method_come_out():
    a = set(PEOPLE[:24])
    assert sorted(len(atom) for atom in atoms([a, a - {"p0"}])) == [1, 23]
    assert may_release(a, [])
    assert not may_release(a - {"p0"}, [a])

    teams = [set(PEOPLE[n : n + 12]) for n in (0, 12, 24)]
    assert not may_release(set(PEOPLE[:39]), teams)
    assert may_release(set(PEOPLE[:36]), teams)
    assert not may_release(set(PEOPLE[:8]), [])


@given(FAMILIES)
def test_whatever_is_released_no_combination_of_groups_cuts_out_fewer_than_ten(family):
    out = []
    for group in family:
        if may_release(group, out):
            out.append(group)

    assert all(len(atom) >= K for atom in atoms(out))


@given(size=st.integers(10, 60), hidden=st.integers(0, 60))
def test_a_group_with_more_than_a_tenth_unresolved_is_not_shown(size, hidden):
    assert may_release(set(PEOPLE[:size]), [], unresolved=hidden) is (10 * hidden <= size)


def test_the_least_size_cannot_be_lowered():
    with pytest.raises(ValueError, match="only be raised"):
        may_release(set(PEOPLE), [], k=9)
    assert not may_release(set(PEOPLE[:24]), [], k=25)


@pytest.mark.parametrize(
    ("active", "people", "band"),
    [
        (0, 10, "share3_low"),
        (3, 10, "share3_low"),
        (4, 12, "share3_middle"),
        (8, 12, "share3_middle"),
        (9, 12, "share3_high"),
        (24, 24, "share3_high"),
        (0, 25, "share5_1"),
        (5, 25, "share5_2"),
        (19, 25, "share5_4"),
        (20, 25, "share5_5"),
        (25, 25, "share5_5"),
    ],
)
def test_shares_have_three_bands_and_five_from_25_people_on(active, people, band):
    assert released.share_band(active, people) == band


@given(people=st.integers(10, 300), data=st.data())
def test_one_person_moves_a_share_by_one_band_at_most(people, data):
    active = data.draw(st.integers(0, people - 1))
    scale = released.FIVE if people >= released.MANY else released.THREE
    one, other = (scale.index(released.share_band(n, people)) for n in (active, active + 1))

    assert abs(one - other) <= 1


def facts(amounts, clip):
    clipped = sorted((min(Decimal(a), clip) for a in amounts), reverse=True)
    return SpendFacts(sum(clipped), clipped[0], sum(clipped[2:]))


# method.md 4.6: a spend of 900 20 15 15 10 10 10 10 5 5, clipped at 60.
def test_the_worked_clipping_of_the_method_comes_out():
    amounts = (900, 20, 15, 15, 10, 10, 10, 10, 5, 5)
    unclipped, clipped = facts(amounts, Decimal(900)), facts(amounts, Decimal(60))

    assert unclipped.beyond_two == 80
    assert released.spend_band(unclipped, 25, 1) is None
    assert clipped.total / 10 == 16
    assert clipped.beyond_two >= Decimal("0.1") * clipped.largest
    assert released.spend_band(clipped, 25, 1) == "spend_2"


@given(
    amounts=st.lists(st.integers(0, 10_000), min_size=25, max_size=60),
    other=st.integers(0, 10_000),
    clip=st.integers(1, int(released.CLIP_MOST)),
)
def test_one_person_moves_the_spend_by_one_band_at_most(amounts, other, clip):
    people = len(amounts)
    bands = [
        released.spend_band(facts(all_of_them, Decimal(clip)), people, 1)
        for all_of_them in (amounts, [other, *amounts[1:]])
    ]
    if None not in bands:
        one, two = (released.SPEND.index(band) for band in bands)
        assert abs(one - two) <= 1


def test_spend_is_not_said_of_fewer_than_25():
    assert released.spend_band(SpendFacts(Decimal(500), Decimal(25), Decimal(450)), 24, 1) is None


@pytest.mark.parametrize(
    ("total", "people", "clip"),
    [("2000", 100, "60"), ("1", 100, "0.03"), ("9999999", 100, "125"), ("2000", 99, None)],
)
def test_the_clip_is_three_times_the_mean_to_one_digit_and_never_too_large(total, people, clip):
    found = released.clip(Decimal(total), people)

    assert found == (None if clip is None else Decimal(clip))


def test_a_trend_compares_bands_of_one_scale_only():
    assert released.trend("share3_low", "share3_high") is Trend.UP
    assert released.trend("share5_3", "share5_3") is Trend.SAME
    assert released.trend("spend_6", "spend_1") is Trend.DOWN
    assert released.trend("share3_low", "share5_2") is None
    assert released.trend("spend_not_shown", "spend_1") is None


def test_size_is_said_in_bands():
    bands = [released.size_band(n).value for n in (10, 24, 25, 49, 50, 99, 100, 20_000)]
    low, high = ["size_10_24", "size_25_49"], ["size_50_99", "size_100"]
    assert bands == [*(one for one in (*low, *high) for _ in range(2))]


@given(
    names=st.lists(st.text(min_size=1), min_size=26, max_size=40, unique=True),
    manager=st.text(),
)
def test_26_weeks_bring_26_practices_even_when_one_is_added_on_the_way(names, manager):
    had = []
    for week in range(60):
        later = names[13:] if week < 30 else [*names[13:], "new"]
        chosen = practice_of(manager, names[:13], later, had[-25:])
        assert chosen is not None
        had.append(chosen)

    assert all(len(set(had[n : n + 26])) == 26 for n in range(len(had) - 25))
