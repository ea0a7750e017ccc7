"""A model that errs at random, behind a Messages API on loopback: what a drill asks in place of a real one.

It calls tools that suit with arguments that may not, claims work that it did not do, talks where it should act, and
fails as an endpoint fails. It costs nothing, and its usage is one token for each kind.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from random import Random
from typing import Any

from company.json_values import JsonObject
from company.model.by_need import names_in
from company.model.schemas import USE_TOOL

TALK = ("All is well.", "I could not find anything.", "I will look at it later.")
WORDS = ("all is well", "yes", "2026-03-11T12:00:00+00:00", "ring", "data", "complete", "heartbeat", "x")
NUMBERS = (0, 1, 2, 3, 7, 40, 1000, -1)
USAGE = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
ENDS, CALLS, SAYS, FAILS = "ends", "calls", "says", "fails"
SHARES = {ENDS: 45, CALLS: 40, SAYS: 10, FAILS: 5}
"""In percent: what a turn is."""


class ErringModel:
    """Draws the answer to each request by a seed and the request's number."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._numbers = count(1)

    def answer(self, asked: JsonObject) -> JsonObject | None:
        """The message; None where the endpoint fails."""
        number = next(self._numbers)
        dice = Random(f"{self._seed} {number}")
        [turn] = dice.choices(list(SHARES), list(SHARES.values()))
        if turn == FAILS:
            return None
        content = {"type": "text", "text": dice.choice(TALK)} if turn == SAYS else _call(dice, asked, number, turn)
        return {
            "id": f"msg_{number}",
            "type": "message",
            "role": "assistant",
            "model": asked["model"],
            "content": [content],
            "stop_reason": "end_turn" if turn == SAYS else "tool_use",
            "stop_sequence": None,
            "usage": dict.fromkeys(USAGE, 1),
        }


def _call(dice: Random, asked: JsonObject, number: int, turn: str) -> JsonObject:
    """A call of `finish` with figures that nobody counted, or of any tool with arguments of the right shape."""
    tools = {tool["name"]: tool for tool in asked["tools"]}
    by_need = names_in("".join(block["text"] for block in asked.get("system", [])))
    name = "finish" if turn == ENDS and "finish" in tools else dice.choice(sorted({*tools, *by_need}))
    called = {"type": "tool_use", "id": f"toolu_{number:06}", "name": name}
    if name in by_need:
        arguments = {argument: dice.choice((*WORDS, *NUMBERS)) for argument in by_need[name]}
        return {**called, "name": USE_TOOL, "input": {"tool": name, "arguments": arguments}}
    counted = {"evidence": {"looked_at": dice.choice((1, 7, 200))}, "note": dice.choice(TALK)}
    return {**called, "input": counted if name == "finish" else _filled(dice, tools[name]["input_schema"])}


def _filled(dice: Random, schema: Mapping[str, Any]) -> JsonObject:
    shared, needed = schema.get("$defs", {}), schema.get("required", [])
    return {
        name: _value(dice, part, shared)
        for name, part in schema.get("properties", {}).items()
        if name in needed or dice.random() < 0.5
    }


def _value(dice: Random, schema: Mapping[str, Any], shared: Mapping[str, Any]) -> Any:
    """A value of the schema's type, drawn without a thought."""
    if "$ref" in schema:
        return _value(dice, shared[schema["$ref"].rsplit("/", 1)[-1]], shared)
    if choices := schema.get("enum") or ([schema["const"]] if "const" in schema else None):
        return dice.choice(choices)
    if "anyOf" in schema:
        return _value(dice, dice.choice(schema["anyOf"]), shared)
    return _plain(dice, schema, shared)


def _plain(dice: Random, schema: Mapping[str, Any], shared: Mapping[str, Any]) -> Any:
    match schema.get("type"):
        case "integer" | "number":
            return dice.choice(NUMBERS)
        case "boolean":
            return dice.random() < 0.5
        case "null":
            return None
        case "array":
            return [_value(dice, schema.get("items", {}), shared) for _ in range(dice.randint(0, 2))]
        case "object":
            return _filled(dice, {**schema, "$defs": shared}) or {dice.choice(WORDS): dice.choice(NUMBERS)}
    return dice.choice(WORDS)


@contextmanager
def erring_model(seed: int) -> Iterator[str]:
    """Serves a model by this seed; yields its address."""
    handler = type("Serving", (_Handler,), {"model": ErringModel(seed)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Answers the two requests that the company makes: a message, and whether the endpoint answers at all."""

    model: ErringModel

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path.endswith("/count_tokens"):
            self._send(200, {"input_tokens": 1})
            return
        message = self.model.answer(asked)
        overloaded = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
        self._send(200, message) if message else self._send(529, overloaded)

    def _send(self, status: int, body: JsonObject) -> None:
        data = json.dumps(body).encode()
        self.send_response_only(status)
        for name, value in (("content-type", "application/json"), ("content-length", str(len(data)))):
            self.send_header(name, value)
        if status != 200:
            self.send_header("retry-after", "0")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing on the owner's terminal."""
