"""What the command line says to an operator with whom something is not as it should be."""

import json

import pytest
from command_line import own_logging

from unranked.store import file_of

REFUSED = "http://127.0.0.1:1"
COPILOT = {"UNRANKED_GITHUB_COPILOT_KEY": "ghp_zebra", "UNRANKED_GITHUB_COPILOT_SCOPE": "orgs/corp"}


@pytest.fixture(autouse=True)
def logging_of_its_own():
    with own_logging():
        yield


@pytest.fixture
def migrated(unranked):
    assert unranked("migrate")[0] == 0
    return unranked


# A provider that gives no answer


def test_a_job_by_hand_says_each_wait_for_a_provider_and_gives_up_soon(migrated):
    openai = {"UNRANKED_OPENAI_KEY": "sk-admin-zebra", "UNRANKED_OPENAI_BASE_URL": REFUSED}
    code, _, said = migrated("job", "sync", **openai)

    lines = [line for line in said.splitlines() if "Asked again in" in line]
    assert code == 1
    one = "OpenAI could not be reached: the connection was refused. Asked again in 2 s."
    assert lines == [one]  # the feeds that come after it are not waited for
    assert "zebra" not in said


def test_a_log_for_a_program_has_the_waits_as_lines_of_its_own(migrated):
    openai = {"UNRANKED_OPENAI_KEY": "sk-admin-zebra", "UNRANKED_OPENAI_BASE_URL": REFUSED}
    _, _, said = migrated("job", "sync", UNRANKED_LOG_FORMAT="json", **openai)

    events = [json.loads(line) for line in said.splitlines()]
    assert {one["event"] for one in events} == {"asked again", "job failed"}
    assert {one["in_seconds"] for one in events if one["event"] == "asked again"} == {2}


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (REFUSED, "the connection was refused"),
        ("http://no-such-host.invalid", "its name is not known to the network"),
    ],
)
def test_why_nobody_answered_is_said_in_words(unranked, address, why):
    slack = {"SLACK_API_URL": address, "UNRANKED_OPENAI_KEY": "sk-admin-zebra"}
    said = unranked("doctor", **slack, UNRANKED_OPENAI_BASE_URL=address)[1]

    assert f"slack bot token: Slack cannot be reached: {why}." in said
    assert f"openai: OpenAI could not be reached: {why}." in said
    assert "Error" not in said


def test_an_answer_that_is_cut_is_said_in_words(unranked, slack):
    slack.faults.cut = 1

    said = unranked("doctor")[1]
    assert "slack bot token: Slack cannot be reached: the connection was cut." in said


def test_a_member_list_without_an_answer_is_said_in_words(migrated, slack, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    code, _, said = migrated("job", "roster", SLACK_API_URL=REFUSED)

    assert code == 1
    assert "Slack's member list could not be read: Slack gave no answer." in said
    assert "no_answer" not in said


# No database


@pytest.mark.parametrize(
    "command",
    [
        ["job", "sync"],
        ["job", "nudges", "--dry-run"],
        ["connectors"],
        ["erase", "UADA", "--yes"],
        ["readmit", "UADA"],
    ],
)
def test_without_a_database_the_file_and_the_setting_are_named_and_none_is_made(
    unranked, tmp_path, command
):
    code, _, said = unranked(*command)

    assert code == 1
    assert f"There is no database file {tmp_path / 'unranked.db'}." in said
    assert "UNRANKED_DATABASE_URL" in said
    assert "`unranked migrate` or `unranked run`" in said
    assert list(tmp_path.iterdir()) == []


# For a script


@pytest.mark.parametrize("command", [["connectors"], ["erase", "UADA", "--yes"], ["erase", ""]])
def test_a_command_that_fails_says_so_to_a_script_on_standard_output(unranked, command):
    code, out, errors = unranked(*command, "--json")

    assert code == 1
    failed = json.loads(out)
    assert failed.keys() == {"error", "hint"}
    assert failed["error"] in errors
    assert failed["hint"] in errors
    assert unranked(*command)[1] == ""


def test_connectors_has_the_same_hint_for_a_script_and_ends_with_1_after_an_error(migrated):
    openai = {"UNRANKED_OPENAI_KEY": "sk-admin-zebra", "UNRANKED_OPENAI_BASE_URL": REFUSED}
    assert migrated("connectors", "--json", **openai)[0] == 0
    migrated("job", "sync")
    code, text, _ = migrated("connectors")
    again, out, _ = migrated("connectors", "--json")

    assert (code, again) == (1, 1)
    found = {one["connector"]: one for one in json.loads(out)}
    assert found["openai"]["hint"].startswith("Check UNRANKED_OPENAI_BASE_URL")
    assert found["anthropic"]["hint"].startswith("To set it up: UNRANKED_ANTHROPIC_KEY")
    assert all(one["hint"] in text for one in found.values())
    assert migrated("connectors", UNRANKED_OPENAI_KEY="")[0] == 0  # it is off: that is no fault


# Wrong settings


def test_a_wrong_zone_is_said_once(unranked):
    said = unranked("doctor", UNRANKED_DEFAULT_ZONE="Mars")[1]

    lines = [line for line in said.splitlines() if "DEFAULT_ZONE" in line]
    assert lines == [
        (
            "wrong  settings: UNRANKED_DEFAULT_ZONE in the environment must be a time zone such as "
            "Europe/Berlin. Correct it there and start again."
        ),
        "off    time zone: Not looked at, because UNRANKED_DEFAULT_ZONE is wrong: see settings.",
    ]


@pytest.mark.parametrize("token", ["xoxb-...", "zebra"])
@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["connectors"], "OpenAI: off."),
        (["erase", "zebra@corp.example", "--yes"], "address or member id"),
        (["readmit", "zebra@corp.example"], "erased"),
        (["job", "nudges", "--dry-run"], "nobody looked at"),
        (["migrate"], "at revision"),
    ],
)
def test_what_needs_no_token_of_slack_is_not_refused_for_a_wrong_one(
    migrated, command, said, token
):
    wrong = {"SLACK_BOT_TOKEN": token, "SLACK_APP_TOKEN": token}
    _, out, errors = migrated(*command, **wrong)

    assert said in out + errors
    assert "SLACK_" not in out + errors


def test_what_needs_the_token_is_refused_for_a_wrong_one(migrated):
    code, _, errors = migrated("job", "roster", SLACK_BOT_TOKEN="xoxb-...")

    assert (code, "SLACK_BOT_TOKEN" in errors) == (1, True)


FOUR = {
    "UNRANKED_HTTP_PORT": "many",
    "UNRANKED_LOG_FORMAT": "loud",
    "UNRANKED_DEFAULT_ZONE": "Mars",
    "SLACK_BOT_TOKEN": "xoxb-...",
}


def test_four_wrong_settings_are_four_lines(unranked):
    errors = unranked("job", "roster", **FOUR)[2].splitlines()

    assert [line.split(" ")[0] for line in errors[:4]] == sorted(FOUR, key=line_of(errors))
    assert len([line for line in errors if " must be " in line]) == 4
    found = [line for line in unranked("doctor")[1].splitlines() if "  settings:" in line]
    assert len(found) == 4


def line_of(lines):
    return lambda name: next(n for n, line in enumerate(lines) if line.startswith(name))


@pytest.mark.parametrize("begins", ["sk-proj-", "sk-svcacct-"])
def test_a_projects_key_is_known_before_it_is_sent(migrated, begins):
    deaf = {"UNRANKED_OPENAI_KEY": f"{begins}zebra", "UNRANKED_OPENAI_BASE_URL": REFUSED}
    said = migrated("doctor", **deaf)[1]
    (line,) = [line for line in said.splitlines() if " openai: " in line]

    assert line.startswith("wrong  openai: What is set as the key for OpenAI is a ")
    assert "sk-admin-" in line
    assert "UNRANKED_OPENAI_KEY" in line
    assert "zebra" not in said
    code, _, errors = migrated("job", "sync")
    assert (code, "no Admin key" in errors) == (1, True)


def test_without_any_provider_doctor_says_that_there_is_nothing_to_look_at(unranked):
    line = "off    providers: None is set up: the service has nothing to look at."
    assert line in unranked("doctor")[1]
    assert "providers: 1 of 4 are set up." in unranked("doctor", **COPILOT)[1]


def test_with_a_source_of_finished_work_alone_doctor_says_that_there_is_no_tool(unranked):
    alone = {"UNRANKED_GITHUB_KEY": "ghp_zebra", "UNRANKED_GITHUB_ORG": "corp"}
    said = unranked("doctor", UNRANKED_GITHUB_BASE_URL=REFUSED, **alone)[1]

    assert "off    providers: No AI tool is set up: the service has nothing to look at." in said


# Nobody


@pytest.mark.parametrize("person", ["", "  "])
@pytest.mark.parametrize("command", ["erase", "readmit"])
def test_nobody_is_said_to_be_nobody_before_anything_else(unranked, url, command, person):
    code, _, errors = unranked(command, person)

    assert code == 1
    assert errors.startswith("That is nobody.")
    assert not file_of(url).exists()
