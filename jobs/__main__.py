"""`python -m jobs sync` runs one job once; `python -m jobs` runs the schedule until a signal."""

import signal
import sys
from threading import Event

from jobs import signals
from jobs.clock import Clock, run_now
from jobs.schedule import JOBS
from unranked import bootstrap
from unranked.errors import JobFailedError, UnrankedError
from unranked.services.runtime import Runtime

STOP_SECONDS = 9.0


def main(names: list[str]) -> int:
    """Run the jobs named, or the schedule; return the exit code."""
    try:
        settings = bootstrap.settings()
        bootstrap.configure_logging(settings.log_format)
        runtime = bootstrap.runtime(settings)
        runtime.store.check()
    except UnrankedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    unknown = [name for name in names if name not in JOBS]
    if unknown:
        sys.stderr.write(f"There is no job {unknown[0]}; there are {', '.join(JOBS)}.\n")
        return 2
    if names:
        try:
            with signals.raising():
                results = [_ended_well(runtime, name) for name in names]  # one failure stops none
        except signals.EndedError as ended_early:
            return ended_early.exit_code
        return 0 if all(results) else 1
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    clock = Clock(runtime)
    clock.start()
    ended.wait()
    return 0 if clock.stop(within_seconds=STOP_SECONDS) else 1


def _ended_well(runtime: Runtime, name: str) -> bool:
    try:
        run_now(runtime, name)
    except JobFailedError:  # it is in the log
        return False
    except UnrankedError as error:
        sys.stderr.write(f"{error}\n")
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
