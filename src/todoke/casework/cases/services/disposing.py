"""Disposal: what says whose a case was, and what clerks wrote."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from todoke.casework.cases.models import Case, CaseEvent
from todoke.casework.cases.values import EventKind
from todoke.casework.protection.values import CaseProtection
from todoke.foundation import word_index

KEPT = (EventKind.OPENED.value, EventKind.MOVED.value, EventKind.HANDOVER.value, EventKind.NOTICE.value)


@transaction.atomic
def dispose_cases(case_ids: Iterable[int], *, at: datetime) -> None:
    """Leave of ended cases what counts need and nobody can be known by: 受付番号, procedure, times, moves without words.

    The caller has asked whether they may go, and records it.
    """
    rows = Case.objects.filter(pk__in=list(case_ids), disposed_at=None)
    ids = list(rows.values_list("pk", flat=True))
    CaseEvent.objects.filter(case_id__in=ids).exclude(kind__in=KEPT).delete()
    CaseEvent.objects.filter(case_id__in=ids).exclude(note="").update(note="")
    Case.objects.filter(pk__in=ids).update(
        ended_as=F("status"), status="", identity_state="", applicant_name="", applicant_kana="", search="",
        visit_on=None, due_on=None, hold_code="", worst_severity="", protection=CaseProtection.NONE.value,
        version=F("version") + 1, disposed_at=at,
    )  # fmt: skip


def forget_words() -> None:
    """Let the words of disposed cases leave the parts of the search index too. Call outside any scope and transaction."""
    word_index.forget_deleted(Case._meta.db_table)
