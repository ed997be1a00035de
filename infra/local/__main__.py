"""`make serve`: build the site, start everything, print one address. Ctrl-C ends it all."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

from infra import site, template
from infra.local import watcher
from infra.local.builds import Editions
from infra.local.cloud import cloud
from infra.local.front import Front, server
from infra.local.gateway import Gateway

HOST = "127.0.0.1"


def main() -> None:
    """Run until Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with _held(os.environ.get("PORT", "8000")) as port:
            start_again = _run(port)
    except KeyboardInterrupt:  # before anything was served
        sys.exit(130)
    if start_again:
        watcher.start_again()
    sys.stdout.flush()
    os._exit(0)  # all that ends is ended; Python would put its memory away for half a second more


def _held(port: str) -> socket.socket:
    """The port, ours before there is anything to serve: a busy one is told at once."""
    try:
        return socket.create_server((HOST, int(port)))
    except (OSError, OverflowError, ValueError) as error:
        reason = os.strerror(error.errno or 0) if isinstance(error, OSError) else error
        sys.exit(f"Port {port} cannot be used ({reason}). Choose another one: PORT=8001 make serve")


def _run(port: socket.socket) -> bool:
    """Serve until Ctrl-C, or until our own code has changed; whether it has."""
    number = port.getsockname()[1]
    url = f"http://{HOST}:{number}"
    os.environ.update(PORT=str(number), SITE_URL=url, LOCAL="1")
    description, sender = template.load(), _sender()
    with TemporaryDirectory(prefix="clinic-callback-") as folder, cloud(description, url, sender):
        editions = Editions(Path(folder))
        front = server(port, Front(Gateway(template.routes(description)), editions))
        changed, stop = Event(), Event()

        def restart() -> None:
            changed.set()
            front.shutdown()

        _start(watcher.follow, editions, restart, stop)
        _first_edition(editions)
        _start(watcher.tick, float(os.environ.get("SWEEP_SECONDS", "5")), stop)
        print(f"{url}  (e-mails: /local/inbox, leads: /local/leads, Ctrl-C ends it)", flush=True)
        front.serve_forever()
        stop.set()
    return changed.is_set()


def _sender() -> str:
    try:
        return site.practice().notify.sender
    except site.BuildError as error:
        sys.exit(str(error))


def _first_edition(editions: Editions) -> None:
    try:
        watcher.tell(editions.build())
    except site.BuildError as error:
        sys.exit(str(error) or 1)


def _start(work: Callable[..., None], *arguments: object) -> None:
    Thread(target=work, args=arguments, daemon=True).start()


if __name__ == "__main__":
    main()
