"""Objects of the roll-up, for the addresses that name one and for the pages that list them."""

import zlib
from collections.abc import Callable, Mapping

from tests.support.rows import AT, make
from todoke.programme.models import (
    EnquiryRow,
    EnquiryTargetRow,
    PublicationRow,
    ReceivedEnquiryRow,
    SentSubmissionRow,
    SubmissionRow,
    SupportRow,
)
from todoke.programme.packs.values import EditionRef
from todoke.programme.rollup.rules import enquiries, snapshots
from todoke.programme.rollup.services.keeping import settle
from todoke.programme.rollup.values import Snapshot, SubmissionSource

PACK = "urn:jp:soumu:tejunsho:hyojunka"
FORM = enquiries.written(enquiries.typed("*担当課"))
Arguments = dict[str, object]


def _submission() -> Arguments:
    """A received submission of a body of its own, so that every one is current and on the page."""
    told = SubmissionRow.objects.count()
    subject = f"{100_000 + told}"
    one = Snapshot(
        subject, f"見本{told}町", EditionRef(PACK, "2026-01", 1), AT.date(), ("s1-1", "s1-2"), {"01": "dn"}
    )
    row = make(
        SubmissionRow, subject=subject, name=one.name, sender=subject, source="submitted", number=1, pack=PACK,
        edition="2026-01", release=1, state="superseded", done=1, not_started=1, sha256="0" * 64,
        document=zlib.compress(snapshots.canonical(one)),
    )  # fmt: skip
    settle([subject], SubmissionSource.SUBMITTED)
    return {"uuid": row.uuid}


def _enquiry() -> Arguments:
    row = make(EnquiryRow, fields=FORM, title="体制の調査")
    make(EnquiryTargetRow, enquiry=row, body="992011", state="waiting")
    return {"uuid": row.uuid}


def _publication() -> Arguments:
    row = make(PublicationRow, layout="digital-dashboard", misfits=[], misfit_counts={}, values="")
    return {"uuid": row.uuid}


OF: Mapping[str, Callable[[], Arguments]] = {
    "publication-beside": _publication,
    "publication-beside-csv": _publication,
    "submission": _submission,
    "withdraw-submission": lambda: {"uuid": make(SentSubmissionRow).uuid},
    "enquiry": _enquiry,
    "enquiry-csv": _enquiry,
    "act-on-enquiry": _enquiry,
    "publication": lambda: {"uuid": make(PublicationRow).uuid},
    "publication-misfits": lambda: {"uuid": make(PublicationRow).uuid},
    "question": lambda: {"uuid": make(ReceivedEnquiryRow, fields=FORM, state="waiting").uuid},
    "support-entry": lambda: {"uuid": make(SupportRow).uuid},
}
LISTED: Mapping[str, Callable[[], object]] = {
    "submissions": _submission,
    "submit": lambda: make(SentSubmissionRow),
    "enquiries": _enquiry,
    "publications": lambda: make(PublicationRow),
    "questions": lambda: make(ReceivedEnquiryRow, fields=FORM, state="waiting"),
    "support": lambda: make(SupportRow),
}
