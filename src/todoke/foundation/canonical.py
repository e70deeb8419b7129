"""The one spelling of a document in bytes, and its SHA-256: what is hashed, signed or compared is written here; pure.

JSON (RFC 8259) with sorted keys, without blanks, in UTF-8, characters as themselves. Nothing may change in it: hashes and
signatures that are kept rest on these bytes, and tools/*_verify.py write them again on their own.
"""

import hashlib
import json
from collections.abc import Callable

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_WITH_WORDS = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=str
)
text_of: Callable[[object], str] = _ENCODER.encode
"""The spelling as text. Raises TypeError for what is no JSON, ValueError for NaN and infinities, which JSON has not."""
words_of: Callable[[object], str] = _WITH_WORDS.encode
"""The same of documents that hold days, numbers of ids and the like: these stand in it as their words."""


def bytes_of(document: object) -> bytes:
    """The spelling in bytes. Raises as `text_of`, and UnicodeEncodeError for half a character."""
    return text_of(document).encode()


def hash_of(document: object) -> str:
    """SHA-256 of a document, in hexadecimal."""
    return sha256(bytes_of(document))


def sha256(content: bytes | str) -> str:
    """SHA-256 of bytes, or of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()
