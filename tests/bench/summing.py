"""Case 3, the worst of it: `/tokens` of people with eight weeks over six tools, and its bare SQL.

The bare time is that of the same statements with the same parameters, sent by the database's own
driver and fetched whole. The people are among all the others of the large company.
"""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from statistics import median, quantiles
from typing import Any

from company import FIRST, member, runtime
from databases import Databases
from pages import LAST_DAY
from sqlalchemy import event, insert
from table import Line, at_most, seconds

from bot.identity import asking
from unranked.channels import blocks
from unranked.domain.calendar import last_weeks
from unranked.domain.usage import AccountKind
from unranked.services import answers
from unranked.services.runtime import Connected, Runtime
from unranked.store import Store, Tx, checkins, people, vault
from unranked.store.checkins import Answer
from unranked.store.people import StoredAccount
from unranked.store.tables import Completeness, Tie, Usage, table

TOOLS = tuple(f"tool_{number}" for number in range(6))
MODELS = ("claude-opus-4-5", "claude-haiku-4-5")
ASKERS = 200
WEEKS = last_weeks(LAST_DAY, 8)


def measure(databases: Databases, large: str, *, many: int) -> Iterator[Line]:
    """Yield the line of this case. many: the people of the company."""
    with closing(Store.open(large)) as store:
        numbers = [number * many // ASKERS for number in range(ASKERS)]
        with store.write() as tx:
            for number in numbers:
                _equip(tx, number)
            _read_well(tx)
        asked = _with_six_tools(runtime(store, {"anthropic": {"usage", "members"}}))
        sent = _Sent(store)
        ours, bare, counts = [], [], set()
        for number in (*numbers[:20], *numbers):  # the first ones warm up
            found, statements = _answered(asked, number, sent)
            ours.append(found)
            counts.add(len(statements))
            bare.append(_bare(store, statements))
    del ours[:20], bare[:20]
    p99 = quantiles(ours, n=100)[98]
    yield Line(
        "/tokens, 8 weeks over 6 tools, 99th percentile",
        f"{many:,} people, {len(counts)} number of statements: {max(counts)}",
        databases.name,
        seconds([p99]),
        seconds(bare),
        **at_most(5.0, p99 / median(bare)),
        note=f"bare: the same {max(counts)} statements alone, by the driver; the median answer "
        f"takes {seconds(ours)}",
    )


class _Sent:
    """The statements that were sent since the last look, with their parameters."""

    def __init__(self, store: Store) -> None:
        self._found: list[tuple[str, Any]] = []
        event.listen(store._engine, "before_cursor_execute", self._keep)

    def _keep(
        self, _: object, __: object, statement: str, parameters: object, *___: object
    ) -> None:
        if statement.startswith(("SELECT", "WITH")):
            self._found.append((statement, parameters))

    def taken(self) -> list[tuple[str, Any]]:
        """Return them, and begin anew."""
        found, self._found = self._found, []
        return found


def _answered(of: Runtime, number: int, sent: _Sent) -> tuple[float, list[tuple[str, Any]]]:
    sent.taken()
    start = time.perf_counter()
    with asking(of, member(number)) as who:
        if who is None:
            raise ValueError("Nobody has this chat id.")
        message = answers.tokens(of, who.person_key)
        blocks.blocks(message)
        blocks.text(message)
    return time.perf_counter() - start, sent.taken()


def _bare(store: Store, statements: list[tuple[str, Any]]) -> float:
    connection = store._engine.raw_connection()
    try:
        cursor = connection.cursor()
        start = time.perf_counter()
        for statement, parameters in statements:
            cursor.execute(statement, parameters)
            cursor.fetchall()
        return time.perf_counter() - start
    finally:
        connection.rollback()
        connection.close()


def _with_six_tools(made: Runtime) -> Runtime:
    (one,) = made.connectors
    tools = (replace(one.connector, slug=slug, title=slug.title()) for slug in TOOLS)
    return replace(made, connectors=tuple(Connected(tool, one.open) for tool in tools))


def _equip(tx: Tx, number: int) -> None:
    """Give somebody an account with each tool, use on every working day, and eight answers."""
    found = vault.subject(tx, vault.SLACK, vault.MEMBER, member(number))
    if found is None:
        raise ValueError("Nobody has this chat id.")
    for tool in TOOLS:
        key = f"b-{tool}-{number}"
        held = StoredAccount(key, AccountKind.MEMBER, FIRST, FIRST)
        people.add_accounts(tx, tool, [held])
        tx.execute(insert(table(Tie)).values(account_key=key, since=vault.EVER, person_key=found))
        rows = [
            _row(tool, key, week + timedelta(days=day), model, number)
            for week in WEEKS
            for day in range(5)
            for model in MODELS
        ]
        tx.execute(insert(table(Usage)), rows)
    for place, week in enumerate(WEEKS):
        checkins.put(tx, found, Answer(week, (45, 90, 180)[place % 3]), on=LAST_DAY)


def _row(tool: str, key: str, day: date, model: str, number: int) -> dict[str, Any]:
    dimensions = dict.fromkeys(("product", "tier", "credential", "project", "variant"), "")
    counts = dict.fromkeys(("n_in", "n_out", "n_cr", "n_cw5", "n_cw1h"), number % 5000 + 100)
    return {
        **dimensions,
        **counts,
        "connector": tool,
        "feed": "usage",
        "day": day,
        "account_key": key,
        "model": model,
        "active": True,
        "requests": 1,
        "cost_nano": None,
        "currency": "",
    }


def _read_well(tx: Tx) -> None:
    whole = {"history_since": FIRST, "complete_through": LAST_DAY, "billed_through": None}
    rows = [{"connector": tool, "billed": False, **whole} for tool in TOOLS]
    tx.execute(insert(table(Completeness)), rows)
