"""Which tip a person gets: one that they have not had, every one as likely."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from unranked.domain.nudges import tip_for

NAMES = st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=8, unique=True)


@given(tips=NAMES, had=st.sets(st.text(max_size=5)), draw=st.floats(0, 1))
def test_a_tip_that_the_person_had_does_not_come_again_while_there_is_another(tips, had, draw):
    chosen = tip_for(tips, had, draw)

    assert chosen in tips
    assert chosen not in had or set(tips) <= had


@given(tips=NAMES, had=st.sets(st.sampled_from("abc")))
def test_every_tip_that_is_left_is_as_likely(tips, had):
    left = [tip for tip in tips if tip not in had] or tips
    steps = 100 * len(left)
    drawn = Counter(tip_for(tips, had, (n + 0.5) / steps) for n in range(steps))

    assert drawn == dict.fromkeys(left, 100)


def test_the_ends_of_the_draw_give_the_first_and_the_last():
    assert tip_for(["a", "b", "c"], (), 0.0) == "a"
    assert tip_for(["a", "b", "c"], (), 1.0) == "c"
