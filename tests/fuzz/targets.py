"""The fuzz targets: each reads any bytes at all, and only the refusals that it promises may come out of it."""

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml

import todoke.casework.intake
from tests.proof import pki
from todoke.casework.intake.rules import crossing, layouts, opening
from todoke.proof import archive, certificates, chain, cms, content, strict_json, xml, xmldsig
from todoke.proof.anchors import Anchors
from todoke.proof.archive import Limits
from todoke.proof.der import DerRefused
from todoke.proof.errors import ArchiveRefused, CertificateRefused, JsonRefused, SignatureRefused, XmlRefused
from todoke.proof.revocation import RevocationIndex
from todoke.proof.xml import UTF_8, UTF_16, WINDOWS_31J, XmlLimits

from . import seeds

LIMITS = Limits(package_bytes=200_000, member_bytes=1_000_000, total_bytes=2_000_000, members=50)
XML_LIMITS = XmlLimits(bytes=100_000, depth=30, elements=2_000, attributes=2_000, text=50_000)
ENCODINGS = frozenset({UTF_8, UTF_16, WINDOWS_31J})


@dataclass(frozen=True, slots=True)
class Target:
    """What is fuzzed: the inputs to begin with, what reads them, how long they may grow, words of the format."""

    seeds: Callable[[], list[bytes]]
    read: Callable[[bytes], object]
    longest: int = 4_096
    words: tuple[bytes, ...] = ()


def read_archive(data: bytes) -> None:
    """What is accepted is read alike in one piece, in pieces, and by another reader of archives."""
    try:
        members = archive.walk(data, LIMITS)
        contents = [archive.inflate(data, one) for one in members]
    except ArchiveRefused:
        return
    for member, content_ in zip(members, contents, strict=True):
        assert len(content_) == member.size
        assert b"".join(archive.inflate_chunks(data, member, 100)) == content_
    try:
        other = zipfile.ZipFile(BytesIO(data))
    except NotImplementedError:
        return  # it says that the archive asks for a later version than it knows
    with other:
        names = [one for one in other.infolist() if not one.is_dir()]
        assert [one.file_size for one in names] == [one.size for one in members]
        for place, one in enumerate(names):
            assert _read_by_other(other, one) == contents[place]


def _read_by_other(other: zipfile.ZipFile, one: zipfile.ZipInfo) -> bytes:
    with other.open(one) as file:
        return file.read()


def read_cms(data: bytes) -> None:
    """A signature verifies or is refused."""
    try:
        cms.verify_detached(data, seeds.CONTENT)
    except SignatureRefused:
        return


class Anyone:
    """An authority whose name and key are whatever is asked for, and whose signature always fits."""

    signs_lists = True

    @property
    def subject(self) -> "Anyone":
        return self

    key_id = "00"

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def has_signed_bytes(self, *_: object) -> bool:
        return True


class _Everybody:
    """Anchors that vouch for every list, so that what stands behind the signature is reached too."""

    authorities = (Anyone(),)


def read_revocation_list(data: bytes) -> None:
    """A list is accepted or named as refused; an accepted one answers for any serial."""
    everybody: Any = _Everybody()  # in place of anchors
    index = RevocationIndex.build([data], everybody)
    assert len(index.lists) + len(index.refused) == 1
    for one in index.lists:
        for serial in ("1", "8", "f" * 40):
            index.status(one.issuer_key, serial, one.this_update, now=one.this_update)


def read_certificate(data: bytes) -> None:
    """A certificate is outlined and judged, or refused."""
    try:
        outline = certificates.outline(data)
        outline.serial_hex()
        outline.distribution_points()
        outline.key_identifier()
    except (DerRefused, CertificateRefused):
        pass
    certificates.basic_four(data)
    try:
        chain.check(data, _anchors(), at=pki.AT, purpose=chain.Purpose.SIGNATURE)
    except CertificateRefused:
        return


_made: list[Anchors] = []


def _anchors() -> Anchors:
    if not _made:
        _made.append(Anchors.from_certificates([pki.authority().der]))
    return _made[0]


def read_xml(data: bytes) -> None:
    """A document is parsed within its limits, or refused."""
    try:
        root = xml.parse(data, encodings=ENCODINGS, limits=XML_LIMITS)
    except XmlRefused:
        return
    assert sum(1 for _ in root.iter()) <= XML_LIMITS.elements
    assert root.getroottree().docinfo.internalDTD is None


def read_signed_xml(data: bytes) -> None:
    """A signature in a document verifies or is refused, in every form."""
    for form in xmldsig.Form:
        try:
            xmldsig.verify(data, form, xmldsig.Situation(encodings=ENCODINGS, limits=XML_LIMITS))
        except (XmlRefused, SignatureRefused):
            continue


def read_json(data: bytes) -> None:
    """A text is read or refused."""
    try:
        strict_json.parse(data)
    except JsonRefused:
        return


def _profile() -> Any:
    folder = Path(todoke.casework.intake.__file__).parent / "profiles"
    return layouts.profile_of(
        yaml.safe_load((folder / "pittari-xml-sample.yaml").read_text(encoding="utf-8"))
    )


PROFILE = _profile()


def read_package(data: bytes) -> None:
    """Whatever a package holds, it is read or stopped with a code, and what was found crosses unchanged."""
    opened = opening.open_and_read(data, PROFILE)
    assert (opened.stop is None) == (opened.reading is not None)
    assert crossing.opened_of(crossing.opened_document(opened)) == opened


ZIP_WORDS = (
    b"PK\x01\x02",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PK\x07\x08",
    b"PK\x06\x06",
    b"\x75\x70",
    b"\x00\x00\x08\x08",
)
DER_WORDS = (
    b"\x30\x82",
    b"\x30\x80",
    b"\x02\x01",
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d",
    b"\x17\x0d",
    b"\x18\x0f",
    b"\xa0\x82",
)
XML_WORDS = (
    b"<!DOCTYPE",
    b"<!ENTITY",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"-->",
    b"<?xml",
    b"encoding=",
    b"xmlns:x=",
    b"&#x",
    b"&amp;",
)

TARGETS: dict[str, Target] = {
    "archive": Target(seeds.archives, read_archive, 2_048, ZIP_WORDS),
    "cms": Target(seeds.signatures, read_cms, 2_048, DER_WORDS),
    "xml": Target(seeds.texts, read_xml, 2_048, XML_WORDS),
    "crl": Target(seeds.revocation_lists, read_revocation_list, 2_048, DER_WORDS),
    "certificate": Target(seeds.certificates, read_certificate, 2_048, DER_WORDS),
    "xmldsig": Target(seeds.signed_texts, read_signed_xml, 8_192, XML_WORDS),
    "content": Target(seeds.attachments, content.look, 4_096, ZIP_WORDS),
    "json": Target(seeds.json_texts, read_json, 512),
    "package": Target(seeds.whole_packages, read_package, 16_384, ZIP_WORDS),
}
ACCEPTANCE: Sequence[str] = ("archive", "cms", "xml", "crl")
