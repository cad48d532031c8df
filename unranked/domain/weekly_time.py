"""The day and the hour that a manager chose for the weekly message."""

import re
from dataclasses import dataclass

WEEKDAYS = range(5)
"""Monday is 0. Nothing comes at a weekend by choice."""

HOUR_RANGE = range(9, 17)
"""Hours of the day at which it may begin to be time."""


@dataclass(frozen=True, slots=True)
class WeeklyTime:
    """A weekday, Monday being 0, and the hour on the manager's own clock."""

    day: int
    hour: int

    def __post_init__(self) -> None:
        if self.day not in WEEKDAYS or self.hour not in HOUR_RANGE:
            raise ValueError("A weekly message comes from Monday to Friday, from 9 to 16.")

    @property
    def value(self) -> str:
        """The text of it, such as `2-14`: it is kept as that."""
        return f"{self.day}-{self.hour}"


def weekly_time(value: str) -> WeeklyTime:
    """Return the time that a text stands for. Raises ValueError where it stands for none."""
    if not re.fullmatch(r"[0-4]-(9|1[0-6])", value, re.ASCII):
        raise ValueError("A weekly message has a weekday and an hour, such as 2-14.")
    day, _, hour = value.partition("-")
    return WeeklyTime(int(day), int(hour))
