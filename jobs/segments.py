"""Every few hours: who is where, at the watermark. The counts by segment stay inside."""

from collections.abc import Callable, Mapping

from unranked.domain.counts import rounded
from unranked.services import segments
from unranked.services.runtime import Runtime


def run(runtime: Runtime, stop: Callable[[], bool]) -> Mapping[str, str]:
    """Place everybody."""
    del stop
    return {"people": rounded(segments.refresh(runtime).roster)}
