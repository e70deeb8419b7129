"""Group S: whatever the order, nothing is lost, nothing counts twice, and what must not go on waits in sight."""

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from itertools import permutations
from pathlib import Path
from threading import Barrier
from zipfile import ZipFile

import pytest
import yaml
from django.db import connection
from pytest_django import Settings

from sandbox.core.server import CoreServer
from tests.casework.intake.conftest import Arrive, Work
from tests.casework.intake.packages import ACTOR, APPLIED, HIYORI, MINASE, NOW, package
from tests.proof import zips
from tests.proof.zips import Part
from tests.support.clock import Clock
from tests.support.rows import make
from todoke.casework.cases import jobs as case_jobs
from todoke.casework.cases import queries as cases
from todoke.casework.cases import services as case_services
from todoke.casework.cases.errors import CaseChanged, MoveRefused
from todoke.casework.cases.models import Case
from todoke.casework.cases.values import CaseStatus, Filters, WithdrawalAnswer
from todoke.casework.handover import jobs as handover_jobs
from todoke.casework.handover import queries as handover
from todoke.casework.handover import services as handover_services
from todoke.casework.handover.models import Handover
from todoke.casework.handover.queries import PROFILES
from todoke.casework.handover.values import AdapterKind, CoreSettings
from todoke.casework.identify import jobs as identify
from todoke.casework.intake import queries as intake
from todoke.casework.intake import services as intake_services
from todoke.casework.intake.models import Application, EvidenceRecord
from todoke.casework.relay import queries as relay_queries
from todoke.casework.relay import services as relay
from todoke.casework.relay.models import Package
from todoke.casework.relay.values import ChannelKind, ChannelRef, ChannelSettings, Listed, PackageState
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import queries as audit
from todoke.foundation.claims import Claimant, JobContext
from todoke.foundation.fence import scope
from todoke.foundation.models import Blob
from todoke.foundation.organisations.services import register_organisation
from todoke.foundation.organisations.values import OrganisationKind
from todoke.foundation.procedures.queries import catalogue

from .sequences import GOOD, MANY, ORDERS, Letter, Order, Post

CLERK = Viewer(MINASE, 1, "窓口 花", frozenset({Right.VIEW_CASES, Right.MOVE_CASES}), None)
UNSIGNED = "P02"
Move = Callable[..., None]


@pytest.fixture
def post(channel: ChannelRef, clock: Clock) -> Post:
    return Post(channel, clock)


def to_the_desk() -> None:
    """Carry what was accepted on to the desk."""
    context = JobContext(MINASE, Claimant("worker-1", NOW + timedelta(days=3_000)), MANY)
    identify.identify_applications(context)
    case_jobs.open_cases(context)


def move(case: Case, to: CaseStatus, *, version: int | None = None, at: datetime = NOW) -> None:
    with scope(MINASE):
        now = Case.objects.get(pk=case.pk)
        case_services.move_case(
            CLERK, now.uuid, to=to, version=version or now.version, at=at, note="窓口で申出"
        )


def case_of(number: str) -> Case:
    with scope(MINASE):
        return Case.objects.get(receipt_number=number)


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_letters_stand_in_the_end_where_the_catalogue_says(order: Order, post: Post) -> None:
    post.run(order.steps)
    assert post.standings() == order.expected
    with scope(MINASE):
        assert order.copies in (0, Package.objects.count())
        accepted = Package.objects.filter(state=PackageState.ACCEPTED.value).count()
        assert Application.objects.count() == accepted
    assert post.duplicates().items() >= order.duplicates.items()


def test_S04_a_hundred_deliveries_at_once_are_one_package(
    committed_database: str, var_dir: Path, clock: Clock
) -> None:
    register_organisation(MINASE, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=NOW)
    channel = registered_channel()
    nodes, times = 10, 10
    together = Barrier(nodes)

    def deliver(_node: int) -> list[tuple[int, bool]]:
        together.wait(timeout=60)
        try:
            received = [
                relay.receive_package(
                    channel,
                    listed=Listed("260401000000001", APPLIED),
                    chunks=[b"the same"],
                    actor=ACTOR,
                    at=NOW,
                )
                for _ in range(times)
            ]
            return [(one.package_id, one.is_new) for one in received]
        finally:
            connection.close()

    with ThreadPoolExecutor(nodes) as pool:
        answers = [answer for some in pool.map(deliver, range(nodes)) for answer in some]
    assert len(answers) == nodes * times
    assert len({package_id for package_id, _ in answers}) == 1
    assert sum(is_new for _, is_new in answers) == 1
    with scope(MINASE):
        assert Package.objects.count() == 1
        assert [one.action for one in audit.of_object("package", str(answers[0][0]))] == ["package.received"]


def registered_channel() -> ChannelRef:
    with scope(MINASE):
        return relay.register_channel(
            "hand", kind=ChannelKind.HAND, profile="by-hand", layout="pittari-xml-sample",
            settings=ChannelSettings(), actor=ACTOR, at=NOW,
        )  # fmt: skip


@pytest.fixture
def core(channel: ChannelRef, tmp_path: Path) -> Iterator[CoreServer]:
    """A core system that takes whatever there is, from anybody."""
    (tmp_path / "core-data").mkdir()
    server = CoreServer(tmp_path / "core-data", tmp_path / "core-state")
    server.start()
    layout = yaml.safe_load((PROFILES / "sample-core.yaml").read_text(encoding="utf-8"))
    own = {"name": "own", "procedures": sorted(catalogue()), "numbers": {}, "columns": layout["columns"][:3]}
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump({**layout, **own}, allow_unicode=True), encoding="utf-8")
    with scope(MINASE):
        handover_services.register_core_system(
            "kihon", profile=str(path), adapter=AdapterKind.HTTP_INBOX, actor=ACTOR, at=NOW,
            settings=CoreSettings(base_url=server.url),
        )  # fmt: skip
    yield server
    server.stop()


def hand_over(post: Post, *, reads_receipts: bool = True) -> None:
    """Carry what may go to the core system, an hour later, and read what it says."""
    post.clock.advance(hours=1)
    context = JobContext(MINASE, Claimant("worker-1", post.clock.now), MANY)
    handover_jobs.prepare(context)
    handover_jobs.write_batches(context)
    handover_jobs.send_batches(context)
    if reads_receipts:
        handover_jobs.read_receipts(context)


def answer(case: Case, how: WithdrawalAnswer) -> None:
    with scope(MINASE):
        handover_services.answer_withdrawal(
            CLERK,
            case.uuid,
            answer=how,
            version=Case.objects.get(pk=case.pk).version,
            note="基幹で処理前",
            at=NOW,
        )


@pytest.mark.parametrize("is_receipted", [True, False], ids=["acknowledged", "of unknown fate"])
def test_S08_a_withdrawal_after_the_hand_over_is_told_to_the_core(
    post: Post, core: CoreServer, is_receipted: bool
) -> None:
    post.run([Letter("01")])
    to_the_desk()
    hand_over(post, reads_receipts=is_receipted)
    move(case_of("01"), CaseStatus.WITHDRAWN)
    withdrawn = case_of("01")
    assert (withdrawn.status, withdrawn.hold_code) == ("withdrawn", "SEQ-503")
    assert withdrawn.handover_state == ("receipted" if is_receipted else "sent")
    hand_over(post)
    assert case_of("01").hold_code == "SEQ-503", "a receipt does not answer it"
    with scope(MINASE):
        assert [row.id for row in cases.worklist(CLERK, Filters(is_held=True)).rows] == [withdrawn.pk]
    answer(withdrawn, WithdrawalAnswer.SEND)
    hand_over(post)
    hand_over(post)
    assert (case_of("01").handover_state, case_of("01").hold_code) == ("cancelled", "")
    original, back = [line for line in core.log() if line["is_first"]]
    assert (original["cancels"], back["cancels"]) == ("", original["key"])
    assert len(core.log()) == 2
    handover_jobs.fetch_ledger(MINASE, "kihon", ACTOR)
    with scope(MINASE):
        assert handover.reconcile("kihon").is_equal
        assert Application.objects.count() == Package.objects.count() == 1, "nothing is deleted"


def test_S08_a_clerk_may_have_told_the_core_by_hand(post: Post, core: CoreServer) -> None:
    post.run([Letter("01")])
    to_the_desk()
    hand_over(post)
    move(case_of("01"), CaseStatus.WITHDRAWN)
    answer(case_of("01"), WithdrawalAnswer.BY_HAND)
    hand_over(post)
    assert (case_of("01").handover_state, case_of("01").hold_code) == ("cancelled", "")
    assert len(core.log()) == 1


def test_S08_what_is_withdrawn_while_its_file_waits_does_not_go(post: Post, core: CoreServer) -> None:
    post.run([Letter("01")])
    to_the_desk()
    context = JobContext(MINASE, Claimant("worker-1", post.clock.now), MANY)
    handover_jobs.prepare(context)
    handover_jobs.write_batches(context)
    move(case_of("01"), CaseStatus.WITHDRAWN)
    hand_over(post)
    hand_over(post)
    assert core.log() == []
    assert (case_of("01").handover_state, case_of("01").hold_code) == ("none", "")


def test_S08_a_withdrawal_after_the_decision_is_noted_and_asks_too(post: Post) -> None:
    post.run([Letter("01")])
    to_the_desk()
    case = case_of("01")
    for status in (CaseStatus.CHECKING, CaseStatus.COMPLETED, CaseStatus.WITHDRAWN):
        move(case, status)
    assert (case_of("01").status, case_of("01").hold_code) == ("withdrawn", "SEQ-503")


def test_S08_a_withdrawal_before_anything_has_left_holds_nothing(post: Post) -> None:
    post.run([Letter("01")])
    to_the_desk()
    move(case_of("01"), CaseStatus.WITHDRAWN)
    assert case_of("01").hold_code == ""


def test_S10_approving_what_somebody_has_just_withdrawn_is_refused(post: Post) -> None:
    post.run([Letter("01")])
    to_the_desk()
    case = case_of("01")
    seen = case.version
    move(case, CaseStatus.WITHDRAWN, version=seen)
    with pytest.raises(CaseChanged):
        move(case, CaseStatus.EXAMINING, version=seen)
    with pytest.raises(MoveRefused):
        move(case, CaseStatus.EXAMINING)
    assert case_of("01").status == CaseStatus.WITHDRAWN.value


def test_S11_a_signed_application_in_a_new_envelope_is_refused_by_the_real_check(
    arrive: Arrive, work: Work
) -> None:
    packed = package("P32")
    with ZipFile(BytesIO(packed)) as archive:
        parts = [Part(name.encode(), archive.read(name), zips.STORED) for name in archive.namelist()]
    first, second = arrive(packed, 1), arrive(zips.build(parts), 2)
    work()
    with scope(MINASE):
        original = relay_queries.package(first)
        assert (original.state, original.code) == (PackageState.ACCEPTED, "")
        found = relay_queries.package(second)
        assert (found.state, found.code) == (PackageState.QUARANTINED, "SEQ-501")
        record = EvidenceRecord.objects.get(package_id=second)
    outcome = json.loads(record.document)["outcome"]  # of the last word, though it was written out before
    assert (outcome["state"], outcome["code"]) == ("quarantined", "SEQ-501")
    assert outcome["findings"][-1] == ["SEQ-501", "stop"]
    assert hashlib.sha256(record.document.encode()).hexdigest() == record.sha256


def test_S12_a_sender_whose_receipt_was_lost_gets_the_same_again(post: Post) -> None:
    first = post.arrive([Letter("01")])
    post.judge()
    assert post.arrive([Letter("01")]) == first
    post.judge()
    with scope(MINASE):
        actions = [one.action for one in audit.of_object("package", str(first[0]))]
    assert actions == ["package.received", "package.accepted"]


class Cut(Exception):
    """The connection is gone."""


def test_S13_half_an_upload_is_no_package_and_leaves_no_room_taken(
    channel: ChannelRef, post: Post, settings: Settings
) -> None:
    post.arrive([Letter("01")])

    def cut() -> Iterator[bytes]:
        yield b"half of it" * 100_000
        raise Cut

    before = room_taken(settings)
    with pytest.raises(Cut):
        relay.receive_package(channel, listed=Listed("02", APPLIED), chunks=cut(), actor=ACTOR, at=NOW)
    assert room_taken(settings) == before
    assert set(post.standings()) == {"01"}
    with scope(MINASE):
        assert Blob.objects.count() == 1
    whole = relay.receive_package(channel, listed=Listed("02", APPLIED), chunks=[b"all"], actor=ACTOR, at=NOW)
    assert whole.is_new, "the restart is received as if nothing had been"


def room_taken(settings: Settings) -> int:
    return sum(file.stat().st_size for file in Path(settings.TODOKE_VAULT_DIR).rglob("*") if file.is_file())


def test_S14_what_is_for_another_town_is_on_no_list_of_cases(arrive: Arrive, work: Work) -> None:
    identity = arrive(package(UNSIGNED, organisation=HIYORI))
    work()
    to_the_desk()
    with scope(MINASE):
        found = relay_queries.package(identity)
        assert (found.state, found.code) == (PackageState.QUARANTINED, "SEQ-504")
        assert cases.worklist(CLERK).rows == ()
        assert Application.objects.count() == 0
    with scope(HIYORI):
        assert cases.worklist(replace(CLERK, organisation=HIYORI)).rows == ()


@pytest.mark.parametrize(("seconds", "hold"), [(-1, ""), (0, ""), (1, "SEQ-505")])
def test_S15_a_second_after_the_closing_date_a_person_decides(
    arrive: Arrive, work: Work, seconds: int, hold: str
) -> None:
    received = APPLIED + timedelta(minutes=5)
    set_procedure(closes_at=received - timedelta(seconds=seconds))
    identity = arrive(package(UNSIGNED), received_at=received)
    work()
    to_the_desk()
    with scope(MINASE):
        (case,) = Case.objects.all()
        assert case.hold_code == hold
        assert case.received_at == received, "the portal's time counts, not ours"
        sentences = [one.facts.get("closes", "") for one in intake.findings(identity) if one.code == hold]
    assert all("令和8年4月1日" in one for one in sentences)


def set_procedure(*, is_active: bool = True, closes_at: datetime | None = None) -> int:
    with scope(MINASE):
        return intake_services.open_or_close_procedure(
            UNSIGNED, is_active=is_active, closes_at=closes_at, actor=ACTOR, at=NOW, reason="試験"
        )


def test_S17_a_procedure_that_is_switched_off_keeps_everything_waiting_in_sight(
    arrive: Arrive, work: Work, clock: Clock
) -> None:
    waiting = [arrive(package(UNSIGNED, number), number) for number in range(3)]
    other = arrive(package("P32", 4), 4)
    set_procedure(is_active=False)
    work()
    with scope(MINASE):
        assert intake.waiting_for_procedures() == {UNSIGNED: 3}
        assert [one.id for one in relay_queries.waiting()] == waiting
        assert {one.code for one in relay_queries.waiting()} == {"SEQ-506"}
        assert relay_queries.package(other).state is PackageState.ACCEPTED
    assert work() == 0, "nobody looks again until it is switched on, or an hour has passed"
    assert set_procedure(is_active=True) == 3
    assert work() == 3
    with scope(MINASE):
        assert {relay_queries.package(one).state for one in waiting} == {PackageState.ACCEPTED}
        assert Application.objects.count() == 4
        assert intake.waiting_for_procedures() == {}


def test_S18_old_applications_are_read_as_they_were_accepted_whatever_the_layout_says_now(
    arrive: Arrive, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = arrive(package(UNSIGNED))
    work()
    to_the_desk()
    with scope(MINASE):
        before = intake.application(identity)

        def gone(_name: str) -> None:
            raise AssertionError("the layout of today is not asked")

        monkeypatch.setattr(intake, "load_profile", gone)
        row = make(Handover, case=Case.objects.get(), state="ready")
        left = handover.outgoing([row.pk])[row.pk]
        after = intake.application(identity)
    assert after == before
    assert (after.layout, after.layout_edition) == ("pittari-xml-sample", before.layout_edition)
    assert left.items["applicant.name"] == before.form.applicant.name


EVENTS = ("apply", "first", "second", "third", "withdraw", "again")


def letters_of(family: int) -> dict[str, Letter]:
    """What one family sends: an application, three amendments in a row, and the application once more."""
    number = [f"{family:04d}-{step}" for step in range(4)]
    serial = f"{family + 4096:x}"
    chain = [
        Letter(number[step], amends=number[step - 1] if step else "", serial=serial) for step in range(4)
    ]
    return dict(zip(("apply", "first", "second", "third", "again"), (*chain, chain[0]), strict=True))


def test_S19_every_order_of_applying_amending_repeating_and_withdrawing_ends_alike(post: Post) -> None:
    orders = list(permutations(EVENTS))
    families = [letters_of(number) for number in range(len(orders))]
    withdrawn: set[int] = set()
    for step in range(len(EVENTS)):
        events = [(number, order[step]) for number, order in enumerate(orders)]
        post.arrive([families[number][event] for number, event in events if event != "withdraw"])
        post.judge()
        to_the_desk()
        wanting = {number for number, order in enumerate(orders) if "withdraw" in order[: step + 1]}
        withdrawn |= withdraw(wanting - withdrawn)
    assert len(withdrawn) == len(orders)
    ends = endings()
    assert len(ends) == len(orders)
    assert len(set(ends.values())) == 1
    (end,) = set(ends.values())
    assert [line[:3] for line in end] == [
        ("0", *GOOD), ("1", *GOOD), ("2", *GOOD), ("3", *GOOD),
    ]  # fmt: skip


def withdraw(families: set[int]) -> set[int]:
    """Withdraw the applications of those families that have arrived; what is not there cannot be withdrawn yet."""
    done = set()
    with scope(MINASE):
        rows = Case.objects.filter(receipt_number__endswith="-0", status=CaseStatus.OPENED.value)
        for case in rows.defer("search"):
            family = int(case.receipt_number[:4])
            if family in families:
                case_services.move_case(
                    CLERK,
                    case.uuid,
                    to=CaseStatus.WITHDRAWN,
                    version=case.version,
                    at=NOW,
                    note="取下げの申出",
                )
                done.add(family)
    return done


def endings() -> dict[int, tuple[tuple[str, ...], ...]]:
    """By family: of every letter its place, state, code, relation, what it amends, and the status of its case."""
    found: dict[int, list[tuple[str, ...]]] = {}
    with scope(MINASE):
        names = dict(Package.objects.values_list("pk", "receipt_number"))
        status = dict(Case.objects.values_list("receipt_number", "status"))
        amended = dict(Case.objects.values_list("receipt_number", "previous__receipt_number"))
        relation = {
            number: (kind, names.get(previous, ""))
            for number, kind, previous in Application.objects.values_list(
                "receipt_number", "duplicate_kind", "previous_id"
            )
        }
        for number, state, code in Package.objects.values_list("receipt_number", "state", "code"):
            kind, previous = relation[number]
            line = (
                number[-1],
                state,
                code,
                kind,
                previous[-1:],
                status[number],
                (amended[number] or "")[-1:],
            )
            found.setdefault(int(number[:4]), []).append(line)
    return {family: tuple(sorted(lines)) for family, lines in found.items()}
