"""What happened behind a conversation, for the demo alone: nobody in a real company can see this.

Exact counts and a person's segment stand here because nobody is real.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_datetime

from unranked.demo.company import Company
from unranked.demo.company_people import Person
from unranked.demo.shown import Behind, Fact, Table
from unranked.demo.story import Ran
from unranked.demo.world import World
from unranked.domain.segments import Segment
from unranked.services import messages
from unranked.store import belongings, campaigns, outbox, turns, vault
from unranked.store.outbox import State

_LOCALE = "en"
_JOBS_SHOWN = 14
_REFUSALS_SHOWN = 8
_NOT_STARTED = frozenset({Segment.NEVER_USED, Segment.NO_RECORDED_USE})


@dataclass(frozen=True)
class Truth:
    """What really happened in the company: the first day on which each person used a tool."""

    first_use: Mapping[str, date] = field(repr=False)

    @classmethod
    def of(cls, company: Company) -> "Truth":
        """Return the truth about the company's people, the future included."""
        owners = {
            account.id: person.id
            for person in company.everybody
            for account in person.seats.values()
        }
        first: dict[str, date] = {}
        for usage in company.usage.values():
            for day in sorted(usage.days):
                for row in usage.days[day]:
                    if row.account in owners:
                        first[owners[row.account]] = min(
                            day, first.get(owners[row.account], date.max)
                        )
        return cls(first)


def behind(world: World, truth: Truth, person: Person, ran: Sequence[Ran]) -> Behind:
    """Return what the pane on the right shows of a person and of the whole company."""
    with world.runtime.store.read() as tx:
        key = vault.subject(tx, vault.SLACK, vault.MEMBER, person.id)
        rows = belongings.rows(tx, belongings.of_person(tx, key)) if key else {}
        slugs = campaigns.slugs(tx)
    return Behind(
        person=(
            *_facts(person, truth, rows, slugs, world.time.now),
            *_finished(world, person, rows.get("outcome", [])),
        ),
        messages=_messages(rows.get("outbox", [])),
        jobs=_jobs(ran),
        refusals=_refusals(world),
        promises=tuple(_promises(world, truth)),
    )


def _facts(
    person: Person,
    truth: Truth,
    rows: Mapping[str, list[dict[str, Any]]],
    slugs: Mapping[str, str],
    now: datetime,
) -> Iterator[Fact]:
    yield Fact("Truth at the start", str(person.situation))
    first = truth.first_use.get(person.id)
    used = first is not None and first <= now.date()
    yield Fact("First day of use, in truth", _day(first) if used else "none so far")
    if not rows:
        yield Fact("In the store", "nothing: not in the roster, or erased")
        return
    for placed in rows["placement"]:
        yield Fact(
            "Segment", f"{placed['segment'].replace('_', ' ')}, since {_day(placed['since'])}"
        )
        yield Fact("Reason", placed["reason"].replace("_", " ") or "the rule of the segment")
        yield Fact("Watermark", _day(placed["watermark"]) if placed["watermark"] else "none")
    for one in rows["enrolment"]:
        campaign = slugs.get(one["campaign_key"], "")
        yield Fact(f"Arm in {campaign}", f"{one['arm']}, drawn once")
    chosen = ", ".join(sorted({one["choice"].replace("_", " ") for one in rows["choice"]}))
    yield Fact("Choices", chosen or "none")
    for away in rows["absence"]:
        yield Fact("On leave", f"{_day(away['since'])} until {_day(away['until'])}")


def _finished(world: World, person: Person, rows: Sequence[Mapping[str, Any]]) -> Iterator[Fact]:
    merged = world.github.finished.merged_by(person.id, world.time.now)
    said = "no account" if merged is None else f"{merged}, reverts among them"
    yield Fact("Pull requests merged, in truth", said)
    stored = sum(row["finished"] for row in rows)
    yield Fact("Finished work in the store", f"{stored}, less what was undone" if rows else "none")


def _messages(rows: Sequence[Mapping[str, Any]]) -> Table:
    ordered = sorted(rows, key=lambda row: row["created_at"])
    return Table(
        "Outbox rows of this person",
        ("What", "State", "Not before", "Attempts", "Ended"),
        tuple(
            (
                _titled(row["content"]),
                " ".join((row["state"].replace("_", " "), row["reason"].replace("_", " "))).strip(),
                _due(row["not_before"]),
                str(row["attempts"]),
                _time(row["finished_at"]),
            )
            for row in ordered
        ),
        "No message was planned.",
    )


def _titled(content: str) -> str:
    try:
        return messages.from_content(content, token="").title
    except (LookupError, OSError, TypeError, ValueError):
        return "a message"


def _jobs(ran: Sequence[Ran]) -> Table:
    latest = list(ran)[-_JOBS_SHOWN:][::-1]
    rows = tuple((_time(one.at), one.job, one.outcome) for one in latest)
    return Table("Jobs that ran last", ("When (UTC)", "Job", "Outcome"), rows)


def _refusals(world: World) -> Table:
    latest = list(world.slack.refusals)[-_REFUSALS_SHOWN:][::-1]
    return Table(
        "Calls that went wrong in Slack",
        ("When (UTC)", "Call", "Why"),
        tuple(
            (_time(one.at), one.method, " ".join((one.code, *one.details[:1]))) for one in latest
        ),
        "None.",
    )


def _promises(world: World, truth: Truth) -> Iterator[tuple[str, bool, str]]:
    copies = world.slack.keys()
    twice = sum(1 for number in copies.values() if number > 1)
    yield (
        "Nobody has a message twice",
        not twice,
        f"{len(copies)} in Slack, {twice} of them twice",
    )
    with world.runtime.store.read() as tx:
        placed, counts = campaigns.placements(tx), outbox.counts(tx)
        members = vault.values(tx, vault.SLACK, vault.MEMBER)
    wrong = called = 0
    for key, one in placed.items():
        if one.segment in _NOT_STARTED and one.watermark is not None:
            called += 1
            wrong += truth.first_use.get(members.get(key, ""), date.max) <= one.watermark
    yield (
        "Nobody is called a zero wrongly",
        not wrong,
        f"{called} have not started, {wrong} wrongly",
    )
    states = Counter[State]()
    for (state, _), number in counts.items():
        states[state] += number
    open_ones = states[State.SENDING] + states[State.IN_DOUBT]
    agree = states[State.SENT] <= len(copies) <= states[State.SENT] + open_ones
    parts = ", ".join(f"{states[state]} {state.replace('_', ' ')}" for state in State)
    yield ("Slack holds what the outbox says", agree, f"{states.total()} planned: {parts}")


def _day(day: date | None) -> str:
    return "" if day is None else format_date(day, "d MMM y", locale=_LOCALE)


def _due(at: datetime) -> str:
    """Return from when on a message may be sent; what somebody asked for themselves is due now."""
    return "at once" if at == turns.AT_ONCE else _time(at)


def _time(at: datetime | None) -> str:
    return "" if at is None else format_datetime(at, "EEE d MMM HH:mm", locale=_LOCALE)
