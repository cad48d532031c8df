"""manifest.yml is right by Slack's rules, and says just what the bot listens to and calls."""

import ast
import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from signed import settings
from slack_bolt import App
from slack_sdk import WebClient

from bot import app, commands

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "tests" / "support" / "manifest.schema.json"
MANIFEST = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))

# slack.md 7: what a right is needed for. The roster reads addresses, which is a right of its own.
SCOPES_OF_METHODS = {
    "apps_connections_open": set(),  # the app-level token's own right
    "auth_test": set(),
    "chat_delete": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "conversations_history": {"im:history"},
    "conversations_open": {"im:write"},
    "files_delete": {"files:write"},
    "files_upload_v2": {"files:write"},
    "usergroups_users_list": {"usergroups:read"},
    "users_info": {"users:read"},
    "users_list": {"users:read", "users:read.email"},
    "views_open": set(),
    "views_publish": set(),
    "views_push": set(),
    "views_update": set(),
}
SCOPES_OF_EVENTS = {"message.im": {"im:history"}, "app_home_opened": set()}
EVENTS_OF_LISTENERS = {"message": {"message.im"}, "app_home_opened": {"app_home_opened"}}
KINDS = (
    *("command", "event", "message", "action", "view", "options", "function"),
    *("shortcut", "global_shortcut", "message_shortcut"),
)


class Recorder(App):
    """A Bolt app that remembers what was registered."""

    heard: list[tuple[str, object]]

    def __init__(self, **arguments):
        self.heard = []
        super().__init__(**arguments)


def _recording(kind):
    def register(self, constraint=None, *arguments, **named):
        self.heard.append((kind, constraint))
        return getattr(super(Recorder, self), kind)(constraint, *arguments, **named)

    return register


for _kind in KINDS:
    setattr(Recorder, _kind, _recording(_kind))


@pytest.fixture
def heard(world, monkeypatch):
    """Give what the bot listens to, by kind of listener."""
    monkeypatch.setattr("bot.app.App", Recorder)
    built = app.build(settings(world), world.runtime)
    found = {}
    for kind, constraint in built.heard:
        found.setdefault(kind, set()).add(constraint)
    return found


def called():
    """Return the Web API methods that the source calls, with the one behind `say`."""
    methods = {name for name in dir(WebClient) if not name.startswith("_")} - {"api_call"}
    found = set()
    for path in (*ROOT.glob("bot/**/*.py"), *ROOT.glob("unranked/channels/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                found |= {node.func.attr} & methods
            if isinstance(node, ast.Name) and node.id == "Say":
                found.add("chat_postMessage")
    return found


def test_the_manifest_obeys_slacks_rules():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.validate(MANIFEST, schema, cls=jsonschema.Draft7Validator)


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("features", "app_home", "read_only"), True),
        (("settings", "event_subscriptions", "events"), []),
        (("display_information", "name"), "x" * 36),
        (("_metadata", "major_version"), 3),
        (("settings", "interactivity"), {}),
    ],
)
def test_a_slip_in_the_manifest_would_be_noticed(where, value):
    wrong = json.loads(json.dumps(MANIFEST))
    *path, last = where
    place = wrong
    for name in path:
        place = place[name]
    place[last] = value

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_it_is_for_socket_mode_and_holds_no_address():
    assert MANIFEST["_metadata"] == {"major_version": 2, "minor_version": 1}
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert MANIFEST["settings"]["token_rotation_enabled"] is False
    assert "url" not in json.dumps(MANIFEST)
    assert "http" not in json.dumps(MANIFEST)


def test_people_can_write_to_the_bot_and_have_a_home():
    assert MANIFEST["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


def test_the_commands_are_those_that_the_bot_answers(heard):
    declared = {command["command"] for command in MANIFEST["features"]["slash_commands"]}

    assert declared == heard["command"] == {commands.COMMAND}


def test_the_usage_hint_names_the_subcommands_and_mentions_come_escaped():
    (command,) = MANIFEST["features"]["slash_commands"]
    hinted = set(command["usage_hint"].strip("[]").split(" | "))

    asked = commands.WHY[0]
    assert hinted == {asked, *commands._FOR_PEOPLE, *commands.FOR_ANYBODY} - {""}
    assert command["should_escape"] is True


def test_the_events_are_those_that_the_bot_listens_to(heard):
    needed = set().union(*(EVENTS_OF_LISTENERS[name] for name in heard["event"]))

    assert set(MANIFEST["settings"]["event_subscriptions"]["bot_events"]) == needed


def test_buttons_and_shortcuts_are_declared_when_the_bot_listens_to_them(heard):
    interactive = bool(set(heard) & {"action", "view", "options", "shortcut"})

    assert MANIFEST["settings"]["interactivity"]["is_enabled"] is interactive
    known = {"command", "event", "action", "view"}
    assert not set(heard) - known, "declare the new kind in manifest.yml"


def test_the_rights_are_those_that_the_bot_uses_and_no_other(heard):
    needed = {"commands"} if "command" in heard else set()
    for method in called():
        needed |= SCOPES_OF_METHODS[method]
    for event in MANIFEST["settings"]["event_subscriptions"]["bot_events"]:
        needed |= SCOPES_OF_EVENTS[event]

    assert set(MANIFEST["oauth_config"]["scopes"]) == {"bot"}
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == needed
    assert {"users_list", "chat_postMessage", "conversations_history"} <= called()
