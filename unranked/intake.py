"""A request's body, read whole before anything works on it: not too large, and not too slowly.

Reading is done where waiting costs nothing. A thread that answers people is only taken once a body
is there, so that whoever sends it byte by byte holds up nobody.
"""

import asyncio

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BYTES = 1024 * 1024
"""Slack's own requests are a few kilobytes."""

SECONDS = 5.0


class Intake:
    """An application behind which no body is larger or slower than it may be."""

    def __init__(
        self, app: ASGIApp, *, largest: int = LARGEST_BYTES, seconds: float = SECONDS
    ) -> None:
        self._app = app
        self._largest = largest
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 413 or 408 for a body that is too large or too slow; else pass it on."""
        try:
            body = await asyncio.wait_for(self._body(receive), self._seconds)
        except TimeoutError:
            await PlainTextResponse("Too slow.\n", 408)(scope, receive, send)
            return
        if body is None:
            await PlainTextResponse("Too large.\n", 413)(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)

    async def _body(self, receive: Receive) -> bytes | None:
        """Return the whole body, None for one that is too large."""
        found = bytearray()
        while True:
            message = await receive()
            found += message.get("body", b"")
            if len(found) > self._largest:
                return None
            if message["type"] != "http.request" or not message.get("more_body", False):
                return bytes(found)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a source that gives the body once, and then what still comes."""
    given = False

    async def source() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return source
