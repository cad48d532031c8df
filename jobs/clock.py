"""The table of jobs on APScheduler: one machine. It only tells the time.

What is due is a row in the database, so that a firing that nobody served is served at the next
start, and two firings are one piece of work.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Condition, Event, Thread

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from jobs.schedule import FIRST_ORDER, JOBS, Report
from unranked.errors import JobError, JobFailedError, UnrankedError
from unranked.services import claims
from unranked.services.claims import Fate
from unranked.services.runtime import Runtime
from unranked.store import runs

LEASE = timedelta(minutes=5)
"""Renewed while the job runs. At a start all claims of before are void: nobody holds them."""

BEAT_SECONDS = 10.0

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
        if not ended:
            self._give_back()
        return ended

    def _give_back(self) -> None:
        """Void the claims of what is cut off now: nobody else is to wait for it."""
        try:
            with self._runtime.store.write() as tx:
                runs.release_of(tx, claims.mine())
        except Exception as error:  # noqa: BLE001 - the end comes; the next start voids them too
            log.warning("claims not given back", error=type(error).__name__)

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
        raise _held(_state(runtime, name))
    if _run(runtime, name, claim, lambda: False):
        return
    state = _state(runtime, name)
    raise JobFailedError(f"The job {name} failed. {state.error}", hint=state.hint)


def _state(runtime: Runtime, name: str) -> runs.JobState:
    with runtime.store.read() as tx:
        return next(state for state in runs.states(tx) if state.name == name)


def _held(state: runs.JobState) -> JobError:
    """Return what to say of a job that somebody runs, or was running until a moment ago."""
    since = "" if state.started_at is None else f" since {state.started_at:%Y-%m-%d %H:%M} UTC"
    if claims.fate(state.holder) is Fate.HERE:
        return JobError(
            f"The job {state.name} runs already{since}: process "
            f"{claims.process_id(state.holder)} of this machine.",
            hint="Wait until it ends, or end that process: the job is free then.",
        )
    until = "in a moment" if state.claimed_until is None else f"{state.claimed_until:%H:%M} UTC"
    return JobError(
        f"The job {state.name} runs already{since}, in another container or on another machine.",
        hint=f"Wait until it ends. If that process was killed, the job is free by itself at "
        f"{until} at the latest, and at once when `unranked run` starts.",
    )


def _claimed(runtime: Runtime, name: str) -> str | None:
    claim, now, mine = runtime.ids.key("r"), runtime.clock(), claims.mine()
    with runtime.store.write() as tx:
        for state in runs.states(tx):
            if state.name == name and state.claim and claims.fate(state.holder) is Fate.GONE:
                runs.release(tx, state.claim)
        free = runs.claim(tx, name, claim, now=now, lease=LEASE, holder=mine)
    return claim if free else None


def _run(runtime: Runtime, name: str, claim: str, stop: Callable[[], bool]) -> bool:
    outcome, error, hint, report = "failed", "", "", {}
    try:
        with _renewed(runtime, claim):
            report = dict(JOBS[name].run(runtime, stop))
        outcome = "done"
    except UnrankedError as known:
        error, hint = known.message, known.hint
    except Exception as unknown:  # noqa: BLE001 - one job's fault must not end the others
        # Only the kind of fault: its text may hold somebody's address.
        error = type(unknown).__name__
        hint = "Report it with the version and the job's name."
    except BaseException:  # a signal
        with runtime.store.write() as tx:
            runs.release(tx, claim)
        log.warning("job ended early", job=name)
        raise
    with runtime.store.write() as tx:
        runs.finish(tx, name, claim, now=runtime.clock(), outcome=outcome, error=error, hint=hint)
    _tell(name, report, error, hint)
    return not error


@contextmanager
def _renewed(runtime: Runtime, claim: str) -> Iterator[None]:
    """Hold the claim as long as the job runs: one that is not renewed is free after `LEASE`."""
    ended = Event()

    def beat() -> None:
        while not ended.wait(BEAT_SECONDS):
            try:
                with runtime.store.write() as tx:
                    runs.renew(tx, claim, until=runtime.clock() + LEASE)
            except Exception as error:  # noqa: BLE001 - the database may be back at the next beat
                log.warning("claim not renewed", error=type(error).__name__)

    beating = Thread(target=beat, name="claim", daemon=True)
    beating.start()
    try:
        yield
    finally:
        ended.set()
        beating.join()


def _tell(name: str, report: Report, error: str, hint: str) -> None:
    if error:
        log.error("job failed", job=name, error=error, hint=hint)
    elif report or name != "delivery":
        log.info("job done", job=name, **report)


def _missed(states: list[runs.JobState], now: datetime) -> list[str]:
    """Return the jobs that never ran or did not end well, or whose time came since."""
    missed = []
    for state in states:
        cut_off = state.finished_at is None
        if state.started_at is None or cut_off or state.error or state.started_at > now:
            # What failed before may be why somebody starts the service again: it is mended now.
            missed.append(state.name)
            continue
        trigger = CronTrigger(**JOBS[state.name].cron, timezone="UTC")
        due = trigger.get_next_fire_time(None, state.started_at + timedelta(seconds=1))
        if due is not None and due <= now:
            missed.append(state.name)
    return missed
