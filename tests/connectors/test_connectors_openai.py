"""What the OpenAI connector promises: one test for each habit of its APIs that bites."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded_provider import Recording, api_of, pages_of, records_of, serving

from unranked.connectors.base import FeedKind, Page
from unranked.connectors.openai import CONNECTOR
from unranked.domain.usage import (
    NOBODY,
    AccountKind,
    AccountRecord,
    AccountRef,
    Money,
    Tokens,
    UsageRecord,
    Window,
)
from unranked.errors import ProviderError

ADA = AccountRef(AccountKind.MEMBER, "user-abc")
LAPTOP = AccountRef(AccountKind.KEY, "key_abc")
NIGHTLY = AccountRef(AccountKind.SERVICE, "svc_acct_42")
THE_19TH = date(2026, 11, 19)
ONE_DAY = Window(THE_19TH, date(2026, 11, 20))


def recorded(name):
    return Recording.read("openai", name)


def records_in(name):
    return records_of(CONNECTOR, recorded(name))


def accounts_in(name):
    return {r.account: r for r in records_in(name) if isinstance(r, AccountRecord)}


def requests_for(name):
    recording = recorded(name)
    with serving(recording.exchanges) as provider, api_of(CONNECTOR, provider) as api:
        list(CONNECTOR.fetch(api, recording.feed, recording.window))
    return provider.asked


def parsed(result, feed="completions"):
    bucket = {"start_time": 1795046400, "results": [result]}
    return list(CONNECTOR.parse(Page(feed, {"data": [bucket]}, ONE_DAY)))


def completions(**counts):
    kind = "organization.usage.completions.result"
    return {"object": kind, "num_model_requests": 1, "user_id": "user-abc", **counts}


def test_a_row_of_usage_keeps_all_that_tells_it_from_others():
    assert records_in("completions")[0] == UsageRecord(
        feed="completions",
        day=THE_19TH,
        account=ADA,
        product="completions",
        model="gpt-6-astra",
        tier="default",
        credential=LAPTOP,
        project="proj_lab",
        requests=6,
        tokens=Tokens(n_in=400, n_out=300, n_cr=700, n_cw5=70, n_cw1h=30),
    )
    own = [r for r in records_in("completions") if r.account == ADA and r.day == THE_19TH]
    assert {(r.model, r.tier, r.variant, r.credential.id, r.project) for r in own} == {
        ("gpt-6-astra", "default", "", "key_abc", "proj_lab"),
        ("gpt-6-mini", "default", "", "key_abc", "proj_lab"),
        ("gpt-6-astra", "default", "", "key_abc", "proj_ops"),
        ("gpt-6-astra", "default", "", "key_two", "proj_lab"),
        ("gpt-6-astra", "flex", "", "key_abc", "proj_lab"),
        ("gpt-6-astra", "batch", "default", "key_abc", "proj_lab"),
        ("gpt-6-astra", "batch", "flex", "key_abc", "proj_lab"),
    }


def test_usage_belongs_to_the_person_else_to_the_key_else_to_nobody():
    owners = [r.account for r in records_in("completions")[7:11]]
    assert owners == [NIGHTLY, AccountRef(AccountKind.KEY, "key_left"), NOBODY, NOBODY]


def test_a_service_account_in_the_place_of_a_person_is_no_member():
    nightly = next(r for r in records_in("completions") if r.account == NIGHTLY)
    assert nightly.account.kind is AccountKind.SERVICE
    assert nightly.credential == AccountRef(AccountKind.KEY, "key_svc")


def test_rows_of_nobody_stay_separate_rows():
    nobody = [r.tokens.n_in for r in records_in("completions") if r.account == NOBODY]
    assert nobody == [400, 100]


def test_results_of_a_kind_that_is_not_known_yet_are_left_out():
    assert len(records_in("completions")) == 12


def test_a_row_of_zeros_is_no_activity():
    (empty,) = [r for r in records_in("completions") if r.day == date(2026, 11, 21)]
    assert (empty.active, empty.tokens, empty.requests) == (False, Tokens(), 0)


def test_empty_and_missing_days_are_answered_days():
    pages = pages_of(CONNECTOR, recorded("completions"))
    assert {page.window for page in pages} == {Window(THE_19TH, date(2026, 11, 22))}
    pages = pages_of(CONNECTOR, recorded("completions_two_weeks"))
    assert [page.window for page in pages] == [
        Window(date(2026, 11, 2), date(2026, 11, 9)),
        Window(date(2026, 11, 9), date(2026, 11, 11)),
    ]


def test_all_that_is_known_of_older_answers_is_used_and_nothing_is_counted_twice():
    tokens = {r.model: r.tokens for r in records_in("completions_older")}
    assert tokens == {
        "says-total-only": Tokens(n_in=1200, n_out=300),
        "says-cached": Tokens(n_in=500, n_cr=700, n_out=300),
        "says-cached-and-writes": Tokens(n_in=400, n_cr=700, n_cw5=100, n_out=300),
        "says-null": Tokens(n_in=400, n_cr=700, n_cw5=100, n_out=300),
        "says-uncached-and-long": Tokens(n_in=400, n_cr=700, n_cw5=70, n_cw1h=30, n_out=300),
        "leaves-writes-over": Tokens(n_in=400, n_cr=700, n_cw5=100, n_out=300),
    }


COUNT = st.integers(0, 10**12)
PARTS = (
    "input_uncached_tokens",
    "input_cached_tokens",
    "input_cache_write_tokens",
    "input_cache_write_30m_tokens",
    "input_cache_write_12h_tokens",
)


@st.composite
def splits(draw):
    """Tokens as they were, and what OpenAI says of them."""
    uncached, cached, short, long, out = (draw(COUNT) for _ in range(5))
    said = dict(zip(PARTS, (uncached, cached, short + long, short, long), strict=True))
    total = uncached + cached + short + long
    truth = Tokens(n_in=uncached, n_out=out, n_cr=cached, n_cw5=short, n_cw1h=long)
    return truth, {"input_tokens": total, "output_tokens": out, **said}


@given(splits())
def test_a_full_split_is_kept_as_it_is(split):
    truth, said = split
    (record,) = parsed(completions(**said))
    assert record.tokens == truth


@given(splits(), st.sets(st.sampled_from(PARTS)), st.booleans())
def test_any_split_adds_up_to_input_and_output_whatever_is_left_unsaid(split, unsaid, as_null):
    truth, said = split
    for name in unsaid:
        if as_null:
            said[name] = None
        else:
            del said[name]
    (record,) = parsed(completions(**said))
    tokens = record.tokens
    assert tokens.n_out == truth.n_out
    kinds = (tokens.n_in, tokens.n_cr, tokens.n_cw5, tokens.n_cw1h)
    assert sum(kinds) == said["input_tokens"]
    assert min(kinds) >= 0
    if "input_cached_tokens" not in unsaid:
        assert tokens.n_cr == truth.n_cr
    if "input_uncached_tokens" not in unsaid:
        assert tokens.n_in == truth.n_in


@given(splits(), st.sampled_from(PARTS), st.integers(1, 10**12))
def test_any_split_that_contradicts_itself_is_refused(split, wrong, by):
    _, said = split
    with pytest.raises(ProviderError, match="do not add up") as caught:
        parsed(completions(**{**said, wrong: said[wrong] + by}))
    assert not caught.value.retryable


@pytest.mark.parametrize("feed", ["embeddings", "moderations"])
def test_embeddings_and_moderations_have_input_only(feed):
    first = records_in(feed)[0]
    assert first.tokens == Tokens(n_in=first.tokens.n_in)
    assert first.tokens.n_in > 0
    assert first.requests == 3


@pytest.mark.parametrize("feed", ["images", "audio_speeches", "audio_transcriptions"])
def test_what_is_not_counted_in_tokens_has_requests_and_no_tokens(feed):
    first = records_in(feed)[0]
    assert (first.tokens, first.requests, first.active) == (None, 2, True)


@pytest.mark.parametrize("feed", ["file_search_calls", "web_search_calls"])
def test_calls_of_a_model_are_activity_but_not_requests_again(feed):
    (record,) = records_in(feed)
    assert (record.tokens, record.requests, record.active) == (None, None, True)
    assert record.account == ADA


@pytest.mark.parametrize(
    ("feed", "grouping"),
    [
        ("completions", ["model", "batch", "service_tier"]),
        ("embeddings", ["model"]),
        ("moderations", ["model"]),
        ("images", ["model"]),
        ("audio_speeches", ["model"]),
        ("audio_transcriptions", ["model"]),
        ("file_search_calls", []),
        ("web_search_calls", ["model"]),
    ],
)
def test_usage_is_asked_by_person_and_key_with_brackets(feed, grouping):
    for asked in requests_for(feed):
        assert asked.path == f"/v1/organization/usage/{feed}"
        assert asked.values("group_by[]") == ["user_id", "api_key_id", "project_id", *grouping]
        assert asked.values("bucket_width") == ["1d"]


def test_every_page_is_asked_with_the_same_query_but_for_the_cursor():
    first, second = requests_for("completions")
    assert [pair for pair in second.query if pair[0] != "page"] == list(first.query)


def test_every_kind_of_usage_decides_on_activity_and_costs_do_not():
    activity = {"completions", "embeddings", "moderations", "images", "audio_speeches"}
    activity |= {"audio_transcriptions", "file_search_calls", "web_search_calls"}
    assert set(CONNECTOR.activity_feeds) == activity
    assert CONNECTOR.feed("costs").kind is FeedKind.COST
    assert CONNECTOR.feed("costs").billed


def test_costs_are_exact_dollars_by_person_and_line():
    costs = {(r.account, r.variant): r.cost for r in records_in("costs") if r.account != NOBODY}
    assert costs[ADA, "gpt-6-astra, input_tokens"] == Money(Decimal("0.0612"))
    assert costs[ADA, "gpt-6-astra, output_tokens"] == Money(Decimal("0.00001"))
    assert costs[ADA, "credit"] == Money(Decimal("-1.25"))
    assert costs[NIGHTLY, "gpt-6-astra, input_tokens"] == Money(Decimal(3))


def test_currencies_are_upper_case():
    two = AccountRef(AccountKind.MEMBER, "user-two")
    (record,) = [r for r in records_in("costs") if r.account == two]
    assert record.cost == Money(Decimal(2), "EUR")


@pytest.mark.parametrize("line", ["unknown value", "unknown currency", "no amount"])
def test_an_amount_that_is_not_said_is_unknown_and_not_zero(line):
    (record,) = [r for r in records_in("costs") if r.variant == line]
    assert record.cost is None


@given(st.decimals(-(10**9), 10**9, places=12))
def test_any_amount_of_dollars_is_kept_exactly(dollars):
    amount = {"value": dollars, "currency": "usd"}
    (record,) = parsed({"object": "organization.costs.result", "amount": amount}, "costs")
    assert record.cost.amount == dollars


def test_costs_say_nothing_of_requests_tokens_or_activity_which_usage_says():
    assert {(r.requests, r.tokens, r.active) for r in records_in("costs")} == {(None, None, False)}


def test_costs_by_project_are_a_feed_of_their_own_and_are_nobodys():
    records = records_in("costs_by_project")
    assert [(r.account, r.project, r.cost.amount) for r in records] == [
        (NOBODY, "proj_lab", Decimal("0.0612")),
        (NOBODY, "proj_ops", Decimal(7)),
    ]
    assert {r.feed for r in records} == {"costs_by_project"}
    by_person, by_project = CONNECTOR.feed("costs"), CONNECTOR.feed("costs_by_project")
    assert by_person.either == by_project.either != ""
    assert by_person.per_person
    assert not by_project.per_person


def test_costs_that_are_not_open_by_person_are_an_error_that_lets_the_other_feed_stand_in():
    recording = recorded("wrong/costs_refused")
    with (
        serving(recording.exchanges) as provider,
        api_of(CONNECTOR, provider) as api,
        pytest.raises(ProviderError) as caught,
    ):
        list(CONNECTOR.fetch(api, "costs", recording.window))
    assert caught.value.status == 400
    assert len(provider.asked) == 1


def test_costs_that_are_refused_half_way_are_an_error_and_not_asked_by_project():
    refused = {"path": "/v1/organization/costs", "query": {"page": "two"}, "status": 400}
    first = {
        "path": "/v1/organization/costs",
        "body": {"data": [], "has_more": True, "next_page": "two"},
    }
    with (
        serving([first, refused]) as provider,
        api_of(CONNECTOR, provider) as api,
        pytest.raises(ProviderError),
    ):
        list(CONNECTOR.fetch(api, "costs", ONE_DAY))
    assert {asked.values("group_by[]")[0] for asked in provider.asked} == {"user_id"}


def test_members_have_seats_but_who_is_barred_has_none():
    members = [r for r in accounts_in("members").values() if r.account.kind is AccountKind.MEMBER]
    assert {r.account.id: r.seat for r in members} == {
        "user-abc": True,
        "user-off": False,
        "user-ban": False,
        "user-two": True,
        "user-nil": True,
    }


def test_a_member_is_there_since_the_utc_day_of_being_added_under_a_normal_address():
    members = accounts_in("members")
    assert members[ADA] == AccountRecord(
        ADA, ("ada@example.com",), since=date(2026, 9, 21), seat=True
    )


def test_an_address_may_stand_in_the_nested_object_or_nowhere():
    emails = {r.account.id: r.emails for r in accounts_in("members").values()}
    assert emails["user-two"] == ("two@example.com",)
    assert emails["user-nil"] == ()


def test_service_accounts_among_the_members_are_services_without_a_seat():
    services = {r for r in accounts_in("members").values() if r.account.kind is AccountKind.SERVICE}
    assert {r.account.id for r in services} == {"user-bot", "svc_acct_7", "svc_acct_42"}
    assert not any(r.seat or r.emails for r in services)


def test_a_key_has_its_owners_address_even_after_the_owner_left_the_project():
    keys = {
        r.account.id: r.emails
        for r in accounts_in("members").values()
        if r.account.kind is AccountKind.KEY
    }
    assert keys == {
        "key_abc": ("ada@example.com",),
        "key_left": ("left@example.com",),
        "key_svc": (),
        "key_odd": (),
    }


def test_keys_of_owners_without_access_and_of_archived_projects_are_asked_for():
    asked = requests_for("members")
    projects = [a for a in asked if a.path.endswith("/projects")]
    keys = [a for a in asked if a.path.endswith("/api_keys")]
    assert {a.values("include_archived")[0] for a in projects} == {"true"}
    assert {a.values("owner_project_access")[0] for a in keys} == {"any"}
    assert {a.path.split("/")[-2] for a in keys} == {
        "proj_lab",
        "proj_old",
        "proj_ops",
        "proj_shut",
    }


def test_an_archived_project_that_lists_no_keys_stops_nothing_and_an_active_one_is_an_error():
    assert AccountRef(AccountKind.KEY, "key_left") in accounts_in("members")
    with pytest.raises(ProviderError) as caught:
        records_in("wrong/active_project_refused")
    assert caught.value.status == 400


def test_invited_people_are_not_asked_for():
    assert not any("invites" in asked.path for asked in requests_for("members"))


def test_a_projects_id_cannot_lead_to_another_path():
    odd = {"id": "../../users?x=", "status": "active"}
    lists = [
        {"path": "/v1/organization/users", "body": {"data": [], "has_more": False}},
        {"path": "/v1/organization/projects", "body": {"data": [odd], "has_more": False}},
    ]
    with (
        serving(lists) as provider,
        api_of(CONNECTOR, provider) as api,
        pytest.raises(ProviderError),
    ):
        list(CONNECTOR.fetch(api, "members", ONE_DAY))
    assert provider.asked[-1].path == "/v1/organization/projects/..%2F..%2Fusers%3Fx%3D/api_keys"


def test_an_answer_of_nothing_but_unknown_kinds_is_an_error_and_not_nobodys_use():
    with pytest.raises(ProviderError, match="shape"):
        parsed({"object": "organization.usage.renamed.result"}, "completions")
