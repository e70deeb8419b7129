"""The journey of an application, in order. Read this first.

1. relay: the portal's list is read and every package is stored, encrypted and durable, before it is judged.
   A body without the interface puts ZIPs into a watched folder, or imports them by hand.
2. intake: each package is opened by our own walk, verified, and becomes an application, waits, or is quarantined.
3. screening: every attachment is scanned for malware and looked into before a clerk opens it; what is doubtful gets a
   harmless copy, what is dangerous is sealed. No case waits for it.
4. identify: the serial of the 利用者証明用 certificate leads to the 宛名番号, as of the time of application; every
   party for itself. What a load of links brings later is asked for once more.
5. cases: a case is opened with its line in the worklist. From here on a clerk may look, move and decide.
6. handover: what nothing holds back goes to the core system in batch files; receipts are read row by row.
7. notify: the applicant is told through the portal, or a person types the status where there is no interface.
8. disposal: what has been kept long enough goes when two persons have said so; what remains says that it went.
9. daily, figures and upkeep: each working morning has its report, each day that is over its signed file of figures for
   the indicators of the other line; keys are changed, leavers lose their access.
10. audit: what was done is chained and sealed.

Each stage finds its work in the rows of the stages before it; nothing is passed in memory. So any number of workers
may run the jobs, in any order, and a worker may die at any moment.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings

from todoke.foundation.accounts.values import Viewer
from todoke.foundation.audit import queries as audit_queries
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.claims import Job as Job
from todoke.foundation.claims import JobContext
from todoke.foundation.entrance import queries as entrance_queries
from todoke.foundation.entrance import services as entrance
from todoke.foundation.fence import current_organisation, scope
from todoke.foundation.vault import services as vault

from .cases import jobs as cases
from .cases import queries as case_queries
from .daily import jobs as daily
from .daily import queries as daily_queries
from .disposal import jobs as disposal
from .disposal import queries as disposal_queries
from .figures import jobs as figures
from .figures import queries as figure_queries
from .handover import jobs as handover
from .handover import queries as handover_queries
from .handover.values import CoreSystemRef
from .identify import jobs as identify
from .identify import queries as identify_queries
from .intake import jobs as intake
from .intake import queries as intake_queries
from .intake.values import NextStep
from .notify import jobs as notify
from .notify import queries as notify_queries
from .protection import queries as protection_queries
from .relay import jobs as relay
from .relay import queries as relay_queries
from .relay.values import ChannelKind, ChannelRef
from .screening import jobs as screening
from .screening import queries as screening_queries


def _seal(context: JobContext) -> int:
    with scope(context.organisation):
        audit.seal(at=now())
    return 0  # sealing makes no work for any other job


def _worker(context: JobContext) -> Actor:
    return Actor(ActorKind.WORKER, context.by.owner)


def _rewrap(context: JobContext) -> int:
    """Wrap originals anew while a body's key is being changed（todoke keys rotate）."""
    return vault.rewrap_some(context.organisation, actor=_worker(context), at=now())


def _end_what_ran_out(context: JobContext) -> int:
    """End the accounts and appointments whose last day（異動日）is over."""
    with scope(context.organisation):
        return entrance.end_what_ran_out(actor=_worker(context), at=now())


def _reread(context: JobContext) -> int:
    """Read some originals again at night（todoke vault verify reads all）."""
    return vault.reread(context.organisation, actor=Actor(ActorKind.WORKER, context.by.owner), at=now())


JOBS: tuple[Job, ...] = (
    Job("relay.pull", "受信", relay.pull, lambda at: relay_queries.is_channel_due(ChannelKind.API, at)),
    Job(
        "relay.collect_folder",
        "フォルダの受信",
        relay.collect_folder,
        lambda at: relay_queries.is_channel_due(ChannelKind.FOLDER, at),
    ),
    Job("intake.ask_again", "確認待ちの再検証", intake.ask_again),
    Job("intake.open_packages", "開封・検証", intake.open_packages, relay_queries.is_package_due),
    Job(
        "screening.take_up", "添付の受付", screening.take_up, lambda _: screening_queries.is_attachment_new()
    ),
    Job(
        "identify.identify_applications",
        "申請者特定",
        identify.identify_applications,
        lambda at: intake_queries.is_due(NextStep.IDENTIFY, at),
    ),
    Job(
        "cases.open_cases",
        "窓口に登録",
        cases.open_cases,
        lambda at: intake_queries.is_due(NextStep.OPEN, at),
    ),
    Job(
        "cases.look_again",
        "申請者の再特定",
        cases.look_again,
        lambda _: identify_queries.looking_again_since() is not None,
    ),
    Job(
        "cases.review_protection",
        "支援措置の見直し",
        cases.review_protection,
        lambda at: bool(protection_queries.to_review(at, limit=1)),
    ),
    Job(
        "handover.prepare",
        "引渡しの準備",
        handover.prepare,
        lambda _: case_queries.oldest_to_hand_over() is not None,
    ),
    Job("handover.write_batches", "引渡しファイル作成", handover.write_batches, handover_queries.is_row_due),
    Job("handover.send_batches", "引渡し", handover.send_batches, handover_queries.is_batch_due),
    Job("handover.read_receipts", "受領の読取り", handover.read_receipts, handover_queries.is_core_due),
    Job(
        "notify.queue_notices",
        "通知の準備",
        notify.queue_notices,
        lambda _: case_queries.oldest_to_tell() is not None,
    ),
    Job("notify.send_notices", "通知", notify.send_notices, notify_queries.is_notice_due),
    Job("screening.screen", "添付の検査", screening.screen, screening_queries.is_content_due),
    Job("screening.make_copies", "添付の無害化", screening.make_copies, screening_queries.is_copy_due),
    Job("disposal.dispose", "廃棄", disposal.dispose, disposal_queries.is_run_due),
    Job("daily.report", "日報", daily.report, lambda at: daily_queries.due_day(at) is not None),
    Job(
        "figures.tell", "申請の記録の書出し", figures.tell, lambda at: figure_queries.next_due(at) is not None
    ),
    Job("vault.rewrap", "鍵の包み直し", _rewrap),
    Job(
        "entrance.end_what_ran_out",
        "異動者の利用終了",
        _end_what_ran_out,
        lambda _: entrance_queries.has_ended(),
    ),
    Job("vault.reread", "原本の読み直し", _reread),
    Job("audit.seal", "監査の封印", _seal, lambda _: audit_queries.oldest_unchained() is not None),
)
PASSING_ON = frozenset(
    {"intake.open_packages", "screening.take_up", "identify.identify_applications", "cases.open_cases"}
)


def make_ready() -> None:
    """Read what judging needs and is slow to read（失効リスト）, before anything arrives; and notice newer files.

    Cheap when nothing has changed. Raises TrustUnreadable.
    """
    intake_queries.trust()


def next_due(organisation: str, *, horizon: timedelta) -> datetime | None:
    """When the next unfinished work of a body is due within the horizon; None when there is none.

    What waits for a person (held, parked, quarantined) is not work.
    """
    with scope(organisation, read_only=True):
        moments = list(_moments(horizon))
    soon = [moment for moment in moments if moment is not None and moment <= now() + horizon]
    return min(soon, default=None)


def has_work(organisation: str) -> bool:
    """Whether a round would find something to do for a body now: unfinished work, a channel to read, entries to seal.

    Asked of every one of many bodies in every round: whether, not when, and the dearest questions last.
    """
    with scope(organisation, read_only=True):
        return any(_waiting(now()))


def _waiting(at: datetime) -> Iterator[bool]:
    """Whether something waits for a worker now, asked one after the other."""
    yield relay_queries.is_package_due(at)
    yield relay_queries.is_channel_due(ChannelKind.API, at)
    yield relay_queries.is_channel_due(ChannelKind.FOLDER, at)
    yield intake_queries.is_due(NextStep.IDENTIFY, at)
    yield intake_queries.is_due(NextStep.OPEN, at)
    yield screening_queries.is_content_due(at)
    yield screening_queries.is_copy_due(at)
    yield disposal_queries.is_run_due(at)
    yield notify_queries.is_notice_due(at) and not notify_queries.is_held()
    yield vault.waits(current_organisation())
    to_seal = audit_queries.unsealed_since()
    yield to_seal is not None and to_seal + timedelta(seconds=settings.TODOKE_SEAL_SECONDS) <= at
    for since in (
        case_queries.oldest_to_hand_over, case_queries.oldest_to_tell, identify_queries.looking_again_since,
        daily_queries.next_due, handover_queries.next_due,
    ):  # fmt: skip
        moment = since()
        yield moment is not None and moment <= at
    yield entrance_queries.has_ended()
    yield figure_queries.next_due(at) is not None


def _moments(horizon: timedelta) -> Iterator[datetime | None]:
    """When the next work of each stage is due, asked one after the other."""
    yield relay_queries.next_due(horizon=horizon, now=now())
    yield intake_queries.next_due(NextStep.IDENTIFY)
    yield intake_queries.next_due(NextStep.OPEN)
    yield screening_queries.next_due()
    yield identify_queries.looking_again_since()
    yield case_queries.oldest_to_hand_over()
    yield handover_queries.next_due()
    yield notify_queries.next_due()
    yield disposal_queries.next_due()
    yield daily_queries.next_due()
    yield figure_queries.next_due(now())
    yield now() if entrance_queries.has_ended() else None
    yield now() if vault.waits(current_organisation()) else None


def read_channels(context: JobContext) -> int:
    """Read every channel of a body that is due, once; returns how many new packages are stored."""
    return relay.pull(context) + relay.collect_folder(context)


def take_in(context: JobContext) -> int:
    """Carry what is stored as far as the desk, so that a person who has just imported a file sees the result."""
    passing_on = [job for job in JOBS if job.name in PASSING_ON]
    return sum(job.run(_at_this_moment(context)) for job in passing_on)


def _at_this_moment(context: JobContext) -> JobContext:
    """The same context now: what one job has just passed on is due later than the job before began."""
    return replace(context, by=replace(context.by, now=now()))


def fetch_ledger(organisation: str, system: str, actor: Actor) -> None:
    """Fetch a core system's ledger for the 突合表. Raises CoreSystemUnknown, CoreAway, DestinationRefused."""
    handover.fetch_ledger(organisation, system, actor)


def accept_ledger(viewer: Viewer, system: str) -> int:
    """Settle what a core system's ledger, as last fetched, has already; a person's act. Returns how many rows."""
    return handover.accept_ledger(viewer, system)


def accept_theirs(viewer: Viewer, handover_id: int, *, reason: str, terminal: str = "") -> None:
    """Let the core system's content of one row stand instead of ours（EXP-712）; a person's act."""
    handover.accept_theirs(viewer, handover_id, reason=reason, terminal=terminal)


def channel_problems(channel: ChannelRef) -> list[str]:
    """What is wrong with a channel's settings, as sentences; empty when it can be tried."""
    return relay.problem_of(channel)


def scanner_problems() -> list[str]:
    """What is wrong with the malware scanner now, as sentences; empty when it is well, or none is set up."""
    return screening.scanner_problems()


def core_problems(system: CoreSystemRef) -> list[str]:
    """What is wrong with a core system's settings, as sentences; empty when it can be tried."""
    return handover.problem_of(system)
