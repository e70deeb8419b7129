"""Builds DER and signed messages piece by piece, so that a test can leave out or falsify any of them."""

import hashlib
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

from tests.proof import pki
from todoke.proof import certificates

SHA256_ID = bytes.fromhex("300d06096086480165030402010500")
SHA1_ID = bytes.fromhex("300906052b0e03021a0500")
SHA384_ID = bytes.fromhex("300d06096086480165030402020500")
RSA_ID = bytes.fromhex("300d06092a864886f70d0101010500")
ECDSA_SHA256_ID = bytes.fromhex("300a06082a8648ce3d040302")
DATA, SIGNED = bytes.fromhex("06092a864886f70d010701"), bytes.fromhex("06092a864886f70d010702")
CONTENT_TYPE, MESSAGE_DIGEST = (
    bytes.fromhex("06092a864886f70d010903"),
    bytes.fromhex("06092a864886f70d010904"),
)
SIGNING_TIME = bytes.fromhex("06092a864886f70d010905")
SIGNING_CERTIFICATE = bytes.fromhex("060b2a864886f70d010910022f")


def tlv(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    width = (len(body).bit_length() + 7) // 8
    return bytes((tag, 0x80 | width)) + len(body).to_bytes(width, "big") + body


def attribute(kind: bytes, *values: bytes) -> bytes:
    return tlv(0x30, kind, tlv(0x31, *values))


@dataclass(frozen=True, slots=True)
class Message:
    """A signed message; every field may be replaced before it is built."""

    content: bytes
    certificate: bytes
    key_name: str = "p256-leaf"
    carried: tuple[bytes, ...] | None = None
    attributes: tuple[bytes, ...] | None = None
    digest_id: bytes = SHA256_ID
    signature_id: bytes | None = None
    sid: bytes | None = None
    version: int = 1
    content_kind: bytes = DATA
    embedded: bytes = b""
    digests: tuple[bytes, ...] | None = None
    signers: int = 1
    tail: bytes = b""

    def but(self, **changes: object) -> "Message":
        return replace(self, **changes)  # type: ignore[arg-type]  # names of the fields

    def plain_attributes(self) -> tuple[bytes, ...]:
        digest = tlv(0x04, hashlib.sha256(self.content).digest())
        return (attribute(CONTENT_TYPE, DATA), attribute(MESSAGE_DIGEST, digest))

    def build(self) -> bytes:
        outline = certificates.outline(self.certificate)
        attributes = self.plain_attributes() if self.attributes is None else self.attributes
        signed = tlv(0x31, *attributes) if attributes else self.content
        sid = self.sid or tlv(0x30, outline.issuer, tlv(0x02, outline.serial))
        info = tlv(
            0x30,
            tlv(0x02, bytes((self.version,))),
            sid,
            self.digest_id,
            tlv(0xA0, *attributes) if attributes else b"",
            self.signature_id or (ECDSA_SHA256_ID if self.key_name.startswith("p") else RSA_ID),
            tlv(0x04, self._sign(signed)),
        )
        carried = (self.certificate,) if self.carried is None else self.carried
        body = tlv(
            0x30,
            b"\x02\x01\x01",
            tlv(0x31, *((self.digest_id,) if self.digests is None else self.digests)),
            tlv(0x30, self.content_kind, self.embedded),
            tlv(0xA0, *carried) if carried else b"",
            tlv(0x31, info * self.signers),
        )
        return tlv(0x30, SIGNED, tlv(0xA0, body)) + self.tail

    def _sign(self, message: bytes) -> bytes:
        own = pki.key(self.key_name)
        if isinstance(own, ec.EllipticCurvePrivateKey):
            return own.sign(message, ec.ECDSA(hashes.SHA256()))
        return own.sign(message, padding.PKCS1v15(), hashes.SHA256())
