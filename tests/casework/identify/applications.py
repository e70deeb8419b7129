"""Accepted applications made by hand: what intake hands to the later stages, without the opening of ZIPs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.test.utils import CaptureQueriesContext

from tests.casework.identify.conftest import ACTOR, AUTH_1, MINASE, NOW
from todoke.casework.intake import services as intake
from todoke.casework.intake.values import (
    ApplicationForm,
    ClaimedApplication,
    Contact,
    Finding,
    FormItem,
    Judged,
    NextStep,
    PartyRole,
    Person,
    SignatureOutcome,
    SignatureState,
    StatedParty,
    Verdict,
)
from todoke.casework.relay import services as relay
from todoke.casework.relay.values import ChannelKind, ChannelRef, ChannelSettings, Listed, PackageState
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant, JobContext

TARO = Person("織機　太郎", "オリハタ　タロウ", "1980-02-03", "男性", "000-0001", "つむぎ県みなせ市1番地")
WORKER = Claimant("worker-1", NOW)


@dataclass(frozen=True, slots=True)
class Written:
    """What an application says; the defaults are an unremarkable one."""

    procedure: str = "P12"
    applicant: Person = TARO
    serial: str = "1001"
    issuer_key: str = AUTH_1
    parties: tuple[StatedParty, ...] = ()
    items: tuple[FormItem, ...] = ()
    findings: tuple[Finding, ...] = ()
    signature: SignatureState = SignatureState.NOT_REQUIRED
    previous_receipt: str = ""
    applied_at: datetime = NOW
    organisation: str = MINASE
    content: bytes = b""


def job(organisation: str = MINASE, limit: int = 100) -> JobContext:
    return JobContext(organisation, WORKER, limit)


def receive(*applications: Written, start: int = 0) -> None:
    """Store applications, received in this order under 受付番号 that count from `start`."""
    for number, written in enumerate(applications, start):
        _receive(written, f"{260406000000000 + number}")


def _receive(written: Written, receipt_number: str) -> None:
    channel = _channel(written.organisation)
    content = written.content or receipt_number.encode()
    relay.receive_package(channel, listed=Listed(receipt_number, NOW), chunks=[content], actor=ACTOR, at=NOW)
    with scope(written.organisation):
        claimed = relay.claim_packages(10, by=WORKER)
        form = ApplicationForm(
            written.organisation, written.applied_at, written.applicant, Contact(), "手続", written.items,
            (_applicant(written), *written.parties),
        )  # fmt: skip
        verdict = Verdict(
            PackageState.ACCEPTED, findings=written.findings, signature=SignatureOutcome(written.signature),
            procedure=written.procedure, form=form, serial_text=written.serial, serial=written.serial,
            issuer_key=written.issuer_key, previous_receipt=written.previous_receipt,
        )  # fmt: skip
        intake.store_batch(
            [Judged(one, channel.layout, "1", verdict) for one in claimed], actor=ACTOR, at=NOW
        )


def _applicant(written: Written) -> StatedParty:
    who = written.applicant
    return StatedParty(PartyRole.APPLICANT, 1, who.name, who.kana, who.birth)


def _channel(organisation: str) -> ChannelRef:
    with scope(organisation):
        return relay.register_channel(
            "hand", kind=ChannelKind.HAND, profile="by-hand", layout="pittari-xml-sample",
            settings=ChannelSettings(), actor=ACTOR, at=NOW,
        )  # fmt: skip


def claim(step: NextStep, organisation: str = MINASE, by: Claimant = WORKER) -> Sequence[ClaimedApplication]:
    with scope(organisation):
        return intake.claim_applications(step, limit=100, by=by)


def statements(captured: CaptureQueriesContext) -> list[str]:
    """The statements that touch tables: no savepoints, nothing that only names the organisation to the server."""
    words = ("SELECT", "INSERT", "UPDATE", "DELETE")
    found = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in found if sql.startswith(words) and "set_config" not in sql]
