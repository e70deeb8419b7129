"""From a planned package to the bytes of its ZIP file."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from . import attachments, certificates, cms, documents, pki, places
from .attachments import Attachment, Size
from .cards import Issued
from .defects import SPOILINGS
from .packages import SOUND, Application, pack
from .plan import Planned
from .planting import agent_of, authentication_certificate, sender_of, signing_certificate

PLAIN_SERIAL_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Assembler:
    """Makes the packages of one plan; `firsts` finds the first package of each group."""

    seed: int
    size: Size
    firsts: Mapping[int, Planned]

    def bytes_of(self, planned: Planned) -> bytes:
        """Return the ZIP of a planned package; a repetition of the same content is the first one's bytes."""
        source = self.firsts[planned.group] if planned.kind == "same_content" else planned
        return pack(self._application(source), SPOILINGS.get(source.kind, SOUND))

    def _application(self, planned: Planned) -> Application:
        seed = f"{self.seed}/{planned.group}/{planned.rank}"
        rng, role = Random(seed), planned.role
        issued = authentication_certificate(planned, self.firsts[planned.group])
        return Application(
            organisation=_addressee(planned),
            procedure=planned.procedure,
            applicant=role.applicant,
            serial_text=_printed(issued, rng),
            issuer_key=pki.issuer_key(authentication=True, generation=issued.generation),
            applied_at=planned.applied_at,
            seed=seed,
            head=role.head,
            subjects=role.subjects,
            agent=agent_of(planned),
            insured_number=f"79{planned.group:08d}"
            if planned.kind == "party_unknown"
            else role.insured_number,
            previous_receipt=_previous_receipt(planned),
            destination=_destination(planned),
            signer=_signer(planned),
            attachments=self._attachments(planned, rng),
        )

    def _attachments(self, planned: Planned, rng: Random) -> tuple[Attachment, ...]:
        drawn = attachments.draw(rng, self.size)
        if planned.kind == "same_receipt" and not planned.is_first:
            return (*drawn, Attachment("tsuika.txt", documents.text(rng, 600)))
        return drawn


def _addressee(planned: Planned) -> str:
    if planned.kind == "other_town":
        return next(town.code for town in places.TOWNS if town != planned.organisation)
    return planned.organisation.code


def _printed(issued: Issued, rng: Random) -> str:
    """Return the serial as one of the forms in which portals and readers print it."""
    digits = f"{issued.serial:08X}"
    if rng.random() < PLAIN_SERIAL_SHARE:
        return digits
    pairs = [digits[at : at + 2] for at in range(0, 8, 2)]
    return rng.choice((digits.lower().lstrip("0"), f"0x{digits}", " ".join(pairs), ":".join(pairs)))


def _previous_receipt(planned: Planned) -> str:
    """Return the receipt that a resubmission answers; for an unknown one, a number that nobody was given."""
    if planned.kind == "resubmission_unknown":
        return f"251201{planned.group:09d}"
    return planned.first_receipt if planned.kind == "resubmission" and not planned.is_first else ""


def _destination(planned: Planned) -> str:
    if planned.procedure == "P33":
        return planned.organisation.code
    if planned.procedure == "P32":
        return next(town.code for town in places.TOWNS if town != planned.organisation)
    return ""


def _signer(planned: Planned) -> cms.SigningKey | None:
    if not planned.is_signed:
        return None
    person = sender_of(planned)
    issued, by = signing_certificate(planned)
    inside = (by.certificate,) if planned.kind == "foreign_ca_inside" else ()
    return cms.SigningKey(certificates.leaf(person, issued, by), pki.signer_key_of(person), inside)
