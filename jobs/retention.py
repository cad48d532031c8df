"""Nightly: delete what is past its keeping time. Numbers of rows, rounded as those of people."""

from collections.abc import Callable, Mapping

from unranked.domain.counts import rounded
from unranked.services import retention
from unranked.services.retention import RetentionRun
from unranked.services.runtime import Runtime


def run(runtime: Runtime, stop: Callable[[], bool]) -> Mapping[str, str]:
    """Delete it."""
    return _said(retention.run(runtime, stop=stop))


def try_out(runtime: Runtime) -> Mapping[str, str]:
    """Say what would be deleted."""
    return _said(retention.try_out(runtime))


def _said(done: RetentionRun) -> Mapping[str, str]:
    return {name: rounded(rows) for name, rows in sorted(done.rows.items())}
