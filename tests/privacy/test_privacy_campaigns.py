"""T6: no view of any campaign holds a number of people from 1 to 19, or anybody's key.

Days, weeks and the numbers of messages and of looks are small, too: what must not be is that a
small number is another one where other people are there, or where they do something else.
"""

import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from small_world import small_world
from units_of_people import WEEKDAYS, company, design

from unranked.channels import blocks
from unranked.channels.base import lines_of
from unranked.services import (
    campaign_progress,
    campaign_results,
    campaigns,
    editor_screens,
    home_team,
    results,
)
from unranked.services.choices import Asker
from unranked.store import campaigns as stored

SMALL = re.compile(r"(?<![\d.,:-])(?:[1-9]|1\d)(?![\d.,:%-])")
SHARES = ("%", "percentage point", "points", "in 100", "A typical nudge has")
sizes = st.fixed_dictionaries(
    {"Legal": st.integers(21, 44), "Sales": st.integers(21, 44), "Board": st.integers(1, 19)}
)
begun = st.fixed_dictionaries({"Legal": st.integers(0, 8), "Sales": st.integers(0, 8)})


def lived(folder, people, using):
    """Return every line of every view of a campaign, before its launch, at it and at its looks."""
    folder.mkdir()
    seen = []
    with small_world(f"sqlite:///{folder / 'unranked.db'}") as world:
        company(world, folder, using=using, **people)
        draft = campaigns.create(world.runtime, design(world))
        seen += views(world, draft.campaign_key)
        campaigns.launch(world.runtime, draft.campaign_key, revision=0)
        for _ in range(5):
            world.plan()
            world.deliver()
            seen += views(world, draft.campaign_key)
            world.now += timedelta(days=7)
            world.tools["acme"].use("ada@corp.example", *after(world))
            world.learn(days=3)
            results.run(world.runtime)
    return seen


def after(world):
    """Return the days of work since the last one that was read."""
    since = max(WEEKDAYS)
    days = (since + timedelta(days=n) for n in range(60))
    return [day for day in days if day.weekday() < 5 and day <= world.now.date()]


def views(world, key):
    """Return the lines of every view that the team has of a campaign."""
    runtime = world.runtime
    with runtime.store.read() as tx:
        found = stored.one(tx, key)
        said = [*campaign_progress.progress(tx, runtime, found)]
        parts = [*campaign_results.parts(tx, found)]
    screens = [
        editor_screens.campaign(runtime, found),
        editor_screens.who_would_get_it(runtime, found),
        editor_screens.every(runtime),
    ]
    sections = [one for screen in screens for one in screen.sections]
    sections.append(home_team.campaigns(runtime))
    parts += [part for section in sections for part in section.parts]
    rows = [row.text for section in sections for row in section.rows]
    message = campaign_results.message(runtime, Asker(world.key("UADA")))
    said += [blocks.text(message), repr(blocks.blocks(message))]
    return [line for part in parts for line in lines_of(part)] + rows + said


def small_numbers(lines):
    """Return the sentences with a small number that is no share of anything."""
    sentences = {one for line in lines for one in re.split(r"(?<=[.:?!]) |\n", line)}
    return {
        one for one in sentences if SMALL.search(one) and not any(share in one for share in SHARES)
    }


@pytest.mark.slow
@settings(
    deadline=None, max_examples=2, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(sizes, sizes, begun, begun)
def test_t6_no_small_number_of_a_campaign_is_one_of_people(tmp_path_factory, a, b, some, others):
    folder = tmp_path_factory.mktemp("campaigns")
    first, second = lived(folder / "a", a, some), lived(folder / "b", b, others)

    assert small_numbers(first) == small_numbers(second)
    assert not re.search(r"p-[0-9a-f]{16}", "\n".join([*first, *second]))


def test_t6_fails_where_people_are_counted_one_by_one(tmp_path, monkeypatch):
    def to_the_last(people):
        return f"{people // 20} times 20 and {people % 20}"

    monkeypatch.setattr("unranked.services.campaign_progress.rounded", to_the_last)
    people = {"Legal": 24, "Sales": 24, "Board": 3}

    first = lived(tmp_path / "a", people, {"Legal": 2})
    second = lived(tmp_path / "b", people, {"Legal": 9, "Sales": 3})
    assert small_numbers(first) != small_numbers(second)
