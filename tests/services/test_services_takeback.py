"""What the bot wrote to somebody who is forgotten: taken out of the chat, whatever is under way."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from filled import dump

from unranked import text
from unranked.demo.slack_faults import Fault
from unranked.services import delivery, erasure, export, messages
from unranked.store import outbox, turns, vault
from unranked.store.outbox import Kind, State
from unranked.store.planned import Planned, plan

SEGMENT = "never_used"


@pytest.fixture
def company(world_on):
    for name in ("ada", "bob"):
        world_on.person(name)
    world_on.at("2026-03-03T10:00+00:00")
    world_on.learn()
    return world_on


def queue(world, *member_ids, number=1, kind=Kind.NUDGE):
    """Queue a message to each, due now."""
    tip = text.tips(SEGMENT)[0].name
    with world.runtime.store.write() as tx:
        for who in member_ids:
            key = world.key(who)
            purpose = f"test|{key}|{number}"
            content = messages.nudge_content(tip, ["acme"])
            planned = Planned(
                f"m-{who}-{number}", purpose, key, "slack", content, world.now, world.now
            )
            plan(tx, [planned._replace(kind=kind)])


def states(world):
    return {row["key"]: row["state"] for row in dump(world.runtime.store)["outbox"]}


def test_the_bots_messages_go_from_the_chat_and_other_peoples_stay(company):
    queue(company, "UADA", "UBOB")
    company.deliver()
    assert company.slack.messages_to("UADA")
    assert company.slack.messages_to("UBOB")
    before = company.slack.messages_to("UBOB")

    proof = erasure.erase(company.runtime, company.key("UADA"))

    assert company.slack.messages_to("UADA") == []
    assert company.slack.messages_to("UBOB") == before
    assert (proof.messages, proof.messages_left) == (1, 0)
    assert "What the bot wrote to them in the chat: nothing is left." in proof.in_words()


def test_so_do_answers_in_the_conversation_and_files_with_what_they_hold(company):
    export.hand_over(company.runtime, company.key("UADA"))
    (message,) = company.slack.messages_to("UADA")
    (file,) = message["files"]
    assert b"ada@corp.example" in company.slack.file(file["id"])

    proof = erasure.erase(company.runtime, company.key("UADA"))

    assert company.slack.messages_to("UADA") == []
    assert company.slack.file(file["id"]) is None
    assert (proof.messages, proof.messages_left) == (1, 0)


def test_what_is_queued_is_never_sent(company):
    queue(company, "UADA")
    erasure.erase(company.runtime, company.key("UADA"))
    company.now += timedelta(hours=1)
    company.deliver()

    assert company.slack.calls["chat.postMessage"] == 0


@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_planned_while_the_erasure_runs_is_not_sent_either(company, kind):
    slack, whole = company.runtime.channel, company.runtime.channel.posted

    def planning(conversation):
        queue(company, "UADA", number=2, kind=kind)
        assert company.deliver()
        return whole(conversation)

    slack.posted = planning
    erasure.erase(company.runtime, company.key("UADA"))
    company.deliver()

    assert company.slack.calls["chat.postMessage"] == 0
    assert company.slack.messages_to("UADA") == []


@pytest.mark.parametrize(
    ("refused", "left"),
    [({"deleting_refused": True}, 1), ({"invalid_auth": True}, 1), ({}, 0)],
)
def test_a_chat_that_does_not_let_messages_go_does_not_stop_the_erasure_and_it_is_said(
    company, refused, left
):
    queue(company, "UADA")
    company.deliver()
    for name, value in refused.items():
        setattr(company.slack.faults, name, value)

    proof = erasure.erase(company.runtime, company.key("UADA"))

    assert proof.nothing_left
    assert proof.messages_left == left
    assert len(company.slack.messages_to("UADA")) == left
    assert ("may be there still" in proof.in_words()) is bool(left)


def test_a_chat_that_asks_to_wait_is_waited_for(company):
    queue(company, "UADA")
    company.deliver()
    began = company.now
    delete, waits = company.runtime.channel.delete, [Fault.RATE_LIMITED]

    def limited(conversation, message):
        company.slack.faults.rate_limited = len(waits)
        company.slack.faults.retry_after_seconds = 40
        waits.clear()
        return delete(conversation, message)

    company.runtime.channel.delete = limited
    proof = erasure.erase(company.runtime, company.key("UADA"))

    assert (proof.messages, proof.messages_left) == (1, 0)
    assert company.now - began >= timedelta(seconds=40)


def test_without_the_right_to_read_the_conversation_what_is_known_to_be_there_goes(company):
    queue(company, "UADA")
    company.deliver()
    company.slack.faults.missing_scopes.add("im:history")

    proof = erasure.erase(company.runtime, company.key("UADA"))

    assert company.slack.messages_to("UADA") == []
    assert (proof.messages, proof.messages_left) == (1, 0)
    assert "their conversation was not looked into this time" in proof.in_words()


def test_the_home_tab_says_nothing_of_the_person_any_more(company):
    words = [{"type": "section", "text": {"type": "plain_text", "text": "Your account with Acme"}}]
    company.runtime.channel._client.views_publish(
        user_id="UADA", view={"type": "home", "blocks": words}
    )
    erasure.erase(company.runtime, company.key("UADA"))

    shown = repr(company.slack.home_of("UADA"))
    assert "Acme" not in shown
    assert "Nothing is kept about you" in shown
    assert company.slack.home_of("UBOB") is None


# A message of which nobody knows yet whether it arrives.


@pytest.mark.parametrize(
    ("fault", "arrives"),
    [
        ("accept_then_cut", 1),
        ("commit_then_error", 1),
        ("commit_on_first_history_read", 1),
        ("cut", 0),
    ],
)
def test_an_unclear_message_is_looked_for_twice_and_deleted_when_it_comes(company, fault, arrives):
    with company.runtime.store.write() as tx:
        conversation = company.runtime.channel.conversation("UADA").conversation
        entry = vault.Entry(company.key("UADA"), "slack", vault.CONVERSATION, conversation)
        vault.put(tx, [entry])
    queue(company, "UADA")
    setattr(company.slack.faults, fault, 1)
    began, settle = company.now, company.runtime.sending.settle
    company.deliver()
    assert states(company) == {"m-UADA-1": State.IN_DOUBT}

    proof = erasure.erase(company.runtime, company.key("UADA"))

    assert company.slack.messages_to("UADA") == []
    assert company.slack.waiting() == 0
    assert (proof.messages, proof.messages_left) == (arrives, 0)
    looks = 1 if fault in {"accept_then_cut", "commit_then_error"} else 2
    assert company.now - began >= looks * settle
    company.deliver()
    assert company.slack.messages_to("UADA") == []


def test_an_unclear_message_that_cannot_be_looked_for_is_said_to_be_left(company):
    queue(company, "UADA")
    company.slack.faults.accept_then_cut = 1
    company.deliver()
    company.slack.faults.missing_scopes.add("im:history")

    proof = erasure.erase(company.runtime, company.key("UADA"))

    assert proof.nothing_left
    assert (proof.messages, proof.messages_left) == (0, 1)


def test_a_message_that_is_being_sent_at_this_moment_is_waited_for_and_deleted(company):
    queue(company, "UADA")
    slack, send = company.runtime.channel, company.runtime.channel.send
    on_its_way, go_on = threading.Event(), threading.Event()

    def slowly(conversation, message, *, key):
        on_its_way.set()
        assert go_on.wait(20)
        return send(conversation, message, key=key)

    slack.send = slowly
    sender = threading.Thread(target=delivery.run, args=(company.runtime,))
    sender.start()
    assert on_its_way.wait(20)
    key = company.key("UADA")
    waited = []

    def sleep(seconds):
        waited.append(seconds)
        go_on.set()
        sender.join(20)

    proof = erasure.erase(replace(company.runtime, sleeper=sleep), key)

    assert waited
    assert company.slack.calls["chat.postMessage"] == 1
    assert company.slack.messages_to("UADA") == []
    assert (proof.messages, proof.messages_left) == (1, 0)
    assert proof.nothing_left
    assert key not in repr(dump(company.runtime.store))


def test_a_sender_that_died_is_waited_for_until_its_claim_ends_and_then_looked_for(company):
    queue(company, "UADA")
    with company.runtime.store.write() as tx:
        until = company.now + company.runtime.sending.lease
        claimed = turns.claim_next(tx, "slack", "s-dead", now=company.now, until=until)
        assert outbox.start_sending(tx, claimed, now=company.now)
    conversation = company.runtime.channel.conversation("UADA").conversation
    content = messages.from_content(claimed.content, token=claimed.key)
    company.runtime.channel.send(conversation, content, key=claimed.key)

    proof = erasure.erase(company.runtime, company.key("UADA"))

    assert company.now > until
    assert company.slack.messages_to("UADA") == []
    assert (proof.messages, proof.messages_left) == (1, 0)


def test_a_sender_that_slept_stores_nothing_of_somebody_who_is_gone_when_it_wakes(company):
    queue(company, "UADA")
    key, slack = company.key("UADA"), company.runtime.channel
    opened = slack.conversation

    def slowly(member_id):
        found = opened(member_id)
        slack.conversation = opened
        assert erasure.erase(company.runtime, key).nothing_left
        return found

    slack.conversation = slowly
    company.deliver()

    assert key not in repr(dump(company.runtime.store))
    assert company.slack.messages_to("UADA") == []
