"""The worklist as a file, from the first query to the last byte and both audit entries; the floor in the same run.

The floor is what the catalogue of figures takes: the same number of columns of the same rows straight from a cursor of
plain SQLite into `csv.writer.writerows`, encoded and let go.
"""

import csv
import io
import sqlite3
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.test import override_settings

from todoke.casework.cases.models import Case
from todoke.casework.cases.values import EVERYTHING, CaseStatus, HandoverProgress, NoticeProgress
from todoke.casework.identify.values import IdentityState
from todoke.casework.intake.values import DuplicateKind, SignatureState
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.web.desk import list_export

from .figures import Figure
from .intake import ACTOR
from .meters import measure
from .packages import TOWN
from .resident import peak_during
from .rows import lay_down

FEW, STEP = 1_000, 2_000
BEYOND = 1 << 40  # ids that no application of another part has
_COLUMNS = (
    "receipt_number", "applied_at", "received_at", "procedure", "section_id", "applicant_name", "applicant_kana",
    "status", "identity_state", "signature_state", "handover_state", "hold_code", "duplicate_kind", "findings_count",
    "visit_on",
)  # fmt: skip


def figures(count: int, rounds: int) -> list[Figure]:
    """Per line, of a thousand cases and of `count`, and the memory that the file takes while it is made."""
    _lay_down(0, FEW)
    short = min(_exported(FEW) for _ in range(rounds))
    _lay_down(FEW, count)
    pairs = [(_exported(count), _floor()) for _ in range(rounds)]
    memory = peak_during(lambda: _export(count))[1]
    costs, floor = [one[0] for one in pairs], min(one[1] for one in pairs)
    spread = (max(costs) - min(costs)) / 2 / min(costs)
    return [
        Figure(f"一覧のCSV（全件、{count:,}行）", min(costs) * 1e6, "µs/行", floor * 1e6, spread),
        Figure(f"  同 {FEW:,}行", short * 1e6, "µs/行", floor * 1e6),
        Figure("  CSVを作る間に増えたメモリ", memory / 1e6, "MB"),
    ]


def _lay_down(first: int, last: int) -> None:
    at = now()
    template = Case(
        organisation_id=TOWN, uuid=UUID(int=0), application_id=1, receipt_number="", channel="hand", procedure="P01",
        status=CaseStatus.OPENED.value, applicant_name="霞見里　澄乃", applicant_kana="カスミミサト　スミノ", applied_at=at,
        received_at=at, opened_at=at, identity_state=IdentityState.MATCHED.value,
        signature_state=SignatureState.VALID.value, duplicate_kind=DuplicateKind.NONE.value,
        handover_state=HandoverProgress.UNDECIDED.value, notice_state=NoticeProgress.SILENT.value,
    )  # fmt: skip

    def own(number: int) -> dict[str, object]:
        place = first + number + 1
        moment = at - timedelta(seconds=place)
        return {
            "uuid": UUID(int=place),
            "application_id": BEYOND + place,
            "receipt_number": f"{place:015d}",
            "applied_at": moment,
        }

    lay_down(template, last - first, own)


def _viewer() -> Viewer:
    return Viewer(TOWN, 1, "測定", frozenset({Right.VIEW_CASES}), None)


def _export(count: int) -> int:
    """What the page does and what the server then takes; how many lines there were: at least `count`, and all of them.

    Other parts of the benchmark may have left cases behind. Raises AssertionError when a line is missing.
    """
    with override_settings(TODOKE_EXPORT_ALONE_LINES=0), scope(TOWN):
        there = Case.objects.count()
        pieces = list_export.begin(_viewer(), EVERYTHING, actor=ACTOR, at=now())
    lines = sum(piece.count(b"\r\n") for piece in pieces) - 1
    assert lines == there >= count
    return lines


def _exported(count: int) -> float:
    lines = []
    cost = measure(lambda: lines.append(_export(count))).cpu
    return cost / lines[-1]


def _floor() -> float:
    database = sqlite3.connect(connection.settings_dict["NAME"])
    found = database.execute(f"SELECT COUNT(*) FROM {Case._meta.db_table}").fetchone()
    lines = int(found[0])
    statement = f"SELECT {', '.join(_COLUMNS)} FROM {Case._meta.db_table} ORDER BY id DESC"

    def write() -> None:
        cursor = database.execute(statement)
        while rows := cursor.fetchmany(STEP):
            out = io.StringIO()
            csv.writer(out).writerows(rows)
            out.getvalue().encode()

    cost = measure(write).cpu / lines
    database.close()
    return cost
