import json
import socket
import sqlite3
import subprocess
import sys
import time
import tomllib
from collections import Counter
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from command_line import own_logging
from hypothesis import given, settings
from hypothesis import strategies as st
from running import ROOT, environment, service, wait_for
from signed import SECRET
from small_world import TOKEN

from unranked.demo.company import Company
from unranked.demo.fake_anthropic import FakeAnthropic
from unranked.demo.fake_openai import FakeOpenAI
from unranked.demo.fake_slack import FakeSlack
from unranked.demo.slack_members import Member
from unranked.demo.slack_requests import PATH, command, signature
from unranked.demo.world import world as demo_world
from unranked.errors import RosterError
from unranked.services import messages, nudges, roster, segments, staff_csv, sync
from unranked.store import Store, outbox, vault
from unranked.store.campaigns import StoredChoice, choose
from unranked.store.outbox import State
from unranked.store.planned import Planned, plan

ALL_WEEK = "Mon Tue Wed Thu Fri Sat Sun"


@pytest.fixture(autouse=True)
def logging_of_its_own():
    with own_logging():
        yield


def rows(path):
    """Return every row of every table, to see that nothing changed."""
    with sqlite3.connect(path) as db:
        names = [n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        found = {name: db.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}  # noqa: S608 - the database's own names
    db.close()
    return found


# migrate


def test_migrate_makes_the_database_and_is_harmless_twice(unranked, tmp_path):
    code, first, _ = unranked("migrate")
    again, second, _ = unranked("migrate")

    assert (code, again) == (0, 0)
    assert "it was at none" in first
    assert "as before" in second
    assert (tmp_path / "unranked.db").stat().st_mode & 0o777 == 0o600


def test_a_database_of_a_newer_program_is_left_alone(unranked, tmp_path):
    unranked("migrate")
    with sqlite3.connect(tmp_path / "unranked.db") as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.close()
    before = rows(tmp_path / "unranked.db")

    for command_line in (["migrate"], ["connectors"], ["job", "roster"], ["run"]):
        code, _, said = unranked(*command_line)
        assert code == 1
        assert "9999" in said
        assert "restore the backup" in said.replace("\n", " ")
    assert rows(tmp_path / "unranked.db") == before


def test_a_file_that_is_no_database_is_said_and_not_touched(unranked, tmp_path):
    (tmp_path / "unranked.db").write_bytes(b"a letter to Ada, and no database\n" * 40)

    code, _, said = unranked("migrate")

    assert code == 1
    assert "no usable SQLite database" in said
    assert "UNRANKED_DATABASE_URL" in said
    assert (tmp_path / "unranked.db").read_bytes().startswith(b"a letter")


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("sqlite:////no/such/folder/unranked.db", "cannot be written"),
        ("sqlite:///", "needs a file"),
        ("sqlite:////usr", "cannot be written"),
        ("nonsense", "cannot be understood"),
        ("mysql://ada:zebra-4711@127.0.0.1/base", "no support"),
        ("postgresql://ada:zebra-4711@127.0.0.1:1/base", "cannot be reached"),
    ],
)
def test_a_database_that_cannot_be_used_is_said_with_what_to_do(unranked, address, what):
    code, out, said = unranked("migrate", UNRANKED_DATABASE_URL=address)

    assert code == 1
    assert what in said
    assert "Set UNRANKED_DATABASE_URL" in said
    assert "zebra" not in out + said
    assert "Traceback" not in said


# job


def test_a_job_needs_a_database_of_its_own_revision(unranked, url):
    Store.open(url).close()
    code, _, said = unranked("job", "roster")

    assert code == 1
    assert "Run `unranked migrate`." in said


def test_a_job_that_does_not_exist_is_said_with_those_that_do(unranked):
    code, _, said = unranked("job", "rooster")

    assert code == 1
    assert "There is no job rooster." in said
    for name in ("roster", "sync", "segments", "nudges", "delivery"):
        assert name in said


def test_a_job_runs_once_and_says_so(unranked, slack, url):
    unranked("migrate")
    code, _, said = unranked("job", "roster")

    assert code == 0
    assert "job done" in said
    assert slack.calls["users.list"] == 1
    with opened(url) as store, store.read() as tx:
        assert len(vault.current(tx, vault.SLACK, vault.MEMBER)) == 2
    assert "UADA" not in said
    assert "corp.example" not in said


@pytest.mark.parametrize(
    ("name", "what"), [("roster", "members of the workspace"), ("segments", "people")]
)
def test_a_job_says_on_a_terminal_how_far_it_is_and_never_of_how_many(
    unranked, monkeypatch, name, what
):
    unranked("migrate")
    unranked("job", "roster")
    plain = unranked("job", name)[2]
    monkeypatch.setenv("FORCE_COLOR", "1")
    drawn = unranked("job", name)[2]

    assert f"... {what}\n" in plain
    assert what in drawn
    assert "100 %" in drawn
    assert "2/2" not in drawn + plain


def test_a_job_whose_log_is_for_a_program_writes_nothing_else(unranked):
    unranked("migrate")
    code, _, said = unranked("job", "roster", UNRANKED_LOG_FORMAT="json")

    assert code == 0
    assert [json.loads(line)["event"] for line in said.splitlines()] == ["job done"]


@pytest.mark.parametrize("log_format", ["plain", "json"])
def test_a_job_that_fails_is_said_once(unranked, slack, log_format):
    slack.faults.invalid_auth = True
    unranked("migrate")
    code, out, said = unranked("job", "roster", UNRANKED_LOG_FORMAT=log_format)

    assert (code, out) == (1, "")
    assert said.count("job failed") == said.count("invalid_auth)") == 1
    assert said.count("Compare the app with manifest.yml") == 1
    if log_format == "json":
        assert [json.loads(line)["event"] for line in said.splitlines()] == ["job failed"]


@contextmanager
def opened(url):
    store = Store.open(url)
    try:
        yield store
    finally:
        store.close()


def test_a_job_never_writes_at_a_time_that_is_not_now(unranked, url):
    unranked("migrate")
    code, _, said = unranked("job", "roster", "--as-of", "2026-03-02")

    assert code == 1
    assert "--dry-run" in said
    with opened(url) as store, store.read() as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM job").scalar_one() == 0


@pytest.mark.parametrize("when", ["tomorrow", "2026-13-01", "2026-03-02T25:00"])
def test_a_time_that_is_none_is_said_with_how_to_write_it(unranked, when):
    unranked("migrate")
    code, _, said = unranked("job", "nudges", "--dry-run", "--as-of", when)

    assert code == 1
    assert "2026-11-24T09:30:00+00:00" in said


@pytest.mark.parametrize("name", ["nudges", "pulse", "retention"])
@pytest.mark.parametrize(
    "when", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00+14:00", "0001-06-01", "2100-01-01"]
)
def test_a_time_too_far_away_is_said_in_two_lines(unranked, name, when):
    unranked("migrate")
    code, out, said = unranked("job", name, "--dry-run", "--as-of", when)

    assert (code, out) == (1, "")
    assert said.splitlines() == [
        "--as-of is a time too far away.",
        "Write it as 2026-11-24T09:30:00+00:00 or 2026-11-24.",
    ]


@pytest.mark.parametrize("name", ["nudges", "pulse", "retention"])
@pytest.mark.parametrize("when", ["2000-01-01T00:00+14:00", "2099-12-31T23:59:59-14:00"])
def test_the_first_and_the_last_time_that_can_be_pretended_are_tried(unranked, name, when):
    unranked("migrate")
    unranked("job", "roster")

    assert unranked("job", name, "--dry-run", "--as-of", when)[0] == 0


@pytest.mark.parametrize("name", ["roster", "sync", "segments", "delivery"])
def test_a_job_that_cannot_be_tried_says_so_and_does_not_run(unranked, slack, name):
    unranked("migrate")
    code, _, said = unranked("job", name, "--dry-run")

    assert code == 1
    assert "cannot be tried without writing" in said
    assert slack.calls.total() == 0


def test_a_dry_run_of_nudges_says_rounded_counts_and_writes_nothing(unranked):
    silent = {"seed": 3, "people": 60, "progress": lambda *_: None}
    with demo_world(today=datetime(2026, 11, 24, tzinfo=UTC), **silent) as made:
        for _ in range(2):
            roster.refresh(made.runtime)
            sync.run(made.runtime)
            made.time.now += timedelta(days=1)
        segments.refresh(made.runtime)
        made.time.now -= timedelta(days=1)
        assert nudges.plan(made.runtime, dry_run=True).eligible > 0
        path = made.runtime.store._engine.url.database
        before = rows(path)

        code, out, said = unranked(
            *("job", "nudges", "--dry-run", "--as-of", made.time.now.isoformat()),
            UNRANKED_DATABASE_URL=f"sqlite:///{path}",
            UNRANKED_OPENAI_KEY="sk",
            UNRANKED_ANTHROPIC_KEY="sk",
        )

        assert (code, said) == (0, "... nudges\n")
        assert "first steps, would be drawn: fewer than 20" in out
        assert rows(path) == before
        assert made.slack.calls["chat.postMessage"] == 0


def test_usage_errors_are_said_in_a_line_and_help_needs_no_settings(unranked):
    assert unranked("no-such-command")[0] == 2
    code, out, _ = unranked("--help", UNRANKED_NO_SUCH_SETTING="1")
    assert code == 0
    assert "leaderboard" in out


def test_the_version_is_said_as_the_package_has_it_and_needs_no_settings(unranked):
    code, out, errors = unranked("--version", UNRANKED_NO_SUCH_SETTING="1")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert (code, out, errors) == (0, f"unranked {project['version']}\n", "")
    assert "--version" in unranked("--help")[1]


# What an operator can get wrong about Slack


@pytest.mark.parametrize("scope", ["users:read"])
def test_a_token_without_the_right_to_read_people_is_said_by_the_rights_name(
    unranked, slack, scope
):
    slack.faults.missing_scopes.add(scope)
    unranked("migrate")
    code, _, said = unranked("job", "roster")

    assert code == 1
    assert f"The app lacks the right {scope}." in said
    assert "manifest.yml" in said


def test_a_token_that_slack_does_not_know_is_said(unranked, slack):
    slack.faults.invalid_auth = True
    unranked("migrate")
    code, _, said = unranked("job", "roster")

    assert code == 1
    assert "invalid_auth" in said
    assert "SLACK_BOT_TOKEN" in said


def test_without_a_token_it_is_said_where_it_stands(unranked):
    code, _, said = unranked("run", SLACK_BOT_TOKEN="")

    assert code == 1
    assert "SLACK_BOT_TOKEN is not set." in said
    assert "Install App" in said


def test_without_a_way_to_listen_it_is_said_what_to_set(unranked):
    code, _, said = unranked("run")

    assert code == 1
    assert "SLACK_SIGNING_SECRET is not set" in said.replace("\n", " ")


def test_a_port_that_is_taken_is_said(unranked):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, _, said = unranked("run", SLACK_SIGNING_SECRET=SECRET, UNRANKED_HTTP_PORT=port)

    assert code == 1
    assert f"127.0.0.1:{port} cannot be listened on." in said
    assert "UNRANKED_HTTP_PORT" in said


def test_an_unknown_setting_stops_every_command_with_what_was_meant(unranked):
    for command_line in (["migrate"], ["connectors"], ["job", "roster"], ["run"]):
        code, _, said = unranked(*command_line, UNRANKED_HTTP_PROT="1")
        assert code == 1
        assert "Did you mean UNRANKED_HTTP_PORT?" in said


# The roster's CSV

HEADER = "email,manager_email,department,start_date,working_days,leave,region"
WRONG_CSV = {
    "lacks the column email": "manager_email\nbob@corp.example\n",
    "has a column that is not known": "email,salary\nada@corp.example,1\n",
    "Line 2 of the roster file has no e-mail address in email": "email\nzebra\n",
    "Line 3 of the roster file repeats the address of line 2": (
        "email\nada@corp.example\nADA@corp.example\n"
    ),
    "is part of a circle of managers": (
        "email,manager_email\nada@corp.example,bob@corp.example\n"
        "bob@corp.example,cem@corp.example\ncem@corp.example,ada@corp.example\n"
    ),
    "has no date in start_date": "email,start_date\nada@corp.example,31.03.2026\n",
    "has no date in leave": "email,leave\nada@corp.example,2026-02-30\n",
    "has leave that ends before it starts": (
        "email,leave\nada@corp.example,2026-03-05/2026-03-01\n"
    ),
    "names no weekday": "email,working_days\nada@corp.example,Zebraday\n",
    "has no region": "email,region\nada@corp.example,Zebraland\n",
    "has more or fewer fields": f"{HEADER}\nada@corp.example,bob@corp.example\n",
    "Line 2 of the roster file is not well-formed CSV": (
        'email,department\nada@corp.example,"zebra\n'
    ),
    "Line 3 of the roster file has a field of more than 131,072 characters": (
        f"email,department\nbob@corp.example,\nada@corp.example,{'zebra' * 30_000}\n"
    ),
    "has no e-mail address in manager_email": "email,manager_email\nada@corp.example,zebra\n",
}


@pytest.mark.parametrize("what", WRONG_CSV)
def test_a_wrong_line_of_the_roster_file_is_named_and_nothing_is_changed(
    unranked, slack, tmp_path, what
):
    path = tmp_path / "people.csv"
    path.write_text(WRONG_CSV[what], encoding="utf-8")
    unranked("migrate")
    code, _, said = unranked("job", "roster", UNRANKED_ROSTER_CSV=str(path))

    assert code == 1
    assert what in said
    assert "zebra" not in said.lower()
    assert "corp.example" not in said
    assert rows(tmp_path / "unranked.db")["person"] == []
    assert slack.calls["users.list"] == 0


def test_a_roster_file_that_is_not_there_is_said(unranked):
    unranked("migrate")
    code, _, said = unranked("job", "roster", UNRANKED_ROSTER_CSV="no-such-file.csv")

    assert code == 1
    assert "cannot be read" in said
    assert "UNRANKED_ROSTER_CSV" in said


GOOD_LINES = st.sampled_from(["", "{}@corp.example,Sales", '{}@corp.example,"Sales\nand ""more"""'])
ENDS = st.sampled_from(["\n", "\r\n", "\r"])
WRONG_LINES = {
    'z@corp.example,"Sales': "is not well-formed CSV",
    'z@corp.example,"Sales" and more': "is not well-formed CSV",
    'z@corp.example,"Sales\nand" more': "is not well-formed CSV",
    f"z@corp.example,{'S' * 131_073}": "has a field of more than 131,072 characters",
    "z@corp.example": "has more or fewer fields than the first line",
    "zebra,Sales": "has no e-mail address in email",
}


@given(st.lists(GOOD_LINES, max_size=6), st.sampled_from(sorted(WRONG_LINES)), ENDS)
def test_the_line_where_what_is_wrong_begins_is_named_whatever_stands_above_it(above, wrong, end):
    written = [one.format(f"p{n}") for n, one in enumerate(above)]
    before = "".join(f"{one}\n" for one in ["email,department", *written])
    with pytest.raises(RosterError) as refused:
        staff_csv.parse(f"{before}{wrong}\n".replace("\n", end))

    line = before.count("\n") + 1
    assert refused.value.message == f"Line {line} of the roster file {WRONG_LINES[wrong]}."
    assert ("shorten" in refused.value.hint) is ("characters" in refused.value.message)


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet='aé@.,;"\n\r -/2x\x00', max_size=120))
def test_whatever_stands_in_a_roster_file_it_is_read_or_refused(body):
    with suppress(RosterError):  # any other error would be a traceback for somebody's typing slip
        assert all("@" in entry.email for entry in staff_csv.parse(f"email,leave\n{body}"))


# run: the whole service in a process of its own


def test_the_service_starts_on_nothing_does_every_job_answers_and_ends_at_a_signal(url, tmp_path):
    now = datetime.now(UTC)
    company = Company.made(5, today=now.date(), people=50)

    def clock():
        return datetime.now(UTC)

    with (
        FakeSlack(company.members, clock, TOKEN) as slack,
        FakeAnthropic(company, clock, "sk-a") as anthropic,
        FakeOpenAI(company, clock, "sk-o") as openai,
    ):
        given = environment(
            url,
            slack,
            UNRANKED_ANTHROPIC_KEY="sk-a",
            UNRANKED_ANTHROPIC_BASE_URL=anthropic.url,
            UNRANKED_OPENAI_KEY="sk-o",
            UNRANKED_OPENAI_BASE_URL=openai.url,
        )
        with service(given, tmp_path) as running:
            assert running.http.get("/healthz").text == "ok\n"
            assert running.http.get("/readyz").json() == {"ready": True}
            body = command(company.people[0].id, "help", slack.response_url())
            signed = {
                **signature(body, at=int(time.time()), secret=SECRET),
                "content-type": "application/x-www-form-urlencoded",
            }
            assert running.http.post(PATH, content=body, headers=signed).status_code == 200
            assert running.http.post(PATH, content=body, headers={}).status_code == 401
            answered = parse_url(body)
            wait_for(lambda: bool(slack.answers(answered)))
            assert slack.answers(answered)[0]["text"].startswith("What Unranked does")

            # The jobs are under way: sync reads two providers at their pace.
            wait_for(lambda: 'unranked_job_failed{job="roster"}' in running.metrics())
            assert running.metrics()['unranked_job_failed{job="roster"}'] == 0
            code = running.end()

    assert code == 0
    assert "Traceback" not in running.said
    for person in company.people[:10]:
        assert person.id not in running.said
        assert person.email not in running.said
    for secret in (TOKEN, SECRET, "sk-a", "sk-o"):
        assert secret not in running.said


def parse_url(body):
    return httpx.QueryParams(body.decode())["response_url"]


def noon_somewhere():
    """Return a zone in which it is about noon, so that messages may go out at any time of day."""
    ahead = (12 - datetime.now(UTC).hour + 12) % 24 - 12
    return "Etc/GMT" if ahead == 0 else f"Etc/GMT{'-' if ahead > 0 else '+'}{abs(ahead)}"


@pytest.fixture
def queued(url, tmp_path):
    """Give a workspace, its database with 60 queued messages, and the environment."""
    zone = noon_somewhere()
    people = [Member(f"U{n:03}", f"Person {n}", f"p{n}@corp.example", zone) for n in range(60)]
    csv = tmp_path / "people.csv"
    lines = [f"{person.email},{ALL_WEEK}" for person in people]
    csv.write_text("\n".join(["email,working_days", *lines]), encoding="utf-8")
    with FakeSlack(people, lambda: datetime.now(UTC), TOKEN) as slack:
        given = environment(
            url,
            slack,
            UNRANKED_ROSTER_CSV=str(csv),
            UNRANKED_SEND_SECONDS_APART="0.05",
        )
        for arguments in (["migrate"], ["job", "roster"]):
            subprocess.run(
                [sys.executable, "-m", "unranked.cli", *arguments],
                env=given,
                cwd=tmp_path,
                check=True,
                capture_output=True,
            )
        now = datetime.now(UTC)
        content = messages.nudge_content("shorten_a_message", ["openai"])
        with opened(url) as store:
            with store.read() as tx:
                keys = sorted(vault.current(tx, vault.SLACK, vault.MEMBER).values())
            with store.write() as tx:
                for key in keys:  # whose question may be due today: a tip gives way to it
                    choose(tx, StoredChoice(key, "no_check_in", now - timedelta(days=1)))
                plan(
                    tx,
                    (
                        Planned(f"m-{n:03}", f"purpose {n}", key, "slack", content, now, now)
                        for n, key in enumerate(keys)
                    ),
                )
        yield slack, given


def by_state(url):
    with opened(url) as store, store.read() as tx:
        found = Counter()
        for (state, _), count in outbox.counts(tx).items():
            found[state] += count
    return found


def test_a_signal_in_the_middle_of_sending_leaves_no_message_half_sent(queued, url, tmp_path):
    slack, given = queued
    with service(given, tmp_path) as running:
        wait_for(lambda: slack.keys().total() >= 3)
        shown = running.metrics()
        code = running.end()

    states = by_state(url)
    assert code == 0
    assert states.keys() <= {State.SENT, State.QUEUED}
    assert states.total() == 60
    assert 3 <= states[State.SENT] < 60
    assert slack.keys().total() == states[State.SENT]
    assert set(slack.keys().values()) == {1}
    counts = [v for name, v in shown.items() if name.startswith("unranked_messages")]
    assert all(count % 10 == 0 for count in counts)
    assert 0 < sum(counts) <= 60

    given["UNRANKED_SEND_SECONDS_APART"] = "0"
    again = [sys.executable, "-m", "unranked.cli", "job", "delivery"]
    subprocess.run(again, env=given, cwd=tmp_path, check=True, capture_output=True)
    assert by_state(url) == {State.SENT: 60}
    assert set(slack.keys().values()) == {1}


def test_an_answer_that_nobody_takes_does_not_hold_the_service_back(url, slack, tmp_path):
    given = environment(url, slack)
    with socket.socket() as deaf, service(given, tmp_path) as running:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        nobody = f"http://127.0.0.1:{deaf.getsockname()[1]}/response"
        wait_for(lambda: 'unranked_job_finished_seconds{job="delivery"}' in running.metrics())
        body = command("UADA", "help", nobody)
        signed = {
            **signature(body, at=int(time.time()), secret=SECRET),
            "content-type": "application/x-www-form-urlencoded",
        }
        assert running.http.post(PATH, content=body, headers=signed).status_code == 200
        taken, _ = deaf.accept()  # the bot is waiting for an answer that never comes
        assert running.end() == 0
        taken.close()
