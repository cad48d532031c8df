import json

import pytest
from sqlmodel import SQLModel

from unranked.domain import policy
from unranked.domain.policy_terms import Belongs, Erased, Names, Purpose, Role
from unranked.store import tables

KEYS = ("person_key", "account_key", "subject_key", "manager_key", "credential")
DECLARED = {one.name: one for one in policy.TABLES}
STORED = {
    name: {column.name: column for column in kind.columns}
    for name, kind in SQLModel.metadata.tables.items()
}


def test_every_table_and_every_column_that_can_be_stored_is_declared_and_no_other():
    assert tables.__doc__
    assert {name: set(kind) for name, kind in STORED.items()} == {
        name: set(one.columns) for name, one in DECLARED.items()
    }
    assert len(DECLARED) == len(policy.TABLES)


@pytest.mark.parametrize("name", sorted(STORED))
def test_every_column_that_holds_a_key_says_whose_it_is_and_what_becomes_of_it(name):
    stored = {column for column in STORED[name] if column in KEYS}

    assert stored == {key.column for key in DECLARED[name].keys}
    assert sum(key.own for key in DECLARED[name].keys) <= 1


@pytest.mark.parametrize("one", policy.TABLES, ids=lambda one: one.name)
def test_everything_is_kept_for_a_purpose_for_a_time_and_seen_by_somebody(one):
    assert set(one.purposes) <= set(Purpose)
    assert one.purposes or (one.belongs is Belongs.NOBODY and not one.keys and one.why)
    assert one.what
    assert one.kept.said
    assert one.seen_by.said
    assert one.seen_by.roles
    labels = list(one.columns.values())
    assert len(set(labels)) == len(labels), "two columns would be one in an export"
    assert all(label and label[0].islower() for label in labels)


@pytest.mark.parametrize("one", policy.TABLES, ids=lambda one: one.name)
def test_a_field_that_is_emptied_may_be_empty_and_a_row_that_is_own_is_never_emptied(one):
    for key in one.keys:
        if key.erased is Erased.EMPTIED:
            assert STORED[one.name][key.column].nullable
            assert not key.own


def test_rows_belong_by_the_key_that_is_theirs():
    assert DECLARED["vault"].belongs is Belongs.SUBJECT
    assert DECLARED["usage"].belongs is Belongs.ACCOUNT
    assert DECLARED["choice"].belongs is Belongs.PERSON
    assert DECLARED["job"].belongs is Belongs.NOBODY
    assert {one.name for one in policy.of_people()} >= {"vault", "usage", "choice", "cohort"}
    assert all(one.belongs is not Belongs.NOBODY for one in policy.of_people())
    assert policy.table("person").key_of("manager_key").names is Names.PERSON
    with pytest.raises(KeyError):
        policy.table("diary")


@pytest.mark.parametrize("one", policy.TABLES, ids=lambda one: one.name)
def test_a_table_can_be_printed_and_given_to_a_script_whole(one):
    words = one.in_words()
    given = json.loads(json.dumps(one.as_json()))

    said = (one.name, one.what, one.kept.said, one.seen_by.said)
    for word in (*said, *one.columns, *one.columns.values()):
        assert word in words
    assert given["columns"] == one.columns
    assert given["purposes"] == list(one.purposes)
    assert given["belongs"] == one.belongs
    assert one.why in words
    assert given["when_erased"] == one.erasure
    assert (given["kept"], given["seen_by"]) == (one.kept.said, one.seen_by_all())
    for who in (one.seen_by, *one.shown.values()):
        assert set(who.said.split("; ")) <= set(given["seen_by"].split("; "))
    for column, field in given["fields"].items():
        assert field["what"] == one.columns[column]
        assert field["purposes"] == list(one.purposes_of(column))
        assert field["kept"] == one.kept_of(column).said
        assert set(field["roles"]) >= {str(role) for role in one.seen_by.roles}


def test_a_field_that_goes_sooner_or_is_seen_by_others_too_says_so():
    usage, job = policy.table("usage"), policy.table("job")

    assert "[kept: 30 days]" in job.in_words()
    assert job.as_json()["fields"]["error"]["kept"] == "30 days"
    assert "the manager" in usage.as_json()["fields"]["active"]["roles"]
    assert usage.as_json()["fields"]["n_out"]["roles"] == ["the person"]
    assert "[seen by: the manager, in a wide band" in usage.in_words()


@pytest.mark.parametrize("one", policy.TABLES, ids=lambda one: one.name)
def test_every_field_has_purposes_out_of_those_of_its_table_and_says_so_where_they_are_fewer(one):
    given = one.as_json()["purposes_of_columns"]
    lines = {line.strip() for line in one.in_words().splitlines()}

    assert given.keys() == one.columns.keys()
    assert one.only.keys() | one.notes.keys() <= one.columns.keys()
    for column, purposes in given.items():
        (line,) = [line for line in lines if line.startswith(f"{column}: {one.columns[column]}")]
        assert set(purposes) <= set(one.purposes)
        assert (f"[only for: {'; '.join(purposes)}]" in line) is (column in one.only)
        assert bool(purposes) is bool(one.purposes)


def test_tokens_are_for_the_person_alone_and_what_helps_a_start_is_not_for_figures():
    usage, person = policy.table("usage"), policy.table("person")

    assert usage.purposes_of("n_out") == usage.purposes_of("model") == (Purpose.OWN_USE,)
    assert set(usage.purposes_of("active")) == set(Purpose)
    assert person.purposes_of("zone") == person.purposes_of("manager_key") == (Purpose.OFFER_HELP,)


def test_it_says_in_which_table_names_addresses_and_chat_ids_stand():
    for words in (policy.ABOUT, policy.table("vault").what):
        for what in ("names", "e-mail addresses", "chat ids"):
            assert what in words.lower()
    assert "the vault" in policy.ABOUT


def test_whoever_may_see_something_is_a_role_and_not_whoever_does_something():
    for one in policy.TABLES:
        said = [one.seen_by, *one.shown.values()]
        assert one.shown.keys() | one.sooner.keys() <= one.columns.keys()
        for who in said:
            assert who.said.startswith((*map(str, Role), "everybody")), one.name
            for role in who.roles:
                assert str(role) in who.said or who.said.startswith("everybody"), (one.name, role)
