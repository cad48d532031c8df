"""Anthropic (Claude): usage, cost, Claude Code, activity and members from the organisation's APIs.

Source: the Admin API's types and pages as of November 2026. Days are UTC. 60 requests a minute for
the whole organisation. Days may be restated for 30 days. Amounts arrive in cents.

A Console organisation has the Claude Code report and API keys, a Claude Enterprise organisation has
the activity report, and a key of one kind is refused by the other's. Listing service accounts needs
a log-in that no key has; they are known from the keys that act for them. Invited people hold no
seat and are not asked for. API version 2026-10-21, but for the Claude Code report, which is
documented with 2023-06-01 only; fields are read in either version's spelling.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from unranked.connectors.answers import Fields, checked_day, follow, unknown_shape
from unranked.connectors.base import Api, Auth, Connector, Feed, FeedKind, Page, emails
from unranked.domain.usage import (
    NOBODY,
    ONE_DAY,
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

_TITLE: Final = "Anthropic"
_ORGANIZATION: Final = "/v1/organizations"
_VERSION: Final = {"anthropic-version": "2026-10-21"}
_OLD_VERSION: Final = {"anthropic-version": "2023-06-01"}
_BETA: Final = {"anthropic-beta": "analytics-usage-cost-2026-08-24"}
_FIRST_DAY: Final = date(2026, 1, 1)  # the analytics endpoints hold nothing older
_SLICE_DAYS: Final = 7  # 31 are allowed; a week keeps what a lost cursor costs small
_GROUP_BY: Final = ["actor", "product", "model", "service_tier", "workspace_id"]
_ROWS: Final = 1000
_ELSEWHERE: Final = {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
_WITHOUT_ACCESS: Final = {"billing"}
_SLACK: Final = {"claude-in-slack", "claude-tag", "claude_tag"}

# What counts as activity on a day. The documented definition: a chat message, a Claude Code session
# with tool use or git activity, a Cowork session with tool use or messages. The report lists four of
# Claude Code's tools only, so a session whose tool use cannot be seen counts. Members with unified
# chat, and products newer than the definition, are read in the same spirit: messages and actions.
_ACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "chat_metrics": ("message_count",),
    "claude_code_metrics.core_metrics": (
        "distinct_session_count",
        "commit_count",
        "pull_request_count",
    ),
    "claude_code_metrics.tool_actions.edit_tool": ("accepted_count", "rejected_count"),
    "claude_code_metrics.tool_actions.multi_edit_tool": ("accepted_count", "rejected_count"),
    "claude_code_metrics.tool_actions.notebook_edit_tool": ("accepted_count", "rejected_count"),
    "claude_code_metrics.tool_actions.write_tool": ("accepted_count", "rejected_count"),
    "cowork_metrics": ("message_count", "action_count"),
    "chat_cowork_unified_metrics.chat": ("message_count",),
    "chat_cowork_unified_metrics.sessions": ("message_count", "action_count"),
    "claude_tag_metrics": ("active_message_count",),
    "design_metrics": ("message_count",),
    "office_metrics.excel": ("message_count",),
    "office_metrics.word": ("message_count",),
    "office_metrics.powerpoint": ("message_count",),
    "office_metrics.outlook": ("message_count",),
    "science_metrics": ("message_count", "delegation_count", "remote_compute_job_count"),
}


def fetch(api: Api, feed: str, window: Window) -> Iterator[Page]:
    """Yield one feed's pages: sub-windows of a week for usage and cost, of a day for the reports.

    A lost cursor (CursorExpiredError) passes, and the sub-window is asked for again from its start.
    """
    return _FETCH[feed](api, window)


def parse(page: Page) -> Records:
    """Yield a page's records, and the account of everybody whose address it gives, once each."""
    seen: set[AccountRecord] = set()
    for record in _PARSE[page.feed](page):
        if isinstance(record, AccountRecord):
            if record in seen:
                continue
            seen.add(record)
        yield record


def _fetch_buckets(feed: str, api: Api, window: Window) -> Iterator[Page]:
    """Usage or cost. It ends with the day that the provider's figures reach, where it says so."""
    for part in _held(window).split(_SLICE_DAYS):
        asked = {
            "starting_at": f"{part.start}T00:00:00Z",
            "ending_at": f"{part.end}T00:00:00Z",
            "time_bucket_width": "1d",
            "group_by": _GROUP_BY,
            "limit": _ROWS,
            "order_by": "time",
            "order": "asc",
        }
        answered: Window | None = None
        for body in _listing(api, f"{_ORGANIZATION}/analytics/{feed}", asked, headers=_BETA):
            answered = answered or _answered(part, body)
            if answered.start < answered.end:
                yield Page(feed, body, answered)
        if answered != part:
            return


def _fetch_claude_code(api: Api, window: Window) -> Iterator[Page]:
    path = f"{_ORGANIZATION}/usage_report/claude_code"
    for day in window.days():
        asked = {"starting_at": day.isoformat(), "limit": _ROWS}
        for body in _listing(api, path, asked, headers=_OLD_VERSION):
            yield Page("claude_code", body, Window(day, day + ONE_DAY))


def _fetch_activity(api: Api, window: Window) -> Iterator[Page]:
    """Day by day, until the provider says that a day is not available yet.

    It says so with the same 400 that a wrong question gets. So that nothing is hidden, the 400 ends
    the feed quietly only where a day before was answered.
    """
    path = f"{_ORGANIZATION}/analytics/users"
    answered = False
    for day in _held(window).days():
        listing = _listing(api, path, {"date": day.isoformat(), "limit": _ROWS})
        try:
            first = next(listing)
        except ProviderError as error:
            if error.status == HTTPStatus.BAD_REQUEST and answered:
                return
            raise
        answered = True
        yield Page("activity", first, Window(day, day + ONE_DAY))
        for body in listing:
            yield Page("activity", body, Window(day, day + ONE_DAY))


def _fetch_members(api: Api, _: Window) -> Iterator[Page]:
    """Members, then API keys with the addresses of the members they act for.

    A key names its principal by id alone. So the keys, which are few, wait for the members to pass.
    """
    keys = list(_keys(api))
    acting = {person for body in keys for key in _rows(body) if (person := _principal(key)[0])}
    addresses: dict[str, str] = {}
    for body in _directory(api, "users"):
        for member in _rows(body):
            if (member_id := member.text("id")) in acting:
                addresses[member_id] = _address(member)
        yield Page("members", body)
    for body in keys:
        yield Page("members", {**body, "addresses": addresses})


def _keys(api: Api) -> Iterator[Any]:
    """API keys. An Enterprise organisation has none that its key may list."""
    listing = _directory(api, "api_keys")
    try:
        yield next(listing)
    except ProviderError as error:
        if error.status in _ELSEWHERE:
            return
        raise
    yield from listing


def _directory(api: Api, name: str) -> Iterator[Any]:
    path, asked = f"{_ORGANIZATION}/{name}", {"limit": _ROWS}
    return _listing(api, path, asked, cursor="last_id", sent_as="after_id")


def _listing(
    api: Api,
    path: str,
    asked: Mapping[str, Any],
    *,
    cursor: str = "next_page",
    sent_as: str = "page",
    headers: Mapping[str, str] | None = None,
) -> Iterator[Any]:
    def ask(at: str) -> Any:  # noqa: ANN401 - decoded JSON is whatever the provider sent
        return api.get(path, {**asked, sent_as: at}, headers=headers or {})

    return follow(ask, title=_TITLE, cursor=cursor)


def _held(window: Window) -> Window:
    """The days of the window for which the provider holds figures at all."""
    return Window(max(window.start, _FIRST_DAY), max(window.end, _FIRST_DAY))


def _answered(part: Window, body: object) -> Window:
    """The days up to and including the one that the figures reach; they may be in arrears."""
    refreshed = Fields(body, title=_TITLE).maybe_day("data_refreshed_at")
    if refreshed is None or part.end <= refreshed + ONE_DAY:
        return part
    return Window(part.start, max(part.start, refreshed + ONE_DAY))


def _parse_buckets(page: Page) -> Records:
    for row in _rows(page.body):
        if (day := row.day("starting_at")) >= page.days.end:
            continue  # after the day that the figures reach: incomplete, and asked for again
        group = row.fields("group")
        actor = group.maybe_fields("actor")
        account = _account(actor)
        if actor and account.kind is AccountKind.MEMBER:
            yield from _known_by(account, actor)
        record = partial(
            UsageRecord,
            feed=page.feed,
            day=checked_day(page, day, title=_TITLE),
            account=account,
            product=_product(group),
            model=group.maybe_text("model"),
            tier=group.maybe_text("service_tier"),
            project=group.maybe_text("workspace_id"),
        )
        if page.feed == "cost":
            yield record(cost=_money(row.fields("cost")), active=False)
        else:
            yield _used(record, row.fields("usage"), product=_product(group))


def _used(
    record: Callable[..., UsageRecord], usage: Fields, *, product: str
) -> UsageRecord:
    """Return the row with its tokens. Without a product, `requests` may count code execution."""
    tokens, requests = _tokens(usage), usage.maybe_count("requests")
    searches = usage.fields("server_tool_use").maybe_count("web_search_requests")
    active = bool(tokens or requests or searches)
    return record(tokens=tokens, requests=requests if product else None, active=active)


def _parse_claude_code(page: Page) -> Records:
    """One record per row and model. Tokens are left to `usage`, which has them too."""
    for row in _rows(page.body):
        account = yield from _author(row.fields("actor"))
        record = partial(
            UsageRecord,
            feed=page.feed,
            day=checked_day(page, row.day("date"), title=_TITLE),
            account=account,
            product="claude_code",
            variant=_variant(row),
        )
        models = list(row.rows("model_breakdown")) if "model_breakdown" in row else []
        for used in models:
            cost = used.maybe_fields("estimated_cost")
            yield record(model=used.maybe_text("model"), cost=_money(cost) if cost else None)
        if not models:
            yield record()


def _parse_activity(page: Page) -> Records:
    for row in _rows(page.body):
        account = NOBODY
        if member := row.maybe_fields("user"):
            account = AccountRef(AccountKind.MEMBER, member.text("id"))
            yield from _known_by(account, member)
        yield UsageRecord(page.feed, page.days.start, account, active=_was_active(row))


def _parse_members(page: Page) -> Records:
    addresses = Fields(page.body, title=_TITLE).maybe_fields("addresses")
    for row in _rows(page.body):
        kind = row.text("type")
        if kind == "user":
            yield AccountRecord(
                AccountRef(AccountKind.MEMBER, row.text("id")),
                emails(_address(row)),
                since=row.maybe_day("added_at"),
                seat=row.maybe_text("role") not in _WITHOUT_ACCESS,
            )
        elif kind == "api_key":
            yield from _key(row, addresses)


def _key(row: Fields, addresses: Fields | None) -> Iterator[AccountRecord]:
    person, service = _principal(row)
    address = addresses.maybe_text(person) if person and addresses else ""
    key = AccountRef(AccountKind.KEY, row.text("id"))
    yield AccountRecord(key, emails(address), since=row.maybe_day("created_at"))
    if service:
        yield AccountRecord(AccountRef(AccountKind.SERVICE, service))


def _principal(key: Fields) -> tuple[str, str]:
    """Return for whom a key acts: a member's id or a service account's, as both versions say it.

    Who made a key is not who uses it, so `created_by` is not looked at.
    """
    principal = key.maybe_fields("principal")
    kind = principal.maybe_text("type") if principal else ""
    if principal and kind in {"user", "user_actor"}:
        return principal.maybe_text("user_id") or principal.text("id"), ""
    if principal and kind in {"service_account", "service_account_actor"}:
        return "", principal.maybe_text("service_account_id") or principal.text("id")
    return "", ""


def _account(actor: Fields | None) -> AccountRef:
    """Return whose usage it is. An actor that is hidden, or of a kind not known yet, is nobody."""
    match actor.text("type") if actor else "":
        case "user_actor" if actor:
            return AccountRef(AccountKind.MEMBER, actor.text("user_id"))
        case "service_account_actor" if actor:
            return AccountRef(AccountKind.SERVICE, actor.text("service_account_id"))
        case "api_actor" if actor:
            return AccountRef(AccountKind.KEY, actor.text("api_key_id"))
        case "federated_actor" if actor:
            return _federated(actor)
    return NOBODY


def _federated(actor: Fields) -> AccountRef:
    """Return a cloud identity as a service; one that has neither subject nor issuer is nobody."""
    provider = actor.maybe_fields("provider")
    names = ("type", "account_id", "signed_principal", "subscription_id", "project_number", "issuer")
    parts = [provider.maybe_text(name) if provider else "" for name in names]
    parts.append(actor.maybe_text("subject"))
    return AccountRef(AccountKind.SERVICE, "|".join(parts)) if any(parts[1:]) else NOBODY


def _author(actor: Fields) -> "Generator":
    """Return whose Claude Code it was: a person by address, or a key by the only thing said of it."""
    if actor.text("type") == "api_actor":
        return AccountRef(AccountKind.KEY, f"name:{actor.text('api_key_name')}")
    for address in emails(_address(actor)):
        account = AccountRef(AccountKind.MEMBER, f"email:{address}")
        yield AccountRecord(account, (address,))
        return account
    return NOBODY


def _known_by(account: AccountRef, fields: Fields) -> Iterator[AccountRecord]:
    """Yield the account with its address, so that a leaver's keeps it. It gives no seat."""
    if addresses := emails(_address(fields)):
        yield AccountRecord(account, addresses)
