"""A sender that is killed at any moment: nobody has two copies, nobody misses the one planned.

Real processes, real time, a real kill -9, and a chat that misbehaves by itself: it accepts a
message and cuts the connection, it commits a cut request up to five seconds later, and it commits
one only after its conversation was read for the first time.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from enrolling import Enrolled, enrol
from sender import NOON, SETTLE, clock, runtime

from unranked.demo.fake_slack import FakeSlack
from unranked.demo.slack_faults import FaultPlan
from unranked.demo.slack_members import Member
from unranked.services import messages, roster
from unranked.store import campaigns, outbox, vault
from unranked.store.campaigns import StoredCampaign
from unranked.store.outbox import State
from unranked.store.planned import Planned, plan

KILLS = int(os.environ.get("UNRANKED_TEST_KILLS", "6"))
PEOPLE_PER_KILL = 3
FAULTY_SHARE = 0.15
LONGEST_LIFE_SECONDS = 0.35
CAMPAIGN = "c-1"
SENDER = Path(__file__).parent.parent / "support" / "sender.py"


@pytest.fixture
def company(tmp_path):
    """Give a store with a planned message for everybody, and a Slack that misbehaves."""
    count = max(24, KILLS * PEOPLE_PER_KILL)
    members = [Member(f"U{n:06}", f"Person {n}", f"p{n}@corp.example") for n in range(count)]
    database = f"sqlite:///{tmp_path / 'unranked.db'}"
    with FakeSlack(members, clock, "xoxb-made-up") as slack:
        ready = runtime(database, slack.url)
        ready.store.migrate()
        roster.refresh(ready)
        content = messages.nudge_content("shorten_a_message", ["anthropic"])
        with ready.store.write() as tx:
            keys = list(vault.current(tx, vault.SLACK, vault.MEMBER).values())
            campaigns.add(tx, StoredCampaign(CAMPAIGN, "first", bytes(32), 0.5, "running", NOON))
            drawn = ("nudge", "never_used", NOON.date(), NOON)
            enrol(tx, [Enrolled(CAMPAIGN, k, *drawn) for k in keys])
            plan(
                tx,
                (Planned(f"m-{k}", k, k, "slack", content, NOON, NOON, CAMPAIGN) for k in keys),
            )
        slack.faults.plan = FaultPlan(seed=KILLS, share=FAULTY_SHARE)
        yield slack, ready, database
        ready.store.close()


def reconciled(ready):
    with ready.store.read() as tx:
        return outbox.reconciled(tx, CAMPAIGN)


def texts(ready):
    """Return the texts that messages name, and those that are kept."""
    with ready.store.read() as tx:
        named = tx.exec_driver_sql("SELECT DISTINCT text_hash FROM outbox").scalars().all()
        return named, tx.exec_driver_sql("SELECT text_hash FROM senttext").scalars().all()


def states(ready):
    with ready.store.read() as tx:
        found = Counter()
        for (state, _), count in outbox.counts(tx).items():
            found[state] += count
    return found


def sender(database, slack):
    return subprocess.Popen(
        [sys.executable, SENDER, database, slack.url], stdout=subprocess.DEVNULL
    )


def live_and_die(rng, database, slack):
    """Let a sender live for a random moment of sending, then kill it."""
    process = sender(database, slack)
    calls = sum(slack.calls.values())
    deadline = time.monotonic() + 20
    while sum(slack.calls.values()) == calls and time.monotonic() < deadline:
        time.sleep(0.002)
    time.sleep(rng.uniform(0, LONGEST_LIFE_SECONDS))
    process.send_signal(signal.SIGKILL)
    process.wait()


def waiting(ready):
    found = states(ready)
    return found[State.QUEUED] + found[State.SENDING] + found[State.IN_DOUBT]


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_kill_at_any_moment_doubles_nothing_and_loses_nothing(company):
    slack, ready, database = company
    planned = sum(states(ready).values())
    rng = random.Random(KILLS)
    for _ in range(KILLS):
        if waiting(ready) == 0:
            break
        live_and_die(rng, database, slack)
        assert sum(states(ready).values()) == planned
        assert reconciled(ready)
    process = sender(database, slack)
    try:
        deadline = time.monotonic() + 40 * SETTLE.total_seconds()
        while waiting(ready) and time.monotonic() < deadline:
            time.sleep(0.2)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert slack.settled(20)
    copies = Counter(slack.keys())
    assert states(ready) == {State.SENT: planned}
    assert reconciled(ready)
    named, kept = texts(ready)
    assert named == kept
    assert len(kept) == 1
    assert len(copies) == planned
    assert set(copies.values()) == {1}
