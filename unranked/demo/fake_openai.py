"""A made-up organisation at OpenAI's API Platform: usage, costs, members, projects, keys.

Shapes: the official document of August 2026 with the SDK's additions. Usage is kept by day;
narrower buckets are refused. `base_url` for a connector is `url`, which ends in /v1.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter

from unranked.demo.company import Company
from unranked.demo.company_people import OPENAI
from unranked.demo.company_prices import costs
from unranked.demo.company_usage import Row, midnight
from unranked.demo.fake_openai_directory import Directory
from unranked.demo.fake_provider import (
    FakeProvider,
    Figures,
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

_BASIC = ("project_id", "user_id", "api_key_id", "model")
_TEXT = (*_BASIC, "batch", "service_tier", "api_source")
_KINDS: dict[str, tuple[str, ...]] = {
    "completions": _TEXT,
    "decisions": _TEXT,
    "embeddings": _BASIC,
    "moderations": _BASIC,
    "images": (*_BASIC, "size", "source"),
    "audio_speeches": _BASIC,
    "audio_transcriptions": _BASIC,
    "file_search_calls": ("project_id", "user_id", "api_key_id", "vector_store_id"),
    "web_search_calls": (*_BASIC, "context_level", "api_source"),
    "vector_stores": ("project_id",),
    "code_interpreter_sessions": ("project_id",),
}
_COST_GROUPS = ("project_id", "line_item", "api_key_id", "user_id", "api_source")
_DIMENSIONS: dict[str, Callable[[Row], str]] = {
    "project_id": attrgetter("project"),
    "user_id": attrgetter("account"),
    "api_key_id": attrgetter("credential"),
    "model": attrgetter("model"),
    "batch": lambda row: "true" if row.tier == "batch" else "false",
    "service_tier": lambda row: "" if row.tier == "batch" else row.tier,
}
_FILTERS = {
    "project_ids": "project_id",
    "user_ids": "user_id",
    "api_key_ids": "api_key_id",
    "models": "model",
}
_WINDOW = {"start_time", "end_time", "bucket_width", "group_by", "limit", "page"}
_MOST_BUCKETS = {"1d": (7, 31), "1h": (24, 168), "1m": (60, 1440)}
_LINE_ITEMS = (("input_tokens", 0), ("output_tokens", 1), ("cached_input_tokens", 2))
_UNITS_PER_DOLLAR = 10**10
_ERROR_TYPES = {400: "invalid_request_error", 401: "invalid_request_error", 429: "requests"}

Results = Callable[[date], Iterator[str]]


class FakeOpenAI(FakeProvider):
    """The organisation, served at `url`. Wants `Authorization: Bearer` with the admin key."""

    tool = OPENAI

    def __init__(self, company: Company, now: Now, key: str) -> None:
        self._usage = company.usage[OPENAI]
        self._directory = Directory(company)
        super().__init__(company, now, key)
        self.url += "/v1"

    def _is_signed(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {self._key}"

    def _body(self, request: Request, now: datetime) -> str:
        query = Query(request)
        match request.path.removeprefix("/v1/organization/").split("/"):
            case ["usage", kind] if kind in _KINDS:
                return self._buckets(query, now, *self._usage_of(query, kind, now))
            case ["costs"]:
                return self._buckets(query, now, *self._costs(query, now))
            case path:
                return self._roster(query, path, now)

    def _roster(self, query: Query, path: list[str], now: datetime) -> str:
        known = self._directory
        match path:
            case ["users"]:
                return _listed(query, {"emails"}, known.members(now))
            case ["projects"]:
                archived = query.one("include_archived") == "true"
                return _listed(query, {"include_archived"}, known.projects(archived=archived))
            case ["projects", project, "api_keys"] if known.has(project):
                access = query.one("owner_project_access") or "active"
                items = known.keys(project, access, now)
                return _listed(query, {"owner_project_access"}, items)
            case ["projects", project, "service_accounts"] if known.has(project):
                return _listed(query, set(), known.service_accounts(project))
            case ["invites"]:
                return _listed(query, set(), [])
        raise not_found()

    def _usage_of(self, query: Query, kind: str, now: datetime) -> tuple[int, Results]:
        query.only({*_WINDOW, *_FILTERS, "batch"})
        width = query.one("bucket_width") or "1d"
        if width not in _MOST_BUCKETS:
            raise bad("bucket_width is none of 1m, 1h, 1d.")
        default, most = _MOST_BUCKETS[width]
        limit = query.number("limit", default, 1, most)
        if width != "1d":
            raise bad("bucket_width: this made-up organisation keeps days only.")
        groups = query.grouping(_KINDS[kind], len(_KINDS[kind]))
        filters = _filters(query)

        key_of, shown = _keyed(groups), self._shown_at(now)

        def results(day: date) -> Iterator[str]:
            rows = (row for row in self._usage.seen(day, shown) if row.product == kind)
            kept = (row for row in rows if all(keeps(row) for keeps in filters))
            for key, sums in summed(kept, key_of, tokens_and_requests).items():
                yield _usage_json(kind, dict(zip(groups, key, strict=True)), sums)

        return limit, results

    def _costs(self, query: Query, now: datetime) -> tuple[int, Results]:
        query.only({*_WINDOW, "project_ids", "api_key_ids", "line_items"})
        if query.one("bucket_width") not in {"", "1d"}:
            raise bad("bucket_width can only be 1d.")
        limit = query.number("limit", 7, 1, 180)
        groups = query.grouping(_COST_GROUPS, len(_COST_GROUPS))
        if "user_id" in groups and ("project_id" in groups or query.many("project_ids")):
            raise bad("user_id cannot be combined with projects in this organisation.")
        filters, lines = _filters(query), set(query.many("line_items"))
        # The model is part of a line item's name: sum by model, then take each sum apart.
        own = [name for name in groups if name != "line_item"]
        by_model = [*own, "model"] if "line_item" in groups or lines else own
        key_of, shown = _keyed(by_model), self._shown_at(now)

        def results(day: date) -> Iterator[str]:
            rows = self._usage.seen(day, shown)
            kept = (row for row in rows if all(keeps(row) for keeps in filters))
            for key, sums in summed(kept, key_of, _costs_and_tokens).items():
                group = dict(zip(by_model, key, strict=True))
                yield from _cost_json(group, sums, split="model" in group, lines=lines)

        return limit, results

    def _buckets(self, query: Query, now: datetime, limit: int, results: Results) -> str:
        start = query.number("start_time", None, 0, 2**40)
        end = query.number("end_time", int(now.timestamp()), 0, 2**40)
        if end <= start:
            raise bad("end_time must be after start_time.")
        first = _day(start)
        days = [first + timedelta(n) for n in range((_day(end - 1) - first).days + 1)]
        offset, question = _offset(query), f"{abs(hash(query.signature('page'))):x}"
        if offset and query.one("page") != f"page_{question}_{offset}":
            raise bad("page belongs to another question.")
        page = days[offset : offset + limit]
        buckets = ",".join(
            f'{{"object":"bucket","start_time":{_seconds(day)},"end_time":{_seconds(day) + 86_400},'
            f'"results":[{",".join(results(day))}]}}'
            for day in page
        )
        more = offset + limit < len(days)
        cursor = f"page_{question}_{offset + limit}" if more else None
        tail = to_json({"has_more": more, "next_page": cursor})[1:]
        return f'{{"object":"page","data":[{buckets}],{tail}'

    def _error(self, refused: RefusedError) -> dict[str, object]:
        kind = _ERROR_TYPES.get(refused.status, "invalid_request_error")
        return {"error": {"message": refused.message, "type": kind, "param": None, "code": None}}


def _keyed(groups: Sequence[str]) -> Callable[[Row], tuple[str, ...]]:
    return keyed([_DIMENSIONS.get(name, _null) for name in groups])


def _null(_: Row) -> str:
    return ""


def _filters(query: Query) -> list[Callable[[Row], bool]]:
    asked = [(_DIMENSIONS[name], set(query.many(param))) for param, name in _FILTERS.items()]
    if batch := query.one("batch"):
        asked.append((_DIMENSIONS["batch"], {batch}))
    return [_among(get, values) for get, values in asked if values]


def _among(get: Callable[[Row], str], values: set[str]) -> Callable[[Row], bool]:
    return lambda row: get(row) in values


def _costs_and_tokens(row: Row) -> Figures:
    return *costs(row)[:3], row.n_in, row.n_out, row.n_cr


def _usage_json(kind: str, group: Mapping[str, str], sums: Figures) -> str:
    n_in, n_out, n_cr, n_cw5, n_cw1h, requests = sums
    result: dict[str, object] = {
        "object": f"organization.usage.{kind}.result",
        "input_tokens": n_in + n_cr + n_cw5 + n_cw1h,
    }
    if kind == "completions":
        result |= {
            "input_cached_tokens": n_cr,
            "input_cache_write_tokens": n_cw5 + n_cw1h,
            "input_uncached_tokens": n_in,
            "output_tokens": n_out,
        }
    result["num_model_requests"] = requests
    result |= {name: group.get(name) or None for name in _KINDS[kind]}
    if group.get("batch"):
        result["batch"] = group["batch"] == "true"
    return to_json(result)


def _cost_json(
    group: Mapping[str, str], sums: Figures, *, split: bool, lines: set[str]
) -> Iterator[str]:
    if not split:
        yield _cost_line(group, None, sum(sums[:3]), None)
        return
    for name, kind in _LINE_ITEMS:
        line = f"{group['model']}, {name}"
        if sums[3 + kind] and (not lines or line in lines):
            yield _cost_line(group, line, sums[kind], sums[3 + kind])


def _cost_line(group: Mapping[str, str], line: str | None, amount: int, tokens: int | None) -> str:
    named = {name: group.get(name) or None for name in _COST_GROUPS}
    named["line_item"] = line
    unit = None if tokens is None else "tokens"
    tail = to_json({**named, "quantity": tokens, "quantity_unit": unit})[1:]
    # The amount is a JSON number with every digit: a float would round it.
    dollars = f"{amount // _UNITS_PER_DOLLAR}.{amount % _UNITS_PER_DOLLAR:010d}"
    return (
        '{"object":"organization.costs.result",'
        f'"amount":{{"value":{dollars},"currency":"usd"}},{tail}'
    )


def _offset(query: Query) -> int:
    page = query.one("page")
    last = page.rpartition("_")[2]
    if page and not last.isdigit():
        raise bad("page is no cursor.")
    return int(last) if page else 0


def _listed(query: Query, also: set[str], items: Sequence[Mapping[str, object]]) -> str:
    query.only({"limit", "after", *also})
    page, more = after(items, query.one("after"), query.number("limit", 20, 1, 100))
    first, last = (page[0]["id"], page[-1]["id"]) if page else (None, None)
    return to_json(
        {"object": "list", "data": page, "first_id": first, "last_id": last, "has_more": more}
    )


def _day(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()


def _seconds(day: date) -> int:
    return int(midnight(day).timestamp())
