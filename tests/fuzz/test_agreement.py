"""Two readers agree: what we read from sound input is what other programs read, and what we accept they accept."""

import subprocess
import xml.etree.ElementTree as ET
import zipfile
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.proof import pki
from todoke.proof import archive, chain, cms, xml
from todoke.proof.anchors import Anchors
from todoke.proof.errors import ArchiveRefused, CertificateRefused, SignatureRefused, XmlRefused
from todoke.proof.xml import XmlLimits

from . import mutation, seeds
from .targets import LIMITS, TARGETS

AUTHORITIES = Anchors.from_certificates([pki.authority().der])
NAMES = st.text(st.characters(categories=("Ll", "Lo", "Nd")), min_size=1, max_size=12).map(
    lambda text: f"{text}.xml"
)
WORDS = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xD7FF, blacklist_categories=("Cn", "Cc", "Cf")),
    max_size=20,
)


@settings(max_examples=60)
@given(
    files=st.dictionaries(NAMES, st.binary(max_size=2_000), min_size=1, max_size=6),
    method=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
)
def test_an_archive_of_pythons_zipfile_is_read_as_it_was_written(
    files: dict[str, bytes], method: int
) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as written:
        for name, content in files.items():
            written.writestr(name, content)
    data, refused = out.getvalue(), ""
    try:
        members = archive.walk(data, LIMITS)
    except ArchiveRefused as refusal:
        refused = refusal.code
    if refused:
        assert refused in {"PKG-103", "PKG-110", "PKG-113"}  # too dense, names that differ in form only
    else:
        assert {one.name: archive.inflate(data, one) for one in members} == files


@settings(max_examples=60)
@given(data=st.data(), depth=st.integers(1, 40))
def test_a_document_within_the_limits_is_read_as_expat_reads_it(data: st.DataObject, depth: int) -> None:
    root = here = ET.Element("申請")
    for number in range(depth - 1):
        here.text = data.draw(WORDS)
        here.set("単位", data.draw(WORDS))
        here = ET.SubElement(here, f"項目{number % 3}")
    text = ET.tostring(root, "utf-8")
    limits = XmlLimits(depth=20)
    if depth > limits.depth:
        with pytest.raises(XmlRefused, match="XML-202"):
            xml.parse(text, limits=limits)
        return
    ours = etree.tostring(xml.parse(text, limits=limits), method="c14n")
    assert ours.decode() == ET.canonicalize(text.decode())


@pytest.mark.tool("openssl")
def test_a_changed_signature_that_we_accept_is_accepted_by_openssl(tmp_path: Path) -> None:
    random, target = Random(1), TARGETS["cms"]
    pool = seeds.signatures()
    changed = {mutation.mutated(pool, random, target) for _ in range(10_000)}
    accepted = [one for one in changed if _is_accepted(one)]  # what changed is of no meaning
    assert all(_is_accepted(one) for one in pool)
    for one in (*pool, *accepted[:50]):
        assert _openssl_accepts(one, tmp_path), one.hex()


def _is_accepted(signature: bytes) -> bool:
    """Whether the signature fits, and its certificate is what the authority signed."""
    try:
        signer = cms.verify_detached(signature, seeds.CONTENT)
        chain.check(signer.certificate_der, AUTHORITIES, at=pki.AT, purpose=chain.Purpose.SIGNATURE)
    except (SignatureRefused, CertificateRefused):
        return False
    return True


def _openssl_accepts(signature: bytes, folder: Path) -> bool:
    (folder / "signature").write_bytes(signature)
    (folder / "content").write_bytes(seeds.CONTENT)
    command = ["openssl", "cms", "-verify", "-binary", "-noverify", "-inform", "DER", "-in", "signature"]
    done = subprocess.run(
        [*command, "-content", "content", "-out", "/dev/null"], cwd=folder, capture_output=True, check=False
    )
    return done.returncode == 0
