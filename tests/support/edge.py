"""The template's CloudFront Function, run by Node with nothing but the language itself."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from infra.template import load
from tests.support.requirement import missing

Json = Any

OWN_NAME = "d111111abcdef8.cloudfront.net"
"""CloudFront's own host name for a distribution, used where there is no domain."""

RUN = """
const {createContext, runInContext} = require('vm');
require('readline').createInterface({input: process.stdin}).on('line', line => {
  const {code, event, own} = JSON.parse(line);
  const context = createContext({event: JSON.stringify(event)}, {codeGeneration: {strings: false, wasm: false}});
  const answer = runInContext(code + ';JSON.stringify(handler(JSON.parse(event)))', context, {timeout: 5000});
  const {statusCode, headers} = JSON.parse(answer);
  const host = statusCode && headers.location ? new URL(headers.location.value, 'https://' + own).host : null;
  console.log(JSON.stringify([JSON.parse(answer), host]));
});
"""

PARSE = """
const {code} = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const {Parser} = require('internal/deps/acorn/acorn/dist/acorn');
const words = new Set();
JSON.stringify(Parser.parse(code, {ecmaVersion: 'latest'}), (key, value) => {
  if (value && value.type) words.add(value.async ? 'async ' + value.type : value.type);
  return value;
});
console.log(JSON.stringify([...words]));
"""
"""Uses the JavaScript parser that is part of Node."""


@cache
def code(host: str) -> str:
    """Return the function's code as it is deployed for this host."""
    text, values = load()["Resources"]["Address"]["Properties"]["FunctionCode"]["Fn::Sub"]
    assert values == {"Host": {"Ref": "DomainName"}}
    assert text.count("${") == 1
    return str(text).replace("${Host}", host)


@dataclass(frozen=True)
class EdgeFunction:
    """Answers requests as CloudFront does with the function."""

    node: subprocess.Popen[str]

    def answer(self, url: str, host: str = "") -> tuple[Json, str | None]:
        """Return the function's result for this address, and the host of the redirect if it is one."""
        return self._run(url, host, {"context": {"eventType": "viewer-request"}})

    def respond(self, url: str, headers: Mapping[str, str]) -> Json:
        """Return the response that a visitor gets where the bucket answers a request with 200 and these headers."""
        response = {
            "statusCode": 200,
            "statusDescription": "OK",
            "headers": {name: {"value": value} for name, value in headers.items()},
            "cookies": {},
        }
        return self._run(url, "", {"context": {"eventType": "viewer-response"}, "response": response})[0]

    def _run(self, url: str, host: str, facts: Mapping[str, Json]) -> tuple[Json, str | None]:
        given, printed = self.node.stdin, self.node.stdout
        assert given is not None
        assert printed is not None
        event = {"version": "1.0", "request": _request(url), **facts}
        given.write(json.dumps({"code": code(host), "event": event, "own": urlsplit(url).netloc}) + "\n")
        given.flush()
        answer, host_of_redirect = json.loads(printed.readline())
        return answer, host_of_redirect


@contextmanager
def running() -> Iterator[EdgeFunction]:
    """Run the function inside the block."""
    with subprocess.Popen(
        [_program(), "-e", RUN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as node:
        yield EdgeFunction(node)


def syntax_kinds() -> set[str]:
    """Return the syntax in the code, by the names of the ESTree specification."""
    given = json.dumps({"code": code("")})
    command = [_program(), "--expose-internals", "-e", PARSE]
    return set(json.loads(subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout))


def _request(url: str) -> Json:
    parts = urlsplit(url)
    return {
        "method": "GET",
        "uri": url.removeprefix(f"https://{parts.netloc}").partition("?")[0],
        "querystring": _query(parts.query),
        "headers": {"host": {"value": parts.netloc}},
        "cookies": {},
    }


def _query(query: str) -> dict[str, Json]:
    """Return the query as CloudFront passes it: not decoded; a repeated name has its last value and all of them."""
    found: dict[str, list[str]] = {}
    for pair in query.split("&") if query else []:
        name, _, value = pair.partition("=")
        found.setdefault(name, []).append(value)
    several = {name: {"multiValue": [{"value": value} for value in values]} for name, values in found.items()}
    return {name: {"value": values[-1], **(several[name] if values[1:] else {})} for name, values in found.items()}


def _program() -> str:
    return shutil.which("node") or missing("Node", "install it with your system's package manager")
