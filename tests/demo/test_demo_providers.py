import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import httpx
import pytest

from unranked.demo.company import Company
from unranked.demo.company_people import ANTHROPIC, OPENAI
from unranked.demo.fake_anthropic import BETA, FakeAnthropic
from unranked.demo.fake_openai import FakeOpenAI

TODAY = date(2026, 11, 23)
COMPANY = Company.made(11, today=TODAY, people=300)
KEY = "made-up-key"
# Dollars per million tokens: uncached input, output, cache read, 5-minute and 1-hour write.
LIST_PRICES = {
    "claude-opus-4-5": ("5", "25", "0.5", "6.25", "10"),
    "claude-haiku-4-5": ("1", "5", "0.1", "1.25", "2"),
    "gpt-5": ("1.25", "10", "0.125"),
    "gpt-5-mini": ("0.25", "2", "0.025"),
    "text-embedding-3-small": ("0.02", "0", "0"),
}


class Clock:
    def __init__(self):
        self.now = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def anthropic(clock):
    with FakeAnthropic(COMPANY, clock, KEY) as fake:
        fake.throttle.on = False
        yield fake


@pytest.fixture
def openai(clock):
    with FakeOpenAI(COMPANY, clock, KEY) as fake:
        fake.throttle.on = False
        yield fake


@pytest.fixture
def claude(anthropic):
    headers = {"x-api-key": KEY, "anthropic-version": "2026-10-21", "anthropic-beta": BETA}
    url = anthropic.url + "/v1/organizations/"
    with httpx.Client(base_url=url, headers=headers) as client:
        yield client


@pytest.fixture
def gpt(openai):
    url, headers = openai.url + "/organization/", {"Authorization": f"Bearer {KEY}"}
    with httpx.Client(base_url=url, headers=headers) as client:
        yield client


def decoded(answer):
    assert answer.status_code == 200, answer.text
    return json.loads(answer.content, parse_float=Decimal)


def pages(client, path, params, *, cursor="next_page", sent_as="page"):
    at = {}
    while True:
        body = decoded(client.get(path, params={**params, **at}))
        yield body
        if not body["has_more"]:
            return
        at = {sent_as: body[cursor]}


def rows(client, path, params, **how):
    return [row for body in pages(client, path, params, **how) for row in body["data"]]


def days_of(start, end, **more):
    return {
        "starting_at": f"{start}T00:00:00Z",
        "ending_at": f"{end}T00:00:00Z",
        "time_bucket_width": "1d",
        "limit": 1000,
        "order_by": "time",
        "order": "asc",
        **more,
    }


def seconds(day):
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def after(days):
    return COMPANY.first + timedelta(days=days)


BY_ALL = ["actor", "product", "model", "service_tier", "workspace_id"]
GPT_ALL = ["user_id", "api_key_id", "project_id", "model", "batch", "service_tier"]


# Anthropic


def test_anthropic_usage_pages_hold_every_row_once_and_in_order_of_time(claude):
    params = days_of(after(20), after(30), **{"group_by[]": BY_ALL, "limit": 100})
    bodies = list(pages(claude, "analytics/usage", params))
    found = [row for body in bodies for row in body["data"]]
    days = [after(20) + timedelta(days=n) for n in range(10)]
    expected = sum(len(COMPANY.usage[ANTHROPIC].days.get(day, ())) for day in days)

    assert len(bodies) > 5
    assert all(len(body["data"]) == 100 for body in bodies[:-1])
    assert len(found) == expected
    assert [row["starting_at"] for row in found] == sorted(row["starting_at"] for row in found)
    keys = Counter(
        (row["starting_at"], *(repr(row["group"][name]) for name in BY_ALL)) for row in found
    )
    assert set(keys.values()) == {1}


def test_anthropic_rows_have_the_documented_fields(claude):
    body = decoded(
        claude.get(
            "analytics/usage", params=days_of(after(20), after(21), **{"group_by[]": "actor"})
        )
    )
    row = next(r for r in body["data"] if r["group"]["actor"]["type"] == "user_actor")

    assert set(body) == {"data", "has_more", "next_page", "data_refreshed_at"}
    assert set(row) == {"starting_at", "ending_at", "group", "usage"}
    assert set(row["group"]["actor"]) == {"type", "user_id", "email_address", "name", "deleted"}
    assert row["group"]["product"] is None
    assert len(row["group"]) == 20
    usage = row["usage"]
    assert usage["total_tokens"] == (
        usage["uncached_input_tokens"]
        + usage["cache_read_input_tokens"]
        + usage["output_tokens"]
        + sum(usage["cache_creation"].values())
    )


def test_anthropic_cost_is_tokens_at_list_prices_in_cents(claude):
    params = days_of(after(20), after(24), **{"group_by[]": ["model", "service_tier"]})
    used = rows(claude, "analytics/usage", params)
    billed = rows(claude, "analytics/cost", params)

    assert len(used) == len(billed) > 8
    for use, bill in zip(used, billed, strict=True):
        tokens, group = use["usage"], use["group"]
        counts = (
            tokens["uncached_input_tokens"],
            tokens["output_tokens"],
            tokens["cache_read_input_tokens"],
            tokens["cache_creation"]["ephemeral_5m_input_tokens"],
            tokens["cache_creation"]["ephemeral_1h_input_tokens"],
        )
        prices = map(Decimal, LIST_PRICES[group["model"]])
        dollars = sum(n * price for n, price in zip(counts, prices, strict=True)) / 1_000_000
        if group["service_tier"] == "batch":
            dollars /= 2
        assert isinstance(bill["cost"]["amount"], str)
        assert Decimal(bill["cost"]["amount"]) == 100 * dollars
        assert bill["group"] == group


def test_anthropic_grouping_and_filters_only_divide_the_same_sum(claude):
    window = days_of(after(20), after(24))
    whole = rows(claude, "analytics/usage", {k: v for k, v in window.items() if "order" not in k})
    by_type = rows(claude, "analytics/usage", {**window, "group_by[]": "actor_type"})
    humans = rows(claude, "analytics/usage", {**window, "actor_types[]": "user_actor"})

    total = sum(row["usage"]["total_tokens"] for row in whole)
    assert total == sum(row["usage"]["total_tokens"] for row in by_type)
    assert {row["group"]["actor_type"] for row in by_type} == {
        "user_actor",
        "api_actor",
        "service_account_actor",
    }
    assert 0 < sum(row["usage"]["total_tokens"] for row in humans) < total
    assert all(row["group"]["actor"] is None for row in whole)


def test_a_deleted_anthropic_account_has_no_address_any_more(claude):
    params = days_of(COMPANY.first, after(28), **{"group_by[]": "actor"})
    actors = [row["group"]["actor"] for row in rows(claude, "analytics/usage", params)]
    gone = [actor for actor in actors if actor.get("deleted")]

    assert gone
    assert all(actor["email_address"] is None for actor in gone)


def test_anthropic_members_are_listed_newest_first_to_the_end(claude):
    members = rows(claude, "users", {"limit": 50}, cursor="last_id", sent_as="after_id")

    assert Counter(m["id"] for m in members) == Counter(a.id for a in COMPANY.accounts[ANTHROPIC])
    assert [m["added_at"] for m in members] == sorted(
        (m["added_at"] for m in members), reverse=True
    )
    assert {"claude_code_user", "developer", "user", "billing"} <= {m["role"] for m in members}


def test_a_member_appears_on_the_day_of_joining(claude, clock):
    newest = max(account.since for account in COMPANY.accounts[ANTHROPIC])
    clock.now = datetime(newest.year, newest.month, newest.day, tzinfo=UTC) - timedelta(seconds=1)
    before = rows(claude, "users", {"limit": 1000}, cursor="last_id", sent_as="after_id")
    clock.now += timedelta(seconds=1)
    since = rows(claude, "users", {"limit": 1000}, cursor="last_id", sent_as="after_id")

    assert len(before) < len(since) == len(COMPANY.accounts[ANTHROPIC])


def test_anthropic_keys_invitations_and_organisation_are_listed(claude):
    keys = decoded(claude.get("api_keys"))["data"]

    assert {key["name"] for key in keys} == {"ci-review", "support-batch", "team-key"}
    assert decoded(claude.get("invites")) == {
        "data": [],
        "has_more": False,
        "first_id": None,
        "last_id": None,
    }
    assert decoded(claude.get("me"))["type"] == "organization"


def test_the_claude_code_report_of_a_day_agrees_with_the_usage(claude):
    day = next(after(n) for n in range(20, 27) if after(n).weekday() == 2)
    report = rows(claude, "usage_report/claude_code", {"starting_at": str(day), "limit": 100})
    params = days_of(
        day, day + timedelta(days=1), **{"group_by[]": "actor", "products[]": "claude_code"}
    )
    usage = rows(claude, "analytics/usage", params)
    by_email: Counter[str] = Counter()
    for row in report:
        for model in row["model_breakdown"]:
            by_email[row["actor"]["email_address"]] += sum(model["tokens"].values())
            assert isinstance(model["estimated_cost"]["amount"], int)

    assert len(report) > len(by_email)  # several terminals on one day
    assert by_email == {
        row["group"]["actor"]["email_address"]: row["usage"]["total_tokens"]
        for row in usage
        if not row["group"]["actor"]["deleted"]
    }


@pytest.mark.parametrize(
    ("path", "change", "status", "kind"),
    [
        ("analytics/usage", {"limit": 1001}, 400, "invalid_request_error"),
        ("analytics/usage", {"limit": 0}, 400, "invalid_request_error"),
        ("analytics/usage", {"colour": "blue"}, 400, "invalid_request_error"),
        ("analytics/usage", {"group_by[]": "shoe_size"}, 400, "invalid_request_error"),
        ("analytics/usage", {"group_by[]": [*BY_ALL, "speed"]}, 400, "invalid_request_error"),
        ("analytics/usage", {"order_by": "amount"}, 400, "invalid_request_error"),
        ("analytics/usage", {"time_bucket_width": "1h"}, 400, "invalid_request_error"),
        ("analytics/usage", {"starting_at": "2026-10-01"}, 400, "invalid_request_error"),
        ("analytics/usage", {"starting_at": "2025-12-31T00:00:00Z"}, 400, "invalid_request_error"),
        ("analytics/usage", {"ending_at": "2026-11-02T00:00:00Z"}, 400, "invalid_request_error"),
        ("analytics/cost", {"order_by": "total_tokens"}, 400, "invalid_request_error"),
        ("analytics/users", {"date": "2026-11-01"}, 403, "permission_error"),
        ("somewhere", {}, 404, "not_found_error"),
    ],
)
def test_anthropic_refuses_a_wrong_question(claude, path, change, status, kind):
    asked = days_of(date(2026, 10, 1), date(2026, 10, 8))
    asked = {**asked, **change} if path != "analytics/users" else change
    answer = claude.get(path, params=asked)

    assert answer.status_code == status
    assert answer.json()["error"]["type"] == kind


def test_anthropic_takes_a_range_of_31_days(claude):
    assert claude.get("analytics/usage", params=days_of(after(0), after(31))).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x-api-key": "wrong"}, 401),
        ({"anthropic-version": "2019-01-01"}, 400),
        ({"anthropic-beta": ""}, 400),
        ({"x-api-key": "", "Authorization": f"Bearer {KEY}"}, 200),
    ],
)
def test_anthropic_wants_its_key_version_and_beta(claude, headers, status):
    params = days_of(after(20), after(21))

    assert claude.get("analytics/usage", params=params, headers=headers).status_code == status


def test_a_cursor_is_good_for_its_own_question_and_not_for_ever(claude, anthropic):
    params = days_of(after(20), after(24), **{"group_by[]": "actor", "limit": 5})
    cursor = decoded(claude.get("analytics/usage", params=params))["next_page"]

    again = {**params, "page": cursor}
    assert claude.get("analytics/usage", params=again).status_code == 200
    assert claude.get("analytics/usage", params={**again, "order": "desc"}).status_code == 400
    assert claude.get("analytics/usage", params={**again, "page": "page_1_x"}).status_code == 400
    anthropic.forget_cursors()
    assert claude.get("analytics/usage", params=again).status_code == 410


# OpenAI


def test_openai_usage_pages_hold_every_day_and_row_once(gpt):
    params = {"start_time": seconds(COMPANY.first), "limit": 31, "group_by[]": GPT_ALL}
    bodies = list(pages(gpt, "usage/completions", params))
    buckets = [bucket for body in bodies for bucket in body["data"]]
    found = [result for bucket in buckets for result in bucket["results"]]
    usage = COMPANY.usage[OPENAI]
    expected = [
        row
        for day in usage.days
        if day <= TODAY - timedelta(days=4)
        for row in usage.days[day]
        if row.product == "completions"
    ]
    settled = [b for b in buckets if b["start_time"] <= seconds(TODAY - timedelta(days=4))]

    assert len(bodies) == 3
    starts = [bucket["start_time"] for bucket in buckets]
    assert starts == [seconds(after(n)) for n in range(85)]
    assert sum(len(bucket["results"]) for bucket in settled) == len(expected)
    assert {r["object"] for r in found} == {"organization.usage.completions.result"}
    for result in found:
        assert result["input_tokens"] == (
            result["input_uncached_tokens"]
            + result["input_cached_tokens"]
            + result["input_cache_write_tokens"]
        )
    assert {result["batch"] for result in found} == {True, False}
    assert any(result["user_id"] is None and result["api_key_id"] for result in found)


def test_openai_costs_are_tokens_at_list_prices_in_dollars(gpt):
    window = {"start_time": seconds(after(20)), "end_time": seconds(after(25)), "limit": 31}
    billed = rows(gpt, "costs", {**window, "group_by[]": ["user_id", "line_item"]})
    people = {a.id for a in COMPANY.accounts[OPENAI]}
    names = {"input_tokens": 0, "output_tokens": 1, "cached_input_tokens": 2}
    checked = 0
    for bucket in billed:
        for result in bucket["results"]:
            model, name = result["line_item"].split(", ")
            list_price = Decimal(LIST_PRICES[model][names[name]]) * result["quantity"] / 1_000_000
            amount = result["amount"]
            assert isinstance(amount["value"], Decimal)
            assert amount["currency"] == "usd"
            assert result["quantity_unit"] == "tokens"
            assert list_price / 2 <= amount["value"] <= list_price  # batches cost half
            checked += result["user_id"] in people and amount["value"] == list_price
    assert checked > 100

    by_project = rows(gpt, "costs", {**window, "group_by[]": "project_id"})
    total = [
        sum(result["amount"]["value"] for bucket in found for result in bucket["results"])
        for found in (billed, by_project)
    ]
    assert total[0] == total[1]


def test_openai_costs_and_usage_count_the_same_tokens(gpt):
    window = {"start_time": seconds(after(20)), "end_time": seconds(after(25)), "limit": 31}
    used: Counter[str] = Counter()
    for kind in ("completions", "embeddings"):
        for bucket in rows(gpt, f"usage/{kind}", {**window, "group_by[]": "model"}):
            for result in bucket["results"]:
                used[result["model"]] += result["input_tokens"] + result.get("output_tokens", 0)
    billed: Counter[str] = Counter()
    for bucket in rows(gpt, "costs", {**window, "group_by[]": "line_item"}):
        for result in bucket["results"]:
            billed[result["line_item"].split(", ")[0]] += result["quantity"]

    assert used == billed
    assert len(used) == 3


def test_openai_kinds_that_nobody_uses_answer_with_empty_days(gpt):
    params = {"start_time": seconds(after(0)), "end_time": seconds(after(3))}
    for kind in ("images", "audio_speeches", "web_search_calls", "vector_stores", "decisions"):
        buckets = rows(gpt, f"usage/{kind}", params)
        assert [bucket["results"] for bucket in buckets] == [[], [], []]


def test_openai_members_projects_and_keys_are_listed_to_the_end(gpt):
    how = {"cursor": "last_id", "sent_as": "after"}
    members = rows(gpt, "users", {"limit": 30}, **how)
    projects = rows(gpt, "projects", {"limit": 2, "include_archived": "true"}, **how)
    keys = [
        key
        for project in projects
        for key in rows(
            gpt,
            f"projects/{project['id']}/api_keys",
            {"limit": 40, "owner_project_access": "any"},
            **how,
        )
    ]
    used = {row.credential for day in COMPANY.usage[OPENAI].days.values() for row in day}
    services = {m["id"] for m in members if m.get("is_service_account")}

    assert {m["id"] for m in members} - services == {a.id for a in COMPANY.accounts[OPENAI]}
    assert {p["status"] for p in projects} == {"active", "archived"}
    assert used <= {key["id"] for key in keys}
    assert {key["owner"]["type"] for key in keys} == {"user", "service_account"}
    assert services == {
        key["owner"]["service_account"]["id"]
        for key in keys
        if key["owner"]["type"] == "service_account"
    }


def test_openai_hides_keys_of_owners_who_left_the_project_unless_asked(gpt):
    found = {"active": 0, "inactive": 0, "any": 0, "": 0}
    for access in found:
        for project in rows(gpt, "projects", {"include_archived": "true"}):
            params = {"limit": 100, "owner_project_access": access}
            path = f"projects/{project['id']}/api_keys"
            found[access] += len(rows(gpt, path, params, cursor="last_id", sent_as="after"))

    assert found["inactive"] > 0
    assert found["active"] + found["inactive"] == found["any"]
    assert found[""] == found["active"]


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("usage/completions", {"limit": 32}),
        ("usage/completions", {"bucket_width": "1h", "limit": 169}),
        ("usage/completions", {"bucket_width": "1m", "limit": 1441}),
        ("usage/completions", {"bucket_width": "2d"}),
        ("usage/completions", {"start_time": ""}),
        ("usage/completions", {"start_time": "yesterday"}),
        ("usage/completions", {"end_time": 1}),
        ("usage/completions", {"group_by[]": "line_item"}),
        ("usage/completions", {"colour": "blue"}),
        ("usage/completions", {"page": "page_0_31"}),
        ("usage/embeddings", {"group_by[]": "batch"}),
        ("usage/vector_stores", {"group_by[]": "user_id"}),
        ("costs", {"limit": 181}),
        ("costs", {"bucket_width": "1h"}),
        ("costs", {"user_ids[]": "user-1"}),
        ("costs", {"group_by[]": ["user_id", "project_id"]}),
        ("costs", {"group_by[]": ["user_id"], "project_ids[]": "proj_support"}),
        ("users", {"limit": 101}),
        ("users", {"after": "user-unknown"}),
    ],
)
def test_openai_refuses_a_wrong_question(gpt, path, change):
    asked = {} if path == "users" else {"start_time": seconds(after(0)), "limit": 7}
    answer = gpt.get(path, params={**asked, **change})

    assert answer.status_code == 400
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}


def test_openai_takes_31_buckets_of_usage_and_180_of_costs(gpt):
    start = {"start_time": seconds(after(0))}

    assert gpt.get("usage/completions", params={**start, "limit": 31}).status_code == 200
    assert gpt.get("costs", params={**start, "limit": 180}).status_code == 200
    assert gpt.get("somewhere").status_code == 404
    assert gpt.get("projects/proj_unknown/api_keys").status_code == 404
    assert gpt.get("users", headers={"Authorization": "Bearer wrong"}).status_code == 401


# Time, and other troubles that both share


def anthropic_day(client, day):
    params = days_of(day, day + timedelta(days=1), **{"group_by[]": BY_ALL})
    return {repr(row["group"]): row["usage"] for row in rows(client, "analytics/usage", params)}


def openai_day(client, day):
    params = {"start_time": seconds(day), "end_time": seconds(day) + 86_400}
    params["group_by[]"] = GPT_ALL
    figures = ("input_tokens", "output_tokens")
    return {
        tuple(result[name] for name in GPT_ALL): tuple(result[name] for name in figures)
        for result in rows(client, "usage/completions", params)[0]["results"]
    }


@pytest.fixture(params=[ANTHROPIC, OPENAI])
def day_of(request, claude, gpt):
    client, read = (claude, anthropic_day) if request.param == ANTHROPIC else (gpt, openai_day)
    return lambda day: read(client, day)


def test_the_last_days_fill_up_until_their_lag_has_passed(day_of, clock):
    friday = date(2026, 11, 20)
    seen = []
    for hours in (0, 18, 36, 60, 72, 24 * 30):
        clock.now = datetime(2026, 11, 20, tzinfo=UTC) + timedelta(hours=hours)
        seen.append(set(day_of(friday)))

    assert seen[0] == set()
    assert all(before <= later for before, later in pairwise(seen))
    assert len(seen[1]) < len(seen[2]) < len(seen[3]) < len(seen[4])
    assert seen[4] == seen[5]


@pytest.mark.parametrize("tool", [ANTHROPIC, OPENAI])
def test_a_few_days_change_once_one_to_three_days_later(tool, claude, gpt, clock):
    client, read = (claude, anthropic_day) if tool == ANTHROPIC else (gpt, openai_day)
    restated = COMPANY.usage[tool].restated
    weekday = max(day for day in restated if day.weekday() < 5)
    other = max(day for day in COMPANY.usage[tool].days if day < weekday and day not in restated)

    def at(day, hours):
        clock.now = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hours)
        return read(client, day)

    assert any(day >= TODAY - timedelta(days=7) for day in restated)
    assert len(restated) < 20
    hour = restated[weekday]
    assert 48 <= hour <= 96
    before, changed = at(weekday, hour - 1), at(weekday, hour)
    common = before.keys() & changed.keys()
    assert any(before[key] != changed[key] for key in common)
    assert at(weekday, max(hour, 72)) == at(weekday, 24 * 30)
    assert at(other, 72) == at(other, 24 * 30)


def test_anthropic_says_up_to_when_its_figures_are_there(claude, clock):
    clock.now = datetime(2026, 11, 19, 12, tzinfo=UTC)  # Thursday: the days before are full ones
    params = days_of(date(2026, 11, 16), date(2026, 11, 20), **{"group_by[]": BY_ALL})
    first = decoded(claude.get("analytics/usage", params=params))
    refreshed = datetime.fromisoformat(first["data_refreshed_at"])
    whole_days = [refreshed.date() - timedelta(days=n) for n in (1, 2, 3)]
    shown = [set(anthropic_day(claude, day)) for day in whole_days]
    clock.now += timedelta(days=30)

    assert refreshed < clock()
    assert shown == [set(anthropic_day(claude, day)) for day in whole_days]


def test_nobody_without_usage_has_a_row(day_of):
    for figures in day_of(date(2026, 11, 11)).values():
        counts = figures.values() if isinstance(figures, dict) else figures
        assert any(counts)


def test_a_request_is_refused_with_429_now_and_then_and_never_twice_in_a_row(clock):
    def refused():
        with FakeAnthropic(COMPANY, clock, KEY) as fake:
            headers = {"x-api-key": KEY, "anthropic-version": "2026-10-21"}
            with httpx.Client(base_url=fake.url, headers=headers) as client:
                answers = [client.get("/v1/organizations/me") for _ in range(300)]
        assert {a.headers["Retry-After"] for a in answers if a.status_code == 429} == {"1"}
        return [n for n, answer in enumerate(answers) if answer.status_code == 429]

    numbers = refused()

    assert 5 <= len(numbers) <= 15
    assert all(b - a >= 20 for a, b in pairwise(numbers))
    assert refused() == numbers


def test_a_provider_counts_what_it_was_asked(gpt, openai):
    gpt.get("users")
    gpt.get("users")

    assert openai.calls == {"/v1/organization/users": 2}
