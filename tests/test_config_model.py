"""The settings of the language model: off by default, and never half on."""

import pytest

from unranked import bootstrap
from unranked.bootstrap import Wiring
from unranked.errors import ConfigError

KEYS = {"OPENAI_API_KEY": "sk-zebra", "OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}


@pytest.fixture
def given(monkeypatch):
    def give(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return give


def model():
    return bootstrap.language_model(bootstrap.settings())


def refused():
    with pytest.raises(ConfigError) as error:
        model()
    assert "zebra" not in str(error.value)
    return error.value


def test_there_is_none_unless_one_is_named(given):
    assert model() is None
    given(**KEYS)  # another program's, perhaps
    assert model() is None
    given(UNRANKED_MODEL="")
    assert model() is None


def test_a_name_and_a_key_are_enough_and_the_address_is_openais(given):
    given(UNRANKED_MODEL="made-up-1", OPENAI_API_KEY="sk-zebra")
    found = model()

    assert (found.name, found.base_url) == ("made-up-1", "https://api.openai.com/v1")
    assert found.host == "api.openai.com"


@pytest.mark.parametrize("name", ["gpt-made-up", "org/model:7b", "accounts/a/models/b@2026-01-01"])
def test_a_name_is_taken_as_its_provider_writes_it(given, name):
    given(UNRANKED_MODEL=name, **KEYS)

    assert model().name == name
    assert model().host == "127.0.0.1:1"


def test_the_settings_can_stand_in_a_file(tmp_path):
    (tmp_path / "key").write_text(" sk-zebra\n")
    (tmp_path / "unranked.toml").write_text(
        'model = "made-up-1"\nmodel_key_file = "key"\nmodel_base_url = "https://m.example/v1"\n'
    )

    assert (model().name, model()._key, model().host) == ("made-up-1", "sk-zebra", "m.example")


def test_a_model_without_a_key_is_refused_with_what_to_do(given):
    given(UNRANKED_MODEL="made-up-1")
    error = refused()

    assert error.message == "UNRANKED_MODEL is set, and OPENAI_API_KEY is not."
    assert "to any word" in error.hint
    given(SLACK_BOT_TOKEN="xoxb-1", UNRANKED_DATABASE_URL="sqlite:///never.db")
    with pytest.raises(ConfigError, match="UNRANKED_MODEL is set"):
        bootstrap.runtime(bootstrap.settings(), Wiring())


def test_a_command_that_needs_no_model_starts_without_its_key(given, tmp_path):
    given(UNRANKED_MODEL="made-up-1", UNRANKED_DATABASE_URL=f"sqlite:///{tmp_path / 'there.db'}")
    runtime = bootstrap.runtime(bootstrap.settings(needs_chat=False), needs_chat=False)
    runtime.store.close()

    assert runtime.model is None


def test_a_key_and_its_file_at_once_are_refused(given, tmp_path):
    (tmp_path / "key").write_text("sk-zebra")
    given(UNRANKED_MODEL="made-up-1", OPENAI_API_KEY_FILE="key", **KEYS)

    assert refused().message == "OPENAI_API_KEY and OPENAI_API_KEY_FILE are both set."


@pytest.mark.parametrize("content", [None, b"", b"zebra one\n", b"\xff\xfe", b"sk-..."])
def test_a_file_without_a_key_is_refused(given, tmp_path, content):
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    given(UNRANKED_MODEL="made-up-1", OPENAI_API_KEY_FILE="key")

    assert refused().message.startswith("The file of OPENAI_API_KEY_FILE ")


def test_an_example_in_place_of_the_key_is_refused(given):
    given(UNRANKED_MODEL="made-up-1", OPENAI_API_KEY="sk-...")

    assert refused().message.startswith("OPENAI_API_KEY in the environment is not filled in")


def test_the_key_reaches_the_runtime_and_no_form_of_it(given, tmp_path):
    given(
        UNRANKED_MODEL="made-up-1",
        SLACK_BOT_TOKEN="xoxb-1",
        UNRANKED_DATABASE_URL=f"sqlite:///{tmp_path / 'there.db'}",
        **KEYS,
    )
    runtime = bootstrap.runtime(bootstrap.settings())
    runtime.store.close()

    assert runtime.model is not None
    assert runtime.model.name == "made-up-1"
    assert "zebra" not in repr(runtime)
