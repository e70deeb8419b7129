"""The catalogue's rows that bytes alone decide, run through the pure verification: input → expected outcome."""

import hashlib

import pytest

from tests.hostile import containers, documents, signatures
from tests.hostile.rows import CANARY, OPENED, Row
from tests.proof.pki import AT, SIGN_POLICY
from tests.proof.tlv import Message
from tests.proof.zips import Part, build
from todoke.proof import archive, chain, cms, xml
from todoke.proof.archive import Limits
from todoke.proof.errors import ProofError

LIMITS = Limits(package_bytes=100_000_000, member_bytes=100_000_000, total_bytes=300_000_000)
ENCODINGS = frozenset({"utf-8", "utf-16", "windows-31j"})
GOOD = build([Part(b"sinsei.xml", b"<Data/>")])


def opened(data: bytes) -> dict[str, bytes]:
    return {member.name: archive.inflate(data, member) for member in archive.walk(data, LIMITS)}


def check_signature(signature: bytes) -> None:
    signer = cms.verify_detached(signature, signatures.CONTENT)
    chain.check(
        signer.certificate_der,
        signatures.anchors(),
        at=AT,
        purpose=chain.Purpose.SIGNATURE,
        policies=frozenset({SIGN_POLICY}),
    )


def told(error: ProofError) -> str:
    """Everything that a log or a screen could show of a refusal."""
    return f"{error} {error!r} {error.facts}"


@pytest.mark.parametrize("row", containers.ROWS, ids=str)
def test_a_container_comes_out_as_the_catalogue_says(row: Row) -> None:
    data = row.build()
    if row.expected == OPENED:
        assert opened(data)
    else:
        with pytest.raises(ProofError) as caught:
            opened(data)
        assert caught.value.code == row.expected
        assert CANARY not in told(caught.value)
    assert opened(GOOD) == {"sinsei.xml": b"<Data/>"}, "the next good package must open"


@pytest.mark.parametrize("row", containers.ROWS, ids=str)
def test_reading_in_pieces_agrees_with_reading_at_once(row: Row) -> None:
    data = row.build()
    try:
        members = archive.walk(data, LIMITS)
    except ProofError as error:
        assert error.code == row.expected  # noqa: PT017  # only rows that inflate go on
        return
    outcome = OPENED
    try:
        for member in members:
            for piece in archive.inflate_chunks(data, member):
                assert len(piece) <= 65_536
    except ProofError as error:
        outcome = error.code
    assert outcome == row.expected


@pytest.mark.parametrize("row", containers.NESTED, ids=str)
def test_Z01_an_archive_inside_is_recognised_without_opening_it(row: Row) -> None:
    assert any(archive.looks_like_archive(content[:300]) for content in opened(row.build()).values())


@pytest.mark.parametrize("row", documents.ROWS, ids=str)
def test_a_document_comes_out_as_the_catalogue_says(row: Row) -> None:
    if row.expected == OPENED:
        assert xml.parse(row.build(), encodings=ENCODINGS).tag == "a"
        return
    limits = xml.XmlLimits(elements=200_000) if row.number == "X08" else xml.XmlLimits()
    with pytest.raises(ProofError) as caught:
        xml.parse(row.build(), encodings=ENCODINGS, limits=limits)
    assert caught.value.code == row.expected
    assert CANARY not in told(caught.value)


@pytest.mark.parametrize("row", signatures.ROWS, ids=str)
def test_a_signature_comes_out_as_the_catalogue_says(row: Row) -> None:
    if row.expected == OPENED:
        check_signature(row.build())
        return
    with pytest.raises(ProofError) as caught:
        check_signature(row.build())
    assert caught.value.code == row.expected


def test_C01_no_changed_byte_of_a_signed_package_passes_with_other_content() -> None:
    """Container, manifest and signature together: each single changed byte is found, or changed nothing."""
    form = b"<Data>\xe5\xb1\x8a</Data>"
    manifest = (
        f'<manifest><file name="sinsei.xml" sha256="{hashlib.sha256(form).hexdigest()}"/></manifest>'.encode()
    )
    certificate = signatures.good().certificate
    signature = Message(manifest, certificate).build()
    parts = [Part(b"sinsei.xml", form), Part(b"manifest.xml", manifest), Part(b"signature.p7s", signature)]
    whole = build(parts)
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 0xFF
        try:
            content = opened(bytes(changed))
            signer = cms.verify_detached(content["signature.p7s"], content["manifest.xml"])
        except ProofError:
            continue
        assert content == {"sinsei.xml": form, "manifest.xml": manifest, "signature.p7s": signature}
        assert signer.certificate_der == certificate
