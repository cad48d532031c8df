"""The faults that can be switched on in the playground: what breaks, and what to look at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from unranked.demo.slack_faults import POST
from unranked.demo.world import World

LATE = timedelta(days=3)
_EVERY = 10**9
"""More calls than any play makes: the fault stays until it is switched off."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault. says: what it does, and what then must not happen."""

    title: str
    says: str
    is_on: Callable[[World], bool]
    set: Callable[[World, bool], None]


def _set_down(world: World, on: bool) -> None:  # noqa: FBT001 - a switch
    world.anthropic.down = on


def _set_late(world: World, on: bool) -> None:  # noqa: FBT001 - a switch
    for provider in (world.anthropic, world.openai, world.github):
        provider.late = LATE if on else timedelta(0)


def _set_limited(world: World, on: bool) -> None:  # noqa: FBT001 - a switch
    limited = world.slack.faults.rate_limited_methods
    (limited.add if on else limited.discard)(POST)


def _set_cut(world: World, on: bool) -> None:  # noqa: FBT001 - a switch
    world.slack.faults.accept_then_cut = _EVERY if on else 0


SWITCHES: Mapping[str, Fault] = {
    "provider-down": Fault(
        "A provider is down",
        "Anthropic answers every question with an error. Its figures grow stale, and after some "
        "days nobody is called a zero any more.",
        lambda world: world.anthropic.down,
        _set_down,
    ),
    "provider-late": Fault(
        "Providers are late by three days",
        "All of them show what they would have shown three days ago. The watermark stays "
        "behind, and what is missing is never a zero.",
        lambda world: world.anthropic.late > timedelta(0),
        _set_late,
    ),
    "slack-limited": Fault(
        "Slack answers 429",
        "Slack takes no message and asks to wait. Tips wait for the next open hours; a manager's "
        "week is dropped when its Monday is over, and nothing is sent twice.",
        lambda world: POST in world.slack.faults.rate_limited_methods,
        _set_limited,
    ),
    "slack-cuts": Fault(
        "Slack accepts a message, then cuts the line",
        "Nobody knows whether it arrived. The conversation is looked at before anything is sent "
        "again, so that nobody has it twice.",
        lambda world: world.slack.faults.accept_then_cut > 0,
        _set_cut,
    ),
}
