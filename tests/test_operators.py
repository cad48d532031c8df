"""What an operator has: doctor, connectors, policy, erase and readmit, at the command line."""

import json
import os
import socket
import sqlite3
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from command_line import own_logging, runner, two_people
from postgres import fresh_database
from signed import SECRET
from small_world import TOKEN

from unranked.channels.slack_checks import OF_GROUPS, RIGHTS
from unranked.connectors import found as all_connectors
from unranked.demo.company import Company
from unranked.demo.fake_anthropic import FakeAnthropic
from unranked.demo.fake_openai import FakeOpenAI
from unranked.demo.fake_slack import FakeSlack
from unranked.domain.policy import ABOUT, TABLES
from unranked.errors import ConfigError
from unranked.services import doctor
from unranked.store import Store, file_of, runs, vault

ROOT = Path(__file__).parents[1]
APP_TOKEN = "xapp-1-made-up"


def now():
    return datetime.now(UTC)


@pytest.fixture(autouse=True)
def logging_of_its_own():
    with own_logging():
        yield


@pytest.fixture
def slack():
    with two_people() as made:
        made.open_socket_mode(APP_TOKEN, lambda: "ws://127.0.0.1:1/link")
        yield made


@pytest.fixture
def providers():
    """Give the addresses of made-up providers that take a key, as settings."""
    company = Company.made(5, today=now().date(), people=50)
    with (
        FakeAnthropic(company, now, "sk-a") as anthropic,
        FakeOpenAI(company, now, "sk-o") as openai,
    ):
        anthropic.throttle.on = openai.throttle.on = False
        yield {
            "UNRANKED_ANTHROPIC_KEY": "sk-a",
            "UNRANKED_ANTHROPIC_BASE_URL": anthropic.url,
            "UNRANKED_OPENAI_KEY": "sk-o",
            "UNRANKED_OPENAI_BASE_URL": openai.url,
        }


@pytest.fixture
def unranked(monkeypatch, capfd, url, slack):
    """Give the command line in this process: returns (exit code, standard output, errors)."""
    return runner(
        monkeypatch,
        capfd,
        UNRANKED_DATABASE_URL=url,
        SLACK_BOT_TOKEN=TOKEN,
        SLACK_API_URL=slack.url,
        SLACK_APP_TOKEN=APP_TOKEN,
    )


@pytest.fixture
def store(url):
    made = Store.open(url)
    made.migrate()
    yield made
    made.close()


def checks(out):
    """Return the findings by the name of their check; a check may have several."""
    found = {}
    for one in json.loads(out)["checks"]:
        found.setdefault(one["check"], []).append((one["state"], one["said"], one["hint"]))
    return found


def examined(unranked, **settings):
    code, out, _ = unranked("doctor", "--json", **settings)
    found = checks(out)
    states = {state for lines in found.values() for state, _, _ in lines}
    assert code == (1 if "wrong" in states else 0)
    assert json.loads(out)["ok"] is (code == 0)
    return found


# doctor


def test_doctor_finds_nothing_wrong_where_everything_is_right(unranked, store, providers):
    found = examined(unranked, **providers, UNRANKED_DEFAULT_ZONE="Europe/Berlin")

    states = {check: [state for state, _, _ in lines] for check, lines in found.items()}
    assert states == {
        "settings": ["ok"],
        "files": ["ok"],
        "database": ["ok"],
        "key store": ["off"],
        "jobs": ["off"],
        "slack bot token": ["ok"],
        "slack rights": ["ok"],
        "socket mode": ["ok"],
        "http": ["off"],
        "clock": ["ok"],
        "anthropic": ["ok"],
        "github": ["off"],
        "github_copilot": ["off"],
        "openai": ["ok"],
        "providers": ["ok"],
        "roster file": ["off"],
        "time zone": ["ok"],
        "help contact": ["off"],
        "enablement team": ["off"],
        "tips": ["ok"],
        "language model": ["off"],
    }


def test_doctor_says_one_line_for_each_check_with_what_it_is_and_what_to_do(unranked, store):
    code, out, errors = unranked("doctor", SLACK_APP_TOKEN="")

    *lines, last = out.splitlines()
    assert (code, errors, last) == (1, "", "1 to mend.")
    assert all(line.split(" ", 1)[0] in {"ok", "off", "wrong"} for line in lines)
    assert len(lines) == 17 + len(all_connectors())
    (wrong,) = [line for line in lines if line.startswith("wrong")]
    assert wrong.startswith("wrong  http: Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is")
    assert "Basic Information" in wrong
    assert (
        unranked("doctor", SLACK_SIGNING_SECRET=SECRET)[1].splitlines()[-1] == "Nothing is wrong."
    )


def test_doctor_on_a_terminal_shows_the_same_in_columns(unranked, store, monkeypatch):
    plain = unranked("doctor")[1].splitlines()
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "600")
    drawn = unranked("doctor")[1].splitlines()

    assert len(drawn) == len(plain)
    assert "\x1b[" in drawn[0]
    for line, columns in zip(plain, drawn, strict=True):
        assert line.rpartition(": ")[2] in columns


def test_doctor_makes_no_database(unranked, tmp_path):
    found = examined(unranked)

    assert found["database"][0][0] == "off"
    assert "unranked run" in found["database"][0][2]
    assert list(tmp_path.iterdir()) == []


def examined_database(unranked, address):
    return examined(unranked, UNRANKED_DATABASE_URL=address)["database"]


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("sqlite:////no/such/folder/zebra.db", "cannot be written"),
        ("sqlite:///", "needs a file"),
        ("mysql://ada:zebra-4711@127.0.0.1/base", "no support"),
        ("postgresql://ada:zebra-4711@127.0.0.1:1/base", "cannot be reached"),
    ],
)
def test_a_database_that_cannot_be_used_hides_no_other_check(unranked, address, what):
    found = examined(unranked, UNRANKED_DATABASE_URL=address)

    ((state, said, hint),) = found["database"]
    assert (state, what in said, "UNRANKED_DATABASE_URL" in hint) == ("wrong", True, True)
    assert found["slack bot token"][0][0] == "ok"
    assert "zebra-4711" not in json.dumps(found)


def test_a_database_of_another_revision_is_said_with_the_command_that_mends_it(unranked, url):
    with sqlite3.connect(file_of(url)):
        pass
    os.close(os.open(file_of(url), os.O_CREAT, 0o600))
    ((state, said, hint),) = examined(unranked)["database"]

    assert (state, hint) == ("wrong", "Run `unranked migrate`.")
    assert "at revision none" in said


def test_postgresql_is_looked_at_with_its_own_clock(unranked, postgres_dsn):
    address = fresh_database(postgres_dsn)
    assert examined_database(unranked, address)[0][2] == "Run `unranked migrate`."
    unranked("migrate")
    found = examined(unranked)

    assert found["database"][0][1].startswith("PostgreSQL answers, at revision ")
    assert found["clock"] == [("ok", "It agrees with that of Slack and the database.", "")]


@pytest.mark.parametrize("end", ["", "-wal", "-shm"])
def test_a_database_that_others_can_read_is_said(unranked, store, url, end):
    with store.read() as tx:  # so that there are its companions
        runs.states(tx)
        path = Path(f"{file_of(url)}{end}")
        path.chmod(0o640)
        ((state, said, hint),) = examined(unranked)["files"]

    assert (state, hint) == ("wrong", f"chmod 600 {path}")
    assert said == f"Others can read {path.name} (mode 0640)."


@pytest.mark.parametrize("name", [".env", "unranked.toml", "people.csv"])
@pytest.mark.parametrize(("mode", "state"), [(0o640, "ok"), (0o604, "wrong")])
def test_keys_and_the_roster_may_be_read_by_a_group_and_never_by_all(
    unranked, tmp_path, name, mode, state
):
    (tmp_path / name).write_text("email\nada@corp.example\n" if name.endswith("csv") else "")
    (tmp_path / name).chmod(mode)

    found = examined(unranked, UNRANKED_ROSTER_CSV="people.csv")

    assert [state for state, _, _ in found["files"]] == [state]


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(seconds=55), "It agrees with that of Slack."),
        (timedelta(seconds=-55), "It agrees with that of Slack."),
        (timedelta(minutes=65), "It is 65 min behind Slack's."),
        (timedelta(minutes=-3), "It is 3 min ahead of Slack's."),
    ],
)
def test_a_clock_that_is_more_than_a_minute_off_is_said(unranked, ahead, said):
    with FakeSlack((), lambda: now() + ahead, TOKEN) as other:
        ((state, found, hint),) = examined(unranked, SLACK_API_URL=other.url)["clock"]

    assert found == said
    assert (state, "NTP" in hint) == (("ok", False) if "agrees" in said else ("wrong", True))


def test_a_bot_token_that_slack_refuses_is_said_and_what_needs_it_is_not_guessed(unranked, slack):
    slack.faults.invalid_auth = True
    found = examined(unranked, SLACK_BOT_TOKEN="xoxb-zebra-4711")

    ((state, said, hint),) = found["slack bot token"]
    assert (state, said) == ("wrong", "Slack refuses SLACK_BOT_TOKEN (invalid_auth).")
    assert "Install App" in hint
    assert found["slack rights"][0][0] == "off"
    assert found["clock"][0][0] == "off"


@pytest.mark.parametrize("right", sorted(RIGHTS.keys() - {OF_GROUPS}))
def test_a_right_that_the_app_lacks_is_named(unranked, slack, right):
    slack.faults.missing_scopes.add(right)
    ((state, said, hint),) = examined(unranked)["slack rights"]

    assert (state, said) == ("wrong", f"The app lacks {right} ({RIGHTS[right]}).")
    assert "manifest.yml" in hint


def test_the_rights_that_doctor_looks_for_are_those_of_the_manifest():
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))

    assert sorted(manifest["oauth_config"]["scopes"]["bot"]) == sorted(RIGHTS)


def test_an_app_token_that_slack_refuses_is_said(unranked):
    ((state, said, hint),) = examined(unranked, SLACK_APP_TOKEN="xapp-zebra")["socket mode"]

    assert (state, said) == ("wrong", "Slack refuses SLACK_APP_TOKEN (invalid_auth).")
    assert "connections:write" in hint


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("rate_limited", "Slack asks to wait."),
        ("server_error", "Slack answered with something else than an answer (HTTP 503)."),
        ("cut", "Slack cannot be reached: the connection was cut."),
    ],
)
def test_a_slack_that_does_not_answer_is_not_taken_for_a_wrong_token(unranked, slack, fault, said):
    setattr(slack.faults, fault, 2)
    found = examined(unranked)

    for check in ("slack bot token", "socket mode"):
        ((state, words, hint),) = found[check]
        assert (state, words) == ("wrong", said)
        assert "xapp" not in hint
        assert "Install" not in hint


def test_a_token_of_another_workspace_than_the_people_is_said(unranked, store):
    with store.write() as tx:
        entry = vault.Entry(vault.WORKSPACE, vault.SLACK, vault.WORKSPACE, "TZEBRA")
        vault.put(tx, [entry])
    ((state, said, hint),) = examined(unranked)["slack bot token"]

    assert (state, "another workspace" in said) == ("wrong", True)
    assert "UNRANKED_DATABASE_URL" in hint
    assert "ZEBRA" not in said + hint


@pytest.mark.parametrize(
    ("settings", "state", "said"),
    [
        (
            {"UNRANKED_ANTHROPIC_KEY": "sk-zebra"},
            "wrong",
            "Anthropic refused the request (HTTP 401).",
        ),
        (
            {"UNRANKED_ANTHROPIC_BASE_URL": "http://127.0.0.1:1"},
            "wrong",
            "Anthropic could not be reached: the connection was refused.",
        ),
        ({"UNRANKED_ANTHROPIC_KEY_FILE": "zebra"}, "wrong", "both set."),
        ({"UNRANKED_ANTHROPIC_KEY": "ze bra"}, "wrong", "must be the key"),
        ({"UNRANKED_ANTHROPIC_KEY": ""}, "off", "There is no key for Anthropic."),
    ],
)
def test_a_connector_that_does_not_work_hides_no_other(unranked, providers, settings, state, said):
    found = examined(unranked, **(providers | settings))

    ((found_state, words, hint),) = found["anthropic"]
    assert (found_state, said in words) == (state, True)
    assert hint
    assert "sk-zebra" not in json.dumps(found)
    assert found["openai"] == [("ok", "OpenAI takes the key.", "")]


@pytest.mark.slow
def test_doctor_ends_though_nobody_answers(unranked):
    # The service would wait for each of them as long as a test may take.
    with ExitStack() as stack:
        deaf = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        found = examined(
            unranked,
            UNRANKED_OPENAI_KEY="sk-o",
            UNRANKED_OPENAI_BASE_URL=address,
            SLACK_API_URL=address,
            SLACK_APP_TOKEN="",
        )

    for check in ("slack bot token", "openai"):
        assert found[check][0][0] == "wrong"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("UNRANKED_HTTP_PORT", "zebra"),
        ("UNRANKED_LOG_FORMAT", "zebra"),
        ("UNRANKED_DEFAULT_ZONE", "zebra"),
        ("UNRANKED_HTPT", "zebra"),
    ],
)
def test_a_wrong_setting_is_one_line_and_the_rest_is_looked_at(unranked, store, name, value):
    found = examined(unranked, **{name: value})

    ((state, said, hint),) = found["settings"]
    assert (state, name in said) == ("wrong", True)
    assert hint
    assert found["database"][0][0] == "ok"
    assert found["slack bot token"][0][0] == "ok"


def test_wrong_files_of_settings_are_said_and_the_rest_is_looked_at(unranked, store, tmp_path):
    (tmp_path / "unranked.toml").write_text("http_port = \n")
    (tmp_path / ".env").write_text("what is this\n")
    for name in (".env", "unranked.toml"):
        (tmp_path / name).chmod(0o600)
    found = examined(unranked)

    assert [said for _, said, _ in found["settings"]] == [
        "unranked.toml cannot be read (line 1 is wrong).",
        "Line 1 of .env cannot be read.",
    ]
    assert found["database"][0][0] == "ok"


def test_a_roster_file_is_read_and_a_wrong_line_is_named_without_what_it_holds(unranked, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("email\n" + "".join(f"p{n}@corp.example\n" for n in range(57)))
    path.chmod(0o600)
    assert examined(unranked, UNRANKED_ROSTER_CSV="people.csv")["roster file"] == [
        ("ok", "It can be read, and names 50 people.", "")
    ]
    path.write_text("email\nzebra\n")
    ((state, said, _),) = examined(unranked)["roster file"]
    assert (state, said) == ("wrong", "Line 2 of the roster file has no e-mail address in email.")


def ran(store, *, ago, error=""):
    at = now() - ago
    with store.write() as tx:
        runs.declare(tx, ["roster"])
        runs.make_due(tx, "roster", at=at)
        runs.claim(tx, "roster", "r-1", now=at, lease=timedelta(hours=1))
        outcome = "failed" if error else "done"
        runs.finish(tx, "roster", "r-1", now=at, outcome=outcome, error=error, hint="Mend it.")


def test_a_job_that_failed_is_said_until_it_ended_well(unranked, store):
    ran(store, ago=timedelta(minutes=5), error="Slack refuses its member list.")
    assert examined(unranked)["jobs"] == [
        (
            "wrong",
            "roster failed when it last ran: Slack refuses its member list.",
            "Mend it. `unranked job roster` runs it again.",
        )
    ]
    ran(store, ago=timedelta(minutes=2))
    assert examined(unranked)["jobs"] == [("ok", "All ended well when they last ran.", "")]


def test_a_job_that_runs_again_just_now_is_not_said_to_have_failed(unranked, store):
    ran(store, ago=timedelta(minutes=5), error="Slack refuses its member list.")
    with store.write() as tx:
        runs.make_due(tx, "roster", at=now())
        assert runs.claim(tx, "roster", "r-2", now=now(), lease=timedelta(hours=1))

    ((state, said, _),) = examined(unranked)["jobs"]
    assert (state, said.startswith("roster runs now, since")) == ("off", True)


def test_a_service_that_sleeps_is_said_and_is_no_fault(unranked, store):
    ran(store, ago=timedelta(minutes=11))
    ((state, said, hint),) = examined(unranked)["jobs"]

    assert (state, "the service does not run" in said) == ("off", True)
    assert "unranked run" in hint


def test_whatever_goes_wrong_in_a_check_is_told_by_its_kind_alone():
    def bursts():
        yield doctor.State.OK, "One.", ""
        raise ValueError("ada@zebra.example")

    def refuses():
        raise ConfigError("It is so.", hint="Do this.")

    found = list(doctor.findings([("a", bursts), ("b", refuses), ("c", list)]))

    assert [(one.check, one.state.value, one.said) for one in found] == [
        ("a", "ok", "One."),
        ("a", "wrong", "This could not be looked at (ValueError)."),
        ("b", "wrong", "It is so."),
    ]
    assert all("zebra" not in one.in_words() for one in found)


def test_no_secret_and_no_person_is_in_what_doctor_says(unranked, slack, store, providers):
    unranked("job", "roster")
    _, out, errors = unranked(
        "doctor", **providers, SLACK_SIGNING_SECRET=SECRET, UNRANKED_HELP_CONTACT="Zebra Smith"
    )

    for word in (TOKEN, APP_TOKEN, SECRET, "sk-a", "sk-o", "Zebra", "corp.example", "UADA", "T0MA"):
        assert word not in out + errors
    assert "Help me names whom you set." in out


# connectors


def test_connectors_says_of_each_whether_it_is_set_up_and_what_it_cannot_see(unranked, store):
    code, out, _ = unranked("connectors", "--json", UNRANKED_OPENAI_KEY="sk-zebra-4711")

    found = {one["connector"]: one for one in json.loads(out)}
    assert code == 0
    assert found.keys() == all_connectors().keys()
    assert found["openai"]["configured"] is True
    assert found["openai"]["complete_through"] is None
    assert found["openai"]["held_up"]["why"] == "never_read"
    assert found["openai"]["matched_percent"] is None
    assert found["anthropic"]["configured"] is False
    assert found["anthropic"]["held_up"] is None
    assert all(one["cannot_see"] for one in found.values())
    assert "zebra" not in out


def test_connectors_in_words_says_what_to_set(unranked, store):
    code, out, _ = unranked("connectors", UNRANKED_OPENAI_KEY="sk-zebra-4711")

    assert code == 0
    assert "Anthropic: off.\n  To set it up: UNRANKED_ANTHROPIC_KEY, from Claude Console" in out
    assert "UNRANKED_GITHUB_COPILOT_SCOPE must be enterprises/NAME" in out
    assert "UNRANKED_GITHUB_ENTERPRISE, where it is set, must be the name" in out
    assert "OpenAI: set up.\n  Complete through: nothing yet\n  Held up: It was never read." in out
    assert "  Seats that lead to a person: too few to say\n  Last error: none\n" in out
    assert "zebra" not in out


# policy


def test_policy_prints_what_is_kept_of_whom_and_needs_no_settings(unranked, tmp_path):
    (tmp_path / "unranked.toml").write_text("this is no TOML")
    code, out, _ = unranked("policy", UNRANKED_NO_SUCH_SETTING="1")

    assert code == 0
    assert out.startswith(f"{ABOUT}\n\nvault: names, e-mail addresses, chat ids")
    for table in TABLES:
        assert f"{table.name}: {table.what}\n" in out
        assert f"  Kept: {table.kept.said}\n  Seen by: {table.seen_by_all()}\n" in out
    code, out, _ = unranked("policy", "--json")
    assert (code, json.loads(out)) == (0, [table.as_json() for table in TABLES])
