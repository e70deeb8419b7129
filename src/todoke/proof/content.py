"""Looks into a file, whatever its bytes are: its kind, what is active, hidden, broken or too large in it.

Three ways in: `look` for a file in memory with little effort, `look_at_ends` for a large one of which only start and
end are at hand, `look_whole` for the thorough look that a confined worker takes. None of them raises for any bytes.
"""

from collections.abc import Callable, Mapping

from . import compound_look, image_look, office_look, pdf_look, polyglots, sniff, text_look, tiff_look
from .archive import Buffer
from .report import MACRO, QUICK, THOROUGH, UNSEEN, USUAL, ContentLimits, ContentReport, Effort, Inspection
from .sniff import FileKind

Look = Callable[[bytes, Inspection], None]
LOOKS: Mapping[FileKind, Look] = {
    FileKind.PDF: pdf_look.look,
    FileKind.JPEG: image_look.look_jpeg,
    FileKind.PNG: image_look.look_png,
    FileKind.GIF: image_look.look_gif,
    FileKind.HEIC: image_look.look_heic,
    FileKind.TIFF: tiff_look.look,
    **dict.fromkeys(
        (FileKind.DOCX, FileKind.XLSX, FileKind.PPTX, FileKind.DOCM, FileKind.XLSM, FileKind.PPTM),
        office_look.look,
    ),
}
_COMPOUND = frozenset({FileKind.DOC, FileKind.XLS, FileKind.PPT, FileKind.OLE, FileKind.ENCRYPTED_OFFICE})
_WRITTEN = frozenset({FileKind.TEXT, FileKind.CSV, FileKind.XML, FileKind.SVG, FileKind.HTML, FileKind.RTF})
_EDGE = 65_536


def look(
    data: bytes,
    kind: FileKind | None = None,
    *,
    limits: ContentLimits = USUAL,
    effort: Effort = QUICK,
) -> ContentReport:
    """Look into a whole file; `kind` saves telling it once more. What the effort does not reach is ATT-616."""
    inspection = Inspection(limits, effort)
    kind = kind or sniff.kind_of(data, data, len(data))
    if kind.has_macro:
        inspection.seal(MACRO, "macro")
    if kind in _COMPOUND:
        kind = compound_look.look(data, inspection) or kind
    elif kind in _WRITTEN:
        text_look.look(data, kind, inspection)
        text_look.look_at_shape(data, len(data), inspection)
    elif kind in LOOKS:
        LOOKS[kind](data, inspection)
    polyglots.look(data, data, kind, inspection)
    return inspection.report(kind)


def look_whole(data: Buffer, kind: FileKind | None = None, limits: ContentLimits = USUAL) -> ContentReport:
    """The thorough look, for a confined worker: bounded by the size of the file and by `THOROUGH`, in memory too."""
    whole = data if isinstance(data, bytes) else bytes(data)
    return look(whole, kind, limits=limits, effort=THOROUGH)


def look_at_ends(
    head: bytes, tail: bytes, size: int, kind: FileKind, limits: ContentLimits = USUAL
) -> ContentReport:
    """What start and end of a large file tell. Pictures are told by these; of the rest ATT-616 says: not all seen."""
    inspection = Inspection(limits, QUICK)
    if kind.has_macro:
        inspection.seal(MACRO, "macro")
    if kind is FileKind.JPEG:
        image_look.look_jpeg(head, inspection, tail)
    elif kind is FileKind.PNG:
        image_look.look_png(head, inspection, tail)
    else:
        inspection.flag(UNSEEN, "large")
    if kind is FileKind.PDF:
        pdf_look.look_part(head, inspection)
        pdf_look.look_part(tail, inspection)
    elif kind in _WRITTEN:
        text_look.look(head, kind, inspection)
        text_look.look_at_shape(head, size, inspection)
    polyglots.look(head, tail, kind, inspection)
    return inspection.report(kind)
