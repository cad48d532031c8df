"""The made-up company as a running world: its providers and its Slack on loopback, its own clock.

The product is wired exactly as `unranked run` wires it; only the addresses lead to the fakes.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random

from unranked import connectors
from unranked.channels.slack import Slack
from unranked.connectors.api import connected
from unranked.demo import cast
from unranked.demo.company import Company
from unranked.demo.company_finished import ORG
from unranked.demo.fake_anthropic import FakeAnthropic
from unranked.demo.fake_github import FakeGitHub
from unranked.demo.fake_openai import FakeOpenAI
from unranked.demo.fake_slack import FakeSlack
from unranked.domain.runtime import Ids
from unranked.services.runtime import Connected, Progress, Runtime, Sending
from unranked.store import Store

KEY = "made-up-key"
MORNING = time(6, 30)
TEAM = "S0ENABLEMENT"
"""The user group of the enablement team."""


@dataclass
class Time:
    """The world's clock. Waiting moves it, so that nobody waits for real."""

    now: datetime

    def clock(self) -> datetime:
        """Return the world's present."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass in no time."""
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class World:
    """A company, its Slack, its providers, its clock, and Unranked running in it.

    csv: the roster file, rewritten as the company changes.
    """

    company: Company = field(repr=False)
    slack: FakeSlack = field(repr=False)
    anthropic: FakeAnthropic = field(repr=False)
    openai: FakeOpenAI = field(repr=False)
    github: FakeGitHub = field(repr=False)
    csv: Path
    time: Time
    runtime: Runtime = field(repr=False)


@contextmanager
def world(
    *, seed: int, people: int, today: datetime, progress: Progress, ahead: int = 0
) -> Iterator[World]:
    """Give a world on the morning before `today`, with an empty store of its own.

    ahead: weeks after `today` in which the company lives on.
    """
    company = Company.made(seed, today=today.date(), people=people, ahead=ahead)
    clock = Time(datetime.combine(today.date(), MORNING, tzinfo=UTC) - timedelta(days=1))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="unranked-demo-")))
        csv = folder / "people.csv"
        csv.write_text(company.csv_on(clock.now.date()), encoding="utf-8")
        members = company.members_on(clock.now.date())
        slack = stack.enter_context(FakeSlack(members, clock.clock, KEY))
        anthropic = stack.enter_context(FakeAnthropic(company, clock.clock, KEY))
        openai = stack.enter_context(FakeOpenAI(company, clock.clock, KEY))
        github = stack.enter_context(FakeGitHub(company, clock.clock, KEY))
        store = Store.open(f"sqlite:///{folder / 'demo.db'}")
        stack.callback(store.close)
        store.migrate()
        runtime = Runtime(
            store=store,
            connectors=(
                _connected("anthropic", anthropic.url, clock),
                _connected("openai", openai.url, clock),
            ),
            sources=(_connected("github", github.url, clock, org=ORG, enterprise=""),),
            channel=Slack(KEY, api_url=slack.url, timeout_seconds=6, sleeper=clock.sleep),
            clock=clock.clock,
            sleeper=clock.sleep,
            ids=Ids(Random(seed).randbytes),
            sending=Sending(),
            help_contact="#ai-help",
            roster_csv=csv,
            enablement=frozenset({TEAM}),
            progress=progress,
        )
        slack.group(TEAM, *(person.id for person in cast.enablement(company)))
        yield World(company, slack, anthropic, openai, github, csv, clock, runtime)


def _connected(slug: str, url: str, clock: Time, **options: str) -> Connected:
    connector = connectors.found()[slug]
    return Connected(
        connector,
        partial(
            connected,
            connector,
            base_url=url,
            key=KEY,
            options=options,
            clock=clock.clock,
            sleeper=clock.sleep,
        ),
    )
