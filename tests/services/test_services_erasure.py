"""Forgetting one person: their rows in every table, the bytes of the file, and the proof."""

from datetime import date, timedelta
from pathlib import Path

import frozen_groups
import pytest
from classes import atoms
from filled import Somebody, dump
from sqlalchemy import delete, event, insert
from sqlalchemy.exc import OperationalError

from unranked.domain import policy
from unranked.domain.cohorts import quarter_of
from unranked.domain.policy_terms import Erased
from unranked.errors import RosterError
from unranked.services import erasure, segments, sync
from unranked.store import belongings, campaigns, people, vault
from unranked.store import erasure as stored
from unranked.store.tables import Cohort, FrozenUnit, ShownUnit, Unit, UnitAtom, table
from unranked.store.vault import Entry

DAY = date(2026, 2, 16)


@pytest.fixture
def two(world_on):
    """Two people, every table filled for each, each pointing at the other where a row can."""
    ada, bob = Somebody("ada"), Somebody("bob")
    with world_on.runtime.store.write() as tx:
        ada.fill(tx, bob)
        bob.fill(tx, ada)
    return world_on, ada, bob


def everywhere(world):
    """Return everything that stands in the database, as one text."""
    return repr(dump(world.runtime.store))


def test_an_erasure_leaves_nothing_of_the_person_in_any_table(two):
    world, ada, _ = two
    proof = erasure.erase(world.runtime, ada.key)

    left = everywhere(world)
    assert not [word for word in ada.words() if word in left]
    assert "ada:" not in left
    assert proof.nothing_left
    assert proof.wiped
    assert not [name for name, _ in ada.values if not proof.rows[name]]


def test_an_erasure_leaves_everybody_elses_rows_as_they_were(two):
    world, ada, bob = two
    before = dump(world.runtime.store)
    erasure.erase(world.runtime, ada.key)
    after = dump(world.runtime.store)

    for one in policy.of_people():
        mine = {bob.key, bob.account}
        kept = [row for row in before[one.name] if row[one.own_key.column] in mine]
        assert kept, one.name
        for row in () if one.own_key.erased is Erased.REPLACED else kept:
            if one.name == "person":
                row["manager_key"] = None  # who was erased is nobody's manager
            if one.name == "dottedline":
                assert without_manager(row) in map(without_manager, after[one.name])
                continue
            assert row in after[one.name], one.name
    for name in ("cohort", "shownunit", "release"):
        assert without_keys(after[name]) == without_keys(before[name])
    for name in ("job", "coverage", "campaign", "feedrun", "completeness", "channelstate"):
        assert after[name] == before[name]


def without_manager(row):
    return row | {"manager_key": ""}


def without_keys(rows):
    return sorted(
        repr(row | {"group_key": "", "person_key": "", "manager_key": ""}) for row in rows
    )


def test_a_group_that_was_fixed_keeps_its_size_and_who_was_in_two_groups_stays_one(two):
    world, ada, bob = two
    quarter = quarter_of(world.now.date())
    row = {"quarter": quarter.start, "frozen_on": quarter.start}
    managed = {"u-bob": bob.key, "u-head": "p-head", "u-ada": ada.key}
    with world.runtime.store.write() as tx:
        for one in (Cohort, FrozenUnit, ShownUnit, Unit, UnitAtom):
            tx.execute(delete(table(one)))
        for person, atom in ((ada.key, 1), (bob.key, 1), ("p-cem", 2)):
            tx.execute(insert(table(Cohort)).values(row | {"person_key": person, "atom": atom}))
        for unit, manager in managed.items():
            own = {"unit_key": unit, "manager_key": manager}
            size = {"people": 1, "members": "hash"}
            atom = 2 if unit == "u-ada" else 1
            fixed = {"quarter": quarter.start}
            tx.execute(insert(table(Unit)).values(own | {"kind": "team"}))
            tx.execute(insert(table(ShownUnit)).values(own | fixed | {"above": 0, "whole": True}))
            tx.execute(insert(table(UnitAtom)).values(fixed | {"unit_key": unit, "atom": atom}))
            tx.execute(insert(table(FrozenUnit)).values(row | size | {"unit_key": unit}))
    erasure.erase(world.runtime, ada.key)

    with world.runtime.store.read() as tx:
        found = frozen_groups.members(tx, quarter)
        known = people.keys(tx)
    assert found[bob.key] == found["p-head"]
    assert sorted(len(atom) for atom in atoms(found.values())) == [1, 2]
    (stand_in,) = found[bob.key] - {bob.key}
    assert set(found) == {bob.key, "p-head", stand_in}, "the group that the person managed"
    assert stand_in not in known


def test_an_erasure_can_be_repeated_and_then_finds_nothing(two):
    world, ada, _ = two
    erasure.erase(world.runtime, ada.key)
    before = dump(world.runtime.store)
    proof = erasure.erase(world.runtime, ada.key)

    assert dump(world.runtime.store) == before
    assert not any(proof.rows.values())
    assert (proof.messages, proof.messages_left) == (0, 0)
    assert proof.nothing_left


def test_an_erasure_that_broke_off_deleted_nothing_but_stopped_all_and_can_be_repeated(
    two, monkeypatch
):
    world, ada, _ = two
    whole = stored.delete_rows

    def broken(*arguments, **named):
        whole(*arguments, **named)
        raise OperationalError("", {}, Exception("the disk is gone"))

    monkeypatch.setattr(stored, "delete_rows", broken)
    with pytest.raises(OperationalError):
        erasure.erase(world.runtime, ada.key)
    left = everywhere(world)
    for value in ada.values.values():
        assert not isinstance(value, str) or value in left
    assert ada.email in left
    with world.runtime.store.read() as tx:
        theirs = [one for one in campaigns.choices(tx)[ada.key] if one.choice == "object"]
    assert segments.consent_from(theirs).objected

    monkeypatch.undo()
    assert erasure.erase(world.runtime, ada.key).nothing_left
    left = everywhere(world)
    assert not [word for word in [*ada.words(), "ada:"] if word in left]


@pytest.mark.parametrize("kept", ["choice", "tie", "vault", "person", "usage", "account"])
def test_the_second_look_sees_what_was_not_deleted(two, monkeypatch, kept):
    world, ada, _ = two
    keys = stored._keys
    monkeypatch.setattr(
        stored, "_keys", lambda: ((place, key) for place, key in keys() if place.name != kept)
    )
    whole = stored.delete_rows

    def without_one(*arguments, **named):
        gone = whole(*arguments, **named)
        monkeypatch.setattr(stored, "_keys", keys)
        return gone

    monkeypatch.setattr(stored, "delete_rows", without_one)

    assert not erasure.erase(world.runtime, ada.key).nothing_left


def file_bytes(world):
    """Return all bytes of the database, of its key store, and of what is beside them."""
    path = Path(world.runtime.store._engine.url.database)
    return b"".join(one.read_bytes() for one in sorted(path.parent.glob(f"{path.stem}*")))


def test_on_sqlite_no_byte_of_the_files_holds_a_key_of_theirs_any_more(world):
    names = [f"person{number:02}" for number in range(60)]
    for name in names:
        world.person(name)
        world.tools["acme"].use(f"{name}@corp.example", DAY)
    world.begin()
    gone = []
    for name in names[::4]:
        key = world.key(f"U{name.upper()}")
        with world.runtime.store.read() as tx:
            theirs = belongings.of_person(tx, key)
        names_of_theirs = {one.value for one in theirs.identifiers}
        assert {f"{name}@corp.example", f"U{name.upper()}", name.title()} < names_of_theirs
        before, words = file_bytes(world), [*theirs.keys]
        assert all(word.encode() in before for word in words)
        assert not [word for word in names_of_theirs if word.encode() in before], "but sealed"
        assert erasure.erase(world.runtime, key).wiped
        gone += words
        left = file_bytes(world)
        assert not [word for word in gone if word.encode() in left]
        world.now += timedelta(days=1)
        world.learn(days=1)

    left = file_bytes(world)
    assert not [word for word in gone if word.encode() in left]


def test_while_somebody_reads_for_long_the_file_is_not_said_to_be_clean(world):
    world.person("ada")
    world.begin()
    key = world.key("UADA")
    engine = world.runtime.store._engine
    reader = engine.raw_connection()
    event.listen(engine, "checkout", lambda it, *_: it.execute("PRAGMA busy_timeout = 50"))
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM vault").fetchall()

    proof = erasure.erase(world.runtime, key)
    assert proof.nothing_left
    assert not proof.wiped
    assert "was in use" in proof.in_words()

    world.now += timedelta(days=1)
    world.learn(days=1)
    assert not world.runtime.store.is_clean(), "they read still"

    reader.execute("COMMIT")
    reader.close()
    world.now += timedelta(days=1)
    world.learn(days=1)
    assert world.runtime.store.is_clean()
    assert key.encode() not in file_bytes(world)
    assert erasure.erase_named(world.runtime, "ada@corp.example").wiped
    with pytest.raises(RosterError):
        erasure.erase_named(world.runtime, "bob@corp.example")


@pytest.fixture
def company(world_on):
    for name in ("ada", "bob"):
        world_on.person(name)
    world_on.learn()
    return world_on


@pytest.mark.parametrize("typed", ["ada@corp.example", " Ada@CORP.example ", "UADA", " uada "])
def test_an_operator_finds_a_person_by_address_or_member_id(company, typed):
    assert erasure.find_person(company.runtime, typed) == company.key("UADA")


@pytest.mark.parametrize("typed", ["adam@corp.example", "UADAM", "Ada", "", "@", "%"])
def test_nobody_is_found_by_anything_else_and_the_error_does_not_repeat_it(company, typed):
    with pytest.raises(RosterError, match="Nobody in the list") as refused:
        erasure.find_person(company.runtime, typed)

    assert "member id" in refused.value.hint
    assert not typed.strip() or typed not in str(refused.value).replace("address", "")


def test_of_two_who_had_an_address_the_one_who_has_it_now_is_meant_and_else_nobody(company):
    email, entry = "info@corp.example", vault.EMAIL
    keys = [company.key(who) for who in ("UADA", "UBOB")]
    with company.runtime.store.write() as tx:
        entries = [Entry(key, vault.ROSTER, entry, email) for key in keys]
        vault.put(tx, entries)
        vault.end(tx, entries[:1], on=DAY)
    assert erasure.find_person(company.runtime, email) == keys[1]

    with company.runtime.store.write() as tx:
        vault.end(tx, entries, on=DAY)
    with pytest.raises(RosterError, match="one after the other"):
        erasure.find_person(company.runtime, email)


def test_one_persons_erasure_is_no_restatement_and_silences_nobody_else(world_on):
    weekdays = [date(2026, 2, 2) + timedelta(days=n) for n in range(28)]
    for name in ("ada", "bob", "cleo"):
        world_on.person(name)
        world_on.tools["acme"].use(f"{name}@corp.example", *weekdays)
    world_on.learn(days=3)
    before = placement(world_on, "UBOB")
    erasure.erase(world_on.runtime, world_on.key("UADA"))

    world_on.now += timedelta(days=1)
    restated = [run.restated for run in sync.run(world_on.runtime)]
    segments.refresh(world_on.runtime)
    after = placement(world_on, "UBOB")

    assert set(restated) == {0}
    assert after.segment == before.segment == "active"
    assert after.watermark > before.watermark


def placement(world, member_id):
    with world.runtime.store.read() as tx:
        return campaigns.placements(tx)[world.key(member_id)]
