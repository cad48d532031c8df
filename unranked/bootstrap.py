"""Settings to Runtime: the only wiring, and the only reader of the clock and the settings."""

import gc
import logging
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from unranked import config_sources, connectors
from unranked.channels import slack
from unranked.channels.absent import Absent
from unranked.channels.base import Channel
from unranked.channels.slack import Slack
from unranked.config import Option, Settings
from unranked.connectors.base import Api, Connector
from unranked.domain.released import EPSILON
from unranked.domain.runtime import Clock, Ids, Sleeper
from unranked.errors import ConfigError
from unranked.llm import LanguageModel
from unranked.noise import laplace
from unranked.services.runtime import Connected, Progress, Runtime, Sending, silent
from unranked.store import KeyPlace, Store
from unranked.store.wrapping import Bare, Secret

_LOUD = (
    *("httpx", "httpcore", "httpx2", "httpcore2", "openai"),
    *("slack_sdk", "slack_bolt", "apscheduler", "uvicorn", "alembic"),
)
"""Libraries that would write addresses, request bodies or messages into the log."""

_OF_THE_CHAT = ("slack_bot_token", "slack_app_token", "slack_signing_secret")


def _ignore_wait(why: str, seconds: float) -> None:
    del why, seconds


@dataclass(frozen=True)
class Wiring:
    """What the outside is, for a demo or a test that brings its own.

    attempts, request_seconds: how often and how long a provider is asked before it counts as away.
    attempts_unanswered: how often where it gives no answer at all, if that is less often.
    asked_again: told of every wait for a provider: what was wrong, and for how many seconds.
    """

    clock: Clock = field(default=lambda: datetime.now(UTC))
    sleeper: Sleeper = time.sleep
    ids: Ids = field(default_factory=Ids)
    progress: Progress = silent
    attempts: int = 5
    request_seconds: float = 60.0
    attempts_unanswered: int = 5
    asked_again: Callable[[str, float], None] = _ignore_wait


def settings(*, needs_chat: bool = True) -> Settings:
    """Return the settings. Raises ConfigError for a wrong or unknown one.

    needs_chat: False for a command that needs no secret of the chat: one that is wrong counts as
    not set.
    """
    config_sources.refuse_unknown_names(_options_of_connectors())
    return config_sources.read(but=() if needs_chat else _OF_THE_CHAT)


def settings_around() -> tuple[Settings, list[ConfigError]]:
    """Return the settings with defaults in place of wrong ones, and all that is wrong."""
    chosen, wrong = config_sources.read_around()
    try:
        config_sources.refuse_unknown_names(_options_of_connectors())
    except ConfigError as error:
        if error.message not in {known.message for known in wrong}:
            wrong.append(error)
    return chosen, wrong


def _options_of_connectors() -> Mapping[str, tuple[Option, ...]]:
    return {slug: connector.options for slug, connector in connectors.found().items()}


def runtime(chosen: Settings, wiring: Wiring | None = None, *, needs_chat: bool = True) -> Runtime:
    """Return everything that the services need. Raises ConfigError or StoreError.

    needs_chat: False for a command that does its work without the chat's token, too.
    """
    wiring = wiring or Wiring()
    channel = _channel(chosen, wiring, needs_chat=needs_chat)
    model = language_model(chosen) if needs_chat else None
    providers = connected(wiring)
    return Runtime(
        store=Store.open(chosen.database_url, keys=key_place(chosen)),
        connectors=tuple(one for one in providers if one.connector.is_tool),
        sources=tuple(one for one in providers if not one.connector.is_tool),
        channel=channel,
        clock=wiring.clock,
        sleeper=wiring.sleeper,
        ids=wiring.ids,
        sending=Sending(
            apart=timedelta(seconds=chosen.send_seconds_apart),
            timeout=timedelta(seconds=chosen.send_timeout_seconds),
            settle=timedelta(seconds=chosen.send_settle_seconds),
        ),
        help_contact=chosen.help_contact,
        default_zone=chosen.default_zone,
        roster_csv=chosen.roster_csv,
        holidays=chosen.confirmed_holidays,
        ask_where=chosen.ask_where,
        noise=laplace(EPSILON) if chosen.strict_privacy else None,
        enablement=chosen.enablement_team,
        public_url=chosen.public_url if chosen.serves_http else "",
        progress=wiring.progress,
        model=model,
    )


def key_place(chosen: Settings) -> KeyPlace:
    """Return where the keys are, and what wraps them. Raises ConfigError for a wrong secret.

    A key management service in place of the secret would be made here: see `store.wrapping`.
    """
    secret = config_sources.keys_secret(chosen)
    return KeyPlace(chosen.keys_url, Secret(secret.encode()) if secret else Bare())


def language_model(chosen: Settings) -> LanguageModel | None:
    """Return the language model, None where none is set. Raises ConfigError where half of it is."""
    key = config_sources.model_key(chosen)
    if not key:
        return None
    return LanguageModel(chosen.model, key, base_url=chosen.model_base_url)


def _channel(chosen: Settings, wiring: Wiring, *, needs_chat: bool) -> Channel:
    if token := chosen.slack_bot_token.get_secret_value():
        return Slack(
            token,
            api_url=chosen.slack_api_url,
            timeout_seconds=chosen.send_timeout_seconds,
            sleeper=wiring.sleeper,
        )
    hint = "Copy the Bot User OAuth Token from the app's page, Install App, into it."
    if needs_chat:
        raise ConfigError("SLACK_BOT_TOKEN is not set.", hint=hint)
    return Absent(slack.NAME, hint=f"SLACK_BOT_TOKEN is not set, or is no token. {hint}")


def connected(wiring: Wiring) -> tuple[Connected, ...]:
    """Return the connectors that have a key. Raises ConfigError for a wrong setting."""
    found = (connection(connector, wiring) for connector in connectors.found().values())
    return tuple(one for one in found if one is not None)


def connection(connector: Connector, wiring: Wiring) -> Connected | None:
    """Return the connector with its key, None where it has none. Raises ConfigError."""
    slug = connector.slug
    given = config_sources.read_connector(slug, connector.options)
    key = config_sources.key(slug, given)
    if not key:
        return None
    _refuse_other_keys(connector, key)
    options = config_sources.options(slug, given, connector.options)
    base_url = given.base_url or connector.base_url
    return Connected(connector, _opener(connector, base_url, key, options, wiring))


def _refuse_other_keys(connector: Connector, key: str) -> None:
    auth = connector.auth
    for begins, what in auth.other_keys.items():
        if key.startswith(begins):
            raise ConfigError(
                f"What is set as the key for {connector.title} is {what}.",
                hint=f"Set UNRANKED_{connector.slug.upper()}_KEY to one from {auth.key_from}.",
            )


def _opener(
    connector: Connector, base_url: str, key: str, options: Mapping[str, str], wiring: Wiring
) -> Callable[[], AbstractContextManager[Api]]:
    from unranked.connectors import api  # noqa: PLC0415 - httpx is slow to import

    return partial(
        api.connected,
        connector,
        base_url=base_url,
        key=key,
        options=options,
        clock=wiring.clock,
        sleeper=wiring.sleeper,
        attempts=wiring.attempts,
        attempts_unanswered=wiring.attempts_unanswered,
        asked_again=wiring.asked_again,
        timeout_seconds=wiring.request_seconds,
    )


def collect_rarely() -> None:
    """Look for garbage in cycles a hundred times less often than Python does by itself.

    A sync and the segments make millions of objects that stay until the end: looking through them
    again and again took a fifth of their time.
    """
    gc.set_threshold(50_000, 20, 100)


def configure_logging(log_format: str) -> None:
    """Write the log to standard error: our own lines, and other libraries' errors only."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    logging.basicConfig(level=logging.ERROR)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.CRITICAL)
