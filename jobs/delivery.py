"""Every minute: send what is queued, for a little less than a minute."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from unranked.domain.counts import rounded
from unranked.errors import ChannelError
from unranked.services import delivery
from unranked.services.runtime import Runtime

LONGEST = timedelta(seconds=50)


def run(runtime: Runtime, stop: Callable[[], bool]) -> Mapping[str, str]:
    """Send. Raises ChannelError when the chat refuses the whole workspace."""
    end = runtime.clock() + LONGEST
    done = delivery.run(runtime, stop=lambda: stop() or runtime.clock() >= end)
    if done.error:
        raise ChannelError(done.error, hint=done.hint)
    return {step.value: rounded(n) for step, n in sorted(done.steps.items())}
