"""Who may submit what about whom to whom; pure. 全国地方公共団体コード: two digits of the prefecture, four of the body."""

from todoke.foundation.organisations.values import OrganisationKind, OrganisationRef
from todoke.programme.rollup.errors import SubmissionForeign

_RECEIVERS = frozenset({OrganisationKind.PREFECTURE, OrganisationKind.NATION})


def is_prefecture_code(code: str) -> bool:
    """`01000x`: no body within the prefecture."""
    return code[2:5] == "000"


def check_sender(sender: str, ours: OrganisationRef, known: OrganisationRef | None) -> None:
    """Whether a body submits to us: as it is registered here, else by its code. Raises SubmissionForeign."""
    if ours.kind not in _RECEIVERS:
        raise SubmissionForeign(sender=sender[:6], subject=ours.code)
    if known is not None:
        is_child = known.parent == ours.code
    elif ours.kind is OrganisationKind.NATION:
        is_child = is_prefecture_code(sender)
    else:
        is_child = sender[:2] == ours.code[:2] and not is_prefecture_code(sender)
    if not is_child:
        raise SubmissionForeign(sender=sender[:6], subject=sender[:6])


def check_forwarded(sender: str, subject: str, known: OrganisationRef | None) -> None:
    """Whether a prefecture may forward what a body says: its own towns only. Raises SubmissionForeign."""
    within = sender[:2] == subject[:2] and sender != subject and is_prefecture_code(sender)
    if known is not None:
        within = known.parent == sender
    if not within:
        raise SubmissionForeign(sender=sender[:6], subject=subject[:6])
