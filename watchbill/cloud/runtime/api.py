"""The Lambda Runtime API for one function process: gives it events and takes its answers."""

import json
import selectors
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from watchbill.cloud.runtime.connection import Connection, HttpRequest

ROOT = "/2018-06-01/runtime"
ACCEPTED = b'{"status":"OK"}'


@dataclass(frozen=True)
class RuntimeAnswer:
    """The answer of the process to its event, or about its own start."""

    kind: Literal["response", "error", "init_error"]
    body: bytes


class RuntimeApi:
    """Listens on a port of its own; the selector's owner calls `serve` whenever one of its keys is ready."""

    def __init__(self, selector: selectors.BaseSelector) -> None:
        self._selector = selector
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self._waiting: Connection | None = None
        self._request_id = ""
        self._connections: set[Connection] = set()
        self.answer: RuntimeAnswer | None = None
        self.has_lost_client = False
        selector.register(self._listener, selectors.EVENT_READ, None)

    @property
    def address(self) -> str:
        host, port = self._listener.getsockname()
        return f"{host}:{port}"

    @property
    def is_idle(self) -> bool:
        """Whether the process waits for its next event."""
        return self._waiting is not None

    def hand_over(self, request_id: str, event: bytes, headers: Mapping[str, str]) -> None:
        """Gives the waiting process its next event."""
        assert self._waiting is not None, "hand_over needs an idle process"
        waiting, self._waiting = self._waiting, None
        self._request_id, self.answer = request_id, None
        waiting.reply(HTTPStatus.OK, event, {"Lambda-Runtime-Aws-Request-Id": request_id, **headers})

    def serve(self, connection: Connection | None) -> None:
        """Reads what has arrived: on the listener (None) or on one connection."""
        if connection is None:
            self._accept()
        elif not connection.receive():
            self._forget(connection)
        else:
            for request in connection.requests():
                self._take(connection, request)

    def close(self) -> None:
        for connection in list(self._connections):
            self._forget(connection)
        self._selector.unregister(self._listener)
        self._listener.close()

    def _accept(self) -> None:
        try:
            accepted, _ = self._listener.accept()
        except OSError:
            return
        connection = Connection(accepted)
        self._connections.add(connection)
        self._selector.register(accepted, selectors.EVENT_READ, connection)

    def _forget(self, connection: Connection) -> None:
        self.has_lost_client = True
        if self._waiting is connection:
            self._waiting = None
        self._connections.discard(connection)
        self._selector.unregister(connection.socket)
        connection.socket.close()

    def _take(self, connection: Connection, request: HttpRequest) -> None:
        if (request.method, request.path) == ("GET", f"{ROOT}/invocation/next"):
            self._waiting = connection
        elif (request.method, request.path) == ("POST", f"{ROOT}/init/error"):
            self._accept_answer(connection, RuntimeAnswer("init_error", request.body))
        elif (request.method, request.path) == ("POST", f"{ROOT}/invocation/{self._request_id}/response"):
            self._accept_answer(connection, RuntimeAnswer("response", request.body))
        elif (request.method, request.path) == ("POST", f"{ROOT}/invocation/{self._request_id}/error"):
            self._accept_answer(connection, RuntimeAnswer("error", request.body))
        else:
            refusal = {"errorType": "InvalidRequest", "errorMessage": f"{request.method} {request.path}"}
            connection.reply(HTTPStatus.BAD_REQUEST, json.dumps(refusal).encode())

    def _accept_answer(self, connection: Connection, answer: RuntimeAnswer) -> None:
        self.answer = answer
        connection.reply(HTTPStatus.ACCEPTED, ACCEPTED)
