"""Editions in files and rows: YAML, workbook, the product's own profiles, a kept document."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import jsonschema

from todoke.foundation import canonical, workbooks
from todoke.programme.packs.errors import PackUnreadable
from todoke.programme.packs.rules.documents import document_of, edition_of
from todoke.programme.packs.rules.misfits import place_of, unknown_words, words_of
from todoke.programme.packs.rules.sheets import document_from, sheets_of
from todoke.programme.packs.rules.yaml_text import read, write
from todoke.programme.packs.values import Edition, EditionRef

PROFILES = Path(__file__).parent.parent / "profiles"
MOST_DOCUMENT_BYTES = 20_000_000


def read_document(text: bytes, name: str) -> Edition:
    """The edition of a YAML text, checked against the schema only; `findings` says the rest. Raises PackUnreadable."""
    try:
        document = read(text)
    except ValueError as broken:
        raise PackUnreadable(pack=name, where="YAML", reason=str(broken)[:120]) from broken
    return edition_from(document, name)


def edition_from(document: Mapping[str, object], name: str) -> Edition:
    """The edition of a document from a file or a letter, checked against the schema. Raises PackUnreadable."""
    try:
        jsonschema.validate(document, _schema())
        return edition_of(document)
    except jsonschema.ValidationError as misfit:
        where = place_of(document, misfit.absolute_path)
        raise PackUnreadable(pack=name, where=where, reason=_reason(misfit)) from misfit
    except (ValueError, TypeError) as broken:
        raise PackUnreadable(pack=name, where="日付・数値", reason=str(broken)[:120]) from broken


def _reason(misfit: jsonschema.ValidationError) -> str:
    if misfit.validator == "additionalProperties" and isinstance(misfit.schema, Mapping):
        return unknown_words(misfit.instance, misfit.schema.get("properties", {}))
    return words_of(str(misfit.validator), misfit.validator_value, misfit.instance)


@lru_cache(maxsize=1)
def _schema() -> Mapping[str, object]:
    found: Mapping[str, object] = json.loads((PROFILES / "schema.json").read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1)
def shipped() -> Mapping[EditionRef, Path]:
    """The shipped editions and their files; the product's own files do not change under it."""
    return {_ref_in(file): file for file in sorted(PROFILES.glob("*/*.yaml"))}


def _ref_in(file: Path) -> EditionRef:
    """The name of an edition from its first three lines, without reading the rest."""
    with file.open(encoding="utf-8") as lines:
        head = read("".join(next(lines) for _ in range(3)).encode())
    return EditionRef(head["pack"], head["edition"], head["release"])


@lru_cache(maxsize=64)
def shipped_edition(ref: EditionRef) -> Edition | None:
    """The edition that the product ships under this name, or None."""
    file = shipped().get(ref)
    return read_document(file.read_bytes(), file.name) if file else None


def shipped_hash(ref: EditionRef) -> str:
    """The hash of the shipped edition of this name; empty when none is shipped."""
    one = shipped_edition(ref)
    return one.sha256 if one else ""


def opened(compressed: bytes, sha256: str) -> Edition:
    """The edition of a kept document（zlib over canonical JSON）with its hash. Raises PackUnreadable when it is damaged."""
    try:
        text = zlib.decompressobj().decompress(compressed, MOST_DOCUMENT_BYTES)
        if canonical.sha256(text) == sha256:
            return replace(edition_of(json.loads(text)), sha256=sha256)
    except (zlib.error, ValueError, TypeError, KeyError) as broken:
        raise PackUnreadable(pack=sha256[:12], where="保存された版", reason="壊れています") from broken
    raise PackUnreadable(pack=sha256[:12], where="保存された版", reason="ハッシュ値が一致しません")


def workbook_of(one: Edition, *, at: datetime) -> bytes:
    """An editable Excel workbook of an edition; `edition_in` gives the same edition back."""
    return workbooks.write(sheets_of(document_of(one)), title=one.title[:200], at=at)


def edition_in(workbook: bytes) -> Edition:
    """The edition of a workbook. Raises WorkbookBroken, WorkbookMisfit, PackUnreadable."""
    document = document_from(workbooks.read(workbook))
    return edition_from(document, "Excel")


def yaml_of(one: Edition) -> bytes:
    """The YAML text of an edition: always the same bytes for the same edition."""
    return write(document_of(one))
