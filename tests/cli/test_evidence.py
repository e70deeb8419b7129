"""Evidence from the command line: written by a check that stores nothing, and exported from what was stored."""

import json
from pathlib import Path

import pytest

from tests.casework.intake.packages import APPLIED, MINASE, NOW, package, pdf, write_trust
from tests.cli.test_verbs import Out, run
from tests.support import bare
from tests.support.clock import Clock
from todoke.casework.intake import jobs
from todoke.casework.relay import services as relay
from todoke.casework.relay.values import ChannelKind, ChannelSettings, Listed
from todoke.cli.verbs import DONE, NOT_GOOD, command_actor
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant, JobContext
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind

TOOL = Path(__file__).parents[2] / "tools" / "evidence_verify.py"
RECEIPT = "260401000000001"
VERIFIED, OPEN = 0, 3


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / f"{RECEIPT}.zip"
    path.write_bytes(package(attachments=(pdf(),)))
    return path


def test_a_check_writes_evidence_that_verifies_elsewhere(file: Path, tmp_path: Path, capsys: Out) -> None:
    write_trust(tmp_path / "trust")
    out = tmp_path / "evidence.json"
    code, _, _ = run(
        capsys, "package", "check", file, "--trust", tmp_path / "trust", "--at", NOW.isoformat(), "--revocation",
        "required", "--evidence", out, "--with-list",
    )  # fmt: skip
    assert code == DONE
    assert out.stat().st_mode & 0o077 == 0, "it holds a certificate: for its owner only"
    done = bare.run(bare.site_of(tmp_path), TOOL, out, file)
    assert done.returncode == OPEN, done.stdout
    assert "no audit entry" in done.stdout
    assert "CMS signature computed anew" in done.stdout
    assert json.loads(out.read_text())["list"]


def test_the_evidence_of_what_is_stored_is_exported_with_its_seal_and_that_is_audited(
    db: None, var_dir: Path, clock: Clock, file: Path, tmp_path: Path, capsys: Out
) -> None:
    write_trust(var_dir / "trust")
    organisations.register_organisation(MINASE, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=NOW)
    with scope(MINASE):
        channel = relay.register_channel(
            "hand", kind=ChannelKind.HAND, profile="by-hand", layout="pittari-xml-sample", settings=ChannelSettings(),
            actor=command_actor(), at=NOW,
        )  # fmt: skip
    relay.receive_package(
        channel, listed=Listed(RECEIPT, APPLIED), chunks=[file.read_bytes()], actor=command_actor(), at=NOW
    )
    jobs.open_packages(JobContext(MINASE, Claimant("worker-1", clock.now), 10))
    with scope(MINASE):
        audit.seal(at=clock.now)
    out = tmp_path / "evidence.json"
    words = (
        "package",
        "evidence",
        RECEIPT,
        out,
        "--organisation",
        MINASE,
        "--with-list",
        "--purpose",
        "審査請求",
    )
    code, _, _ = run(capsys, *words)
    assert code == DONE
    done = bare.run(bare.site_of(tmp_path), TOOL, out, file, "--seal-key", var_dir / "seals" / "seal.pub")
    assert done.returncode == VERIFIED, done.stdout
    with scope(MINASE):
        [entry] = AuditEntry.objects.filter(action="evidence.exported")
        assert (entry.stream, entry.purpose) == ("reads", "審査請求")


def test_evidence_of_a_package_that_nobody_knows_is_refused(
    db: None, var_dir: Path, tmp_path: Path, capsys: Out
) -> None:
    organisations.register_organisation(MINASE, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=NOW)
    out = tmp_path / "evidence.json"
    assert run(capsys, "package", "evidence", RECEIPT, out, "--organisation", MINASE)[0] == NOT_GOOD
    assert not out.exists()
