"""A year of a small company, and all that can go wrong in it. A large one: `make simulate`."""

from contextlib import closing

import figures
import pytest
from postgres import fresh_database
from year import Year

PEOPLE = 75


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("simulation-year")
def test_a_year_of_accidents_sends_nothing_twice_too_often_or_at_the_wrong_time(tmp_path):
    with closing(Year(f"sqlite:///{tmp_path / 'unranked.db'}", PEOPLE, seed=1)) as year:
        year.run()
        found = dict(figures.rows(year))
        assert figures.said(year) == []

    # What did not happen was not tried either.
    happened = (
        ("campaigns launched", 8),
        ("  held", 3),
        ("messages planned", PEOPLE),
        ("  asked to wait (429)", 1),
        ("  5xx or no answer", 5),
        ("  looks into conversations", 20),
        ("kills", 50),
        ("times the other process came in between", 100),
        ("times both worked at once, in threads", 5),
        ("  twice", 5),
        ("days of use told late", 50),
        ("days restated", 50),
        ("checks made", 40_000),
    )
    assert {name: least for name, least in happened if found[name] < least} == {}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_weeks_of_accidents_on_postgresql(postgres_dsn):
    with closing(Year(fresh_database(postgres_dsn), 40, seed=2, days=14)) as year:
        year.run()
        assert figures.said(year) == []
        assert len(year.witness.arrivals) > 10
