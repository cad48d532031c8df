"""A made-up organisation at GitHub: its members, their single sign-on, and what they merged.

Shapes: GitHub's GraphQL schema and REST description. It understands the questions that it is asked
here and refuses any other; a search shows at most 1,000 results, as the real one does.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from unranked.demo.company import Company
from unranked.demo.company_finished import ORG, Developer, Finished, Pull
from unranked.demo.fake_provider import (
    FakeProvider,
    Now,
    Query,
    RefusedError,
    T,
    bad,
    not_found,
    to_json,
)
from unranked.demo.http import Request

GITHUB = "github"
_MOST = 1000
_ROWS = 100
_SEARCH = re.compile(
    r"org:(?P<org>\S+) is:pr is:merged "
    r"merged:(?P<start>[\dTZ:-]+)\.\.(?P<end>[\dTZ:-]+) sort:created-asc"
)
_SECOND = timedelta(seconds=1)

Answered = dict[str, object]


class FakeGitHub(FakeProvider):
    """The organisation, served at `url`. Wants `Authorization: Bearer` with the key."""

    tool = GITHUB
    methods = ("GET", "POST")

    def __init__(self, company: Company, now: Now, key: str) -> None:
        self.finished = Finished(company)
        super().__init__(company, now, key)

    def _is_signed(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {self._key}"

    def _body(self, request: Request, now: datetime) -> str:
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["orgs", org, "members"] if org == ORG:
                return self._members(Query(request), now)
            case "POST", ["graphql"]:
                return to_json(self._asked(request, now))
        raise not_found()

    def _members(self, query: Query, now: datetime) -> str:
        query.only({"per_page", "page", "filter", "role"})
        size = query.number("per_page", 30, 1, _ROWS)
        start = size * (query.number("page", 1, 1, 10**6) - 1)
        listed = self._listed(now)[start : start + size]
        return to_json([{"login": m.login, "id": m.number, "type": "User"} for m in listed])

    def _asked(self, request: Request, now: datetime) -> Answered:
        try:
            asked = json.loads(request.body)
            query, variables = str(asked["query"]), dict(asked["variables"])
        except (ValueError, KeyError, TypeError):
            raise bad("Problems parsing JSON") from None
        if "search(" in query:
            return self._search(variables, now)
        if variables.get("name", variables.get("org")) != ORG:
            return _unresolved("organization")
        if "membersWithRole" in query:
            return self._with_addresses(variables, now)
        if "samlIdentityProvider" in query and "organization(" in query:
            return self._identities(variables, now)
        return {"errors": [{"message": "This made-up GitHub does not know that field."}]}

    def _search(self, variables: Mapping[str, object], now: datetime) -> Answered:
        asked = _SEARCH.fullmatch(str(variables.get("q")))
        size = variables.get("first")
        if asked is None or not isinstance(size, int) or not 1 <= size <= _ROWS:
            return {"errors": [{"type": "INVALID", "message": "This search is not understood."}]}
        shown = self._shown_at(now)
        start, end = (datetime.fromisoformat(asked[name]) for name in ("start", "end"))
        until = min(end + _SECOND, shown)
        pulls = self.finished.between(start, until) if asked["org"] == ORG and start < until else ()
        page, info = _page(pulls[:_MOST], variables, size)
        nodes = [_pull(one) for one in page]
        found = {"issueCount": len(pulls), "pageInfo": info, "nodes": nodes}
        return {"data": {"search": found}}

    def _with_addresses(self, variables: Mapping[str, object], now: datetime) -> Answered:
        page, info = _page(self._listed(now), variables, _ROWS)
        nodes = [
            {
                "login": one.login,
                "databaseId": one.number,
                "organizationVerifiedDomainEmails": [one.email] if one.email else [],
            }
            for one in page
        ]
        members = {"pageInfo": info, "nodes": nodes}
        return {"data": {"organization": {"membersWithRole": members}}}

    def _identities(self, variables: Mapping[str, object], now: datetime) -> Answered:
        linked = [one for one in self._listed(now) if one.linked and one.email]
        page, info = _page(linked, variables, _ROWS)
        nodes = [
            {
                "samlIdentity": {"nameId": one.email, "username": None, "emails": None},
                "scimIdentity": None,
                "user": {"databaseId": one.number},
            }
            for one in page
        ]
        provider = {"externalIdentities": {"pageInfo": info, "nodes": nodes}}
        return {"data": {"organization": {"samlIdentityProvider": provider}}}

    def _listed(self, now: datetime) -> Sequence[Developer]:
        return [one for one in self.finished.developers if one.is_member(now.date())]

    def _error(self, refused: RefusedError) -> dict[str, object]:
        return {"message": refused.message, "status": str(int(refused.status))}


def _page(
    items: Sequence[T], variables: Mapping[str, object], size: int
) -> tuple[Sequence[T], Answered]:
    """Return the items of the page asked for, and what GraphQL says of the next one."""
    after = str(variables.get("after") or "0")
    start = int(after) if after.isdigit() else len(items)
    end = start + size
    more = end < len(items)
    return items[start:end], {"hasNextPage": more, "endCursor": str(end) if more else None}


def _pull(one: Pull) -> Answered:
    author: Answered = {"__typename": "Bot"}
    if one.author:
        author = {"__typename": "User", "databaseId": one.author}
    return {
        "number": one.number,
        "title": one.title,
        "body": one.body,
        "mergedAt": f"{one.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "author": author if one.login else None,
        "repository": {"nameWithOwner": one.repository},
    }


def _unresolved(what: str) -> Answered:
    error = {"type": "NOT_FOUND", "message": "Could not resolve to it.", "path": [what]}
    return {"data": {what: None}, "errors": [error]}
