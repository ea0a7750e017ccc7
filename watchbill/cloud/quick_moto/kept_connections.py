"""moto's web server with connections that stay open, as AWS keeps them.

Werkzeug's own handler closes the connection after each answer, so every request of a function cost it a new
connection, and the server a new thread. Imported only where moto is: both take long to import.
"""

from __future__ import annotations

import socket
import traceback
from contextlib import suppress
from io import BytesIO
from threading import Thread
from typing import TYPE_CHECKING, Any, Self

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import ThreadedWSGIServer

if TYPE_CHECKING:
    from types import TracebackType

    from _typeshed.wsgi import StartResponse, WSGIApplication

POLL_SECONDS = 0.02
"""How soon it notices that it is to stop."""
BODILESS = (204, 304)


class KeptConnection(MotoRequestHandler):
    """One connection: each request is read whole, each answer is one write, and the next request follows on it."""

    server: KeepingServer
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.opened.add(self.connection)

    def finish(self) -> None:
        self.server.opened.discard(self.connection)
        super().finish()

    def run_wsgi(self) -> None:
        """Answers one request; an error of the application is its answer 500, as werkzeug's handler has it."""
        environ = self.make_environ()
        environ["wsgi.input"] = BytesIO(self._body(environ))
        environ["wsgi.input_terminated"] = True
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Any:
            started.append((status, headers))

        try:
            body = self._answer_of(environ, start_response)
            status, headers = started[-1]
        except Exception:
            self.server.log("error", "%s %s: %s", self.command, self.path, traceback.format_exc())
            body, status, headers = b"Internal Server Error", "500 INTERNAL SERVER ERROR", []
        self._send(status, headers, body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """No line for each request."""

    def _body(self, environ: dict[str, Any]) -> bytes:
        """All of it, also what the application does not ask for: the next request begins behind it."""
        if environ.get("wsgi.input_terminated"):  # sent in chunks
            read: bytes = environ["wsgi.input"].read()
            return read
        return self.rfile.read(int(environ.get("CONTENT_LENGTH") or 0))

    def _answer_of(self, environ: dict[str, Any], start_response: StartResponse) -> bytes:
        parts = self.server.app(environ, start_response)
        try:
            return b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()

    def _send(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        number, _, phrase = status.partition(" ")
        self.send_response(int(number), phrase)
        for name, value in headers:
            self.send_header(name, value)
        named = {name.lower() for name, _ in headers}
        if "content-length" not in named and int(number) not in BODILESS and self.command != "HEAD":
            self.send_header("Content-Length", str(len(body)))
        self._headers_buffer: list[bytes] = [*self._headers_buffer, b"\r\n", b"" if self.command == "HEAD" else body]
        self.flush_headers()


class KeepingServer(ThreadedWSGIServer):
    """Serves inside its `with`. A thread for each connection, which ends with its client or with the server."""

    def __init__(self, application: WSGIApplication) -> None:
        self.opened: set[socket.socket] = set()
        super().__init__("127.0.0.1", 0, application, handler=KeptConnection)
        self._thread = Thread(target=self.serve_forever, kwargs={"poll_interval": POLL_SECONDS}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self._thread.join()
        for one in list(self.opened):
            with suppress(OSError):  # its client has closed it meanwhile
                one.shutdown(socket.SHUT_RDWR)
        self.server_close()
