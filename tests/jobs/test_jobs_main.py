import logging
from datetime import date, timedelta

import pytest
import structlog
from small_world import TOKEN

from jobs import __main__ as door
from jobs.clock import run_now
from jobs.schedule import JOBS
from unranked import bootstrap
from unranked.errors import JobError
from unranked.store import outbox, runs
from unranked.store.outbox import State


@pytest.fixture(autouse=True)
def own_logging():
    levels = {name: logging.getLogger(name).level for name in bootstrap._LOUD}
    yield
    structlog.reset_defaults()
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def company(world, monkeypatch):
    """Give a company whose database and chat the settings lead to."""
    for name in ("ada", "bob", "cem", "dee", "eva", "fay"):
        world.person(name)
    monkeypatch.setenv("UNRANKED_DATABASE_URL", str(world.runtime.store._engine.url))
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("SLACK_API_URL", world.slack.url)
    return world


def states(world):
    with world.runtime.store.read() as tx:
        return {one.name: one for one in runs.states(tx)}


def test_the_jobs_named_run_once_in_the_order_given(company, capfd):
    assert door.main(["roster", "segments"]) == 0

    found = states(company)
    assert {name for name, one in found.items() if one.outcome == "done"} == {"roster", "segments"}
    assert company.slack.calls["users.list"] == 1


def test_a_job_that_fails_stops_none_of_the_others_and_shows_in_the_exit_code(company):
    company.slack.faults.missing_scopes.add("users:read")

    assert door.main(["roster", "segments"]) == 1

    found = states(company)
    assert (found["roster"].outcome, found["segments"].outcome) == ("failed", "done")


def test_a_name_that_is_no_job_is_said_and_nothing_runs(company, capfd):
    assert door.main(["roster", "rooster"]) == 2

    said = capfd.readouterr().err
    assert "There is no job rooster" in said
    assert all(name in said for name in JOBS)
    assert company.slack.calls.total() == 0


def test_a_wrong_setting_is_said_in_a_line(company, capfd, monkeypatch):
    monkeypatch.setenv("UNRANKED_HTTP_PORT", "many")

    assert door.main(["roster"]) == 1
    assert capfd.readouterr().err.startswith("UNRANKED_HTTP_PORT")


def test_a_chat_that_refuses_everything_is_the_delivery_jobs_failure(company):
    queued(company)
    company.slack.faults.invalid_auth = True

    with pytest.raises(JobError, match="invalid_auth"):
        run_now(company.runtime, "delivery")

    state = states(company)["delivery"]
    assert "invalid_auth" in state.error
    assert "SLACK_BOT_TOKEN" in state.hint
    company.slack.faults.invalid_auth = False
    company.now += timedelta(hours=1)
    run_now(company.runtime, "delivery")
    assert company.slack.keys()


def test_without_the_right_to_look_the_delivery_job_says_which_one_is_missing(company):
    queued(company)
    company.slack.faults.accept_then_cut = 1
    company.slack.faults.missing_scopes.add("im:history")
    run_now(company.runtime, "delivery")
    company.now += timedelta(minutes=5)

    with pytest.raises(JobError, match="cannot be looked up"):
        run_now(company.runtime, "delivery")

    assert "im:history" in states(company)["delivery"].hint
    company.slack.faults.missing_scopes.clear()
    company.now += timedelta(minutes=5)
    run_now(company.runtime, "delivery")
    assert set(company.slack.keys().values()) == {1}


def queued(world):
    """Learn that nobody has started, and queue tips for some of them."""
    world.person("gus")
    days = (date(2026, 1, 5) + timedelta(days=n) for n in range(55))
    world.tools["acme"].use("gus@corp.example", *days)
    world.at("2026-03-03T10:00+00:00")
    world.begin()
    world.plan()
    # Each tip has an hour of its own: look from one that is late enough for all.
    world.at("2026-03-04T10:00+00:00")
    with world.runtime.store.read() as tx:
        assert any(state is State.QUEUED for state, _ in outbox.counts(tx))
