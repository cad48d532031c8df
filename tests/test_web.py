import re
import socket
from contextlib import ExitStack, contextmanager

import httpx
import pytest
from signed import PATIENCE_SECONDS, opened, words
from signed import settings as settings_of
from sqlalchemy import text as sql
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.doors import Doors
from jobs.clock import run_now
from unranked.demo.slack_requests import PATH
from unranked.errors import ConfigError, JobError
from unranked.intake import LARGEST_BYTES, Intake
from unranked.store import runs
from unranked.store.outbox import Kind, State
from unranked.store.planned import Planned, plan
from unranked.web import WSGI_THREADS, Server, application


@pytest.fixture
def company(world):
    for number in range(37):
        world.person(f"p{number}")
    world.tools["acme"].use("p0@corp.example", world.now.date())
    world.begin()
    return world


def queue(world, count):
    """Plan so many messages to the first person."""
    key = world.key("UP0")
    planned = (
        Planned(f"k{n}", f"purpose {n}", key, "slack", "{}", world.now, world.now, kind=Kind.DIGEST)
        for n in range(count)
    )
    with world.runtime.store.write() as tx:
        plan(tx, planned)


def metrics(front):
    """Return the metrics by name and labels."""
    body = front.http.get("/metrics").text
    lines = (line.rpartition(" ") for line in body.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


def test_it_says_that_it_lives_and_whether_it_is_ready(company):
    with opened(company) as front:
        alive, ready = front.http.get("/healthz"), front.http.get("/readyz")

    assert (alive.status_code, alive.text) == (200, "ok\n")
    assert (ready.status_code, ready.json()) == (200, {"ready": True})


def test_it_is_not_ready_on_a_database_of_another_revision_and_says_what_to_do(company):
    with opened(company) as front:
        with company.runtime.store.write() as tx:
            tx.execute(sql("UPDATE alembic_version SET version_num = '9999'"))
        ready = front.http.get("/readyz")
        assert front.http.get("/healthz").status_code == 200

    assert ready.status_code == 503
    assert ready.json()["ready"] is False
    assert "newer Unranked" in ready.json()["hint"]


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, 0), (9, 0), (19, 0), (20, 20), (37, 30)])
def test_messages_are_counted_by_state_and_rounded_down_to_ten(company, count, shown):
    queue(company, count)
    with opened(company) as front:
        found = metrics(front)

    assert found['unranked_messages{state="queued"}'] == shown
    assert {name for name in found if name.startswith("unranked_messages")} == {
        f'unranked_messages{{state="{state.value}"}}' for state in State
    }


def test_the_metrics_tell_of_jobs_and_feeds_and_of_no_person(company):
    company.slack.faults.missing_scopes.add("users:read")
    with pytest.raises(JobError, match="missing_scope"):
        run_now(company.runtime, "roster")
    run_now(company.runtime, "sync")
    queue(company, 12)
    with opened(company) as front:
        found, body = metrics(front), front.http.get("/metrics").text

    assert found['unranked_job_failed{job="roster"}'] == 1
    assert found['unranked_job_failed{job="sync"}'] == 0
    assert found['unranked_job_finished_seconds{job="sync"}'] == company.now.timestamp()
    assert found['unranked_feed_failed{connector="acme",feed="usage"}'] == 0
    assert found['unranked_watermark_age_days{connector="acme"}'] > 0
    assert not re.search(r"UP\d|@|p-[0-9a-f]{16}|k\d", body)
    assert "37" not in body


def test_a_port_that_is_taken_is_said_with_what_to_do(company):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        doors = Doors(settings_of(company, http_port=port), company.runtime)
        with pytest.raises(ConfigError, match=f"127.0.0.1:{port} cannot be listened on") as refused:
            doors.open()
        doors.close()

    assert "UNRANKED_HTTP_PORT" in refused.value.hint


def test_an_address_that_is_not_of_this_machine_is_said_too(company):
    server = Server(application(company.runtime, {}), host="192.0.2.1", port=0, stop_seconds=1)
    with pytest.raises(ConfigError, match="cannot be listened on"):
        server.start()


def test_after_stop_nobody_is_listening(company):
    server = Server(application(company.runtime, {}), host="127.0.0.1", port=0, stop_seconds=1)
    port = server.start()
    assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    server.stop()

    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/healthz")


def test_with_socket_mode_the_port_has_no_door_for_slack(company):
    chosen = settings_of(company, slack_app_token="xapp-1", http=True)
    doors = Doors(chosen, company.runtime, listen=False)
    port = doors.open()
    try:
        assert httpx.post(f"http://127.0.0.1:{port}/slack/events").status_code == 404
        assert httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
    finally:
        doors.close()


def test_a_failed_job_is_shown_by_the_store_with_what_to_do(company):
    company.slack.faults.missing_scopes.add("users:read")
    with pytest.raises(JobError):
        run_now(company.runtime, "roster")

    with company.runtime.store.read() as tx:
        (roster,) = (one for one in runs.states(tx) if one.name == "roster")
    assert "users:read" in roster.hint


async def echo(scope, receive, send):
    """Answer with the body."""
    body = await Request(scope, receive).body()
    await PlainTextResponse(body)(scope, receive, send)


@contextmanager
def taking(**limits):
    """Serve an echo behind these limits; give its port."""
    route = Route("/", Intake(echo, **limits))
    server = Server(Starlette(routes=[route]), host="127.0.0.1", port=0, stop_seconds=1)
    try:
        yield server.start()
    finally:
        server.stop()


@contextmanager
def half_a_body(port, path):
    """Send a request whose body never comes to its end; give the connection."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{{"
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(head.encode())
        yield connection


@pytest.mark.parametrize("body", [b"", b"x", b"x" * 99])
def test_a_body_that_is_small_and_whole_comes_through_unchanged(body):
    with taking(largest=99) as port:
        answer = httpx.post(f"http://127.0.0.1:{port}/", content=body)

    assert (answer.status_code, answer.content) == (200, body)


@pytest.mark.parametrize("parts", [[b"x" * 300_001], [b"x" * 200_000, b"x" * 100_001]])
def test_a_body_that_is_too_large_is_refused_however_it_is_sent(parts):
    with taking(largest=300_000) as port:
        answer = httpx.post(f"http://127.0.0.1:{port}/", content=iter(parts))

    assert answer.status_code == 413


def test_a_body_that_does_not_come_is_not_waited_for():
    with taking(seconds=0.05) as port, half_a_body(port, "/") as connection:
        assert connection.recv(99).startswith(b"HTTP/1.1 408 ")


def test_slow_bodies_hold_up_nobody_whom_slack_asks_for(company):
    with opened(company) as front, ExitStack() as slow:
        for _ in range(WSGI_THREADS + 1):
            slow.enter_context(half_a_body(front.http.base_url.port, PATH))
        assert "What Unranked does" in words(front.tokens("UP0", "help"))


def test_a_body_larger_than_any_of_slacks_is_refused_before_the_bot_sees_it(company):
    with opened(company) as front:
        assert front.post(b"x" * LARGEST_BYTES).status_code in {400, 404}
        assert front.post(b"x" * (LARGEST_BYTES + 1)).status_code == 413
