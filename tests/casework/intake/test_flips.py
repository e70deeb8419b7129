"""No byte of a package can be changed unnoticed: a finding, or the very same result."""

from tests.casework.intake.packages import check, package
from todoke.casework.intake import services
from todoke.casework.intake.values import Trust, Verdict
from todoke.casework.relay.values import PackageState


def content_of(verdict: Verdict) -> object:
    """What a package says, apart from where in the archive it says it."""
    return services.verdict_document(verdict), verdict.form


def test_every_flipped_byte_of_a_signed_package_is_noticed_or_changes_nothing(trust: Trust) -> None:
    data = package()
    sound = content_of(check(data, trust))
    unnoticed = [
        position
        for position in range(len(data))
        if _is_unnoticed(check(_flipped(data, position), trust), sound)
    ]
    assert not unnoticed


def test_every_flipped_byte_of_an_unsigned_package_is_noticed_or_changes_nothing(trust: Trust) -> None:
    data = package("P02")
    sound = content_of(check(data, trust))
    assert not [
        position
        for position in range(len(data))
        if _is_unnoticed(check(_flipped(data, position), trust), sound)
    ]


def _flipped(data: bytes, position: int) -> bytes:
    changed = bytearray(data)
    changed[position] ^= 1 << (position % 8)
    return bytes(changed)


def _is_unnoticed(verdict: Verdict, sound: object) -> bool:
    if verdict.state is PackageState.QUARANTINED:
        return not verdict.findings
    return content_of(verdict) != sound
