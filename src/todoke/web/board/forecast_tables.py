"""The tables behind the charts of forecasting, as files."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.http import Http404, HttpResponseBase

from todoke.web.shared.dates import day_words

from . import forecast_view, network_view
from .drawn import drawn, plan_or_404
from .narrowing import Filters
from .tables import csv_file

Table = tuple[str, Sequence[str], list[list[str]]]  # its words, the header, the rows


def _distribution(uuid: UUID, filters: Filters, as_of: date) -> Table:
    said = forecast_view.likely(drawn(uuid, as_of=as_of), as_of=as_of)
    rows = [[f"{one.month:%Y-%m}", str(one.runs), str(one.by_then)] for one in forecast_view.shares_of(said)]
    return "完了時期の分布", ("完了する月", "試行の数", "その月までに完了（％）"), rows


def _safe_dates(uuid: UUID, filters: Filters, as_of: date) -> Table:
    header = (
        "着手の期限",
        "取組",
        "失うもの",
        "影響する取組",
        "時期",
        "失う執務日",
        "次の機会",
        "今の日程との余裕（執務日）",
    )
    return "着手の期限", header, forecast_view.safe_rows(uuid, filters, as_of=as_of)


def _early_start(uuid: UUID, filters: Filters, as_of: date) -> Table:
    view = forecast_view.curve_page(uuid, as_of=as_of)
    rows = [
        [day_words(one.start), peak, chance, day_words(one.p50) if one.p50 else "", one.verdict.label]
        for one, peak, chance in view.points
    ]
    return "早期着手", ("開始", "最大の人数", "間に合う見込み", "半々の完了日", "判定"), rows


def _loads(uuid: UUID, filters: Filters, as_of: date) -> Table:
    header = ("役割・事業者", "月", "必要（人日・枠日）", "体制（人日・枠日）", "同時に必要な最大")
    return "月ごとの作業量", header, forecast_view.load_rows(uuid, filters, as_of=as_of)


def _network(uuid: UUID, filters: Filters, as_of: date) -> Table:
    return "前後のつながり", network_view.HEADER, network_view.rows_for_file(uuid, as_of=as_of)


TABLES: Mapping[str, Callable[[UUID, Filters, date], Table]] = {
    "distribution": _distribution, "safe-dates": _safe_dates, "early-start": _early_start, "loads": _loads,
    "network": _network,
}  # fmt: skip


def file_of(uuid: UUID, what: str, filters: Filters, *, as_of: date) -> HttpResponseBase:
    """One of the tables as CSV. Raises Http404 for a table that there is not."""
    plan = plan_or_404(uuid)
    if what not in TABLES:
        raise Http404
    words, header, rows = TABLES[what](uuid, filters, as_of)
    return csv_file(f"{plan.title}-{words}", header, rows)
