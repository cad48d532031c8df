"""Every setting: its name, default and meaning, and what it must be. `config_sources` reads them.

What a value must be stands beside it in plain words, so that whatever is wrong with a setting, one
sentence says how to write it.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, ClassVar
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

PREFIX = "UNRANKED_"
ENV_FILE = ".env"
TOML_FILE = "unranked.toml"

_URL = re.compile(r"https?://[^\s/]+\S*")
_HOST = re.compile(r"[0-9A-Za-z._-]+")
_EXAMPLE = re.compile(
    r"(xox[be]-|xoxe\.xoxb-|xapp-|sk-|sk-ant-|ghp_|github_pat_)"
    r"|([a-z0-9]{1,7}[-_.]){0,3}(\.{2,}|…+|(x{3,}[-_]?)+|\*{3,}|<.*>)"
    r"|([a-z]{2,4}-)?(your[-_ ].*|change[-_ ]?me)",
    re.IGNORECASE,
)
"""A beginning alone, or one with dots, crosses or a description behind it."""

_SECRET_CHARACTERS = 32

NOT_FILLED_IN = "not_filled_in"
"""What is wrong with a secret that is an example still."""


@dataclass(frozen=True, slots=True)
class Must:
    """What a value must be: completes the sentence `UNRANKED_HTTP_PORT must ...`."""

    words: str


@dataclass(frozen=True, slots=True)
class Option:
    """A setting that one connector alone has, as UNRANKED_<SLUG>_<NAME>.

    must: as in `Must`. pattern: what the whole value matches. example: a value that does.
    needed: the connector does nothing without it; else it is an empty text where it is not set.
    """

    name: str
    must: str
    pattern: str
    example: str
    needed: bool = True


_ADDRESS = Must("be an address that begins with https:// or http://")


class Given(BaseSettings):
    """Settings that are read from the environment, `.env` and `unranked.toml`, strongest first.

    instead: values that win over all three, by the setting's alias or name.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
    )
    instead: ClassVar[Mapping[str, object]] = {}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources, strongest first; what the TOML file says comes in as `init`."""
        first = InitSettingsSource(settings_cls, init_kwargs=dict(cls.instead))
        return first, env_settings, dotenv_settings, init_settings


class Settings(Given):
    """All settings but the connectors' own."""

    database_url: Annotated[
        str, Must("be sqlite:///FILE, or postgresql://NAME@HOST/BASE, as text")
    ] = Field(
        "sqlite:///unranked.db",
        repr=False,  # it may hold a password
        description="Where everything is stored: sqlite:///FILE, or postgresql://... "
        "with the extra `postgres` installed. A SQLite file gets mode 0600.",
    )
    keys_url: Annotated[str, Must("be sqlite:///FILE, or postgresql://NAME@HOST/BASE")] = Field(
        "",
        repr=False,  # it may hold a password
        description="Where the keys are that people's names and ids are sealed with, apart from "
        "the database; empty: a file beside it, such as unranked-keys.db, with mode 0600.",
    )
    keys_secret: Annotated[
        SecretStr,
        Must("be a secret of at least 32 characters without a blank, drawn at random"),
    ] = Field(
        SecretStr(""),
        description="Wraps the keys, so that whoever has the key store alone cannot use them.",
    )
    keys_secret_file: Annotated[Path | None, Must("be the name of a file, as text")] = Field(
        None, description="A file that holds that secret instead."
    )
    keys_backup_days: Annotated[int, Must("be a whole number of days from 1 to 30")] = Field(
        7,
        ge=1,
        le=30,
        description="Days after which `unranked keys backup` deletes its own copies: for so long "
        "an erasure has not reached them.",
    )
    slack_bot_token: Annotated[
        SecretStr,
        Must("be the Bot User OAuth Token of the app's page, Install App; it begins with xoxb-"),
    ] = Field(
        SecretStr(""), validation_alias="SLACK_BOT_TOKEN", description="The bot's token, xoxb-..."
    )
    slack_signing_secret: Annotated[
        SecretStr,
        Must("be the Signing Secret of the app's page, Basic Information: one word, no token"),
    ] = Field(
        SecretStr(""),
        validation_alias="SLACK_SIGNING_SECRET",
        description="Proves that a request over HTTP comes from Slack.",
    )
    slack_app_token: Annotated[
        SecretStr,
        Must(
            "be an app-level token of the app's page, Basic Information; it begins with xapp-, "
            "and its scope is connections:write"
        ),
    ] = Field(
        SecretStr(""),
        validation_alias="SLACK_APP_TOKEN",
        description="The app-level token, xapp-...; with it Slack is reached by Socket Mode.",
    )
    slack_api_url: Annotated[str, _ADDRESS] = Field(
        "https://slack.com/api/",
        validation_alias="SLACK_API_URL",
        repr=False,  # it may hold a password
        description="Slack's Web API, or a stand-in for it.",
    )
    roster_csv: Annotated[Path | None, Must("be the name of a file, as text")] = Field(
        None, description="A CSV file that adds manager, department, working days and leave."
    )
    help_contact: Annotated[str, Must("be text on one line, of at most 200 characters")] = Field(
        "your AI enablement team",
        repr=False,  # it may name a person
        max_length=200,
        pattern=r"^[^\r\n]*$",
        description="Whom the button `Help me` names: a person, a channel or an address.",
    )
    default_zone: Annotated[str, Must("be a time zone such as Europe/Berlin")] = Field(
        "", description="The time zone of people whose own is unknown; empty: they get no nudge."
    )
    holidays: Annotated[
        str, Must("be days such as 2026-12-28, 2026-12-29, as one text with commas")
    ] = Field(
        "",
        description="Days on which the whole company rests, as 2026-12-28, 2026-12-29: little use "
        "on them is then normal, and does not hold up the figures.",
    )
    strict_privacy: Annotated[bool, Must("be true or false")] = Field(
        False,
        description="Strict mode: figures for managers get noise, so that even who knows everybody "
        "else's use learns little of one person. Needs the extra `strict`.",
    )
    ask_where: Annotated[bool, Must("be true or false")] = Field(
        False, description="Ask, after a weekly check-in, where the time went; rest is an answer."
    )
    enablement: Annotated[
        str,
        Must("be Slack ids of people or user groups such as U0AAAAAAA, S0BBBBBBB, with commas"),
    ] = Field(
        "",
        repr=False,  # they are people
        description="The enablement team: people or user groups of Slack who write campaigns on "
        "the Home tab, and see figures of the whole programme there.",
    )
    http: Annotated[bool | None, Must("be true or false")] = Field(
        None, description="Serve HTTP. By default only where Socket Mode is not used."
    )
    http_host: Annotated[
        str, Must("be an address of this machine such as 127.0.0.1, without http:// and port")
    ] = Field("127.0.0.1", description="The address that HTTP is served on.")
    http_port: Annotated[int, Must("be a whole number from 0 to 65535")] = Field(
        3000, ge=0, le=65535, description="The port; 0 picks a free one."
    )
    public_url: Annotated[
        str, Must("be the address that people's browsers reach, beginning with https://")
    ] = Field(
        "",
        repr=False,  # it may hold a password
        description="Where people's browsers reach the HTTP port, such as "
        "https://unranked.company.example: an export is then a link that works once, and no file "
        "in the chat.",
    )
    send_seconds_apart: Annotated[float, Must("be a number of seconds from 0 to 60")] = Field(
        1.0, ge=0, le=60, description="Seconds from one chat message to the next."
    )
    send_timeout_seconds: Annotated[float, Must("be a number of seconds above 0, up to 8")] = Field(
        6.0, gt=0, le=8, description="Seconds that one call of the chat may take."
    )
    send_settle_seconds: Annotated[float, Must("be a number of seconds from 1 to 3600")] = Field(
        60.0,
        ge=1,
        le=3600,
        description="Seconds before, and between, the two looks into a conversation "
        "that settle whether an unclear message arrived.",
    )
    model: Annotated[
        str, Must("be the model's name as its provider writes it: one word, as text")
    ] = Field(
        "",
        max_length=200,
        pattern=r"^[!-~]*$",
        description="The language model that puts a person's own figures into words beside them; "
        "empty: none, and nothing leaves.",
    )
    model_base_url: Annotated[str, _ADDRESS] = Field(
        "https://api.openai.com/v1",
        validation_alias="OPENAI_BASE_URL",
        repr=False,  # it may hold a password
        description="The language model's API: any that speaks OpenAI's chat completions.",
    )
    model_key: Annotated[
        SecretStr, Must("be the key as the provider shows it: one word, as text")
    ] = Field(
        SecretStr(""),
        validation_alias="OPENAI_API_KEY",
        description="The language model's key, of a project that may call it; no admin key.",
    )
    model_key_file: Annotated[Path | None, Must("be the name of a file, as text")] = Field(
        None,
        validation_alias="OPENAI_API_KEY_FILE",
        description="A file that holds the language model's key instead.",
    )
    log_format: Annotated[str, Must("be plain or json")] = Field(
        "plain", pattern="^(plain|json)$", description="plain or json lines."
    )

    @field_validator("slack_bot_token")
    @classmethod
    def _is_the_bots(cls, value: SecretStr) -> SecretStr:
        return _secret(value, begins=("xoxb-", "xoxe.xoxb-"))

    @field_validator("keys_url")
    @classmethod
    def _is_a_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql://")):
            raise ValueError
        return value

    @field_validator("keys_secret")
    @classmethod
    def _is_long_enough(cls, value: SecretStr) -> SecretStr:
        word = _secret(value)
        if word and not is_long_enough(word.get_secret_value()):
            raise ValueError
        return word

    @field_validator("slack_app_token")
    @classmethod
    def _is_app_level(cls, value: SecretStr) -> SecretStr:
        return _secret(value, begins=("xapp-",))

    @field_validator("slack_signing_secret")
    @classmethod
    def _is_no_token(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value().startswith(("xox", "xapp-")):
            raise ValueError
        return _secret(value)

    @field_validator("default_zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        if value and value not in available_timezones():
            raise ValueError
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _ends_in_a_slash(cls, value: str) -> str:
        return _address(value).rstrip("/") + "/"

    @field_validator("model_base_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return _address(value)

    @field_validator("model_key")
    @classmethod
    def _is_one_word(cls, value: SecretStr) -> SecretStr:
        return _secret(value)

    @field_validator("public_url")
    @classmethod
    def _is_private_on_its_way(cls, value: str) -> str:
        local = ("http://127.0.0.1", "http://localhost")
        if value and not _address(value).startswith(("https://", *local)):
            raise ValueError
        return value.rstrip("/")

    @field_validator("http_host")
    @classmethod
    def _is_a_host(cls, value: str) -> str:
        with suppress(ValueError):
            return str(ip_address(value))
        if not _HOST.fullmatch(value):
            raise ValueError
        return value

    @field_validator("holidays")
    @classmethod
    def _are_days(cls, value: str) -> str:
        return ",".join(date.fromisoformat(day).isoformat() for day in _pieces(value))

    @field_validator("enablement")
    @classmethod
    def _are_members(cls, value: str) -> str:
        if not all(re.fullmatch("[UWS][0-9A-Z]{2,20}", one) for one in _pieces(value)):
            raise ValueError
        return value

    @property
    def enablement_team(self) -> frozenset[str]:
        """The ids of `enablement`: of people and of groups."""
        return frozenset(_pieces(self.enablement))

    @property
    def confirmed_holidays(self) -> frozenset[date]:
        """The days of `holidays`."""
        return frozenset(date.fromisoformat(day) for day in _pieces(self.holidays))

    @property
    def socket_mode(self) -> bool:
        """Whether Slack is reached by Socket Mode."""
        return bool(self.slack_app_token.get_secret_value())

    @property
    def serves_http(self) -> bool:
        """Whether there is a port to listen on."""
        return not self.socket_mode if self.http is None else self.http


class ConnectorSettings(Given):
    """One connector's settings, as UNRANKED_<SLUG>_<NAME>. Without a key the connector is off."""

    key: Annotated[SecretStr, Must("be the key as the provider shows it: one word, as text")] = (
        Field(SecretStr(""), description="The admin key.")
    )
    key_file: Annotated[Path | None, Must("be the name of a file, as text")] = Field(
        None, description="A file that holds the key instead."
    )
    base_url: Annotated[str, _ADDRESS] = Field(
        "",
        repr=False,  # it may hold a password
        description="Another address for its API: a proxy, a test.",
    )

    @field_validator("key")
    @classmethod
    def _is_one_word(cls, value: SecretStr) -> SecretStr:
        return _secret(value)

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return _address(value) if value else value


def is_one_word(value: str) -> bool:
    """Return whether a secret can be sent: no blank, no line break, nothing but ASCII."""
    return value.isascii() and value.isprintable() and " " not in value


def is_long_enough(secret: str) -> bool:
    """Return whether a secret is long enough that nobody can try out all that are as long."""
    return len(secret) >= _SECRET_CHARACTERS


def is_example(value: str) -> bool:
    """Return whether it is what a page shows in place of a secret, such as `xoxb-...`."""
    return bool(_EXAMPLE.fullmatch(value))


def _secret(value: SecretStr, *, begins: tuple[str, ...] = ("",)) -> SecretStr:
    """Return the secret without what a copy left around it. Raises ValueError without it."""
    word = value.get_secret_value().strip()
    if is_example(word):
        raise PydanticCustomError(NOT_FILLED_IN, "It is an example.")
    if word and not (is_one_word(word) and word.startswith(begins)):
        raise ValueError
    return SecretStr(word)


def _address(value: str) -> str:
    if not _URL.fullmatch(value):
        raise ValueError
    return value


def _pieces(value: str) -> list[str]:
    return [piece for one in value.split(",") if (piece := one.strip())]
