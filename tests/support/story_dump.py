"""Plays the made-up company's story in a process of its own, and prints what became of it.

Called as `python story_dump.py SEED PEOPLE DAYS`.
"""

import hashlib
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import filled
import structlog

from unranked.demo.story import Story
from unranked.demo.world import World, world
from unranked.services.runtime import silent

TODAY = datetime(2026, 11, 22, tzinfo=UTC)


def dump(one: World) -> dict[str, str]:
    """Return a digest of each table of the store, every column of it, and of Slack."""
    found = {
        # Sorted, because where a row lies in the file is no content; nor is how it is sealed.
        name: repr(sorted(repr(sorted(row.items())) for row in map(without_keys, rows)))
        for name, rows in filled.dump(one.runtime.store).items()
    }
    found["in Slack"] = json.dumps(
        [one.slack.messages_to(person.id) for person in one.company.everybody]
    )
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in found.items()}


def without_keys(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without what another key would make another one."""
    keyed = {"id", "mark", "digest", "project", "variant", "key_store"}
    return {name: value for name, value in row.items() if name not in keyed}


def main(seed: int, people: int, days: int) -> None:
    """Play, with faults on the way, and print the digests."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with world(seed=seed, people=people, today=TODAY, progress=silent, ahead=12) as one:
        story = Story(one)
        story.begin(silent)
        one.slack.faults.accept_then_cut = one.slack.faults.rate_limited = 3
        one.openai.late = timedelta(days=3)
        story.move(story.now + timedelta(days=days / 2), silent)
        one.openai.late = timedelta(0)
        story.move(story.now + timedelta(days=days / 2), silent)
        print(json.dumps({**dump(one), "ran": repr(list(story.ran))}))  # noqa: T201 - its output


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
