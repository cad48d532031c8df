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

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from http import HTTPStatus
from typing import Final

from unranked.config import Option
from unranked.connectors.answers import Fields, checked_day, numbered, unknown_shape
from unranked.connectors.base import Api, Auth, Connector, Feed, FeedKind, Page
from unranked.connectors.github_identities import Identities, account, accounts_in
from unranked.domain.usage import ONE_DAY, AccountRecord, Money, UsageRecord, Window
from unranked.errors import ProviderError

Records = Iterator[UsageRecord | AccountRecord]

_TITLE: Final = "GitHub Copilot"
_SEATS: Final = "/{scope}/copilot/billing/seats"
_REPORT: Final = "/{scope}/copilot/metrics/reports/users-1-day"
_ROWS: Final = 100
_CREDITS: Final = "ai_credits_used"
_KEPT: Final = ("day", "user_id", _CREDITS)
_RIGHTS: Final = (
    "The key must be an owner's, with the scope read:enterprise or read:org, and authorised for "
    "single sign-on; UNRANKED_GITHUB_COPILOT_SCOPE must name what they own."
)


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
        record = partial(UsageRecord, page.feed, page.days.start, account(person))
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
    scope = api.options["scope"]
    known = Identities(api, title=_TITLE, rights=_RIGHTS)
    for body in known.single_sign_on(scope):
        yield Page("members", body)
    for body in numbered(api, _SEATS, {"per_page": _ROWS}, rows="seats", title=_TITLE):
        for seat in Fields(body, title=_TITLE).rows("seats"):
            if holder := seat.maybe_fields("assignee"):
                known.note(holder.maybe_text("login"), holder.count("id"))
        yield Page("members", body)
    if not known.found and scope.startswith("enterprises/"):
        for body in known.managed(scope):
            yield Page("members", body)
    if not known.found:
        raise _no_addresses()


def _parse_members(body: object) -> Iterator[AccountRecord]:
    said = Fields(body, title=_TITLE)
    return _parse_seats(said) if "seats" in said else accounts_in(said)


def _parse_seats(body: Fields) -> Iterator[AccountRecord]:
    """Yield a record for each grant: who has several is listed several times.

    A seat that is about to end is none: nobody is to be helped to start with it.
    """
    for seat in body.rows("seats"):
        if holder := seat.maybe_fields("assignee"):
            yield AccountRecord(
                account(holder.count("id")),
                since=seat.day("created_at"),
                seat=not seat.maybe_text("pending_cancellation_date"),
                last_seen=seat.maybe_day("last_activity_at"),
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
    counts_tokens=False,
)
