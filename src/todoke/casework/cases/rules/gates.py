"""Whether a case may go on to the hand-over by itself, as far as signature, repetition and findings say.

The order is fixed: a repetition first (DUP-51x), then the signature, then any other finding that holds. Parties and
characters are judged by the hand-over stage, which knows what a core system asks for.
"""

from collections.abc import Sequence

from todoke.casework.cases.values import Go, Hold
from todoke.casework.intake.values import Duplicate, DuplicateKind, SignatureOutcome, SignatureState

UNVERIFIED = "REV-331"
_DUPLICATES = {
    DuplicateKind.SAME_CONTENT: "DUP-511",
    DuplicateKind.SAME_RECEIPT: "DUP-512",
    DuplicateKind.SAME_PERSON: "DUP-513",
    DuplicateKind.SAME_HOUSEHOLD: "DUP-514",
    DuplicateKind.SAME_SUBJECT: "DUP-515",
}
_GOOD_SIGNATURES = frozenset({SignatureState.VALID, SignatureState.NOT_REQUIRED})


def gate(duplicate: Duplicate, signature: SignatureOutcome, hold_codes: Sequence[str]) -> Go | Hold:
    """Go, or Hold with the code of the first reason in the order of precedence."""
    repeated = _DUPLICATES.get(duplicate.kind)
    if repeated is not None:
        return Hold(repeated)
    if signature.state not in _GOOD_SIGNATURES:
        return Hold(signature.reason or UNVERIFIED)
    return Hold(hold_codes[0]) if hold_codes else Go()
