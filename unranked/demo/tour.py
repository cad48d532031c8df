"""`unranked demo`: the real jobs on a made-up company, and what its people get of them."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

from unranked.channels import console as drawn
from unranked.demo.company_people import Person, Situation
from unranked.demo.world import World, world
from unranked.domain.counts import rounded
from unranked.domain.stats import Arm
from unranked.services import answers, choices, delivery, messages, nudges, roster, segments, sync
from unranked.services.choices import Asker
from unranked.store import campaigns, outbox, vault
from unranked.store.outbox import State

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
        _bars(console) as bars,
        world(seed=seed, people=people, today=FIRST_DAY, progress=bars.show) as one,
    ):
        _run_jobs(one)
        bars.finish()
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
        "down to ten). Who they are is shown to nobody. One of its four texts, for people who "
        "paused:"
    )
    text = messages.from_content(messages.nudge_content("lapsed", ["anthropic"]), token="")
    drawn.draw(text, to="preview", console=console)


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


class _Bars:
    """Progress bars in a terminal; a plain line for each step where there is none."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    def show(self, what: str, done: int, of: int) -> None:
        """Move the bar of `what`, under the name before its colon."""
        name, _, detail = what.partition(": ")
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=of or None)
            if not self._console.is_terminal:
                self._console.print(f"... {name}")
        said = f"{name}: {detail}" if detail else name
        self._progress.update(self._tasks[name], description=said, completed=done, total=of or None)

    def start(self) -> None:
        """Begin to draw."""
        self._progress.start()

    def finish(self) -> None:
        """Leave the bars as they are; harmless twice."""
        self._progress.stop()


@contextmanager
def _bars(console: Console) -> Iterator[_Bars]:
    bars = _Bars(console)
    bars.start()
    try:
        yield bars
    finally:
        bars.finish()
