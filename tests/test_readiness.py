"""When the service says that it is ready: not before Slack took the bot's token."""

import socket

import httpx
import pytest
from command_line import own_logging
from running import environment, service, wait_for
from signed import SECRET
from small_world import TOKEN

from bot import __main__ as bot

HTTP = {"SLACK_SIGNING_SECRET": SECRET, "UNRANKED_HTTP_PORT": "0"}
SOCKET_MODE = {"SLACK_APP_TOKEN": "xapp-1-made-up"}
both_ways = pytest.mark.parametrize("way", [HTTP, SOCKET_MODE], ids=["http", "socket mode"])


@pytest.fixture(autouse=True)
def logging_of_its_own():
    with own_logging():
        yield


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return str(found.getsockname()[1])


@both_ways
@pytest.mark.parametrize("only", [[], ["--only", "bot"], ["--only", "clock"]])
def test_a_bot_token_that_slack_refuses_ends_the_start_with_what_to_do(unranked, slack, way, only):
    slack.faults.invalid_auth = True
    code, out, said = unranked("run", *only, **way)

    assert code == 1
    assert "Slack refuses SLACK_BOT_TOKEN (invalid_auth)." in said
    assert "copy its bot token into SLACK_BOT_TOKEN" in said
    assert "ready" not in out + said
    assert TOKEN not in out + said


@both_ways
def test_the_bot_alone_asks_too(unranked, slack, capfd, monkeypatch, way):
    unranked("migrate")
    slack.faults.invalid_auth = True
    for name, value in way.items():
        monkeypatch.setenv(name, value)

    assert bot.main() == 1
    assert "Slack refuses SLACK_BOT_TOKEN (invalid_auth)." in capfd.readouterr().err


def answers(running, path):
    """Return the status of a page; 0 while nobody listens."""
    try:
        return running.http.get(path).status_code
    except httpx.ConnectError:
        return 0


def test_while_slack_gives_no_answer_it_is_asked_again_and_the_service_is_not_ready(
    url, slack, tmp_path
):
    slack.faults.rate_limited_methods.add("auth.test")
    given = environment(url, slack, UNRANKED_HTTP_PORT=free_port())
    with service(given, tmp_path) as running:
        wait_for(lambda: slack.calls["auth.test"])
        wait_for(lambda: "slack gives no answer" in running.said)
        waiting = running.http.get("/readyz")
        assert (waiting.status_code, waiting.json()["ready"]) == (503, False)
        assert waiting.json()["hint"].startswith("Slack asks to wait.")
        assert running.http.get("/healthz").status_code == 200
        assert "is ready" not in running.said

        slack.faults.rate_limited_methods.clear()
        running.wait_until_ready()
        assert running.http.get("/readyz").json() == {"ready": True}
        assert "Unranked is ready on port" in running.said
        assert running.end() == 0


def test_a_service_that_still_waits_for_slack_ends_at_a_signal(url, slack, tmp_path):
    port, nobody = free_port(), free_port()
    address = {"SLACK_API_URL": f"http://127.0.0.1:{nobody}/api/"}
    given = environment(url, slack, UNRANKED_HTTP_PORT=port, **address)
    with service(given, tmp_path) as running:
        wait_for(lambda: answers(running, "/readyz") == 503)
        wait_for(lambda: "slack gives no answer" in running.said)
        assert running.end() == 0

    assert "Slack cannot be reached: the connection was refused." in running.said
    assert "SLACK_API_URL" in running.said
    assert "ready" not in running.said
    assert "Traceback" not in running.said


def test_before_slack_has_answered_at_all_the_service_is_not_ready(url, slack, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}/api/"
        given = environment(
            url,
            slack,
            UNRANKED_HTTP_PORT=free_port(),
            SLACK_API_URL=address,
            UNRANKED_SEND_TIMEOUT_SECONDS="3",
        )
        with service(given, tmp_path) as running:
            wait_for(lambda: answers(running, "/readyz"))
            waiting = running.http.get("/readyz")
            assert (waiting.status_code, waiting.json()["ready"]) == (503, False)
            assert "did not say yet" in waiting.json()["hint"]
            assert running.end() == 0

    assert "ready" not in running.said
