"""After the disposal nobody finds a value of the application: in no row, no file, no page's question, no evidence."""

import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from samples import documents
from samples.attachments import Attachment as File
from tests.casework.identify.conftest import ACTOR, MINASE, NOW
from tests.casework.intake.packages import package, write_trust
from tests.casework.screening.pictures import with_script
from tests.support.clock import Clock
from todoke.casework import journey
from todoke.casework.cases import queries as cases
from todoke.casework.disposal.values import HoldTarget
from todoke.casework.intake import queries as intake
from todoke.casework.intake.errors import ApplicationUnknown, EvidenceAbsent
from todoke.casework.intake.models import Application, Attachment, EvidenceCertificate, EvidenceRecord
from todoke.casework.relay import queries as relay
from todoke.casework.relay import services as relay_services
from todoke.casework.relay.errors import NotWaiting
from todoke.casework.relay.models import Package
from todoke.casework.relay.values import ChannelKind, ChannelSettings
from todoke.casework.screening import services as screening
from todoke.casework.screening.models import SanitisedCopy, ScreenedContent, Screening
from todoke.foundation.claims import Claimant, JobContext
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.foundation.vault import queries as vault
from todoke.foundation.vault import services as vault_services
from todoke.foundation.vault.errors import BlobDestroyed
from todoke.foundation.vault.models import Blob

from .conftest import FIRST_DAY, Archive, persons

SCRIPT = File("請求書カナリア.pdf", with_script())
SHARED = File("共有カナリア.pdf", documents.pdf(Random("shared"), 2_000))
BROKEN = b"PK\x05\x06 CANARY-BROKEN no archive at all"
JOBS = tuple(job for job in journey.JOBS if job.name.startswith(("screening.", "handover.prepare")))


@pytest.fixture
def town(committed_database: str, var_dir: Path, clock: Clock) -> Archive:
    """みなせ市 with real commits, two signed applications of two persons that share a file, and a broken package."""
    organisations.register_organisation(MINASE, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=NOW)
    write_trust(Path(settings.TODOKE_TRUST_DIR))
    archive = persons(clock)
    import_files(
        var_dir / "upload",
        {
            "269900000000001": package("P32", 0, attachments=(SCRIPT, SHARED)),
            "269900000000002": package("P32", 1, attachments=(SHARED,)),
            "269900000000003": BROKEN,
        },
    )
    archive.end(*archive.cases())
    return archive


def import_files(folder: Path, contents: dict[str, bytes]) -> None:
    """Lay packages down, import them and carry them as far as the jobs do."""
    paths = []
    for number, content in contents.items():
        paths.append(folder / f"{number}.zip")
        paths[-1].write_bytes(content)
    with scope(MINASE):
        channel = relay_services.register_channel(
            "hand", kind=ChannelKind.HAND, profile="by-hand", layout="pittari-xml-sample", settings=ChannelSettings(),
            actor=ACTOR, at=NOW,
        )  # fmt: skip
    relay_services.import_files(paths, channel, actor=ACTOR, at=NOW)
    for path in paths:
        path.unlink()
    context = JobContext(MINASE, Claimant("worker-1", NOW), 100)
    journey.take_in(context)
    while sum(job.run(context) for job in JOBS):
        pass


def canaries(application_id: int) -> list[str]:
    """What tells who somebody is: names, readings, addresses, telephone, birth, serials, the notes of clerks, labels."""
    with scope(MINASE, read_only=True):
        stored = intake.application(application_id)
        own = Attachment.objects.filter(application_id=application_id).exclude(label=SHARED.name)
        labels = [label for pair in own.values_list("label", "raw_name") for label in pair]
    who = stored.form.applicant
    found = [
        who.name, who.kana, who.address, stored.serial, stored.signature.signer_serial, *labels,
        *(value for item in stored.form.items for value in item.values if len(value) > 8),
    ]  # fmt: skip
    return sorted({one for one in found if len(one) > 3})


def _stands_in(value: str, text: str) -> bool:
    """Whether a value is in a text; a short one that a hash may hold by chance must stand there on its own."""
    if len(value) < 12 and re.fullmatch("[0-9a-f]+", value):
        return re.search(rf"(?<![0-9a-f]){value}(?![0-9a-f])", text) is not None
    return value in text


def rows_with(values: Sequence[str]) -> list[tuple[str, str]]:
    """In which table and column any row of this body holds one of these values."""
    found = set()
    with scope(MINASE, read_only=True):
        for model in (
            *apps.get_app_config("foundation").get_models(),
            *apps.get_app_config("casework").get_models(),
        ):
            for row in model._default_manager.values():
                for column, stored in row.items():
                    text = (
                        bytes(stored).decode("utf-8", "replace")
                        if isinstance(stored, bytes | memoryview)
                        else str(stored)
                    )
                    if any(_stands_in(one, text) for one in values):
                        found.add((model.__name__, column))
    return sorted(found)


def files_with(values: Sequence[str], folder: Path) -> list[str]:
    """Which files below a folder hold one of these values as they are."""
    wanted = [one.encode() for one in values]
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(one in path.read_bytes() for one in wanted)
    ]


def database_files() -> Iterator[Path]:
    name = Path(str(connection.settings_dict["NAME"]))
    yield from (
        path for suffix in ("", "-wal", "-shm") if (path := name.with_name(name.name + suffix)).exists()
    )


def test_nothing_of_a_disposed_application_is_left_in_any_row(town: Archive) -> None:
    first, second = town.cases()
    values, others = canaries(first.application_id), canaries(second.application_id)
    assert {"Application", "Attachment", "Case", "PartyRow"} <= {table for table, _ in rows_with(values)}
    keep = town.hold_application(second)
    town.wait_until(FIRST_DAY)
    town.dispose()
    own = [one for one in values if one not in others]
    assert rows_with(own) == []
    assert rows_with(others), "the other one is held and stays"
    town.lift(keep)
    town.dispose()
    assert rows_with([*others, "CANARY-NOTE", SCRIPT.name, SHARED.name]) == []
    assert town.audit().is_whole


@pytest.mark.sqlite_only(
    "the file of SQLite; what VACUUM does on PostgreSQL stands in docs/operations/disposal.md"
)
def test_nothing_of_it_is_left_in_the_file_of_the_database_or_its_journal(
    town: Archive, var_dir: Path
) -> None:
    values = [one for case in town.cases() for one in canaries(case.application_id)]
    whole = b"".join(path.read_bytes() for path in database_files())
    assert [one for one in values if one.encode() in whole]
    town.wait_until(FIRST_DAY)
    town.dispose()
    left = b"".join(path.read_bytes() for path in database_files())
    assert [one for one in (*values, "CANARY-NOTE") if one.encode() in left] == []
    assert files_with(values, var_dir) == []
    with closing(sqlite3.connect(next(database_files()))) as other:
        assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_originals_copies_and_evidence_of_it_open_for_nobody(town: Archive) -> None:
    first, second = town.cases()
    with scope(MINASE, read_only=True):
        blobs = [
            *Package.objects.filter(pk=first.application_id).values_list("blob_id", flat=True),
            *SanitisedCopy.objects.exclude(blob=None).values_list("blob_id", flat=True),
        ]
        files = list(
            Attachment.objects.filter(application_id=first.application_id).values_list("pk", flat=True)
        )
        assert EvidenceCertificate.objects.count() > 2
        authorities = EvidenceCertificate.objects.count() - 2
    assert len(blobs) == 2, "the original and the copy of the doubtful file"
    town.hold_application(second)
    town.wait_until(FIRST_DAY)
    town.dispose()
    with scope(MINASE, read_only=True):
        for blob in blobs:
            with pytest.raises(BlobDestroyed):
                vault.open_blob(blob)
        with pytest.raises(ApplicationUnknown):
            intake.application(first.application_id)
        with pytest.raises(EvidenceAbsent):
            intake.evidence(first.application_id)
        assert not Attachment.objects.filter(pk__in=files).exists()
        assert EvidenceRecord.objects.get(package_id=first.application_id).sha256, (
            "the hash that the audit names"
        )
        assert EvidenceCertificate.objects.count() == authorities + 1, (
            "the other signer's and the authorities' stay"
        )
        assert intake.evidence_bundle(second.application_id)["certificates"]
        assert intake.application(second.application_id).form.applicant.name
        assert cases.stands_for(second.uuid)
        assert not cases.stands_for(first.uuid)


def test_A14_a_file_that_another_application_has_as_well_stays_screened(town: Archive) -> None:
    first, second = town.cases()
    keep = town.hold_application(second)
    town.wait_until(FIRST_DAY)
    town.dispose()
    with scope(MINASE, read_only=True):
        content = ScreenedContent.objects.get()
        assert content.sample.application_id == second.application_id != first.application_id
        assert Screening.objects.count() == 1
    town.lift(keep)
    town.dispose()
    with scope(MINASE, read_only=True):
        assert (ScreenedContent.objects.count(), Screening.objects.count()) == (0, 0)
    for job in JOBS:
        assert job.run(town.job()) == 0, "nothing is taken up again"


def test_what_stayed_in_quarantine_goes_by_a_rule_of_its_own_and_cannot_be_tried_again(town: Archive) -> None:
    with scope(MINASE, read_only=True):
        (broken,) = relay.quarantined()
        assert vault.open_blob(broken.blob_id).read() == BROKEN
    town.wait_until(FIRST_DAY.replace(year=2028))
    run = town.dispose("quarantined")
    assert run.disposed == 1
    with scope(MINASE):
        assert (relay.quarantined(), intake.quarantine_list()) == ([], [])
        with pytest.raises(BlobDestroyed):
            vault.open_blob(broken.blob_id)
        with pytest.raises(NotWaiting):
            relay_services.requeue_package(broken.id, actor=ACTOR, at=town.clock.now)
    assert len(town.readable()) == 2


def test_U08_a_hold_on_an_application_keeps_its_copies_and_one_on_a_procedure_what_came_for_it(
    town: Archive,
) -> None:
    first, second = town.cases()
    town.wait_until(FIRST_DAY)
    for target, meant, held in (
        (HoldTarget.APPLICATION, str(first.uuid), {"copies": 1, "completed": 1}),
        (HoldTarget.APPLICATION, str(second.uuid), {"completed": 1}),
        (HoldTarget.PROCEDURE, "P32", {"copies": 1, "completed": 2}),
    ):
        hold = town.hold(target, meant)
        for rule in ("copies", "completed", "quarantined", "relay-runs"):
            assert town.due(rule).held == held.get(rule, 0), (target, rule)
        town.lift(hold)
    with scope(MINASE, read_only=True):
        (broken,) = relay.quarantined()
    town.hold(HoldTarget.APPLICATION, str(broken.uuid))
    assert (town.due("quarantined").held, town.due("quarantined").records) == (1, ())


def test_copies_go_earlier_and_can_be_made_again(town: Archive) -> None:
    with scope(MINASE, read_only=True):
        copy = SanitisedCopy.objects.get()
        attachment = copy.content.sample_id
    town.wait_until(FIRST_DAY.replace(year=2027, month=4, day=7))
    assert town.dispose("copies").disposed == 1
    with scope(MINASE):
        with pytest.raises(BlobDestroyed):
            vault.open_blob(copy.blob_id or 0)
        assert not SanitisedCopy.objects.exists()
        screening.ask_for_copy(attachment, actor=ACTOR, at=town.clock.now)
    while sum(job.run(town.job()) for job in JOBS):
        pass
    with scope(MINASE, read_only=True):
        assert vault.open_blob(SanitisedCopy.objects.get().blob_id or 0).read()


def test_compaction_then_takes_the_bytes_off_the_disk(town: Archive) -> None:
    town.wait_until(FIRST_DAY)
    with scope(MINASE, read_only=True):
        sizes = list(Blob.objects.values_list("size", flat=True))
    town.dispose()
    while vault_services._open:  # as when the workers end
        vault_services._open.popitem()[1].close()
    folder = Path(settings.TODOKE_VAULT_DIR) / MINASE
    (before,) = folder.glob("*.seg")
    os.utime(before, (0, 0))
    done = vault_services.compact(
        MINASE, dead_percent=50, settled_for=town.day, actor=ACTOR, at=town.clock.now
    )
    assert (done.rewritten, len(sizes)) == (1, 4)
    (after,) = set(folder.glob("*.seg")) - {before}
    assert after.stat().st_size < 200, "the broken package alone is still kept"


def test_what_is_kept_of_an_application_names_nobody(town: Archive) -> None:
    town.wait_until(FIRST_DAY)
    town.dispose()
    with scope(MINASE, read_only=True):
        row = Application.objects.values().first()
        kept = Package.objects.values().first()
    assert row is not None
    assert kept is not None
    filled = {name for name, value in row.items() if value not in ("", None, 0, "{}")}
    assert filled == {
        "id", "organisation_id", "due_at", "fence", "uuid", "package_id", "channel_id", "receipt_number", "content_hash",
        "procedure", "applied_at", "received_at", "stored_at", "signature_state", "duplicate_kind", "layout",
        "layout_edition", "next_step", "signed_digest",
    }  # fmt: skip
    assert (kept["file_label"], kept["facts"]) == ("", "{}")
