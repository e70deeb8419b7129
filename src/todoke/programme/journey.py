"""The journey of a guideline, in order. Read this first.

1. packs: a guideline（手順書・計画）is data in immutable editions; a new edition says what became of each item of the old.
2. plans: a body pins an edition and makes its own plan of it; a new edition is merged item by item, by a named person.
3. progress: reports with their as-of date, append-only; every figure is derived from them.
4. forecast: when it will be done, with which load, how likely, and why on this date; pure and seeded.
5. review: the monthly close（PDCA）and decision cards（OODA）.
6. rollup: a town submits a signed snapshot; the prefecture sees submissions and never drafts; the nation what is forwarded.
"""

from datetime import datetime, timedelta

from todoke.foundation.calendars.queries import now
from todoke.foundation.claims import Job
from todoke.foundation.exchange import queries as exchange_queries
from todoke.foundation.exchange import services as exchange
from todoke.foundation.fence import scope
from todoke.programme.forecast import jobs as forecast
from todoke.programme.packs import jobs as packs
from todoke.programme.packs import services as pack_services
from todoke.programme.progress import jobs as progress
from todoke.programme.progress.services import CASE_EVENTS
from todoke.programme.rollup import jobs as rollup

KINDS: tuple[str, ...] = (
    pack_services.LETTER_KIND,
    CASE_EVENTS,
    *rollup.KINDS,
)  # of files that the stages of this line take
JOBS: tuple[Job, ...] = (
    Job("exchange.collect", "受け渡しファイルの受取り", exchange.collect),
    Job("packs.take", "手順書の版の受取り", packs.take_editions),
    Job("rollup.take", "提出・照会の取込み", rollup.take),
    Job("progress.take_case_days", "申請の記録の取込み", progress.take_case_days),
    Job("exchange.deliver", "受け渡しファイルの送付", exchange.deliver),
    Job("forecast.weekly", "週ごとの見通しの記録", forecast.forecast_weekly),
)


def next_due(organisation: str, *, horizon: timedelta) -> datetime | None:
    """When the next unfinished work of a body is due within the horizon; None when there is none."""
    at = now()
    if exchange_queries.has_arrived(organisation):
        return at
    with scope(organisation, read_only=True):
        moments = [exchange_queries.next_due(KINDS)]
    return min((one for one in moments if one is not None and one <= at + horizon), default=None)


def has_work(organisation: str) -> bool:
    """Whether a round would find something to do for a body now."""
    return next_due(organisation, horizon=timedelta(0)) is not None
