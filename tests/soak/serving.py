"""Messages to the language server, sound and damaged ones, over its real standard input."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from random import Random
from typing import BinaryIO

from soak import inputs

METHODS = (
    "textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "textDocument/didSave",
    "textDocument/codeAction", "textDocument/hover", "textDocument/codeLens", "textDocument/diagnostic",
    "workspace/executeCommand", "workspace/didChangeConfiguration", "workspace/didChangeWatchedFiles",
    "codeAction/resolve", "$/cancelRequest", "$/setTrace", "no/such",
)  # fmt: skip
NOTICES = frozenset({"textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "textDocument/didSave"})
FILES = (
    "file:///soak/a.py",
    "file:///soak/b.md",
    "file:///soak/c.ts",
    "untitled:x",
    "file:///",
    "%",
    "file://h/\u202e",
)
LANGUAGES = ("python", "markdown", "typescript", "plaintext", "")
PATIENCE = 120


def message(random: Random, number: int) -> dict[str, object]:
    """Return a message of sound form, with an odd value here and there."""
    method = random.choice(METHODS)

    def some(usual: object) -> object:
        return usual if random.random() < 0.95 else random.choice(inputs.VALUES[:-8])

    text = random.choice((inputs.python, inputs.markdown, inputs.script, inputs.text))(random).decode(
        "utf-8", "replace"
    )
    uri = random.choice(FILES)
    place = {"line": some(random.randint(0, 20)), "character": some(random.randint(0, 90))}
    area = {"start": place, "end": {"line": some(random.randint(0, 30)), "character": some(random.randint(0, 90))}}
    change = random.choice(({"text": some(text)}, {"range": area, "text": some(text[:50])}))
    parameters = {
        "textDocument": {
            "uri": some(uri),
            "version": some(number),
            "languageId": some(random.choice(LANGUAGES)),
            "text": some(text),
        },
        "contentChanges": [change],
        "position": place,
        "range": area,
        "context": {"diagnostics": []},
        "command": some("taskfan-lint.fixAll"),
        "arguments": some([uri]),
        "settings": some({}),
        "changes": [],
        "id": some(number - 1),
        "value": "off",
        "title": "x",
    }
    body: dict[str, object] = {"jsonrpc": "2.0", "method": some(method), "params": some(parameters)}
    return body if method in NOTICES or method.startswith("$/") else {**body, "id": number}


def framed(body: object) -> bytes:
    raw = json.dumps(body).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(raw), raw)


def soak(seed: int, messages: int) -> tuple[int, list[str]]:
    """Send messages to a server; return how many it answered, and what went wrong.

    Requests of sound form are answered, with an error too; at the end the server still answers `shutdown`, and ends
    with 0 after `exit`.
    """
    random = Random(seed)
    start: dict[str, object] = {"processId": None, "rootUri": None, "capabilities": {}}
    sent = [framed({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": start})]
    sent.append(framed({"jsonrpc": "2.0", "method": "initialized", "params": {}}))
    sent += [framed(message(random, number)) for number in range(1, messages + 1)]
    sent.append(framed({"jsonrpc": "2.0", "id": "last", "method": "shutdown"}))
    sent.append(framed({"jsonrpc": "2.0", "method": "exit"}))
    command = [sys.executable, "-m", "taskfan_lint", "server"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.PIPE) as server:
        assert server.stdin
        assert server.stdout
        assert server.stderr
        writer = threading.Thread(target=_send, args=(server.stdin, sent))
        errors: list[bytes] = []
        listener = threading.Thread(target=lambda: errors.append(server.stderr.read() if server.stderr else b""))
        timer = threading.Timer(PATIENCE + messages / 20, server.kill)
        for thread in (writer, listener, timer):
            thread.start()
        answers = _answers(server.stdout)
        status = server.wait()
        timer.cancel()
        writer.join()
        listener.join()
    problems = [] if status == 0 else [f"the server ended with {status}"]
    problems += [] if "last" in answers else ["the server did not answer `shutdown`"]
    return len(answers), [*problems, *traced(errors[0])]


def traced(said: bytes) -> list[str]:
    """Return the first traceback of our own; that a message was refused is said by a library, with one of its own."""
    own = re.search(rb"Traceback(?:(?!Traceback)[\s\S])*?[/\\]taskfan_lint[/\\]server[\s\S]{0,2000}", said)
    return [f"the server said: {own[0].decode(errors='replace')}"] if own else []


def _send(stream: BinaryIO, sent: list[bytes]) -> None:
    try:
        for raw in sent:
            stream.write(raw)
            stream.flush()
        stream.close()
    except BrokenPipeError:  # the status of the server says so
        return


def _answers(stream: BinaryIO) -> set[object]:
    """Return the ids of what was answered."""
    found: set[object] = set()
    while line := stream.readline():
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
            while stream.readline().strip():
                pass
            body = json.loads(stream.read(length))
            if "method" not in body:
                found.add(json.dumps(body.get("id")) if not isinstance(body.get("id"), str) else body["id"])
    return found
