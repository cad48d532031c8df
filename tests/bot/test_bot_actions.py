from datetime import date, timedelta

import pytest
from signed import opened
from sqlalchemy import delete, select
from sqlmodel import SQLModel

from unranked.channels import blocks
from unranked.demo.blocks_limits import problems
from unranked.demo.slack_members import Member
from unranked.services import choices, messages
from unranked.services.segments import consent_from
from unranked.store import campaigns, outbox
from unranked.store.tables import Outbox, table

MONTHS_LATER = "2026-09-14T10:00+00:00"


@pytest.fixture
def company(world):
    """Two people with a seat and no use; some of them have a tip."""
    for name in ("ada", "bob", "cem", "dee", "eva", "fay"):
        world.person(name)
    world.person("gus")
    world.tools["acme"].use("gus@corp.example", *busy_days())
    world.at("2026-03-02T10:00+00:00")
    world.begin()
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
    """Return what holds for everybody who ever chose, by person key."""
    with world.runtime.store.read() as tx:
        return {key: consent_from(made) for key, made in campaigns.choices(tx).items()}


def everything_but(world, member_id):
    """Return every row that belongs to somebody else, in every table with a person."""
    mine = world.key(member_id)
    with world.runtime.store.read() as tx:
        rows = {
            name: [dict(row) for row in tx.execute(select(kind)).mappings()]
            for name, kind in SQLModel.metadata.tables.items()
        }
    return {
        name: [row for row in found if row.get("person_key", "other") != mine]
        for name, found in rows.items()
    }


def forget_messages(world):
    with world.runtime.store.write() as tx:
        tx.execute(delete(table(Outbox)))


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


def test_a_button_pressed_twice_months_later_and_after_its_message_is_gone_holds_once(
    company, front
):
    who, message = next(iter(tipped(company).items()))
    value = buttons(message)["stop"]
    others = everything_but(company, who)
    company.at(MONTHS_LATER)
    first = {}
    kept = [action for action in choices.ACTIONS if action != "forget_now"]  # test_bot_rights
    for action in kept:
        first[action] = front.click(who, action, value=value)
        held = chosen(company)
        assert front.click(who, action, value=value) == first[action], action
        assert chosen(company) == held, action
        assert set(held) <= {company.key(who)}
        company.now += timedelta(minutes=1)
    assert everything_but(company, who) == others

    forget_messages(company)
    for action in kept:
        assert front.click(who, action, value=value) == first[action], action
    assert set(chosen(company)) == {company.key(who)}


PROMISES = {
    "stop": lambda consent: consent.stopped,
    "fewer": lambda consent: consent.fewer,
    "something_else": lambda consent: consent.uses_something_else,
    "not_for_me": lambda consent: consent.not_for_me,
    "away": lambda consent: bool(consent.absences),
    "away_1": lambda consent: bool(consent.absences),
    "away_4": lambda consent: bool(consent.absences),
}


def test_what_a_button_says_holds_at_once(company, front):
    who, message = next(iter(tipped(company).items()))
    for action, holds in PROMISES.items():
        front.click(who, action, value=buttons(message)["stop"])

        assert holds(chosen(company)[company.key(who)]), action
        company.now += timedelta(minutes=1)
        front.click(who, "resume")
        front.click(who, "back")
        assert not holds(chosen(company)[company.key(who)]), action
        company.now += timedelta(minutes=1)


def test_a_button_of_somebody_elses_message_changes_nothing_for_anybody(company, front):
    (one, message), (other, _), *_ = tipped(company).items()
    value = buttons(message)["stop"]
    before = everything_but(company, "UGUS")

    for action in (*choices.ACTIONS, "no_such_button"):
        answer = front.click(other, action, value=value)
        assert answer["text"] == blocks.text(messages.plain("not_yours")), action

    assert everything_but(company, "UGUS") == before
    assert chosen(company) == {}
    assert one != other


def test_a_made_up_value_can_only_reach_whoever_pressed(company, front):
    (one, _), (other, _), *_ = tipped(company).items()

    front.click(other, "stop", value=company.key(one))

    assert set(chosen(company)) == {company.key(other)}


def test_an_unknown_button_gets_a_clear_answer_and_changes_nothing(company, front):
    who, message = next(iter(tipped(company).items()))
    for action in ("no_such_button", "STOP", "../stop", "stop ", "__class__", "x" * 255):
        answer = front.click(who, action, value=buttons(message)["stop"])

        assert answer["text"] == blocks.text(messages.plain("unknown_action"))
        assert front.acks[-1].status_code == 200
    assert chosen(company) == {}


def test_a_reaction_is_noted_so_that_the_next_tip_is_not_held_back(company, front):
    who, message = next(iter(tipped(company).items()))

    front.click(who, "help_me", value=buttons(message)["help_me"])

    with company.runtime.store.read() as tx:
        (sent,) = (s for s in outbox.history(tx)[company.key(who)] if s.state is outbox.State.SENT)
    assert sent.answered_on == company.now.date()


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

    assert answer["text"] == blocks.text(messages.plain("not_known", messages.Contact("#ai-help")))
    assert chosen(company) == {}
