"""Logs as JSON lines with the request's id; secrets are masked and message bodies never appear."""

import logging.config
import re
from collections.abc import MutableMapping
from typing import Any, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
MASK = "***"
SECRET_NAMES = re.compile(
    r"token|secret|password|passwd|cookie|authorization|csrf|session|ticket|signature|otp|api_key",
    re.IGNORECASE,
)
BODY_NAMES = frozenset({"body", "text", "message_body", "frame", "payload", "preview"})
# Tokens as they appear inside a text: ours, bearer headers, name=value pairs, database addresses.
SECRET_TEXTS = (
    # PostgreSQL quotes the row, body and all, that breaks a constraint.
    (re.compile(r"Failing row contains \(.*?\)\.", re.DOTALL), f"Failing row contains {MASK}."),
    (re.compile(r"\bgf_[A-Za-z0-9_-]{6,}"), MASK),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]+"), rf"\1 {MASK}"),
    (re.compile(r"://[^\s/@:]*:[^\s/@]*@"), f"://{MASK}@"),
    (
        re.compile(
            r"(?i)\b((?:[a-z_-]*(?:token|secret|password|csrf|session|ticket)[a-z_-]*)"
            r"[\"']?\s*[=:]\s*[\"']?)[^\s\"'&;,}]+"
        ),
        rf"\1{MASK}",
    ),
)


def mask(value: Any, name: str = "") -> Any:
    """The value as it may be logged, whatever it is nested in.

    >>> mask("GET /x?token=abc&page=2")
    'GET /x?token=***&page=2'
    >>> mask({"password": "hunter2", "site": "st_1"})
    {'password': '***', 'site': 'st_1'}
    """
    if name and (name.lower() in BODY_NAMES or SECRET_NAMES.search(name)):
        return MASK
    if isinstance(value, str):
        for pattern, replacement in SECRET_TEXTS:
            value = pattern.sub(replacement, value)
        return value
    if isinstance(value, MutableMapping):
        return {key: mask(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [mask(item) for item in value]
    return value


def masked(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The last word before a line is written."""
    return cast(EventDict, mask(event))


def clients_fault(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """What a client did wrong is no failure of ours: a warning, without a traceback."""
    if str(event.get("logger", "")).startswith("django.security."):
        event.pop("exc_info", None)
        event["level"] = "warning"
    return event


def shared_processors() -> list[Processor]:
    """What happens to every line, ours or a library's."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def formatter() -> logging.Formatter:
    """Turns a record of any library into one masked line of JSON."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared_processors(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            clients_fault,
            structlog.processors.format_exc_info,
            masked,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
    )


def configure(settings: dict[str, Any]) -> None:
    """Send every logger through one handler on stderr (Django's LOGGING_CONFIG)."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": {"()": formatter}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["stderr"], "level": settings["level"]},
            "loggers": {
                "daphne": {"level": "WARNING"},
                "axes": {"level": "WARNING"},
                "celery": {"level": "WARNING"},
                "psycopg": {"level": settings["level"]},  # it sets WARNING itself
                # These warn of what is usual: a refused page, a memory broker, a stop.
                "django.request": {"level": "ERROR"},
                "kombu": {"level": "ERROR"},
                "celery.worker.control": {"level": "ERROR"},
            },
        }
    )
    structlog.configure(
        processors=[*shared_processors(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
