"""The real service, `unranked run`, in a process of its own with made-up settings."""

import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import PIPE, Popen

SECRET = "made-up-signing-secret"
_READY = re.compile(r"ready on port (\d+)")


@dataclass(frozen=True, slots=True)
class Service:
    """A service that said that it is ready. seconds: from its start until then."""

    url: str
    seconds: float


@contextmanager
def running(database: str, slack: str, *arguments: str) -> Iterator[Service]:
    """Give the service over that database, with the stand-in at `slack` as its Slack."""
    command = [sys.executable, "-m", "unranked.cli", "run", *arguments]
    start = time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        Popen(
            command, env=_settings(database, slack), cwd=folder, stderr=PIPE, text=True
        ) as process,
    ):
        assert process.stderr is not None
        try:
            said = process.stderr.readline()
            found = _READY.search(said)
            if found is None:
                raise RuntimeError(f"The service did not start: {said}")
            yield Service(f"http://127.0.0.1:{found[1]}", time.perf_counter() - start)
        finally:
            process.terminate()
            process.communicate()


def _settings(database: str, slack: str) -> dict[str, str]:
    mine = {k: v for k, v in os.environ.items() if not k.startswith(("UNRANKED_", "SLACK_"))}
    return mine | {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "SLACK_BOT_TOKEN": "xoxb-made-up",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"{slack}/api/",
        "UNRANKED_DATABASE_URL": database,
        "UNRANKED_HTTP_PORT": "0",
        "UNRANKED_ANTHROPIC_KEY": "made-up",
        "UNRANKED_OPENAI_KEY": "made-up",
        "UNRANKED_ANTHROPIC_BASE_URL": slack,
        "UNRANKED_OPENAI_BASE_URL": slack,
    }
