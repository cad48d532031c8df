"""A small company in which people's chats are set to several languages."""

from datetime import date, timedelta
from typing import Any

from signed import Front, wait_for
from small_world import World

WEEKDAYS = [d for n in range(55) if (d := date(2026, 1, 5) + timedelta(n)).weekday() < 5]
ENGLISH = ("UEVE", "UFAY", "UGUS")
GERMAN = ("UADA", "UBOB")


def people_of_several_languages(world: World) -> World:
    """Let Ada's chat be German and Bob's Austrian, Eve's French; Fay's says nothing."""
    locales = {"ada": "de-DE", "bob": "de-AT", "eve": "fr-FR", "fay": "", "gus": "en-GB"}
    for name, locale in locales.items():
        world.person(name, locale=locale)
        world.tools["acme"].use(f"{name}@corp.example", *WEEKDAYS, cost="1234.50")
    world.remembers(days=80)
    world.at("2026-03-02T10:00+00:00")  # a Monday: 11:00 in Berlin
    world.begin(days=3)
    return world


def in_german(said: str) -> bool:
    """Return whether words of German stand there, and none of English."""
    english = _found(said, " the ", " your ", " and ", " is ", " not ", " of ")
    return not english and bool(_found(said, " du ", " dein", " und ", " nicht ", " die "))


def _found(said: str, *wanted: str) -> list[str]:
    return [one for one in wanted if one in f" {said} ".lower().replace("\n", " ")]


def reply(front: Front, who: str, typed: str) -> Any:
    """Return the text of the answer in the conversation to what somebody writes."""
    before = len(front.world.slack.messages_to(who))
    front.write(who, typed)
    wait_for(lambda: len(front.world.slack.messages_to(who)) > before)
    return front.world.slack.messages_to(who)[-1]["text"]
