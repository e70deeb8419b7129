"""What is likely, why, and until when one can wait: the pages of forecasting as they show it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.http import Http404

from todoke.programme.forecast import queries as forecasts
from todoke.programme.forecast.errors import ActivityUnknown, BeyondCalendar
from todoke.programme.forecast.values import (
    Accuracy,
    Calibration,
    CurvePoint,
    EarlyStartCurve,
    ExactWord,
    Explanation,
    Finding,
    Forecast,
    ForecastRef,
    MonthLoad,
    Network,
    Proof,
    ProofKind,
    SafeDate,
    Schedule,
    Verdict,
)
from todoke.programme.plans import queries as plans
from todoke.web.shared.dates import day_words
from todoke.web.shared.templatetags.todoke import chance as chance_words

from .charts import Column, Tick, columns_of, line_of, month_words
from .drawn import Drawn, drawn
from .funding_view import Reminder, reminders
from .narrowing import Choice, Filters, choices_for

RUNS = 300  # a chance is then right to about ± 3 points; a kept forecast has 1,000
CURVE_RUNS, LEAST_RUNS, CURVE_WORK = 100, 20, 20_000
AT_ONCE = 400  # activities of which the whole early-start page is computed while somebody waits
CURVE_MONTHS = (0, 3, 6, 9, 12, 15, 18)  # evenly spread: the drawing has them so
SHOWN = 200


def verdict_tone(verdict: Verdict) -> str:
    """The sign beside a verdict."""
    tones = {Verdict.FOUND: "done", Verdict.NOT_FOUND: "warn", Verdict.IMPOSSIBLE: "stop"}
    return tones.get(verdict, "none")


PROOFS = {
    ProofKind.CHAIN: "「{subject}」までのつながりに{needed}執務日かかりますが、{until}までに{available}執務日しかありません。",
    ProofKind.WORK: "{subject}の作業量は{until}までに{needed}人日ありますが、体制は{available}人日しかありません。",
    ProofKind.DEMAND: "「{subject}」には同時に{needed}人（枠）要りますが、体制は最大でも{available}人（枠）です。",
}


def proof_words(found: Drawn, proof: Proof) -> str:
    """Why a deadline cannot be kept, in a sentence with its figures; people are kept in hundredths."""
    unit = 1 if proof.kind is ProofKind.CHAIN else 100
    if proof.kind is ProofKind.CHAIN and not proof.available and proof.deadline:
        label = found.labels().get(proof.subject, proof.subject)
        return f"「{label}」の期限（{day_words(proof.deadline)}）は過ぎていて、終わるまでにあと{proof.needed}執務日かかります。"
    return PROOFS[proof.kind].format(
        subject=found.labels().get(proof.subject, proof.subject).removeprefix("vendor:"),
        needed=f"{proof.needed / unit:,.0f}"
        if proof.kind is not ProofKind.DEMAND
        else f"{proof.needed / unit:.1f}",
        available=f"{proof.available / unit:,.0f}"
        if proof.kind is not ProofKind.DEMAND
        else f"{proof.available / unit:.1f}",
        until=day_words(proof.deadline) if proof.deadline else "期限",
    )


@dataclass(frozen=True, slots=True)
class Share:
    """One month of the distribution: how many runs end in it, and by its end."""

    month: date
    runs: int
    percent: int
    by_then: int


@dataclass(frozen=True, slots=True)
class ForecastPage:
    """What is likely of a plan."""

    drawn: Drawn
    forecast: Forecast
    chance: str
    tone: str
    shares: Sequence[Share]
    columns: Sequence[Column]
    deadlines: Sequence[tuple[str, date | None, str]]
    kept: Sequence[ForecastRef]
    accuracy: Sequence[Accuracy]
    findings: Sequence[tuple[str, Sequence[Finding]]]
    found: int
    proofs: Sequence[str]
    exact: str


def likely(found: Drawn, *, as_of: date, runs: int = RUNS) -> Forecast:
    """The forecast of a plan as it stands."""
    calibration = forecasts.calibration_of(found.plan, as_of=as_of)
    return _said(found.network, found.placed, runs, calibration)


@lru_cache(maxsize=8)
def _said(network: Network, placed: Schedule, runs: int, calibration: Calibration) -> Forecast:
    """Kept: the page is looked at again, and its file is fetched, before anything changes."""
    return forecasts.simulate(network, runs=runs, along=placed, calibration=calibration)


def forecast_page(uuid: UUID, *, as_of: date) -> ForecastPage:
    """P50, P80, chances, the distribution, kept forecasts and how right they were. Raises as `drawn`."""
    found = drawn(uuid, as_of=as_of)
    said = likely(found, as_of=as_of)
    shares, findings = shares_of(said), forecasts.lint(found.network)
    return ForecastPage(
        found, said, chance_words(said.on_time.permille if said.on_time else None), verdict_tone(found.placed.verdict),
        shares, columns_of([(month_words(one.month), one.runs) for one in shares]),
        [(one.label or "全体", one.deadline, chance_words(one.chance.permille)) for one in said.deadlines],
        forecasts.forecasts(uuid, limit=30), forecasts.accuracy(uuid, as_of=as_of)[:12], by_rule(findings), len(findings),
        [proof_words(found, one) for one in found.placed.proofs], exact_words(found),
    )  # fmt: skip


def by_rule(findings: Sequence[Finding]) -> list[tuple[str, Sequence[Finding]]]:
    """What is odd, each kind together, in the order of the rules."""
    rules = list(dict.fromkeys(one.rule for one in findings))
    return [(rule.label, [one for one in findings if one.rule is rule]) for rule in rules]


EXACT = {
    ExactWord.OPTIMAL: "厳密解法で確かめた：{finish}より早く終わり、遅れも少ない日程はありません。",
    ExactWord.IMPOSSIBLE: "厳密解法で確かめた：どの順で進めても期限に間に合いません。少なくとも{late}執務日遅れます。",
    ExactWord.POLISHED: "厳密解法で、より良い日程（{finish}に完了）が見つかりました。最も良いことの証明ではありません。",
    ExactWord.OPEN: "厳密解法でも、定めた計算量の中では何も確かめられませんでした。できないことの証明ではありません。",
}
OVERSIZED = "厳密解法で確かめた：一件で体制の上限を超える取組があり、いまの体制では実行できません。"
NOT_ASKED = (
    "厳密解法（任意の追加機能）では、まだ確かめていません。管理者が todoke forecast exact で確かめられます。"
)
NOT_THERE = (
    "厳密解法（任意の追加機能）は入っていません。管理者が pip install 'todoke[exact]' で入れられます。"
)


def exact_words(found: Drawn) -> str:
    """What the exact solver has shown of this plan, when, and whether the plan is still the same."""
    kept = forecasts.last_exact(found.plan.uuid)
    if kept is None:
        return NOT_ASKED if forecasts.is_installed() else NOT_THERE
    finish = day_words(kept.ref.finish) if kept.ref.finish else ""
    words = EXACT[kept.word].format(finish=finish, late=kept.late_bound)
    if kept.word is ExactWord.IMPOSSIBLE and not kept.late_bound:
        words = OVERSIZED
    since = "" if forecasts.is_as_asked(kept, found.network) else "その後、計画か報告か日付が変わっています。"
    return (
        f"{day_words(kept.ref.as_of)}に{words}標準の所要日数で、体制を一日ごとに数えた答えです。{since}"
        f"（{kept.ref.engine}、計算量{kept.effort:g}）"
    )


def shares_of(said: Forecast) -> list[Share]:
    """The distribution month by month."""
    found, sum_so_far = [], 0
    for month, runs in said.months:
        sum_so_far += runs
        found.append(Share(month, runs, runs * 100 // said.runs, sum_so_far * 100 // said.runs))
    return found


@dataclass(frozen=True, slots=True)
class WhyPage:
    """Why one date is what it is."""

    drawn: Drawn
    label: str
    why: Explanation
    onward: Sequence[str]
    deadline_of: str
    short_days: int


def why_page(uuid: UUID, key: str, *, as_of: date) -> WhyPage:
    """The chain that binds a piece of work, and the one to its deadline. Raises Http404 for a stranger."""
    found = drawn(uuid, as_of=as_of)
    try:
        why = forecasts.explain(found.network, found.placed, key)
    except ActivityUnknown as unknown:
        raise Http404 from unknown
    labels = found.labels()
    return WhyPage(
        found, labels[key], why, [labels[one] for one in why.onward], labels.get(why.deadline_key, ""),
        max(-why.float_days, 0),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SafePage:
    """Until when what has to begin, by what is lost."""

    drawn: Drawn
    lines: Sequence[SafeDate]
    next: Sequence[SafeDate]
    count: int
    filters: Filters
    choices: Sequence[Choice]
    reminders: Sequence[Reminder]
    unrecorded: int


def safe_page(uuid: UUID, filters: Filters, *, as_of: date) -> SafePage:
    """The last safe dates of a plan, the heaviest loss first. Raises as `drawn`."""
    found = drawn(uuid, as_of=as_of)
    lines = safe_lines(found, filters)
    choices = choices_for((one.item for one in found.works), filters)
    ahead, unrecorded = reminders(plans.supports(found.plan), as_of=as_of)
    return SafePage(
        found, lines[:SHOWN], forecasts.next_to_lose(lines), len(lines), filters, choices, ahead, unrecorded
    )


def safe_lines(found: Drawn, filters: Filters) -> Sequence[SafeDate]:
    """The last safe dates of the work that fits, each with its 事務."""
    labels = found.labels()
    lines = tuple(
        replace(one, label=labels[one.key], target_label=labels[one.target])
        for one in forecasts.last_safe_dates(found.network, found.placed)
    )
    if not filters.pairs:
        return lines
    keys = {one.activity.key for one in found.works if filters.fits(one.item)}
    return tuple(one for one in lines if one.key in keys)


def safe_rows(uuid: UUID, filters: Filters, *, as_of: date) -> list[list[str]]:
    """All of them, for a spreadsheet."""
    found = drawn(uuid, as_of=as_of)
    labels = found.labels()
    return [
        [
            day_words(one.by), labels.get(one.key, one.label), one.kind.label, labels.get(one.target, one.target_label),
            one.window, "" if one.lost_days is None else str(one.lost_days),
            day_words(one.next_chance) if one.next_chance else "", str(one.slack_days),
        ]
        for one in safe_lines(found, filters)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class CurvePage:
    """The early-start curve with its drawing."""

    drawn: Drawn
    curve: EarlyStartCurve
    points: Sequence[tuple[CurvePoint, str, str]]
    peak_line: str
    chance_line: str
    ticks: Sequence[Tick]
    highest: str
    is_hopeless: bool
    has_advice: bool


def curve_page(uuid: UUID, *, as_of: date, with_advice: bool = False) -> CurvePage:
    """Peak staffing and chance against the start month; of a large plan the advice only if it is asked for. Raises as `drawn`."""
    found = drawn(uuid, as_of=as_of)
    with_advice = with_advice or len(found.network.activities) <= AT_ONCE
    curve = _curve(found.network, with_advice=with_advice)
    peaks = [None if one.peak is None else one.peak / 100 for one in curve.points]
    highest = max((one for one in peaks if one is not None), default=1)
    chances = [None if one.chance is None else one.chance.permille / 1000 for one in curve.points]
    each = 800 / len(curve.points)
    ticks = [
        Tick(round((index + 0.5) * each, 1), month_words(one.start)) for index, one in enumerate(curve.points)
    ]
    return CurvePage(
        found, curve, [_point(one) for one in curve.points],
        line_of(peaks, highest=highest), line_of(chances, highest=1), ticks, f"{highest:.1f}",
        all(one.peak is None and not (one.chance and one.chance.kept) for one in curve.points), with_advice,
    )  # fmt: skip


@lru_cache(maxsize=16)
def _curve(network: Network, *, with_advice: bool) -> EarlyStartCurve:
    """The dearest answer of all: computed once for the same network. Months that end beyond the calendar are left out."""
    runs = max(min(CURVE_WORK // len(network.activities), CURVE_RUNS), LEAST_RUNS)
    for count in range(len(CURVE_MONTHS), 1, -2):
        try:
            return forecasts.early_start_curve(
                network, months=CURVE_MONTHS[:count], runs=runs, tries=1, with_advice=with_advice
            )
        except BeyondCalendar:
            continue
    return forecasts.early_start_curve(
        network, months=CURVE_MONTHS[:1], runs=runs, tries=1, with_advice=with_advice
    )


def _point(one: CurvePoint) -> tuple[CurvePoint, str, str]:
    return one, persons(one.peak), chance_words(one.chance.permille if one.chance else None)


def persons(hundredths: int | None) -> str:
    """So many persons at one time; what was not found is not called impossible."""
    return "見つかりません" if hundredths is None else f"{hundredths / 100:.1f}人"


@dataclass(frozen=True, slots=True)
class LoadChart:
    """One resource month by month: columns of what is asked, the line of what there is, and the table."""

    label: str
    unit: str
    rows: Sequence[MonthLoad]
    columns: Sequence[Column]
    available: str
    over: int
    highest: str


@dataclass(frozen=True, slots=True)
class LoadPage:
    """What the months ask of people and vendors."""

    drawn: Drawn
    charts: Sequence[LoadChart]
    filters: Filters
    choices: Sequence[Choice]


def load_page(uuid: UUID, filters: Filters, *, as_of: date) -> LoadPage:
    """Work by role and month against what there is. Raises as `drawn`."""
    found = drawn(uuid, as_of=as_of)
    by_resource: dict[str, list[MonthLoad]] = {}
    for one in loads_of(found, filters):
        by_resource.setdefault(one.resource, []).append(one)
    choices = choices_for((one.item for one in found.works), filters)
    return LoadPage(found, [_load_chart(rows) for rows in by_resource.values()], filters, choices)


def loads_of(found: Drawn, filters: Filters) -> Sequence[MonthLoad]:
    """What the work that fits asks for, on the days of the whole schedule; who is not asked for is left out."""
    if not filters.pairs:
        return forecasts.month_loads(found.network, found.placed)
    keys = {one.activity.key for one in found.works if filters.fits(one.item)}
    some = [one if one.key in keys else replace(one, demands=()) for one in found.network.activities]
    loads = forecasts.month_loads(replace(found.network, activities=tuple(some)), found.placed)
    asked = {one.resource for one in loads if one.asked}
    return [one for one in loads if one.resource in asked]


def _load_chart(rows: Sequence[MonthLoad]) -> LoadChart:
    has_capacity = any(one.available for one in rows)
    highest = max(max(one.asked, one.available) for one in rows) or 1
    scaled = [(month_words(one.month), one.asked * 160 / highest) for one in rows]
    columns = columns_of([*scaled], height=160)
    top = max((value for _, value in scaled), default=0) or 1
    columns = tuple(
        Column(
            one.x,
            round(160 - one.height * top / 160, 1),
            one.width,
            round(one.height * top / 160, 1),
            one.words,
        )
        for one in columns
    )
    available = line_of([one.available for one in rows], highest=highest) if has_capacity else ""
    over = sum(one.asked > one.available for one in rows) if has_capacity else 0
    return LoadChart(
        rows[0].label,
        "枠・日" if rows[0].is_vendor else "人日",
        rows,
        columns,
        available,
        over,
        f"{highest / 100:.0f}",
    )


def load_rows(uuid: UUID, filters: Filters, *, as_of: date) -> list[list[str]]:
    """The same for a spreadsheet."""
    found = drawn(uuid, as_of=as_of)
    return [
        [one.label, f"{one.month:%Y-%m}", f"{one.asked / 100:.1f}", f"{one.available / 100:.1f}", f"{one.peak / 100:.1f}"]
        for one in loads_of(found, filters)
    ]  # fmt: skip
