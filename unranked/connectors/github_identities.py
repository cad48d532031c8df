"""Whose a GitHub account is: addresses of single sign-on (SAML) and of managed users (SCIM).

Source: GitHub's GraphQL schema, and its page on usernames with external authentication. For every
connector that asks GitHub. An account is its number, which never changes; a login may.

A place is enterprises/NAME or orgs/NAME.
"""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from unranked.connectors.answers import Fields, unless_refused, walk
from unranked.connectors.base import Api, emails
from unranked.domain.usage import AccountKind, AccountRecord, AccountRef
from unranked.errors import ProviderError

_ROWS: Final = 100
_BUSY: Final = "RATE_LIMITED"
_TOO_MUCH: Final = frozenset({"", "RESOURCE_LIMITS_EXCEEDED"})
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


class Identities:
    """The lists of addresses that one connector reads, one place after the other.

    rights: what the key must have, as a sentence; said where a list is refused.
    found: whether any of them named an account so far.
    """

    def __init__(self, api: Api, *, title: str, rights: str) -> None:
        self.found = False
        self._api, self._title, self._rights = api, title, rights
        self._noted = dict[str, int]()

    def single_sign_on(self, place: str) -> Iterator[Any]:
        """Yield the lists of identities that the enterprise or organisation has itself."""
        level, name = place.split("/")

        def ask(at: str) -> object:
            return question(self._api, _QUESTION[level], {"name": name, "after": at or None})

        for body in walk(ask, self._after, title=self._title):
            self.found = self.found or any(_linked(Fields(body, title=self._title)))
            yield body

    def note(self, login: str, number: int) -> None:
        """Note an account whose login may be a company's own, `name_code`.

        A name of two accounts, with the codes of two companies, is nobody's.
        """
        name = login.lower().rpartition("_")[0]
        if name:
            self._noted[name] = number if self._noted.get(name, number) == number else 0

    def managed(self, place: str) -> Iterator[Any]:
        """Yield the lists of managed users, each with the noted accounts that are theirs."""
        for body in unless_refused(self._users(place), *_NO_SUCH_LIST):
            users = Fields(body, title=self._title).rows("Resources")
            names = {_login(one.maybe_text("userName")) for one in users}
            accounts = {name: self._noted[name] for name in names if self._noted.get(name)}
            self.found = self.found or bool(accounts)
            yield {**body, "accounts": accounts}

    def _after(self, body: object) -> str:
        said = Fields(body, title=self._title)
        if error := refusal(
            said, title=self._title, what="the identities of single sign-on", rights=self._rights
        ):
            raise error
        listed = _identities(said)
        return next_cursor(listed) if listed else ""

    def _users(self, place: str) -> Iterator[Any]:
        def ask(at: str) -> object:
            asked = {"startIndex": at or 1, "count": _ROWS}
            accept = {"Accept": "application/scim+json"}
            return self._api.get(f"/scim/v2/{place}/Users", asked, headers=accept)

        return walk(ask, self._next_users, title=self._title)

    def _next_users(self, body: object) -> str:
        said = Fields(body, title=self._title)
        start = said.count("startIndex")
        following = start + len(list(said.rows("Resources")))
        return str(following) if start < following <= said.count("totalResults") else ""


def question(api: Api, query: str, variables: Mapping[str, object]) -> Any:  # noqa: ANN401 - decoded JSON is whatever GitHub sent
    """Return the answer to a question in GraphQL. GitHub Enterprise Server has it beside /v3."""
    return api.post("/graphql", {"query": query, "variables": variables}, beside_version=True)


def refusal(said: Fields, *, title: str, what: str, rights: str) -> ProviderError | None:
    """Return the error of an answer that holds errors; what stands beside them is not all.

    Its status is 502, as over HTTP, where the question was too much for GitHub.
    """
    types = {error.maybe_text("type") for error in said.maybe_rows("errors")}
    too_much = bool(types) and types <= _TOO_MUCH
    passes = too_much or _BUSY in types
    error = ProviderError(
        f"{title} did not list {what}.",
        hint="It is tried again by itself; nothing stored was changed." if passes else rights,
        retryable=passes,
        status=HTTPStatus.BAD_GATEWAY if too_much else 0,
    )
    return error if types else None


def next_cursor(listed: Fields) -> str:
    """Return the cursor of the page after this one; empty on the last."""
    page = listed.fields("pageInfo")
    return page.text("endCursor") if page.flag("hasNextPage") else ""


def account(number: int) -> AccountRef:
    """Return the account of that number."""
    return AccountRef(AccountKind.MEMBER, str(number))


def accounts_in(body: Fields) -> Iterator[AccountRecord]:
    """Yield the accounts of one list of `Identities`, with their addresses."""
    if "Resources" not in body:
        for number, identity in _linked(body):
            parts = (identity.maybe_fields(name) for name in ("samlIdentity", "scimIdentity"))
            found = [address for part in parts if part for address in _addresses(part)]
            yield AccountRecord(account(number), emails(*found))
        return
    theirs = body.fields("accounts")
    for one in body.rows("Resources"):
        if known := theirs.maybe_count(_login(one.maybe_text("userName"))):
            yield AccountRecord(account(known), emails(*_addresses(one)))


def _identities(body: Fields) -> Fields | None:
    """Return a list of identities, None where single sign-on is not set up at this place."""
    data = body.fields("data")
    enterprise = data.maybe_fields("enterprise")
    owner = enterprise.maybe_fields("ownerInfo") if enterprise else None
    owner = owner or data.maybe_fields("organization")
    provider = owner.maybe_fields("samlIdentityProvider") if owner else None
    return provider.fields("externalIdentities") if provider else None


def _linked(body: Fields) -> Iterator[tuple[int, Fields]]:
    """Yield each account with its identity; one that nobody has taken up belongs to no account."""
    listed = _identities(body)
    for identity in listed.rows("nodes") if listed else ():
        person = identity.maybe_fields("user")
        if person and (number := person.maybe_count("databaseId")):
            yield number, identity


def _login(user_name: str) -> str:
    """Return the login that GitHub makes of a user name, without the company's code.

    What stands before an @ or behind a domain, in lower case, with a dash for every other sign.
    """
    name = user_name.rpartition("\\")[2].partition("@")[0].lower()
    return _NOT_IN_A_LOGIN.sub("-", name)


def _addresses(one: Fields) -> Iterator[str]:
    """Yield what may be an address: a name that is one counts where the roster has it, too."""
    for email in one.maybe_rows("emails"):
        yield email.maybe_text("value")
    for name in ("nameId", "username", "userName"):
        yield one.maybe_text(name)
