"""Messages that belong to no campaign and to no day: a tip on trial, and a word to the team."""

from datetime import date, datetime

import pytest
from one_campaign import TIP, drawn

from unranked import text
from unranked.channels.base import Note
from unranked.demo.slack_members import Member
from unranked.domain.consent import Choice
from unranked.services import choices, erasure, messages
from unranked.services.choices import Asker
from unranked.store import campaigns, checkins, outbox, planned, results, turns
from unranked.store.campaigns import StoredChoice
from unranked.store.outbox import Kind
from unranked.store.planned import Planned

MIDNIGHT = "2026-03-07T23:30+00:00"  # a Saturday
NOTICE = messages.notice_content("week", {"first": "5 Oct", "last": "11 Oct 2026"})


@pytest.fixture
def lead(world_on):
    member = world_on.person("lea", zone="UTC", locale="de-DE")
    world_on.learn(days=1)
    return member


def queue(world, member, kind, content=None, *, number=1):
    if content is None:
        content = NOTICE if kind is Kind.NOTICE else messages.test_content(TIP, ["acme"])
    key = world.key(member)
    due = turns.AT_ONCE if kind is Kind.TEST else world.now
    own = f"m-{kind}-{number}", f"{kind}|{key}|{number}"
    with world.runtime.store.write() as tx:
        planned.plan(tx, [Planned(*own, key, "slack", content, world.now, due, kind=kind)])


def states(world):
    with world.runtime.store.read() as tx:
        return {(state.value, reason): n for (state, reason), n in outbox.counts(tx).items()}


def choose(world, member, choice, **more):
    with world.runtime.store.write() as tx:
        campaigns.choose(tx, StoredChoice(world.key(member), choice.value, world.now, **more))


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_tip_on_trial_is_the_tip_under_one_line_and_with_nothing_to_press(language):
    with text.spoken(language):
        tip = messages.from_content(messages.nudge_content(TIP, ["acme"]), token="m-1")
        trial = messages.from_content(messages.test_content(TIP, ["acme"]), token="m-1")
        line = text.words("test_note").body

    assert trial.parts == (Note(line), *tip.parts)
    assert (trial.title, trial.choices) == (tip.title, ())
    assert tip.choices
    assert "\n" not in line


def test_a_tip_on_trial_comes_at_once_in_the_readers_language(world_on, lead):
    world_on.at(MIDNIGHT)
    queue(world_on, lead, Kind.TEST)
    choose(world_on, lead, Choice.AWAY, until=date(2026, 4, 1))
    choose(world_on, lead, Choice.STOP)
    world_on.deliver()
    (message,) = world_on.slack.messages_to(lead)
    assert "Das ist eine Probe" in message["text"]
    assert states(world_on) == {("sent", ""): 1}
    assert not [block for block in message["blocks"] if block["type"] == "actions"]


def test_a_word_to_the_team_waits_for_their_hours_and_days(world_on, lead):
    world_on.at(MIDNIGHT)
    queue(world_on, lead, Kind.NOTICE)
    world_on.deliver()
    assert states(world_on) == {("queued", "closed"): 1}
    with world_on.runtime.store.read() as tx:
        due = turns.next_due(tx, "slack")
    assert due == datetime.fromisoformat("2026-03-09T09:30+00:00")
    world_on.now = due
    world_on.deliver()
    (message,) = world_on.slack.messages_to(lead)
    assert "5 Oct bis 11 Oct 2026" in message["text"]


def test_a_word_to_the_team_whose_text_is_gone_fails_and_holds_up_nobody(world, lead_on_one):
    lead = lead_on_one
    for number, content in enumerate(
        ['{"notice": "no_such_text", "values": {}}', '{"notice": "week", "values": {"first": "x"}}']
    ):
        queue(world, lead, Kind.NOTICE, content, number=number)
    queue(world, lead, Kind.TEST, messages.test_content("no_such_tip", []))
    world.deliver()
    assert states(world) == {("failed", "no_text"): 3}


@pytest.fixture
def lead_on_one(world):
    member = world.person("lea", zone="UTC")
    world.person("bob")
    world.begin(days=1)
    return member


@pytest.mark.parametrize(
    ("kind", "choice", "end"),
    [
        (Kind.TEST, Choice.OBJECT, "objected"),
        (Kind.NOTICE, Choice.OBJECT, "objected"),
        (Kind.NOTICE, Choice.STOP, "opted_out"),
    ],
)
def test_who_objected_gets_neither_and_who_stopped_no_word(world, lead_on_one, kind, choice, end):
    queue(world, lead_on_one, kind)
    choose(world, lead_on_one, choice)
    world.deliver()
    assert states(world) == {("skipped", end): 1}


@pytest.mark.parametrize("kind", [Kind.TEST, Kind.NOTICE])
def test_who_left_gets_neither(world, lead_on_one, kind):
    queue(world, lead_on_one, kind)
    world.slack.join(Member(lead_on_one, "Lea", "lea@corp.example", deleted=True))
    world.begin(days=1)
    world.deliver()
    assert states(world) == {("skipped", "left"): 1}


@pytest.mark.parametrize("kind", [Kind.TEST, Kind.NOTICE])
def test_neither_counts_for_anything(world_on, lead, kind):
    drawn(world_on, lead)
    world_on.deliver()
    for number in range(4):
        queue(world_on, lead, kind, number=number)
    world_on.deliver()
    key = world_on.key(lead)
    choices.press(world_on.runtime, Asker(key), "help_me")
    with world_on.runtime.store.read() as tx:
        (had,) = outbox.history(tx)[key]
        assert had.answered_on == world_on.now.date()
        assert messages.tip_in(had.content) == TIP
        assert checkins.unanswered(tx, [key], since=datetime(2026, 1, 1).astimezone()) == {}
        assert results.answers(tx, "c-1").sent == 1
        assert outbox.reconciled(tx, "c-1")
        answered = "SELECT count(*) FROM outbox WHERE answered_on IS NOT NULL"
        assert tx.exec_driver_sql(answered).scalar() == 1


def test_both_go_with_the_person(world_on, lead):
    queue(world_on, lead, Kind.TEST)
    queue(world_on, lead, Kind.NOTICE)
    world_on.deliver()
    assert len(world_on.slack.messages_to(lead)) == 2
    assert erasure.erase(world_on.runtime, world_on.key(lead)).nothing_left
    assert states(world_on) == {}
    assert world_on.slack.messages_to(lead) == []
