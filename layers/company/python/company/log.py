"""One JSON line per event on standard output, for CloudWatch Logs: role, slot, session, task.

The keys are those of Powertools' Logger, which would be a good part of a cold start by itself.
"""

import json
import logging
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime


class Log:
    """Writes lines with keys that every line of this fire carries. least: the level below which nothing is written."""

    def __init__(self, service: str, keys: Mapping[str, object], *, least: int = logging.INFO) -> None:
        self._service = service
        self._keys = keys
        self._least = least

    def bound(self, **keys: object) -> "Log":
        """A log whose lines carry these keys too."""
        return Log(self._service, {**self._keys, **keys}, least=self._least)

    def debug(self, message: str, **keys: object) -> None:
        self._write("DEBUG", message, keys)

    def info(self, message: str, **keys: object) -> None:
        self._write("INFO", message, keys)

    def warning(self, message: str, **keys: object) -> None:
        self._write("WARNING", message, keys)

    def exception(self, message: str, **keys: object) -> None:
        """The error that is being handled, with its traceback."""
        kind = sys.exc_info()[0]
        error = {"exception": traceback.format_exc().rstrip(), "exception_name": kind.__name__ if kind else None}
        self._write("ERROR", message, {**keys, **error})

    def _write(self, level: str, message: str, keys: Mapping[str, object]) -> None:
        if logging.getLevelName(level) < self._least:
            return
        caller = sys._getframe(2)
        line = {
            "level": level,
            "location": f"{caller.f_code.co_name}:{caller.f_lineno}",
            "message": message,
            "timestamp": _stamp(),
            "service": self._service,
            **self._keys,
            **keys,
        }
        print(_as_json({name: value for name, value in line.items() if value is not None}), flush=True)


def _stamp() -> str:
    """The machine's own time, as logging stamps its records; what the company does goes by company_time."""
    return datetime.fromtimestamp(logging.makeLogRecord({}).created, UTC).isoformat(timespec="milliseconds")


def _as_json(line: Mapping[str, object]) -> str:
    """On one line, whatever the values are; half a character of a feed is written as its number."""
    text = json.dumps(line, default=str, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode()


def make_log(role: str, level: str = "INFO") -> Log:
    """The log of one role's container. level: as Python names it, in any case; INFO for any other word."""
    least = logging.getLevelNamesMapping().get(level.strip().upper(), logging.INFO)
    return Log(role, {"role": role}, least=least)
