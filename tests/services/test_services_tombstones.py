"""Who was erased stays out: of the chat's list, the providers' lists, usage; and comes back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from filled import dump
from sqlalchemy import insert, update

from unranked.connectors.base import FeedKind
from unranked.demo.slack_members import Member
from unranked.domain.usage import (
    AccountKind,
    AccountRecord,
    AccountRef,
    Tokens,
    UsageRecord,
    Window,
)
from unranked.errors import RosterError
from unranked.services import choices, erasure, roster, segments, sync
from unranked.services.accounts import Accounts
from unranked.services.choices import Asker
from unranked.services.rows import keyed
from unranked.store import belongings, corrections, coverage, tombstones, usage, vault
from unranked.store.belongings import Identifier
from unranked.store.tables import Placement, Tie, table

EARLY, DAY = date(2026, 1, 5), date(2026, 2, 16)


@pytest.fixture
def company(world_on):
    """Ada and Gus use a tool, Bob has a seat and does nothing."""
    for name in ("ada", "bob", "gus"):
        world_on.person(name)
    use = world_on.tools["acme"].use
    use("ada@corp.example", DAY, DAY + timedelta(days=2), cost="10.85")
    use("gus@corp.example", *(EARLY + timedelta(days=n) for n in range(55)))
    world_on.at("2026-03-02T10:00+00:00")
    world_on.learn()
    return world_on


def everywhere(world):
    return repr(dump(world.runtime.store))


def words_of(world, member_id):
    with world.runtime.store.read() as tx:
        theirs = belongings.of_person(tx, world.key(member_id))
    return [*theirs.keys, *(one.value for one in theirs.identifiers)]


def erased_rows(world):
    """Return the usage rows of all who were erased, and check that they have one account."""
    tables = dump(world.runtime.store)
    keys = {row["account_key"] for row in tables["account"] if row["kind"] == "erased"}
    return [row for row in tables["usage"] if row["account_key"] in keys]


def test_who_was_erased_is_not_read_in_again_from_the_chat_or_a_provider(company):
    gone = [*words_of(company, "UADA"), "Ada"]
    before = dump(company.runtime.store)
    erasure.erase(company.runtime, company.key("UADA"))
    for day in (4, 5, 6):
        company.at(f"2026-03-0{day}T10:00+00:00")
        company.learn()

    assert not [word for word in gone if word in everywhere(company)]
    after = dump(company.runtime.store)
    assert len(after["person"]) == len(before["person"]) - 1 == 2
    members = [row for row in after["account"] if row["kind"] == "member"]
    assert len(members) == 2
    assert [row for row in after["account"] if row["seat_since"] and row["kind"] == "erased"] == []


def test_use_of_somebody_who_was_erased_counts_for_nobody_and_holds_up_nobodys_figures(company):
    erasure.erase(company.runtime, company.key("UADA"))
    days = [date(2026, 3, day) for day in range(3, 20)]
    company.tools["acme"].use("ada@corp.example", *days)
    company.tools["acme"].use("gus@corp.example", *days)
    company.at("2026-03-25T10:00+00:00")
    company.learn()

    rows = [row for row in erased_rows(company) if row["feed"] == "usage"]
    assert {row["day"] for row in rows} == set(days)
    with company.runtime.store.read() as tx:
        assert usage.unmapped_rows(tx, "acme", "usage", EARLY) == {}
        assert coverage.completeness(tx)["acme"].complete_through >= days[-1]


def test_the_use_of_all_who_were_erased_is_one_sum(company):
    for name in ("ada", "bob"):
        erasure.erase(company.runtime, company.key(f"U{name.upper()}"))
        company.tools["acme"].use(f"{name}@corp.example", date(2026, 3, 3), output=100, cost="0.50")
    company.at("2026-03-06T10:00+00:00")
    company.learn()

    rows = [row for row in erased_rows(company) if row["day"] == date(2026, 3, 3)]
    assert {(row["feed"], row["n_out"], row["cost_nano"]) for row in rows} == {
        ("usage", 200, None),
        ("cost", None, 10**9),
    }
    assert len(rows) == 2


def test_a_new_member_id_a_new_account_and_a_new_address_of_the_same_person_stay_out(company):
    erasure.erase(company.runtime, company.key("UADA"))
    company.slack.join(Member("UADANEW", "Ada Again", "ada@corp.example"))
    company.at("2026-03-04T10:00+00:00")
    company.learn()
    company.slack.join(Member("UADANEW", "Ada Again", "countess@corp.example"))
    company.at("2026-03-06T10:00+00:00")
    company.learn()
    company.tools["acme"].seats["countess@corp.example"] = EARLY
    company.at("2026-03-08T10:00+00:00")
    company.learn()

    left = everywhere(company)
    known = ("UADA", "Ada Again", "ada@corp", "countess")  # three letters alone may be a key's
    assert not [word for word in known if word in left]


def test_a_member_whose_address_is_hidden_is_known_by_the_id(company):
    erasure.erase(company.runtime, company.key("UADA"))
    company.slack.join(Member("UADA", "Ada", ""))
    company.at("2026-03-04T10:00+00:00")
    company.learn()

    assert "UADA" not in everywhere(company)


def test_somebody_known_who_gets_the_address_stays_known_without_it(company):
    erasure.erase(company.runtime, company.key("UADA"))
    bob = company.key("UBOB")
    company.slack.join(Member("UBOB", "Bob", "ada@corp.example"))
    company.at("2026-03-04T10:00+00:00")
    company.learn()

    assert company.key("UBOB") == bob
    assert "ada@corp.example" not in everywhere(company)


def test_the_marks_name_nobody_and_differ_from_installation_to_installation(company):
    erasure.erase(company.runtime, company.key("UADA"))
    with company.runtime.store.read() as tx:
        marks = tombstones.read(tx)
    rows = dump(company.runtime.store)["tombstone"]

    assert len(rows) == 3  # the address, the member, the account; a name is not one's own
    assert marks.of(tombstones.address("ada@corp.example"))
    assert marks.of(Identifier("slack", "member", "UADA"))
    assert marks.of(Identifier("acme", "account", "acc:ada@corp.example"))
    assert marks.of(tombstones.address("bob@corp.example")) is None
    assert len({marks.of(tombstones.address("ada@corp.example")), *marks.groups.values()}) == 1
    other = tombstones.Tombstones(b"another salt", marks.groups)
    assert other.of(tombstones.address("ada@corp.example")) is None
    assert "salt" not in repr(marks)


@pytest.mark.parametrize("typed", ["ada@corp.example", " uada ", "Ada@CORP.example"])
def test_an_operator_lets_somebody_in_again_by_any_of_their_identifiers(company, typed):
    for name in ("UADA", "UBOB"):
        erasure.erase(company.runtime, company.key(name))
    assert erasure.lift(company.runtime, typed) == 3
    company.at("2026-03-04T10:00+00:00")
    company.learn()

    with company.runtime.store.read() as tx:
        theirs = belongings.of_person(tx, company.key("UADA"))
    assert len(theirs.accounts) == 1
    with pytest.raises(AssertionError):
        company.key("UBOB")
    with pytest.raises(RosterError, match="was erased") as refused:
        erasure.lift(company.runtime, typed)
    assert "ada" not in str(refused.value).lower()


def test_the_use_after_coming_back_is_their_own_again(company):
    erasure.erase(company.runtime, company.key("UADA"))
    erasure.lift(company.runtime, "ada@corp.example")
    company.tools["acme"].use("ada@corp.example", date(2026, 3, 3), cost="0.50")
    company.at("2026-03-06T10:00+00:00")
    company.learn()

    key = company.key("UADA")
    with company.runtime.store.read() as tx:
        days = usage.of_person(tx, key, ["acme"], Window(date(2026, 3, 1), date(2026, 3, 7)))
    assert {one.day for one in days} == {date(2026, 3, 3)}


# Accounts that are not one person's alone.


def tied(world):
    """Return who has which account on which days: member ids by the account's provider id."""
    with world.runtime.store.read() as tx:
        accounts = {key: one for one, key in vault.current(tx, "acme", vault.ACCOUNT).items()}
        members = {key: one for one, key in vault.current(tx, "slack", vault.MEMBER).items()}
    return {
        (accounts.get(row["account_key"]), members.get(row["person_key"]))
        for row in dump(world.runtime.store)["tie"]
    }


def test_an_address_that_moved_on_is_the_new_holders_and_so_is_the_account_since(company):
    company.at("2026-03-10T10:00+00:00")
    company.slack.join(Member("UADA", "Ada", "ada.old@corp.example"))
    company.slack.join(Member("UNEW", "Nina", "ada@corp.example"))
    company.learn(days=1)
    company.tools["acme"].use("ada@corp.example", date(2026, 3, 11))
    company.at("2026-03-14T10:00+00:00")
    company.learn()
    erasure.erase(company.runtime, company.key("UADA"))
    company.at("2026-03-16T10:00+00:00")
    company.learn()

    new = company.key("UNEW")
    with company.runtime.store.read() as tx:
        window = Window(EARLY, date(2026, 3, 17))
        mine = {one.day for one in usage.of_person(tx, new, ["acme"], window)}
        assert usage.unmapped_rows(tx, "acme", "usage", EARLY) == {}
    assert mine == {date(2026, 3, 11)}
    assert ("acc:ada@corp.example", "UNEW") in tied(company)
    kept = {row["day"] for row in erased_rows(company)}
    assert {DAY, DAY + timedelta(days=2)} <= kept, "its rows stay, and lead to nobody"
    assert "ada.old" not in everywhere(company)


def test_an_account_with_two_peoples_addresses_stays_and_its_past_is_not_the_others(company):
    ada, bob = company.key("UADA"), company.key("UBOB")
    with company.runtime.store.write() as tx:
        (account,) = belongings.of_person(tx, ada).accounts
        vault.put(tx, [vault.Entry(account, "acme", vault.EMAIL, "bob@corp.example")])
        roster.settle_ties(tx)
    erasure.erase(company.runtime, ada)
    with company.runtime.store.write() as tx:
        roster.settle_ties(tx)
        past = usage.of_person(tx, bob, ["acme"], Window(EARLY, date(2026, 3, 2)))

    assert past == []
    rows = [row for row in dump(company.runtime.store)["usage"] if row["day"] == DAY]
    assert account in {row["account_key"] for row in rows}
    assert "ada@corp.example" not in repr(dump(company.runtime.store)["vault"]).replace(
        "acc:ada@corp.example", ""
    )


def test_an_account_that_the_person_said_is_not_theirs_keeps_its_rows_and_leads_to_nobody(company):
    ada = company.key("UADA")
    with company.runtime.store.write() as tx:
        (account,) = belongings.of_person(tx, ada).accounts
        assert corrections.disclaim(tx, account, ada, on=company.now.date())
        roster.settle_ties(tx)
    gone = words_of(company, "UADA")
    proof = erasure.erase(company.runtime, ada)
    company.at("2026-03-04T10:00+00:00")
    company.learn()

    assert proof.nothing_left
    assert not [word for word in gone if word in everywhere(company)]
    assert {DAY, DAY + timedelta(days=2)} <= {row["day"] for row in erased_rows(company)}
    with company.runtime.store.read() as tx:
        assert usage.unmapped_rows(tx, "acme", "usage", EARLY) == {}


def accounts_of(tx, world):
    return Accounts(tx, "acme", ids=world.runtime.ids, today=world.now.date())


def row(account, *, key=None, n_out=1):
    credential = None if key is None else AccountRef(AccountKind.KEY, key)
    ref = AccountRef(AccountKind.MEMBER, account)
    return UsageRecord("usage", DAY, ref, credential=credential, tokens=Tokens(n_out=n_out))


def test_a_key_of_the_person_goes_from_the_rows_of_others_too(company):
    records = [
        AccountRecord(AccountRef(AccountKind.KEY, "key-1"), ("ada@corp.example",)),
        AccountRecord(AccountRef(AccountKind.KEY, "key-2"), ("ada@corp.example",)),
        row("acc:bob@corp.example", key="key-1", n_out=3),
        row("acc:bob@corp.example", key="key-2", n_out=4),
    ]
    window = Window(DAY, DAY + timedelta(days=1))

    def load():
        with company.runtime.store.write() as tx:
            accounts = accounts_of(tx, company)
            rows = list(keyed(iter(records), accounts, window, title="Acme"))
            accounts.save(tx)
            usage.replace_days(tx, "acme", "usage", window, lambda: iter(rows))
            roster.settle_ties(tx)

    load()
    ada, bob = company.key("UADA"), company.key("UBOB")
    gone = words_of(company, "UADA")
    assert len([word for word in gone if word.startswith("a-")]) == 3
    erasure.erase(company.runtime, ada)
    assert not [word for word in gone if word in everywhere(company)]

    def of_bob():
        with company.runtime.store.read() as tx:
            return [one.tokens.n_out for one in usage.of_person(tx, bob, ["acme"], window)]

    assert of_bob() == [7]
    load()
    assert of_bob() == [7], "two keys of erased people are one, and their rows a sum"
    assert not [word for word in gone if word in everywhere(company)]


def test_an_account_that_a_list_shows_with_the_address_is_known_by_its_id_from_then_on(company):
    erasure.erase(company.runtime, company.key("UADA"))
    new = AccountRef(AccountKind.MEMBER, "new-id")
    with company.runtime.store.write() as tx:
        accounts = accounts_of(tx, company)
        accounts.listing(tx, [AccountRecord(new, ("ada@corp.example",), seat=True)])
    with company.runtime.store.write() as tx:
        accounts = accounts_of(tx, company)
        assert accounts.key(new) in accounts.pooled
    assert "new-id" not in everywhere(company)


# What others were doing at the same moment.


def test_who_is_erased_while_segments_are_computed_is_not_placed_afterwards(company, monkeypatch):
    key, whole = company.key("UADA"), segments.place

    def slowly(facts, *, at):
        if everywhere(company).count(key):
            erasure.erase(company.runtime, key)
        return whole(facts, at=at)

    monkeypatch.setattr(segments, "place", slowly)
    segments.refresh(company.runtime)

    assert key not in everywhere(company)


def test_who_is_erased_while_a_provider_is_read_is_not_stored_afterwards(company):
    gone, tool = words_of(company, "UADA"), company.tools["acme"]
    company.at("2026-03-09T10:00+00:00")
    tool.use("ada@corp.example", date(2026, 3, 6))
    whole = tool.get

    def slowly(path, params=None, **named):
        found = whole(path, params, **named)
        if path == "usage" and gone[0] in everywhere(company):
            erasure.erase(company.runtime, company.key("UADA"))
        return found

    tool.get = slowly
    sync.run(company.runtime)

    assert not [word for word in gone if word in everywhere(company)]
    tables = dump(company.runtime.store)
    known = {one["account_key"] for one in tables["account"]}
    assert {one["account_key"] for one in tables["usage"]} <= known


def test_who_is_erased_between_two_parts_of_a_long_reading_is_not_in_the_later_ones(world):
    tool, days = world.tools["acme"], [EARLY + timedelta(days=n) for n in range(-60, 50)]
    for name in ("ada", "gus"):
        world.person(name)
        tool.use(f"{name}@corp.example", *days)
    far = replace(world.runtime.connectors[0].connector, history=timedelta(days=120))
    acme = replace(world.runtime.connectors[0], connector=far)
    runtime = replace(world.runtime, connectors=(acme,))
    roster.refresh(runtime)
    sync.run(runtime, kinds=frozenset({FeedKind.DIRECTORY}))
    gone, whole, stored = words_of(world, "UADA"), tool.get, []

    def slowly(path, params=None, **named):
        rows = dump(world.runtime.store)["usage"]
        if rows and not stored:  # the first part is stored, and more are to come
            stored.append({row["day"] for row in rows})
            erasure.erase(world.runtime, world.key("UADA"))
        return whole(path, params, **named)

    tool.get = slowly
    sync.run(runtime)

    assert stored[0] < set(days)
    later = {row["day"] for row in erased_rows(world) if row["feed"] == "usage"}
    assert later == set(days) - stored[0]
    assert not [word for word in gone if word in everywhere(world)]


def test_a_click_at_the_same_moment_stores_nothing_of_somebody_who_is_gone(company):
    who = Asker(company.key("UADA"))
    erasure.erase(company.runtime, who.person_key)
    linked = replace(company.runtime, public_url="https://unranked.corp.example")
    for action in choices.ACTIONS:
        for runtime in () if action == "forget_now" else (company.runtime, linked):
            choices.press(runtime, who, action)
            assert who.person_key not in everywhere(company), action


def test_the_daily_look_at_the_roster_sweeps_up_what_was_stored_of_somebody_who_is_gone(company):
    key = company.key("UADA")
    erasure.erase(company.runtime, key)
    before = dump(company.runtime.store)
    late = {"segment": "lapsed", "reason": "", "decided_on": DAY, "since": DAY}
    with company.runtime.store.write() as tx:
        tx.execute(insert(table(Placement)).values(person_key=key, **late))
        vault.put(tx, [vault.Entry(key, "slack", "conversation", "D1", DAY)])
        tx.execute(insert(table(Tie)).values(account_key="a-1", since=DAY, person_key=key))
        tx.execute(update(table(Tie)).where(table(Tie).c.account_key == "a-1").values(until=None))
    roster.refresh(company.runtime)

    assert key not in everywhere(company)
    assert dump(company.runtime.store)["vault"] == before["vault"], "and nothing else"
