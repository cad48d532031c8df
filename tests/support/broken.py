"""To see a rule fail: a rule that holds of a broken product, too, is none."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

generated = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def fails(rule: Callable[..., None], *given_to: SearchStrategy[Any], among: int = 100) -> None:
    """Look for an input of which the rule does not hold; fail where there is none."""
    looked = settings(generated, max_examples=among, phases=[Phase.generate], database=None)
    with pytest.raises(AssertionError):
        looked(given(*given_to)(rule))()
