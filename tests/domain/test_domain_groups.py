"""Groups, windows, the gate and bands: method.md 4.2 to 4.6."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from classes import atoms
from hypothesis import given
from hypothesis import strategies as st

from unranked.domain import released
from unranked.domain.cohorts import WINDOW, quarter_before, quarter_of, windows
from unranked.domain.digests import practice_of
from unranked.domain.released import SpendFacts, Trend
from unranked.domain.usage import Window

Q4 = Window(date(2026, 10, 1), date(2027, 1, 1))
PEOPLE = [f"p{n}" for n in range(60)]


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_every_day_is_in_one_quarter_and_quarters_follow_each_other(day):
    quarter = quarter_of(day)

    assert quarter.start <= day < quarter.end
    assert quarter.start.day == 1
    assert quarter_before(quarter).end == quarter.start


@given(often=st.booleans(), late=st.integers(0, 91))
def test_windows_are_whole_and_never_begin_before_the_group_was_frozen(often, late):
    frozen = Q4.start + timedelta(days=late)
    found = windows(Q4, frozen_on=frozen, often=often)

    assert all(one.start >= frozen and one.end <= Q4.end for one in found)
    assert all((one.end - one.start) % WINDOW == timedelta(0) for one in found)
    assert len(found) <= (3 if often else 1)


def test_small_groups_have_one_window_a_quarter_and_large_ones_three():
    assert windows(Q4, frozen_on=Q4.start, often=False) == (Window(Q4.start, date(2026, 12, 24)),)
    assert [one.start for one in windows(Q4, frozen_on=Q4.start, often=True)] == [
        date(2026, 10, 1),
        date(2026, 10, 29),
        date(2026, 11, 26),
    ]


# method.md 4.5: A is 24 people, B is A without one.
def test_the_worked_atoms_of_the_method_come_out():
    a = set(PEOPLE[:24])
    assert sorted(len(atom) for atom in atoms([a, a - {"p0"}])) == [1, 23]


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


@given(
    amounts=st.lists(st.integers(0, 10_000), min_size=25, max_size=60),
    clip=st.integers(1, int(released.CLIP_MOST)),
)
def test_what_people_spend_is_no_reason_not_to_say_it(amounts, clip):
    assert released.spend_band(facts(amounts, Decimal(clip)), len(amounts), 1) is not None


def test_it_would_be_one_with_the_clip_of_the_narrowest_band():
    heavy_two = [*[10_000] * 2, *[0] * 23]
    assert released.spend_band(facts(heavy_two, Decimal(125)), 25, 1) is None


def test_spend_is_not_said_of_fewer_than_25():
    assert released.spend_band(SpendFacts(Decimal(500), Decimal(25), Decimal(450)), 24, 1) is None


@pytest.mark.parametrize(
    ("total", "people", "clip"),
    [
        ("1000", 100, "30"),
        ("1", 100, "0.03"),
        ("2000", 100, "50"),
        ("9999999", 100, "50"),
        ("2000", 99, None),
    ],
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
