"""Disposal: what screening knows of attachments that go, and copies that are no longer kept."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Min

from todoke.casework.screening.models import (
    AttachmentRelease,
    SanitisedCopy,
    ScanResult,
    ScreenedContent,
    Screening,
)

from .standing import draw_anew


@transaction.atomic
def dispose_screenings(application_ids: Iterable[int]) -> set[int]:
    """Remove all that is known of the attachments of these applications; returns the copies' bytes in the vault.

    A content that another application has as well stays with its scans and its copy until the last goes（A14）.
    """
    rows = Screening.objects.filter(attachment__application_id__in=list(application_ids))
    ids, contents = list(rows.values_list("pk", flat=True)), set(rows.values_list("content_id", flat=True))
    AttachmentRelease.objects.filter(screening_id__in=ids).delete()
    Screening.objects.filter(pk__in=ids).delete()
    shared = Screening.objects.filter(content_id__in=contents).order_by().values("content_id")
    others = dict(shared.annotate(first=Min("attachment_id")).values_list("content_id", "first"))
    for content, attachment in others.items():
        ScreenedContent.objects.filter(pk=content).update(sample_id=attachment)
    gone = contents - set(others)
    blobs = _remove_copies(SanitisedCopy.objects.filter(content_id__in=gone).values_list("pk", flat=True))
    ScanResult.objects.filter(content_id__in=gone).delete()
    ScreenedContent.objects.filter(pk__in=gone).delete()
    return blobs


@transaction.atomic
def dispose_copies(copy_ids: Iterable[int], *, at: datetime) -> set[int]:
    """Remove copies that can be made again from the original; returns their bytes in the vault."""
    ids = list(copy_ids)
    contents = list(SanitisedCopy.objects.filter(pk__in=ids).values_list("content_id", flat=True))
    blobs = _remove_copies(ids)
    draw_anew(contents, at)
    return blobs


def _remove_copies(copy_ids: Collection[int]) -> set[int]:
    rows = SanitisedCopy.objects.filter(pk__in=list(copy_ids))
    blobs = set(rows.exclude(blob=None).values_list("blob_id", flat=True))
    rows.delete()
    return blobs
