"""`unranked demo`: the real jobs on a made-up company, and what its people get of them."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta

from rich.console import Console
from rich.table import Table

from unranked import text
from unranked.channels import console as drawn
from unranked.channels.base import Message
from unranked.demo.company_people import Person, Situation
from unranked.demo.world import World, world
from unranked.domain.counts import rounded
from unranked.domain.segments import Segment
from unranked.domain.stats import Arm
from unranked.services import (
    answers,
    choices,
    delivery,
    managers,
    messages,
    nudges,
    roster,
    segments,
    sync,
)
from unranked.services.choices import Asker
from unranked.store import campaigns, outbox, vault
from unranked.store.outbox import State
from unranked.terminal import bars

FIRST_DAY = datetime(2026, 11, 24, tzinfo=UTC)
"""A Tuesday. The demo's days are fixed, so that one seed tells one story."""

_SENDING = timedelta(hours=30)
"""Long enough for every zone's working hours to come by once."""


def tour(*, people: int, seed: int) -> int:
    """Run the demo; return the exit code."""
    console = Console()
    console.print(
        f"[bold]Unranked on a made-up company of {people:,} people.[/bold] Providers and Slack "
        "are stand-ins on this machine; the jobs, the store and the messages are the real ones. "
        f"Today is {FIRST_DAY:%A %d %B %Y}."
    )
    with (
        bars(console, exact=True) as drawing,
        world(seed=seed, people=people, today=FIRST_DAY, progress=drawing.show) as one,
    ):
        _run_jobs(one)
        drawing.finish()
        _show(one, console)
    return 0


def _run_jobs(one: World) -> None:
    """Two mornings, because a day is believed once it was read twice, a day apart; then sending."""
    roster.refresh(one.runtime)
    sync.run(one.runtime)
    one.time.now += timedelta(days=1)
    roster.refresh(one.runtime)
    sync.run(one.runtime)
    segments.refresh(one.runtime)
    nudges.plan(one.runtime)
    _send(one)


def _send(one: World) -> None:
    end = one.time.now + _SENDING
    while one.time.now < end:
        delivery.run(one.runtime)
        with one.runtime.store.read() as tx:
            due = outbox.next_due(tx, one.runtime.channel.name)
        if due is None:
            return
        one.time.now = max(due, one.time.now + timedelta(minutes=1))


def _show(one: World, console: Console) -> None:
    console.rule("What the jobs did")
    _numbers(one, console)
    never = _nudged(one, Situation.NEVER_USED)
    console.rule("Somebody who has not started")
    console.print("One direct message in their working hours, with a way out below it:")
    _dm(one, never, console)
    asker = _asker(one, never)
    console.print("They press [bold]Help me[/bold]; only they see the answer:")
    drawn.draw(choices.press(one.runtime, asker, "help_me"), to="only you", console=console)
    console.print("They press [bold]Stop[/bold]; it holds at once and has no end:")
    drawn.draw(choices.press(one.runtime, asker, "stop"), to="only you", console=console)
    console.rule("Somebody who uses AI every day")
    console.print("No message at all. When they type [bold]/tokens[/bold], only they see this:")
    active = _asker(one, one.company.of(Situation.ACTIVE_DAILY)[0])
    summary = answers.tokens(one.runtime, active.person_key)
    drawn.draw(summary, to="only you", console=console)
    console.print("And when they type [bold]/tokens @colleague[/bold]:")
    drawn.draw(messages.plain("only_you"), to="only you", console=console)
    console.rule("What the enablement team sees")
    _campaign(one, console)
    console.rule("A manager, on Monday at nine")
    _monday(one, console)


def _numbers(one: World, console: Console) -> None:
    with one.runtime.store.read() as tx:
        placed = Counter(p.segment for p in campaigns.placements(tx).values())
        states = Counter[State]()
        for (state, _), count in outbox.counts(tx).items():
            states[state] += count
    table = Table("People by segment (exact here, because nobody is real)", "")
    for segment, count in sorted(placed.items()):
        table.add_row(segment.replace("_", " "), str(count))
    table.add_row(
        "all of them, with guests and people who left", str(sum(placed.values())), style="bold"
    )
    console.print(table)
    copies = one.slack.keys()
    by_state = ", ".join(f"{states[state]} {state.replace('_', ' ')}" for state in State)
    console.print(
        f"Messages: {by_state}; "
        f"planned {sum(states.values())}. Slack holds {len(copies)}, "
        f"of which {sum(1 for n in copies.values() if n > 1)} came twice. What is queued waits "
        "for its reader's working hours."
    )


def _campaign(one: World, console: Console) -> None:
    """The built-in campaign as the team may see it: text, state, rounded reach. Never a list."""
    with one.runtime.store.read() as tx:
        campaign = campaigns.find(tx, nudges.SLUG)
        arms = campaigns.arms(tx, campaign.campaign_key) if campaign else {}
    reach = rounded(arms.get(Arm.NUDGE.value, 0))
    held = rounded(arms.get(Arm.HOLDOUT.value, 0))
    console.print(
        f"Campaign [bold]first steps[/bold]: {campaign.state if campaign else 'not started'}. "
        f"Reach: {reach} people get a tip, {held} are held out by a coin for comparison (rounded "
        "down to ten). Who they are is shown to nobody. One of its tips, for people who paused:"
    )
    (tip, *_) = text.tips(Segment.LAPSED)
    message = messages.from_content(messages.nudge_content(tip.name, ["anthropic"]), token="")
    drawn.draw(message, to="preview", console=console)


def _monday(one: World, console: Console) -> None:
    """Let the next Monday come, and show what a manager gets: a practice, and no small group."""
    to_monday = timedelta(days=-one.time.now.weekday() % 7)
    one.time.now = datetime.combine(one.time.now.date() + to_monday, time(), tzinfo=UTC)
    end = one.time.now + timedelta(hours=20)
    while one.time.now < end:
        managers.plan(one.runtime)
        delivery.run(one.runtime)
        one.time.now += timedelta(hours=1)
    manager = next(p for p in one.company.people if _weeks(one, p))
    (message,) = _weeks(one, manager)
    drawn.draw(message, to="direct message", console=console)
    console.print(
        "Figures of a group are shown once a quarter at the most, in bands, and only for ten "
        "people or more. This company is a day old, so every manager reads the same."
    )


def _weeks(one: World, person: Person) -> list[Message]:
    with one.runtime.store.read() as tx:
        key = vault.subject(tx, vault.SLACK, vault.MEMBER, person.id) or ""
        contents = outbox.content_for(tx, key)
    return [
        messages.from_content(content, token="")
        for content in contents
        if messages.practice_in(content)
    ]


def _nudged(one: World, situation: Situation) -> Person:
    """Return somebody of this situation who got a message: half of them are held out."""
    return next(p for p in one.company.of(situation) if one.slack.messages_to(p.id))


def _dm(one: World, person: Person, console: Console) -> None:
    with one.runtime.store.read() as tx:
        key = _asker(one, person).person_key
        content = outbox.content_for(tx, key)
    message = messages.from_content(content[0], token="")
    drawn.draw(message, to="direct message", console=console)


def _asker(one: World, person: Person) -> Asker:
    with one.runtime.store.read() as tx:
        key = vault.subject(tx, vault.SLACK, vault.MEMBER, person.id)
    return Asker(key or "")
