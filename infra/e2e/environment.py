"""The scenario's environment: moto's server as all of AWS, and no connection to any other machine."""

from __future__ import annotations

import ipaddress
import json
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto import settings
from moto.server import ThreadedMotoServer
from moto.sesv2.responses import SESV2Response

from infra.e2e import cloudformation, resources
from infra.local import cloud


class OutsideError(BaseException):
    """The scenario has tried to connect to another machine.

    It is not an Exception, so that no caller takes it for a network failure and tries again.
    """


def aws(kinds: set[str], site_url: str) -> None:
    """Start moto's server for the rest of this process, and replace every variable that could name a real account."""
    sys.addaudithook(_only_this_machine)
    warnings.filterwarnings("ignore", module="moto")
    for name in ("werkzeug", "moto", "root", "py.warnings"):
        logging.getLogger(name).setLevel(logging.ERROR)
    settings.ACM_VALIDATION_WAIT = 0  # else a new certificate is pending for a minute
    cloudformation.patch_change_sets()
    resources.register_resource_types(kinds)
    SESV2Response.get_account = _account  # type: ignore[attr-defined]  # moto has none
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    variables = cloud.environment(f"http://{host}:{port}", site_url)
    cloud.replace_environment({name: value for name, value in variables.items() if name.startswith("AWS_")})


def _account(_: SESV2Response) -> str:
    return json.dumps({"ProductionAccessEnabled": False})


def _only_this_machine(event: str, arguments: tuple[Any, ...]) -> None:
    """Raise OutsideError for a connection to, or a look-up of, another machine.

    Python calls an audit hook before each of them, and a hook cannot be removed.
    """
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        _ensure_here(arguments[1][0])
    elif event == "socket.getaddrinfo":
        _ensure_here(arguments[0])


def _ensure_here(host: str | bytes | None) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    try:
        is_here = name in {None, "", "localhost"} or ipaddress.ip_address(name or "").is_loopback
    except ValueError:
        is_here = False
    if not is_here:
        raise OutsideError(f"The rehearsal may talk to this machine only, not to {name}.")


@contextmanager
def variables(values: dict[str, str]) -> Iterator[None]:
    """Set these LEADS_ variables, and no others, inside the block."""
    before = {name: value for name, value in os.environ.items() if name.startswith("LEADS_")}
    for name in before:
        del os.environ[name]
    os.environ.update(values)
    try:
        yield
    finally:
        for name in values:
            os.environ.pop(name, None)
        os.environ.update(before)
