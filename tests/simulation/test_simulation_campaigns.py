"""A few dozen campaigns whose truth is planted; thousands of them by `make simulate`."""

import pytest
from rates import BASE
from trials import Truth, run, words

SEED = 11
NOTHING, EFFECT, BROUGHT_FORWARD, SMALL = 20, 8, 6, 12


@pytest.fixture(scope="module")
def trials(tmp_path_factory):
    """Give all campaigns, looked at by the same runs in one database."""
    truths = [
        *[Truth(120, 0.3) for _ in range(NOTHING // 2)],
        *[Truth(240, 0.6, sooner=True, weeks=(2, 4)) for _ in range(NOTHING // 2)],
        *[Truth(160, BASE, 0.2) for _ in range(EFFECT)],
        *[Truth(160, BASE, 0.25, stays=0.8, lasts=False) for _ in range(BROUGHT_FORWARD)],
        *[Truth(30, BASE, 0.05) for _ in range(SMALL)],
    ]
    file = tmp_path_factory.mktemp("campaigns") / "unranked.db"
    found = iter(run(f"sqlite:///{file}", truths, seed=SEED, send=False))
    return {
        name: [next(found) for _ in range(many)]
        for name, many in (
            ("nothing", NOTHING),
            ("effect", EFFECT),
            ("brought forward", BROUGHT_FORWARD),
            ("small", SMALL),
        )
    }


pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("simulation-campaigns"),
]


def test_weekly_looks_show_an_effect_that_is_not_there_only_rarely(trials):
    """One of 20 are expected. In half of them the nudged start sooner, and no more of them:
    counting people whose two weeks are not over would show an effect in most of those."""
    shown = sum(one.missed() for one in trials["nothing"])

    assert shown <= 3
    assert sum(len(one.taken) for one in trials["nothing"]) >= 2 * NOTHING


def test_an_early_look_is_as_wide_as_the_published_boundaries_say(trials):
    """2.963 errors at half of the information (Lan-DeMets), where a plain interval has 1.96."""
    every = [pair for one in trials["nothing"] for pair in one.boundaries()]
    early = [width for share, width in every if share <= 0.5]

    assert len(early) >= 10
    assert min(early) >= 2.96
    assert min(width for _, width in every) >= 1.95


def test_a_planted_effect_is_found_and_its_size_is_right(trials):
    said = words(trials["effect"])

    assert said["works"] + said["brought_forward"] >= EFFECT * 0.6
    assert sum(one.missed() for one in trials["effect"]) <= 2


def test_what_is_only_brought_forward_is_not_said_to_last(trials):
    said = words(trials["brought forward"])

    assert said["works"] <= 1
    assert said["brought_forward"] >= BROUGHT_FORWARD / 2


def test_small_campaigns_cannot_tell(trials):
    assert words(trials["small"])["cannot_tell"] >= SMALL - 1
