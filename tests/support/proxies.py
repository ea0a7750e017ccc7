"""A TCP proxy before a test's Postgres, which does to connections what networks do to them."""

import contextlib
import select
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

RESET_AT_CLOSE = struct.pack("ii", 1, 0)
"""For SO_LINGER: closing sends a reset."""
LOOK_SECONDS = 0.02


@dataclass
class Link:
    """One connection through the proxy."""

    client: socket.socket
    server: socket.socket
    fault: Literal["none", "swallow", "reset"] = "none"
    delay_seconds: float = 0
    passed: threading.Thread | None = None

    def pass_on(self) -> None:
        """Until one end closes. What is swallowed is acknowledged all the same, as something in the middle does."""
        others = {self.client: self.server, self.server: self.client}
        open_ends = list(others)
        with contextlib.suppress(OSError), self.client, self.server:
            while self.fault != "reset":
                for end in select.select(open_ends, [], [], LOOK_SECONDS)[0]:
                    sent = end.recv(65536)
                    if self.fault == "swallow":
                        # Also an end: the other side goes on believing in its connection.
                        open_ends = open_ends if sent else [one for one in open_ends if one is not end]
                    elif not sent:
                        return
                    else:
                        time.sleep(self.delay_seconds)
                        others[end].sendall(sent)
            for end in others:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)


@dataclass
class Proxy:
    """Passes bytes on, until a test does something to the connections that there are."""

    listening: socket.socket
    server: tuple[str, int]
    swallows_new: bool = False
    links: list[Link] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.listening.getsockname()[1])

    def accept(self) -> None:
        """Serves each new connection in a thread of its own, until the listening socket is closed."""
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listening.accept()
                link = Link(client, socket.create_connection(self.server), "swallow" if self.swallows_new else "none")
                link.passed = threading.Thread(target=link.pass_on, daemon=True)
                self.links.append(link)
                link.passed.start()

    def swallow(self, *, also_new: bool = False) -> None:
        """From now on nothing arrives, in either direction, and nobody is told."""
        self.swallows_new = also_new
        for link in self.links:
            link.fault = "swallow"

    def delay(self, seconds: float) -> None:
        for link in self.links:
            link.delay_seconds = seconds

    def reset(self) -> None:
        """Ends each connection as a firewall does."""
        for link in self.links:
            link.fault = "reset"
            if link.passed is not None:
                link.passed.join()

    def half_close(self) -> None:
        """The client reads an end, while what it sends still arrives."""
        for link in self.links:
            link.client.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def proxy_before(host: str, port: int) -> Iterator[Proxy]:
    """A proxy on a port of its own; its connections end with it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        proxy = Proxy(listening, (host, port))
        threading.Thread(target=proxy.accept, daemon=True).start()
        try:
            yield proxy
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            proxy.reset()
