"""Run by the oracle's Python: what swanboard answers for one logdir after the other, without a server or a port.

    python -I answering.py LOGDIR    a JSON list of paths a line on stdin; a JSON list of [status, body] a line back, or
                                     {"error": why} where swanboard does not start

What lies at LOGDIR may be another each time: every line is answered by a fork of its own that saw none before.
"""

import asyncio
import json
import os
import sys
from urllib.parse import unquote

LOGDIR = sys.argv[1]
os.environ["SWANLAB_LOG_DIR"] = LOGDIR

from swanboard.app import app  # noqa: E402
from swanboard.db import connect  # noqa: E402


async def ask(path):
    """Status and body of GET `path`."""
    server = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "root_path": ""}
    client = {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2), "headers": [(b"host", b"127.0.0.1")]}
    request = {"method": "GET", "path": unquote(path), "raw_path": path.encode(), "query_string": b""}
    sent = []
    asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive():
        for message in asked:
            return message
        await asyncio.sleep(3600)

    async def send(message):
        sent.append(message)

    try:
        await asyncio.wait_for(app({**server, **client, **request}, receive, send), 60)
    except Exception:  # what its own handlers let through, a server answers with 500
        return 500, ""
    body = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], body.decode("utf-8", "surrogateescape")


async def ask_all(paths):
    """The answers to several paths, one after the other."""
    return [await ask(path) for path in paths]


def answer(paths):
    """What is to be said of the logdir as it lies there now."""
    try:
        connect(path=LOGDIR)
        return asyncio.run(ask_all(paths))
    except Exception as error:
        return {"error": repr(error)}


def main():
    """Answer line by line."""
    replies = os.fdopen(os.dup(1), "w")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)  # swanboard prints
    for line in sys.stdin:
        if not (fork := os.fork()):
            replies.write(json.dumps(answer(json.loads(line))) + "\n")
            replies.flush()
            os._exit(0)
        _, code = os.waitpid(fork, 0)
        if code:
            replies.write('{"error": "it died"}\n')
            replies.flush()


main()
