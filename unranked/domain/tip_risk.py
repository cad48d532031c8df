"""How much can go wrong for somebody who does as a tip says."""

from enum import StrEnum


class Risk(StrEnum):
    """What can go wrong for somebody who does as a tip says. There is no tip of a higher risk."""

    LOW = "low"
    MEDIUM = "medium"
