"""Logs as one JSON object a line, so that any collector can read them."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """``{"at", "level", "logger", "message", …extra, "exception"}``, times in UTC.

    >>> said = {"name": "zhizao", "msg": "started", "levelname": "INFO", "created": 0, "port": 8000}
    >>> JsonFormatter().format(logging.makeLogRecord(said))
    '{"at": "1970-01-01T00:00:00+00:00", "level": "INFO", "logger": "zhizao", "message": "started", "port": 8000}'
    """

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def logging_settings(*, level: str, form: str) -> dict:
    """Django's LOGGING: everything to standard error, as ``json`` or as ``text`` for a terminal."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": "zhizao.base.operations.logs.JsonFormatter"},
            "text": {"format": "{asctime} {levelname:7} {name}: {message}", "style": "{"},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": form}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"django.server": {"handlers": ["stderr"], "propagate": False}},
    }
