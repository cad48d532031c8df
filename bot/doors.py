"""Listen to Slack: by Socket Mode where there is an app-level token, else over HTTP."""

from collections.abc import Mapping
from threading import Thread
from typing import Any

from slack_bolt import App
from slack_sdk.errors import SlackApiError
from websocket import WebSocketException

from bot import app as slack
from unranked.config import Settings
from unranked.errors import ConfigError
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
        self._socket: Any = None

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
            self._socket = _connected(self._app, self._settings)
        return port

    def close(self, *, within_seconds: float = LISTENERS_SECONDS) -> bool:
        """Take nothing more and let what is under way end; return whether it ended in time."""
        if self._socket is not None:
            self._socket.close()
        if self._server is not None:
            self._server.stop()
        return self._app is None or _ended(self._app, within_seconds)

    def _http_doors(self) -> Mapping[str, Any]:
        if self._app is None or self._settings.socket_mode:
            return {}
        return {slack.PATH: slack.wsgi(self._app)}


def _ended(app: App, within_seconds: float) -> bool:
    """Let listeners end that are at work after their acknowledgement; return whether they did."""
    ending = Thread(target=app.listener_runner.listener_executor.shutdown, daemon=True)
    ending.start()
    ending.join(within_seconds)
    return not ending.is_alive()


def _connected(app: App, settings: Settings) -> Any:  # noqa: ANN401 - the SDK has no common type
    """Return an open Socket Mode connection. Raises ConfigError when Slack gives none."""
    socket = _socket_mode(app, settings)
    try:
        socket.connect()
    except SlackApiError as error:
        data = error.response.data
        code = data.get("error", "no answer") if isinstance(data, dict) else "no answer"
        raise ConfigError(
            f"Slack refuses SLACK_APP_TOKEN ({code}).",
            hint="Make an app-level token with connections:write (Basic Information, App-Level "
            "Tokens); it begins with xapp-.",
        ) from None
    except (OSError, WebSocketException) as error:
        raise ConfigError(
            f"Slack cannot be reached for Socket Mode ({type(error).__name__}).",
            hint="Check the network, the proxy and SLACK_API_URL, and start again.",
        ) from None
    return socket


def _socket_mode(app: App, settings: Settings) -> Any:  # noqa: ANN401 - the SDK has no common type
    # This client comes back half a second after a cut connection; the built-in one took 58 s.
    from slack_bolt.adapter.socket_mode.websocket_client import (  # noqa: PLC0415 - not for HTTP
        SocketModeHandler,
    )

    return SocketModeHandler(app, settings.slack_app_token.get_secret_value())
