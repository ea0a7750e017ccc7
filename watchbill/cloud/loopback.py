"""Whether this machine can talk to itself: everything on the desk meets on loopback, and some containers have none."""

import socket

from watchbill.errors import DeskError

SECONDS = 5.0


def require_loopback() -> None:
    """DeskError where 127.0.0.1 or the name localhost leads nowhere; it says what to do."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            socket.create_connection(listener.getsockname(), SECONDS).close()
    except OSError as error:
        raise DeskError(
            f"127.0.0.1 does not work on this machine ({error.strerror or error}), and the desk's Postgres, cloud and "
            "functions meet there. Turn loopback on (as root: `ip link set lo up`), or run where it is on."
        ) from error
    try:
        socket.getaddrinfo("localhost", None)
    except OSError as error:
        raise DeskError(
            "The name localhost has no address on this machine, and the desk's cloud is found by it. "
            "Add the line `127.0.0.1 localhost` to /etc/hosts."
        ) from error
