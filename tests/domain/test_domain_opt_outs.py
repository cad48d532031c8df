"""A share of those who opted out, from which no count from 1 to 19 can be worked out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unranked.domain.opt_outs import OptOuts, opt_outs


@st.composite
def people(draw):
    sent = draw(st.one_of(st.integers(0, 300), st.integers(0, 100_000)))
    return sent, draw(st.one_of(st.integers(0, min(40, sent)), st.integers(0, sent)))


@given(people())
def test_everybody_under_twenty_is_said_alike(found):
    sent, opted_out = found
    said = opt_outs(opted_out, sent)

    if opted_out < 20:
        assert said == opt_outs(0, sent)
        assert said is None or said.fewer
    else:
        assert said is None or not said.fewer or said.share == 1


@given(people())
def test_what_is_said_is_true_and_comes_back_as_it_was_stored(found):
    sent, opted_out = found
    said = opt_outs(opted_out, sent)
    if said is None:
        return

    assert OptOuts.of(str(said)) == said
    assert said.people == sent // 10 * 10
    assert 0 < said.share <= 50
    if said.fewer:
        assert opted_out / sent < said.share / 100
    else:
        assert abs(opted_out / sent - said.share / 100) <= 0.005 + 1e-9


@pytest.mark.parametrize("sent", [0, 1, 19, 20, 39])
def test_of_few_people_nothing_is_said(sent):
    assert opt_outs(0, sent) is None
    assert opt_outs(min(sent, 3), sent) is None


@pytest.mark.parametrize(
    ("opted_out", "sent", "said"),
    [
        (0, 40, "fewer 50 40"),
        (19, 1_009, "fewer 2 1000"),
        (20, 1_009, "about 2 1000"),
        (0, 100_000, "fewer 1 100000"),
    ],
)
def test_what_is_said_of_some_numbers(opted_out, sent, said):
    assert str(opt_outs(opted_out, sent)) == said


def test_more_than_half_is_no_share():
    assert opt_outs(60, 100) is None


@pytest.mark.parametrize("stored", ["", "many 1 20", "fewer 1", "about x 20"])
def test_anything_else_is_no_share(stored):
    with pytest.raises(ValueError, match=r"."):
        OptOuts.of(stored)


def test_more_who_opted_out_than_people_is_a_mistake():
    with pytest.raises(ValueError, match="not among"):
        opt_outs(3, 2)
