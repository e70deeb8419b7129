"""Names inside an archive: decoding, refusal of those that could escape, and labels for screens and downloads."""

import re
import unicodedata

from .errors import ArchiveRefused

UTF8_FLAG = 0x0800
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*/?", re.ASCII)
LABEL_CHARACTERS = 200
_UNASSIGNED = frozenset("\x80\xa0\uf8f0\uf8f1\uf8f2\uf8f3")
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}
)


def decode_name(raw_name: bytes, unicode_name: bytes | None, flags: int) -> str:
    """Decode a member name: Unicode path or UTF-8 flag → strict UTF-8; else UTF-8, then cp932; else PKG-113.

    The facts show where the unreadable bytes stand and what they are in hex, not the name.
    """
    if unicode_name is not None or flags & UTF8_FLAG:
        stated = raw_name if unicode_name is None else unicode_name
        try:
            return stated.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _unreadable(stated, error) from None
    if raw_name.isascii():
        return raw_name.decode("ascii")
    try:
        return raw_name.decode("utf-8")
    except UnicodeDecodeError as error:
        return _decode_cp932(raw_name, error)


def refuse_unsafe(name: str, position: int) -> None:
    """Refuse a name that could leave its folder or hide another one（PKG-110）."""
    if _PLAIN.fullmatch(name):
        return
    parts = unicodedata.normalize("NFKC", name.removesuffix("/")).split("/")
    if not name or "\\" in name or ":" in name:
        raise ArchiveRefused("PKG-110", reason="separator" if name else "empty", position=position)
    if name[0] == "/" or any(
        part in ("", ".", "..") for part in (*parts, *name.removesuffix("/").split("/"))
    ):
        raise ArchiveRefused("PKG-110", reason="path", position=position)
    if not name.isprintable() and any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise ArchiveRefused("PKG-110", reason="control", position=position)


def refuse_clashes(names: list[str]) -> None:
    """Refuse names that some file system would take for one another, and a file that is also a folder（PKG-112）."""
    files: set[str] = set()
    folders: set[str] = set()
    for position, name in enumerate(names):
        key = name.lower() if name.isascii() else _folded(name)
        is_folder = key.endswith("/")
        key = key.removesuffix("/")
        seen = folders if is_folder else files
        if key in seen:
            raise ArchiveRefused("PKG-112", reason="same_name", position=position)
        seen.add(key)
    nested = [key for key in files | folders if "/" in key]
    implied = {key[:at] for key in nested for at, character in enumerate(key) if character == "/"}
    if files & (folders | implied):
        raise ArchiveRefused("PKG-112", reason="file_and_folder")


def label_of(name: str) -> str:
    """The last part of a member name for screens: at most 200 characters, invisible characters shown as 〔U+…〕."""
    last = name.rstrip("/").rsplit("/", 1)[-1]
    cut = last if len(last) <= LABEL_CHARACTERS else last[: LABEL_CHARACTERS - 1] + "…"
    if cut.isprintable():
        return cut
    return "".join(c if c.isprintable() else f"〔U+{ord(c):04X}〕" for c in cut)


def download_name(name: str) -> str:
    """A label that every desktop can store: no reserved device name, no trailing dot or space, no path characters."""
    label = "".join("_" if c in '<>:"/\\|?*' else c for c in label_of(name)).rstrip(". ")
    stem = label.split(".", 1)[0].rstrip(" ").casefold()
    return f"_{label}" if not label or stem in _RESERVED else label


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _decode_cp932(raw_name: bytes, failure: UnicodeDecodeError) -> str:
    """Windows-31J, without the single bytes that Python maps although the code page leaves them empty."""
    try:
        name = raw_name.decode("cp932")
    except UnicodeDecodeError as error:
        raise _unreadable(raw_name, error) from None
    if _UNASSIGNED.isdisjoint(name):
        return name
    raise _unreadable(raw_name, failure)


def _unreadable(raw_name: bytes, error: UnicodeDecodeError) -> ArchiveRefused:
    return ArchiveRefused("PKG-113", offset=error.start, hex=raw_name[error.start : error.end][:4].hex())
