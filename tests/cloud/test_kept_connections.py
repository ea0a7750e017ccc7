"""The web server in front of moto: one connection for many requests, and nothing of one is left for the next."""

from collections.abc import Iterator
from http.client import HTTPConnection, RemoteDisconnected
from typing import Any

import pytest

from watchbill.cloud.quick_moto.kept_connections import KeepingServer


def answering(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    """Answers with the path and the request's body; it never reads the body of a path with `unread`."""
    path = environ["PATH_INFO"]
    if path == "/fails":
        raise ValueError("the application is broken")
    body = b"" if path == "/unread" else environ["wsgi.input"].read()
    start_response("204 No Content" if path == "/empty" else "200 OK", [("X-Path", path)])
    yield path.encode()
    yield body


@pytest.fixture
def connection() -> Iterator[HTTPConnection]:
    with KeepingServer(answering) as server:
        opened = HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        yield opened
        opened.close()


def asked(connection: HTTPConnection, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, bytes]:
    connection.request(method, path, body, **more)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_many_requests_go_over_one_connection(connection: HTTPConnection) -> None:
    asked(connection, "GET", "/first")
    used = connection.sock

    answers = [asked(connection, "POST", "/again", b"x" * size) for size in (0, 1, 100_000)]

    assert answers == [(200, b"/again" + b"x" * size) for size in (0, 1, 100_000)]
    assert connection.sock is used


def test_a_body_that_nobody_read_is_not_the_next_request(connection: HTTPConnection) -> None:
    first = asked(connection, "PUT", "/unread", b"GET /other HTTP/1.1\r\n\r\n")

    assert [first, asked(connection, "GET", "/next")] == [(200, b"/unread"), (200, b"/next")]


def test_a_body_in_chunks_is_read_whole(connection: HTTPConnection) -> None:
    parts = iter([b"one ", b"two"])

    answer = asked(connection, "PUT", "/chunks", parts, encode_chunked=True, headers={"Transfer-Encoding": "chunked"})

    assert [answer, asked(connection, "GET", "/next")] == [(200, b"/chunksone two"), (200, b"/next")]


@pytest.mark.parametrize(("method", "path"), [("HEAD", "/head"), ("GET", "/empty")])
def test_an_answer_without_a_body_has_none(connection: HTTPConnection, method: str, path: str) -> None:
    assert asked(connection, method, path)[1] == b""
    assert asked(connection, "GET", "/next") == (200, b"/next")


def test_a_broken_application_answers_500_and_the_next_request_is_served(connection: HTTPConnection) -> None:
    assert asked(connection, "GET", "/fails")[0] == 500
    assert asked(connection, "GET", "/next") == (200, b"/next")


def test_the_end_of_the_server_ends_its_connections() -> None:
    with KeepingServer(answering) as server:
        opened = HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        asked(opened, "GET", "/first")

    with pytest.raises((RemoteDisconnected, ConnectionError)):
        asked(opened, "GET", "/late")
    opened.close()
