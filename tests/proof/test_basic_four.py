"""基本4情報 of a 署名用電子証明書, read from its bytes; what cannot be read is none, never a guess."""

from datetime import date
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from samples import certificates, der, pki, places, residents
from samples.cards import Issued
from tests.proof import pki as own
from todoke.japanese import eras
from todoke.proof.certificates import basic_four

ARC = "1.2.392.200149.8.5.5"


def other(arc: int, value: bytes) -> x509.OtherName:
    return x509.OtherName(x509.ObjectIdentifier(f"{ARC}.{arc}"), value)


def leaf(*names: x509.GeneralName) -> bytes:
    extra = ((x509.SubjectAlternativeName(list(names)), False),) if names else ()
    return own.leaf(own.authority("p256-ca", "JPKI-TEST"), extra=extra)


def full(
    name: str = "織機　太郎", marks: str = "00000", birth: str = "319800203", address: str = "つむぎ県"
) -> bytes:
    values = (name, marks, "1", birth, address, "0" * len(address))
    return leaf(*[other(arc, der.utf8(value)) for arc, value in enumerate(values, start=1)])


def test_what_the_certificate_states_is_read_as_printed() -> None:
    found = basic_four(full())
    assert found is not None
    assert (found.name, found.sex, found.birth, found.address) == ("織機　太郎", "1", "319800203", "つむぎ県")
    assert found.name_marks == found.address_marks == frozenset()


def test_the_places_of_substituted_characters_are_read() -> None:
    found = basic_four(full("●機　太●", "10001"))
    assert found is not None
    assert found.name_marks == frozenset({0, 4})


@pytest.mark.parametrize("marks", ["", "1", "1,5", "2000x", "111111"])
def test_another_notation_of_places_marks_nothing(marks: str) -> None:
    found = basic_four(full("●機　太郎", marks))
    assert found is not None
    assert found.name_marks == frozenset()


def test_an_unknown_birth_is_read_as_it_stands() -> None:
    found = basic_four(full(birth="000000000"))
    assert found is not None
    assert eras.read_certificate_date(found.birth) is None


def test_the_certificates_of_the_samples_agree_with_their_residents() -> None:
    signer = pki.signature_authority(2)
    issued = Issued(2, 0x067C6A21, date(2024, 1, 10), date(2029, 1, 9))
    for resident in [
        one for number in range(60) for one in residents.household(places.TOWNS[0], number, 2026)
    ]:
        found = basic_four(certificates.leaf(resident, issued, signer).public_bytes(Encoding.DER))
        assert found is not None
        assert eras.read_certificate_date(found.birth) == resident.birth
        shown = "".join(
            "●" if at in found.name_marks else one for at, one in enumerate(resident.name.written)
        )
        assert found.name == shown
        assert found.address == resident.address


def test_a_certificate_for_authentication_has_none() -> None:
    person = residents.household(places.TOWNS[0], 1, 2026)[0]
    issued = Issued(2, 0x067C6A21, date(2024, 1, 10), date(2029, 1, 9))
    leaf_ = certificates.leaf(person, issued, pki.authentication_authority(2))
    assert basic_four(leaf_.public_bytes(Encoding.DER)) is None


@pytest.mark.parametrize(
    "names",
    [
        (),
        (x509.RFC822Name("a@example.jp"),),
        (other(1, der.utf8("織機")),),
        (x509.OtherName(x509.ObjectIdentifier("1.2.392.200149.8.5.6.1"), der.utf8("織機")),),
    ],
)
def test_other_names_are_no_basic_four(names: tuple[x509.GeneralName, ...]) -> None:
    assert basic_four(leaf(*names)) is None


def test_a_value_of_another_kind_or_encoding_is_none() -> None:
    good = [other(arc, der.utf8("1")) for arc in (3, 4, 5)]
    assert basic_four(leaf(other(1, b"\x0c\x02\xff\xfe"), *good)) is None
    assert basic_four(leaf(other(1, b"\x16\x01A"), *good)) is None


def test_a_second_name_does_not_replace_the_first() -> None:
    found = basic_four(leaf(*[other(arc, der.utf8("1")) for arc in (1, 3, 4, 5)], other(1, der.utf8("別人"))))
    assert found is not None
    assert found.name == "1"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_are_none(data: bytes) -> None:
    basic_four(data)


def test_any_changed_byte_is_read_or_is_none() -> None:
    whole, rng = full(), Random(1)
    for _ in range(2_000):
        changed = bytearray(whole)
        changed[rng.randrange(len(changed))] ^= rng.randrange(1, 256)
        basic_four(bytes(changed))
