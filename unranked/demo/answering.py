"""The made-up people answer the weekly question, as people do: with the button below it."""

from datetime import date
from typing import Any

from unranked.demo import company_answers
from unranked.demo.company_answers import SKIP
from unranked.demo.world import World
from unranked.domain.pulse import MINUTES, Worth
from unranked.services import checkins, messages
from unranked.services.choices import Asker
from unranked.store import checkins as stored
from unranked.store import outbox, vault
from unranked.store.checkins import Answer

_BUTTON = "pulse_"


def remember(world: World) -> None:
    """Store what they answered in the weeks before the story begins."""
    with world.runtime.store.write() as tx:
        keys = vault.current(tx, vault.SLACK, vault.MEMBER)
        for person, week, said in company_answers.past(world.company):
            if person.id in keys:
                minutes = None if said == SKIP else MINUTES[Worth(said)]
                on = world.time.now.date()
                stored.put(tx, keys[person.id], Answer(week, minutes), on=on)


class Answering:
    """Who answers, and what they have answered. Whom the player plays answers by hand."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._done: set[str] = set()
        self.players: frozenset[str] = frozenset()

    def answer(self) -> None:
        """Let everybody answer what they were asked since the last time."""
        for person in self._world.company.people:
            if person.id in self.players:
                continue
            for message in self._world.slack.messages_to(person.id):
                token = question(message)
                if token and token not in self._done:
                    self._done.add(token)
                    self._press(person.id, token)

    def _press(self, member_id: str, token: str) -> None:
        runtime = self._world.runtime
        with runtime.store.read() as tx:
            key = vault.subject(tx, vault.SLACK, vault.MEMBER, member_id)
            week = messages.week_in(outbox.content(tx, token) or "")
        said = None if week is None else self._said(member_id, week)
        if key is not None and said is not None:
            checkins.press(runtime, Asker(key), f"{_BUTTON}{said}", token=token)

    def _said(self, member_id: str, week: date) -> str | None:
        company = self._world.company
        person = next(one for one in company.people if one.id == member_id)
        return company_answers.answer(company, person, week)


def question(message: dict[str, Any]) -> str:
    """Return the token of a question; empty for any other message."""
    for block in message.get("blocks") or ():
        for element in block.get("elements") or ():
            if str(element.get("action_id", "")).startswith(_BUTTON):
                return str(element.get("value", ""))
    return ""
