"""Hourly: check-ins due where the person is, and the word each month that a summary is ready."""

from collections.abc import Callable, Mapping

from unranked.domain.counts import rounded
from unranked.services import monthly, pulse
from unranked.services.pulse import PulseRun
from unranked.services.runtime import Runtime


def run(runtime: Runtime, stop: Callable[[], bool]) -> Mapping[str, str]:
    """Queue what is due."""
    del stop
    return _report(pulse.plan(runtime), monthly.plan(runtime))


def try_out(runtime: Runtime) -> Mapping[str, str]:
    """Say what would be queued, in rounded counts. Writes nothing."""
    return _report(pulse.plan(runtime, dry_run=True), monthly.plan(runtime, dry_run=True))


def _report(asked: PulseRun, told: int) -> Mapping[str, str]:
    return {
        "due": rounded(asked.due),
        "left_alone": rounded(asked.left_alone),
        "queued": rounded(asked.queued),
        "monthly": rounded(told),
    }
