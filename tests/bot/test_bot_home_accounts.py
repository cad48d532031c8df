"""Accounts of one person with one tool are told apart in words, also once they are taken back."""

from dataclasses import replace
from datetime import date

import pytest
from home_pages import said, values_of
from signed import opened
from small_world import Tool, _connected

from unranked.domain.usage import AccountKind, AccountRecord, AccountRef, UsageRecord

ADA = "ada@corp.example"
DAY = date(2026, 2, 16)


def parse(page):
    """Give Ada an account with access, a key, and use that a report knows by her address."""
    for row in page.body:
        if page.feed == "members":
            member = AccountRef(AccountKind.MEMBER, f"acc:{row['email']}")
            key = AccountRef(AccountKind.KEY, f"key:{row['email']}")
            yield AccountRecord(member, (row["email"],), row["since"], seat=True)
            yield AccountRecord(key, (row["email"],))
        elif page.feed == "usage":
            account = AccountRef(AccountKind.MEMBER, f"email:{row['email']}")
            yield AccountRecord(account, (row["email"],))
            yield UsageRecord(page.feed, row["day"], account, requests=1)


@pytest.fixture
def company(world):
    tools = {slug: Tool(slug) for slug in ("anthropic", "acme")}
    made = [_connected(tool) for tool in tools.values()]
    world.tools = tools
    world.runtime = replace(
        world.runtime,
        connectors=tuple(
            replace(one, connector=replace(one.connector, parse=parse)) for one in made
        ),
    )
    world.person("ada", seats="anthropic acme")
    for tool in tools.values():
        tool.use(ADA, DAY)
    world.at("2026-03-02T10:00+00:00")
    world.begin()
    return world


@pytest.fixture
def front(company):
    with opened(company) as made:
        yield made


ACCOUNTS = (
    "Claude (Anthropic), with access since Thu 1 Jan 2026",
    "Claude (Anthropic), seen in the Claude Code report, known since Sun 1 Mar 2026",
    "Claude (Anthropic), a key known since Sun 1 Mar 2026",
    "Acme, with access since Thu 1 Jan 2026",
    "Acme, known by your address alone, from a report, known since Sun 1 Mar 2026",
    "Acme, a key known since Sun 1 Mar 2026",
)


def test_an_account_a_key_and_a_report_of_one_tool_are_told_apart(front):
    lines = said(front.home("UADA")).split("\n")

    for account in ACCOUNTS:
        assert lines.count(f"{account}: counts as yours.") == 1, account


def test_what_was_taken_back_is_told_apart_in_the_same_words(front):
    view = front.home("UADA")
    for value in values_of(view, "home_not_mine"):
        view = front.press("UADA", "home_not_mine", value=value)

    lines = said(view).split("\n")
    for account in ACCOUNTS:
        line = (
            f"{account}: not yours, as you said on Mon 2 Mar 2026. "
            "Nothing done with it counts as yours."
        )
        assert lines.count(line) == 1, account


def test_whoever_took_all_of_them_back_is_not_told_that_none_has_their_address(front):
    view = front.home("UADA")
    values = values_of(view, "home_not_mine")
    for value in values:
        view = front.press("UADA", "home_not_mine", value=value)

    assert "None, because you said so of every one below." in said(view)
    assert "carries your e-mail address" not in said(view)
    assert sorted(values_of(view, "home_mine")) == sorted(values)

    view = front.press("UADA", "home_mine", value=values[0])
    assert "They carry your own e-mail address." in said(view)


def test_whoever_never_had_one_is_told_so(company, front):
    company.person("bob", seats="")
    company.learn(days=1)

    assert "No account of a connected AI tool carries your e-mail address" in said(
        front.home("UBOB")
    )


def test_an_account_that_lost_its_access_is_not_said_to_have_it(company, front):
    del company.tools["acme"].seats[ADA]
    company.tools["acme"].seats["other@corp.example"] = date(2026, 1, 1)
    company.at("2026-03-03T10:00+00:00")
    company.learn(days=1)

    lines = said(front.home("UADA"))
    assert "Acme, with access" not in lines
    assert "Acme, known since Sun 1 Mar 2026: counts as yours." in lines
    assert "Claude (Anthropic), with access since Thu 1 Jan 2026: counts as yours." in lines
