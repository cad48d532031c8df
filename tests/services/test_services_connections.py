"""What an operator is told of each connector, on a real database with what a sync leaves there."""

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta

import pytest

from unranked import connectors
from unranked.connectors.base import FeedKind
from unranked.domain.coverage import Why
from unranked.domain.people import Tie
from unranked.domain.usage import AccountKind, Window
from unranked.services import connections
from unranked.services import coverage as completeness
from unranked.services.runtime import Connected
from unranked.store import Store, coverage, people, usage
from unranked.store.people import StoredAccount
from unranked.store.usage import Loaded

OPENAI = connectors.found()["openai"]
ON = (Connected(OPENAI, nullcontext),)
NOW = datetime(2026, 3, 31, 6, tzinfo=UTC)
FIRST = date(2026, 2, 2)
DAYS = [FIRST + timedelta(days=n) for n in range(57)]
ACTIVITY = OPENAI.activity_feeds
DIRECTORY = [feed.name for feed in OPENAI.feeds if feed.kind is FeedKind.DIRECTORY]


@pytest.fixture
def store(tmp_path):
    made = Store.open(f"sqlite:///{tmp_path / 'unranked.db'}")
    made.migrate()
    yield made
    made.close()


def well(store, *names):
    with store.write() as tx:
        for name in names:
            coverage.ended(tx, "openai", name, now=NOW)


def read(store, rows, *, days=DAYS, at=(NOW - timedelta(days=2), NOW)):
    """Read every activity feed on two days, with as many rows of each day as `rows` says."""
    for moment in at:
        with store.write() as tx:
            for name in ACTIVITY:
                # Its siblings have nothing: all the rows are of the first feed.
                counts = {day: rows(day) if name == ACTIVITY[0] else 0 for day in days}
                digests = {day: str(counts[day]) for day in days}
                coverage.record(tx, "openai", name, Loaded(counts, digests), now=moment)


def state(store, **more):
    with store.write() as tx:
        completeness.settle(tx, OPENAI, **more)
    found = {one.slug: one for one in connections.states(store, ON, **more)}
    assert found["anthropic"].blocked is None
    return found["openai"]


def why(store, **more):
    blocked = state(store, **more).blocked
    assert blocked.said.endswith(".")
    assert blocked.hint.endswith(".")
    assert "{" not in blocked.said
    return blocked.why


def test_a_connector_that_was_never_read_says_so_and_what_reads_it(store):
    found = state(store)

    assert (found.complete_through, found.blocked.why) == (None, "never_read")
    assert "`unranked job sync`" in found.blocked.hint


def test_without_a_list_of_members_nothing_else_is_looked_at(store):
    well(store, *ACTIVITY)
    read(store, lambda _: 100)

    assert why(store) == "never_listed"


def test_a_feed_that_was_not_read_is_named_and_one_of_costs_holds_nothing_up(store):
    well(store, *ACTIVITY, *DIRECTORY)
    read(store, lambda _: 100)
    with store.write() as tx:
        coverage.ended(tx, "openai", "costs", now=NOW, error="It failed.", hint="Renew the key.")
    assert state(store).error == "costs: It failed."
    assert why(store) == Why.LATE
    with store.write() as tx:
        for name in (ACTIVITY[1], ACTIVITY[0]):
            coverage.ended(tx, "openai", name, now=NOW, error="Refused.", hint="Renew the key.")
    found = state(store)

    assert found.blocked.why == "failed"
    assert ACTIVITY[0] in found.blocked.said
    assert found.error == f"{ACTIVITY[0]} (and 2 more feeds): Refused."
    assert found.hint == "Renew the key."
    assert "    Renew the key." in found.in_words().splitlines()


def test_the_last_days_are_late_and_that_is_said_to_be_normal(store):
    well(store, *ACTIVITY, *DIRECTORY)
    read(store, lambda _: 100)
    found = state(store)

    lag = max(feed.lag for feed in OPENAI.feeds if feed.kind is FeedKind.ACTIVITY)
    next_day = found.complete_through + timedelta(days=1)
    assert found.blocked.why == Why.LATE
    assert found.blocked.said.startswith(f"{next_day} is not settled yet.")
    assert f"{lag / timedelta(hours=1):.0f} hours" in found.blocked.said
    assert "nothing is to be done" in found.blocked.hint


def test_a_day_with_few_rows_is_named_until_the_operator_says_that_the_company_rested(store):
    rested = date(2026, 3, 25)
    well(store, *ACTIVITY, *DIRECTORY)
    read(store, lambda day: 10 if day >= rested else 100)
    found = state(store)

    assert found.complete_through == rested - timedelta(days=1)
    assert found.blocked.why == Why.LOW
    assert str(rested) in found.blocked.said
    assert "UNRANKED_HOLIDAYS" in found.blocked.hint
    assert state(store, holidays=frozenset({rested})).complete_through == rested


def test_a_source_that_never_had_a_row_is_said(store):
    well(store, *ACTIVITY, *DIRECTORY)
    read(store, lambda _: 0)
    assert why(store) == Why.NEVER_ANY_ROW


def test_days_that_were_not_read_any_further_are_said(store):
    well(store, *ACTIVITY, *DIRECTORY)
    read(store, lambda _: 100, days=DAYS[:20])
    found = state(store)

    assert found.complete_through == DAYS[19]
    assert found.blocked.why == Why.NOT_READ
    assert found.blocked.said == f"{DAYS[20]} was not read yet."


def test_a_day_of_which_too_much_belongs_to_nobody_is_named_with_what_to_mend(store):
    day = DAYS[50]  # an older one would be given up
    well(store, *ACTIVITY, *DIRECTORY)
    read(store, lambda _: 100)
    lost = [(day, f"a-{n}", *("",) * 6, True, 1, *(None,) * 6, "", n) for n in range(3)]
    with store.write() as tx:
        accounts = (StoredAccount(row[1], AccountKind.MEMBER, FIRST) for row in lost)
        people.add_accounts(tx, "openai", accounts)
        usage.replace_days(
            tx, "openai", ACTIVITY[0], Window(day, day + timedelta(days=1)), lambda: lost
        )
    found = state(store)

    assert found.complete_through == DAYS[49]
    assert found.blocked.why == Why.UNMAPPED
    assert str(day) in found.blocked.said
    assert "`unranked job roster`" in found.blocked.hint


@pytest.mark.parametrize("reason", list(Why))
def test_there_are_words_and_a_hint_for_whatever_holds_the_figures_up(reason):
    said, hint = connections._SAID[reason]

    assert "{day}" in said
    assert hint.endswith(".")


# How many seats lead to a person


def seats(store, *, seats, tied, left=0):
    keys = [f"a-{n}" for n in range(seats + left)]
    with store.write() as tx:
        people.add_accounts(
            tx, "openai", (StoredAccount(key, AccountKind.MEMBER, FIRST, FIRST) for key in keys)
        )
        people.set_seats(tx, dict.fromkeys(keys[:seats]), connector="openai", on=FIRST)
        ties = [Tie(key, f"p-{key}", FIRST) for key in keys[:tied]]
        ended = [Tie(key, f"p-{key}", FIRST, DAYS[3]) for key in keys[tied:]]
        people.set_ties(tx, [*ties, *ended])


@pytest.mark.parametrize(
    ("held", "tied", "percent"),
    [(19, 19, None), (20, 20, 100), (20, 19, 95), (300, 299, 99), (40, 0, 0), (0, 0, None)],
)
def test_the_match_rate_is_rounded_down_and_said_of_twenty_seats_or_more(
    store, held, tied, percent
):
    seats(store, seats=held, tied=tied, left=30)
    found = state(store)

    assert found.matched_percent == percent
    said = "too few to say" if percent is None else f"{percent} %"
    assert f"  Seats that lead to a person: {said}" in found.in_words()
    assert found.as_json()["matched_percent"] == percent
    assert "match=" not in repr(found)
