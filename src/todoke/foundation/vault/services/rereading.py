"""Reading a share of the originals again every night, so that a bit that has turned is found while a copy is left.

Disks forget silently（bad inputs F24）. Every original is read within TODOKE_REREAD_DAYS days, some each night, in the
order of their ids; what does not hash to what was received is written down until it can be read again.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.fence import current_organisation, scope
from todoke.foundation.vault import queries
from todoke.foundation.vault.models import Blob, DamagedOriginal, Reread

NIGHT_BEGINS, NIGHT_ENDS = 22, 5  # hours in Japan
ONE_TURN_BYTES = 67_108_864  # then the next body has its turn
_MOST = 100


def is_night(at: datetime) -> bool:
    """Whether it is between 22 and 5 o'clock in Japan."""
    hour = (at + timedelta(hours=9)).hour
    return hour >= NIGHT_BEGINS or hour < NIGHT_ENDS


def reread(organisation: str, *, actor: Actor, at: datetime, night_only: bool = True) -> int:
    """Read some of tonight's share again; returns how many. Call outside any scope. Raises StorageAway.

    Nothing is locked while it reads; when two workers do it at once, one of them counts.
    """
    if not settings.TODOKE_REREAD_DAYS or (night_only and not is_night(at)):
        return 0
    with scope(organisation):
        place = _tonight(at)
        rows = _next(place)
    if not rows:
        return 0
    with scope(organisation, read_only=True):
        damaged = [row.pk for row in rows if not queries.is_sound(row)]
    with scope(organisation):
        _note(place, rows, damaged, actor=actor, at=at)
    return len(rows)


def _tonight(at: datetime) -> Reread:
    """The body's row, with tonight's share: a night belongs to the day on which it began."""
    night: date = japanese_date(at - timedelta(hours=12))
    row, _ = Reread.objects.get_or_create(
        organisation_id=current_organisation(), defaults={"night": date.min}
    )
    if row.night != night:
        alive = Blob.objects.filter(destroyed_at=None).count()
        row.night, row.done, row.share = night, 0, -(-alive // settings.TODOKE_REREAD_DAYS)
        row.save(update_fields=["night", "done", "share"])
    return row


def _next(place: Reread) -> Sequence[Blob]:
    """The next originals of tonight, up to 64 MiB of them; from the beginning again when a pass is over."""
    left = min(_MOST, place.share - place.done)
    if left <= 0:
        return []
    rows = list(Blob.objects.filter(destroyed_at=None, pk__gt=place.after).order_by("pk")[:left])
    chosen, size = list[Blob](), 0
    for row in rows:
        if chosen and size + row.size > ONE_TURN_BYTES:
            break
        chosen.append(row)
        size += row.size
    return chosen


@transaction.atomic
def _note(place: Reread, rows: Sequence[Blob], damaged: Sequence[int], *, actor: Actor, at: datetime) -> None:
    last = rows[-1].pk
    is_over = not Blob.objects.filter(destroyed_at=None, pk__gt=last).exists()
    changes = {"after": 0 if is_over else last, "done": place.done + len(rows), "read_at": at}
    if is_over:
        changes["passed_at"] = at
    if not Reread.objects.filter(pk=place.pk, after=place.after, done=place.done).update(**changes):
        return  # another worker has read the same
    known = set(DamagedOriginal.objects.filter(mended_at=None).values_list("blob_id", flat=True))
    for pk in damaged:
        if pk not in known:
            DamagedOriginal.objects.create(organisation_id=current_organisation(), blob_id=pk, found_at=at)
            _record("vault.damage_found", pk, actor, at)
    mended = known & {row.pk for row in rows} - set(damaged)
    DamagedOriginal.objects.filter(blob_id__in=mended, mended_at=None).update(mended_at=at)
    for pk in sorted(mended):
        _record("vault.damage_mended", pk, actor, at)


def _record(action: str, pk: int, actor: Actor, at: datetime) -> None:
    audit.record(action, object_kind="blob", object_id=str(pk), actor=actor, at=at)
