"""X22, X23, C01, C02 and C04 for XML signatures: what is not signed is refused, and what is read is what was signed."""

from collections.abc import Callable
from functools import cache

import pytest

from tests.hostile import xml_signatures
from tests.hostile.rows import CANARY, OPENED
from tests.hostile.xml_signatures import MEMBERS, XmlRow
from tests.proof import pki
from tests.proof.pki import AT
from todoke.proof import chain, xml, xmldsig
from todoke.proof.anchors import Anchors
from todoke.proof.chain import Purpose
from todoke.proof.errors import ProofError
from todoke.proof.references import Members
from todoke.proof.xmldsig import Form, Situation, VerifiedXml

SITUATION = Situation(
    Members(frozenset(MEMBERS), MEMBERS.get, lambda name, digest: digest.of(MEMBERS[name])),
    frozenset({"utf-8", "utf-16", "windows-31j"}),
)


def amounts(found: VerifiedXml) -> set[str]:
    """Every 金額 that a mapper could read from what is covered."""
    roots = [xml.parse(octets) for octets in found.covered.octets.values()]
    return {"".join(map(str, each.itertext())) for root in roots for each in root.iter("金額")}


@pytest.mark.parametrize("row", xml_signatures.ROWS, ids=str)
def test_an_xml_signature_comes_out_as_the_catalogue_says(row: XmlRow) -> None:
    document = row.build()
    if row.expected == "none":
        assert xmldsig.verify(document, row.form, SITUATION) is None
        return
    if row.expected == OPENED:
        found = xmldsig.verify(document, row.form, SITUATION)
        assert found is not None
        assert amounts(found) == {row.read}
        return
    with pytest.raises(ProofError) as caught:
        xmldsig.verify(document, row.form, SITUATION)
    assert caught.value.code == row.expected
    assert CANARY not in f"{caught.value} {caught.value.facts}"


@pytest.mark.parametrize(
    ("document", "form"),
    [(xml_signatures.good, Form.ENVELOPED), (xml_signatures.around, Form.ENVELOPING)],
    ids=["inside", "around"],
)
def test_C01_no_flipped_bit_lets_another_amount_be_read(document: Callable[[], bytes], form: Form) -> None:
    """What nobody signed may change: names of prefixes, blanks – and the certificate, which its authority signed."""
    whole = document()
    anchors = Anchors.from_certificates([pki.authority().der])
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << (place % 7)
        try:
            found = xmldsig.verify(bytes(changed), form, SITUATION)
            if found is not None:
                chain.check(found.signer.certificate_der, anchors, at=AT, purpose=Purpose.SIGNATURE)
        except ProofError:
            continue
        assert found is None or amounts(found) == {"10"}, place
        assert found is None or found.signer == xmldsig_of(whole, form).signer, place


@cache
def xmldsig_of(document: bytes, form: Form) -> VerifiedXml:
    """The unchanged document's result."""
    found = xmldsig.verify(document, form, SITUATION)
    assert found is not None
    return found
