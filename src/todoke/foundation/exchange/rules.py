"""How a letter becomes a signed file and is read back; pure.

The file is canonical JSON (sorted keys, no spaces, UTF-8). The Ed25519 signature (RFC 8032) covers the format's name, a
line feed, and the canonical JSON of everything but the signature; so a signature made for another purpose never fits.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from todoke.foundation.canonical import bytes_of

from .errors import FileBroken, KeyUnfit, NotForUs, SenderUnknown, SignatureWrong
from .values import FORMAT, LARGEST_FILE, Gap, Letter, Peer, Signed

_FIELDS = frozenset(
    {"format", "kind", "from", "to", "number", "as_of", "made_at", "body", "key", "signature"}
)
_KEY_DIGITS = 64


def public_key_of(private_key: bytes) -> str:
    """The public half, 64 hex digits."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw().hex()


def check_key(public_key: str) -> str:
    """The key itself, in lower case; raises KeyUnfit."""
    text = public_key.strip().lower().replace(" ", "")
    if len(text) != _KEY_DIGITS or not all(one in "0123456789abcdef" for one in text):
        raise KeyUnfit
    return text


def seal(letter: Letter, private_key: bytes) -> bytes:
    """The file of a letter, signed."""
    unsigned = {
        "format": FORMAT, "kind": letter.kind, "from": letter.sender, "to": letter.recipient, "number": letter.number,
        "as_of": letter.as_of.isoformat(), "made_at": letter.made_at.isoformat(), "body": letter.body,
        "key": public_key_of(private_key),
    }  # fmt: skip
    signature = Ed25519PrivateKey.from_private_bytes(private_key).sign(_signed(unsigned)).hex()
    return bytes_of({**unsigned, "signature": signature})


def _signed(unsigned: Mapping[str, Any]) -> bytes:
    return FORMAT.encode() + b"\n" + bytes_of(unsigned)


def read(content: bytes) -> tuple[Letter, Mapping[str, Any]]:
    """The letter of a file, unverified, and the document for `verify`. Raises FileBroken."""
    if len(content) > LARGEST_FILE:
        raise FileBroken
    try:
        document = json.loads(content, object_pairs_hook=_without_repetition)
        if not isinstance(document, dict) or document.keys() != _FIELDS or document["format"] != FORMAT:
            raise FileBroken
        letter = _letter(document)
        if bytes_of(document) != content.strip():
            raise FileBroken  # one content has one file, so that a number names one SHA-256
    except (ValueError, TypeError, RecursionError, KeyError) as broken:
        raise FileBroken from broken
    return letter, document


def _letter(document: Mapping[str, Any]) -> Letter:
    kind, number, body = document["kind"], document["number"], document["body"]
    made_at = datetime.fromisoformat(document["made_at"])
    texts = (kind, document["from"], document["to"], document["key"], document["signature"])
    if not all(isinstance(one, str) and one.isascii() and len(one) <= 200 for one in texts):
        raise FileBroken
    if type(number) is not int or not 1 <= number < 2**31 or not isinstance(body, dict) or not made_at.tzinfo:
        raise FileBroken
    as_of = date.fromisoformat(document["as_of"])
    return Letter(kind, document["from"], document["to"], number, as_of, made_at, body)


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def verify(letter: Letter, document: Mapping[str, Any], *, ours: str, peers: Iterable[Peer]) -> None:
    """Whether the letter is for us and was signed by a key of its sender that held when it was made.

    Raises NotForUs, SenderUnknown, SignatureWrong.
    """
    if letter.recipient != ours:
        raise NotForUs
    if not _is_believed(letter, document["key"], peers):
        raise SenderUnknown(sender=letter.sender[:6])
    _check_signature(letter, document)


def handed_on(content: str, *, recipient: str, peers: Mapping[str, Sequence[Peer]]) -> Signed:
    """A file that `recipient` was sent and handed on to us: whether its own sender signed just this.

    `peers` by their codes. A sender of whom no key is registered here is not known to be who it says; one of whom there is
    must have signed with it.
    Raises FileBroken, NotForUs, SenderUnknown, SignatureWrong.
    """
    letter, document = read(content.encode())
    if letter.recipient != recipient:
        raise NotForUs
    _check_signature(letter, document)
    of_sender = peers.get(letter.sender, ())
    is_believed = _is_believed(letter, document["key"], of_sender)
    if of_sender and not is_believed:
        raise SenderUnknown(sender=letter.sender[:6])
    return Signed(letter, document["key"], is_believed, content)


def _is_believed(letter: Letter, key: str, peers: Iterable[Peer]) -> bool:
    held = [
        one
        for one in peers
        if one.code == letter.sender and (one.until is None or letter.made_at <= one.until)
    ]
    return any(one.public_key == key for one in held)


def key_in(content: str) -> str:
    """The key that a verified file was signed with."""
    return str(json.loads(content)["key"])


def _check_signature(letter: Letter, document: Mapping[str, Any]) -> None:
    key = document["key"]
    unsigned = {name: value for name, value in document.items() if name != "signature"}
    try:
        signature = bytes.fromhex(document["signature"])
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, _signed(unsigned))
    except (InvalidSignature, ValueError) as wrong:
        raise SignatureWrong(sender=letter.sender[:6]) from wrong


def file_name(letter: Letter) -> str:
    """Under what name a file travels; the name is for people, the content counts."""
    kind = "".join(one if one.isalnum() else "-" for one in letter.kind)
    return f"{letter.sender}-{kind}-{letter.number:06d}.json"


def gaps(arrived: Iterable[tuple[str, str, int]], *, most: int = 20) -> list[Gap]:
    """Which numbers are missing below the highest that arrived, per sender and kind; at most `most` each are named."""
    numbers: dict[tuple[str, str], set[int]] = {}
    for sender, kind, number in arrived:
        numbers.setdefault((sender, kind), set()).add(number)
    found = []
    for (sender, kind), known in sorted(numbers.items()):
        missing = [one for one in range(1, max(known)) if one not in known]
        if missing:
            found.append(Gap(sender, kind, tuple(missing[:most])))
    return found
