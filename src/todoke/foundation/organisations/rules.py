"""全国地方公共団体コード: five digits and a check digit (総務省『全国地方公共団体コード』仕様).

Weights 6, 5, 4, 3, 2; sum below 11: 11 − sum; else 11 − (sum mod 11); the last digit of that.
"""

import re

from .errors import CodeInvalid, ParentUnfit
from .values import OrganisationKind, OrganisationRef

_SIX = re.compile(r"[0-9]{6}", re.ASCII)
_FIVE = re.compile(r"[0-9]{5}", re.ASCII)


def check_digit(code5: str) -> str:
    """The check digit of five ASCII digits; raises CodeInvalid for anything else."""
    if not _FIVE.fullmatch(code5):
        raise CodeInvalid
    total = sum(int(digit) * weight for digit, weight in zip(code5, (6, 5, 4, 3, 2), strict=True))
    return str((11 - (total if total < 11 else total % 11)) % 10)


def check_code(code6: str) -> str:
    """The code itself when its check digit holds; raises CodeInvalid otherwise."""
    if not _SIX.fullmatch(code6) or check_digit(code6[:5]) != code6[5]:
        raise CodeInvalid
    return code6


def check_parent(child: OrganisationRef, parent: OrganisationRef) -> None:
    """Whether a body may submit to the other: all to their prefecture or the nation, a prefecture to the nation only."""
    fitting = {OrganisationKind.NATION} if child.kind is OrganisationKind.PREFECTURE else _RECEIVERS
    if parent.kind not in fitting or child.kind is OrganisationKind.NATION or child.code == parent.code:
        raise ParentUnfit(organisation=child.name, parent=parent.name)


_RECEIVERS = {OrganisationKind.PREFECTURE, OrganisationKind.NATION}
