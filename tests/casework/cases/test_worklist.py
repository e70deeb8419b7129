"""The worklist: filters, search, cursor, fences, counts, detail; with a constant number of queries."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.casework.cases.conftest import CARE, CHILDREN, Clerks, Open, cases
from tests.casework.identify.applications import TARO, Written, statements
from tests.casework.identify.conftest import ACTOR, HIYORI, MINASE, NOW
from todoke.casework.cases import queries, services
from todoke.casework.cases.errors import CaseNotFound, SearchTooShort
from todoke.casework.cases.models import Case
from todoke.casework.cases.values import CaseStatus, Filters, HandoverNote, HandoverProgress
from todoke.casework.identify.values import IdentityState
from todoke.casework.intake.values import Finding, Severity
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.fence import scope

HANA = replace(TARO, name="糸巻　花", kana="イトマキ　ハナ")
KEN = replace(TARO, name="林　健", kana="ハヤシ　ケン")


@pytest.fixture
def town(open_cases: Open) -> list[Case]:
    """Four cases of みなせ市: three of the children's section, one of care; and one of another town."""
    open_cases(Written(organisation=HIYORI), organisation=HIYORI)
    return open_cases(
        Written(serial="1"),
        Written(serial="2", applicant=HANA),
        Written(serial="3", applicant=KEN, procedure=CARE),
        Written(serial="1", findings=(Finding("ATT-607", Severity.WARN),)),
        start=1,
    )


def listed(viewer: Viewer, filters: Filters = Filters()) -> list[int]:  # noqa: B008  # frozen
    with scope(viewer.organisation, read_only=True):
        return [row.id for row in queries.worklist(viewer, filters).rows]


def test_a_clerk_sees_the_cases_of_the_section_newest_first(town: list[Case], clerks: Clerks) -> None:
    assert listed(clerks.children) == [town[3].pk, town[1].pk, town[0].pk]
    assert listed(clerks.care) == [town[2].pk]
    assert len(listed(clerks.town)) == 4


def test_w01_another_town_sees_its_own_only(town: list[Case], clerks: Clerks) -> None:
    assert set(listed(clerks.stranger)).isdisjoint({case.pk for case in town})
    assert len(listed(clerks.stranger)) == 1


def test_without_a_scope_there_is_nothing(town: list[Case], clerks: Clerks) -> None:
    assert queries.worklist(clerks.town).rows == ()


def test_without_the_right_there_is_no_list(clerks: Clerks) -> None:
    with pytest.raises(RightMissing):
        listed(replace(clerks.town, rights=frozenset({Right.MOVE_CASES})))


def test_filters_narrow_and_combine(town: list[Case], clerks: Clerks) -> None:
    assert listed(clerks.town, Filters(procedure=CARE)) == [town[2].pk]
    assert listed(clerks.town, Filters(hold_code="DUP-513")) == [town[3].pk]
    assert listed(clerks.town, Filters(is_held=True)) == [town[3].pk]
    assert listed(clerks.town, Filters(identity=IdentityState.MATCHED)) == []
    assert listed(clerks.town, Filters(section_id=town[2].section_id, procedure=CHILDREN)) == []
    assert len(listed(clerks.town, Filters(status=CaseStatus.OPENED))) == 4


def test_a_section_filter_does_not_open_another_section(town: list[Case], clerks: Clerks) -> None:
    assert listed(clerks.children, Filters(section_id=town[2].section_id)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [("糸巻", [1]), ("はな", [1]), ("林　健", [2]), ("260406000000003", [2]), ("次郎", []), ("%%", [])],
)
def test_w17_the_search_finds_words_and_numbers_and_no_wildcards(
    town: list[Case], clerks: Clerks, text: str, found: list[int]
) -> None:
    assert listed(clerks.town, Filters(text=text)) == [town[index].pk for index in found]


def test_the_beginning_of_a_receipt_number_finds_all_that_begin_so(town: list[Case], clerks: Clerks) -> None:
    assert len(listed(clerks.town, Filters(text="２６０４"))) == 4


def test_w23_one_character_is_too_short(town: list[Case], clerks: Clerks) -> None:
    with pytest.raises(SearchTooShort):
        listed(clerks.town, Filters(text="糸"))


def test_pages_follow_each_other_without_gap_or_double(town: list[Case], clerks: Clerks) -> None:
    seen: list[int] = []
    after: int | None = None
    with scope(MINASE, read_only=True):
        while True:
            page = queries.worklist(clerks.town, after=after, size=3)
            seen += [row.id for row in page.rows]
            after = page.next_after
            if after is None:
                break
    assert seen == sorted((case.pk for case in town), reverse=True)


def test_a_full_last_page_has_no_next(town: list[Case], clerks: Clerks) -> None:
    with scope(MINASE, read_only=True):
        assert queries.worklist(clerks.town, size=4).next_after is None


def test_a_search_looks_at_so_many_hits_at_a_time_and_goes_on_where_it_stopped(
    town: list[Case], clerks: Clerks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "SEARCHED", 1)
    wanted = Filters(text="26", procedure=CHILDREN)
    with scope(MINASE, read_only=True):
        pages = [queries.worklist(clerks.town, wanted)]
        while (after := pages[-1].next_after) is not None:
            pages.append(queries.worklist(clerks.town, wanted, after=after))
    found = [([row.id for row in page.rows], page.next_after) for page in pages]
    third, second, first, zeroth = (case.pk for case in reversed(town))
    assert found == [([third], third), ([], second), ([first], first), ([zeroth], None)]


def test_chips_count_what_the_clerk_sees(town: list[Case], clerks: Clerks) -> None:
    with scope(MINASE, read_only=True):
        counts = queries.counts(clerks.children)
        nobody = queries.counts(replace(clerks.children, sections=frozenset()))
    assert (counts.status[CaseStatus.OPENED].count, counts.status[CaseStatus.COMPLETED].count) == (3, 0)
    assert (counts.identity[IdentityState.UNKNOWN].count, counts.held.count) == (3, 1)
    assert nobody.status[CaseStatus.OPENED].count == 0


def test_counting_stops_at_the_limit(
    town: list[Case], clerks: Clerks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "COUNT_LIMIT", 2)
    with scope(MINASE, read_only=True):
        opened = queries.counts(clerks.town).status[CaseStatus.OPENED]
    assert (opened.count, opened.is_capped) == (2, True)


def test_list_and_counts_take_one_query_each(town: list[Case], clerks: Clerks) -> None:
    with scope(MINASE, read_only=True):
        with CaptureQueriesContext(connection) as of_list:
            queries.worklist(clerks.children, Filters(status=CaseStatus.OPENED))
        with CaptureQueriesContext(connection) as of_counts:
            queries.counts(clerks.children)
    assert (len(of_list), len(of_counts)) == (1, 1)


def test_the_detail_shows_everything_and_leaves_a_trace_of_who_looked(
    town: list[Case], clerks: Clerks
) -> None:
    with scope(MINASE):
        detail = services.view_case(clerks.children, town[3].uuid, at=NOW, terminal="端末1", purpose="審査")
        (entry,) = AuditEntry.objects.filter(stream="reads")
    assert (entry.action, entry.object_id, entry.actor_id) == ("case.viewed", str(town[3].uuid), "1")
    assert (entry.terminal, entry.purpose) == ("端末1", "審査")
    assert detail.application.form.applicant == TARO
    assert [party.name for party in detail.parties] == [TARO.name]
    assert {finding.code for finding in detail.findings} == {"ATT-607", "DUP-513"}
    assert [entry.to_word for entry in detail.timeline] == ["opened", "DUP-513"]
    assert CaseStatus.RETURNED in {move.to for move in detail.moves}
    assert (detail.neighbours.newer, detail.neighbours.older) == (None, town[1].uuid)


def test_the_chain_of_resubmissions_is_shown_both_ways(open_cases: Open, clerks: Clerks) -> None:
    first, second = open_cases(Written(), Written(previous_receipt="260406000000000"))
    with scope(MINASE, read_only=True):
        assert queries.case_detail(clerks.town, first.uuid).following == (second.uuid,)
        assert queries.case_detail(clerks.town, second.uuid).previous == first.uuid


def test_w01_looking_at_what_is_not_yours_is_like_missing_and_leaves_no_read(
    town: list[Case], clerks: Clerks
) -> None:
    for viewer, uuid in (
        (clerks.care, town[0].uuid), (clerks.stranger, town[0].uuid), (clerks.town, uuid4()),
    ):  # fmt: skip
        with pytest.raises(CaseNotFound), scope(viewer.organisation):
            services.view_case(viewer, uuid, at=NOW)
    with scope(MINASE, read_only=True):
        assert not AuditEntry.objects.filter(stream="reads").exists()


def test_neighbours_follow_the_filters(town: list[Case], clerks: Clerks) -> None:
    with scope(MINASE, read_only=True):
        found = queries.neighbours(clerks.town, town[1].pk, Filters(procedure=CHILDREN))
    assert (found.newer, found.older) == (town[3].uuid, town[0].uuid)


@pytest.mark.parametrize("count", [1, 9])
def test_the_detail_takes_the_same_number_of_queries_however_much_there_is(
    open_cases: Open, clerks: Clerks, count: int
) -> None:
    codes = [Finding("ATT-607", Severity.WARN)] * count
    case = open_cases(
        *[Written(serial=f"{number:x}", findings=tuple(codes)) for number in range(1, count + 1)]
    )[0]
    with scope(MINASE):
        for step in range(count):
            progress = (HandoverProgress.HELD, HandoverProgress.UNDECIDED)[step % 2]
            services.note_handover([HandoverNote(case.pk, progress, "EXP-702")], actor=ACTOR, at=NOW)
        with CaptureQueriesContext(connection) as captured:
            queries.case_detail(clerks.town, case.uuid)
    assert len(statements(captured)) == 9


def test_the_totals_count_the_body(town: list[Case]) -> None:
    with scope(MINASE, read_only=True):
        assert queries.counts_by_handover() == {HandoverProgress.UNDECIDED: 4}
        assert queries.counts_by_identity() == {IdentityState.UNKNOWN: 4}
        assert queries.counts_by_hold() == {}
        assert queries.case_ids([town[0].application_id]) == {town[0].application_id: town[0].pk}
    assert len(cases(HIYORI)) == 1


@pytest.mark.sqlite_only("PostgreSQL plans by its own statistics")
@pytest.mark.parametrize("name", ["case_held", "case_held_in_section", "event_to_tell", "case_by_handover"])
def test_queues_and_held_cases_are_read_by_their_index(town: list[Case], clerks: Clerks, name: str) -> None:
    with scope(MINASE, read_only=True), CaptureQueriesContext(connection) as captured:
        queries.worklist(clerks.town, Filters(is_held=True))
        queries.worklist(clerks.children, Filters(is_held=True))
        queries.events_to_tell(10)
        queries.cases_to_hand_over(10)
    with connection.cursor() as cursor:
        plans = []
        for statement in statements(captured):
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
            plans += [row[3] for row in cursor.fetchall()]
    assert any(f"INDEX {name} " in plan for plan in plans)
