"""The table of jobs on APScheduler: one machine. It only tells the time.

What is due is a row in the database, so that a firing that nobody served is served at the next
start, and two firings are one piece of work.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Condition, Event, Thread

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from jobs.schedule import FIRST_ORDER, JOBS, Report
from unranked.errors import JobError, JobFailedError, UnrankedError
from unranked.services.runtime import Runtime
from unranked.store import runs

LEASE = timedelta(hours=6)
"""Longer than any job takes. At a start all claims of before are void: nobody holds them."""

log = structlog.get_logger("unranked.jobs")


class Clock:
    """The schedule of one process. `start` serves what was missed; `stop` ends it in time."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._stopping = Event()
        self._changed = Condition()
        self._running = 0
        self._sweeping = Thread(target=self._sweep, name="sweep", daemon=True)
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Serve what was due while nobody was there, in order, then by the clock."""
        now = self._runtime.clock()
        with self._runtime.store.write() as tx:
            runs.declare(tx, JOBS)
            runs.release_all(tx)
            for name in _missed(runs.states(tx), now):
                runs.make_due(tx, name, at=now)
        for name, job in JOBS.items():
            self._scheduler.add_job(self._fire, CronTrigger(**job.cron, timezone="UTC"), [name])
        self._scheduler.start()
        self._sweeping.start()

    def stop(self, *, within_seconds: float) -> bool:
        """Start nothing new and wait for what runs; return whether all of it ended in time."""
        with self._changed:
            self._stopping.set()
        self._scheduler.pause()
        with self._changed:
            ended = self._changed.wait_for(lambda: not self._running, within_seconds)
        self._scheduler.shutdown(wait=False)
        return ended

    def _fire(self, name: str) -> None:
        with self._runtime.store.write() as tx:
            runs.make_due(tx, name, at=self._runtime.clock())
        self._serve(name)

    def _sweep(self) -> None:
        for name in FIRST_ORDER:
            self._serve(name)

    def _serve(self, name: str) -> None:
        with self._changed:
            if self._stopping.is_set():
                return
            self._running += 1
        try:
            serve(self._runtime, name, stop=self._stopping.is_set)
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()


def serve(runtime: Runtime, name: str, *, stop: Callable[[], bool] = lambda: False) -> bool:
    """Run the job if it is due and free; return whether it ran and ended well."""
    claim = _claimed(runtime, name)
    return claim is not None and _run(runtime, name, claim, stop)


def run_now(runtime: Runtime, name: str) -> None:
    """Run one job now, whether it is due or not.

    Raises JobFailedError when it failed, which the log says too, and JobError when somebody runs
    it already.
    """
    with runtime.store.write() as tx:
        runs.declare(tx, JOBS)
        runs.make_due(tx, name, at=runtime.clock())
    claim = _claimed(runtime, name)
    if claim is None:
        raise JobError(
            f"The job {name} runs already.", hint="Wait until it ends; it is due again after that."
        )
    if _run(runtime, name, claim, lambda: False):
        return
    with runtime.store.read() as tx:
        (state,) = (state for state in runs.states(tx) if state.name == name)
    raise JobFailedError(f"The job {name} failed. {state.error}", hint=state.hint)


def _claimed(runtime: Runtime, name: str) -> str | None:
    claim = runtime.ids.key("r")
    with runtime.store.write() as tx:
        free = runs.claim(tx, name, claim, now=runtime.clock(), lease=LEASE)
    return claim if free else None


def _run(runtime: Runtime, name: str, claim: str, stop: Callable[[], bool]) -> bool:
    outcome, error, hint, report = "failed", "UnexpectedError", "", {}
    try:
        report = dict(JOBS[name].run(runtime, stop))
        outcome, error = "done", ""
    except UnrankedError as known:
        error, hint = known.message, known.hint
    except Exception as unknown:  # noqa: BLE001 - one job's fault must not end the others
        # Only the kind of fault: its text may hold somebody's address.
        error = type(unknown).__name__
        hint = "Report it with the version and the job's name."
    finally:
        with runtime.store.write() as tx:
            runs.finish(
                tx, name, claim, now=runtime.clock(), outcome=outcome, error=error, hint=hint
            )
    _tell(name, report, error, hint)
    return not error


def _tell(name: str, report: Report, error: str, hint: str) -> None:
    if error:
        log.error("job failed", job=name, error=error, hint=hint)
    elif report or name != "delivery":
        log.info("job done", job=name, **report)


def _missed(states: list[runs.JobState], now: datetime) -> list[str]:
    """Return the jobs that never ran, failed last, or whose time came since they last started."""
    missed = []
    for state in states:
        if state.started_at is None or state.error or state.started_at > now:
            # What failed before may be why somebody starts the service again: it is mended now.
            missed.append(state.name)
            continue
        trigger = CronTrigger(**JOBS[state.name].cron, timezone="UTC")
        due = trigger.get_next_fire_time(None, state.started_at + timedelta(seconds=1))
        if due is not None and due <= now:
            missed.append(state.name)
    return missed
