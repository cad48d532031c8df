"""What changed between plan and sending: the tip that was planned, and how many a person wants."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from one_campaign import drawn

from unranked.domain.campaigns import Design, Step
from unranked.domain.segments import Segment
from unranked.domain.tips import Draft, Words
from unranked.services import campaigns, choices, tip_writing
from unranked.services.choices import Asker
from unranked.store import outbox

WEEKDAYS = [d for n in range(60) if (d := date(2026, 1, 5) + timedelta(n)).weekday() < 5]
WORDS = Words(
    "Three questions first",
    "Take a public page of rules that you know. Type into {tools}: ask me three questions before"
    " you answer. Check each sentence against the page.",
    "Say why each of the questions changes the answer.",
    "Ask a colleague who wrote rules before.",
)


def states(world):
    with world.runtime.store.read() as tx:
        found = outbox.counts(tx)
    return {(state.value, reason): n for (state, reason), n in found.items()}


def of_chat(world, segment="never_used"):
    """Put a tip into use that was written in chat; return it."""
    draft = Draft(
        WORDS,
        segment,
        "en",
        "AI team",
        world.now.date() + timedelta(days=90),
        "low",
        "Questions alone.",
        "craft: no study",
    )
    tip = tip_writing.create(world.runtime, draft).tip
    return tip_writing.use(world.runtime, tip.tip_key, revision=tip.revision).tip


def rewritten(world, tip, **changes):
    """Change a tip in use as its writer does in chat."""
    draft = replace(tip.draft("en"), **changes)
    saved = tip_writing.write(world.runtime, tip.tip_key, draft, revision=tip.revision)
    assert not saved.wrong
    assert saved.tip.state == "in_use"


# A tip that was rewritten.


@pytest.fixture
def planned(world_on):
    """Give a company of newcomers for whom a tip was queued this evening, and the tip."""
    world = world_on
    world.person("ada")
    world.tools["acme"].use("ada@corp.example", *WEEKDAYS)
    for n in range(24):
        world.person(f"quiet{n}")
    world.at("2026-03-02T17:00+00:00")  # after the hours of everybody
    world.begin(days=3)
    tip, today = of_chat(world), world.now.date()
    design = Design("Spring", today, today + timedelta(weeks=10), steps=(Step((tip.tip_key,)),))
    draft = campaigns.create(world.runtime, design)
    campaigns.launch(world.runtime, draft.campaign_key, revision=0)
    run = world.plan()
    assert states(world) == {("queued", ""): run.enrolled["nudge"]}
    world.at("2026-03-03T10:00+00:00")
    return world, tip, run.enrolled["nudge"]


@pytest.mark.parametrize("change", [{"segment": "lapsed"}, {"segment": "lapsed", "risk": "medium"}])
def test_newcomers_get_no_tip_that_was_rewritten_for_others_since_it_was_planned(planned, change):
    world, tip, people = planned
    rewritten(world, tip, **change)
    world.deliver()
    assert states(world) == {("skipped", "expired"): people}
    assert world.slack.keys() == {}


def test_a_tip_that_was_rewritten_for_the_same_people_is_sent_as_it_is_now(planned):
    world, tip, people = planned
    task = WORDS.task.replace("three questions", "four questions")
    rewritten(world, tip, words=replace(WORDS, task=task))
    world.deliver()
    assert states(world) == {("sent", ""): people}
    texts = [m["text"] for n in range(24) for m in world.slack.messages_to(f"UQUIET{n}")]
    assert all("ask me four questions" in one for one in texts)


def moved(world, segment):
    with world.runtime.store.write() as tx:
        tx.exec_driver_sql(f"UPDATE placement SET segment = '{segment}'")  # noqa: S608 - a word of ours


@pytest.mark.parametrize(
    ("now_in", "for_whom", "end"),
    [
        # Figures are late, or they were away: what holds is the segment in which they were drawn.
        (Segment.UNKNOWN, "never_used", ("sent", "")),
        (Segment.UNKNOWN, "lapsed", ("skipped", "expired")),
        # Whoever is of another segment by now gets what is for that one.
        (Segment.LAPSED, "lapsed", ("sent", "")),
        (Segment.LAPSED, "never_used", ("skipped", "expired")),
        (Segment.NO_RECORDED_USE, "lapsed", ("skipped", "expired")),
    ],
)
def test_a_tip_is_for_the_segment_of_its_reader_now_or_where_there_is_none_at_the_draw(
    world, now_in, for_whom, end
):
    world.person("ada")
    world.person("bob")
    world.begin(days=1)
    drawn(world, "UADA", "UBOB", tip=of_chat(world, for_whom).tip_key)
    moved(world, now_in)
    world.deliver()
    assert states(world) == {end: 2}


# Fewer tips.


def later(world, days, key):
    """Let a second campaign queue a tip for Ada after so many days."""
    world.person("ada", zone="UTC")
    world.begin(days=1)
    drawn(world, "UADA")
    world.deliver()
    world.now = world.now.replace(second=0) + timedelta(days=days)
    drawn(world, "UADA", key=key, tip="agenda_of_decisions")
    assert states(world) == {("sent", ""): 1, ("queued", ""): 1}


def press(world, *actions):
    for action in actions:
        choices.press(world.runtime, Asker(world.key("UADA")), action)


@pytest.mark.parametrize(
    ("days", "pressed", "end"),
    [
        (15, [], ("sent", "")),
        (15, ["fewer"], ("skipped", "capped")),
        (29, ["fewer"], ("skipped", "capped")),  # one in a quarter
        (92, ["fewer"], ("sent", "")),
        (15, ["fewer", "usual"], ("sent", "")),
        (15, ["fewer", "stop"], ("skipped", "opted_out")),
    ],
)
def test_who_asks_for_fewer_tips_is_spared_the_one_that_waits(world_on, days, pressed, end):
    later(world_on, days, "c-2")
    press(world_on, *pressed)
    world_on.deliver()
    expected = {("sent", ""): 2} if end == ("sent", "") else {("sent", ""): 1, end: 1}
    assert states(world_on) == expected
    with world_on.runtime.store.read() as tx:
        assert outbox.reconciled(tx, "c-2")


def test_who_asks_for_fewer_tips_still_gets_the_first_one(world):
    world.person("ada", zone="UTC")
    world.begin(days=1)
    drawn(world, "UADA")
    press(world, "fewer")
    world.deliver()
    assert states(world) == {("sent", ""): 1}


def test_who_asks_for_fewer_tips_while_theirs_is_on_its_way_to_the_chat_is_spared_it(world):
    later(world, 15, "c-2")
    chat = world.runtime.channel
    with world.runtime.store.write() as tx:
        tx.exec_driver_sql("DELETE FROM vault WHERE kind = 'conversation'")
    opened = chat.conversation

    def slowly(member_id):
        press(world, "fewer")
        return opened(member_id)

    chat.conversation = slowly
    world.deliver()
    assert states(world) == {("sent", ""): 1, ("skipped", "capped"): 1}
    assert len(world.got("UADA")) == 1
