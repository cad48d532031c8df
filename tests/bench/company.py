"""A company of any size, made inside the database by set-based SQL that both databases know."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from pages import LAST_DAY
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    MetaData,
    String,
    Table,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    text,
)

from unranked import connectors
from unranked.channels.slack import Slack
from unranked.connectors import api
from unranked.services.runtime import Connected, Runtime
from unranked.store import Store, Tx, vault
from unranked.store.tables import (
    Account,
    Choice,
    Completeness,
    FeedRun,
    Outbox,
    Person,
    Placement,
    Tie,
    Usage,
    table,
)

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
FIRST = date(2025, 11, 1)
WEEKDAYS = [
    day for ago in range(27, -1, -1) if (day := LAST_DAY - timedelta(days=ago)).weekday() < 5
]
USED_IN_100 = 80
"""People of a hundred who use something; the others never do."""

_CHANCES = (2, 4, 6, 8, 10)
"""Each of them has one of these chances in ten to use it on a weekday: 60 rows a person in all."""

ZONES = (
    *("America/Los_Angeles", "America/Chicago", "America/New_York", "America/Sao_Paulo"),
    *("Europe/London", "Europe/Berlin", "Europe/Athens", "Africa/Nairobi", "Asia/Kolkata"),
    *("Asia/Singapore", "Asia/Tokyo", "Australia/Sydney"),
)

_number = Table(
    "bench_number",
    MetaData(),
    Column("i", BigInteger),
    Column("mix", BigInteger),
    Column("other", BigInteger),
)
_FILL = text(
    "WITH RECURSIVE n(i) AS "
    "(SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :people) "
    "INSERT INTO bench_number SELECT i, i * 48271 % 2147483647, i * 69621 % 2147483647 FROM n"
)


def found(
    store: Store,
    people: int,
    *,
    tools: Sequence[str] = ("anthropic", "openai"),
    zones: Sequence[str] = ("Europe/Berlin",),
) -> None:
    """Make the people, with an account each at the first tool, and half of them at the second."""
    with store.write() as tx:
        _count(tx, people)
        n = _number.c
        _fill(
            tx,
            Person,
            person_key=_person(),
            kind="member",
            present=True,
            zone=case(
                {i: literal(zone, table(Person).c.zone.type) for i, zone in enumerate(zones)},
                value=n.i % len(zones),
            ),
            department="",
            region="",
            first_seen=FIRST,
        )
        _name(tx, _person(), vault.ROSTER, vault.EMAIL, _text("person", "@corp.example"))
        _name(tx, _person(), vault.SLACK, vault.MEMBER, _text("U"))
        for order, tool in enumerate(tools):
            which = n.i % (order + 1) == 0
            key = _account(tool)
            _fill(
                tx,
                Account,
                which,
                account_key=key,
                connector=tool,
                kind="member",
                first_seen=FIRST,
                seat_since=FIRST,
                seat_dated=True,
                listed=True,
            )
            _name(tx, key, tool, vault.ACCOUNT, _text("user_"), which)
            _name(tx, key, tool, vault.EMAIL, _text("person", "@corp.example"), which)
            _fill(tx, Tie, which, account_key=key, since=vault.EVER, person_key=_person())
            _read_well(tx, tool)
    look_over(store)


def work(store: Store) -> int:
    """Let them use the tools for 28 days, stored day by day; return how many rows that makes."""
    with store.write() as tx:
        if tx.dialect.name == "sqlite":
            tx.exec_driver_sql("PRAGMA cache_size = -2000000")
        tx.exec_driver_sql("DROP INDEX ix_usage_account")
        for day in WEEKDAYS:
            for model in ("claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5"):
                use(tx, day, "anthropic", "usage", model, active=True)
            for model in ("claude-opus-4-5", "claude-sonnet-4-5"):
                use(tx, day, "anthropic", "cost", model, active=False)
            for model in ("gpt-5", "gpt-5-mini"):
                use(tx, day, "openai", "completions", model, active=True)
            if day.toordinal() % 2:
                use(tx, day, "openai", "costs", "", active=False)
        tx.exec_driver_sql("CREATE INDEX ix_usage_account ON usage (account_key, day)")
        rows = tx.execute(select(func.count()).select_from(table(Usage))).scalar_one()
    look_over(store)
    return rows


def place(store: Store, *, feeds: Mapping[str, Collection[str]]) -> None:
    """Place everybody as somebody who never used anything, by fresh figures.

    Every tenth has chosen hours of their own, and every tenth had a tip long ago.
    """
    n = _number.c
    with store.write() as tx:
        _fill(
            tx,
            Placement,
            person_key=_person(),
            segment="never_used",
            reason="",
            watermark=LAST_DAY,
            decided_on=NOW.date(),
            since=LAST_DAY,
        )
        chosen = {"choice": "hours", "made_at": NOW - timedelta(days=30), "value": "10:00-12:00"}
        _fill(tx, Choice, n.i % 10 == 0, person_key=_person(), **chosen)
        _fill(tx, Outbox, n.i % 10 == 1, **_had())
        for tool, names in feeds.items():
            for name in set(names) - {"members"}:
                read = {"tried_at": NOW, "succeeded_at": NOW, "offered": True}
                values = {"connector": tool, "feed": name, **read, "error": "", "hint": ""}
                tx.execute(insert(table(FeedRun)).values(**values))
    look_over(store)


def _had() -> dict[str, Any]:
    """Return a message that was sent long ago, and answered."""
    sent = NOW - timedelta(days=120)
    counts = dict.fromkeys(("attempts", "looks"), 0)
    empty = dict.fromkeys(("reason", "claim", "receipt", "text_hash"), "")
    return {
        "key": literal("m-") + _person(),
        "purpose": literal("long ago|") + _person(),
        "person_key": _person(),
        "channel": "slack",
        "kind": "nudge",
        "content": '{"tip": "plan_backwards", "tools": []}',
        "state": "sent",
        "created_at": sent,
        "not_before": sent,
        "finished_at": sent,
        "answered_on": sent.date(),
        **counts,
        **empty,
    }


def member(number: int) -> str:
    """Return the chat's id of a person."""
    return f"U{10_000_000 + number}"


def look_over(store: Store) -> None:
    """Let PostgreSQL know its tables, as it would by itself a minute later."""
    with store.write() as tx:
        if tx.dialect.name == "postgresql":
            tx.exec_driver_sql("ANALYZE")


def _count(tx: Tx, people: int) -> None:
    _number.create(tx)
    tx.execute(_FILL, {"people": people})


def use(tx: Tx, day: date, tool: str, feed: str, model: str, *, active: bool) -> None:
    """Let those whose day it is use a model of a tool, or have that on their bill."""
    n = _number.c
    chance = _CHANCES[0] * (1 + n.mix // 1000 % len(_CHANCES))
    today = n.mix * (2 * day.toordinal() + 1) // 1000 % 10 < chance
    used = (n.mix % 100 < USED_IN_100) & today
    tokens = dict.fromkeys(("n_in", "n_out", "n_cr"), n.mix % 90000 + day.day)
    figures = {"requests": n.mix % 40 + 1, **tokens, "n_cw5": 0, "n_cw1h": 0}
    bill = {"cost_nano": n.mix % 9_000_000_000, "currency": "USD"}
    _fill(
        tx,
        Usage,
        used & (n.i % 2 == 0) if tool == "openai" else used,
        order_by=_account(tool),
        connector=tool,
        feed=feed,
        day=day,
        account_key=_account(tool),
        product="chat" if active else "",
        model=model,
        tier="standard" if active else "",
        credential="",
        project="",
        variant="",
        active=active,
        **(figures | {"currency": ""} if active else bill),
    )


def _read_well(tx: Tx, tool: str) -> None:
    """Say that the tool's members were listed, and that its days are complete."""
    whole = {"history_since": FIRST, "complete_through": LAST_DAY, "billed_through": LAST_DAY}
    tx.execute(insert(table(Completeness)).values(connector=tool, billed=True, **whole))
    listed = {"tried_at": NOW, "succeeded_at": NOW, "offered": True, "error": "", "hint": ""}
    tx.execute(insert(table(FeedRun)).values(connector=tool, feed="members", **listed))


def _name(  # noqa: PLR0917 - one row of the vault, column by column
    tx: Tx,
    key: ColumnElement[str],
    realm: str,
    kind: str,
    value: ColumnElement[str],
    which: ColumnElement[bool] | None = None,
) -> None:
    rows = select(key.label("subject"), value.label("value")).select_from(_number)
    found = tx.execute(rows if which is None else rows.where(which)).all()
    vault.put(tx, (vault.Entry(row.subject, realm, kind, row.value) for row in found))


def _fill(
    tx: Tx,
    of: Any,
    which: ColumnElement[bool] | None = None,
    *,
    order_by: ColumnElement[Any] | None = None,
    **values: Any,
) -> None:
    """Insert one row for each number of which it is true."""
    into = table(of)
    columns = [
        v if isinstance(v, ColumnElement) else literal(v, into.c[name].type)
        for name, v in values.items()
    ]
    order = _number.c.i if order_by is None else order_by
    rows = select(*columns).select_from(_number).order_by(order)
    rows = rows if which is None else rows.where(which)
    tx.execute(insert(into).from_select(list(values), rows, include_defaults=False))


def _person() -> ColumnElement[str]:
    return literal("p-") + cast(_number.c.mix * 1_000_003 + 10**15, String)


def _account(tool: str) -> ColumnElement[str]:
    # Keys of one person's accounts are random, as real ones: no order joins them.
    return literal(f"a{tool[0]}-") + cast(_number.c.other * 999_983 + 10**15, String)


def _text(before: str, after: str = "") -> ColumnElement[str]:
    return literal(before) + cast(_number.c.i + 10_000_000, String) + literal(after)


def runtime(store: Store, feeds: Mapping[str, Collection[str]], *, address: str = "") -> Runtime:
    """Return what services need, with these feeds of the real connectors, at that address."""
    return Runtime(
        store=store,
        connectors=tuple(_connected(slug, names, address) for slug, names in feeds.items()),
        channel=Slack("xoxb-made-up", api_url=address, timeout_seconds=2, sleeper=_do_not_wait),
        clock=_now,
        sleeper=_do_not_wait,
    )


def _connected(slug: str, names: Collection[str], address: str) -> Connected:
    whole = connectors.found()[slug]
    feeds = tuple(feed for feed in whole.feeds if feed.name in names)
    one = replace(whole, feeds=feeds, pace=timedelta(0))
    opened = partial(
        api.connected, one, base_url=address, key="made-up", clock=_now, sleeper=_do_not_wait
    )
    return Connected(one, opened)


def _now() -> datetime:
    return NOW


def _do_not_wait(seconds: float) -> None:
    del seconds
