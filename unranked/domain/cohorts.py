"""Frozen groups of people for one quarter, and the windows that figures about them cover.

Source: method.md 4.2 and 4.4. Nothing here looks at what anybody does.
"""

from datetime import date, timedelta

from unranked.domain.usage import ONE_DAY, Window

WINDOW = timedelta(days=28)
WINDOWS_A_QUARTER = 3
LARGE = 50
"""From this size on a figure may change with every window; below it, once a quarter."""

_MONTHS = 3


def quarter_of(day: date) -> Window:
    """Return the calendar quarter that holds `day`."""
    first = date(day.year, (day.month - 1) // _MONTHS * _MONTHS + 1, 1)
    after = first + timedelta(days=100)
    return Window(first, date(after.year, after.month, 1))


def quarter_before(quarter: Window) -> Window:
    """Return the calendar quarter before `quarter`."""
    return quarter_of(quarter.start - ONE_DAY)


def windows(quarter: Window, *, frozen_on: date, size: int) -> tuple[Window, ...]:
    """Return the windows that figures of a group may cover in a quarter, oldest first.

    Windows of 28 days, the first beginning with the quarter; none begins before the group was
    frozen. Under 50 people they are one: repeated looks at few people tell more of each.
    """
    begins = [quarter.start + n * WINDOW for n in range(WINDOWS_A_QUARTER)]
    after = [Window(day, day + WINDOW) for day in begins if day >= frozen_on]
    if size >= LARGE or not after:
        return tuple(after)
    return (Window(after[0].start, after[-1].end),)
