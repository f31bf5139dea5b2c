"""Structured logs: one line an event, each with the request's id."""

import logging
import re
import time
import uuid
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse

log = structlog.get_logger("sluice.request")
QUIET = ("/static/", "/healthz", "/readyz")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

_shared: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def line(logger: Any, name: str, event: MutableMapping[str, Any]) -> str:
    """An event as a person reads it: time (UTC), what happened, then the rest as key=value."""
    at, level, what = event.pop("timestamp"), event.pop("level"), event.pop("event")
    where = event.pop("logger", "")
    trace = event.pop("exception", "")
    rest = " ".join(f"{key}={value}" for key, value in event.items())
    loud = "" if level == "info" else f"{level.upper()} {where}: "
    return f"{at[11:19]}Z {loud}{what} {rest}".rstrip() + (f"\n{trace}" if trace else "")


def logging_settings(*, level: str) -> dict[str, Any]:
    """The `LOGGING` setting; also configures structlog, so that its events and the library's go the same way."""
    structlog.configure(
        processors=[*_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _shared,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, line],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"level": level},
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "fontTools": {"level": "ERROR"},
            "pyhanko": {"level": "ERROR"},
            "pyhanko_certvalidator": {"level": "ERROR"},
        },
    }


def request_id() -> str:
    """The id of the request or task now running, empty outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


class RequestLog:
    """Give every request an id, bind it to all log lines and journal rows made meanwhile, and log its outcome."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex)
        started = time.monotonic()
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id()
        if "Cache-Control" not in response.headers and not request.path.startswith("/static/"):
            response.headers["Cache-Control"] = "no-store, private"
        if not request.path.startswith(QUIET):
            log.log(
                logging.WARNING if response.status_code >= 500 else logging.INFO,
                f"{request.method} {request.path}",
                status=response.status_code,
                ms=round((time.monotonic() - started) * 1000),
            )
        return response
