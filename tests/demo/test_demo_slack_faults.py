import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from http.client import HTTPException

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from unranked.demo.fake_slack import FakeSlack
from unranked.demo.slack_faults import LONGEST_DELAY_SECONDS, POST, Fault, FaultPlan, Faults
from unranked.demo.slack_members import Member

TOKEN = "made-up-token"
PEOPLE = [Member(f"U0P{n}", f"Person {n}", f"p{n}@example.com") for n in range(20)]
ONE, TWO = PEOPLE[0].id, PEOPLE[1].id
BROKEN = (OSError, HTTPException)
PIE = {
    "type": "data_visualization",
    "title": "Work",
    "chart": {"type": "pie", "segments": [{"label": "Code", "value": 1}]},
}


def now():
    return datetime.now(UTC)


@pytest.fixture
def slack():
    with FakeSlack(PEOPLE, now, TOKEN) as fake:
        yield fake


@pytest.fixture
def client(slack):
    return WebClient(token=TOKEN, base_url=slack.url, retry_handlers=[])


def metadata(key):
    return {"event_type": "unranked_message", "event_payload": {"key": key}}


def post(client, key="k", to=ONE, **more):
    return client.chat_postMessage(channel=to, text="Hello", metadata=metadata(key), **more)


def read(client, person=ONE):
    dm = client.conversations_open(users=person)["channel"]["id"]
    messages = client.conversations_history(channel=dm, include_all_metadata=True)["messages"]
    return [message["metadata"]["event_payload"]["key"] for message in messages]


def failure(call, *args, **kwargs):
    with pytest.raises(SlackApiError) as caught:
        call(*args, **kwargs)
    return caught.value.response


def test_so_many_calls_are_rate_limited_and_do_nothing(client, slack):
    slack.faults.rate_limited = 2
    slack.faults.retry_after_seconds = 7
    answers = [failure(post, client), failure(client.auth_test)]

    assert [answer.status_code for answer in answers] == [429, 429]
    assert {answer.headers["Retry-After"] for answer in answers} == {"7"}
    assert slack.copies("k") == 0
    post(client)
    assert slack.copies("k") == 1


def test_one_method_can_be_rate_limited_while_others_go_on(client, slack):
    slack.faults.rate_limited_methods.add("conversations.open")

    assert failure(client.conversations_open, users=ONE).data["error"] == "ratelimited"
    post(client)
    slack.faults.rate_limited_methods.clear()
    assert read(client) == ["k"]


def test_a_server_error_is_no_json_and_does_nothing(client, slack):
    slack.faults.server_error = 1
    answer = failure(post, client)

    assert answer.status_code == 503
    assert slack.copies("k") == 0


def test_a_cut_call_does_nothing(client, slack):
    slack.faults.cut = 1
    with pytest.raises(BROKEN):
        post(client)

    assert read(client) == []


def test_an_accepted_message_is_there_though_the_connection_was_cut(client, slack):
    slack.faults.accept_then_cut = 1
    assert client.auth_test()["ok"]  # such a fault waits for a post
    with pytest.raises(BROKEN):
        post(client)

    assert read(client) == ["k"]
    post(client)
    assert slack.copies("k") == 2


def test_a_message_may_be_there_though_the_answer_was_an_error(client, slack):
    slack.faults.commit_then_error = 1

    assert failure(post, client).data["error"] == "internal_error"
    assert slack.copies("k") == 1


def test_a_message_may_come_in_after_its_connection_was_cut(client, slack):
    slack.faults.cut_then_commit_after = 1
    slack.faults.commit_after_seconds = 0.5
    with pytest.raises(BROKEN):
        post(client)

    assert read(client) == []
    assert slack.waiting() == 1
    assert slack.settled()
    assert slack.waiting() == 0
    assert read(client) == ["k"]


def test_a_message_may_come_in_right_after_the_dm_was_read_once(client, slack):
    slack.faults.commit_on_first_history_read = 1
    with pytest.raises(BROKEN):
        post(client)

    assert slack.copies("k") == 0
    assert read(client, TWO) == []
    assert slack.waiting() == 1
    assert read(client) == []
    assert slack.copies("k") == 1
    assert read(client) == ["k"]
    assert slack.waiting() == 0


def test_a_fault_does_not_make_a_wrong_message_right(client, slack):
    slack.faults.accept_then_cut = 1

    assert failure(post, client, to="U0NOBODY").data["error"] == "channel_not_found"
    assert slack.messages_to(ONE) == []


def test_a_token_that_was_revoked_opens_nothing(client, slack):
    slack.faults.invalid_auth = True

    assert failure(client.auth_test).data["error"] == "invalid_auth"
    assert failure(post, client).data["error"] == "invalid_auth"


def test_history_may_lack_its_scope(client, slack):
    slack.faults.missing_scopes.add("im:history")
    post(client)

    assert failure(read, client).data["needed"] == "im:history"


def test_a_switched_off_messages_tab_stops_every_message(client, slack):
    slack.faults.messages_tab_disabled = True

    assert failure(post, client).data["error"] == "messages_tab_disabled"
    assert failure(post, client, to=TWO).data["error"] == "messages_tab_disabled"


def test_one_person_may_be_out_of_reach(client, slack):
    slack.faults.refused_people[ONE] = "user_not_visible"

    assert failure(post, client).data["error"] == "user_not_visible"
    assert failure(client.conversations_open, users=ONE).data["error"] == "user_not_visible"
    post(client, to=TWO)
    assert len(slack.messages_to(TWO)) == 1


def test_a_workspace_may_not_have_charts_yet(client, slack):
    post(client, "with", blocks=[PIE])
    slack.faults.charts_refused = True

    assert failure(post, client, "without", blocks=[PIE]).data["error"] == "invalid_blocks"
    assert httpx.post(slack.response_url(), json={"text": "x", "blocks": [PIE]}).status_code == 400
    assert (slack.copies("with"), slack.copies("without")) == (1, 0)


@settings(deadline=None)
@given(st.integers(0, 10**6), st.floats(0, 1), st.integers(1, 10**4))
def test_a_plan_gives_the_same_fault_to_the_same_call(seed, share, number):
    plan, again = FaultPlan(seed, share), FaultPlan(seed, share)

    assert plan.fault(POST, number) is again.fault(POST, number)
    assert plan.delay_seconds(number) == again.delay_seconds(number)
    assert 0 < plan.delay_seconds(number) <= LONGEST_DELAY_SECONDS
    other = plan.fault("users.list", number)
    assert other in {None, Fault.RATE_LIMITED, Fault.SERVER_ERROR, Fault.CUT}


def test_a_plan_spoils_its_share_with_every_kind_of_fault():
    plan = FaultPlan(5, 0.3)
    drawn = Counter(plan.fault(POST, number) for number in range(1, 3001))

    assert set(drawn) == {None, *Fault}
    assert 0.25 < 1 - drawn[None] / 3000 < 0.35
    assert FaultPlan(5, 0.0).fault(POST, 1) is None
    assert FaultPlan(5, 1.0).fault(POST, 1) is not None


def test_a_plan_is_obeyed_by_the_fake_and_every_clear_yes_is_true():
    plan = FaultPlan(3, 0.5)
    faults = Faults(plan=plan)
    committed = {None, Fault.ACCEPT_THEN_CUT, Fault.COMMIT_THEN_ERROR}
    with FakeSlack(PEOPLE, now, TOKEN, faults=faults) as slack:
        client = WebClient(token=TOKEN, base_url=slack.url, retry_handlers=[])
        for number in range(1, 61):
            fault = plan.fault(POST, number)
            try:
                post(client, str(number))
                assert fault is None
            except (SlackApiError, *BROKEN):
                assert fault is not None
            assert slack.copies(str(number)) == (fault in committed)
        faults.plan = None
        assert slack.settled()
        late = [n for n in range(1, 61) if plan.fault(POST, n) is Fault.CUT_THEN_COMMIT_AFTER]
        assert [slack.copies(str(number)) for number in late] == [1] * len(late) != []


def test_many_threads_lose_and_double_nothing(slack):
    def send(thread):
        client = WebClient(token=TOKEN, base_url=slack.url, retry_handlers=[])
        for n in range(10):
            post(client, f"{thread}-{n}", to=PEOPLE[n].id)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(slack.keys().values()) == {1}
    assert len(slack.keys()) == 80
    stamps = [message["ts"] for person in PEOPLE for message in slack.messages_to(person.id)]
    assert len(set(stamps)) == 80


def raw_post(slack, key, *, cut_off=0):
    """Return the bytes of a whole post, less `cut_off` at its end, and the port they go to."""
    body = f"channel={ONE}&text=Hello&metadata=" + (
        '{"event_type":"e","event_payload":{"key":"' + key + '"}}'
    )
    head = (
        "POST /api/chat.postMessage HTTP/1.1\r\nHost: 127.0.0.1:80\r\n"
        f"Authorization: Bearer {TOKEN}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    whole = (head + body).encode()
    return whole[: len(whole) - cut_off], httpx.URL(slack.url).port


def wait_for(condition):
    for _ in range(200):
        if condition():
            return True
        time.sleep(0.02)
    return False


KILLED = """
import socket, sys, time
client = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
client.sendall(sys.stdin.buffer.read())
print("sent", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(("cut_off", "copies"), [(0, 1), (5, 0)])
def test_a_client_killed_in_the_middle_of_a_request_leaves_the_fake_whole(slack, cut_off, copies):
    sent, port = raw_post(slack, "killed", cut_off=cut_off)
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        process.stdin.write(sent)
        process.stdin.close()
        assert process.stdout.readline() == b"sent\n"
        os.kill(process.pid, signal.SIGKILL)

    assert wait_for(lambda: slack.copies("killed") == copies)
    post(WebClient(token=TOKEN, base_url=slack.url), "after")
    assert slack.copies("after") == 1
    assert slack.copies("killed") == copies


def test_a_client_that_resets_the_connection_before_the_answer_has_still_sent(slack):
    sent, port = raw_post(slack, "reset")
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        client.sendall(sent)
        assert wait_for(lambda: slack.copies("reset") == 1)

    post(WebClient(token=TOKEN, base_url=slack.url), "after")
    assert slack.copies("after") == 1
