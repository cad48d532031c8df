"""A store in which a company is whatever a test says, for one quarter: lines, seats, and use.

Nothing is fetched, and coverage stands still, so that two companies differ in what a test changes.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import frozen_groups
from hypothesis import strategies as st
from own_ledger import BILLED, a_connector, never
from sqlalchemy import delete, insert, select, update

from bot.views import home as views
from unranked.channels import blocks
from unranked.channels.absent import Absent
from unranked.domain.cohorts import WINDOW, quarter_before, quarter_of
from unranked.domain.org_chart import UnitKind
from unranked.domain.people import PersonKind, Tie
from unranked.domain.usage import AccountKind, Window
from unranked.services import home, managers, messages, releases
from unranked.services.choices import Asker
from unranked.services.runtime import Connected, Runtime
from unranked.store import Store, coverage, groups, ledger, people, vault
from unranked.store.pages import EVERYBODY
from unranked.store.people import StoredAccount, StoredPerson
from unranked.store.tables import Account as AccountTable
from unranked.store.tables import (
    AtomDraw,
    CheckIn,
    Choice,
    Cohort,
    Completeness,
    DottedLine,
    FrozenUnit,
    Outbox,
    Release,
    ShownUnit,
    Unit,
    UnitAtom,
    Usage,
    table,
)
from unranked.store.tables import Person as PersonTable
from unranked.store.tables import Tie as TieTable

QUARTER = quarter_of(date(2026, 1, 1))
CLIP = Decimal(50)
FROZEN = datetime(2026, 1, 1, 6, tzinfo=UTC)
THROUGH = date(2026, 4, 4)
READ = datetime(2026, 4, 6, 9, 30, tzinfo=UTC)
"""A Monday, when all windows of the quarter are complete."""

_EMPTIED = (
    Usage, CheckIn, Choice, Cohort, DottedLine, FrozenUnit, Outbox, Release, ShownUnit, Unit,
    UnitAtom, AtomDraw, TieTable, AccountTable, PersonTable,
)  # fmt: skip


@dataclass(frozen=True)
class Org:
    """Who reports to whom, who has a dotted line to whom, and who has a seat."""

    lines: Mapping[str, str]
    seats: frozenset[str]
    dotted: tuple[tuple[str, str], ...] = ()

    @property
    def everybody(self) -> list[str]:
        """Everybody, by key."""
        named = {*self.lines, *self.lines.values(), *self.seats}
        return sorted(named | {one for pair in self.dotted for one in pair})


@dataclass(frozen=True)
class Record:
    """What one person did: on which days of the quarter, and what each of them was billed."""

    days: tuple[int, ...] = ()
    cost: Decimal = Decimal(0)
    currency: str = "USD"


NOTHING = Record()
records = st.builds(
    Record,
    days=st.lists(st.integers(0, 83), max_size=4, unique=True).map(tuple),
    cost=st.sampled_from(["0", "0.5", "7", "900"]).map(Decimal),
)


@st.composite
def orgs(draw: Any, most: int = 60) -> Org:
    """Give a company of up to `most` people in up to four levels, with dotted lines."""
    people = [f"p-{n:02}" for n in range(draw(st.integers(1, most)))]
    heads = people[: draw(st.integers(1, 5))]
    lines = {
        person: draw(st.sampled_from(heads[: max(1, place)] if place < len(heads) else heads))
        for place, person in enumerate(people)
        if place
    }
    pairs = st.tuples(st.sampled_from(people), st.sampled_from(heads))
    dotted = draw(st.lists(pairs, max_size=14, unique=True))
    unseated = draw(st.sets(st.sampled_from(people), max_size=5))
    return Org(
        lines, frozenset(people) - unseated, tuple(pair for pair in dotted if len({*pair}) > 1)
    )


@dataclass
class OrgLedger:
    """The store, and the moment that it is."""

    runtime: Runtime = field(repr=False)

    def is_now(
        self,
        org: Org,
        done: Mapping[str, Record],
        wishes: Mapping[str, UnitKind] = MappingProxyType({}),
    ) -> None:
        """Replace the company, and all that it did, and freeze its groups for the quarter."""
        with self.runtime.store.write() as tx:
            for model in _EMPTIED:
                tx.execute(delete(table(model)))
            _settle(tx, org)
            ledger.record(tx, [_clip()])
        self.did(done)
        self.wishes(wishes, at=FROZEN)
        releases.freeze(replace(self.runtime, clock=lambda: FROZEN))

    def did(self, done: Mapping[str, Record]) -> None:
        """Replace what people did."""
        rows = [row for person in sorted(done) for row in _rows(person, done[person])]
        with self.runtime.store.write() as tx:
            tx.execute(delete(table(Usage)))
            if rows:
                tx.execute(insert(table(Usage)), rows)

    def wishes(self, wishes: Mapping[str, UnitKind], *, at: datetime) -> None:
        """Let managers choose which of their units they are shown from the next quarter on."""
        with self.runtime.store.write() as tx:
            for manager, kind in wishes.items():
                made = {"choice": "unit", "value": kind.value, "made_at": at}
                tx.execute(insert(table(Choice)).values(person_key=manager, **made))

    def joins(self, names: Iterable[str], head: str, *, on: date) -> None:
        """Let people join somebody's team, with a seat from that day on."""
        org = Org(dict.fromkeys(names, head), frozenset(names))
        with self.runtime.store.write() as tx:
            _settle(tx, org, among=org.lines, since=on)

    def is_complete(self, *, through: date) -> None:
        """Let everything be known to the end of a day."""
        with self.runtime.store.write() as tx:
            tx.execute(update(table(Completeness)).values(_complete(through)))

    def read(self) -> "Read":
        """Return this week's messages, and what was let out; nothing of it stays."""
        managers.plan(self.runtime)
        release = table(Release)
        columns = [release.c[name] for name in ("group_key", "statistic", "window_start", "band")]
        with self.runtime.store.write() as tx:
            rows = tx.execute(select(table(Outbox).c.person_key, table(Outbox).c.content)).all()
            out = tx.execute(
                select(
                    release.c.group_key, release.c.statistic, release.c.window_start, release.c.band
                )
                .where(release.c.group_key != releases.ORGANISATION)
                .order_by(*columns)
            ).all()
            for model in (Outbox, AtomDraw):
                tx.execute(delete(table(model)))
            tx.execute(delete(release).where(release.c.group_key != releases.ORGANISATION))
        drawn = ((key, messages.from_content(content, token="")) for key, content in rows)
        said = {key: f"{blocks.text(one)}\n{blocks.blocks(one)}" for key, one in drawn}
        return Read(said, {(unit, name, start): band for unit, name, start, band in out})

    def homes(self) -> Mapping[str, str]:
        """Return the Home tab of every manager, as it is drawn."""
        every = self.members()
        return {key: repr(views.page(home.page(self.runtime, Asker(key)))) for key in sorted(every)}

    def digests(self) -> Mapping[str, str]:
        """Return this week's message of every manager, as it is drawn; nothing of it stays."""
        return self.read().digests

    def members(self) -> dict[str, set[str]]:
        """Return who counts in the unit that each manager is shown."""
        with self.runtime.store.read() as tx:
            return frozen_groups.members(tx, QUARTER)

    def shown(self) -> Mapping[str, groups.Shown]:
        """Return the unit of each manager who is shown one."""
        with self.runtime.store.read() as tx:
            return groups.shown(tx, QUARTER, EVERYBODY)


@dataclass(frozen=True)
class Read:
    """What was said. digests: by manager. bands: by unit, statistic and first day of the window."""

    digests: Mapping[str, str]
    bands: Mapping[tuple[str, str, date], str]

    def of_unit(self, unit_key: str) -> dict[tuple[str, date], str]:
        """Return the bands of one unit."""
        return {
            (name, start): band
            for (unit, name, start), band in self.bands.items()
            if unit == unit_key
        }


@contextmanager
def org_ledger(url: str, **changes: Any) -> Iterator[OrgLedger]:
    """Give the store, with one tool that bills everything. changes: of the runtime."""
    store = Store.open(url)
    try:
        store.migrate()
        with store.write() as tx:
            coverage.ended(tx, BILLED, "members", now=FROZEN)
            tx.execute(insert(table(Completeness)).values(_complete(THROUGH)))
        runtime = Runtime(
            store=store,
            connectors=(Connected(a_connector(BILLED), never),),
            channel=Absent("slack", hint=""),
            clock=lambda: READ,
            sleeper=lambda _: None,
            default_zone="UTC",
        )
        yield OrgLedger(replace(runtime, **changes))
    finally:
        store.close()


def _complete(through: date) -> dict[str, Any]:
    return {
        "connector": BILLED,
        "history_since": date(2025, 9, 1),
        "complete_through": through,
        "billed": True,
        "billed_through": through,
    }


def _clip() -> ledger.Release:
    """Return last quarter's clip: with it everything that can be said is said."""
    before = quarter_before(QUARTER)
    window = Window(before.start, before.start + 3 * WINDOW)
    return ledger.Release(
        releases.ORGANISATION, releases.CLIP, window, before.start, "", str(CLIP), FROZEN
    )


def _settle(
    tx: Any, org: Org, *, among: Iterable[str] | None = None, since: date = vault.EVER
) -> None:
    people.save(tx, [_person(one, org) for one in (org.everybody if among is None else among)])
    seats = sorted(org.seats)
    held = [StoredAccount(f"a-{one}", AccountKind.MEMBER, since, since) for one in seats]
    people.add_accounts(tx, BILLED, held)
    for one in seats:
        people.set_ties(tx, [Tie(f"a-{one}", one, since)], of=f"a-{one}")
    pairs = [{"person_key": one, "manager_key": other} for one, other in org.dotted]
    if pairs:
        tx.execute(insert(table(DottedLine)), pairs)


def _person(one: str, org: Org) -> StoredPerson:
    days, leader = frozenset(range(5)), org.lines.get(one)
    return StoredPerson(one, PersonKind.MEMBER, True, "UTC", "", "", leader, None, days, vault.EVER)


def _rows(person: str, record: Record) -> Iterable[dict[str, Any]]:
    for number, day in enumerate(record.days):
        common = {
            "connector": BILLED,
            "day": QUARTER.start + timedelta(days=day),
            "account_key": f"a-{person}",
            "product": "",
            "model": "claude-opus-4-5",
            "tier": "",
            "credential": "",
            "project": f"row {number}",
            "variant": "",
            "requests": None,
        }
        none = dict.fromkeys(("n_in", "n_out", "n_cr", "n_cw5", "n_cw1h"))
        unpriced = {"cost_nano": None, "currency": ""}
        bill = {"cost_nano": int(record.cost * 10**9), "currency": record.currency}
        yield {**common, **none, **unpriced, "feed": "usage", "active": True}
        yield {**common, **none, **bill, "feed": "cost", "active": False}
