"""A week of the small world in which whatever can be stored of somebody is stored."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from small_world import World

from jobs.schedule import FIRST_ORDER, JOBS
from unranked.domain.campaigns import Design
from unranked.domain.tip_risk import Risk
from unranked.domain.tips import State, Words
from unranked.errors import ProviderError, UnrankedError
from unranked.services import campaigns, choices, erasure, export, messages
from unranked.services.choices import Asker
from unranked.store import belongings, tips, vault
from unranked.store import erasure as stored
from unranked.store.outbox import Kind
from unranked.store.planned import Planned, plan
from unranked.store.tips import StoredTip

NAMES = ("wilhelmina", "bartholomew", "guinevere", "maximiliane", "theodosius")
BOSS, LEFT, ERASED = "wilhelmina", "maximiliane", "theodosius"
DEPARTMENTS = ("Quantenforschung Nord", "Schatzamt", "Kantinenwesen")
TEAM_WORDS = ("Zoe Zaubermann (2. Stock)", "Herbstlaub im Schatzamt", "Handbuch Seite 4711")
WEEKDAYS = [d for n in range(70) if (d := date(2026, 1, 5) + timedelta(n)).weekday() < 5]


@dataclass(frozen=True)
class Known:
    """What a thief must not find. of: by name. shared: what is of nobody alone."""

    of: dict[str, set[str]]
    shared: set[str]

    @property
    def everything(self) -> set[str]:
        return self.shared.union(*self.of.values())


def live(world: World, folder: Path) -> Known:
    """Let a week go by; return every name, address and id, and what only insiders know."""
    _people(world)
    _roster_file(world, folder)
    world.at("2026-03-02T06:00+00:00")
    world.begin(days=3)
    _team_writes(world)
    known = {name: _identifiers(world, name) for name in NAMES}
    for day in range(7):
        for hour in (8, 13):
            world.at(f"2026-03-0{2 + day}T{hour:02}:00+00:00")
            _jobs(world)
        _somebody_does_something(world, day)
    for name in NAMES:
        known[name] |= _identifiers(world, name) | {f"1987-0{NAMES.index(name) + 1}-23"}
    erasure.erase(world.runtime, world.key(f"U{ERASED.upper()}"))
    return Known(known, {*DEPARTMENTS, *TEAM_WORDS, *_of_the_chat(world)})


def _people(world: World) -> None:
    for name in NAMES:
        world.person(name, seats="acme beta")
    for name in (BOSS, LEFT, ERASED):
        world.tools["acme"].use(f"{name}@corp.example", *WEEKDAYS)


def _roster_file(world: World, folder: Path) -> None:
    lines = ["email,manager_email,department,start_date,region,leave"]
    lines += [
        f"{name}@corp.example,{'' if name == BOSS else f'{BOSS}@corp.example'},"
        f"{DEPARTMENTS[at % 3]},1987-0{at + 1}-23,DE-BE,2026-08-0{at + 1}/2026-08-2{at}"
        for at, name in enumerate(NAMES)
    ]
    path = folder / "people.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    world.runtime = replace(world.runtime, roster_csv=path, enablement=frozenset({"UGUINEVERE"}))


def _team_writes(world: World) -> None:
    """Let the team write a tip and a campaign in which a person is named, and try it out."""
    person, name, book = TEAM_WORDS
    words = Words(name, "Räume eine Tabelle auf.", "Was sie zeigt.", f"Frag {person}.")
    tip = StoredTip(
        tip_key="tip-0123456789abcdef",
        revision=1,
        state=State.IN_USE,
        segment="never_used",
        owner=person,
        review=date(2027, 1, 1),
        risk=Risk.LOW,
        risk_reason=f"{person} hat es gelesen.",
        source=book,
        written_on=date(2026, 3, 1),
        words={"de": words},
    )
    today = world.now.date()
    with world.runtime.store.write() as tx:
        tips.add(tx, tip)
    campaigns.create(
        world.runtime, Design(name, today, today + timedelta(weeks=12), purpose=f"Für {person}.")
    )
    to_whom, now = world.key("UBARTHOLOMEW"), world.now
    said = messages.notice_content("campaign_result_ready", {"campaign": name})
    sent = messages.nudge_content(tip.tip_key, ["acme"])
    both = [
        Planned("m-1", "notice|1", to_whom, "slack", said, now, now, kind=Kind.NOTICE),
        Planned("m-2", "tip|1", to_whom, "slack", sent, now, now),
    ]
    with world.runtime.store.write() as tx:
        plan(tx, both)


def _jobs(world: World) -> None:
    for name in FIRST_ORDER:
        with suppress(UnrankedError):  # a tool is away on one of the days
            JOBS[name].run(world.runtime, lambda: False)


def _somebody_does_something(world: World, day: int) -> None:
    who = Asker(world.key(f"U{NAMES[day % 3].upper()}"))
    for action in ("away", "fewer", "not_for_me")[day % 3 :]:
        choices.press(world.runtime, who, action)
    export.hand_over(replace(world.runtime, public_url="https://u.corp.example"), who.person_key)
    world.tools["beta"].fails_with = (
        ProviderError("The tool is away.", hint="Wait.", retryable=True) if day == 3 else None
    )


def _identifiers(world: World, name: str) -> set[str]:
    with world.runtime.store.read() as tx:
        theirs = belongings.of_person(tx, world.key(f"U{name.upper()}"))
    return {one.value for one in theirs.identifiers}


def _of_the_chat(world: World) -> set[str]:
    """Return the workspace's id, and the chat's own stamps of messages that arrived."""
    with world.runtime.store.read() as tx:
        workspace = vault.value(tx, vault.WORKSPACE, vault.SLACK, vault.WORKSPACE)
        people = vault.current(tx, vault.SLACK, vault.MEMBER).values()
        return {workspace} | {
            one.stamp for key in people for one in stored.sent(tx, key) if one.stamp
        }
