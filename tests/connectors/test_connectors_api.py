"""What all connectors share, with a made-up one: what is sent, read, waited for and refused."""

import gc
from datetime import date, timedelta
from decimal import Decimal

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_provider import KEY, Fault, Time, api_of, serving

from unranked.connectors.answers import Fields, numbered
from unranked.connectors.api import ATTEMPTS, LONGEST_WAIT
from unranked.connectors.base import Auth, Connector, Feed, FeedKind, Page, emails
from unranked.errors import CursorExpiredError, ProviderError

ACME = Connector(
    slug="acme",
    title="Acme",
    base_url="https://acme.example/v2",
    auth=Auth(header="x-acme-key", prefix="Acme ", key_from="Acme console, Keys"),
    headers={"acme-version": "2026-01-01"},
    feeds=(Feed("usage", FeedKind.ACTIVITY), Feed("members", FeedKind.DIRECTORY)),
    history=timedelta(days=90),
    pace=timedelta(seconds=2),
    cannot_see=(),
    active_means="",
    fetch=lambda _api, _feed, _window: iter(()),
    parse=lambda _page: iter(()),
    check_path="/me",
)


def answered(text, query=None, **asked):
    exchange = {"path": "/v2/me", "query": query or {}, "text": text}
    with serving([exchange]) as provider, api_of(ACME, provider) as api:
        return api.get("/me", **asked), provider.asked[0]


def refused(*faults, time=None):
    """The error of one request that gets these answers, and how many requests it took."""
    with serving([{"path": "/v2/me", "body": {}}]) as provider:
        provider.faults = list(faults[:-1])
        provider.always = None if provider.faults else faults[-1]
        with api_of(ACME, provider, time) as api, pytest.raises(ProviderError) as caught:
            api.get("/me")
    return caught.value, len(provider.asked)


def test_lists_are_sent_with_brackets_truth_in_lower_case_and_nothing_for_nothing():
    asked = {"group_by": ["a", "b"], "all": True, "limit": 5, "page": "", "until": None}
    _, request = answered("{}", params=asked)
    assert request.query == (
        ("group_by[]", "a"),
        ("group_by[]", "b"),
        ("all", "true"),
        ("limit", "5"),
    )


def test_a_connectors_own_headers_go_along_and_a_request_may_replace_them():
    _, plain = answered("{}")
    _, other = answered("{}", headers={"acme-version": "2020-01-01", "acme-beta": "x"})
    assert plain.headers["acme-version"] == "2026-01-01"
    assert plain.headers["x-acme-key"] == f"Acme {KEY}"
    assert (other.headers["acme-version"], other.headers["acme-beta"]) == ("2020-01-01", "x")


def test_an_answer_is_let_go_as_soon_as_it_is_read_without_a_look_for_garbage():
    gc.collect()
    gc.disable()
    try:
        answered('{"rows": []}')
        kept = [one for one in gc.get_objects() if type(one) is httpx.Response]
    finally:
        gc.enable()
    assert kept == []


@pytest.mark.parametrize("number", ["0.1", "1e-05", "0.12345678901234567890123456789", "-3.50"])
def test_fractions_are_read_exactly(number):
    body, _ = answered(f'{{"value": {number}}}')
    assert body == {"value": Decimal(number)}


def test_requests_are_spaced_by_what_is_left_of_the_pace():
    time = Time()
    with (
        serving([{"path": "/v2/me", "body": {}}]) as provider,
        api_of(ACME, provider, time) as api,
    ):
        api.get("/me")
        api.get("/me")
        time.now += timedelta(seconds=1.5)
        api.get("/me")
        time.now += timedelta(minutes=1)
        api.get("/me")
    assert time.slept == [2, 0.5]


@given(st.integers(300, 599).filter(lambda status: status not in {304, 410}))
@settings(deadline=None, max_examples=20)
def test_any_status_but_ok_says_what_to_do(status):
    error, requests = refused(Fault(status))
    assert error.hint
    assert error.status == status
    assert error.retryable == (status == 429 or status >= 500)
    assert requests == (ATTEMPTS if error.retryable else 1)


@pytest.mark.parametrize("status", [201, 204, 206, 304])
def test_an_answer_that_is_not_plainly_ok_is_not_believed(status):
    error, requests = refused(Fault(status, b""))
    assert (error.retryable, requests) == (False, 1)


def test_an_account_that_owes_money_is_told_so():
    error, _ = refused(Fault(402))
    assert "billing" in error.hint


def test_a_lost_cursor_is_not_asked_for_again():
    error, requests = refused(Fault(410))
    assert isinstance(error, CursorExpiredError)
    assert requests == 1


@pytest.mark.parametrize(
    ("said", "waited"),
    [
        ("3", 3),
        ("120", 120),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30),
        ("Sun, 22 Nov 2026 12:00:30 -0000", 30),
    ],
)
def test_a_wait_is_as_long_as_the_provider_says_in_seconds_or_as_a_date(said, waited):
    time = Time()
    with (
        serving([{"path": "/v2/me", "body": {}}]) as provider,
        api_of(ACME, provider, time) as api,
    ):
        provider.faults = [Fault(429, headers={"Retry-After": said})]
        assert api.get("/me") == {}
    assert time.slept == [waited]


def test_a_date_that_has_passed_means_no_wait_but_the_pace():
    time = Time()
    past = Fault(429, headers={"Retry-After": "Sun, 22 Nov 2026 11:00:00 GMT"})
    with (
        serving([{"path": "/v2/me", "body": {}}]) as provider,
        api_of(ACME, provider, time) as api,
    ):
        provider.faults = [past]
        api.get("/me")
    assert sum(time.slept) == 2


@pytest.mark.parametrize("said", ["121", "9" * 40, "Fri, 25 Dec 2026 00:00:00 GMT"])
def test_a_wait_beyond_the_longest_is_not_sat_out(said):
    time = Time()
    error, requests = refused(Fault(429, headers={"Retry-After": said}), time=time)
    assert (requests, time.slept, error.retryable) == (1, [], True)
    assert error.retry_after > LONGEST_WAIT
    assert time.now + error.retry_after  # a date, however long the wait


@pytest.mark.parametrize("said", [None, "", "soon", "-5", "1.5", "\xb2", "Sun, 99 Nov 2026"])
def test_a_wait_that_is_not_said_grows_and_ends(said):
    headers = {} if said is None else {"Retry-After": said}
    time = Time()
    error, requests = refused(Fault(429, headers=headers), time=time)
    assert (requests, error.retry_after) == (ATTEMPTS, None)
    assert time.slept == [2, 4, 8, 16]


def test_a_failure_that_passes_is_not_noticed():
    with serving([{"path": "/v2/me", "body": {"a": 1}}]) as provider, api_of(ACME, provider) as api:
        provider.faults = [Fault(503), Fault(500), Fault(body=b"{")]
        assert api.get("/me") == {"a": 1}


@pytest.mark.parametrize("key", ["hush\nhush", "hush-k\u00fcche"])
def test_a_key_that_cannot_be_sent_is_refused_and_not_shown(key):
    with (
        serving([{"path": "/v2/me", "body": {}}]) as provider,
        pytest.raises(ProviderError) as caught,
        api_of(ACME, provider, key=key) as api,
    ):
        api.get("/me")
    assert provider.asked == []
    assert not caught.value.retryable
    assert "UNRANKED_ACME_KEY" in caught.value.hint
    chain = [caught.value, caught.value.__cause__, caught.value.__context__]
    assert not any("hush" in f"{error} {error!r}" for error in chain)


def test_addresses_are_not_logged_for_a_cursor_may_be_somebodys_id(caplog):
    caplog.set_level("DEBUG")
    answered("{}", query={"after_id": "user_01Ada"}, params={"after_id": "user_01Ada"})
    assert "user_01Ada" not in caplog.text


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026-11-20T00:00:00Z", date(2026, 11, 20)),
        ("2026-11-20T23:30:00-05:00", date(2026, 11, 21)),
        ("2026-11-20T00:30:00+01:00", date(2026, 11, 19)),
        ("2026-11-20T12:00:00.123456Z", date(2026, 11, 20)),
        ("2026-11-20", date(2026, 11, 20)),
        (1795132800, date(2026, 11, 20)),
        (1795132799, date(2026, 11, 19)),
    ],
)
def test_times_are_cut_to_their_utc_day(said, day):
    assert Fields({"at": said}, title="Acme").day("at") == day


@pytest.mark.parametrize(
    "said", [None, "", "yesterday", 2**62, -1, True, 1.5, [], "0001-01-01T00:00:00+01:00"]
)
def test_a_time_that_is_none_is_an_unknown_shape(said):
    with pytest.raises(ProviderError, match=r"does not know \(look at: at\)"):
        Fields({"at": said}, title="Acme").day("at")


@pytest.mark.parametrize(
    "said",
    [None, "", "ten", "NaN", "Infinity", "1e999999999", "1e-999999999", True, [], float("nan")],
)
def test_an_amount_that_is_none_or_absurd_is_an_unknown_shape(said):
    with pytest.raises(ProviderError, match="does not know"):
        Fields({"amount": said}, title="Acme").amount("amount")


@pytest.mark.parametrize("said", [None, "5", -1, 1.0, Decimal(1), True, 2**63])
def test_a_count_that_is_none_or_cannot_be_stored_is_an_unknown_shape(said):
    with pytest.raises(ProviderError, match="does not know"):
        Fields({"count": said}, title="Acme").count("count")


def test_what_is_no_address_is_left_out_and_the_rest_is_comparable_and_said_once():
    said = emails(" Ada@Example.com", "ada@example.com", None, 5, "", "nobody", "a@b")
    assert said == ("ada@example.com",)


def test_a_directorys_page_has_no_days():
    with pytest.raises(ValueError, match="answers no window"):
        _ = Page("members", {}).days


# Questions in a body, settings in a path, files behind links


def test_a_question_in_a_body_is_signed_and_answered():
    exchange = {"path": "/v2/ask", "query": {"after": "c1"}, "text": '{"value": 0.1}'}
    with serving([exchange]) as provider, api_of(ACME, provider) as api:
        answer = api.post("/ask", {"query": "q", "variables": {"after": "c1", "none": None}})
    assert answer == {"value": Decimal("0.1")}
    assert provider.asked[0].headers["x-acme-key"] == f"Acme {KEY}"


def test_a_path_holds_the_connectors_own_settings():
    exchange = {"path": "/v2/north/me", "body": {"a": 1}}
    own = {"options": {"region": "north"}}
    with serving([exchange]) as provider, api_of(ACME, provider, **own) as api:
        assert api.get("/{region}/me") == {"a": 1}
        assert api.options == {"region": "north"}


def file_at(path, text):
    return {"path": path, "keyless": True, "text": text}


def test_a_file_lies_elsewhere_and_the_key_does_not_go_there_not_even_on_a_detour():
    with (
        serving([file_at("/rows.json", '{"a": 1}\n{"a": 2}\n')]) as storage,
        serving([{"path": "/moved", "status": 302, "text": ""}]) as detour,
        serving([]) as provider,
        api_of(ACME, provider) as api,
    ):
        detour.always = Fault(302, headers={"Location": f"{storage.url}/rows.json?sig=x"})
        assert list(api.download(f"{detour.url}/moved?sig=x")) == [{"a": 1}, {"a": 2}]
    assert provider.asked == []
    for asked in [*detour.asked, *storage.asked]:
        assert KEY not in str(asked)
        assert "unranked" in asked.headers["user-agent"]


def test_a_file_is_there_whole_or_is_asked_for_again():
    with serving([file_at("/rows.json", '{"a": 1}\n')]) as storage:
        storage.faults = [Fault(503), Fault(body=b'{"a": 7}\n', claimed_length=99)]
        with serving([]) as provider, api_of(ACME, provider) as api:
            assert list(api.download(f"{storage.url}/rows.json")) == [{"a": 1}]
    assert len(storage.asked) == 3


@pytest.mark.parametrize("link", ["", "rows.json", "ftp://127.0.0.1/rows.json", "//[", "\n"])
def test_a_link_that_is_no_address_is_refused_and_not_shown(link):
    with (
        serving([]) as provider,
        api_of(ACME, provider) as api,
        pytest.raises(ProviderError, match="a link to a file that is no address") as caught,
    ):
        list(api.download(link))
    assert not caught.value.retryable
    assert caught.value.__cause__ is None
    assert "KEY" not in caught.value.hint


def test_a_storage_that_cannot_be_reached_is_told_from_the_provider():
    with serving([]) as storage:
        gone = storage.url
    with (
        serving([]) as provider,
        api_of(ACME, provider) as api,
        pytest.raises(ProviderError, match="could not be reached") as caught,
    ):
        list(api.download(f"{gone}/rows.json?sig=s3cret"))
    assert "files lie on hosts of their own" in caught.value.hint
    assert "s3cret" not in f"{caught.value} {caught.value.__cause__!r}"


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "9"},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795348809"},  # nine seconds on
    ],
)
def test_a_refusal_that_names_a_time_is_a_quota_and_no_lack_of_rights(headers):
    time = Time()
    error, requests = refused(Fault(403, headers=headers), time=time)
    assert (error.retryable, requests, time.slept[0]) == (True, ATTEMPTS, 9)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-RateLimit-Remaining": "12", "X-RateLimit-Reset": "1795348809"},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "soon"},
        {"X-RateLimit-Remaining": "0"},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9" * 5000},
    ],
)
def test_a_refusal_that_names_no_time_is_a_lack_of_rights(headers):
    error, requests = refused(Fault(403, headers=headers))
    assert (error.retryable, requests) == (False, 1)
    assert "lacks a right" in error.hint


class Repeating:
    """An API that gives the same page, whatever the number."""

    def __init__(self, *pages):
        self.pages = pages

    def get(self, _, params):
        return self.pages[min(params["page"], len(self.pages)) - 1]


def test_a_listing_with_numbers_ends_at_its_first_empty_page():
    pages = [{"rows": [{"a": 1}]}, {"rows": [{"a": 2}]}, {"rows": []}]
    api = Repeating(*pages)
    assert list(numbered(api, "/list", {}, rows="rows", title="Acme")) == pages


def test_a_listing_with_numbers_that_repeats_itself_is_refused():
    api = Repeating({"rows": [{"a": 1}]}, {"rows": [{"a": 2}]})
    with pytest.raises(ProviderError, match="goes in circles"):
        list(numbered(api, "/list", {}, rows="rows", title="Acme"))
