"""Equal bytes are looked into once per body, however often they are attached; bodies share nothing."""

from dataclasses import replace
from secrets import token_hex
from uuid import uuid4

from sandbox.clamd.server import ClamdServer
from tests.casework.identify.conftest import HIYORI, MINASE
from tests.support.rows import make
from todoke.casework.intake.models import Application, Attachment
from todoke.casework.relay.models import Package
from todoke.casework.screening import jobs
from todoke.casework.screening.models import SanitisedCopy, ScanResult, Screening
from todoke.casework.screening.values import CopyState, ScreeningState
from todoke.foundation.fence import scope

from .conftest import Desk
from .files import File, attach
from .pictures import with_script

THOUSAND = 1_000


def repeat(attachment_id: int, times: int) -> None:
    """The same attachment again, in applications of their own."""
    with scope(MINASE):
        first = Attachment.objects.select_related("application").get(pk=attachment_id)
        for _ in range(times):
            package = Package.objects.create(**_package(first))
            again = make(
                Application, pk=package.pk, package=package,
                channel=first.application.channel, document=first.application.document, duplicate_kind="none",
                signature_state="not_required", next_step="done",
            )  # fmt: skip
            fields = {field.attname: getattr(first, field.attname) for field in first._meta.concrete_fields}
            Attachment.objects.create(**{**fields, "id": None, "application_id": again.pk})


def _package(first: Attachment) -> dict[str, object]:
    package = first.application.package
    fields = {field.attname: getattr(package, field.attname) for field in package._meta.concrete_fields}
    return {**fields, "id": None, "uuid": uuid4(), "receipt_number": token_hex(8)}


def test_A14_the_same_attachment_in_1000_applications_is_looked_into_and_copied_once(
    desk: Desk, clamd: ClamdServer
) -> None:
    (one,) = attach(File(with_script(), codes=("ATT-603",)))
    repeat(one, THOUSAND - 1)
    for _ in range(11):
        jobs.take_up(desk.job())
    desk.run()
    assert clamd.asked.count("INSTREAM") == 2, "the test file and the file"
    with scope(MINASE, read_only=True):
        assert Screening.objects.count() == THOUSAND
        assert (ScanResult.objects.count(), SanitisedCopy.objects.count()) == (1, 1)
        assert set(Screening.objects.values_list("state", flat=True)) == {ScreeningState.SCREENED.value}
        copy = SanitisedCopy.objects.get()
        assert copy.sha256_before == Attachment.objects.values_list("sha256", flat=True).distinct().get()
        assert copy.state == CopyState.MADE.value
    repeat(one, 1)
    desk.run()
    newest = desk.screenings()[-1]
    assert (newest.state, clamd.asked.count("INSTREAM")) == (ScreeningState.SCREENED.value, 2)


def test_what_one_body_knows_of_a_content_is_no_other_bodys(desk: Desk, clamd: ClamdServer) -> None:
    attach(File(b"the same"))
    attach(File(b"the same"), organisation=HIYORI)
    desk.run(MINASE)
    jobs.take_up(desk.job(HIYORI))
    assert [one.state for one in desk.contents(MINASE)] == ["screened"]
    assert [one.state for one in desk.contents(HIYORI)] == ["waiting"]


def test_taking_up_twice_takes_up_once(desk: Desk) -> None:
    attach(File(b"a"), File(b"b"), File(b"a"))
    assert [jobs.take_up(desk.job()) for _ in range(2)] == [3, 0]
    assert (len(desk.screenings()), len(desk.contents())) == (3, 2)


def test_many_files_are_taken_up_in_batches(desk: Desk) -> None:
    attach(*(File(bytes([number])) for number in range(5)))
    assert [jobs.take_up(replace(desk.job(), limit=2)) for _ in range(2)] == [5, 0]
