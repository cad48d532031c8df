"""Daily: people and teams."""

from collections.abc import Callable, Mapping

from unranked.domain.counts import rounded
from unranked.services import roster
from unranked.services.runtime import Runtime


def run(runtime: Runtime, stop: Callable[[], bool]) -> Mapping[str, str]:
    """Bring the roster up to date."""
    del stop
    found = roster.refresh(runtime)
    return {
        "members": rounded(found.members),
        "guests": rounded(found.guests),
        "without_email": rounded(found.without_email),
        "csv_lines_without_a_member": rounded(found.csv_unmatched),
    }
