"""Hints about cost: F9 and F10 with the worked numbers of method.md 1.9, and what is worth one."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unranked.domain.hints import (
    HintKind,
    ModelUse,
    hint,
    may_show,
)
from unranked.domain.usage import Tokens
from unranked.domain.value import Prices, cost


def prices(*amounts):
    return Prices(*(Decimal(one) for one in amounts))


BIG, SMALL = prices("5", "25", "0.5", "6.25", "10"), prices("1", "5", "0.1", "1.25", "2")
ROW_A = Tokens(n_in=120_000, n_out=80_000, n_cr=9_000_000, n_cw5=600_000)
SPENT = Decimal("10.85")


def use(tokens=ROW_A, known=BIG, smaller=SMALL, model="big"):
    return ModelUse(model, tokens, known, "small" if smaller else "", smaller)


# F9, a smaller model


def test_row_a_on_the_small_model_has_the_methods_numbers():
    paid, instead = cost(ROW_A, BIG).amount, cost(ROW_A, SMALL).amount
    found = hint([use()], spend=SPENT)

    assert (paid, instead) == (SPENT, Decimal("2.170"))
    assert paid / instead == 5  # kappa*
    assert found.saving == Decimal("7.595")
    assert (found.kind, found.model, found.other_model) == (HintKind.SMALLER_MODEL, "big", "small")
    assert found.paid == SPENT
    assert f"{found.instead:.2f}" == "3.26"


def scaled(times):
    """Return use that costs `times` dollars, and would cost 0.3 of it on the small model."""
    return Tokens(n_in=200_000 * times)


@pytest.mark.parametrize(
    ("times", "spend", "is_shown"),
    [
        (8, "8", True),  # saves 5.60 of 8
        (7, "7", False),  # saves 4.90: too little
        (10, "23", True),  # saves 7.00, and 30 % of 23 is 6.90
        (10, "24", False),  # 30 % of 24 is 7.20
    ],
)
def test_a_hint_needs_five_dollars_and_thirty_percent_of_all_that_was_spent(times, spend, is_shown):
    found = hint([use(scaled(times))], spend=Decimal(spend))

    assert (found is not None) is is_shown


def test_the_largest_saving_is_the_one_that_is_said_whatever_the_order():
    uses = [use(scaled(10), model="a"), use(scaled(20), model="b"), use(scaled(15), model="c")]

    assert hint(uses, spend=Decimal(20)).model == "b"
    assert hint(uses[::-1], spend=Decimal(20)).model == "b"
    assert hint([], spend=Decimal(20)) is None


@pytest.mark.parametrize(
    "unknown",
    [
        use(smaller=None),
        use(known=None),
        use(known=prices("5", "25", "0.5")),
        use(smaller=prices("1", "5")),
    ],
)
def test_without_every_price_nothing_is_said_of_a_model(unknown):
    often = replace(unknown, tokens=sum([ROW_A] * 10, Tokens()))

    assert hint([replace(often, prices=BIG, smaller=SMALL)], spend=SPENT) is not None
    assert hint([often], spend=SPENT) is None


# F10, a cache that does not pay


def break_even_reads(known, written):
    """Return rho* of F10 as the method writes it: the product compares two costs instead."""
    return (written - known.p_in) / (known.p_in - known.p_cr)


def test_the_break_even_of_reads_is_the_methods():
    five_minutes = break_even_reads(BIG, BIG.p_cw5)
    one_hour = break_even_reads(BIG, BIG.p_cw1h)

    assert (f"{five_minutes:.4g}", f"{one_hour:.4g}") == ("0.2778", "1.111")
    assert ROW_A.n_cr / (ROW_A.n_cw5 + ROW_A.n_cw1h) == 15  # rho of row A: healthy


def cached(written, read, *, for_hours=False, **other):
    name = "n_cw1h" if for_hours else "n_cw5"
    return use(Tokens(n_cr=read, **{name: written}, **other), smaller=None)


def test_a_cache_that_is_written_and_hardly_read_is_hinted_at():
    found = hint([cached(20_000_000, 0, n_in=10**7, n_out=10**7)], spend=Decimal(50))

    assert (found.kind, found.other_model) == (HintKind.CACHE, "")
    assert (found.paid, found.instead) == (125, 100)  # 6.25 and 5 for each million
    assert hint([use(smaller=None)], spend=SPENT) is None  # row A


@given(
    st.integers(10**6, 10**9),
    st.integers(0, 2 * 10**9),
    st.booleans(),
)
def test_a_cache_is_only_hinted_at_below_its_break_even(written, read, for_hours):
    one = cached(written, read, for_hours=for_hours)
    limit = break_even_reads(BIG, BIG.p_cw1h if for_hours else BIG.p_cw5)
    found = hint([one], spend=Decimal(0))

    if Decimal(read) / written >= limit:
        assert found is None
    elif found is not None:
        assert found.saving >= 5


def test_a_cache_of_which_a_price_is_unknown_is_not_spoken_of():
    tokens = Tokens(n_cw5=20_000_000, n_cw1h=1)

    assert hint([use(tokens, smaller=None)], spend=Decimal(50)) is not None
    known = prices("5", "25", "0.5", "6.25")
    assert hint([use(tokens, known=known, smaller=None)], spend=Decimal(50)) is None


def test_fewer_than_a_million_written_tokens_say_nothing_of_a_cache():
    dear = prices("1", "1", "0.1", "100", "100")
    least, fewer = (
        use(Tokens(n_cw5=written), known=dear, smaller=None) for written in (10**6, 10**6 - 1)
    )

    assert hint([least], spend=Decimal(100)).kind is HintKind.CACHE
    assert hint([fewer], spend=Decimal(100)) is None


# How often

DAY = date(2026, 3, 2)


def test_a_hint_comes_at_most_once_in_thirty_days_and_stays_through_its_day():
    assert may_show([], today=DAY)
    assert may_show([DAY], today=DAY)
    for days in (1, 29):
        assert not may_show([DAY], today=DAY + timedelta(days=days))
    assert may_show([DAY], today=DAY + timedelta(days=30))
    assert not may_show([DAY, DAY + timedelta(days=30)], today=DAY + timedelta(days=59))
