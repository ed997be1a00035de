"""A program that opens pages in WebKitGTK and runs scripts on them; it exchanges one JSON value a line.

Debian's own Python runs it, which has GTK's bindings and no package of this project.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2  # noqa: E402 -- the versions must be required first

SECONDS = 90
"""The timeout of one page with its script."""


class Reader:
    """A browser window with one page."""

    def __init__(self, width: int, height: int, first: str) -> None:
        context = WebKit2.WebContext.new_ephemeral()
        context.get_website_data_manager().set_network_proxy_settings(WebKit2.NetworkProxyMode.NO_PROXY, None)
        scripts = WebKit2.UserContentManager()
        everywhere, at_once = WebKit2.UserContentInjectedFrames.ALL_FRAMES, WebKit2.UserScriptInjectionTime.START
        scripts.add_script(WebKit2.UserScript(first, everywhere, at_once, None, None))
        self.view = WebKit2.WebView(web_context=context, user_content_manager=scripts)
        self.view.connect("resource-load-started", self._note_request)
        self.view.connect("load-changed", self._run_when_loaded)
        self.view.connect("load-failed", self._give_up)
        window = Gtk.Window()
        window.set_default_size(width, height)
        window.add(self.view)
        window.show_all()

    def read(self, address: str, script: str) -> dict[str, Any]:
        """Return what the script returns on this page, or an error, and the addresses of POST requests."""
        self.answer: dict[str, Any] = {"error": f"nothing within {SECONDS} s", "sent": []}
        self.script = script
        alarm = GLib.timeout_add_seconds(SECONDS, Gtk.main_quit)
        self.view.load_uri(address)
        Gtk.main()
        GLib.source_remove(alarm)
        return self.answer

    def _note_request(self, view: Any, resource: Any, request: Any) -> None:
        if request.get_http_method() == "POST":
            self.answer["sent"].append(request.get_uri())

    def _run_when_loaded(self, view: Any, event: Any) -> None:
        if event == WebKit2.LoadEvent.FINISHED:
            view.call_async_javascript_function(self.script, -1, None, None, None, None, self._finish)

    def _give_up(self, view: Any, event: Any, address: str, error: Any) -> None:
        self.answer["error"] = f"{address}: {error.message}"
        Gtk.main_quit()

    def _finish(self, view: Any, result: Any) -> None:
        try:
            self.answer["value"] = json.loads(view.call_async_javascript_function_finish(result).to_json(0) or "null")
            del self.answer["error"]
        except GLib.Error as error:
            self.answer["error"] = error.message
        Gtk.main_quit()


def main() -> None:
    """Answer line by line, until the input ends."""
    reader = Reader(**json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        sys.stdout.write(json.dumps(reader.read(**json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
