"""A made-up Console organisation at Anthropic: members, keys, usage, cost, Claude Code report.

Shapes: the Admin API of November 2026. A Console key does not open the Enterprise reports. Usage
and cost are kept by day; narrower buckets are refused. `base_url` for a connector is `url`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from operator import attrgetter
from typing import NamedTuple

from unranked.demo.company import Company
from unranked.demo.company_people import ANTHROPIC
from unranked.demo.company_prices import costs
from unranked.demo.company_usage import LAST_ARRIVAL_HOURS, Row, midnight
from unranked.demo.fake_anthropic_directory import Directory
from unranked.demo.fake_provider import (
    FakeProvider,
    Figures,
    Listings,
    Now,
    Query,
    RefusedError,
    after,
    bad,
    keyed,
    not_found,
    summed,
    to_json,
    tokens_and_requests,
)
from unranked.demo.http import Request

BETA = "analytics-usage-cost-2026-08-24"
VERSIONS = {"2023-06-01", "2026-10-21"}
OLDEST_DAY = date(2026, 1, 1)
_DIMENSIONS: dict[str, Callable[[Row], str]] = {
    "actor": attrgetter("account"),
    "actor_type": lambda row: _actor_type(row.account),
    "api_key_id": attrgetter("credential"),
    "model": attrgetter("model"),
    "product": attrgetter("product"),
    "service_tier": attrgetter("tier"),
    "workspace_id": attrgetter("project"),
}
_ALWAYS_NULL = (
    "agent_id",
    "claude_tag_category",
    "claude_tag_user_id",
    "context_window",
    "deployment_id",
    "environment_id",
    "inference_geo",
    "organization_id",
    "rbac_group_id",
    "session_id",
    "slack_channel_id",
    "speed",
    "user_profile_id",
)
_GROUPS = (*_DIMENSIONS, *_ALWAYS_NULL)
_FILTERS = {
    "actor_ids": "actor",
    "actor_types": "actor_type",
    "api_key_ids": "api_key_id",
    "models": "model",
    "products": "product",
    "service_tiers": "service_tier",
    "workspace_ids": "workspace_id",
}
_PARAMETERS = {
    "starting_at", "ending_at", "time_bucket_width", "group_by", "limit", "order_by", "order",
    "page", *_FILTERS,
}  # fmt: skip
_ORDERS = {
    "usage": ("total_tokens", "output_tokens", "requests", "uncached_input_tokens", "time"),
    "cost": ("amount", "list_amount", "time"),
}
_UNITS_PER_CENT = 10**8
_ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}
_ENTERPRISE_ONLY = ("users", "summaries", "usage_report", "user_usage_report", "cost_report")


class Bucket(NamedTuple):
    """One row of an answer: its days, the key that it is grouped by, and its sums."""

    start: date
    end: date
    key: tuple[str, ...]
    sums: Figures


class FakeAnthropic(FakeProvider):
    """The organisation, served at `url`. Wants `x-api-key` (or Bearer) and `anthropic-version`."""

    tool = ANTHROPIC

    def __init__(self, company: Company, now: Now, key: str) -> None:
        self._usage = company.usage[ANTHROPIC]
        self._directory = Directory(company)
        self._listings: Listings[Bucket] = Listings()
        self._reports: Listings[str] = Listings()
        self._groups: dict[tuple[str, ...], dict[tuple[str, ...], str]] = {}
        super().__init__(company, now, key)

    def forget_cursors(self) -> None:
        """Answer every cursor that was handed out with 410."""
        self._listings.forget()
        self._reports.forget()

    def _is_signed(self, request: Request) -> bool:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        return self._key in {request.headers.get("x-api-key"), bearer}

    def _body(self, request: Request, now: datetime) -> str:
        if request.headers.get("anthropic-version") not in VERSIONS:
            raise bad("anthropic-version: a known version is required.")
        query = Query(request)
        match request.path.removeprefix("/v1/organizations/").split("/"):
            case ["me"]:
                return to_json(self._directory.organization)
            case ["users" | "api_keys" | "invites" as kind]:
                return to_json(_listed(query, self._directory.items(kind, now)))
            case ["analytics", "usage" | "cost" as kind]:
                return self._analytics(request, query, kind, now)
            case ["analytics", kind] if kind in _ENTERPRISE_ONLY:
                raise RefusedError(HTTPStatus.FORBIDDEN, "This needs an Enterprise key.")
            case ["usage_report", "claude_code"]:
                return self._claude_code(query, now)
        raise not_found()

    def _analytics(self, request: Request, query: Query, kind: str, now: datetime) -> str:
        if BETA not in request.headers.get("anthropic-beta", ""):
            raise bad("anthropic-beta: this report is in beta and has to be named.")
        query.only(_PARAMETERS)
        limit = query.number("limit", 20, 1, 1000)
        groups = query.grouping(_GROUPS, 5)
        page, cursor = self._listings.page(query, limit, lambda: self._rows(query, kind, now))
        known = self._groups.setdefault(groups, {})
        for key in {bucket.key for bucket in page}.difference(known):
            known[key] = to_json(self._group(groups, key))
        figures = _usage_json if kind == "usage" else _cost_json
        rows = ",".join([_row_json(bucket, known[bucket.key], figures) for bucket in page])
        # All that a day will ever show, but restatements, is there this long after its start.
        complete = self._shown_at(now) - timedelta(hours=LAST_ARRIVAL_HOURS - 24)
        refreshed = complete.replace(minute=0, second=0, microsecond=0)
        tail = {
            "has_more": cursor is not None,
            "next_page": cursor,
            "data_refreshed_at": _z(refreshed),
        }
        return f'{{"data":[{rows}],{to_json(tail)[1:]}'

    def _group(self, groups: Sequence[str], key: Sequence[str]) -> dict[str, object]:
        group: dict[str, object] = dict.fromkeys(_GROUPS)
        for name, value in zip(groups, key, strict=True):
            group[name] = self._directory.actor(value) if name == "actor" else value or None
        return group

    def _rows(self, query: Query, kind: str, now: datetime) -> Sequence[Bucket]:
        start, end = _range(query, now)
        shown = self._shown_at(now)
        groups = query.grouping(_GROUPS, 5)
        key = keyed([_DIMENSIONS.get(name, _null) for name in groups])
        filters = _filters(query)
        figures = tokens_and_requests if kind == "usage" else _cost_and_requests
        by_day = query.one("time_bucket_width") == "1d"
        whole = range((end - start).days)
        spans = [(start + timedelta(n), start + timedelta(n + 1)) for n in whole]
        buckets = []
        for first, last in spans if by_day else [(start, end)]:
            days = (first + timedelta(n) for n in range((last - first).days))
            rows = (row for day in days for row in self._usage.seen(day, shown))
            kept = (row for row in rows if all(keeps(row) for keeps in filters))
            found = summed(kept if filters else rows, key, figures)
            buckets += [Bucket(first, last, key, sums) for key, sums in found.items()]
        return _ordered(buckets, query, kind)

    def _claude_code(self, query: Query, now: datetime) -> str:
        query.only({"starting_at", "limit", "page"})
        limit = query.number("limit", 20, 1, 1000)
        day, shown = _day(query.one("starting_at")), self._shown_at(now)
        rows, cursor = self._reports.page(
            query, limit, lambda: list(self._directory.sessions(day, self._usage.seen(day, shown)))
        )
        tail = to_json({"has_more": cursor is not None, "next_page": cursor})
        return f'{{"data":[{",".join(rows)}],{tail[1:]}'

    def _error(self, refused: RefusedError) -> dict[str, object]:
        kind = _ERROR_TYPES.get(refused.status, "invalid_request_error")
        error = {"type": kind, "message": refused.message}
        return {"type": "error", "error": error, "request_id": "req_madeup"}


def _row_json(bucket: Bucket, group: str, figures: Callable[[Figures], str]) -> str:
    span = f'"starting_at":"{bucket.start}T00:00:00Z","ending_at":"{bucket.end}T00:00:00Z"'
    return f'{{{span},"group":{group},{figures(bucket.sums)}}}'


def _usage_json(sums: Figures) -> str:
    n_in, n_out, n_cr, n_cw5, n_cw1h, requests = sums
    return (
        f'"usage":{{"uncached_input_tokens":{n_in},'
        f'"cache_creation":{{"ephemeral_5m_input_tokens":{n_cw5},'
        f'"ephemeral_1h_input_tokens":{n_cw1h}}},"cache_read_input_tokens":{n_cr},'
        f'"output_tokens":{n_out},"total_tokens":{n_in + n_out + n_cr + n_cw5 + n_cw1h},'
        f'"requests":{requests},"server_tool_use":{{"web_search_requests":0}}}}'
    )


def _cost_json(sums: Figures) -> str:
    amount, requests = sums
    cents = f"{amount // _UNITS_PER_CENT}.{amount % _UNITS_PER_CENT:08d}"
    return (
        f'"cost":{{"amount":"{cents}","list_amount":"{cents}","currency":"USD",'
        f'"requests":{requests}}}'
    )


def _cost_and_requests(row: Row) -> Figures:
    return sum(costs(row)), row.requests


def _ordered(buckets: list[Bucket], query: Query, kind: str) -> list[Bucket]:
    order_by = query.one("order_by") or _ORDERS[kind][0]
    if order_by not in _ORDERS[kind] or query.one("order") not in {"", "asc", "desc"}:
        raise bad("order_by or order is not one of the known values.")
    keys: Mapping[str, Callable[[Bucket], int]] = {
        "time": lambda bucket: bucket.start.toordinal(),
        "total_tokens": lambda bucket: sum(bucket.sums[:5]),
        "output_tokens": lambda bucket: bucket.sums[1],
        "uncached_input_tokens": lambda bucket: bucket.sums[0],
        "requests": lambda bucket: bucket.sums[5],
        "amount": lambda bucket: bucket.sums[0],
        "list_amount": lambda bucket: bucket.sums[0],
    }
    return sorted(buckets, key=keys[order_by], reverse=query.one("order") != "asc")


def _filters(query: Query) -> list[Callable[[Row], bool]]:
    asked = ((dimension, set(query.many(name))) for name, dimension in _FILTERS.items())
    return [_among(_DIMENSIONS[dimension], values) for dimension, values in asked if values]


def _among(get: Callable[[Row], str], values: Collection[str]) -> Callable[[Row], bool]:
    return lambda row: get(row) in values


def _null(_: Row) -> str:
    return ""


def _range(query: Query, now: datetime) -> tuple[date, date]:
    """Return the days of the question; a bound within a day takes the whole day in."""
    if query.one("time_bucket_width") not in {"", "1d"}:
        raise bad("time_bucket_width: this made-up organisation keeps days only.")
    start = _time(query.one("starting_at"), "starting_at")
    if start.date() < max(OLDEST_DAY, now.date() - timedelta(days=365)):
        raise bad("starting_at is too long ago.")
    if query.one("ending_at"):
        end = _time(query.one("ending_at"), "ending_at")
    elif query.one("time_bucket_width"):
        raise bad("ending_at is required with time_bucket_width.")
    else:
        end = min(now, start + timedelta(days=31))
    if not start < end <= start + timedelta(days=31):
        raise bad("The range must be between a moment and 31 days long.")
    last = end.date() if end == midnight(end.date()) else end.date() + timedelta(days=1)
    return start.date(), last


def _time(text: str, name: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise bad(f"{name} is no RFC 3339 time.") from None
    if at.tzinfo is None:
        raise bad(f"{name} lacks its zone.")
    return at.astimezone(UTC)


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise bad("starting_at is no day (YYYY-MM-DD).") from None


def _listed(query: Query, items: Sequence[Mapping[str, object]]) -> dict[str, object]:
    query.only({"limit", "after_id"})
    page, more = after(items, query.one("after_id"), query.number("limit", 20, 1, 1000))
    ends = (page[0]["id"], page[-1]["id"]) if page else (None, None)
    return {"data": page, "has_more": more, "first_id": ends[0], "last_id": ends[1]}


def _actor_type(account: str) -> str:
    kinds = {"user": "user_actor", "svac": "service_account_actor", "apikey": "api_actor"}
    return kinds[account.partition("_")[0]]


def _z(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
