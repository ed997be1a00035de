"""Four browsers: Chromium 80, the oldest that the site supports, today's Chromium and Firefox, and WebKitGTK."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from tests.support import chromium
from tests.support.conversation import Conversation, Message, running
from tests.support.requirement import missing

ROOT = Path(__file__).parents[2]
WIDTH, HEIGHT = 375, 812
"""A phone."""

NOTE_FAULTS = """
window.faults = [];
addEventListener("error", (event) => faults.push(event.message || `not loaded: ${event.target.outerHTML}`), true);
addEventListener("unhandledrejection", (event) => faults.push(String(event.reason)));
"""
"""Runs before any script of a page, and collects their errors in `faults`."""


class Engine(Protocol):
    """The methods that all browsers have."""

    def read(self, address: str, script: str) -> Any:
        """Return the JSON value that the body of an async function returns on this page."""

    @property
    def sent(self) -> list[str]:
        """The address of every POST request since the page was opened."""


# Chromium


class Chromium:
    """Chromium, controlled by its DevTools protocol because Playwright does not support version 80."""

    def __init__(self, talk: Conversation) -> None:
        self._talk = talk
        self._number = 0
        self._events: list[Message] = []
        self._session: dict[str, str] = {}
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = {"sessionId": self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]}
        for domain in ("Page", "Network"):
            self.call(f"{domain}.enable")
        self.call("Page.addScriptToEvaluateOnNewDocument", source=NOTE_FAULTS)
        size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)

    def call(self, method: str, **parameters: Any) -> Message:
        """Return the answer to one command of the protocol."""
        self._number += 1
        self._talk.say({"id": self._number, "method": method, "params": parameters, **self._session})
        while (message := self._talk.hear()).get("id") != self._number:
            self._events.append(message)
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']}")
        answer: Message = message["result"]
        return answer

    def read(self, address: str, script: str) -> Any:
        """Return what the script returns on this page."""
        self._events.clear()
        self.call("Page.navigate", url=address)
        while not any(event["method"] == "Page.loadEventFired" for event in self._events):
            self._events.append(self._talk.hear())
        expression = f"(async () => {{ {script} }})()"
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")

    @property
    def sent(self) -> list[str]:
        """The address of every POST request since the page was opened."""
        asked = [each["params"]["request"] for each in self._events if each["method"] == "Network.requestWillBeSent"]
        return [request["url"] for request in asked if request["method"] == "POST"]


CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-proxy-server",
    "--remote-debugging-pipe",
)
WITH_PIPES = ("sh", "-c", 'exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null')
"""Chromium reads commands from file descriptor 3 and writes to 4."""


@contextmanager
def _running_chromium(program: str) -> Iterator[Engine]:
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [*WITH_PIPES, program, *CHROMIUM_FLAGS, f"--user-data-dir={profile}"]
        with running(command, end=b"\0") as talk:
            browser = Chromium(talk)
            yield browser
            browser.call("Browser.close")


@contextmanager
def chromium_80() -> Iterator[Engine]:
    """Run Chromium 80 inside the block."""
    program = Path(os.environ.get("OLD_CHROMIUM", ROOT / ".cache" / "old-chromium" / "chromium"))
    if not program.exists():
        missing("Chromium 80", "run `make tools`")
    with _running_chromium(str(program)) as browser:
        yield browser


@contextmanager
def todays_chromium() -> Iterator[Engine]:
    """Run today's Chromium inside the block."""
    with _running_chromium(chromium.program()) as browser:
        yield browser


# Firefox and WebKitGTK


class BrowserProgram:
    """A browser in a program of its own, to which addresses and scripts are sent (firefox_reader, webkitgtk_reader)."""

    def __init__(self, talk: Conversation) -> None:
        self._talk = talk
        self.sent: list[str] = []
        self._talk.say({"width": WIDTH, "height": HEIGHT, "first": NOTE_FAULTS})

    def read(self, address: str, script: str) -> Any:
        """Return what the script returns on this page."""
        self._talk.say({"address": address, "script": script})
        answer = self._talk.hear()
        self.sent = answer["sent"]
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]


FIREFOX_SETTINGS = """
user_pref("network.proxy.type", 0);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
"""


@contextmanager
def todays_firefox() -> Iterator[Engine]:
    """Run Debian's Firefox inside the block."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if not program:
        missing("Firefox", "run `make tools INSTALL=1`, on Debian or Ubuntu")
    if not (ROOT / "node_modules" / "puppeteer-core").is_dir():
        missing("puppeteer-core", "install npm and run `make tools`")
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        Path(profile, "user.js").write_text(FIREFOX_SETTINGS, encoding="utf-8")
        command = ["node", str(Path(__file__).parent / "firefox_reader.mjs"), program, profile]
        with running(command, end=b"\n") as talk:
            yield BrowserProgram(talk)


DEBIANS_PYTHON = "/usr/bin/python3"
"""GTK's bindings are a package of Debian, which a virtual environment does not see."""
BINDINGS = "import gi; gi.require_version('WebKit2', '4.1'); from gi.repository import WebKit2"
WITHOUT_A_GRAPHICS_CARD = {
    "LIBGL_ALWAYS_SOFTWARE": "1",
    "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
    "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
    "NO_AT_BRIDGE": "1",
}


def _there(command: list[str]) -> bool:
    if not shutil.which(command[0]):
        return False
    return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 0


@contextmanager
def webkitgtk() -> Iterator[Engine]:
    """Run WebKitGTK inside the block, on a virtual screen."""
    if not shutil.which("xvfb-run") or not _there([DEBIANS_PYTHON, "-c", BINDINGS]):
        missing("WebKitGTK", "run `make tools INSTALL=1`, on Debian or Ubuntu")
    program = str(Path(__file__).parent / "webkitgtk_reader.py")
    command = ["xvfb-run", "--auto-servernum", DEBIANS_PYTHON, "-I", program]
    with running(command, end=b"\n", **WITHOUT_A_GRAPHICS_CARD) as talk:
        yield BrowserProgram(talk)


BROWSERS = {
    "Chromium 80": chromium_80,
    "today's Chromium": todays_chromium,
    "today's Firefox": todays_firefox,
    "WebKitGTK": webkitgtk,
}
