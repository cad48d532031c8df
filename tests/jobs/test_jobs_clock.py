import io
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import select

from jobs import delivery, nudges
from jobs.clock import LEASE, Clock, run_now, serve
from jobs.schedule import FIRST_ORDER, JOBS
from unranked.bootstrap import configure_logging
from unranked.errors import JobError, ProviderError
from unranked.services import choices, messages
from unranked.services.choices import Asker
from unranked.store import runs
from unranked.store.planned import Planned, plan
from unranked.store.tables import Job, table

PATIENCE_SECONDS = 30.0


@pytest.fixture
def company(world):
    for number in range(40):
        world.person(f"p{number}")
    world.tools["acme"].use("p0@corp.example", world.now.date())
    return world


@pytest.fixture(autouse=True)
def log():
    """Give what is logged, without any other test's log being changed."""
    written = io.StringIO()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=written))
    yield written
    structlog.reset_defaults()


def states(world):
    with world.runtime.store.read() as tx:
        return {one.name: one for one in runs.states(tx)}


def make_due(world, *names):
    with world.runtime.store.write() as tx:
        runs.declare(tx, JOBS)
        for name in names:
            runs.make_due(tx, name, at=world.now)


@contextmanager
def ticking(world):
    """Run the schedule until the jobs that were due have ended."""
    clock = Clock(world.runtime)
    clock.start()
    try:
        yield clock
    finally:
        assert clock.stop(within_seconds=PATIENCE_SECONDS)


def wait_for(fact):
    end = time.monotonic() + PATIENCE_SECONDS
    while not fact():
        assert time.monotonic() < end, "It did not happen."
        time.sleep(0.01)


def all_ended(world):
    found = states(world)
    return all(found[name].finished_at is not None for name in JOBS)


def test_the_table_names_every_job_once_with_a_time_that_the_clock_understands():
    assert set(FIRST_ORDER) == set(JOBS)
    for name, job in JOBS.items():
        assert job.name == name
        assert CronTrigger(**job.cron, timezone="UTC")
    assert JOBS["delivery"].cron == {"minute": "*"}


def test_a_new_installation_runs_every_job_at_its_start_each_after_what_it_needs(company, log):
    with ticking(company):
        wait_for(lambda: all_ended(company))

    found = states(company)
    assert {one.outcome for one in found.values()} == {"done"}
    lines = [line for line in log.getvalue().splitlines() if "job done" in line]
    order = [next(n for n in FIRST_ORDER if f"job={n}" in line) for line in lines]
    assert [name for name in FIRST_ORDER if name in order] == list(dict.fromkeys(order))
    assert order[:4] == ["roster", "sync", "segments", "nudges"]


def test_two_firings_are_one_run(company):
    make_due(company, "roster")
    make_due(company, "roster")

    assert serve(company.runtime, "roster")
    assert not serve(company.runtime, "roster")
    assert company.slack.calls["users.list"] == 1


def test_many_threads_that_serve_the_same_job_run_it_once(company):
    make_due(company, "roster")
    ran = []
    ready = threading.Barrier(6)

    def one():
        ready.wait()
        ran.append(serve(company.runtime, "roster"))

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(ran) == [False] * 5 + [True]
    assert company.slack.calls["users.list"] == 1


def test_what_was_due_while_nobody_was_there_is_served_once_at_the_start(company):
    with ticking(company):
        wait_for(lambda: all_ended(company))
    lists = company.slack.calls["users.list"]

    with ticking(company) as clock:  # nothing is due: it is the same moment
        clock._sweeping.join(PATIENCE_SECONDS)
    assert company.slack.calls["users.list"] == lists

    company.now += timedelta(days=9)  # the roster's hour came nine times
    with ticking(company):
        wait_for(lambda: states(company)["roster"].started_at == company.now)
        wait_for(lambda: all_ended(company))
    assert company.slack.calls["users.list"] == lists + 1


def test_a_job_whose_process_was_killed_is_due_again_at_the_next_start(company):
    make_due(company, "roster")
    with company.runtime.store.write() as tx:
        assert runs.claim(tx, "roster", "r-dead", now=company.now, lease=LEASE)
    assert not serve(company.runtime, "roster")

    with ticking(company):
        wait_for(lambda: all_ended(company))

    assert states(company)["roster"].outcome == "done"


def test_a_failing_job_stores_what_to_do_and_stops_no_other(company, log):
    company.slack.faults.missing_scopes.add("users:read.email")
    company.slack.faults.missing_scopes.add("users:read")
    company.tools["acme"].fails_with = ProviderError(
        "Acme refused the key.", hint="Make a new key.", retryable=False, status=401
    )
    with ticking(company):
        wait_for(lambda: all_ended(company))

    found = states(company)
    assert found["roster"].error == "Slack refuses its member list (missing_scope)."
    assert "users:read" in found["roster"].hint
    assert "manifest.yml" in found["roster"].hint
    assert "Acme refused the key." in found["sync"].error
    assert found["sync"].hint == "Make a new key."
    assert {name for name, one in found.items() if one.outcome == "failed"} == {"roster", "sync"}
    assert {found[name].outcome for name in ("segments", "nudges", "delivery")} == {"done"}
    assert "job failed" in log.getvalue()


def ran_well(runtime, name):
    """Run one job now; say whether it ended well."""
    try:
        run_now(runtime, name)
    except JobError:
        return False
    return True


def test_a_job_that_failed_is_good_again_after_a_good_run(company):
    company.slack.faults.missing_scopes.add("users:read")
    assert not ran_well(company.runtime, "roster")
    company.slack.faults.missing_scopes.clear()
    assert ran_well(company.runtime, "roster")

    assert (states(company)["roster"].error, states(company)["roster"].hint) == ("", "")


def test_one_tool_that_fails_does_not_stop_the_others(company):
    company.tools["acme"].fails_with = ProviderError("No.", hint="Wait.", retryable=True)

    assert not ran_well(company.runtime, "sync")

    assert company.tools["beta"].calls > 0
    assert states(company)["sync"].error == "3 of 6 feeds failed; acme members: No."


def test_a_fault_that_nobody_foresaw_is_stored_by_its_kind_alone(company, log):
    def broken():
        raise RuntimeError("ada@corp.example")

    runtime = replace(company.runtime, channel=Broken(broken))

    assert not ran_well(runtime, "roster")

    state = states(company)["roster"]
    assert state.error == "RuntimeError"
    assert state.hint
    assert "ada@corp.example" not in log.getvalue() + repr(state)


class Broken:
    """A chat whose member list is a defect of ours."""

    name = "slack"

    def __init__(self, members):
        self.members = members

    def workspace(self):
        return "T0MADEUP01"


def test_running_a_job_by_hand_while_it_runs_is_said_and_does_not_run_it_twice(company):
    make_due(company, "roster")
    with company.runtime.store.write() as tx:
        runs.claim(tx, "roster", "r-other", now=company.now, lease=LEASE)

    with pytest.raises(JobError, match="runs already"):
        run_now(company.runtime, "roster")

    assert company.slack.calls["users.list"] == 0


def test_what_becomes_due_while_the_job_runs_stays_due(company):
    make_due(company, "roster")
    with company.runtime.store.write() as tx:
        runs.claim(tx, "roster", "r-1", now=company.now, lease=LEASE)
    make_due(company, "roster")
    with company.runtime.store.write() as tx:
        runs.finish(tx, "roster", "r-1", now=company.now, outcome="done")

    assert serve(company.runtime, "roster")


def test_after_stop_nothing_new_begins(company):
    clock = Clock(company.runtime)
    clock.start()
    wait_for(lambda: all_ended(company))
    assert clock.stop(within_seconds=PATIENCE_SECONDS)
    lists = company.slack.calls["users.list"]
    make_due(company, "roster")

    clock._serve("roster")

    assert company.slack.calls["users.list"] == lists


def test_a_second_firing_while_a_job_runs_does_not_hide_that_it_runs(company):
    began, may_end = threading.Event(), threading.Event()

    def slow():
        began.set()
        may_end.wait(PATIENCE_SECONDS)
        return iter(())

    runtime = replace(company.runtime, channel=Broken(slow))
    clock = Clock(runtime)
    clock.start()
    assert began.wait(PATIENCE_SECONDS)
    clock._fire("roster")  # it is due again, and claimed already

    assert not clock.stop(within_seconds=0)
    may_end.set()
    wait_for(lambda: not clock._running)


def test_a_stop_right_after_the_start_is_clean(company):
    for _ in range(10):
        clock = Clock(company.runtime)
        clock.start()
        assert clock.stop(within_seconds=PATIENCE_SECONDS)


def test_no_number_in_the_log_could_point_at_somebody(company, log):
    with ticking(company):
        wait_for(lambda: all_ended(company))
    said = log.getvalue()

    # Forty-one people with the one without a seat would be a number that tells of one.
    assert "members=40" in said.replace("'", "")
    assert "fewer than 20" in said
    with company.runtime.store.read() as tx:
        keys = tx.execute(select(table(Job).c.name)).scalars().all()
    assert set(keys) == set(JOBS)
    for person in ("UP0", "p0@corp.example", company.key("UP0"), "P0 "):
        assert person not in said


def test_logging_is_one_line_for_each_job_in_both_formats(company, capfd):
    for form, mark in (("json", '"event": "job done"'), ("plain", "job done")):
        with pytest.MonkeyPatch.context() as patch:
            written = io.StringIO()
            patch.setattr("sys.stderr", written)
            configure_logging(form)
        assert ran_well(company.runtime, "roster")
        assert mark in written.getvalue()
        assert written.getvalue().count("\n") == 1


@pytest.mark.parametrize("killed", [True, False])
def test_a_job_that_a_clock_made_due_in_the_future_runs_when_its_time_comes(company, killed):
    right = company.now
    company.now += timedelta(days=365)
    make_due(company, "roster")
    if killed:
        with company.runtime.store.write() as tx:
            assert runs.claim(tx, "roster", "r-dead", now=company.now, lease=LEASE)
    company.now = right

    with ticking(company) as clock:
        clock._fire("roster")
    assert states(company)["roster"].finished_at == right


def reports(world):
    """Return what nudges and delivery say of themselves, once one message is due."""
    content = messages.nudge_content("shorten_a_message", [])
    key = world.key("UP1")
    with world.runtime.store.write() as tx:
        tx.exec_driver_sql("DELETE FROM outbox")
        plan(tx, [Planned(key, key, key, "slack", content, world.now, world.now)])
    said = nudges.run(world.runtime, lambda: False), delivery.run(world.runtime, lambda: False)
    return [list(report) for report in said]


def test_a_report_has_the_same_lines_whether_or_not_somebody_stopped(company):
    company.learn()
    before = reports(company)
    choices.stop(company.runtime, Asker(company.key("UP1")))
    company.now += timedelta(minutes=1)

    assert reports(company) == before
    assert all(len(lines) > 5 for lines in before)
