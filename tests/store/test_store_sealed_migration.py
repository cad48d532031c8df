"""A database of before there were keys is moved over whole, and nothing of it stays in clear."""

from contextlib import closing
from datetime import date
from itertools import count

import pytest
from alembic import command
from cut_off import KilledError
from on_disk import database, found
from sqlalchemy import event, text

from unranked import store as stores
from unranked.domain.people import Tie
from unranked.errors import StoreError
from unranked.services.rows import _apart
from unranked.store import Store, campaigns, coverage, people, sent_texts, tips, tombstones, vault
from unranked.store.belongings import Identifier
from unranked.store.engines import WRITES
from unranked.store.keys import KeyPlace
from unranked.store.provider_words import hider

SALT = "0f" * 32
MARK = tombstones._hash(bytes.fromhex(SALT), tombstones.address("gone@corp.example"))
ROWS = """
INSERT INTO vault (subject_key, realm, kind, value, since, until) VALUES
 ('p-1', 'roster', 'email', 'ada@corp.example', '1970-01-01', NULL),
 ('p-1', 'roster', 'email', 'countess@corp.example', '1970-01-01', '2026-02-02'),
 ('p-2', 'roster', 'email', 'countess@corp.example', '2026-02-02', NULL),
 ('p-1', 'roster', 'name', 'Ada Überall', '1970-01-01', NULL),
 ('p-1', 'slack', 'member', 'UADA4711', '1970-01-01', NULL),
 ('p-2', 'slack', 'member', 'UBOB4711', '1970-01-01', NULL),
 ('p-1', 'slack', 'conversation', 'DADA4711', '1970-01-01', NULL),
 ('a-1', 'acme', 'account', 'acme-id-of-ada', '1970-01-01', NULL),
 ('a-1', 'acme', 'email', 'ada@corp.example', '1970-01-01', NULL),
 ('workspace', 'slack', 'workspace', 'TWORK4711', '1970-01-01', NULL),
 ('installation', 'installation', 'draw', 'DRAWN', '1970-01-01', NULL),
 ('installation', 'installation', 'salt', 'SALTED', '1970-01-01', NULL);
INSERT INTO tombstone (mark, made_on) VALUES ('t-1:MARKED', '2026-01-31');
INSERT INTO person (person_key, kind, present, zone, locale, department, region, start_date,
 first_seen) VALUES
 ('p-2', 'member', TRUE, '', '', '', '', NULL, '2026-01-01'),
 ('p-1', 'member', TRUE, 'Europe/Lisbon', 'pt-PT', 'Schatzamt', 'PT-11', '1987-06-05',
 '2026-01-01');
INSERT INTO absence (person_key, since, until) VALUES ('p-2', '2026-03-01', NULL),
 ('p-1', '2026-03-01', '2026-03-09');
INSERT INTO account (account_key, connector, kind, first_seen, seat_dated, listed) VALUES
 ('a-1', 'acme', 'member', '2026-01-01', FALSE, TRUE);
INSERT INTO usage (connector, feed, day, account_key, product, model, tier, credential, project,
 variant, active, currency) VALUES
 ('acme', 'usage', '2026-02-02', 'a-1', 'chat', 'm', '', '', 'proj_of_ada', 'APART',
  TRUE, ''),
 ('acme', 'usage', '2026-02-03', 'a-1', 'chat', 'm', '', '', '', '', TRUE, '');
INSERT INTO coverage (connector, feed, day, digest, same_since, fetched_at, rows) VALUES
 ('acme', 'usage', '2026-02-02', '0123456789abcdef', '2026-02-04 00:00:00',
 '2026-02-04 00:00:00', 1);
INSERT INTO tip (tip_key, revision, state, segment, owner, review, risk, risk_reason, source,
 written_on) VALUES ('tip-1', 1, 'in_use', 'never_used', 'Zoelina Zaubermann', '2027-01-01', 'low',
 'Zoelina sagt es so', 'Handbuch 4711', '2026-01-01');
INSERT INTO tipwords (tip_key, language, title, task, understand, ask) VALUES
 ('tip-1', 'de', 'Herbstlaub', 'Zähle Blätter', 'Was fällt', 'Frag Zoelina im 2. Stock'),
 ('tip-1', 'en', 'Autumn leaves', 'Count leaves', 'What falls', 'Ask Zoelina on floor 2');
INSERT INTO senttext (text_hash, language, title, body, first_on) VALUES
 ('hash-1', 'de', 'Herbstlaub', 'Frag Zoelina im 2. Stock', '2026-02-02');
"""
FILLED = {"DRAWN": "ab" * 32, "SALTED": SALT, "MARKED": MARK, "APART": _apart("kitty|local")}
SECRETS = [
    *("ada@corp.example", "countess@corp.example", "Ada Überall", "UADA4711", "UBOB4711"),
    *("DADA4711", "acme-id-of-ada", "TWORK4711", "Europe/Lisbon", "pt-PT", "Schatzamt", "PT-11"),
    *("1987-06-05", "proj_of_ada", "0123456789abcdef", "Zoelina", "Handbuch 4711", "Herbstlaub"),
    *("Zähle Blätter", "Autumn leaves", SALT, "ab" * 32, "1709290800.000100", "Frühjahr in Faro"),
    _apart("kitty|local"),
]
MANY = 12_000


@pytest.fixture
def before(store_url):
    """Give the address of a database with rows, at the revision of before there were keys."""
    with closing(Store.open(store_url)) as made:
        upgrade(made, "0007")
        with made._engine.begin() as tx:
            rows = ROWS
            for name, value in FILLED.items():
                rows = rows.replace(name, value)
            for statement in filter(str.strip, rows.split(";\n")):
                tx.execute(text(statement))
            _messages_and_campaigns(tx)
        assert set(found(SECRETS, database(made))) == set(SECRETS)
    return store_url


def upgrade(store, revision):
    """Bring a database to a revision, as that program would have."""
    config = stores._alembic()
    with store._engine.connect() as tx, tx.begin():
        config.attributes["connection"] = tx
        command.upgrade(config, revision)


def _messages_and_campaigns(tx):
    design = (
        '{"end_on": "2026-05-01", "holdout": null, "hours": ["09:00:00", "17:00:00", [0, 1]],'
        ' "look_weeks": 1, "name": "Frühjahr in Faro", "outcome": "a14", "phase": "explore",'
        ' "purpose": "Für Zoelina", "segments": ["never_used"], "start_on": "2026-03-01",'
        ' "steps": [{"after_days": 0, "tips": []}], "units": ["Schatzamt"]}'
    )
    tx.execute(
        text(
            "INSERT INTO campaign (campaign_key, slug, salt, holdout, state, started_at, design)"
            " VALUES ('c-1', 'c-1', :salt, 0.5, 'draft', '2026-03-01 10:00:00', :design)"
        ),
        {"salt": b"salt", "design": design},
    )
    tx.execute(
        text(
            "INSERT INTO outbox (key, purpose, person_key, channel, kind, content, state, reason,"
            " created_at, not_before, claim, attempts, looks, receipt) VALUES (:key, :key, 'p-1',"
            " 'slack', 'notice', :content, 'sent', '', '2026-03-01 10:00:00',"
            " '2026-03-01 10:00:00', '', 1, 0, :receipt)"
        ),
        [
            {
                "key": "m-1",
                "content": '{"notice": "x", "values": {"campaign": "Frühjahr in Faro"}}',
                "receipt": "1709290800.000100",
            },
            {"key": "m-2", "content": '{"tip": "tip-1"}', "receipt": ""},
        ],
    )


def check_content(store):
    """Everything says what it said before."""
    ada = Identifier("slack", vault.MEMBER, "UADA4711")
    with store.write() as tx:
        assert vault.subject(tx, vault.SLACK, vault.MEMBER, "UADA4711") == "p-1"
        assert vault.value(tx, "p-1", vault.ROSTER, vault.NAME) == "Ada Überall"
        assert vault.value(tx, "p-1", vault.SLACK, vault.CONVERSATION) == "DADA4711"
        assert vault.value(tx, vault.WORKSPACE, vault.SLACK, vault.WORKSPACE) == "TWORK4711"
        assert vault.value(tx, "installation", "installation", "draw") == "ab" * 32
        held = vault.holders(tx)
        assert held.now == {("ada@corp.example", "p-1"), ("countess@corp.example", "p-2")}
        assert held.last["countess@corp.example"] == "p-2"
        claims = [(one.account_key, one.person_key) for one in vault.claims(tx)]
        assert claims == [("a-1", "p-1")]
        gone = tombstones.address("gone@corp.example")
        assert tombstones.erased_on(tx, gone) == date(2026, 1, 31)
        assert tombstones.erased_on(tx, ada) is None
        one = people.one(tx, "p-1")
        said = (one.zone, one.locale, one.department, one.region, one.start_date)
        assert said == ("Europe/Lisbon", "pt-PT", "Schatzamt", "PT-11", date(1987, 6, 5))
        assert people.one(tx, "p-2").start_date is None
        assert {key: len(leave) for key, leave in people.absences(tx).items()} == {
            "p-1": 1,
            "p-2": 1,
        }
        tip = tips.one(tx, "tip-1")
        assert (tip.owner, tip.source) == ("Zoelina Zaubermann", "Handbuch 4711")
        assert tip.words["de"].ask == "Frag Zoelina im 2. Stock"
        assert tip.words["en"].title == "Autumn leaves"
        assert sent_texts.one(tx, "hash-1").body == "Frag Zoelina im 2. Stock"
        assert campaigns.one(tx, "c-1").design.name == "Frühjahr in Faro"
        sent = tx.execute(text("SELECT count(*) FROM outbox")).scalar()
        assert sent == 2
        hide = hider(tx)
        rows = tx.execute(text("SELECT project, variant FROM usage ORDER BY day")).all()
        assert rows == [(hide("proj_of_ada"), hide(_apart("kitty|local"))), ("", "")]
        (digest,) = tx.execute(text("SELECT digest FROM coverage")).scalars()
        assert digest == hide("0123456789abcdef")
        assert coverage.days(tx, "acme", "usage")
        people.set_ties(tx, [Tie("a-1", "p-1", vault.EVER)])
        vault.put(tx, [vault.Entry("p-3", vault.SLACK, vault.MEMBER, "UNEW")])
        assert vault.subject(tx, vault.SLACK, vault.MEMBER, "UNEW") == "p-3"


def test_everything_is_there_as_before_and_nothing_in_clear(before):
    with closing(Store.open(before)) as store:
        assert store.migrate()[0] == "0007"
        assert found(SECRETS, database(store)) == []
        store.check()
        check_content(store)
        with store.read() as tx:
            place = "rowid" if tx.dialect.name == "sqlite" else "ctid"
            order = tx.execute(text(f"SELECT person_key FROM person ORDER BY {place}"))  # noqa: S608 - one of two words
            assert list(order.scalars()) == ["p-1", "p-2"]
        assert store.migrate()[0] == store.revision()


def test_on_sqlite_no_byte_of_what_was_clear_is_left_in_any_file(tmp_path, before):
    if before.startswith("postgres"):
        pytest.skip("a server's files are not ours: its tables are written anew")
    with closing(Store.open(before)) as store:
        store.migrate()
    everything = b"".join(one.read_bytes() for one in tmp_path.iterdir() if one.is_file())
    assert found(SECRETS, everything) == []
    assert (tmp_path / "unranked-keys.db").stat().st_mode & 0o777 == 0o600


def test_a_migration_that_is_cut_off_anywhere_leaves_what_was_and_is_done_when_repeated(before):
    """Cut off before a key is stored, before the database is, and before its files are anew."""
    for step in count():
        with closing(Store.open(before)) as store:
            before_it = store.revision()
            if _cut_off(store, step):
                if store.revision() == "0007":
                    assert set(found(SECRETS, database(store))) == set(SECRETS)
                else:
                    with store.read() as tx:
                        clean = "SELECT clean FROM sealing"
                        assert not tx.execute(text(clean)).scalar()
                continue
            store.migrate()
            assert before_it in {"0007", store.revision()}
            assert found(SECRETS, database(store)) == []
            check_content(store)
            break
    assert step >= 3


def _cut_off(store, step):
    """Return whether a migration could be cut off at its key store's, or its own, n-th step."""
    seen = count()

    def reach(*_):
        if next(seen) == step:
            raise KilledError

    def committing(connection):
        if connection.get_execution_options().get(WRITES):
            reach()

    engines = [store._engine, store.keys._opened(make=True)]
    for engine in engines:
        event.listen(engine, "commit", committing)
    try:
        store.migrate()
    except KilledError:
        return True
    finally:
        for engine in engines:
            event.remove(engine, "commit", committing)
    return False


def test_many_rows_are_moved_in_pages(store_url):
    with closing(Store.open(store_url)) as store:
        upgrade(store, "0007")
        with store._engine.begin() as tx:
            tx.execute(
                text(
                    "INSERT INTO vault (subject_key, realm, kind, value, since) VALUES"
                    " (:key, 'slack', 'member', :value, '1970-01-01')"
                ),
                [{"key": f"p-{n}", "value": f"U{n}"} for n in range(MANY)],
            )
        store.migrate()
        with store.read() as tx:
            moved = vault.current(tx, vault.SLACK, vault.MEMBER)
            keys = tx.execute(text("SELECT subject_key FROM vault ORDER BY id")).scalars()
            assert list(keys)[:20] != [f"p-{n}" for n in range(20)]
    assert moved == {f"U{n}": f"p-{n}" for n in range(MANY)}


def test_an_empty_database_needs_no_keys(store_url, tmp_path):
    with closing(Store.open(store_url)) as store:
        store.migrate()
        store.check()
    assert not list(tmp_path.glob("*keys*"))


def test_where_the_key_store_cannot_be_made_nothing_is_changed(before, tmp_path):
    nowhere = KeyPlace(f"sqlite:///{tmp_path / 'no folder' / 'k.db'}")
    with closing(Store.open(before, keys=nowhere)) as store:
        with pytest.raises(StoreError, match="key store file cannot be written"):
            store.migrate()
        assert store.revision() == "0007"
        assert set(found(SECRETS, database(store))) == set(SECRETS)
    with closing(Store.open(before)) as store:
        store.migrate()
        check_content(store)
