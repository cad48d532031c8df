"""One person's Slack client against the real bot: what they see, press, type and send off."""

import json

import httpx
import pytest
from leading_people import listed
from signed import SECRET, opened, wait_for

from unranked.demo.client import Client
from unranked.demo.slack_inputs import REQUIRED
from unranked.demo.slack_requests import Signed
from unranked.services import managers


class Patient(Signed):
    """Slack's side of the door, which waits for all that follows the acknowledgement."""

    def __init__(self, front):
        super().__init__(front.http, SECRET)
        self.front = front

    def post(self, body, headers=None):
        answer = super().post(body, headers)
        self.front.settled()
        return answer


@pytest.fixture
def ada(world):
    """Give a client of somebody who has never used anything, with the bot behind it."""
    world.person("ada")
    world.at("2026-03-02T10:00+00:00")
    world.begin()
    with opened(world) as front:
        yield Client(world.slack, Patient(front), "UADA", "Europe/Berlin")


def said(client):
    return [entry.text.split("\n")[0] for entry in client.conversation().entries]


def test_a_command_is_answered_to_the_person_alone_and_gone_after_a_reload(ada):
    ada.say("/tokens help")

    (entry,) = ada.conversation().entries
    assert (entry.container, entry.own) == ("ephemeral", False)
    assert entry.text.startswith("What Unranked does")
    assert entry.blocks
    assert entry.when == "Mon 2 Mar, 11:00"
    ada.reload()
    assert ada.conversation().entries == ()


def test_what_somebody_writes_stands_in_the_conversation_with_the_answer_below(ada):
    ada.say("stop")

    question, answer = ada.conversation().entries
    assert (question.own, question.text) == (True, "stop")
    assert (answer.own, answer.container) == (False, "message")
    assert answer.text


def test_answers_stand_where_they_were_given_though_the_clock_stands_still(ada):
    ada.say("/tokens help")
    ada.say("hello")
    ada.say("/tokens privacy")

    kinds = [(entry.container, entry.own) for entry in ada.conversation().entries]
    written, answered = ("message", True), ("message", False)
    assert kinds == [("ephemeral", False), written, answered, ("ephemeral", False)]


def test_another_apps_command_is_refused_as_slack_does_and_nothing_is_sent(ada, world):
    before = world.slack.activity
    ada.say("/giphy cats")
    ada.say("   ")

    assert said(ada) == ["/giphy is not a valid command. This app has /tokens."]
    assert world.slack.activity == before


def test_buttons_of_an_answer_work(ada):
    ada.say("/tokens forget")
    (entry,) = ada.conversation().entries
    (actions,) = [block for block in entry.blocks if block["type"] == "actions"]
    button = actions["elements"][0]

    ada.act("ephemeral", entry.ref, (actions["block_id"], button["action_id"]), "forged", {})

    assert len(said(ada)) == 2


def test_an_element_that_is_not_there_cannot_be_pressed(ada, world):
    ada.say("/tokens help")
    (entry,) = ada.conversation().entries
    before = world.slack.activity
    ada.act("ephemeral", entry.ref, ("choices", "forget_now"), None, {})
    ada.act("ephemeral", "e999", ("choices", "forget_now"), None, {})
    ada.act("message", "1.1", ("choices", "forget_now"), None, {})
    ada.act("modal", "V1", ("choices", "forget_now"), None, {})

    assert world.slack.activity == before


def pressed_on_home(client, action):
    wait_for(lambda: client.home().blocks)  # Slack hears first, and the page comes a little later
    for block in client.home().blocks:
        for element in [*block.get("elements", []), block.get("accessory", {})]:
            if element.get("action_id") == action:
                client.act("home", client.home().view_id, (block["block_id"], action), None, {})
                return
    raise AssertionError(action)


def opened_form(client, action):
    pressed_on_home(client, action)
    wait_for(lambda: client.modal() is not None)


def test_the_home_tab_is_published_when_it_is_opened_and_again_after_a_choice(ada):
    assert ada.home().view_id == ""
    ada.open_home()
    wait_for(lambda: ada.home().blocks)
    before = ada.home()
    pressed_on_home(ada, "home_stop")

    wait_for(lambda: ada.home().version != before.version)


def test_a_modal_keeps_what_was_typed_until_it_is_right_and_then_closes(ada):
    ada.open_home()
    opened_form(ada, "home_hours")
    modal = ada.modal()
    inputs = [block for block in modal.blocks if block["type"] == "input"]
    typed = {
        block["block_id"]: {block["element"]["action_id"]: value}
        for block, value in zip(inputs, ("12:00", "10:00"), strict=True)
    }
    ada.submit(modal.view_id, typed)

    again = ada.modal()
    assert set(again.errors) == {"until_hour"}
    assert again.typed == typed
    typed["until_hour"] = {inputs[1]["element"]["action_id"]: "16:00"}
    ada.submit(modal.view_id, typed)
    assert ada.modal() is None
    assert "12:00 to 16:00" in json.dumps(ada.home().blocks).replace(" and ", " to ")


def test_a_required_field_that_is_empty_is_refused_before_anything_is_sent(ada, world):
    ada.open_home()
    opened_form(ada, "home_away")
    modal = ada.modal()
    (block,) = [block for block in modal.blocks if block["type"] == "input"]
    before = world.slack.activity
    ada.submit(modal.view_id, {block["block_id"]: {block["element"]["action_id"]: ""}})

    assert ada.modal().errors == {block["block_id"]: REQUIRED}
    assert world.slack.activity == before


def test_a_modal_that_is_closed_is_gone_and_nothing_is_kept(ada):
    ada.open_home()
    opened_form(ada, "home_hours")
    ada.close(ada.modal().view_id)

    assert ada.modal() is None


def test_a_file_is_the_persons_own(ada, world):
    world.person("kenji")
    ada.say("/tokens export")
    warning = ada.conversation().entries[-1]
    (actions,) = [block for block in warning.blocks if block["type"] == "actions"]
    ada.act("ephemeral", warning.ref, (actions["block_id"], "export_now"), None, {})

    files = [file for entry in ada.conversation().entries for file in entry.files]
    ((file_id, name),) = files
    assert ada.file(file_id)[0] == name == "unranked-export.json"
    assert b'"tables"' in ada.file(file_id)[1]
    other = Client(world.slack, ada.door, "UKENJI", "Europe/Berlin")
    assert other.file(file_id) is None


def test_a_bot_that_is_away_is_said_to_be_away(ada):
    with httpx.Client(base_url="http://127.0.0.1:9") as nowhere:
        ada.door = Signed(nowhere, SECRET)
        ada.say("/tokens")

    assert said(ada)[0].startswith("Unranked did not answer in time")


@pytest.fixture
def boss(world, tmp_path):
    """Give a client of a manager who has the message of the week before them."""
    listed(world, tmp_path, {"ada": "boss"})
    world.at("2026-03-02T07:30+00:00")
    world.learn(days=1)
    managers.plan(world.runtime)
    world.at("2026-03-02T08:30+00:00")
    world.deliver()
    with opened(world) as front:
        yield Client(world.slack, Patient(front), "UBOSS", "Europe/Berlin")


def test_a_post_to_a_channel_is_chosen_by_name_and_seen_where_it_was_asked_for(boss):
    (message,) = boss.conversation().entries
    actions = message.blocks[-1]
    (post,) = (one for one in actions["elements"] if one["action_id"] == "post_digest")
    boss.act("message", message.ref, (actions["block_id"], "post_digest"), post["value"], {})
    modal = boss.modal()
    (field,) = (one for one in modal.blocks if one["type"] == "input")
    offered = {one["value"]: one["text"]["text"] for one in field["element"]["options"]}
    assert offered["C0TEAM"] == "#my-team"

    boss.submit(modal.view_id, {field["block_id"]: {field["element"]["action_id"]: "C0TEAM"}})

    (posted,) = (one for one in boss.conversation().entries if one.container == "post")
    assert posted.where == "#my-team"
    assert posted.text.startswith(message.text.split("\n")[0])
    assert "actions" not in {block["type"] for block in posted.blocks}
