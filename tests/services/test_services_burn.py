"""T1, the burn test: no token, on any date, of any model or tier, makes anything look better.

Over every rendered figure of `/tokens`, the Home tab and "how is this computed". A naive summary,
planted, is caught by the same test: a test that cannot fail would prove nothing.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, example, find, given, settings
from hypothesis import strategies as st
from own_ledger import (
    BILLED,
    ESTIMATED,
    PRICED,
    TOOLS,
    Entry,
    own_ledger,
    weeks_before,
)
from rendered import LINES, shown, texts

from unranked import text
from unranked.domain import worth
from unranked.domain.elements import HOW, SUMMARY, Better, better_or_opened
from unranked.domain.pulse import MINUTES
from unranked.domain.usage import Window
from unranked.domain.worth import Likely, PerCost

LAST = date(2026, 3, 4)
MODELS = ("claude-opus-4-5", "claude-haiku-4-5", "gpt-5", "nobody-knows-1", "")
LISTED = {"summary": SUMMARY, "page": SUMMARY, "how": HOW}
SURFACE = {"summary": "summary", "page": "summary", "how": "how"}

days = st.integers(0, 150).map(lambda back: LAST + timedelta(days=3 - back))
counts = st.sampled_from([0, 1, 999, 120_000, 9_000_000])
entries = st.builds(
    Entry,
    tool=st.sampled_from(TOOLS),
    day=days,
    model=st.sampled_from(MODELS),
    tier=st.sampled_from(["", "standard", "batch"]),
    n_in=counts,
    n_out=counts,
    n_cr=counts,
    n_cw5=counts,
    n_cw1h=counts,
    cost=st.sampled_from(["0", "0.01", "4", "31.5", "-2", "-90"]).map(Decimal),
    currency=st.sampled_from(["USD", "USD", "USD", "EUR"]),
)
plain = entries.map(lambda one: replace(one, model="claude-opus-4-5", tier="", currency="USD"))
ledgers = st.one_of(st.lists(plain, max_size=6), st.lists(entries, max_size=6))
said = st.sampled_from([*MINUTES.values(), None])
good = st.sampled_from([15, 45, 90, 360])
reports = st.one_of(
    st.lists(st.one_of(st.none(), said), max_size=30),
    st.lists(good, min_size=4, max_size=30),
)
leaves = st.lists(st.tuples(days, st.integers(1, 20)), max_size=2)
seats = st.one_of(st.none(), st.sets(st.sampled_from(TOOLS), max_size=2))
coverages = st.lists(
    st.tuples(st.sampled_from(TOOLS), st.integers(16, 200), st.integers(0, 15)),
    max_size=3,
    unique_by=lambda one: one[0],
)
works = st.lists(st.tuples(days, st.integers(-1, 9)), max_size=4)
burns = st.one_of(
    st.tuples(st.integers(0, 5), st.sampled_from([1, 5_000, 3_000_000])),
    entries.map(lambda one: replace(one, cost=abs(one.cost))),
)
careful = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    folder = tmp_path_factory.mktemp("burn")
    with own_ledger(f"sqlite:///{folder / 'own.db'}") as made:
        yield made


def weeks_of(report):
    """Return the answers by week, the last one of the last week."""
    return dict(zip(reversed(weeks_before(30)), report, strict=False))


def burnt(rows, burn):
    """Return the ledger with a row more, or with more tokens in one of its rows."""
    if isinstance(burn, Entry):
        return [*rows, burn]
    which, more = burn
    assume(rows)
    return [one.burnt(more) if n == which % len(rows) else one for n, one in enumerate(rows)]


def figures(ledger, rows, report=(), leave=(), *more):
    finished, seats, coverage = (*more, *((), None, ())[len(more) :])
    windows = [Window(first, first + timedelta(days=length)) for first, length in leave]
    known = {tool: (LAST - timedelta(days=a), LAST - timedelta(days=b)) for tool, a, b in coverage}
    ledger.is_now(
        rows,
        weeks_of(report),
        leave=windows,
        finished=dict(finished),
        seats=seats,
        coverage=known,
    )
    return {name: shown(one, SURFACE[name]) for name, one in ledger.surfaces().items()}


def burning_makes_nothing_better(ledger, known, burn):
    rows, *rest = known
    before = figures(ledger, rows, *rest)
    after = figures(ledger, burnt(rows, burn), *rest)

    for surface, listed in LISTED.items():
        assert better_or_opened(listed, before[surface], after[surface]) == []


@careful
@given(st.tuples(ledgers, reports, leaves, works, seats, coverages), burns)
@example(([], [90, 90, 90, 90], [], []), Entry(PRICED, LAST, n_out=1))
@example(
    ([], [-90, -30, -30, 0, 15], [], []),
    Entry(BILLED, LAST - timedelta(days=10), cost=Decimal(9)),
)
@example(
    ([Entry(BILLED, LAST - timedelta(days=9), cost=Decimal(-90))], [90] * 8, [], [(LAST, 7)]),
    (0, 10**7),
)
@example(([], [90, 90, 90, 90], [], [], set()), Entry(BILLED, LAST, n_out=1))
@example(
    (
        [Entry(BILLED, week, cost=Decimal(300)) for week in weeks_before(8)[:4]],
        [90, 90, 90, 90, -90, -90, -90, -90],
        [],
        [],
        {BILLED},
        [(PRICED, 35, 0)],  # its history is shorter than the weeks
    ),
    Entry(PRICED, LAST, n_out=1),
)
def test_t1_burning_tokens_makes_no_figure_better_and_opens_no_gate(ledger, known, burn):
    burning_makes_nothing_better(ledger, known, burn)


def test_t1_fails_where_a_negative_value_has_a_ratio(ledger, monkeypatch):
    def without_the_gate(value, weekly_cost):
        by = weekly_cost or Decimal(1)
        return PerCost(value, Likely(value.middle / by, value.low / by, value.high / by), by, False)

    monkeypatch.setattr(worth, "value_per_cost", without_the_gate)
    weekly = [Entry(BILLED, week, cost=Decimal(30)) for week in weeks_before(8)]

    with pytest.raises(AssertionError):
        burning_makes_nothing_better(
            ledger,
            (weekly, [-90] * 8, [], [], {BILLED}, []),
            Entry(BILLED, weeks_before(8)[0], cost=Decimal(900)),
        )


def test_every_text_of_the_summary_is_taken_apart_and_every_name_in_it_is_listed():
    own = {n for n in text.messages() if n.startswith(("summary", "how", "hint_"))}
    assert own - {"hints_off", "hints_on"} == texts()
    for surface, lines in LINES.items():
        listed = {"summary": SUMMARY, "how": HOW}[surface]
        for line, names in lines.items():
            for name in names.split():
                fields = text._template("en", name)[2]
                assert fields <= set(listed.get(line, {})), name


def test_a_figure_that_is_not_listed_fails():
    fewer = {
        line: {k: v for k, v in names.items() if k != "middle"} for line, names in SUMMARY.items()
    }

    with pytest.raises(KeyError, match="middle"):
        better_or_opened(fewer, {}, {("net", "middle", 0): 79.0})


def naive_ratio(value, cost):
    """Value by cost, whatever its sign."""
    return {("per_cost", "middle", 0): value / max(cost, 1.0)}


def naive_gate(value, cost):
    """A ratio as soon as there is any cost at all."""
    return {("per_cost", "middle", 0): value / cost} if cost > 0 else {}


def naive_trend(now, before):
    """Cost for each piece of work against the quarter before: better is what got cheaper."""
    return {("change", "change", 0): float(before - now)}


costs = st.floats(0, 500).map(lambda cost: round(cost, 2))


@pytest.mark.parametrize(
    ("naive", "ledgers", "burn"),
    [
        (naive_ratio, st.tuples(st.sampled_from([*MINUTES.values()]), costs), (0, 10.0)),
        (naive_gate, st.tuples(st.sampled_from([90, 15]), costs), (0, 0.01)),
        # Tokens burnt a quarter ago make the present look cheap.
        (naive_trend, st.tuples(costs, costs), (0, 10.0)),
    ],
)
def test_a_planted_naive_summary_is_caught(naive, ledgers, burn):
    def is_caught(found):
        first, second = found
        more = (first + burn[0], second + burn[1])
        return bool(better_or_opened(SUMMARY, naive(*found), naive(*more)))

    assert find(ledgers, is_caught) is not None


def test_the_table_has_a_better_way_for_what_people_want_more_or_less_of():
    assert SUMMARY["net"]["middle"] is Better.UP
    assert SUMMARY["cost"]["cost"] is Better.DOWN
    assert all(way is Better.NEUTRAL for way in SUMMARY["hint"].values())


def test_the_worked_example_of_the_method_is_shown(ledger):
    weekly = [Entry(ESTIMATED, week, cost=Decimal("10.85")) for week in weeks_before(8)]
    report = [45, 90, 360, 45, None, 15, 180, 90]  # the newest week first
    now = figures(ledger, weekly, report, [])["summary"]

    value = [now["value", name, 0] for name in ("middle", "low", "high", "answered", "weeks")]
    assert value == [90, 45, 180, 7, 8]
    assert [now["cost", name, 0] for name in ("cost", "millions")] == [10.85, 2.17]
    assert [now["net", name, 0] for name in ("middle", "low", "high")] == [79, 34, 169]
    assert [now["per_cost", name, 0] for name in ("middle", "low", "high")] == [41, 21, 83]
