"""What is sealed comes back as it was; what was changed or moved is refused, and nothing shows."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import String, insert, select, type_coerce, update

from unranked.errors import StoreError
from unranked.store import Store, ring, sealing, vault
from unranked.store.keys import DataKey, KeyPlace
from unranked.store.provider_words import hider
from unranked.store.tables import Person, Tip, Vault, table
from unranked.store.vault import Entry
from unranked.store.wrapping import Bare, Secret

_vault, _person, _tip = table(Vault), table(Person), table(Tip)
DAY = date(2026, 3, 2)
VALUES = st.one_of(
    st.text(max_size=300),
    st.sampled_from(["", "\0", "a\0", "\x80", "Ünï", "ß" * 5_000, "名前", "🦉" * 64, "x" * 127]),
)
QUIET = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25
)


@pytest.fixture
def store(store_url):
    made = Store.open(store_url)
    made.migrate()
    yield made
    made.close()


def put(store, *entries):
    with store.write() as tx:
        vault.put(tx, entries)


def changed(store, **values):
    """Put something else into every row of the vault, as whoever can write the database may."""
    with store.write() as tx:
        tx.execute(update(_vault).values(values))


@QUIET
@given(
    values=st.lists(VALUES, min_size=1, max_size=6, unique=True),
    kind=st.sampled_from([vault.EMAIL, vault.NAME, vault.MEMBER, vault.ACCOUNT, "ånother kind"]),
)
def test_a_value_comes_back_as_it_was_in_every_way_that_it_can_be_read(store, values, kind):
    entries = [Entry(f"p-{n}", vault.ROSTER, kind, one) for n, one in enumerate(values)]
    with store.write() as tx:
        tx.execute(_vault.delete())
        vault.put(tx, entries)
    with store.read() as tx:
        assert vault.current(tx, vault.ROSTER, kind) == {e.value: e.subject_key for e in entries}
        assert vault.values(tx, vault.ROSTER, kind) == {e.subject_key: e.value for e in entries}
        assert vault.pairs(tx, vault.ROSTER, kind) == {(e.subject_key, e.value) for e in entries}
        for one in entries:
            assert vault.value(tx, one.subject_key, vault.ROSTER, kind) == one.value
            if kind != vault.NAME:
                assert vault.subject(tx, vault.ROSTER, kind, one.value) == one.subject_key
                assert vault.subject(tx, vault.SLACK, kind, one.value) is None


@QUIET
@given(value=VALUES)
def test_words_and_days_come_back_as_they_were_from_columns_that_seal_them(store, value):
    row = {"person_key": "p-1", "kind": "member", "present": True, "first_seen": DAY}
    said = {"zone": value, "locale": value, "department": value, "region": value}
    with store.write() as tx:
        tx.execute(_person.delete())
        tx.execute(insert(_person).values(**row, **said, start_date=DAY))
        found = tx.execute(select(_person)).mappings().one()
        raw = tx.execute(select(*(type_coerce(_person.c[one], String) for one in said))).one()
        same = tx.execute(select(_person.c.person_key).where(_person.c.department == value))
        assert same.scalars().all() == ["p-1"]
    assert {one: found[one] for one in said} == said
    assert found["start_date"] == DAY
    assert all((value == "") is (text == "") for text in raw)
    assert len(set(raw)) == (1 if not value else 4), "bound to its column"


def test_a_name_leaves_no_mark_and_an_address_has_the_same_in_every_realm(store):
    put(
        store,
        Entry("p-1", vault.ROSTER, vault.NAME, "Ada"),
        Entry("p-1", vault.ROSTER, vault.EMAIL, "ada@corp.example"),
        Entry("a-1", "acme", vault.EMAIL, "ada@corp.example"),
        Entry("a-1", "acme", vault.ACCOUNT, "ada@corp.example"),
        Entry("a-2", "beta", vault.ACCOUNT, "ada@corp.example"),
    )
    with store.read() as tx:
        rows = tx.execute(select(_vault)).mappings().all()
        claims = [(one.account_key, one.person_key) for one in vault.claims(tx)]
    marks = {(row["realm"], row["kind"]): row["mark"] for row in rows}

    assert claims == [("a-1", "p-1")]
    assert marks["roster", "name"] == ""
    assert marks["roster", "email"] == marks["acme", "email"]
    assert len(set(marks.values())) == 4
    assert len({len(row["sealed"]) for row in rows}) == 1, "no length tells whose a value is"


def test_two_installations_mark_and_seal_the_same_value_in_different_ways(tmp_path):
    seen = []
    for name in ("one", "other"):
        store = Store.open(f"sqlite:///{tmp_path / name}.db")
        store.migrate()
        put(store, Entry("p-1", vault.ROSTER, vault.EMAIL, "ada@corp.example"))
        with store.write() as tx:
            said = {"kind": "member", "present": True, "first_seen": DAY, "department": "Sales"}
            tx.execute(insert(_person).values(person_key="p-1", **said))
            mark = tx.execute(select(_vault.c.mark)).scalar_one()
            word = tx.execute(select(type_coerce(_person.c.department, String))).scalar_one()
            seen.append((mark, word, hider(tx)("proj_1"), store.keys.lasting()))
        store.close()
    assert all(one != other for one, other in zip(*seen, strict=True))


@pytest.mark.parametrize("at", [0, 11, 12, 40, -1])
def test_a_sealed_value_that_was_changed_in_one_bit_is_refused(store, at):
    put(store, Entry("p-1", vault.SLACK, vault.MEMBER, "U1"))
    with store.write() as tx:
        sealed = bytearray(tx.execute(select(_vault.c.sealed)).scalar_one())
        sealed[at] ^= 1
        tx.execute(update(_vault).values(sealed=bytes(sealed)))
    with pytest.raises(StoreError, match="cannot be opened") as refused, store.read() as tx:
        vault.value(tx, "p-1", vault.SLACK, vault.MEMBER)

    assert "backup" in refused.value.hint
    assert "U1" not in str(refused.value)


@pytest.mark.parametrize("sealed", [b"", b"short", b"\0" * 157])
def test_what_was_never_sealed_is_refused(store, sealed):
    put(store, Entry("p-1", vault.SLACK, vault.MEMBER, "U1"))
    changed(store, sealed=sealed)
    with pytest.raises(StoreError, match="cannot be opened"), store.read() as tx:
        vault.current(tx, vault.SLACK, vault.MEMBER)


@pytest.mark.parametrize(
    "moved",
    [{"subject_key": "p-2"}, {"realm": "acme"}, {"kind": vault.ACCOUNT}],
    ids=lambda moved: next(iter(moved)),
)
def test_a_value_that_was_moved_to_another_subject_realm_or_kind_is_refused(store, moved):
    put(store, Entry("p-1", vault.SLACK, vault.MEMBER, "U1"))
    put(store, Entry("p-2", vault.ROSTER, vault.NAME, "Bob"))
    with store.write() as tx:
        tx.execute(update(_vault).where(_vault.c.subject_key == "p-1").values(moved))
    to = {"realm": vault.SLACK, "kind": vault.MEMBER} | moved
    with pytest.raises(StoreError, match="moved from another row"), store.read() as tx:
        vault.current(tx, to["realm"], to["kind"])


def test_words_that_were_changed_moved_or_never_sealed_are_refused(store):
    row = {"person_key": "p-1", "kind": "member", "present": True, "first_seen": DAY}
    zone, region = _person.c.zone, _person.c.region
    raw = update(_person)
    for wrong in (
        {zone: "Europe/Berlin"},
        {zone: "a1.1.AAAA"},
        {zone: "a1.99." + "A" * 64},
        {zone: type_coerce(region, String)},
        {zone: "s1.1." + "A" * 96},
        {zone: "a1.x.AAAA"},
    ):
        with store.write() as tx:
            tx.execute(_person.delete())
            tx.execute(insert(_person).values(**row, zone="Asia/Tokyo", region="JP"))
            plain = {c.name: type_coerce(v, String) for c, v in wrong.items()}
            tx.execute(raw.values(plain))
        with pytest.raises(StoreError) as refused, store.read() as tx:
            tx.execute(select(zone)).all()
        assert "Berlin" not in str(refused.value)


def test_in_a_database_with_nothing_in_it_nobody_is_found_and_no_key_is_made(store):
    with store.read() as tx:
        assert vault.subject(tx, vault.SLACK, vault.MEMBER, "U1") is None
        assert vault.current(tx, vault.SLACK, vault.MEMBER) == {}
        assert not tx.execute(select(_person.c.zone).where(_person.c.department == "x")).all()
    assert store.check_keys() is False


def test_nothing_that_holds_a_key_or_a_value_shows_it(store):
    put(store, Entry("p-1", vault.SLACK, vault.MEMBER, "U1"))
    with store.read() as tx:
        use = ring.of(tx)
        (keys,) = store.keys.get({"p-1"}).values()
        generation = use.generation(1)
        shown = [
            *(use, use.ring, use.state, store, store.keys, keys, generation, store.keys.facts()),
            *(Entry("p-1", "slack", "member", "U1"), sealing.Written("s", 1, b"secret-bytes")),
            *(KeyPlace("postgresql://ada:hunter2@x/y", Secret(b"s" * 32)), Secret(b"s" * 32)),
            *(Bare(), DataKey(b"k" * 32)),
        ]
        secrets = [bytes(keys[1]), generation.index, store.keys.lasting(), b"s" * 8, b"k" * 8]
    said = repr(shown) + str(shown)

    for secret in secrets:
        assert repr(secret)[2:-1] not in said
        assert secret.hex() not in said
    for word in ("U1", "hunter2", "secret-bytes"):
        assert word not in said


def test_a_key_is_made_once_and_the_same_for_who_comes_at_the_same_moment(store):
    put(store, Entry("p-1", vault.SLACK, vault.MEMBER, "U1"))
    first = store.keys.make(["p-1", "p-2"], 1)
    again = store.keys.make(["p-2", "p-1", "p-3"], 1)

    assert first == {one: again[one] for one in first}
    assert len(set(again.values())) == 3
    assert set(store.keys.get(["p-1", "p-3", "p-4"])) == {"p-1", "p-3"}
    assert len(first["p-1"]) == sealing.KEY_BYTES


def test_a_provider_word_that_keeps_rows_apart_is_a_keyed_hash(store):
    with store.write() as tx:
        hide = hider(tx)
        hidden = [hide(word) for word in ("proj_1", "proj_2", "proj_1", "")]
        again = hider(tx)("proj_1")
    assert hidden[0] == hidden[2] == again
    assert hidden[0] != hidden[1]
    assert hidden[3] == ""
    assert all(len(word) == 16 for word in hidden[:3])
