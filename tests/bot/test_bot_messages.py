import pytest
from signed import opened, wait_for

from unranked.channels import blocks
from unranked.demo.slack_members import Member
from unranked.services import messages
from unranked.services.segments import consent_from
from unranked.store import campaigns, outbox

NOW = "2026-03-02T10:00+00:00"


@pytest.fixture
def company(world):
    for name in ("ada", "bob", "cem", "dee"):
        world.person(name)
    world.at(NOW)
    world.learn()
    return world


def consent(world, member_id):
    key = world.key(member_id)
    with world.runtime.store.read() as tx:
        return consent_from(campaigns.choices(tx, key).get(key, []))


def replies(world, member_id):
    """Return the titles of what somebody has from the bot."""
    return world.got(member_id)


STOPPED = messages.plain("stopped").title
ANSWER = messages.plain("answer_dm").title


@pytest.mark.parametrize(
    "words", ["stop", "Stop", "STOP!", " stop. ", '"stop"', "*stop*", "stop\n", "unsubscribe"]
)
def test_writing_stop_ends_tips_at_once_however_it_is_written(company, words):
    company.plan()
    with opened(company) as front:
        front.write("UADA", words)
        wait_for(lambda: bool(replies(company, "UADA")))

    assert replies(company, "UADA") == [STOPPED]
    assert consent(company, "UADA").stopped
    company.deliver()
    assert replies(company, "UADA") == [STOPPED]
    with company.runtime.store.read() as tx:
        waiting = outbox.history(tx).get(company.key("UADA"), [])
    assert [one for one in waiting if one.state in outbox.WAITING] == []


@pytest.mark.parametrize(
    "words", ["do not stop", "stopwatch", "hello", "", "how much does Bob use?", "🎉"]
)
def test_anything_else_gets_one_text_and_changes_nothing(company, words):
    with opened(company) as front:
        front.write("UADA", words)

    (reply,) = company.slack.messages_to("UADA")
    assert reply["text"] == blocks.text(messages.plain("answer_dm"))
    assert not consent(company, "UADA").stopped


def test_an_event_that_slack_delivers_twice_gets_one_reply(company):
    with opened(company) as front:
        front.write("UADA", "hello", event_id="Ev1")
        front.write("UADA", "hello", event_id="Ev1")
        front.write("UADA", "hello", event_id="Ev2")

    assert replies(company, "UADA") == [ANSWER, ANSWER]
    assert [ack.status_code for ack in front.acks] == [200, 200, 200]


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B0MADEUP01"},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "bot_message"},
        {"channel_type": "channel", "channel": "C0MADEUP01"},
        {"user": None},
        {"user": "U0MADEUPBOT"},
    ],
)
def test_the_bots_own_messages_edits_and_channels_get_no_reply(company, more):
    with opened(company) as front:
        front.write("UADA", "stop", **more)

    assert company.slack.messages_to("UADA") == []
    assert company.slack.calls["chat.postMessage"] == 0
    assert not consent(company, "UADA").stopped
    assert front.acks[0].status_code == 200


def test_somebody_outside_the_roster_is_told_so_and_cannot_be_stopped(company):
    company.slack.join(Member("UNEW", "New", "new@corp.example"))
    with opened(company) as front:
        front.write("UNEW", "stop")

    assert replies(company, "UNEW") == [messages.plain("not_known").title]


def test_a_reply_in_a_direct_message_holds_no_figure(company):
    """Direct messages are kept by archives and shown on lock screens."""
    company.tools["acme"].use("ada@corp.example", *[], cost="1")
    with opened(company) as front:
        front.write("UADA", "how much did I use?")

    (reply,) = company.slack.messages_to("UADA")
    assert not any(character.isdigit() for character in reply["text"])


def test_a_reply_that_slack_refuses_stops_nobody_else(company):
    company.slack.faults.server_error = 0
    with opened(company) as front:
        front.write("UADA", "hello")
        company.slack.faults.refused_people["UADA"] = "channel_not_found"
        front.write("UADA", "hello")
        front.write("UBOB", "hello")

    assert replies(company, "UADA") == [ANSWER]
    assert replies(company, "UBOB") == [ANSWER]
