"""Listen to Slack: by Socket Mode where there is an app-level token, else over HTTP."""

from collections.abc import Mapping
from threading import Thread
from typing import Any

from slack_bolt import App

from bot import app as slack
from bot import socket_mode
from unranked.config import Settings
from unranked.services.runtime import Runtime
from unranked.web import Server, application

SERVER_SECONDS = 2
LISTENERS_SECONDS = 2.0


class Doors:
    """The open doors of one process. `close` ends them."""

    def __init__(self, settings: Settings, runtime: Runtime, *, listen: bool = True) -> None:
        self._settings, self._runtime = settings, runtime
        self._app: App | None = slack.build(settings, runtime) if listen else None
        self._server: Server | None = None
        self._socket: socket_mode.Client | None = None
        self._ending: Thread | None = None

    def open(self) -> int | None:
        """Start to listen; return the port where there is one. Raises ConfigError."""
        port = None
        if self._settings.serves_http:
            self._server = Server(
                application(self._runtime, self._http_doors()),
                host=self._settings.http_host,
                port=self._settings.http_port,
                stop_seconds=SERVER_SECONDS,
            )
            port = self._server.start()
        if self._app is not None and self._settings.socket_mode:
            token = self._settings.slack_app_token.get_secret_value()
            self._socket = socket_mode.client(self._app, token)
            socket_mode.connect(self._socket)
        return port

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
