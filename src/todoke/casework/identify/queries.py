"""Questions about links and parties: a constant number of queries for any number of keys."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from todoke.casework.intake.values import StoredApplication
from todoke.casework.residents import queries as residents
from todoke.casework.residents.values import Resident
from todoke.foundation.approvals.values import hash_of_shown
from todoke.foundation.row_files import load_profile
from todoke.japanese.variant_forms import COMMON, VariantForms, with_groups

from .errors import ProfileUnknown
from .models import DecisionRow, IdentityLink, LinkGeneration, NumberSerial, PartyRow
from .rules import candidates as candidate_rules
from .rules import kept
from .rules.candidates import Grounds
from .rules.comparing import compare
from .rules.judging import Papers, Register, statements
from .rules.parties import drafts
from .rules.rows import link_key
from .values import (
    ATENA,
    INSURED_NUMBER,
    DecisionDraft,
    GenerationState,
    IdentityCandidate,
    IdentityResult,
    IdentityState,
    Link,
    LinkBook,
    LinkFileProfile,
    LinkKey,
    Party,
    PartyRole,
    Stated,
)

_PARTY = (
    "pk", "application_id", "role", "position", "name", "kana", "birth", "stated_number", "state", "number",
    "number_kind", "candidates", "version", "decided_by", "decided_at", "decision_reason", "confirmed_by", "code",
    "comparison", "is_restricted",
)  # fmt: skip
PROFILES = Path(__file__).parent / "profiles"
_LINK = (
    "generation_id",
    "issuer_key",
    "serial",
    "number",
    "number_kind",
    "valid_from",
    "valid_to",
    "is_inferred",
    "reason",
)


def link_profile(name_or_path: str) -> LinkFileProfile:
    """The layout of link files of this name, or at this path (a town's own); raises ProfileUnknown."""
    return load_profile(LinkFileProfile, name_or_path, folder=PROFILES, refuse=ProfileUnknown)


def current_generations() -> list[int]:
    """The generations whose links count: the last full load and the differential loads after it, oldest first."""
    rows = LinkGeneration.objects.filter(state=GenerationState.CURRENT.value)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def generations() -> Sequence[LinkGeneration]:
    """Every load of the body in scope, newest first, for the screen of the 連携 role."""
    return list(LinkGeneration.objects.order_by("-pk"))


def looking_again_since() -> datetime | None:
    """Since when a load waits to answer parties that earlier ones could not; None when none does."""
    rows = LinkGeneration.objects.filter(
        state=GenerationState.CURRENT.value, looked_again_to__isnull=False
    ).order_by("pk")
    return rows.values_list("loaded_at", flat=True).first()


def link_book(keys: Collection[LinkKey]) -> LinkBook:
    """All links of these certificates, and all links of the numbers they lead to. Three queries for any batch."""
    if not keys:
        return LinkBook({}, {})
    by_key = _newest(_links({key.serial for key in keys}), keys=frozenset(keys))
    numbers = {link.number for links in by_key.values() for link in links}
    return LinkBook(by_key, history(numbers))


def history(numbers: Collection[str]) -> Mapping[tuple[str, str], list[Link]]:
    """Every link of these numbers, ended ones too, by (kind, number); two queries, none without numbers."""
    found: dict[tuple[str, str], list[Link]] = defaultdict(list)
    if not numbers:
        return found
    known = NumberSerial.objects.filter(generation_id__in=_current(), number__in=set(numbers))
    rows = _links(set(known.values_list("serial", flat=True)))
    for links in _newest(rows, numbers=frozenset(numbers)).values():
        for link in links:
            found[link.number_kind, link.number].append(link)
    return found


def _current() -> QuerySet[LinkGeneration, int]:
    """The generations that count, for a question that has to see one moment: a load may swap them meanwhile."""
    return LinkGeneration.objects.filter(state=GenerationState.CURRENT.value).values_list("pk", flat=True)


def _links(serials: Collection[str]) -> QuerySet[IdentityLink]:
    return IdentityLink.objects.filter(generation_id__in=_current(), serial__in=serials)


def _newest(
    rows: QuerySet[IdentityLink],
    *,
    keys: Collection[LinkKey] | None = None,
    numbers: Collection[str] | None = None,
) -> dict[LinkKey, list[Link]]:
    """Links by key, only of these keys or numbers; a later generation's word on one link replaces an earlier one's."""
    said: dict[tuple[object, ...], tuple[int, Link]] = {}
    for generation, issuer, serial, number, kind, start, end, inferred, reason in rows.values_list(*_LINK):
        key = LinkKey(issuer, serial)
        if (keys is not None and key not in keys) or (numbers is not None and number not in numbers):
            continue
        identity = (key, kind, number, start)
        if identity not in said or generation > said[identity][0]:
            said[identity] = (generation, Link(key, number, kind, start, end, inferred, reason))
    links: dict[LinkKey, list[Link]] = defaultdict(list)
    for _, link in said.values():
        links[link.key].append(link)
    return links


def register_of(results: Iterable[IdentityResult]) -> Register:
    """The records of the numbers in these results; one query without a copy, a constant number with one."""
    found = list(results)
    if not residents.has_copy():
        return Register(False, {}, {}, variant_forms())
    by_kind = {
        kind: {one.number for one in found if one.number_kind == kind} - {""}
        for kind in (ATENA, INSURED_NUMBER)
    }
    return Register(
        True, residents.residents_by_number(by_kind[ATENA]),
        residents.residents_by_insured(by_kind[INSURED_NUMBER]), variant_forms(),
    )  # fmt: skip


def variant_forms() -> VariantForms:
    """The table of 異体字: the common one, and the body's own where the setting names a file（read again when changed）."""
    path: Path | None = settings.TODOKE_VARIANT_FORMS_FILE
    return COMMON if path is None else _variant_forms(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _variant_forms(path: Path, _changed: int) -> VariantForms:
    with open(path, encoding="utf-8") as lines:
        return with_groups(lines)


def parties(application_id: int) -> list[Party]:
    """The parties of one application, the applicant first."""
    return parties_of([application_id]).get(application_id, [])


def parties_of(application_ids: Iterable[int]) -> Mapping[int, list[Party]]:
    """The parties of many applications with one query, in the order of PartyRole."""
    order = list(PartyRole)
    found: dict[int, list[Party]] = defaultdict(list)
    rows = PartyRow.objects.filter(application_id__in=list(application_ids))
    for row in rows.values_list(*_PARTY, named=True):
        found[row.application_id].append(_party(row))
    for several in found.values():
        if len(several) > 1:
            several.sort(key=lambda party: (order.index(party.role), party.position))
    return found


def party(application_id: int, party_id: int) -> Party | None:
    """One party of one application of the body in scope."""
    row = PartyRow.objects.filter(pk=party_id, application_id=application_id).first()
    return None if row is None else _party(row)


def application_of(party_id: int) -> int | None:
    """The application of a party; None when there is no such party in the body in scope."""
    return PartyRow.objects.filter(pk=party_id).values_list("application_id", flat=True).first()


def applications_of_numbers(numbers: Collection[str], kind: str) -> set[int]:
    """The applications in which somebody was found to have one of these numbers."""
    rows = PartyRow.objects.filter(number__in=set(numbers) - {""}, number_kind=kind)
    return set(rows.values_list("application_id", flat=True))


def parties_without_number(births: Collection[str] | None = None) -> Iterator[tuple[int, str, str, str]]:
    """(application, name, kana, birth) of everybody who was stated and is not identified, in the order of arrival.

    With `births`（YYYY-MM-DD）only those born then, and those whose birth is not written as a date.
    """
    rows = PartyRow.objects.filter(number="").order_by("pk")
    if births is not None:
        rows = rows.filter(Q(birth__in=set(births)) | ~Q(birth__regex=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))
    yield from rows.values_list("application_id", "name", "kana", "birth").iterator(chunk_size=2_000)


def decision_draft(party_id: int) -> DecisionDraft | None:
    """The decision about a party that waits for a second person; None when none does. It may have expired."""
    row = (
        DecisionRow.objects.select_related("proposal", "party")
        .filter(party_id=party_id, is_open=True)
        .first()
    )
    if row is None:
        return None
    return DecisionDraft(
        id=row.pk, party_id=row.party_id, application_id=row.party.application_id, proposal_id=row.proposal_id,
        number=row.number, number_kind=row.number_kind, shown_hash=row.proposal.shown_hash,
        reason=row.party.decision_reason, made_by=row.proposal.made_by, made_at=row.proposal.made_at,
    )  # fmt: skip


def shown_hash(party: Party, number: str, number_kind: str) -> str:
    """The hash of what a decision shows: what the application says of the party, the number, and its record."""
    found = residents.residents_by_number([number]) if number_kind == ATENA else {}
    return hash_of_shown(
        {
            "party": party.id, "role": party.role.value, "name": party.name, "kana": party.kana, "birth": party.birth,
            "stated": party.stated_number, "number": number, "kind": number_kind,
            "record": asdict(found[number]) if number in found else None,
        }
    )  # fmt: skip


def candidates_for(
    party: Party, application: StoredApplication, *, proposed: str = ""
) -> list[IdentityCandidate]:
    """Numbers that a party could have, graded, with the record beside the statement; a constant number of queries.

    A 宛名番号 that is `proposed` is among them, whatever else speaks for it.
    """
    people = drafts(application.form, link_key(application.issuer_key, application.serial))
    draft = next((one for one in people if (one.role, one.position) == (party.role, party.position)), None)
    if draft is None:
        return []
    papers = Papers(application.form, application.signature.certified, application.applied_at)
    said = statements(draft, people, papers)
    grounds = _grounds(party, draft.key, said, papers, proposed)
    return candidate_rules.candidates(said, grounds, on=papers.day, forms=variant_forms())


def _grounds(
    party: Party, key: LinkKey | None, said: Sequence[Stated], papers: Papers, proposed: str
) -> Grounds:
    links = list(link_book([key]).links(key)) if key is not None else []
    namesakes = residents.candidates(residents.sought(one.name, one.kana, one.birth) for one in said)
    others = {
        one.result.number
        for one in parties(party.application_id)
        if one.id != party.id and one.result.number_kind == ATENA
    }
    households = {one.household for one in residents.residents_by_number(others).values()}
    members = [one for group in residents.residents_by_household(households).values() for one in group]
    relatives = [one for one in members if one.number not in others and _is_relative(one, said[0], papers)]
    numbers = {link.number for link in links} | {one.number for one in (*namesakes, *relatives)} | {proposed}
    records = residents.residents_by_number(numbers)
    return Grounds(links, history(numbers - {""}), namesakes, relatives, records, proposed)


def _is_relative(resident: Resident, said: Stated, papers: Papers) -> bool:
    return candidate_rules.is_relative(
        resident, said, compare(said, resident, on=papers.day, forms=variant_forms())
    )


def _party(row: Any) -> Party:  # a row, or the columns of _PARTY by name
    return Party(
        id=row.pk,
        application_id=row.application_id,
        role=PartyRole(row.role),
        position=row.position,
        name=row.name,
        kana=row.kana,
        birth=row.birth,
        stated_number=row.stated_number,
        result=IdentityResult(
            IdentityState(row.state), row.number, row.number_kind, row.candidates, row.code
        ),
        version=row.version,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
        confirmed_by=row.confirmed_by,
        comparisons=kept.comparisons_of(row.comparison),
        is_restricted=row.is_restricted,
    )
