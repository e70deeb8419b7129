"""The public vectors for certification paths: NIST PKITS（RFC 5280）in the edition of the package cryptography-vectors.

Every signed message of the suite is run: the trust anchor and all CA certificates of its path are installed, as an
operator would install them (the product takes none from a package), its lists too, and the signer's certificate is
judged as of 2020. Where the suite says "valid" and this product refuses, the reason stands in STRICTER; there is no
table for the other direction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from functools import cache
from pathlib import Path

import cryptography_vectors
import pytest

from todoke.proof import certificates, chain, der
from todoke.proof.anchors import Anchors
from todoke.proof.chain import Purpose
from todoke.proof.der import DerRefused, Reader
from todoke.proof.errors import CertificateRefused
from todoke.proof.revocation import RevocationIndex, Standing, revoked_authority

FOLDER = Path(cryptography_vectors.__file__).parent / "x509" / "PKITS_data"
AT = datetime(2020, 1, 1, tzinfo=UTC)
MESSAGES = {path.stem.removeprefix("Signed"): path for path in sorted((FOLDER / "smime").glob("*.eml"))}
POLICY = "2.16.840.1.101.3.2.1.48."

_DSA = "DSA is on no list of what is still fit"
_NAMES = (
    "names are compared byte for byte: authorities are installed as they are, not found by similar spelling"
)
_NEGATIVE = "a serial number that is not positive is refused (RFC 5280 §4.1.2.2)"
_PER_KEY = "lists are found by the key that signed them, so that generations of one name never mix"
_LIST_SIGNER = (
    "an authority that signs lists signs certificates too; a separate list signer cannot be installed"
)
_PERSON = "the judged certificate is an authority's, and an authority is no person"
_RELATIVE = "distribution points relative to a name are not read"
_SCOPE = "lists for some reasons and indirect lists are not accepted"
_LIFTED = "that a hold was lifted only the next whole list says"
_CONSTRAINED = "an authority with name constraints, policy mappings or inhibitAnyPolicy cannot be installed"
STRICTER = {
    "ValidDSASignaturesTest4": _DSA,
    "ValidDSAParameterInheritanceTest5": _DSA,
    "ValidNameChainingWhitespaceTest3": _NAMES,
    "ValidNameChainingWhitespaceTest4": _NAMES,
    "ValidNameChainingCapitalizationTest5": _NAMES,
    "ValidRolloverfromPrintableStringtoUTF8StringTest10": _NAMES,
    "ValidUTF8StringCaseInsensitiveMatchTest11": _NAMES,
    "ValidNegativeSerialNumberTest14": _NEGATIVE,
    "ValidSeparateCertificateandCRLKeysTest19": _LIST_SIGNER,
    "ValidBasicSelfIssuedOldWithNewTest1": _PER_KEY,
    "ValidBasicSelfIssuedNewWithOldTest4": _PER_KEY,
    "ValidBasicSelfIssuedCRLSigningKeyTest6": _LIST_SIGNER,
    "ValidpathLenConstraintTest8": _PERSON,
    "ValidpathLenConstraintTest14": _PERSON,
    "ValidSelfIssuedpathLenConstraintTest15": _PER_KEY,
    "ValidSelfIssuedpathLenConstraintTest17": _PER_KEY,
    "ValidSelfIssuedrequireExplicitPolicyTest6": _PER_KEY,
    "ValiddistributionPointTest4": _RELATIVE,
    "ValiddistributionPointTest5": _RELATIVE,
    "ValiddistributionPointTest7": _RELATIVE,
    "ValidonlyContainsCACertsCRLTest13": _PERSON,
    "ValidonlySomeReasonsTest18": _SCOPE,
    "ValidonlySomeReasonsTest19": _SCOPE,
    **{f"ValidIDPwithindirectCRLTest{number}": _SCOPE for number in (22, 24, 25)},
    **{f"ValidcRLIssuerTest{number}": _SCOPE for number in (28, 29, 30, 33)},
    "ValiddeltaCRLTest5": _LIFTED,
    **{f"ValidPolicyMappingTest{number}": _CONSTRAINED for number in (1, 3, 5, 6, 9, 11, 12, 13, 14)},
    **{f"ValidinhibitPolicyMappingTest{number}": _CONSTRAINED for number in (2, 4)},
    "ValidSelfIssuedinhibitPolicyMappingTest7": _CONSTRAINED,
    "ValidinhibitAnyPolicyTest2": _CONSTRAINED,
    **{f"ValidSelfIssuedinhibitAnyPolicyTest{number}": _CONSTRAINED for number in (7, 9)},
    **{f"ValidDNnameConstraintsTest{number}": _CONSTRAINED for number in (1, 4, 5, 6, 11, 14, 18)},
    "ValidSelfIssuedDNnameConstraintsTest19": _CONSTRAINED,
    **{f"ValidRFC822nameConstraintsTest{number}": _CONSTRAINED for number in (21, 23, 25)},
    "ValidDNandRFC822nameConstraintsTest27": _CONSTRAINED,
    **{f"ValidDNSnameConstraintsTest{number}": _CONSTRAINED for number in (30, 32)},
    **{f"ValidURInameConstraintsTest{number}": _CONSTRAINED for number in (34, 36)},
}  # fmt: skip

_ANY = "a person's certificate must name the policy itself; anyPolicy names none"
# §4.8 of the suite: message, policies asked for (numbers of NIST's test policies, none: any), verdict, why stricter.
WITH_POLICIES: Sequence[tuple[str, str, bool, str]] = (
    ("AllCertificatesSamePolicyTest1", "1", True, ""), ("AllCertificatesSamePolicyTest1", "2", False, ""),
    ("AllCertificatesSamePolicyTest1", "12", True, ""), ("AllCertificatesNoPoliciesTest2", "", True, ""),
    ("AllCertificatesNoPoliciesTest2", "1", False, ""), ("DifferentPoliciesTest3", "", True, ""),
    ("DifferentPoliciesTest3", "12", False, ""), ("DifferentPoliciesTest4", "", False, ""),
    ("DifferentPoliciesTest5", "", False, ""), ("OverlappingPoliciesTest6", "1", True, _PERSON),
    ("OverlappingPoliciesTest6", "2", False, ""), ("DifferentPoliciesTest7", "", False, ""),
    ("DifferentPoliciesTest8", "", False, ""), ("DifferentPoliciesTest9", "", False, ""),
    ("AllCertificatesSamePoliciesTest10", "1", True, ""), ("AllCertificatesSamePoliciesTest10", "2", True, ""),
    ("AllCertificatesSamePoliciesTest10", "3", False, ""), ("AllCertificatesAnyPolicyTest11", "", True, ""),
    ("AllCertificatesAnyPolicyTest11", "1", True, _ANY), ("DifferentPoliciesTest12", "", False, ""),
    ("AllCertificatesSamePoliciesTest13", "1", True, ""), ("AllCertificatesSamePoliciesTest13", "2", True, ""),
    ("AllCertificatesSamePoliciesTest13", "3", True, ""), ("AnyPolicyTest14", "1", True, ""),
    ("AnyPolicyTest14", "2", False, ""), ("UserNoticeQualifierTest15", "1", True, ""),
    ("UserNoticeQualifierTest16", "1", True, ""), ("UserNoticeQualifierTest17", "1", True, _ANY),
    ("UserNoticeQualifierTest18", "1", True, ""), ("UserNoticeQualifierTest18", "2", True, _ANY),
    ("UserNoticeQualifierTest19", "1", True, ""), ("CPSPointerQualifierTest20", "1", True, ""),
    ("inhibitAnyPolicyTest3", "1", True, _CONSTRAINED), ("inhibitAnyPolicyTest3", "", True, _CONSTRAINED),
)  # fmt: skip
WITHOUT_POLICIES = [name for name in MESSAGES if name.startswith(("Valid", "Invalid", "Missing"))]


@dataclass(frozen=True, slots=True)
class Message:
    """What a signed message carries: the signer's certificate, the other certificates, the lists."""

    signer: bytes
    authorities: tuple[bytes, ...]
    lists: tuple[bytes, ...]


def read(name: str) -> Message:
    """Read a message's CMS structure; a signer's certificate that cannot be read is the one that is left."""
    signature = message_from_bytes(MESSAGES[name].read_bytes()).get_payload()[1].get_payload(decode=True)  # type: ignore[union-attr,index]  # multipart/signed
    assert isinstance(signature, bytes)
    content = Reader(signature).enter(der.SEQUENCE)
    content.take(der.OBJECT_IDENTIFIER)
    fields = content.enter(0xA0).enter(der.SEQUENCE)
    for tag in (der.INTEGER, der.SET, der.SEQUENCE):
        fields.take(tag)
    carried, lists = fields.take(0xA0), fields.take_if(0xA1)
    info = fields.enter(der.SET).enter(der.SEQUENCE)
    info.take(der.INTEGER)
    named = info.enter(der.SEQUENCE)
    issuer, serial = der.whole(signature, named.take()), der.content(signature, named.take())
    found = [der.whole(signature, each) for each in Reader(signature, carried).rest()]
    (signer,) = [each for each in found if named_as(each) == (issuer, serial)] or [
        each for each in found if named_as(each) is None
    ]
    others = tuple(each for each in found if each != signer)
    inside = Reader(signature, lists).rest() if lists else []
    return Message(signer, others, tuple(der.whole(signature, each) for each in inside))


def named_as(certificate: bytes) -> tuple[bytes, bytes] | None:
    """Issuer and serial, or None for a certificate that cannot be read."""
    try:
        outline = certificates.outline(certificate)
    except DerRefused:
        return None
    return outline.issuer, outline.serial


@cache
def trusted() -> tuple[bytes, bytes]:
    """The suite's trust anchor and its list."""
    certificate = FOLDER / "certs" / "TrustAnchorRootCertificate.crt"
    return certificate.read_bytes(), (FOLDER / "crls" / "TrustAnchorRootCRL.crl").read_bytes()


def is_accepted(name: str, policies: str = "") -> bool:
    """Install, judge, look up: whether the product would let the signer's certificate pass."""
    message, (anchor, own_list) = read(name), trusted()
    try:
        anchors = Anchors.from_certificates([anchor, *message.authorities])
        wanted = frozenset(f"{POLICY}{number}" for number in policies)
        checked = chain.check(message.signer, anchors, at=AT, purpose=Purpose.SIGNATURE, policies=wanted)
    except CertificateRefused:
        return False
    index = RevocationIndex.build([own_list, *message.lists], anchors)
    if revoked_authority(index, checked.authorities, AT):
        return False
    points = checked.distribution_points
    return (
        index.status(checked.issuer_key, checked.serial_hex, AT, distribution_points=points).standing
        is Standing.GOOD
    )


@pytest.mark.parametrize("name", WITHOUT_POLICIES)
def test_a_path_of_the_suite_gets_its_verdict_or_a_stricter_one(name: str) -> None:
    assert is_accepted(name) == (name.startswith("Valid") and name not in STRICTER)


@pytest.mark.parametrize(
    ("name", "policies", "expected", "stricter"),
    WITH_POLICIES,
    ids=[f"{row[0]}-{row[1] or 'any'}" for row in WITH_POLICIES],
)
def test_a_path_is_judged_under_the_policies_asked_for(
    name: str, policies: str, expected: bool, stricter: str
) -> None:
    assert is_accepted(name, policies) == (expected and not stricter)


def test_every_message_of_the_suite_is_run_and_every_exception_is_one() -> None:
    run = {*WITHOUT_POLICIES, *(row[0] for row in WITH_POLICIES)}
    assert run == MESSAGES.keys()
    assert len(run) == 224
    assert STRICTER.keys() <= MESSAGES.keys()
    assert all(name.startswith("Valid") for name in STRICTER)
    strict = len(STRICTER) + sum(bool(row[3]) for row in WITH_POLICIES)
    assert (len(WITHOUT_POLICIES) + len(WITH_POLICIES), strict) == (237, 68)
