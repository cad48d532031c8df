"""What `unranked policy` says becomes of a row when somebody is erased is what becomes of it."""

import pytest
from filled import Somebody, dump

from unranked.domain import policy
from unranked.services import erasure

DELETED = "The row is deleted."
STAYS = "The row stays, and a random key that leads nowhere takes the place of "


@pytest.fixture
def rows(world_on):
    """Give the rows of every table before and after one of two people was erased."""
    ada, bob = Somebody("ada"), Somebody("bob")
    with world_on.runtime.store.write() as tx:
        ada.fill(tx, bob)
        bob.fill(tx, ada)
    before = dump(world_on.runtime.store)
    erasure.erase(world_on.runtime, ada.key)
    return ada, before, dump(world_on.runtime.store)


def theirs(found, one, ada):
    column = one.own_key.column
    return [row for row in found[one.name] if row[column] in {ada.key, ada.account}]


def _counted(row):
    return {name: value for name, value in row.items() if name != "destroyed"}


def test_every_table_says_of_its_rows_what_an_erasure_does_to_them(rows):
    ada, before, after = rows
    for one in policy.of_people():
        gone = len(before[one.name]) - len(after[one.name])
        assert theirs(before, one, ada), one.name
        assert not theirs(after, one, ada), one.name
        if gone:
            assert one.erasure.startswith(DELETED), one.name
        else:
            assert one.erasure.startswith(f"{STAYS}{one.own_key.column}."), one.name


def test_a_key_of_theirs_in_somebody_elses_row_is_said_too(rows):
    ada, _, after = rows
    for one in policy.TABLES:
        for key in one.keys:
            assert key.column in one.erasure or (key.own and one.erasure.startswith(DELETED))
            stands = [row[key.column] for row in after[one.name]]
            assert not {ada.key, ada.account} & set(stands), (one.name, key.column)


def test_groups_and_what_was_released_of_them_stay_as_many_and_it_is_said(rows):
    _, before, after = rows
    for name in ("cohort", "unit", "shownunit"):
        assert len(after[name]) == len(before[name])
        assert STAYS in policy.table(name).in_words()
    assert after["release"] == before["release"]


def test_rows_of_nobody_are_said_to_stay_and_do(rows):
    _, before, after = rows
    for one in policy.TABLES:
        if not one.keys and one.name != "tombstone":
            assert one.erasure == "Nothing: no row is of a person."
            # How many keys were destroyed is counted, and nothing else.
            were, are = ([_counted(r) for r in rows[one.name]] for rows in (before, after))
            assert are == were
    assert len(after["tombstone"]) > len(before["tombstone"])
    assert "A mark is made" in policy.table("tombstone").erasure
