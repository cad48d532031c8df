"""Slack by Socket Mode: the SDK's client, which leaves a connection so that nobody waits for it."""

import re
import struct
import time
from contextlib import suppress
from http.client import HTTPException

from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.websocket_client import SocketModeClient
from websocket import ABNF, STATUS_NORMAL, WebSocket, WebSocketApp, WebSocketException

from unranked.domain import unreachable
from unranked.errors import ConfigError

READER_SECONDS = 1.0
_CODE = re.compile("[a-z_]+")
_TROUBLE = {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}


class Client(SocketModeClient):
    """The SDK's client, which comes back half a second after a connection has ended.

    The SDK closes a connection under the thread that reads it. One time in seven that thread
    notices after ten seconds only: so long nobody was heard when Slack had asked to connect anew,
    and so long the end of the process took. Here the reader is woken, and closes it itself.
    """

    _open: WebSocket | None = None

    def opened(self, session: WebSocketApp) -> None:
        """Remember what has to be closed: the library lets go of it when Slack hangs up."""
        self._open = session.sock

    def connect(self) -> None:
        """Make a new connection the current one, and leave the old one."""
        old, self.current_session = self.current_session, None
        super().connect()
        self._leave(old)

    def close(self) -> None:
        """End the connection and every thread. What is at work on an envelope is waited for."""
        self.closed, self.auto_reconnect_enabled = True, False
        self.message_queue.put(None)  # else it is looked at again after a second only
        self.current_session_runner.event.set()
        self._leave(self.current_session)
        if self.current_session_runner.is_alive():
            self.current_session_runner.thread.join(READER_SECONDS)
        super().close()

    def _leave(self, session: WebSocketApp | None) -> None:
        """Say good-bye to Slack and wake the reader; close what nobody reads any more."""
        reading = None if session is None else session.sock
        if session is not None and reading is not None:
            session.keep_running = False
            with suppress(OSError, WebSocketException):
                reading.send(struct.pack("!H", STATUS_NORMAL), ABNF.OPCODE_CLOSE)
            reading.abort()  # type: ignore[no-untyped-call]  # the library gives no types here
        elif self._open is not None:
            self._open.shutdown()  # type: ignore[no-untyped-call]  # the same


def client(app: App, app_token: str) -> Client:
    """Return a client that gives what Slack brings to `app`, and is not connected yet."""

    def brought(made: BaseSocketModeClient, request: SocketModeRequest) -> None:
        started_at = time.time()
        send_response(made, request, run_bolt_app(app, request), started_at)

    made = Client(app_token, logger=app.logger, web_client=app.client)
    made.on_open_listeners.append(made.opened)
    made.socket_mode_request_listeners.append(brought)
    return made


def connect(made: Client) -> None:
    """Ask Slack where to connect to, and do. Raises ConfigError when it gives no address."""
    try:
        made.connect()
    except SlackApiError as error:
        raise _refused(error) from None
    except (OSError, HTTPException, WebSocketException) as error:
        raise _not_reached(unreachable.why(error)) from None


def _refused(error: SlackApiError) -> ConfigError:
    code = str(error.response["error"])
    if not _CODE.fullmatch(code):
        # A page of a proxy, or of Slack itself in an outage; the SDK takes all of it for the code.
        return _not_reached(f"HTTP {error.response.status_code}")
    if code in _TROUBLE:
        return _not_reached(code)
    return ConfigError(
        f"Slack refuses SLACK_APP_TOKEN ({code}).",
        hint="Make an app-level token with connections:write (Basic Information, App-Level "
        "Tokens); it begins with xapp-.",
    )


def _not_reached(why: str) -> ConfigError:
    return ConfigError(
        f"Slack cannot be reached for Socket Mode ({why}).",
        hint="Check the network, the proxy and SLACK_API_URL, and start again.",
    )
