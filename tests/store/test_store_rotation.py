"""New keys for everything: who is looked up is found at every moment, and a kill costs nothing."""

from datetime import date
from itertools import count

import pytest
from cut_off import cut_off_at
from filled import Somebody, dump
from on_disk import database, key_store

from unranked.domain.runtime import Ids
from unranked.errors import StoreError
from unranked.store import Store, erasure, ring, rotation, tombstones, vault
from unranked.store.key_database import KeyDatabase
from unranked.store.keys import KeyPlace
from unranked.store.vault import Entry
from unranked.store.wrapping import Bare, Secret

DAY = date(2026, 3, 2)
FIRST = Secret(b"the first secret, longer than 32 letters")
SECOND = Secret(b"the second secret, longer than 32 letters")


def quiet(what, done, of):
    del what, done, of


@pytest.fixture
def store(store_url):
    made = Store.open(store_url)
    made.migrate()
    ada, bob = Somebody("ada"), Somebody("bob")
    with made.write() as tx:
        ada.fill(tx, bob)
        bob.fill(tx, ada)
    yield made
    made.close()


def facts(store):
    """Return everything that is stored, without what new keys change."""
    return {
        name: [
            {c: v for c, v in row.items() if c not in {"mark", "generation"}}
            for row in sorted(rows, key=lambda row: repr(sorted(row.items(), key=str)))
        ]
        for name, rows in dump(store).items()
        if name != "sealing"
    } | {"vault": sorted((r["id"], r["sealed"], str(r["until"])) for r in dump(store)["vault"])}


def people_are_found(store):
    with store.read() as tx:
        return [
            vault.subject(tx, vault.SLACK, vault.MEMBER, "UADA9"),
            vault.subject(tx, vault.ROSTER, vault.EMAIL, "bob@corp.example"),
            sorted((one.account_key, one.person_key) for one in vault.claims(tx)),
        ]


FOUND = ["p-ada-key", "p-bob-key", [("a-ada-key", "p-ada-key"), ("a-bob-key", "p-bob-key")]]


def keys_of(store):
    known = store.keys.get({"p-ada-key", "p-bob-key", "a-ada-key", "a-bob-key"})
    return {bytes(key) for one in known.values() for key in one.values()}


def test_everything_is_sealed_with_new_keys_and_says_the_same(store):
    before, old = facts(store), keys_of(store)
    raw = database(store)
    assert rotation.rotate(store, quiet)

    assert facts(store) == before
    assert people_are_found(store) == FOUND
    assert not old & keys_of(store)
    assert store.keys.facts().generations == (2,)
    store.check()
    now = database(store)
    for row in dump(store)["vault"]:
        assert row["mark"] == "" or row["mark"].encode() not in raw
    for old_words in (b"s1.1.", b"a1.1."):
        assert old_words in raw
        assert old_words not in now


def test_old_keys_open_nothing_afterwards_and_are_in_no_file(store):
    generation, old = store.keys.generation(1), keys_of(store)
    assert rotation.rotate(store, quiet)

    left = key_store(store)
    assert not [key for key in old if key in left]
    with store.read() as tx:
        rows = tx.exec_driver_sql("SELECT subject_key, generation FROM vault").all()
    assert {number for _, number in rows} == {2}
    again = KeyDatabase(store.keys._place)
    with pytest.raises(StoreError, match="older than the last rotation"):
        again.generation(1)
    again.close()
    assert generation.number == 1


def test_it_can_be_done_again_and_again(store):
    before = facts(store)
    for number in (2, 3, 4):
        assert rotation.rotate(store, quiet)
        assert store.keys.facts().generations == (number,)
    assert facts(store) == before
    assert people_are_found(store) == FOUND


def test_cut_off_at_any_step_everybody_is_found_and_it_goes_on_when_repeated(store):
    before = facts(store)
    for step in count():
        with cut_off_at(store, step) as killed:
            rotation.rotate(store, quiet)
        assert people_are_found(store) == FOUND, step
        store.check()
        if not killed():
            break
        assert facts(store) == before, step
        with store.write() as tx:  # meanwhile life goes on
            vault.put(tx, [Entry(f"p-{step}", vault.SLACK, vault.MEMBER, f"U{step}")])
        with store.read() as tx:
            assert vault.subject(tx, vault.SLACK, vault.MEMBER, f"U{step}") == f"p-{step}"
            assert vault.value(tx, f"p-{step}", vault.SLACK, vault.MEMBER) == f"U{step}"
        assert rotation.rotate(store, quiet), step
        assert len(store.keys.facts().generations) == 1
        with store.write() as tx:
            vault.destroy(tx, f"p-{step}")
        assert erasure.destroy_keys(store)
        assert facts(store) == before, step
    assert step > 8


def test_another_process_goes_on_with_the_new_keys_without_a_restart(store, store_url):
    other = Store.open(store_url)
    assert people_are_found(other) == FOUND
    assert rotation.rotate(store, quiet)

    assert people_are_found(other) == FOUND
    with other.write() as tx:
        vault.put(tx, [Entry("p-new", vault.SLACK, vault.MEMBER, "UNEW")])
    with store.read() as tx:
        assert vault.subject(tx, vault.SLACK, vault.MEMBER, "UNEW") == "p-new"
        assert vault.value(tx, "p-new", vault.SLACK, vault.MEMBER) == "UNEW"
    other.close()


def test_who_is_forgotten_half_way_is_forgotten_with_both_keys(store):
    with cut_off_at(store, 3):
        rotation.rotate(store, quiet)
    assert len(store.keys.facts().generations) == 2
    with store.write() as tx:
        vault.destroy(tx, "p-ada-key")
    assert erasure.destroy_keys(store)
    assert store.keys.subjects(["p-ada-key"]) == set()
    assert rotation.rotate(store, quiet)

    assert store.keys.subjects(["p-ada-key", "p-bob-key"]) == {"p-bob-key"}
    store.check()


def test_marks_of_who_was_erased_hold_after_it(store):
    one = tombstones.address("gone@corp.example")
    with store.write() as tx:
        tombstones.bury(tx, [one], ids=Ids(), on=DAY)
    assert rotation.rotate(store, quiet)
    with store.read() as tx:
        assert tombstones.erased_on(tx, one) == DAY


def test_a_secret_is_set_changed_and_taken_away_with_a_rotation(store_url, tmp_path):
    def opened(wrapping):
        return Store.open(store_url, keys=KeyPlace(f"sqlite:///{tmp_path / 'k.db'}", wrapping))

    store = opened(Bare())
    store.migrate()
    with store.write() as tx:
        vault.put(tx, [Entry("p-1", vault.SLACK, vault.MEMBER, "UADA")])
    store.close()
    for before, now in ((Bare(), FIRST), (FIRST, SECOND), (SECOND, Bare())):
        store = opened(now)
        store.keys.wrap_anew(before)
        store.check()
        assert rotation.rotate(store, quiet)
        store.close()
        for other in {FIRST, SECOND} - {now}:
            wrong = opened(other)
            if now != Bare():
                with pytest.raises(StoreError, match="is not the secret"):
                    wrong.check()
            wrong.close()
        store = opened(now)
        store.check()
        with store.read() as tx:
            assert vault.value(tx, "p-1", vault.SLACK, vault.MEMBER) == "UADA"
            assert ring.of(tx).state.seals == store.keys.facts().generations[0]
        store.close()


def test_before_there_is_anybody_there_is_nothing_to_rotate(store_url):
    store = Store.open(store_url)
    store.migrate()
    with pytest.raises(StoreError, match="no keys yet"):
        rotation.rotate(store, quiet)
    assert store.check_keys() is False
    store.close()
