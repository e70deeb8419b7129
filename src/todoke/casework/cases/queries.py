"""Questions about cases: only of the viewer's sections, with a constant number of queries however many there are."""

# long: every question about cases stands behind one door; each is a few lines.
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from todoke.casework.identify import queries as identify
from todoke.casework.identify.values import IdentityState
from todoke.casework.intake import queries as intake
from todoke.casework.intake.values import DuplicateKind, Severity, SignatureState
from todoke.casework.protection.values import CaseProtection
from todoke.foundation import word_index
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit.values import ActorKind
from todoke.foundation.claims import Backlog
from todoke.foundation.fence import current_organisation
from todoke.foundation.leases import MOST_COUNTED
from todoke.foundation.word_index import Reach

from .errors import CaseNotFound, CaseProtected
from .models import Case, CaseEvent, ExportRequest, ReturnReason
from .rules import masking, numbers, returning, search, transitions
from .values import (
    EVERYTHING,
    LEAVING,
    CaseChanges,
    CaseDetail,
    CaseFacts,
    CaseStatus,
    Count,
    Counts,
    Ended,
    EndedCase,
    EventKind,
    ExportRequestDetail,
    ExportRow,
    ExportStep,
    Filters,
    HandoverProgress,
    Happened,
    Neighbours,
    NoticeProgress,
    ProposedReturn,
    ReasonCount,
    ReturnedFor,
    TimelineEntry,
    ToHandOver,
    ToTell,
    WorklistPage,
    WorklistRow,
)

AnyRow = TypeVar("AnyRow", bound=models.Model)
AnyValues = TypeVar("AnyValues", bound=tuple[Any, ...])  # columns as a question names them
PAGE = 50
SEARCHED = 5_000  # so many cases that hold the words, or so many that the filters leave, one page looks at …
STEPS = (
    200,
    1_000,
)  # … of those that hold the words these first, then these, because most pages are full by then
FEW = 1_000  # … under filters: first so many of those that they leave, and of those that the index names
COUNT_LIMIT = 1_000
# Written out, because SQLite uses a partial index only where it can read the condition: not behind a parameter.
_IS_HELD = RawSQL("casework_case.hold_code > ''", [], output_field=models.BooleanField())  # a constant
_IS_DUE = RawSQL(
    "casework_caseevent.notice_state = 'due'", [], output_field=models.BooleanField()
)  # the same
_SCARCE = frozenset(
    {IdentityState.UNKNOWN, IdentityState.CONFLICT, IdentityState.DIFFERS, IdentityState.PROPOSED}
)
# No index is in this order: PostgreSQL would else walk the newest cases, hoping to meet those that are named soon.
_BY_ID = models.F("pk") + 0
_SETTLED = ("none", "receipted", "cancelled")  # the hand-over has nothing more to do
_ROW = (
    "id", "uuid", "receipt_number", "channel", "procedure", "section_id", "status", "applicant_name",
    "applicant_kana", "applied_at", "received_at", "identity_state", "signature_state", "duplicate_kind",
    "handover_state", "hold_code", "notice_state", "findings_count", "worst_severity", "visit_on", "due_on",
    "is_resubmission", "protection",
)  # fmt: skip
# Moments as the database writes them（UTC）: to read a million of them costs more than all the rest of a file.
_EXPORTED = (
    "pk", "protection", "receipt_number", Cast("applied_at", models.TextField()), Cast("received_at", models.TextField()),
    "procedure", "section_id", "applicant_name", "applicant_kana", "status", "identity_state", "signature_state",
    "handover_state", "hold_code", "duplicate_kind", "findings_count", Cast("visit_on", models.TextField()),
)  # fmt: skip
_UNPROTECTED = CaseProtection.NONE.value


def visible(viewer: Viewer) -> QuerySet[Case]:
    """The cases that a person may see: those of the sections, none disposed of; raises RightMissing without the right."""
    return _countable(viewer).filter(disposed_at=None)


def _countable(viewer: Viewer) -> QuerySet[Case]:
    """The same for counts by status, identity or hold, which the indexes answer alone: disposed ones have none."""
    accounts.require(viewer, Right.VIEW_CASES)
    if viewer.sections is None:
        return Case.objects.all()
    return Case.objects.filter(section_id__in=viewer.sections)


def worklist(
    viewer: Viewer, filters: Filters = EVERYTHING, *, after: int | None = None, size: int = PAGE
) -> WorklistPage:
    """One page of the worklist, newest first; `after` is the cursor of the page before. One query, at most six to search.

    Raises RightMissing, and SearchTooShort for a search text of one character.
    """
    values, end = _found(viewer, filters, Reach(SEARCHED, below=after), _ROW, size + 1)
    found = [_row(viewer, one) for one in values]
    if len(found) > size:
        return WorklistPage(tuple(found[:size]), found[size - 1].id)
    return WorklistPage(tuple(found), end)


def _found(
    viewer: Viewer, filters: Filters, reach: Reach, columns: Sequence[str | Cast], most: int
) -> tuple[list[tuple[Any, ...]], int | None]:  # the columns as named
    """Columns of the first cases under the filters, in the order of the reach; and how far a search looked, if not at all.

    A typed 受付番号 is found by its index; any other text as runs of pairs of characters.
    """
    # Disposed cases have neither status nor identity: with such a filter the index alone answers.
    seen = _countable(viewer) if filters.status or filters.identity else visible(viewer)
    rows = _exactly(seen, filters).order_by("-pk" if reach.is_newest_first else "pk")
    rows = rows if reach.below is None else rows.filter(pk__lt=reach.below)
    rows = rows if reach.above is None else rows.filter(pk__gt=reach.above)
    prefix = search.receipt_prefix(filters.text)
    if prefix is not None:
        rows = rows.filter(receipt_number__gte=prefix, receipt_number__lt=prefix + ":")
    if prefix is not None or not filters.text.strip():
        return list(rows.values_list(*columns)[:most]), None
    phrases, is_bare = search.phrases(filters.text), filters == Filters(text=filters.text)
    in_order = _BY_ID.desc() if reach.is_newest_first else _BY_ID.asc()
    holding = _holding(viewer, rows, phrases).order_by(in_order)

    def those(ids: list[int], room: int) -> list[tuple[Any, ...]]:
        if not ids or room <= 0:
            return []
        is_one = word_index.one_of(f"{Case._meta.db_table}.id", ids)
        return list(holding.filter(is_one).values_list(*columns)[:room])

    words = search.words(phrases)
    if is_bare and viewer.sections is None:
        return _by_the_index(words, reach, those, most)
    return _by_both(words, rows, reach, those, most)


def _by_the_index(
    words: Sequence[str], reach: Reach, those: Callable[[list[int], int], list[AnyValues]], most: int
) -> tuple[list[AnyValues], int | None]:
    """Step by step those of the cases that the index names, until there are `most`; and how far, if not to the end."""
    found, end, left = list[AnyValues](), None, reach.most
    for wanted in (*STEPS, reach.most):
        step = min(wanted, left)
        ids = word_index.ids_with(Case._meta.db_table, words, replace(reach, most=step + 1))
        found += those(ids[:step], most - len(found))
        if len(ids) <= step:
            return found, None
        end, left = ids[step - 1], left - step
        if len(found) >= most or not left:
            break
        reach = _beyond(end, reach)
    return found, end


def _by_both(
    words: Sequence[str],
    rows: QuerySet[Case],
    reach: Reach,
    those: Callable[[list[int], int], list[AnyValues]],
    most: int,
) -> tuple[list[AnyValues], int | None]:
    """The same under filters: whichever of filters and index leaves few is read, else only what both name is."""
    found, end, left = list[AnyValues](), None, reach.most
    for wanted in (FEW, reach.most):
        step = min(wanted, left)
        filtered = list(rows.values_list("pk", flat=True)[: step + 1])
        if len(filtered) <= step:
            return found + those(filtered, most - len(found)), None
        named = word_index.ids_with(Case._meta.db_table, words, replace(reach, most=step + 1))
        if len(named) <= step:
            return found + those(named, most - len(found)), None
        both = set(filtered[:step]) & set(named[:step])
        found += those(list(both), most - len(found))
        ends, left = (filtered[step - 1], named[step - 1]), left - step
        end = max(ends) if reach.is_newest_first else min(ends)
        if len(found) >= most or not left:
            break
        reach = _beyond(end, reach)
        rows = rows.filter(pk__lt=end) if reach.is_newest_first else rows.filter(pk__gt=end)
    return found, end


def _beyond(end: int, reach: Reach) -> Reach:
    return replace(reach, below=end) if reach.is_newest_first else replace(reach, above=end)


def _holding(viewer: Viewer, rows: QuerySet[Case], phrases: Sequence[str]) -> QuerySet[Case]:
    """Those that hold all these runs of pairs.

    By words nobody finds a case of a protected person without the right to see protected persons (C15).
    """
    if not viewer.may(Right.VIEW_PROTECTED):
        rows = rows.filter(protection=CaseProtection.NONE.value)
    for phrase in phrases:
        rows = rows.filter(search__contains=phrase)
    return rows


def _exactly(rows: QuerySet[Case], filters: Filters) -> QuerySet[Case]:
    exact = {
        "status": filters.status,
        "procedure": filters.procedure,
        "section_id": filters.section_id,
        "identity_state": filters.identity,
        "hold_code": filters.hold_code,
    }
    wanted = {name: value for name, value in exact.items() if value not in (None, "")}
    if filters.is_held or filters.hold_code:
        rows = rows.filter(_IS_HELD)
    if connection.vendor == "sqlite" and filters.status and filters.identity:
        leaves_more = "status" if filters.identity in _SCARCE and not filters.procedure else "identity_state"
        rows = rows.filter(_without_index(wanted, leaves_more))
    return rows.filter(**wanted)


def _without_index(wanted: dict[str, Any], name: str) -> RawSQL:  # values of several fields
    """Of two filters that have an index each, the one that leaves more: SQLite knows nothing of values and may choose it."""
    condition = f"+casework_case.{name} = %s"
    return RawSQL(condition, [str(wanted.pop(name))], output_field=models.BooleanField())  # noqa: S611  # the name is ours


def _row(viewer: Viewer, values: Sequence[Any]) -> WorklistRow:  # the columns as _ROW names them
    (
        pk, uuid, receipt_number, channel, procedure, section_id, status, name, kana, applied_at, received_at,
        identity, signature, duplicate, handover, hold_code, notice, findings, severity, visit_on, due_on,
        is_resubmission, protection,
    ) = values  # fmt: skip
    is_masked = masking.is_masked(protection, viewer.rights)
    if is_masked:
        name, kana = CaseProtection(protection).label, ""
    return WorklistRow(
        id=pk, uuid=uuid, receipt_number=receipt_number, channel=channel, procedure=procedure,
        section_id=section_id, status=CaseStatus(status), applicant_name=name, applicant_kana=kana,
        applied_at=applied_at, received_at=received_at, identity=IdentityState(identity),
        signature=SignatureState(signature), duplicate=DuplicateKind(duplicate),
        handover=HandoverProgress(handover), hold_code=hold_code, notice=NoticeProgress(notice),
        findings_count=findings, worst_severity=Severity(severity) if severity else None, visit_on=visit_on,
        due_on=due_on, is_resubmission=is_resubmission, protection=CaseProtection(protection), is_masked=is_masked,
    )  # fmt: skip


def counts(viewer: Viewer) -> Counts:
    """How many of the viewer's cases stand in each status and identity, and how many are held; one query.

    Each count stops at COUNT_LIMIT, so that it costs the same with a thousand cases and a million.
    """
    chips: list[QuerySet[Case]] = [_countable(viewer).filter(status=status.value) for status in CaseStatus]
    chips.extend(_countable(viewer).filter(identity_state=identity.value) for identity in IdentityState)
    chips.append(_countable(viewer).filter(_IS_HELD))
    found = iter(_capped(chips))
    return Counts(
        status={status: next(found) for status in CaseStatus},
        identity={identity: next(found) for identity in IdentityState},
        held=next(found),
    )


def _capped(chips: Sequence[QuerySet[Case]]) -> list[Count]:
    """Count each set up to the limit, all in one statement: the ORM has no words for a list of bounded counts."""
    try:
        inner = [
            rows.order_by().values_list("pk")[: COUNT_LIMIT + 1].query.sql_with_params() for rows in chips
        ]
    except EmptyResultSet:  # a person without sections, or outside any scope
        return [Count(0, is_capped=False)] * len(chips)
    selects = ", ".join(f"(SELECT COUNT(*) FROM ({sql}) AS chip)" for sql, _ in inner)  # noqa: S608  # compiled by the ORM
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {selects}", [value for _, values in inner for value in values]
        )  # compiled by the ORM
        return [Count(min(number, COUNT_LIMIT), number > COUNT_LIMIT) for number in cursor.fetchone()]


def find(viewer: Viewer, uuid: UUID) -> WorklistRow:
    """One case as the worklist shows it; raises CaseNotFound, also for a case of another section or body."""
    found = visible(viewer).filter(uuid=uuid).values_list(*_ROW).first()
    if found is None:
        raise CaseNotFound
    return _row(viewer, found)


def find_open(viewer: Viewer, uuid: UUID) -> WorklistRow:
    """One case of which the person may see everything, its files too; raises CaseNotFound, CaseProtected."""
    row = find(viewer, uuid)
    if row.is_masked:
        raise CaseProtected
    return row


def masked_ids(viewer: Viewer, case_ids: Iterable[int]) -> set[int]:
    """Those of these cases of which the person may not see whose they are; no query for who may see all."""
    if viewer.may(Right.VIEW_PROTECTED):
        return set()
    rows = Case.objects.filter(pk__in=list(case_ids)).exclude(protection=CaseProtection.NONE.value)
    return set(rows.values_list("pk", flat=True))


def rows_of(viewer: Viewer, application_ids: Iterable[int]) -> Mapping[int, WorklistRow]:
    """Application id → the case as the worklist shows it, of those that the person may see; one query."""
    rows = visible(viewer).filter(application_id__in=list(application_ids))
    found = rows.values_list("application_id", *_ROW)
    return {application_id: _row(viewer, values) for application_id, *values in found}


def neighbours(viewer: Viewer, case_id: int, filters: Filters = EVERYTHING) -> Neighbours:
    """The cases before and after one in a worklist with these filters, for the keyboard. Two queries, twelve to search."""
    newer = _found(viewer, filters, Reach(SEARCHED, above=case_id, is_newest_first=False), ("uuid",), 1)[0]
    older = _found(viewer, filters, Reach(SEARCHED, below=case_id), ("uuid",), 1)[0]
    return Neighbours(newer=newer[0][0] if newer else None, older=older[0][0] if older else None)


def case_detail(viewer: Viewer, uuid: UUID, filters: Filters = EVERYTHING) -> CaseDetail:
    """Everything about one case, with its neighbours under the filters; raises CaseNotFound.

    Of a protected person's case, whoever may not see protected persons gets everything but who it is and what they
    wrote.

    Whoever shows it to a person uses services.view_case, which records that it was seen.
    """
    case = visible(viewer).select_related("previous").defer("search").filter(uuid=uuid).first()
    if case is None:
        raise CaseNotFound
    detail = CaseDetail(
        row=_row(viewer, [getattr(case, name) for name in _ROW]),
        version=case.version,
        application=intake.application(case.application_id),
        attachments=tuple(intake.attachments(case.application_id)),
        findings=tuple(intake.findings(case.application_id)),
        parties=tuple(identify.parties(case.application_id)),
        timeline=tuple(timeline(case.pk)),
        moves=transitions.moves(CaseStatus(case.status), viewer.rights),
        neighbours=neighbours(viewer, case.pk, filters),
        previous=case.previous.uuid if case.previous and case.previous.disposed_at is None else None,
        following=tuple(_following(case).order_by("pk").values_list("uuid", flat=True)),
    )
    return masking.masked(detail) if detail.row.is_masked else numbers.hidden(detail)


def _following(case: Case) -> QuerySet[Case]:
    return Case.objects.filter(previous=case, disposed_at=None)


def timeline(case_id: int, *, since_version: int = 0) -> list[TimelineEntry]:
    """What happened to a case, oldest first; after a version: what a clerk with that version has not seen."""
    rows = CaseEvent.objects.filter(case_id=case_id, version__gt=since_version).order_by("pk")
    return [
        TimelineEntry(
            id=row.pk, at=row.at, kind=EventKind(row.kind), actor_kind=ActorKind(row.actor_kind),
            actor_id=row.actor_id, from_word=row.from_word, to_word=row.to_word, note=row.note,
            version=row.version, notice=NoticeProgress(row.notice_state),
        )
        for row in rows
    ]  # fmt: skip


def cases_to_hand_over(limit: int) -> list[ToHandOver]:
    """Cases that the hand-over stage has to look at, oldest first, locked for the caller's transaction."""
    rows = Case.objects.filter(handover_state=HandoverProgress.UNDECIDED.value).order_by("pk")
    names = ("pk", "uuid", "application_id", "version", "procedure", "receipt_number", "hold_code")
    return [ToHandOver(*values) for values in _locked(rows).values_list(*names)[:limit]]


def still_waiting(pinned: Mapping[int, int]) -> set[int]:
    """Which of these cases (id → version) still wait to be handed over, or cancelled, as they stood then (E10); locks them."""
    rows = Case.objects.filter(pk__in=pinned, handover_state__in=LEAVING).order_by("pk")
    return {pk for pk, version in _locked(rows).values_list("pk", "version") if pinned[pk] == version}


def events_to_tell(limit: int) -> list[ToTell]:
    """Events that the applicant has to be told and the notify stage has not taken up, oldest first, locked."""
    rows = (
        CaseEvent.objects.filter(notice_state=NoticeProgress.DUE.value).select_related("case").order_by("pk")
    )
    return [
        ToTell(
            event_id=event.pk, case_id=event.case_id, uuid=event.case.uuid,
            application_id=event.case.application_id, receipt_number=event.case.receipt_number,
            channel=event.case.channel, procedure=event.case.procedure, status=CaseStatus(event.to_word),
            note=event.note, at=event.at, version=event.version,
        )
        for event in _locked(rows)[:limit]
    ]  # fmt: skip


def _locked(rows: QuerySet[AnyRow]) -> QuerySet[AnyRow]:
    """Rows that no other worker takes at the same time; on SQLite there is one writer anyway."""
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True, of=("self",))
    return rows


def hides(object_kind: str, object_id: str) -> bool:
    """Whether a thing that the audit names belongs to a case of a protected person（reasons may then say who）."""
    rows = Case.objects.exclude(protection=CaseProtection.NONE.value)
    head, _, tail = object_id.partition("/")  # proposals name the case first, then what in it is meant
    try:
        case_uuid = UUID(head)
    except ValueError:
        case_uuid = None
    if case_uuid is not None and (object_kind == "case" or tail):
        return rows.filter(uuid=case_uuid).exists()
    if object_kind == "application" and case_uuid is not None:
        return rows.filter(application__uuid=case_uuid).exists()
    if object_kind == "party" and head.isascii() and head.isdecimal() and len(head) < 19:
        application = identify.application_of(int(head))
        return application is not None and rows.filter(application_id=application).exists()
    return object_kind == "protection"


def application_id(case_id: int) -> int:
    """The application of a case that a query has given."""
    return Case.objects.values_list("application_id", flat=True).get(pk=case_id)


def case_ids(application_ids: Iterable[int]) -> Mapping[int, int]:
    """Application id → case id, for later stages that know the application."""
    rows = Case.objects.filter(application_id__in=list(application_ids))
    return dict(rows.values_list("application_id", "pk"))


def counts_by_handover() -> Mapping[HandoverProgress, int]:
    """How many cases stand where in the hand-over, of the whole body in scope."""
    rows = Case.objects.order_by().values_list("handover_state").annotate(count=models.Count("pk"))
    return {HandoverProgress(state): count for state, count in rows}


def counts_by_identity() -> Mapping[IdentityState, int]:
    """How many cases have an applicant in each state of identification, of the whole body in scope."""
    known = Case.objects.exclude(identity_state="").order_by()
    rows = known.values_list("identity_state").annotate(count=models.Count("pk"))
    return {IdentityState(state): count for state, count in rows}


def counts_by_hold() -> Mapping[str, int]:
    """How many cases are held in the hand-over, by code, of the whole body in scope."""
    rows = Case.objects.filter(handover_state=HandoverProgress.HELD.value).order_by()
    return dict(rows.values_list("hold_code").annotate(count=models.Count("pk")))


def visible_ids(viewer: Viewer, case_ids: Iterable[int]) -> set[int]:
    """Those of these cases that a person may see; raises RightMissing without the right to view any."""
    return set(visible(viewer).filter(pk__in=list(case_ids)).values_list("pk", flat=True))


def notes_of(event_ids: Iterable[int]) -> dict[int, str]:
    """What clerks wrote with these events."""
    return dict(CaseEvent.objects.filter(pk__in=list(event_ids)).values_list("pk", "note"))


def oldest_to_tell() -> datetime | None:
    """When the oldest event happened that an applicant has still to be told; None when there is none."""
    rows = CaseEvent.objects.filter(_IS_DUE).order_by("pk")
    return rows.values_list("at", flat=True).first()


def oldest_to_hand_over() -> datetime | None:
    """When the oldest case was opened that the hand-over stage has still to look at; None when there is none."""
    rows = Case.objects.filter(handover_state=HandoverProgress.UNDECIDED.value).order_by("pk")
    return rows.values_list("opened_at", flat=True).first()


def backlog_to_hand_over(now: datetime) -> Backlog:
    """The cases of the body in scope that the hand-over stage has still to look at."""
    rows = Case.objects.filter(handover_state=HandoverProgress.UNDECIDED.value, opened_at__lte=now)
    return _backlog(rows.order_by("pk").values("opened_at"), "opened_at")


def backlog_to_tell(now: datetime) -> Backlog:
    """What happened in the body in scope that applicants have still to be told."""
    return _backlog(CaseEvent.objects.filter(_IS_DUE, at__lte=now).order_by("pk").values("at"), "at")


def _backlog(rows: QuerySet[Any, Any], since: str) -> Backlog:  # rows as dictionaries
    found = rows[:MOST_COUNTED].aggregate(depth=models.Count("pk"), since=models.Min(since))
    return Backlog(found["depth"], found["since"], is_capped=found["depth"] == MOST_COUNTED)


def counts_by_first_notice() -> Mapping[NoticeProgress, int]:
    """Of how many cases of the whole body in scope the opening was told how far."""
    rows = CaseEvent.objects.filter(kind=EventKind.OPENED.value).order_by().values_list("notice_state")
    return {NoticeProgress(state): count for state, count in rows.annotate(count=models.Count("pk"))}


def proposed_return(detail: CaseDetail) -> ProposedReturn:
    """補正依頼の案 for a case, by the form checks of the body in scope. Raises FormChecksInvalid."""
    return returning.propose(detail.findings, intake.form_checks(current_organisation()))


def return_message(
    proposal: ProposedReturn, ticked: Iterable[ReturnedFor], *, typed: str | None = None, limit: int
) -> str:
    """The message of a 補正依頼 for these reasons, in at most so many characters; what was typed already is kept whole."""
    if typed is not None:
        return returning.recomposed(proposal, ticked, typed)
    return returning.message(proposal, ticked, limit)


def has_gaps(text: str) -> bool:
    """Whether a message of a 補正依頼 has a place left that a clerk has to write（〔項目名〕）."""
    return returning.has_gaps(text)


def counts_by_return_reason(viewer: Viewer, *, since: datetime, limit: int = 500) -> list[ReasonCount]:
    """What applicants of the viewer's cases were asked to correct since then, the most frequent of a procedure first."""
    rows = ReturnReason.objects.filter(at__gte=since)
    if viewer.sections is not None:
        rows = rows.filter(case__section_id__in=viewer.sections)
    accounts.require(viewer, Right.VIEW_CASES)
    counted = rows.order_by().values_list("procedure", "code", "field").annotate(count=models.Count("pk"))
    return [ReasonCount(*row) for row in counted.order_by("procedure", "-count", "code", "field")[:limit]]


def worklist_for_export(
    viewer: Viewer, filters: Filters = EVERYTHING, *, after: int | None = None, size: int
) -> ExportStep:
    """One step of a list on its way into a file: what the worklist shows, those of protected persons left out.

    Also whoever may see protected persons takes none of them away in a list（支援措置）. Plain columns, because a file
    may have a million lines. `after` and what it raises are those of `worklist`.
    """
    values, end = _found(viewer, filters, Reach(SEARCHED, below=after), _EXPORTED, size + 1)
    if len(values) > size:
        del values[size:]
        end = values[-1][0]
    return ExportStep([ExportRow._make(one[2:]) for one in values if one[1] == _UNPROTECTED], end)


def has_more_than(viewer: Viewer, filters: Filters, most: int) -> bool:
    """Whether a list has more rows than so many; it looks no further. Raises as `worklist` does."""
    seen, after = 0, None
    while True:
        values, after = _found(viewer, filters, Reach(SEARCHED, below=after), ("pk",), most + 1 - seen)
        seen += len(values)
        if seen > most or after is None:
            return seen > most


def count_overdue(today: date) -> int:
    """How many unfinished cases of the whole body in scope should have been done before today."""
    return _unfinished().filter(due_on__lt=today).count()


def oldest_unfinished() -> datetime | None:
    """When the oldest unfinished application of the whole body in scope came."""
    return _unfinished().order_by("received_at").values_list("received_at", flat=True).first()


def _unfinished() -> QuerySet[Case]:
    ended = [one.value for one in transitions.CLOSED]
    return Case.objects.filter(disposed_at=None).exclude(status__in=ended)


def export_request(uuid: UUID) -> ExportRequestDetail | None:
    """A long list that somebody asks to take away; None when there is none in the body in scope."""
    row = ExportRequest.objects.filter(uuid=uuid).first()
    return _export_request(row) if row else None


def export_requests(viewer: Viewer, *, limit: int = 20) -> list[ExportRequestDetail]:
    """What this person has asked to take away, the newest first."""
    rows = ExportRequest.objects.filter(asked_by=viewer.staff_id).order_by("-asked_at")
    return [_export_request(row) for row in rows[:limit]]


def _export_request(row: ExportRequest) -> ExportRequestDetail:
    return ExportRequestDetail(
        row.uuid, row.query, row.found, row.reason, row.asked_by, row.asked_at, row.open_until, row.taken
    )  # fmt: skip


def ended_cases(
    meant: Ended, *, before: datetime, ids: Collection[int] | None = None, limit: int
) -> list[EndedCase]:
    """Cases that ended so before a moment and wait for nothing, by id; for retention. With `ids`, only those of them."""
    last = CaseEvent.objects.filter(case=OuterRef("pk"), kind=EventKind.MOVED.value).order_by("-pk")
    rows = _ended(meant, before).filter(handover_state__in=_SETTLED, hold_code="", disposed_at=None)
    rows = rows if ids is None else rows.filter(pk__in=list(ids))
    rows = rows.annotate(ended_at=Subquery(last.values("at")[:1])).filter(ended_at__lt=before)
    found = rows.order_by("pk").values_list("pk", "uuid", "application_id", "procedure", "ended_at")
    return [EndedCase(*values) for values in found[:limit]]


def ended_but_open(meant: Ended, *, before: datetime) -> int:
    """How many cases that came before a moment and ended so still wait for the hand-over or a person."""
    is_open = ~models.Q(handover_state__in=_SETTLED) | models.Q(hold_code__gt="")
    return _ended(meant, before).filter(is_open).count()


def _ended(meant: Ended, before: datetime) -> QuerySet[Case]:
    rows = Case.objects.filter(status__in=[one.value for one in meant.statuses], received_at__lt=before)
    if meant.procedures:
        rows = rows.filter(procedure__in=list(meant.procedures))
    return rows.exclude(procedure__in=list(meant.other_procedures)) if meant.other_procedures else rows


def cases_held(ids: Iterable[int], *, uuids: Collection[UUID], procedures: Collection[str]) -> set[int]:
    """Those of these cases that have one of these outside names or procedures."""
    is_meant = models.Q(uuid__in=list(uuids)) | models.Q(procedure__in=list(procedures))
    return set(Case.objects.filter(is_meant, pk__in=list(ids)).values_list("pk", flat=True))


def outside_name(case_id: int) -> UUID:
    """The name by which pages, audit and proposals know a case that a query has given."""
    return Case.objects.values_list("uuid", flat=True).get(pk=case_id)


def stands_for(uuid: UUID) -> bool:
    """Whether the body in scope has a case of this outside name that was not disposed of."""
    return Case.objects.filter(uuid=uuid, disposed_at=None).exists()


def changes_after(event_id: int, *, before: datetime, limit: int) -> CaseChanges:
    """To which cases of the whole body something happened after an entry, read in the order of entries.

    It stops at the first entry that is not older than `before`: beside that one, others may still be on their way.
    """
    rows = CaseEvent.objects.filter(pk__gt=event_id).order_by("pk").values_list("pk", "case_id", "at")[:limit]
    found, last, read = set[int](), event_id, 0
    for pk, case_id, at in rows:
        if at >= before:
            return CaseChanges(frozenset(found), last, is_all=True)
        found.add(case_id)
        last, read = pk, read + 1
    return CaseChanges(frozenset(found), last, is_all=read < limit)


def facts_for_figures(case_ids: Collection[int]) -> list[CaseFacts]:
    """What may be counted of these cases, without names and words. Two queries."""
    happened: dict[int, list[Happened]] = {}
    columns = ("case_id", "at", "kind", "actor_kind", "to_word", "notice_state")
    for case_id, at, kind, by, to_word, notice in (
        CaseEvent.objects.filter(case_id__in=case_ids).order_by("pk").values_list(*columns)
    ):
        one = Happened(at, EventKind(kind), ActorKind(by), to_word, NoticeProgress(notice))
        happened.setdefault(case_id, []).append(one)
    rows = Case.objects.filter(pk__in=case_ids).order_by("pk")
    return [
        CaseFacts(pk, uuid, procedure, channel, received_at, tuple(happened.get(pk, ())))
        for pk, uuid, procedure, channel, received_at in rows.values_list(
            "pk", "uuid", "procedure", "channel", "received_at"
        )
    ]


def has_any() -> bool:
    """Whether the body in scope has ever had a case."""
    return Case.objects.exists()
