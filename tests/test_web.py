import re
import socket

import httpx
import pytest
from signed import opened
from signed import settings as settings_of
from sqlalchemy import text as sql

from bot.doors import Doors
from jobs.clock import run_now
from unranked.errors import ConfigError, JobError
from unranked.store import outbox, runs
from unranked.store.outbox import Planned, State
from unranked.web import Server, application


@pytest.fixture
def company(world):
    for number in range(37):
        world.person(f"p{number}")
    world.tools["acme"].use("p0@corp.example", world.now.date())
    world.learn()
    return world


def queue(world, count):
    """Plan so many messages to the first person."""
    key = world.key("UP0")
    planned = (
        Planned(f"k{n}", f"purpose {n}", key, "slack", "{}", world.now, world.now)
        for n in range(count)
    )
    with world.runtime.store.write() as tx:
        outbox.plan(tx, planned)


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
