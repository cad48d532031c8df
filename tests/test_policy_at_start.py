"""No door opens on a database that holds what nobody declared: each says what, and what to do."""

import json
from contextlib import closing

import pytest

from unranked.store import Store


@pytest.fixture
def odd(url):
    """Give a database with a table that the policy does not know."""
    with closing(Store.open(url)) as store:
        store.migrate()
        with store.write() as tx:
            tx.exec_driver_sql("CREATE TABLE diary (id INTEGER PRIMARY KEY, words VARCHAR)")
    return url


@pytest.mark.parametrize(
    "command",
    [
        ["run"],
        ["job", "segments"],
        ["job", "retention", "--dry-run"],
        ["connectors"],
        ["erase", "ada@corp.example", "--yes"],
    ],
    ids=" ".join,
)
def test_a_command_refuses_such_a_database(odd, unranked, command):
    code, said, error = unranked(*command)

    assert code == 1
    assert "The table diary is not declared." in error
    assert "unranked policy" in error
    assert "diary" not in said


def test_the_doctor_says_so(odd, unranked):
    code, said, _ = unranked("doctor", "--json")

    checks = {one["check"]: one for one in json.loads(said)["checks"]}
    assert code == 1
    assert checks["database"]["state"] == "wrong"
    assert "The table diary is not declared." in checks["database"]["said"]
