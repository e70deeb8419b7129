"""Paths of several authorities: generations that vouch for each other, policies on the way, revoked authorities."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from tests.proof import pki
from tests.proof.pki import AT, SIGN_POLICY, Authority, authority, leaf
from todoke.proof.anchors import Anchors
from todoke.proof.chain import CheckedCertificate, Purpose, check
from todoke.proof.errors import CertificateRefused
from todoke.proof.revocation import Reason, RevocationIndex, Standing, revoked_authority

OTHER_POLICY = "1.2.392.1.2.3"
ANY = "2.5.29.32.0"
LONG_SERIAL = 2**159 - 7
Extra = tuple[tuple[x509.ExtensionType, bool], ...]


def checked(
    certificate: bytes, *authorities: Authority, policies: frozenset[str] = frozenset()
) -> CheckedCertificate:
    anchors = Anchors.from_certificates([each.der for each in authorities])
    return check(certificate, anchors, at=AT, purpose=Purpose.SIGNATURE, policies=policies)


def refusal(
    certificate: bytes, *authorities: Authority, policies: frozenset[str] = frozenset()
) -> tuple[str, str, str]:
    with pytest.raises(CertificateRefused) as caught:
        checked(certificate, *authorities, policies=policies)
    facts = caught.value.facts
    return caught.value.code, facts.get("reason", ""), facts.get("which", "")


def under(*policies: str, critical: bool = False) -> Extra:
    information = [x509.PolicyInformation(x509.ObjectIdentifier(each), None) for each in policies]
    return ((x509.CertificatePolicies(information), critical),)


def explicit(after: int) -> Extra:
    return ((x509.PolicyConstraints(require_explicit_policy=after, inhibit_policy_mapping=None), True),)


ROOT = authority("p256-root", "Root")
WANTED = frozenset({SIGN_POLICY})


def test_C08_a_generation_that_the_next_one_vouches_for_stands_below_it() -> None:
    """The old key, certified by the new one under the same name, is part of a path and not its end."""
    new = authority("p256-new", "CA")
    old_by_new = authority("p256-old", "CA", by=new)
    found = checked(leaf(old_by_new), old_by_new, new)
    assert found.issuer_key == old_by_new.key_id
    assert found.chain == (old_by_new.der, new.der)
    assert found.authorities == ((new.key_id, "1"),)


def test_C08_generations_of_one_authority_do_not_lengthen_the_path() -> None:
    short = authority("p256-root", "Root", path_length=1)
    first = authority("p256-new", "CA", by=short)
    same = authority("p256-old", "CA", by=first)
    below = authority("p256-below", "Sub", by=same)
    assert checked(leaf(same), same, first, short).chain[-1] == short.der
    assert refusal(leaf(below), below, same, first, short)[:2] == ("CRT-311", "path_length")


def test_a_root_that_expired_does_not_hide_its_successor() -> None:
    """The new key has two certificates: its own, and one by the old root, which is past its time."""
    old = authority("p256-old", "CA", years=(2010, 2025))
    new, new_by_old = authority("p256-new", "CA"), authority("p256-new", "CA", by=old)
    for order in ((new_by_old, old, new), (new, new_by_old, old)):
        assert checked(leaf(new), *order).chain == (new.der,)
    assert refusal(leaf(new), new_by_old, old) == ("CRT-310", "expired", "authority")


def test_an_authority_that_is_not_yet_in_force_vouches_for_nothing() -> None:
    coming = authority("p256-new", "CA", years=(2027, 2040))
    assert refusal(leaf(coming), coming) == ("CRT-310", "not_yet_valid", "authority")


def test_two_certificates_for_one_key_do_not_climb_in_a_circle() -> None:
    first, second = authority("p256-a", "A"), authority("p256-b", "B")
    crossed = (authority("p256-a", "A", by=second), authority("p256-b", "B", by=first))
    found = checked(leaf(crossed[0]), *crossed)
    assert found.chain == (crossed[0].der, crossed[1].der)


@pytest.mark.parametrize("critical", [False, True])
@pytest.mark.parametrize(
    ("middle", "own", "wanted", "is_good"),
    [
        (under(SIGN_POLICY), SIGN_POLICY, WANTED, True),
        (under(SIGN_POLICY, OTHER_POLICY), SIGN_POLICY, WANTED, True),
        (under(ANY), SIGN_POLICY, WANTED, True),
        (under(OTHER_POLICY), SIGN_POLICY, WANTED, False),
        ((), SIGN_POLICY, WANTED, False),
        (under(SIGN_POLICY), ANY, WANTED, False),
        (under(SIGN_POLICY), None, WANTED, False),
        ((), None, frozenset(), True),
        (explicit(0), SIGN_POLICY, frozenset(), False),
        ((*under(SIGN_POLICY), *explicit(0)), SIGN_POLICY, frozenset(), True),
        ((*under(SIGN_POLICY), *explicit(1)), OTHER_POLICY, frozenset(), False),
        ((*under(SIGN_POLICY), *explicit(2)), OTHER_POLICY, frozenset(), True),
    ],
)
def test_C08_policies_count_along_the_whole_path(
    middle: Extra, own: str | None, wanted: frozenset[str], is_good: bool, critical: bool
) -> None:
    between = authority("p256-mid", "Mid", by=ROOT, extra=tuple((each, critical) for each, _ in middle))
    certificate = leaf(between, policy=own)
    if is_good:
        assert checked(certificate, between, ROOT, policies=wanted).chain == (between.der, ROOT.der)
    else:
        assert refusal(certificate, between, ROOT, policies=wanted)[:2] == ("CRT-311", "policy")


@pytest.mark.parametrize(
    "restriction",
    [
        x509.NameConstraints([x509.DNSName("example.jp")], None),
        x509.InhibitAnyPolicy(0),
        x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.33"), b"\x30\x00"),
    ],
)
@pytest.mark.parametrize("critical", [False, True])
def test_an_authority_whose_limits_are_not_worked_out_is_not_installed(
    restriction: x509.ExtensionType, critical: bool
) -> None:
    with pytest.raises(CertificateRefused) as caught:
        Anchors.from_certificates([authority(extra=((restriction, critical),)).der])
    assert caught.value.facts["reason"] == "extension"


def test_a_person_does_not_constrain_policies() -> None:
    assert refusal(leaf(ROOT, extra=explicit(0)), ROOT)[:2] == ("CRT-311", "authority_as_person")


def test_C06_an_authority_that_its_own_authority_revoked_is_found() -> None:
    middle = authority("p256-mid", "Mid", by=ROOT)
    found = checked(leaf(middle), middle, ROOT)
    assert found.authorities == ((ROOT.key_id, "1"),)
    anchors = Anchors.from_certificates([middle.der, ROOT.der])
    entry = (1, AT - timedelta(days=1), x509.ReasonFlags.ca_compromise)
    lists = RevocationIndex.build([pki.revocation_list(ROOT, (entry,))], anchors)
    answer = revoked_authority(lists, found.authorities, AT)
    assert answer is not None
    assert (answer.standing, answer.reason) == (Standing.REVOKED, Reason.AUTHORITY_COMPROMISE)
    assert revoked_authority(lists, found.authorities, AT - timedelta(days=2)) is None
    assert revoked_authority(RevocationIndex(), found.authorities, AT) is None


def test_serials_of_twenty_octets_are_followed_from_chain_to_list() -> None:
    found = checked(leaf(ROOT, serial=LONG_SERIAL), ROOT)
    anchors = Anchors.from_certificates([ROOT.der])
    entries = tuple((serial, datetime(2026, 1, 1, tzinfo=UTC), None) for serial in (1, LONG_SERIAL, 2**158))
    lists = RevocationIndex.build([pki.revocation_list(ROOT, entries)], anchors)
    assert found.serial_hex == f"{LONG_SERIAL:x}"
    assert lists.status(found.issuer_key, found.serial_hex, AT).standing is Standing.REVOKED
    assert lists.status(found.issuer_key, f"{LONG_SERIAL - 1:x}", AT).standing is Standing.GOOD
