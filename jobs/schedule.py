"""The one table of jobs: name, when it is due, and what it does. Times are UTC."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jobs import delivery, digests, nudges, pulse, results, retention, roster, segments, sync
from unranked.services.runtime import Runtime

Stop = Callable[[], bool]
Report = Mapping[str, str]
"""What a job did, in words and rounded counts, for the log."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job. cron: minute, hour and weekday as APScheduler writes them.

    try_out: what the job would do, without writing; None where that cannot be said.
    """

    name: str
    cron: Mapping[str, str]
    run: Callable[[Runtime, Stop], Report]
    try_out: Callable[[Runtime], Report] | None = None


JOBS: Mapping[str, Job] = {
    job.name: job
    for job in (
        Job("roster", {"hour": "3", "minute": "10"}, roster.run),
        Job("sync", {"minute": "5"}, sync.run),
        Job("segments", {"hour": "*/6", "minute": "40"}, segments.run),
        Job("nudges", {"minute": "50"}, nudges.run, nudges.try_out),
        Job("pulse", {"minute": "15"}, pulse.run, pulse.try_out),
        Job("digests", {"minute": "25"}, digests.run),
        Job("results", {"hour": "6", "minute": "20"}, results.run),
        Job("delivery", {"minute": "*"}, delivery.run),
        Job("retention", {"hour": "2", "minute": "30"}, retention.run, retention.try_out),
    )
}

FIRST_ORDER = (
    *("roster", "sync", "segments", "nudges", "pulse", "digests", "results", "delivery"),
    "retention",
)
"""The order in which a new installation runs them; each needs what the one before brought."""
