"""What GitHub's answers mean: days, people, credits, seats and addresses."""

from datetime import date
from decimal import Decimal

import pytest
from recorded_provider import (
    KEY,
    Fault,
    Recording,
    Time,
    api_of,
    pages_of,
    records_of,
    serving,
)

from unranked import bootstrap
from unranked.bootstrap import Wiring
from unranked.connectors.base import FeedKind
from unranked.connectors.github_copilot import CONNECTOR
from unranked.domain.usage import AccountKind, AccountRecord, AccountRef, Money, UsageRecord, Window
from unranked.errors import ConfigError, CursorExpiredError, ProviderError

THE_17TH, THE_18TH, THE_20TH = (date(2026, 11, day) for day in (17, 18, 20))
SIGNATURE = "s3cretsignature"


def account(number):
    return AccountRef(AccountKind.MEMBER, str(number))


ADA, BO, CY, DI, ED = (account(number) for number in range(583231, 583236))


def recorded(name):
    return Recording.read("github_copilot", name)


def records_in(name):
    return records_of(CONNECTOR, recorded(name))


def seats_in(name):
    return [r for r in records_in(name) if isinstance(r, AccountRecord) and r.since is not None]


def addresses_in(name):
    return {r.account: r.emails for r in records_in(name) if r.since is None}


def requests_for(name):
    recording = recorded(name)
    own = {"options": recording.options} if recording.options else {}
    with serving(recording.exchanges) as provider, api_of(CONNECTOR, provider, **own) as api:
        list(CONNECTOR.fetch(api, recording.feed, recording.window))
    return provider.asked


def failing(name, *, faults=(), of_link=None, time=None):
    """The error of a reading in which all links, or the first requests, are answered like this."""
    recording = recorded(name)
    exchanges = [
        {"path": one["path"], "keyless": True, **of_link} if of_link and "keyless" in one else one
        for one in recording.exchanges
    ]
    with serving(exchanges) as provider, api_of(CONNECTOR, provider, time or Time()) as api:
        provider.faults = list(faults)
        with pytest.raises(ProviderError) as caught:
            list(CONNECTOR.fetch(api, recording.feed, recording.window))
    return caught.value, provider


# Days


def test_a_row_is_activity_whatever_its_counters_say_and_holds_no_count():
    assert records_in("users") == [
        UsageRecord("users", THE_17TH, ADA),
        UsageRecord("users", THE_17TH, BO),  # all of its counters are zero
        UsageRecord("users", THE_17TH, CY),
        UsageRecord("users", THE_18TH, ADA),  # whose login was renamed
    ]
    assert all(record.is_activity for record in records_in("users"))


def test_a_day_without_links_or_without_content_is_no_day_and_an_empty_file_is_one():
    windows = [page.window for page in pages_of(CONNECTOR, recorded("users"))]

    assert [window.start for window in windows] == [THE_17TH, THE_18TH, THE_20TH]
    assert all(window == Window(window.start, window.end) for window in windows)
    assert [r for r in records_in("users") if r.day == THE_20TH] == []


def test_every_link_of_a_day_is_read_whether_it_leads_to_lines_or_to_a_list():
    (day, *_) = pages_of(CONNECTOR, recorded("users"))
    assert [row["user_id"] for row in day.body["rows"]] == [583231, 583232, 583233, 583231]


def test_of_a_row_only_what_is_read_is_kept():
    for page in pages_of(CONNECTOR, recorded("users")):
        for row in page.body["rows"]:
            assert row.keys() <= {"day", "user_id", "ai_credits_used"}


def test_an_organisation_is_read_at_its_own_place():
    asked = requests_for("users_of_an_organisation")
    report = "/orgs/acme-lab/copilot/metrics/reports/users-1-day"

    assert [request.path for request in asked] == [report, "/files/org-17.json"]
    assert asked[0].values("day") == ["2026-11-17"]
    assert {r.account for r in records_in("users_of_an_organisation")} == {ADA, BO}


# Credits


def test_a_credit_is_a_cent_and_a_row_that_does_not_say_has_an_unknown_cost():
    costs = {(r.day, r.account): r.cost for r in records_in("credits")}

    assert costs == {
        (THE_17TH, ADA): Money(Decimal("0.125")),  # said twice: 12.5 and 12.25
        (THE_17TH, BO): None,  # absent
        (THE_17TH, CY): Money(Decimal(0)),
        (THE_18TH, ADA): None,  # null
    }
    assert not any(record.is_activity for record in records_in("credits"))


def test_credits_are_an_estimate_and_tokens_are_not_told():
    costs = [feed for feed in CONNECTOR.feeds if feed.kind is FeedKind.COST]

    assert [(feed.name, feed.billed, feed.per_person) for feed in costs] == [
        ("credits", False, True)
    ]
    for record in [*records_in("users"), *records_in("credits")]:
        assert record.tokens is None
        assert record.requests is None
    assert "tokens" in CONNECTOR.cannot_see


# Seats and addresses


def test_a_seat_says_since_when_and_when_it_was_last_used_to_the_utc_day():
    assert seats_in("members") == [
        AccountRecord(ADA, (), date(2026, 2, 1), seat=True, last_seen=date(2026, 11, 14)),
        AccountRecord(BO, (), date(2026, 6, 1), seat=True),
        AccountRecord(CY, (), date(2026, 2, 1), seat=False, last_seen=date(2026, 11, 14)),
        AccountRecord(ADA, (), date(2025, 11, 30), seat=True, last_seen=date(2026, 11, 16)),
        AccountRecord(DI, (), date(2026, 2, 1), seat=False, last_seen=date(2026, 11, 14)),
        AccountRecord(DI, (), date(2026, 11, 10), seat=True),
    ]


def test_addresses_come_from_single_sign_on_and_what_is_no_address_is_none():
    assert addresses_in("members") == {
        ADA: ("ada.l@example.com", "ada@example.com"),
        BO: ("bo@example.com",),
        CY: ("cy@example.com",),
        DI: (),
        account(583239): ("leaver@example.com",),
    }
    assert addresses_in("members_of_an_organisation") == {ADA: ("ada@example.com",)}


def test_addresses_come_before_seats_so_that_an_erased_person_is_known_at_once():
    records = records_in("members")
    first_seat = next(n for n, record in enumerate(records) if record.since)
    assert all(record.since for record in records[first_seat:])


def test_managed_users_are_found_by_the_login_that_their_user_name_makes():
    assert addresses_in("members_managed") == {
        ADA: ("ada@example.com", "ada.lovelace@idp.example.com"),
        BO: ("bo@example.com",),
        # ed: two holders have that name. octo-di: no managed login. stranger: no holder.
    }


def test_where_single_sign_on_links_nobody_managed_users_are_asked_for():
    assert addresses_in("members_managed_but_linked_nowhere") == {ADA: ("ada@example.com",)}


@pytest.mark.parametrize(
    "name",
    [
        "no_single_sign_on",
        "managed_users_are_not_the_holders",
        "organisation_without_single_sign_on",
        "not_an_owner",
    ],
)
def test_without_single_sign_on_there_is_an_error_that_says_so_and_no_tie(name):
    with pytest.raises(ProviderError) as caught:
        records_in(f"wrong/{name}")
    assert "no company address" in caught.value.message
    assert "UNRANKED_GITHUB_COPILOT_SCOPE" in caught.value.hint


def test_a_refused_question_about_identities_names_the_right_that_it_takes():
    with pytest.raises(ProviderError) as caught:
        records_in("wrong/identities_refused")
    assert "read:enterprise" in caught.value.hint
    assert not caught.value.retryable


def test_a_question_that_has_to_wait_is_said_to_come_again():
    busy = {"data": None, "errors": [{"type": "RATE_LIMITED", "message": "later"}]}
    with (
        serving([{"path": "/graphql", "query": {}, "body": busy}]) as provider,
        api_of(CONNECTOR, provider) as api,
        pytest.raises(ProviderError) as caught,
    ):
        list(CONNECTOR.fetch(api, "members", recorded("members").window))
    assert caught.value.retryable


# What goes wrong on the way


def test_the_policy_that_has_to_be_on_is_named_where_the_key_is_refused():
    with pytest.raises(ProviderError) as caught:
        records_in("wrong/policy_is_off")
    assert caught.value.status == 403
    assert "Enabled everywhere" in caught.value.hint
    assert "single sign-on" in caught.value.hint


def test_a_wrong_scope_is_named_where_nothing_is_found():
    error, _ = failing("users", faults=[Fault(404)])
    assert "UNRANKED_GITHUB_COPILOT_SCOPE" in error.hint


@pytest.mark.parametrize("status", [403, 429])
def test_a_quota_that_is_used_up_is_waited_for_until_it_is_there_again(status):
    recording, time = recorded("users"), Time()
    reset = str(int(time.now.timestamp()) + 40)
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
    with serving(recording.exchanges) as provider, api_of(CONNECTOR, provider, time) as api:
        provider.faults = [Fault(status, headers=spent)]
        assert list(CONNECTOR.fetch(api, "users", recording.window))
    assert time.slept[0] == 40


def test_links_are_fetched_at_once_and_without_the_key():
    asked = requests_for("users")
    days = [request.path if request.keyless else request.values("day")[0] for request in asked]

    assert days == [
        *("2026-11-17", "/files/17-1-Jh3kQ.json", "/files/17-2-Zt7pW.json"),
        *("2026-11-18", "/files/18-1-Xv5mR.json"),
        "2026-11-19",
        *("2026-11-20", "/files/21-1-Bn2tY.json"),
        "2026-11-21",
    ]
    for request in asked:
        assert request.keyless == ("authorization" not in request.headers)
        if request.keyless:
            assert KEY not in str(request.headers)
            assert request.values("sig") == [SIGNATURE]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_link_that_expired_means_that_the_day_is_asked_for_again(status):
    error, provider = failing("users", of_link={"status": status, "body": {}})

    assert isinstance(error, CursorExpiredError)
    assert "KEY" not in error.hint
    assert len([request for request in provider.asked if request.keyless]) == 1


@pytest.mark.parametrize(
    "text",
    ['{"day": "2026-11-17"}\n{"day": "2026-1', "<html>Log in</html>", '[{"day": NaN}]', "["],
)
def test_a_file_that_cannot_be_read_is_refused_whole(text):
    error, _ = failing("users", of_link={"text": text})
    assert "2026-1" not in f"{error} {error!r} {error.__cause__!r} {error.__context__!r}"
    assert "answered with" in error.message


def test_no_link_is_in_an_error_a_log_or_a_page(caplog):
    caplog.set_level("DEBUG")
    shown = [repr(pages_of(CONNECTOR, recorded("users")))]
    for of_link in ({"status": 500}, {"status": 403}, {"text": "{"}):
        error, _ = failing("users", of_link={"body": {}, **of_link})
        shown += [str(error), repr(error), repr(error.__cause__), repr(error.__context__)]

    assert SIGNATURE not in caplog.text + "".join(shown)
    assert "/files/" not in caplog.text + "".join(shown)


# Its own setting


@pytest.mark.parametrize("scope", ["enterprises/acme", "orgs/Acme-Lab_2"])
def test_the_scope_is_read_from_the_settings_and_stands_in_every_path(monkeypatch, scope):
    path = f"/{scope}/copilot/billing/seats"
    with serving([{"path": path, "body": {"seats": []}}]) as provider:
        monkeypatch.setenv("UNRANKED_GITHUB_COPILOT_KEY", KEY)
        monkeypatch.setenv("UNRANKED_GITHUB_COPILOT_BASE_URL", provider.url)
        monkeypatch.setenv("UNRANKED_GITHUB_COPILOT_SCOPE", scope)
        (connected,) = bootstrap.connected(Wiring())
        with connected.open() as api:
            assert api.get(CONNECTOR.check_path) == {"seats": []}
    assert [asked.path for asked in provider.asked] == [path]


@pytest.mark.parametrize("scope", ["acme", "orgs/", "orgs/a/b", "orgs/../x", "orgs/a?b", "Orgs/a"])
def test_a_scope_that_is_no_place_is_refused_at_the_start(monkeypatch, scope):
    monkeypatch.setenv("UNRANKED_GITHUB_COPILOT_KEY", KEY)
    monkeypatch.setenv("UNRANKED_GITHUB_COPILOT_SCOPE", scope)
    with pytest.raises(ConfigError, match=r"UNRANKED_GITHUB_COPILOT_SCOPE .* must be enterprises/"):
        bootstrap.connected(Wiring())
