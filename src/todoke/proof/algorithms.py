"""The signature algorithms that are accepted, by list: what is not on it is refused.

Source: RFC 8017 (RSA), RFC 5758 (ECDSA), RFC 4055 and RFC 8702 (PSS); CRYPTREC暗号リスト for what is still fit.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from . import der
from .der import DerRefused, Reader

SMALLEST_RSA, LARGEST_RSA = 2048, 8192
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
Buffer = bytes | bytearray | memoryview

_PKCS1 = padding.PKCS1v15()
_NULL = b"\x05\x00"
_RSA = bytes.fromhex("2a864886f70d010101")
_PSS = bytes.fromhex("2a864886f70d01010a")
_MGF1 = bytes.fromhex("2a864886f70d010108")
_CURVES = (ec.SECP256R1, ec.SECP384R1)


class AlgorithmRefused(ValueError):
    """The algorithm, its parameters or the key are not on the list; `reason` says which."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class _Hasher(Protocol):
    def digest(self) -> bytes: ...


class _Constructor(Protocol):
    def __call__(self, data: Buffer, /) -> _Hasher: ...


@dataclass(frozen=True, slots=True)
class Digest:
    """A hash function that is accepted（ハッシュ関数）."""

    name: str
    function: hashes.HashAlgorithm
    constructor: _Constructor

    def of(self, content: Buffer) -> bytes:
        """The hash of a content."""
        return self.constructor(content).digest()


SHA256 = Digest("sha256", hashes.SHA256(), hashlib.sha256)
SHA384 = Digest("sha384", hashes.SHA384(), hashlib.sha384)
SHA512 = Digest("sha512", hashes.SHA512(), hashlib.sha512)

_DIGESTS = {
    bytes.fromhex("608648016503040201"): SHA256,
    bytes.fromhex("608648016503040202"): SHA384,
    bytes.fromhex("608648016503040203"): SHA512,
}
_RSA_WITH = {
    bytes.fromhex("2a864886f70d01010b"): SHA256,
    bytes.fromhex("2a864886f70d01010c"): SHA384,
    bytes.fromhex("2a864886f70d01010d"): SHA512,
}
_ECDSA_WITH = {
    bytes.fromhex("2a8648ce3d040302"): SHA256,
    bytes.fromhex("2a8648ce3d040303"): SHA384,
    bytes.fromhex("2a8648ce3d040304"): SHA512,
}


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a signature is made; `digest` is None where the identifier leaves it to its surroundings."""

    kind: str
    digest: Digest | None
    salt_length: int = 0


@lru_cache(maxsize=64)
def digest_of(identifier: bytes) -> Digest:
    """The hash function of an AlgorithmIdentifier with NULL or no parameters."""
    kind, parameters = _opened(identifier)
    digest = _DIGESTS.get(kind)
    if digest is None or parameters not in (b"", _NULL):
        raise AlgorithmRefused("digest")
    return digest


@lru_cache(maxsize=64)
def scheme_of(identifier: bytes) -> Scheme:
    """The signature scheme of an AlgorithmIdentifier."""
    kind, parameters = _opened(identifier)
    if kind == _PSS:
        return _pss(parameters)
    if kind in _ECDSA_WITH and not parameters:
        return Scheme("ecdsa", _ECDSA_WITH[kind])
    if kind in (_RSA, *_RSA_WITH) and parameters in (b"", _NULL):
        return Scheme("rsa", _RSA_WITH.get(kind))
    raise AlgorithmRefused("signature")


def load_key(subject_public_key: bytes) -> PublicKey:
    """Load a SubjectPublicKeyInfo and refuse keys that are weak, oversized or of another kind."""
    try:
        key = load_der_public_key(subject_public_key)
    except (ValueError, UnsupportedAlgorithm):
        raise AlgorithmRefused("key") from None
    return accepted_key(key)


def accepted_key(key: object) -> PublicKey:
    """The key itself when its kind and strength are accepted: RSA 2048–8192, ECDSA P-256 or P-384."""
    if isinstance(key, rsa.RSAPublicKey) and SMALLEST_RSA <= key.key_size <= LARGEST_RSA:
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, _CURVES):
        return key
    raise AlgorithmRefused("key")


def check_fit(scheme: Scheme, digest: Digest) -> None:
    """A scheme that names its hash function must name this one."""
    if scheme.digest not in (None, digest):
        raise AlgorithmRefused("digest")


def is_signed_by(key: PublicKey, scheme: Scheme, digest: Digest, signature: bytes, message: Buffer) -> bool:
    """Whether the signature over the message was made with the key; raises AlgorithmRefused when scheme and key do not fit."""
    try:
        if isinstance(key, rsa.RSAPublicKey) and scheme.kind in ("rsa", "pss"):
            key.verify(signature, message, _padding(scheme, digest), digest.function)  # type: ignore[arg-type]  # takes any buffer
        elif isinstance(key, ec.EllipticCurvePublicKey) and scheme.kind == "ecdsa":
            key.verify(signature, message, ec.ECDSA(digest.function))
        else:
            raise AlgorithmRefused("key")
    except InvalidSignature:
        return False
    return True


def _padding(scheme: Scheme, digest: Digest) -> padding.AsymmetricPadding:
    if scheme.kind == "rsa":
        return _PKCS1
    return padding.PSS(padding.MGF1(digest.function), scheme.salt_length)


def _opened(identifier: bytes) -> tuple[bytes, bytes]:
    """The object identifier and the parameters（DER, or empty）of an AlgorithmIdentifier."""
    outside = Reader(identifier)
    fields = outside.enter(der.SEQUENCE)
    outside.finish()
    kind = der.content(identifier, fields.take(der.OBJECT_IDENTIFIER))
    parameters = fields.rest()
    if len(parameters) > 1:
        raise DerRefused
    return kind, der.whole(identifier, parameters[0]) if parameters else b""


def _pss(parameters: bytes) -> Scheme:
    """Hash and mask hash must be stated and equal: the defaults of the standard are SHA-1."""
    outside = Reader(parameters)
    fields = outside.enter(der.SEQUENCE)
    outside.finish()
    digest = digest_of(der.content(parameters, fields.take(0xA0)))
    mask, mask_digest = _opened(der.content(parameters, fields.take(0xA1)))
    if mask != _MGF1 or digest_of(mask_digest) is not digest:
        raise AlgorithmRefused("signature")
    salt = fields.take_if(0xA2)
    trailer = fields.take_if(0xA3)
    fields.finish()
    if trailer is not None and der.content(parameters, trailer) != b"\x02\x01\x01":
        raise AlgorithmRefused("signature")
    return Scheme("pss", digest, 20 if salt is None else _small_number(parameters, salt))


def _small_number(parameters: bytes, explicit: der.Element) -> int:
    fields = Reader(parameters, explicit)
    number = der.content(parameters, fields.take(der.INTEGER))
    fields.finish()
    if not 1 <= len(number) <= 2 or number[0] & 0x80:
        raise AlgorithmRefused("signature")
    return int.from_bytes(number, "big")
