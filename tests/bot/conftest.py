"""A company, Slack's door to it, and Lee of its enablement team before the Home tab."""

import pytest
from editing import staffed
from reading import Reader
from signed import opened


@pytest.fixture
def company(world):
    return staffed(world)


@pytest.fixture
def front(company):
    with opened(company) as made:
        yield made


@pytest.fixture
def lee(front):
    made = Reader(front, "ULEE")
    made.home()
    return made
