"""The desk's function URL: HTTP on loopback goes to the handler as payload format 2.0, and back."""

import base64
import socket
import threading
import time
from contextlib import ExitStack

import pytest
import urllib3

from company.json_values import JsonObject
from watchbill.cloud.desk_addresses import desk_address
from watchbill.cloud.function_urls import MOST_BODY, serving


def test_a_request_reaches_the_handler_as_lambda_would_bring_it() -> None:
    seen: list[JsonObject] = []

    def handler(event: JsonObject) -> JsonObject:
        seen.append(event)
        return {"statusCode": 201, "headers": {"x-a": "b"}, "cookies": ["c=1; Path=/"], "body": "é"}

    with serving(handler, 0) as port:
        answer = urllib3.request(
            "POST", desk_address(port) + "d/x?q=1", body=b"option=yes", headers={"Cookie": "a=1; b=2", "X-Y": "z"}
        )

    [event] = seen
    assert (event["version"], event["rawPath"], event["rawQueryString"]) == ("2.0", "/d/x", "q=1")
    assert (event["cookies"], event["headers"]["x-y"]) == (["a=1", "b=2"], "z")
    assert event["requestContext"]["http"]["method"] == "POST"
    assert base64.b64decode(event["body"]) == b"option=yes"
    assert (answer.status, answer.headers["x-a"], answer.headers["set-cookie"]) == (201, "b", "c=1; Path=/")
    assert answer.data.decode() == "é"


def test_a_header_that_comes_twice_is_one_and_loses_nothing() -> None:
    seen: list[JsonObject] = []
    twice = b"X-A: 1\r\nx-a: 2\r\nCookie: a=1\r\nCookie: b=2\r\nContent-Length: 3\r\nContent-Length: 3 \r\n"

    def handler(event: JsonObject) -> JsonObject:
        seen.append(event)
        return ok(event)

    with serving(handler, 0) as port:
        spoken(port, b"POST /x HTTP/1.1\r\n" + twice + b"\r\nabc")

    assert [(event["headers"]["x-a"], event["cookies"]) for event in seen] == [("1,2", ["a=1", "b=2"])]
    assert base64.b64decode(seen[0]["body"]) == b"abc"


@pytest.mark.parametrize(("method", "status", "length"), [("GET", 200, "2"), ("HEAD", 200, None), ("GET", 304, None)])
def test_a_length_is_only_said_of_a_body_that_is_sent(method: str, status: int, length: str | None) -> None:
    """With HEAD and 304 it would be that of the page which a GET gets (RFC 9110, 8.6): not 0."""
    body = "ok" if (method, status) == ("GET", 200) else ""

    with serving(lambda event: {"statusCode": status, "headers": {}, "cookies": [], "body": body}, 0) as port:
        answer = urllib3.request(method, desk_address(port))

    assert (answer.status, answer.headers.get("content-length"), answer.data.decode()) == (status, length, body)


def test_a_body_larger_than_lambda_takes_never_reaches_the_handler() -> None:
    with serving(lambda event: {}, 0) as port:
        answer = urllib3.request("POST", desk_address(port), headers={"Content-Length": str(MOST_BODY + 1)})

    assert answer.status == 413


def ok(event: JsonObject) -> JsonObject:
    return {"statusCode": 200, "headers": {}, "cookies": [], "body": event["rawPath"]}


def spoken(port: int, *parts: bytes) -> bytes:
    """What a client gets that sends these bytes and then reads to the end."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        for part in parts:
            client.sendall(part)
        return b"".join(iter(lambda: client.recv(65536), b""))


def test_two_hundred_slow_clients_delay_nobody_and_take_no_thread() -> None:
    with serving(ok, 0, seconds=30) as port, ExitStack() as clients:
        before = threading.active_count()
        for _ in range(200):
            slow = clients.enter_context(socket.create_connection(("127.0.0.1", port)))
            slow.sendall(b"POST /login HTTP/1.1\r\nContent-Length: 100\r\n\r\nkey=")

        started = time.monotonic()
        answer = urllib3.request("GET", desk_address(port) + "x", timeout=20, retries=False)

        assert (answer.status, answer.data) == (200, b"/x")
        assert time.monotonic() - started < 5
        assert threading.active_count() <= before + 1


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nkey"])
def test_a_client_that_never_ends_its_request_is_let_go(sent: bytes) -> None:
    with serving(ok, 0, seconds=0.2) as port:
        assert spoken(port, sent) == b""


def test_slow_clients_do_not_hold_up_the_end() -> None:
    with ExitStack() as clients:
        with serving(ok, 0, seconds=600) as port:
            clients.enter_context(socket.create_connection(("127.0.0.1", port))).sendall(b"GET ")
            urllib3.request("GET", desk_address(port))
            started = time.monotonic()

        assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", 431),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde", 400),
        (b"\x16\x03\x01 not http\r\n\r\n", 400),
    ],
)
def test_what_is_no_request_is_refused_before_it_reaches_the_handler(sent: bytes, status: int) -> None:
    def never(event: JsonObject) -> JsonObject:
        raise AssertionError(event)

    with serving(never, 0) as port:
        assert spoken(port, sent).split(b" ")[1] == str(status).encode()


def test_a_handler_that_fails_is_an_error_page_and_the_next_request_is_served(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def handler(event: JsonObject) -> JsonObject:
        return ok(event) if event["rawPath"] == "/well" else {}

    with serving(handler, 0) as port:
        broken, well = (urllib3.request("GET", desk_address(port) + path) for path in ("broken", "well"))

    assert (broken.status, well.status) == (500, 200)
    assert "KeyError" in capsys.readouterr().err
