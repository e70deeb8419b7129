"""What the confined worker runs for intake: a package's bytes in, what stands in them out."""

import codecs
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from . import crossing, opening

TARGET = "todoke.casework.intake.rules.confined:read"
_CODECS = (
    "utf_8", "utf_8_sig", "utf_16", "utf_16_le", "utf_16_be", "utf_32", "ascii", "latin_1", "cp437", "cp932",
    "shift_jis", "euc_jp", "iso2022_jp", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "mbcs",
)  # fmt: skip
Document = Mapping[str, Any]  # JSON


def read(document: Document, data: memoryview) -> tuple[Document, bytes]:
    """Open and read a package by the layout that the document names among the `layouts` of the briefing."""
    profile = crossing.profile_of(document["layouts"][document["layout"]])
    return {}, crossing.opened_document(opening.open_and_read(data, profile))


def prepare() -> None:
    """Load what would be loaded at first use: later no file can be opened."""
    crossing.prepare()
    ec.ECDSA(hashes.SHA256())  # the library loads its backend with the first one
    for name in _CODECS:
        try:
            codecs.lookup(name)
        except LookupError:
            continue  # another platform's
