"""The core system's inbox over HTTP: PUT a file, PUT its `.done`, GET receipts, GET the ledger."""

import hashlib
import threading
from datetime import UTC, datetime
from pathlib import Path

from sandbox.faults import Faults
from sandbox.journal import Line
from sandbox.web import Answer, Json, LoopbackServer, Request

from .book import BadBatch, Book


class CoreServer:
    """Plays a core system that imports batch files; what it took survives kill -9."""

    def __init__(self, data: Path, state: Path, port: int = 0) -> None:
        """`data` is a sample world (core/refuse.json), `state` a folder of its own."""
        self.faults = Faults()
        self._book = Book(data, state, self.faults)
        self._inbox = state / "inbox"
        self._lock = threading.Lock()
        self._server = LoopbackServer(self._serve, self.faults, port)
        self.port, self.url = self._server.port, self._server.url

    def start(self) -> None:
        """Answer from now on."""
        self._server.start()

    def stop(self) -> None:
        """Stop answering."""
        self._server.stop()
        self._book.close()

    @property
    def server(self) -> LoopbackServer:
        """The server underneath."""
        return self._server

    def log(self) -> list[Line]:
        """Every row that ever came, oldest first: the ground truth of what was delivered."""
        return self._book.log()

    def _serve(self, request: Request) -> Answer:
        parts = [part for part in request.path.split("/") if part]
        if ".." in parts:
            return _refusal(404)
        if request.method == "PUT" and len(parts) == 3 and parts[0] == "inbox":
            return self._put(request, parts[1], parts[2])
        if request.method == "GET" and len(parts) == 2 and parts[0] == "receipts":
            return self._receipts(request, parts[1])
        if request.method == "GET" and len(parts) == 2 and parts[0] == "ledger":
            return self._ledger(request, parts[1])
        if request.path == "/sandbox/log":
            return Answer(200, {"log": self.log()})
        return _refusal(404)

    def _put(self, request: Request, system: str, name: str) -> Answer:
        folder = self._inbox / system
        if name.endswith(".csv"):
            return self._keep(folder / name, request.body)
        if not name.endswith(".done"):
            return _refusal(404)
        batch = name.removesuffix(".done")
        file = folder / f"{batch}.csv"
        if not file.exists():
            return _refusal(409)
        try:
            new = self._book.take(system, batch, file.read_bytes(), request.json(), _now())
        except BadBatch as bad:
            return Answer(422, {"errors": [{"code": "SBX-422", "message": f"取込できません: {bad}"}]})
        answer = Answer(202, {"taken": new})
        answer.drop = self.faults.take("lose_answer", request.path) is not None
        return answer

    def _keep(self, file: Path, content: bytes) -> Answer:
        """Keep a file under its name; the same bytes again are fine, other bytes are refused."""
        file.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            if file.exists() and file.read_bytes() != content:
                return Answer(
                    409, {"errors": [{"code": "SBX-409", "message": "同じ名前の別のファイルがあります"}]}
                )
            draft = file.with_suffix(".part")
            draft.write_bytes(content)
            draft.replace(file)
        return Answer(201, {"kept": len(content)})

    def _receipts(self, request: Request, system: str) -> Answer:
        unexpected = self.faults.take("unexpected", request.path)
        if unexpected is not None:
            self._book.claim_unsent(system, hashlib.sha256(b"nobody sent this").hexdigest(), _now())
        after = request.query.get("after", "0")
        rows = self._book.receipts(system, int(after) if after.isascii() and after.isdigit() else 0)
        body: Json = {"receipts": rows, "last": rows[-1]["seq"] if rows else 0}
        return Answer(200, body, cut=self.faults.take("cut", request.path) is not None)

    def _ledger(self, request: Request, system: str) -> Answer:
        rows = self._book.ledger(system, request.query.get("organisation", ""))
        digest = hashlib.sha256(
            "".join(f"{row['key']} {row['row_sha256']}\n" for row in rows).encode()
        ).hexdigest()
        return Answer(200, {"rows": rows, "count": len(rows), "sha256": digest})


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _refusal(status: int) -> Answer:
    return Answer(status, {"errors": [{"code": f"SBX-{status}", "message": "受け付けられません"}]})
