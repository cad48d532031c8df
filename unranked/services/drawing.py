"""The draw of one page: everybody's arm by F12, of their team where whole teams are drawn."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from unranked.domain.constants import TEAM_SMALL
from unranked.domain.contamination import unit_of
from unranked.domain.stats import Arm
from unranked.services.candidates import Page
from unranked.services.queueing import Chosen, Queue
from unranked.services.running import Running
from unranked.store import audience, enrolments
from unranked.store.enrolments import StoredEnrolment


def enrol(page: Page, queue: Queue, chosen: Iterable[Chosen], now: datetime) -> Counter[Arm]:
    """Draw and store everybody's arm, and queue what the nudge arm gets; return the arms."""
    units = _Units(page)
    arms: Counter[Arm] = Counter()
    rows: list[StoredEnrolment] = []
    for one in chosen:
        unit, (drawn, tip_draw) = units.draw(one)
        arms[drawn] += 1
        nudged = drawn is Arm.NUDGE
        rows.append(
            StoredEnrolment(
                one.campaign.key,
                one.person_key,
                drawn,
                one.facts.segment,
                one.may.watermark,
                now,
                unit,
                int(nudged),
            )
        )
        if nudged:
            queue.put(one, step=0, draw=tip_draw)
    enrolments.enrol(page.tx, rows)
    return arms


class _Units:
    """What is drawn for each person of a page, and the arms that units have already."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._sizes: Mapping[str, int] | None = None
        self._arms: dict[str, Mapping[str, str]] = {}

    def draw(self, one: Chosen) -> tuple[str, tuple[Arm, float]]:
        """Return the unit that stands for somebody, empty where people are drawn, and the draws.

        The first draw is the unit's arm, the second one is for the person's own tip. A unit keeps
        the arm that it has, also for whoever joins the team later, however large it is by then.
        """
        campaign, person_key = one.campaign, one.person_key
        own = campaign.draws(person_key)
        if not campaign.stored.by_team:
            return "", own
        if one.manager_key is None:
            return person_key, own
        unit = unit_of(campaign.stored.salt, campaign.key, one.manager_key)
        known = self._known(campaign).get(unit)
        if known is not None:
            return unit, (Arm(known), own[1])
        if self._size(one.manager_key) > TEAM_SMALL:
            return person_key, own
        return unit, (campaign.draws(unit)[0], own[1])

    def _known(self, campaign: Running) -> Mapping[str, str]:
        if campaign.key not in self._arms:
            found = enrolments.of_teams(self._page.tx, campaign.key, self._page.keys)
            self._arms[campaign.key] = found
        return self._arms[campaign.key]

    def _size(self, manager_key: str) -> int:
        if self._sizes is None:
            self._sizes = audience.team_sizes(self._page.tx, self._page.keys)
        return self._sizes.get(manager_key, 0)
