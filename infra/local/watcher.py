"""What goes on in the background: the sweep ticks, and saved files are built."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

from leads.handlers import sweep
from watchfiles import DefaultFilter, watch

from infra import site
from infra.local.builds import Editions
from infra.local.gateway import Context

WATCHED = ("content", "theme", "functions", "plugins", "infra", "pelicanconf.py")

SWEEP_TIMEOUT = 240.0


def tick(seconds: float, stop: Event) -> None:
    """Call the sweep again and again, as the schedule does in the cloud."""
    while not stop.wait(seconds):
        try:
            sweep.handler({}, Context(SWEEP_TIMEOUT))
        except Exception:
            traceback.print_exc()


class _Sources(DefaultFilter):
    """What people write, without what `make build` leaves for the functions."""

    ignore_dirs = (*DefaultFilter.ignore_dirs, "compiled")


def follow(editions: Editions, restart: Callable[[], None], stop: Event) -> None:
    """Build each time a source is saved; start again when it was code of ours, which Python reads only once."""
    for paths in _saved(stop):
        if code := [path for path in paths if path.suffix == ".py" and len(path.parts) > 1]:
            print(f"{code[0]} has changed: starting again. Leads and e-mails are forgotten.")
            restart()
            return
        _build(editions, paths[0])


def _saved(stop: Event) -> Iterator[list[Path]]:
    folders = [site.ROOT / name for name in WATCHED]
    for changes in watch(*folders, watch_filter=_Sources(), stop_event=stop, raise_interrupt=False):
        yield sorted(Path(path).relative_to(site.ROOT) for _, path in changes)


def _build(editions: Editions, changed: Path) -> None:
    start = time.monotonic()
    try:
        mistakes = editions.build()
    except site.BuildError as error:
        print(f"{error}\nThe site stays as it was.", file=sys.stderr)
    else:
        print(f"{changed} is on the page after {time.monotonic() - start:.1f} s.")
        tell(mistakes)
    sys.stdout.flush()


def tell(mistakes: str) -> None:
    """Print the mistakes that an edition shows, if there are any."""
    if mistakes:
        print(f"{mistakes}\nThe page shows this on top.", file=sys.stderr)


def start_again() -> None:
    """Become this program anew, in the same process: whoever started it notices nothing."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "infra.local"])  # noqa: S606 -- no shell is wanted
