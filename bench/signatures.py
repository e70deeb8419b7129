"""`python -m bench.signatures`: verifying XML signatures in their three placings beside the floor.

The floor is what no verification of these bytes can leave out, each step one call in C: parsing the signature's
document and writing it canonically once, hashing what is signed, one RSA-2048 verification.
"""

import argparse
import gc
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from lxml import etree
from rich.console import Console
from rich.table import Table

from samples import certificates, forms, pki, places, residents, xml_packages
from samples.cards import Issued
from samples.forms import Form as FilledForm
from samples.forms import Item
from samples.packages import APPLICATION, FORM, Member
from samples.xml_packages import SIGNATURE, Placing
from samples.xmldsig import Signatory, Style
from todoke.proof import xmldsig
from todoke.proof.references import Members
from todoke.proof.xmldsig import Form, Situation

ROUNDS, TIMES, ITEMS = 15, 100, 24
AT = datetime(2026, 4, 6, tzinfo=UTC)
_FORMS = {
    Placing.DETACHED: Form.DETACHED,
    Placing.ENVELOPED: Form.ENVELOPED,
    Placing.ENVELOPING: Form.ENVELOPING,
}
_NAMES = {
    Placing.DETACHED: "切り離し detached",
    Placing.ENVELOPED: "文書の中 enveloped",
    Placing.ENVELOPING: "文書を内包 enveloping",
}
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: CPU µs per signature, the least that it can be, and how large the document with the signature is."""

    name: str
    value: float
    floor: float
    size: int


@dataclass(frozen=True, slots=True)
class Made:
    """The signed members, and what stands in for the package around them."""

    placing: Placing
    document: bytes
    situation: Situation


def make(placing: Placing) -> Made:
    """Two forms of a usual size and two attachments, signed as XAdES-BES by an invented resident."""
    who = residents.household(places.TOWNS[0], 1, 7)[0]
    day = AT.date()
    issued = Issued(2, 0x5EA1, day - timedelta(days=100), day + timedelta(days=900))
    by = Signatory(certificates.leaf(who, issued, pki.signature_authority(2)), pki.signer_key_of(who))
    items = tuple(Item(f"項目{number}", ("架空の答え",), f"TDK-{number}") for number in range(ITEMS))
    members = [
        Member(FORM, forms.applicant_xml(who, "UTF-8")),
        Member(APPLICATION, forms.application_xml(FilledForm("P32", "転出届", items), "UTF-8")),
        Member("Attachment/a.txt", b"a" * 20_000),
        Member("Attachment/b.txt", b"b" * 20_000),
    ]
    style = Style(signed_at=AT)
    if placing is Placing.DETACHED:
        members.append(Member(SIGNATURE, xml_packages.detached(members, by, style)))
    else:
        sign = xml_packages.enveloped if placing is Placing.ENVELOPED else xml_packages.enveloping
        members = sign(members, by, style)
    files = {one.name: one.content for one in members}
    document = files[APPLICATION if placing is Placing.ENVELOPED else SIGNATURE]
    around = Members(frozenset(files), files.get, lambda name, digest: digest.of(files[name]))
    return Made(placing, document, Situation(around))


def figure(made: Made) -> Figure:
    """Verification of one signature, and its floor. Raises AssertionError when it is not accepted."""
    found = xmldsig.verify(made.document, _FORMS[made.placing], made.situation)
    assert found is not None
    key = x509.load_der_x509_certificate(found.signer.certificate_der).public_key()
    assert isinstance(key, RSAPublicKey)
    signed = [*found.covered.octets.values()]
    signed += [made.situation.members.octets(name) or b"" for name in found.covered.members]

    def floor() -> None:
        etree.tostring(etree.fromstring(made.document, _PARSER), method="c14n")
        for octets in signed:
            hashlib.sha256(octets).digest()
        statement = found.statement
        key.verify(statement.value, statement.octets, padding.PKCS1v15(), hashes.SHA256())

    least = _best(floor)
    value = _best(lambda: xmldsig.verify(made.document, _FORMS[made.placing], made.situation))
    return Figure(_NAMES[made.placing], value, least, len(made.document))


def _best(work: Callable[[], object]) -> float:
    """CPU µs of one piece of work in the best round."""
    rounds = []
    for _ in range(ROUNDS):
        gc.collect()
        began = time.process_time()
        for _ in range(TIMES):
            work()
        rounds.append(time.process_time() - began)
    return min(rounds) / TIMES * 1e6


def main() -> None:
    """Measure and print."""
    argparse.ArgumentParser(
        prog="python -m bench.signatures", description="XML署名の検証の速さを測る"
    ).parse_args()
    table = Table(title=f"XML署名（XAdES-BES、RSA-2048）の検証 {ROUNDS}回の最良", title_justify="left")
    for heading in ("項目", "文書 KB", "CPU µs", "下限", "比"):
        table.add_column(heading, justify="left" if heading == "項目" else "right")
    for placing in Placing:
        one = figure(make(placing))
        cells = (
            f"{one.size / 1e3:.1f}",
            f"{one.value:.0f}",
            f"{one.floor:.0f}",
            f"{one.floor / one.value:.2f}",
        )
        table.add_row(one.name, *cells)
    Console().print(table)


if __name__ == "__main__":
    main()
