"""Hourly: nudges due where the person is."""

from collections.abc import Callable, Mapping

from unranked.connectors.base import FeedKind
from unranked.domain.counts import rounded
from unranked.domain.nudges import Reason
from unranked.services import nudges, segments, sync
from unranked.services.nudges import NudgeRun
from unranked.services.runtime import Runtime


def run(runtime: Runtime, stop: Callable[[], bool]) -> Mapping[str, str]:
    """Look at fresh figures, then draw and queue. Does nothing on stale data."""
    del stop
    if not nudges.is_fresh(runtime):
        sync.run(runtime, kinds=frozenset({FeedKind.ACTIVITY, FeedKind.DIRECTORY}))
    segments.refresh(runtime)  # a day may have been restated since the last placement
    return _report(nudges.plan(runtime))


def try_out(runtime: Runtime) -> Mapping[str, str]:
    """Say what would be queued and what holds people back, in rounded counts. Writes nothing."""
    return _report(nudges.plan(runtime, dry_run=True))


def _report(run: NudgeRun) -> Mapping[str, str]:
    if run.blocked:
        return {"nobody_looked_at": run.blocked}
    # Every reason, always: a line that comes and goes would tell when somebody stopped.
    held = {f"held_back_{one.value}": rounded(run.withheld.get(one, 0)) for one in Reason}
    return {"would_be_drawn" if run.dry else "drawn": rounded(run.eligible), **held}
