"""What a database may not hold, by name and by type: no program starts on one that does."""

from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, DateTime, String, Table, text
from sqlmodel import SQLModel

from unranked.domain import policy
from unranked.domain.policy_rules import Kind, faults
from unranked.domain.policy_terms import Belongs
from unranked.domain.policy_texts import NOT_OF_PEOPLE, Text
from unranked.errors import StoreError
from unranked.store import Store, schema, tables

assert tables.__doc__

HELD = {
    name: schema.kinds((column.name, column.type) for column in place.columns)
    for name, place in SQLModel.metadata.tables.items()
}
OF_PEOPLE = [one for one in policy.TABLES if one.belongs is not Belongs.NOBODY]


def held(table, **more):
    """Return the schema with more columns in a table."""
    return HELD | {table: HELD.get(table, {}) | more}


def declared(table, **more):
    """Return the policy with more columns declared in a table, by their labels."""
    return [
        replace(one, columns=one.columns | more) if one.name == table else one
        for one in policy.TABLES
    ]


def test_what_is_stored_is_what_is_declared():
    assert faults(HELD) == []


def test_a_table_that_is_not_declared_is_refused():
    assert faults(HELD | {"diary": {"id": Kind.NUMBER}}) == ["The table diary is not declared."]


def test_a_column_that_is_not_declared_is_refused():
    assert faults(held("usage", shade=Kind.NUMBER)) == ["The column usage.shade is not declared."]


def test_what_is_declared_and_not_there_is_said():
    less = {name: kinds for name, kinds in HELD.items() if name != "hint"}
    less["usage"] = {name: kind for name, kind in HELD["usage"].items() if name != "n_out"}

    assert faults(less) == [
        "The table hint is declared, and is not there.",
        "The column usage.n_out is declared, and is not there.",
    ]


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("prompt", "prompts"),
        ("last_prompt_text", "prompts"),
        ("completion", "prompts"),
        ("file_name", "files"),
        ("path", "files"),
        ("minutes_online", "time online"),
        ("session_id", "session"),
        ("duration", "session"),
        ("hour", "time of day"),
        ("rating", "ratings"),
        ("score", "ratings"),
        ("rank", "ratings"),
        ("percentile", "ratings"),
        ("productivity", "ratings"),
        ("ip", "where somebody is"),
    ],
)
def test_a_name_that_sounds_like_what_is_never_kept_is_refused_though_it_is_declared(name, of):
    found = faults(held("usage", **{name: Kind.NUMBER}), declared("usage", **{name: "something"}))

    assert any(of in one and f"usage.{name}" in one for one in found), found


@pytest.mark.parametrize(
    ("label", "of"),
    [
        ("words of the prompt", "prompts"),
        ("time online", "time online"),
        ("length of a session", "session"),
        ("rating by the manager", "ratings"),
        ("name of the file", "files"),
    ],
)
def test_a_harmless_name_does_not_hide_what_the_label_says(label, of):
    found = faults(held("usage", shade=Kind.NUMBER), declared("usage", shade=label))

    assert any(of in one for one in found), found


@pytest.mark.parametrize("one", OF_PEOPLE, ids=lambda one: one.name)
def test_a_time_finer_than_a_day_in_a_persons_row_needs_a_reason(one):
    more = {"last_used": Kind.TIME}
    (fault,) = faults(held(one.name, **more), declared(one.name, last_used="when it was used"))

    assert fault == (
        f"The column {one.name}.last_used holds times of day of a person's row, and no reason is "
        "declared."
    )
    as_a_day = {"last_used": Kind.DAY}
    assert faults(held(one.name, **as_a_day), declared(one.name, last_used="day")) == []


@pytest.mark.parametrize("one", policy.TABLES, ids=lambda one: one.name)
def test_text_needs_to_say_where_it_comes_from(one):
    (fault,) = faults(held(one.name, shade=Kind.TEXT), declared(one.name, shade="shade"))

    assert "where that comes from is not declared" in fault


@pytest.mark.parametrize("kind", sorted(NOT_OF_PEOPLE))
@pytest.mark.parametrize("one", OF_PEOPLE, ids=lambda one: one.name)
def test_no_free_words_can_stand_in_a_persons_row(one, kind):
    more = [
        replace(t, texts={**t.texts, "shade": kind}) if t.name == one.name else t
        for t in declared(one.name, shade="shade")
    ]
    (fault,) = faults(held(one.name, shade=Kind.TEXT), more)

    assert "could be about the person" in fault


def test_who_somebody_is_stands_in_the_vault_alone():
    more = [
        replace(t, texts={**t.texts, "shade": Text.NAMES}) if t.name == "usage" else t
        for t in declared("usage", shade="shade")
    ]

    assert faults(held("usage", shade=Kind.TEXT), more) == [
        "The column usage.shade says who somebody is: that stands in the vault alone."
    ]


@given(kind=st.sampled_from([Kind.BYTES, Kind.OTHER]))
def test_what_can_hold_anything_needs_a_reason(kind):
    (fault,) = faults(held("usage", shade=kind), declared("usage", shade="shade"))

    assert "can hold anything" in fault


def test_no_reason_is_given_that_nothing_asks_for():
    for one in policy.TABLES:
        without = [replace(t, reasons={}) if t is one else t for t in policy.TABLES]
        asked = {fault.split()[2].split(".")[1] for fault in faults(HELD, without)}
        assert asked == one.reasons.keys(), one.name
        held_as_text = {n for n, kind in HELD[one.name].items() if kind is Kind.TEXT}
        keys = {key.column for key in one.keys}
        assert one.texts.keys() == held_as_text - keys, one.name


@pytest.fixture
def migrated(store_url):
    with closing(Store.open(store_url)) as store:
        store.migrate()
        yield store


def test_a_database_is_read_as_it_really_is(migrated):
    with migrated.read() as tx:
        assert faults(schema.read(tx)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("CREATE TABLE diary (id INTEGER PRIMARY KEY, words VARCHAR)", "The table diary is not"),
        ("ALTER TABLE usage ADD COLUMN shade INTEGER", "The column usage.shade is not declared."),
        ("ALTER TABLE checkin ADD COLUMN prompt VARCHAR", "checkin.prompt is not declared"),
    ],
)
def test_no_program_starts_on_a_database_that_holds_anything_else(migrated, change, said):
    migrated.check()
    with migrated.write() as tx:
        tx.execute(text(change))

    with pytest.raises(StoreError) as refused:
        migrated.check()

    assert said in refused.value.message
    assert "unranked policy" in refused.value.hint


def test_a_day_that_became_a_time_is_seen(migrated):
    with migrated.write() as tx:
        tx.execute(text("DROP TABLE hint"))
        columns = [Column("person_key", String, primary_key=True), Column("kind", String)]
        hint = Table("hint", SQLModel.metadata.__class__(), *columns, Column("shown_on", DateTime))
        hint.create(tx)

    with pytest.raises(StoreError, match=r"hint.shown_on holds times of day"):
        migrated.check()


def test_of_many_faults_three_are_said_by_name(migrated):
    with migrated.write() as tx:
        for number in range(5):
            tx.execute(text(f"CREATE TABLE diary{number} (id INTEGER)"))

    with pytest.raises(StoreError, match=r"diary2 is not declared\. And 2 more\."):
        migrated.check()
