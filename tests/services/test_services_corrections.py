"""What a person says is wrong holds on each kind of database, for them and for nobody else."""

from datetime import date, timedelta

import pytest

from unranked.channels import blocks
from unranked.demo.slack_members import Member
from unranked.domain.people import Tie
from unranked.domain.usage import AccountKind
from unranked.services import answers, corrections, roster
from unranked.services.choices import Asker
from unranked.services.segments import consent_from
from unranked.store import campaigns, people, vault
from unranked.store import corrections as stored
from unranked.store.people import StoredAccount

WEEKDAYS = [d for n in range(55) if (d := date(2026, 1, 5) + timedelta(n)).weekday() < 5]


@pytest.fixture
def company(world_on):
    for name in ("ada", "bo", "cy"):
        world_on.person(name, seats="acme beta")
        for tool in world_on.tools.values():
            tool.use(f"{name}@corp.example", *WEEKDAYS)
    world_on.learn(days=3)
    return world_on


def own(world, who):
    with world.runtime.store.read() as tx:
        return stored.own_accounts(tx, world.key(who))


def consent(world, asker):
    with world.runtime.store.read() as tx:
        return consent_from(campaigns.choices(tx, asker.person_key).get(asker.person_key, []))


def test_an_account_stays_apart_through_every_run_and_comes_back_when_it_is_asked_for(company):
    ada, (acme, beta) = Asker(company.key("UADA")), own(company, "UADA")
    others = own(company, "UBO"), own(company, "UCY")
    assert (acme.connector, beta.connector) == ("acme", "beta")

    corrections.not_mine(company.runtime, ada, acme.account_key)
    corrections.not_mine(company.runtime, ada, acme.account_key)
    assert own(company, "UADA") == [beta]
    company.now += timedelta(days=1)
    company.learn(days=1)
    assert own(company, "UADA") == [beta]
    assert "Acme $" not in blocks.text(answers.tokens(company.runtime, ada.person_key))
    with company.runtime.store.read() as tx:
        (said,) = stored.disclaimed_by(tx, ada.person_key)
    assert (said.account_key, said.made_on) == (acme.account_key, date(2026, 3, 2))

    corrections.mine(company.runtime, ada, acme.account_key)
    corrections.mine(company.runtime, ada, acme.account_key)
    assert own(company, "UADA") == [acme, beta]
    assert "Acme $" in blocks.text(answers.tokens(company.runtime, ada.person_key))
    assert (own(company, "UBO"), own(company, "UCY")) == others


def test_nobody_can_say_it_of_an_account_that_is_not_tied_to_them(company):
    ada = Asker(company.key("UADA"))
    (acme, _) = own(company, "UBO")

    for key in (acme.account_key, "no such account", ""):
        corrections.not_mine(company.runtime, ada, key)
        corrections.mine(company.runtime, ada, key)

    with company.runtime.store.read() as tx:
        assert stored.pairs(tx) == set()
    assert len(own(company, "UBO")) == 2


def test_one_account_settled_alone_ends_as_all_settled_together(company):
    ada, (acme, _) = Asker(company.key("UADA")), own(company, "UADA")
    corrections.not_mine(company.runtime, ada, acme.account_key)

    with company.runtime.store.write() as tx:
        assert roster.settle_ties(tx) == (0, 0)
        corrections_of_one = stored.pairs(tx, acme.account_key)
        assert roster.settle_ties(tx, acme.account_key) == (0, 0)
    assert corrections_of_one == {(acme.account_key, ada.person_key)}


def test_a_tie_that_a_run_made_again_meanwhile_can_be_ended_again(company):
    ada, (acme, beta) = Asker(company.key("UADA")), own(company, "UADA")
    corrections.not_mine(company.runtime, ada, acme.account_key)
    with company.runtime.store.write() as tx:
        people.set_ties(
            tx, [Tie(acme.account_key, ada.person_key, vault.EVER)], of=acme.account_key
        )

    corrections.not_mine(company.runtime, ada, acme.account_key)

    assert own(company, "UADA") == [beta]


def test_leave_is_kept_piece_by_piece_and_each_can_be_taken_back(company):
    ada, today = Asker(company.key("UADA")), company.now.date()
    first, second = (date(2026, 2, 2), date(2026, 2, 6)), (date(2026, 2, 9), date(2026, 2, 9))
    for days in (first, second, first):
        assert corrections.was_away(company.runtime, ada, *days, today=today)

    one, two = corrections.periods(consent(company, ada), today=today)
    assert (corrections.value_of(one), corrections.value_of(two)) == (
        "2026-02-02/2026-02-06",
        "2026-02-09/2026-02-09",
    )
    corrections.was_there(company.runtime, ada, corrections.value_of(one))
    assert corrections.periods(consent(company, ada), today=today) == [two]
    assert corrections.was_away(company.runtime, ada, *first, today=today)
    assert corrections.periods(consent(company, ada), today=today) == [one, two]
    assert corrections.periods(consent(company, ada), today=date(2026, 6, 8)) == [two]


def test_leave_of_long_ago_makes_room_for_new(company):
    ada, today = Asker(company.key("UADA")), company.now.date()
    for n in range(corrections.PERIODS_MOST):
        day = date(2026, 1, 5) + timedelta(days=n)
        assert corrections.was_away(company.runtime, ada, day, day, today=today)

    late = date(2026, 2, 2)
    assert not corrections.was_away(company.runtime, ada, late, late, today=today)
    summer = date(2026, 6, 1)
    assert corrections.was_away(company.runtime, ada, summer, summer, today=summer)


def test_an_account_says_since_when_it_is_known_to_be_theirs(company):
    key, moved = company.key("UADA"), date(2026, 2, 10)
    with company.runtime.store.write() as tx:
        account = StoredAccount("a-seen", AccountKind.KEY, date(2026, 2, 1))
        people.add_accounts(tx, "acme", [account])
        people.set_ties(tx, [Tie("a-seen", key, vault.EVER)], of="a-seen")
    seen = next(one for one in own(company, "UADA") if one.account_key == "a-seen")
    assert (seen.kind, seen.since, seen.licensed) == (AccountKind.KEY, date(2026, 2, 1), False)

    with company.runtime.store.write() as tx:
        people.set_ties(tx, [Tie("a-seen", key, moved)], of="a-seen")
    seen = next(one for one in own(company, "UADA") if one.account_key == "a-seen")
    assert seen.since == moved


def test_what_was_said_goes_with_the_address_and_is_not_doubled(company):
    ada, (acme, _) = Asker(company.key("UADA")), own(company, "UADA")
    corrections.not_mine(company.runtime, ada, acme.account_key)
    company.slack.join(Member("UADA", "Ada", "ada@corp.example", deleted=True))
    company.slack.join(Member("UNEW", "Ada", "ada@corp.example"))

    for _ in range(2):
        company.now += timedelta(days=1)
        company.learn(days=1)

    new = company.key("UNEW")
    with company.runtime.store.read() as tx:
        assert stored.pairs(tx) == {(acme.account_key, ada.person_key), (acme.account_key, new)}
    assert acme.account_key not in [one.account_key for one in own(company, "UNEW")]
