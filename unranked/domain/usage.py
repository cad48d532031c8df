"""Usage as every provider reports it, in one shape: records, tokens, money, windows of days.

Nothing here can hold a prompt, a file name, a session's length or a time of day.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """The half-open days [start, end); days are the provider's UTC days."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"A window ends before it starts: {self.start} to {self.end}.")

    def days(self) -> Iterator[date]:
        """Yield every day from the first to the last."""
        day = self.start
        while day < self.end:
            yield day
            day += ONE_DAY

    def split(self, most: int) -> "Iterator[Window]":
        """Yield windows of at most `most` days that together make up this one, oldest first."""
        start = self.start
        while start < self.end:
            end = min(self.end, start + timedelta(days=most))
            yield Window(start, end)
            start = end


class AccountKind(StrEnum):
    """What a provider's account is. Only a member can be a person.

    ERASED: those of everybody who was erased, in one. They count, and lead to nobody.
    """

    MEMBER = "member"
    KEY = "key"
    SERVICE = "service"
    NOBODY = "nobody"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class AccountRef:
    """A provider's own name for an account. It stays out of `repr`, and so out of logs."""

    kind: AccountKind
    id: str = field(repr=False)


NOBODY = AccountRef(AccountKind.NOBODY, "")
"""Usage that the provider ties to no account at all."""

ERASED = AccountRef(AccountKind.ERASED, "(erased)")
"""Usage of people who were erased, all of it together."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The four kinds of token of method.md 1.3, disjoint. `n_in` is uncached input only."""

    n_in: int = 0
    n_out: int = 0
    n_cr: int = 0
    n_cw5: int = 0
    n_cw1h: int = 0

    def __post_init__(self) -> None:
        if min(self.n_in, self.n_out, self.n_cr, self.n_cw5, self.n_cw1h) < 0:
            raise ValueError("A token count is negative: the provider's fields do not add up.")

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(
            self.n_in + other.n_in,
            self.n_out + other.n_out,
            self.n_cr + other.n_cr,
            self.n_cw5 + other.n_cw5,
            self.n_cw1h + other.n_cw1h,
        )

    def __bool__(self) -> bool:
        return any((self.n_in, self.n_out, self.n_cr, self.n_cw5, self.n_cw1h))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole currency units. An unknown price is no Money, never Money of zero."""

    amount: Decimal
    currency: str = "USD"

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError("Amounts of two currencies have no sum.")
        return Money(self.amount + other.amount, self.currency)


@dataclass(frozen=True, slots=True)
class UsageRecord:
    """One row of a provider's answer. Two rows that differ in any field up to `variant` stay two.

    feed: the connector's feed that it came from; a feed's day is replaced as a whole.
    variant: what else keeps two rows apart and has no column of its own.
    requests: intentional acts counted by the provider; None where it does not say.
    tokens, cost: None where the feed does not report them: unknown is not zero.
    active: the provider's own word on whether the person did something on that day.
    """

    feed: str
    day: date
    account: AccountRef
    product: str = ""
    model: str = ""
    tier: str = ""
    credential: AccountRef | None = None
    project: str = ""
    variant: str = ""
    requests: int | None = None
    tokens: Tokens | None = None
    cost: Money | None = None
    active: bool = True

    @property
    def is_activity(self) -> bool:
        """Whether somebody did something: a row of zeros is the same as no row."""
        counted = self.requests is not None or self.tokens is not None
        return self.active and (not counted or bool(self.requests) or bool(self.tokens))


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """One account of a provider's directory, as a complete listing shows it.

    emails: normalised; they tie the account to a person and live in the vault only.
    since: the first day of access, where the provider says it.
    seat: the account gives a person access to the tool, so that zero use means something.
    last_seen: the last day of use that the directory itself names. It may be use that no usage row
        shows, so silence up to this day means nothing.
    """

    account: AccountRef
    emails: tuple[str, ...] = field(default=(), repr=False)
    since: date | None = None
    seat: bool = False
    last_seen: date | None = None
