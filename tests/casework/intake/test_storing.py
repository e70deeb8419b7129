"""What was judged is stored whole, once, by whoever still holds it; and leaves quarantine the way it came."""

from datetime import timedelta
from typing import Any

import pytest

from samples.attachments import Attachment
from samples.defects import SPOILINGS
from tests.casework.intake.conftest import Arrive, Work
from tests.casework.intake.packages import (
    ACTOR,
    APPLIED,
    HIYORI,
    MINASE,
    NOW,
    jpeg,
    package,
    pdf,
    person,
    signer,
)
from tests.support.clock import Clock
from todoke.casework.intake import queries, services
from todoke.casework.intake.errors import ApplicationUnknown, AttachmentDamaged, AttachmentUnknown
from todoke.casework.intake.models import Application, FindingRow, Quarantine
from todoke.casework.intake.models import Attachment as AttachmentRow
from todoke.casework.intake.values import (
    ClaimedApplication,
    DuplicateKind,
    NextStep,
    SignatureState,
    StoredApplication,
)
from todoke.casework.relay import queries as relay
from todoke.casework.relay.errors import NotWaiting, PackageUnknown
from todoke.casework.relay.values import PackageDetail, PackageState
from todoke.foundation.audit import queries as audit
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant


def stored(package_id: int) -> StoredApplication:
    with scope(MINASE, read_only=True):
        return queries.application(package_id)


def standing(package_id: int) -> PackageDetail:
    with scope(MINASE, read_only=True):
        return relay.package(package_id)


def actions(package_id: int) -> list[str]:
    with scope(MINASE, read_only=True):
        return [entry.action for entry in audit.of_object("package", str(package_id))]


def test_an_accepted_package_becomes_an_application(arrive: Arrive, work: Work) -> None:
    identity = arrive(package(attachments=(pdf(), jpeg())))
    assert work() == 1
    application = stored(identity)
    assert application.form.applicant.name == person().name.written
    assert (application.procedure, application.receipt_number) == ("P32", "260401000000001")
    assert (application.applied_at, application.portal_received_at) == (APPLIED, APPLIED)
    assert application.signature.state is SignatureState.VALID
    assert application.duplicate.kind is DuplicateKind.NONE
    assert application.next_step is NextStep.IDENTIFY
    assert (application.layout, application.layout_edition) == ("pittari-xml-sample", "sample-1")
    assert standing(identity).state is PackageState.ACCEPTED
    assert actions(identity) == ["package.received", "package.accepted"]


def test_the_stored_document_is_the_whole_form(arrive: Arrive, work: Work) -> None:
    from tests.casework.intake.packages import circumstances, profile

    data = package("P16", subjects=(person(1),), agent=person(2), insured_number="7900000001")
    identity = arrive(data)
    work()
    judged = services.check_package(
        data, profile=profile(), trust=queries.trust(), circumstances=circumstances()
    )
    assert stored(identity).form == judged.form


def test_an_attachment_comes_out_of_the_original_as_it_went_in(arrive: Arrive, work: Work) -> None:
    files = (
        pdf(),
        jpeg(),
        Attachment("memo.txt", b"".join(b"%d\n" % (n * 7919 % 10_007) for n in range(100_000))),
    )
    identity = arrive(package(attachments=files))
    work()
    with scope(MINASE, read_only=True):
        details = queries.attachments(identity)
        contents = [queries.attachment_chunks(one.id) for one in details]
    assert [b"".join(chunks) for chunks in contents] == [file.content for file in files]


def test_a_damaged_attachment_is_not_passed_off_as_sound(arrive: Arrive, work: Work) -> None:
    identity = arrive(package(attachments=(pdf(),)))
    work()
    with scope(MINASE):
        AttachmentRow.objects.filter(application_id=identity).update(sha256="0" * 64)
        [one] = queries.attachments(identity)
        chunks = queries.attachment_chunks(one.id)
    with pytest.raises(AttachmentDamaged):
        b"".join(chunks)


def test_another_body_sees_nothing_of_it(arrive: Arrive, work: Work) -> None:
    identity = arrive(package(attachments=(pdf(),)))
    bad = arrive(package(spoiling=SPOILINGS["bad_crc"]), 2)
    work()
    with scope(MINASE, read_only=True):
        [attachment] = queries.attachments(identity)
    with scope(HIYORI):
        with pytest.raises(ApplicationUnknown):
            queries.application(identity)
        with pytest.raises(AttachmentUnknown):
            queries.attachment_chunks(attachment.id)
        with pytest.raises(PackageUnknown):
            services.release_package(bad, actor=ACTOR, at=NOW)
        assert not queries.attachments(identity)
        assert not queries.findings(bad)
        assert not queries.quarantine_list()
        assert not queries.counts_by_duplicate()
        assert not services.claim_applications(NextStep.IDENTIFY, limit=9, by=Claimant("w", NOW))


def test_a_defect_is_quarantined_with_code_and_sentence(arrive: Arrive, work: Work) -> None:
    identity = arrive(package(spoiling=SPOILINGS["bad_crc"]))
    work()
    with scope(MINASE, read_only=True):
        [stay] = queries.quarantine_list()
        assert [finding.code for finding in queries.findings(identity)] == ["PKG-105"]
        assert not Application.objects.exists()
    assert (stay.package_id, stay.code, stay.portal_received_at) == (identity, "PKG-105", APPLIED)
    assert "取り直してください" in stay.sentence
    assert actions(identity)[-1] == "package.quarantined"


def test_a_quarantined_package_can_be_judged_again(arrive: Arrive, work: Work, clock: Clock) -> None:
    identity = arrive(package("P01", organisation=HIYORI))
    work()
    with scope(MINASE):
        services.release_package(identity, actor=ACTOR, at=clock.now, purpose="宛先の設定を直したため")
        assert not queries.quarantine_list()
        [stay] = queries.quarantine_list(is_open=False)
    assert (stay.released_by, stay.released_at) == (ACTOR.id, clock.now)
    work()
    with scope(MINASE, read_only=True):
        assert Quarantine.objects.filter(released_at__isnull=True).count() == 1
        assert FindingRow.objects.filter(package_id=identity).count() == 1
    assert actions(identity) == [
        "package.received", "package.quarantined", "package.requeued", "package.quarantined",
    ]  # fmt: skip


def test_an_accepted_package_cannot_be_judged_again(arrive: Arrive, work: Work) -> None:
    identity = arrive(package())
    work()
    with scope(MINASE), pytest.raises(NotWaiting):
        services.release_package(identity, actor=ACTOR, at=NOW)


def test_a_package_without_a_list_waits_for_a_person_and_goes_on_when_the_list_is_there(
    arrive: Arrive, work: Work, var_dir: object, clock: Clock
) -> None:
    from pathlib import Path

    from tests.casework.intake.packages import write_trust

    trust = Path(str(var_dir)) / "trust"
    away = (trust / "list-2.crl").rename(trust / "list-2.away")
    identity = arrive(package())
    work()
    assert (standing(identity).code, standing(identity).parked_code) == ("REV-331", "REV-331")
    clock.advance(hours=3)
    assert work() == 0
    away.unlink()
    write_trust(trust)
    with scope(MINASE):
        services.release_package(identity, actor=ACTOR, at=clock.now)
    assert work() == 1
    assert standing(identity).state is PackageState.ACCEPTED


def test_the_same_bytes_under_another_number_are_held(arrive: Arrive, work: Work) -> None:
    """S03"""
    first, second = arrive(package(), 1), arrive(package(), 2)
    work()
    assert stored(first).duplicate.kind is DuplicateKind.NONE
    application = stored(second)
    assert (application.duplicate.kind, application.duplicate.of) == (DuplicateKind.SAME_CONTENT, first)
    assert application.hold_codes == ("DUP-511",)


def test_other_bytes_under_the_same_number_are_held_with_their_differences(
    arrive: Arrive, work: Work
) -> None:
    first = arrive(package("P02", 0), 1)
    second = arrive(package("P02", 1), 1, received_at=APPLIED + timedelta(minutes=1))
    work()
    with scope(MINASE, read_only=True):
        duplicate = queries.duplicate_with_differences(second)
    assert (duplicate.kind, duplicate.of) == (DuplicateKind.SAME_RECEIPT, first)
    names = {one.field: (one.before, one.after) for one in duplicate.differences}
    assert names["氏名"] == (person(0).name.written, person(1).name.written)
    assert stored(second).hold_codes == ("DUP-512",)


def again(days: int, **changes: Any) -> bytes:  # Any: fields of an application, of many types
    """The same person with the same procedure, some days later, in other words."""
    moment = APPLIED + timedelta(days=days)
    return package("P02", applied_at=moment, seed=f"again/{days}/{changes}", **changes)


def test_the_same_person_and_procedure_within_the_window_is_held(arrive: Arrive, work: Work) -> None:
    first = arrive(again(-29), 1, received_at=APPLIED - timedelta(days=29))
    second = arrive(again(0), 2)
    work()
    assert stored(first).duplicate.kind is DuplicateKind.NONE
    assert (stored(second).duplicate.kind, stored(second).hold_codes) == (
        DuplicateKind.SAME_PERSON,
        ("DUP-513",),
    )


def test_the_same_person_after_the_window_is_none(arrive: Arrive, work: Work) -> None:
    arrive(again(-31), 1, received_at=APPLIED - timedelta(days=31))
    second = arrive(again(0), 2)
    work()
    assert stored(second).duplicate.kind is DuplicateKind.NONE


def test_another_procedure_of_the_same_person_is_none(arrive: Arrive, work: Work) -> None:
    arrive(again(-1), 1, received_at=APPLIED - timedelta(days=1))
    second = arrive(package("P27"), 2)
    work()
    assert stored(second).duplicate.kind is DuplicateKind.NONE


def test_two_issuers_may_give_the_same_serial_to_two_people(arrive: Arrive, work: Work) -> None:
    """C09"""
    arrive(package("P02", 0, serial_text="1F", issuer_key="aa" * 20), 1)
    second = arrive(package("P02", 1, serial_text="1F", issuer_key="bb" * 20), 2)
    work()
    assert stored(second).duplicate.kind is DuplicateKind.NONE


def test_a_resubmission_is_linked_and_not_held(arrive: Arrive, work: Work) -> None:
    first = arrive(again(-1), 1, received_at=APPLIED - timedelta(days=1))
    second = arrive(again(0, previous_receipt="260401000000001"), 2)
    work()
    application = stored(second)
    assert (application.duplicate.kind, application.duplicate.of) == (DuplicateKind.RESUBMISSION, None)
    assert (application.previous_id, application.hold_codes) == (first, ())


def test_an_amendment_before_its_original_waits_and_goes_on_by_itself(
    arrive: Arrive, work: Work, clock: Clock
) -> None:
    """S05"""
    second = arrive(again(0, previous_receipt="260401000000009"), 2)
    work()
    assert (standing(second).state, standing(second).code) == (PackageState.PENDING, "SEQ-502")
    assert work() == 0
    first = arrive(again(-1), 9, received_at=APPLIED - timedelta(days=1))
    assert work() == 1
    assert work() == 1
    assert stored(second).previous_id == first


def test_an_amendment_whose_original_never_comes_lies_in_quarantine(
    arrive: Arrive, work: Work, clock: Clock
) -> None:
    """S06"""
    identity = arrive(again(0, previous_receipt="260401000000009"), 2)
    work()
    clock.advance(hours=71)
    assert work() == 0
    clock.advance(hours=2)
    with scope(MINASE):
        from todoke.foundation.audit import services as sealer

        sealer.seal(at=clock.now)
    assert work() == 1
    assert (standing(identity).state, standing(identity).code) == (PackageState.QUARANTINED, "SEQ-502")


def test_ten_times_the_same_are_one_and_nine(arrive: Arrive, work: Work) -> None:
    for number in range(10):
        arrive(again(0, previous_receipt="", agent=person(number + 1)), number)
    work()
    with scope(MINASE, read_only=True):
        counts = queries.counts_by_duplicate()
    assert counts == {DuplicateKind.NONE: 1, DuplicateKind.SAME_PERSON: 9}


def claim(clock: Clock, owner: str = "worker-1") -> list[ClaimedApplication]:
    with scope(MINASE):
        return services.claim_applications(NextStep.IDENTIFY, limit=10, by=Claimant(owner, clock.now))


def test_a_later_stage_claims_applications_and_passes_them_on(
    arrive: Arrive, work: Work, clock: Clock
) -> None:
    identity = arrive(package())
    work()
    [claimed] = claim(clock)
    assert claimed.application.id == identity
    assert not claim(clock, "worker-2")
    with scope(MINASE):
        assert services.advance([claimed.claim], to=NextStep.OPEN, at=clock.now) == {identity}
        assert queries.counts_by_step() == {NextStep.OPEN: 1}
        assert queries.next_due(NextStep.OPEN) == clock.now
    assert not claim(clock)


def test_a_worker_that_comes_late_passes_nothing_on(arrive: Arrive, work: Work, clock: Clock) -> None:
    arrive(package())
    work()
    [late] = claim(clock)
    clock.advance(minutes=2)
    [now] = claim(clock, "worker-2")
    with scope(MINASE):
        assert services.advance([late.claim], to=NextStep.OPEN, at=clock.now) == set()
        assert services.advance([now.claim], to=NextStep.OPEN, at=clock.now) == {now.claim.id}


def test_an_application_that_keeps_failing_is_parked(arrive: Arrive, work: Work, clock: Clock) -> None:
    arrive(package())
    work()
    parked = False
    for _ in range(5):
        [claimed] = claim(clock)
        with scope(MINASE):
            parked = services.fail_application(claimed.claim, at=clock.now).parked
        clock.advance(minutes=30)
    assert parked
    assert not claim(clock)


def test_a_voluntary_signature_is_kept_with_the_application(arrive: Arrive, work: Work) -> None:
    identity = arrive(package("P02", signer=signer()))
    work()
    assert stored(identity).signature.signer_serial == "5ea1"
