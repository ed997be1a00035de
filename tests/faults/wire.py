"""A minimal HTTP/1.1 server that can withhold its response, and a client; both on this machine."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto

HERE = "127.0.0.1"


@dataclass(frozen=True)
class WireRequest:
    """A complete request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class WireResponse:
    """A complete response."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class NoResponse(Enum):
    """How a response fails to arrive."""

    RESET = auto()
    """The connection is reset at once."""
    NEVER = auto()
    """Nothing is sent until the client gives up."""


WireHandler = Callable[[WireRequest], Awaitable[WireResponse | NoResponse]]


@asynccontextmanager
async def serving(handler: WireHandler) -> AsyncIterator[str]:
    """Run a server on this machine inside the block, and yield its address.

    An exception of the handler is raised at the block's end: the client only sees the connection break.
    """
    mistakes: list[Exception] = []
    conversations: set[asyncio.Task[None] | None] = set()  # asyncio keeps weak references only

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversations.add(asyncio.current_task())
        try:
            await _converse(handler, reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass  # the client has closed the connection, or the block has ended
        except Exception as mistake:
            mistakes.append(mistake)
        finally:
            conversations.discard(asyncio.current_task())
            writer.close()

    server = await asyncio.start_server(connected, HERE, 0)
    try:
        yield "{}:{}".format(*server.sockets[0].getsockname())
    finally:
        server.close()
        for conversation in filter(None, conversations.copy()):
            conversation.cancel()
    if mistakes:
        raise mistakes[0]


async def _converse(handler: WireHandler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while request := await _request(reader):
        answer = await handler(request)
        if isinstance(answer, NoResponse):
            await _withhold(answer, reader, writer)
            return
        writer.write(_encoded(f"HTTP/1.1 {answer.status} .", answer.headers, answer.body))
        await writer.drain()


async def _withhold(silence: NoResponse, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if silence is NoResponse.NEVER:
        await reader.read()
        return
    at_once = struct.pack("ii", 1, 0)  # close() then sends a reset
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
    writer.transport.abort()


async def _request(reader: asyncio.StreamReader) -> WireRequest | None:
    """Return the next request, or None once the client has closed the connection."""
    try:
        first, headers, body = await _message(reader)
    except asyncio.IncompleteReadError:
        return None
    method, path, _ = first.split(" ")
    return WireRequest(method, path, headers, body)


async def _message(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if "transfer-encoding" in headers:
        return first, headers, await _chunks(reader)
    return first, headers, await reader.readexactly(int(headers.get("content-length", 0)))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    """Read a chunked body, as DynamoDB Local sends long ones."""
    body = b""
    while length := int(await reader.readuntil(b"\r\n"), 16):
        body += await reader.readexactly(length)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return body


def _encoded(first: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in {**headers, "content-length": len(body)}.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


class Upstream:
    """The server behind a proxy; connections are reused."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, request: WireRequest) -> WireResponse:
        """Send the request on and return the server's response."""
        reader, writer = await self._connection()
        writer.write(_encoded(f"{request.method} {request.path} HTTP/1.1", request.headers, request.body))
        first, headers, body = await _message(reader)
        self._idle.append((reader, writer))
        headers.pop("transfer-encoding", None)
        return WireResponse(int(first.split(" ")[1]), body, headers)

    def close(self) -> None:
        """Close the idle connections."""
        for _, writer in self._idle:
            writer.close()

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return await asyncio.open_connection(HERE, self._port)
