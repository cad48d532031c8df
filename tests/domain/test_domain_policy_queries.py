"""Which module reads which table: the imports, held against what is declared."""

import ast
import tomllib
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import unranked
from unranked.domain import policy
from unranked.domain.policy_queries import BEHIND, EVERY_TABLE, QUERIES, Reach, modules
from unranked.domain.policy_terms import Role
from unranked.store import tables

PACKAGE = Path(unranked.__file__).parent
PROJECT = PACKAGE.parent
CONTRACT = "Who is shown something of others reaches nobody's own use"
DECLARED = {one.module: one for one in QUERIES}
NAMES = {
    kind.__name__: str(kind.__tablename__)
    for kind in vars(tables).values()
    if isinstance(kind, type) and issubclass(kind, SQLModel) and kind is not SQLModel
}


def imports(path):
    """Yield every (module, name) that a file imports; the name is empty for a whole module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", one.name) for one in node.names)
        elif isinstance(node, ast.Import):
            yield from ((one.name, "") for one in node.names)


def tables_of(path):
    """Return the tables that a module of the store has in its hands."""
    return {
        NAMES[name]
        for module, name in imports(path)
        if module.startswith("unranked.store.tables") and name in NAMES
    }


def reached(path):
    """Return the modules of the store that a file imports, straight or as a name of the store."""
    found = set()
    for module, name in imports(path):
        if module == "unranked.store":
            found.add(name)
        elif module.startswith("unranked.store."):
            found.add(module.split(".")[2])
    return found


STORE = {
    path.stem: path
    for path in sorted((PACKAGE / "store").glob("*.py"))
    if not path.stem.startswith("tables") and path.stem != "__init__"
}


def test_every_table_is_read_by_somebody_and_every_reader_is_there():
    assert {name for one in QUERIES for name in one.tables} == {one.name for one in policy.TABLES}
    assert len(DECLARED) == len(QUERIES)
    assert DECLARED.keys() <= STORE.keys()


@pytest.mark.parametrize("name", STORE)
def test_a_module_of_the_store_has_the_tables_that_are_declared_and_no_other(name):
    declared = DECLARED[name].tables if name in DECLARED else set()

    assert tables_of(STORE[name]) == declared


@pytest.mark.parametrize("name", STORE)
def test_only_those_that_go_through_the_policy_reach_a_table_without_its_name(name):
    words = STORE[name].read_text(encoding="utf-8")

    assert ("metadata.tables" in words) is (name in EVERY_TABLE or name == "columns")


def test_nobody_outside_the_store_has_a_table_in_their_hands():
    for folder in ("unranked", "bot", "jobs"):
        for path in (PROJECT / folder).rglob("*.py"):
            inside = path.is_relative_to(PACKAGE / "store")
            if not inside and "demo" not in path.parts:
                used = [module for module, _ in imports(path) if "store.tables" in module]
                assert not used, path


@pytest.mark.parametrize("role", BEHIND)
def test_what_a_role_is_shown_is_made_without_anybodys_own_use(role):
    for name in BEHIND[role]:
        theirs = reached(PACKAGE / "services" / f"{name}.py")
        assert not theirs & set(modules(Reach.USE)), name


@pytest.mark.parametrize("prefix", ["campaign_", "editor", "tip_", "doctor"])
def test_no_module_behind_a_role_was_forgotten(prefix):
    there = {path.stem for path in (PACKAGE / "services").glob(f"{prefix}*.py")}

    assert there <= {name for own in BEHIND.values() for name in own}


def test_the_contract_that_the_linter_keeps_has_the_same_names():
    given = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = [
        one for one in given["tool"]["importlinter"]["contracts"] if one["name"] == CONTRACT
    ]

    behind = {f"unranked.services.{name}" for own in BEHIND.values() for name in own}
    assert set(contract["source_modules"]) == behind
    use = {f"unranked.store.{name}" for name in modules(Reach.USE)}
    assert set(contract["forbidden_modules"]) == use


def test_a_table_of_somebodys_use_is_read_by_few():
    for name in ("usage", "usageweek", "everused", "outcome", "checkin", "hint"):
        readers = {one.reach for one in QUERIES if name in one.tables}
        assert readers <= {Reach.USE, Reach.SUMS}, name
    assert Role.PERSON not in BEHIND
