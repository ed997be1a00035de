"""A minimal HTTP/1.1 server on 127.0.0.1, as far as curl and urllib3 need one."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass

END = b"\r\n\r\n"


@dataclass(frozen=True)
class LoopbackRequest:
    """A complete request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class LoopbackResponse:
    """A complete response."""

    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/x-amz-json-1.0"),)

    def encoded(self) -> bytes:
        """Return the response's bytes; the connection stays open."""
        lines = [f"HTTP/1.1 {self.status} .", *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join([*lines, f"content-length: {len(self.body)}", "", ""]).encode("latin-1") + self.body


LoopbackHandler = Callable[[LoopbackRequest], LoopbackResponse | asyncio.Future[LoopbackResponse]]
"""Returns the response, or a future of it."""


class _Connection(asyncio.Protocol):
    def __init__(self, handler: LoopbackHandler) -> None:
        self.handler = handler
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        while request := self._next_request():
            answer = self.handler(request)
            if isinstance(answer, LoopbackResponse):
                self._write(answer)
            else:
                answer.add_done_callback(lambda later: None if later.cancelled() else self._write(later.result()))

    def _next_request(self) -> LoopbackRequest | None:
        head, found, rest = self.received.partition(END)
        if not found:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            return None
        self.received = rest[length:]
        method, path, _ = first.split(" ")
        return LoopbackRequest(method, path, headers, rest[:length])

    def _write(self, answer: LoopbackResponse) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer.encoded())


async def serve(handler: LoopbackHandler, tls: ssl.SSLContext | None = None) -> tuple[asyncio.Server, int]:
    """Start a server on a free port of this machine, and return it with the port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(handler), "127.0.0.1", 0, ssl=tls)
    port: int = server.sockets[0].getsockname()[1]
    return server, port
