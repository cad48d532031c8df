"""Every minute: send what is queued, for a little less than a minute."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from unranked.domain.counts import rounded
from unranked.errors import ChannelError
from unranked.services import delivery
from unranked.services.delivery import Step
from unranked.services.runtime import Runtime
from unranked.store import outbox
from unranked.store.outbox import State

LONGEST = timedelta(seconds=50)
STEPS = (Step.SENT, Step.FOUND, Step.WAITS, Step.IN_DOUBT, Step.SKIPPED, Step.FAILED)
"""Always all of them: a line that comes and goes would tell of one person."""

NO_RIGHT = "missing_scope"


def run(runtime: Runtime, stop: Callable[[], bool]) -> Mapping[str, str]:
    """Send. Raises ChannelError when the chat refuses the whole workspace, or to be looked into."""
    end = runtime.clock() + LONGEST
    done = delivery.run(runtime, stop=lambda: stop() or runtime.clock() >= end)
    if done.error:
        raise ChannelError(done.error, hint=done.hint)
    with runtime.store.read() as tx:
        unseen = outbox.counts(tx).get((State.IN_DOUBT, NO_RIGHT))
    if unseen:
        raise ChannelError(
            "Whether some messages arrived cannot be looked up: the app lacks a right.",
            hint="Give the app im:history, as manifest.yml does, and install it again.",
        )
    if not done.steps:
        return {}
    return {step.value: rounded(done.steps.get(step, 0)) for step in STEPS}
