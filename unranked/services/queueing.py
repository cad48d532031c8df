"""Nudges of campaigns on their way into the outbox: each with its tip, once."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from unranked.domain.nudges import Eligible
from unranked.services import messages
from unranked.services.candidates import Met
from unranked.services.running import Running
from unranked.services.runtime import Runtime
from unranked.store import Tx, outbox, people
from unranked.store.outbox import Planned


@dataclass(frozen=True, slots=True)
class Chosen:
    """Somebody who may be nudged, and from when on."""

    met: Met
    decision: Eligible


class Queue:
    """Puts nudges into the outbox, in one transaction."""

    def __init__(self, tx: Tx, runtime: Runtime) -> None:
        self._tx, self._runtime, self._now = tx, runtime, runtime.clock()

    def put(self, campaign: Running, chosen: Chosen, *, step: int) -> None:
        """Queue one step's tip for one person; a second time is not a second message."""
        who = chosen.met
        tip = campaign.tip(who.key, who.segment, who.tips_had, step=step)
        outbox.plan(
            self._tx,
            [
                Planned(
                    key=self._runtime.ids.key("m"),
                    purpose=f"{campaign.key}|{who.key}|{step + 1}",
                    person_key=who.key,
                    channel=self._runtime.channel.name,
                    content=messages.nudge_content(tip, self._seats.get(who.key, ())),
                    created_at=self._now,
                    not_before=chosen.decision.opens_at,
                    campaign_key=campaign.key,
                )
            ],
        )

    @cached_property
    def _seats(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for seat in people.seats(self._tx, on=self._now.date()):
            found[seat.person_key].append(seat.connector)
        return found
