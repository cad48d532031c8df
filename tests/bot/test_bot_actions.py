import json

import pytest
from signed import opened
from sqlalchemy import text as sql

from unranked.channels import blocks
from unranked.demo.blocks_limits import problems
from unranked.demo.slack_members import Member
from unranked.domain.stats import Arm
from unranked.services import choices, messages
from unranked.services.segments import consent_from
from unranked.store import campaigns, outbox

MONTHS_LATER = "2026-09-14T10:00+00:00"


@pytest.fixture
def company(world):
    """Two people with a seat and no use; some of them have a tip."""
    for name in ("ada", "bob", "cem", "dee", "eva", "fay"):
        world.person(name)
    world.person("gus")
    world.tools["acme"].use("gus@corp.example", *busy_days())
    world.at("2026-03-02T10:00+00:00")
    world.learn()
    world.plan()
    for hour in range(9, 17):
        for day in range(2, 7):
            world.at(f"2026-03-0{day}T{hour:02}:00+00:00")
            world.deliver()
    assert len(tipped(world)) >= 2
    return world


@pytest.fixture
def front(company):
    with opened(company) as made:
        yield made


def busy_days():
    from datetime import date, timedelta

    return [date(2026, 1, 5) + timedelta(days=n) for n in range(55)]


def tipped(world):
    """Return who got a tip, and with it the value that its buttons bring back."""
    found = {}
    for name in ("ADA", "BOB", "CEM", "DEE", "EVA", "FAY"):
        for message in world.slack.messages_to(f"U{name}"):
            found[f"U{name}"] = message
    return found


def buttons(message):
    (actions,) = (block for block in message["blocks"] if block["type"] == "actions")
    return {button["action_id"]: button.get("value", "") for button in actions["elements"]}


def chosen(world):
    """Return what holds for everybody, by person key."""
    with world.runtime.store.read() as tx:
        return {key: consent_from(made) for key, made in campaigns.choices(tx).items()}


def everything_but(world, member_id):
    """Return every row that belongs to somebody else, in every table with a person."""
    mine = world.key(member_id)
    with world.runtime.store.read() as tx:
        names = tx.execute(sql("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars()
        rows = {
            name: [dict(row) for row in tx.execute(sql(f'SELECT * FROM "{name}"')).mappings()]
            for name in names
        }
    return {
        name: [row for row in found if row.get("person_key", "other") != mine]
        for name, found in rows.items()
    }


def forget_messages(world):
    with world.runtime.store.write() as tx:
        tx.execute(sql("DELETE FROM outbox"))


def test_every_button_of_a_tip_is_known_and_answers_within_slacks_limits(company, front):
    who, message = next(iter(tipped(company).items()))
    for action, value in buttons(message).items():
        answer = front.click(who, action, value=value)

        assert answer["text"] != blocks.text(messages.plain("unknown_action")), action
        assert answer["response_type"] == "ephemeral"
        assert answer["replace_original"] is False
        assert problems(answer["blocks"], "message") == []
    assert set(buttons(message)) == set(messages.NUDGE_CHOICES)
    assert company.slack.calls["chat.postMessage"] == len(company.slack.keys())


@pytest.mark.parametrize("action", choices.ACTIONS)
def test_a_button_pressed_twice_months_later_and_after_its_message_is_gone_holds_once(
    company, front, action
):
    who, message = next(iter(tipped(company).items()))
    value = next(iter(buttons(message).values()))
    before = everything_but(company, who)
    company.at(MONTHS_LATER)

    first = front.click(who, action, value=value)
    held = chosen(company)
    forget_messages(company)
    second = front.click(who, action, value=value)

    assert json.dumps(first) == json.dumps(second)
    assert chosen(company) == held
    assert set(held) <= {company.key(who)}
    after = everything_but(company, who)
    assert {name: rows for name, rows in after.items() if name != "outbox"} == {
        name: rows for name, rows in before.items() if name != "outbox"
    }


PROMISES = {
    "stop": lambda consent: consent.stopped,
    "fewer": lambda consent: consent.fewer,
    "something_else": lambda consent: consent.uses_something_else,
    "not_for_me": lambda consent: consent.not_for_me,
    "away": lambda consent: bool(consent.absences),
    "away_1": lambda consent: bool(consent.absences),
    "away_4": lambda consent: bool(consent.absences),
}


@pytest.mark.parametrize("action", PROMISES)
def test_what_a_button_says_holds_at_once(company, front, action):
    who, message = next(iter(tipped(company).items()))

    front.click(who, action, value=buttons(message)["stop"])

    assert PROMISES[action](chosen(company)[company.key(who)])


def test_resume_and_back_undo_what_was_chosen(company, front):
    who, _ = next(iter(tipped(company).items()))
    for minute, action in enumerate(("stop", "fewer", "not_for_me", "something_else", "away")):
        company.at(f"2026-03-09T10:0{minute}+00:00")
        front.click(who, action)
    company.at("2026-03-09T11:00+00:00")
    front.click(who, "resume")
    front.click(who, "back")

    consent = chosen(company)[company.key(who)]
    assert not (consent.stopped or consent.fewer or consent.declines_starting)
    assert not consent.absences


@pytest.mark.parametrize("action", [*choices.ACTIONS, "no_such_button"])
def test_a_button_of_somebody_elses_message_changes_nothing_for_anybody(company, front, action):
    (one, message), (other, _), *_ = tipped(company).items()
    value = buttons(message)["stop"]
    before = everything_but(company, "UGUS")

    answer = front.click(other, action, value=value)

    assert answer["text"] == blocks.text(messages.plain("not_yours"))
    assert everything_but(company, "UGUS") == before
    assert chosen(company) == {}
    assert one != other


def test_a_made_up_value_can_only_reach_whoever_pressed(company, front):
    (one, _), (other, _), *_ = tipped(company).items()

    front.click(other, "stop", value=company.key(one))

    assert set(chosen(company)) == {company.key(other)}


@pytest.mark.parametrize("action", ["no_such_button", "STOP", "../stop", "stop ", "__class__"])
def test_an_unknown_button_gets_a_clear_answer_and_changes_nothing(company, front, action):
    who, message = next(iter(tipped(company).items()))

    answer = front.click(who, action, value=buttons(message)["stop"])

    assert answer["text"] == blocks.text(messages.plain("unknown_action"))
    assert front.acks[-1].status_code == 200
    assert chosen(company) == {}


def test_a_reaction_is_noted_so_that_the_next_tip_is_not_held_back(company, front):
    who, message = next(iter(tipped(company).items()))

    front.click(who, "help_me", value=buttons(message)["help_me"])

    with company.runtime.store.read() as tx:
        (sent,) = (s for s in outbox.history(tx)[company.key(who)] if s.state is outbox.State.SENT)
        campaign = campaigns.find(tx, "first_steps") or campaigns.find(tx, "start")
    assert sent.answered_on is not None
    assert campaign is None or Arm.NUDGE


def test_help_names_the_contact_and_the_contact_is_told_nothing(company, front):
    who, message = next(iter(tipped(company).items()))
    posts = company.slack.calls["chat.postMessage"]

    answer = front.click(who, "help_me", value=buttons(message)["help_me"])

    assert "#ai-help" in answer["text"]
    assert company.slack.calls["chat.postMessage"] == posts
    assert chosen(company) == {}


def test_a_button_pressed_by_somebody_outside_the_roster_says_so(company, front):
    company.slack.join(Member("UNEW", "New", "new@corp.example"))
    message = next(iter(tipped(company).values()))

    answer = front.click("UNEW", "stop", value=buttons(message)["stop"])

    assert answer["text"] == blocks.text(messages.plain("not_known"))
    assert chosen(company) == {}
