"""The worklist as rows of a spreadsheet: names and states, never 個人番号, serials or answers of the form."""

from collections.abc import Iterable, Iterator

from todoke.casework.cases.values import WorklistRow
from todoke.foundation.organisations import queries as organisations
from todoke.web.desk.case_view import duplicate_words, procedure_name
from todoke.web.desk.words import HOLDS
from todoke.web.shared import dates

LIMIT = 500
HEADER = (
    "受付番号", "申請日時", "受付日時", "手続", "担当課", "申請者氏名", "フリガナ", "処理状況", "本人特定", "署名", "引渡し",
    "保留の理由", "重複", "指摘の数", "来庁予定日",
)  # fmt: skip


def lines(rows: Iterable[WorklistRow]) -> Iterator[tuple[str, ...]]:
    """One line per row, in the words of the screen."""
    sections = {one.id: one.name for one in organisations.sections()}
    for row in rows:
        yield (
            row.receipt_number, dates.moment_words(row.applied_at) if row.applied_at else "",
            dates.moment_words(row.received_at), procedure_name(row.procedure), sections.get(row.section_id or 0, ""),
            row.applicant_name, row.applicant_kana, row.status.label, row.identity.label, row.signature.label,
            row.handover.label, HOLDS.get(row.hold_code, row.hold_code), duplicate_words(row.duplicate),
            str(row.findings_count), dates.day_words(row.visit_on) if row.visit_on else "",
        )  # fmt: skip
