"""The made-up providers answer the real connectors, over real HTTP."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from unranked.connectors import found
from unranked.connectors.api import connected
from unranked.connectors.base import FeedKind
from unranked.demo.company import Company
from unranked.demo.company_people import ANTHROPIC, OPENAI, Situation
from unranked.demo.company_prices import costs
from unranked.demo.fake_anthropic import FakeAnthropic
from unranked.demo.fake_openai import FakeOpenAI
from unranked.domain.people import normalise_email
from unranked.domain.usage import AccountKind, AccountRecord, UsageRecord, Window
from unranked.errors import ProviderError

pytestmark = pytest.mark.xdist_group("demo_connectors")  # what it looks at is made once

TODAY = date(2026, 11, 23)
COMPANY = Company.made(5, today=TODAY, people=300)
FAKES = {ANTHROPIC: FakeAnthropic, OPENAI: FakeOpenAI}
FORBIDDEN = 403


def settled_days(tool):
    """The days up to which every answer of the provider is complete."""
    return [day for day in COMPANY.usage[tool].days if day <= TODAY - timedelta(days=4)]


def everything(tool, *, throttled=True):
    """Return what each feed of the real connector says of the whole history, and its refusals."""
    clock = [datetime(2026, 11, 23, 12, tzinfo=UTC)]

    def sleep(seconds):
        clock[0] += timedelta(seconds=seconds)

    connector = found()[tool]
    records, refused = {}, {}
    with FAKES[tool](COMPANY, lambda: clock[0], "key") as fake:
        fake.throttle.on = throttled
        with connected(
            connector, base_url=fake.url, key="key", clock=lambda: clock[0], sleeper=sleep
        ) as api:
            assert api.get(connector.check_path)
            for feed in connector.feeds:
                window = Window(COMPANY.first, TODAY + timedelta(days=1))
                try:
                    pages = list(connector.fetch(api, feed.name, window))
                except ProviderError as error:
                    refused[feed.name] = error.status
                    continue
                records[feed.name] = [row for page in pages for row in connector.parse(page)]
    return connector, records, refused


@pytest.fixture(scope="module", params=[ANTHROPIC, OPENAI])
def told(request):
    return request.param, *everything(request.param)


def usage_of(records, tool, *, kind, connector):
    days = set(settled_days(tool))
    names = {feed.name for feed in connector.feeds if feed.kind is kind}
    for name, rows in records.items():
        for row in rows:
            if name in names and isinstance(row, UsageRecord) and row.day in days:
                yield row


def rows_of(tool):
    usage = COMPANY.usage[tool]
    end = datetime(2026, 11, 23, 12, tzinfo=UTC)
    return [(day, row) for day in settled_days(tool) for row in usage.seen(day, end)]


def test_every_feed_answers_or_says_that_this_customer_has_another(told):
    tool, connector, records, refused = told

    assert set(records) | set(refused) == {feed.name for feed in connector.feeds}
    assert set(refused.values()) <= {FORBIDDEN}
    assert len(refused) == (1 if tool == ANTHROPIC else 0)  # a Console key has no activity report
    groups = {connector.feed(name).either for name in refused}
    assert all(any(connector.feed(name).either == group for name in records) for group in groups)


def test_the_connector_counts_every_token_of_the_settled_days(told):
    tool, connector, records, _ = told
    counted = [0] * 5
    for row in usage_of(records, tool, kind=FeedKind.ACTIVITY, connector=connector):
        tokens = row.tokens
        if tokens is not None:
            own = (tokens.n_in, tokens.n_out, tokens.n_cr, tokens.n_cw5, tokens.n_cw1h)
            counted = [a + b for a, b in zip(counted, own, strict=True)]
    true = [sum(figures) for figures in zip(*(row[6:11] for _, row in rows_of(tool)), strict=True)]

    assert counted == true


def test_the_connector_adds_up_every_cent_of_the_settled_days(told):
    tool, connector, records, _ = told
    billed = {
        f.name for f in connector.feeds if f.kind is FeedKind.COST and f.billed and f.per_person
    }
    amounts = [
        row.cost.amount
        for row in usage_of(records, tool, kind=FeedKind.COST, connector=connector)
        if row.feed in billed
    ]
    true = sum(sum(costs(row)) for _, row in rows_of(tool))

    assert sum(amounts) == Decimal(true) / 10**10


def test_the_connector_ties_active_people_to_the_days_on_which_they_were_active(told):
    tool, connector, records, _ = told
    accounts = {
        row.account: row
        for rows in records.values()
        for row in rows
        if isinstance(row, AccountRecord)
    }
    active = defaultdict(set)
    for row in usage_of(records, tool, kind=FeedKind.ACTIVITY, connector=connector):
        record = accounts.get(row.account)
        if row.active and record:
            for email in record.emails:
                active[email].add(row.day)
    true = defaultdict(set)
    emails = {account.id: normalise_email(account.email) for account in COMPANY.accounts[tool]}
    for day, row in rows_of(tool):
        if row.account in emails:
            true[emails[row.account]].add(day)

    assert active == true
    for person in COMPANY.of(Situation.NEVER_USED):
        assert person.email not in active


def test_the_connector_finds_every_seat_with_its_first_day(told):
    tool, _, records, _ = told
    seats = {
        row.emails: row.since
        for row in records["members"]
        if row.account.kind is AccountKind.MEMBER and row.seat
    }
    true = {
        (normalise_email(account.email),): account.since
        for account in COMPANY.accounts[tool]
        if account.role != "billing"
    }

    assert seats == true


def test_keys_and_service_accounts_are_known_and_are_nobodys(told):
    tool, connector, records, _ = told
    known = {row.account for row in records["members"]}
    agents = {
        row.account
        for row in usage_of(records, tool, kind=FeedKind.ACTIVITY, connector=connector)
        if row.account.kind in {AccountKind.KEY, AccountKind.SERVICE}
    }
    keys = {account for account in agents if account.kind is AccountKind.KEY}

    assert keys
    assert keys <= known


@pytest.mark.parametrize("tool", [ANTHROPIC, OPENAI])
def test_a_429_now_and_then_changes_nothing(tool):
    assert everything(tool)[1:] == everything(tool, throttled=False)[1:]
