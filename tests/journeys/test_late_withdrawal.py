"""From the portal to the core and back: withdrawn late, cancelled once under kill -9, and both ledgers agree."""

import json
import random
import time
from collections import Counter

from tests.support.town import Town
from todoke.casework import journey
from todoke.casework.cases import queries as cases
from todoke.casework.cases import services as case_services
from todoke.casework.cases.values import (
    CaseStatus,
    Filters,
    HandoverProgress,
    WithdrawalAnswer,
    WorklistRow,
)
from todoke.casework.handover import queries as handover
from todoke.casework.handover import services as handover_services
from todoke.cli.verbs import command_actor
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import queries as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisations

TAKEN_BACK = 6
KILLS = 12


def clerk_of(organisation: str) -> Viewer:
    return Viewer(organisation, 1, "窓口 花", frozenset({Right.VIEW_CASES, Right.MOVE_CASES}), None)


def handed_over(viewer: Viewer) -> list[WorklistRow]:
    found = cases.worklist(viewer, Filters(status=CaseStatus.HANDED_OVER), size=500).rows
    return [row for row in found if row.handover is HandoverProgress.RECEIPTED][:TAKEN_BACK]


def withdraw_some(body: str) -> list[WorklistRow]:
    """Some applications of a body that the core has acknowledged are taken back at the window."""
    viewer = clerk_of(body)
    with scope(body):
        rows = handed_over(viewer)
        for row in rows:
            withdraw_and_answer(viewer, row)
    return rows


def withdraw_and_answer(viewer: Viewer, row: WorklistRow) -> None:
    version = cases.case_detail(viewer, row.uuid).version
    case_services.move_case(
        viewer, row.uuid, to=CaseStatus.WITHDRAWN, version=version, note="窓口で申出", at=now()
    )
    handover_services.answer_withdrawal(
        viewer, row.uuid, answer=WithdrawalAnswer.SEND, version=version + 1, note="基幹で処理前", at=now()
    )


def cancelled(town: Town) -> Counter[str]:
    """By the key of the original, how often the core system took a cancellation of it for new: its own log."""
    text = (town.state / "core" / "core.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    return Counter(line["cancels"] for line in lines if line["is_first"] and line["cancels"])


def assert_all_ledgers_agree() -> None:
    for body in organisations():
        with scope(body.code, read_only=True):
            systems = handover.core_systems()
        for system in systems:
            journey.fetch_ledger(body.code, system.name, command_actor())
            with scope(body.code, read_only=True):
                found = handover.reconcile(system.name)
            assert found.is_equal, found


def test_what_is_withdrawn_late_is_cancelled_in_the_core_exactly_once(town: Town) -> None:
    assert town.drain()
    taken_back = {body.code: withdraw_some(body.code) for body in organisations()}
    rng = random.Random(8)
    town.worker.start()
    for number in range(KILLS):
        time.sleep(rng.uniform(0, 0.15))
        victim = town.core if number % 3 == 2 else town.worker
        victim.kill()
        victim.start()
    town.worker.kill()
    assert town.drain()
    for body, rows in taken_back.items():
        with scope(body, read_only=True):
            stand = {cases.case_detail(clerk_of(body), row.uuid).row.handover for row in rows}
            assert stand <= {HandoverProgress.CANCELLED}
            assert audit.verify().is_whole
    assert len(cancelled(town)) == sum(map(len, taken_back.values())) >= TAKEN_BACK
    assert set(cancelled(town).values()) == {1}
    assert set(town.delivered().values()) == {1}
    assert_all_ledgers_agree()
