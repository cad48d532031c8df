"""An address that moves on: what either holder is shown tells nothing of the other one."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from unranked.channels.base import lines_of
from unranked.demo.slack_members import Member
from unranked.services import answers, export, home, roster
from unranked.services.choices import Asker
from unranked.store import people
from unranked.store.tables import Account, table

ADDRESS = "alice@corp.example"
USED = date(2026, 2, 10)
LAST_SEEN = "last day of use that the provider's directory names"
SEAT = "first day with access"
SEAT_ENDS = "first day without access"
SEEN = "day on which it was first seen"


@pytest.fixture
def company(world):
    """Give a company in which Cem uses a tool every day, whatever the others do."""
    world.person("cem")
    world.person("bob", seats="")
    days = [date(2026, 1, 5) + timedelta(days=n) for n in range(90)]
    world.tools["acme"].use("cem@corp.example", *days)
    return world


def move_on(world):
    """Let Alice's address be Bob's from tomorrow on."""
    world.now += timedelta(days=1)
    world.slack.join(Member("UALICE", "Alice", "alice.new@corp.example", "Europe/Berlin"))
    world.slack.join(Member("UBOB", "Bob", ADDRESS, "Europe/Berlin"))
    roster.refresh(world.runtime)


def exported(world, who):
    said = json.loads(export.document(world.runtime, world.key(who)))["tables"]
    return {name: said[name]["rows"] for name in ("vault", "account", "tie", "usage")}


def on_page(world, who):
    page = home.page(world.runtime, Asker(world.key(who)))
    lines = [row.text for section in page.sections for row in section.rows]
    return lines + [
        line for section in page.sections for part in section.parts for line in lines_of(part)
    ]


def shown(world, who):
    """Return everything that somebody is shown of accounts."""
    said = answers.tokens(world.runtime, world.key(who))
    return exported(world, who), on_page(world, who), said


def see(world, day):
    """Let the tool's directory name a last day of use of the account with the address."""
    cems = {row["random key of the account"] for row in exported(world, "UCEM")["account"]}
    place = table(Account)
    with world.runtime.store.write() as tx:
        (key,) = set(tx.execute(select(place.c.account_key)).scalars()) - cems
        people.see(tx, {key: day})


def test_a_former_holder_is_told_no_day_of_the_account_that_the_next_one_moves(company):
    company.person("alice")
    company.tools["acme"].use(ADDRESS, USED)
    company.begin()
    see(company, USED)
    (before,) = exported(company, "UALICE")["account"]
    assert before[LAST_SEEN] == USED.isoformat()
    move_on(company)
    company.learn(days=1)
    alices = shown(company, "UALICE")
    (account,) = alices[0]["account"]
    assert (account[LAST_SEEN], account[SEAT], account[SEAT_ENDS]) == (None, None, None)
    assert account[SEEN] == before[SEEN]
    assert alices[0]["usage"]

    see(company, company.now.date())
    assert shown(company, "UALICE") == alices
    del company.tools["acme"].seats[ADDRESS]
    company.learn(days=1)
    assert shown(company, "UALICE") == alices
    company.tools["acme"].seats[ADDRESS] = company.now.date()
    company.learn(days=1)
    assert shown(company, "UALICE") == alices


def test_the_next_holder_is_told_no_day_of_before_and_each_of_their_own(company):
    company.person("alice")
    company.begin()
    see(company, USED)
    move_on(company)
    company.learn(days=1)
    (account,) = exported(company, "UBOB")["account"]
    assert (account[LAST_SEEN], account[SEAT], account[SEEN]) == (None, None, None)

    today = company.now.date()
    see(company, today)
    del company.tools["acme"].seats[ADDRESS]
    company.learn(days=1)
    (account,) = exported(company, "UBOB")["account"]
    assert account[LAST_SEEN] == account[SEAT_ENDS] == today.isoformat()

    company.tools["acme"].seats[ADDRESS] = today
    company.learn(days=1)
    (account,) = exported(company, "UBOB")["account"]
    assert account[SEAT] == today.isoformat()
    assert any("since Tue 3 Mar 2026" in line for line in on_page(company, "UBOB"))


def test_an_account_that_the_next_holder_gets_is_nowhere_shown_to_the_former_one(company):
    company.person("alice", seats="")
    company.begin()
    move_on(company)
    company.learn(days=1)
    alices = shown(company, "UALICE")
    assert alices[0]["account"] == []

    company.tools["acme"].seats[ADDRESS] = company.now.date()
    company.tools["acme"].use(ADDRESS, company.now.date())
    company.learn(days=1)

    assert exported(company, "UBOB")["account"]
    assert shown(company, "UALICE") == alices


def test_one_of_which_use_of_their_own_days_is_told_late_is_shown(company):
    company.person("alice", seats="")
    company.begin()
    move_on(company)
    company.tools["acme"].seats[ADDRESS] = company.now.date()
    company.tools["acme"].use(ADDRESS, company.now.date() - timedelta(days=1))
    company.learn(days=1)

    alices, page, _ = shown(company, "UALICE")
    (account,) = alices["account"]
    assert (account[SEEN], account[SEAT]) == (None, None)
    assert len(alices["tie"]) == 1
    assert alices["usage"]
    assert any("since Mon 2 Mar 2026" in line for line in page)


def test_who_gets_an_address_back_is_told_nothing_of_the_time_between(company):
    company.person("alice")
    company.begin()
    move_on(company)
    del company.tools["acme"].seats[ADDRESS]
    company.learn(days=1)
    company.now += timedelta(days=7)
    between = company.now.date() - timedelta(days=1)
    company.tools["acme"].seats[ADDRESS] = between
    company.learn(days=1)
    see(company, between)
    company.now += timedelta(days=1)
    company.slack.join(Member("UBOB", "Bob", "bob@corp.example", "Europe/Berlin"))
    company.slack.join(Member("UALICE", "Alice", ADDRESS, "Europe/Berlin"))
    company.learn(days=1)

    alices, page, _ = shown(company, "UALICE")
    (account,) = alices["account"]
    assert len(alices["tie"]) == 2
    assert (account[LAST_SEEN], account[SEAT]) == (None, None)
    assert account[SEEN] is not None
    assert not any(f"{between:%-d %b}" in line for line in page if "Acme" in line)
