"""Hourly: managers' weekly messages, where it is nearly nine on a Monday."""

from collections.abc import Callable, Mapping

from unranked.domain.counts import rounded
from unranked.services import managers, programme
from unranked.services.runtime import Runtime


def run(runtime: Runtime, stop: Callable[[], bool]) -> Mapping[str, str]:
    """Queue what is due."""
    del stop
    queued = managers.plan(runtime).queued
    programme.release(runtime)
    return {"queued": rounded(queued)}
