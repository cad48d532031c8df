"""HTTP for all connectors: signing, pacing, retries, redaction. The only module that knows httpx.

A failed request becomes a ProviderError that says what happened and what to do. It never shows the
key, the address or the answer: any of them may hold a person's identifier.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import tenacity

from unranked.connectors.base import Connector
from unranked.domain.runtime import Clock, Sleeper
from unranked.errors import CursorExpiredError, ProviderError

TIMEOUT_SECONDS = 60.0
ATTEMPTS = 5
LONGEST_WAIT = timedelta(minutes=2)
_ENDLESS = timedelta(days=365)
_AGENT = "unranked/0.1 (self-hosted; reads usage only)"

for _name in ("httpx", "httpcore"):  # they log addresses, and a cursor there may be somebody's id
    logging.getLogger(_name).setLevel(logging.WARNING)


class HttpApi:
    """One connector's requests. Obeys the given clock and sleeper, in pacing and in retries."""

    def __init__(
        self, connector: Connector, client: httpx.Client, *, clock: Clock, sleeper: Sleeper
    ) -> None:
        self._connector = connector
        self._client = client
        self._clock = clock
        self._sleep = sleeper
        self._not_before: datetime | None = None

    def get(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401 - decoded JSON is whatever the provider sent
        """Return the decoded answer, with Decimal for every fraction.

        Waits for the connector's pace, and up to two minutes when the provider asks for it.
        Raises ProviderError once retries do not help, CursorExpiredError for HTTP 410.
        """
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_worth_a_retry),
            wait=_wait,
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(self._once, path, list(_pairs(params or {})), dict(headers or {}))

    def _once(self, path: str, params: list[tuple[str, str]], headers: dict[str, str]) -> object:
        self._keep_pace()
        title = self._connector.title
        response: httpx.Response | None = None
        try:
            response = self._client.get(path, params=tuple(params), headers=headers)
        except httpx.TimeoutException as error:
            raise ProviderError(
                f"{title} did not answer in time.",
                hint="It is tried again by itself; nothing stored was changed.",
                retryable=True,
            ) from error
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL):
            pass  # such an error may quote the key: it must not become a cause
        except httpx.HTTPError as error:
            raise ProviderError(
                f"{title} could not be reached ({type(error).__name__}).",
                hint=f"Check UNRANKED_{self._connector.slug.upper()}_BASE_URL, the proxy and the "
                "network; nothing stored was changed.",
                retryable=True,
            ) from error
        if response is None:
            raise _unusable(self._connector)
        if response.status_code != httpx.codes.OK:
            raise _refusal(self._connector, response, now=self._clock())
        return _decoded(self._connector, response)

    def _keep_pace(self) -> None:
        now = self._clock()
        if self._not_before is not None and now < self._not_before:
            self._sleep((self._not_before - now).total_seconds())
            now = max(now, self._not_before)
        self._not_before = now + self._connector.pace


@contextmanager
def connected(
    connector: Connector,
    *,
    base_url: str,
    key: str,
    clock: Clock,
    sleeper: Sleeper,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Iterator[HttpApi]:
    """Give the connector's API for one run, with its own connections, closed at the end.

    timeout_seconds: how long the provider may be silent, while connecting and while answering.
    """
    auth = connector.auth
    own = {**connector.headers, auth.header: f"{auth.prefix}{key}", "User-Agent": _AGENT}
    client: httpx.Client | None = None
    with suppress(httpx.InvalidURL, ValueError):  # such an error may quote the key
        client = httpx.Client(
            base_url=base_url, headers=own, timeout=timeout_seconds, follow_redirects=False
        )
    if client is None:
        raise _unusable(connector)
    with client:
        yield HttpApi(connector, client, clock=clock, sleeper=sleeper)


def _pairs(params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in params.items():
        if isinstance(value, list | tuple):
            yield from ((f"{name}[]", str(item)) for item in value)
        elif value is not None and value != "":
            yield name, str(value).lower() if isinstance(value, bool) else str(value)


def _worth_a_retry(error: BaseException) -> bool:
    if not isinstance(error, ProviderError) or not error.retryable:
        return False
    if isinstance(error, CursorExpiredError):  # the same cursor stays expired
        return False
    return error.retry_after is None or error.retry_after <= LONGEST_WAIT


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, ProviderError) and error.retry_after is not None:
        return error.retry_after.total_seconds()
    return float(min(60, 2**state.attempt_number))


def _decoded(connector: Connector, response: httpx.Response) -> object:
    with suppress(ValueError, RecursionError):  # such an error may quote the answer
        return json.loads(response.content, parse_float=Decimal, parse_constant=_no_number)
    html = response.content.lstrip()[:1] == b"<"
    what = "a web page" if html else "something that is no complete JSON"
    raise ProviderError(
        f"{connector.title} answered with {what}.",
        hint="Check that the address leads to the API and not to a log-in page or a proxy; "
        "nothing stored was changed.",
        retryable=not html,
    )


def _no_number(name: str) -> object:
    raise ValueError(f"{name} is no JSON.")


def _unusable(connector: Connector) -> ProviderError:
    prefix = f"UNRANKED_{connector.slug.upper()}"
    return ProviderError(
        f"The address or the key set for {connector.title} cannot be used.",
        hint=f"Check {prefix}_BASE_URL and {prefix}_KEY: no spaces, no line breaks, http or https.",
        retryable=False,
    )


def _refusal(connector: Connector, response: httpx.Response, *, now: datetime) -> ProviderError:
    status, title = response.status_code, connector.title
    key = f"UNRANKED_{connector.slug.upper()}_KEY"
    if status == httpx.codes.GONE:
        return CursorExpiredError(
            f"{title} gave up a listing half-way.",
            hint="It is read again from its first page.",
            retryable=True,
            status=status,
        )
    if status == httpx.codes.TOO_MANY_REQUESTS:
        wait = _retry_after(response, now=now)
        return ProviderError(
            f"{title} asks for fewer requests (HTTP 429).",
            hint="It is tried again by itself. If it stays, look at the account's spending limit.",
            retryable=True,
            status=status,
            retry_after=wait,
        )
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return ProviderError(
            f"{title} failed (HTTP {status}).",
            hint="It is tried again by itself; nothing stored was changed.",
            retryable=True,
            status=status,
        )
    hints = {
        400: "The report or the range of days may not be open to this account yet.",
        401: f"Make a new key ({connector.auth.key_from}) and set {key}.",
        402: "Settle the account's billing with the provider.",
        403: f"{key} is of the wrong kind or lacks a right: {connector.auth.key_from}.",
        404: "Check the address set for it; the account may not have this report.",
    }
    default = "Look at the provider's status page and at the address set for it."
    return ProviderError(
        f"{title} refused the request (HTTP {status}).",
        hint=hints.get(status, default),
        retryable=False,
        status=status,
    )


def _retry_after(response: httpx.Response, *, now: datetime) -> timedelta | None:
    value = response.headers.get("Retry-After", "").strip()
    try:
        if value.isascii() and value.isdigit():
            return min(timedelta(seconds=int(value)), _ENDLESS)
        at = parsedate_to_datetime(value)
    except OverflowError:
        return _ENDLESS
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(timedelta(0), at - now)
