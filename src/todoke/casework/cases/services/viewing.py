"""Showing a case to a person: nobody looks without leaving a trace."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from todoke.casework.cases import queries
from todoke.casework.cases.values import EVERYTHING, CaseDetail, Filters
from todoke.foundation.accounts import services as account_services
from todoke.foundation.accounts.values import Use, Viewer
from todoke.foundation.audit import services as audit


@transaction.atomic
def view_case(
    viewer: Viewer,
    uuid: UUID,
    *,
    at: datetime,
    terminal: str = "",
    purpose: str = "",
    filters: Filters = EVERYTHING,
) -> CaseDetail:
    """Everything about one case, and an entry in the stream of reads; raises CaseNotFound, RightMissing."""
    detail = queries.case_detail(viewer, uuid, filters)
    account_services.count_use(viewer.staff_id, Use.VIEW, at=at)
    audit.record_read(
        "case.viewed", object_kind="case", object_id=str(uuid), actor=viewer.actor(terminal), at=at,
        purpose=purpose, facts={"version": detail.version},
    )  # fmt: skip
    return detail
