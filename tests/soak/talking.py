"""A conversation with the language server in this process: messages to it, one a line, and whether it stays sound."""

from __future__ import annotations

import io
import json
import sys
import threading
from random import Random
from types import SimpleNamespace

from soak import serving

PATIENCE = 20.0  # seconds for the answers to the last requests
EXITS = (0, 1)  # a client may go with its leave or without
RICH = {
    "workspace": {
        "configuration": True,
        "workspaceEdit": {"documentChanges": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "diagnostics": {"refreshSupport": True},
        "codeLens": {"refreshSupport": True},
    },
    "textDocument": {
        "diagnostic": {},
        "codeAction": {"dataSupport": True, "resolveSupport": {"properties": ["edit"]}},
    },
}
FORBIDDEN = b"processId"  # the server ends its process when that one is gone


class Client:
    """Both streams of a server: it is given messages, asked about each document, and let go when it has answered."""

    def __init__(self, messages: list[bytes], capabilities: dict[str, object]) -> None:
        start = {"processId": None, "rootUri": None, "capabilities": capabilities}
        start["initializationOptions"] = {"codeLens": bool(capabilities)}
        asked = [
            {
                "jsonrpc": "2.0",
                "id": f"asked {uri}",
                "method": "textDocument/diagnostic",
                "params": {"textDocument": {"uri": uri}},
            }
            for uri in serving.FILES
        ]
        sent = [
            *map(serving.framed, _requests(("initialize", start), ("initialized", {}))),
            *(b"Content-Length: %d\r\n\r\n%s" % (len(one), one) for one in messages),
            *map(serving.framed, asked),
        ]
        self._open = {str(one["id"]) for one in asked}
        self._answered = threading.Event()
        self._sent = io.BytesIO(b"".join(sent))
        self._last = io.BytesIO(b"".join(map(serving.framed, _requests(("shutdown", None), ("exit", None)))))
        self.late = False

    def readline(self) -> bytes:
        return self._sent.readline() or self._leave()

    def read(self, size: int) -> bytes:
        return self._sent.read(size)

    def _leave(self) -> bytes:
        if self._sent is self._last:
            return b""
        self.late = not self._answered.wait(PATIENCE)
        self._sent = self._last
        return self._sent.readline()

    def write(self, raw: bytes) -> None:
        body = json.loads(raw.partition(b"\r\n\r\n")[2])
        if "method" not in body:
            self._open.discard(str(body.get("id")))
        if not self._open:
            self._answered.set()

    def flush(self) -> None:
        return

    def close(self) -> None:
        return


def _requests(*bodies: tuple[str, object]) -> list[dict[str, object]]:
    notices = ("initialized", "exit")
    found = [{"jsonrpc": "2.0", "method": method, "params": params} for method, params in bodies]
    return [one if one["method"] in notices else {**one, "id": one["method"]} for one in found]


def messages(random: Random) -> bytes:
    """Return some messages, one a line."""
    found = [serving.message(random, number) for number in range(1, random.randint(2, 8))]
    return b"\n".join(json.dumps(one, ensure_ascii=False).encode("utf-8", "replace") for one in found)


def wrong(raw: bytes, random: Random) -> str:
    """Return what goes wrong when a server is given the messages of some lines, empty if nothing does."""
    from taskfan_lint.server.serve import serve

    lines = [line for line in raw.split(b"\n") if line.strip() and FORBIDDEN not in line]
    client, errors = Client(lines, random.choice(({}, RICH))), io.StringIO()
    before = sys.stdin, sys.stdout, sys.stderr
    sys.stdin = sys.stdout = SimpleNamespace(buffer=client)  # type: ignore[assignment]
    sys.stderr = errors
    try:
        status = serve()
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
    problems = serving.traced(errors.getvalue().encode("utf-8", "replace"))
    problems += [f"exit status {status}"] if status not in EXITS else []
    problems += [f"the server did not answer within {PATIENCE:.0f} s"] if client.late else []
    return "\n".join(problems)
