"""Slack's side of a person's rights: a file, the end of the bot's messages, an empty Home."""

from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk import WebClient

from unranked.channels import blocks
from unranked.channels.base import (
    Chart,
    Choice,
    File,
    Message,
    Note,
    Outcome,
    Paragraph,
    Posted,
    Series,
)
from unranked.channels.slack import Slack
from unranked.demo.blocks_limits import problems
from unranked.demo.fake_slack import FakeSlack
from unranked.demo.slack_members import Member

TOKEN = "xoxb-made-up"
EXPORT = File("export.json", "Your export", '{"Grüße": 1}'.encode())
TIP = Message("A small tip", (Paragraph("Try this."),))


@pytest.fixture
def slack():
    now = [datetime(2026, 3, 2, 10, tzinfo=UTC)]

    def clock():
        now[0] += timedelta(seconds=1)
        return now[0]

    with FakeSlack([Member("UADA", "Ada"), Member("UBOB", "Bob")], clock, TOKEN) as made:
        yield made


@pytest.fixture
def channel(slack):
    return Slack(TOKEN, api_url=slack.url, timeout_seconds=1, sleeper=lambda _: None)


@pytest.fixture
def conversation(channel):
    return channel.conversation("UADA").conversation


def test_a_file_comes_whole_into_the_conversation_by_the_three_steps(slack, channel, conversation):
    receipt = channel.send_file(conversation, EXPORT, words="Your export\nAs you asked.")

    (message,) = slack.messages_to("UADA")
    (file,) = message["files"]
    assert receipt.outcome is Outcome.SENT
    assert message["text"] == "Your export\nAs you asked."
    assert (file["name"], file["title"]) == ("export.json", "Your export")
    assert slack.file(file["id"]) == EXPORT.content
    assert slack.messages_to("UBOB") == []
    steps = ("files.getUploadURLExternal", "files.completeUploadExternal")
    assert [slack.calls[step] for step in steps] == [1, 1]
    assert slack.calls["files.upload"] == slack.calls["files.info"] == 0


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ({"uploads_disabled": True}, Outcome.REFUSED),
        ({"missing_scopes": {"files:write"}}, Outcome.BROKEN),
        ({"invalid_auth": True}, Outcome.BROKEN),
        ({"server_error": 1}, Outcome.UNCLEAR),
        ({"cut": 1}, Outcome.UNCLEAR),
        ({"rate_limited": 1}, Outcome.LATER),
        ({"rate_limited_methods": {"files.completeUploadExternal"}}, Outcome.LATER),
    ],
)
def test_a_file_that_did_not_come_is_said_and_not_tried_again(
    slack, channel, conversation, fault, outcome
):
    for name, value in fault.items():
        setattr(slack.faults, name, value)
    receipt = channel.send_file(conversation, EXPORT, words="Your export")

    assert receipt.outcome is outcome
    assert slack.messages_to("UADA") == []
    assert slack.calls["files.getUploadURLExternal"] == 1


def test_bytes_that_slack_does_not_take_are_no_file(slack, channel, conversation):
    slack.faults.uploads_lost = True
    receipt = channel.send_file(conversation, EXPORT, words="Your export")

    assert receipt.outcome is Outcome.UNCLEAR
    assert slack.messages_to("UADA") == []
    assert slack.calls["files.completeUploadExternal"] == 0


def test_neither_a_file_nor_its_bytes_stand_in_a_repr():
    assert "Grüße" not in repr(EXPORT)
    assert "secret" not in repr(Choice("open", "Open", url="https://a.example/secret"))


def test_what_the_bot_wrote_is_listed_with_keys_and_files_over_all_pages(
    slack, channel, conversation
):
    for number in range(230):
        channel.send(conversation, TIP, key=f"k{number}")
    channel.send_file(conversation, EXPORT, words="Your export")
    found = channel.posted(conversation)

    assert {one.key for one in found} == {"", *(f"k{number}" for number in range(230))}
    assert {one.stamp for one in found} == {m["ts"] for m in slack.messages_to("UADA")}
    (with_file,) = (one for one in found if one.files)
    assert slack.file(with_file.files[0]) == EXPORT.content


def test_what_a_person_wrote_is_not_the_bots(slack, channel, conversation):
    channel.send(conversation, TIP, key="k1")
    words = {"text": "stop", "user": "UADA", "bot_id": None, "app_id": None}
    slack._workspace._messages[conversation].append({"type": "message", "ts": "1.000001"} | words)

    assert [one.key for one in channel.posted(conversation)] == ["k1"]


@pytest.mark.parametrize("fault", [{"missing_scopes": {"im:history"}}, {"invalid_auth": True}])
def test_a_conversation_that_cannot_be_read_is_not_an_empty_one(
    slack, channel, conversation, fault
):
    assert channel.posted(conversation) == []
    for name, value in fault.items():
        setattr(slack.faults, name, value)
    assert channel.posted(conversation) is None


def test_a_message_is_deleted_with_its_files_and_again_does_no_harm(slack, channel, conversation):
    channel.send_file(conversation, EXPORT, words="Your export")
    channel.send(conversation, TIP, key="k1")
    tip, export = channel.posted(conversation)
    assert channel.delete(conversation, export).outcome is Outcome.SENT
    assert slack.file(export.files[0]) is None
    assert [one.key for one in channel.posted(conversation)] == ["k1"]

    for message in (export, tip, tip, Posted("1.000001")):
        assert channel.delete(conversation, message).outcome is Outcome.SENT
    assert slack.messages_to("UADA") == []


def test_what_slack_keeps_is_said(slack, channel, conversation):
    channel.send_file(conversation, EXPORT, words="Your export")
    (export,) = channel.posted(conversation)
    slack.faults.deleting_refused = True
    receipt = channel.delete(conversation, export)

    assert receipt.outcome is Outcome.REFUSED
    assert receipt.reason == "compliance_exports_prevent_deletion"
    assert len(slack.messages_to("UADA")) == 1


def test_a_file_that_could_not_be_deleted_is_said_though_its_message_went(
    slack, channel, conversation
):
    channel.send_file(conversation, EXPORT, words="Your export")
    (export,) = channel.posted(conversation)
    slack.faults.rate_limited_methods.add("files.delete")

    assert channel.delete(conversation, export).outcome is Outcome.LATER
    assert slack.messages_to("UADA") == []
    slack.faults.rate_limited_methods.clear()
    assert channel.delete(conversation, export).outcome is Outcome.SENT
    assert slack.file(export.files[0]) is None


def test_a_home_tab_of_words_replaces_what_stood_there(slack, channel):
    chart = Chart("Cost", "USD", ("9 Feb",), (Series("Acme", (1.0,)),), ("Cost: one dollar",))
    WebClient(token=TOKEN, base_url=slack.url).views_publish(
        user_id="UADA", view={"type": "home", "blocks": blocks.said([chart])}
    )
    assert channel.show_home("UADA", [Paragraph("Nothing."), Note("Here.")]).outcome is Outcome.SENT

    shown = slack.home_of("UADA")
    assert "Cost" not in repr(shown)
    assert problems(shown["blocks"], "home") == []
    assert channel.show_home("UNOBODY", [Paragraph("Nothing.")]).outcome is Outcome.REFUSED


def test_a_button_that_cannot_be_undone_is_red_and_one_with_an_address_opens_it():
    url = "https://unranked.corp.example/export/secret"
    message = Message(
        "Your link is ready",
        (Paragraph("It works once."),),
        (
            Choice("forget_now", "Forget me", prominent=True, dangerous=True),
            Choice("export_open", "Save", prominent=True, url=url),
            Choice("keep", "Keep"),
        ),
    )
    (actions,) = (one for one in blocks.blocks(message) if one["type"] == "actions")

    assert [one.get("style") for one in actions["elements"]] == ["danger", "primary", None]
    assert [one.get("url") for one in actions["elements"]] == [None, url, None]
    assert problems(blocks.blocks(message), "message") == []
    assert url not in blocks.text(message)
