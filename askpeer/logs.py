"""Log lines that carry types and ids, never text, never local variables, never an address."""

import json
import logging
import traceback
from typing import Any

FIELDS = ("route", "method", "status", "milliseconds", "subject", "kind", "count")


class LineFormatter(logging.Formatter):
    """One JSON object a line. An exception is its type and where it was raised; its message may quote a person."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S"),
            "level": record.levelname,
            "logger": record.name,
        }
        line["event"] = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        if record.name.startswith("django.security"):
            line["event"] = "refused"  # Django fills in what the client sent, such as its Host header
        line |= {name: record.__dict__[name] for name in FIELDS if name in record.__dict__}
        if record.exc_info and record.exc_info[0]:
            frames = traceback.extract_tb(record.exc_info[2])
            line["error"] = record.exc_info[0].__name__
            line["frames"] = [f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno}:{frame.name}" for frame in frames]
        return json.dumps(line)


class OnlyRaised(logging.Filter):
    """Lets a record through when it tells of an exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        return bool(record.exc_info and record.exc_info[0])
