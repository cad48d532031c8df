"""Daily: looks at campaigns that are due, and whether one must pause itself."""

from collections.abc import Callable, Mapping

from unranked.domain.guardrails import Breach
from unranked.services import results
from unranked.services.runtime import Runtime


def run(runtime: Runtime, stop: Callable[[], bool]) -> Mapping[str, str]:
    """Take what is due. Numbers of campaigns, which tell of nobody."""
    del stop
    done = results.run(runtime)
    paused = {f"paused_by_{one.value}": str(done.paused.get(one, 0)) for one in Breach}
    return {
        "looks_taken": str(done.taken),
        "looks_skipped": str(done.skipped),
        "campaigns_ended": str(done.ended),
        **paused,
    }
