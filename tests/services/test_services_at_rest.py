"""A stolen file tells nobody's name, and what was forgotten stays so with the keys at hand."""

import base64
import shutil
from itertools import count

import pytest
import structlog
from cut_off import cut_off_at
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lived_week import BOSS, ERASED, NAMES, live
from on_disk import database, found, key_store
from sqlalchemy import select, text

from unranked.errors import StoreError
from unranked.services import erasure
from unranked.store import Store, key_backups, key_tables, people, sealing, vault
from unranked.store.key_database import KeyDatabase
from unranked.store.keys import KeyPlace
from unranked.store.vault import Entry

GONE = "guinevere"


@pytest.fixture
def logs():
    """Give everything that is logged meanwhile."""
    with structlog.testing.capture_logs() as lines:
        yield lines


def test_t8_a_stolen_database_holds_no_name_no_address_and_no_id(world_on, tmp_path, logs):
    known = live(world_on, tmp_path)
    stolen = database(world_on.runtime.store)

    assert all(len(words) >= 5 for words in known.of.values())
    assert len(known.of["bartholomew"]) == 6, "the conversation as well"
    assert len(known.shared) >= 8
    assert found(known.everything, stolen) == []
    assert found(NAMES, stolen.lower()) == []
    assert found(["Europe/Berlin", "DE-BE"], stolen) == []
    lasting = world_on.runtime.store.keys.lasting()  # what tombstones are hashed with
    assert lasting not in stolen
    assert lasting.hex().encode() not in stolen
    assert found(known.everything, repr(logs).encode()) == []


def test_t8_fails_where_names_are_not_sealed(world, tmp_path, monkeypatch):
    monkeypatch.setattr(sealing, "seal_text", lambda _, value, __: value.encode())
    monkeypatch.setattr(sealing, "unseal_text", lambda _, sealed, __: sealed.decode())
    known = live(world, tmp_path)

    assert found(known.everything, database(world.runtime.store)) != []


def test_t8_fails_where_a_forgotten_persons_key_is_kept(world, tmp_path, monkeypatch):
    live(world, tmp_path)
    store = world.runtime.store
    copied = sealed_rows(store, world.key(f"U{GONE.upper()}"))
    monkeypatch.setattr(KeyDatabase, "destroy", lambda *_: True)
    erasure.erase(world.runtime, world.key(f"U{GONE.upper()}"))

    assert opened(store, copied) != []


def test_t8_the_search_itself_finds_a_word_in_every_spelling(world_on):
    word = "wilhelmina@corp.example"
    for one in (
        *(word.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")),
        *(b"x" * n + word.encode() for n in range(3)),
        word.encode().hex().upper().encode(),
    ):
        assert found([word], b"before" + one + b"after") == [word]
    for n in range(3):
        assert found([word], base64.b64encode(b"x" * n + word.encode() + b"yz")) == [word]
    assert found([word], b"wilhelm@corp.example") == []


def test_t8_the_order_of_rows_is_not_that_of_the_list_that_named_them(world_on):
    for name in (f"person{n:02}" for n in range(40)):
        world_on.person(name)
    world_on.learn()

    with world_on.runtime.store.read() as tx:
        place = "rowid" if tx.dialect.name == "sqlite" else "ctid"
        for table in ("person", "account"):
            rows = tx.execute(text(f"SELECT {table}_key FROM {table} ORDER BY {place}"))  # noqa: S608 - our own names
            keys = [key for key in rows.scalars() if key]
            assert keys == sorted(keys), table
        ids = tx.execute(text("SELECT subject_key FROM vault WHERE kind = 'member' ORDER BY id"))
        keys = list(ids.scalars())
        assert keys == sorted(keys)


def test_t8_what_was_forgotten_is_nowhere_even_for_who_has_the_keys(world_on, tmp_path, logs):
    known, store = live(world_on, tmp_path), world_on.runtime.store
    copied = sealed_rows(store, world_on.key(f"U{GONE.upper()}"))
    keys = store.keys.get({row["subject_key"] for row in copied})
    data_keys = [bytes(key) for one in keys.values() for key in one.values()]
    assert copied
    assert opened(store, copied) != []

    proof = erasure.erase(world_on.runtime, world_on.key(f"U{GONE.upper()}"))
    backup = key_backups.write(
        store.keys, tmp_path, now=world_on.now, keep=world_on.now - world_on.now
    )

    assert proof.nothing_left
    assert proof.wiped
    assert opened(store, copied) == []
    theirs = known.of[GONE] | known.of[ERASED] | {row["subject_key"] for row in copied}
    for where in (database(store), key_store(store), backup.path.read_bytes()):
        assert found(theirs, where) == []
        assert not [key for key in data_keys if key in where]
        assert not [row for row in copied if row["sealed"] in where]
    assert found(known.of[GONE], repr(logs).encode()) == []
    assert world_on.key(f"U{BOSS.upper()}")


def test_a_copy_of_the_whole_database_from_before_cannot_be_opened_afterwards(world, tmp_path):
    live(world, tmp_path)
    store, path = world.runtime.store, tmp_path / "unranked.db"
    gone = world.key(f"U{GONE.upper()}")
    assert store.wipe()
    shutil.copy(path, tmp_path / "copy.db")
    erasure.erase(world.runtime, gone)

    place = KeyPlace(f"sqlite:///{tmp_path / 'unranked-keys.db'}")
    copy = Store.open(f"sqlite:///{tmp_path / 'copy.db'}", keys=place)
    with copy.read() as tx:
        assert vault.value(tx, gone, vault.ROSTER, vault.NAME) is None
        assert vault.value(tx, gone, vault.SLACK, vault.MEMBER) is None
        assert gone not in vault.values(tx, vault.ROSTER, vault.EMAIL)
        assert len(vault.values(tx, vault.ROSTER, vault.NAME)) == len(NAMES) - 2
    with pytest.raises(StoreError, match="older than its key store"):
        copy.check()
    copy.close()


def sealed_rows(store, person_key):
    """Return the vault's rows of a person and of their accounts, as they stand in the database."""
    with store.read() as tx:
        place = vault._vault
        theirs = erasure.belongings.of_person(tx, person_key).keys
        rows = tx.execute(select(place).where(place.c.subject_key.in_(theirs))).mappings()
        return [dict(row) for row in rows]


def opened(store, rows):
    """Return what the key store opens of copied rows."""
    keys = store.keys.get({row["subject_key"] for row in rows})
    return [
        sealing.unseal_text(
            keys[row["subject_key"]][row["generation"]],
            row["sealed"],
            vault._bound_to(row["subject_key"], row["realm"], row["kind"], row["generation"]),
        )
        for row in rows
        if row["subject_key"] in keys
    ]


# With a letter before it that no file has by chance, as it may have six digits, or a column's name.
WORDS = st.text(min_size=6, max_size=40).map("þ{}".format)


@given(name=WORDS, address=WORDS, member=WORDS)
@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_t8_whatever_somebody_is_called_neither_file_holds_it(store_url, name, address, member):
    store = Store.open(store_url)
    store.migrate()
    entries = [
        Entry("p-1", vault.ROSTER, vault.NAME, name),
        Entry("p-1", vault.ROSTER, vault.EMAIL, f"{address}@corp.example"),
        Entry("p-1", vault.SLACK, vault.MEMBER, member),
        Entry("a-1", "acme", vault.EMAIL, f"{address}@corp.example"),
    ]
    with store.write() as tx:
        vault.put(tx, entries)
    both = database(store) + key_store(store)
    with store.write() as tx:
        for subject in ("p-1", "a-1"):
            vault.destroy(tx, subject)
    assert erasure.erasure.destroy_keys(store)
    assert store.wipe()

    assert found([name, address, member], both) == []
    assert store.keys.subjects({"p-1", "a-1"}) == set()
    store.close()


def test_a_forgetting_that_is_cut_off_at_any_step_is_completed_when_it_is_repeated(world_on):
    world, store = world_on, world_on.runtime.store
    for step in count():
        name = f"person{step}"
        world.person(name)
        world.learn(days=1)
        key, words = world.key(f"U{name.upper()}"), {name, f"{name}@corp.example"}
        with store.read() as tx:
            subjects = erasure.belongings.of_person(tx, key).keys
        assert len(store.keys.subjects(subjects)) == 2
        with cut_off_at(store, step) as killed:
            erasure.erase(world.runtime, key)
        store.check()  # a start says nothing of it
        proof = erasure.erase_named(world.runtime, f"U{name.upper()}")

        assert proof.nothing_left
        assert proof.wiped
        assert store.keys.subjects(subjects) == set(), step
        left = database(store) + key_store(store)
        assert found(words | subjects, left) == [], step
        store.check()
        if not killed():
            break
    assert step > 6, "an objection, the rows, two keys, the note of it, and two files"


def test_what_a_crash_left_of_keys_goes_with_the_next_list_of_people(world_on):
    world, store = world_on, world_on.runtime.store
    for name in ("ada", "bob"):
        world.person(name)
    world.learn(days=1)
    key = world.key("UADA")
    with cut_off_at(store, 2):
        erasure.erase(world.runtime, key)
    assert store.keys.subjects([key]) == {key}
    assert key not in people_in(store)

    world.learn(days=1)
    assert store.keys.subjects([key]) == set()
    assert found([key], database(store)) == []


def test_an_erasure_cut_off_at_any_step_leaves_no_byte_after_the_next_list_of_people(world):
    store, done = world.runtime.store, False
    for step in count():
        name = f"person{step}"
        world.person(name)
        world.learn(days=1)
        key = world.key(f"U{name.upper()}")
        with store.read() as tx:
            subjects = erasure.belongings.of_person(tx, key).keys
        vault_rows = sealed_rows(store, key)
        keys = sealed_keys(store, subjects)
        assert len(keys) == len(subjects) == 2
        with cut_off_at(store, step) as killed:
            erasure.erase(world.runtime, key)
        if key in people_in(store):
            assert not done
            continue  # cut off before their rows went: it never began
        done = True
        world.learn(days=1)

        assert store.is_clean()
        left = database(store) + key_store(store)
        assert found(subjects, left) == [], step
        assert not [it for it in keys if it in left], step
        assert not [row for row in vault_rows if row["sealed"] in left], step
        if not killed():
            break
    assert done


def test_the_next_erasure_clears_what_one_before_left_of_somebody_else(world):
    store = world.runtime.store
    for name in ("ada", "bob"):
        world.person(name)
    world.learn(days=1)
    key = world.key("UADA")
    keys = sealed_keys(store, [key])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "wipe", lambda *_: False)
        assert not erasure.erase(world.runtime, key).wiped
    assert not store.is_clean()
    assert [it for it in keys if it in key_store(store)], "else nothing was left to be cleared"

    with pytest.MonkeyPatch.context() as patch:
        searched = []
        patch.setattr("unranked.store.wiping._found", lambda *words: searched.append(words))
        assert erasure.erase(world.runtime, world.key("UBOB")).wiped
        assert not searched, "ada's words are not known any more: the file is written anew"
    assert store.is_clean()
    assert not [it for it in keys if it in key_store(store)]
    assert found([key], database(store)) == []


def test_what_is_erased_while_another_clears_the_files_is_not_noted_as_cleared(world):
    store = world.runtime.store
    for name in ("ada", "bob"):
        world.person(name)
    world.learn(days=1)
    other, cleaned = world.key("UBOB"), store.keys.clean

    def meanwhile():
        done = cleaned()
        with store.write() as tx:
            vault.destroy(tx, other)
        assert erasure.erasure.destroy_keys(store)
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store.keys, "clean", meanwhile)
        assert erasure.erase(world.runtime, world.key("UADA")).wiped
    assert not store.is_clean()
    erasure.erasure.finish(store)
    assert store.is_clean()


def sealed_keys(store, subjects):
    """Return the subjects' keys as they stand in the key store's file."""
    with store.keys._reading() as tx:
        return [sealed for *_, sealed in key_tables.keys_of(tx, sorted(subjects))]


def people_in(store):
    with store.read() as tx:
        return people.keys(tx)
