"""Disposal: what names a person in the ledger, and the bytes of batch files."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from todoke.casework.handover.models import Batch, Handover, Substitute
from todoke.casework.handover.queries import DONE


@transaction.atomic
def dispose_handovers(case_ids: Iterable[int], *, at: datetime) -> set[int]:
    """Take from the ledger what a person wrote; returns the bytes of batch files in which no other case's row lies.

    Keys, hashes, states and codes stay: nothing is delivered twice, and the 突合表 stays whole. Call it after the
    cases themselves were disposed of. A file in which a row of another case lies stays until that one goes.
    """
    rows = Handover.objects.filter(case_id__in=list(case_ids))
    Substitute.objects.filter(handover__in=rows).delete()
    rows.update(hold_facts="{}", refusal_message="")
    blobs: set[int] = set()
    for system, number in set(rows.exclude(batch=None).values_list("core_system_id", "batch__number")):
        others = Handover.objects.filter(core_system_id=system, batch__number=number, case__disposed_at=None)
        if not others.exists():
            blobs |= _let_go(Q(core_system_id=system, number=number), at)
    return blobs


@transaction.atomic
def dispose_batches(batch_ids: Iterable[int], *, at: datetime) -> set[int]:
    """Let go of the bytes of files that the core has acknowledged; the ledger keeps the hash of every row."""
    return _let_go(Q(pk__in=list(batch_ids)), at)


def _let_go(meant: Q, at: datetime) -> set[int]:
    rows = Batch.objects.filter(meant, state__in=DONE, disposed_at=None)
    blobs = set(rows.values_list("blob_id", flat=True))
    rows.update(disposed_at=at)
    return blobs
