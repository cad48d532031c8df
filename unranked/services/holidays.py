"""Public holidays of a region, from the library `holidays`; none where the region is unknown."""

from contextlib import suppress
from datetime import date
from functools import lru_cache

_YEARS_BACK = 2
_YEARS_AHEAD = 1


def of_region(region: str, *, today: date) -> frozenset[date]:
    """Return the public holidays of an ISO 3166 code such as `DE` or `DE-BE`, around `today`."""
    return _around(region, today.year) if region else frozenset()


@lru_cache(maxsize=256)
def _around(region: str, year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - slow to import, and many installations name no region

    country, _, part = region.partition("-")
    years = range(year - _YEARS_BACK, year + _YEARS_AHEAD + 1)
    for subdivision in (part or None, None):
        # A part that the library does not know still has the country's holidays.
        with suppress(NotImplementedError):
            found = holidays.country_holidays(country, subdiv=subdivision, years=years)
            return frozenset(found)
    return frozenset()
