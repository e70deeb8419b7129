"""Questions about resident records: a constant number of queries for any number of people."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from django.db.models import QuerySet

from todoke.foundation.row_files import load_profile

from . import rules
from .errors import ProfileUnknown
from .models import ResidentGeneration, ResidentRecord
from .values import GenerationState, Resident, ResidentFileProfile, ResidentStatus, Sex, Sought

PROFILES = Path(__file__).parent / "profiles"
MOST_CANDIDATES = 2_000
_COLUMNS = (
    "generation_id", "number", "name", "kana", "other_names", "birth", "sex", "address", "previous_address",
    "household", "relation", "status", "moved_in", "status_since", "is_restricted", "insured_number",
)  # fmt: skip


def resident_profile(name_or_path: str) -> ResidentFileProfile:
    """The layout of resident files of this name, or at this path (a town's own); raises ProfileUnknown."""
    return load_profile(ResidentFileProfile, name_or_path, folder=PROFILES, refuse=ProfileUnknown)


def current_generations() -> list[int]:
    """The generations whose rows count: the last full load and the differential loads after it, oldest first."""
    rows = ResidentGeneration.objects.filter(state=GenerationState.CURRENT.value)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def has_copy() -> bool:
    """Whether the body in scope has given a copy at all."""
    return bool(current_generations())


def generations() -> Sequence[ResidentGeneration]:
    """Every load of the body in scope, newest first, for the screen of the 連携 role."""
    return list(ResidentGeneration.objects.order_by("-pk"))


def residents_by_number(numbers: Collection[str]) -> Mapping[str, Resident]:
    """The residents with these numbers, by number; two queries. A number that the copy does not have is left out."""
    return _newest(ResidentRecord.objects.filter(number__in=set(numbers))) if numbers else {}


def residents_by_household(households: Collection[str]) -> Mapping[str, list[Resident]]:
    """The members of these households, by household; three queries, because a later load may have moved somebody."""
    wanted = set(households) - {""}
    if not wanted:
        return {}
    rows = ResidentRecord.objects.filter(household__in=wanted)
    found: dict[str, list[Resident]] = defaultdict(list)
    for resident in _as_they_stand(rows.values_list("number", flat=True)):
        if resident.household in wanted:
            found[resident.household].append(resident)
    return found


def sought(name: str, kana: str = "", birth: str = "") -> Sought:
    """A stated person as candidates are looked for."""
    return rules.sought(name, kana, birth)


def residents_by_insured(numbers: Collection[str]) -> Mapping[str, Resident]:
    """The residents with these 被保険者番号, by that number; three queries. One that two people bear is left out."""
    wanted = set(numbers) - {""}
    if not wanted:
        return {}
    rows = ResidentRecord.objects.filter(insured_number__in=wanted, insured_number__gt="")
    found: dict[str, list[Resident]] = defaultdict(list)
    for resident in _as_they_stand(rows.values_list("number", flat=True)):
        found[resident.insured_number].append(resident)
    return {number: bearers[0] for number, bearers in found.items() if number in wanted and len(bearers) == 1}


def candidates(people: Iterable[Sought]) -> list[Resident]:
    """Residents whose birth and name（or reading）fit one of these people, in the order of their numbers.

    Three queries for any number of people. Nobody is found by a name alone: without a birth there is no candidate.
    """
    wanted = [one for one in people if one.birth]
    if not wanted:
        return []
    rows = ResidentRecord.objects.filter(birth__in={one.birth for one in wanted})
    found = _as_they_stand(_likely(rows, wanted))
    return [resident for resident in found if any(rules.fits(resident, one) for one in wanted)]


def _likely(rows: "QuerySet[ResidentRecord]", wanted: Sequence[Sought]) -> list[str]:
    """The numbers of rows whose keys fit: read along with the birth, so that former names are looked at too."""
    keys, readings = {one.name_key for one in wanted} - {""}, {one.kana_key for one in wanted} - {""}
    columns = rows.order_by("pk").values_list("number", "name_key", "kana_key", "other_names")
    return [
        number
        for number, name, kana, others in columns[: MOST_CANDIDATES * 10]
        if name in keys
        or kana in readings
        or any(rules.name_key(other) in keys for other in others.split("\n") if other)
    ][:MOST_CANDIDATES]


def _as_they_stand(numbers: Iterable[str]) -> list[Resident]:
    found = residents_by_number(set(numbers))
    return [found[number] for number in sorted(found)]


def _newest(rows: "QuerySet[ResidentRecord]") -> dict[str, Resident]:
    """Residents by number, of current generations only; a later generation's word replaces an earlier one's."""
    current = set(current_generations())
    said: dict[str, tuple[int, Resident]] = {}
    for generation, number, *rest in rows.values_list(*_COLUMNS):
        if generation in current and (number not in said or generation >= said[number][0]):
            said[number] = (generation, _resident(number, *rest))
    return {number: resident for number, (_, resident) in said.items()}


def _resident(number: str, *rest: object) -> Resident:
    (
        name, kana, others, birth, sex, address, previous, household, relation, status, moved_in, since, restricted,
        insured,
    ) = rest  # fmt: skip
    return Resident(
        number, str(name), str(kana), tuple(one for one in str(others).split("\n") if one), str(birth),
        Sex(str(sex)), str(address), str(previous), str(household), str(relation), ResidentStatus(str(status)),
        moved_in, since, bool(restricted), str(insured),  # type: ignore[arg-type]  # date or None, as the columns say
    )  # fmt: skip
