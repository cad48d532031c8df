"""What doctor says where Slack is not set up yet, or only half."""

import json

import pytest
from command_line import own_logging, runner, two_people
from signed import SECRET
from small_world import TOKEN

APP_TOKEN = "xapp-1-made-up"


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
def doctor(monkeypatch, capfd, slack, tmp_path):
    """Give doctor: returns the finding of each check, with these settings beside the address."""
    database = f"sqlite:///{tmp_path / 'unranked.db'}"
    address = {"UNRANKED_DATABASE_URL": database, "SLACK_API_URL": slack.url}
    run = runner(monkeypatch, capfd, **address)

    def examine(**settings):
        _, out, _ = run("doctor", "--json", **settings)
        found = json.loads(out)["checks"]
        return {one["check"]: (one["state"], one["said"], one["hint"]) for one in found}

    return examine


def test_without_any_of_slacks_secrets_it_says_of_each_what_is_not_set_and_what_to_do(doctor):
    found = doctor()

    state, said, hint = found["slack bot token"]
    assert (state, said[:29]) == ("wrong", "SLACK_BOT_TOKEN is not set: t")
    assert "Install App" in hint
    assert found["slack rights"][0] == "off"
    assert found["socket mode"] == ("off", "SLACK_APP_TOKEN is not set.", "")
    state, said, hint = found["http"]
    assert state == "wrong"
    assert said.startswith("Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set")
    assert "connections:write" in hint
    assert not [words for _, words, _ in found.values() if "not right" in words]


@pytest.mark.parametrize("value", ["xoxb-...", "xapp-1-A", "zebra"])
@pytest.mark.parametrize("place", ["environment", ".env", "unranked.toml"])
def test_a_bot_token_that_is_wrong_is_one_fault_and_not_called_unset(
    doctor, tmp_path, place, value
):
    settings = {"SLACK_APP_TOKEN": APP_TOKEN}
    if place == "environment":
        settings["SLACK_BOT_TOKEN"] = value
    else:
        name = "SLACK_BOT_TOKEN" if place == ".env" else "slack_bot_token"
        (tmp_path / place).write_text(f'{name}="{value}"\n')
        (tmp_path / place).chmod(0o600)
    found = doctor(**settings)

    state, said, _ = found["settings"]
    assert state == "wrong"
    assert ("is not filled in" in said) is (value == "xoxb-...")
    not_looked_at = "Not looked at, because SLACK_BOT_TOKEN is wrong: see settings."
    assert found["slack bot token"] == ("off", not_looked_at, "")
    assert sum(state == "wrong" for state, _, _ in found.values()) == 1


@pytest.mark.parametrize("value", ["xapp-...", "xoxb-zebra"])
def test_an_app_token_that_is_wrong_is_not_taken_for_the_wish_to_listen_over_http(doctor, value):
    found = doctor(SLACK_BOT_TOKEN=TOKEN, SLACK_APP_TOKEN=value)

    for check in ("socket mode", "http"):
        said = "Not looked at, because SLACK_APP_TOKEN is wrong: see settings."
        assert found[check] == ("off", said, "")
    assert "Slack is heard" not in str(found)


@pytest.mark.parametrize("value", ["...", "xoxb-zebra"])
def test_a_signing_secret_that_is_wrong_is_not_called_unset(doctor, value):
    found = doctor(SLACK_BOT_TOKEN=TOKEN, SLACK_SIGNING_SECRET=value)

    assert found["settings"][0] == "wrong"
    said = "Not looked at, because SLACK_SIGNING_SECRET is wrong: see settings."
    assert found["http"] == ("off", said, "")


def test_an_example_in_place_of_a_providers_key_is_said_at_that_provider(doctor):
    state, said, hint = doctor(UNRANKED_OPENAI_KEY="...")["openai"]

    assert (state, "UNRANKED_OPENAI_KEY in the environment is not filled in" in said) == (
        "wrong",
        True,
    )
    assert "take the line out" in hint


def test_an_address_for_people_without_a_port_is_said_to_be_unused(doctor):
    by_socket = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}
    assert "UNRANKED_PUBLIC_URL" not in str(doctor(**by_socket)["http"])
    state, said, hint = doctor(**by_socket, UNRANKED_PUBLIC_URL="https://u.example")["http"]

    assert (state, "UNRANKED_PUBLIC_URL is not used" in said) == ("off", True)
    assert "UNRANKED_HTTP=true" in hint
    assert "not used" not in str(doctor(UNRANKED_HTTP="true")["http"])


def test_where_neither_a_port_nor_socket_mode_is_on_nobody_can_be_heard(doctor, monkeypatch, capfd):
    found = doctor(SLACK_BOT_TOKEN=TOKEN, SLACK_SIGNING_SECRET=SECRET, UNRANKED_HTTP="false")
    assert (found["http"][0], "nobody can be heard" in found["http"][1]) == ("wrong", True)

    code, _, said = runner(monkeypatch, capfd)("run")
    assert code == 1
    assert "nobody could be heard" in said


# The enablement team


def test_without_an_enablement_team_it_says_what_nobody_can_do(doctor):
    state, said, hint = doctor(SLACK_BOT_TOKEN=TOKEN)["enablement team"]
    assert state == "off"
    assert "nobody can write campaigns" in said
    assert "UNRANKED_ENABLEMENT" not in hint


def test_a_user_group_of_the_team_is_looked_at(doctor, slack):
    slack.group("S0TEAM", "UADA")
    found = doctor(SLACK_BOT_TOKEN=TOKEN, UNRANKED_ENABLEMENT="S0TEAM")["enablement team"]
    assert found == ("ok", "Its people can be read.", "")

    slack.group("S0TEAM")
    state, said, hint = doctor(SLACK_BOT_TOKEN=TOKEN, UNRANKED_ENABLEMENT="S0TEAM")[
        "enablement team"
    ]
    assert (state, hint) == ("wrong", "Add people to it in Slack.")
    assert "S0TEAM" not in said


def test_a_user_group_that_is_not_there_or_not_allowed_says_what_to_do(doctor, slack):
    settings = {"SLACK_BOT_TOKEN": TOKEN, "UNRANKED_ENABLEMENT": "S0NOBODY"}
    state, said, hint = doctor(**settings)["enablement team"]
    assert state == "wrong"
    assert "no_such_subteam" in said
    assert "begins with S" in hint

    slack.faults.missing_scopes.add("usergroups:read")
    found = doctor(**settings)
    assert "usergroups:read" in found["enablement team"][2]
    assert found["slack rights"][0] == "wrong"
    listed = {"SLACK_BOT_TOKEN": TOKEN, "UNRANKED_ENABLEMENT": "U0LEE"}
    assert doctor(**listed)["slack rights"][0] == "ok"
