"""What it means when a provider gives no answer: the ProviderError that says what to do.

No message shows the key, the address or the answer: any of them may hold a person's identifier.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from unranked.connectors.base import Connector
from unranked.errors import CursorExpiredError, ProviderError

NETWORK = "the proxy and the network (files lie on hosts of their own)"
_ENDLESS = timedelta(days=365)


def of_request(
    connector: Connector, status: int, headers: Mapping[str, str], *, now: datetime
) -> ProviderError:
    """Return the error for a request that was answered with this status.

    headers: looked up in any case of letters.
    """
    if status == HTTPStatus.GONE:
        return CursorExpiredError(
            f"{connector.title} gave up a listing half-way.",
            hint="It is read again from its first page.",
            retryable=True,
            status=status,
        )
    wait = _time_to_wait(headers, now=now)
    # Some say "too many requests" by 403, which then names a time.
    if status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.FORBIDDEN and wait):
        return ProviderError(
            f"{connector.title} asks for fewer requests (HTTP {status}).",
            hint="It is tried again by itself. If it stays, look at the account's spending limit.",
            retryable=True,
            status=status,
            retry_after=wait,
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ProviderError(
            f"{connector.title} failed (HTTP {status}).",
            hint="It is tried again by itself; nothing stored was changed.",
            retryable=True,
            status=status,
        )
    return ProviderError(
        f"{connector.title} refused the request (HTTP {status}).",
        hint=_hint(connector, status),
        retryable=False,
        status=status,
    )


def of_link(
    connector: Connector, status: int, headers: Mapping[str, str], *, now: datetime
) -> ProviderError:
    """Return the error for a link to a file. One that is refused has expired: it is asked anew."""
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return of_request(connector, status, headers, now=now)
    return CursorExpiredError(
        f"{connector.title} gave a link to a file that was refused (HTTP {status}).",
        hint=f"A new link is asked for by itself. If it stays, look at {NETWORK}; "
        "nothing stored was changed.",
        retryable=True,
        status=status,
    )


def no_json(connector: Connector, content: bytes) -> ProviderError:
    """Return the error for an answer that cannot be read. content: at least how it begins."""
    html = content.lstrip()[:1] == b"<"
    what = "a web page" if html else "something that is no complete JSON"
    return ProviderError(
        f"{connector.title} answered with {what}.",
        hint="Check that the address leads to the API and not to a log-in page or a proxy; "
        "nothing stored was changed.",
        retryable=not html,
    )


def unusable(connector: Connector) -> ProviderError:
    """Return the error for an address or a key that cannot even be sent."""
    prefix = _prefix(connector)
    return ProviderError(
        f"The address or the key set for {connector.title} cannot be used.",
        hint=f"Check {prefix}_BASE_URL and {prefix}_KEY: no spaces, no line breaks, http or https.",
        retryable=False,
    )


def no_link(connector: Connector) -> ProviderError:
    """Return the error for a link to a file that is no address."""
    return ProviderError(
        f"{connector.title} gave a link to a file that is no address.",
        hint="Check that the address set for it leads to the API itself; nothing stored was "
        "changed.",
        retryable=False,
    )


def _hint(connector: Connector, status: int) -> str:
    prefix, key_from = _prefix(connector), connector.auth.key_from
    own = "".join(f", and {prefix}_{option.name.upper()}" for option in connector.options)
    wrong = f"{prefix}_KEY is of the wrong kind or lacks a right: {key_from}."
    hints = {
        400: "The report or the range of days may not be open to this account yet.",
        401: f"Make a new key ({key_from}) and set {prefix}_KEY.",
        402: "Settle the account's billing with the provider.",
        403: f"{wrong} {connector.needs}".strip(),
        404: f"Check the address set for it{own}; the account may not have this report.",
    }
    return hints.get(status, "Look at the provider's status page and at the address set for it.")


def _prefix(connector: Connector) -> str:
    return f"UNRANKED_{connector.slug.upper()}"


def _time_to_wait(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """Return how long to wait, as the header for it says, or a quota that is used up."""
    value = headers.get("Retry-After", "").strip()
    try:
        if not value and headers.get("X-RateLimit-Remaining", "").strip() == "0":
            reset = int(headers.get("X-RateLimit-Reset", ""))  # Unix seconds
            return min(timedelta(seconds=max(1, reset - int(now.timestamp()))), _ENDLESS)
        if value.isascii() and value.isdigit():
            return min(timedelta(seconds=int(value)), _ENDLESS)
        at = parsedate_to_datetime(value)
    except OverflowError:
        return _ENDLESS
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(timedelta(0), at - now)
