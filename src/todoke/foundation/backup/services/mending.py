"""Putting single damaged originals back from the sets, while everything goes on（bad inputs F24）.

The newest set that holds a sound copy serves: sets share the pieces of the vault, and a piece was copied soon after its
bytes were written. Nothing of a set is trusted: a copy counts when it decrypts to the bytes that were received.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from django.conf import settings

from todoke.foundation.audit.values import Actor
from todoke.foundation.backup import queries
from todoke.foundation.backup.errors import NoRoom, PieceDamaged, PieceMissing, WrongKey
from todoke.foundation.backup.values import Fault, Manifest, Mending, StoredFile
from todoke.foundation.vault import services as vault
from todoke.foundation.vault.values import Damaged

from . import streams
from .drafts import Tell
from .places import path_of

Holding = tuple[StoredFile, list[tuple[Damaged, int]]]  # a file, and where in it each copy begins


def mend(
    sets: Path,
    organisation: str,
    damaged: Sequence[Damaged],
    *,
    identity: Path,
    name: str | None = None,
    actor: Actor,
    at: datetime,
    tell: Tell | None = None,
) -> Mending:
    """Look for each damaged original of a body in the sets, the newest first, or in one set; put back what is sound.

    Call outside any scope. What is wrong with files of sets stands in the answer: another set may do. Raises
    WrongKey when `identity` is no private key, SetUnknown, NoRoom, StoreFailed, StorageAway.
    """
    search = _Search(sets, organisation, streams.identities(identity), {one.id: one for one in damaged})
    for manifest in [queries.manifest(sets, name)] if name else reversed(list(queries.manifests_of(sets))):
        for file, found in _holding(manifest, organisation, list(search.left.values())):
            if file.name not in search.tried:
                search.look_into(manifest, file, found, actor=actor, at=at)
                if tell is not None:
                    tell("vault", len(search.mended), len(damaged))
    return Mending(search.mended, tuple(sorted(search.left)), tuple(search.faults))


@dataclass(slots=True)
class _Search:
    """How far the search is: what is still damaged, which files of sets were opened, what came of it."""

    sets: Path
    organisation: str
    by: streams.Identities
    left: dict[int, Damaged]
    tried: set[str] = field(default_factory=set)
    mended: dict[int, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def look_into(
        self,
        manifest: Manifest,
        file: StoredFile,
        found: list[tuple[Damaged, int]],
        *,
        actor: Actor,
        at: datetime,
    ) -> None:
        """Open one file and put back what is sound in it; a file that cannot be opened is noted."""
        self.tried.add(file.name)
        try:
            plain = _opened(self.sets, manifest, file, self.by)
        except (PieceMissing, PieceDamaged, WrongKey) as broken:
            self.faults.append(Fault(broken.code, file.name))
            return
        with plain:
            ids = vault.mend(self.organisation, found, plain, source=manifest.name, actor=actor, at=at)
        for one in ids:
            self.mended[one] = manifest.name
            del self.left[one]


def _holding(manifest: Manifest, organisation: str, wanted: Sequence[Damaged]) -> Iterator[Holding]:
    """The files of a set in which a damaged original lies whole."""
    for piece in (one for one in manifest.pieces if one.organisation == organisation):
        found = [
            (one, one.offset - piece.start)
            for one in wanted
            if one.segment == piece.segment
            and piece.start <= one.offset
            and one.offset + one.length <= piece.end
        ]
        if found:
            yield piece.file, found
    for bundle in (one for one in manifest.bundles if one.organisation == organisation):
        places, begin = dict[str, int](), 0
        for name, size in bundle.objects:
            places[name], begin = begin, begin + size
        if objects := [(one, places[one.segment]) for one in wanted if one.segment in places]:
            yield bundle.file, objects


def _opened(sets: Path, manifest: Manifest, file: StoredFile, by: streams.Identities) -> BinaryIO:
    """What is in an encrypted file of a set, in an unlinked file. Raises NoRoom, PieceMissing, PieceDamaged, WrongKey."""
    plain: BinaryIO = TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115  # closed by who asked
    try:
        streams.open_into(path_of(sets, manifest, file), file, by, plain.write)
        plain.flush()
    except OSError as refusal:
        plain.close()
        raise NoRoom(where="TODOKE_VAR/upload") from refusal
    except BaseException:
        plain.close()
        raise
    return plain
