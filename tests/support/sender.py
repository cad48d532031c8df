"""One delivery run in a process of its own, to be killed: python sender.py DATABASE SLACK_URL."""

import sys
import time
from datetime import UTC, datetime, timedelta

from unranked.channels.slack import Slack
from unranked.services import delivery
from unranked.services.runtime import Runtime, Sending
from unranked.store import Store

APART = timedelta(milliseconds=30)
TIMEOUT = timedelta(seconds=1)
SETTLE = timedelta(seconds=6)
"""Longer than the longest time after which a cut request still comes in."""

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def clock() -> datetime:
    """Return a time that runs like the real one, on a day in working hours."""
    real = datetime.now(UTC)
    return NOON + timedelta(seconds=(real - real.replace(minute=0, second=0)).total_seconds())


def runtime(database: str, slack_url: str) -> Runtime:
    """Return what a delivery run needs."""
    return Runtime(
        store=Store.open(database),
        connectors=(),
        channel=Slack("xoxb-made-up", api_url=slack_url, timeout_seconds=1, sleeper=time.sleep),
        clock=clock,
        sleeper=time.sleep,
        sending=Sending(apart=APART, timeout=TIMEOUT, settle=SETTLE),
    )


if __name__ == "__main__":
    ready = runtime(sys.argv[1], sys.argv[2])
    while True:
        delivery.run(ready)
        time.sleep(0.05)
