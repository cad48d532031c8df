"""Modals of the made-up Slack on top of each other, and answers that change what was clicked on."""

from datetime import UTC, datetime
from threading import Thread

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from unranked.demo.fake_slack import FakeSlack
from unranked.demo.slack_members import Member
from unranked.demo.slack_responses import Origin

ADA = "U0ADA"
TOKEN = "made-up-token"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}


def modal(title):
    words = {"type": "plain_text", "text": title}
    return {"type": "modal", "title": words, "blocks": [SECTION]}


@pytest.fixture
def slack():
    members = [Member(ADA, "Ada Example", "ada@example.com")]
    with FakeSlack(members, lambda: datetime(2026, 11, 23, 9, tzinfo=UTC), TOKEN) as fake:
        yield fake


@pytest.fixture
def client(slack):
    return WebClient(token=TOKEN, base_url=slack.url, retry_handlers=[])


def titles(slack):
    return [view["title"]["text"] for view in slack.modals_of(ADA)]


def code(call, **arguments):
    with pytest.raises(SlackApiError) as refused:
        call(**arguments)
    return refused.value.response["error"]


def test_three_modals_stand_on_each_other_and_a_fourth_is_refused(client, slack):
    def push(title):
        return client.views_push(trigger_id=slack.trigger_id(ADA), view=modal(title))["view"]

    first = client.views_open(trigger_id=slack.trigger_id(ADA), view=modal("One"))["view"]
    second = push("Two")
    third = push("Three")

    assert titles(slack) == ["One", "Two", "Three"]
    assert (third["root_view_id"], third["previous_view_id"]) == (first["id"], second["id"])
    trigger = slack.trigger_id(ADA)
    assert code(client.views_push, trigger_id=trigger, view=modal("x")) == "push_limit_reached"
    client.views_open(trigger_id=slack.trigger_id(ADA), view=modal("New"))
    assert titles(slack) == ["New"]


def test_nothing_can_be_pushed_on_no_modal(client, slack):
    trigger = slack.trigger_id(ADA)
    assert code(client.views_push, trigger_id=trigger, view=modal("One")) == "not_found"


def test_a_modal_is_changed_in_place_unless_a_newer_one_was_seen(client, slack):
    old = client.views_open(trigger_id=slack.trigger_id(ADA), view=modal("One"))["view"]
    new = client.views_update(view_id=old["id"], view=modal("Changed"))["view"]

    assert new["id"] == old["id"]
    assert titles(slack) == ["Changed"]
    stale = {"view_id": old["id"], "hash": old["hash"], "view": modal("Late")}
    assert code(client.views_update, **stale) == "hash_conflict"
    assert code(client.views_update, view_id="V0", view=modal("x")) == "not_found"
    assert [one.code for one in slack.refusals] == ["hash_conflict", "not_found"]


def test_what_the_app_changes_while_somebody_closes_a_modal_is_not_lost(client, slack):
    below = client.views_open(trigger_id=slack.trigger_id(ADA), view=modal("One"))["view"]
    client.views_push(trigger_id=slack.trigger_id(ADA), view=modal("Two"))
    update = Thread(
        target=client.views_update, kwargs={"view_id": below["id"], "view": modal("Changed")}
    )

    def close(opened):
        update.start()
        update.join(timeout=0.2)
        return opened[:-1]

    slack.change_modals(ADA, close)
    update.join()
    assert titles(slack) == ["Changed"]


def test_an_answer_replaces_or_removes_the_message_that_was_clicked_on(client, slack):
    sent = client.chat_postMessage(channel=ADA, text="Old", blocks=[SECTION])
    origin = Origin(channel=sent["channel"], ts=sent["ts"])
    httpx.post(slack.response_url(ADA, origin), json={"text": "New", "replace_original": True})

    (message,) = slack.messages_to(ADA)
    assert (message["text"], message["blocks"]) == ("New", [])
    httpx.post(slack.response_url(ADA, origin), json={"delete_original": True})
    assert slack.messages_to(ADA) == []


def test_an_answer_replaces_or_removes_what_only_one_person_sees(slack):
    url = slack.response_url(ADA)
    httpx.post(url, json={"text": "One"})
    httpx.post(url, json={"text": "Two"})
    one, two = slack.ephemerals_of(ADA)
    changed = slack.response_url(ADA, Origin(ref=one.ref))
    httpx.post(changed, json={"text": "One again", "replace_original": True})
    httpx.post(slack.response_url(ADA, Origin(ref=two.ref)), json={"delete_original": True})

    (left,) = slack.ephemerals_of(ADA)
    assert (left.fields["text"], left.replaced) == ("One again", True)
    assert slack.messages_to(ADA) == []


def test_an_answer_for_everybody_stands_in_the_conversation(slack):
    httpx.post(slack.response_url(ADA), json={"text": "Hello", "response_type": "in_channel"})

    assert [message["text"] for message in slack.messages_to(ADA)] == ["Hello"]
    assert slack.ephemerals_of(ADA) == []


def test_what_slack_refuses_at_a_response_url_is_noted_and_shown_to_nobody(slack):
    httpx.post(slack.response_url(ADA), json={"text": "x", "blocks": [{"type": "carousell"}]})

    assert [(one.method, one.code) for one in slack.refusals] == [
        ("response_url", "invalid_blocks")
    ]
    assert slack.ephemerals_of(ADA) == []
