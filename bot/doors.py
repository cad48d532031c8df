"""Listen to Slack: by Socket Mode where there is an app-level token, else over HTTP."""

from collections.abc import Iterator, Mapping
from itertools import chain, repeat
from threading import Event, Thread
from typing import Any

import structlog
from slack_bolt import App

from bot import app as slack
from bot import socket_mode
from unranked.channels import slack_checks
from unranked.config import Settings
from unranked.errors import ChannelAwayError, ConfigError, UnrankedError
from unranked.services.runtime import Runtime
from unranked.web import Server, application

SERVER_SECONDS = 2
LISTENERS_SECONDS = 2.0
NOT_ASKED = "Slack did not say yet whether it takes SLACK_BOT_TOKEN."

log = structlog.get_logger("unranked.bot")


class Doors:
    """The open doors of one process. `close` ends them."""

    def __init__(self, settings: Settings, runtime: Runtime, *, listen: bool = True) -> None:
        self._settings, self._runtime = settings, runtime
        self._app: App | None = slack.build(settings, runtime) if listen else None
        self._server: Server | None = None
        self._socket: socket_mode.Client | None = None
        self._ending: Thread | None = None
        self._awaits = ""

    def open(self, ended: Event | None = None) -> int | None:
        """Start to listen; return the port where there is one.

        ended: with it Slack is asked before anything else whether it takes the bot token, and
        asked again while it gives no answer, until this is set. Without it nobody is asked.
        Raises ConfigError, and ChannelError for a token that Slack refuses.
        """
        if not (self._app is None or self._settings.socket_mode or self._settings.serves_http):
            raise ConfigError(
                "UNRANKED_HTTP is off, and SLACK_APP_TOKEN is not set: nobody could be heard.",
                hint="Take UNRANKED_HTTP out, or set SLACK_APP_TOKEN.",
            )
        port = None
        self._awaits = "" if ended is None else NOT_ASKED
        if self._settings.serves_http:
            self._server = Server(
                application(self._runtime, self._http_doors(), awaits=lambda: self._awaits),
                host=self._settings.http_host,
                port=self._settings.http_port,
                stop_seconds=SERVER_SECONDS,
            )
            port = self._server.start()
        try:
            if ended is None or self._logged_in(ended):
                self._connect()
        except UnrankedError:
            self.close()
            raise
        return port

    def _logged_in(self, ended: Event) -> bool:
        """Ask until Slack takes the bot token; return False when the process is to end before."""
        token = self._settings.slack_bot_token.get_secret_value()
        for wait_seconds in _patience():
            try:
                slack_checks.login(
                    token,
                    api_url=self._settings.slack_api_url,
                    timeout_seconds=self._settings.send_timeout_seconds,
                )
            except ChannelAwayError as error:
                self._awaits = str(error)
                log.warning(
                    "slack gives no answer",
                    error=error.message,
                    hint=error.hint,
                    asked_again_in_seconds=wait_seconds,
                )
            else:
                self._awaits = ""
                return True
            if ended.wait(wait_seconds):
                break
        return False

    def _connect(self) -> None:
        if self._app is not None and self._settings.socket_mode:
            token = self._settings.slack_app_token.get_secret_value()
            self._socket = socket_mode.client(self._app, token)
            socket_mode.connect(self._socket)

    def close(self, *, within_seconds: float = LISTENERS_SECONDS) -> bool:
        """Take nothing more and let what is under way end; return whether it ended in time."""
        if self._server is not None:
            self._server.stop()
        if self._ending is None:
            self._ending = Thread(target=self._end, daemon=True)
            self._ending.start()
        self._ending.join(within_seconds)
        return not self._ending.is_alive()

    def _end(self) -> None:
        """Leave Slack, and wait for listeners that are at work after their acknowledgement."""
        if self._socket is not None:
            self._socket.close()
        if self._app is not None:
            self._app.listener_runner.listener_executor.shutdown()

    def _http_doors(self) -> Mapping[str, Any]:
        if self._app is None or self._settings.socket_mode:
            return {}
        return {slack.PATH: slack.wsgi(self._app)}


def _patience() -> Iterator[float]:
    """Yield how long to wait after each question that had no answer."""
    return chain((1.0, 5.0, 15.0), repeat(30.0))
