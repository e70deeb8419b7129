"""Packages of one invented resident, sound or changed in one place, and what judges them."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from samples import certificates, cms, documents, packages, photographs, pki, places, residents
from samples.attachments import Attachment
from samples.cards import Issued
from samples.packages import SOUND, Application, Spoiling
from samples.residents import Resident
from todoke.casework.intake import queries, services
from todoke.casework.intake.values import Circumstances, LayoutProfile, Trust, Verdict
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.procedures.queries import catalogue

MINASE, HIYORI = "992011", "993018"
NOW = datetime(2026, 4, 6, 0, 0, tzinfo=UTC)
APPLIED = datetime(2026, 4, 1, 10, 0, tzinfo=places.JST)
ACTOR = Actor(ActorKind.COMMAND, "test")
Change = Callable[[Application], Application]
MOST_PEOPLE = 300


_SHIFT: ContextVar[int] = ContextVar("first_person", default=0)


@contextmanager
def as_person(number: int) -> Iterator[None]:
    """Whoever is number 0 elsewhere is this one here: the same package from somebody else."""
    token = _SHIFT.set(number)
    try:
        yield
    finally:
        _SHIFT.reset(token)


def person(number: int = 0) -> Resident:
    """A resident of みなせ市 who can sign; each number another one."""
    return _people()[number + _SHIFT.get()]


@cache
def _people() -> list[Resident]:
    """Enough of them for any test."""
    found = (
        member
        for household in range(1, 400)
        for member in residents.household(places.BY_CODE[MINASE], household, 7)
        if member.is_current and member.card and member.card.signature
        and member.card.signature.first_day <= APPLIED.date() <= member.card.signature.last_day
    )  # fmt: skip
    return list(islice(found, MOST_PEOPLE))


def signing_certificate(who: Resident, *, generation: int = 2, serial: int = 0x5EA1) -> x509.Certificate:
    """A signature certificate in force at the time of application."""
    day = APPLIED.date()
    issued = Issued(generation, serial, day - timedelta(days=100), day + timedelta(days=900))
    return certificates.leaf(who, issued, pki.signature_authority(generation))


def signer(number: int = 0) -> cms.SigningKey:
    """The resident's signing key with a certificate that nobody has revoked."""
    return _signer(number + _SHIFT.get())


@cache
def _signer(number: int) -> cms.SigningKey:
    who = _people()[number]
    return cms.SigningKey(signing_certificate(who), pki.signer_key_of(who))


def application(procedure: str = "P32", number: int = 0, *, signed: bool = True) -> Application:
    """A sound application; P32 needs a signature, P02 does not."""
    who = person(number)
    assert who.card is not None
    issued = who.card.authentication
    return Application(
        organisation=MINASE, procedure=procedure, applicant=who, head=who, serial_text=f"{issued.serial:08X}",
        issuer_key=pki.issuer_key(authentication=True, generation=issued.generation), applied_at=APPLIED,
        seed=f"test/{number}", signer=signer(number) if signed else None,
    )  # fmt: skip


def package(
    procedure: str = "P32", number: int = 0, *, spoiling: Spoiling = SOUND, **changes: object
) -> bytes:
    """The bytes of an application; `changes` are fields of it."""
    signed = procedure in places.SIGNATURE_REQUIRED
    wanted = replace(application(procedure, number, signed=signed), **changes)  # type: ignore[arg-type]  # by name
    return packages.pack(wanted, spoiling)


def pdf(seed: str = "a") -> Attachment:
    """A small PDF."""
    return Attachment("shinseisho.pdf", documents.pdf(Random(seed), 2_000))


def jpeg(seed: str = "a") -> Attachment:
    """A small photograph."""
    return Attachment("photo1.jpg", photographs.jpeg(Random(seed), 3_000))


@cache
def profile() -> LayoutProfile:
    """The shipped layout."""
    return queries.load_profile("pittari-xml-sample")


def write_trust(folder: Path, revoked: Iterable[pki.Revoked] = (), *, lists: Iterable[int] = (1, 2)) -> None:
    """Lay anchors and lists as an operator would."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, authority in enumerate(pki.installed()):
        (folder / f"ca-{number}.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    for generation in lists:
        made = pki.revocation_list(pki.signature_authority(generation), revoked)
        (folder / f"list-{generation}.crl").write_bytes(made.public_bytes(Encoding.DER))


def needs_signature(procedure: str) -> bool | None:
    """The catalogue's answer."""
    known = catalogue().get(procedure)
    return None if known is None else known.needs_signature


def circumstances(**changes: object) -> Circumstances:
    """みなせ市 on the samples' day; the portal received the package five minutes after the application."""
    usual = Circumstances(MINASE, NOW, needs_signature, APPLIED + timedelta(minutes=5))
    return replace(usual, **changes)  # type: ignore[arg-type]  # by name


def check(data: bytes, trust: Trust, **changes: object) -> Verdict:
    """Judge a package under the usual circumstances, or some of them changed."""
    return services.check_package(
        data, profile=profile(), trust=trust, circumstances=circumstances(**changes)
    )


def sha256(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()
