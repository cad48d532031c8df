"""Strict mode: noise that is drawn once, one figure a quarter, and a budget for the year (4.7)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from test_services_digests import quarter_lived

from unranked.domain.released import EPSILON, EPSILON_A_YEAR, Mechanism
from unranked.domain.usage import Window
from unranked.services import releases
from unranked.store import ledger
from unranked.store.ledger import Release
from unranked.store.tables import AtomDraw, table
from unranked.store.tables import Release as ReleaseTable

pytestmark = pytest.mark.slow
_draw, _release = table(AtomDraw), table(ReleaseTable)


class Drawn:
    """Noise that is known: so much more than there are. asked: the counts it was drawn for."""

    def __init__(self, more):
        self.more, self.asked = more, []

    def __call__(self, count):
        self.asked.append(count)
        return count + self.more


def rows(world, *columns):
    with world.runtime.store.read() as tx:
        return [tuple(row) for row in tx.execute(select(*columns))]


def test_the_band_is_of_the_count_with_noise_and_says_so(world, tmp_path):
    noise = Drawn(-9)
    world.runtime = replace(world.runtime, noise=noise)
    message = quarter_lived(world, tmp_path, 12, 12)

    assert "under a third" in message  # 3 of 12, where all 12 were active
    assert "Noise was added" in message
    assert noise.asked == [12]
    shown = rows(world, _release.c.statistic, _release.c.mechanism, _release.c.epsilon)
    assert sorted(shown) == [("share", Mechanism.LAPLACE, EPSILON), ("size", Mechanism.BANDS, 0)]


def test_what_was_drawn_once_is_never_drawn_again(world, tmp_path):
    noise = Drawn(0)
    world.runtime = replace(world.runtime, noise=noise)
    quarter_lived(world, tmp_path, 12, 12)
    with world.runtime.store.write() as tx:
        tx.execute(_release.delete())  # as if the figure had never been let out
    releases.release(world.runtime)

    assert noise.asked == [12]
    assert rows(world, _draw.c.counted) == [(12,)]
    assert len(rows(world, _release.c.band)) == 2


def test_a_group_of_many_has_one_figure_a_quarter_and_no_spend(world, tmp_path):
    world.runtime = replace(world.runtime, noise=Drawn(0))
    message = quarter_lived(world, tmp_path, 51, 51)

    assert "USD" not in message
    assert {start for (start,) in rows(world, _release.c.window_start)} == {date(2026, 1, 1)}
    bands = dict(rows(world, _release.c.statistic, _release.c.band))
    assert bands.keys() == {"size", "share", "spend"}
    assert bands["spend"] == "spend_not_shown"  # what has no noise is not shown


@pytest.mark.parametrize("windows", [3, 4])
def test_a_year_tells_no_more_than_its_budget_whatever_was_let_out_before(world, tmp_path, windows):
    world.runtime = replace(world.runtime, noise=Drawn(0))
    with world.runtime.store.write() as tx:
        ledger.record(tx, [of_the_past(n) for n in range(windows)])
    message = quarter_lived(world, tmp_path, 12, 12)

    spent = sum(epsilon for (epsilon,) in rows(world, _release.c.epsilon))
    assert spent == EPSILON_A_YEAR
    assert ("over two thirds" in message) is (windows == 3)


def of_the_past(n):
    """Return a figure with noise of some window of the year before."""
    start = date(2025, 2, 1) + timedelta(days=84 * n)
    window = Window(start, start + timedelta(days=28))
    now = datetime(2025, 12, 31, tzinfo=UTC)
    return Release(
        f"u-{n}", "share", window, start, "", "share3_low", now, Mechanism.LAPLACE, EPSILON
    )
