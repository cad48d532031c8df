"""Whether Slack takes our tokens, for an operator: one call each, which changes nothing.

Source: slack.md 3, 5 and 7. The answer to `auth.test` names the token's rights in a header.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from unranked.domain import unreachable
from unranked.errors import ChannelAwayError, ChannelError

RIGHTS: Mapping[str, str] = {
    "chat:write": "to send the bot's own messages",
    "commands": "for /tokens",
    "files:write": "to give people what is kept of them, as a file",
    "im:history": "to hear people, and to look for a message whose arrival is unclear",
    "im:write": "to open the conversation with a person",
    "usergroups:read": "to know who is in the user group of the enablement team",
    "users:read": "to know who is here, in which time zone",
    "users:read.email": "to tie a provider's account to a person",
}
"""The rights that the bot needs, as manifest.yml asks for them, and what each is for."""

OF_GROUPS = "usergroups:read"
"""The one of them that is needed only where the enablement team is a user group."""

_BOT_HINT = "Install the app anew (Install App) and copy its bot token into SLACK_BOT_TOKEN."
_APP_HINT = (
    "Make an app-level token with connections:write (Basic Information, App-Level Tokens), set "
    "SLACK_APP_TOKEN, and see that Socket Mode is on in the app."
)

_GROUPS: Mapping[str, str] = {
    "missing_scope": "Give the app usergroups:read, as manifest.yml has it, and install it again.",
    "plan_upgrade_required": "User groups need a paid plan of Slack: list people's ids instead.",
    "no_such_subteam": "Copy the id of the group from its profile in Slack; it begins with S.",
}
"""What to do where a user group cannot be read (slack.md 8, 15)."""

_WAIT = {"ratelimited", "rate_limited", "team_added_to_org"}
_TROUBLE = {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}


@dataclass(frozen=True, slots=True)
class Login:
    """Whose a bot token is.

    workspace: Slack's id of it. rights: None where Slack does not name them.
    at: Slack's own time, None where it does not say it.
    """

    workspace: str = field(repr=False)
    rights: frozenset[str] | None
    at: datetime | None


def login(token: str, *, api_url: str, timeout_seconds: float) -> Login:
    """Return whose the bot token is.

    Raises ChannelError when Slack does not take it, ChannelAwayError when it gives no answer.
    """
    try:
        answer = _client(token, api_url, timeout_seconds).auth_test()
    except (SlackApiError, OSError, HTTPException) as error:
        raise _refused("SLACK_BOT_TOKEN", error, _BOT_HINT) from None
    rights = _header(answer, "x-oauth-scopes")
    return Login(
        workspace=str(answer.get("team_id") or answer.get("enterprise_id") or ""),
        rights=frozenset(re.split(r"[,\s]+", rights.strip())) - {""} if rights else None,
        at=_time(_header(answer, "date")),
    )


def group_size(token: str, group_id: str, *, api_url: str, timeout_seconds: float) -> int:
    """Return how many people are in a user group. Raises ChannelError where Slack does not say."""
    try:
        answer = _client(token, api_url, timeout_seconds).usergroups_users_list(usergroup=group_id)
    except SlackApiError as error:
        code = str(error.response.get("error") or "")
        if code not in _GROUPS:
            raise _refused("SLACK_BOT_TOKEN", error, _BOT_HINT) from None
        said = f"Slack does not say who is in a user group ({code})."
        raise ChannelError(said, hint=_GROUPS[code]) from None
    except (OSError, HTTPException) as error:
        raise _refused("SLACK_BOT_TOKEN", error, _BOT_HINT) from None
    return len(answer.get("users") or ())


def check_socket_mode(app_token: str, *, api_url: str, timeout_seconds: float) -> None:
    """Ask for an address to connect to, and leave it. Raises ChannelError when Slack gives none."""
    try:
        client = _client("", api_url, timeout_seconds)
        client.apps_connections_open(app_token=app_token)
    except (SlackApiError, OSError, HTTPException) as error:
        raise _refused("SLACK_APP_TOKEN", error, _APP_HINT) from None


def _client(token: str, api_url: str, timeout_seconds: float) -> WebClient:
    return WebClient(
        token=token,
        base_url=api_url,
        timeout=max(1, round(timeout_seconds)),
        retry_handlers=[],
    )


def _refused(name: str, error: Exception, hint: str) -> ChannelError:
    """Return what a failed call means. The status comes before the code: see slack.md 8."""
    if not isinstance(error, SlackApiError):
        return ChannelAwayError(
            f"Slack cannot be reached: {unreachable.why(error)}.",
            hint="Check the network, the proxy and SLACK_API_URL.",
        )
    status = int(getattr(error.response, "status_code", 0) or 0)
    data = getattr(error.response, "data", None)
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or code in _WAIT:  # noqa: PLR2004 - HTTP's own number
        return ChannelAwayError("Slack asks to wait.", hint="Ask again in a minute.")
    if status >= 500 or not re.fullmatch(r"[a-z_]+", code):  # noqa: PLR2004 - HTTP's own number
        return ChannelAwayError(
            f"Slack answered with something else than an answer (HTTP {status}).",
            hint="Check SLACK_API_URL, look at Slack's status page, and ask again.",
        )
    if code in _TROUBLE:
        return ChannelAwayError(
            f"Slack has trouble ({code}).", hint="Look at Slack's status page, and ask again."
        )
    return ChannelError(f"Slack refuses {name} ({code}).", hint=hint)


def _header(answer: SlackResponse, name: str) -> str:
    headers: Mapping[str, object] = answer.headers
    found = {str(key).lower(): value for key, value in headers.items()}.get(name, "")
    value = found[0] if isinstance(found, list) and found else found
    return str(value)


def _time(value: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
