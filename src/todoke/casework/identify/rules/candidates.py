"""Numbers that an undecided party could have, graded, each with its reasons. Nobody is chosen: two people decide.

Reasons come from the history of the certificate, from name and birth in the copy of resident records, and from the
households of the people of the same application. A difference counts against a candidate and is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from todoke.casework.identify.values import (
    ATENA,
    Comparison,
    FieldMatch,
    IdentityCandidate,
    Likelihood,
    Link,
    Stated,
)
from todoke.casework.residents.values import Resident, ResidentStatus
from todoke.japanese import eras
from todoke.japanese.variant_forms import VariantForms

from .comparing import compare
from .history import renewals
from .judging import JAPAN

MOST = 20
_ORDER = list(Likelihood)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What is known for a party: its certificate's links, the whole history of numbers, people by name, households.

    `relatives` are members of the households of the application's other parties.
    """

    links: Sequence[Link]
    history: Mapping[tuple[str, str], Sequence[Link]]
    namesakes: Sequence[Resident]
    relatives: Sequence[Resident]
    records: Mapping[str, Resident]
    proposed: str = ""


def candidates(
    said: Sequence[Stated], grounds: Grounds, *, on: date, forms: VariantForms
) -> list[IdentityCandidate]:
    """The candidates, the likeliest first; at most twenty."""
    reasons: dict[tuple[str, str], list[str]] = {}
    likelihoods: dict[tuple[str, str], Likelihood] = {}
    for number, kind, reason, likelihood in _named(grounds):
        reasons.setdefault((kind, number), []).append(reason)
        known = likelihoods.get((kind, number), likelihood)
        likelihoods[kind, number] = min(known, likelihood, key=_ORDER.index)
    found = [
        IdentityCandidate(number, kind, likelihoods[kind, number], tuple(reasons[kind, number]))
        for kind, number in reasons
    ]
    graded = [_graded(_beside_record(one, said, grounds, on, forms)) for one in found]
    return sorted(graded, key=lambda one: (_ORDER.index(one.likelihood), one.number_kind, one.number))[:MOST]


def _named(grounds: Grounds) -> Iterable[tuple[str, str, str, Likelihood]]:
    """Every number with one reason to think of it, and how far that reason alone goes."""
    for link in grounds.links:
        yield link.number, link.number_kind, _of_certificate(link), Likelihood.STRONG
    for resident in grounds.namesakes:
        yield resident.number, ATENA, "氏名（または読み）と生年月日が住民記録と合う", Likelihood.FAIR
    for resident in grounds.relatives:
        yield (
            resident.number,
            ATENA,
            "この申請のほかの関係者と同じ世帯で、氏名か生年月日が合う",
            Likelihood.FAIR,
        )

    if grounds.proposed:
        yield grounds.proposed, ATENA, "担当者が提案した番号", Likelihood.WEAK


def _of_certificate(link: Link) -> str:
    start, mark = _day(link), "（推定）" if link.is_inferred else ""
    if link.valid_to is None:
        return f"証明書の発行番号がこの番号に結び付いている（{start}から）{mark}"
    end = eras.written(link.valid_to.astimezone(JAPAN).date())
    return f"証明書の発行番号がこの番号に結び付いていた（{start}から{end}まで）{mark}"


def _day(link: Link) -> str:
    return (
        "始まりは不明"
        if link.valid_from.year < 1990
        else eras.written(link.valid_from.astimezone(JAPAN).date())
    )


def _beside_record(
    one: IdentityCandidate, said: Sequence[Stated], grounds: Grounds, on: date, forms: VariantForms
) -> IdentityCandidate:
    """The candidate with its record, each statement beside it, and the history of its certificates."""
    resident = grounds.records.get(one.number) if one.number_kind == ATENA else None
    comparisons = tuple(compare(each, resident, on=on, forms=forms) for each in said) if resident else ()
    chain = tuple(renewals(grounds.history.get((one.number_kind, one.number), ())))
    return replace(one, resident=resident, comparisons=comparisons, renewals=chain)


def _graded(one: IdentityCandidate) -> IdentityCandidate:
    """What the record says moves a candidate: a different name or birth and a death weaken it, agreement bears it out."""
    reasons = list(one.reasons)
    if any(pair.is_inferred for pair in one.renewals):
        reasons.append("証明書の更新が推定されている")
    if one.resident is not None and one.resident.status is not ResidentStatus.RESIDENT:
        reasons.append(f"住民記録では{one.resident.status.label}")
    if any(comparison.grade is FieldMatch.DIFFERS for comparison in one.comparisons):
        return replace(one, likelihood=Likelihood.WEAK, reasons=(*reasons, "氏名または生年月日が合わない"))
    return replace(one, reasons=tuple(reasons))


def is_relative(resident: Resident, said: Stated, comparison: Comparison) -> bool:
    """Whether a member of a known household is worth showing: the name or the birth of the party agrees."""
    telling = [one for one in comparison.fields if one.field.value in ("name", "birth")]
    return bool(said.name) and any(one.match in (FieldMatch.AGREES, FieldMatch.VARIES) for one in telling)
