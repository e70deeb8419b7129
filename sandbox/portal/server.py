"""The portal: login → list → fetch by 受付番号 → status list → status registration（受取API の公開された順序）."""

import json
import secrets
import threading
from datetime import datetime
from pathlib import Path

from sandbox.faults import Faults
from sandbox.journal import Journal
from sandbox.web import Answer, Json, LoopbackServer, Request

from .shelf import Row, Shelf

PAGE = 50
TOKEN_REQUESTS = 400
WORDS: dict[str, str] = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))[
    "words"
]


class PortalServer:
    """Plays the portal for every body of one data folder; what was fetched and registered survives kill -9."""

    def __init__(self, data: Path, state: Path, port: int = 0, token_requests: int = TOKEN_REQUESTS) -> None:
        """`data` is a sample world, `state` a folder of its own; a token serves `token_requests` requests."""
        self._fetches = Journal(state / "fetches.jsonl")
        self._statuses = Journal(state / "statuses.jsonl")
        self._shelf = Shelf(
            data, ((line["receipt_number"], line["variant"]) for line in self._fetches.lines())
        )
        self._registered = {
            line["idempotency_key"]: line for line in self._statuses.lines() if line["is_new"]
        }
        self._passwords = _passwords(data)
        self._token_requests = token_requests
        self._tokens: dict[str, tuple[str, int]] = {}
        self._lock = threading.Lock()
        self.faults = Faults()
        self._server = LoopbackServer(self._serve, self.faults, port)
        self.port, self.url = self._server.port, self._server.url

    def start(self) -> None:
        """Answer from now on."""
        self._server.start()

    def stop(self) -> None:
        """Stop answering."""
        self._server.stop()
        self._fetches.close()
        self._statuses.close()

    @property
    def server(self) -> LoopbackServer:
        """The server underneath."""
        return self._server

    def statuses(self) -> list[Json]:
        """Every registration that was new, oldest first: the portal's own truth."""
        return list(self._registered.values())

    def _serve(self, request: Request) -> Answer:
        if request.path == "/sandbox/log":
            return _result({"statuses": list(self._statuses.lines()), "fetches": list(self._fetches.lines())})
        if (request.method, request.path) == ("POST", "/api/login"):
            return self._login(request)
        organisation = self._holder(request)
        if organisation is None:
            return _refusal(403, "SBX-403", "認証トークンが無効です")
        if (request.method, request.path) == ("GET", "/api/applications"):
            return self._list(request, organisation)
        if request.method == "GET" and request.path.startswith("/api/applications/"):
            return self._fetch(request, organisation, request.path.rsplit("/", 1)[1])
        if (request.method, request.path) == ("GET", "/api/statuses"):
            return self._status_list(request, organisation)
        if (request.method, request.path) == ("POST", "/api/statuses"):
            return self._register(request, organisation)
        return _refusal(404, "SBX-404", "その窓口はありません")

    def _login(self, request: Request) -> Answer:
        wish = request.json()
        organisation = str(wish.get("provider_id", ""))
        expected = self._passwords.get(organisation, f"sandbox-{organisation}")
        if not organisation or wish.get("password") != expected:
            return _refusal(403, "SBX-401", "IDかパスワードが違います")
        token = secrets.token_hex(16)
        with self._lock:
            self._tokens[token] = (organisation, self._token_requests)
        return _result({"access_key": token, "expires_in": self._token_requests})

    def _holder(self, request: Request) -> str | None:
        """The body a token was given to, if it is still good; every use wears it."""
        token = request.headers.get("x-access-key", "")
        if self.faults.take("expire_token", request.path):
            self._tokens.pop(token, None)
        with self._lock:
            organisation, left = self._tokens.get(token, ("", 0))
            if left <= 0 or request.headers.get("x-provider-id") != organisation:
                return None
            self._tokens[token] = (organisation, left - 1)
        return organisation

    def _list(self, request: Request, organisation: str) -> Answer:
        try:
            since, until = _moment(request.query.get("from")), _moment(request.query.get("to"))
        except ValueError:
            return _refusal(400, "SBX-400", "日時は時差付きの ISO 8601 です")
        rows = self._shelf.listed(organisation, since, until)
        items = [_listed(row) for row in rows]
        if items and self.faults.take("list_twice", request.path):
            items.insert(0, items[0])
        return _page(items, request)

    def _fetch(self, request: Request, organisation: str, receipt_number: str) -> Answer:
        row = self._shelf.find(organisation, receipt_number, request.query.get("reception_date"))
        if row is None:
            return _refusal(404, "SBX-404", "その受付番号はありません")
        if self.faults.take("fetch_once_fails", request.path) or self._shelf.fails_once(row):
            return _refusal(503, "SBX-503", "架空の障害です")
        data = row.file.read_bytes()
        start = _range_start(request.headers.get("range", ""), len(data))
        if self.faults.take("cut", request.path):
            return Answer(200, data, cut=True)
        if self._shelf.note_fetched(row):
            self._fetches.append({"receipt_number": row.receipt_number, "variant": row.variant})
        return Answer(206 if start else 200, data[start:], start=start)

    def _status_list(self, request: Request, organisation: str) -> Answer:
        own = [line for line in self._registered.values() if line["organisation"] == organisation]
        return _page(
            [{k: line[k] for k in ("reference_number", "status", "message")} for line in own], request
        )

    def _register(self, request: Request, organisation: str) -> Answer:
        wish = request.json()
        key, status = str(wish.get("idempotency_key", "")), str(wish.get("status", ""))
        if not key or self._shelf.find(organisation, str(wish.get("reference_number", ""))) is None:
            return _refusal(400, "SBX-400", "受付番号がありません")
        if status not in WORDS and status not in WORDS.values():
            return _refusal(400, "SBX-410", "その処理状況は登録できません")
        with self._lock:
            is_new = key not in self._registered
            line = {
                "organisation": organisation,
                "reference_number": str(wish["reference_number"]),
                "status": status,
                "message": str(wish.get("message", "")),
                "idempotency_key": key,
                "is_new": is_new,
            }
            self._statuses.append(line)
            if is_new:
                self._registered[key] = line
        answer = _result({"registered": True, "duplicate": not is_new})
        answer.drop = self.faults.take("lose_answer", request.path) is not None
        return answer


def _passwords(data: Path) -> dict[str, str]:
    world = data / "world.json"
    if not world.exists():
        return {}
    bodies = json.loads(world.read_text(encoding="utf-8"))["organisations"]
    return {
        body["code"]: body["channel"]["password"] for body in bodies if "password" in (body["channel"] or {})
    }


def _moment(text: str | None) -> datetime | None:
    moment = datetime.fromisoformat(text) if text else None
    if moment is not None and moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _range_start(header: str, size: int) -> int:
    """The first byte of `bytes=N-`; 0 for anything else or beyond the end."""
    text = header.removeprefix("bytes=").removesuffix("-")
    return int(text) if text.isascii() and text.isdigit() and int(text) < size else 0


def _listed(row: Row) -> Json:
    return {
        "reference_number": row.receipt_number,
        "procedure_code": row.procedure_code,
        "city_code": row.organisation,
        "reception_date": row.reception_date,
        "size": row.file.stat().st_size,
        **({"verification": row.verification} if row.verification is not None else {}),
    }


def _page(items: list[Json], request: Request) -> Answer:
    text = request.query.get("page", "1")
    page = int(text) if text.isascii() and text.isdigit() else 1
    pages = max(1, -(-len(items) // PAGE))
    part = items[(page - 1) * PAGE : page * PAGE]
    return _result({"items": part, "page": page, "pages": pages, "total": len(items)})


def _result(result: Json) -> Answer:
    return Answer(
        200, {"metadata": {"title": "正常", "detail": ""}, "_links": {"self": {"href": ""}}, "result": result}
    )


def _refusal(status: int, code: str, message: str) -> Answer:
    body = {"metadata": {"title": "異常", "detail": message}, "errors": [{"code": code, "message": message}]}
    return Answer(status, body)
