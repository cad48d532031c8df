"""One port for the doors that are mounted on it, and for health and metrics."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Thread
from typing import Any, cast

import uvicorn
from a2wsgi import WSGIMiddleware
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from unranked import export_page
from unranked.domain.counts import FEW, STEP
from unranked.errors import ConfigError, UnrankedError
from unranked.intake import Intake
from unranked.services import claims, doctor_model
from unranked.services.runtime import Runtime
from unranked.store import coverage, model_use, outbox, runs
from unranked.store.model_use import Used

WSGI_THREADS = 20
TOKENS_STEP = 1000


def application(
    runtime: Runtime, doors: Mapping[str, Any], *, awaits: Callable[[], str] = str
) -> Starlette:
    """Return the ASGI application.

    doors: WSGI applications by path, such as `/slack/events`.
    awaits: says what the service waits for before it is ready; nothing once it is.
    """
    registry = CollectorRegistry()
    registry.register(Figures(runtime))

    def healthz(request: Request) -> Response:
        del request
        return PlainTextResponse("ok\n")

    def readyz(request: Request) -> Response:
        del request
        try:
            runtime.store.check()
        except UnrankedError as error:
            return JSONResponse({"ready": False, "hint": error.hint}, status_code=503)
        except Exception:  # noqa: BLE001 - whatever the driver says, the answer is the same
            return JSONResponse({"ready": False, "hint": "The database is away."}, status_code=503)
        if hint := awaits():
            return JSONResponse({"ready": False, "hint": hint}, status_code=503)
        return JSONResponse({"ready": True})

    def metrics(request: Request) -> Response:
        del request
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    routes = [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
        export_page.route(runtime),
        *(Route(path, _asgi(door)) for path, door in doors.items()),
    ]
    return Starlette(routes=routes)


def _asgi(door: Any) -> ASGIApp:  # noqa: ANN401 - any WSGI application
    # Its stubs name a subset of ASGI's message types.
    return Intake(cast("ASGIApp", WSGIMiddleware(door, WSGI_THREADS)))


class Figures(Collector):
    """The metrics, read when they are asked for. Counts of messages are rounded down to ten."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def describe(self) -> list[Metric]:
        """Name nothing in advance, so that registering reads no database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield job times, feed failures, ages of the watermark, messages, the model's use."""
        now = self._runtime.clock()
        with self._runtime.store.read() as tx:
            jobs, feeds = runs.states(tx), coverage.states(tx)
            complete, messages = coverage.completeness(tx), outbox.counts(tx)
            used = model_use.since(tx, doctor_model.first_day(now.date()))
        failed = GaugeMetricFamily(
            "unranked_job_failed", "1 after a run that failed or was cut off", labels=["job"]
        )
        ended = GaugeMetricFamily(
            "unranked_job_finished_seconds", "When the job last ended", labels=["job"]
        )
        for job in jobs:
            wrong_end = bool(job.error) or claims.did_not_end(job, now)
            failed.add_metric([job.name], float(wrong_end))
            if job.finished_at is not None:
                ended.add_metric([job.name], job.finished_at.timestamp())
        wrong = GaugeMetricFamily(
            "unranked_feed_failed", "1 after a failed fetch", labels=["connector", "feed"]
        )
        for (connector, feed), state in feeds.items():
            wrong.add_metric([connector, feed], float(bool(state.error)))
        age = GaugeMetricFamily(
            "unranked_watermark_age_days", "Days since data is complete", labels=["connector"]
        )
        for connector, one in complete.items():
            if one.complete_through is not None:
                age.add_metric([connector], (now.date() - one.complete_through).days)
        waiting = GaugeMetricFamily(
            "unranked_messages",
            "Messages by state, rounded down to ten; 0 for fewer than 20",
            labels=["state"],
        )
        for state_name in outbox.State:
            count = sum(n for (s, _), n in messages.items() if s is state_name)
            waiting.add_metric([state_name.value], _rounded(count))
        yield from (failed, ended, wrong, age, waiting, *_of_model(used))


def _rounded(count: int) -> int:
    return count // STEP * STEP if count >= FEW else 0


def _of_model(used: Sequence[Used]) -> Iterator[Metric]:
    """Yield what the language model took. None of it moves with the question of one person."""
    calls = GaugeMetricFamily(
        "unranked_model_calls",
        f"Questions in {doctor_model.DAYS} days, rounded down to ten; 0 for fewer than 20",
        labels=["shown"],
    )
    every, discarded = sum(one.calls for one in used), sum(one.discarded for one in used)
    calls.add_metric(["yes"], _rounded(every - discarded))
    calls.add_metric(["no"], _rounded(discarded))
    tokens = GaugeMetricFamily(
        "unranked_model_tokens",
        f"Tokens in {doctor_model.DAYS} days, rounded down to a thousand; 0 for fewer than {FEW} "
        "questions",
        labels=["kind"],
    )
    for kind, count in (("in", sum(o.n_in for o in used)), ("out", sum(o.n_out for o in used))):
        tokens.add_metric([kind], count // TOKENS_STEP * TOKENS_STEP if every >= FEW else 0)
    yield from (calls, tokens)


class Server:
    """The port, served from a thread of its own. `stop` lets requests under way end."""

    def __init__(self, app: ASGIApp, *, host: str, port: int, stop_seconds: int) -> None:
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=stop_seconds,
                lifespan="off",
            )
        )
        self._where = f"{host}:{port}"
        self._thread = Thread(target=self._serve, name="web", daemon=True)

    def start(self) -> int:
        """Start to serve; return the port. Raises ConfigError when it cannot be listened on."""
        self._thread.start()
        while self._thread.is_alive() and not self._server.started:
            self._thread.join(0.005)
        if not self._server.started:
            raise ConfigError(
                f"{self._where} cannot be listened on.",
                hint="Free the port, or set UNRANKED_HTTP_PORT and UNRANKED_HTTP_HOST.",
            )
        return int(self._server.servers[0].sockets[0].getsockname()[1])

    def stop(self) -> None:
        """Take no more requests and wait for those under way."""
        self._server.should_exit = True
        self._thread.join()

    def _serve(self) -> None:
        try:
            self._server.run()
        except SystemExit:  # uvicorn's way to say that the port is taken
            return
