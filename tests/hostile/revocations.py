"""Groups C and Z, as far as lists, channels, clocks and choices decide: what is not known to be good is never accepted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from samples import cms, pki, zips
from samples.defects import SPOILINGS
from samples.packages import APPLICATION, MANIFEST, SIGNATURE, SOUND, Spoiling
from tests.casework.intake.packages import APPLIED, NOW, package, pdf, person, signing_certificate
from tests.hostile import signatures
from tests.proof import pki as proof_pki
from tests.proof.test_chain import with_serial
from tests.proof.tlv import Message
from todoke.casework.relay.values import PackageState, RecordedCheck, RecordedStanding
from todoke.casework.trust.values import Checker
from todoke.proof import archive

DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
SERIAL = 0xC0FFEE
IN_FORCE = (NOW - DAY, NOW + 6 * DAY)
ACCEPTED, QUARANTINED, PENDING = PackageState.ACCEPTED, PackageState.QUARANTINED, PackageState.PENDING
Flag = x509.ReasonFlags
Extra = tuple[x509.ExtensionType, bool]
Lists = Callable[[], bytes | None]


def certificate(
    begin: datetime | None = None,
    end: datetime | None = None,
    *,
    generation: int = 2,
    by: pki.Authority | None = None,
) -> x509.Certificate:
    """The resident's certificate for signing, in force for another time or of another authority where it is said."""
    usual = signing_certificate(person(), generation=generation, serial=SERIAL)
    by = by or pki.signature_authority(generation)
    builder = (
        x509.CertificateBuilder()
        .subject_name(usual.subject)
        .issuer_name(by.certificate.subject)
        .public_key(pki.signer_key_of(person()).public_key())
        .serial_number(SERIAL)
        .not_valid_before(begin or usual.not_valid_before_utc)
        .not_valid_after(end or usual.not_valid_after_utc)
    )
    for extension in usual.extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return builder.sign(by.key, hashes.SHA256())


def made_list(
    revoked: Iterable[tuple[datetime, Flag | None]] = (),
    *,
    valid: tuple[datetime, datetime] = IN_FORCE,
    by: pki.Authority | None = None,
    key: pki.Authority | None = None,
    extra: tuple[Extra, ...] = (),
) -> bytes:
    """The list of the second generation, with the signer's serial on it where it is said."""
    authority = by or pki.signature_authority(2)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(valid[0])
        .next_update(valid[1])
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False
        )
    )
    for extension, critical in extra:
        builder = builder.add_extension(extension, critical=critical)
    for since, reason in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(SERIAL).revocation_date(since)
        if reason is not None:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign((key or authority).key, hashes.SHA256()).public_bytes(Encoding.DER)


@dataclass(frozen=True, slots=True)
class Situation:
    """One signed package, what is installed and chosen, what the channel says, and what must come of it.

    `says` is what the evidence must say of revocation: who answered, and why nobody did.
    """

    number: str
    condition: str
    state: PackageState
    code: str = ""
    found: str = ""
    says: tuple[str, str] = ("list", "")
    listed: Lists = made_list
    signer: Callable[[], x509.Certificate] = certificate
    chosen: Checker | None = None
    recorded: RecordedCheck | None = None
    applied_at: datetime = APPLIED
    received_at: datetime = APPLIED
    signed_at: datetime | None = None
    is_list_required: bool = True
    spoiling: Spoiling = SOUND

    def build(self) -> bytes:
        """The package."""
        key = cms.SigningKey(self.signer(), pki.signer_key_of(person()))
        spoiling = signed_at(key, self.signed_at) if self.signed_at else self.spoiling
        return package(signer=key, applied_at=self.applied_at, attachments=(pdf(),), spoiling=spoiling)

    def __str__(self) -> str:
        """The row's number and condition, as a test id."""
        return f"{self.number}-{self.condition.replace(' ', '-')}"


def lay_trust(folder: Path, listed: Lists) -> None:
    """Anchors as an operator installs them, the lists of others, and this one."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, authority in enumerate(pki.installed()):
        (folder / f"ca-{number}.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    content = listed()
    if content is not None:
        (folder / "list.crl").write_bytes(content)


def signed_at(key: cms.SigningKey, at: datetime) -> Spoiling:
    """A signature whose signer claims another time."""

    def sign(entries: list[zips.Entry]) -> list[zips.Entry]:
        packed = zips.archive(entries)
        limits = archive.Limits(10_000_000, 10_000_000, 10_000_000)
        manifest = next(one for one in archive.walk(packed, limits) if one.name == MANIFEST)
        signature = cms.sign_detached(archive.inflate(packed, manifest), key, at=at)
        return [replace(one, content=signature) if one.name == SIGNATURE.encode() else one for one in entries]

    return Spoiling(entries=sign)


def _revoked(since: datetime, reason: Flag | None) -> Lists:
    return lambda: made_list([(since, reason)])


def _valid(begin: datetime, end: datetime) -> Lists:
    return lambda: made_list(valid=(begin, end))


def _validity(begin: datetime | None, end: datetime | None) -> Callable[[], x509.Certificate]:
    return lambda: certificate(begin, end)


def nothing() -> None:
    """No list at all."""


def said(standing: RecordedStanding = RecordedStanding.GOOD, **changes: object) -> RecordedCheck:
    """A channel's result with everything that makes it count, but for what is changed."""
    whole = RecordedCheck(
        '{"status": "…"}',
        standing,
        "架空検証局",
        APPLIED + MINUTE,
        "OCSP",
        source="sandbox-portal sandbox-1 未確認",
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # by name


def _by_channel(
    condition: str, state: PackageState, recorded: RecordedCheck | None, why: str = "", **more: object
) -> Situation:
    """The channel's result was chosen, and there is no list."""
    by = "channel" if not why else "nobody"
    code = {ACCEPTED: "", QUARANTINED: "CRT-310", PENDING: "REV-331"}[state]
    usual = Situation(
        "C07",
        condition,
        state,
        code,
        says=(by, why),
        listed=nothing,
        chosen=Checker.CHANNEL,
        recorded=recorded,
    )
    return replace(usual, **more)  # type: ignore[arg-type]  # by name


def _waiting(condition: str, why: str, listed: Lists, **more: object) -> Situation:
    usual = Situation("C07", condition, PENDING, "REV-331", "REV-331", ("nobody", why), listed)
    return replace(usual, **more)  # type: ignore[arg-type]  # by name


BEFORE, AFTER = APPLIED - DAY, APPLIED + DAY
_DELTA: tuple[Extra, ...] = ((x509.DeltaCRLIndicator(1), True),)
_ASKED_NOBODY = ("", "")

EXPIRIES = (
    Situation("C05", "expired before applying", QUARANTINED, "CRT-310", says=_ASKED_NOBODY,
              signer=_validity(APPLIED - 99 * DAY, APPLIED - SECOND)),
    Situation("C05", "expired after applying", ACCEPTED, signer=_validity(APPLIED - 99 * DAY, APPLIED + DAY)),
    Situation("C05", "expired at the very second of applying", ACCEPTED,
              signer=_validity(APPLIED - 99 * DAY, APPLIED)),
    Situation("C05", "expired long ago though the application says otherwise", QUARANTINED, "CRT-310",
              says=_ASKED_NOBODY, signer=_validity(APPLIED - 999 * DAY, APPLIED - 900 * DAY),
              applied_at=APPLIED - 950 * DAY),
)  # fmt: skip
REVOCATIONS = (
    *(
        Situation("C06", f"revoked before applying for {reason.value if reason else 'no reason'}", QUARANTINED,
                  "CRT-310", listed=_revoked(BEFORE, reason))
        for reason in (None, Flag.key_compromise, Flag.affiliation_changed, Flag.superseded,
                       Flag.cessation_of_operation, Flag.privilege_withdrawn)
    ),
    Situation("C06", "revoked at the very second of applying", QUARANTINED, "CRT-310",
              listed=_revoked(APPLIED, Flag.superseded)),
    Situation("C06", "revoked after applying", ACCEPTED, found="REV-333", listed=_revoked(AFTER, Flag.superseded)),
    Situation("C06", "on hold before applying", ACCEPTED, found="REV-332",
              listed=_revoked(BEFORE, Flag.certificate_hold)),
    Situation("C06", "on hold after applying", ACCEPTED, found="REV-333",
              listed=_revoked(AFTER, Flag.certificate_hold)),
    Situation("C06", "a hold lifted in a whole list", PENDING, "REV-331", "REV-331", ("nobody", "lifted"),
              _revoked(BEFORE, Flag.remove_from_crl)),
    Situation("C06", "revoked in a stale list", QUARANTINED, "CRT-310",
              listed=lambda: made_list([(BEFORE, Flag.superseded)], valid=(NOW - 9 * DAY, NOW - DAY))),
    Situation("C06", "on hold in a stale list", PENDING, "REV-331", "REV-331", ("nobody", "stale"),
              lambda: made_list([(BEFORE, Flag.certificate_hold)], valid=(NOW - 9 * DAY, NOW - DAY))),
    Situation("C06", "revoked here though the channel says good", QUARANTINED, "CRT-310",
              listed=_revoked(BEFORE, Flag.superseded), chosen=Checker.CHANNEL, recorded=said()),
    Situation("C06", "the same serial revoked under another generation", ACCEPTED,
              listed=lambda: made_list([(BEFORE, None)], by=pki.signature_authority(1)),
              chosen=Checker.CHANNEL, recorded=said(), says=("channel", ""), found="REV-334"),
    _by_channel("revoked before applying by the channel's word", QUARANTINED,
                said(RecordedStanding.REVOKED, since=BEFORE), number="C06"),
    _by_channel("revoked after applying by the channel's word", ACCEPTED,
                said(RecordedStanding.REVOKED, since=AFTER, checked_at=NOW), number="C06", found="REV-333"),
    _by_channel("on hold by the channel's word", ACCEPTED, said(RecordedStanding.HOLD), number="C06", found="REV-332"),
)  # fmt: skip
UNANSWERED = (
    _waiting("no list", "no_list", nothing),
    _waiting("a stale list", "stale", _valid(NOW - 9 * DAY, NOW - SECOND)),
    _waiting("a list dated in the future", "future", _valid(NOW + 6 * MINUTE, NOW + 9 * DAY)),
    _waiting("a list signed by another key", "no_list", lambda: made_list(key=pki.foreign_authority())),
    _waiting("a list of an unknown authority", "no_list", lambda: made_list(by=pki.foreign_authority())),
    _waiting("a list of the other generation", "no_list", lambda: made_list(by=pki.signature_authority(1))),
    _waiting("a delta list", "no_list", lambda: made_list(extra=_DELTA)),
    _waiting("a broken list", "no_list", lambda: made_list()[:-40] + bytes(40)),
    _waiting("half a list", "no_list", lambda: made_list()[:200]),
    _waiting("a page of HTML for a list", "no_list", lambda: b"<html><body>502 Bad Gateway</body></html>"),
    _waiting("an empty file for a list", "no_list", lambda: b""),
    _waiting("a forged list where lists are not required", "no_list",
             lambda: made_list(key=pki.foreign_authority()), is_list_required=False),
    _waiting("a stale list where lists are not required", "stale", _valid(NOW - 9 * DAY, NOW - SECOND),
             is_list_required=False),
    _waiting("nobody chosen though there is a list", "no_checker", made_list, chosen=Checker.NOBODY),
    _waiting("list and channel chosen and neither answers", "no_result", nothing, chosen=Checker.LIST_THEN_CHANNEL),
    _waiting("a channel's good word that nobody chose", "no_list", nothing, recorded=said()),
    _by_channel("the channel says nothing", PENDING, None, "no_result"),
    _by_channel("the channel says a word that nobody knows", PENDING, said(RecordedStanding.UNKNOWN), "unread"),
    _by_channel("the channel does not say who checked", PENDING, said(checked_by=""), "no_provenance"),
    _by_channel("the channel does not say when it checked", PENDING, said(checked_at=None), "no_provenance"),
    _by_channel("the channel does not say by what it checked", PENDING, said(means=""), "no_provenance"),
    _by_channel("the channel speaks of another certificate", PENDING, said(serial="beef"), "other_certificate"),
    _by_channel("the channel checked in the future", PENDING, said(checked_at=NOW + 6 * MINUTE), "future"),
    _by_channel("the channel checked before the application", PENDING, said(checked_at=APPLIED - DAY), "stale"),
    _by_channel("the channel says revoked without since when", PENDING,
                said(RecordedStanding.REVOKED, checked_at=NOW), "revoked_undated"),
)  # fmt: skip
ANSWERED = (
    _by_channel("the channel's good word where it was chosen", ACCEPTED, said(), found="REV-334"),
    _by_channel("the channel's good word about this very certificate", ACCEPTED, said(serial=f"{SERIAL:x}"),
                found="REV-334"),
    _by_channel("the channel's word where the list does not answer", ACCEPTED, said(), found="REV-334",
                chosen=Checker.LIST_THEN_CHANNEL),
    Situation("C07", "the list before the channel's word", ACCEPTED, chosen=Checker.LIST_THEN_CHANNEL,
              recorded=said(RecordedStanding.UNKNOWN)),
)  # fmt: skip
CLOCKS = (
    Situation("C20", "a certificate that begins in 3 seconds", ACCEPTED, signer=_validity(APPLIED + 3 * SECOND, None)),
    Situation("C20", "a certificate that begins in 10 minutes", QUARANTINED, "CRT-310", says=_ASKED_NOBODY,
              signer=_validity(APPLIED + 10 * MINUTE, None)),
    Situation("C20", "our clock 4 minutes behind the list's", ACCEPTED, listed=_valid(NOW + 4 * MINUTE, NOW + DAY)),
    _waiting("our clock 10 minutes behind the list's", "future", _valid(NOW + 10 * MINUTE, NOW + DAY), number="C20"),
    _waiting("our clock 10 minutes ahead of the list's end", "stale", _valid(NOW - DAY, NOW - 10 * MINUTE), number="C20"),
    Situation("C20", "the applicant's clock 4 minutes fast", ACCEPTED, applied_at=APPLIED + 4 * MINUTE),
    Situation("C20", "the applicant's clock 10 minutes fast", ACCEPTED, found="DAT-412", applied_at=APPLIED + 10 * MINUTE),
    Situation("C20", "the applicant's clock 10 minutes slow", ACCEPTED, applied_at=APPLIED - 10 * MINUTE),
    Situation("C22", "signed in the future", ACCEPTED, found="SIG-320", signed_at=APPLIED + DAY),
    Situation("C22", "signed 6 minutes in the future", ACCEPTED, found="SIG-320", signed_at=APPLIED + 6 * MINUTE),
    Situation("C22", "signed years ago", ACCEPTED, found="SIG-320", signed_at=APPLIED - 900 * DAY),
    Situation("C22", "signed within the days that a delivery may take", ACCEPTED, signed_at=APPLIED - 20 * DAY),
    Situation("C22", "applied in the future", ACCEPTED, found="DAT-412", applied_at=APPLIED + 5 * DAY),
    Situation("C22", "applied years ago under a certificate of that time", QUARANTINED, "CRT-310", says=_ASKED_NOBODY,
              signer=_validity(APPLIED - 999 * DAY, APPLIED - 99 * DAY), applied_at=APPLIED - 500 * DAY),
)  # fmt: skip


def _other_hash(name: str) -> Spoiling:
    """The manifest is made first; then one member's bytes change while its size stays."""

    def change(entries: list[zips.Entry]) -> list[zips.Entry]:
        return [
            replace(one, content=bytes((one.content[0] ^ 1,)) + one.content[1:])
            if one.name.decode().startswith(name)
            else one
            for one in entries
        ]

    return Spoiling(entries=change)


TAMPERED = (
    Situation("Z41", "the manifest states another hash", QUARANTINED, "PKG-121", says=_ASKED_NOBODY,
              spoiling=SPOILINGS["manifest_hash"]),
    Situation("Z41", "an attachment's bytes are others", QUARANTINED, "PKG-121", says=_ASKED_NOBODY,
              spoiling=_other_hash("Attachment/")),
    Situation("Z41", "the form's bytes are others", QUARANTINED, "PKG-121", says=_ASKED_NOBODY,
              spoiling=_other_hash(APPLICATION)),
)  # fmt: skip


def _odd_serial(serial: bytes) -> Spoiling:
    """A signature whose certificate bears this serial."""

    def sign(entries: list[zips.Entry]) -> list[zips.Entry]:
        limits = archive.Limits(10_000_000, 10_000_000, 10_000_000)
        packed = zips.archive(entries)
        manifest = next(one for one in archive.walk(packed, limits) if one.name == MANIFEST)
        odd = with_serial(proof_pki.leaf(signatures.hierarchy().installed), serial)
        signature = Message(archive.inflate(packed, manifest), odd).build()
        return [replace(one, content=signature) if one.name == SIGNATURE.encode() else one for one in entries]

    return Spoiling(entries=sign)


def _authenticating() -> x509.Certificate:
    return certificate(by=pki.authentication_authority(2))


STRANGERS = (
    Situation("C08", "an unknown authority", QUARANTINED, "CRT-311", says=_ASKED_NOBODY,
              signer=lambda: certificate(by=pki.foreign_authority())),
    Situation("C08", "the authority of another kind of certificate", QUARANTINED, "CRT-311", says=_ASKED_NOBODY,
              signer=_authenticating),
    Situation("C11", "serial zero", QUARANTINED, "CRT-312", says=_ASKED_NOBODY, spoiling=_odd_serial(b"\x00")),
    Situation("C11", "serial negative", QUARANTINED, "CRT-312", says=_ASKED_NOBODY, spoiling=_odd_serial(b"\xfb")),
    Situation("C11", "serial of 21 octets", QUARANTINED, "CRT-312", says=_ASKED_NOBODY,
              spoiling=_odd_serial(b"\x01" + bytes(20))),
)  # fmt: skip


def situations() -> list[Situation]:
    """Every row of this module."""
    return [*STRANGERS, *EXPIRIES, *REVOCATIONS, *UNANSWERED, *ANSWERED, *CLOCKS, *TAMPERED]
