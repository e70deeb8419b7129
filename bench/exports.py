"""The worklist as CSV, as far as the desk gives it out（500 lines）, and one audit trail as lines; floors in the same run.

The floor of the CSV is what the catalogue of figures takes: the same number of columns straight from a cursor of plain SQLite
into `csv.writer.writerows`. What a clerk may save is limited on purpose, so its memory is too.
"""

import csv
import io
import sqlite3
from datetime import timedelta
from uuid import UUID

from django.db import connection

from todoke.casework.cases import queries
from todoke.casework.cases.models import Case
from todoke.casework.cases.values import CaseStatus, HandoverProgress, NoticeProgress
from todoke.casework.identify.values import IdentityState
from todoke.casework.intake.values import DuplicateKind, SignatureState
from todoke.foundation import spreadsheets
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.web.desk import list_export

from .figures import Figure
from .meters import measure
from .packages import TOWN
from .resident import peak_during
from .rows import lay_down

FEW, REPEATS = 1_000, 10
BEYOND = 1 << 40  # ids that no application of another part has
_COLUMNS = (
    "receipt_number", "applied_at", "received_at", "procedure", "section_id", "applicant_name", "applicant_kana",
    "status", "identity_state", "signature_state", "handover_state", "hold_code", "duplicate_kind", "findings_count",
    "visit_on",
)  # fmt: skip


def figures(count: int, rounds: int) -> list[Figure]:
    """Per line, with a thousand cases and with `count` of them, and the memory that one file takes."""
    _lay_down(0, FEW)
    short = min(_exported() for _ in range(rounds))
    _lay_down(FEW, count)
    costs = [_exported() for _ in range(rounds)]
    memory = peak_during(_export)[1]
    floor = min(_floor() for _ in range(rounds))
    lines, spread = list_export.LIMIT, (max(costs) - min(costs)) / 2 / min(costs)
    each = 1e6 / lines
    return [
        Figure(f"一覧のCSV（{lines}行、{count:,}件から）", min(costs) * each, "µs/行", floor * each, spread),
        Figure(f"  同 {FEW:,}件から", short * each, "µs/行", floor * each),
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


def _export() -> bytes:
    """What the page does, without the request and its audit entry. Raises AssertionError when a line is missing."""
    with scope(TOWN, read_only=True):
        rows = queries.worklist_for_export(_viewer(), limit=list_export.LIMIT)
        content = spreadsheets.csv_of(list_export.HEADER, list_export.lines(rows))
    assert content.count(b"\r\n") == list_export.LIMIT + 1
    return content


def _exported() -> float:
    return measure(lambda: [_export() for _ in range(REPEATS)]).cpu / REPEATS


def _floor() -> float:
    database = sqlite3.connect(connection.settings_dict["NAME"])
    statement = (
        f"SELECT {', '.join(_COLUMNS)} FROM {Case._meta.db_table} ORDER BY id DESC LIMIT {list_export.LIMIT}"
    )

    def write() -> None:
        for _ in range(REPEATS):
            csv.writer(io.StringIO()).writerows(database.execute(statement))

    cost = measure(write).cpu / REPEATS
    database.close()
    return cost
