"""What the rehearsal plays on: moto's server in this process as all of AWS, and no way out to any other machine."""

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
    """Something in the rehearsal reached for another machine.

    No Exception: nobody on the way up may take it for a failure of the network, and try again.
    """


def aws(kinds: set[str], sender: str, site_url: str) -> None:
    """AWS for the rest of this process; every variable that could name a real account or place is replaced."""
    sys.addaudithook(_only_this_machine)
    warnings.filterwarnings("ignore", module="moto")
    for name in ("werkzeug", "moto", "root", "py.warnings"):
        logging.getLogger(name).setLevel(logging.ERROR)
    settings.ACM_VALIDATION_WAIT = 0  # a new certificate waits for a minute
    cloudformation.patch_change_sets()
    resources.register_resource_types(kinds)
    SESV2Response.get_account = _account  # type: ignore[attr-defined]  # moto has none
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    variables = cloud.environment(f"http://{host}:{port}", site_url, sender)
    cloud.replace_environment({name: value for name, value in variables.items() if name.startswith("AWS_")})


def _account(_: SESV2Response) -> str:
    return json.dumps({"ProductionAccessEnabled": False})


def _only_this_machine(event: str, arguments: tuple[Any, ...]) -> None:
    """Python tells this hook of every connection and every name that is looked up; a hook cannot be taken away."""
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
    """These LEADS_ variables and no other, as long as the block runs."""
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
