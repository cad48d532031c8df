"""GitHub: how many pull requests of whose were merged on which day, and nothing of what is in them.

Source: GitHub's GraphQL schema and its pages on search and limits, of November 2026. Days are UTC,
by the time of the merge. 5,000 points an hour. A search shows 1,000 results at most: where there
are more, it is asked in shorter pieces. Its index follows by minutes. GitHub Enterprise Server:
the address ends in /api/v3.

It is no AI tool: all finished work counts, with AI or without. Credited is who opened the pull
request, and not who pressed the button; a bot, an app or a deleted account is nobody.

A revert is what GitHub's own button writes (github_reverts.py). What becomes of the counts then is
domain/survival.py's. Titles and texts are looked at for that and dropped at once: a page holds
numbers alone.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any, Final

from unranked.config import Option
from unranked.connectors.answers import Fields, walk
from unranked.connectors.base import Api, Auth, Connector, Feed, FeedKind, Page, emails
from unranked.connectors.github_identities import (
    Identities,
    account,
    accounts_in,
    next_cursor,
    question,
    refusal,
)
from unranked.connectors.github_reverts import place_of, reverted_by
from unranked.domain.constants import SURVIVAL
from unranked.domain.outcomes import OutcomeKind, OutcomeRecord
from unranked.domain.survival import Work, survivors
from unranked.domain.usage import ONE_DAY, AccountRecord, Window
from unranked.errors import ProviderError

_TITLE: Final = "GitHub"
_MOST: Final = 1000
_SHORTEST: Final = timedelta(minutes=1)
_SECOND: Final = timedelta(seconds=1)
_DAYS_AT_ONCE: Final = 7
_SIZES: Final = (100, 20, 4)
_EXPENSIVE: Final = (HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT)
_RIGHTS: Final = (
    "UNRANKED_GITHUB_KEY must be an owner's, with the right to read members and pull requests, and "
    "authorised for single sign-on; UNRANKED_GITHUB_ORG, and UNRANKED_GITHUB_ENTERPRISE where it "
    "is set, must name what they own."
)

_MERGED: Final = """query ($q: String!, $first: Int!, $after: String) {
  search(query: $q, type: ISSUE, first: $first, after: $after) {
    issueCount
    pageInfo { hasNextPage endCursor }
    nodes { ... on PullRequest {
      number title body mergedAt
      author { __typename ... on User { databaseId } }
      repository { nameWithOwner }
    } }
  }
}"""
_MEMBERS: Final = """query ($org: String!, $after: String) {
  organization(login: $org) {
    membersWithRole(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { login databaseId organizationVerifiedDomainEmails(login: $org) }
    }
  }
}"""


def fetch(api: Api, feed: str, window: Window) -> Iterator[Page]:
    """Yield one feed's pages: a page a day of what was merged, a page for each list of members."""
    return _fetch_members(api) if feed == "members" else _fetch_merged(api, window)


def parse(page: Page) -> Iterator[OutcomeRecord | AccountRecord]:
    """Yield a page's records: one for each author of a day, or for each account of a list."""
    said = Fields(page.body, title=_TITLE)
    if page.feed != "members":
        for row in said.rows("rows"):
            who, day = account(row.count("author")), page.days.start
            finished, done = row.count("finished"), row.count("merged")
            yield OutcomeRecord(who, day, OutcomeKind.PR_MERGED, finished, done)
    elif "members" in said:
        for row in said.rows("members"):
            yield AccountRecord(account(row.count("id")), emails(*sorted(row.texts("emails"))))
    else:
        yield from accounts_in(said)


def _fetch_merged(api: Api, window: Window) -> Iterator[Page]:
    """Day by day, each as soon as all is read that may undo its work: 14 days later."""
    search = _Search(api)
    waiting: dict[date, list[Work]] = {}
    for part in window.split(_DAYS_AT_ONCE):
        waiting |= {day: [] for day in part.days()}
        for one in search.between(_midnight(part.start), _midnight(part.end)):
            waiting[one.at.date()].append(one)
        for day in [day for day in waiting if day + SURVIVAL < part.end]:
            yield _page(day, waiting, ())
            del waiting[day]
    end = _midnight(window.end)
    later = list(search.between(end, end + SURVIVAL)) if waiting else ()
    for day in waiting:
        yield _page(day, waiting, later)


def _page(day: date, known: Mapping[date, list[Work]], later: Iterable[Work]) -> Page:
    """Return the page of a day: who merged how much, and how much of it counts, which may be 0."""
    around = (*(one for found in known.values() for one in found), *later)
    merged = Counter(one.author for one in known[day] if one.author)
    counts = Counter(one.author for one in survivors(known[day], around))
    rows = [
        {"author": author, "merged": merged[author], "finished": counts[author]}
        for author in sorted(merged)
    ]
    return Page("merged", {"rows": rows}, Window(day, day + ONE_DAY))


class _Search:
    """Asks for what was merged in a span of time, in as many and as small pieces as it takes."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._sizes = list(_SIZES)

    def between(self, start: datetime, end: datetime) -> Iterator[Work]:
        """Yield what was merged from `start` on, up to `end`, each once."""
        first = self._asked(start, end, "")
        if _found(first).count("issueCount") > _MOST:
            middle = (start + (end - start) / 2).replace(microsecond=0)
            if end - start <= _SHORTEST:
                raise _too_many()
            yield from self.between(start, middle)
            yield from self.between(middle, end)
            return

        def ask(at: str) -> object:
            return self._asked(start, end, at) if at else first

        seen: set[tuple[str, int]] = set()
        for body in walk(ask, lambda body: next_cursor(_found(body)), title=_TITLE):
            for one in map(_merged, _found(body).rows_there("nodes")):
                if not start <= one.at < end:
                    raise _not_asked_for()
                repository, number, _ = one.place
                if (repository, number) not in seen:
                    seen.add((repository, number))
                    yield one

    def _asked(self, start: datetime, end: datetime, after: str) -> Any:  # noqa: ANN401 - decoded JSON is whatever GitHub sent
        """Return one page. Where a question is too much for GitHub, all later ones are smaller."""
        span = f"{start:%Y-%m-%dT%H:%M:%SZ}..{end - _SECOND:%Y-%m-%dT%H:%M:%SZ}"
        q = f"org:{self._api.options['org']} is:pr is:merged merged:{span} sort:created-asc"
        while True:
            asked = {"q": q, "first": self._sizes[0], "after": after or None}
            try:
                body = question(self._api, _MERGED, asked)
                said = Fields(body, title=_TITLE)
                if error := refusal(said, title=_TITLE, what="what was merged", rights=_RIGHTS):
                    raise error
            except ProviderError as error:
                if error.status not in _EXPENSIVE or len(self._sizes) == 1:
                    raise
                del self._sizes[0]
            else:
                return body


def _found(body: object) -> Fields:
    return Fields(body, title=_TITLE).fields("data").fields("search")


def _merged(node: Fields) -> Work:
    repository = node.fields("repository").text("nameWithOwner").lower()
    title = node.maybe_text("title")
    author = node.maybe_fields("author")
    is_person = author is not None and author.text("__typename") == "User"
    return Work(
        at=node.time("mergedAt"),
        place=place_of(repository, node.count("number"), title),
        author=(author.maybe_count("databaseId") or 0) if author and is_person else 0,
        undoes=reverted_by(title, node.maybe_text("body"), repository),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _fetch_members(api: Api) -> Iterator[Page]:
    """Addresses by single sign-on, the members with theirs, else the addresses of managed users."""
    known = Identities(api, title=_TITLE, rights=_RIGHTS)
    org, enterprise = f"orgs/{api.options['org']}", f"enterprises/{api.options['enterprise']}"
    places = [org, enterprise] if api.options["enterprise"] else [org]
    for place in places:
        for body in known.single_sign_on(place):
            yield Page("members", body)
    addresses = False
    for body in walk(lambda at: _ask_members(api, at), _next_members, title=_TITLE):
        members = list(_members(body, known))
        addresses = addresses or any(one["emails"] for one in members)
        yield Page("members", {"members": members})
    if not known.found and api.options["enterprise"]:
        for body in known.managed(enterprise):
            yield Page("members", body)
    if not known.found and not addresses:
        raise _no_addresses()


def _ask_members(api: Api, after: str) -> object:
    return question(api, _MEMBERS, {"org": api.options["org"], "after": after or None})


def _next_members(body: object) -> str:
    said = Fields(body, title=_TITLE)
    if error := refusal(said, title=_TITLE, what="the organisation's members", rights=_RIGHTS):
        raise error
    return next_cursor(said.fields("data").fields("organization").fields("membersWithRole"))


def _members(body: object, known: Identities) -> Iterator[dict[str, Any]]:
    """Yield the number and the addresses of each member of a list; the login is only noted."""
    organisation = Fields(body, title=_TITLE).fields("data").fields("organization")
    for one in organisation.fields("membersWithRole").rows_there("nodes"):
        if number := one.maybe_count("databaseId"):
            known.note(one.maybe_text("login"), number)
            yield {"id": number, "emails": one.texts("organizationVerifiedDomainEmails")}


def _too_many() -> ProviderError:
    return ProviderError(
        f"{_TITLE} shows only a part of what was merged within one minute.",
        hint="Nothing stored was changed. A robot that merges so many pull requests belongs into "
        "an organisation of its own.",
        retryable=False,
    )


def _not_asked_for() -> ProviderError:
    return ProviderError(
        f"{_TITLE} answered for a time that it was not asked for.",
        hint="Check that the address leads to the API itself; nothing stored was changed.",
        retryable=False,
    )


def _no_addresses() -> ProviderError:
    return ProviderError(
        f"{_TITLE} shows no company address of anybody, so no account is anybody's.",
        hint="Single sign-on (SAML), managed users or a verified domain must be set up for the "
        "organisation that UNRANKED_GITHUB_ORG names. Where it is the enterprise that has them, "
        "set UNRANKED_GITHUB_ENTERPRISE, too. Nothing stored was changed.",
        retryable=False,
    )


CONNECTOR = Connector(
    slug="github",
    title=_TITLE,
    base_url="https://api.github.com",
    auth=Auth(
        header="Authorization",
        prefix="Bearer ",
        key_from="GitHub, Settings, Developer settings, Personal access tokens, made by an owner "
        "of the organisation: fine-grained, with Pull requests and Members to read, or classic, "
        "with repo and read:org, and read:enterprise for an enterprise",
    ),
    headers={"Accept": "application/vnd.github+json"},
    options=(
        Option(
            "org",
            must="be the name of the organisation, as in the address of its page",
            pattern="[0-9A-Za-z][0-9A-Za-z_-]*",
            example="acme",
        ),
        Option(
            "enterprise",
            must="be the name of the enterprise that has single sign-on or managed users",
            pattern="[0-9A-Za-z][0-9A-Za-z_-]*",
            example="corp",
            needed=False,
        ),
    ),
    needs="The key must be authorised for single sign-on (Configure SSO) where there is any.",
    feeds=(
        Feed("members", FeedKind.DIRECTORY, every=timedelta(hours=6)),
        Feed(
            "merged",
            FeedKind.OUTCOME,
            lag=timedelta(days=1),
            reread=SURVIVAL + timedelta(days=3),
            every=timedelta(hours=6),
            work=OutcomeKind.PR_MERGED,
        ),
    ),
    history=timedelta(days=120),
    pace=timedelta(milliseconds=750),
    cannot_see=(
        "pull requests in repositories that the key may not see",
        "what is merged without a pull request",
        "work that was undone otherwise than by GitHub's own revert, or later than 14 days after",
        "who asked an agent for a pull request that the agent opened",
        "work of accounts that are not in the organisation",
    ),
    active_means="",
    fetch=fetch,
    parse=parse,
    check_path="/orgs/{org}/members",
)
