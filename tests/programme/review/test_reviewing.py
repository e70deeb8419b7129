"""A decision is bound to what was known, looked at again by a day, and red after it; a month is signed as it was shown."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from tests.casework.identify.conftest import MINASE
from tests.programme.plans.conftest import Body
from todoke.foundation import canonical
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.calendars.values import last_day
from todoke.foundation.fence import scope
from todoke.programme.forecast import services as forecasts
from todoke.programme.forecast.values import ForecastKind
from todoke.programme.plans import queries as plans
from todoke.programme.plans.values import Plan
from todoke.programme.progress import queries as progress
from todoke.programme.progress import services as reporting
from todoke.programme.progress.values import ReportDraft, ReportState
from todoke.programme.review import queries, services
from todoke.programme.review.errors import (
    AlreadyClosed,
    CardChanged,
    CardUnfit,
    CloseChanged,
    MonthNotOver,
    StepUnfit,
)
from todoke.programme.review.models import CloseRow
from todoke.programme.review.values import (
    Card,
    CardState,
    Close,
    Decision,
    Outcome,
    QuestionKind,
    Signal,
    SignalKind,
)

MARCH = date(2026, 3, 1)
SIGNAL = Signal(SignalKind.CHANCE, "72%", "41%")
IN_MAY = Decision(0, "人を一人増やす", date(2026, 5, 29), ("12",))


def opened(body: Body, plan: Plan, *labels: str) -> Card:
    card = services.open_card(
        body.officer, plan.uuid, title="間に合わない見込み", signal=SIGNAL, situation="事業者の空きがない", at=body.clock.now
    )  # fmt: skip
    for label in labels:
        card = services.add_option(
            body.officer, card.uuid, version=card.version, label=label, scenario=None, at=body.clock.now
        )
    return card


def decided(body: Body, plan: Plan) -> Card:
    card = opened(body, plan, "人を増やす", "特定移行にする")
    return services.decide(body.officer, card.uuid, IN_MAY, version=card.version, at=body.clock.now)


def test_a_card_goes_from_signal_to_option_to_decision_to_what_was_learnt(body: Body, plan: Plan) -> None:
    with scope(MINASE):
        card = decided(body, plan)
        assert (card.state, card.chosen, card.signal) == (CardState.DECIDED, 0, SIGNAL)
        assert (card.decider, card.difference) == (str(body.officer.staff_id), ("12",))
        card = services.review(
            body.officer, card.uuid, Outcome.PARTLY, "着任が遅れた", version=card.version, at=body.clock.now
        )
        assert (card.state, card.outcome, card.learnt) == (CardState.REVIEWED, Outcome.PARTLY, "着任が遅れた")
        acts = AuditEntry.objects.filter(action__startswith="decision.").order_by("pk")
        assert list(acts.values_list("action", flat=True)) == [
            "decision.opened", "decision.option_added", "decision.option_added", "decision.decided", "decision.reviewed",
        ]  # fmt: skip


def test_an_option_keeps_the_forecast_as_it_was_then(body: Body, plan: Plan) -> None:
    with scope(MINASE):
        kept = forecasts.keep_forecast(
            body.officer, plan.uuid, ForecastKind.BASELINE, at=body.clock.now, runs=20
        )
        card = opened(body, plan)
        card = services.add_option(
            body.officer,
            card.uuid,
            version=card.version,
            label="このまま",
            scenario=kept.uuid,
            at=body.clock.now,
        )
        (option,) = card.options
        assert (option.p50, option.p80, option.chance_permille) == (kept.p50, kept.p80, kept.chance_permille)


def test_a_decision_that_was_not_looked_at_again_is_red_and_first(body: Body, plan: Plan) -> None:
    with scope(MINASE):
        card = decided(body, plan)
        newer = opened(body, plan)
        for today, is_overdue in ((date(2026, 5, 29), False), (date(2026, 5, 30), True)):
            assert queries.card(card.uuid, today=today).is_overdue is is_overdue
            assert queries.overdue_count(today=today) == is_overdue
            order = [one.uuid for one in queries.cards(plan.uuid, today=today)]
            assert order == ([card.uuid, newer.uuid] if is_overdue else [newer.uuid, card.uuid])


@pytest.mark.parametrize(
    "unfit",
    [
        replace(IN_MAY, chosen=2), replace(IN_MAY, chosen=-1), replace(IN_MAY, reason=" "),
        replace(IN_MAY, review_by=None), replace(IN_MAY, review_by=date(2026, 4, 6)),
    ],
)  # fmt: skip
def test_a_decision_without_option_reason_or_day_is_refused(body: Body, plan: Plan, unfit: Decision) -> None:
    with scope(MINASE):
        card = opened(body, plan, "一", "二")
        with pytest.raises(CardUnfit):
            services.decide(body.officer, card.uuid, unfit, version=card.version, at=body.clock.now)


def test_who_is_late_or_out_of_turn_or_has_no_right_changes_nothing(body: Body, plan: Plan) -> None:
    at = body.clock.now
    with scope(MINASE):
        card = decided(body, plan)
        with pytest.raises(CardChanged):
            services.review(body.officer, card.uuid, Outcome.NOT, "x", version=card.version - 1, at=at)
        with pytest.raises(StepUnfit):
            services.drop(body.officer, card.uuid, "x", version=card.version, at=at)
        with pytest.raises(RightMissing):
            services.review(body.reporter, card.uuid, Outcome.NOT, "x", version=card.version, at=at)
        assert queries.card(card.uuid, today=japanese_date(at)) == card


def test_a_card_that_needs_no_decision_is_dropped_with_a_reason(body: Body, plan: Plan) -> None:
    with scope(MINASE):
        card = opened(body, plan)
        with pytest.raises(CardUnfit):
            services.drop(body.officer, card.uuid, "", version=card.version, at=body.clock.now)
        card = services.drop(body.officer, card.uuid, "解消した", version=card.version, at=body.clock.now)
        assert card.state is CardState.DROPPED


def close(body: Body, plan: Plan, month: date = MARCH, *, reason: str = "") -> Close:
    draft = queries.close_draft(plan.uuid, month, today=japanese_date(body.clock.now))
    shown = canonical.hash_of(draft.document)
    return services.close_month(
        body.officer,
        plan.uuid,
        month,
        shown_sha256=shown,
        comment="確認した",
        reason=reason,
        at=body.clock.now,
    )


def test_a_month_is_signed_as_it_was_and_stays_so(body: Body, plan: Plan) -> None:
    with scope(MINASE):
        item, other, *_ = progress.reportable(progress.content_of(plan.uuid))
        before = [ReportDraft(item.uuid, date(2026, 3, 31), ReportState.DONE, 100)]
        after = [ReportDraft(other.uuid, date(2026, 4, 1), ReportState.DONE, 100)]
        reporting.report_many(body.reporter, plan.uuid, [*before, *after], at=body.clock.now)
        kept = close(body, plan)
        assert kept.document["states"]["done"] == 1, "what was reported of April is not March"
        assert kept.document["official"] is not None
        audit.seal(at=body.clock.now)  # the public key lies beside the first seal
        assert queries.is_untouched(kept.uuid)
        with pytest.raises(DatabaseError), transaction.atomic():
            CloseRow.objects.update(comment="別")


def test_a_correction_is_the_next_revision_with_its_reason(body: Body, plan: Plan) -> None:
    with scope(MINASE):
        close(body, plan)
        with pytest.raises(AlreadyClosed):
            close(body, plan)
        assert close(body, plan, reason="報告の訂正").revision == 2
        assert [one.revision for one in queries.closes(plan.uuid)] == [2, 1]


def test_what_has_changed_since_it_was_shown_is_not_signed(body: Body, plan: Plan) -> None:
    with scope(MINASE):
        draft = queries.close_draft(plan.uuid, MARCH, today=japanese_date(body.clock.now))
        item, *_ = progress.reportable(progress.content_of(plan.uuid))
        late = [ReportDraft(item.uuid, date(2026, 3, 31), ReportState.DONE, 100)]
        reporting.report_many(body.reporter, plan.uuid, late, at=body.clock.now)
        with pytest.raises(CloseChanged):
            services.close_month(
                body.officer, plan.uuid, MARCH, shown_sha256=canonical.hash_of(draft.document), comment="",
                reason="", at=body.clock.now,
            )  # fmt: skip


def test_a_month_that_is_not_over_is_not_closed(body: Body, plan: Plan) -> None:
    with scope(MINASE), pytest.raises(MonthNotOver):
        queries.close_draft(plan.uuid, date(2026, 4, 1), today=japanese_date(body.clock.now))
    assert last_day(date(2028, 2, 10)) == date(2028, 2, 29)
    assert last_day(date(2026, 12, 31)) + timedelta(days=1) == date(2027, 1, 1)


def test_the_draft_asks_about_what_is_undated_unforeseen_and_overdue(body: Body, plan: Plan) -> None:
    with scope(MINASE):
        decided(body, plan)
        draft = queries.close_draft(plan.uuid, MARCH, today=date(2026, 6, 1))
        assert {one.kind for one in draft.questions} == {
            QuestionKind.UNDATED, QuestionKind.NO_FORECAST, QuestionKind.OVERDUE,
        }  # fmt: skip
        assert draft.cards == (), "what was opened in April is no decision of March"


def test_a_close_keeps_the_plan_that_it_speaks_of(body: Body, plan: Plan) -> None:
    with scope(MINASE):
        kept = close(body, plan)
        assert kept.document["edition"] == str(plan.edition)
        assert plans.kept_snapshot(plan.uuid, kept.document["snapshot"]) == plans.snapshot(plan.uuid)
