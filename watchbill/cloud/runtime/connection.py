"""A minimal HTTP/1.1 server connection for the Runtime API's two clients, without a delay between request and reply."""

import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

HEAD_END = b"\r\n\r\n"
CHUNK_BYTES = 1 << 18
SEND_SECONDS = 10.0


@dataclass(frozen=True)
class HttpRequest:
    method: str
    path: str
    body: bytes


class Connection:
    """One kept-alive connection. It reads when the selector reports data; a reply is sent in one write."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connected.settimeout(SEND_SECONDS)
        self.socket = connected
        self._received = bytearray()

    def receive(self) -> bool:
        """Reads what has arrived; False after the client has closed."""
        try:
            data = self.socket.recv(CHUNK_BYTES)
        except OSError:
            return False
        self._received += data
        return bool(data)

    def requests(self) -> Iterator[HttpRequest]:
        """Every request that has arrived completely."""
        while (head_end := self._received.find(HEAD_END)) >= 0:
            head = self._received[:head_end].decode("latin-1").split("\r\n")
            end = head_end + len(HEAD_END) + _content_length(head[1:])
            if len(self._received) < end:
                return
            method, path, _ = head[0].split(" ", 2)
            body = bytes(self._received[head_end + len(HEAD_END) : end])
            del self._received[:end]
            yield HttpRequest(method, path, body)

    def reply(self, status: HTTPStatus, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Sends a reply; when the client is gone, the connection is closed and its end is noticed elsewhere."""
        lines = [f"HTTP/1.1 {status.value} {status.phrase}", f"Content-Length: {len(body)}"]
        lines += [
            "Content-Type: application/json",
            *(f"{name}: {value}" for name, value in (headers or {}).items()),
        ]
        try:
            self.socket.sendall("\r\n".join(lines).encode("latin-1") + HEAD_END + body)
        except OSError:
            self.socket.close()


def _content_length(headers: list[str]) -> int:
    for header in headers:
        name, _, value = header.partition(":")
        if name.lower() == "content-length":
            return int(value)
    return 0
