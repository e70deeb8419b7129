"""The evidence record（検証の記録）: what a verdict rests on, as canonical JSON whose hash the audit seals.

Names, addresses and names of attached files never enter it: members are numbers, the layout's own members have their
names. The serial and issuer key of the signer do. tools/evidence_verify.py reads it without this product.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from todoke.casework.intake.values import (
    Circumstances,
    Evidence,
    LayoutProfile,
    Original,
    SignatureOutcome,
    SignatureState,
    Verdict,
)
from todoke.casework.relay.values import RecordedCheck
from todoke.casework.trust.values import RevocationChoice
from todoke.foundation.canonical import sha256, text_of
from todoke.proof.chain import CheckedCertificate
from todoke.proof.cms import Signer
from todoke.proof.revocation import ListIdentity

from .contents import Digest
from .revocations import Answer, Question
from .vouching import Statement

FORMAT, BUNDLE = "todoke-evidence/1", "todoke-evidence-bundle/1"
Plain = dict[str, object]  # JSON without floats
_TIMES = (
    "applied_at", "signing_time", "portal_received_at", "judged_as_of", "judged_at", "applied_before_reception",
    "signed_before_reception",
)  # fmt: skip
NOTHING_READ: Mapping[str, object] = {
    "members": [], "signature": None, "certificate": None, "revocation": None, "times": dict.fromkeys(_TIMES),
}  # fmt: skip


@dataclass(slots=True)
class Traces:
    """What a check has laid hands on so far; a refusal may end it at any point, and what is here is evidence."""

    digests: Mapping[str, Digest] = field(default_factory=dict)
    signer: Signer | None = None
    statement: Statement | None = None
    applied_at: datetime | None = None
    question: Question | None = None
    checked: CheckedCertificate | None = None
    answer: Answer | None = None
    refused_member: str = ""


def gathered(traces: Traces, profile: LayoutProfile, circumstances: Circumstances) -> Evidence:
    """What was found on the way to a verdict, ready to be kept."""
    document: Plain = {
        "members": _members(traces.digests, profile),
        "signature": _signature(traces, profile),
        "certificate": _certificate(traces),
        "revocation": _revocation(traces),
        "times": _times(traces, circumstances),
    }
    if traces.refused_member in traces.digests:
        document["refused_member"] = list(traces.digests).index(traces.refused_member) + 1
    return Evidence(document, _certificates(traces))


def record_of(verdict: Verdict, original: Original) -> str:
    """The whole record as canonical JSON."""
    found = verdict.evidence.document if verdict.evidence else NOTHING_READ
    return canonical({
        "format": FORMAT,
        "original": {"sha256": original.sha256, "size": original.size},
        "organisation": original.organisation,
        "package": original.uuid,
        "layout": {"name": original.layout, "edition": original.edition},
        "software": original.software,
        "procedure": verdict.procedure,
        "outcome": {
            "state": verdict.state.value, "code": verdict.code, **_outcome(verdict.signature),
            "findings": [[one.code, one.severity.value] for one in verdict.findings],
        },
        **found,
    })  # fmt: skip


def bundle_of(
    record: str,
    certificates: Iterable[bytes],
    revocation_list: bytes | None = None,
    audit: Plain | None = None,
) -> Plain:
    """A record with all that is needed to verify it elsewhere: certificates, perhaps the list, perhaps the seal."""
    return {
        "bundle": BUNDLE,
        "record": record,
        "sha256": digest(record),
        "certificates": {fingerprint(one): base64.b64encode(one).decode() for one in certificates},
        "list": None if revocation_list is None else base64.b64encode(revocation_list).decode(),
        "audit": audit,
    }


def list_named(document: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the revocation list that a record names; empty where it names none."""
    named = ((document.get("revocation") or {}).get("list") or {}).get("sha256")
    return str(named or "")


def signer_named(document: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the signer's certificate that a record names; empty where it names none."""
    return str((document.get("certificate") or {}).get("sha256") or "")


def signed_digest(found: Evidence | None) -> str:
    """SHA-256 (hex) of the member that the applicant signed, as it came; empty where nothing is signed."""
    signature = found.document.get("signature") if found else None
    members = found.document.get("members") if found else None
    if not isinstance(signature, Mapping) or not isinstance(members, list):
        return ""
    return next((str(one["sha256"]) for one in members if one.get("name") == signature["covers"]), "")


def canonical(document: Mapping[str, object]) -> str:
    """Sorted keys, no blanks, as UTF-8 text: one record has one form."""
    return text_of(document)


def digest(text: str) -> str:
    """SHA-256 (hex) of a record."""
    return sha256(text)


@lru_cache(maxsize=64)  # authorities come again and again
def fingerprint(certificate: bytes) -> str:
    """SHA-256 (hex) of a certificate."""
    return sha256(certificate)


def _outcome(signature: SignatureOutcome) -> Plain:
    is_needed = signature.state is not SignatureState.NOT_REQUIRED
    return {"signature": signature.state.value, "reason": signature.reason if is_needed else ""}


def _members(digests: Mapping[str, Digest], profile: LayoutProfile) -> list[Plain]:
    """Files in the order of the archive's directory; only the layout's own bear their names."""
    parts = (profile.applicant, profile.application, profile.manifest, profile.signature)
    named = {part.member for part in parts if part is not None}
    found: list[Plain] = []
    for number, (name, one) in enumerate(digests.items(), start=1):
        line: Plain = {"number": number, "size": one.size, "sha256": one.sha256}
        if name in named:
            line["name"] = name
        found.append(line)
    return found


def _signature(traces: Traces, profile: LayoutProfile) -> Plain | None:
    signer, statement = traces.signer, traces.statement
    if signer is None or profile.signature is None:
        return None
    signed: Plain = {} if statement is None else {"statement": asdict(statement)}
    return signed | {
        "format": str(getattr(profile.signature, "format", "cms-detached")),
        "member": profile.signature.member,
        "covers": profile.signature.covers,
        "digest": signer.digest_algorithm,
        "signing_time": _iso(signer.signing_time),
    }


def _certificate(traces: Traces) -> Plain | None:
    """The signer's certificate and, as far as they vouch for it, the authorities above; contents stand elsewhere."""
    if traces.signer is None:
        return None
    found: Plain = {"sha256": hashlib.sha256(traces.signer.certificate_der).hexdigest()}
    if (checked := traces.checked) is not None:
        found |= {
            "serial": checked.serial_hex, "issuer_key": checked.issuer_key, "not_before": _iso(checked.not_before),
            "not_after": _iso(checked.not_after), "chain": [fingerprint(one) for one in checked.chain],
        }  # fmt: skip
    return found


def _certificates(traces: Traces) -> tuple[bytes, ...]:
    if traces.signer is None:
        return ()
    above = traces.checked.chain if traces.checked else ()
    return (traces.signer.certificate_der, *above)


def _revocation(traces: Traces) -> Plain | None:
    question, answer = traces.question, traces.answer
    if question is None or answer is None:
        return None
    return {
        "checker": question.choice.checker.value,
        "choice": _choice(question.choice),
        "answered_by": answer.by.value,
        "standing": answer.standing.value,
        "on_hold": answer.is_on_hold,
        "reason": answer.reason,
        "since": _iso(answer.since),
        "why": answer.why,
        "list": _list(answer.lists),
        "channel": _recorded(question.recorded),
    }


def _choice(choice: RevocationChoice) -> Plain | None:
    """Who chose, when and why; None where nobody chose and the installation's default counted."""
    if not choice.is_chosen:
        return None
    return {
        "number": choice.id, "channel": choice.channel, "procedure": choice.procedure, "by": choice.chosen_by,
        "at": _iso(choice.chosen_at), "from": _iso(choice.valid_from), "reason": choice.reason,
    }  # fmt: skip


def _list(one: ListIdentity | None) -> Plain | None:
    if one is None:
        return None
    return {
        "issuer_key": one.issuer_key, "sha256": one.sha256, "this_update": _iso(one.this_update),
        "next_update": _iso(one.next_update), "entries": one.entries,
    }  # fmt: skip


def _recorded(one: RecordedCheck | None) -> Plain | None:
    if one is None:
        return None
    return {
        "sha256": one.digest, "standing": one.standing.value, "checked_by": one.checked_by,
        "checked_at": _iso(one.checked_at), "means": one.means, "since": _iso(one.since), "source": one.source,
    }  # fmt: skip


def _times(traces: Traces, circumstances: Circumstances) -> Plain:
    """The moments and how far they lie apart, in whole seconds; positive: before the reception."""
    received = circumstances.portal_received_at
    signed = traces.signer.signing_time if traces.signer else None
    return {
        "applied_at": _iso(traces.applied_at),
        "signing_time": _iso(signed),
        "portal_received_at": _iso(received),
        "judged_as_of": _iso(traces.question.moment if traces.question else None),
        "judged_at": _iso(circumstances.at),
        "applied_before_reception": _seconds(traces.applied_at, received),
        "signed_before_reception": _seconds(signed, received),
    }


def _seconds(earlier: datetime | None, later: datetime | None) -> int | None:
    return None if earlier is None or later is None else round((later - earlier).total_seconds())


def _iso(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.isoformat() if moment.tzinfo is UTC else moment.astimezone(UTC).isoformat()
