"""The two figures of progress, worked out by hand, and the steps from one to the other."""

from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.rows import AT
from todoke.programme.packs.values import Estimate, NodeKind
from todoke.programme.plans.values import Item, ItemState
from todoke.programme.progress.errors import ItemNotReported, ReportFromLater, ReportUnfit
from todoke.programme.progress.rules import figures, reports
from todoke.programme.progress.values import (
    ConceptProgress,
    Difference,
    PlanProgress,
    Remaining,
    Report,
    ReportDraft,
    ReportState,
    Spread,
    Standing,
    WeightBasis,
    Why,
)

TODAY = date(2026, 4, 6)
DONE, WORKING, NOT, OUT = (
    ReportState.DONE, ReportState.WORKING, ReportState.NOT_STARTED, ReportState.OUT_OF_SCOPE,
)  # fmt: skip


def item(number: int, *, days: float | None = 1, concept: str = "01", **more: object) -> Item:
    effort = {"業務主管課": days} if days is not None else {}
    words = {
        "node": f"s{number}",
        "concept": concept,
        "concept_label": "住民基本台帳",
        "effort": effort,
    } | more
    return Item(
        number, UUID(int=number + 1), f"s{number}@{concept}", label=f"ステップ{number}", kind=NodeKind.TASK,
        **words,  # type: ignore[arg-type]  # what a test says of an item
    )  # fmt: skip


def report(
    number: int, state: ReportState, percent: int | None = None, *, days_ago: int = 0, number_of: int = 0
) -> Report:
    share = percent if percent is not None else 100 if state is DONE else 0
    as_of = TODAY - timedelta(days=days_ago)
    return Report(number_of or number + 1, UUID(int=number + 1), as_of, state, share, None, "", (), "1", AT)


def stand(items: list[Item], said: list[Report]) -> dict[UUID, Standing]:
    return reports.standings(items, reports.newest(said), as_of=TODAY)


def matrix() -> tuple[list[Item], list[Report]]:
    """Forty steps of one 事務: 18 done, 4 対象外, 8 being worked on（半分）, 10 not begun."""
    items = [item(number, days=1 + number % 3) for number in range(40)]
    states = [DONE] * 18 + [OUT] * 4 + [WORKING] * 8 + [NOT] * 10
    said = [report(n, state, 50 if state is WORKING else None) for n, state in enumerate(states)]
    return items, said


def test_the_official_rate_is_the_published_formula_on_all_four_statuses() -> None:
    """(18 + 4) ÷ 40 = 55.0 %; 作業中 8 ÷ 40 = 20.0 %; 未着手 10 ÷ 40 = 25.0 %."""
    items, said = matrix()
    (concept,) = figures.progress(items, stand(items, said), as_of=TODAY).concepts
    rate = concept.official
    assert (rate.done, rate.out_of_scope, rate.working, rate.not_started) == (18, 4, 8, 10)
    assert (rate.rate, rate.working_rate, rate.not_started_rate) == (
        Fraction(22, 40),
        Fraction(8, 40),
        Fraction(10, 40),
    )
    assert rate.is_official


def test_the_weighted_rate_counts_work_and_leaves_what_is_out_of_scope_out_of_both_sides() -> None:
    """Efforts 1, 2, 3, 1, 2, 3 …: done 0–17 = 6 × 6 = 36; 対象外 18–21 = 1 + 2 + 3 + 1 = 7 of 79 in all;
    作業中 22–29 = 2 + 3 + 1 + 2 + 3 + 1 + 2 + 3 = 17, half of it done."""
    items, said = matrix()
    (concept,) = figures.progress(items, stand(items, said), as_of=TODAY).concepts
    assert concept.weighted.total == 79 - 7
    assert concept.weighted.done == 36 + Fraction(17, 2)
    assert concept.weighted.rate == Fraction(89, 144)


def test_the_difference_of_the_two_is_explained_and_adds_up() -> None:
    """0.55 → 18/36 without 対象外 → (18 + 4)/36 with halves → 89/144 by weight."""
    items, said = matrix()
    (concept,) = figures.progress(items, stand(items, said), as_of=TODAY).concepts
    assert concept.differences == {
        Difference.OUT_OF_SCOPE: Fraction(18, 36) - Fraction(22, 40),
        Difference.PARTIAL: Fraction(22, 36) - Fraction(18, 36),
        Difference.OTHERS: Fraction(0),
        Difference.WEIGHT: Fraction(89, 144) - Fraction(22, 36),
    }


states = st.lists(
    st.tuples(st.sampled_from(ReportState), st.integers(0, 99), st.integers(0, 9), st.booleans()),
    min_size=1, max_size=50,
)  # fmt: skip


@given(states)
def test_the_steps_of_the_difference_always_add_up(rows: list[tuple[ReportState, int, int, bool]]) -> None:
    items = [item(n, days=days, node="" if own else f"s{n}") for n, (_, _, days, own) in enumerate(rows)]
    said = [
        report(n, state, percent if state is WORKING else None)
        for n, (state, percent, _, _) in enumerate(rows)
    ]
    whole = figures.progress(items, stand(items, said), as_of=TODAY)
    parts: list[PlanProgress | ConceptProgress] = [whole, *whole.concepts]
    for part in parts:
        if part.differences:
            assert part.official.rate is not None
            assert part.weighted.rate is not None
            assert sum(part.differences.values()) == part.weighted.rate - part.official.rate
    assert sum(whole.states.values()) == len(items)


@given(states)
def test_a_report_of_more_work_done_never_lowers_a_figure(
    rows: list[tuple[ReportState, int, int, bool]],
) -> None:
    items = [item(n, days=days) for n, (_, _, days, _) in enumerate(rows)]
    said = [report(n, state, p if state is WORKING else None) for n, (state, p, _, _) in enumerate(rows)]
    better = [report(0, DONE, number_of=99), *said[1:]]
    before = figures.progress(items, stand(items, said), as_of=TODAY).official.rate
    after = figures.progress(items, stand(items, better), as_of=TODAY).official.rate
    assert before is not None
    assert after is not None
    assert after >= before


def test_other_numbers_of_steps_are_not_called_official() -> None:
    items = [item(number) for number in range(39)]
    assert not figures.progress(items, stand(items, []), as_of=TODAY).concepts[0].official.is_official


def test_only_what_the_publication_counts_is_a_step_where_the_edition_says_so() -> None:
    """A gate of ours between two steps: 1 of 2 steps, 2 of 3 items."""
    items = [item(0, tags=("official-step",)), item(1), item(2, tags=("official-step",))]
    (concept,) = figures.progress(
        items, stand(items, [report(0, DONE), report(1, DONE)]), as_of=TODAY
    ).concepts
    assert (concept.official.done, concept.official.steps) == (1, 2)
    assert concept.weighted.items == 3
    assert concept.differences[Difference.OTHERS] == Fraction(2, 3) - Fraction(1, 2)


def test_retired_items_and_those_above_others_are_not_counted() -> None:
    items = [
        item(0), item(1, parent=UUID(int=1)), item(2, parent=UUID(int=1)), item(3, state=ItemState.RETIRED),
    ]  # fmt: skip
    whole = figures.progress(items, stand(items, [report(1, DONE), report(3, DONE)]), as_of=TODAY)
    assert (whole.official.done, whole.official.steps, whole.weighted.items) == (1, 2, 2)


def test_what_is_out_of_scope_by_the_plan_needs_no_report() -> None:
    items = [item(0, state=ItemState.OUT_OF_SCOPE), item(1)]
    standing = stand(items, [])
    assert (standing[UUID(int=1)].state, standing[UUID(int=1)].why) == (OUT, Why.PLAN)
    assert figures.progress(items, standing, as_of=TODAY).official.rate == Fraction(1, 2)


def test_a_merged_item_is_done_when_all_its_sources_were_and_a_split_one_never_by_itself() -> None:
    old = [item(n, state=ItemState.RETIRED) for n in (0, 1)]
    merged = item(2, sources=(UUID(int=1), UUID(int=2)))
    split = item(3, sources=(UUID(int=1),))
    for said, state in (([report(0, DONE)], NOT), ([report(0, DONE), report(1, DONE)], DONE)):
        standing = stand([*old, merged, split], said)
        assert standing[merged.uuid].state is state
        assert standing[split.uuid].state is NOT


@pytest.mark.parametrize(
    ("said", "is_stale"),
    [
        ([], True), ([report(0, WORKING, 50, days_ago=30)], False), ([report(0, WORKING, 50, days_ago=31)], True),
        ([report(0, NOT, days_ago=31)], True), ([report(0, DONE, days_ago=300)], False),
        ([report(0, OUT, days_ago=300)], False),
    ],
    ids=["never", "30 days", "31 days", "not begun", "done", "out of scope"],
)  # fmt: skip
def test_a_report_is_stale_after_thirty_days_while_the_work_is_open(
    said: list[Report], is_stale: bool
) -> None:
    items = [item(0)]
    assert stand(items, said)[UUID(int=1)].is_stale is is_stale
    assert figures.progress(items, stand(items, said), as_of=TODAY).stale == (
        (UUID(int=1),) if is_stale else ()
    )


def test_what_is_not_to_begin_yet_is_not_stale() -> None:
    later = {UUID(int=1): TODAY + timedelta(days=1)}
    assert not reports.standings([item(0)], {}, as_of=TODAY, begins=later)[UUID(int=1)].is_stale


def test_the_last_report_for_the_latest_day_counts() -> None:
    said = [
        report(0, DONE, days_ago=5, number_of=3),
        report(0, WORKING, 10, number_of=1),
        report(0, WORKING, 20, number_of=2),
    ]
    assert reports.newest(said)[UUID(int=1)].percent == 20
    assert reports.newest(said, as_of=TODAY - timedelta(days=1))[UUID(int=1)].state is DONE


def test_durations_weigh_where_no_effort_is_known_and_what_has_none_is_named() -> None:
    items = [item(0, days=None, estimate=Estimate(1, 3, 5)), item(1, days=None)]
    weighted = figures.progress(items, stand(items, [report(0, DONE)]), as_of=TODAY).weighted
    assert (weighted.basis, weighted.rate, weighted.unweighted) == (
        WeightBasis.DURATION, Fraction(1), 1,
    )  # fmt: skip


def test_the_quartiles_lie_between_neighbours() -> None:
    """0, 1, 2, 3 → 0.75, 1.5, 2.25, as numpy's percentile has it."""
    spread = Spread.of([Fraction(3), Fraction(0), Fraction(2), Fraction(1)])
    assert spread is not None
    assert (spread.first, spread.median, spread.third) == (Fraction(3, 4), Fraction(3, 2), Fraction(9, 4))
    assert Spread.of([]) is None


def draft(state: ReportState = WORKING, percent: int = 50, **more: object) -> ReportDraft:
    words = {"as_of": TODAY} | more
    return ReportDraft(UUID(int=1), state=state, percent=percent, **words)  # type: ignore[arg-type]  # as a test says


@pytest.mark.parametrize(
    "wrong",
    [
        draft(percent=-1), draft(percent=101), draft(percent=100), draft(DONE, 99), draft(NOT, 1),
        draft(OUT, 0), draft(DONE, 100, remaining=Remaining(0, 0, 1)), draft(remaining=Remaining(2, 1, 3)),
        draft(remaining=Remaining(float("nan"), 1, 3)), draft(remaining=Remaining(0, 1, 1e9)),
        draft(note="あ" * 2001),
    ],
)  # fmt: skip
def test_a_report_that_contradicts_itself_is_refused(wrong: ReportDraft) -> None:
    with pytest.raises(ReportUnfit):
        reports.check(wrong, item(0), today=TODAY)


def test_a_report_of_tomorrow_or_of_what_does_not_count_is_refused() -> None:
    with pytest.raises(ReportFromLater):
        reports.check(draft(as_of=TODAY + timedelta(days=1)), item(0), today=TODAY)
    for unfit in (None, item(0, state=ItemState.RETIRED), item(0, state=ItemState.OUT_OF_SCOPE)):
        with pytest.raises(ItemNotReported):
            reports.check(draft(), unfit, today=TODAY)
    assert reports.check(draft(OUT, 0, note="システムがない"), item(0), today=TODAY).state is OUT
