"""Holidays of a region: as many as are known, and never a word about one that is not."""

from datetime import date

import pytest

from unranked.services import holidays

TODAY = date(2026, 11, 24)
CHRISTMAS, WOMENS_DAY = date(2026, 12, 25), date(2026, 3, 8)


@pytest.mark.parametrize(
    "region", ["DE", "DE-BE", "DE-BER", "DE-", "DE-BE-X", "DE-\u00c4", "GB-EN"]
)
def test_a_part_that_is_not_known_keeps_the_countrys_holidays(region):
    assert CHRISTMAS in holidays.of_region(region, today=TODAY)


def test_a_part_that_is_known_has_its_own_holidays_too():
    days = {region: holidays.of_region(region, today=TODAY) for region in ("DE", "DE-BE")}

    assert WOMENS_DAY in days["DE-BE"]
    assert WOMENS_DAY not in days["DE"]


@pytest.mark.parametrize("region", ["", "XX", "XX-BE", "-BE", "germany"])
def test_a_country_that_is_not_known_has_none(region):
    assert holidays.of_region(region, today=TODAY) == frozenset()
