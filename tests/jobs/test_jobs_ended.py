"""A job that is ended from outside: by a signal, by a kill, in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from command_line import two_people
from running import PATIENCE_SECONDS, environment, service, wait_for

from jobs.clock import LEASE, run_now
from unranked.errors import JobError, JobFailedError
from unranked.services import claims
from unranked.store import Store, runs


@pytest.fixture
def slack():
    with two_people() as made:
        yield made


@pytest.fixture
def deaf():
    """Give the address of a provider that takes a connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def given(store_url, slack, deaf):
    """Give the environment of an installation whose provider keeps `sync` waiting."""
    with closing(Store.open(store_url)) as store:
        store.migrate()
    provider = {"UNRANKED_OPENAI_KEY": "sk-admin-1", "UNRANKED_OPENAI_BASE_URL": deaf}
    return environment(store_url, slack, **provider)


COMMANDS = {"cli": ["-m", "unranked.cli", "job", "sync"], "module": ["-m", "jobs", "sync"]}


@contextmanager
def syncing(given, folder, command="cli"):
    """Run the job in a process until it waits for the provider."""
    process = subprocess.Popen(
        [sys.executable, *COMMANDS[command]],
        env=given,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait_for(lambda: state(given, "sync") is not None and state(given, "sync").claim)
        time.sleep(0.5)  # from the claim to the wait
        yield process
    finally:
        process.kill()
        process.communicate()


def state(given, name):
    with closing(Store.open(given["UNRANKED_DATABASE_URL"])) as store, store.read() as tx:
        return next((one for one in runs.states(tx) if one.name == name), None)


def said_by(given, folder, *arguments, **more):
    """Run a command to its end: (exit code, all that it said)."""
    done = subprocess.run(
        [sys.executable, "-m", "unranked.cli", *arguments],
        env={**given, **more},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


NO_PROVIDER = {"UNRANKED_OPENAI_KEY": "", "UNRANKED_OPENAI_BASE_URL": ""}


@pytest.mark.parametrize(
    ("store_url", "command", "number"),
    [
        ("sqlite", "cli", signal.SIGTERM),
        ("postgresql", "module", signal.SIGINT),
        pytest.param("sqlite", "module", signal.SIGINT, marks=pytest.mark.long),
        pytest.param("postgresql", "cli", signal.SIGTERM, marks=pytest.mark.long),
    ],
    indirect=["store_url"],
)
def test_a_signal_gives_the_job_back_and_it_is_known_that_it_did_not_end(
    given, tmp_path, command, number
):
    with syncing(given, tmp_path, command) as process:
        process.send_signal(number)
        said = process.communicate(timeout=PATIENCE_SECONDS)[0]

    found = state(given, "sync")
    assert process.returncode == 128 + number
    assert "Traceback" not in said
    assert said.count("job ended early") == 1
    assert (found.claim, found.finished_at, found.outcome) == ("", None, "ended early")
    code, again = said_by(given, tmp_path, "job", "sync", **NO_PROVIDER)
    assert (code, "The job sync is done." in again) == (0, True)


def test_a_job_that_runs_is_said_with_since_when_and_by_which_process(given, tmp_path):
    with syncing(given, tmp_path) as process:
        began = state(given, "sync").started_at
        code, said = said_by(given, tmp_path, "job", "sync")
        assert code == 1
        assert f"The job sync runs already since {began:%Y-%m-%d %H:%M} UTC" in said
        assert f"process {process.pid} of this machine" in said


def test_a_job_whose_process_was_killed_is_free_at_once_on_the_same_machine(given, tmp_path):
    with syncing(given, tmp_path) as process:
        process.kill()
        process.wait(PATIENCE_SECONDS)
        assert state(given, "sync").claim
        code, said = said_by(given, tmp_path, "job", "sync", **NO_PROVIDER)

    assert (code, "The job sync is done." in said) == (0, True)


def test_a_claim_from_elsewhere_is_free_by_itself_when_it_says(given, tmp_path):
    with syncing(given, tmp_path) as process:
        process.kill()
        process.wait(PATIENCE_SECONDS)
    found = state(given, "sync")
    begin = moved(given, found.holder.replace(":", "x:", 1), timedelta(0))
    code, said = said_by(given, tmp_path, "job", "sync", **NO_PROVIDER)
    assert code == 1
    assert "in another container or on another machine" in said.replace("\n", " ")
    assert f"free by itself at {begin + LEASE:%H:%M} UTC at the latest" in said.replace("\n", " ")
    assert "unranked run" in said

    moved(given, found.holder.replace(":", "x:", 1), LEASE + timedelta(seconds=1))
    assert said_by(given, tmp_path, "job", "sync", **NO_PROVIDER)[0] == 0


def moved(given, holder, earlier):
    """Let the claim be another process's, and begin earlier; return when it began."""
    found = state(given, "sync")
    began = found.started_at - earlier
    with closing(Store.open(given["UNRANKED_DATABASE_URL"])) as store, store.write() as tx:
        runs.release(tx, found.claim)
        runs.make_due(tx, "sync", at=began)
        assert runs.claim(tx, "sync", "r-far", now=began, lease=LEASE, holder=holder)
    return began


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_service_that_is_stopped_in_the_middle_of_a_job_gives_it_back(given, tmp_path):
    with service(given, tmp_path) as running:
        wait_for(lambda: state(given, "sync").claim)
        began = state(given, "sync").started_at
        assert running.end() == 0

    found = state(given, "sync")
    assert (found.claim, found.started_at, found.outcome) == ("", began, "ended early")
    code, said = said_by(given, tmp_path, "doctor")
    assert code == 1
    assert f"sync did not end when it last ran (began at {began:%Y-%m-%d %H:%M} UTC)." in said


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_doctor_and_the_metrics_keep_an_error_through_kills_until_a_good_end(given, tmp_path):
    failing = {"UNRANKED_OPENAI_BASE_URL": "http://127.0.0.1:1"}
    assert said_by(given, tmp_path, "job", "sync", **failing)[0] == 1
    for _ in range(2):
        with syncing(given, tmp_path) as process:
            process.kill()
            process.wait(PATIENCE_SECONDS)
    said = said_by(given, tmp_path, "doctor", **NO_PROVIDER)[1]
    line = next(line for line in said.splitlines() if "jobs:" in line)
    assert line.startswith("wrong  jobs: sync did not end when it last ran (began at ")
    assert "Before that it failed: " in line
    assert "OpenAI could not be reached: the connection was refused." in line

    with service(given, tmp_path) as running:  # it runs sync again, which waits
        assert running.metrics()['unranked_job_failed{job="sync"}'] == 1
    assert said_by(given, tmp_path, "job", "sync", **NO_PROVIDER)[0] == 0
    assert "jobs: sync" not in said_by(given, tmp_path, "doctor", **NO_PROVIDER)[1]


def test_a_process_is_known_from_every_other_and_its_end_is_seen():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    boot, pid, started = claims.mine().rsplit(":", 2)
    mine = (boot, int(pid))
    assert mine == (boot, os.getpid())
    assert claims.fate(claims.mine()) is claims.Fate.HERE
    theirs = f"{boot}:{child.pid}:{claims._stat(child.pid)[claims._STARTED]}"
    assert claims.fate(theirs) is claims.Fate.HERE
    assert claims.fate(f"{boot}:{os.getppid()}:{started}") is claims.Fate.GONE  # the id is reused
    for elsewhere in ("", "?:1", f"other/1:{child.pid}:1", f"{boot}:x:1"):
        assert claims.fate(elsewhere) is claims.Fate.ELSEWHERE
    child.kill()
    wait_for(lambda: claims.fate(theirs) is claims.Fate.GONE)  # nobody has asked for its end yet
    child.wait()
    assert claims.fate(theirs) is claims.Fate.GONE
    child.stdin.close()


class Slow:
    """A chat whose member list takes as long as the test wants."""

    name = "slack"

    def __init__(self):
        self.asked, self.may_end = threading.Event(), threading.Event()

    def workspace(self):
        return "T0MADEUP01"

    def members(self):
        self.asked.set()
        self.may_end.wait(PATIENCE_SECONDS)
        return iter(())


def test_a_job_that_takes_longer_than_a_claim_lasts_stays_claimed(world):
    chat = Slow()
    slow = replace(world.runtime, channel=chat)

    def run():
        with suppress(JobFailedError):  # at last nobody is in the list
            run_now(slow, "roster")

    thread = threading.Thread(target=run)
    thread.start()
    assert chat.asked.wait(PATIENCE_SECONDS)
    world.now += LEASE - timedelta(seconds=1)

    def until():
        with world.runtime.store.read() as tx:
            return next(one.claimed_until for one in runs.states(tx) if one.name == "roster")

    wait_for(lambda: until() == world.now + LEASE)
    world.now += LEASE - timedelta(seconds=1)
    with pytest.raises(JobError, match="runs already since"):
        run_now(world.runtime, "roster")
    chat.may_end.set()
    thread.join(PATIENCE_SECONDS)
    assert not until()
