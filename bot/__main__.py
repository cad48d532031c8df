"""`python -m bot` listens to Slack until a signal; `unranked run` does this and the jobs."""

import os
import signal
import sys
from threading import Event

from bot.doors import Doors
from unranked import bootstrap
from unranked.errors import UnrankedError


def main() -> int:
    """Listen; return the exit code."""
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        settings = bootstrap.settings()
        bootstrap.configure_logging(settings.log_format)
        runtime = bootstrap.runtime(settings)
        runtime.store.check()
        doors = Doors(settings, runtime)
        doors.open(ended)
    except UnrankedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    ended.wait()
    if not doors.close():
        os._exit(0)  # an answer that the chat does not take holds nothing back
    return 0


if __name__ == "__main__":
    sys.exit(main())
