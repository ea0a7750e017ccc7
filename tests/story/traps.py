"""Servers to which a sealed desk must never connect: each counts its connections."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Trap:
    """A listening port on loopback. `contacts` is the number of connections."""

    def __init__(self) -> None:
        self.contacts = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._listen)

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @contextmanager
    def open(self) -> Iterator["Trap"]:
        self._thread.start()
        try:
            yield self
        finally:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._thread.join()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connected, _ = self._listener.accept()
                self.contacts += 1
                connected.close()


def tempting_environment(port: int) -> dict[str, str]:
    """The variables in an engineer's shell; every address in them leads to the trap."""
    url = f"http://127.0.0.1:{port}"
    dsn = f"postgresql://admin:secret@127.0.0.1:{port}/production"
    return {
        "ANTHROPIC_API_KEY": "sk-ant-api03-" + "a" * 80,
        "ANTHROPIC_BASE_URL": url,
        "AWS_PROFILE": "production",
        "AWS_ACCESS_KEY_ID": "AKIA" + "Q" * 16,
        "AWS_SECRET_ACCESS_KEY": "s" * 40,
        "AWS_ENDPOINT_URL_S3": url,
        "AWS_ENDPOINT_URL_SES": url,
        "BRAIN_DSN": dsn,
        "DATABASE_URL": dsn,
        "PGHOST": "127.0.0.1",
        "PGPORT": str(port),
        "PGSERVICE": "production",
        "HTTP_PROXY": url,
        "https_proxy": url,
        "ALL_PROXY": url,
        "FEED_KEV_URL": url,
        "FEED_EPSS_URL": url,
        "MASTODON_ACCESS_TOKEN": "t" * 43,
        "SLACK_WEBHOOK_URL": url,
        "GITHUB_TOKEN": "ghp_" + "t" * 36,
    }
