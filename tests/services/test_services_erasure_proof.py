"""What the proof of an erasure says: enough to believe it, and nothing of what there was."""

from dataclasses import replace
from datetime import date

import pytest
from filled import Somebody

from unranked.domain import policy
from unranked.domain.policy_terms import Erased
from unranked.services import erasure
from unranked.store import erasure as stored


@pytest.fixture
def filled(world_on):
    """Two people, every table filled for each."""
    ada, bob = Somebody("ada"), Somebody("bob")
    with world_on.runtime.store.write() as tx:
        ada.fill(tx, bob)
        bob.fill(tx, ada)
    return world_on, ada


def test_the_proof_names_every_table_that_can_hold_somebody_and_says_that_nothing_is_there(filled):
    world, ada = filled
    proof = erasure.erase(world.runtime, ada.key)
    lines = proof.in_words().splitlines()

    for one in policy.TABLES:
        said = [line for line in lines if line.startswith(f"  {one.name}: ")]
        assert len(said) == bool(one.keys), one.name
        assert all(": 0 rows" in line for line in said)
        replaced = one.own_key is not None and one.own_key.erased is Erased.REPLACED
        assert (
            any("stay under a random key that leads nowhere" in line for line in said) is replaced
        )
    assert "No deleted row stands in the database's file." in lines
    assert any("is kept as nobody's" in line for line in lines)
    assert proof.as_json()["left"] == []
    assert proof.as_json()["nothing_left"] is True
    assert proof.as_json()["searched"] == [one.name for one in policy.TABLES if one.keys]


def test_the_proof_of_somebody_with_much_and_of_somebody_with_nothing_is_the_same(world_on):
    world, ada = world_on, Somebody("ada")
    world.person("cem")
    world.begin()
    with world.runtime.store.write() as tx:
        ada.fill(tx, Somebody("bob"))
    much = erasure.erase(world.runtime, ada.key)
    nothing = erasure.erase(world.runtime, world.key("UCEM"))

    assert much.rows["usage"] > 0
    assert nothing.rows["usage"] == 0
    assert nothing.rows["choice"] == 1, "the objection that the erasure itself began with"
    assert replace(much, unread=False, messages_left=0).in_words() == nothing.in_words()
    assert not any(word in much.in_words() + repr(much) for word in ada.words())


@pytest.mark.parametrize("kept", ["choice", "vault", "usage", "cohort"])
def test_what_is_still_there_is_named_by_its_table_and_without_a_figure(filled, monkeypatch, kept):
    world, ada = filled
    keys, whole = stored._keys, stored.delete_rows
    monkeypatch.setattr(
        stored, "_keys", lambda: ((place, key) for place, key in keys() if place.name != kept)
    )

    def without_one(*arguments, **named):
        gone = whole(*arguments, **named)
        monkeypatch.setattr(stored, "_keys", keys)
        return gone

    monkeypatch.setattr(stored, "delete_rows", without_one)
    proof = erasure.erase(world.runtime, ada.key)
    words = proof.in_words().splitlines()

    assert f"  {kept}: still there" in words
    assert "Something is left: run `unranked erase` again." in words
    assert sum("still there" in line for line in words if line.startswith("  ")) == 1
    assert proof.as_json()["left"] == [kept]


def test_a_second_erasure_tells_of_the_first_and_searches_only_what_can_be_searched(world_on):
    world_on.person("ada")
    world_on.learn()
    erasure.erase_named(world_on.runtime, "ada@corp.example")
    first = world_on.now.date()
    world_on.at("2026-04-01T10:00+00:00")
    proof = erasure.erase_named(world_on.runtime, "UADA")

    assert proof.before == first == date(2026, 3, 2)
    assert proof.in_words().startswith("They were erased already, on 2026-03-02")
    assert proof.as_json()["searched"] == ["vault"]
    assert proof.as_json()["erased_before_on"] == "2026-03-02"
    assert proof.nothing_left
