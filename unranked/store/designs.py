"""A campaign's design as the text that the database keeps."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from unranked.domain.calendar import OpenHours
from unranked.domain.campaigns import Design, Phase, Step
from unranked.domain.maturity import Outcome
from unranked.domain.segments import Segment


def as_text(design: Design) -> str:
    """Return the design as JSON; the same design always gives the same text."""
    kept = {
        "name": design.name,
        "purpose": design.purpose,
        "start_on": design.start_on.isoformat(),
        "end_on": design.end_on.isoformat(),
        "segments": sorted(design.segments),
        "units": list(design.units),
        "steps": [
            {"tips": list(step.tips), "after_days": step.after_days} for step in design.steps
        ],
        "hours": _hours_as(design.hours),
        "phase": design.phase,
        "outcome": design.outcome,
        "look_weeks": design.look_weeks,
        "holdout": design.holdout,
    }
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)


def of_text(text: str) -> Design:
    """Return the design that was kept. Raises ValueError for a text that is none."""
    try:
        return _design(json.loads(text))
    except (KeyError, TypeError) as wrong:
        raise ValueError("What is stored is not the design of a campaign.") from wrong


def _design(kept: Mapping[str, Any]) -> Design:
    return Design(
        name=kept["name"],
        purpose=kept["purpose"],
        start_on=date.fromisoformat(kept["start_on"]),
        end_on=date.fromisoformat(kept["end_on"]),
        segments=frozenset(map(Segment, kept["segments"])),
        units=tuple(kept["units"]),
        steps=tuple(Step(tuple(one["tips"]), one["after_days"]) for one in kept["steps"]),
        hours=_hours_of(kept["hours"]),
        phase=Phase(kept["phase"]),
        outcome=Outcome(kept["outcome"]),
        look_weeks=kept["look_weeks"],
        holdout=kept["holdout"],
    )


def _hours_as(hours: OpenHours) -> Sequence[Any]:
    return [hours.start.isoformat(), hours.end.isoformat(), sorted(hours.weekdays)]


def _hours_of(kept: Sequence[Any]) -> OpenHours:
    start, end, weekdays = kept
    return OpenHours(time.fromisoformat(start), time.fromisoformat(end), frozenset(weekdays))
