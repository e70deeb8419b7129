"""The two figures of progress side by side, and in what they differ.

(a) 総務省の算式, exactly:（完了済み + 対象外）÷ ステップ数 per 事務; 総務省 says itself that the work per step differs and that
this is no rate of work done（標準化 dashboard）. (b) weighted by work, 対象外 left out of both sides. No mean of means: the whole
is counted from the items again, and the 事務 are shown by their quartiles.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from uuid import UUID

from todoke.programme.plans.values import Item, ItemState
from todoke.programme.progress.values import (
    ConceptProgress,
    Difference,
    OfficialRate,
    PlanProgress,
    ReportState,
    Spread,
    Standing,
    WeightBasis,
    WeightedProgress,
)

OFFICIAL_TAG = "official-step"  # on the nodes of an edition that the publication counts
OFFICIAL_STEPS = 40  # 39 sub-steps of the 17 tasks and 運用開始ステータス（総務省 月次公表、令和8年1月時点）
_ZERO = Fraction(0)


def leaves(items: Iterable[Item]) -> list[Item]:
    """The items that nothing hangs below: only these are reported and counted. Retired ones are left out."""
    living = [one for one in items if one.state is not ItemState.RETIRED]
    above = {one.parent for one in living if one.parent is not None}
    return [one for one in living if one.uuid not in above]


def official(
    concept: str, label: str, items: Iterable[Item], standings: Mapping[UUID, Standing]
) -> OfficialRate:
    """The official counts over the guideline's own items of one 事務; the body's own items are not among its steps."""
    counts = dict.fromkeys(ReportState, 0)
    for one in steps(items):
        counts[standings[one.uuid].state] += 1
    return OfficialRate(
        concept, label, counts[ReportState.DONE], counts[ReportState.OUT_OF_SCOPE], counts[ReportState.WORKING],
        counts[ReportState.NOT_STARTED], is_official=bool(concept) and sum(counts.values()) == OFFICIAL_STEPS,
    )  # fmt: skip


def steps(items: Iterable[Item]) -> list[Item]:
    """What the official formula counts: the items that the edition marks as its steps, or all of the guideline's own."""
    own = [one for one in items if not one.is_local]
    marked = [one for one in own if OFFICIAL_TAG in one.tags]
    return marked or own


def weight(item: Item, basis: WeightBasis) -> Fraction | None:
    """Person-days of all roles, or the likely duration in working days; None where it is not known."""
    if basis is WeightBasis.EFFORT:
        return _exact(sum(item.effort.values())) if item.effort else None
    if basis is WeightBasis.DURATION:
        return _exact(item.estimate.likely) if item.estimate else None
    return Fraction(1)


def _exact(number: float) -> Fraction:
    return Fraction(str(number))


def basis_of(items: Sequence[Item]) -> WeightBasis:
    """Effort where any item has one, else durations, else nothing; never mixed in one figure."""
    if any(one.effort for one in items):
        return WeightBasis.EFFORT
    return WeightBasis.DURATION if any(one.estimate for one in items) else WeightBasis.NONE


def weighted(
    items: Iterable[Item], standings: Mapping[UUID, Standing], basis: WeightBasis
) -> WeightedProgress:
    """Work done ÷ work to do over the items that count and are not reported as 対象外."""
    done = total = stale = _ZERO
    count = unweighted = undated = 0
    for one in items:
        standing = standings[one.uuid]
        if not one.counts or standing.state is ReportState.OUT_OF_SCOPE:
            continue
        count += 1
        undated += one.deadline is None and one.fixed_finish is None
        heavy = weight(one, basis)
        if heavy is None:
            unweighted += 1
            continue
        total += heavy
        done += heavy * standing.percent / 100
        stale += heavy if standing.is_stale else _ZERO
    return WeightedProgress(done, total, count, unweighted, stale, undated, basis)


def differences(
    items: Sequence[Item], standings: Mapping[UUID, Standing], rate: OfficialRate, by_weight: WeightedProgress
) -> Mapping[Difference, Fraction]:
    """From the official rate to the weighted one in four steps that add up exactly; empty where one of them is missing."""
    if rate.rate is None or by_weight.rate is None:
        return {}
    in_scope = rate.steps - rate.out_of_scope
    without = Fraction(rate.done, in_scope) if in_scope else _ZERO
    ours = [one for one in steps(items) if one.counts]
    partial = _mean(ours, standings)
    counting = [one for one in items if one.counts and weight(one, by_weight.basis) is not None]
    among = _mean(counting, standings)
    return {
        Difference.OUT_OF_SCOPE: without - rate.rate,
        Difference.PARTIAL: partial - without,
        Difference.OTHERS: among - partial,
        Difference.WEIGHT: by_weight.rate - among,
    }


def _mean(items: Iterable[Item], standings: Mapping[UUID, Standing]) -> Fraction:
    percents = [
        standings[one.uuid].percent
        for one in items
        if standings[one.uuid].state is not ReportState.OUT_OF_SCOPE
    ]
    return Fraction(sum(percents), 100 * len(percents)) if percents else _ZERO


def progress(items: Iterable[Item], standings: Mapping[UUID, Standing], *, as_of: date) -> PlanProgress:
    """All figures of a plan as of a day, from its items and where they stand."""
    counted = leaves(items)
    basis = basis_of(counted)
    concepts: dict[tuple[str, str], list[Item]] = {}
    for one in counted:
        if one.concept:
            concepts.setdefault((one.concept, one.concept_label or one.concept), []).append(one)
    parts = [_concept(code, label, some, standings, basis) for (code, label), some in concepts.items()]
    whole = _concept("", "全体", counted, standings, basis)
    open_ones = [one for one in counted if one.counts]
    states = dict.fromkeys(ReportState, 0)
    for one in counted:
        states[standings[one.uuid].state] += 1
    rates = [part.weighted.rate for part in parts if part.weighted.rate is not None]
    return PlanProgress(
        as_of, tuple(parts), whole.official, whole.weighted, whole.differences, Spread.of(rates), states,
        tuple(one.uuid for one in open_ones if standings[one.uuid].is_stale),
        tuple(one.uuid for one in open_ones if one.deadline is None and one.fixed_finish is None),
    )  # fmt: skip


def _concept(
    code: str, label: str, items: Sequence[Item], standings: Mapping[UUID, Standing], basis: WeightBasis
) -> ConceptProgress:
    rate, by_weight = official(code, label, items, standings), weighted(items, standings, basis)
    return ConceptProgress(rate, by_weight, differences(items, standings, rate, by_weight))
