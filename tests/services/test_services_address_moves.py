"""An address that moves on: a stop goes with it to a new account, and nothing of anybody's life."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from units_of_people import WEEKDAYS, design
from units_of_people import company as employer

from unranked.demo.slack_members import Member
from unranked.services import campaigns, choices, export, roster
from unranked.services.choices import Asker
from unranked.services.standing import consent_now
from unranked.store import campaigns as stored
from unranked.store import results
from unranked.store.enrolments import MOVED

ALL = ("away_4", "not_for_me", "fewer", "no_digest", "no_check_in", "no_hints", "object")
TELLING = ("never_used", "tried_once", "away", "not_for_me")


@pytest.fixture
def company(world, tmp_path):
    """Give a company in which alice was drawn for a campaign, and bob uses AI every day."""
    for name in ("alice", "bob"):
        world.person(name)
    world.tools["acme"].use("bob@corp.example", *WEEKDAYS)
    employer(world, tmp_path, Sales=30)
    made = campaigns.create(world.runtime, replace(design(world), holdout=0.05))
    campaigns.launch(world.runtime, made.campaign_key, revision=0)
    world.plan()
    world.deliver()
    world.now += timedelta(days=1)
    return world


def presses(world, member_id, *actions):
    for action in actions:
        choices.press(world.runtime, Asker(world.key(member_id)), action)
        world.now += timedelta(minutes=1)


def moves(world, member_id):
    """Let alice have another address, and somebody hers."""
    world.slack.join(Member("UALICE", "Alice", "alice.old@corp.example"))
    world.slack.join(Member(member_id, "Somebody", "alice@corp.example"))
    roster.refresh(world.runtime)


def chosen(world, member_id):
    key = world.key(member_id)
    with world.runtime.store.read() as tx:
        return [one.choice for one in stored.choices(tx, key).get(key, [])]


def arms(world):
    with world.runtime.store.read() as tx:
        rows = tx.exec_driver_sql("SELECT person_key, stopped, segment FROM enrolment").all()
    return {key: (stopped, segment) for key, stopped, segment in rows}


def exported(world, member_id):
    tables = json.loads(export.document(world.runtime, world.key(member_id)))["tables"]
    return json.dumps(
        {name: one for name, one in tables.items() if name in {"choice", "enrolment"}}
    )


def counted(world):
    """Return how many a look at the campaign would count as drawn."""
    with world.runtime.store.read() as tx:
        (campaign,) = (one for one in stored.every(tx) if one.design is not None)
        found = results.counted(tx, campaign.campaign_key, feeds={}, through={})
        return sum(one.people for one in found)


def test_somebody_known_who_gets_an_address_keeps_what_they_chose_and_learns_nothing(company):
    presses(company, "UBOB", "stop", "object", "no_digest")
    presses(company, "UALICE", *ALL, "resume", "object_no_more", "digest_again")
    before, drawn = chosen(company, "UBOB"), counted(company)
    assert arms(company)[company.key("UALICE")][1] == "never_used"
    moves(company, "UBOB")

    assert chosen(company, "UBOB") == before
    assert consent_now(company.runtime, company.key("UBOB")).objected
    assert company.key("UBOB") not in arms(company)
    assert counted(company) == drawn


def test_a_new_account_with_the_address_holds_still_and_is_told_nothing_of_why(company):
    presses(company, "UALICE", *ALL)
    drawn = counted(company)
    moves(company, "UNEW")

    assert chosen(company, "UNEW") == [
        *("object", "stop", "fewer", "no_digest", "no_check_in", "no_hints")
    ]
    assert arms(company)[company.key("UNEW")] == (MOVED, "")
    assert counted(company) == drawn
    for word in TELLING:
        assert word not in exported(company, "UNEW")
    assert MOVED not in exported(company, "UNEW")


def test_what_allows_something_goes_with_no_address(company):
    presses(company, "UALICE", "stop", "resume", "monthly", "check_in_again")
    moves(company, "UNEW")

    assert chosen(company, "UNEW") == []


def test_leave_that_is_over_holds_nobody_back(company):
    presses(company, "UALICE", "away_1")
    company.now += timedelta(weeks=2)
    moves(company, "UNEW")

    assert chosen(company, "UNEW") == []
    assert company.now.date() > date(2026, 3, 9)
