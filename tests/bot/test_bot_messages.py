from datetime import date, timedelta

import pytest
from signed import opened, wait_for, words
from sqlalchemy import event as sql_event

from unranked.channels import blocks
from unranked.demo.slack_members import Member
from unranked.services import messages
from unranked.services.segments import consent_from
from unranked.store import campaigns, outbox

PEOPLE = ("UADA", "UBOB", "UCEM", "UDEE")
NOW = "2026-03-02T10:00+00:00"


@pytest.fixture
def company(world):
    for who in PEOPLE:
        world.person(who[1:].lower())
    world.person("gus")
    days = (date(2026, 1, 5) + timedelta(days=n) for n in range(55))
    world.tools["acme"].use("gus@corp.example", *days)
    world.at(NOW)
    world.begin()
    return world


def consent(world, member_id):
    key = world.key(member_id)
    with world.runtime.store.read() as tx:
        return consent_from(campaigns.choices(tx, key).get(key, []))


def waiting(world, member_id):
    """Return the messages that are still to go out to somebody."""
    with world.runtime.store.read() as tx:
        found = outbox.history(tx).get(world.key(member_id), [])
    return [one for one in found if one.state in outbox.WAITING]


def replies(world, member_id):
    """Return the titles of what somebody has from the bot."""
    return world.got(member_id)


STOPPED = messages.plain("stopped").title
ANSWER = messages.plain("answer_dm").title


STOP = (
    *("stop", "Stop", "STOP!", " stop. ", '"stop"', "*stop*", "stop\n", "unsubscribe"),
    *("\N{LEFT DOUBLE QUOTATION MARK}stop\N{RIGHT DOUBLE QUOTATION MARK}", "please stop", "stop…"),
)


def test_writing_stop_ends_tips_at_once_however_it_is_written(company):
    company.plan()
    with opened(company) as front:
        for count, words in enumerate(STOP, start=1):
            front.write("UADA", words)
            wait_for(lambda count=count: len(replies(company, "UADA")) == count)
            assert consent(company, "UADA").stopped, words
            company.now += timedelta(minutes=1)
            front.tokens("UADA", "unmute")
            assert not consent(company, "UADA").stopped
            company.now += timedelta(minutes=1)

    assert replies(company, "UADA") == [STOPPED] * len(STOP)


def test_after_stop_nothing_that_was_queued_goes_out(company):
    company.plan()
    chosen = [who for who in PEOPLE if waiting(company, who)]
    assert chosen
    with opened(company) as front:
        for who in chosen:
            front.write(who, "stop")
    company.deliver()

    assert [replies(company, who) for who in chosen] == [[STOPPED]] * len(chosen)
    assert not any(waiting(company, who) for who in PEOPLE)


OTHER_WORDS = (
    *("do not stop", "stopwatch", "hello", "", "how much does Bob use?", "🎉", "don't stop"),
    *("Please don\N{RIGHT SINGLE QUOTATION MARK}t stop", "how do I stop an agent", "please"),
)


def test_anything_else_gets_one_text_and_changes_nothing(company):
    with opened(company) as front:
        for words in OTHER_WORDS:
            front.write("UADA", words)

    one = blocks.text(messages.plain("answer_dm"))
    assert [m["text"] for m in company.slack.messages_to("UADA")] == [one] * len(OTHER_WORDS)
    assert not consent(company, "UADA").stopped


def test_an_event_that_slack_delivers_twice_gets_one_reply(company):
    with opened(company) as front:
        front.write("UADA", "hello", event_id="Ev1")
        front.write("UADA", "hello", event_id="Ev1")
        front.write("UADA", "hello", event_id="Ev2")

    assert replies(company, "UADA") == [ANSWER, ANSWER]
    assert [ack.status_code for ack in front.acks] == [200, 200, 200]


NO_MESSAGES = (
    {"bot_id": "B0MADEUP01"},
    {"subtype": "message_changed"},
    {"subtype": "message_deleted"},
    {"subtype": "bot_message"},
    {"channel_type": "channel", "channel": "C0MADEUP01"},
    {"user": None},
    {"user": "U0MADEUPBOT"},
)


def test_the_bots_own_messages_edits_and_channels_get_no_reply(company):
    with opened(company) as front:
        for more in NO_MESSAGES:
            front.write("UADA", "stop", **more)

    assert company.slack.messages_to("UADA") == []
    assert company.slack.calls["chat.postMessage"] == 0
    assert not consent(company, "UADA").stopped
    assert {ack.status_code for ack in front.acks} == {200}


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
def test_a_stop_that_comes_with_a_file_or_from_a_thread_holds_too(company, subtype):
    with opened(company) as front:
        front.write("UADA", "stop", subtype=subtype)
        wait_for(lambda: bool(company.slack.messages_to("UADA")))

    assert consent(company, "UADA").stopped


def test_somebody_outside_the_roster_is_told_so_and_cannot_be_stopped(company):
    company.slack.join(Member("UNEW", "New", "new@corp.example"))
    with opened(company) as front:
        front.write("UNEW", "stop")

    assert replies(company, "UNEW") == [
        messages.plain("not_known", messages.Contact("#ai-help")).title
    ]


def test_a_reply_in_a_direct_message_holds_no_figure(company):
    """Direct messages are kept by archives and shown on lock screens."""
    with opened(company) as front:
        front.write("UADA", "how much did I use?")

    (reply,) = company.slack.messages_to("UADA")
    assert not any(character.isdigit() for character in reply["text"])


def test_a_reply_that_slack_refuses_stops_nobody_else(company):
    with opened(company) as front:
        front.write("UADA", "hello")
        wait_for(lambda: bool(replies(company, "UADA")))
        company.slack.faults.refused_people["UADA"] = "channel_not_found"
        front.write("UADA", "hello")
        front.write("UBOB", "hello")

    assert replies(company, "UADA") == [ANSWER]
    assert replies(company, "UBOB") == [ANSWER]


def test_the_command_knows_the_word_stop_too(company):
    with opened(company) as front:
        assert STOPPED in words(front.tokens("UADA", "stop"))

    assert consent(company, "UADA").stopped


def test_a_stop_that_could_not_be_stored_is_said(company):
    def fail(_connection, _cursor, statement, *_):
        if statement.startswith("INSERT INTO choice"):
            raise RuntimeError

    engine = company.runtime.store._engine
    with opened(company) as front:
        sql_event.listen(engine, "before_cursor_execute", fail)
        front.write("UADA", "stop")
        wait_for(lambda: bool(replies(company, "UADA")))
        sql_event.remove(engine, "before_cursor_execute", fail)
        assert not consent(company, "UADA").stopped
        front.write("UADA", "stop")

    assert replies(company, "UADA") == [messages.plain("failed").title, STOPPED]
    assert consent(company, "UADA").stopped
