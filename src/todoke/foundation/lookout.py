"""見張り口: /healthz, /readyz and /metrics, for load balancers, systemd and Prometheus; never anything about anybody.

The desk answers the first two on its own address. /metrics stands there only for who shows the token; on an address
of its own, which the operator keeps inside, for everybody who reaches it.
"""

import hmac
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from django.db import connection

from todoke.foundation import meters
from todoke.foundation.errors import TodokeError
from todoke.foundation.health import Readiness

LIVE, READY, METRICS = "/healthz", "/readyz", "/metrics"
PATHS = frozenset({LIVE, READY, METRICS})
SHORTEST_TOKEN = 16


class TokenTooShort(TodokeError):
    """The file of the metrics token holds none, or one that could be guessed."""

    code: ClassVar[str] = "SYS-944"
    sentence: ClassVar[str] = (
        "計器の合言葉のファイル（TODOKE_METRICS_TOKEN_FILE）に、16文字以上の合言葉を一行で書いてください。"
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """What the lookout answers."""

    status: int
    kind: str
    body: bytes


def _told(number: int, /, **facts: object) -> Reply:
    return Reply(number, "application/json", json.dumps(facts, sort_keys=True).encode() + b"\n")


NOTHING = _told(HTTPStatus.NOT_FOUND, status="not found")


class Lookout:
    """One process's lookout. `is_alive` is asked for /healthz: a worker whose round hangs is not."""

    def __init__(
        self,
        gauges: Callable[[], list[meters.Gauge]] = list,
        *,
        is_alive: Callable[[], bool] = lambda: True,
        counted_in: str = "",
        readiness: Readiness | None = None,
    ) -> None:
        """`gauges` are read for /metrics; `counted_in` is the folder in which the processes of a web server count."""
        self._gauges, self._is_alive, self._counted_in = gauges, is_alive, counted_in
        self._readiness = readiness or Readiness()

    def reply(self, path: str) -> Reply:
        """The answer to one of PATHS, for somebody who may have it."""
        if path == LIVE:
            is_alive = self._is_alive()
            return _told(200 if is_alive else 503, status="live" if is_alive else "stuck")
        if path == READY:
            missing = self._readiness.missing()
            return _told(
                503 if missing else 200, status="not ready" if missing else "ready", codes=list(missing)
            )
        if path == METRICS:
            return Reply(
                200, meters.CONTENT_TYPE, meters.exposition(self._gauges(), counted_in=self._counted_in)
            )
        return NOTHING


def token_in(file: Path) -> str:
    """The token in a file. Raises TokenTooShort."""
    try:
        token = file.read_text(encoding="utf-8").strip()
    except OSError:
        token = ""
    if len(token) < SHORTEST_TOKEN:
        raise TokenTooShort
    return token


def shows_token(authorization: str, file: Path | None) -> bool:
    """Whether an Authorization header carries the token of the file; without a file nobody does."""
    if file is None:
        return False
    expected = f"Bearer {token_in(file)}"
    return hmac.compare_digest(authorization.encode(), expected.encode())


def open_at(address: str, lookout: Lookout) -> ThreadingHTTPServer:
    """Answer at `host:port` from a thread of its own until `shutdown()`. Raises OSError when the address is taken."""
    host, _, port = address.rpartition(":")

    class Door(BaseHTTPRequestHandler):
        """Answers GET and HEAD, one connection a request."""

        server_version, sys_version = "todoke", ""
        timeout = 10

        def do_GET(self) -> None:
            """Answer, and let the thread's connection go."""
            try:
                reply = lookout.reply(self.path.split("?", 1)[0])
            finally:
                connection.close()
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(reply.body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(reply.body)

        do_HEAD = do_GET  # noqa: N815  # as the library calls it

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
            """Who asks how it goes is no event."""

    server = ThreadingHTTPServer((host.strip("[]"), int(port)), Door)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="lookout", daemon=True).start()
    return server
