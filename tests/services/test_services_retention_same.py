"""What retention must not move: segments, summaries, results, whatever anybody's past was."""

from datetime import date, timedelta
from itertools import count
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from long_past import (
    ANYBODYS,
    FIRST,
    TODAY,
    TOOLS,
    Account,
    History,
    account_key,
    long_past,
    with_more,
)

from unranked.domain.maturity import Outcome, did
from unranked.domain.retention import daily_since, weekly_since
from unranked.domain.segments import Segment
from unranked.domain.usage import AccountKind, Window
from unranked.services import retention
from unranked.store import activity, coverage, enrolments, programme, results
from unranked.store.pages import EVERYBODY
from unranked.store.tables import EverUsed, Usage, UsageWeek
from unranked.store.vault import EVER

FEEDS = dict.fromkeys(TOOLS, ("usage",))
EDGES = [*range(1, 5), *range(117, 124), *range(388, 405), 500, 799]
WHEN = st.one_of(st.sampled_from(EDGES), st.integers(1, 800))
DAYS = st.frozensets(WHEN, max_size=12)
HABIT = st.integers(1, 60).map(lambda apart: frozenset(range(1, 800, apart)))


def back(days):
    return TODAY - timedelta(days=days)


@st.composite
def accounts(draw):
    handed_over = back(draw(WHEN))
    owners = draw(
        st.sampled_from(
            [
                ((EVER, "p-ada"),),
                ((EVER, "p-bob"),),
                ((EVER, "p-ada"), (handed_over, "p-bob")),
                ((EVER, None), (handed_over, "p-ada")),
                ((EVER, "p-ada"), (handed_over, None)),
            ]
        )
    )
    kind = draw(st.sampled_from([AccountKind.MEMBER, AccountKind.MEMBER, AccountKind.KEY]))
    return Account(draw(st.sampled_from(TOOLS)), owners, draw(DAYS | HABIT), kind)


@st.composite
def histories(draw):
    since = st.sampled_from([FIRST, back(500), back(200), back(121), back(30)])
    through = st.sampled_from([back(2), back(2), back(5), back(9), back(150), None])
    return History(
        accounts=tuple(draw(st.lists(accounts(), min_size=1, max_size=4))),
        since={tool: draw(since) for tool in TOOLS},
        through={tool: draw(through) for tool in TOOLS},
        seats=draw(st.sampled_from([FIRST, back(300), back(20)])),
        dated=draw(st.booleans()),
        weekdays=draw(st.sampled_from([frozenset(range(5)), frozenset({0, 3}), None])),
    )


@pytest.fixture(scope="module")
def fresh():
    """Give a new database's address each time."""
    with TemporaryDirectory() as folder:
        numbers = count()
        yield lambda: f"sqlite:///{folder}/{next(numbers)}.db"


GENERATED = settings(
    # A history of years is worth many short ones, and takes as long.
    max_examples=settings.get_profile("unranked").max_examples // 5,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    # To explain a failure every line would be traced: a history of years takes long as it is.
    phases=[phase for phase in Phase if phase is not Phase.explain],
)


def everybodys(past):
    """Return all that is read of people's past, in whichever form it is kept."""
    known = {tool: day for tool in TOOLS if (day := through(past, tool))}
    before = Window(date(2026, 4, 1), date(2026, 7, 1))
    now = Window(date(2026, 7, 1), date(2026, 10, 1))
    with past.runtime.store.read() as tx:
        done = activity.of_everybody(tx, FEEDS, known, today=past.days[0])
        after = {
            (who, day): activity.is_active_after(tx, who, FEEDS, after=back(day))
            for who in ("p-ada", "p-bob")
            for day in (1, 119, 120, 121, 300, 800)
        }
        quarters = programme.quarters(tx, before, now, FEEDS, without=())
    return done, after, quarters


def through(past, tool):
    with past.runtime.store.read() as tx:
        return coverage.completeness(tx)[tool].complete_through


@GENERATED
@given(history=histories(), later=st.integers(0, 9))
def test_segments_and_all_that_is_read_of_the_past_are_the_same_for_every_history(
    fresh, history, later
):
    with long_past(fresh(), history) as past:
        past.at(TODAY + timedelta(days=later))
        weeks = {back(n * 7): 60 for n in range(10, 40, 3)}  # Mondays
        past.answered("p-ada", weeks)
        before, facts = past.placed(), everybodys(past)
        said = {who: past.summary(who) for who in ("p-ada", "p-bob")}

        retention.run(past.runtime)

        assert everybodys(past) == facts
        assert past.placed() == before
        assert {who: past.summary(who) for who in said} == said


@GENERATED
@given(history=histories(), nights=st.sets(st.integers(0, 40), max_size=6))
def test_it_is_the_same_after_many_nights_as_after_one_and_after_none(fresh, history, nights):
    with long_past(fresh(), history) as never, long_past(fresh(), history) as nightly:
        for night in sorted({*nights, 40}):
            nightly.at(back(40 - night))
            retention.run(nightly.runtime)

        assert everybodys(nightly) == everybodys(never)
        assert nightly.placed() == never.placed()
        retention.run(never.runtime)
        for model in (UsageWeek, EverUsed):
            assert nightly.rows(model) == never.rows(model)


@GENERATED
@given(history=histories(), others=DAYS | HABIT, nights=st.sets(st.integers(0, 40), max_size=2))
def test_what_is_kept_of_somebody_is_the_same_whatever_anybody_else_did(
    fresh, history, others, nights
):
    colleague = Account("beta", ((EVER, "p-cem"),), others)
    with (
        long_past(fresh(), history) as alone,
        long_past(fresh(), with_more(history, colleague)) as beside,
    ):
        key = account_key(len(history.accounts))
        for night in sorted({*nights, 40}):
            for past in (alone, beside):
                past.at(back(40 - night))
                retention.run(past.runtime)

        for model in (UsageWeek, EverUsed):
            own = [row for row in beside.rows(model) if row["account_key"] != key]
            assert own == alone.rows(model)


@pytest.mark.parametrize("others", [(), (0,), (5,), (5, 6)])
def test_the_last_day_of_a_week_is_one_of_their_own(world_on, others):
    url = str(world_on.runtime.store._engine.url.render_as_string(hide_password=False))
    monday = back(203)
    assert monday.weekday() == 0
    ada = Account("acme", ANYBODYS, frozenset({203, 202}))
    bob = Account("acme", ((EVER, "p-bob"),), frozenset(203 - day for day in others))
    with long_past(url, History((ada, bob))) as past:
        retention.run(past.runtime)

        own = [row for row in past.rows(UsageWeek) if row["account_key"] == account_key(0)]
        assert {(row["since"], row["through"]) for row in own} == {
            (monday, monday + timedelta(days=1))
        }


@GENERATED
@given(history=histories())
def test_nothing_older_than_its_time_is_left_and_nothing_younger_is_lost(fresh, history):
    with long_past(fresh(), history) as past:
        rows = past.rows(Usage)
        retention.run(past.runtime)

        since, weeks = daily_since(TODAY), weekly_since(TODAY)
        assert past.rows(Usage) == [row for row in rows if row["day"] >= since]
        kept = past.rows(UsageWeek)
        assert all(weeks <= row["since"] < since for row in kept)
        old = [row for row in rows if weeks <= row["day"] < since]
        for name in ("requests", "n_out", "cost_nano", "n_in"):
            assert sum_of(kept, name) == sum_of(old, name)
        used = {(row["account_key"], row["day"]) for row in rows if row["active"]}
        ever = past.rows(EverUsed)
        assert {row["account_key"] for row in ever} == {a for a, day in used if day < since}


def sum_of(rows, name):
    found = [row[name] for row in rows if row[name] is not None]
    return sum(found) if found else None


@GENERATED
@given(
    history=histories(),
    draws=st.dictionaries(st.sampled_from(["p-ada", "p-bob"]), st.integers(100, 300), min_size=1),
)
def test_what_a_campaign_that_runs_for_long_comes_to_is_the_same(fresh, history, draws):
    named = {who for one in history.accounts for _, who in one.owners}
    drawn = {who: back(days) for who, days in draws.items() if who in named}

    def outcomes(past):
        days = Window(back(301), TODAY)
        with past.runtime.store.read() as tx:
            found = results.drawn(tx, "c-1", days, feeds=FEEDS, through={})
            return sorted(
                (
                    str(one.drawn_on),
                    kind,
                    did(kind, one.drawn_on, one.active, before=one.before(kind)),
                )
                for one in found
                for kind in Outcome
            )

    def started(past):
        with past.runtime.store.read() as tx:
            return enrolments.started(tx, EVERYBODY, "nudge", {"c-1": 9}, feeds=FEEDS)

    with long_past(fresh(), history) as past:
        if drawn:
            past.drew("c-1", drawn)
        before = outcomes(past), started(past)
        for night in (30, 20, 19, 0):
            past.at(back(night))
            retention.run(past.runtime)

        assert (outcomes(past), started(past)) == before


@pytest.mark.parametrize("long_ago", [121, 396, 402, 730])
def test_whoever_used_a_tool_once_is_never_said_to_have_never_used_it(world_on, long_ago):
    url = str(world_on.runtime.store._engine.url.render_as_string(hide_password=False))
    used = Account("acme", ((EVER, "p-ada"),), frozenset({long_ago}))
    idle = Account("acme", ((EVER, "p-bob"),))
    with long_past(url, History((used, idle))) as past:
        retention.run(past.runtime)

        assert past.rows(Usage) == []
        placed = past.placed()
        assert placed["p-ada"].segment == Segment.TRIED_ONCE
        assert placed["p-bob"].segment == Segment.NEVER_USED
