"""OpenAI API Platform: usage, costs and members of one organisation, from its admin API.

Source: the OpenAPI document of August 2026 and the SDK of November 2026. Days are UTC. Lag, final
figures and rate limits are not documented: one request a second, seven days are read again, and
costs for 35 days, until the invoice. Amounts arrive in dollars.

ChatGPT workspaces are another product with other keys and are not read here. Invited people have
no access yet and are not asked for.

Tokens: `input_tokens` contains cached input and cache writes, and is taken apart here. OpenAI keeps
what is written to its cache for 30 minutes or 12 hours. They stand in the places of the shorter and
the longer class: `n_cw5` and `n_cw1h`. A write whose class is not said counts as the shorter.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from unranked.connectors.answers import Fields, checked_day, follow, unknown_shape, unless_refused
from unranked.connectors.base import Api, Auth, Connector, Feed, FeedKind, Page, emails
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

Records = Iterator[UsageRecord | AccountRecord]

_TITLE: Final = "OpenAI"
_BUCKETS: Final = 7  # a page holds this many days with all their rows; so does a sub-window
_MEMBERS: Final = 100
_OWNERS: Final = ["user_id", "api_key_id", "project_id"]
_WITH_MODEL: Final = [*_OWNERS, "model"]
_GROUP_BY: Final[Mapping[str, list[str]]] = {
    "completions": [*_WITH_MODEL, "batch", "service_tier"],
    "embeddings": _WITH_MODEL,
    "moderations": _WITH_MODEL,
    "images": _WITH_MODEL,
    "audio_speeches": _WITH_MODEL,
    "audio_transcriptions": _WITH_MODEL,
    "file_search_calls": _OWNERS,
    "web_search_calls": _WITH_MODEL,
}
_OBJECT: Final = {
    "costs": "organization.costs.result",
    "costs_by_project": "organization.costs.result",
    "file_search_calls": "organization.usage.file_searches.result",
    "web_search_calls": "organization.usage.web_searches.result",
}
# Calls that a model makes while it answers; `completions` counts the request itself.
_CALLS: Final = ("file_search_calls", "web_search_calls")
_INPUT_ONLY: Final = ("embeddings", "moderations")
_SERVICE_ID: Final = "svc_acct"
_NOT_LISTED: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND)


_COSTS_BY: Final = {"costs": "user_id", "costs_by_project": "project_id"}


def fetch(api: Api, feed: str, window: Window) -> Iterator[Page]:
    """Yield one feed's pages, in sub-windows of a week.

    A lost cursor (CursorExpiredError) passes, and the sub-window is asked for again from its start.
    """
    if feed == "members":
        yield from _fetch_members(api)
        return
    for part in window.split(_BUCKETS):
        owner = _COSTS_BY.get(feed)
        listing = _fetch_costs(api, owner, part) if owner else _fetch_usage(api, feed, part)
        for body in listing:
            yield Page(feed, body, part)


def parse(page: Page) -> Records:
    """Yield a page's records. Results of other kinds are left out, but not where all are other."""
    if page.feed == "members":
        yield from _parse_members(page)
        return
    kind = _OBJECT.get(page.feed, f"organization.usage.{page.feed}.result")
    known = unknown = 0
    for bucket in _rows(page.body):
        day = bucket.day("start_time")
        for result in bucket.rows("results"):
            if result.text("object") != kind:
                unknown += 1
            else:
                known += 1
                checked_day(page, day, title=_TITLE)  # an empty day outside does no harm
                record = _cost if page.feed in _COSTS_BY else _usage
                yield record(page.feed, day, result)
    if unknown and not known:
        # A kind that was renamed must not read as nobody's use.
        raise unknown_shape(_TITLE, "object")


def _fetch_usage(api: Api, feed: str, part: Window) -> Iterator[Any]:
    asked = {**_asked(part), "group_by": _GROUP_BY[feed]}
    return follow(api, f"/organization/usage/{feed}", asked, title=_TITLE)


def _fetch_costs(api: Api, owner: str, part: Window) -> Iterator[Any]:
    """Costs by person, or by project. By person is HTTP 400 where it is not open."""
    asked = {**_asked(part), "group_by": [owner]}
    return follow(api, "/organization/costs", asked, title=_TITLE)


def _asked(part: Window) -> dict[str, Any]:
    return {
        "start_time": _unix_seconds(part.start),
        "end_time": _unix_seconds(part.end),
        "bucket_width": "1d",
        "limit": _BUCKETS,
    }


def _unix_seconds(day: date) -> int:
    return int(datetime.combine(day, time.min, UTC).timestamp())


def _fetch_members(api: Api) -> Iterator[Page]:
    """Members, then every project's keys: archived ones too, for their usage keeps its owner."""
    for body in _directory(api, "users"):
        yield Page("members", body)
    for projects in _directory(api, "projects", include_archived=True):
        for project in _rows(projects):
            path = f"projects/{quote(project.text('id'), safe='')}/api_keys"
            archived = project.maybe_text("status") == "archived"
            # Without `any`, keys whose owner has left the project may be hidden.
            keys = _directory(api, path, owner_project_access="any")
            for body in unless_refused(keys, *(_NOT_LISTED if archived else ())):
                yield Page("members", body)


def _directory(api: Api, name: str, **asked: object) -> Iterator[Any]:
    path, asked = f"/organization/{name}", {**asked, "limit": _MEMBERS}
    return follow(api, path, asked, title=_TITLE, cursor="last_id", sent_as="after")


def _usage(feed: str, day: date, result: Fields) -> UsageRecord:
    calls = result.count("num_requests" if feed in _CALLS else "num_model_requests")
    tokens = _tokens(feed, result)
    tier = result.maybe_text("service_tier")
    batch = result.flag("batch")
    key = result.maybe_text("api_key_id")
    return UsageRecord(
        feed=feed,
        day=day,
        account=_account(result),
        product=feed,
        model=result.maybe_text("model"),
        tier="batch" if batch else tier,
        credential=AccountRef(AccountKind.KEY, key) if key else None,
        project=result.maybe_text("project_id"),
        variant=tier if batch else "",
        requests=None if feed in _CALLS else calls,
        tokens=tokens,
        active=bool(calls or tokens),
    )


def _cost(feed: str, day: date, result: Fields) -> UsageRecord:
    """Return one line of the invoice. Asked for by project, it belongs to nobody."""
    return UsageRecord(
        feed=feed,
        day=day,
        account=_account(result),
        project=result.maybe_text("project_id"),
        variant=result.maybe_text("line_item"),
        cost=_money(result.maybe_fields("amount")),
        active=False,
    )


def _money(amount: Fields | None) -> Money | None:
    """Return the amount; without a value or a currency it is unknown, which is not zero."""
    value = amount.maybe_amount("value") if amount else None
    currency = amount.maybe_currency("currency") if amount else ""
    return Money(value, currency) if value is not None and currency else None


def _account(result: Fields) -> AccountRef:
    """Return the account of a row; the directory ties a key to the address of its owner."""
    if person := result.maybe_text("user_id"):
        return _holder(person)
    key = result.maybe_text("api_key_id")
    return AccountRef(AccountKind.KEY, key) if key else NOBODY


def _holder(account_id: str, *, service: bool = False) -> AccountRef:
    service = service or account_id.startswith(_SERVICE_ID)
    return AccountRef(AccountKind.SERVICE if service else AccountKind.MEMBER, account_id)


def _tokens(feed: str, result: Fields) -> Tokens | None:
    if feed in _INPUT_ONLY:
        return Tokens(n_in=result.count("input_tokens"))
    return _taken_apart(result) if feed == "completions" else None


def _taken_apart(result: Fields) -> Tokens:
    """Return the disjoint kinds of token. What is not said follows from the total where it can.

    Where it cannot, input counts as uncached, and as not written to the cache. Raises ProviderError
    where the kinds and the total disagree.
    """
    total = result.count("input_tokens")
    uncached = result.maybe_count("input_uncached_tokens")
    cached = result.maybe_count("input_cached_tokens")
    rest = None if uncached is None or cached is None else total - uncached - cached
    short, long = _cache_writes(result, rest)
    if cached is None:
        cached = 0 if uncached is None else total - uncached - short - long
    if uncached is None:
        uncached = total - cached - short - long
    kinds = (uncached, cached, short, long)
    if min(kinds) < 0 or sum(kinds) != total:
        raise _no_sum()
    n_out = result.count("output_tokens")
    return Tokens(n_in=uncached, n_out=n_out, n_cr=cached, n_cw5=short, n_cw1h=long)


def _cache_writes(result: Fields, rest: int | None) -> tuple[int, int]:
    """Return what was written to the cache for 30 minutes, and for 12 hours.

    rest: the input that is neither uncached nor cached, where that is known.
    """
    short = result.maybe_count("input_cache_write_30m_tokens")
    long = result.maybe_count("input_cache_write_12h_tokens")
    written = result.maybe_count("input_cache_write_tokens")
    if short is not None and long is not None:
        if written not in (None, short + long):
            raise _no_sum()
        return short, long
    both = rest if written is None else written
    if both is None:
        return short or 0, long or 0
    return (short, both - short) if short is not None else (both - (long or 0), long or 0)


def _no_sum() -> ProviderError:
    return ProviderError(
        f"{_TITLE} sent token counts that do not add up.",
        hint="Nothing stored was changed. If it stays, report it with the name of the feed.",
        retryable=False,
    )


def _parse_members(page: Page) -> Iterator[AccountRecord]:
    for row in _rows(page.body):
        kind = row.text("object")
        if kind == "organization.user":
            yield _member(row)
        elif kind == "organization.project.api_key":
            yield from _key(row)


def _member(row: Fields) -> AccountRecord:
    """Return a member. Who is barred has no access any more, and so no seat."""
    account = _holder(row.text("id"), service=bool(row.flag("is_service_account")))
    since, person = row.maybe_day("added_at"), row.maybe_fields("user")
    if account.kind is AccountKind.SERVICE:
        return AccountRecord(account, since=since)
    nested = person.maybe_text("email") if person else ""
    barred = person is not None and (person.flag("enabled") is False or bool(person.flag("banned")))
    address = row.maybe_text("email") or nested
    return AccountRecord(account, emails(address), since=since, seat=not barred)


def _key(row: Fields) -> Iterator[AccountRecord]:
    """Yield a key with the address of the person who owns it, or with the service that does."""
    key, since = AccountRef(AccountKind.KEY, row.text("id")), row.maybe_day("created_at")
    owner = row.fields("owner")
    person, service = owner.maybe_fields("user"), owner.maybe_fields("service_account")
    if owner.maybe_text("type") == "user" and person:
        yield AccountRecord(key, emails(person.maybe_text("email")), since=since)
        return
    yield AccountRecord(key, since=since)
    if service:
        yield AccountRecord(_holder(service.text("id"), service=True))


def _rows(body: object) -> Iterator[Fields]:
    return Fields(body, title=_TITLE).rows("data")


CONNECTOR = Connector(
    slug="openai",
    title=_TITLE,
    base_url="https://api.openai.com/v1",
    auth=Auth(
        header="Authorization",
        prefix="Bearer ",
        key_from="OpenAI Platform, Settings, Organization, Admin keys; made by an owner",
        other_keys={
            "sk-proj-": "a project's key and no Admin key, which begins with sk-admin-",
            "sk-svcacct-": "a service account's key and no Admin key, which begins with sk-admin-",
        },
    ),
    feeds=(
        *(Feed(name, FeedKind.ACTIVITY) for name in _GROUP_BY),
        Feed(
            "costs",
            FeedKind.COST,
            reread=timedelta(days=35),
            every=timedelta(hours=20),
            billed=True,
            either="cost",
        ),
        Feed(
            "costs_by_project",
            FeedKind.COST,
            reread=timedelta(days=35),
            every=timedelta(hours=20),
            billed=True,
            per_person=False,
            either="cost",
        ),
        Feed("members", FeedKind.DIRECTORY),
    ),
    history=timedelta(days=120),
    pace=timedelta(seconds=1),
    cannot_see=(
        "ChatGPT",
        "Codex with a ChatGPT log-in",
        "what Azure OpenAI serves",
        "use through a key that several people share",
    ),
    active_means="On that day at least one API request was made in the person's name, or with a "
    "key of theirs.",
    fetch=fetch,
    parse=parse,
    check_path="/organization/users",
)
