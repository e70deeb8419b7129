"""Revocation: only signed lists in force count, and what cannot be known is said to be unknown."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.proof import pki
from tests.proof.pki import AT, authority, leaf, revocation_list
from todoke.proof import certificates
from todoke.proof.anchors import Anchors
from todoke.proof.revocation import Doubt, Reason, RevocationIndex, Standing

CA = authority()
GENERATION_2 = authority("p256-gen2")
ANCHORS = Anchors.from_certificates([CA.der, GENERATION_2.der])
DAY = timedelta(days=1)
SERIAL = 0x067C6A21
REVOKED = ((SERIAL, AT - 2 * DAY, x509.ReasonFlags.affiliation_changed),)


def index(*lists: bytes) -> RevocationIndex:
    return RevocationIndex.build(lists, ANCHORS)


def test_a_serial_that_is_not_listed_is_good() -> None:
    answer = index(revocation_list(CA, REVOKED)).status(CA.key_id, "1", AT)
    assert (answer.standing, answer.listed_at) == (Standing.GOOD, AT - DAY)


def test_C06_revoked_before_applying() -> None:
    answer = index(revocation_list(CA, REVOKED)).status(CA.key_id, "67c6a21", AT)
    assert (answer.standing, answer.reason, answer.since) == (
        Standing.REVOKED,
        Reason.AFFILIATION_CHANGED,
        AT - 2 * DAY,
    )


def test_C06_revoked_after_applying_was_good_and_says_since_when() -> None:
    answer = index(revocation_list(CA, REVOKED)).status(CA.key_id, "67c6a21", AT - 3 * DAY)
    assert (answer.standing, answer.since) == (Standing.GOOD, AT - 2 * DAY)


def test_C06_a_hold_is_shown_as_a_hold() -> None:
    held = ((SERIAL, AT - DAY, x509.ReasonFlags.certificate_hold),)
    answer = index(revocation_list(CA, held)).status(CA.key_id, "67c6a21", AT)
    assert answer.is_on_hold
    assert answer.reason is Reason.CERTIFICATE_HOLD
    assert answer.reason.label == "一時停止"


@pytest.mark.parametrize(
    "flag", [flag for flag in x509.ReasonFlags if flag is not x509.ReasonFlags.unspecified]
)
def test_every_reason_code_is_read(flag: x509.ReasonFlags) -> None:
    answer = index(revocation_list(CA, ((SERIAL, AT - DAY, flag),))).status(CA.key_id, "67c6a21", AT)
    assert answer.reason == flag.value


def test_an_entry_without_reason_is_revoked_all_the_same() -> None:
    answer = index(revocation_list(CA, ((SERIAL, AT - DAY, None),))).status(CA.key_id, "67c6a21", AT)
    assert (answer.standing, answer.reason) == (Standing.REVOKED, Reason.UNSPECIFIED)


def test_C09_a_serial_is_looked_up_only_under_its_own_generation() -> None:
    lists = index(revocation_list(CA, REVOKED), revocation_list(GENERATION_2))
    assert lists.status(CA.key_id, "67c6a21", AT).standing is Standing.REVOKED
    assert lists.status(GENERATION_2.key_id, "67c6a21", AT).standing is Standing.GOOD


def test_C07_without_a_list_the_answer_is_unknown() -> None:
    answer = index().status(CA.key_id, "67c6a21", AT)
    assert (answer.standing, answer.why) == (Standing.UNKNOWN, Doubt.NO_LIST)
    assert index(revocation_list(CA)).status(GENERATION_2.key_id, "1", AT).why is Doubt.NO_LIST


def test_C07_a_stale_list_gives_no_good_but_still_knows_the_revoked() -> None:
    lists = index(revocation_list(CA, REVOKED, valid=(AT - 9 * DAY, AT - 2 * DAY)))
    assert lists.status(CA.key_id, "1", AT).why is Doubt.STALE
    assert lists.status(CA.key_id, "1", AT - 5 * DAY, now=AT).why is Doubt.STALE
    assert lists.status(CA.key_id, "1", AT - 5 * DAY).standing is Standing.GOOD
    assert lists.status(CA.key_id, "67c6a21", AT).standing is Standing.REVOKED


def test_C07_a_stale_hold_may_have_been_lifted() -> None:
    held = ((SERIAL, AT - 8 * DAY, x509.ReasonFlags.certificate_hold),)
    answer = index(revocation_list(CA, held, valid=(AT - 9 * DAY, AT - 2 * DAY))).status(
        CA.key_id, "67c6a21", AT
    )
    assert (answer.standing, answer.why) == (Standing.UNKNOWN, Doubt.STALE)


def test_C07_a_list_from_the_future_is_not_used() -> None:
    lists = index(revocation_list(CA, REVOKED, valid=(AT + DAY, AT + 9 * DAY)))
    for serial in ("1", "67c6a21"):
        answer = lists.status(CA.key_id, serial, AT, now=AT)
        assert (answer.standing, answer.why) == (Standing.UNKNOWN, Doubt.FUTURE)
    assert lists.status(CA.key_id, "1", AT, now=AT + DAY).standing is Standing.GOOD


def test_C07_a_list_signed_by_another_key_is_left_out() -> None:
    forged = revocation_list(CA, signed_by=authority("p256-impostor"))
    lists = index(forged)
    assert lists.refused == ("signature",)
    assert lists.status(CA.key_id, "1", AT).why is Doubt.NO_LIST
    assert index(revocation_list(authority("p256-x", "Other"))).refused == ("issuer",)


def test_an_authority_without_the_right_to_sign_lists_signs_none() -> None:
    silent = authority("p256-silent", "Silent", usages=("key_cert_sign",))
    found = RevocationIndex.build([revocation_list(silent)], Anchors.from_certificates([silent.der]))
    assert found.refused == ("signature",)


def test_the_newest_list_in_force_answers() -> None:
    old = revocation_list(CA, REVOKED, valid=(AT - 5 * DAY, AT + 9 * DAY))
    new = revocation_list(CA, valid=(AT - DAY, AT + 9 * DAY))
    for order in ((old, new), (new, old)):
        answer = index(*order).status(CA.key_id, "1", AT)
        assert answer.listed_at == AT - DAY


def scope(name: str, **only: bool) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    full = [x509.DirectoryName(pki.name_of(name))] if name else None
    settings_ = {
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    } | only
    return (
        (
            x509.IssuingDistributionPoint(
                full_name=full, relative_name=None, only_some_reasons=None, **settings_
            ),
            True,
        ),
    )


def test_a_partial_list_answers_only_for_its_own_distribution_point() -> None:
    point = x509.DistributionPoint([x509.DirectoryName(pki.name_of("A"))], None, None, None)
    certificate = leaf(CA, extra=((x509.CRLDistributionPoints([point]), False),))
    points = certificates.outline(certificate).distribution_points()
    lists = index(revocation_list(CA, REVOKED, extra=scope("A")), revocation_list(CA, extra=scope("B")))
    assert lists.refused == ()
    assert lists.status(CA.key_id, "1", AT, distribution_points=points).standing is Standing.GOOD
    assert lists.status(CA.key_id, "1", AT).why is Doubt.NO_LIST
    assert lists.status(CA.key_id, "67c6a21", AT).standing is Standing.REVOKED


def test_a_list_for_all_users_is_a_whole_list() -> None:
    lists = index(revocation_list(CA, extra=scope("", only_contains_user_certs=True)))
    assert lists.status(CA.key_id, "1", AT).standing is Standing.GOOD


@pytest.mark.parametrize(
    "extra",
    [
        scope("", only_contains_ca_certs=True),
        scope("A", indirect_crl=True),
        scope("", only_contains_attribute_certs=True),
        ((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"), True),),
    ],
)
def test_lists_of_other_kinds_are_left_out(extra: tuple[tuple[x509.ExtensionType, bool], ...]) -> None:
    lists = index(revocation_list(CA, extra=extra))
    assert len(lists.refused) == 1
    assert lists.status(CA.key_id, "1", AT).standing is Standing.UNKNOWN


def test_a_delta_adds_revocations_and_vouches_for_nothing() -> None:
    delta = ((x509.DeltaCRLIndicator(1), True),)
    entries = ((1, AT - DAY, None), (2, AT - DAY, x509.ReasonFlags.remove_from_crl))
    alone = index(revocation_list(CA, entries, extra=delta))
    assert alone.status(CA.key_id, "1", AT).standing is Standing.REVOKED
    assert alone.status(CA.key_id, "3", AT).why is Doubt.NO_LIST
    both = index(revocation_list(CA, entries, extra=delta), revocation_list(CA))
    assert both.status(CA.key_id, "1", AT).standing is Standing.REVOKED
    assert both.status(CA.key_id, "2", AT).standing is Standing.GOOD
    assert both.status(CA.key_id, "3", AT).standing is Standing.GOOD


@settings(deadline=None, max_examples=40)
@given(st.sets(st.integers(1, 2**159 - 1) | st.integers(1, 300), max_size=60), st.integers(1, 300))
def test_exactly_the_listed_serials_are_revoked(serials: set[int], probe: int) -> None:
    entries = tuple((serial, AT - DAY, None) for serial in serials)
    lists = index(revocation_list(CA, entries))
    for serial in {*serials, probe, probe + 1, 2**159 - 1}:
        expected = Standing.REVOKED if serial in serials else Standing.GOOD
        assert lists.status(CA.key_id, f"{serial:x}", AT).standing is expected


ONE_LIST = revocation_list(CA, REVOKED)


@given(data=st.data())
@settings(deadline=None, max_examples=400)
def test_broken_lists_are_left_out_and_nothing_is_raised(data: st.DataObject) -> None:
    whole = bytearray(ONE_LIST)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole)))
        whole[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    lists = index(bytes(whole))
    assert len(lists.refused) == (bytes(whole) != ONE_LIST)


def entry(extensions: tuple[x509.ExtensionType, ...], since: datetime) -> bytes:
    made = x509.RevokedCertificateBuilder().serial_number(SERIAL).revocation_date(since)
    for extension in extensions:
        made = made.add_extension(extension, critical=False)
    builder = x509.CertificateRevocationListBuilder().issuer_name(CA.certificate.subject)
    builder = builder.last_update(AT - DAY).next_update(AT + DAY).add_revoked_certificate(made.build())
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(CA.key.public_key())
    return (
        builder.add_extension(identifier, critical=False)
        .sign(CA.key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


@pytest.mark.parametrize(
    "since",
    [
        datetime(1950, 1, 1, tzinfo=UTC),
        datetime(2000, 2, 29, 23, 59, 59, tzinfo=UTC),
        datetime(2051, 3, 4, tzinfo=UTC),
    ],
)
@pytest.mark.parametrize(
    "extra", [(), (x509.InvalidityDate(datetime(2020, 1, 1, tzinfo=UTC)),)], ids=["plain", "invalidity"]
)  # noqa: DTZ001
def test_dates_and_reasons_of_every_form_are_read(
    since: datetime, extra: tuple[x509.ExtensionType, ...]
) -> None:
    reason = x509.CRLReason(x509.ReasonFlags.key_compromise)
    answer = index(entry((*extra, reason), since)).status(
        CA.key_id, "67c6a21", datetime(2060, 1, 1, tzinfo=UTC)
    )
    assert (answer.standing, answer.reason, answer.since) == (Standing.REVOKED, Reason.KEY_COMPROMISE, since)


def test_removeFromCRL_outside_a_delta_answers_nothing() -> None:
    lifted = ((SERIAL, AT - 2 * DAY, x509.ReasonFlags.remove_from_crl),)
    answer = index(revocation_list(CA, lifted)).status(CA.key_id, "67c6a21", AT)
    assert (answer.standing, answer.why) == (Standing.UNKNOWN, Doubt.LIFTED)


def test_the_answer_names_the_list_by_hash_and_period() -> None:
    content = revocation_list(CA, REVOKED)
    answer = index(content).status(CA.key_id, "67c6a21", AT)
    assert answer.by is not None
    assert answer.by.sha256 == hashlib.sha256(content).hexdigest()
    assert (answer.by.this_update, answer.by.entries) == (AT - DAY, 1)
