"""Which packs and editions a body can use: the shipped ones, and those that it keeps.

Without an open scope the shipped ones alone are seen. A kept edition is never changed; it wins over a shipped one of the
same name, so that an update of the product changes no plan. `applies` and `diff` are passed on from the rules: later
stages ask them here.
"""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import jsonschema

from todoke.foundation import workbooks
from todoke.foundation.fence import in_scope

from .errors import EditionUnknown, PackUnreadable
from .models import EditionRow
from .rules import applies as applies
from .rules import check, diff, heirs, overlaid
from .rules.documents import document_of, edition_of
from .rules.sheets import document_from, sheets_of
from .rules.yaml_text import read, write
from .values import Edition, EditionDiff, EditionOrigin, EditionRef, Finding, PackSummary

PROFILES = Path(__file__).parent / "profiles"
SCHEMA = PROFILES / "schema.json"
MOST_DOCUMENT_BYTES = 20_000_000


def packs() -> tuple[PackSummary, ...]:
    """Every pack that can be used, by URN, with its newest edition; overlays among them."""
    found: dict[str, list[EditionRef]] = {}
    for ref in _known():
        found.setdefault(ref.pack, []).append(ref)
    kept = {row[0]: EditionOrigin(row[4]) for row in _kept_rows()}
    return tuple(
        _summary(refs, kept.get(pack, EditionOrigin.SHIPPED)) for pack, refs in sorted(found.items())
    )


def _summary(refs: Sequence[EditionRef], origin: EditionOrigin) -> PackSummary:
    last = _in_order(refs)[-1]
    one = edition(last)
    shipped = last in _shipped()
    return PackSummary(
        last.pack, one.title, one.source.publisher, one.subject, last, len(refs), one.overlays,
        EditionOrigin.SHIPPED if shipped else origin,
    )  # fmt: skip


def editions(pack: str) -> tuple[EditionRef, ...]:
    """The editions of a pack, the oldest first: each after the one that it supersedes; releases in their order."""
    return tuple(_in_order([ref for ref in _known() if ref.pack == pack]))


def newest(pack: str) -> EditionRef:
    """The last of `editions`. Raises EditionUnknown."""
    found = editions(pack)
    if not found:
        raise EditionUnknown(edition=pack)
    return found[-1]


def edition(ref: EditionRef, overlays: Sequence[EditionRef] = ()) -> Edition:
    """One edition, with overlays laid over it in their order. Raises EditionUnknown, OverlayMisfit."""
    found = _kept(ref) or _shipped_edition(ref)
    if found is None:
        raise EditionUnknown(edition=str(ref))
    return overlaid(found, [edition(one) for one in overlays]) if overlays else found


def overlays_for(ref: EditionRef) -> tuple[EditionRef, ...]:
    """The newest edition of every overlay pack that lies over this edition."""
    found = [summary.newest for summary in packs() if summary.overlays == ref.pack]
    return tuple(one for one in found if edition(one).overlay_edition in ("", ref.edition))


def chain(older: EditionRef, newer: EditionRef) -> tuple[EditionRef, ...]:
    """The editions on the way from one to the other, both included; empty when there is no way.

    A later release of one edition follows the earlier; an edition follows the last release of the one it supersedes.
    """
    way, at = [newer], newer
    while at != older:
        before = _before(at)
        if before is None or before in way:
            return ()
        way.append(before)
        at = before
    return tuple(reversed(way))


def _before(ref: EditionRef) -> EditionRef | None:
    siblings = [one for one in editions(ref.pack) if one.edition == ref.edition and one.release < ref.release]
    if siblings:
        return siblings[-1]
    wanted = edition(ref).supersedes
    found = [one for one in editions(ref.pack) if wanted and one.edition == wanted]
    return found[-1] if found else None


def findings(one: Edition) -> list[Finding]:
    """Everything that is not good about an edition, judged beside the editions that the body can use."""
    return check(
        one, before=_last_of(one.ref.pack, one.supersedes) if one.supersedes else None, below=_below(one)
    )


def findings_after(one: Edition, before: Edition) -> list[Finding]:
    """As `findings`, beside an edition before that is given, such as one in a file."""
    return check(one, before=before, below=_below(one))


def difference(base: Edition, new: Edition) -> EditionDiff:
    """What differs from one edition to another; over several editions, every node is followed through those between."""
    way = chain(base.ref, new.ref) if {base.ref, new.ref} <= set(editions(new.ref.pack)) else ()
    return heirs([edition(ref) for ref in way]) if len(way) > 2 else diff(base, new)


def _below(one: Edition) -> Edition | None:
    return _last_of(one.overlays, one.overlay_edition) if one.overlays else None


def _last_of(pack: str, printed: str) -> Edition | None:
    """The last release of an edition as printed; without one, the newest; None when it is not at hand."""
    found = [ref for ref in editions(pack) if printed in ("", ref.edition)]
    return edition(found[-1]) if found else None


def kept_hash(ref: EditionRef) -> str:
    """The hash of the edition of this name that the body in scope keeps; empty when it keeps none."""
    rows = EditionRow.objects.filter(pack=ref.pack, edition=ref.edition, release=ref.release)
    return rows.values_list("sha256", flat=True).first() or ""


def shipped_hash(ref: EditionRef) -> str:
    """The hash of the shipped edition of this name; empty when none is shipped."""
    one = _shipped_edition(ref)
    return one.sha256 if one else ""


def read_document(text: bytes, name: str) -> Edition:
    """The edition of a YAML text, checked against the schema only; `findings` says the rest. Raises PackUnreadable."""
    try:
        document = read(text)
    except ValueError as broken:
        raise PackUnreadable(pack=name, where="YAML", reason=str(broken)[:120]) from broken
    return _edition_of(document, name)


def _edition_of(document: Mapping[str, object], name: str) -> Edition:
    try:
        jsonschema.validate(document, _schema())
        return edition_of(document)
    except jsonschema.ValidationError as misfit:
        raise PackUnreadable(pack=name, where=misfit.json_path, reason=misfit.message[:120]) from misfit
    except (ValueError, TypeError) as broken:
        raise PackUnreadable(pack=name, where="日付・数値", reason=str(broken)[:120]) from broken


@lru_cache(maxsize=1)
def _schema() -> Mapping[str, object]:
    found: Mapping[str, object] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1)
def _shipped() -> Mapping[EditionRef, Path]:
    """The shipped editions; the product's own files do not change under it."""
    return {ref: file for file in sorted(PROFILES.glob("*/*.yaml")) for ref in [_ref_in(file)]}


def _ref_in(file: Path) -> EditionRef:
    """The name of an edition from its first three lines, without reading the rest."""
    with file.open(encoding="utf-8") as lines:
        head = read("".join(next(lines) for _ in range(3)).encode())
    return EditionRef(head["pack"], head["edition"], head["release"])


@lru_cache(maxsize=64)
def _shipped_edition(ref: EditionRef) -> Edition | None:
    file = _shipped().get(ref)
    return read_document(file.read_bytes(), file.name) if file else None


def _kept_rows() -> list[tuple[str, str, int, str, str]]:
    if not in_scope():
        return []
    return list(
        EditionRow.objects.values_list("pack", "edition", "release", "sha256", "origin").order_by("pk")
    )


def _known() -> list[EditionRef]:
    kept = [EditionRef(*row[:3]) for row in _kept_rows()]
    return list(dict.fromkeys([*_shipped(), *kept]))


def _kept(ref: EditionRef) -> Edition | None:
    if not in_scope():
        return None
    sha256 = kept_hash(ref)
    if not sha256:
        return None
    if shipped_hash(ref) == sha256:
        return _shipped_edition(ref)
    rows = EditionRow.objects.filter(pack=ref.pack, edition=ref.edition, release=ref.release)
    return opened(bytes(rows.values_list("document", flat=True).get()))


def opened(compressed: bytes) -> Edition:
    """The edition of a stored document（zlib over canonical JSON）. Raises PackUnreadable for a broken one."""
    try:
        stream = zlib.decompressobj()
        text = stream.decompress(compressed, MOST_DOCUMENT_BYTES)
        return edition_of(json.loads(text))
    except (zlib.error, ValueError, TypeError, KeyError) as broken:
        raise PackUnreadable(pack="-", where="保存された版", reason="壊れています") from broken


def _in_order(refs: Iterable[EditionRef]) -> list[EditionRef]:
    """The oldest first, by what supersedes what; where nothing says so, by issue and then by name."""
    known = sorted(
        refs, key=lambda ref: (edition(ref).source.issued is None, edition(ref).source.issued, ref.release)
    )
    rank: dict[str, int] = {}
    before = {ref.edition: edition(ref).supersedes for ref in known}
    for name in before:
        rank[name] = _depth(name, before)
    return sorted(known, key=lambda ref: (rank[ref.edition], ref.release))


def _depth(name: str, before: Mapping[str, str]) -> int:
    seen: list[str] = []
    while name in before and name not in seen:
        seen.append(name)
        name = before[name]
    return len(seen)


def workbook_of(one: Edition, *, at: datetime) -> bytes:
    """An editable Excel workbook of an edition; `edition_in` gives the same edition back."""
    return workbooks.write(sheets_of(document_of(one)), title=one.title[:200], at=at)


def edition_in(workbook: bytes) -> Edition:
    """The edition of a workbook. Raises WorkbookBroken, WorkbookMisfit, PackUnreadable."""
    document = document_from(workbooks.read(workbook))
    return _edition_of(document, "Excel")


def yaml_of(one: Edition) -> bytes:
    """The YAML text of an edition: always the same bytes for the same edition."""
    return write(document_of(one))
