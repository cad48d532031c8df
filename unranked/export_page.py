"""The page behind a link to somebody's own export, at `/export/<token>`.

Looking at the page uses nothing up, so that a preview of the link does no harm; the button on it
hands the export over, once. Every look gets the same page, good link or not.
"""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from unranked import text
from unranked.services import export
from unranked.services.runtime import Runtime

_HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
    "content-security-policy": "default-src 'none'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
}
_BUTTON = '<form method="post"><button type="submit">{label}</button></form>'
_PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>{title}</title></head>'
    "<body><main><h1>{title}</h1>{body}{form}</main></body></html>"
)


def route(runtime: Runtime) -> Route:
    """Return the route. A link that is used, over or unknown gets 404 and what to do."""

    def page(request: Request) -> Response:
        # Whose link it is must not show: the language is the browser's.
        with text.spoken(text.language_of(request.headers.get("accept-language", ""))):
            return answer(request)

    def answer(request: Request) -> Response:
        if request.method != "POST":
            form = _BUTTON.format(label=escape(text.label("export_open")))
            return _page("export_page", form=form)
        found = export.redeem(runtime, request.path_params["token"])
        return _page("export_over", status=404) if found is None else _attachment(found)

    return Route(export.PATH + "{token}", page, methods=["GET", "POST"])


def _attachment(content: bytes) -> Response:
    named = {"content-disposition": f'attachment; filename="{export.FILE_NAME}"'}
    return Response(content, media_type="application/json", headers=_HEADERS | named)


def _page(name: str, *, form: str = "", status: int = 200) -> Response:
    words = text.words(name)
    body = "".join(f"<p>{escape(part)}</p>" for part in words.paragraphs)
    shown = _PAGE.format(title=escape(words.title), body=body, form=form, language=text.language())
    return HTMLResponse(shown, status_code=status, headers=_HEADERS)
