"""GitHub Copilot: who used it on which day, AI credits, seats and company addresses.

Source: GitHub's REST description of September 2026, its GraphQL schema, and its page on usernames
with external authentication. Days are UTC. A day's report is a file behind signed links. It may
come three days late, and change after that. 5,000 requests an hour. First day: 2025-10-10.

One enterprise is read, or one organisation where nobody may read the enterprise. Organisations are
never added up: a person stands, with all of their use, in the report of each that they belong to.

A row is activity, whatever its counters say: people whom only GitHub's servers saw have zeros. A
credit that was used is USD 0.01, before what the plan includes. Tokens are published for the
command line and the app alone; they would pass for all tokens, and are left out.

Addresses come from single sign-on (SAML), by the number that reports and seats have, too. Managed
users may be missing there. They come from SCIM, by the login that GitHub makes of the user name.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from unranked.config import Option
from unranked.connectors.answers import (
    Fields,
    checked_day,
    numbered,
    unknown_shape,
    unless_refused,
    walk,
)
from unranked.connectors.base import Api, Auth, Connector, Feed, FeedKind, Page, emails
from unranked.domain.usage import (
    ONE_DAY,
    AccountKind,
    AccountRecord,
    AccountRef,
    Money,
    UsageRecord,
    Window,
)
from unranked.errors import ProviderError

Records = Iterator[UsageRecord | AccountRecord]

_TITLE: Final = "GitHub Copilot"
_SEATS: Final = "/{scope}/copilot/billing/seats"
_REPORT: Final = "/{scope}/copilot/metrics/reports/users-1-day"
_MANAGED: Final = "/scim/v2/{scope}/Users"
_ROWS: Final = 100
_CREDITS: Final = "ai_credits_used"
_KEPT: Final = ("day", "user_id", _CREDITS)
_NO_SUCH_LIST: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
_NOT_IN_A_LOGIN: Final = re.compile(r"[^0-9a-z]")

_IDENTITIES: Final = """externalIdentities(first: 100, after: $after) {
  pageInfo { hasNextPage endCursor }
  nodes {
    samlIdentity { nameId username emails { value } }
    scimIdentity { username emails { value } }
    user { databaseId }
  }
}"""
_QUESTION: Final = {
    "enterprises": "query ($name: String!, $after: String) { enterprise(slug: $name) { ownerInfo "
    "{ samlIdentityProvider { " + _IDENTITIES + " } } } }",
    "orgs": "query ($name: String!, $after: String) { organization(login: $name) "
    "{ samlIdentityProvider { " + _IDENTITIES + " } } }",
}


def fetch(api: Api, feed: str, window: Window) -> Iterator[Page]:
    """Yield one feed's pages: a page a day for the report, and for the directory one a listing.

    A lost link (CursorExpiredError) passes, and the day is asked for again.
    """
    return _fetch_members(api) if feed == "members" else _fetch_report(api, feed, window)


def parse(page: Page) -> Records:
    """Yield a page's records: one for each person of a report's day."""
    if page.feed == "members":
        yield from _parse_members(page.body)
        return
    for person, credits_used in _by_person(page).items():
        record = partial(UsageRecord, page.feed, page.days.start, _account(person))
        if page.feed == "users":
            yield record()
        else:
            cost = None if credits_used is None else Money(credits_used.scaleb(-2))
            yield record(cost=cost, active=False)


def _fetch_report(api: Api, feed: str, window: Window) -> Iterator[Page]:
    """Day by day. A day without links is not there yet: it has no page, and is no zero."""
    for day in window.days():
        if links := _links(api, day):
            rows = [_without_the_rest(row) for link in links for row in api.download(link)]
            yield Page(feed, {"rows": rows}, Window(day, day + ONE_DAY))


def _links(api: Api, day: date) -> list[str]:
    """Return the links to the files of a day, none for a day that is not there yet."""
    try:
        said = Fields(api.get(_REPORT, {"day": day.isoformat()}), title=_TITLE)
    except ProviderError as error:
        if error.status == HTTPStatus.NO_CONTENT:
            return []
        raise
    links = said.texts("download_links")
    if links and said.day("report_day") != day:
        raise unknown_shape(_TITLE, "report_day")
    return links


def _without_the_rest(row: object) -> object:
    """Return what is read of a row; the rest, such as languages and editors, is not even kept."""
    return {name: row[name] for name in _KEPT if name in row} if isinstance(row, dict) else row


def _by_person(page: Page) -> Mapping[int, Decimal | None]:
    """Return the credits of everybody in a day's report, None where it does not say.

    Where a person stands in it more than once, each row has all of their use: the greatest counts.
    """
    found: dict[int, Decimal | None] = {}
    for row in Fields(page.body, title=_TITLE).rows("rows"):
        checked_day(page, row.day("day"), title=_TITLE)
        person = row.count("user_id")
        said = (found.get(person), row.maybe_amount(_CREDITS))
        found[person] = max((one for one in said if one is not None), default=None)
    return found


def _fetch_members(api: Api) -> Iterator[Page]:
    """The company's addresses by single sign-on, the seats, else the addresses of managed users."""
    found, managed = False, dict[str, int]()
    for body in _single_sign_on(api):
        found = found or any(_linked(body))
        yield Page("members", body)
    for body in numbered(api, _SEATS, {"per_page": _ROWS}, rows="seats", title=_TITLE):
        _note_managed(managed, body)
        yield Page("members", body)
    if not found and api.options["scope"].startswith("enterprises/"):
        for body in unless_refused(_managed_users(api), *_NO_SUCH_LIST):
            accounts = {name: managed[name] for name in _logins(body) if managed.get(name)}
            found = found or bool(accounts)
            yield Page("members", {**body, "accounts": accounts})
    if not found:
        raise _no_addresses()


def _note_managed(managed: dict[str, int], body: object) -> None:
    """Note the holders whose login is a company's own, `name_code`; 0 for a name of two people."""
    for seat in Fields(body, title=_TITLE).rows("seats"):
        if holder := seat.maybe_fields("assignee"):
            name = holder.maybe_text("login").lower().rpartition("_")[0]
            number = holder.count("id")
            if name:
                managed[name] = number if managed.get(name, number) == number else 0


def _single_sign_on(api: Api) -> Iterator[Any]:
    """Yield the lists of identities that the enterprise or organisation has itself."""
    level, name = api.options["scope"].split("/")

    def ask(at: str) -> object:
        asked = {"name": name, "after": at or None}
        return api.post("/graphql", {"query": _QUESTION[level], "variables": asked})

    return walk(ask, _next_identities, title=_TITLE)


def _next_identities(body: object) -> str:
    said = Fields(body, title=_TITLE)
    if refused := [error.maybe_text("type") for error in said.maybe_rows("errors")]:
        raise _no_identities(busy="RATE_LIMITED" in refused)
    listed = _identities(said)
    page = listed.fields("pageInfo") if listed else None
    return page.text("endCursor") if page and page.flag("hasNextPage") else ""


def _identities(body: Fields) -> Fields | None:
    """Return a list of identities, None where single sign-on is not set up at this place."""
    data = body.fields("data")
    enterprise = data.maybe_fields("enterprise")
    owner = enterprise.maybe_fields("ownerInfo") if enterprise else None
    owner = owner or data.maybe_fields("organization")
    provider = owner.maybe_fields("samlIdentityProvider") if owner else None
    return provider.fields("externalIdentities") if provider else None


def _linked(body: object) -> Iterator[tuple[int, Fields]]:
    """Yield each account with its identity; one that nobody has taken up belongs to no account."""
    listed = _identities(Fields(body, title=_TITLE))
    for identity in listed.rows("nodes") if listed else ():
        person = identity.maybe_fields("user")
        if person and (number := person.maybe_count("databaseId")):
            yield number, identity


def _managed_users(api: Api) -> Iterator[Any]:
    def ask(at: str) -> object:
        asked = {"startIndex": at or 1, "count": _ROWS}
        return api.get(_MANAGED, asked, headers={"Accept": "application/scim+json"})

    return walk(ask, _next_managed, title=_TITLE)


def _next_managed(body: object) -> str:
    said = Fields(body, title=_TITLE)
    following = said.count("startIndex") + len(list(said.rows("Resources")))
    return (
        str(following) if said.count("startIndex") < following <= said.count("totalResults") else ""
    )


def _logins(body: object) -> Iterator[str]:
    for one in Fields(body, title=_TITLE).rows("Resources"):
        yield _login(one.maybe_text("userName"))


def _login(user_name: str) -> str:
    """Return the login that GitHub makes of a user name, without the company's code.

    What stands before an @ or behind a domain, in lower case, with a dash for every other sign.
    """
    name = user_name.rpartition("\\")[2].partition("@")[0].lower()
    return _NOT_IN_A_LOGIN.sub("-", name)


def _parse_members(body: object) -> Iterator[AccountRecord]:
    said = Fields(body, title=_TITLE)
    if "seats" in said:
        yield from _parse_seats(said)
    elif "Resources" in said:
        accounts = said.fields("accounts")
        for one in said.rows("Resources"):
            if number := accounts.maybe_count(_login(one.maybe_text("userName"))):
                yield AccountRecord(_account(number), emails(*_addresses(one)))
    else:
        for number, identity in _linked(body):
            parts = (identity.maybe_fields(name) for name in ("samlIdentity", "scimIdentity"))
            found = [address for part in parts if part for address in _addresses(part)]
            yield AccountRecord(_account(number), emails(*found))


def _parse_seats(body: Fields) -> Iterator[AccountRecord]:
    """Yield a record for each grant: who has several is listed several times.

    A seat that is about to end is none: nobody is to be helped to start with it.
    """
    for seat in body.rows("seats"):
        if holder := seat.maybe_fields("assignee"):
            yield AccountRecord(
                _account(holder.count("id")),
                since=seat.day("created_at"),
                seat=not seat.maybe_text("pending_cancellation_date"),
                last_seen=seat.maybe_day("last_activity_at"),
            )


def _addresses(one: Fields) -> Iterator[str]:
    """Yield what may be an address: a name that is one counts where the roster has it, too."""
    for email in one.maybe_rows("emails"):
        yield email.maybe_text("value")
    for name in ("nameId", "username", "userName"):
        yield one.maybe_text(name)


def _account(number: int) -> AccountRef:
    return AccountRef(AccountKind.MEMBER, str(number))


def _no_identities(*, busy: bool) -> ProviderError:
    return ProviderError(
        f"{_TITLE} did not list the identities of single sign-on.",
        hint="It is tried again by itself."
        if busy
        else "The key must be an owner's, with the scope read:enterprise or read:org, and "
        "authorised for single sign-on; UNRANKED_GITHUB_COPILOT_SCOPE must name what they own.",
        retryable=busy,
    )


def _no_addresses() -> ProviderError:
    return ProviderError(
        f"{_TITLE} shows no company address of anybody, so no account is anybody's.",
        hint="Single sign-on (SAML) or managed users must be set up at the very place that "
        "UNRANKED_GITHUB_COPILOT_SCOPE names: give orgs/NAME where the organisation has it, "
        "enterprises/NAME where the enterprise has it. Nothing stored was changed.",
        retryable=False,
    )


CONNECTOR = Connector(
    slug="github_copilot",
    title=_TITLE,
    base_url="https://api.github.com",
    auth=Auth(
        header="Authorization",
        prefix="Bearer ",
        key_from="GitHub, Settings, Developer settings, Personal access tokens (classic), made by "
        "an owner with the scope read:enterprise, and scim:enterprise for managed users; for one "
        "organisation: read:org",
    ),
    headers={"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2026-03-10"},
    options=(
        Option(
            "scope",
            must="be enterprises/NAME, or orgs/NAME where nobody may read the enterprise",
            pattern="(enterprises|orgs)/[0-9A-Za-z][0-9A-Za-z_-]*",
            example="enterprises/acme",
        ),
    ),
    needs='The policy "Copilot usage metrics" must be "Enabled everywhere" (enterprise or '
    "organisation, AI controls), and the key authorised for single sign-on (Configure SSO).",
    feeds=(
        Feed("users", FeedKind.ACTIVITY),
        Feed("credits", FeedKind.COST, every=timedelta(hours=20)),
        Feed("members", FeedKind.DIRECTORY),
    ),
    history=timedelta(days=364),
    forgets=timedelta(days=90),
    pace=timedelta(milliseconds=750),
    cannot_see=(
        "on which days somebody chats on github.com or on the phone",
        "people whose editor reports nothing",
        "tokens",
        "which part of the credits the plan includes",
        "other organisations than the ones it is set up for",
    ),
    active_means="On that day GitHub saw Copilot at work for the person: in an editor, on the "
    "command line or on its own servers.",
    fetch=fetch,
    parse=parse,
    check_path=_SEATS,
)
