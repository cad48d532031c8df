"""What a person's rights need of the database: clean files, writing alone, marks, links."""

import sqlite3
import threading
import time
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from filled import Somebody
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql

from unranked.domain.runtime import Ids
from unranked.domain.usage import Window
from unranked.services import erasure
from unranked.store import Store, links, people, tombstones, vault
from unranked.store.belongings import Identifier

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
NEEDLE = "p-needle01234567"


@pytest.fixture
def store(store_url):
    made = Store.open(store_url)
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def file(tmp_path):
    """Give a SQLite file in which a deleted row left its bytes, and the store on it."""
    path = tmp_path / "unranked.db"
    made = Store.open(f"sqlite:///{path}")
    made.migrate()
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA secure_delete = OFF")
    entry = "INSERT INTO absence (person_key, since) VALUES (?, '2026-01-01')"
    raw.executemany(entry, [(NEEDLE,), ("p-other",)])
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.execute("DELETE FROM absence WHERE person_key = ?", (NEEDLE,))
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    assert NEEDLE.encode() in path.read_bytes()
    yield path, made
    made.close()


def values(store):
    with store.read() as tx:
        return list(tx.execute(sql("SELECT person_key FROM absence")).scalars())


@pytest.mark.parametrize("words", [[NEEDLE], ["p-nowhere", NEEDLE], None])
def test_what_a_deleted_row_left_in_the_file_goes_and_the_rows_stay(file, words):
    path, store = file
    assert store.wipe(words)

    assert NEEDLE.encode() not in b"".join(one.read_bytes() for one in path.parent.iterdir())
    assert values(store) == ["p-other"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_in_which_nothing_is_found_is_not_rebuilt(file):
    path, store = file
    with store.write() as tx:
        tx.execute(sql("UPDATE alembic_version SET version_num = version_num"))
    assert store.wipe(["p-nowhere", ""])

    assert path.with_name(f"{path.name}-wal").stat().st_size == 0
    assert NEEDLE.encode() in path.read_bytes()


def test_what_stands_in_the_log_alone_is_taken_out_too(file):
    path, store = file
    log = path.with_name(f"{path.name}-wal")
    with store.write() as tx:
        people.set_absences(tx, {"p-third": [Window(TODAY, TODAY)]})
    with store.write() as tx:
        people.set_absences(tx, {"p-third": []})
    assert b"p-third" in log.read_bytes()

    assert store.wipe(["p-third"])
    assert log.stat().st_size == 0


def test_who_writes_alone_waits_for_the_others_and_they_for_it(store):
    order = []
    inside, go_on = threading.Event(), threading.Event()

    def others():
        with store.write():
            order.append("other begins")
            inside.set()
            assert go_on.wait(20)
            order.append("other ends")

    def late():
        with store.write():
            order.append("late")

    first = threading.Thread(target=others)
    first.start()
    assert inside.wait(20)

    def alone():
        with store.write(alone=True):
            order.append("alone begins")
            last.start()
            time.sleep(0.3)
            order.append("alone ends")

    last = threading.Thread(target=late)
    second = threading.Thread(target=alone)
    second.start()
    time.sleep(0.3)
    go_on.set()
    for thread in (first, second):
        thread.join(20)
    last.join(20)

    assert order == ["other begins", "other ends", "alone begins", "alone ends", "late"]


def test_people_are_erased_alone(world_on, monkeypatch):
    """What a job read of somebody is then never stored after they are gone."""
    ada = Somebody("ada")
    with world_on.runtime.store.write() as tx:
        ada.fill(tx, Somebody("bob"))
    asked = []
    whole = Store.write

    def write(self, *, alone=False):
        asked.append(alone)
        return whole(self, alone=alone)

    monkeypatch.setattr(Store, "write", write)
    erasure.erase(world_on.runtime, ada.key)
    assert asked.count(True) == 1


# Marks.

IDENTIFIERS = st.builds(
    Identifier,
    realm=st.sampled_from(["roster", "slack", "acme"]),
    kind=st.sampled_from([vault.EMAIL, vault.MEMBER, vault.ACCOUNT]),
    value=st.sampled_from(["a@corp.example", "b@corp.example", "U1", "U2", "Ü", "x\ny"]),
)


def plain(one):
    return (
        ("", one.kind, one.value) if one.kind == vault.EMAIL else (one.realm, one.kind, one.value)
    )


@given(
    erased=st.lists(st.sets(IDENTIFIERS, min_size=1), max_size=4),
    lifted=st.lists(IDENTIFIERS, max_size=3),
)
@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_mark_is_known_until_any_of_the_same_person_is_lifted(tmp_path, erased, lifted):
    store = Store.open(f"sqlite:///{tmp_path / 'unranked.db'}")
    store.migrate()
    ids = Ids(Random(1).randbytes)
    marked = [{plain(one) for one in person} for person in erased]
    try:
        with store.write() as tx:
            tx.execute(sql("DELETE FROM tombstone"))
            for person in erased:
                tombstones.bury(tx, person, ids=ids, on=TODAY)
            for one in lifted:
                gone = [person for person in marked if plain(one) in person]
                assert tombstones.lift(tx, one) == sum(len(person) for person in gone)
                marked = [person for person in marked if person not in gone]
            found = tombstones.read(tx)
        for one in {one for person in erased for one in person} | set(lifted):
            known = any(plain(one) in person for person in marked)
            assert (found.of(one) is not None) is known
    finally:
        store.close()


def test_names_and_conversations_mark_nobody(store):
    with store.write() as tx:
        named = [Identifier("roster", vault.NAME, "Ada"), Identifier("slack", "conversation", "D1")]
        tombstones.bury(tx, named, ids=Ids(), on=TODAY)
        assert tombstones.read(tx).groups == {}


def test_the_salt_is_random_and_made_once(store):
    one = Identifier("slack", vault.MEMBER, "U1")
    with store.write() as tx:
        tombstones.bury(tx, [one], ids=Ids(), on=TODAY)
        salt = tombstones.read(tx).salt
        tombstones.bury(tx, [Identifier("slack", vault.MEMBER, "U2")], ids=Ids(), on=TODAY)
        assert tombstones.read(tx).salt == salt
        assert len(salt) == 32
        assert len(tombstones.read(tx).groups) == 2


# Links.


def test_a_link_is_used_once_by_whoever_comes_first(store):
    with store.write() as tx:
        links.add(tx, "m", "p-1", now=NOW, expires_at=NOW + timedelta(minutes=10))
    found = []

    def use():
        with store.write() as tx:
            found.append(links.use(tx, "m", now=NOW))

    threads = [threading.Thread(target=use) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(found, key=str) == [None] * 5 + ["p-1"]


def test_a_link_is_good_until_its_end_and_old_ones_are_forgotten(store):
    with store.write() as tx:
        links.add(tx, "m1", "p-1", now=NOW, expires_at=NOW + timedelta(minutes=10))
        assert links.use(tx, "m1", now=NOW + timedelta(minutes=10)) is None
        assert links.use(tx, "m2", now=NOW) is None
        later = NOW + timedelta(minutes=11)
        links.add(tx, "m3", "p-2", now=later, expires_at=later + timedelta(minutes=10))
        assert list(tx.execute(sql("SELECT mark FROM exportlink")).scalars()) == ["m3"]
        assert links.use(tx, "m3", now=later) == "p-2"
