import logging

import pytest
import structlog
from pydantic import SecretStr

from unranked import bootstrap, config
from unranked.bootstrap import Wiring
from unranked.config import Settings
from unranked.errors import ConfigError

SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-4711-zebra",
    "SLACK_SIGNING_SECRET": "signing-4711-zebra",
    "SLACK_APP_TOKEN": "xapp-4711-zebra",
    "UNRANKED_DATABASE_URL": "postgresql://ada:pass-4711-zebra@127.0.0.1:1/base",
    "UNRANKED_OPENAI_KEY": "sk-4711-zebra",
}


@pytest.fixture
def given(monkeypatch):
    def give(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return give


def test_without_anything_given_every_setting_has_its_default():
    settings = bootstrap.settings()

    assert settings.database_url == "sqlite:///unranked.db"
    assert settings.http_port == 3000
    assert settings.http_host == "127.0.0.1"
    assert settings.serves_http
    assert not settings.socket_mode


def test_every_setting_has_a_meaning_in_one_place():
    for kind in (Settings, config.ConnectorSettings):
        for name, field in kind.model_fields.items():
            assert field.description, name
            assert field.default is not None or name in {"roster_csv", "http", "key_file"}, name


def test_the_environment_wins_over_the_env_file_and_that_over_the_toml_file(given, tmp_path):
    (tmp_path / "unranked.toml").write_text(
        'help_contact = "toml"\nhttp_host = "toml"\nhttp_port = 1\n[openai]\nkey = "toml"\n'
    )
    (tmp_path / ".env").write_text("UNRANKED_HELP_CONTACT=env-file\nUNRANKED_HTTP_HOST=env-file\n")
    given(UNRANKED_HELP_CONTACT="environment")

    settings = bootstrap.settings()

    assert settings.help_contact == "environment"
    assert settings.http_host == "env-file"
    assert settings.http_port == 1
    assert config.read_connector("openai").secret() == "toml"
    given(UNRANKED_OPENAI_KEY="environment")
    assert config.read_connector("openai").secret() == "environment"


def test_a_setting_that_is_set_to_nothing_is_as_good_as_not_set(given):
    given(UNRANKED_HTTP_PORT="", UNRANKED_ROSTER_CSV="", UNRANKED_OPENAI_KEY="")

    assert bootstrap.settings() == Settings()
    assert bootstrap.connected(Wiring()) == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("UNRANKED_HTTP_PORT", "many"),
        ("UNRANKED_HTTP_PORT", "70000"),
        ("UNRANKED_DEFAULT_ZONE", "Mars/Olympus"),
        ("UNRANKED_LOG_FORMAT", "loud"),
        ("UNRANKED_SEND_SECONDS_APART", "-1"),
        ("UNRANKED_SEND_TIMEOUT_SECONDS", "60"),
        ("SLACK_API_URL", "slack.example/api"),
        ("SLACK_API_URL", "ftp://slack.example/api"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name_without_its_value(given, name, value):
    given(**{name: value})
    with pytest.raises(ConfigError) as refused:
        bootstrap.settings()

    assert refused.value.message.startswith(f"{name}: ")
    assert value not in str(refused.value)
    assert "Correct it" in refused.value.hint


@pytest.mark.parametrize("url", ["openai.example", "ftp://openai.example", "//openai.example"])
def test_a_wrong_address_of_a_connector_is_refused(given, url):
    given(UNRANKED_OPENAI_KEY="sk", UNRANKED_OPENAI_BASE_URL=url)
    with pytest.raises(ConfigError, match="UNRANKED_OPENAI_BASE_URL: must start with http"):
        bootstrap.connected(Wiring())


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("UNRANKED_DATABSE_URL", "Did you mean UNRANKED_DATABASE_URL?"),
        ("UNRANKED_OPENAI_KEI", "Did you mean UNRANKED_OPENAI_KEY?"),
        ("UNRANKED_QQQQQQQQQQQQQQQQ", "Take it out."),
    ],
)
def test_an_unknown_setting_is_refused_with_what_was_meant(given, name, meant):
    given(**{name: "zebra-4711"})
    with pytest.raises(ConfigError) as refused:
        bootstrap.settings()

    assert name in refused.value.message
    assert refused.value.hint == meant
    assert "zebra" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('databse_url = "sqlite:///zebra.db"', "Did you mean database_url?"),
        ('[openai]\nkei = "zebra"', "Did you mean key?"),
        ('[opnai]\nkey = "zebra"', "Did you mean openai?"),
        ('openai = "zebra"', "Write [openai] and its values below."),
        ('help_contact = "zebra', "Check its syntax"),
        ("http_port = 70000", "Correct it"),
    ],
)
def test_a_slip_in_the_toml_file_is_refused_too(tmp_path, text, said):
    (tmp_path / "unranked.toml").write_text(text)
    with pytest.raises(ConfigError) as refused:
        bootstrap.settings()

    assert said in refused.value.hint
    assert "zebra" not in str(refused.value)


def test_an_unknown_name_in_the_env_file_is_refused_too(tmp_path):
    (tmp_path / ".env").write_text("UNRANKED_HTPT_PORT=1\n")
    with pytest.raises(ConfigError, match="UNRANKED_HTPT_PORT"):
        bootstrap.settings()


def test_a_key_can_stand_in_a_file(given, tmp_path):
    (tmp_path / "key").write_text("  sk-from-file\n")
    given(UNRANKED_OPENAI_KEY_FILE=str(tmp_path / "key"))

    assert config.read_connector("openai").secret() == "sk-from-file"
    assert [one.connector.slug for one in bootstrap.connected(Wiring())] == ["openai"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_key_file_that_cannot_be_read_is_named_with_what_to_do(given, tmp_path, content):
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    given(UNRANKED_OPENAI_KEY_FILE=str(path))
    with pytest.raises(ConfigError) as refused:
        bootstrap.connected(Wiring())

    assert str(path) in refused.value.message
    assert "_KEY_FILE" in refused.value.hint


def test_no_secret_stands_in_any_form_of_the_settings(given):
    given(**SECRETS)
    settings, connector = bootstrap.settings(), config.read_connector("openai")

    for shown in (repr(settings), str(settings), repr(connector), str(connector)):
        assert "zebra" not in shown
    assert settings.slack_bot_token == SecretStr(SECRETS["SLACK_BOT_TOKEN"])


@pytest.mark.parametrize("name", ["UNRANKED_HTTP_PORT", "UNRANKED_LOG_FORMAT", "SLACK_API_URL"])
def test_a_secret_in_the_wrong_place_is_not_repeated(given, name):
    given(**{name: "xoxb-4711-zebra"})
    with pytest.raises(ConfigError) as refused:
        bootstrap.settings()

    chain = [refused.value, refused.value.__cause__]
    assert "zebra" not in "".join(map(repr, chain)) + str(refused.value)


def test_libraries_that_would_write_bodies_into_the_log_are_silent(caplog):
    levels = {name: logging.getLogger(name).level for name in bootstrap._LOUD}
    caplog.set_level(logging.DEBUG)
    bootstrap.configure_logging("json")
    try:
        for name in (
            "httpx",
            "slack_sdk.web.base_client",
            "apscheduler.scheduler",
            "uvicorn.error",
        ):
            logging.getLogger(name).error("zebra-4711")
        logging.getLogger("something.else").error("elephant")
    finally:
        structlog.reset_defaults()
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)

    assert "elephant" in caplog.text
    assert "zebra" not in caplog.text
