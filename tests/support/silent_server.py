"""An endpoint that is there and never says a word."""

from collections.abc import Iterator
from contextlib import contextmanager
from socket import create_server, socket
from threading import Thread


@contextmanager
def silent_server() -> Iterator[tuple[str, list[socket]]]:
    """Accepts every connection: its address, and the connections so far."""
    listener = create_server(("127.0.0.1", 0))
    taken: list[socket] = []

    def accept() -> None:
        while True:
            try:
                taken.append(listener.accept()[0])
            except OSError:
                return

    accepting = Thread(target=accept)
    accepting.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", taken
    finally:
        listener.shutdown(2)
        listener.close()
        accepting.join()
        for connection in taken:
            connection.close()
