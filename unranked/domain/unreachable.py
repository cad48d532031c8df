"""Why nobody answered, in words for an operator: from the kinds of error, never their text."""

import socket
import ssl
from collections.abc import Iterator
from http.client import HTTPException

_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "its name is not known to the network"),
    (ssl.SSLError, "its certificate or its encryption was not accepted"),
    (ConnectionRefusedError, "the connection was refused"),
    (TimeoutError, "it did not answer in time"),
    (ConnectionError, "the connection was cut"),
    (HTTPException, "the connection was cut"),
    (OSError, "no connection could be made"),
)
"""The first that fits; the more exact stand before the more general."""

_NAMED = {
    "ProxyError": "the proxy refused",
    "RemoteProtocolError": "the connection was cut",
    "WebSocketException": "the connection was cut",
}
"""What a library calls by a name of its own."""


def why(error: BaseException) -> str:
    """Return what was wrong, as a clause; for what nobody foresaw, that it gave no answer."""
    found = list(_behind(error))
    for name, words in _NAMED.items():
        if any(name in {kind.__name__ for kind in type(one).__mro__} for one in found):
            return words
    # A library wraps the cause in an OSError of its own: the cause says more.
    for kind, words in _WORDS:
        if any(isinstance(one, kind) for one in found):
            return words
    return "it gave no answer"


def _behind(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what caused it, as the standard library and others keep it."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None)]
