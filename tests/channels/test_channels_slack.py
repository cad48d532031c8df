import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from unranked.channels import blocks
from unranked.channels.absent import Absent
from unranked.channels.base import Choice, Message, Outcome, Paragraph, Presence
from unranked.channels.slack import Slack
from unranked.demo.fake_slack import FakeSlack
from unranked.demo.http import Server, json_answer
from unranked.demo.slack_members import SLACKBOT_ID, Member
from unranked.domain.people import PersonKind
from unranked.errors import RosterError

TOKEN = "xoxb-made-up"
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
TIP = Message("A small tip", (Paragraph("Try this."),))

WORKSPACE = (
    Member("UADA", "Ada", "Ada@Corp.example", "Europe/Berlin"),
    Member("UGUEST", "Guest", "guest@other.example", is_restricted=True),
    Member("UULTRA", "Ultra", "ultra@other.example", is_ultra_restricted=True),
    Member("USTRANGER", "Stranger", "s@other.example", is_stranger=True),
    Member("UBOT", "Bot", is_bot=True),
    Member("UFLOW", "Flow", is_workflow_bot=True),
    Member(SLACKBOT_ID, "Slackbot"),
    Member("ULEFT", "Left", "left@corp.example", deleted=True),
    Member("UINVITED", "Invited", "inv@corp.example", is_invited_user=True),
    Member("WORG", "Org", "org@corp.example", "America/New_York"),
    Member("UNOMAIL", "No Mail"),
)


def channel(url, slept=None, *, timeout=1.0):
    waits = [] if slept is None else slept
    return Slack(TOKEN, api_url=url, timeout_seconds=timeout, sleeper=waits.append)


@pytest.fixture
def slack():
    with FakeSlack(WORKSPACE, lambda: NOW, TOKEN) as made:
        yield made


# The list of members


def test_everybody_is_listed_for_what_they_are(slack):
    found = {member.id: member for member in channel(slack.url).members()}

    assert set(found) == {member.id for member in WORKSPACE}
    kinds = {id_: member.kind for id_, member in found.items()}
    assert {id_ for id_, kind in kinds.items() if kind is PersonKind.GUEST} == {
        *("UGUEST", "UULTRA", "USTRANGER")
    }
    assert {id_ for id_, kind in kinds.items() if kind is PersonKind.BOT} == {
        *("UBOT", "UFLOW", SLACKBOT_ID)
    }
    assert {id_ for id_, member in found.items() if not member.present} == {"ULEFT", "UINVITED"}
    assert found["UADA"].email == "ada@corp.example"
    assert (found["WORG"].zone, found["UNOMAIL"].email) == ("America/New_York", "")


def test_everybody_comes_with_the_locale_that_slack_has(slack):
    slack.join(Member("UDE", "De", "de@corp.example", locale="de-DE"))
    found = {member.id: member.locale for member in channel(slack.url).members()}

    assert (found["UDE"], found["UADA"]) == ("de-DE", "en-US")


def test_one_members_locale_is_asked_for_and_empty_where_slack_does_not_say(slack):
    slack.join(Member("UDE", "De", "de@corp.example", locale="de-DE"))
    one = channel(slack.url)

    assert one.locale("UDE") == "de-DE"
    assert one.locale("UNOBODY") == ""
    slack.faults.missing_scopes.add("users:read")
    assert one.locale("UDE") == ""
    assert channel("http://127.0.0.1:9/api/").locale("UDE") == ""


def test_without_a_token_nobodys_locale_is_known():
    assert Absent("slack", hint="").locale("UDE") == ""


def test_all_pages_are_read():
    people = [Member(f"U{n:04}", f"P {n}", f"p{n}@corp.example") for n in range(901)]
    with FakeSlack(people, lambda: NOW, TOKEN) as slack:
        found = [member.id for member in channel(slack.url).members()]

    assert found == [person.id for person in people]
    assert slack.calls["users.list"] == 5


def test_a_missing_right_is_named(slack):
    slack.faults.missing_scopes.add("users:read")
    with pytest.raises(RosterError, match="missing_scope") as refused:
        list(channel(slack.url).members())

    assert "users:read" in refused.value.hint
    assert "manifest.yml" in refused.value.hint
    assert slack.calls["users.list"] == 1


def test_being_asked_to_wait_is_obeyed_by_the_sleeper_and_the_list_is_whole(slack):
    slept = []
    slack.faults.rate_limited = 2
    slack.faults.retry_after_seconds = 17
    found = list(channel(slack.url, slept).members())

    assert len(found) == len(WORKSPACE)
    assert slept == [17, 17]


@pytest.mark.parametrize("fault", ["server_error", "cut"])
def test_a_page_that_fails_is_read_again_after_a_while(slack, fault):
    slept = []
    setattr(slack.faults, fault, 2)
    assert len(list(channel(slack.url, slept).members())) == len(WORKSPACE)

    assert len(slept) == 2
    assert slack.calls["users.list"] == 3


def test_a_list_that_never_comes_ends_with_what_to_do(slack):
    slept = []
    slack.faults.server_error = 10**6
    with pytest.raises(RosterError, match="could not be read") as refused:
        list(channel(slack.url, slept).members())

    assert "SLACK_API_URL" in refused.value.hint
    assert slack.calls["users.list"] == 5
    assert slept == sorted(slept)


@pytest.mark.parametrize("answer", [{"ok": True}, {"ok": True, "members": "none"}])
def test_an_answer_of_another_shape_is_no_empty_company(answer):
    with answering(answer) as (url, _), pytest.raises(RosterError, match="shape") as refused:
        list(channel(url).members())

    assert "nothing stored was changed" in refused.value.hint


def test_a_list_that_repeats_itself_ends():
    page = {
        "ok": True,
        "members": [{"id": "UADA"}],
        "response_metadata": {"next_cursor": "again"},
    }
    with answering(page) as (url, _), pytest.raises(RosterError, match="repeats a page"):
        list(channel(url).members())


# Sending


@contextmanager
def answering(body, status=200, headers=None):
    """Give the address of a Slack that always answers so, and what it was asked."""
    asked = []

    def answer(request):
        asked.append(request.path)
        return None if body is None else json_answer(body, status, headers)

    server = Server(answer)
    try:
        yield server.url + "/api/", asked
    finally:
        server.close()


def test_a_message_is_sent_once_with_its_key_and_its_stamp_comes_back(slack):
    made = channel(slack.url)
    opened = made.conversation("UADA")
    receipt = made.send(opened.conversation, TIP, key="m-1")

    assert (opened.outcome, receipt.outcome) == (Outcome.SENT, Outcome.SENT)
    (message,) = slack.messages_to("UADA")
    assert (message["ts"], message["metadata"]["event_payload"]) == (receipt.stamp, {"key": "m-1"})
    assert slack.calls["chat.postMessage"] == 1


# slack.md 9: what each code means for one message.
CODES = {
    Outcome.LATER: ("ratelimited", "rate_limited", "team_added_to_org"),
    Outcome.UNCLEAR: (
        *("internal_error", "fatal_error", "service_unavailable", "request_timeout"),
    ),
    Outcome.REFUSED: (
        *("user_not_found", "user_disabled", "user_not_visible", "channel_not_found"),
        *("cannot_dm_bot", "is_archived", "not_in_channel", "invalid_blocks", "no_text"),
        *("invalid_arguments", "msg_too_long", "msg_blocks_too_long", "metadata_too_large"),
    ),
    Outcome.BROKEN: (
        *("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"),
        *("org_login_required", "team_access_not_granted", "access_denied", "accesslimited"),
        *("ekm_access_denied", "enterprise_is_restricted", "app_access_restricted"),
        *("missing_scope", "not_allowed_token_type", "no_permission", "messages_tab_disabled"),
        *("message_limit_exceeded", "restricted_action", "something_new"),
    ),
}


@pytest.mark.parametrize(
    ("outcome", "code"), [(outcome, code) for outcome, codes in CODES.items() for code in codes]
)
def test_each_of_slacks_codes_comes_to_its_outcome_with_one_request(outcome, code):
    body = {"ok": False, "error": code, "needed": "chat:write"}
    with answering(body) as (url, asked):
        receipt = channel(url).send("D1", TIP, key="m-1")

    assert receipt.outcome is outcome
    assert len(asked) == 1
    assert bool(receipt.hint) is (outcome is Outcome.BROKEN)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_is_unclear_whatever_its_body_says(status):
    for body in ({"ok": False, "error": "invalid_auth"}, "an html page"):
        with answering(body, status) as (url, asked):
            assert channel(url).send("D1", TIP, key="m-1").outcome is Outcome.UNCLEAR
        assert len(asked) == 1


@pytest.mark.parametrize(
    ("headers", "wait"), [({"Retry-After": "42"}, 42), ({}, 30), ({"Retry-After": "soon"}, 30)]
)
def test_the_time_to_wait_is_slacks_own(headers, wait):
    with answering({"ok": False, "error": "ratelimited"}, 429, headers) as (url, asked):
        receipt = channel(url).send("D1", TIP, key="m-1")

    assert receipt.outcome is Outcome.LATER
    assert receipt.wait == timedelta(seconds=wait)
    assert len(asked) == 1


def test_a_cut_connection_is_unclear_and_is_not_tried_again():
    with answering(None) as (url, asked):
        receipt = channel(url).send("D1", TIP, key="m-1")

    assert receipt.outcome is Outcome.UNCLEAR
    assert len(asked) == 1


@contextmanager
def deaf():
    """Give an address that takes requests, and never answers or answers by half."""
    taken = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                connection.recv(65536)
                taken.append(connection)

        thread = threading.Thread(target=take)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/api/", taken
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
            for connection in taken:
                connection.close()


def test_a_time_out_is_unclear_and_is_not_tried_again():
    with deaf() as (url, taken):
        receipt = channel(url).send("D1", TIP, key="m-1")

        assert receipt.outcome is Outcome.UNCLEAR
        assert len(taken) == 1


def test_nobody_listening_is_unclear():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/api/"

    assert channel(url).send("D1", TIP, key="m-1").outcome is Outcome.UNCLEAR


@pytest.mark.parametrize(
    "fault", ["accept_then_cut", "commit_then_error", "cut", "server_error", "rate_limited"]
)
def test_one_send_is_one_request_whatever_goes_wrong(slack, fault):
    made = channel(slack.url)
    where = made.conversation("UADA").conversation
    setattr(slack.faults, fault, 1)

    made.send(where, TIP, key="m-1")

    assert slack.calls["chat.postMessage"] == 1


def test_opening_a_conversation_with_somebody_who_left_is_refused(slack):
    assert channel(slack.url).conversation("ULEFT").outcome is Outcome.REFUSED
    assert channel(slack.url).conversation("UNOBODY").outcome is Outcome.REFUSED


# Looking


def test_a_message_is_found_by_its_key_among_many_pages(slack):
    made = channel(slack.url)
    where = made.conversation("UADA").conversation
    for number in range(230):
        made.send(where, TIP, key=f"m-{number}")

    assert made.look(where, key="m-0", since=NOW).presence is Presence.THERE
    assert made.look(where, key="m-229", since=NOW).presence is Presence.THERE
    assert made.look(where, key="m-230", since=NOW).presence is Presence.ABSENT


def test_a_message_that_was_replaced_is_found_by_what_its_buttons_bring_back(slack):
    made = channel(slack.url)
    where = made.conversation("UADA").conversation
    stamp = made.send(where, TIP, key="m-1").stamp
    thanks = blocks.blocks(Message("Thank you", choices=(Choice("again", "Again"),), token="m-1"))
    slack._workspace.change(where, stamp, {"metadata": {}, "blocks": thanks})

    assert made.look(where, key="m-1", since=NOW).presence is Presence.THERE
    assert made.look(where, key="m-2", since=NOW).presence is Presence.ABSENT


def test_where_it_cannot_be_looked_nothing_is_said_about_the_message(slack):
    made = channel(slack.url)
    where = made.conversation("UADA").conversation
    made.send(where, TIP, key="m-1")
    slack.faults.missing_scopes.add("im:history")
    look = made.look(where, key="m-1", since=NOW)

    assert look.presence is Presence.UNKNOWN
    assert look.reason == "missing_scope"
    slack.faults.missing_scopes.clear()
    slack.faults.rate_limited, slack.faults.retry_after_seconds = 1, 9
    waiting = made.look(where, key="m-1", since=NOW)
    assert (waiting.presence, waiting.wait) == (Presence.UNKNOWN, timedelta(seconds=9))
    slack.faults.cut = 1
    assert made.look(where, key="m-1", since=NOW).presence is Presence.UNKNOWN


def test_no_secret_and_no_conversation_stands_in_what_comes_back(slack):
    made = channel(slack.url)
    receipt = made.send(made.conversation("UADA").conversation, TIP, key="m-1")

    assert "DADA" not in repr(receipt)
    assert TOKEN not in repr(made)
