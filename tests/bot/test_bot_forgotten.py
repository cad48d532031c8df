"""After /tokens forget: every door says that nothing is kept, and how to be taken in."""

import pytest
from home_pages import said
from signed import opened, wait_for, words

from unranked.demo.blocks_limits import problems, view_problems
from unranked.demo.slack_members import Member
from unranked.services import erasure, forms

NOW = "2026-03-02T10:00+00:00"
LATER = "2026-04-20T10:00+00:00"


@pytest.fixture
def company(world):
    for name in ("ada", "bob"):
        world.person(name)
    world.at(NOW)
    world.begin()
    return world


@pytest.fixture
def front(company):
    with opened(company) as made:
        yield made


@pytest.fixture
def forgotten(company, front):
    """Let Ada forget herself, and seven weeks go by in which everything is read every day."""
    answer = front.click("UADA", "forget_now")
    company.at(LATER)
    company.learn()
    return answer


def is_said(shown):
    """Say whether this is the text of somebody who is not to be read in."""
    return (
        shown.startswith("Nothing is kept about you")
        and "A mark tells this bot not to take in your account of this chat" in shown
        and "The mark holds no name and no address" in shown
        and "To be taken in, write to #ai-help" in shown
        and "2026" not in shown
        and "forgotten" not in shown
        and "Try again tomorrow" not in shown
    )


def test_the_last_answer_promises_no_silence_but_that_nothing_comes_by_itself(forgotten):
    said_last = words(forgotten)

    assert "will not write to you by itself again" in said_last
    assert "If you write to it, it says only that nothing is kept about you" in said_last
    assert "last answer" not in said_last
    assert "write to #ai-help" in said_last


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize("typed", ["", "mute", "unmute", "export", "forget", "stop", "@bob"])
def test_the_command_says_it(front, typed):
    answer = front.tokens("UADA", typed)

    assert is_said(answer["text"])
    assert problems(answer["blocks"], "message") == []


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize("typed", ["hello", "stop", "forget", "export", "unmute"])
def test_a_direct_message_is_answered_with_it(company, front, typed):
    front.write("UADA", typed)
    wait_for(lambda: bool(company.slack.messages_to("UADA")))

    (reply,) = company.slack.messages_to("UADA")
    assert is_said(reply["text"])


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize("action", ["forget_now", "stop", "tokens", "export_now", "unheard_of"])
def test_a_button_of_an_old_message_says_it(front, action):
    assert is_said(front.click("UADA", action)["text"])


@pytest.mark.usefixtures("forgotten")
def test_the_home_tab_says_it_when_it_is_opened_pressed_or_sent(front):
    view = front.home("UADA")

    assert is_said(said(view))
    assert view_problems({"type": view["type"], "blocks": view["blocks"]}, "home") == []
    assert is_said(said(front.press("UADA", "home_stop")))
    for name in forms.NAMES:
        assert is_said(said(front.press("UADA", name)))
        assert front.send("UADA", {"callback_id": name, "type": "modal"}, {}) == {}


def test_the_home_tab_says_it_at_once(company, front):
    front.home("UADA")
    front.click("UADA", "forget_now")

    assert is_said(said(company.slack.home_of("UADA")))


@pytest.mark.usefixtures("forgotten")
def test_others_who_are_not_known_are_told_when_to_come_again_and_whom_to_tell(company, front):
    company.slack.join(Member("UNEW", "New", "new@corp.example"))
    answer = front.tokens("UNEW")

    assert answer["text"].startswith("You are not in the list of people yet")
    assert "try again tomorrow. If it stays so, tell #ai-help" in answer["text"]
    assert "2 Mar" not in answer["text"]
    assert front.tokens("UBOB", "mute")["text"].startswith("Tips are off")


@pytest.mark.usefixtures("forgotten")
def test_whoever_was_let_in_again_is_known_again(company, front):
    erasure.lift(company.runtime, "UADA")
    assert front.tokens("UADA")["text"].startswith("You are not in the list of people yet")
    company.learn(days=1)

    assert front.tokens("UADA", "mute")["text"].startswith("Tips are off")


def test_whoever_an_operator_erased_is_told_the_same(company, front):
    erasure.erase_named(company.runtime, "ada@corp.example")

    assert is_said(front.tokens("UADA")["text"])


@pytest.mark.usefixtures("forgotten")
def test_who_gets_the_address_of_somebody_forgotten_is_told_nothing_of_them(company, front):
    company.slack.join(Member("UADA", "Ada", "", deleted=True))
    company.slack.join(Member("UNEW", "New", "ada@corp.example"))
    company.learn(days=1)

    assert is_said(front.tokens("UNEW")["text"])
    assert is_said(said(front.home("UNEW")))


def test_the_prompt_says_that_ones_own_lines_stay_and_whom_to_ask_how_long(front):
    asked = front.tokens("UADA", "forget")["text"]

    assert "your own lines stay in the chat" in asked
    assert "For how long, ask #ai-help." in asked
