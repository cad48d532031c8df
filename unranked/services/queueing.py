"""Nudges of campaigns on their way into the outbox: each with its tip, once."""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from unranked.domain.nudges import tip_for
from unranked.services import messages
from unranked.services.candidates import Facts, May, Page
from unranked.services.running import Running
from unranked.services.runtime import Runtime
from unranked.store import planned
from unranked.store.planned import Planned


class Chosen(NamedTuple):
    """Somebody who may be nudged by a campaign: whom they report to, and what was decided."""

    campaign: Running
    person_key: str
    manager_key: str | None
    facts: Facts
    may: May


class Queue:
    """Gathers the nudges of one page, and puts them into the outbox at once."""

    def __init__(self, page: Page, runtime: Runtime, now: datetime) -> None:
        self._page, self._now = page, now
        self._key, self._channel = runtime.ids.key, runtime.channel.name
        self._rows: list[Planned] = []

    def put(self, chosen: Chosen, *, step: int, draw: float) -> None:
        """Queue one step's tip for one person; a second time is not a second message.

        draw: which of the tips it is, all that they have not had being as likely (3.8).
        """
        campaign, person_key, may = chosen.campaign, chosen.person_key, chosen.may
        tip = tip_for(may.tips, self._page.tips_had(person_key), draw)
        self._rows.append(
            Planned(
                self._key("m"),
                f"{campaign.key}|{person_key}|{step + 1}",
                person_key,
                self._channel,
                _content(tip, self._page.tools(person_key)),
                self._now,
                may.opens_at,
                campaign.key,
            )
        )

    def close(self) -> None:
        """Store what was put."""
        planned.plan_many(self._page.tx, self._rows)


@lru_cache(maxsize=4096)
def _content(tip: str, tools: tuple[str, ...]) -> str:
    return messages.nudge_content(tip, tools)
