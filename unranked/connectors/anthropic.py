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
from typing import Any, Final, TypedDict

from unranked.connectors.answers import (
    Fields,
    checked_day,
    follow,
    unknown_shape,
    unless_refused,
)
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

Records = Iterator[UsageRecord | AccountRecord]

_TITLE: Final = "Anthropic"
_ORGANIZATION: Final = "/v1/organizations"
_OLD_VERSION: Final = {"anthropic-version": "2023-06-01"}
_BETA: Final = {"anthropic-beta": "analytics-usage-cost-2026-08-24"}
_FIRST_DAY: Final = date(2026, 1, 1)  # the analytics endpoints hold nothing older
_SLICE_DAYS: Final = 7  # 31 are allowed; a week keeps what a lost cursor costs small
_GROUP_BY: Final = ["actor", "product", "model", "service_tier", "workspace_id"]
_ROWS: Final = 1000
_ELSEWHERE: Final = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
_WITHOUT_ACCESS: Final = {"billing"}
_SLACK: Final = {"claude-in-slack", "claude-tag", "claude_tag"}
_ORIGIN: Final = ("account_id", "signed_principal", "subscription_id", "project_number", "issuer")
_ACTORS: Final = {
    "user_actor": (AccountKind.MEMBER, "user_id"),
    "service_account_actor": (AccountKind.SERVICE, "service_account_id"),
    "api_actor": (AccountKind.KEY, "api_key_id"),
}

# What counts as activity on a day. The documented definition: a chat message, a Claude Code session
# with tool use or git activity, a Cowork session with tool use or messages. The report counts four
# of Claude Code's tools only, so a session whose tool use cannot be seen counts. Members with
# unified chat, and products newer than the definition, are read in its spirit: messages, actions.
_DEFINED_BY: Final = ("chat_metrics", "claude_code_metrics", "cowork_metrics")
_CODE_TOOLS: Final = ("edit_tool", "multi_edit_tool", "notebook_edit_tool", "write_tool")
_OFFICE: Final = ("excel", "word", "powerpoint", "outlook")
_ACTS: Final = (
    ("chat_metrics", "message_count"),
    ("claude_code_metrics.core_metrics", "distinct_session_count"),
    ("claude_code_metrics.core_metrics", "commit_count"),
    ("claude_code_metrics.core_metrics", "pull_request_count"),
    *((f"claude_code_metrics.tool_actions.{tool}", "accepted_count") for tool in _CODE_TOOLS),
    *((f"claude_code_metrics.tool_actions.{tool}", "rejected_count") for tool in _CODE_TOOLS),
    ("cowork_metrics", "message_count"),
    ("cowork_metrics", "action_count"),
    ("chat_cowork_unified_metrics.chat", "message_count"),
    ("chat_cowork_unified_metrics.sessions", "message_count"),
    ("chat_cowork_unified_metrics.sessions", "action_count"),
    ("claude_tag_metrics", "active_message_count"),
    ("design_metrics", "message_count"),
    *((f"office_metrics.{program}", "message_count") for program in _OFFICE),
    ("science_metrics", "message_count"),
    ("science_metrics", "delegation_count"),
    ("science_metrics", "remote_compute_job_count"),
)


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
    path = f"{_ORGANIZATION}/analytics/{feed}"
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
        answered = part
        for number, body in enumerate(follow(api, path, asked, title=_TITLE, headers=_BETA)):
            answered = answered if number else _answered(part, body)
            if answered.start == answered.end:
                return
            yield Page(feed, body, answered)
        if answered != part:
            return


def _fetch_claude_code(api: Api, window: Window) -> Iterator[Page]:
    path = f"{_ORGANIZATION}/usage_report/claude_code"
    for day in window.days():
        asked = {"starting_at": day.isoformat(), "limit": _ROWS}
        for body in follow(api, path, asked, title=_TITLE, headers=_OLD_VERSION):
            yield Page("claude_code", body, Window(day, day + ONE_DAY))


def _fetch_activity(api: Api, window: Window) -> Iterator[Page]:
    """Day by day, until the provider says that a day is not available yet.

    It says so with the same 400 that a wrong question gets. So that nothing is hidden, the 400 ends
    the feed quietly only where a day before was answered.
    """
    path = f"{_ORGANIZATION}/analytics/users"
    too_recent: tuple[int, ...] = ()
    for day in _held(window).days():
        asked = {"date": day.isoformat(), "limit": _ROWS}
        listing = follow(api, path, asked, title=_TITLE)
        answered = False
        for body in unless_refused(listing, *too_recent):
            answered = True
            yield Page("activity", body, Window(day, day + ONE_DAY))
        if not answered:
            return
        too_recent = (HTTPStatus.BAD_REQUEST,)


def _fetch_members(api: Api, _: Window) -> Iterator[Page]:
    """Members, then API keys with the addresses of the members they act for.

    A key names its principal by id alone. So the keys, which are few, wait for the members to pass.
    An Enterprise organisation has no keys that its own key may list.
    """
    keys = list(unless_refused(_directory(api, "api_keys"), *_ELSEWHERE))
    acting = {person for body in keys for key in _rows(body) if (person := _principal(key)[0])}
    addresses: dict[str, str] = {}
    for body in _directory(api, "users"):
        for member in _rows(body):
            if (member_id := member.text("id")) in acting:
                addresses[member_id] = _address(member)
        yield Page("members", body)
    for body in keys:
        yield Page("members", {**body, "addresses": addresses})


def _directory(api: Api, name: str) -> Iterator[Any]:
    path, asked = f"{_ORGANIZATION}/{name}", {"limit": _ROWS}
    return follow(api, path, asked, title=_TITLE, cursor="last_id", sent_as="after_id")


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
    figures = _bill if page.feed == "cost" else _use
    for row in _rows(page.body):
        if (day := row.day("starting_at")) >= page.days.end:
            continue  # after the day that the figures reach: incomplete, and asked for again
        group = row.fields("group")
        actor = group.maybe_fields("actor")
        account = _account(actor)
        yield from _known_by(account, actor)
        product = _product(group)
        yield UsageRecord(
            page.feed,
            checked_day(page, day, title=_TITLE),
            account,
            product,
            group.maybe_text("model"),
            group.maybe_text("service_tier"),
            project=group.maybe_text("workspace_id"),
            **figures(row, product),
        )


class _Figures(TypedDict, total=False):
    """What a row says, beside whose it is."""

    tokens: Tokens
    requests: int | None
    cost: Money
    active: bool


def _bill(row: Fields, _: str) -> _Figures:
    return {"cost": _money(row.fields("cost")), "active": False}


def _use(row: Fields, product: str) -> _Figures:
    """Return the tokens. Without a product, `requests` may count code execution."""
    usage = row.fields("usage")
    tokens, requests = _tokens(usage), usage.maybe_count("requests")
    searches = usage.fields("server_tool_use").maybe_count("web_search_requests")
    active = bool(tokens or requests or searches)
    return {"tokens": tokens, "requests": requests if product else None, "active": active}


def _parse_claude_code(page: Page) -> Records:
    """One record per row and model. Tokens are left to `usage`, which has them too."""
    for row in _rows(page.body):
        actor = row.fields("actor")
        account = _author(actor)
        yield from _known_by(account, actor)
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
        member = row.maybe_fields("user")
        account = AccountRef(AccountKind.MEMBER, member.text("id")) if member else NOBODY
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
    kind = actor.text("type") if actor else ""
    if actor and kind == "federated_actor":
        return _federated(actor)
    if actor and kind in _ACTORS:
        account_kind, id_field = _ACTORS[kind]
        return AccountRef(account_kind, actor.text(id_field))
    return NOBODY


def _federated(actor: Fields) -> AccountRef:
    """Return a cloud identity as a service; one with neither subject nor origin is nobody."""
    provider = actor.maybe_fields("provider")
    origin = [provider.maybe_text(name) if provider else "" for name in _ORIGIN]
    parts = [*origin, actor.maybe_text("subject")]
    return AccountRef(AccountKind.SERVICE, "|".join(parts)) if any(parts) else NOBODY


def _author(actor: Fields) -> AccountRef:
    """Return whose Claude Code it was: a person by address, a key by the one thing said of it."""
    if actor.text("type") == "api_actor":
        return AccountRef(AccountKind.KEY, f"name:{actor.text('api_key_name')}")
    if "email_address" not in actor and "email" not in actor:
        raise unknown_shape(_TITLE, "email_address")
    found = emails(_address(actor))
    return AccountRef(AccountKind.MEMBER, f"email:{found[0]}") if found else NOBODY


def _known_by(account: AccountRef, fields: Fields | None) -> Iterator[AccountRecord]:
    """Yield a member with its address, so that a leaver's account keeps it. It gives no seat."""
    if fields and account.kind is AccountKind.MEMBER and (found := emails(_address(fields))):
        yield AccountRecord(account, found)


def _address(fields: Fields) -> str:
    return fields.maybe_text("email_address") or fields.maybe_text("email")


def _was_active(row: Fields) -> bool:
    for block in _DEFINED_BY:
        row.fields(block)  # without it, nothing could be said: missing is not zero
    return any(_counted(row, path, counter) for path, counter in _ACTS)


def _counted(row: Fields, path: str, counter: str) -> int | None:
    block: Fields | None = row
    for name in path.split("."):
        block = block.maybe_fields(name) if block else None
    return block.maybe_count(counter) if block else None


def _product(group: Fields) -> str:
    """Return the product, under one name where the versions of the API spell it differently."""
    product = group.maybe_text("product")
    return "claude_tag" if product in _SLACK else product


def _variant(row: Fields) -> str:
    """Return what splits one person's day into rows: where and how Claude Code ran."""
    remote = {True: "remote", False: "local", None: ""}[row.flag("is_remote")]
    kinds = (row.maybe_text(name) for name in ("customer_type", "subscription_type"))
    return "|".join([row.maybe_text("terminal_type"), remote, *kinds])


def _tokens(usage: Fields) -> Tokens:
    written = usage.fields("cache_creation")
    return Tokens(
        n_in=usage.count("uncached_input_tokens"),
        n_out=usage.count("output_tokens"),
        n_cr=usage.count("cache_read_input_tokens"),
        n_cw5=written.count("ephemeral_5m_input_tokens"),
        n_cw1h=written.count("ephemeral_1h_input_tokens"),
    )


def _money(cost: Fields) -> Money:
    """Return an amount of cents as dollars, or as whole units of its own currency, exactly.

    The point is moved by hand: Decimal's own arithmetic would round after 28 digits.
    """
    sign, digits, exponent = cost.amount("amount").as_tuple()
    whole = Decimal((sign, digits, int(exponent) - 2))
    return Money(whole, cost.currency("currency"))


def _rows(body: object) -> Iterator[Fields]:
    return Fields(body, title=_TITLE).rows("data")


_FETCH: Final[Mapping[str, Callable[[Api, Window], Iterator[Page]]]] = {
    "usage": partial(_fetch_buckets, "usage"),
    "cost": partial(_fetch_buckets, "cost"),
    "claude_code": _fetch_claude_code,
    "activity": _fetch_activity,
    "members": _fetch_members,
}
_PARSE: Final[Mapping[str, Callable[[Page], Records]]] = {
    "usage": _parse_buckets,
    "cost": _parse_buckets,
    "claude_code": _parse_claude_code,
    "activity": _parse_activity,
    "members": _parse_members,
}

CONNECTOR = Connector(
    slug="anthropic",
    title=_TITLE,
    base_url="https://api.anthropic.com",
    auth=Auth(
        header="x-api-key",
        key_from="Claude Console, Settings, Admin keys; for Claude Enterprise: claude.ai, "
        "Organization settings, API, with the scopes read:analytics and read:members",
    ),
    headers={"anthropic-version": "2026-10-21"},
    feeds=(
        Feed("usage", FeedKind.ACTIVITY, timedelta(hours=24)),
        Feed(
            "cost",
            FeedKind.COST,
            timedelta(hours=24),
            timedelta(days=30),
            every=timedelta(hours=20),
            billed=True,
        ),
        Feed("claude_code", FeedKind.ACTIVITY, timedelta(hours=24), either="report"),
        Feed("activity", FeedKind.ACTIVITY, timedelta(hours=48), either="report"),
        Feed("members", FeedKind.DIRECTORY),
    ),
    history=timedelta(days=364),
    pace=timedelta(milliseconds=1200),
    cannot_see=(
        "use through Amazon Bedrock, Google Vertex AI, Microsoft Foundry or AWS",
        "a Claude Team plan or a private account",
        "tokens within the seats of an Enterprise plan",
        "some use of Claude Code with a claude.ai log-in",
        "use through a key that several people share",
    ),
    active_means="On that day somebody sent a message, used Claude Code or worked in Cowork, or "
    "Claude was used in their name through the API.",
    fetch=fetch,
    parse=parse,
    check_path=f"{_ORGANIZATION}/users",
)
