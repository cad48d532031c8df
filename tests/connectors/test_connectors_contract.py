"""What every connector promises, checked on its recorded answers over real HTTP on loopback."""

import copy
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_provider import (
    KEY,
    Fault,
    Provider,
    Recording,
    Time,
    api_of,
    chosen,
    in_a_body,
    pages_of,
    recordings,
    records_of,
    serving,
)

from unranked.connectors import files, found
from unranked.connectors.api import ATTEMPTS
from unranked.connectors.base import Connector, FeedKind, Page, Record
from unranked.domain.constants import OUTCOME_DAYS, SURVIVAL
from unranked.domain.outcomes import OutcomeRecord
from unranked.domain.usage import AccountKind, AccountRecord, UsageRecord, Window
from unranked.errors import CursorExpiredError, ProviderError

CONNECTORS = list(found().values())
RECORDED = [(c, r) for c in CONNECTORS for r in recordings(c.slug)]
WRONG = [(c, r) for c in CONNECTORS for r in recordings(c.slug, "wrong")]
PRIVATE = {
    *("email", "email_address", "name", "api_key_name", "subject", "signed_principal"),
    *("id", "user_id", "api_key_id", "service_account_id", "account_id", "last_id", "next_page"),
    *("login", "nameId", "username", "userName", "value", "databaseId", "download_links", "text"),
    *("organizationVerifiedDomainEmails", "title", "body", "nameWithOwner"),
}
RECORDS = {FeedKind.DIRECTORY: AccountRecord, FeedKind.OUTCOME: OutcomeRecord}
ANYTHING = [None, True, -1, 2**70, Decimal("0.5"), "", "odd", "NaN", [], [1], {}, {"type": "odd"}]


def named(pairs: Sequence[tuple[Connector, Recording]]) -> Any:
    ids = [f"{connector.slug}-{recording.name}" for connector, recording in pairs]
    return pytest.mark.parametrize(("connector", "recording"), pairs, ids=ids)


each_connector = pytest.mark.parametrize("connector", CONNECTORS, ids=lambda c: c.slug)


def first_recording(connector: Connector) -> Recording:
    """The recording that HTTP failures are tried on: the first feed's own, plain one."""
    return Recording.read(connector.slug, connector.feeds[0].name)


def private_words(value: Any, name: str = "") -> Iterator[str]:
    """Every name, address and id in a recorded answer."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from private_words(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from private_words(inner, name)
    elif isinstance(value, str | int) and name in PRIVATE and len(str(value)) > 4:
        yield str(value)
        yield str(value).lower()


@cache
def private_words_of(slug: str, name: str) -> frozenset[str]:
    return frozenset(private_words(list(Recording.read(slug, name).exchanges)))


def shows_nothing_private(text: str, recording: Recording) -> bool:
    words = private_words_of(recording.slug, recording.name)
    return KEY not in text and not any(word in text for word in words)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def is_mendable(error: ProviderError, recording: Recording) -> bool:
    """It says what happened and what to do, and shows nothing private, nor do its causes."""
    shown = " ".join(f"{part} {part!r}" for part in chain(error))
    return bool(error.message and error.hint) and shows_nothing_private(shown, recording)


def failure(connector: Connector, fault: Fault, *, time: Time, **options: Any) -> ProviderError:
    """The error of a fetch in which every answer is this one."""
    recording = first_recording(connector)
    with serving(recording.exchanges) as provider:
        provider.always = fault
        return failure_at(connector, provider, time=time, **options)


def failure_at(
    connector: Connector, provider: Provider, *, time: Time, **options: Any
) -> ProviderError:
    recording = first_recording(connector)
    with (
        api_of(connector, provider, time, **options) as api,
        pytest.raises(ProviderError) as caught,
    ):
        list(connector.fetch(api, recording.feed, recording.window))
    assert is_mendable(caught.value, recording)
    return caught.value


def test_there_are_connectors_and_each_is_recorded():
    assert {"anthropic", "openai"} <= set(found())
    assert all(recordings(connector.slug) for connector in CONNECTORS)


@each_connector
def test_it_says_all_that_operators_and_people_are_told(connector):
    assert connector.slug.isidentifier()
    assert connector.slug.islower()
    assert connector.base_url.startswith("https://")
    assert connector.auth.header
    assert connector.auth.key_from
    assert connector.cannot_see
    assert bool(connector.active_means) is connector.is_tool
    assert connector.history.days >= 90
    assert connector.pace.total_seconds() > 0
    assert bool(connector.activity_feeds) is connector.is_tool
    assert any(feed.kind is FeedKind.DIRECTORY for feed in connector.feeds)


@each_connector
def test_it_is_a_tool_or_a_source_of_finished_work_and_never_both(connector):
    work = [feed for feed in connector.feeds if feed.kind is FeedKind.OUTCOME]

    assert bool(work) is not connector.is_tool
    for feed in connector.feeds:
        assert (feed.work is not None) is (feed.kind is FeedKind.OUTCOME)
    for feed in work:
        assert feed.reread >= SURVIVAL + feed.lag
        assert connector.history.days >= OUTCOME_DAYS + SURVIVAL.days


@each_connector
def test_every_feed_is_recorded_and_gives_records(connector):
    for feed in connector.feeds:
        wanted = RECORDS.get(feed.kind, UsageRecord)
        own = [r for r in recordings(connector.slug) if r.feed == feed.name]
        records = [record for recording in own for record in records_of(connector, recording)]
        assert any(isinstance(record, wanted) for record in records), feed.name


@named(RECORDED)
def test_the_same_answers_give_the_same_records_again(connector, recording):
    assert records_of(connector, recording) == records_of(connector, recording)


@named(RECORDED)
@settings(max_examples=8, deadline=None)
@given(chance=st.randoms(use_true_random=False))
def test_the_order_of_pages_and_rows_changes_nothing(connector, recording, chance):
    pages = pages_read()[connector.slug, recording.name]
    expected = kept([record for page in pages for record in connector.parse(page)])
    mixed = [Page(page.feed, shuffled(page.body, chance), page.window) for page in pages]
    chance.shuffle(mixed)
    assert kept([record for page in mixed for record in connector.parse(page)]) == expected


@cache
def pages_read() -> dict[tuple[str, str], list[Page]]:
    """The pages of all recordings, read once for tests on many made-up inputs."""
    return {(c.slug, r.name): pages_of(c, r) for c, r in RECORDED}


def kept(records: Sequence[Record]) -> tuple[Any, Any]:
    """Accounts as a set: to say one twice changes nothing. Other rows as they are counted."""
    accounts = {record for record in records if isinstance(record, AccountRecord)}
    return accounts, Counter(r for r in records if not isinstance(r, AccountRecord))


def shuffled(value: Any, chance: Any) -> Any:
    if isinstance(value, dict):
        return {name: shuffled(inner, chance) for name, inner in value.items()}
    if isinstance(value, list):
        return chance.sample([shuffled(inner, chance) for inner in value], len(value))
    return value


@named(RECORDED)
def test_no_two_rows_of_an_account_are_one(connector, recording):
    keys = Counter(
        (r.feed, r.day, r.account, r.product, r.model, r.tier, r.credential, r.project, r.variant)
        for r in records_of(connector, recording)
        if isinstance(r, UsageRecord) and r.account.kind is not AccountKind.NOBODY
    )
    assert [key for key, rows in keys.items() if rows > 1] == []


@named(RECORDED)
def test_rows_lie_in_their_pages_days_and_pages_in_the_window(connector, recording):
    directory = connector.feed(recording.feed).kind is FeedKind.DIRECTORY
    for page in pages_of(connector, recording):
        assert page.feed == recording.feed
        assert (page.window is None) == directory
        if page.window is None:
            continue
        assert recording.window.start <= page.window.start < page.window.end
        assert page.window.end <= recording.window.end
        for record in connector.parse(page):
            if isinstance(record, UsageRecord):
                assert record.feed == page.feed
            if not isinstance(record, AccountRecord):
                assert page.window.start <= record.day < page.window.end


@named(RECORDED)
def test_sub_windows_come_one_after_the_other(connector, recording):
    windows = [page.window for page in pages_of(connector, recording) if page.window]
    distinct = list(dict.fromkeys(windows))
    assert windows == sorted(windows)
    assert all(a.end <= b.start for a, b in pairwise(distinct))
    skipped = {day for a, b in pairwise(distinct) for day in Window(a.end, b.start).days()}
    assert skipped <= recording.missing
    assert not recording.missing & {day for window in distinct for day in window.days()}


@named(RECORDED)
def test_billed_cost_and_tokens_come_from_the_feeds_that_say_so(connector, recording):
    kind = connector.feed(recording.feed).kind
    for record in records_of(connector, recording):
        if isinstance(record, UsageRecord) and kind is FeedKind.COST:
            assert record.tokens is None
        if isinstance(record, AccountRecord) and kind is not FeedKind.DIRECTORY:
            assert not record.seat


@named(RECORDED)
def test_a_source_of_finished_work_gives_nobody_a_seat_or_a_day_of_use(connector, recording):
    for record in records_of(connector, recording):
        assert connector.is_tool or not isinstance(record, UsageRecord)
        if isinstance(record, AccountRecord) and not connector.is_tool:
            assert (record.seat, record.since, record.last_seen) == (False, None, None)
        if isinstance(record, OutcomeRecord):
            assert record.kind is connector.feed(recording.feed).work
            assert 0 <= record.finished <= record.done


@named(RECORDED)
def test_nothing_private_is_in_any_repr(connector, recording):
    pages = pages_of(connector, recording)
    records = [record for page in pages for record in connector.parse(page)]
    assert shows_nothing_private(f"{connector!r} {pages!r} {records!r}", recording)


@named(RECORDED)
def test_nothing_private_is_logged(connector, recording, caplog):
    caplog.set_level("DEBUG")
    records_of(connector, recording)
    assert shows_nothing_private(caplog.text, recording)


@named(WRONG)
def test_an_answer_that_contradicts_the_documents_is_refused(connector, recording):
    with pytest.raises(ProviderError) as caught:
        records_of(connector, recording)
    assert is_mendable(caught.value, recording)
    assert not caught.value.retryable


def refusal(read: Callable[[], object]) -> ProviderError | None:
    """The ProviderError of a reading, if it has one. Any other error is a failed test."""
    try:
        read()
    except ProviderError as error:
        return error
    return None


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_damaged_page_is_read_or_refused_and_nothing_else(data):
    connector, recording = data.draw(st.sampled_from(RECORDED))
    page = data.draw(st.sampled_from(pages_read()[connector.slug, recording.name]))
    body = damaged(page.body, data)

    def read() -> None:
        for record in connector.parse(Page(page.feed, body, page.window)):
            if not isinstance(record, AccountRecord):
                assert page.days.start <= record.day < page.days.end

    error = refusal(read)
    assert error is None or (is_mendable(error, recording) and not error.retryable)


def options_of(connector: Connector, recording: Recording | None = None) -> Mapping[str, str]:
    """The connector's own settings, as recorded or as its examples."""
    own = {option.name: option.example for option in connector.options}
    return {**own, **(recording.options if recording else {})}


class Replayed:
    """Recorded answers without HTTP, for thousands of damaged ones."""

    def __init__(
        self, exchanges: Sequence[Mapping[str, Any]], base: str, options: Mapping[str, str]
    ) -> None:
        self.exchanges = exchanges
        self.base = base
        self.options = options
        self.times = 0

    def get(self, path: str, params: Any = None, **_: Any) -> Any:
        return self.found(path, list(flat(params or {})))

    def post(self, path: str, body: Any, **_: Any) -> Any:
        return self.found(path, in_a_body(body))

    def download(self, link: str) -> Iterator[Any]:
        content = self.found(link.removeprefix("{here}"), ())
        text = content if isinstance(content, str) else json.dumps(content, default=str)
        yield from files.rows(BytesIO(text.encode()))

    def found(self, path: str, query: Sequence[tuple[str, str]]) -> Any:
        self.times += 1
        assert self.times < 100, "asks for ever"
        path = path.format_map(self.options) if self.options else path
        exchange = chosen(self.exchanges, self.base + path, query)
        if exchange is None or exchange.get("status", 200) != 200:
            status = exchange.get("status", 200) if exchange else 404
            raise ProviderError("Refused.", hint="A test.", retryable=False, status=status)
        return exchange["body"] if "body" in exchange else exchange["text"]


def flat(params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in params.items():
        if isinstance(value, list):
            yield from ((f"{name}[]", item) for item in value)
        elif value != "":
            yield name, str(value).lower() if isinstance(value, bool) else str(value)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_damaged_listing_ends(data):
    connector, recording = data.draw(st.sampled_from(RECORDED))
    exchanges = [dict(exchange) for exchange in recording.exchanges]
    chosen_one = data.draw(st.sampled_from(exchanges))
    chosen_one["body"] = damaged(chosen_one.get("body"), data, deep=2)
    base = connector.base_url.removeprefix("https://").partition("/")[2]
    api = Replayed(exchanges, f"/{base}" if base else "", options_of(connector, recording))

    def read() -> None:
        for page in connector.fetch(api, recording.feed, recording.window):
            list(connector.parse(page))

    error = refusal(read)
    assert error is None or error.hint


def damaged(body: Any, data: st.DataObject, deep: int = 99) -> Any:
    """A copy in which one value, at most `deep` levels down, is gone or is something else."""
    body = copy.deepcopy(body)
    paths = list(places(body, deep))
    if not paths:
        return data.draw(st.sampled_from(ANYTHING))
    holder, name = data.draw(st.sampled_from(paths))
    if data.draw(st.booleans()):
        del holder[name]
    else:
        holder[name] = data.draw(st.sampled_from(ANYTHING))
    return body


def places(value: Any, deep: int) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value that can be changed: its holder, and where in it."""
    if deep == 0 or not isinstance(value, dict | list):
        return
    for name in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, name
        yield from places(value[name], deep - 1)


@each_connector
@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_said_at_once_and_where_to_get_a_right_one(connector, status):
    time = Time()
    error = failure(connector, Fault(status), time=time)
    assert (error.retryable, error.status, time.slept) == (False, status, [])
    assert f"UNRANKED_{connector.slug.upper()}_KEY" in error.hint
    assert connector.auth.key_from in error.hint


@each_connector
def test_a_provider_that_asks_to_wait_is_waited_for_exactly(connector):
    recording, time = first_recording(connector), Time()
    with serving(recording.exchanges) as provider, api_of(connector, provider, time) as api:
        provider.faults = [Fault(429, headers={"Retry-After": "7"})]
        pages = list(connector.fetch(api, recording.feed, recording.window))
    assert time.slept[0] == 7
    assert pages == pages_of(connector, recording)


@each_connector
def test_a_provider_that_asks_for_too_long_a_wait_is_left_alone(connector):
    time = Time()
    error = failure(connector, Fault(429, headers={"Retry-After": "121"}), time=time)
    assert (error.retryable, error.status, time.slept) == (True, 429, [])
    assert error.retry_after is not None
    assert error.retry_after.total_seconds() == 121


@each_connector
@pytest.mark.parametrize("status", [500, 502, 503, 504, 529])
def test_a_provider_that_fails_is_asked_again_and_then_given_up(connector, status):
    recording, time = first_recording(connector), Time()
    with serving(recording.exchanges) as provider:
        provider.always = Fault(status)
        error = failure_at(connector, provider, time=time)
        assert len(provider.asked) == ATTEMPTS
    assert (error.retryable, error.status) == (True, status)
    assert "nothing stored was changed" in error.hint


@each_connector
def test_a_silent_provider_is_given_up(connector):
    error = failure(connector, Fault(silent=True), time=Time(), timeout_seconds=0.05)
    assert error.retryable
    assert "did not answer in time" in error.message
    assert "nothing stored was changed" in error.hint


@each_connector
def test_a_lost_cursor_is_said_at_once_so_that_the_listing_starts_anew(connector):
    recording, time = first_recording(connector), Time()
    with serving(recording.exchanges) as provider, api_of(connector, provider, time) as api:
        pages = connector.fetch(api, recording.feed, recording.window)
        next(pages)
        provider.always = Fault(410)
        asked = len(provider.asked)
        with pytest.raises(CursorExpiredError) as caught:
            list(pages)
        assert len(provider.asked) == asked + 1
    assert caught.value.retryable
    assert is_mendable(caught.value, recording)


@each_connector
@pytest.mark.parametrize(
    "fault",
    [
        Fault(body=b'{"data": [{"email": "Ada@Example.com"'),
        Fault(body=b""),
        Fault(body=b'{"data": NaN}'),
        Fault(body=b"[" * 200_000),
        Fault(body=b'{"email": "Ada@Example.com \xff"}'),
    ],
    ids=["cut", "empty", "NaN", "deep", "not utf-8"],
)
def test_an_answer_that_is_no_json_is_asked_for_again_and_then_given_up(connector, fault):
    error = failure(connector, fault, time=Time())
    assert error.retryable
    assert "nothing stored was changed" in error.hint


@each_connector
def test_a_connection_that_breaks_off_is_tried_again_and_then_given_up(connector):
    error = failure(connector, Fault(body=b'{"data"', claimed_length=900), time=Time())
    assert error.retryable
    assert "could not be reached" in error.message


@each_connector
def test_a_log_in_page_is_taken_for_a_wrong_address(connector):
    time = Time()
    error = failure(connector, Fault(body=b"  <!doctype html><title>Log in"), time=time)
    assert (error.retryable, time.slept) == (False, [])
    assert "address" in error.hint


@each_connector
def test_a_redirect_is_not_followed_for_the_key_would_go_along(connector):
    recording = first_recording(connector)
    with serving([]) as elsewhere, serving(recording.exchanges) as provider:
        provider.always = Fault(302, headers={"Location": f"{elsewhere.url}/login"})
        error = failure_at(connector, provider, time=Time())
        assert elsewhere.asked == []
    assert not error.retryable
    assert "address" in error.hint


@each_connector
def test_a_wrong_address_is_named(connector):
    setting = f"UNRANKED_{connector.slug.upper()}_BASE_URL"
    with serving([]) as provider:
        away = failure_at(connector, provider, time=Time(), base_url=f"{provider.url}/elsewhere")
        assert (away.retryable, away.status) == (False, 404)
        assert "address" in away.hint

        unusable = failure_at(connector, provider, time=Time(), base_url="api.example.com")
        assert not unusable.retryable
        assert setting in unusable.hint
        gone = provider.url
    with serving([]) as provider:
        nobody = failure_at(connector, provider, time=Time(), base_url=gone)
        assert nobody.retryable
        assert setting in nobody.hint


@each_connector
def test_requests_keep_the_pace_on_the_given_clock(connector):
    recording, time = first_recording(connector), Time()
    with serving(recording.exchanges) as provider, api_of(connector, provider, time) as api:
        list(connector.fetch(api, recording.feed, recording.window))
        asked = len(provider.asked)
    assert asked > 1
    assert time.slept == [connector.pace.total_seconds()] * (asked - 1)


@each_connector
def test_the_key_goes_into_its_header_and_nowhere_else(connector):
    recording = first_recording(connector)
    with serving(recording.exchanges) as provider, api_of(connector, provider) as api:
        list(connector.fetch(api, recording.feed, recording.window))
    for asked in provider.asked:
        if asked.keyless:
            assert KEY not in json.dumps(dict(asked.headers))
        else:
            assert asked.headers[connector.auth.header.lower()] == f"{connector.auth.prefix}{KEY}"
        assert "unranked" in asked.headers["user-agent"]
        assert KEY not in json.dumps([asked.path, asked.query])


@each_connector
def test_doctors_question_is_one_that_the_provider_knows(connector):
    exchanges = [e for r in recordings(connector.slug) for e in r.exchanges if "query" in e]
    base = connector.base_url.removeprefix("https://").partition("/")[2]
    known = {exchange["path"] for exchange in exchanges}
    path = connector.check_path.format_map(options_of(connector))
    assert (f"/{base}" if base else "") + path in known
