"""The outline of an X.509 certificate: the parts needed to find it and to check a signature with its key.

Source: RFC 5280 §4.1. Read by the bytes, because a library that reads a wrong serial number only warns.
"""

from dataclasses import dataclass
from functools import lru_cache

from . import der
from .der import DerRefused, Element, Reader
from .errors import CertificateRefused
from .serials import MOST_OCTETS

_SUBJECT_KEY_IDENTIFIER = bytes.fromhex("551d0e")
_DISTRIBUTION_POINTS = bytes.fromhex("551d1f")
_ALTERNATIVE_NAMES = bytes.fromhex("551d11")
# 1.2.392.200149.8.5.5: 基本4情報 in the subject alternative names of a 署名用電子証明書, one arc per value.
_BASIC_FOUR = bytes.fromhex("2a83088c9b55080505")
_UTF8_STRING = 0x0C
_LARGEST = 65_536


@dataclass(frozen=True, slots=True)
class BasicFour:
    """基本4情報 as a 署名用電子証明書 states them: personal data, as printed（birth EYYYYMMDD, sex 1 男 2 女 3 不明）.

    `*_marks` are the places, from 0, where a character outside JIS was replaced（代替文字）.
    """

    name: str
    sex: str
    birth: str
    address: str
    name_marks: frozenset[int] = frozenset()
    address_marks: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Outline:
    """Slices of a certificate in DER; `serial` is the content of its INTEGER, names and keys are whole elements."""

    der: bytes
    serial: bytes
    issuer: bytes
    subject: bytes
    public_key: bytes
    extensions: Element | None
    signed_part: bytes
    signature_algorithm: bytes
    signature: bytes

    def serial_hex(self) -> str:
        """The serial without leading zeros; CRT-312 when it is zero, negative or longer than 20 octets.

        Read from the bytes, because libraries only warn (RFC 5280 §4.1.2.2).
        """
        number = int.from_bytes(self.serial, "big", signed=True)
        if number <= 0 or len(self.serial) > MOST_OCTETS:
            raise CertificateRefused("CRT-312", octets=len(self.serial))
        return f"{number:x}"

    def extension(self, kind: bytes) -> bytes | None:
        """The DER value of an extension by the content of its object identifier, or None."""
        return None if self.extensions is None else _extension_values(self.der, self.extensions).get(kind)

    def key_identifier(self) -> bytes | None:
        """The subject key identifier, or None when the certificate has none."""
        value = self.extension(_SUBJECT_KEY_IDENTIFIER)
        return None if value is None else der.content(value, Reader(value).take(der.OCTET_STRING))

    def distribution_points(self) -> tuple[bytes, ...]:
        """The names (DER of GeneralName) under which the lists that cover this certificate are published."""
        value = self.extension(_DISTRIBUTION_POINTS)
        if value is None:
            return ()
        found: list[bytes] = []
        for point in Reader(value).enter(der.SEQUENCE).rest():
            name = Reader(value, point).take_if(0xA0)
            full = Reader(value, name).take_if(0xA0) if name else None
            found.extend(der.whole(value, each) for each in (Reader(value, full).rest() if full else ()))
        return tuple(found)


@lru_cache(maxsize=8)  # as outlines
def _extension_values(data: bytes, extensions: Element) -> dict[bytes, bytes]:
    """The DER value of each extension by its kind, the first of each; raises DerRefused."""
    found: dict[bytes, bytes] = {}
    for entry in Reader(data, extensions).enter(der.SEQUENCE).rest():
        fields = Reader(data, entry)
        kind = der.content(data, fields.take(der.OBJECT_IDENTIFIER))
        fields.take_if(der.BOOLEAN)
        value = der.content(data, fields.take(der.OCTET_STRING))
        found.setdefault(kind, value)
    return found


def basic_four(certificate: bytes) -> BasicFour | None:
    """基本4情報 of a certificate that has already been vouched for; None where it has none, or none that can be read."""
    try:
        values = _other_names(outline(certificate))
    except (DerRefused, UnicodeDecodeError):
        return None
    if not {1, 3, 4, 5} <= values.keys():
        return None
    name, address = values[1], values[5]
    return BasicFour(
        name,
        values[3],
        values[4],
        address,
        _marks(values.get(2, ""), name),
        _marks(values.get(6, ""), address),
    )


def _other_names(certificate: Outline) -> dict[int, str]:
    """The values by the last arc of their identifier（1 氏名, 2 その代替文字, 3 性別, 4 生年月日, 5 住所, 6 その代替文字）."""
    value = certificate.extension(_ALTERNATIVE_NAMES)
    found: dict[int, str] = {}
    for one in Reader(value).enter(der.SEQUENCE).rest() if value else ():
        if one.tag != 0xA0 or value is None:
            continue  # a mail address or the like
        fields = Reader(value, one)
        kind = der.content(value, fields.take(der.OBJECT_IDENTIFIER))
        text = Reader(value, fields.take(0xA0)).take()
        if kind[:-1] == _BASIC_FOUR and text.tag == _UTF8_STRING:
            found.setdefault(kind[-1], der.content(value, text).decode("utf-8"))
    return found


def _marks(text: str, beside: str) -> frozenset[int]:
    """The places that a text of 0 and 1 marks, one digit per character; another notation marks nothing."""
    if len(text) != len(beside) or not set(text) <= {"0", "1"}:
        return frozenset()
    return frozenset(place for place, mark in enumerate(text) if mark == "1")


@lru_cache(maxsize=8)  # one certificate is looked at from several sides, one side after the other
def outline(certificate: bytes) -> Outline:
    """Read the outline of a whole certificate; raises DerRefused."""
    if len(certificate) > _LARGEST:
        raise DerRefused
    outside = Reader(certificate)
    parts = outside.enter(der.SEQUENCE)
    outside.finish()
    signed_part = parts.take(der.SEQUENCE)
    algorithm = der.whole(certificate, parts.take(der.SEQUENCE))
    signature = der.content(certificate, parts.take(der.BIT_STRING))
    parts.finish()
    fields = Reader(certificate, signed_part)
    fields.take_if(0xA0)
    serial = der.content(certificate, fields.take(der.INTEGER))
    if der.whole(certificate, fields.take(der.SEQUENCE)) != algorithm or signature[:1] != b"\0":
        raise DerRefused
    issuer = der.whole(certificate, fields.take(der.SEQUENCE))
    fields.take(der.SEQUENCE)
    subject = der.whole(certificate, fields.take(der.SEQUENCE))
    public_key = der.whole(certificate, fields.take(der.SEQUENCE))
    fields.take_if(0x81)
    fields.take_if(0x82)
    extensions = fields.take_if(0xA3)
    fields.finish()
    return Outline(
        der=certificate,
        serial=serial,
        issuer=issuer,
        subject=subject,
        public_key=public_key,
        extensions=extensions,
        signed_part=der.whole(certificate, signed_part),
        signature_algorithm=algorithm,
        signature=signature[1:],
    )
