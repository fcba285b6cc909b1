"""Logs are lines of JSON in production and readable lines elsewhere; people's data never stand in them."""

import sys
import traceback
from pathlib import Path
from typing import Any

import structlog

FRAMES = 12
"""How many of the innermost calls of a traceback are logged."""

LONGEST_LINE = 7_000
"""Characters; with what the format adds a line stays below 8 kB."""
LONGEST_VALUE = 1_000
ESSENTIAL = ("event", "level", "timestamp")


def say_where(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Log of an exception what it is and where it was raised: its message and the variables around hold people's data."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info if isinstance(info, BaseException) else info[1] if info else None
    if error is not None:
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        event["error"] = type(error).__name__
        event["where"] = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return event


def cut(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Keep a line below 8 kB: long texts are cut, and of very many fields only the first ones stay."""
    kept = {str(name)[:100]: _cut_value(value) for name, value in event.items()}
    room = LONGEST_LINE
    for name, value in list(kept.items()):
        room -= len(name) + len(ascii(value)) + 10
        if room < 0 and name not in ESSENTIAL:
            del kept[name]
            kept["cut"] = True
    return kept


def _cut_value(value: Any) -> Any:
    text = value if isinstance(value, str) else None if value is None or isinstance(value, bool | int | float) else repr(value)
    if text is None:
        return value
    return f"{text[:LONGEST_VALUE]} ... ({len(text)} characters)" if len(text) > LONGEST_VALUE else text


def logging_settings(*, json: bool) -> dict[str, Any]:
    """Return the `LOGGING` dictionary: everything to standard error, one line an event."""
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    chain = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, say_where, cut, renderer]
    formatter = {"()": structlog.stdlib.ProcessorFormatter, "processors": chain, "foreign_pre_chain": shared}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "django.db.backends": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "mail.log": {"level": "WARNING"},  # the mail sink: addresses are people's data
        },
    }
