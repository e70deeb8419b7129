"""What sets there are, what one holds, and whether a restore still holds back what goes outside."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from django.conf import settings

from todoke.foundation.audit import queries as audit

from .errors import ManifestDamaged, PieceMissing, PlaceMissing, RecipientMissing, SetUnknown
from .models import BackupRecord, Release, Restoration
from .rules import manifests, rotation
from .values import BackupAct, LastBackup, Manifest, Places, Policy, RestorationRef

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
SIGNED = b"todoke backup manifest\n"


def places() -> Places:
    """Where this installation's backups go. Raises PlaceMissing, RecipientMissing."""
    if settings.TODOKE_BACKUP_DIR is None:
        raise PlaceMissing
    if settings.TODOKE_BACKUP_RECIPIENTS_FILE is None:
        raise RecipientMissing(where="TODOKE_BACKUP_RECIPIENTS_FILE")
    recipients = Path(settings.TODOKE_BACKUP_RECIPIENTS_FILE)
    keys_recipients = Path(settings.TODOKE_BACKUP_KEYS_RECIPIENTS_FILE or recipients)
    keys = settings.TODOKE_BACKUP_KEYS_DIR
    return Places(Path(settings.TODOKE_BACKUP_DIR), Path(keys) if keys else None, recipients, keys_recipients)


def place_of_sets() -> Path:
    """Where the sets lie. Raises PlaceMissing."""
    if settings.TODOKE_BACKUP_DIR is None:
        raise PlaceMissing
    return Path(settings.TODOKE_BACKUP_DIR)


def policy() -> Policy:
    """How many sets are kept, as the settings say."""
    return Policy(
        settings.TODOKE_BACKUP_KEEP_DAILY,
        settings.TODOKE_BACKUP_KEEP_WEEKLY,
        settings.TODOKE_BACKUP_KEEP_MONTHLY,
    )


def gone_by(day: date) -> date | None:
    """The day from which no set holds what went on `day`, by the settings; None where no sets are taken here."""
    return None if settings.TODOKE_BACKUP_DIR is None else rotation.gone_by(day, policy())


def set_names(folder: Path) -> list[str]:
    """The complete sets in a place, oldest first; drafts and leftovers are none."""
    if not folder.is_dir():
        return []
    return sorted(one.name for one in folder.iterdir() if manifests.NAME.fullmatch(one.name))


def newest(folder: Path) -> str:
    """The name of the newest set. Raises SetUnknown."""
    names = set_names(folder)
    if not names:
        raise SetUnknown(where=str(folder))
    return names[-1]


def manifest(folder: Path, name: str) -> Manifest:
    """What a set holds. Raises SetUnknown, PieceMissing, ManifestDamaged."""
    if not manifests.NAME.fullmatch(name) or not (folder / name).is_dir():
        raise SetUnknown(where=name)
    return manifests.read(_listed(folder, name, MANIFEST), name)


def _listed(folder: Path, name: str, file: str) -> bytes:
    try:
        return (folder / name / file).read_bytes()
    except FileNotFoundError as gone:
        raise PieceMissing(where=f"{name}/{file}") from gone
    except OSError as unreadable:
        raise ManifestDamaged(where=name) from unreadable


def is_signed(folder: Path, name: str, public: Path | None = None) -> bool:
    """Whether the list of a set is what this installation signed; False when no public key is at hand to tell.

    Raises ManifestDamaged when the signature does not fit, PieceMissing when there is none.
    """
    content, signature = _listed(folder, name, MANIFEST), _listed(folder, name, SIGNATURE)
    keys = audit.seal_keys(public)
    if not keys:
        return False
    try:
        typed = signature.decode("ascii").strip()
    except ValueError as misfit:
        raise ManifestDamaged(where=name) from misfit
    if not audit.is_signed_by(keys, SIGNED + content, typed):
        raise ManifestDamaged(where=name)
    return True


def manifests_of(folder: Path) -> Iterator[Manifest]:
    """Every set whose list can be read, oldest first; a damaged one is left to the verification."""
    for name in set_names(folder):
        try:
            yield manifest(folder, name)
        except (ManifestDamaged, PieceMissing):
            continue


def is_held(destination: str) -> bool:
    """Whether a restore of the body in scope still holds back what goes to a destination（a core system, notices）."""
    return destination in held([destination])


def held(destinations: list[str]) -> frozenset[str]:
    """Which of these destinations a restore of the body in scope still holds back; two short queries at most."""
    found = open_restoration()
    if found is None:
        return frozenset()
    rows = Release.objects.filter(restoration_id=found.id).exclude(released_at=None)
    return frozenset(destinations) - set(rows.values_list("destination", flat=True))


def open_restoration() -> RestorationRef | None:
    """The restore of the body in scope whose outgoing traffic is not wholly released; None as a rule."""
    row = Restoration.objects.filter(closed_at=None).first()
    if row is None:
        return None
    return RestorationRef(
        row.pk, row.set_name, row.taken_at, row.restored_at, row.lost_entries, row.lost_until
    )


def compared_at(destination: str) -> datetime | None:
    """When the ledger of a destination was fetched since the open restore; None when it was not."""
    rows = Release.objects.filter(restoration__closed_at=None, destination=destination)
    return rows.values_list("compared_at", flat=True).first()


def last_backup(act: BackupAct = BackupAct.TAKEN) -> LastBackup | None:
    """The newest record of that act of the body in scope."""
    row = BackupRecord.objects.filter(act=act.value).order_by("-at", "-pk").first()
    return LastBackup(row.set_name, row.taken_at, BackupAct(row.act), row.at) if row is not None else None
