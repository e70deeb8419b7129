"""The half of the check that touches hostile bytes, from the container to the forms: it runs in the confined worker.

What it finds out is data without objects of any library（crossing）, so that the other half (`checking`) can decide in
the worker, where anchors, revocation lists and the body's rules are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from todoke.casework.intake.values import Attachment, Finding, LayoutProfile
from todoke.proof.archive import Buffer
from todoke.proof.cms import Signer
from todoke.proof.errors import CertificateRefused, ProofError, SignatureRefused

from . import attachments, contents, forms, vouching
from .contents import Digest
from .forms import Reading
from .refusals import Refusal
from .vouching import Statement


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a check ended: the deciding code, the place, facts; `is_form`: the place may be told the clerk."""

    code: str
    where: str
    facts: Mapping[str, str]
    is_signature: bool
    is_form: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """What stands in a package. Without `stop` there is a reading; with it, what was found until then."""

    digests: Mapping[str, Digest] = field(default_factory=dict)
    signer: Signer | None = None
    statement: Statement | None = None
    reading: Reading | None = None
    attachments: tuple[tuple[Attachment, tuple[Finding, ...]], ...] = ()
    stop: Stop | None = None


@dataclass(slots=True)
class _Found:
    digests: Mapping[str, Digest] = field(default_factory=dict)
    signer: Signer | None = None
    statement: Statement | None = None


def open_and_read(data: Buffer, profile: LayoutProfile) -> Opened:
    """Open a package and read what it says; never raises for anything that stands in its bytes.

    Order: container, one inflating pass with digests and a look at every attachment, manifest, signature over the
    original bytes, forms (only what the signature covers).
    """
    found = _Found()
    try:
        return _opened(data, profile, found)
    except (ProofError, Refusal) as refusal:
        return Opened(found.digests, found.signer, found.statement, stop=stop_of(refusal))


def _opened(data: Buffer, profile: LayoutProfile, found: _Found) -> Opened:
    opened = contents.open_package(data, profile)
    found.digests = opened.digests
    believed = vouching.believe(opened, profile, data)
    if believed.vouched:
        found.signer, found.statement = believed.vouched.signer, believed.vouched.statement
    used = believed.profile
    reading = forms.read_forms(believed.form(used.applicant), believed.form(used.application), used)
    judged = tuple((one, tuple(findings)) for one, findings in attachments.judge_all(opened.looks, profile))
    return Opened(found.digests, found.signer, found.statement, reading, judged)


def stop_of(refusal: ProofError | Refusal) -> Stop:
    """A refusal as data."""
    where = refusal.member if isinstance(refusal, ProofError) else refusal.where
    is_signature = isinstance(refusal, SignatureRefused | CertificateRefused) or refusal.code == "SIG-302"
    is_form = isinstance(refusal, Refusal) and refusal.code.startswith("XML")
    return Stop(refusal.code, where, refusal.facts, is_signature, is_form)
