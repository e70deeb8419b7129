"""What the core system holds: one entry per row key, receipts in order, and the append-only log that is its truth."""

import csv
import hashlib
import io
import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sandbox.faults import Faults
from sandbox.journal import Journal, Line

ENCODING = "cp932"
Rows = dict[tuple[str, str], Line]  # by core system and key


@dataclass(frozen=True, slots=True)
class Taken:
    """One row of a batch file as it came: its key, its columns, SHA-256 of its line."""

    key: str
    columns: dict[str, str]
    sha256: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the core system says of one row: nothing when it is taken, else a code and words."""

    code: str = ""
    message: str = ""


class BadBatch(ValueError):
    """The file and its `.done` do not agree, or the file is not a batch."""


class Book:
    """The rows of every core system here. A key counts once, however often it is sent.

    A row whose column `cancels` names another key takes that one back（取消）: it is then shown as cancelled, once,
    however often and under however many keys it is taken back.
    """

    def __init__(self, data: Path, state: Path, faults: Faults) -> None:
        """`data` may hold core/refuse.json; `state` keeps the log."""
        self._log = Journal(state / "core.jsonl")
        self._faults = faults
        self._lock = threading.Lock()
        self._refusals = _refusals(data)
        self._rows: Rows = {}
        self._receipts: list[Line] = []
        self._cancelled: set[tuple[str, str]] = set()
        for line in self._log.lines():
            self._remember(line)

    def _remember(self, line: Line) -> None:
        if line["is_first"]:
            self._rows[line["system"], line["key"]] = line
            if line.get("cancels") and line["outcome"] == "accepted":
                self._cancelled.add((line["system"], line["cancels"]))
        if line["seq"]:
            self._receipts.append(line)

    def close(self) -> None:
        """Close the log."""
        self._log.close()

    def take(self, system: str, batch: str, content: bytes, promise: Line, at: str) -> int:
        """Take one batch whole or not at all; returns how many rows were new. Raises BadBatch."""
        if hashlib.sha256(content).hexdigest() != promise.get("sha256"):
            raise BadBatch("sha256")
        rows = _parsed(content)
        if len(rows) != promise.get("rows"):
            raise BadBatch("rows")
        with self._lock:
            lines = list(self._judged(system, batch, rows, at))
            self._log.append(*lines)
            for line in lines:
                self._remember(line)
        return sum(line["is_first"] for line in lines)

    def _judged(self, system: str, batch: str, rows: list[Taken], at: str) -> Iterable[Line]:
        """One log line per row. Under `half_ack` only the first n rows get a receipt; a row sent again gets it then."""
        half = self._faults.take("half_ack")
        refuse = self._faults.take("refuse_rows")
        number = max((line["seq"] for line in self._receipts), default=0)
        receipted = {(line["system"], line["key"]) for line in self._receipts}
        held = dict(self._rows)  # with the rows of this file so far: a later one may take an earlier one back
        for place, row in enumerate(rows):
            known = held.get((system, row.key))
            acknowledges = (system, row.key) not in receipted and (half is None or place < half.n)
            number += acknowledges
            is_refused = refuse is not None and place < refuse.n
            answer = self._answer(held, system, row, is_refused)
            line = {
                "seq": number if acknowledges else 0,
                "system": system,
                "batch": batch,
                "key": row.key,
                "row_sha256": row.sha256,
                "organisation": row.columns.get("organisation", ""),
                "outcome": "refused" if answer.code else "accepted",
                "code": answer.code,
                "message": answer.message,
                "at": at,
                "is_first": known is None,
                "cancels": row.columns.get("cancels", ""),
            }
            held.setdefault((system, row.key), line)
            yield line

    def _answer(self, held: Rows, system: str, row: Taken, is_refused: bool) -> Answer:
        """What is said of a row: of one that is known, what was said before."""
        known = held.get((system, row.key))
        if known is not None:
            return Answer(known["code"], known["message"])
        if is_refused:
            return Answer("C-900", "架空の拒否です")
        cancels = row.columns.get("cancels", "")
        if not cancels:
            return Answer(*self._refusals.get(row.columns.get("receipt_number", ""), ("", "")))
        original = held.get((system, cancels))
        if original is None or original["outcome"] != "accepted" or original.get("cancels"):
            return Answer("C-901", "取り消す元の行がありません")
        return Answer()

    def claim_unsent(self, system: str, key: str, at: str) -> None:
        """Acknowledge a key that nobody sent: a core system's mistake, on demand."""
        with self._lock:
            number = max((line["seq"] for line in self._receipts), default=0) + 1
            line = {
                "seq": number, "system": system, "batch": "", "key": key, "row_sha256": "0" * 64, "organisation": "",
                "outcome": "accepted", "code": "", "message": "", "at": at, "is_first": True,
            }  # fmt: skip
            self._log.append(line)
            self._remember(line)

    def receipts(self, system: str, after: int) -> list[Line]:
        """The receipts of a system after a number, in order."""
        names = ("seq", "batch", "key", "outcome", "code", "message", "at")
        return [
            {name: line[name] for name in names}
            for line in self._receipts
            if line["system"] == system and line["seq"] > after
        ]

    def ledger(self, system: str, organisation: str) -> list[Line]:
        """Every row the system holds of one body (and those of no body), by key."""
        rows = [
            {
                "key": key,
                "row_sha256": line["row_sha256"],
                "outcome": "cancelled" if (name, key) in self._cancelled else line["outcome"],
            }
            for (name, key), line in self._rows.items()
            if name == system and line["organisation"] in {organisation, ""}
        ]
        return sorted(rows, key=lambda row: str(row["key"]))

    def log(self) -> list[Line]:
        """The whole log, oldest first."""
        return list(self._log.lines())


def _refusals(data: Path) -> dict[str, tuple[str, str]]:
    path = data / "core" / "refuse.json"
    rows = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return {row["receipt_number"]: (row["code"], row["message"]) for row in rows}


def _parsed(content: bytes) -> list[Taken]:
    """The rows of a file with a header line; the first column is the key."""
    try:
        text = content.decode(ENCODING)
    except UnicodeDecodeError as foreign:
        raise BadBatch("encoding") from foreign
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        rows = [dict(zip(header, row, strict=True)) for row in reader]
    except (csv.Error, ValueError) as broken:
        raise BadBatch("csv") from broken
    lines = _lines(text)
    return [
        Taken(row[header[0]], row, hashlib.sha256(line.encode(ENCODING)).hexdigest())
        for row, line in zip(rows, lines[1:], strict=True)
    ]


def _lines(text: str) -> list[str]:
    """The records as text without their CRLF; a quoted line break does not end one."""
    lines: list[str] = []
    held, quotes = "", 0
    for part in text.split("\r\n"):
        held, quotes = (held + "\r\n" + part if quotes % 2 else part), quotes + part.count('"')
        if quotes % 2 == 0:
            lines.append(held)
            quotes = 0
    return [line for line in lines if line]
