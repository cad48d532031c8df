"""People, their accounts, and which account belongs to whom on which day."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from unranked.domain.usage import Window


@lru_cache(maxsize=100_000)
def normalise_email(value: str) -> str:
    """Return the address as it is compared, or an empty string for what is none (roster.md 8.3).

    Trimmed, NFC, lower case, IDNA for the domain. Plus-tags and dots stay: they are mailboxes of
    their own outside one provider.
    """
    text = unicodedata.normalize("NFC", value.strip()).lower()
    local, at, domain = text.rpartition("@")
    if not (at and local and domain) or any(c.isspace() for c in text) or "@" in local:
        return ""
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    if any(c.isspace() for c in ascii_domain):  # IDNA makes a space of some marks
        return ""
    labels = ascii_domain.split(".")
    return f"{local}@{ascii_domain}" if len(labels) > 1 and all(labels) else ""


@dataclass(frozen=True, slots=True)
class Claim:
    """An e-mail address that an account and a person share, on the days [since, until)."""

    account_key: str
    person_key: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """An account belongs to this one person on the days [since, until)."""

    account_key: str
    person_key: str
    since: date
    until: date | None = field(default=None)


def ties(claims: Iterable[Claim]) -> Iterator[Tie]:
    """Yield who an account belongs to, by the day. Days that two people claim belong to nobody.

    `claims` come account by account. A claim that repeats changes nothing.
    """
    by_account: dict[str, list[Claim]] = {}
    for claim in claims:
        by_account.setdefault(claim.account_key, []).append(claim)
    for account_key, own in by_account.items():
        yield from _ties_of_one(account_key, own)


def _ties_of_one(account_key: str, claims: list[Claim]) -> Iterator[Tie]:
    far = date.max
    edges = sorted({c.since for c in claims} | {c.until or far for c in claims})
    last: Tie | None = None
    for start, end in pairwise(edges):
        people = {c.person_key for c in claims if c.since <= start and end <= (c.until or far)}
        if len(people) != 1:
            continue
        (person_key,) = people
        until = None if end == far else end
        if last is not None and last.person_key == person_key and last.until == start:
            last = Tie(account_key, person_key, last.since, until)
            continue
        if last is not None:
            yield last
        last = Tie(account_key, person_key, start, until)
    if last is not None:
        yield last


class PersonKind(StrEnum):
    """What a member of the chat's workspace is. Only a member gets messages."""

    MEMBER = "member"
    GUEST = "guest"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class ChatMember:
    """One entry of the chat's member list.

    present: neither deactivated nor only invited.
    zone: an IANA name; empty where the chat does not say.
    locale: such as `de-DE`; empty where the chat does not say.
    """

    id: str = field(repr=False)
    kind: PersonKind
    present: bool
    email: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    zone: str = ""
    locale: str = ""


@dataclass(frozen=True, slots=True)
class StaffEntry:
    """One line of the optional CSV; what it leaves out is unknown, not empty.

    dotted: the addresses of other managers. weekdays: Monday is 0. leave: half-open days.
    """

    email: str = field(repr=False)
    manager_email: str = field(default="", repr=False)
    dotted: tuple[str, ...] = field(default=(), repr=False)
    department: str = field(default="", repr=False)
    start_date: date | None = field(default=None, repr=False)
    weekdays: frozenset[int] | None = field(default=None, repr=False)
    leave: tuple[Window, ...] = field(default=(), repr=False)
    region: str = field(default="", repr=False)
