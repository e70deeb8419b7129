"""What the fuzzers start from: small sound and half-sound inputs, made at run time."""

from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from random import Random

from cryptography.x509 import ReasonFlags
from PIL import Image

from samples import certificates as certificate_makers
from samples import cms, documents, packages, photographs, places, residents
from samples import pki as keys
from samples.attachments import Attachment
from samples.cards import Issued
from samples.packages import Application
from tests.proof import pki, xmlsigs, zips
from tests.proof.tlv import Message
from tests.proof.zips import Part

CONTENT = b"<manifest/>\r\n" * 20
TOWN, APPLIED = "992011", datetime(2026, 4, 1, 10, 0, tzinfo=places.JST)
_KEYS = ("p256-leaf", "p384-leaf", "rsa-leaf")


def archives() -> list[bytes]:
    """Archives of every kind that is accepted, and some lies."""
    text, stored = Part(b"a.xml", b"<a>1</a>" * 20), Part(b"b.pdf", b"%PDF-1.4\n" * 9, method=zips.STORED)
    streamed = Part("添付/写真.jpg".encode(), b"\xff\xd8" * 50, flags=0x0808)
    folder = Part(b"c/", b"", method=zips.STORED, mode=0o40755)
    return [
        zips.build([text]),
        zips.build([text, stored, streamed, folder]),
        zips.build([stored], comment=b"end"),
        zips.build([Part("申請.xml".encode("cp932"), b"x" * 300)]),
        zips.build([Part(b"\x83\x5c.xml", b"y", extra=zips.unicode_path(b"\x83\x5c.xml", "ソ.xml"))]),
        zips.build([text], prefix=b"MZ"),
        zips.build([Part(b"../x", b"z")]),
        zips.build([]),
    ]


@cache
def certificates() -> list[bytes]:
    """Certificates of residents and authorities."""
    authority = pki.authority()
    return [
        authority.der,
        *(pki.leaf(authority, name) for name in _KEYS),
        pki.leaf(authority, serial=2**158 + 1),
    ]


def signatures() -> list[bytes]:
    """Detached CMS signatures over CONTENT, with and without attributes."""
    authority = pki.authority()
    plain = Message(CONTENT, pki.leaf(authority))
    return [plain.build(), plain.but(attributes=()).build()]


def revocation_lists() -> list[bytes]:
    """Lists without, with a few, and with many entries."""
    authority, since = pki.authority(), pki.AT.replace(year=2025)
    entries = tuple((number * 7 + 1, since, None) for number in range(30))
    reasons = tuple((serial, since, reason) for serial, reason in ((2**150, ReasonFlags.certificate_hold),
                                                                    (5, ReasonFlags.key_compromise)))  # fmt: skip
    return [pki.revocation_list(authority, chosen) for chosen in ((), entries[:1], entries, reasons)]


def texts() -> list[bytes]:
    """XML in the encodings that layouts name, and what is refused."""
    form = "<申請><氏名>架空　花子</氏名><金額 単位='円'>10</金額><!-- c --><?p i?><![CDATA[<&]]></申請>"
    return [
        form.encode(),
        b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>' + form.encode(),
        form.encode("utf-16"),
        b'<?xml version="1.0" encoding="Shift_JIS"?>' + form.encode("cp932"),
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"<a>" * 40 + b"</a>" * 40,
        b"\r\n<!-- never closed",
        b'<a xmlns:x="urn:x" x:b="1" c="&#x41;&amp;"><x:d/></a>',
    ]


def signed_texts() -> list[bytes]:
    """XML signatures in the three forms."""
    return [xmlsigs.enveloped(), xmlsigs.enveloping(), xmlsigs.enveloped(by=xmlsigs.signatory("p256-leaf"))]


def attachments() -> list[bytes]:
    """Documents and pictures as residents attach them."""
    made = []
    for kind in ("PNG", "GIF", "JPEG", "TIFF"):
        out = BytesIO()
        Image.new("RGB", (12, 9), (200, 9, 9)).save(out, kind)
        made.append(out.getvalue())
    office = zips.build([Part(b"[Content_Types].xml", b"<Types/>"), Part(b"word/document.xml", b"<w/>")])
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1_016)
    return [*made, documents.pdf(Random(1), 1_500), office, compound, "氏名,金額\r\n架空,=1+1\r\n".encode()]


def json_texts() -> list[bytes]:
    """JSON of the other side."""
    return [b'{"a": [1, 2.5, "\\u67b6", null, true]}', '{"氏名": "架空"}'.encode(), b"[[[[]]]]"]


def whole_packages() -> list[bytes]:
    """Applications with and without a signature, small enough to be mutated often."""
    made = [
        _application("P02"),
        _application("P32"),
        _application("P02", "document"),
        _application("P02", "photo"),
    ]
    return [packages.pack(one) for one in made]


def _application(procedure: str, attached: str = "") -> Application:
    who = next(
        member
        for household in range(1, 400)
        for member in residents.household(places.BY_CODE[TOWN], household, 7)
        if member.is_current and member.card
    )
    assert who.card is not None
    issued, day = who.card.authentication, APPLIED.date()
    certificate = certificate_makers.leaf(
        who, Issued(2, 0x5EA1, day - timedelta(days=9), day + timedelta(days=9)), keys.signature_authority(2)
    )
    files = {
        "": (),
        "document": (Attachment("shinseisho.pdf", documents.pdf(Random(1), 2_000)),),
        "photo": (Attachment("photo1.jpg", photographs.jpeg(Random(1), 3_000)),),
    }
    return Application(
        organisation=TOWN, procedure=procedure, applicant=who, head=who, serial_text=f"{issued.serial:08X}",
        issuer_key=keys.issuer_key(authentication=True, generation=issued.generation), applied_at=APPLIED, seed="fuzz",
        signer=cms.SigningKey(certificate, keys.signer_key_of(who)) if procedure in places.SIGNATURE_REQUIRED else None,
        attachments=files[attached],
    )  # fmt: skip
