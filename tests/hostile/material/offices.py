"""Office documents in ZIP form with one part more, or one changed."""

from io import BytesIO
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

from samples import documents

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def changed(whole: bytes, parts: dict[str, bytes | str]) -> bytes:
    """A document with further parts; one that it has already is replaced."""
    out = BytesIO()
    with ZipFile(BytesIO(whole)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
        for name in parts.keys() - set(old.namelist()):
            new.writestr(name, parts[name])
    return out.getvalue()


def docx(parts: dict[str, bytes | str] | None = None) -> bytes:
    """A Word document, with further parts."""
    return changed(documents.docx(Random(1), 2_000), parts or {})


def xlsx(parts: dict[str, bytes | str] | None = None) -> bytes:
    """A workbook, with further parts."""
    return changed(documents.xlsx(Random(1), 2_000), parts or {})


def relation(kind: str, target: str, mode: str = "External") -> str:
    """A part of relationships with one in it."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId9" Type="{_RELATIONS}/{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'
    )


def related(kind: str, target: str) -> bytes:
    """A Word document with an outside relationship."""
    return docx({"word/_rels/settings.xml.rels": relation(kind, target)})


def with_field(*runs: str, simple: bool = False) -> bytes:
    """A Word document with a field whose instruction is cut into runs."""
    if simple:
        body = f'<w:p><w:fldSimple w:instr="{"".join(runs)}"/></w:p>'
    else:
        cut = "".join(f"<w:r><w:instrText>{run}</w:instrText></w:r>" for run in runs)
        body = f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{cut}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    document = f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    return docx({"word/document.xml": document})


def with_live_link() -> bytes:
    """A workbook with a DDE link."""
    link = f'<externalLink xmlns="{_SHEETS}"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    return xlsx({"xl/externalLinks/externalLink1.xml": link})


def declaring(kind: str) -> bytes:
    """A Word document whose content types name a part of that type."""
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Default Extension="dat" ContentType="{kind}"/></Types>'
    )
    return docx({"[Content_Types].xml": types, "word/x.dat": b"parts"})


def with_renamed_part() -> bytes:
    """A Word document whose text lies in a part of an unusual name, which its types and relations state."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/Text/a.dat" ContentType="{kind}"/>'
        "</Types>"
    )
    body = '<w:p><w:fldSimple w:instr="DDEAUTO cmd"/></w:p>'
    document = f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    return docx(
        {"[Content_Types].xml": types, "_rels/.rels": relation("officeDocument", "text/a.dat", "Internal"),
         "text/a.dat": document}
    )  # fmt: skip
