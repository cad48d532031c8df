"""What a page shows in place of a secret is not taken for one."""

import re
from pathlib import Path

import pytest

from unranked import bootstrap, config_sources
from unranked.bootstrap import Wiring
from unranked.config import is_example
from unranked.errors import ConfigError

ROOT = Path(__file__).parents[1]
EXAMPLES = {
    "SLACK_BOT_TOKEN": [
        *("xoxb-...", "xoxb-…", "xoxb-", "...", "xoxb-xxx", "xoxb-XXXX-XXXX-xxxx", "xoxe.xoxb-..."),
        *(
            "xoxb-your-token",
            "<bot token>",
            "your token here",
            "changeme",
            " xoxb-... ",
            "xoxb-***",
        ),
    ],
    "SLACK_APP_TOKEN": ["xapp-...", "xapp-", "...", "xapp-1-..."],
    "SLACK_SIGNING_SECRET": ["...", "<signing secret>", "your-signing-secret", "xxxxxxxx"],
}
KEYS = ["...", "sk-ant-...", "sk-ant-admin-...", "sk-...", "ghp_xxxx", "<key>", "your_key", "sk-"]
SECRETS = [
    *("xoxb-made-up", "xoxb-2345-6789-AbCdEfGhIjKl", "xapp-1-A1B2-345-0a1b2c", "sk-a", "sk"),
    *("sk-ant-admin01-abc...def", "ghp_0123456789abcdef", "0a1b2c3d4e5f", "sk-proj-x-your-w"),
]


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in EXAMPLES.items() for value in values]
)
def test_an_example_in_place_of_slacks_secret_is_refused_as_not_filled_in(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as refused:
        bootstrap.settings()

    said = refused.value.message
    assert said.startswith(f"{name} in the environment is not filled in: an example stands there.")
    assert "app's page" in said
    assert refused.value.hint.startswith("Put the value there")


@pytest.mark.parametrize("value", KEYS)
def test_an_example_in_place_of_a_key_is_refused_in_every_place(monkeypatch, tmp_path, value):
    said = r"is not filled in: an example stands there\."
    (tmp_path / "unranked.toml").write_text(f'[openai]\nkey = "{value}"\n')
    with pytest.raises(ConfigError, match=rf"^key in unranked.toml {said}"):
        bootstrap.connected(Wiring())
    (tmp_path / ".env").write_text(f"UNRANKED_OPENAI_KEY='{value}'\n")
    with pytest.raises(ConfigError, match=rf"^UNRANKED_OPENAI_KEY in .env {said}"):
        bootstrap.connected(Wiring())
    (tmp_path / "unranked.toml").unlink()
    (tmp_path / ".env").unlink()
    (tmp_path / "key").write_text(f"{value}\n")
    monkeypatch.setenv("UNRANKED_OPENAI_KEY_FILE", "key")
    with pytest.raises(ConfigError, match=rf"^The file of UNRANKED_OPENAI_KEY_FILE {said}"):
        bootstrap.connected(Wiring())


@pytest.mark.parametrize("value", SECRETS)
def test_a_secret_is_no_example(monkeypatch, value):
    assert not is_example(value)
    monkeypatch.setenv("UNRANKED_OPENAI_KEY", value)

    assert config_sources.key("openai", config_sources.read_connector("openai")) == value


def test_every_example_of_the_pages_is_known_for_one():
    shown = [
        value
        for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
        for value in re.findall(
            r"^ *(?:SLACK_\w+(?:TOKEN|SECRET)|UNRANKED_\w+_KEY)=(\S+)",
            page.read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    ]

    assert len(shown) > 5
    assert [value for value in shown if not is_example(value)] == []


def test_a_wrong_secret_that_is_no_example_is_said_as_before(monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xapp-zebra")
    with pytest.raises(ConfigError, match=r"^SLACK_BOT_TOKEN in the environment must be") as wrong:
        bootstrap.settings()

    assert wrong.value.hint == "Correct it there and start again."
