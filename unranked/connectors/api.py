"""HTTP for all connectors: signing, pacing, retries, redaction. The only module that knows httpx.

A failed request becomes a ProviderError that says what happened and what to do. It never shows the
key, the address or the answer: any of them may hold a person's identifier.
"""

import logging
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import cache, partial
from ssl import SSLContext
from typing import Any, BinaryIO, TypeVar, cast

import httpx
import tenacity

from unranked.connectors import files, refusals
from unranked.connectors.base import Connector
from unranked.domain import unreachable
from unranked.domain.runtime import Clock, Sleeper
from unranked.errors import CursorExpiredError, ProviderError

TIMEOUT_SECONDS = 60.0
CONNECT_SECONDS = 15.0
ATTEMPTS = 5
LONGEST_WAIT = timedelta(minutes=2)
_MEMORY = 8 * 1024 * 1024  # what a file may take of it; the rest waits on the disk
_VERSION = re.compile(r"((?<!/)/v\d+)?/?$")
_AGENT = "unranked/0.1 (self-hosted; reads usage only)"

_T = TypeVar("_T")

for _name in ("httpx", "httpcore"):  # they log addresses, and a cursor there may be somebody's id
    logging.getLogger(_name).setLevel(logging.WARNING)


class HttpApi:
    """One connector's requests. Obeys the given clock and sleeper, in pacing and in retries."""

    def __init__(
        self,
        connector: Connector,
        client: httpx.Client,
        keyless: httpx.Client,
        *,
        options: Mapping[str, str],
        clock: Clock,
        sleeper: Sleeper,
        attempts: int = ATTEMPTS,
        attempts_unanswered: int = ATTEMPTS,
        asked_again: Callable[[str, float], None] | None = None,
    ) -> None:
        self.options = options
        self._attempts_unanswered = min(attempts, attempts_unanswered)
        self._asked_again = asked_again
        self._away = False
        self._attempts = attempts
        self._connector = connector
        self._client = client
        self._keyless = keyless
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
        pairs = tuple(_pairs(params or {}))
        send = partial(self._client.get, self._at(path), params=pairs, headers=dict(headers or {}))
        return self._patiently(partial(self._answer, send))

    def post(self, path: str, body: Mapping[str, Any], *, beside_version: bool = False) -> Any:  # noqa: ANN401 - the same
        """Return the decoded answer to a question in a body. Waits and raises like `get`.

        beside_version: where the address ends in a version such as /v3, the path stands beside it.
        """
        at = self._at(path)
        if beside_version:
            at = _VERSION.sub("", str(self._client.base_url)) + at
        send = partial(self._client.post, at, json=dict(body))
        return self._patiently(partial(self._answer, send))

    def download(self, link: str) -> Iterator[Any]:
        """Yield the rows of the file at a link that is signed by itself, once it is there whole.

        The key does not go along, so redirects are followed. Waits like `get`. Raises ProviderError
        once retries do not help, CursorExpiredError for a link that is refused.
        """
        with tempfile.SpooledTemporaryFile(max_size=_MEMORY) as spooled:
            file = cast("BinaryIO", spooled)
            self._patiently(partial(self._fill, file, link))
            with suppress(ValueError):  # such an error may quote the file
                yield from files.rows(file)
                return
            file.seek(0)
            raise refusals.no_json(self._connector, file.read(100))

    def _at(self, path: str) -> str:
        return path.format_map(self.options) if self.options else path

    def _patiently(self, ask: Callable[[], _T]) -> _T:
        return tenacity.Retrying(
            retry=tenacity.retry_if_exception(_worth_a_retry),
            wait=_wait,
            stop=self._is_enough,
            before_sleep=self._say_wait,
            sleep=self._sleep,
            reraise=True,
        )(ask)

    def _is_enough(self, state: tenacity.RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, ProviderError) and error.status:
            return state.attempt_number >= self._attempts
        if state.attempt_number >= (1 if self._away else self._attempts_unanswered):
            # Somebody waits: what gave no answer just now is not asked so often for the next feed.
            self._away = self._attempts_unanswered < self._attempts
            return True
        return False

    def _say_wait(self, state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if self._asked_again is not None and isinstance(error, ProviderError):
            self._asked_again(error.message, state.upcoming_sleep)

    def _answer(self, send: Callable[[], httpx.Response]) -> object:
        response = self._sent(send, refusals.unusable(self._connector))
        if response.status_code != httpx.codes.OK:
            raise refusals.of_request(
                self._connector, response.status_code, response.headers, now=self._clock()
            )
        return _decoded(self._connector, response)

    def _fill(self, file: BinaryIO, link: str) -> None:
        response = self._sent(partial(self._stream, file, link), refusals.no_link(self._connector))
        if response.status_code != httpx.codes.OK:
            raise refusals.of_link(
                self._connector, response.status_code, response.headers, now=self._clock()
            )

    def _stream(self, file: BinaryIO, link: str) -> httpx.Response:
        file.seek(0)
        file.truncate()
        with self._keyless.stream("GET", link) as response:
            if response.status_code == httpx.codes.OK:
                file.writelines(response.iter_bytes())
        return response

    def _sent(
        self, send: Callable[[], httpx.Response], unsendable: ProviderError
    ) -> httpx.Response:
        """Return the response, whatever its status. Raises ProviderError where there is none.

        unsendable: raised where nothing could even be sent.
        """
        self._keep_pace()
        title = self._connector.title
        response: httpx.Response | None = None
        try:
            response = send()
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
                f"{title} could not be reached: {unreachable.why(error)}.",
                hint=f"Check UNRANKED_{self._connector.slug.upper()}_BASE_URL, {refusals.NETWORK}; "
                "nothing stored was changed.",
                retryable=True,
            ) from error
        if response is None:
            raise unsendable
        self._away = False
        # A response and its stream hold each other, and with them the whole answer, until somebody
        # looks for garbage in cycles. It was read by now.
        response.stream = httpx.ByteStream(b"")
        return response

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
    options: Mapping[str, str] | None = None,
    clock: Clock,
    sleeper: Sleeper,
    attempts: int = ATTEMPTS,
    attempts_unanswered: int = ATTEMPTS,
    asked_again: Callable[[str, float], None] | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Iterator[HttpApi]:
    """Give the connector's API for one run, with its own connections, closed at the end.

    options: the connector's own settings, by name.
    attempts_unanswered: how often it is asked where it gives no answer at all, if less often.
    asked_again: told of every wait before an attempt: what was wrong, and how many seconds it is.
    timeout_seconds: how long the provider may be silent while it answers; to connect it has at
    most CONNECT_SECONDS.
    """
    timeout = httpx.Timeout(timeout_seconds, connect=min(timeout_seconds, CONNECT_SECONDS))
    auth = connector.auth
    own = {**connector.headers, auth.header: f"{auth.prefix}{key}", "User-Agent": _AGENT}
    client: httpx.Client | None = None
    with suppress(httpx.InvalidURL, ValueError):  # such an error may quote the key
        client = httpx.Client(
            base_url=base_url,
            headers=own,
            timeout=timeout,
            follow_redirects=False,
            verify=_trusted(),
        )
    if client is None:
        raise refusals.unusable(connector)
    keyless = httpx.Client(
        headers={"User-Agent": _AGENT},
        timeout=timeout,
        follow_redirects=True,
        verify=_trusted(),
    )
    with client, keyless:
        yield HttpApi(
            connector,
            client,
            keyless,
            options=options or {},
            clock=clock,
            sleeper=sleeper,
            attempts=attempts,
            attempts_unanswered=attempts_unanswered,
            asked_again=asked_again,
        )


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
    with suppress(ValueError):  # such an error may quote the answer
        return files.decoded(response.content)
    raise refusals.no_json(connector, response.content)


@cache
def _trusted() -> SSLContext:
    """Return whom to trust: httpx's own choice, read once: that takes longer than a page."""
    return httpx.create_ssl_context()
