"""Hourly: every connector."""

from collections.abc import Callable, Mapping

from unranked.errors import ProviderError
from unranked.services import sync
from unranked.services.runtime import Runtime


def run(runtime: Runtime, stop: Callable[[], bool]) -> Mapping[str, str]:
    """Bring in new figures; once every feed was tried, raise ProviderError for one that failed."""
    del stop
    runs = sync.run(runtime)
    wrong = [one for one in runs if one.error]
    if wrong:
        first = wrong[0]
        raise ProviderError(
            f"{len(wrong)} of {len(runs)} feeds failed; {first.connector} {first.feed}: "
            f"{first.error}",
            hint=first.hint,
            retryable=True,
        )
    # No number of rows: from one hour to the next it would tell when somebody started.
    return {"feeds": str(len(runs))}
