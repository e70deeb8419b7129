"""A verdict as plain data, for `--json` and for comparing two checks."""

from todoke.casework.intake.values import Attachment, Finding, Verdict
from todoke.foundation.errors import sentence_of

Plain = dict[str, object]  # JSON


def document_of(verdict: Verdict) -> Plain:
    """Everything a verdict says, as JSON-able data; names and answers of the application included."""
    signature = verdict.signature
    form = verdict.form
    return {
        "state": verdict.state.value,
        "code": verdict.code,
        "facts": dict(verdict.facts),
        "findings": [_finding(one) for one in verdict.findings],
        "signature": {
            "state": signature.state.value, "reason": signature.reason, "issuer_key": signature.signer_issuer_key,
            "serial": signature.signer_serial,
        },
        "procedure": verdict.procedure,
        "title": form.title if form else "",
        "applied_at": form.applied_at.isoformat() if form else None,
        "recipient": form.recipient if form else "",
        "previous_receipt": verdict.previous_receipt,
        "attachments": [_attachment(one) for one in verdict.attachments],
        "parties": [{"role": one.role.value, "position": one.position} for one in form.parties] if form else [],
        "items": [
            {"item": one.item, "code": one.code, "label": one.label, "values": list(one.values)}
            for one in (form.items if form else ())
        ],
    }  # fmt: skip


def _finding(one: Finding) -> Plain:
    return {
        "code": one.code, "severity": one.severity.value, "where": one.where, "facts": dict(one.facts),
        "sentence": sentence_of(one.code, one.facts),
    }  # fmt: skip


def _attachment(one: Attachment) -> Plain:
    return {
        "label": one.label, "raw_name": one.raw_name, "kind": one.kind, "size": one.size, "sha256": one.sha256,
        "state": one.state.value, "code": one.code,
    }  # fmt: skip
