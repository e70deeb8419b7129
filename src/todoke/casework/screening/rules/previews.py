"""A text as it may be shown: a bounded beginning, every control and direction character made visible（A15）."""

import codecs
import unicodedata

ENCODINGS = ("utf-8-sig", "utf-16", "cp932", "latin-1")
BYTES = 2_000_000  # of the original; the rest is not read
CHARACTERS = 200_000
LINE = 400
_PICTURES = 0x2400  # ␀ … ␟ stand for C0 in their order
CUT = "\n……（以下省略。全体は原本にあります）\n"


def preview(data: bytes, *, is_cut: bool) -> tuple[str, bool]:
    """The visible text and whether something is missing at its end. Any bytes give some text."""
    text = _decoded(data[:BYTES], is_whole=not is_cut and len(data) <= BYTES)
    is_partial = is_cut or len(data) > BYTES or len(text) > CHARACTERS
    lines = "".join(text[:CHARACTERS]).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    shown = "\n".join(piece for line in lines for piece in _pieces(_visible(line)))
    return shown + CUT if is_partial else shown, is_partial


def _pieces(line: str) -> list[str]:
    """A line in pieces that fit on a screen."""
    return [line[start : start + LINE] for start in range(0, len(line), LINE)] or [""]


def _visible(line: str) -> str:
    return "".join(one if _is_plain(one) else _shown(one) for one in line)


def _is_plain(character: str) -> bool:
    return character == "\t" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def _shown(character: str) -> str:
    number = ord(character)
    if number < 0x20:
        return chr(_PICTURES + number)
    return "␡" if number == 0x7F else f"[U+{number:04X}]"


def _decoded(data: bytes, *, is_whole: bool) -> str:
    """As marked UTF-16, UTF-8, cp932, in this order; bytes of none of these one by one."""
    encodings = ["utf-8-sig", "cp932"]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            return codecs.getincrementaldecoder(encoding)().decode(data, is_whole)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
