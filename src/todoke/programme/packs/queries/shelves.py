"""What a body has on its shelf: the shipped editions, and those that it keeps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from todoke.foundation.fence import in_scope
from todoke.programme.packs.errors import EditionUnknown
from todoke.programme.packs.models import EditionRow
from todoke.programme.packs.values import Edition, EditionOrigin, EditionRef

from .reading import opened, shipped, shipped_edition, shipped_hash


@dataclass(frozen=True, slots=True)
class Shelf:
    """The names of all editions at hand; `kept` ones with hash and origin. Editions are read when they are asked for."""

    kept: Mapping[EditionRef, tuple[str, EditionOrigin]]

    def names(self) -> tuple[EditionRef, ...]:
        """Every edition at hand, the shipped ones first."""
        return tuple(dict.fromkeys([*shipped(), *self.kept]))

    def edition(self, ref: EditionRef) -> Edition:
        """One edition. Raises EditionUnknown, PackUnreadable."""
        sha256, _ = self.kept.get(ref, ("", None))
        if sha256 and sha256 != shipped_hash(ref):
            return _kept_edition(sha256)
        found = shipped_edition(ref)
        if found is None:
            raise EditionUnknown(edition=str(ref))
        return found

    def origin(self, ref: EditionRef) -> EditionOrigin:
        """How it came here."""
        return EditionOrigin.SHIPPED if ref in shipped() else self.kept[ref][1]

    def editions(self, pack: str) -> tuple[EditionRef, ...]:
        """The editions of a pack, the oldest first: each after the one that it supersedes; releases in their order."""
        refs = [ref for ref in self.names() if ref.pack == pack]
        before = {ref.edition: self.edition(ref).supersedes for ref in refs}
        return tuple(sorted(refs, key=lambda ref: (_depth(ref.edition, before), ref.edition, ref.release)))


def shelf() -> Shelf:
    """The shelf of the body in scope; without a scope, what the product ships. One question to the database."""
    if not in_scope():
        return Shelf({})
    rows = EditionRow.objects.values_list("pack", "edition", "release", "sha256", "origin").order_by("pk")
    return Shelf({EditionRef(*row[:3]): (row[3], EditionOrigin(row[4])) for row in rows})


@lru_cache(maxsize=64)
def _kept_edition(sha256: str) -> Edition:
    """A kept edition by its hash, which its contents must have; called only for hashes that the body itself keeps."""
    row = EditionRow.objects.filter(sha256=sha256).values_list("document", flat=True).first()
    return opened(bytes(row or b""), sha256)


def _depth(name: str, before: Mapping[str, str]) -> int:
    """How many editions came before this one, as they say themselves."""
    seen: list[str] = []
    while name in before and name not in seen:
        seen.append(name)
        name = before[name]
    return len(seen)


def last_of(refs: Iterable[EditionRef], printed: str) -> EditionRef | None:
    """The last release of an edition as printed; without one, the newest of all."""
    found = [ref for ref in refs if printed in ("", ref.edition)]
    return found[-1] if found else None
