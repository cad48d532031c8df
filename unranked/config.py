"""Every setting: its name, default and meaning. Read once, from three places.

The environment wins over `.env`, which wins over `unranked.toml`. Only `bootstrap` reads them.
"""

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import available_timezones

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from unranked.errors import ConfigError

PREFIX = "UNRANKED_"
ENV_FILE = ".env"
TOML_FILE = "unranked.toml"
_S = TypeVar("_S", bound="_Read")


class _Read(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the name and place are the library's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources, strongest first; what the TOML file says comes in as `init`."""
        return env_settings, dotenv_settings, init_settings


class Settings(_Read):
    """All settings but the connectors' own."""

    database_url: str = Field(
        "sqlite:///unranked.db",
        repr=False,  # it may hold a password
        description="Where everything is stored: sqlite:///FILE, or postgresql://... "
        "with the extra `postgres` installed. A SQLite file gets mode 0600.",
    )
    slack_bot_token: SecretStr = Field(
        SecretStr(""), validation_alias="SLACK_BOT_TOKEN", description="The bot's token, xoxb-..."
    )
    slack_signing_secret: SecretStr = Field(
        SecretStr(""),
        validation_alias="SLACK_SIGNING_SECRET",
        description="Proves that a request over HTTP comes from Slack.",
    )
    slack_app_token: SecretStr = Field(
        SecretStr(""),
        validation_alias="SLACK_APP_TOKEN",
        description="The app-level token, xapp-...; with it Slack is reached by Socket Mode.",
    )
    slack_api_url: str = Field(
        "https://slack.com/api/",
        validation_alias="SLACK_API_URL",
        description="Slack's Web API, or a stand-in for it.",
    )
    roster_csv: Path | None = Field(
        None, description="A CSV file that adds manager, department, working days and leave."
    )
    help_contact: str = Field(
        "your AI enablement team",
        description="Whom the button `Help me` names: a person, a channel or an address.",
    )
    default_zone: str = Field(
        "", description="The time zone of people whose own is unknown; empty: they get no nudge."
    )
    holidays: str = Field(
        "",
        description="Days on which the whole company rests, as 2026-12-28, 2026-12-29: little use "
        "on them is then normal, and does not hold up the figures.",
    )
    http: bool | None = Field(
        None, description="Serve HTTP. By default only where Socket Mode is not used."
    )
    http_host: str = Field("127.0.0.1", description="The address that HTTP is served on.")
    http_port: int = Field(3000, ge=0, le=65535, description="The port; 0 picks a free one.")
    send_seconds_apart: float = Field(
        1.0, ge=0, le=60, description="Seconds from one chat message to the next."
    )
    send_timeout_seconds: float = Field(
        6.0, gt=0, le=8, description="Seconds that one call of the chat may take."
    )
    send_settle_seconds: float = Field(
        60.0,
        ge=1,
        le=3600,
        description="Seconds before, and between, the two looks into a conversation "
        "that settle whether an unclear message arrived.",
    )
    log_format: str = Field("plain", pattern="^(plain|json)$", description="plain or json lines.")

    @field_validator("default_zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        if value and value not in available_timezones():
            raise ValueError("is no time zone such as Europe/Berlin")
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _ends_in_a_slash(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/") + "/"

    @field_validator("holidays")
    @classmethod
    def _are_days(cls, value: str) -> str:
        try:
            return ",".join(date.fromisoformat(d.strip()).isoformat() for d in _pieces(value))
        except ValueError:
            raise ValueError("must be days such as 2026-12-28, with commas between them") from None

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


class ConnectorSettings(_Read):
    """One connector's settings, as UNRANKED_<SLUG>_<NAME>. Without a key the connector is off."""

    key: SecretStr = Field(SecretStr(""), description="The admin key.")
    key_file: Path | None = Field(None, description="A file that holds the key instead.")
    base_url: str = Field("", description="Another address for its API: a proxy, a test.")

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value

    def secret(self) -> str:
        """Return the key from the setting or from its file; empty when there is none."""
        if self.key_file is None:
            return self.key.get_secret_value().strip()
        try:
            return self.key_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"The key file {self.key_file} cannot be read ({type(error).__name__}).",
                hint="Point the setting ending in _KEY_FILE at a readable text file.",
            ) from error


def _pieces(value: str) -> list[str]:
    return [piece for piece in value.split(",") if piece.strip()]


def read() -> Settings:
    """Return the settings. Raises ConfigError naming each wrong one and what to do."""
    return _checked(Settings, PREFIX, _toml())


def read_connector(slug: str) -> ConnectorSettings:
    """Return the settings of the connector `slug`. Raises ConfigError."""
    table = _toml().get(slug, {})
    return _checked(ConnectorSettings, f"{PREFIX}{slug.upper()}_", table)


def refuse_unknown_names(slugs: Iterable[str]) -> None:
    """Raise ConfigError for a setting that nobody reads: most likely a slip of the pen."""
    slugs = set(slugs)
    _refuse_unknown_toml(slugs)
    known = {
        f"{PREFIX}{name}".upper()
        for name, field in Settings.model_fields.items()
        if field.validation_alias is None
    }
    known |= {
        f"{PREFIX}{slug}_{name}".upper()
        for slug in slugs
        for name in ConnectorSettings.model_fields
    }
    given = {*os.environ, *dotenv_values(ENV_FILE)}
    for name in sorted(given - known):
        if name.startswith(PREFIX):
            raise _no_setting(name, known)


def _refuse_unknown_toml(slugs: Iterable[str]) -> None:
    tables = dict.fromkeys(slugs, frozenset(ConnectorSettings.model_fields))
    for name, value in sorted(_toml().items()):
        if name not in tables:
            if name not in Settings.model_fields:
                raise _no_setting(name, {*Settings.model_fields, *tables}, f" in {TOML_FILE}")
        elif not isinstance(value, Mapping):
            raise ConfigError(
                f"{name} in {TOML_FILE} is no table.", hint=f"Write [{name}] and its values below."
            )
        elif unknown := sorted(value.keys() - tables[name]):
            raise _no_setting(unknown[0], tables[name], f" in [{name}] of {TOML_FILE}")


def _no_setting(name: str, known: Iterable[str], where: str = "") -> ConfigError:
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return ConfigError(
        f"There is no setting {name}{where}.",
        hint=f"Did you mean {close[0]}?" if close else "Take it out.",
    )


def _checked(kind: type[_S], prefix: str, given: Mapping[str, Any]) -> _S:
    try:
        return kind(_env_prefix=prefix, **given)
    except ValidationError as error:
        # `include_input=False`: a wrong value may be a secret that stands in the wrong place.
        wrong = error.errors(include_input=False, include_url=False)
        names = [_name(kind, prefix, str(one["loc"][0])) for one in wrong]
        raise ConfigError(
            "; ".join(
                f"{name}: {one['msg'].removeprefix('Value error, ')}"
                for name, one in zip(names, wrong, strict=True)
            )
            + ".",
            hint=f"Correct it in the environment, {ENV_FILE} or {TOML_FILE}, and start again.",
        ) from None


def _name(kind: type[_Read], prefix: str, field: str) -> str:
    known = kind.model_fields.get(field)
    if known is not None and isinstance(known.validation_alias, str):
        return known.validation_alias
    return field if field.isupper() else f"{prefix}{field.upper()}"


def _toml() -> Mapping[str, Any]:
    path = Path(TOML_FILE)
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{TOML_FILE} cannot be read ({type(error).__name__}).",
            hint="Check its syntax; every value is written as name = value.",
        ) from error
