"""Where the desk's own function URLs are, on loopback."""

DESK_PORT = 8797
DESK_API_PORT = 8798


def desk_address(port: int) -> str:
    """The desk's function URL, with a slash at its end like AWS's."""
    return f"http://127.0.0.1:{port}/"
