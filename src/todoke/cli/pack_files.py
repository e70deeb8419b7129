"""How the verbs of packs read an edition: from a file（YAML or Excel）or by the name of one that the product ships."""

from pathlib import Path

from rich.table import Column, Table

from todoke.programme.packs import queries
from todoke.programme.packs.errors import EditionUnknown, PackUnreadable
from todoke.programme.packs.values import Edition, EditionRef, Finding, Weight

from .verbs import console

MOST_BYTES = 20_000_000
MARKS = {Weight.FAULT: "✕", Weight.DOUBT: "△", Weight.NOTE: "・"}


def read_edition(word: str) -> Edition:
    """The edition in a file, or of a name（urn@版+改訂）, or the newest of a URN. Raises PackUnreadable, EditionUnknown."""
    path = Path(word)
    if path.suffix.lower() == ".xlsx":
        return queries.edition_in(_bytes_of(path))
    if path.suffix.lower() in {".yaml", ".yml"}:
        return queries.read_document(_bytes_of(path), path.name)
    return queries.edition(_named(word))


def _named(word: str) -> EditionRef:
    pack, _, rest = word.partition("@")
    printed, _, release = rest.partition("+")
    found = [
        ref
        for ref in queries.editions(pack)
        if printed in ("", ref.edition) and release in ("", str(ref.release))
    ]
    if not found:
        raise EditionUnknown(edition=word)
    return found[-1]


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise PackUnreadable(pack=path.name, where="ファイル", reason="大きすぎます")
        return path.read_bytes()
    except OSError as missing:
        raise PackUnreadable(pack=path.name, where="ファイル", reason="ありません") from missing


def write_new(path: Path, content: bytes, *, may_replace: bool) -> bool:
    """Write a file; False, and nothing written, when one is there and may not be replaced."""
    if path.exists() and not may_replace:
        console().print(
            f"{path} はすでにあります。別の名前にするか、--force を付けてください。", markup=False
        )
        return False
    path.write_bytes(content)
    return True


def tell_findings(name: str, findings: list[Finding]) -> None:
    """The findings of one edition for people."""
    console().print(f"{name}: {_verdict(findings)}", markup=False)
    table = Table("", "", "", Column(overflow="fold"), box=None, show_header=False)
    for one in findings:
        table.add_row(MARKS[one.weight], one.code, one.where, one.sentence)
    if findings:
        console().print(table, markup=False)


def _verdict(findings: list[Finding]) -> str:
    faults = sum(one.weight is Weight.FAULT for one in findings)
    return f"誤り {faults}件" if faults else "誤りなし"


def finding_json(one: Finding) -> dict[str, object]:
    """One finding for --json."""
    return {"weight": one.weight.value, "code": one.code, "where": one.where, "sentence": one.sentence}
