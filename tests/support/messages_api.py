"""The Messages API on loopback, as strict as the real one: scripted turns, a cache that is accounted, and refusals.

A request that the API would refuse gets its 400 (tests.support.messages_rules), and the test fails at its end, unless
it says that it wants to see refusals.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread
from typing import Any

from tests.support.messages_rules import fault_in

Body = dict[str, Any]
COUNTED = object()
"""The usage that the server counts."""
ERRORS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}


@dataclass(frozen=True)
class Says:
    """One answer of the model. usage: what it reports in place of the true usage."""

    content: list[Body]
    stop: str = "tool_use"
    after: float = 0.0
    usage: Any = COUNTED


@dataclass(frozen=True)
class Fails:
    """One error of the API. headers: sent beside the usual ones, such as a date for Retry-After."""

    status: int
    message: str = "as the test asked"
    retry_after: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Breaks:
    """No whole answer: the connection breaks, with half of the body sent or none."""

    half: bool = False


@dataclass(frozen=True)
class Drips:
    """An answer that never ends: one byte after the other, with so many seconds between them."""

    every: float = 0.2


Reply = Says | Fails | Breaks | Drips
Script = Callable[[Body], Reply]


def uses(*calls: tuple[str, Body]) -> Says:
    """A turn that calls these tools, in parallel. The server gives each call an id that no other call has."""
    return Says([{"type": "tool_use", "name": name, "input": arguments} for name, arguments in calls])


def finishes(**evidence: Any) -> Says:
    evidence = evidence or {"looked_at": 1}
    counted = next(iter(evidence.values()))
    return uses(("finish", {"evidence": evidence, "note": f"{counted} thing looked at."}))


def speaks(text: str, stop: str = "end_turn") -> Says:
    return Says([{"type": "text", "text": text}], stop)


@dataclass
class MessagesApi:
    """A running server: the requests that it got, its answers' content, and the usage that it reported."""

    url: str
    script: list[Reply] | Script
    asked: list[Body] = field(default_factory=list)
    said: list[list[Body]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """The message of each 400 that a request earned."""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    usages: list[Body] = field(default_factory=list)
    cached: set[str] = field(default_factory=set)
    checks: int = 0
    """How often somebody looked whether the server answers at all; it does, and that is no ask."""
    is_cheap: bool = False
    """Reports almost no usage, so that a whole day of asks fits into a day's budget."""

    def reply(self, ask: Body, request: Body) -> Reply:
        """The script's reply to this ask; a 400 when the API would not take the request."""
        self.asked.append(ask)
        if fault := fault_in(request, self.said):
            self.refused.append(fault)
            return Fails(400, fault)
        if callable(self.script):
            return self.script(ask)
        return self.script.pop(0) if self.script else Fails(500, "the script is at its end")

    def content(self, says: Says) -> list[Body]:
        """What the server answers: each call without an id gets one."""
        content = [
            {"id": f"toolu_{next(self.numbers):06}", **block} if block.get("type") == "tool_use" else block
            for block in says.content
        ]
        self.said.append(content)
        return content

    def results(self, ask: int = -1) -> list[Body]:
        """The tool results in the last user turn of one ask."""
        return [b for b in self.asked[ask]["messages"][-1]["content"] if b["type"] == "tool_result"]

    def account(self, body: Body) -> Body:
        """Usage: read is the longest prefix that an earlier mark wrote, written what this ask's last mark adds."""
        read = written = total = 0
        digest, marks = hashlib.sha256(), []
        for block in _blocks(body):
            plain = {name: part for name, part in block.items() if name != "cache_control"}
            text = json.dumps(plain, sort_keys=True)
            digest.update(text.encode())
            total += max(1, len(text) // 4)
            key = digest.hexdigest()
            if key in self.cached:
                read = total
            if "cache_control" in block:
                marks.append(key)
                written = total
        self.cached.update(marks)
        written = max(written, read)
        return {
            "input_tokens": total - written,
            "cache_creation_input_tokens": written - read,
            "cache_read_input_tokens": read,
        }


def _blocks(body: Body) -> Iterator[Body]:
    yield from body.get("tools", [])
    yield from body.get("system", [])
    for message in body["messages"]:
        for block in message["content"]:
            yield {"role": message["role"], **block}


@contextmanager
def messages_api(
    script: list[Reply] | Script, speaks: "type[MessagesHandler] | None" = None, *, may_refuse: bool = False
) -> Iterator[MessagesApi]:
    """Serves the script; a list is used in order, a callable is asked each time.

    At its end no request may have been refused, except where the test is about refusals (may_refuse).
    """
    api = MessagesApi("", script)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Serving", (speaks or MessagesHandler,), {"api": api}))
    server.daemon_threads = True
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert may_refuse or not api.refused, f"the Messages API refused: {api.refused[0]}"


class MessagesHandler(BaseHTTPRequestHandler):
    """One connection as Anthropic's own API answers it; another protocol overrides the form of asks and errors."""

    api: MessagesApi

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/v1/messages/count_tokens":
            self.api.checks += 1
            fault = fault_in({"max_tokens": 1, **json.loads(sent)}, self.api.said)
            if fault:
                self.api.refused.append(fault)
            self._send(400, self.error(Fails(400, fault))) if fault else self._send(200, {"input_tokens": 1})
            return
        request = json.loads(sent, parse_constant=_no_json)
        body = self.ask(request)
        match self.api.reply(body, self.as_message(request)):
            case Says() as says:
                time.sleep(says.after)
                self._send(200, _message(self.api, body, says))
            case Fails() as fails:
                after = (("retry-after", fails.retry_after),) if fails.retry_after is not None else ()
                self._send(fails.status, self.error(fails), (*after, *fails.headers))
            case Breaks(half=half):
                self._break(half)
            case Drips(every=every):
                self._drip(every)

    def ask(self, body: Body) -> Body:
        """The ask as the script gets it."""
        return body

    def as_message(self, body: Body) -> Body:
        """The ask as the Messages API gets it."""
        return body

    def error(self, fails: Fails) -> Body:
        return {"type": "error", "error": {"type": ERRORS.get(fails.status, "api_error"), "message": fails.message}}

    def _send(self, status: int, body: Body, headers: tuple[tuple[str, str], ...] = ()) -> None:
        data = json.dumps(body).encode()
        self.send_response_only(status)
        usual = {
            "date": self.date_time_string(),
            "content-type": "application/json",
            "content-length": str(len(data)),
            "request-id": "req_test",
        }
        for name, value in {**usual, **dict(headers)}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(data)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the caller stopped waiting

    def _break(self, half: bool) -> None:
        if half:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", "500")
            self.end_headers()
            self.wfile.write(b'{"id": "msg_1", "type": "mess')
        self.close_connection = True

    def _drip(self, every: float) -> None:
        """A byte at a time, within every timeout per read, until the caller closes the connection."""
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n")
            for _ in range(int(60 / every)):
                self.wfile.write(b" ")
                time.sleep(every)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def failing_api(status: int, message: str = "as the test asked") -> Iterator[str]:
    """The address of a server that answers everything with one error, also the question whether it answers."""

    class Failing(MessagesHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self._send(status, self.error(Fails(status, message)))

    with messages_api([], Failing) as api:
        yield api.url


def _no_json(constant: str) -> None:
    raise AssertionError(f"the request is no JSON: it holds {constant}")


def _message(api: MessagesApi, body: Body, says: Says) -> Body:
    content = api.content(says)
    usage = api.account(body) | {"output_tokens": len(json.dumps(content)) // 4}
    if api.is_cheap:
        usage = dict.fromkeys(usage, 1)
    api.usages.append(usage)
    return {
        "id": f"msg_{len(api.asked)}",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": content,
        "stop_reason": says.stop,
        "stop_sequence": None,
        "usage": usage if says.usage is COUNTED else says.usage,
    }
