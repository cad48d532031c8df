import io
import json
import logging
import time

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from signed import SECRET, click, opened
from signed import settings as settings_of
from sqlalchemy import event as sql_event

from bot import app
from unranked import bootstrap
from unranked.demo import slack_requests
from unranked.demo.slack_requests import command, message
from unranked.errors import ConfigError

CANARY = "zebra-4711"


@pytest.fixture
def company(world):
    world.person("ada")
    world.at("2026-03-02T10:00+00:00")
    world.begin()
    return world


@pytest.fixture
def logged(monkeypatch, caplog):
    """Log as `unranked run` does, and listen to every logger that it leaves a voice."""
    loud = {name: logging.getLogger(name).level for name in bootstrap._LOUD}
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    monkeypatch.setattr("sys.stdout", written)
    bootstrap.configure_logging("plain")
    caplog.set_level(logging.DEBUG)

    yield lambda: f"{caplog.text}\n{written.getvalue()}"
    structlog.reset_defaults()
    for name, level in loud.items():
        logging.getLogger(name).setLevel(level)


BODIES = {
    "command": command("UADA", CANARY, "http://127.0.0.1:1/response"),
    "click": click("UADA", "stop", "http://127.0.0.1:1/response", value=CANARY),
    "event": message("UADA", CANARY, event_id="Ev1"),
}


def signature(body, *, at, secret=SECRET):
    return slack_requests.signature(body, at=at, secret=secret)


def forgeries(body):
    now = int(time.time())
    return {
        "wrong secret": signature(body, at=now, secret="another"),
        "another body": signature(body + b" ", at=now),
        "six minutes old": signature(body, at=now - 360),
        "from the future": signature(body, at=now + 360),
        "no signature": {},
        "an old version": {
            name: value.replace("v0=", "v1=") for name, value in signature(body, at=now).items()
        },
        "no number": {**signature(body, at=now), "x-slack-request-timestamp": "now"},
    }


def test_what_slack_did_not_sign_is_refused_and_nothing_of_it_is_logged(company, logged):
    with opened(company) as front:
        before = company.slack.calls.total()
        cases = [
            (body, *forgery) for body in BODIES.values() for forgery in forgeries(body).items()
        ]
        for content, kind, forged in cases:
            answer = front.post(content, forged)
            assert answer.status_code == (400 if kind == "no number" else 401), kind
            assert CANARY not in answer.text
    assert company.slack.calls.total() == before
    said = logged()
    assert CANARY not in said
    assert "UADA" not in said


def test_a_request_that_is_not_signed_makes_the_bot_call_no_address(company):
    url = company.slack.response_url()
    with opened(company) as front:
        for content in (command("UADA", "help", url), click("UADA", "stop", url)):
            for forged in forgeries(content).values():
                front.post(content, forged)

    assert company.slack.answers(url) == []


def test_a_correct_signature_opens_the_door_that_a_wrong_one_does_not(company):
    body = command("UADA", "help", company.slack.response_url())
    with opened(company) as front:
        now = int(time.time())
        assert front.post(body, signature(body, at=now - 240)).status_code == 200
        assert front.post(body, signature(body, at=now, secret=SECRET + "x")).status_code == 401


def test_a_signed_body_that_makes_no_sense_harms_nothing(company):
    with opened(company) as front:
        for body in (b"", b"payload=", b"payload=%7B", b"{", b"\xff\xfe", b"x" * 9999):
            assert front.post(body).status_code in {400, 404}
        assert front.tokens("UADA", "help")["text"].startswith("What Unranked does")


def test_other_addresses_and_ways_are_closed(company):
    with opened(company) as front:
        assert front.http.get("/slack/events").status_code == 404
        assert front.http.get("/slack/install").status_code == 404
        assert front.http.post("/").status_code == 404


def words_of(typed):
    """Return a text as it could stand in a log: as typed, as JSON, as Python writes it."""
    return {typed, json.dumps(typed), json.dumps(typed)[1:-1], repr(typed), repr(typed)[1:-1]}


@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(typed=st.text(min_size=6, max_size=60).map(lambda text: f"any {text}{CANARY}"))
def test_nothing_that_anybody_types_or_presses_is_logged(front, logged, typed):
    front.tokens("UADA", typed)
    front.click("UADA", typed[:200], value=typed)
    front.write("UADA", typed)

    said = logged()
    assert not any(form in said for form in words_of(typed))
    assert CANARY not in said


@pytest.fixture
def front(company, logged):
    with opened(company) as made:
        yield made


def test_a_fault_is_logged_by_its_kind_alone(company, logged):
    def fail(*_):
        raise RuntimeError(f"{CANARY} UADA ada@corp.example")

    engine = company.runtime.store._engine
    with opened(company) as front:
        sql_event.listen(engine, "before_cursor_execute", fail)
        front.tokens("UADA", CANARY)
        front.click("UADA", "stop", value=CANARY)
        front.write("UADA", CANARY)
    sql_event.remove(engine, "before_cursor_execute", fail)

    said = logged()
    assert said.count("listener failed") == 3
    assert "RuntimeError" in said
    for secret in (CANARY, "UADA", "ada@corp.example", company.slack.url):
        assert secret not in said


def test_without_any_way_to_know_slack_the_bot_does_not_start(company):
    with pytest.raises(ConfigError, match="SLACK_SIGNING_SECRET") as refused:
        app.build(settings_of(company, slack_signing_secret=""), company.runtime)

    assert "SLACK_APP_TOKEN" in str(refused.value)
