"""The outline of an X.509 certificate: the parts needed to find it and to check a signature with its key.

Source: RFC 5280 §4.1. Read by the bytes, because a library that reads a wrong serial number only warns.
"""

from dataclasses import dataclass

from . import der
from .der import Element, Reader

_SUBJECT_KEY_IDENTIFIER = bytes.fromhex("551d0e")
_LARGEST = 65_536


@dataclass(frozen=True, slots=True)
class Outline:
    """Slices of a certificate in DER; `serial` is the content of its INTEGER, `issuer` and `subject` whole names."""

    der: bytes
    serial: bytes
    issuer: bytes
    subject: bytes
    public_key: bytes
    extensions: Element | None

    def key_identifier(self) -> bytes | None:
        """The subject key identifier, or None when the certificate has none."""
        if self.extensions is None:
            return None
        entries = Reader(self.der, self.extensions).enter(der.SEQUENCE)
        for entry in entries.rest():
            fields = Reader(self.der, entry)
            kind = der.content(self.der, fields.take(der.OBJECT_IDENTIFIER))
            fields.take_if(der.BOOLEAN)
            value = fields.take(der.OCTET_STRING)
            if kind == _SUBJECT_KEY_IDENTIFIER:
                return der.content(self.der, Reader(self.der, value).take(der.OCTET_STRING))
        return None


def outline(certificate: bytes) -> Outline:
    """Read the outline of a whole certificate; raises DerRefused."""
    if len(certificate) > _LARGEST:
        raise der.DerRefused
    outside = Reader(certificate)
    parts = outside.enter(der.SEQUENCE)
    outside.finish()
    fields = parts.enter(der.SEQUENCE)
    parts.take(der.SEQUENCE)
    parts.take(der.BIT_STRING)
    parts.finish()
    fields.take_if(0xA0)
    serial = fields.take(der.INTEGER)
    fields.take(der.SEQUENCE)
    issuer = fields.take(der.SEQUENCE)
    fields.take(der.SEQUENCE)
    subject = fields.take(der.SEQUENCE)
    public_key = fields.take(der.SEQUENCE)
    fields.take_if(0x81)
    fields.take_if(0x82)
    extensions = fields.take_if(0xA3)
    fields.finish()
    return Outline(
        certificate,
        der.content(certificate, serial),
        der.whole(certificate, issuer),
        der.whole(certificate, subject),
        der.whole(certificate, public_key),
        extensions,
    )
