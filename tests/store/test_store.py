"""The store, on SQLite and on a real PostgreSQL alike."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event
from sqlmodel import SQLModel

from unranked.domain.people import Tie
from unranked.domain.usage import AccountKind, Money, Window
from unranked.errors import StoreError
from unranked.store import (
    Store,
    campaigns,
    chat_pauses,
    coverage,
    head_revision,
    outbox,
    people,
    runs,
    turns,
    usage,
    vault,
)
from unranked.store.campaigns import StoredChoice
from unranked.store.chat_pauses import Pause
from unranked.store.outbox import State
from unranked.store.people import StoredAccount
from unranked.store.planned import Planned, plan
from unranked.store.vault import Entry

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def store(store_url):
    opened = Store.open(store_url)
    opened.migrate()
    yield opened
    opened.close()


def planned(key="m-1", purpose="c|p-1|1", person="p-1"):
    return Planned(key, purpose, person, "slack", "{}", NOW, NOW)


def claimed(tx, *, now=NOW, claim="s-1"):
    return turns.claim_next(tx, "slack", claim, now=now, until=now + timedelta(minutes=1))


def row(day=DAY, account="a-1", model="m", output=10, cost=5):
    figures = (True, 1, 0, output, 0, 0, 0, cost, "USD")
    mark = hash((day, account, model, output, cost)) % 2**64
    return (day, account, "chat", model, "", "", "", "", *figures, mark)


def load(tx, rows, window=None):
    days = window or Window(DAY, DAY + timedelta(1))
    return usage.replace_days(tx, "acme", "usage", days, lambda: rows)


def test_the_first_migration_makes_exactly_the_tables_that_the_code_describes(store):
    with store.read() as tx:
        differences = compare_metadata(MigrationContext.configure(tx), SQLModel.metadata)
    assert differences == []


def test_migrating_twice_changes_nothing(store):
    assert store.migrate() == (head_revision(), head_revision())


def test_a_database_that_was_never_migrated_says_what_to_do(store_url):
    store = Store.open(store_url)
    with pytest.raises(StoreError, match="unranked migrate"):
        store.check()
    store.close()


def test_a_database_of_a_newer_program_is_left_alone(store):
    with store.write() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for act in (store.check, store.migrate):
        with pytest.raises(StoreError, match="9999") as refused:
            act()
        assert "newer" in refused.value.hint
    assert store.revision() == "9999"


def test_what_fails_in_a_transaction_leaves_nothing(store):
    with pytest.raises(ValueError, match="outside"), store.write() as tx:
        load(tx, [row(), row(DAY + timedelta(7))])
    with store.read() as tx:
        assert stored(tx) == []


def test_a_time_comes_back_as_the_same_moment_in_utc(store):
    moment = datetime.fromisoformat("2026-03-02T23:30:00+05:30")
    with store.write() as tx:
        chat_pauses.pause(tx, "slack", Pause(moment, "", ""))
        found = chat_pauses.paused(tx, "slack")
    assert found is not None
    assert found.until == moment
    assert found.until.tzinfo == UTC


# Usage


@given(amount=st.decimals(min_value=-(10**6), max_value=10**6, places=9))
def test_money_survives_the_store_to_the_ninth_place(amount):
    assert Decimal(usage.nano(Money(amount))) / usage.NANO == amount


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20
)
@given(st.data())
def test_reading_a_page_twice_late_or_reordered_ends_in_the_same_rows(store, data):
    cells = st.tuples(st.integers(0, 2), st.sampled_from("ab"), st.integers(0, 9))
    given_rows = data.draw(st.lists(cells, max_size=12, unique_by=lambda cell: cell[:2]))
    rows = [row(DAY + timedelta(d), f"a-{name}", output=n) for d, name, n in given_rows]
    window = Window(DAY, DAY + timedelta(3))
    shuffled = data.draw(st.permutations([*rows, *rows[:3]]))
    with store.write() as tx:
        first = load(tx, rows, window)
        before = stored(tx)
        again = load(tx, shuffled, window)
        assert stored(tx) == before
        if shuffled == rows:
            assert again.digests == first.digests


def stored(tx):
    found = tx.exec_driver_sql("SELECT day, account_key, model, n_out FROM usage ORDER BY 1, 2, 3")
    return [tuple(one) for one in found]


def test_a_restated_day_replaces_what_was_there_and_nothing_else(store):
    window = Window(DAY, DAY + timedelta(2))
    with store.write() as tx:
        load(tx, [row(output=10), row(account="a-2"), row(DAY + timedelta(1))], window)
        load(tx, [row(output=99)], Window(DAY, DAY + timedelta(1)))
        assert [(str(one[0]), one[1], one[3]) for one in stored(tx)] == [
            ("2026-03-02", "a-1", 99),
            ("2026-03-03", "a-1", 10),
        ]


def test_rows_that_differ_in_one_dimension_stay_two(store):
    with store.write() as tx:
        load(tx, [row(model="m"), row(model="n")])
        assert len(stored(tx)) == 2


def test_a_row_of_another_day_is_refused(store):
    with store.write() as tx, pytest.raises(ValueError, match="outside"):
        load(tx, [row(DAY + timedelta(7))])


def test_a_days_digest_changes_with_its_figures_and_not_with_their_order(store):
    rows = [row(account="a-1"), row(account="a-2")]
    with store.write() as tx:
        first = load(tx, rows).digests[DAY]
        assert load(tx, rows[::-1]).digests[DAY] == first
        assert load(tx, [rows[0], row(account="a-2", output=11)]).digests[DAY] != first


def test_coverage_remembers_since_when_a_day_is_the_same_and_counts_restated_days(store):
    with store.write() as tx:
        coverage.record(tx, "acme", "usage", load(tx, [row()]), now=NOW)
        assert coverage.record(tx, "acme", "usage", load(tx, [row()]), now=LATER) == 0
        (same,) = coverage.days(tx, "acme", "usage")
        assert coverage.record(tx, "acme", "usage", load(tx, [row(output=1)]), now=LATER) == 1
        (changed,) = coverage.days(tx, "acme", "usage")
    assert (same.same_since, same.fetched_at, same.rows) == (NOW, LATER, 1)
    assert changed.same_since == LATER


# The vault


def test_a_value_that_moved_on_names_its_new_holder_only(store):
    old = Entry("p-1", vault.ROSTER, vault.EMAIL, "ada@corp.example")
    with store.write() as tx:
        vault.put(tx, [old])
        vault.end(tx, [old], on=DAY)
        vault.put(tx, [Entry("p-2", vault.ROSTER, vault.EMAIL, "ada@corp.example", DAY)])
        assert vault.subject(tx, vault.ROSTER, vault.EMAIL, "ada@corp.example") == "p-2"
        assert vault.value(tx, "p-1", vault.ROSTER, vault.EMAIL) is None


def test_an_account_is_claimed_by_each_holder_on_their_own_days(store):
    old = Entry("p-1", vault.ROSTER, vault.EMAIL, "ada@corp.example")
    with store.write() as tx:
        vault.put(tx, [old, Entry("a-1", "acme", vault.EMAIL, "ada@corp.example")])
        vault.end(tx, [old], on=DAY)
        vault.put(tx, [Entry("p-2", vault.ROSTER, vault.EMAIL, "ada@corp.example", DAY)])
        claims = {(c.person_key, c.since, c.until) for c in vault.claims(tx)}
    assert claims == {("p-1", vault.EVER, DAY), ("p-2", DAY, None)}


def test_destroying_an_entry_leaves_a_key_that_leads_nowhere(store):
    with store.write() as tx:
        vault.put(tx, [Entry("p-1", vault.SLACK, vault.MEMBER, "U1")])
        vault.destroy(tx, "p-1")
        assert vault.subject(tx, vault.SLACK, vault.MEMBER, "U1") is None


def test_an_identifier_never_shows_in_a_repr():
    assert "ada" not in repr(Entry("p-1", vault.ROSTER, vault.EMAIL, "ada@corp.example"))


# Seats


def test_a_seat_keeps_the_first_day_that_the_provider_says_and_ends_when_it_is_gone(store):
    with store.write() as tx:
        people.add_accounts(tx, "acme", [StoredAccount("a-1", AccountKind.MEMBER, DAY)])
        steps = []
        for seats, on in (({"a-1": DAY}, 0), ({"a-1": DAY}, 5), ({}, 9), ({"a-1": DAY}, 20)):
            people.set_seats(tx, seats, connector="acme", on=DAY + timedelta(on))
            found = tx.exec_driver_sql("SELECT seat_since, seat_until FROM account").one()
            steps.append(tuple(None if day is None else str(day) for day in found))
    assert steps == [
        ("2026-03-02", None),
        ("2026-03-02", None),
        ("2026-03-02", "2026-03-11"),
        ("2026-03-02", None),
    ]


# The outbox


def test_the_same_purpose_is_planned_once(store):
    with store.write() as tx:
        assert plan(tx, [planned()]) == 1
        assert plan(tx, [planned(key="m-2")]) == 0


def test_a_message_is_claimed_once_until_the_claim_runs_out(store):
    with store.write() as tx:
        plan(tx, [planned()])
        assert claimed(tx) is not None
        assert claimed(tx, claim="s-2") is None
        assert claimed(tx, claim="s-2", now=LATER) is not None


def test_a_message_whose_sender_died_comes_back_in_doubt(store):
    with store.write() as tx:
        plan(tx, [planned()])
        message = claimed(tx)
        assert outbox.start_sending(tx, message, now=NOW)
        again = claimed(tx, now=LATER, claim="s-2")
    assert again.state is State.IN_DOUBT
    assert again.attempted_at == NOW


def test_a_sender_that_lost_its_claim_cannot_start(store):
    with store.write() as tx:
        plan(tx, [planned()])
        slow = claimed(tx)
        claimed(tx, now=LATER, claim="s-2")
        assert not outbox.start_sending(tx, slow, now=LATER)


def test_every_message_is_in_one_state_at_every_moment(store):
    with store.write() as tx:
        plan(tx, [planned(f"m-{n}", f"purpose {n}", f"p-{n}") for n in range(6)])
        outbox.sent(tx, claimed(tx), receipt="1.0", now=NOW)
        outbox.failed(tx, claimed(tx, claim="b"), reason="user_disabled", now=NOW)
        outbox.start_sending(tx, claimed(tx, claim="c"), now=NOW)
        doubted = claimed(tx, claim="d")
        outbox.start_sending(tx, doubted, now=NOW)
        outbox.doubt(tx, doubted, not_before=LATER, looks=0, reason="no_answer")
        outbox.skip_queued(tx, "p-5", reason="opted_out", now=NOW)
        counts = outbox.counts(tx)
    assert sum(counts.values()) == 6
    assert {state for state, _ in counts} == set(State)


# Jobs


def test_a_job_due_twice_is_due_once_and_one_that_became_due_meanwhile_stays_due(store):
    with store.write() as tx:
        runs.declare(tx, ["sync"])
        runs.make_due(tx, "sync", at=NOW)
        runs.make_due(tx, "sync", at=LATER)
        assert runs.claim(tx, "sync", "r-1", now=LATER, lease=timedelta(hours=1))
        assert not runs.claim(tx, "sync", "r-2", now=LATER, lease=timedelta(hours=1))
        runs.make_due(tx, "sync", at=LATER)
        runs.finish(tx, "sync", "r-1", now=LATER, outcome="done")
        assert runs.claim(tx, "sync", "r-3", now=LATER, lease=timedelta(hours=1))
        runs.finish(tx, "sync", "r-3", now=LATER, outcome="done")
        assert not runs.claim(tx, "sync", "r-4", now=LATER, lease=timedelta(hours=1))


def test_work_that_a_killed_process_held_is_due_again_at_the_next_start(store):
    with store.write() as tx:
        runs.declare(tx, ["sync"])
        runs.make_due(tx, "sync", at=NOW)
        runs.claim(tx, "sync", "r-1", now=NOW, lease=timedelta(hours=1))
        runs.release_all(tx)
        assert runs.claim(tx, "sync", "r-2", now=LATER, lease=timedelta(hours=1))


# Opening


def test_a_sqlite_file_is_for_its_owner_only_and_has_what_many_threads_need(tmp_path):
    path = tmp_path / "new.db"
    store = Store.open(f"sqlite:///{path}")
    store.migrate()
    with store.read() as tx:
        pragmas = {
            name: tx.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }
    assert path.stat().st_mode & 0o777 == 0o600
    assert pragmas["journal_mode"] == "wal"
    assert pragmas["foreign_keys"] == 1
    assert pragmas["busy_timeout"] >= 5_000
    for beside in tmp_path.iterdir():
        assert beside.stat().st_mode & 0o077 == 0, beside.name
    store.close()


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear colleague, " * 100)
    path.chmod(0o644)  # others need it
    with pytest.raises(StoreError, match="SQLite"):
        Store.open(f"sqlite:///{path}")
    assert path.read_text().startswith("Dear colleague")
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "url", ["", "unranked.db", "mysql://host/base", "sqlite://", "sqlite:////nowhere/at/all/u.db"]
)
def test_an_unusable_address_says_what_to_write_instead(url):
    with pytest.raises(StoreError) as refused:
        Store.open(url)
    assert "UNRANKED_DATABASE_URL" in refused.value.hint


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada:hunter2@127.0.0.1:1/base",
        "postgresql://ada:pa@ss:hunter2@127.0.0.1:1/base",
        "postgresql://ada:hunter2@[::1/base",
        "postgresql://ada@127.0.0.1:1/base?unknown=hunter2",
        "hunter2://ada",
        "hunter2",
    ],
)
def test_an_address_that_opens_nothing_is_refused_without_a_word_of_what_it_holds(url):
    with pytest.raises(StoreError) as refused:
        Store.open(url)
    assert "hunter2" not in f"{refused.value!r} {refused.value} {refused.value.hint}"
    assert "UNRANKED_DATABASE_URL" in refused.value.hint


def test_a_database_in_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path):
    path = tmp_path / "folder.db"
    path.mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        Store.open(f"sqlite:///{path}")


def test_a_damaged_database_is_a_clear_error(tmp_path):
    path = tmp_path / "unranked.db"
    made = Store.open(f"sqlite:///{path}")
    made.migrate()
    made.close()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")
    raw.close()
    content = path.read_bytes()
    path.write_bytes(b"garbage, not a header" + content[21:])
    with pytest.raises(StoreError):
        Store.open(f"sqlite:///{path}")


def test_a_seat_without_a_day_is_known_to_be_undated_until_the_provider_says_more(store):
    with store.write() as tx:
        people.add_accounts(tx, "acme", [StoredAccount("a-1", AccountKind.MEMBER, DAY)])
        people.set_seats(tx, {"a-1": None}, connector="acme", on=DAY)
        people.set_ties(tx, [Tie("a-1", "p-1", vault.EVER)])
        assert [seat.since for seat in people.seats(tx, on=DAY)] == [None]
        people.set_seats(tx, {"a-1": DAY}, connector="acme", on=DAY)
        assert [seat.since for seat in people.seats(tx, on=DAY)] == [DAY]


def test_a_choice_is_the_newest_whatever_the_clock_says(store):
    with store.write() as tx:
        campaigns.choose(tx, StoredChoice("p-1", "resume", LATER))
        campaigns.choose(tx, StoredChoice("p-1", "stop", NOW))
        assert [one.choice for one in campaigns.choices(tx)["p-1"]] == ["resume", "stop"]


def test_an_undated_seat_of_the_first_list_is_undated_and_one_of_a_later_list_begins_with_it(store):
    def listed(tx, keys, on):
        people.set_seats(tx, dict.fromkeys(keys), connector="acme", on=on)
        people.set_kinds(tx, dict.fromkeys(keys, AccountKind.MEMBER))

    later = DAY + timedelta(days=9)
    with store.write() as tx:
        both = [StoredAccount(key, AccountKind.MEMBER, DAY) for key in ("a-1", "a-2")]
        people.add_accounts(tx, "acme", both)
        people.set_ties(tx, [Tie(f"a-{n}", f"p-{n}", vault.EVER) for n in (1, 2)])
        listed(tx, ["a-1"], DAY)
        listed(tx, ["a-1", "a-2"], later)
        since = {seat.person_key: seat.since for seat in people.seats(tx, on=later)}
    assert since == {"p-1": None, "p-2": later}


def test_a_persons_own_rows_are_found_by_their_accounts_and_not_by_reading_all_of_a_tool(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path / 'plan.db'}")
    store.migrate()
    asked = []

    def listen(_connection, _cursor, statement, parameters, *_):
        asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", listen)
    with store.read() as tx:
        usage.of_person(tx, "p-1", ["acme"], Window(DAY, DAY + timedelta(days=56)))
        event.remove(Engine, "before_cursor_execute", listen)
        (statement, parameters) = next(one for one in asked if "FROM usage" in one[0])
        plan = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    store.close()

    assert any("USING INDEX ix_usage_account (account_key=? AND day>?" in row[3] for row in plan)


def test_a_provider_that_is_down_has_not_begun_to_offer_what_it_always_refused(store):
    with store.write() as tx:
        coverage.ended(tx, "acme", "refused", now=NOW, offered=False)
        coverage.ended(tx, "acme", "refused", now=LATER, error="HTTP 503")
        coverage.ended(tx, "acme", "read", now=NOW)
        coverage.ended(tx, "acme", "read", now=LATER, error="HTTP 503")
        states = coverage.states(tx)

    refused, read = states["acme", "refused"], states["acme", "read"]
    assert (refused.offered, refused.succeeded_at) == (False, None)
    assert (read.offered, read.succeeded_at) == (True, NOW)
    assert refused.error == read.error == "HTTP 503"
