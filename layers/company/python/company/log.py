"""One JSON line per event on standard output, for CloudWatch Logs: role, slot, session, task."""

from collections.abc import Mapping

from aws_lambda_powertools import Logger


class Log:
    """A Powertools Logger with keys that every line of this fire carries."""

    def __init__(self, logger: Logger, keys: Mapping[str, object]) -> None:
        self._logger = logger
        self._keys = keys

    def bound(self, **keys: object) -> "Log":
        """A log whose lines carry these keys too."""
        return Log(self._logger, {**self._keys, **keys})

    def debug(self, message: str, **keys: object) -> None:
        self._logger.debug(message, extra=self._line(keys), stacklevel=3)

    def info(self, message: str, **keys: object) -> None:
        self._logger.info(message, extra=self._line(keys), stacklevel=3)

    def warning(self, message: str, **keys: object) -> None:
        self._logger.warning(message, extra=self._line(keys), stacklevel=3)

    def exception(self, message: str, **keys: object) -> None:
        self._logger.exception(message, extra=self._line(keys), stacklevel=3)

    def _line(self, keys: Mapping[str, object]) -> dict[str, object]:
        return {name: value for name, value in {**self._keys, **keys}.items() if value is not None}


def make_log(role: str) -> Log:
    """The log of one role's container."""
    return Log(Logger(service=role, level=None), {"role": role})
