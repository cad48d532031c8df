"""The playground: the bot's side of Slack as one person sees it, what is behind it, and a clock.

It is a client of the real bot, not a second product: see `client.py`. It listens on loopback alone,
answers only requests that name this machine, and takes none from another site's page.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from unranked.demo import page
from unranked.demo.behind import behind
from unranked.demo.client import Client
from unranked.demo.play import Play
from unranked.demo.shown import Behind, Page, Tab
from unranked.demo.slack_inputs import Typed

_CHANGED = {"HX-Trigger": "changed"}
_CONTAINERS = frozenset({"message", "ephemeral", "home", "modal"})

Form = Mapping[str, str]


def application(play: Play) -> Starlette:
    """Return the page over one play, with all its routes."""
    one, who = _Routes(play), "/as/{who}"
    return Starlette(
        routes=[
            Route("/", _sync(one.begin)),
            Route(who, _sync(one.page)),
            Route(f"{who}/conversation", _sync(one.conversation)),
            Route(f"{who}/home", _sync(one.home)),
            Route(f"{who}/home", _with_form(one.open_home), methods=["POST"]),
            Route(f"{who}/behind", _sync(one.behind)),
            Route(f"{who}/modal", _sync(one.modal)),
            Route(f"{who}/say", _with_form(one.say), methods=["POST"]),
            Route(f"{who}/act", _with_form(one.act), methods=["POST"]),
            Route(f"{who}/submit", _with_form(one.submit), methods=["POST"]),
            Route(f"{who}/close", _with_form(one.close), methods=["POST"]),
            Route(f"{who}/file/{{file}}", _sync(one.file)),
            Route("/clock", _sync(one.clock)),
            Route("/clock", _with_form(one.move), methods=["POST"]),
            Route("/cast", _sync(one.cast)),
            Route("/switches", _sync(one.switches)),
            Route("/switches", _with_form(one.switch), methods=["POST"]),
            Mount("/static", StaticFiles(directory=page.STATIC)),
        ]
    )


@dataclass(frozen=True)
class _Routes:
    play: Play = field(repr=False)

    def begin(self, _: Request) -> Response:
        return RedirectResponse(f"/as/{self.play.first}", HTTPStatus.SEE_OTHER)

    def page(self, request: Request) -> Response:
        who, client = self._who(request)
        tab = Tab.HOME if request.query_params.get("tab") == Tab.HOME else Tab.MESSAGES
        client.reload()
        if tab is Tab.HOME:
            client.open_home()
        self.play.look(who)
        shown = Page(
            who=who,
            about=self.play.about(who),
            casts=self.play.casts(),
            tab=tab,
            conversation=client.conversation(),
            home=client.home(),
            modal=client.modal(),
            turn=client.turn,
            behind=self._seen_behind(who),
            clock=self.play.clock(),
            switches=self.play.switches(),
            company=self.play.company,
        )
        return _html("page", page=shown)

    def conversation(self, request: Request) -> Response:
        who, client = self._who(request)
        shown = client.conversation()
        self.play.look(who)
        return _unless_seen(request, shown.version, "conversation", who=who, conversation=shown)

    def home(self, request: Request) -> Response:
        who, client = self._who(request)
        shown = client.home()
        return _unless_seen(request, shown.version, "home", who=who, home=shown)

    def open_home(self, request: Request, _: Form) -> Response:
        who, client = self._who(request)
        client.open_home()
        return _html("home", who=who, home=client.home(), headers=_CHANGED)

    def behind(self, request: Request) -> Response:
        who, _ = self._who(request)
        shown = self._seen_behind(who)
        return _unless_seen(request, shown.version, "behind", who=who, behind=shown)

    def modal(self, request: Request) -> Response:
        return _modal(*self._who(request))

    def say(self, request: Request, form: Form) -> Response:
        who, client = self._who(request)
        client.say(form.get("text", ""))
        self.play.look(who)
        shown = client.conversation()
        return _html("conversation", who=who, conversation=shown, headers=_CHANGED)

    def act(self, request: Request, form: Form) -> Response:
        who, client = self._who(request)
        container = form.get("container", "")
        if container not in _CONTAINERS:
            raise HTTPException(HTTPStatus.BAD_REQUEST, "There is no such place to act in.")
        element = form.get("block_id", ""), form.get("action_id", "")
        client.act(container, form.get("ref", ""), element, _json(form, "value"), _typed(form))
        self.play.send_what_is_due()
        if container == "modal":
            return _modal(who, client, headers=_CHANGED)
        if container == "home":
            return _html("home", who=who, home=client.home(), headers=_CHANGED)
        shown = client.conversation()
        return _html("conversation", who=who, conversation=shown, headers=_CHANGED)

    def submit(self, request: Request, form: Form) -> Response:
        who, client = self._who(request)
        client.submit(form.get("ref", ""), _typed(form))
        return _modal(who, client, headers=_CHANGED)

    def close(self, request: Request, form: Form) -> Response:
        who, client = self._who(request)
        client.close(form.get("ref", ""))
        return _modal(who, client, headers=_CHANGED)

    def file(self, request: Request) -> Response:
        _, client = self._who(request)
        found = client.file(request.path_params["file"])
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "This person has no such file.")
        name, content = found
        named = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
        return Response(content, media_type="application/octet-stream", headers=named)

    def clock(self, _: Request) -> Response:
        return self._shown_clock()

    def move(self, _: Request, form: Form) -> Response:
        self.play.move(form.get("to", ""))
        return self._shown_clock()

    def _shown_clock(self) -> Response:
        clock = self.play.clock()
        headers = {"HX-Trigger": "moved"} if self.play.has_arrived() else {}
        return _html("clock", clock=clock, headers=headers)

    def cast(self, request: Request) -> Response:
        who = request.query_params.get("who", "")
        return _html("cast", who=who, casts=self.play.casts())

    def switches(self, _: Request) -> Response:
        return _html("switches", switches=self.play.switches())

    def switch(self, _: Request, form: Form) -> Response:
        self.play.switch(form.get("slug", ""), on=form.get("on", "") in {"1", "true", "on"})
        return _html("switches", switches=self.play.switches(), headers=_CHANGED)

    def _who(self, request: Request) -> tuple[str, Client]:
        who = request.path_params["who"]
        client = self.play.clients.get(who)
        if client is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is nobody of that kind to be.")
        return who, client

    def _seen_behind(self, who: str) -> Behind:
        play = self.play
        return behind(play.world, play.truth, play.role(who).person, play.ran())


def _sync(answer: Callable[[Request], Response]) -> Callable[[Request], Any]:
    async def route(request: Request) -> Response:
        return await run_in_threadpool(answer, request)

    return route


def _with_form(answer: Callable[[Request, Form], Response]) -> Callable[[Request], Any]:
    async def route(request: Request) -> Response:
        body = (await request.body()).decode(errors="replace")
        given = dict(parse_qsl(body, keep_blank_values=True))
        return await run_in_threadpool(answer, request, given)

    return route


def _html(template: str, headers: Mapping[str, str] | None = None, **context: Any) -> Response:  # noqa: ANN401 - what a template takes
    return Response(
        page.render(f"{template}.html", **context), media_type="text/html", headers=headers
    )


def _modal(who: str, client: Client, headers: Mapping[str, str] | None = None) -> Response:
    turn = client.turn  # read first: what is drawn may be newer than it says, never older
    return _html("modal", who=who, modal=client.modal(), turn=turn, headers=headers)


def _unless_seen(request: Request, version: int, template: str, **context: Any) -> Response:  # noqa: ANN401 - the same
    if request.query_params.get("seen") == str(version):
        return Response(status_code=HTTPStatus.NO_CONTENT)
    return _html(template, **context)


def _json(form: Form, name: str) -> Any:  # noqa: ANN401 - whatever was chosen
    try:
        return json.loads(form.get(name) or "null")
    except ValueError:
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"{name} is no JSON.") from None


def _typed(form: Form) -> Typed:
    given = _json(form, "state")
    if not isinstance(given, dict):
        return {}
    return {block: values for block, values in given.items() if isinstance(values, dict)}
