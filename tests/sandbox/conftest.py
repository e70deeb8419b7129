"""A little invented world for the sandbox: two bodies, three applications, one of them with two variants."""

import json
from pathlib import Path
from typing import Any

import pytest

ROWS: list[dict[str, Any]] = [
    {"receipt_number": "260401000000001", "organisation": "992011", "procedure_code": "P01",
     "reception_date": "2026-04-01T10:00:00+09:00", "file": "portal/992011/1.zip"},
    {"receipt_number": "260401000000002", "organisation": "992011", "procedure_code": "P01",
     "reception_date": "2026-04-01T11:00:00+09:00", "file": "portal/992011/2.zip", "faults": ["list_twice"]},
    {"receipt_number": "260401000000002", "organisation": "992011", "procedure_code": "P01",
     "reception_date": "2026-04-02T11:00:00+09:00", "file": "portal/992011/2-1.zip", "variant_of":
     "260401000000002", "variant": 1},
    {"receipt_number": "260401000000003", "organisation": "993018", "procedure_code": "P02",
     "reception_date": "2026-04-01T12:00:00+09:00", "file": "portal/993018/3.zip", "faults": ["fetch_once_fails"]},
]  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder."""
    folder = tmp_path / "data"
    for row in ROWS:
        file = folder / str(row["file"])
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(f"PK {row['file']}".encode() * 50)
    (folder / "portal" / "index.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    (folder / "core").mkdir()
    refusal = [{"receipt_number": "R2", "code": "C-104", "message": "台帳と合いません"}]
    (folder / "core" / "refuse.json").write_text(json.dumps(refusal))
    return folder


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The folder in which a server remembers."""
    return tmp_path / "state"
