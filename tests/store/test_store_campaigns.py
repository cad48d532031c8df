"""Campaigns and the looks at them: what is read back is what was stored."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from math import inf

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from unranked.domain.calendar import OpenHours
from unranked.domain.campaigns import LOOK_WEEKS, Design, Phase, Step
from unranked.domain.experiments import Counts, Interval, Spread
from unranked.domain.looks import Look
from unranked.domain.maturity import Outcome
from unranked.domain.segments import NUDGED
from unranked.store import Store, campaigns, designs, looks
from unranked.store.campaigns import StoredCampaign
from unranked.store.looks import Skipped

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
calm = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def store(store_url):
    with closing(Store.open(store_url)) as opened:
        opened.migrate()
        yield opened


words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=80)
days = st.dates(date(2026, 1, 1), date(2030, 1, 1))
hours = st.builds(
    OpenHours,
    st.times(time(9, 30), time(11)),
    st.times(time(12), time(16, 30)),
    st.frozensets(st.integers(0, 6)),
)
made = st.builds(
    Design,
    name=words,
    start_on=days,
    end_on=days,
    purpose=words,
    segments=st.frozensets(st.sampled_from(sorted(NUDGED))),
    units=st.lists(words, max_size=3).map(tuple),
    steps=st.lists(
        st.builds(Step, st.lists(words, max_size=3).map(tuple), st.integers(0, 99)), max_size=4
    ).map(tuple),
    hours=hours,
    phase=st.sampled_from(Phase),
    outcome=st.sampled_from(Outcome),
    look_weeks=st.sampled_from(LOOK_WEEKS),
    holdout=st.none() | st.floats(0.05, 0.5),
)


def campaign(**changes):
    first = StoredCampaign("c-1", "first", bytes(32), 0.5, "draft", NOW)
    return replace(first, **changes)


@given(made)
def test_a_design_comes_back_as_it_was_written(design):
    assert designs.of_text(designs.as_text(design)) == design


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"name": "x"}'])
def test_what_is_no_design_is_said_to_be_none(text):
    with pytest.raises(ValueError, match=r"design|JSON|Expecting"):
        designs.of_text(text)


@calm
@given(made, st.lists(days, unique=True, max_size=12))
def test_a_campaign_comes_back_as_it_was_stored(store, design, look_days):
    one = campaign(design=design, people=120, look_days=tuple(sorted(look_days)), by_team=True)
    with store.write() as tx:
        tx.exec_driver_sql("DELETE FROM campaign")
        campaigns.add(tx, one)
    with store.read() as tx:
        assert campaigns.one(tx, "c-1") == campaigns.find(tx, "first") == one
        assert campaigns.every(tx) == [one]
        assert campaigns.one(tx, "c-2") is None


def test_of_two_editors_the_second_one_learns_of_the_first(store):
    with store.write() as tx:
        campaigns.add(tx, campaign())
    with store.read() as tx:
        mine = theirs = campaigns.one(tx, "c-1")
    with store.write() as tx:
        assert campaigns.save(tx, replace(mine, state="running"))
        assert not campaigns.save(tx, replace(theirs, state="ended"))
    with store.read() as tx:
        found = campaigns.one(tx, "c-1")
    assert (found.state, found.revision) == ("running", 1)


def test_before_the_launch_there_is_no_plan_and_after_it_the_one_that_was_fixed(store):
    assert campaign().plan is None
    plan = campaign(people=120, look_days=(date(2026, 12, 21), date(2026, 12, 28))).plan
    assert (plan.people, plan.holdout, plan.looks, plan.by_team) == (120, 0.5, 2, False)


counts = st.tuples(*4 * [st.integers(0, 500)]).map(
    lambda n: Counts(n[0] + n[1], n[1], n[2] + n[3], n[3])
)
ends = st.floats(-1, 1)
taken = st.builds(
    Look,
    number=st.just(3),
    counts=counts,
    fraction=st.floats(0.01, 1),
    boundary=st.floats(1.9, 12),
    interval=st.builds(Interval, ends, ends, ends),
    last=st.booleans(),
    spread=st.none() | st.builds(Spread, st.floats(1, 9), st.just(inf) | st.floats(1, 400)),
)


@calm
@given(taken, st.sampled_from(Outcome))
def test_a_look_comes_back_as_it_was_taken(store, look, kind):
    with store.write() as tx:
        tx.exec_driver_sql("DELETE FROM campaignlook")
        looks.record(tx, "c-1", kind, Skipped(2), now=NOW)
        looks.record(tx, "c-1", kind, look, now=NOW)
    with store.read() as tx:
        assert looks.taken(tx, "c-1", kind) == [look]
        assert looks.last_number(tx, "c-1", kind) == 3
        assert looks.taken(tx, "c-2", kind) == []
        assert looks.last_number(tx, "c-2", kind) == 0


def test_a_look_is_taken_once(store):
    with store.write() as tx:
        looks.record(tx, "c-1", Outcome.A14, Skipped(1), now=NOW)
    with pytest.raises(IntegrityError), store.write() as tx:
        looks.record(tx, "c-1", Outcome.A14, Skipped(1), now=NOW + timedelta(days=7))
