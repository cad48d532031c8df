"""What the Anthropic connector promises: one test for each habit of its APIs that bites."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded_provider import Recording, api_of, pages_of, records_of, serving

from unranked.connectors.anthropic import CONNECTOR
from unranked.connectors.base import FeedKind, Page
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

ADA = AccountRef(AccountKind.MEMBER, "user_01Ada")
BEN = AccountRef(AccountKind.MEMBER, "user_01Ben")
ADA_BY_ADDRESS = AccountRef(AccountKind.MEMBER, "email:ada@example.com")
THE_19TH = date(2026, 11, 19)


def recorded(name):
    return Recording.read("anthropic", name)


def usage_in(name):
    return [r for r in records_of(CONNECTOR, recorded(name)) if isinstance(r, UsageRecord)]


def accounts_in(name):
    records = records_of(CONNECTOR, recorded(name))
    return {r.account: r for r in records if isinstance(r, AccountRecord)}


def requests_for(name):
    recording = recorded(name)
    with serving(recording.exchanges) as provider, api_of(CONNECTOR, provider) as api:
        list(CONNECTOR.fetch(api, recording.feed, recording.window))
    return provider.asked


def test_a_row_of_usage_keeps_all_that_tells_it_from_others():
    first = usage_in("usage")[0]
    assert first == UsageRecord(
        feed="usage",
        day=THE_19TH,
        account=ADA,
        product="claude_code",
        model="claude-opus-4-8",
        tier="standard",
        requests=6,
        tokens=Tokens(n_in=400, n_out=300, n_cr=700, n_cw5=100),
    )
    own = [r for r in usage_in("usage") if r.account == ADA and r.day == THE_19TH]
    assert {(r.product, r.model, r.tier, r.project) for r in own} == {
        ("claude_code", "claude-opus-4-8", "standard", ""),
        ("claude_code", "claude-haiku-4-5", "standard", ""),
        ("chat", "claude-opus-4-8", "standard", ""),
        ("chat", "claude-opus-4-8", "priority", ""),
        ("chat", "claude-opus-4-8", "standard", "wrkspc_01Lab"),
    }


def test_the_two_cache_classes_stay_apart():
    haiku = next(r for r in usage_in("usage") if r.model == "claude-haiku-4-5")
    assert haiku.tokens == Tokens(n_in=10, n_out=7, n_cr=5, n_cw5=0, n_cw1h=50)


def test_only_members_can_be_people_and_the_rest_keeps_its_kind():
    kinds = {r.account.kind: set() for r in usage_in("usage")}
    for record in usage_in("usage"):
        kinds[record.account.kind].add(record.account.id)
    assert kinds[AccountKind.MEMBER] == {"user_01Ada", "user_01Ben", "user_01Gone"}
    assert kinds[AccountKind.KEY] == {"apikey_01Shared"}
    assert len(kinds[AccountKind.SERVICE]) == 3
    assert "svac_01Deploy" in kinds[AccountKind.SERVICE]


def test_rows_of_hidden_actors_stay_separate_rows_of_nobody():
    hidden = [r for r in usage_in("usage") if r.account == NOBODY and r.day == THE_19TH]
    assert [r.tokens.n_out for r in hidden] == [300, 5]


def test_a_kind_of_actor_that_is_not_known_yet_is_nobody():
    recorded_rows = [r for r in usage_in("usage") if r.day == date(2026, 11, 20)]
    assert [r.account for r in recorded_rows].count(NOBODY) == 2


def test_a_product_that_is_not_known_yet_is_kept():
    assert "cc_security_autopatch" in {r.product for r in usage_in("usage")}


def test_a_leaver_keeps_the_account_without_an_address_and_others_keep_theirs():
    accounts = accounts_in("usage")
    gone = AccountRef(AccountKind.MEMBER, "user_01Gone")
    assert gone in {r.account for r in usage_in("usage")}
    assert gone not in accounts
    assert accounts[ADA] == AccountRecord(ADA, ("ada@example.com",))
    assert set(accounts) == {ADA, BEN}


def test_an_address_is_found_under_its_old_name():
    (old,) = accounts_in("usage_old_spelling").values()
    assert old.emails == ("old.timer@example.com",)


def test_an_account_is_said_once_a_page():
    pages = pages_of(CONNECTOR, recorded("usage"))
    said = [r for r in CONNECTOR.parse(pages[0]) if isinstance(r, AccountRecord)]
    assert len(said) == len(set(said)) == 2


def test_code_execution_spans_are_not_counted_as_requests():
    spans = [r for r in usage_in("usage") if not r.product]
    assert [r.requests for r in spans] == [None]


def test_a_row_in_which_nothing_was_used_is_no_activity_but_a_search_is():
    late = {r.account: r.active for r in usage_in("usage") if r.day == date(2026, 11, 21)}
    assert late == {ADA: False, BEN: True}


def test_claude_in_slack_is_one_product_however_it_is_spelled():
    assert [r.product for r in usage_in("usage_slack_spellings")] == ["claude_tag"] * 3


def test_days_that_the_figures_do_not_reach_are_not_answered():
    pages = pages_of(CONNECTOR, recorded("usage_in_arrears"))
    assert [page.window for page in pages] == [Window(date(2026, 11, 15), date(2026, 11, 20))]
    assert [r.day.day for r in usage_in("usage_in_arrears")] == [18, 19]


def test_figures_that_reach_no_day_of_the_window_answer_nothing():
    recording = recorded("usage_in_arrears")
    (exchange,) = recording.exchanges
    old = {**exchange, "body": {**exchange["body"], "data_refreshed_at": "2026-11-14T23:59:59Z"}}
    with serving([old]) as provider, api_of(CONNECTOR, provider) as api:
        assert list(CONNECTOR.fetch(api, recording.feed, recording.window)) == []
        assert len(provider.asked) == 1


def test_slices_are_short_and_their_end_stays_fixed_over_their_pages():
    ends = [asked.values("ending_at") for asked in requests_for("usage")]
    assert ends == [["2026-11-22T00:00:00Z"]] * 2
    slices = [
        (asked.values("starting_at"), asked.values("ending_at"))
        for asked in requests_for("usage_two_slices")
    ]
    assert slices == [
        (["2026-11-10T00:00:00Z"], ["2026-11-17T00:00:00Z"]),
        (["2026-11-17T00:00:00Z"], ["2026-11-20T00:00:00Z"]),
    ]


def test_days_before_the_analytics_began_are_not_asked_for():
    (asked,) = requests_for("usage_old_spelling")
    assert asked.values("starting_at") == ["2026-01-01T00:00:00Z"]


@pytest.mark.parametrize("feed", ["usage", "cost", "activity"])
def test_a_window_before_the_analytics_began_asks_nothing(feed):
    with serving([]) as provider, api_of(CONNECTOR, provider) as api:
        window = Window(date(2025, 11, 1), date(2025, 12, 1))
        assert list(CONNECTOR.fetch(api, feed, window)) == []
        assert provider.asked == []


@pytest.mark.parametrize(
    ("name", "version", "beta"),
    [
        ("usage", "2026-10-21", "analytics-usage-cost-2026-08-24"),
        ("cost", "2026-10-21", "analytics-usage-cost-2026-08-24"),
        ("claude_code", "2023-06-01", None),
        ("activity", "2026-10-21", None),
        ("members", "2026-10-21", None),
    ],
)
def test_every_request_names_the_version_that_its_report_is_documented_with(name, version, beta):
    for asked in requests_for(name):
        assert asked.headers["anthropic-version"] == version
        assert asked.headers.get("anthropic-beta") == beta


def test_amounts_in_cents_become_dollars_exactly():
    costs = [(r.account, r.model, r.cost) for r in usage_in("cost") if r.account == ADA]
    assert costs == [
        (ADA, "claude-opus-4-8", Money(Decimal("1.824"))),
        (ADA, "claude-haiku-4-5", Money(Decimal("0.00123456789"))),
    ]


def test_a_cost_of_zero_is_zero_a_credit_is_negative_and_currencies_are_upper_case():
    costs = {r.account: r.cost for r in usage_in("cost")}
    assert costs[BEN] == Money(Decimal(0))
    assert costs[AccountRef(AccountKind.KEY, "apikey_01Shared")] == Money(Decimal("-0.0325"))
    assert costs[AccountRef(AccountKind.MEMBER, "user_01Gone")] == Money(Decimal(1), "USD")


def test_the_cost_of_hidden_actors_is_not_lost():
    hidden = [r.cost.amount for r in usage_in("cost") if r.account == NOBODY]
    assert hidden == [Decimal("0.125")] * 2


def test_cost_says_nothing_of_requests_tokens_or_activity_which_usage_says():
    assert {(r.requests, r.tokens, r.active) for r in usage_in("cost")} == {(None, None, False)}


@given(st.integers(-(10**28), 10**28), st.integers(0, 29))
def test_any_amount_in_cents_becomes_dollars_with_no_digit_rounded_away(digits, places):
    text = f"{'-' if digits < 0 else ''}{abs(digits):0{places + 1}d}"
    text = f"{text[: len(text) - places]}.{text[len(text) - places :]}" if places else text
    (record,) = parsed_cost(text)
    sign, kept, exponent = record.cost.amount.as_tuple()
    assert int("".join(map(str, kept))) == abs(digits)
    assert exponent == -places - 2
    assert sign == (digits < 0)


@given(st.integers(0, 10**12) | st.decimals(0, 10**9, places=4))
def test_an_amount_may_also_be_a_json_number_of_cents(cents):
    (record,) = parsed_cost(cents)
    assert record.cost.amount * 100 == cents


def parsed_cost(amount):
    group = {"actor": None, "product": "chat", "model": None}
    cost = {"amount": amount, "list_amount": "0", "currency": "USD", "requests": 1}
    row = {"starting_at": "2026-11-19T00:00:00Z", "group": group, "cost": cost}
    return CONNECTOR.parse(Page("cost", {"data": [row]}, Window(THE_19TH, date(2026, 11, 20))))


def test_claude_code_rows_of_a_person_stay_apart_by_terminal_place_and_plan():
    rows = {r.variant: r for r in usage_in("claude_code") if r.account == ADA_BY_ADDRESS}
    assert set(rows) == {
        "vscode|local|api|",
        "iTerm.app|local|api|",
        "vscode|remote|api|",
        "vscode|local|subscription|team",
    }


def test_claude_code_rows_stay_apart_by_model_each_with_its_estimate():
    own = [r for r in usage_in("claude_code") if r.variant == "vscode|local|api|"]
    assert [(r.model, r.cost) for r in own if r.account == ADA_BY_ADDRESS] == [
        ("claude-opus-4-8", Money(Decimal("0.18"))),
        ("claude-haiku-4-5", Money(Decimal("0.0025"))),
    ]


def test_claude_code_carries_no_tokens_that_usage_has_already():
    rows = usage_in("claude_code")
    assert {(r.tokens, r.requests, r.active) for r in rows} == {(None, None, True)}
    assert not CONNECTOR.feed("claude_code").billed


def test_claude_code_without_a_model_is_activity_all_the_same():
    ben = AccountRef(AccountKind.MEMBER, "email:ben@example.com")
    (row,) = [r for r in usage_in("claude_code") if r.account == ben]
    assert (row.model, row.cost, row.active) == ("", None, True)


def test_a_person_known_by_address_alone_can_be_tied_by_it():
    assert accounts_in("claude_code")[ADA_BY_ADDRESS].emails == ("ada@example.com",)
    assert len(accounts_in("claude_code")) == 2


def test_a_key_in_the_claude_code_report_is_known_by_its_name():
    keys = [r for r in usage_in("claude_code") if r.account.kind is AccountKind.KEY]
    assert [(r.account.id, r.cost) for r in keys] == [("name:build farm", None)]


def test_claude_code_of_a_person_without_an_address_is_nobodys():
    assert [r.model for r in usage_in("claude_code") if r.account == NOBODY] == [""]


def test_a_day_without_claude_code_is_answered_too():
    windows = [page.window for page in pages_of(CONNECTOR, recorded("claude_code"))]
    assert windows[-1] == Window(date(2026, 11, 20), date(2026, 11, 21))


def test_activity_is_what_anthropic_defines_and_looking_is_not():
    active = {(r.day.day, r.account.id[-3:]): r.active for r in usage_in("activity")}
    assert active == {
        (19, "Ada"): True,  # a chat message
        (19, "Ben"): True,  # Claude Code with tool use
        (19, "1Cy"): True,  # a message in unified chat, which is reported instead of chat
        (19, "Dee"): False,  # a row of zeros
        (20, "Dee"): False,  # looked at shared chats; a Cowork session without a message or a tool
        (20, "Ben"): True,  # Cowork with tool use
        (20, "Ada"): True,  # Claude in Slack
        (20, "1Cy"): True,  # a message in Excel
    }


def test_activity_says_nothing_of_tokens_or_requests():
    assert {(r.tokens, r.requests, r.cost) for r in usage_in("activity")} == {(None, None, None)}


def test_activity_ends_quietly_at_a_day_that_is_not_available_yet():
    windows = {page.window for page in pages_of(CONNECTOR, recorded("activity"))}
    assert max(windows) == Window(date(2026, 11, 20), date(2026, 11, 21))
    assert "2026-11-22" not in {asked.values("date")[0] for asked in requests_for("activity")}


def test_a_refusal_of_the_very_first_day_is_not_hidden():
    with pytest.raises(ProviderError) as caught:
        pages_of(CONNECTOR, recorded("wrong/first_day_refused"))
    assert caught.value.status == 400


def test_the_reports_of_the_two_kinds_of_customer_stand_in_for_each_other():
    either = {feed.name for feed in CONNECTOR.feeds if feed.either == "report"}
    assert either == {"claude_code", "activity"}
    assert all(CONNECTOR.feed(name).kind is FeedKind.ACTIVITY for name in either)


def test_every_member_has_a_seat_but_who_only_sees_the_bills():
    members = [r for r in accounts_in("members").values() if r.account.kind is AccountKind.MEMBER]
    assert {r.account.id for r in members if not r.seat} == {"user_01Bill"}
    assert "user_01New" in {r.account.id for r in members if r.seat}  # a role not known yet


def test_a_member_is_there_since_the_utc_day_of_being_added():
    assert accounts_in("members")[ADA] == AccountRecord(
        ADA, ("ada@example.com",), since=date(2026, 3, 3), seat=True
    )


def test_a_key_has_an_address_only_if_it_acts_for_a_present_member():
    keys = {
        r.account.id[-3:]: r.emails
        for r in accounts_in("members").values()
        if r.account.kind is AccountKind.KEY
    }
    assert keys == {
        "Per": ("ada@example.com",),
        "Old": ("ben@example.com",),  # said in the spelling of the older version
        "Svc": (),
        "Svd": (),
        "Shr": (),  # made by a person, which says nothing of who uses it
        "Osv": (),
        "Lef": (),
    }


def test_a_service_that_keys_act_for_is_an_account_of_its_own():
    services = {a.id for a in accounts_in("members") if a.kind is AccountKind.SERVICE}
    assert services == {"svac_01Deploy", "svac_01Older"}


def test_invited_people_are_not_asked_for():
    paths = {asked.path for asked in requests_for("members")}
    assert paths == {"/v1/organizations/api_keys", "/v1/organizations/users"}


def test_an_enterprise_organisation_has_members_though_it_may_not_list_keys():
    members = accounts_in("members_enterprise").values()
    assert [(r.account.id, r.seat) for r in members] == [("user_01Own", True), ("user_01Man", True)]


def test_members_that_are_refused_are_an_error_and_not_an_empty_list():
    recording = recorded("members_enterprise")
    users = [e for e in recording.exchanges if e["path"].endswith("api_keys")]
    refused = [*users, {**users[0], "path": "/v1/organizations/users"}]
    with (
        serving(refused) as provider,
        api_of(CONNECTOR, provider) as api,
        pytest.raises(ProviderError) as caught,
    ):
        list(CONNECTOR.fetch(api, "members", recording.window))
    assert caught.value.status == 403


def test_the_cost_is_what_is_charged_and_is_read_again_for_as_long_as_it_may_change():
    assert [feed.name for feed in CONNECTOR.feeds if feed.billed] == ["cost"]
    assert CONNECTOR.feed("cost").reread.days == 30
