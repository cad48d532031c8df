"""Reads the settings: the environment wins over `.env`, which wins over `unranked.toml`.

Only `bootstrap` reads them. What is wrong is said by the setting's name and the place where it
stands, and never by its value: a secret may stand in the wrong place.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic import Field, ValidationError, create_model

from unranked.config import (
    ENV_FILE,
    NOT_FILLED_IN,
    PREFIX,
    TOML_FILE,
    ConnectorSettings,
    Given,
    Must,
    Option,
    Settings,
    is_example,
    is_long_enough,
    is_one_word,
)
from unranked.errors import ConfigError

_S = TypeVar("_S", bound=Given)
_F = TypeVar("_F")


def read(*, but: Collection[str] = ()) -> Settings:
    """Return the settings. Raises ConfigError naming each wrong one and what it must be.

    but: fields that are not needed: the default stands for one of them that is wrong.
    """
    settings, wrong = read_around(but=but)
    if wrong:
        raise _together(wrong)
    return settings


def read_around(*, but: Collection[str] = ()) -> tuple[Settings, list[ConfigError]]:
    """Return the settings with defaults in place of wrong ones, and what is wrong.

    but: fields of which it is not said when they are wrong.
    """
    wrong: list[ConfigError] = []
    given, dotenv = _or_nothing(_toml, wrong), _or_nothing(_dotenv, wrong)
    env_file = ENV_FILE if dotenv is not None else None
    try:
        return _made(Settings, PREFIX, given or {}, env_file=env_file), wrong
    except ValidationError as error:
        fields = _wrong_fields(Settings, error)
        said = {field: what for field, what in fields.items() if field not in but}
        wrong += _refusals(Settings, PREFIX, said, given or {}, dotenv or {})
        instead = {_key(Settings, field): Settings.model_fields[field].default for field in fields}
        kind = type("ReadAround", (Settings,), {"instead": instead, "__module__": __name__})
        return _made(kind, PREFIX, given or {}, env_file=env_file), wrong


def read_connector(slug: str, options: Iterable[Option] = ()) -> ConnectorSettings:
    """Return the settings of the connector `slug`, its own options too. Raises ConfigError."""
    table = _toml().get(slug, {})
    kind = _with_options(options)
    return _checked(kind, _prefix(slug), table if isinstance(table, Mapping) else {})


def options(slug: str, given: ConnectorSettings, wanted: Iterable[Option]) -> Mapping[str, str]:
    """Return the connector's own options by name. Raises ConfigError for one that is missing."""
    found: dict[str, str] = {}
    for one in wanted:
        found[one.name] = getattr(given, one.name)
        if one.needed and not found[one.name]:
            raise ConfigError(
                f"{_prefix(slug)}{one.name.upper()} is not set.",
                hint=f"It must {one.must}: for example {one.example}.",
            )
    return found


def _with_options(options: Iterable[Option]) -> type[ConnectorSettings]:
    fields: dict[str, Any] = {
        one.name: (
            Annotated[str, Must(one.must)],
            Field("", pattern=f"^(?:{one.pattern})?$", description=f"Must {one.must}."),
        )
        for one in options
    }
    return create_model("ConnectorSettings", __base__=ConnectorSettings, **fields)


def key(slug: str, given: ConnectorSettings) -> str:
    """Return a connector's key from its setting or its file; empty when it is off.

    Raises ConfigError for a file without a key, and where both are set.
    """
    return _key_or_file(f"{_prefix(slug)}KEY", given.key.get_secret_value(), given.key_file)


def model_key(given: Settings) -> str:
    """Return the language model's key as `key` does; empty when it is off.

    Raises ConfigError, too, where there is a model and no key.
    """
    if not given.model:
        return ""
    name = _name(Settings, PREFIX, "model_key")
    found = _key_or_file(name, given.model_key.get_secret_value(), given.model_key_file)
    if not found:
        raise ConfigError(
            f"{PREFIX}MODEL is set, and {name} is not.",
            hint=f"Set {name} to a key that may call the model; where its server asks for none, "
            f"to any word. Without {PREFIX}MODEL there is no language model.",
        )
    return found


def keys_secret(given: Settings) -> str:
    """Return the secret that wraps the keys, from its setting or its file; empty for none.

    Raises ConfigError for a file without one, for one that is too short, and where both are set.
    """
    name = _name(Settings, PREFIX, "keys_secret")
    found = _key_or_file(name, given.keys_secret.get_secret_value(), given.keys_secret_file)
    if found and not is_long_enough(found):
        raise ConfigError(
            f"The secret in the file of {name}_FILE is too short.",
            hint="Put at least 32 characters into it, drawn at random: `openssl rand -base64 32`.",
        )
    return found


def _key_or_file(name: str, value: str, path: Path | None) -> str:
    if path is None:
        return value
    if value:
        raise ConfigError(f"{name} and {name}_FILE are both set.", hint="Take one of them out.")
    try:
        found = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            # Not its path: a key that was written here by mistake must not be shown.
            f"The file of {name}_FILE cannot be read ({type(error).__name__}).",
            hint="Point it at a text file that the service may read, with nothing but the key.",
        ) from None
    if is_example(found):
        raise ConfigError(
            f"The file of {name}_FILE is not filled in: an example stands there.",
            hint="Put the key into it as the provider shows it.",
        )
    if not found or not is_one_word(found):
        raise ConfigError(
            f"The file of {name}_FILE is empty or holds more than a key.",
            hint="Put the key into it as the provider shows it: one word.",
        )
    return found


def refuse_unknown_names(connectors: Mapping[str, Iterable[Option]]) -> None:
    """Raise ConfigError for a setting that nobody reads: most likely a slip of the pen.

    connectors: each one's own options, by its slug.
    """
    tables = {
        slug: {*ConnectorSettings.model_fields, *(one.name for one in options)}
        for slug, options in connectors.items()
    }
    _refuse_unknown_toml(tables)
    known = {_name(Settings, PREFIX, field) for field in Settings.model_fields}
    for slug, fields in tables.items():
        known |= {f"{_prefix(slug)}{field.upper()}" for field in fields}
    for name in sorted({*os.environ, *_dotenv()} - known):
        if name.startswith(PREFIX):
            where = f" in {ENV_FILE}" if name not in os.environ else ""
            raise _no_setting(name, known, where)


def _refuse_unknown_toml(tables: Mapping[str, set[str]]) -> None:
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


def _no_setting(name: str, known: Iterable[str], where: str) -> ConfigError:
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return ConfigError(
        f"There is no setting {name}{where}.",
        hint=f"Did you mean {close[0]}?" if close else "Take it out.",
    )


def _checked(kind: type[_S], prefix: str, given: Mapping[str, Any]) -> _S:
    dotenv = _dotenv()  # first, so that a file that cannot be read is said in our words
    try:
        return _made(kind, prefix, given)
    except ValidationError as error:
        wrong = _refusals(kind, prefix, _wrong_fields(kind, error), given, dotenv)
        raise _together(wrong) from None


def _made(
    kind: type[_S], prefix: str, given: Mapping[str, Any], *, env_file: str | None = ENV_FILE
) -> _S:
    return kind(_env_prefix=prefix, _env_file=env_file, **given)


def _or_nothing(read_file: Callable[[], _F], wrong: list[ConfigError]) -> _F | None:
    """Return what the file holds; None for one that cannot be read, which is added to `wrong`."""
    try:
        return read_file()
    except ConfigError as error:
        wrong.append(error)
        return None


def _wrong_fields(kind: type[Given], error: ValidationError) -> dict[str, str]:
    """Return the fields that are wrong, and the library's word for what is wrong with them.

    The library names some fields by their alias.
    """
    fields = {_key(kind, field): field for field in kind.model_fields}
    places = error.errors(include_input=False, include_url=False, include_context=False)
    named = {str(place["loc"][0]): place["type"] for place in places}
    return {fields.get(name, name): what for name, what in named.items()}


def _together(wrong: Sequence[ConfigError]) -> ConfigError:
    """Return all of it as one error: a line for each, and every hint once."""
    hints = dict.fromkeys(error.hint for error in wrong)
    return ConfigError("\n".join(error.message for error in wrong), hint="\n".join(hints))


def _refusals(
    kind: type[Given],
    prefix: str,
    wrong: Mapping[str, str],
    toml: Mapping[str, Any],
    dotenv: Mapping[str, str | None],
) -> list[ConfigError]:
    found = []
    for field, what in wrong.items():
        must = next(m for m in kind.model_fields[field].metadata if isinstance(m, Must))
        name = _name(kind, prefix, field)
        if _holds(os.environ, name):
            where = f"{name} in the environment"
        elif field not in toml or _holds(dotenv, name):
            where = f"{name} in {ENV_FILE}"
        else:
            where = f"{field} in {TOML_FILE}"
        hint = "Correct it there and start again."
        if what == NOT_FILLED_IN:
            where = f"{where} is not filled in: an example stands there. It"
            hint = "Put the value there, or take the line out where you have none, and start again."
        found.append(ConfigError(f"{where} must {must.words}.", hint=hint))
    return found


def _holds(values: Mapping[str, str | None], name: str) -> bool:
    return any(found.upper() == name and value for found, value in values.items())


def _key(kind: type[Given], field: str) -> str:
    return str(kind.model_fields[field].validation_alias or field)


def _name(kind: type[Given], prefix: str, field: str) -> str:
    alias = kind.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else f"{prefix}{field}".upper()


def _prefix(slug: str) -> str:
    return f"{PREFIX}{slug.upper()}_"


def _dotenv() -> Mapping[str, str | None]:
    """Return what `.env` holds. Raises ConfigError naming a line that cannot be read."""
    path = Path(ENV_FILE)
    if not path.is_file():
        return {}
    try:
        with path.open(encoding="utf-8") as stream:
            wrong = [bound.original.line for bound in parse_stream(stream) if bound.error]
        if not wrong:
            return dotenv_values(path)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{ENV_FILE} cannot be read ({type(error).__name__}).",
            hint="Make it a text file in UTF-8 that belongs to whoever runs the service.",
        ) from None
    raise ConfigError(
        f"Line {wrong[0]} of {ENV_FILE} cannot be read.",
        hint="Write every setting as NAME=value, and comments behind a #.",
    )


def _toml() -> Mapping[str, Any]:
    path = Path(TOML_FILE)
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f"line {line[1]} is wrong" if line else type(error).__name__
        raise ConfigError(
            f"{TOML_FILE} cannot be read ({where}).",
            hint='Check its syntax; every value is written as name = "value".',
        ) from None
