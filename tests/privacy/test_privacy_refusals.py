"""Whether anything is said of a group tells of nobody, and each figure says how it was made."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from org_ledger import QUARTER, READ, THROUGH, Org, Record, org_ledger

from unranked.domain.people import Tie
from unranked.domain.usage import AccountKind
from unranked.services import managers
from unranked.store import groups, people
from unranked.store.people import StoredAccount

CONSTANT = "Not shown: group too small or data incomplete."
NOISE = "Noise was added"
COST = "for each person with a seat, for 28 days: "


@pytest.fixture
def company(tmp_path):
    with org_ledger(f"sqlite:///{tmp_path / 'unranked.db'}") as made:
        yield made


def is_a_team(company, size):
    names = [f"p-{n:02}" for n in range(size)]
    done = {one: Record((5, 33, 61)) for one in names[: size // 3]}
    company.is_now(Org(dict.fromkeys(names, "p-boss"), frozenset(names)), done)


@pytest.mark.parametrize(
    ("seat", "seats", "refused"),
    [(None, 12, False), (QUARTER.start, 9, False), (QUARTER.start, 10, True)],
)
def test_only_a_tool_with_ten_seats_keeps_a_group_from_its_figures(company, seat, seats, refused):
    is_a_team(company, 12)
    for n in range(seats):
        has_beta(company, f"p-{n:02}", seat)  # a tool that is not connected any more

    assert (CONSTANT in company.digests()["p-boss"]) is refused


def has_beta(company, person, seat):
    account = f"b-{person}"
    with company.runtime.store.write() as tx:
        made = StoredAccount(account, AccountKind.MEMBER, QUARTER.start, seat)
        people.add_accounts(tx, "beta", [made])
        people.set_ties(tx, [Tie(account, person, QUARTER.start)], of=account)


def test_who_has_a_seat_of_a_tool_that_few_have_and_no_other_is_in_no_group(company):
    names = [f"p-{n:02}" for n in range(16)]
    company.is_now(Org(dict.fromkeys(names, "p-boss"), frozenset(names[:12])), {})
    for person in names[12:]:
        has_beta(company, person, QUARTER.start)
    with company.runtime.store.read() as tx:
        assert groups.seated(tx, on=QUARTER.start) == set(names[:12])


@pytest.mark.parametrize("whose", ["p-00", "p-45", None])
def test_whose_use_is_billed_in_another_currency_changes_nothing_of_a_group(company, whose):
    """Two teams of 30: of neither is the spend said, whichever of the two the person is in."""
    names = [f"p-{n:02}" for n in range(60)]
    done = {one: Record((5, 33, 61), Decimal(30)) for one in names}
    if whose is not None:
        done[whose] = Record((5, 33, 61), Decimal(30), "EUR")
    bosses = {one: "p-boss" if one < "p-30" else "p-chief" for one in names}
    company.is_now(Org(bosses, frozenset(names)), done)

    said = [COST in words for _, words in sorted(company.digests().items())]
    assert said == [whose is None] * 2


def test_strict_mode_from_mid_quarter_on_says_nothing_twice_and_claims_no_noise(company):
    is_a_team(company, 60)
    company.is_complete(through=date(2026, 2, 1))
    early = replace(company.runtime, clock=lambda: datetime(2026, 2, 9, 9, 30, tzinfo=UTC))
    managers.plan(early)
    company.is_complete(through=THROUGH)
    company.runtime = replace(company.runtime, clock=lambda: READ, noise=lambda count: count)
    read = company.read()

    assert {start for _, _, start in read.bands} == {QUARTER.start}
    assert "28 Jan 2026" in read.digests["p-boss"]
    assert NOISE not in read.digests["p-boss"]
