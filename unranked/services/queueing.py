"""Arms and nudges of campaigns on their way into the store: each nudge with its tip, once."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from unranked.domain.nudges import tip_for
from unranked.domain.stats import Arm
from unranked.services import messages
from unranked.services.candidates import Alike, May, Page
from unranked.services.running import Running
from unranked.services.runtime import Runtime
from unranked.store import drawn
from unranked.store.drawn import Drawn, Share


class Chosen(NamedTuple):
    """People of whom the same is stored, who may be nudged by a campaign: what was decided."""

    campaign: Running
    alike: Alike
    may: May
    people: Sequence[str]


class Queue:
    """Gathers the arms and the nudges of one page, and stores them at once."""

    def __init__(self, page: Page, runtime: Runtime, now: datetime) -> None:
        self._page, self._now = page, now
        self._keys, self._channel = runtime.ids.keys, runtime.channel.name
        self._shares: list[Share] = []
        self._drawn: list[Drawn] = []

    def put(
        self,
        chosen: Chosen,
        draws: Collection[tuple[str, float]],
        *,
        step: int,
        arm: Arm | None = None,
        unit: str | None = "",
    ) -> None:
        """Queue one step's tip for some of the chosen; a second time is not a second message.

        draws: whom, each with the draw that says which of the tips it is, all that they have not
        had being as likely (3.8). step: 0 for the first one. arm, unit: as in `Share`.
        """
        may, alike = chosen.may, chosen.alike
        share = self._share(chosen, arm, unit)._replace(step=step + 1, not_before=may.opens_at)
        numbers: dict[str, int] = {}
        for tip in may.tips:
            content = messages.nudge_content(tip, alike.tools)
            numbers[tip] = self._number(share._replace(content=content))
        for key, (person_key, draw) in zip(self._keys("m", len(draws)), draws, strict=True):
            number = numbers[tip_for(may.tips, alike.had, draw)]
            self._drawn.append(Drawn(person_key, number, key))

    def hold(self, chosen: Chosen, people: Iterable[str], *, arm: Arm, unit: str | None) -> None:
        """Store the arm of those of the chosen who get nothing."""
        number = self._number(self._share(chosen, arm, unit))
        self._drawn += [Drawn(person_key, number, None) for person_key in people]

    def close(self) -> None:
        """Store what was gathered."""
        drawn.store(self._page.tx, self._shares, self._drawn, channel=self._channel, now=self._now)

    def _number(self, share: Share) -> int:
        self._shares.append(share)
        return len(self._shares) - 1

    @staticmethod
    def _share(chosen: Chosen, arm: Arm | None, unit: str | None) -> Share:
        segment, watermark = chosen.alike.facts.segment, chosen.may.watermark
        own = None if arm is None else arm.value
        return Share(chosen.campaign.key, own, segment, watermark, unit, 0)
