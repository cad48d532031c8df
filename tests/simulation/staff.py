"""The people of the made-up company: what they did and want, as the one who plays them knows it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from thirty_zones import ZONES

from unranked.connectors.base import Auth, Connector, Feed, FeedKind
from unranked.domain.people import PersonKind
from unranked.domain.usage import Window
from unranked.store import Tx, people, vault
from unranked.store.people import StoredPerson
from unranked.store.tables import Account, Person, Tie, table
from unranked.store.usage import Row

SLUG = "acme"
FEEDS = ("members", "usage")
ONE_DAY = timedelta(days=1)
PATTERNS = (
    (None, 6),
    (frozenset(range(5)), 3),
    (frozenset(range(4)), 1),
    (frozenset({1, 2, 3}), 1),
)
MIDDLE_EAST = frozenset({6, 0, 1, 2, 3})
UNITS = 12


@dataclass(slots=True)
class Somebody:
    """One person. known: the days of use that are stored of them now, however often.

    came: when nudges arrived; touched: the last UTC day on which they pressed anything.
    leave: days [start, end) by the company's list. off_from, off_until: by their own choice.
    """

    number: int
    zone: str
    unit: str
    weekdays: frozenset[int] | None
    joined: date
    left: date | None = None
    stopped: bool = False
    objected: bool = False
    declines: bool = False
    fewer_since: datetime | None = None
    off_from: date | None = None
    off_until: date | None = None
    leave: list[tuple[date, date]] = field(default_factory=list)
    hours: tuple[time, time] | None = None
    own_weekdays: frozenset[int] | None = None
    known: Counter[date] = field(default_factory=Counter)
    came: list[tuple[datetime, str]] = field(default_factory=list)
    touched: date | None = None
    busy_until: date | None = None

    @property
    def key(self) -> str:
        """Their key in the store."""
        return f"p-{self.number:07}"

    @property
    def member(self) -> str:
        """Their id in the chat."""
        return f"U{self.number:07}"

    @property
    def account(self) -> str:
        """The key of their account with the tool."""
        return f"a-{self.number:07}"

    @property
    def works_on(self) -> frozenset[int]:
        """The weekdays on which something may reach them."""
        usual = self.weekdays or self.own_weekdays or frozenset(range(5))
        return usual if self.own_weekdays is None else usual & self.own_weekdays

    def is_away(self, day: date) -> bool:
        """Return whether they are on leave on a day of their own calendar."""
        own = self.off_from is not None and self.off_from <= day < (self.off_until or date.max)
        return own or any(start <= day < end for start, end in self.leave)


def hired(random: Random, number: int, joined: date) -> Somebody:
    """Return one more person."""
    zone = ZONES[number % len(ZONES)]
    patterns, weights = zip(*PATTERNS, strict=True)
    weekdays = random.choices(patterns, weights)[0]
    if zone in {"Asia/Jerusalem", "Africa/Cairo"} and weekdays is not None:
        weekdays = MIDDLE_EAST
    return Somebody(number, zone, f"Unit {random.randrange(UNITS)}", weekdays, joined)


def connector() -> Connector:
    """Return what the program knows of the made-up tool; its days are stored, not fetched."""
    return Connector(
        slug=SLUG,
        title="Acme",
        base_url="http://127.0.0.1",
        auth=Auth("Authorization", "Bearer ", "the tool's console"),
        feeds=(
            Feed("members", FeedKind.DIRECTORY),
            Feed("usage", FeedKind.ACTIVITY, lag=ONE_DAY),
        ),
        history=timedelta(days=60),
        pace=timedelta(0),
        cannot_see=("use with a private account",),
        active_means="a request",
        fetch=lambda *_: iter(()),
        parse=lambda _: iter(()),
        check_path="members",
    )


def store_new(tx: Tx, staff: Iterable[Somebody]) -> None:
    """Store people with their chat ids, and a seat each since the day on which they came."""
    rows = list(staff)
    _insert(tx, Person, (_person_row(one) for one in rows))
    entries = (vault.Entry(one.key, vault.SLACK, vault.MEMBER, one.member) for one in rows)
    vault.put(tx, entries)
    _insert(
        tx,
        Account,
        (
            {
                "account_key": one.account,
                "connector": SLUG,
                "kind": "member",
                "first_seen": one.joined,
                "seat_since": one.joined,
                "seat_dated": True,
                "listed": True,
            }
            for one in rows
        ),
    )
    _insert(
        tx,
        Tie,
        ({"account_key": o.account, "since": vault.EVER, "person_key": o.key} for o in rows),
    )


def store_changed(tx: Tx, staff: Iterable[Somebody]) -> None:
    """Store people whose line in the roster is another one now."""
    people.save(tx, [stored(one) for one in staff])


def store_leave(tx: Tx, staff: Iterable[Somebody]) -> None:
    """Store the leave of these people, as the company's list names it."""

    people.set_absences(
        tx, {one.key: [Window(start, end) for start, end in one.leave] for one in staff}
    )


def stored(one: Somebody) -> StoredPerson:
    """Return somebody as the roster shows them."""
    return StoredPerson(
        person_key=one.key,
        kind=PersonKind.MEMBER,
        present=one.left is None,
        zone=one.zone,
        department=one.unit,
        region="",
        manager_key=None,
        start_date=None,
        weekdays=one.weekdays,
        first_seen=one.joined,
        left_on=one.left,
    )


def used(day: date, account: str, mark: int) -> Row:
    """Return the row of one person's use on a day."""
    nothing = ("", "", "", "")
    return (
        *(day, account, "chat", "a-model", *nothing),
        *(True, 1, 0, 100, 0, 0, 0),
        *(None, "", mark),
    )


def _person_row(one: Somebody) -> dict[str, object]:
    days = one.weekdays
    return {
        "person_key": one.key,
        "kind": PersonKind.MEMBER.value,
        "present": True,
        "zone": one.zone,
        "department": one.unit,
        "first_seen": one.joined,
        "weekdays": None if days is None else "".join(map(str, sorted(days))),
    }


def _insert(tx: Tx, model: type, rows: Iterable[dict[str, object]]) -> None:
    found = list(rows)
    if found:
        tx.execute(table(model).insert(), found)
