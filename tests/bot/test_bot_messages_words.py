"""A few words in a direct message lead where the commands lead, and none to a figure."""

import pytest
from signed import opened, wait_for

from unranked.channels import blocks
from unranked.demo.slack_members import Member
from unranked.services import choices, messages
from unranked.services.choices import Asker
from unranked.services.standing import consent_now

NOW = "2026-03-02T10:00+00:00"


@pytest.fixture
def company(world):
    world.person("ada")
    world.at(NOW)
    world.begin()
    world.slack.join(Member("UNEW", "New", "new@corp.example"))
    return world


@pytest.fixture
def front(company):
    with opened(company) as made:
        yield made


def reply(front, who, typed):
    """Return the answer in the conversation to what somebody writes."""
    before = len(front.world.slack.messages_to(who))
    front.write(who, typed)
    wait_for(lambda: len(front.world.slack.messages_to(who)) > before)
    return front.world.slack.messages_to(who)[-1]


SAME = [
    ("help", "help"),
    ("Help please!", "help"),
    ("tokens help", "help"),
    ("privacy", "privacy"),
    ("unmute", "unmute"),
    ("start", "unmute"),
    ("export", "export"),
    ("forget", "forget"),
    ("Forget me.", "forget"),
]


@pytest.mark.parametrize(("typed", "command"), SAME)
def test_a_word_gets_the_answer_of_its_command_and_no_figure(front, typed, command):
    answer = reply(front, "UADA", typed)

    assert answer["text"] == front.tokens("UADA", command)["text"]
    assert not any(character.isdigit() for character in answer["text"])


def test_start_turns_tips_on_again_and_forget_alone_forgets_nobody(company, front):
    reply(front, "UADA", "stop")
    assert consent_now(company.runtime, company.key("UADA")).stopped
    company.at("2026-03-02T10:01+00:00")

    assert reply(front, "UADA", "start")["text"].startswith("Tips are on again")
    assert not consent_now(company.runtime, company.key("UADA")).stopped
    reply(front, "UADA", "forget")
    reply(front, "UADA", "export")
    assert company.key("UADA")
    assert not any("files" in one for one in company.slack.messages_to("UADA"))


@pytest.mark.parametrize("typed", ["help", "privacy"])
def test_help_and_privacy_are_for_anybody(front, typed):
    assert reply(front, "UNEW", typed)["text"] == front.tokens("UADA", typed)["text"]


def test_help_leaves_out_what_an_objection_ended(front, company):
    asker = Asker(company.key("UADA"))
    choices.object_to_groups(company.runtime, asker)
    said = front.tokens("UADA", "help")["text"]

    assert reply(front, "UADA", "help")["text"] == said
    assert "You objected: no tips come" in said
    for ended in ("unmute", "Once a week", 'Write "stop"'):
        assert ended not in said
    company.at("2026-03-02T10:01+00:00")
    choices.press(company.runtime, asker, "object_no_more")
    assert "unmute" in front.tokens("UADA", "help")["text"]


@pytest.mark.parametrize("typed", ["forget", "export", "unmute", "start"])
def test_the_rest_is_for_people_who_are_known(front, typed):
    assert reply(front, "UNEW", typed)["text"].startswith("You are not in the list of people yet")


@pytest.mark.parametrize(
    "typed",
    ["tokens", "usage", "what did I cost?", "do not forget", "help Bob", "privacy of Bob", "hm"],
)
def test_anything_else_is_told_what_there_is_and_what_becomes_of_it(front, typed):
    answer = reply(front, "UADA", typed)["text"]

    assert answer == blocks.text(messages.plain("answer_dm"))
    for named in ("/tokens,", "/tokens help", "/tokens privacy", "/tokens forget", "Home tab"):
        assert named in answer, named
    assert "Unranked neither keeps nor passes on what you wrote. The chat keeps it" in answer
    assert not any(character.isdigit() for character in answer)


def test_a_word_that_is_no_command_is_answered_without_reproach(front):
    answers = {front.tokens("UADA", typed)["text"] for typed in ("exprot", "@bob", "everybody")}

    (only,) = answers
    assert only.startswith("Only your own")
    assert "what you typed" not in only
    for named in ("help", "privacy", "mute", "unmute", "export", "forget"):
        assert f"/tokens {named}" in only, named
    assert "Unranked shows nothing about anybody else" in only
