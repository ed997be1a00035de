"""`make serve`: build the site, start the whole system and print its address. Ctrl-C ends it."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

from infra import site, template, version
from infra.local import cloud, watcher
from infra.local.app import LocalApp, make_http_server
from infra.local.builds import Builds
from infra.local.gateway import Gateway

HOST = "127.0.0.1"


def main() -> None:
    """Run until Ctrl-C or SIGTERM."""
    # A parent that ignores SIGINT (nohup, a background job of a script) leaves it ignored, and Python then installs
    # no handler of its own.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        with _listen(os.environ.get("PORT", "8000")) as port:
            print(f"Clinic Callback {version.read()}", flush=True)
            code_changed = _run(port)
    except KeyboardInterrupt:  # before anything was served
        sys.exit(130)
    if code_changed:
        watcher.restart_process()
    sys.stdout.flush()
    os._exit(0)  # nothing is left to clean up, and Python's own shutdown takes half a second


def _listen(port: str) -> socket.socket:
    """Return a socket that listens on the port. Exits with a message if the port is in use.

    Called before anything is built, so that a busy port is reported at once.
    """
    try:
        return socket.create_server((HOST, int(port)))
    except (OSError, OverflowError, ValueError) as error:
        reason = os.strerror(error.errno or 0) if isinstance(error, OSError) else error
        sys.exit(f"Port {port} cannot be used ({reason}). Choose another one: PORT=8001 make serve")


def _run(port: socket.socket) -> bool:
    """Serve until interrupted. Return True if a restart is needed because Python code has changed."""
    number = port.getsockname()[1]
    url = f"http://{HOST}:{number}"
    os.environ.update(PORT=str(number), SITE_URL=url, LOCAL="1")
    description = template.load()
    with TemporaryDirectory(prefix="clinic-callback-") as folder, cloud.cloud(description, url):
        builds = Builds(Path(folder), cloud.store_facts)
        server = make_http_server(port, LocalApp(description, Gateway(template.routes(description)), builds))
        changed, stop = Event(), Event()

        def restart() -> None:
            changed.set()
            server.shutdown()

        _start_thread(watcher.watch_sources, builds, restart, stop)
        _first_build(builds)
        _start_thread(watcher.run_sweeps, float(os.environ.get("SWEEP_SECONDS", "1")), stop)
        print(
            f"{url}  (articles: /local/articles, e-mails: /local/inbox, leads: /local/leads, Ctrl-C ends it)",
            flush=True,
        )
        server.serve_forever()
        stop.set()
    return changed.is_set()


def _first_build(builds: Builds) -> None:
    try:
        watcher.print_mistakes(builds.build())
    except site.BuildError as error:
        sys.exit(str(error) or 1)


def _start_thread(work: Callable[..., None], *arguments: object) -> None:
    Thread(target=work, args=arguments, daemon=True).start()


if __name__ == "__main__":
    main()
