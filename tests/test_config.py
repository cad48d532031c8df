import json
import logging
import os

import pytest
import structlog
from pydantic import SecretStr

from unranked import bootstrap, config, config_sources, connectors
from unranked.bootstrap import Wiring
from unranked.config import ConnectorSettings, Must, Settings
from unranked.errors import ConfigError

SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-4711-zebra",
    "SLACK_SIGNING_SECRET": "signing-4711-zebra",
    "SLACK_APP_TOKEN": "xapp-4711-zebra",
    "UNRANKED_DATABASE_URL": "postgresql://ada:pass-4711-zebra@127.0.0.1:1/base",
    "UNRANKED_OPENAI_KEY": "sk-4711-zebra",
    "OPENAI_API_KEY": "sk-4712-zebra",
    "UNRANKED_KEYS_URL": "postgresql://ada:pass-4711-zebra@127.0.0.1:1/keys",
    "UNRANKED_KEYS_SECRET": "secret-4711-zebra-secret-4711-zebra",
    "OPENAI_BASE_URL": "https://ada:pass-4711-zebra@127.0.0.1:1/v1",
    "SLACK_API_URL": "https://ada:pass-4711-zebra@127.0.0.1:1/api/",
    "UNRANKED_OPENAI_BASE_URL": "https://ada:pass-4711-zebra@127.0.0.1:1/v1",
    "UNRANKED_PUBLIC_URL": "https://ada:pass-4711-zebra@127.0.0.1:1",
    "UNRANKED_ENABLEMENT": "U4711ZEBRA, S4711ZEBRA",
    "UNRANKED_HELP_CONTACT": "zebra@corp.example",
}


HARMLESS = {"default_zone", "holidays", "http_host", "log_format", "model"}
"""Settings of text that hold neither a secret nor anything of a person."""

FILES = {"key_file", "model_key_file", "keys_secret_file"}


@pytest.fixture
def given(monkeypatch):
    def give(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return give


def key_of(slug):
    return config_sources.key(slug, config_sources.read_connector(slug))


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
            assert field.default is not None or name in {"roster_csv", "http", *FILES}, name


def test_the_enablement_team_may_be_written_as_the_page_shows_it(given):
    given(UNRANKED_ENABLEMENT=" U0AAAAAAA, S0BBBBBBB ,")

    assert bootstrap.settings().enablement_team == {"U0AAAAAAA", "S0BBBBBBB"}


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
    assert key_of("openai") == "toml"
    given(UNRANKED_OPENAI_KEY="environment")
    assert key_of("openai") == "environment"


def test_a_setting_that_is_set_to_nothing_is_as_good_as_not_set(given):
    given(UNRANKED_HTTP_PORT="", UNRANKED_ROSTER_CSV="", UNRANKED_OPENAI_KEY="")

    assert bootstrap.settings() == Settings()
    assert bootstrap.connected(Wiring()) == ()


# Every setting wrong in turn, in each of the three places

WRONG = {
    "database_url": [3],
    "slack_bot_token": ["xapp-zebra", "zebra", "xoxb-ze bra", "xoxb-zebra\u200b", 3],
    "slack_signing_secret": ["xoxb-zebra", "ze bra", "zebr\u00e4", True],
    "slack_app_token": ["xoxb-zebra", "zebra", 3],
    "slack_api_url": ["zebra.example/api", "ftp://zebra.example/api", "https://", "http://ze bra"],
    "roster_csv": [3, ["zebra.csv"]],
    "help_contact": ["zebra" * 41, 3],
    "default_zone": ["Zebra/Olympus", "CEST", 1],
    "strict_privacy": ["perhaps", 7],
    "ask_where": ["perhaps", 7],
    "enablement": ["ada@corp.example", "U0AAAAAAA U0BBBBBBB", "u0aaaaaaa", ["U0AAAAAAA"]],
    "holidays": ["28.12.2026", "2026-12-28 2026-12-29", "2026-02-30", ["2026-12-28"]],
    "http": ["zebra", "2"],
    "http_host": ["http://zebra", "127.0.0.1:3000", "ze bra", 1],
    "http_port": ["zebra", "70000", "-1", "3.5", [1]],
    "public_url": ["http://zebra.example", "zebra.example", "ftp://zebra.example", 3],
    "send_seconds_apart": ["-1", "zebra", "nan", "inf", "61"],
    "send_timeout_seconds": ["0", "60", "zebra", "nan"],
    "send_settle_seconds": ["0", "3601", "zebra", "1,5"],
    "model": ["zebra one", "zebra" * 41, "zebr\u00e4", 3],
    "model_base_url": ["zebra.example", "ftp://zebra.example", "https://", 3],
    "model_key": ["ze bra", "zebr\u00e4", "zebra\u200b", 3],
    "model_key_file": [3, ["zebra.key"]],
    "keys_url": ["zebra.db", "mysql://zebra/keys", "sqlite://zebra", 3],
    "keys_secret": ["zebra", "zebra " * 9, "zebr\u00e4" * 9, 3],
    "keys_secret_file": [3, ["zebra.key"]],
    "keys_backup_days": ["0", "31", "zebra", "1.5"],
    "log_format": ["zebra", "JSON", 1],
}
WRONG_OF_A_CONNECTOR = {
    "key": ["ze bra", "zebr\u00e4", 3],
    "key_file": [3],
    "base_url": ["zebra.example", "ftp://zebra.example", "//zebra.example", 3],
}
CASES = [
    *(("", field, value) for field, values in WRONG.items() for value in values),
    *(("openai", f, value) for f, values in WRONG_OF_A_CONNECTOR.items() for value in values),
]
OF_THE_LIBRARY = (
    "Input should",
    "Value error",
    "valid",
    "validation",
    "pydantic",
    "string",
    "Assert",
)


def kind_of(slug):
    return ConnectorSettings if slug else Settings


def name_of(slug, field):
    alias = kind_of(slug).model_fields[field].validation_alias
    return alias or f"UNRANKED_{slug}{'_' * bool(slug)}{field}".upper()


def started():
    """Read what a start reads."""
    bootstrap.settings()
    bootstrap.connected(Wiring())


def refused():
    """Return the ConfigError that a start ends with."""
    with pytest.raises(ConfigError) as error:
        started()
    return error.value


def check_words(error, slug, field, where):
    (must,) = [m for m in kind_of(slug).model_fields[field].metadata if isinstance(m, Must)]
    name = field if where == "unranked.toml" else name_of(slug, field)
    assert error.message.startswith(f"{name} in {where} must {must.words}.")
    assert error.hint == "Correct it there and start again."
    assert "zebra" not in "".join(map(repr, [error, error.__cause__])).lower() + str(error).lower()
    assert not any(words in error.message for words in OF_THE_LIBRARY)


def test_every_setting_is_wrong_in_turn_below():
    assert WRONG.keys() == Settings.model_fields.keys()
    assert WRONG_OF_A_CONNECTOR.keys() == ConnectorSettings.model_fields.keys()


@pytest.mark.parametrize(("slug", "field", "value"), [c for c in CASES if isinstance(c[2], str)])
def test_a_wrong_setting_of_the_environment_is_said_in_our_words(given, slug, field, value):
    given(**{name_of(slug, field): value})

    check_words(refused(), slug, field, "the environment")


@pytest.mark.parametrize(("slug", "field", "value"), [c for c in CASES if isinstance(c[2], str)])
def test_a_wrong_setting_of_the_env_file_is_said_in_our_words(tmp_path, slug, field, value):
    (tmp_path / ".env").write_text(f"{name_of(slug, field)}='{value}'\n", encoding="utf-8")

    check_words(refused(), slug, field, ".env")


@pytest.mark.parametrize(("slug", "field", "value"), CASES)
def test_a_wrong_setting_of_the_toml_file_is_said_in_our_words(tmp_path, slug, field, value):
    text = f"{field} = {json.dumps(value, ensure_ascii=False)}\n"
    table = f"[{slug}]\n" if slug else ""
    (tmp_path / "unranked.toml").write_text(table + text, encoding="utf-8")

    check_words(refused(), slug, field, "unranked.toml")


def test_all_that_is_wrong_is_said_at_once_with_where_each_one_stands(given, tmp_path):
    (tmp_path / "unranked.toml").write_text('log_format = "loud"\nhttp_port = 1\n')
    (tmp_path / ".env").write_text("UNRANKED_DEFAULT_ZONE=Mars\nUNRANKED_HTTP_PORT=many\n")
    given(UNRANKED_HTTP="perhaps")

    said = refused().message

    assert "UNRANKED_HTTP in the environment must be true or false." in said
    assert "UNRANKED_DEFAULT_ZONE in .env must be a time zone" in said
    assert "UNRANKED_HTTP_PORT in .env must be a whole number" in said
    assert "log_format in unranked.toml must be plain or json." in said


def test_what_a_copy_left_around_a_secret_is_no_part_of_it(given):
    given(SLACK_BOT_TOKEN=" xoxb-1\n", UNRANKED_OPENAI_KEY="sk-1 \r\n")

    assert bootstrap.settings().slack_bot_token == SecretStr("xoxb-1")
    assert key_of("openai") == "sk-1"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "::", "localhost", "bot.corp.example"])
def test_an_address_to_listen_on_is_taken_as_it_is_written(given, host):
    given(UNRANKED_HTTP_HOST=host)

    assert bootstrap.settings().http_host == host


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
    error = refused()

    assert error.message == f"There is no setting {name}."
    assert error.hint == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('databse_url = "sqlite:///zebra.db"', "Did you mean database_url?"),
        ('[openai]\nkei = "zebra"', "Did you mean key?"),
        ('[opnai]\nkey = "zebra"', "Did you mean openai?"),
        ('openai = "zebra"', "Write [openai] and its values below."),
        ('help_contact = "zebra', "Check its syntax"),
    ],
)
def test_a_slip_in_the_toml_file_is_refused_too(tmp_path, text, said):
    (tmp_path / "unranked.toml").write_text(text)
    error = refused()

    assert said in error.hint
    assert "zebra" not in str(error)


def test_the_line_of_the_toml_file_that_is_wrong_is_named(tmp_path):
    (tmp_path / "unranked.toml").write_text("http_port = 1\nhelp_contact zebra\n")

    assert refused().message == "unranked.toml cannot be read (line 2 is wrong)."


def test_an_unknown_name_in_the_env_file_is_refused_too(tmp_path):
    (tmp_path / ".env").write_text("UNRANKED_HTPT_PORT=1\n")

    assert refused().message == "There is no setting UNRANKED_HTPT_PORT in .env."


def test_a_line_of_the_env_file_that_is_no_setting_is_named_and_not_shown(tmp_path):
    (tmp_path / ".env").write_text("# keys\nUNRANKED_HTTP_PORT=1\n'zebra' is the key\n")
    error = refused()

    assert error.message == "Line 3 of .env cannot be read."
    assert "NAME=value" in error.hint
    assert "zebra" not in str(error)


@pytest.mark.parametrize("content", [b"\xff\xfeUNRANKED_HTTP_PORT=1", None])
def test_an_env_file_that_cannot_be_read_is_said(tmp_path, content):
    if content is None and os.geteuid() == 0:
        pytest.skip("root may read everything")
    (tmp_path / ".env").write_bytes(content or b"")
    if content is None:
        (tmp_path / ".env").chmod(0)

    assert refused().message.startswith(".env cannot be read (")


def test_a_key_can_stand_in_a_file(given, tmp_path):
    (tmp_path / "key").write_text("  sk-from-file\n")
    given(UNRANKED_OPENAI_KEY_FILE=str(tmp_path / "key"))

    assert key_of("openai") == "sk-from-file"
    assert [one.connector.slug for one in bootstrap.connected(Wiring())] == ["openai"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "cannot be read (FileNotFoundError)"),
        (b"\xff\xfe\x00", "cannot be read (UnicodeDecodeError)"),
        (b" \n", "is empty or holds more than a key"),
        (b"zebra one\nzebra two\n", "is empty or holds more than a key"),
    ],
)
def test_a_key_file_without_a_key_is_named_with_what_to_do(given, tmp_path, content, what):
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    given(UNRANKED_OPENAI_KEY_FILE=str(path))
    error = refused()

    assert error.message.startswith(f"The file of UNRANKED_OPENAI_KEY_FILE {what}")
    assert error.hint.startswith(("Point it at", "Put the key into it"))
    assert "zebra" not in str(error)
    assert str(path) not in str(error)  # it may be a key that stands in the wrong place


def test_a_key_and_a_key_file_at_once_are_refused(given, tmp_path):
    (tmp_path / "key").write_text("sk-from-file")
    given(UNRANKED_OPENAI_KEY_FILE=str(tmp_path / "key"), UNRANKED_OPENAI_KEY="sk-zebra")
    error = refused()

    assert error.message == "UNRANKED_OPENAI_KEY and UNRANKED_OPENAI_KEY_FILE are both set."
    assert error.hint == "Take one of them out."


OPTIONS = [(slug, one) for slug, c in connectors.found().items() for one in c.options]


@pytest.mark.parametrize(("slug", "option"), OPTIONS)
@pytest.mark.parametrize("value", ["zebra zebra", "https://zebra.example/"])
def test_a_wrong_option_of_a_connector_is_said_in_our_words(given, slug, option, value):
    name = f"UNRANKED_{slug}_{option.name}".upper()
    given(**{name: value})
    error = refused()

    assert error.message == f"{name} in the environment must {option.must}."
    given(**{name: option.example})
    started()


@pytest.mark.parametrize(("slug", "option"), [pair for pair in OPTIONS if pair[1].needed])
def test_an_option_that_a_connector_needs_is_asked_for_once_it_has_a_key(given, slug, option):
    started()
    given(**{f"UNRANKED_{slug}_KEY".upper(): "k"})
    error = refused()

    assert error.message == f"{f'UNRANKED_{slug}_{option.name}'.upper()} is not set."
    assert option.example in error.hint


# What `doctor` reads around


def test_where_nothing_is_wrong_doctor_reads_what_the_service_reads(given):
    given(UNRANKED_HTTP_PORT="1", SLACK_BOT_TOKEN="xoxb-1")

    assert config_sources.read_around() == (bootstrap.settings(), [])


@pytest.mark.parametrize("toml", ["http_port = 70000", "http_port = ", ""])
def test_what_is_right_is_read_around_what_is_wrong(given, tmp_path, toml):
    (tmp_path / "unranked.toml").write_text(f"{toml}\n")
    (tmp_path / ".env").write_text("UNRANKED_HTTP_HOST=localhost\nUNRANKED_DEFAULT_ZONE=Mars\n")
    given(SLACK_BOT_TOKEN="xoxb-1", SLACK_API_URL="zebra", UNRANKED_HELP_CONTACT="Ada")

    settings, wrong = config_sources.read_around()

    assert settings.slack_bot_token == SecretStr("xoxb-1")
    assert settings.help_contact == "Ada"
    assert settings.http_host == "localhost"
    assert (settings.slack_api_url, settings.http_port) == ("https://slack.com/api/", 3000)
    assert settings.default_zone == ""
    assert len(wrong) == (3 if toml else 2)
    assert all(isinstance(error, ConfigError) for error in wrong)


def test_an_env_file_that_cannot_be_read_leaves_the_rest(given, tmp_path):
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    given(UNRANKED_HTTP_PORT="many", UNRANKED_HELP_CONTACT="Ada")

    settings, wrong = config_sources.read_around()

    assert settings.help_contact == "Ada"
    assert [error.message.split(" ")[0] for error in wrong] == [".env", "UNRANKED_HTTP_PORT"]


def test_no_connector_has_a_name_that_a_setting_begins_with():
    for slug in connectors.found():
        assert not [field for field in Settings.model_fields if field.startswith(f"{slug}_")]


def test_no_secret_stands_in_any_form_of_the_settings(given):
    given(**SECRETS)
    settings, connector = bootstrap.settings(), config_sources.read_connector("openai")

    for shown in (repr(settings), str(settings), repr(connector), str(connector)):
        assert "zebra" not in shown.lower()
    assert settings.slack_bot_token == SecretStr(SECRETS["SLACK_BOT_TOKEN"])


@pytest.mark.parametrize("kind", [Settings, ConnectorSettings])
def test_a_setting_of_text_stays_out_of_every_repr_unless_it_is_known_to_be_harmless(kind):
    for name, field in kind.model_fields.items():
        if field.annotation in {str, SecretStr}:
            made = kind.model_construct(**{name: field.annotation("https://zebra@corp.example")})
            assert ("zebra" in repr(made) + str(made)) is (name in HARMLESS), name


def test_what_the_settings_hide_the_runtime_hides_too(given, tmp_path):
    database = {"UNRANKED_DATABASE_URL": f"sqlite:///{tmp_path / 'there.db'}"}
    given(**SECRETS | database | {"UNRANKED_KEYS_URL": "", "UNRANKED_HTTP": "true"})
    runtime = bootstrap.runtime(bootstrap.settings())
    runtime.store.close()

    assert "zebra" in runtime.public_url
    assert len(runtime.enablement) == 2
    assert "zebra" not in repr(runtime).lower()


@pytest.mark.parametrize("name", ["UNRANKED_HTTP_PORT", "UNRANKED_LOG_FORMAT", "SLACK_API_URL"])
def test_a_secret_in_the_wrong_place_is_not_repeated(given, name):
    given(**{name: "xoxb-4711-zebra"})
    error = refused()

    assert "zebra" not in "".join(map(repr, [error, error.__cause__])) + str(error)


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
