"""The programme side of the demonstration: who submits to whom, and a plan that is under way in one invented town."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import cycle

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Viewer
from todoke.foundation.audit.values import Actor
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.exchange import services as exchange
from todoke.foundation.fence import scope
from todoke.foundation.organisations import queries as bodies
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.programme.forecast import services as forecasts
from todoke.programme.forecast.values import ForecastKind
from todoke.programme.packs import queries as packs
from todoke.programme.plans import services as plans
from todoke.programme.plans.values import Plan, PlanKind
from todoke.programme.progress import queries as progress
from todoke.programme.progress import services as reporting
from todoke.programme.progress.values import Remaining, ReportDraft, ReportState

PACK = "urn:jp:soumu:tejunsho:hyojunka"
AREAS = ("01", "03", "07", "11", "15")  # a few of the 事務: a plan that one can survey
RUNS = 200


def set_up(*, actor: Actor, at: datetime) -> None:
    """Let the towns submit to their prefecture, and give the first town a plan with reports and a forecast."""
    known = bodies.organisations()
    prefectures = [one for one in known if one.kind is OrganisationKind.PREFECTURE]
    towns = [one for one in known if one.kind is OrganisationKind.MUNICIPALITY]
    for town in towns if prefectures else ():
        organisations.set_parent(town.code, prefectures[0].code)
        exchange.introduce(town.code, prefectures[0].code, actor=actor, at=at)
    if towns:
        _plan(towns[0].code, at)


def _plan(town: str, at: datetime) -> None:
    """A plan as of half a year in. Edition 1.0 on purpose: its successor is there to be adopted."""
    began = at - timedelta(days=180)
    with scope(town):
        officer = accounts.staff_by_name(f"{town}-dx")
        viewer = accounts.viewer(officer.pk) if officer is not None else None
        if viewer is None:
            return
        edition = min(packs.editions(PACK))
        given: dict[str, Sequence[str]] = {
            "scope:business": AREAS,
            "starts_on": [japanese_date(began).isoformat()],
        }
        plan = plans.make_plan(
            viewer,
            PlanKind.STANDARDISATION,
            edition,
            title="情報システムの標準化・共通化",
            given=given,
            at=at,
        )
        _report(viewer, plan, at)
        forecasts.keep_forecast(viewer, plan.uuid, ForecastKind.FORECAST, at=at, runs=RUNS)


def _report(viewer: Viewer, plan: Plan, at: datetime) -> None:
    """The first tasks are done, some are under way, the rest is not begun; one report in seven is old."""
    items, today = progress.reportable(progress.content_of(plan.uuid)), japanese_date(at)
    ages = cycle((3, 9, 14, 5, 21, 11, 45))
    drafts = []
    for place, (item, age) in enumerate(zip(items, ages, strict=False)):
        as_of = today - timedelta(days=age)
        if place * 10 < len(items) * 3:
            drafts.append(ReportDraft(item.uuid, as_of, ReportState.DONE, 100))
        elif place * 10 < len(items) * 5:
            remaining = Remaining(5, 15, 40)
            drafts.append(ReportDraft(item.uuid, as_of, ReportState.WORKING, 40, remaining, "事業者と調整中"))
    reporting.report_many(viewer, plan.uuid, drafts, at=at)
