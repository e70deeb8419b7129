"""Group C, as far as bytes decide: signatures and certificates that must not be believed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from cryptography import x509

from tests.hostile.rows import OPENED, Row
from tests.proof import pki, tlv
from tests.proof.pki import AT
from tests.proof.test_chain import with_serial
from tests.proof.tlv import Message
from todoke.proof.anchors import Anchors

CONTENT = b'<manifest xmlns="urn:todoke:sample:manifest:1"/>'
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """What is installed, and what only pretends to be."""

    installed: pki.Authority
    impostor: pki.Authority
    stranger: pki.Authority


@cache
def hierarchy() -> Hierarchy:
    return Hierarchy(
        pki.authority("p256-ca", "JPKI-TEST"),
        pki.authority("p256-impostor", "JPKI-TEST"),
        pki.authority("p256-stranger", "Stranger"),
    )


@cache
def anchors() -> Anchors:
    return Anchors.from_certificates([hierarchy().installed.der])


def good() -> Message:
    return Message(CONTENT, pki.leaf(hierarchy().installed))


def _signed(change: Callable[[Message], Message]) -> Callable[[], bytes]:
    return lambda: change(good()).build()


def _by(certificate: Callable[[], bytes], *carried: Callable[[], bytes]) -> Callable[[], bytes]:
    def make() -> bytes:
        own = certificate()
        return Message(CONTENT, own, carried=(own, *(each() for each in carried))).build()

    return make


def _flipped(place: int) -> Callable[[], bytes]:
    def make() -> bytes:
        whole = bytearray(good().build())
        whole[place] ^= 1
        return bytes(whole)

    return make


def _with_serial(serial: bytes) -> Callable[[], bytes]:
    return _by(lambda: with_serial(pki.leaf(hierarchy().installed), serial))


_FROM_THE_PAST = (AT - 99 * DAY, AT - DAY)
_FROM_THE_FUTURE = (AT + timedelta(minutes=6), AT + 99 * DAY)
_IN_A_MOMENT = (AT + timedelta(seconds=3), AT + 99 * DAY)
_AUTHENTICATION = ("digital_signature",)

ROWS = (
    Row("C01", "the signature value changed", _flipped(-1), "SIG-301"),
    Row("C04", "over another file", _signed(lambda message: message.but(content=b"another")), "SIG-301"),
    Row("C05", "expired", _by(lambda: pki.leaf(hierarchy().installed, valid=_FROM_THE_PAST)), "CRT-310"),
    Row("C08", "an unknown authority", _by(lambda: pki.leaf(hierarchy().stranger)), "CRT-311"),
    Row("C08", "a borrowed name", _by(lambda: pki.leaf(hierarchy().impostor)), "CRT-311"),
    Row(
        "C08",
        "an authority that came inside",
        _by(lambda: pki.leaf(hierarchy().stranger), lambda: hierarchy().stranger.der),
        "CRT-311",
    ),
    Row(
        "C08",
        "for authentication",
        _by(lambda: pki.leaf(hierarchy().installed, usages=_AUTHENTICATION)),
        "CRT-311",
    ),
    Row("C08", "another policy", _by(lambda: pki.leaf(hierarchy().installed, policy="1.2.3")), "CRT-311"),
    Row(
        "C08",
        "a person who claims to be an authority",
        _by(
            lambda: pki.leaf(
                hierarchy().installed, extra=((x509.BasicConstraints(ca=True, path_length=None), True),)
            )
        ),
        "CRT-311",
    ),
    Row("C11", "serial zero", _with_serial(b"\x00"), "CRT-312"),
    Row("C11", "serial negative", _with_serial(b"\xfb"), "CRT-312"),
    Row("C11", "serial of 21 octets", _with_serial(b"\x01" + bytes(20)), "CRT-312"),
    Row(
        "C20",
        "not yet valid by 3 seconds",
        _by(lambda: pki.leaf(hierarchy().installed, valid=_IN_A_MOMENT)),
        OPENED,
    ),
    Row(
        "C20",
        "not yet valid by 6 minutes",
        _by(lambda: pki.leaf(hierarchy().installed, valid=_FROM_THE_FUTURE)),
        "CRT-310",
    ),
    Row("C01", "two signers", _signed(lambda message: message.but(signers=2)), "SIG-303"),
    Row("C01", "SHA-1", _signed(lambda message: message.but(digest_id=tlv.SHA1_ID)), "SIG-303"),
)
