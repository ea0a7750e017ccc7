"""A Lambda function URL on loopback, for the console and the API: turns HTTP into payload format 2.0 for the handler.

Requests arrive side by side, each within a time limit, and cost no thread: a slow client delays nobody. Complete ones
are handled one after another, as in one container of Lambda.
"""

from __future__ import annotations

import asyncio
import socket
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http import HTTPStatus
from threading import Thread
from typing import Any

from company.json_values import JsonObject
from watchbill.cloud.http_request import WholeRequest, refusal

MOST_BODY = 6 * 1024 * 1024
"""Bytes; the same limit as on Lambda."""
MOST_HEAD = 64 * 1024
MOST_CLIENTS = 512
"""Clients at once; one more is refused."""
SECONDS = 10.0
"""How long a request may take to arrive, and its response to be taken."""
HEAD_END = b"\r\n\r\n"

Handler = Callable[[dict[str, Any]], JsonObject]


@contextmanager
def serving(handler: Handler, port: int, *, seconds: float = SECONDS) -> Iterator[int]:
    """Serves a handler on loopback and yields the port; 0 takes a free one.

    handler takes an event and returns a response, both in payload format 2.0. OSError when the port is taken.
    """
    with socket.create_server(("127.0.0.1", port), backlog=MOST_CLIENTS) as listener:
        loop, server = asyncio.new_event_loop(), FunctionUrl(handler, seconds)
        thread = Thread(target=_run, args=(loop, server, listener), name="function url", daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            loop.call_soon_threadsafe(server.ended.set)
            thread.join()


def _run(loop: asyncio.AbstractEventLoop, server: FunctionUrl, listener: socket.socket) -> None:
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(server.serve(listener))


class FunctionUrl:
    """One function's address on loopback."""

    def __init__(self, handler: Handler, seconds: float) -> None:
        self.ended = asyncio.Event()
        self._handler = handler
        self._seconds = seconds
        self._clients = 0
        self._container = ThreadPoolExecutor(max_workers=1, thread_name_prefix="function-url")

    async def serve(self, listener: socket.socket) -> None:
        """Serves until `ended` is set; requests that are still arriving are dropped then."""
        with self._container:
            server = await asyncio.start_server(self._client, sock=listener, limit=MOST_HEAD)
            await self.ended.wait()
            server.close()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients += 1
        with suppress(OSError, TimeoutError, EOFError):  # it went away, or was too slow
            try:
                async with asyncio.timeout(self._seconds):
                    request = await self._request(reader)
                response = await self._response(request, writer.get_extra_info("peername")[0])
                async with asyncio.timeout(self._seconds):
                    writer.write(response)
                    await writer.drain()
            finally:
                self._clients -= 1
                writer.close()

    async def _request(self, reader: asyncio.StreamReader) -> WholeRequest | bytes:
        """A whole request, or the response that refuses it before the rest of it is read."""
        if self._clients > MOST_CLIENTS:
            return refusal(HTTPStatus.SERVICE_UNAVAILABLE)
        try:
            request = WholeRequest(await reader.readuntil(HEAD_END))
        except asyncio.LimitOverrunError:
            return refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if not request.is_readable:
            return refusal(HTTPStatus.BAD_REQUEST)
        length = request.body_length(MOST_BODY)
        if isinstance(length, HTTPStatus):
            return refusal(length)
        request.body = await reader.readexactly(length)
        return request

    async def _response(self, request: WholeRequest | bytes, peer: str) -> bytes:
        if isinstance(request, bytes):
            return request
        return await asyncio.get_running_loop().run_in_executor(self._container, self._handled, request, peer)

    def _handled(self, request: WholeRequest, peer: str) -> bytes:
        try:
            return request.response(self._handler(request.event(peer)))
        except Exception:  # one bad page must not end the server
            traceback.print_exc()
            return refusal(HTTPStatus.INTERNAL_SERVER_ERROR)
