"""A program that exchanges JSON messages over its standard streams, and is ended in any case."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from threading import Timer
from typing import Any

Message = dict[str, Any]

LIMIT = 1200
"""Seconds after which the program is killed, so that a test that waits for it fails."""


class Conversation:
    """Sends and receives messages, each of which ends with the same byte."""

    def __init__(self, process: subprocess.Popen[bytes], end: bytes) -> None:
        self._process = process
        self._end = end
        self._received = b""

    def say(self, message: Mapping[str, Any]) -> None:
        """Send one message."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(message).encode() + self._end)
        self._process.stdin.flush()

    def hear(self) -> Message:
        """Return the next message. Raises EOFError if the program has ended."""
        assert self._process.stdout
        while self._end not in self._received:
            more = os.read(self._process.stdout.fileno(), 1 << 16)
            if not more:
                raise EOFError(f"{self._process.args!r} has ended")
            self._received += more
        first, _, self._received = self._received.partition(self._end)
        message: Message = json.loads(first)
        return message


@contextmanager
def running(command: Sequence[str], end: bytes, **environment: str) -> Iterator[Conversation]:
    """Run the program inside the block; at the end, kill it with everything that it has started."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
        start_new_session=True,
    )
    limit = Timer(LIMIT, _kill, [process])
    limit.start()
    try:
        yield Conversation(process, end)
    finally:
        limit.cancel()
        _finish(process)


def _finish(process: subprocess.Popen[bytes]) -> None:
    """Let the program clean up for five seconds, then kill its process group."""
    for pipe in (process.stdin, process.stdout):
        with suppress(BrokenPipeError):
            assert pipe
            pipe.close()
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)
    _kill(process)
    process.wait()


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
