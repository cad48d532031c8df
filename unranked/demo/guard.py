"""Who may speak to the playground: this machine's own browser, on the page's own behalf.

A page of another site can make a browser send requests to loopback, also under a name that it lets
point here. So the Host must be loopback's, the Origin the page's own, and what changes something
carries a header that no other site can send without being asked for permission first.
"""

from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SAFE = frozenset({"GET", "HEAD"})
_OWN_SITE = frozenset({"", "none", "same-origin"})
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


class Guard:
    """An ASGI application that lets only the page's own requests through to another one.

    port: where it is reached, which every request must name. Nothing is let through before it is
    known.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.port = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or say why not."""
        if scope["type"] != "http":
            return
        wrong = self._wrong(scope["method"], Headers(scope=scope))
        if wrong:
            refusal = PlainTextResponse(f"{wrong}\n", HTTPStatus.FORBIDDEN, HEADERS)
            await refusal(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._app(scope, receive, guarded)

    def _wrong(self, method: str, headers: Headers) -> str:
        names = ("127.0.0.1", "localhost") if self.port else ()
        hosts = {f"{name}:{self.port}" for name in names}
        if headers.get("host", "") not in hosts:
            return "The playground answers at 127.0.0.1 and localhost alone."
        origin = headers.get("origin")
        if origin is not None and origin.removeprefix("http://") not in hosts:
            return "The playground takes nothing from another site's page."
        # A link from elsewhere may open the page; nothing else may be fetched from there.
        opened = method in _SAFE and headers.get("sec-fetch-mode") == "navigate"
        foreign = headers.get("sec-fetch-site", "") not in _OWN_SITE and not opened
        if foreign or (method not in _SAFE and "hx-request" not in headers):
            return "The playground takes nothing from another site's page."
        return ""
