"""What is asked of the confined worker for a copy, and what of its answer is believed: nothing unchecked.

A copy counts only when its parts are plain pictures or plain text, when it has as many pages as the original, and
when it stays within its limits. Everything else is 無害化できません, and the original stays sealed（A11）.
"""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence

from todoke.casework.screening.values import CopyRefused, MadeCopy
from todoke.proof.sniff import FileKind

from .paper import pdf_of
from .pictures import MOST_PIXELS, NotPlain, size_of_jpeg, size_of_png
from .previews import BYTES, CHARACTERS, CUT
from .standings import NOT_MADE

TARGET = "todoke.casework.screening.rules.sanitising:sanitise"
MOST_PAGES = 500
MOST_BYTES = 134_217_728  # of an original that is loaded into the confined worker
MOST_OUTPUT = 100_663_296  # of a copy: the parent holds it a few times while it checks and writes
ORIGINAL_PAGES = "pages"
_PICTURES = frozenset({FileKind.JPEG.value, FileKind.PNG.value, FileKind.GIF.value, FileKind.TIFF.value})
_REASONS = frozenset({"broken", "encrypted", "pages", "pixels"})
_TEXT_LIMIT = (CHARACTERS + len(CUT)) * 12  # every character shown as [U+10FFFF]


def question(kind: str, size: int) -> dict[str, object]:
    """The document of a question: kind, how many pages and pixels at most, and whether the text is only a beginning."""
    return {"kind": kind, "pages": MOST_PAGES, "pixels": MOST_PIXELS, "is_cut": wanted(kind, size) < size}


def wanted(kind: str, size: int) -> int:
    """How many bytes of the original the worker needs; −1 when it is too large for it."""
    if kind in _PICTURES or kind == FileKind.PDF.value:
        return size if size <= MOST_BYTES else -1
    return min(size, BYTES)


def checked(kind: str, document: Mapping[str, object], output: bytes) -> MadeCopy | CopyRefused:
    """The copy in a worker's answer, or why there is none. Never raises: the answer may be anything."""
    reason = document.get("refused")
    if reason is not None:
        return CopyRefused(NOT_MADE, str(reason) if str(reason) in _REASONS else "nonsense")
    parts = _parts(document.get("lengths"), output)
    pages = document.get("pages")
    if parts is None or not isinstance(pages, int) or not 0 < pages <= MOST_PAGES:
        return CopyRefused(NOT_MADE, "nonsense")
    if len(parts) != pages:
        return CopyRefused(NOT_MADE, "fewer_pages")
    try:
        made, content = _content(kind, str(document.get("kind")), parts)
    except (NotPlain, UnicodeDecodeError):
        return CopyRefused(NOT_MADE, "not_plain")
    if len(content) > MOST_OUTPUT + MOST_PAGES * 1_000:
        return CopyRefused(NOT_MADE, "too_large")
    tool = "".join(one for one in str(document.get("tool", "")) if one.isprintable())[:100]
    digest = hashlib.sha256(content).hexdigest()
    return MadeCopy(made, content, digest, pages, len(parts), tool, bool(document.get("is_partial")))


def _parts(lengths: object, output: bytes) -> Sequence[memoryview] | None:
    """The output cut into its parts; None when the lengths do not add up to it."""
    if not isinstance(lengths, list) or not all(isinstance(one, int) and one > 0 for one in lengths):
        return None
    if sum(lengths) != len(output) or len(lengths) > MOST_PAGES:
        return None
    parts, place, view = [], 0, memoryview(output)
    for length in lengths:
        parts.append(view[place : place + length])
        place += length
    return parts


def _content(kind: str, made: str, parts: Sequence[memoryview]) -> tuple[str, bytes]:
    """The kind and the bytes of the copy, by what the original is: a PDF never becomes a text, nor the reverse."""
    if kind == FileKind.PDF.value or (kind in _PICTURES and len(parts) > 1):
        return FileKind.PDF.value, pdf_of(parts)
    if kind == FileKind.JPEG.value and made == FileKind.JPEG.value:
        size_of_jpeg(parts[0])
        return FileKind.JPEG.value, bytes(parts[0])
    if kind in _PICTURES:
        size_of_png(parts[0])
        return FileKind.PNG.value, bytes(parts[0])
    return FileKind.TEXT.value, _plain_text(bytes(parts[0]))


def _plain_text(part: bytes) -> bytes:
    if len(part) > _TEXT_LIMIT:
        raise NotPlain
    text = part.decode("utf-8")
    if any(unicodedata.category(one) in ("Cc", "Cf") and one not in "\n\t" for one in text):
        raise NotPlain
    return text.encode("utf-8-sig")
