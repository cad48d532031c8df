"""The draw of one page: everybody's arm by F12, of their team where whole teams are drawn."""

from collections import Counter
from collections.abc import Iterable, Mapping

from unranked.domain.constants import TEAM_SMALL
from unranked.domain.contamination import unit_of
from unranked.domain.stats import Arm
from unranked.services.candidates import Page
from unranked.services.queueing import Chosen, Queue
from unranked.services.running import Running
from unranked.store import audience, enrolments


def enrol(page: Page, queue: Queue, chosen: Iterable[Chosen]) -> Counter[Arm]:
    """Draw everybody's arm, and queue what the nudge arm gets; return the arms."""
    units = _Units(page)
    arms: Counter[Arm] = Counter()
    for one in chosen:
        unit, of_team = units.of(one)
        drawn = one.campaign.draw(one.people, of_team)
        nudged, held = drawn[Arm.NUDGE], drawn[Arm.HOLDOUT]
        if nudged:
            queue.put(one, nudged, step=0, arm=Arm.NUDGE, unit=unit)
        if held:
            queue.hold(one, (key for key, _ in held), arm=Arm.HOLDOUT, unit=unit)
        arms.update({Arm.NUDGE: len(nudged), Arm.HOLDOUT: len(held)})
    return +arms


class _Units:
    """What is drawn for each person of a page, and the arms that units have already."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._sizes: Mapping[str, int] | None = None
        self._arms: dict[str, Mapping[str, str]] = {}

    def of(self, one: Chosen) -> tuple[str | None, Arm | None]:
        """Return the unit of these people, as in `Share`, and the arm that their team has.

        A unit keeps the arm that it has, also for whoever joins the team later, however large it is
        by then.
        """
        campaign, manager_key = one.campaign, one.alike.manager_key
        if not campaign.stored.by_team:
            return "", None
        if manager_key is None:
            return None, None
        unit = unit_of(campaign.stored.salt, campaign.key, manager_key)
        known = self._known(campaign).get(unit)
        if known is not None:
            return unit, Arm(known)
        if self._size(manager_key) > TEAM_SMALL:
            return None, None
        return unit, next(arm for arm, drawn in campaign.draw([unit]).items() if drawn)

    def _known(self, campaign: Running) -> Mapping[str, str]:
        if campaign.key not in self._arms:
            found = enrolments.of_teams(self._page.tx, campaign.key, self._page.keys)
            self._arms[campaign.key] = found
        return self._arms[campaign.key]

    def _size(self, manager_key: str) -> int:
        if self._sizes is None:
            self._sizes = audience.team_sizes(self._page.tx, self._page.keys)
        return self._sizes.get(manager_key, 0)
