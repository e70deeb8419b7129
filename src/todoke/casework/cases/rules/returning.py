"""補正依頼の案: from what was found in a form to reasons to tick and a message to edit; a clerk has the last word."""

import re
from collections.abc import Iterable, Mapping, Sequence

from todoke.casework.cases.values import ProposedReason, ProposedReturn, ReturnedFor
from todoke.casework.intake.values import CheckReason, CheckSet, Finding, Severity

MESSAGE_LENGTH = 1000  # what a line of the timeline holds
MARK = "・"
ATTACHMENT, ATTACHED = "ATT-", "添付ファイル"
FIELD_TO_WRITE = "〔項目名〕"
_TO_WRITE = re.compile("〔[^〕]{0,40}〕")


def propose(findings: Sequence[Finding], checks: CheckSet) -> ProposedReturn:
    """Reasons from the findings that an applicant can put right, in their order; then those that may always be chosen."""
    known = {one.code: one for one in checks.reasons}
    suggested = dict(_suggested(findings, known))
    found = {reason.code for reason in suggested}
    others = [_general(one) for one in checks.reasons if one.offered and one.code not in found]
    return ProposedReturn((*suggested.values(), *others), checks.opening, checks.closing)


def _general(one: CheckReason) -> ProposedReason:
    """A reason that nothing suggests: which field it is about is for the clerk to write."""
    line = _line(one.correction, ATTACHED if one.code.startswith(ATTACHMENT) else FIELD_TO_WRITE)
    return ProposedReason(ReturnedFor(one.code), one.label, line, is_suggested=False)


def _suggested(
    findings: Iterable[Finding], known: Mapping[str, CheckReason]
) -> Iterable[tuple[ReturnedFor, ProposedReason]]:
    for one in findings:
        words = known.get(one.code)
        correction = one.facts.get("correction", words.correction if words else "")
        if not correction:
            continue
        field = _field(one)
        label = words.label if words else one.code
        yield (
            reason := ReturnedFor(one.code, field),
            ProposedReason(
                reason,
                f"{label}: {field}" if field else label,
                _line(correction, field),
                one.severity is not Severity.NOTE,
            ),
        )


def _field(one: Finding) -> str:
    """What people call the field; an attachment is told by its place, because its name is the applicant's."""
    if one.code.startswith(ATTACHMENT):
        return f"{one.where}番目の添付ファイル" if one.where.isdecimal() else ATTACHED
    return one.facts.get("where", "")[:60]


def _line(correction: str, field: str) -> str:
    return MARK + correction.replace("{field}", field).replace("{most}", "").replace("{least}", "")


def message(proposal: ProposedReturn, ticked: Iterable[ReturnedFor], limit: int = MESSAGE_LENGTH) -> str:
    """The message for these reasons, in the order of the form; as many lines as fit into the limit of characters."""
    chosen = set(ticked)
    lines = dict.fromkeys(one.line for one in proposal.reasons if one.reason in chosen)
    return _framed(proposal, list(lines), min(limit, MESSAGE_LENGTH))


def _framed(proposal: ProposedReturn, lines: list[str], limit: int) -> str:
    while lines and len(_joined(proposal, lines)) > limit:
        lines.pop()
    return _joined(proposal, lines)


def _joined(proposal: ProposedReturn, lines: Sequence[str]) -> str:
    return "\n".join(part for part in (proposal.opening, *lines, proposal.closing) if part)


def recomposed(proposal: ProposedReturn, ticked: Iterable[ReturnedFor], typed: str) -> str:
    """What was typed, with the lines of reasons that are newly ticked, without those of reasons no longer ticked.

    A line that a person has changed is a person's: it stays as it is, where it is.
    """
    chosen = set(ticked)
    wanted = [one.line for one in proposal.reasons if one.reason in chosen]
    unwanted = {one.line for one in proposal.reasons} - set(wanted)
    lines = [line for line in typed.splitlines() if line not in unwanted]
    missing = [line for line in dict.fromkeys(wanted) if line not in lines]
    at = lines.index(proposal.closing) if proposal.closing in lines else len(lines)
    return "\n".join([*lines[:at], *missing, *lines[at:]])


def has_gaps(text: str) -> bool:
    """Whether a place is left that a clerk has to write（〔項目名〕）."""
    return _TO_WRITE.search(text) is not None
