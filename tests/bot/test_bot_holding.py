"""What a button answers while something else keeps tips away: it says what still holds."""

import json
from dataclasses import replace

import pytest
from signed import opened, wait_for, words

from unranked.domain.constants import FEWER_PER_QUARTER

NOW = "2026-03-02T10:00+00:00"


@pytest.fixture
def company(world, tmp_path):
    """Ada has leave in the company's list from this Monday to Friday, Bob has none."""
    world.person("ada")
    world.person("bob")
    csv = tmp_path / "people.csv"
    csv.write_text(
        "email,leave\nada@corp.example,2026-03-02/2026-03-06\nbob@corp.example,\n",
        encoding="utf-8",
    )
    world.runtime = replace(world.runtime, roster_csv=csv)
    world.at(NOW)
    world.begin()
    return world


@pytest.fixture
def front(company):
    with opened(company) as made:
        yield made


def title(answer):
    return answer["text"].split("\n")[0]


def buttons(answer):
    return [
        b["action_id"]
        for block in answer["blocks"]
        if block["type"] == "actions"
        for b in block["elements"]
    ]


def after(world, front, who, *actions):
    """Press one button after the other, a second apart; return the last answer."""
    answer = {}
    for action in actions:
        answer = front.click(who, action)
        world.now = world.now.replace(second=world.now.second + 1)
    return answer


def test_fewer_says_at_most_one_in_a_quarter_in_the_answer_and_at_home(company, front):
    answer = after(company, front, "UBOB", "fewer")

    assert FEWER_PER_QUARTER == 1
    assert title(answer) == "You get fewer tips"
    assert "At most one in a quarter" in answer["text"]
    assert "four weeks" not in answer["text"]
    assert buttons(answer) == ["usual", "stop"]
    page = json.dumps(front.home("UBOB"))
    assert "At most one in a quarter." in page
    assert "one in four weeks" not in page


@pytest.mark.parametrize("pressed", ["fewer", "usual"])
def test_after_stop_tips_stay_off_and_that_is_said(company, front, pressed):
    answer = after(company, front, "UBOB", "stop", pressed)

    assert title(answer) == "Tips stay off"
    assert "You get fewer tips" not in words(answer)
    assert buttons(answer) == ["resume"]
    assert title(after(company, front, "UBOB", "resume")) == "Tips are on again"


def test_fewer_after_not_for_me_says_that_tips_about_starting_stay_off(company, front):
    answer = after(company, front, "UBOB", "not_for_me", "fewer")

    assert title(answer) == "Tips about starting stay off"
    assert "If there are others one day: at most one in a quarter." in answer["text"]


def test_fewer_while_away_says_that_none_come_until_one_is_back(company, front):
    answer = after(company, front, "UBOB", "away", "fewer")

    assert title(answer) == "No tips while you are away"
    assert "From then on: at most one in a quarter." in answer["text"]
    assert buttons(answer) == ["back", "stop"]


def test_leave_of_the_companys_list_holds_whatever_is_pressed(company, front):
    for pressed in ("fewer", "usual", "resume", "back"):
        answer = after(company, front, "UADA", pressed)

        assert title(answer) == "No tips while you are away", pressed
        assert "Your company's list says that you are away" in answer["text"]
        assert "back" not in buttons(answer)


def test_away_and_back_say_that_tips_stay_off(company, front):
    away = after(company, front, "UBOB", "stop", "away")
    assert "Back on Mon 16 Mar 2026." in away["text"]
    assert "You stopped all tips before, and that still holds" in away["text"]

    back = after(company, front, "UBOB", "back")
    assert title(back) == "Welcome back"
    assert "You are no longer away." in back["text"]
    assert "You stopped all tips before, and that still holds" in back["text"]
    assert "wait for another two working days" not in back["text"]


def test_whoever_is_neither_away_nor_off_is_welcomed_back(company, front):
    answer = after(company, front, "UBOB", "away", "back")

    assert title(answer) == "Welcome back"
    assert "two working days" in answer["text"]


def test_a_direct_message_that_turns_tips_on_says_no_day(company, front):
    after(company, front, "UBOB", "away")
    front.tokens("UBOB", "unmute")
    front.write("UBOB", "unmute")
    wait_for(lambda: bool(company.slack.messages_to("UBOB")))

    (reply,) = company.slack.messages_to("UBOB")
    assert reply["text"].startswith("No tips while you are away")
    assert not any(character.isdigit() for character in reply["text"])
