"""The format of a blob: 64 KiB pieces under AES-256-GCM, one random key per blob, wrapped by the body's key.

Piece i of a blob is encrypted with nonce i (12 bytes, big-endian: a key serves one blob, so no nonce repeats)
and with the associated data i ‖ final flag, so that pieces can be neither moved, dropped nor cut off.
"""

import hmac

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

OBJECT = ".obj"  # how the name of an original ends that lies in S3-compatible storage, not in a segment
BLOB_KEY = b"todoke blob key"  # what binds the wrapped key of an original to this use
PIECE = 65_536
TAG = 16
_NONCE = 12


def stored_length(size: int) -> int:
    """Bytes on disk of a blob of `size` plain bytes; an empty blob still has one piece."""
    return size + TAG * max(1, -(-size // PIECE))


def piece_count(size: int) -> int:
    """How many pieces a blob of `size` plain bytes has."""
    return max(1, -(-size // PIECE))


def destroyed_tag(blob_id: int) -> str:
    """What stands in the place of a content tag once the key is destroyed: it equals no HMAC in hex."""
    return f"destroyed:{blob_id}"


def repeated_tag(blob_id: int) -> str:
    """What stands in the place of a content tag when another original of the body has the same content already."""
    return f"again:{blob_id}"


def _mark(index: int, is_final: bool) -> bytes:
    return index.to_bytes(8, "big") + (b"\x01" if is_final else b"\x00")


def seal_piece(cipher: AESGCM, index: int, plain: bytes | memoryview, *, is_final: bool) -> bytes:
    """Encrypt piece `index`."""
    return cipher.encrypt(index.to_bytes(_NONCE, "big"), plain, _mark(index, is_final))


def open_piece(cipher: AESGCM, index: int, stored: bytes | memoryview, *, is_final: bool) -> bytes:
    """Decrypt piece `index`; raises cryptography's InvalidTag when it is not what was sealed."""
    return cipher.decrypt(index.to_bytes(_NONCE, "big"), stored, _mark(index, is_final))


def open_piece_into(
    cipher: AESGCM, index: int, stored: memoryview, plain: memoryview, *, is_final: bool
) -> None:
    """As `open_piece`, into a buffer of exactly the plain length, so that nothing is copied."""
    cipher.decrypt_into(index.to_bytes(_NONCE, "big"), stored, _mark(index, is_final), plain)


def content_tag(organisation_key: bytes, digest_hex: str) -> str:
    """HMAC-SHA-256 (hex) by which equal contents are found within one body, and only by who holds its key."""
    return hmac.digest(organisation_key, b"content " + digest_hex.encode(), "sha256").hex()


def object_key(organisation: str, name: str) -> str:
    """Where an object of a body stands in the bucket: a random name below the body's code, nothing else."""
    return f"vault/{organisation}/{name}"
