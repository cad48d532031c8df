"""A company with an enablement team, whose lead is before the Home tab."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from reading import Reader
from small_world import World

from unranked.store import campaigns as stored
from unranked.store.campaigns import StoredCampaign

NOW = "2026-03-02T10:00+00:00"  # a Monday
QUIET = 45
TEAM = "S0TEAM"
_WEEKDAYS = [d for n in range(60) if (d := date(2026, 1, 5) + timedelta(n)).weekday() < 5]


def staffed(world: World) -> World:
    """Give a lead and a colleague of the team, who work with AI, and people who did not start."""
    for name in ("lee", "max", "ada"):
        world.person(name)
        world.tools["acme"].use(f"{name}@corp.example", *_WEEKDAYS)
    for n in range(QUIET):
        world.person(f"quiet{n}")
    world.at(NOW)
    world.begin(days=3)
    world.slack.group(TEAM, "ULEE", "UMAX")
    world.runtime = replace(world.runtime, enablement=frozenset({TEAM}))
    return world


def written(world: World) -> list[StoredCampaign]:
    """Return the campaigns that the team wrote, the newest first."""
    with world.runtime.store.read() as tx:
        return [one for one in stored.every(tx) if one.design is not None]


def draft(lee: Reader, name: str = "Spring", **changes: object) -> Reader:
    """Write a draft in the form of a new campaign."""
    lee.press("New campaign")
    lee.fill(campaign_name=name, **changes)
    assert lee.send() == {}
    return lee


def tip(lee: Reader, **changes: object) -> Mapping[str, str]:
    """Write a tip in its form; return what is said to be wrong."""
    lee.press("Tips")
    lee.press("Write a tip")
    lee.fill(
        **{
            "tip_title": "Ask first",
            "tip_segment": "never_used",
            "tip_language": "en",
            "tip_task": "With {tools}: ask for three questions before an answer.\n"
            "- Take a decision of yours.\n- Check which question changed it.",
            "tip_understand": "Say why each question matters.",
            "tip_ask": "Ask the person next to you.",
            "tip_risk": "low",
            "tip_risk_reason": "Questions are read before anything follows.",
            "tip_source": "our own practice",
            "tip_owner": "AI enablement team",
            "tip_review": "2026-09-01",
            **changes,
        }
    )
    return lee.send()
