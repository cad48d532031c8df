import json
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from filled import Somebody
from sqlalchemy import update
from stored_rows import rows

from unranked.domain import policy
from unranked.domain.policy_terms import Belongs
from unranked.services import choices, erasure, export, roster
from unranked.services.choices import Asker
from unranked.store import belongings, campaigns
from unranked.store.tables import Outbox, Tie, table

EARLY, FIRST, SECOND = date(2026, 1, 5), date(2026, 2, 16), date(2026, 2, 18)


@pytest.fixture
def two(world_on):
    """Two people, every table filled for each, each pointing at the other where a row can."""
    ada, bob = Somebody("ada"), Somebody("bob")
    with world_on.runtime.store.write() as tx:
        ada.fill(tx, bob)
        bob.fill(tx, ada)
    return world_on, ada, bob


def exported(world, key):
    return export.document(world.runtime, key).decode()


def said(value):
    """Return a stored value as an export writes it."""
    if isinstance(value, date | datetime):
        value = value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def test_an_export_holds_every_value_of_every_table_of_the_person(two):
    world, ada, _ = two
    shown = exported(world, ada.key)

    keys_alone = {"vault", "cohort", "unit", "shownunit", "dottedline"}
    assert {name for name, _ in ada.values} | keys_alone == {one.name for one in policy.of_people()}
    for (name, column), value in ada.values.items():
        shows = str(Decimal(value) / 10**9) if column == "cost_nano" else value
        if isinstance(value, datetime) and name not in {"choice", "exportlink"}:
            shows = value.date()
        if (name, column) == ("outbox", "receipt"):
            shows = "kept, and not shown: it holds the second at which the message was sent"
        assert said(shows) in shown, (name, column)
    for word in ada.words():
        assert said(word) in shown


def test_an_export_holds_nothing_of_anybody_else(two):
    world, ada, bob = two
    for mine, other in ((ada, bob), (bob, ada)):
        shown = exported(world, mine.key)
        for word in other.words():
            assert word not in shown
        for (name, column), value in other.values.items():
            if isinstance(value, str) and value.startswith(other.name):
                assert value not in shown, (name, column)
        assert '"manager": "somebody else"' in shown
        assert '"second manager": "somebody else"' in shown


def test_an_export_says_what_each_table_is_for_under_labels_that_people_can_read(two):
    world, ada, _ = two
    shown = json.loads(exported(world, ada.key))

    assert shown["made at"] == world.now.isoformat()
    assert set(shown["tables"]) == {one.name for one in policy.of_people()}
    for name, one in shown["tables"].items():
        declared = policy.table(name)
        assert one["what"] == declared.what
        assert one["kept for"] == list(declared.purposes)
        assert one["seen by"] == declared.seen_by_all()
        assert one["rows"], name
        for row in one["rows"]:
            assert set(declared.columns.values()) <= set(row)
    assert "the manager, in a wide band" in shown["tables"]["usage"]["seen by"]
    assert all(policy.table(name).belongs is not Belongs.NOBODY for name in shown["tables"])


def test_somebody_of_whom_nothing_is_held_gets_empty_tables(two):
    world, _, _ = two
    shown = json.loads(exported(world, "p-nobody"))

    assert {name: one["rows"] for name, one in shown["tables"].items()} == {
        one.name: [] for one in policy.of_people()
    }


@pytest.fixture
def company(world):
    """Some people with a seat, of whom Ada and Gus used theirs and some got a tip."""
    for name in ("ada", "bob", "cem", "dee", "eva", "fay", "gus"):
        world.person(name)
    world.tools["acme"].use("ada@corp.example", FIRST, SECOND, cost="10.85")
    world.tools["acme"].use("gus@corp.example", *(EARLY + timedelta(days=n) for n in range(55)))
    world.at("2026-03-02T10:00+00:00")
    world.begin()
    world.plan()
    for hour in range(9, 17):
        for day in range(2, 7):
            world.at(f"2026-03-0{day}T{hour:02}:00+00:00")
            world.deliver()
    return world


def rows_of(world, member_id, name):
    return json.loads(exported(world, world.key(member_id)))["tables"][name]["rows"]


def test_own_use_stands_in_it_by_the_day_with_the_cost_in_whole_units(company):
    rows = rows_of(company, "UADA", "usage")

    assert {row["day"] for row in rows} == {"2026-02-16", "2026-02-18"}
    assert {row["cost"] for row in rows} == {None, "10.85"}
    assert {row["output tokens"] for row in rows} == {None, 100}
    assert rows_of(company, "UBOB", "usage") == []
    assert rows_of(company, "UGUS", "usage") != []


def test_a_tip_stands_in_it_as_words_and_its_campaign_by_name(company):
    tipped = [who for who in ("UBOB", "UCEM", "UDEE", "UEVA", "UFAY") if company.got(who)]
    assert tipped
    for who in tipped:
        (message,) = rows_of(company, who, "outbox")
        assert message["in words"][0] == company.got(who)[0]
        assert len(message["in words"]) > 2
        assert message["name of the campaign"] == "first-steps"
        (arm,) = rows_of(company, who, "enrolment")
        assert (arm["arm"], arm["name of the campaign"]) == ("nudge", "first-steps")


def test_of_what_the_program_did_it_tells_the_day_and_never_how_many_got_a_message_before(company):
    people = ("UBOB", "UCEM", "UDEE", "UEVA", "UFAY")
    found = [row for who in people for row in rows_of(company, who, "outbox")]
    assert found
    stored = [row["receipt"] for row in rows(company, Outbox) if row["receipt"]]
    assert stored
    for row in found:
        for name in ("when it was last tried", "when it was settled"):
            assert date.fromisoformat(row[name]) in {date(2026, 3, day) for day in range(2, 7)}
    shown = "".join(exported(company, company.key(who)) for who in people)
    assert not [stamp for stamp in stored if stamp in shown]
    choices.press(company.runtime, Asker(company.key("UFAY")), "stop")
    (chosen,) = rows_of(company, "UFAY", "choice")
    assert datetime.fromisoformat(chosen["when it was made"]).hour


def test_a_placement_stands_in_it_with_its_reason_and_watermark(company):
    (placed,) = rows_of(company, "UBOB", "placement")

    with company.runtime.store.read() as tx:
        stored = campaigns.placements(tx)[company.key("UBOB")]
    assert placed["segment"] == stored.segment == "never_used"
    assert placed["day that the figures were complete through"] == stored.watermark.isoformat()


def test_of_an_account_that_was_somebody_elses_before_only_the_own_days_are_exported(company):
    key, bob, tie = company.key("UADA"), company.key("UBOB"), table(Tie)
    with company.runtime.store.write() as tx:
        (account,) = belongings.of_person(tx, key).accounts
        tx.execute(update(tie).where(tie.c.person_key == key).values(until=SECOND))
        tx.execute(
            tie.insert().values(account_key=account, since=SECOND, person_key=bob, until=None)
        )
        assert belongings.of_person(tx, key).shared == {account}

    assert {row["day"] for row in rows_of(company, "UADA", "usage")} == {"2026-02-16"}
    assert {row["day"] for row in rows_of(company, "UBOB", "usage")} == {"2026-02-18"}
    assert "ada@corp.example" not in exported(company, bob)


def test_an_export_after_an_erasure_is_empty(company):
    key = company.key("UADA")
    erasure.erase(company.runtime, key)
    roster.refresh(company.runtime)

    shown = json.loads(exported(company, key))
    assert not [name for name, one in shown["tables"].items() if one["rows"]]
