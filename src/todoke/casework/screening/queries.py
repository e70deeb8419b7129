"""Questions about how attachments stand, which wait behind the seal, and how the scanner does."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models.expressions import RawSQL

from todoke.casework.intake import queries as intake
from todoke.casework.intake.values import AttachmentDetail
from todoke.foundation import leases
from todoke.foundation.claims import Backlog

from .models import AttachmentRelease, SanitisedCopy, ScanResult, ScreenedContent, Screening
from .rules import inspecting, standings
from .values import (
    CopyDetail,
    CopyState,
    Engine,
    Looks,
    Scan,
    ScannerStatus,
    ScanOutcome,
    ScreeningState,
    SealedFile,
    Standing,
)

MOST_COUNTED = 1_000
# Written out, because SQLite uses a partial index only where it can read the condition: not behind a parameter.
_IS_SEALED = RawSQL("casework_screening.state = 'sealed'", [], output_field=models.BooleanField())


def is_scanner_set_up() -> bool:
    """Whether this installation names a malware scanner（TODOKE_CLAMD）."""
    return bool(settings.TODOKE_CLAMD)


def is_scan_required() -> bool:
    """Whether a file that was not scanned stays closed（TODOKE_SCAN=required）."""
    return bool(settings.TODOKE_SCAN == "required")


def is_copy_required() -> bool:
    """Whether every attachment is shown as a copy and its original stays shut（TODOKE_SANITISE=all）."""
    return bool(settings.TODOKE_SANITISE == "all")


def standings_of(attachments: Sequence[AttachmentDetail]) -> Mapping[int, Standing]:
    """How these attachments stand, by attachment; five queries however many. One not taken up yet waits."""
    found = _by_attachment([one.id for one in attachments])
    contents = [row.content_id for row in found.values()]
    copies = {row.content_id: row for row in SanitisedCopy.objects.filter(content_id__in=contents)}
    scans, released = _newest_scans(contents), _released([row.pk for row in found.values()])
    return {
        one.id: _standing(one, found.get(one.id), copies, scans, released)
        for one in attachments
    }  # fmt: skip


def _by_attachment(ids: Sequence[int]) -> Mapping[int, Screening]:
    rows = Screening.objects.select_related("content").filter(attachment_id__in=ids)
    return {row.attachment_id: row for row in rows}


def _newest_scans(contents: Iterable[int]) -> Mapping[int, Scan]:
    rows = ScanResult.objects.filter(content_id__in=list(contents)).order_by("pk")
    return {row.content_id: _scan(row) for row in rows}


def _scan(row: ScanResult) -> Scan:
    engine = Engine(row.engine, row.signatures, row.signatures_at)
    return Scan(engine, ScanOutcome(row.outcome), row.at, row.found)


def _released(screenings: Iterable[int]) -> set[tuple[int, str]]:
    rows = AttachmentRelease.objects.filter(screening_id__in=list(screenings))
    return set(rows.values_list("screening_id", "shown_hash"))


def _standing(
    one: AttachmentDetail, row: Screening | None, copies: Mapping[int, SanitisedCopy], scans: Mapping[int, Scan],
    released: set[tuple[int, str]],
) -> Standing:  # fmt: skip
    file = one.attachment
    codes = standings.codes_of(row.codes, row.content.codes) if row else standings.codes_of(file.code)
    shown = standings.shown_hash(file.sha256, codes)
    copy = copies.get(row.content_id) if row else None
    looks = Looks(
        attachment=file.state,
        content=ScreeningState(row.content.state) if row else ScreeningState.WAITING,
        codes=codes,
        copy=CopyState(copy.state) if copy else None,
        is_released=row is not None and (row.pk, shown) in released,
        holds_numbers=row is not None and row.holds_numbers,
        needs_copy=is_copy_required() and standings.needs_copy(codes),
    )
    return Standing(
        attachment_id=one.id, application_id=one.application_id, state=standings.state_of(looks), codes=codes,
        sha256=file.sha256, shown_hash=shown,
        original=standings.original_opening(looks, is_scan_required=is_scan_required()),
        copy_opening=standings.copy_opening(looks), copy=_copy(copy) if copy else None,
        holds_numbers=looks.holds_numbers, may_be_released=row is not None and standings.may_be_released(looks),
        may_ask_for_copy=row is not None and copy is None and not standings.copy_refusal(file.kind, codes),
        may_be_scanned_again=row is not None and standings.may_be_scanned_again(codes),
        scan=scans.get(row.content_id) if row else None,
    )  # fmt: skip


def _copy(row: SanitisedCopy) -> CopyDetail:
    return CopyDetail(
        CopyState(row.state), row.kind, row.size, row.sha256_after, row.pages_before, row.pages_after, row.tool,
        row.is_partial, row.code, row.made_at,
    )  # fmt: skip


def sealed_files(*, after: int = 0, limit: int = MOST_COUNTED) -> list[SealedFile]:
    """Attachments of the whole body in scope that wait behind the seal, oldest first; the page asks whose they are."""
    rows = Screening.objects.select_related("attachment", "content").filter(_IS_SEALED, pk__gt=after)
    return [
        SealedFile(
            row.pk, row.attachment_id, row.attachment.application_id, row.attachment.label, row.attachment.kind,
            row.attachment.size, standings.codes_of(row.codes, row.content.codes), row.since,
        )
        for row in rows.order_by("pk")[:limit]
    ]  # fmt: skip


def scanner_status(*, at: datetime) -> ScannerStatus:
    """How scanning stands in the body in scope: for the banner, the page 稼働状況 and `todoke doctor`."""
    counts = dict(ScreenedContent.objects.order_by().values_list("state").annotate(count=models.Count("pk")))
    waiting = ScreenedContent.objects.filter(state=ScreeningState.WAITING.value).order_by("pk")
    since = waiting.values_list("noted_at", flat=True).first()
    scan = last_scan()
    return ScannerStatus(
        is_set_up=is_scanner_set_up(), is_required=is_scan_required(), last=scan,
        waiting=counts.get(ScreeningState.WAITING.value, 0), waiting_since=since,
        unscanned=counts.get(ScreeningState.UNSCANNED.value, 0),
        sealed=Screening.objects.filter(_IS_SEALED).count(),
        is_overdue=since is not None and at - since > inspecting.OVERDUE_AFTER,
        is_outdated=is_scanner_set_up() and scan is not None and is_outdated(scan.engine, at=at),
        is_late=is_scanner_set_up() and since is not None and at - since > inspecting.LATE_AFTER,
    )  # fmt: skip


def last_scan() -> Scan | None:
    """The newest answer of the scanner in the body in scope; None before the first."""
    row = ScanResult.objects.order_by("-pk").first()
    return _scan(row) if row else None


def is_outdated(engine: Engine, *, at: datetime) -> bool:
    """Whether a scanner's signatures are older than TODOKE_SCAN_SIGNATURE_DAYS, or of unknown age."""
    return inspecting.outdated(engine, at=at, days=settings.TODOKE_SCAN_SIGNATURE_DAYS)


def overdue_since(*, at: datetime) -> datetime | None:
    """Since when the oldest content waits for its scan, if that is too long already; one indexed question."""
    waiting = ScreenedContent.objects.filter(
        state=ScreeningState.WAITING.value, noted_at__lt=at - inspecting.OVERDUE_AFTER
    )
    return waiting.order_by("pk").values_list("noted_at", flat=True).first()


def next_due() -> datetime | None:
    """When the next content is due to be looked into, or the next copy to be made; None when neither is.

    What waits longer than a retry, because no scanner answers, does not count as due before its time.
    """
    moments = (
        leases.next_due(ScreenedContent, where={"state": ScreeningState.WAITING.value}),
        leases.next_due(SanitisedCopy, where={"state": CopyState.MAKING.value}),
    )
    return min((moment for moment in moments if moment is not None), default=None)


def is_attachment_new() -> bool:
    """Whether an attachment waits to be taken up; with a scanner, perhaps also a content that came before there was one."""
    return is_scanner_set_up() or bool(intake.attachments_after(taken_up_to(), limit=1))


def is_content_due(now: datetime) -> bool:
    """Whether a content waits to be looked into now."""
    return leases.is_waiting(ScreenedContent, where={"state": ScreeningState.WAITING.value}, now=now)


def is_copy_due(now: datetime) -> bool:
    """Whether a copy waits to be made now."""
    return leases.is_waiting(SanitisedCopy, where={"state": CopyState.MAKING.value}, now=now)


def backlog(now: datetime) -> Backlog:
    """The contents of the body in scope that wait to be scanned and looked into."""
    return leases.backlog(ScreenedContent, where={"state": ScreeningState.WAITING.value}, now=now)


def copies_backlog(now: datetime) -> Backlog:
    """The harmless copies of the body in scope that have still to be made."""
    return leases.backlog(SanitisedCopy, where={"state": CopyState.MAKING.value}, now=now)


def taken_up_to() -> int:
    """The newest attachment that was taken up; 0 before the first."""
    newest: int | None = Screening.objects.aggregate(newest=models.Max("attachment_id"))["newest"]
    return newest or 0


def parked_contents(*, limit: int = 200) -> list[tuple[int, str, str]]:
    """Contents that kept failing: id, the first half of the SHA-256, code."""
    rows = ScreenedContent.objects.exclude(parked_code="").order_by("pk")
    return [
        (pk, digest[:16], code)
        for pk, digest, code in rows.values_list("pk", "sha256", "parked_code")[:limit]
    ]


def parked_copies(*, limit: int = 200) -> list[tuple[int, str, str]]:
    """Copies that kept failing: id, the first half of the SHA-256 of the original, code."""
    rows = SanitisedCopy.objects.exclude(parked_code="").order_by("pk")
    return [
        (pk, digest[:16], code)
        for pk, digest, code in rows.values_list("pk", "sha256_before", "parked_code")[:limit]
    ]


def copies_before(
    moment: datetime, *, ids: Collection[int] | None = None, limit: int
) -> list[tuple[int, datetime]]:
    """Copies that were made before a moment and still have their bytes, the oldest first; with `ids`, of these."""
    rows = SanitisedCopy.objects.filter(state=CopyState.MADE.value, made_at__lt=moment).order_by("pk")
    rows = rows if ids is None else rows.filter(pk__in=list(ids))
    return [(pk, made) for pk, made in rows.values_list("pk", "made_at")[:limit] if made is not None]


def copies_held(ids: Iterable[int], *, uuids: Collection[UUID], procedures: Collection[str]) -> set[int]:
    """Those of these copies that show a file of one of these applications, or of one for one of these procedures."""
    is_meant = models.Q(attachment__application__uuid__in=list(uuids)) | models.Q(
        attachment__application__procedure__in=list(procedures)
    )
    copies = SanitisedCopy.objects.filter(pk__in=list(ids))
    shown = Screening.objects.filter(is_meant, content_id__in=copies.values("content_id"))
    return set(copies.filter(content_id__in=shown.values("content_id")).values_list("pk", flat=True))


def blobs_in_use(blob_ids: Iterable[int]) -> set[int]:
    """Those of these originals that are copies somebody may still open."""
    rows = SanitisedCopy.objects.filter(blob_id__in=list(blob_ids))
    return set(rows.values_list("blob_id", flat=True))
