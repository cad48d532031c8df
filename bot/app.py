"""The Bolt app: its listeners, and one place for errors."""

import logging
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog
from slack_bolt import App, BoltContext, BoltResponse
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk import WebClient

from bot import actions, campaign_editor, checkins, commands, home, messages, posting
from bot.identity import language_after_failure
from bot.reply import privately
from unranked import text
from unranked.config import Settings
from unranked.errors import ConfigError
from unranked.services import messages as texts
from unranked.services.runtime import Runtime

PATH = "/slack/events"
LISTENERS = 20
_SEEN_SECONDS = 0.1

log = structlog.get_logger("unranked.bot")


def build(settings: Settings, runtime: Runtime) -> App:
    """Return the app with all its listeners. Raises ConfigError where a secret is missing."""
    secret = settings.slack_signing_secret.get_secret_value()
    if not secret and not settings.socket_mode:
        raise ConfigError(
            "SLACK_SIGNING_SECRET is not set, and neither is SLACK_APP_TOKEN.",
            hint="Set the signing secret (Basic Information) to listen over HTTP, or an app-level "
            "token with connections:write to listen by Socket Mode.",
        )
    client = WebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        timeout=max(1, round(settings.send_timeout_seconds)),
        retry_handlers=[],
    )
    app = App(
        # Otherwise Bolt reads the source of every caller to find one. Not the name of our own log.
        name="slack",
        client=client,
        # Over Socket Mode nothing is signed, and Bolt asks for a secret all the same.
        signing_secret=secret or "unused",
        token_verification_enabled=False,
        listener_executor=ThreadPoolExecutor(LISTENERS),
        logger=_quiet(),
    )
    commands.register(app, runtime)
    actions.register(app, runtime)
    checkins.register(app, runtime)
    home.register(app, runtime)
    posting.register(app, runtime)
    campaign_editor.register(app, runtime)
    messages.register(app, runtime)

    @app.error
    def failed(error: Exception, body: dict[str, Any], context: BoltContext) -> BoltResponse | None:
        return _failed(runtime, error, body, context)

    return app


def wsgi(app: App) -> WSGIApplication:
    """Return the app as a WSGI door, to be mounted on `PATH`. What makes no sense gets 400."""
    slack = SlackRequestHandler(app, path=PATH)

    def door(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return slack(environ, start_response)
        except Exception:  # noqa: BLE001 - Bolt reads a body before it looks at its signature
            start_response("400 Bad Request", [("content-type", "text/plain")])
            return [b"Bad Request"]

    return door


def _failed(
    runtime: Runtime, error: Exception, body: dict[str, Any], context: BoltContext
) -> BoltResponse | None:
    """Log the kind of fault, and nothing that anybody wrote; tell the asker that it failed."""
    if context.authorize_result is None:
        # The signature is not known to be good: the body may name any address to answer to.
        log.error("request failed", error=type(error).__name__)
        return BoltResponse(status=400)
    log.error("listener failed", error=type(error).__name__, kind=str(body.get("type", "command")))
    if context.respond is not None and context.get("response_url"):
        with text.spoken(language_after_failure(runtime, context.user_id or "")):
            privately(context.respond, texts.plain("failed"))
    # Bolt takes the acknowledgement back when this returns. Who waits for it looks every hundredth
    # of a second: a listener that fails at once would be answered by 404, three seconds later.
    time.sleep(_SEEN_SECONDS)
    return None


def _quiet() -> logging.Logger:
    """Return a logger for Bolt that never writes a request's body."""
    logger = logging.getLogger("unranked.bolt")
    logger.setLevel(logging.CRITICAL)
    return logger
