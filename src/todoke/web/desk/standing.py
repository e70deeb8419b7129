"""How the installation stands, composed from several doors: what is parked, what waits, what signatures are judged by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from todoke.casework.handover import queries as handover
from todoke.casework.handover import services as handover_services
from todoke.casework.intake import queries as intake
from todoke.casework.intake import services as intake_services
from todoke.casework.intake.errors import TrustUnreadable
from todoke.casework.intake.values import ListStatus, NextStep
from todoke.casework.relay import queries as relay
from todoke.casework.relay.errors import NotWaiting, PackageUnknown
from todoke.casework.screening import queries as screening
from todoke.casework.screening import services as screening_services
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.outbox import queries as outbox
from todoke.foundation.outbox import services as outbox_services
from todoke.web.shared import dates

NOTICES = "portal.status"
LATE = timedelta(minutes=10)
SHOWN = 200
STEPS: Mapping[NextStep, str] = {
    NextStep.IDENTIFY: "申請者の特定",
    NextStep.OPEN: "一覧への掲載",
    NextStep.DONE: "申請の処理",
}


@dataclass(frozen=True, slots=True)
class Parked:
    """One row that kept failing. `kind` and `id` lead to the button that lets it be tried again (empty: none here)."""

    kind: str
    id: int
    words: str
    subject: str
    code: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the worker has to do next of one kind, and whether it should have done it long ago."""

    words: str
    text: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class TrustView:
    """What signatures are judged by; `mistake` says why it cannot be read."""

    anchors: int = 0
    lists: tuple[ListStatus, ...] = ()
    mistake: str = ""
    refused: tuple[str, ...] = ()
    without_list: tuple[str, ...] = ()
    is_renewing: bool = False

    @property
    def is_amiss(self) -> bool:
        """Whether anything that was installed cannot be used: unreadable, refused, past its period or not begun."""
        return bool(self.mistake or self.refused) or any(one.is_stale or one.is_future for one in self.lists)


def trust(*, at: datetime) -> TrustView:
    """Anchors and revocation lists with their age."""
    try:
        status = intake.trust_status(at=at)
    except TrustUnreadable as unreadable:
        return TrustView(mistake=unreadable.for_screen())
    return TrustView(
        status.anchors, status.lists, refused=status.refused, without_list=status.without_list,
        is_renewing=status.is_renewing,
    )  # fmt: skip


def parked() -> list[Parked]:
    """Every row that waits for a person because it kept failing."""
    packages = [
        Parked("package", one.id, "申請データの検証", one.receipt_number, one.parked_code)
        for one in relay.waiting(limit=SHOWN)
        if one.parked_code and one.parked_code != one.code
    ]
    notices = [
        Parked("message", one.pk, "処理状況の連絡", one.key, one.parked_code)
        for one in outbox.parked(NOTICES)
    ]
    applications = [
        Parked("application", one.id, STEPS[one.step], one.receipt_number, one.code)
        for one in intake.parked_applications(limit=SHOWN)
    ]
    rows = [
        Parked("handover", one.id, "基幹への引渡し", one.receipt_number, one.parked_code)
        for one in handover.parked()
    ]
    files = [
        Parked("batch", one.id, "基幹への引渡しファイル", one.name, one.code)
        for one in handover.parked_files()
    ]
    contents = [
        Parked("content", pk, "添付の検査", digest, code)
        for pk, digest, code in screening.parked_contents(limit=SHOWN)
    ]
    copies = [
        Parked("copy", pk, "添付の無害化", digest, code)
        for pk, digest, code in screening.parked_copies(limit=SHOWN)
    ]
    return packages + applications + contents + copies + notices + rows + files


def waiting(*, at: datetime) -> list[Waiting]:
    """When the next row of each kind is due, and whether the sealer keeps up."""
    due = (
        ("申請者の特定", intake.next_due(NextStep.IDENTIFY)),
        ("一覧への掲載", intake.next_due(NextStep.OPEN)),
        ("基幹への引渡し", handover.next_due()),
        ("処理状況の連絡", outbox.next_due(NOTICES)),
        ("添付の検査", screening.next_due()),
        ("監査証跡の封印", audit.oldest_unchained()),
    )
    return [_waiting(words, moment, at) for words, moment in due]


def _waiting(words: str, moment: datetime | None, at: datetime) -> Waiting:
    if moment is None:
        return Waiting(words, "待ちはありません", is_late=False)
    is_late = at - moment > LATE
    advice = "。自動処理（todoke work）が動いているか確かめてください。" if is_late else "から待っています。"
    return Waiting(words, f"{dates.moment_words(moment)}{advice}", is_late)


class NotParked(LookupError):
    """There is no such row that waits to be tried again, or it is not of this body."""


def _release_package(row: int, *, actor: Actor, at: datetime) -> None:
    try:
        intake_services.release_package(row, actor=actor, at=at)
    except (NotWaiting, PackageUnknown) as nothing:
        raise NotParked from nothing


def _or_not_parked(try_again: Callable[..., bool]) -> Callable[..., None]:
    def release(row: int, *, actor: Actor, at: datetime) -> None:
        if not try_again(row, actor=actor, at=at):
            raise NotParked

    return release


RELEASES: Mapping[str, Callable[..., None]] = {
    "package": _release_package,
    "application": _or_not_parked(intake_services.try_application_again),
    "message": _or_not_parked(outbox_services.try_again),
    "handover": _or_not_parked(handover_services.try_row_again),
    "batch": _or_not_parked(handover_services.try_file_again),
    "content": _or_not_parked(screening_services.try_content_again),
    "copy": _or_not_parked(screening_services.try_copy_again),
}
