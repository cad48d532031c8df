"""Every figure that a person's summary can show, and which way of it is better: method.md 1.10.

No token may make one of them better, nor make one appear that is worth having. A figure that is not
listed here fails the burn test.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from unranked.domain.policy_terms import Role


class Better(StrEnum):
    """Which way of a figure is better, if any is."""

    UP = "up"
    DOWN = "down"
    NEUTRAL = "neutral"


_UP, _DOWN, _NEUTRAL = Better.UP, Better.DOWN, Better.NEUTRAL


def _of(better: Better, names: str) -> dict[str, Better]:
    return dict.fromkeys(names.split(), better)


SUMMARY: Mapping[str, Mapping[str, Better]] = {
    "head": _of(_NEUTRAL, "weeks span through"),
    "value": _of(_UP, "middle low high") | _of(_NEUTRAL, "answered weeks have need"),
    "cost": _of(_DOWN, "cost millions lowest highest amounts") | _of(_NEUTRAL, "tools days"),
    "net": _of(_UP, "middle low high") | _of(_NEUTRAL, "hour needs"),
    "per_cost": _of(_UP, "middle low high") | _of(_NEUTRAL, "floor needs"),
    "work": _of(_UP, "count") | _of(_DOWN, "middle low high") | _of(_NEUTRAL, "days source floor"),
    "change": _of(_UP, "change") | _of(_NEUTRAL, "have need"),
    "gaps": _of(_NEUTRAL, "tool what unknown sources"),
    "hint": _of(_NEUTRAL, "model paid smaller instead"),
    "chart": _of(_UP, "reported") | _of(_DOWN, "cost"),
    "week": _of(_UP, "worth") | _of(_DOWN, "cost costs") | _of(_NEUTRAL, "week"),
}
"""What `/tokens` and the Home tab show, by line."""

HOW: Mapping[str, Mapping[str, Better]] = {
    "value": _of(_UP, "answers middle") | _of(_NEUTRAL, "outside have need"),
    "cost": _of(_DOWN, "total cost") | _of(_NEUTRAL, "weeks reference needs"),
    "net": _of(_UP, "middle net") | _of(_DOWN, "cost") | _of(_NEUTRAL, "minute"),
    "per_cost": _of(_UP, "middle per_million per_currency")
    | _of(_DOWN, "millions per_hour")
    | _of(_NEUTRAL, "floor"),
    "work": _of(_DOWN, "cost") | _of(_NEUTRAL, "days survival floor"),
}
"""What "how is this computed" shows, by line."""

SEEN_BY: Mapping[Role, frozenset[str]] = {
    Role.PERSON: frozenset(
        {
            *("head", "value", "cost", "net", "per_cost", "work", "change", "gaps"),
            *("hint", "chart", "week"),
        }
    ),
    Role.MANAGER: frozenset({"size", "share", "spend"}),
    Role.ENABLEMENT: frozenset(
        {
            *("result_word", "result_next", "result_paused", "result_difference", "result_looks"),
            *("result_lasts", "result_opt_outs", "result_programme", "result_waits", "programme"),
        }
    ),
}
"""Who is shown which line: one's own summary, what is said of a group, what a campaign came to.

A line that is shown and does not stand here fails the build. None is shown to two of them.
"""

COSTS = {"cost", "gaps", "hint", "week", "chart"}
"""Lines that tell of cost alone, or of each week: cost may appear in them, as it must."""


Key = tuple[str, str, int]
"""A line, a name of it, and which of several: a week has a number."""

Shown = Mapping[Key, float | str]
"""What is shown: numbers, and words where there is no number."""


def better_or_opened(
    listed: Mapping[str, Mapping[str, Better]], before: Shown, after: Shown
) -> list[str]:
    """Return what got better from `before` to `after`, and which figures appeared.

    Raises KeyError for a figure that is not listed.
    """
    return [*_better(listed, before, after), *_opened(listed, before, after)]


def _better(
    listed: Mapping[str, Mapping[str, Better]], before: Shown, after: Shown
) -> Iterator[str]:
    for key, now in after.items():
        line, name, _ = key
        way, was = listed[line][name], before.get(key)
        if was is None or way is Better.NEUTRAL or now == was:
            continue
        if isinstance(now, str) or isinstance(was, str):
            yield f"{line}.{name} changed from {was} to {now}"  # words have no direction
        elif now > was if way is Better.UP else now < was:
            yield f"{line}.{name} went from {was} to {now}"


def _opened(
    listed: Mapping[str, Mapping[str, Better]], before: Shown, after: Shown
) -> Iterator[str]:
    for line, name, _ in sorted({*after} - {*before}):
        if listed[line][name] is not Better.NEUTRAL and line not in COSTS:
            yield f"{line}.{name} appeared"
