"""A damaged original comes back from the backups while everything goes on, and only as what was received（F24）."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from tests.support.machines import ACTOR, Vaults, live_in
from todoke import __main__ as command
from todoke.cli.verbs import DONE, NOT_GOOD
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit import services as sealing
from todoke.foundation.backup import services
from todoke.foundation.backup.errors import WrongKey
from todoke.foundation.backup.values import Mending
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.foundation.vault import queries
from todoke.foundation.vault import services as vault
from todoke.foundation.vault.models import Blob, DamagedOriginal
from todoke.foundation.vault.services import mending
from todoke.foundation.vault.values import Damaged

from .conftest import MINASE, NOW
from .test_backup import hashes, store


@pytest.fixture
def vaults(committed_database: str, var_dir: Path, settings: Settings, tmp_path: Path) -> Vaults:
    """A town with four originals, all of them in a set, and more that came later."""
    live_in(settings, var_dir)
    organisations.register_organisation(MINASE, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=NOW)
    store(MINASE, b"first", 4)
    found = Vaults(tmp_path / "backups")
    found.prepare(settings)
    return found


def rows() -> list[Blob]:
    with scope(MINASE, read_only=True):
        return list(Blob.objects.order_by("pk"))


def segment_of(row: Blob) -> Path:
    return Path(django_settings.TODOKE_VAULT_DIR) / MINASE / row.segment


def flip(row: Blob) -> None:
    """Turn one bit of an original on the disk."""
    with open(segment_of(row), "r+b") as file:
        file.seek(row.offset + 70_000)
        (byte,) = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte ^ 1]))


def mend(vaults: Vaults) -> Mending:
    with scope(MINASE, read_only=True):
        damaged = queries.damaged_originals()
    return services.mend(vaults.sets, MINASE, damaged, identity=vaults.identity, actor=ACTOR, at=NOW)


def acts(pk: int) -> list[str]:
    with scope(MINASE, read_only=True):
        return [one.action for one in audit.of_object("blob", str(pk))]


HARMS: dict[str, Callable[[Blob], object]] = {
    "a bit turned": flip,
    "the file cut off": lambda row: segment_of(row).write_bytes(segment_of(row).read_bytes()[: row.offset]),
    "the file gone": lambda row: segment_of(row).unlink(),
}


@pytest.mark.parametrize("harm", HARMS)
def test_F24_a_damaged_original_comes_back_from_a_set_and_the_act_is_kept(
    vaults: Vaults, harm: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before, taken = hashes(MINASE), vaults.take()
    second = rows()[1]
    HARMS[harm](second)
    found = segment_of(second).read_bytes() if segment_of(second).exists() else None
    words = ["vault", "repair", "--identity", str(vaults.identity), "--json"]
    capsys.readouterr()
    assert command.main(words) == DONE
    told = json.loads(capsys.readouterr().out)[MINASE]
    assert told["mended"][str(second.pk)] == taken.name
    assert hashes(MINASE) == before
    kept = segment_of(second).read_bytes() if segment_of(second).exists() else None
    assert kept == found  # nothing is written over what is damaged
    with scope(MINASE):
        assert DamagedOriginal.objects.filter(mended_at=None).count() == 0
        sealing.seal(at=NOW + timedelta(hours=1))
        assert audit.verify().is_whole
    assert acts(second.pk) == ["vault.original_put_back"]
    assert command.main(words) == DONE
    assert json.loads(capsys.readouterr().out)[MINASE]["mended"] == {}


def test_what_the_night_found_is_damaged_no_more_once_it_was_put_back(
    vaults: Vaults, settings: Settings
) -> None:
    settings.TODOKE_REREAD_DAYS = 1
    vaults.take()
    first = rows()[0]
    flip(first)
    vault.reread(MINASE, actor=ACTOR, at=NOW, night_only=False)
    with scope(MINASE, read_only=True):
        assert queries.reread_standing().damaged == 1
        assert [one.id for one in queries.damaged_originals(among_known=True)] == [first.pk]
    assert list(mend(vaults).mended) == [first.pk]
    with scope(MINASE):
        sealing.seal(at=NOW + timedelta(hours=1))
        assert queries.reread_standing().damaged == 0
        assert DamagedOriginal.objects.get().mended_at == NOW
    assert acts(first.pk) == ["vault.damage_found", "vault.original_put_back"]


def test_an_older_set_serves_where_the_newer_one_has_copied_the_damage(vaults: Vaults) -> None:
    before, good = hashes(MINASE), vaults.take()
    last = rows()[3]
    flip(last)
    vaults.take(is_full=True)
    done = mend(vaults)
    assert (dict(done.mended), done.left) == ({last.pk: good.name}, ())
    assert hashes(MINASE) == before


def test_what_no_set_holds_or_what_a_set_has_damaged_too_is_said_and_stays(vaults: Vaults) -> None:
    taken = vaults.take()
    store(MINASE, b"later", 1)
    second, later = rows()[1], rows()[4]
    flip(second)
    flip(later)
    (piece,) = {one.file.name for one in taken.pieces}
    stored = bytearray((vaults.sets / piece).read_bytes())
    stored[len(stored) // 2] ^= 1
    (vaults.sets / piece).write_bytes(stored)
    done = mend(vaults)
    assert (dict(done.mended), done.left) == ({}, (second.pk, later.pk))
    assert [(one.code, one.where) for one in done.faults] == [("BKP-103", piece)]
    assert command.main(["vault", "repair", "--identity", str(vaults.identity)]) == NOT_GOOD
    assert len(list(segment_of(second).parent.glob("*.seg"))) == 1  # nothing half done is left
    assert acts(second.pk) == []


def test_a_copy_that_is_not_what_was_received_changes_nothing(vaults: Vaults, tmp_path: Path) -> None:
    second = rows()[1]
    (damaged,) = _damage(second)
    stranger = tmp_path / "stranger"
    stranger.write_bytes(bytes(damaged.length))
    with open(stranger, "rb") as file:
        assert vault.mend(MINASE, [(damaged, 0)], file, source="x", actor=ACTOR, at=NOW) == []
    assert [(one.segment, one.offset) for one in rows()][1] == (second.segment, second.offset)


def _damage(row: Blob) -> list[Damaged]:
    flip(row)
    with scope(MINASE, read_only=True):
        return queries.damaged_originals()


def test_a_disposal_meanwhile_wins(vaults: Vaults, monkeypatch: pytest.MonkeyPatch) -> None:
    vaults.take()
    first = rows()[0]
    (damaged,) = _damage(first)
    read_back = mending._sound

    def and_then_destroyed(organisation: str, copies: mending.Copies) -> list[Blob]:
        sound = read_back(organisation, copies)
        with scope(MINASE):
            vault.destroy_keys([first.pk], in_use=lambda _: set(), at=NOW)
        return sound

    monkeypatch.setattr(mending, "_sound", and_then_destroyed)
    done = services.mend(vaults.sets, MINASE, [damaged], identity=vaults.identity, actor=ACTOR, at=NOW)
    assert (dict(done.mended), done.left) == ({}, (first.pk,))
    assert rows()[0].segment == first.segment
    assert acts(first.pk) == []


def test_a_file_that_is_no_private_key_is_told_and_another_key_opens_nothing(
    vaults: Vaults, tmp_path: Path
) -> None:
    taken = vaults.take()
    flip(rows()[0])
    (piece,) = {one.file.name for one in taken.pieces}
    with scope(MINASE, read_only=True):
        damaged = queries.damaged_originals()
    with pytest.raises(WrongKey):
        services.mend(
            vaults.sets, MINASE, damaged, identity=tmp_path / "none", actor=ACTOR, at=NOW
        )  # fmt: skip
    done = services.mend(
        vaults.sets, MINASE, damaged, identity=vaults.keys_identity, actor=ACTOR, at=NOW
    )  # fmt: skip
    assert [(one.code, one.where) for one in done.faults] == [("BKP-105", piece)]
    assert done.left == (rows()[0].pk,)
