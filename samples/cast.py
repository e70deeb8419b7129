"""Choosing who applies: residents found at random by what a procedure and a planted kind ask of them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

from . import names, places, residents
from .residents import Resident

ADULT = 18
TRIES_PER_HOUSEHOLD, TRIES_MAX = 6, 30_000
Household = tuple[Resident, ...]


class NobodyFits(ValueError):
    """The world has too few residents for what was asked of it."""


@dataclass(frozen=True, slots=True)
class Role:
    """The applicant with the people that the application is about."""

    applicant: Resident
    head: Resident
    subjects: tuple[Resident, ...] = ()
    insured_number: str = ""
    other_adult: Resident | None = None


@dataclass(slots=True)
class Cast:
    """Draws applicants of a world; no household is drawn twice."""

    seed: int
    residents: int
    rng: Random
    used: set[tuple[str, int]] = field(default_factory=set)

    def draw(self, town: places.Organisation, procedure: str, kind: str) -> Role:
        """Return a role that fits; raises NobodyFits when the town is too small for it."""
        # A quarter as many households as residents surely exists: the mean household has fewer than four.
        households = residents.count_in(town, self.residents) // 4
        for _ in range(min(households * TRIES_PER_HOUSEHOLD, TRIES_MAX)):
            number = self.rng.randrange(households)
            if (town.code, number) in self.used:
                continue
            role = role_in(residents.household(town, number, self.seed), procedure, kind)
            if role is not None:
                self.used.add((town.code, number))
                return role
        raise NobodyFits(f"no household of {town.code} fits {procedure} {kind}: ask for more residents")


def role_in(household: Household, procedure: str, kind: str) -> Role | None:
    """Find the applicant and the subjects inside one household, or None."""
    adults = [member for member in household if _can_apply(member)]
    if not adults or _encodable(household) == (kind == "unencodable_name"):
        return None
    applicant = next((adult for adult in adults if KIND_ASKS.get(kind, _anybody)(adult)), None)
    if applicant is None:
        return None
    others = [adult for adult in adults if adult is not applicant]
    role = Role(applicant, household[0], other_adult=others[0] if others else None)
    return _with_subjects(role, household, procedure)


def _with_subjects(role: Role, household: Household, procedure: str) -> Role | None:
    if procedure in places.ABOUT_CHILDREN:
        oldest = 14 if procedure == "P01" else 5
        children = tuple(m for m in household if m.relation == "子" and m.age() <= oldest)
        return replace(role, subjects=children) if children else None
    if procedure in places.ABOUT_INSURED:
        insured = next((m for m in household if m.insured_number), None)
        if insured is None or insured.insured_number is None:
            return None
        return replace(role, subjects=(insured,), insured_number=insured.insured_number)
    if procedure == "P15" and not (role.applicant.female and 20 <= role.applicant.age() <= 44):
        return None
    return role


def _can_apply(member: Resident) -> bool:
    return (
        member.is_current
        and member.age() >= ADULT
        and member.card is not None
        and member.card.signature is not None
    )


def _encodable(household: Household) -> bool:
    return all(names.fits_windows_31j(m.name.written + m.name.kana + m.address) for m in household)


def _anybody(_: Resident) -> bool:
    return True


def _was_renewed(member: Resident) -> bool:
    return member.card is not None and member.card.previous is not None


def _has_smartphone(member: Resident) -> bool:
    return member.card is not None and member.card.smartphone is not None


def _is_generation_1(member: Resident) -> bool:
    return member.card is not None and member.card.authentication.generation == 1


KIND_ASKS: dict[str, Callable[[Resident], bool]] = {
    "serial_renewed": _was_renewed,
    "serial_smartphone": _has_smartphone,
    "serial_twin": _is_generation_1,
}
