"""Puts the receiver together: the laptops' routes, health, metrics, and the rule that no answer ever repeats what was sent."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.county import api as laptops
from sync.county import openrosa, registrar
from sync.county.api import Api, problem
from sync.county.console import acting, reading
from sync.county.console.web import Web
from sync.county.county import County
from sync.county.metrics import Metrics

LOG = logging.getLogger("mzdesk.county")


def create_app(county: County) -> FastAPI:
    """Return the receiver of `county` as an ASGI application."""
    app = FastAPI(title="民政社工台县级接收端", version="1", docs_url=None, redoc_url=None)
    metrics = Metrics()
    app.include_router(laptops.routes(Api(county, metrics)))
    web = Web(county)
    app.include_router(reading.routes(web))
    app.include_router(acting.routes(web))
    app.include_router(openrosa.routes(county))
    _add_operation(app, county, metrics)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _refusals(web))
    app.add_exception_handler(OperationalError, _database_away)
    app.add_middleware(RequestLog)
    return app


def _add_operation(app: FastAPI, county: County, metrics: Metrics) -> None:
    @app.get("/v1/health")
    def health() -> dict[str, bool]:
        """Tell that the process answers."""
        return {"ok": True}

    @app.get("/v1/ready", responses={503: {}})
    def ready() -> Response:
        """Tell whether the database answers."""
        with county.read() as connection:
            connection.execute(text("SELECT 1"))
        return problem(200, {"ready": True})

    @app.get("/metrics", response_class=Response)
    def show_metrics() -> Response:
        """Return the counters for Prometheus."""
        with county.read() as connection:
            metrics.devices.set(registrar.count_active(connection))
        return Response(metrics.render(), media_type="text/plain; version=0.0.4")


async def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    places = [".".join(map(str, item.get("loc", ()))) for item in error.errors()]
    return problem(422, {"code": "BAD_REQUEST", "where": places})


def _refusals(web: Web) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Return what answers refusals: pages for the console, codes for laptops."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if request.url.path.startswith("/console") and error.status_code >= 400:
            return web.refused(error.status_code)
        detail = error.detail if isinstance(error.detail, dict) else {"code": f"HTTP_{error.status_code}"}
        return problem(error.status_code, detail, dict(error.headers or {}))

    return refused


async def _database_away(request: Request, error: Exception) -> Response:
    LOG.error(json.dumps({"event": "database", "error": type(error.__cause__ or error).__name__}))
    return problem(503, {"code": "BUSY"}, {"Retry-After": "5"})


class RequestLog:
    """One structured line for each request; paths hold no personal data, queries are left out.

    Plain ASGI: a wrapper that reads on behalf of the application would cancel it when a line breaks, before it kept what arrived.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and log how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0

        async def watch(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        await self._app(scope, receive, watch)
        line = {"method": scope["method"], "path": scope["path"], "status": status}
        LOG.info(json.dumps(line | {"ms": round((time.perf_counter() - started) * 1000, 1)}))
