"""Looks at what comes from a person: by whom, at what, and why. Nobody is named in it, only a role.

What anybody can look at is listed here, with the one role that can; a look at anything else cannot
be noted, and so a test sees that it was forgotten. Source: method.md 4.9 and 4.11.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from unranked.domain.policy_terms import Purpose
from unranked.domain.usage import Window


class By(StrEnum):
    """In which role somebody looked. MODEL: the language model's provider, at the person's wish."""

    PERSON = "person"
    MANAGER = "manager"
    ENABLEMENT = "enablement"
    OPERATOR = "operator"
    MODEL = "model"


class What(StrEnum):
    """What was looked at.

    SUMMARY, HOW, HOME, EXPORT: by the person. WORDED: lines of their summary, by a language model.
    NAMED: their address or id, on an operator's command line. BANDS: of a group that they count in.
    PROGRESS, RESULTS: counts of a campaign that drew them. PREVIEW, PREMIUM: of everybody.
    """

    SUMMARY = "summary"
    HOW = "how"
    HOME = "home"
    EXPORT = "export"
    WORDED = "worded"
    NAMED = "named"
    BANDS = "bands"
    PROGRESS = "progress"
    RESULTS = "results"
    PREVIEW = "preview"
    PREMIUM = "premium"


BY: Mapping[What, By] = {
    What.SUMMARY: By.PERSON,
    What.HOW: By.PERSON,
    What.HOME: By.PERSON,
    What.EXPORT: By.PERSON,
    What.WORDED: By.MODEL,
    What.NAMED: By.OPERATOR,
    What.BANDS: By.MANAGER,
    What.PROGRESS: By.ENABLEMENT,
    What.RESULTS: By.ENABLEMENT,
    What.PREVIEW: By.ENABLEMENT,
    What.PREMIUM: By.ENABLEMENT,
}
"""Who can look at what; for each there is one role."""

WHY: Mapping[What, Purpose | None] = {
    What.SUMMARY: Purpose.OWN_USE,
    What.HOW: Purpose.OWN_USE,
    What.HOME: Purpose.OWN_USE,
    What.EXPORT: Purpose.OWN_USE,
    What.WORDED: Purpose.OWN_USE,
    What.NAMED: None,
    What.BANDS: Purpose.OFFER_HELP,
    What.PROGRESS: Purpose.OFFER_HELP,
    What.RESULTS: Purpose.SEE_WHETHER_IT_HELPS,
    What.PREVIEW: Purpose.OFFER_HELP,
    What.PREMIUM: Purpose.SEE_WHETHER_IT_HELPS,
}
"""What each is looked at for. None: to erase what is held, for which nothing is kept."""


@dataclass(frozen=True, slots=True)
class Look:
    """Looks at one thing on a day. days: of BANDS, the days that the bands are of."""

    day: date
    what: What
    times: int = 1
    days: Window | None = None

    @property
    def by(self) -> By:
        """In which role somebody looked."""
        return BY[self.what]


def in_order(looks: list[Look]) -> Iterator[Look]:
    """Yield looks, the newest first; those of a day in the order of the list above, by their days.

    Of several looks at the same thing on a day there is one, with their number.
    """
    places = {what: place for place, what in enumerate(What)}
    found: dict[tuple[date, int, date, date], Look] = {}
    for one in looks:
        span = (date.min, date.min) if one.days is None else (one.days.start, one.days.end)
        key = (one.day, places[one.what], *span)
        before = found[key].times if key in found else 0
        found[key] = Look(one.day, one.what, before + one.times, one.days)
    for key in sorted(found, key=lambda key: (-key[0].toordinal(), *key[1:])):
        yield found[key]
