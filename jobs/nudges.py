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
    """Say what each campaign would queue and what holds people back, in rounded counts.

    Writes nothing. Campaigns are called what the team calls them: for whoever asks, and for no log.
    """
    run = nudges.plan(runtime, dry_run=True)
    if run.blocked:
        return {"nobody_looked_at": run.blocked}
    said: dict[str, str] = {}
    for number, one in enumerate(run.campaigns, start=1):
        twice = sum(one.name == other.name for other in run.campaigns) > 1
        name = f"{one.name} ({number})" if twice else one.name
        lines = {"would_be_drawn": one.eligible, "next_message": one.followed}
        lines |= _held(one.withheld)
        said |= {f"{name}, {what}": rounded(count) for what, count in lines.items()}
    return said


def _report(run: NudgeRun) -> Mapping[str, str]:
    if run.blocked:
        return {"nobody_looked_at": run.blocked}
    counts = {"drawn": run.eligible, "next_message": run.followed, **_held(run.withheld)}
    return {what: rounded(count) for what, count in counts.items()}


def _held(withheld: Mapping[Reason, int]) -> Mapping[str, int]:
    # Every reason, always: a line that comes and goes would tell when somebody stopped.
    return {f"held_back_{one.value}": withheld.get(one, 0) for one in Reason}
