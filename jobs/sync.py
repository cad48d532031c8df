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
    return {
        "feeds": str(len(runs)),
        "rows": str(sum(one.rows for one in runs)),
        "days_restated": str(sum(one.restated for one in runs)),
    }
