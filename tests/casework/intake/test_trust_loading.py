"""Large lists are read in the background while those before serve; what can no longer answer is waited for."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from pytest_django import Settings

from samples import pki
from tests.casework.intake.packages import APPLIED, NOW, write_trust
from tests.support.clock import Clock
from todoke.casework.intake import queries
from todoke.casework.intake.errors import TrustUnreadable
from todoke.proof.revocation import Standing

REVOKED = pki.Revoked(0x5EA1, APPLIED - timedelta(days=1), x509.ReasonFlags.superseded)
ISSUER = pki.issuer_key(authentication=False, generation=2)


@pytest.fixture
def folder(
    var_dir: Path, clock: Clock, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A trust directory whose lists count as large."""
    monkeypatch.setattr(queries, "QUICK_BYTES", 0)
    write_trust(var_dir / "trust")
    yield var_dir / "trust"
    queries.settle_trust()


def standing() -> Standing:
    return queries.trust().revocation.status(ISSUER, "5ea1", APPLIED, now=NOW).standing


def test_the_lists_before_serve_until_the_new_ones_are_read(folder: Path) -> None:
    assert standing() is Standing.GOOD
    write_trust(folder, [REVOKED])
    assert queries.trust_status(at=NOW).is_renewing
    queries.settle_trust()
    assert standing() is Standing.REVOKED
    assert not queries.trust_status(at=NOW).is_renewing


def test_lists_that_have_run_out_do_not_serve_while_newer_ones_are_read(folder: Path, clock: Clock) -> None:
    queries.trust()
    clock.advance(days=30)
    write_trust(folder, [REVOKED])
    assert standing() is Standing.REVOKED, (
        "read while the caller waits: the old list answers nothing any more"
    )


def test_another_directory_is_never_served_by_the_one_before(
    folder: Path, settings: Settings, tmp_path: Path
) -> None:
    queries.trust()
    settings.TODOKE_TRUST_DIR = tmp_path / "other"
    write_trust(tmp_path / "other", [REVOKED])
    assert standing() is Standing.REVOKED


def test_a_file_that_cannot_be_read_is_told_and_nothing_is_trusted_meanwhile(folder: Path) -> None:
    queries.trust()
    (folder / "broken.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n")
    queries.trust()
    queries.settle_trust()
    with pytest.raises(TrustUnreadable):
        queries.trust()
    (folder / "broken.pem").unlink()
    assert standing() is Standing.GOOD


def test_the_status_names_entries_age_refused_lists_and_authorities_without_one(folder: Path) -> None:
    (folder / "list-1.crl").unlink()
    (folder / "list-x.crl").write_bytes(b"no list")
    write_trust(folder, [REVOKED], lists=[2])
    queries.trust()
    queries.settle_trust()
    status = queries.trust_status(at=NOW)
    [one] = status.lists
    assert (one.entries, one.age, one.is_stale, one.is_future) == (1, timedelta(hours=2), False, False)
    assert len(status.refused) == 1
    assert pki.issuer_key(authentication=False, generation=1) in status.without_list
    assert queries.trust_status(at=NOW + timedelta(days=9)).lists[0].is_stale
    assert queries.trust_status(at=NOW - timedelta(days=9)).lists[0].is_future
