"""Case 4: from the command to *ready*, with a stand-in for Slack."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from table import Line, at_most, seconds

from unranked.demo.fake_slack import FakeSlack

TOKEN = "xoxb-made-up"


def measure(*, pairs: int) -> Iterator[Line]:
    """Yield the line of this case: `unranked run --only bot` over HTTP, its database there."""
    with (
        TemporaryDirectory() as folder,
        FakeSlack((), lambda: datetime.now(UTC), TOKEN) as slack,
    ):
        given = os.environ | {
            "SLACK_BOT_TOKEN": TOKEN,
            "SLACK_SIGNING_SECRET": "made-up",
            "SLACK_API_URL": slack.url,
            "UNRANKED_HTTP_PORT": "0",
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        _once(Path(folder), given)  # the first makes the database, and does not count
        taken = [_once(Path(folder), given) for _ in range(pairs)]
    yield Line(
        "cold start to ready",
        "run --only bot",
        "SQLite",
        seconds(taken),
        "1.5 s",
        **at_most(1.0, median(taken) / 1.5),
    )


def _once(folder: Path, given: dict[str, str]) -> float:
    command = [sys.executable, "-m", "unranked.cli", "run", "--only", "bot"]
    start = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, env=given, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        while "ready" not in process.stderr.readline():
            if process.poll() is not None:
                raise RuntimeError("The service did not start.")
        taken = time.perf_counter() - start
        process.terminate()
    return taken
