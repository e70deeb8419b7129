"""A small HTTP server on the loopback interface: JSON in and out, faults before every answer."""

import json
import os
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from .faults import Faults

Json = dict[str, Any]  # JSON, whose shape each server owns
BODY_LIMIT = 700_000_000


class Request:
    """What a handler may ask of a request: method, path, query, headers, body."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        """Read the request, its body included."""
        address = urlsplit(handler.path)
        self.method = handler.command
        self.path = unquote(address.path)
        self.query = dict(parse_qsl(address.query))
        self.headers: Mapping[str, str] = {name.lower(): value for name, value in handler.headers.items()}
        length = min(int(self.headers.get("content-length", "0") or 0), BODY_LIMIT)
        self.body = handler.rfile.read(length) if length else b""
        if len(self.body) < length:
            raise ConnectionAbortedError("the client ended in the middle of its request")

    def json(self) -> Json:
        """The body as a JSON object; empty when there is none or it is something else."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


class Answer:
    """What goes back: status, body, content type; `cut` sends half of the promised bytes; `drop` sends nothing."""

    def __init__(
        self, status: int, body: bytes | Json, *, cut: bool = False, drop: bool = False, start: int = 0
    ) -> None:
        """JSON for a mapping, bytes as they are."""
        self.status = status
        self.is_json = isinstance(body, dict)
        self.body = json.dumps(body, ensure_ascii=False).encode() if isinstance(body, dict) else body
        self.cut, self.drop, self.start = cut, drop, start


Serve = Callable[[Request], Answer]


class _Handler(BaseHTTPRequestHandler):
    """One connection; what it answers, and which faults come before, is bound by `_handler`."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True  # head and body leave in two writes: the second would wait 40 ms
    serve: Serve
    faults: Faults

    def log_message(self, *_words: object) -> None:
        return None

    def _answer(self) -> None:
        request = Request(self)
        if request.path == "/sandbox/faults":
            self._send(_arm(request, self.faults))
        elif self.faults.take("refuse", request.path):
            self._hang_up()
        elif self.faults.take("stall", request.path):
            self.faults.stall()
            self._hang_up()
        elif self.faults.take("http_500", request.path):
            self._send(Answer(500, {"errors": [{"code": "SBX-500", "message": "架空の障害です"}]}))
        else:
            self._send(self.serve(request))

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _send(self, answer: Answer) -> None:
        if answer.drop:
            self._hang_up()
            return
        self.send_response(answer.status)
        kind = "application/json; charset=utf-8" if answer.is_json else "application/zip"
        self.send_header("Content-Type", kind)
        if answer.status == 206:
            last = answer.start + len(answer.body) - 1
            self.send_header("Content-Range", f"bytes {answer.start}-{last}/*")
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)
        if answer.cut:
            self.wfile.flush()
            self._hang_up()

    do_GET = do_POST = do_PUT = _answer  # noqa: N815  # names of the standard library


def _handler(serve: Serve, faults: Faults) -> type[_Handler]:
    """A handler class for one server."""
    return type("BoundHandler", (_Handler,), {"serve": staticmethod(serve), "faults": faults})


def _arm(request: Request, faults: Faults) -> Answer:
    wish = request.json()
    if wish.get("kind") == "none":
        faults.clear()
    else:
        faults.arm(
            str(wish["kind"]), int(wish.get("count", 1)), str(wish.get("path", "")), int(wish.get("n", 0))
        )
    return Answer(200, {"result": {"armed": True}})


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:  # a client went away: its own affair
        return None


class LoopbackServer:
    """A server on 127.0.0.1 in a thread of its own; port 0 takes a free one."""

    def __init__(self, serve: Serve, faults: Faults, port: int = 0) -> None:
        """Bind the port."""
        self._faults = faults
        self._server = _Quiet(("127.0.0.1", port), _handler(serve, faults))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.port: int = self._server.server_address[1]

    @property
    def url(self) -> str:
        """The address without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    def wrap(self, context: ssl.SSLContext) -> None:
        """Speak TLS only, to whom the context lets in."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering; stalled requests are let go."""
        self._faults.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def run_until_told(server: LoopbackServer, port_file: Path | None) -> None:
    """Serve in the foreground: the port file is written whole, SIGTERM and Ctrl-C end it."""
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    server.start()
    if port_file is not None:
        draft = port_file.with_name(f"{port_file.name}.{os.getpid()}")
        draft.write_text(str(server.port))
        draft.replace(port_file)
    ended.wait()
    server.stop()
