"""Background work of `make serve`: scheduled sweeps, and a new build whenever a file is saved."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event

from leads import clock
from leads.handlers import sweep
from leads.services.sweep import Limits
from leads.wiring import Wiring
from watchfiles import DefaultFilter, watch

from infra import site
from infra.local import articles
from infra.local.articles import ContentState
from infra.local.builds import Builds
from infra.local.gateway import LambdaContext

WATCHED = ("content", "theme", "functions", "plugins", "infra", "pelicanconf.py")

SWEEP_TIMEOUT_SECONDS = 180.0

quiet_sweep = sweep.make_handler(Wiring(), Limits(logs_end=False))
"""The sweep, without its line in the log each second."""


def run_sweeps(seconds: float, stop: Event, handle: Callable[[object, LambdaContext], object] = quiet_sweep) -> None:
    """Call the sweep every so many seconds, as EventBridge's schedule does on AWS, until `stop` is set."""
    while not stop.wait(seconds):
        try:
            handle({}, LambdaContext(SWEEP_TIMEOUT_SECONDS))
        except Exception:
            traceback.print_exc()


class _SourceFilter(DefaultFilter):
    """Passes on changes of source files, and not of what `make build` compiles for the functions."""

    ignore_dirs = (*DefaultFilter.ignore_dirs, "compiled")


def watch_sources(builds: Builds, restart: Callable[[], None], stop: Event) -> None:
    """Build each time a source is saved, until `stop` is set.

    Calls `restart` and returns when Python code has changed: this process has imported it already.
    """
    for paths in _saved(stop):
        if code := [path for path in paths if path.suffix == ".py" and len(path.parts) > 1]:
            print(f"{code[0]} has changed: starting again. Leads and e-mails are forgotten.")
            restart()
            return
        _build(builds, paths)


def _saved(stop: Event) -> Iterator[list[Path]]:
    folders = [site.ROOT / name for name in WATCHED]
    for changes in watch(*folders, watch_filter=_SourceFilter(), stop_event=stop, raise_interrupt=False):
        yield sorted(Path(path).relative_to(site.ROOT) for _, path in changes)


def _build(builds: Builds, saved: Sequence[Path]) -> None:
    start = time.monotonic()
    try:
        mistakes = builds.build()
    except site.BuildError as error:
        print(f"{error}\nThe site stays as it was.", file=sys.stderr)
    else:
        seconds = time.monotonic() - start
        state = ContentState(site.ROOT / "content", builds.current, builds.problem, clock.now())
        texts = [path for path in saved if articles.is_text(path)]
        print("\n".join(_outcome(path, state, seconds) for path in texts or saved[:1]))
        print_mistakes(mistakes)
    sys.stdout.flush()


def _outcome(saved: Path, state: ContentState, seconds: float) -> str:
    """Return what has become of a saved file. A text is on the page only if the build has its page."""
    file = state.content.parent / saved
    if not articles.is_text(saved) or not file.exists():
        return f"The site is built anew after {seconds:.1f} s: {saved}{' is gone' if not file.exists() else ''}."
    if saved.suffix != ".md":
        return f"{saved} is not on the page: only files whose names end in .md are read."
    text = state.text(file)
    if not text.address or text.state == articles.OLDER:
        return f"{saved} is not on the page: {text.state}."
    return f"{saved} is on the page after {seconds:.1f} s{'' if text.state == articles.PUBLIC else f' ({text.state})'}."


def print_mistakes(mistakes: str) -> None:
    """Print the mistakes that a build shows, if there are any."""
    if mistakes:
        print(f"{mistakes}\nThe page shows this on top.", file=sys.stderr)


def restart_process() -> None:
    """Replace this program by a new start of itself in the same process, so that its parent notices nothing."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "infra.local"])  # noqa: S606 -- no shell is wanted
