"""A set holds every row and every byte of one moment, tells when it is damaged, and comes back whole."""

import hashlib
import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st
from pytest_django import Settings

from tests.support.environment import DATABASES
from tests.support.machines import ACTOR, Vaults, live_in, new_machine
from todoke.foundation.audit import queries as audit_queries
from todoke.foundation.audit import services as audit
from todoke.foundation.backup import queries, services
from todoke.foundation.backup.errors import (
    AnotherRuns,
    DatabaseDamaged,
    KeysMissing,
    NoRoom,
    NotEmpty,
    PieceMissing,
    RecipientMissing,
    RowsMissing,
    WrongKey,
)
from todoke.foundation.backup.models import BackupRecord
from todoke.foundation.backup.services import sqlite_copies
from todoke.foundation.backup.values import Policy
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.foundation.vault import queries as vault_queries
from todoke.foundation.vault import services as vault
from todoke.foundation.vault.errors import BlobDestroyed
from todoke.foundation.vault.models import Blob

from .conftest import HIYORI, MINASE, NOW

CANARY = "この文字列は控えのどこにも読めてはならない"


@pytest.fixture
def vaults(committed_database: str, var_dir: Path, settings: Settings, tmp_path: Path) -> Vaults:
    """An installation of two towns with something in each, and a place for its backups."""
    live_in(settings, var_dir)
    for code, name in ((MINASE, CANARY), (HIYORI, "ひより町")):
        organisations.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=NOW)
        store(code, CANARY.encode(), 3)
    found = Vaults(tmp_path / "backups")
    found.prepare(settings)
    return found


def store(town: str, content: bytes, count: int) -> None:
    """Some originals with an audit entry each, sealed."""
    with vault.batch(town) as batch:
        written = [batch.add([content, os.urandom(100_000)]) for _ in range(count)]
    with scope(town):
        vault.register(written, at=NOW)
        for one in written:
            audit.record("package.received", object_kind="package", object_id=one.sha256, actor=ACTOR, at=NOW)
        audit.seal(at=now())


def hashes(town: str) -> dict[int, str]:
    """What the town's originals hash to, read back."""
    with scope(town, read_only=True):
        blobs = vault_queries.open_blobs(Blob.objects.values_list("pk", flat=True))
    return {pk: hashlib.sha256(one.read()).hexdigest() for pk, one in blobs.items()}


def codes(vaults: Vaults, name: str, identity: Path | None = None) -> set[str]:
    return {
        fault.code for fault in services.verify(vaults.sets, name, keys=vaults.keys, identity=identity).faults
    }


def test_a_set_comes_back_on_another_machine(vaults: Vaults, settings: Settings, tmp_path: Path) -> None:
    before = {town: hashes(town) for town in (MINASE, HIYORI)}
    taken = vaults.take()
    assert services.verify(vaults.sets, taken.name, identity=vaults.identity, keys=vaults.keys).is_whole
    with new_machine(settings, tmp_path / "new", is_bare=True):
        report = vaults.restore(taken.name)
        assert report.tables == taken.tables
        assert {town: hashes(town) for town in (MINASE, HIYORI)} == before
        for town in (MINASE, HIYORI):
            with scope(town, read_only=True):
                assert audit_queries.verify().is_whole
                assert queries.open_restoration() is not None
                assert queries.is_held("core:any")
        store(MINASE, b"after", 1)  # sequences go on where they stood


def test_every_body_knows_of_the_set(vaults: Vaults) -> None:
    taken = vaults.take()
    for town in (MINASE, HIYORI):
        with scope(town, read_only=True):
            assert BackupRecord.objects.get().set_name == taken.name
            entries = audit_queries.of_object("backup", taken.name)
            assert [entry.action for entry in entries] == ["backup.taken"]


def test_nothing_in_a_set_can_be_read_without_the_key(vaults: Vaults) -> None:
    vaults.take()
    files = [path for path in vaults.root.rglob("*") if path.is_file() and "offline" not in path.parts]
    assert len(files) > 5
    master = Path(django_settings.TODOKE_MASTER_KEY_FILE).read_bytes()
    for path in files:
        content = path.read_bytes()
        assert CANARY.encode() not in content
        assert CANARY.encode("unicode_escape") not in content
        assert master not in content
        assert path.stat().st_mode & 0o077 == 0 or path.suffix in {".pub", ".json", ".sig"}


def test_a_later_set_holds_only_what_was_added_since(vaults: Vaults) -> None:
    first = vaults.take()
    store(MINASE, b"more", 2)
    second = vaults.take()
    known = {piece.file.name for piece in first.pieces}
    assert known < {piece.file.name for piece in second.pieces}
    added = [piece for piece in second.pieces if piece.file.name not in known]
    assert [piece.organisation for piece in added] == [MINASE]
    assert sum(piece.end - piece.start for piece in added) < 300_000
    assert services.verify(vaults.sets, second.name, identity=vaults.identity).is_whole
    full = vaults.take(is_full=True)
    assert not known & {piece.file.name for piece in full.pieces}


def test_bytes_that_no_row_knows_yet_are_left_out(vaults: Vaults) -> None:
    with vault.batch(MINASE) as batch:
        batch.add([b"not yet registered"])
    taken = vaults.take()
    ends = {(piece.organisation, piece.segment): piece.end for piece in taken.pieces}
    with scope(MINASE, read_only=True):
        for row in Blob.objects.all():
            assert vault_queries.end_of(row.offset, row.size) <= ends[MINASE, row.segment]
        live = Path(django_settings.TODOKE_VAULT_DIR) / MINASE / row.segment
    assert live.stat().st_size > ends[MINASE, row.segment]


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


HARMS = ((flip, "BKP-103"), (cut, "BKP-103"), (Path.unlink, "BKP-102"))


def test_a_damaged_or_missing_file_is_found_the_same_night(vaults: Vaults) -> None:
    name = vaults.take().name
    assert codes(vaults, name) == set()
    for pattern in ("sets/*/database.age", "sets/*/state.age", "sets/pieces/*/*.age", "keys/*.age"):
        path = next(vaults.root.glob(pattern))
        content = path.read_bytes()
        for harm, code in HARMS:
            harm(path)
            assert codes(vaults, name) == {code}, (pattern, harm)
            path.write_bytes(content)
    assert codes(vaults, name) == set()


def test_damage_is_found_with_the_private_key_too(vaults: Vaults) -> None:
    name = vaults.take().name
    flip(next(vaults.sets.glob("*/database.age")))
    flip(next(vaults.sets.glob("pieces/*/*.age")))
    assert codes(vaults, name, identity=vaults.identity) == {"BKP-103"}


def test_a_set_whose_list_was_changed_is_refused(vaults: Vaults) -> None:
    name = vaults.take().name
    path = vaults.sets / name / "manifest.json"
    path.write_text(path.read_text().replace(MINASE, HIYORI, 1))
    assert codes(vaults, name) == {"BKP-104"}
    path.write_text("[")
    assert codes(vaults, name) == {"BKP-104"}
    path.unlink()
    assert codes(vaults, name) == {"BKP-102"}


@pytest.mark.sqlite_only("the same on any database, and quicker here")
def test_another_key_opens_nothing(vaults: Vaults, settings: Settings, tmp_path: Path) -> None:
    taken = vaults.take()
    assert codes(vaults, taken.name, identity=vaults.keys_identity) == {"BKP-105"}
    with new_machine(settings, tmp_path / "new"):
        with pytest.raises(WrongKey):
            vaults.restore(taken.name, replace(vaults.opening(taken.name), keys=vaults.identity))
        with pytest.raises(WrongKey):
            vaults.restore(taken.name, replace(vaults.opening(taken.name), sets=vaults.keys_identity))
        vaults.restore(taken.name)  # begun again with the right keys, it goes on


@pytest.mark.sqlite_only("the same on any database, and quicker here")
def test_without_the_keys_nothing_is_restored(vaults: Vaults, settings: Settings, tmp_path: Path) -> None:
    taken = vaults.take()
    with new_machine(settings, tmp_path / "new"), pytest.raises(KeysMissing):
        vaults.restore(taken.name, replace(vaults.opening(taken.name), keys_file=None))


def test_a_restore_never_meets_what_is_there(vaults: Vaults, settings: Settings, tmp_path: Path) -> None:
    taken = vaults.take()
    settings.TODOKE_OWNER_URLS = {"default": os.environ["TODOKE_DATABASE_OWNER_URL"]}
    before = hashes(MINASE)
    with pytest.raises(NotEmpty):
        vaults.restore(taken.name)
    assert hashes(MINASE) == before
    with new_machine(settings, tmp_path / "new"):
        (tmp_path / "new" / "vault" / MINASE).mkdir(parents=True)
        (tmp_path / "new" / "vault" / MINASE / "other.seg").write_bytes(b"x")
        with pytest.raises(NotEmpty):
            vaults.restore(taken.name)


@pytest.mark.sqlite_only("the same on any database, and quicker here")
def test_a_set_with_a_missing_piece_is_not_half_restored(
    vaults: Vaults, settings: Settings, tmp_path: Path
) -> None:
    taken = vaults.take()
    lost = vaults.sets / taken.pieces[-1].file.name
    content = lost.read_bytes()
    lost.unlink()
    with new_machine(settings, tmp_path / "new"):
        with pytest.raises(PieceMissing):
            vaults.restore(taken.name)
        lost.write_bytes(content)
        vaults.restore(taken.name)
        with scope(MINASE, read_only=True):
            assert vault_queries.read_back() == []


def test_the_gap_that_the_seals_outside_tell_of_is_told(
    vaults: Vaults, settings: Settings, tmp_path: Path
) -> None:
    taken = vaults.take()
    store(MINASE, b"lost", 2)
    seals = Path(django_settings.TODOKE_SEAL_COPY_DIR)
    with new_machine(settings, tmp_path / "new"):
        settings.TODOKE_SEAL_COPY_DIR = seals  # on another machine: it has outlived the accident
        kept = (seals / f"{MINASE}.jsonl").read_bytes()
        report = vaults.restore(taken.name)
        gaps = {gap.code: gap for gap in report.gaps}
        assert gaps[MINASE].lost > gaps[MINASE].kept > 0
        assert gaps[HIYORI].lost == 0
        assert (seals / f"{MINASE}.jsonl").read_bytes() == kept
        store(MINASE, b"later", 1)
        with scope(MINASE, read_only=True):
            restoration = queries.open_restoration()
            assert restoration is not None
            assert restoration.lost_entries == gaps[MINASE].lost - gaps[MINASE].kept
            assert audit_queries.verify().is_whole


def test_old_sets_go_and_take_only_what_nobody_needs(vaults: Vaults) -> None:
    first = vaults.take()
    store(MINASE, b"more", 1)
    second = vaults.take(is_full=True)
    done = services.rotate(vaults.sets, Policy(1, 1, 1), keys=vaults.keys)
    assert done.kept == (second.name,)
    assert done.removed == (first.name,)
    assert done.pieces == len(first.pieces)
    assert queries.set_names(vaults.sets) == [second.name]
    assert [path.name for path in vaults.keys.iterdir()] == [f"{second.name}.keys.age"]
    assert services.verify(vaults.sets, second.name, identity=vaults.identity, keys=vaults.keys).is_whole


def test_a_set_that_is_not_finished_is_none(vaults: Vaults, monkeypatch: pytest.MonkeyPatch) -> None:
    first = vaults.take()
    store(MINASE, b"more", 1)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(os, "rename", _interrupt_at_publication)
        vaults.take()
    assert queries.set_names(vaults.sets) == [first.name]
    second = vaults.take()
    assert set(queries.set_names(vaults.sets)) == {first.name, second.name}
    assert not list(vaults.sets.glob(".draft-*"))
    for name in (first.name, second.name):
        assert services.verify(vaults.sets, name, identity=vaults.identity).is_whole


_rename = os.rename


def _interrupt_at_publication(source: Path, target: Path) -> None:
    if Path(source).name.startswith(".draft-"):
        raise KeyboardInterrupt
    _rename(source, target)


def test_one_command_at_a_time(vaults: Vaults, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcntl.flock", _busy)
    with pytest.raises(AnotherRuns):
        vaults.take()


def _busy(_: object, __: int) -> None:
    raise BlockingIOError


def test_a_place_that_is_lost_with_the_rest_is_no_place_for_backups(vaults: Vaults, var_dir: Path) -> None:
    with pytest.raises(NoRoom):
        services.take(replace(queries.places(), sets=var_dir / "backups"), actor=ACTOR, at=now())


def test_nobody_to_encrypt_for_is_told_before_anything_is_written(vaults: Vaults, tmp_path: Path) -> None:
    (tmp_path / "empty.pub").write_text("# nobody\n")
    for path in (tmp_path / "none.pub", tmp_path / "empty.pub"):
        with pytest.raises(RecipientMissing):
            services.take(replace(queries.places(), recipients=path), actor=ACTOR, at=now())
    assert queries.set_names(vaults.sets) == []


@pytest.mark.sqlite_only("the same on any database, and quicker here")
def test_what_was_disposed_of_is_not_asked_for(vaults: Vaults, settings: Settings, tmp_path: Path) -> None:
    with scope(MINASE):
        gone = Blob.objects.order_by("-offset").values_list("pk", flat=True)[:1]
        vault.destroy_keys(gone, in_use=lambda _: set(), at=now())
    taken = vaults.take()
    assert services.verify(vaults.sets, taken.name, identity=vaults.identity).is_whole
    with new_machine(settings, tmp_path / "new"):
        vaults.restore(taken.name)
        with scope(MINASE, read_only=True):
            assert Blob.objects.filter(destroyed_at=None).count() == 2
            assert vault_queries.read_back() == []


@pytest.mark.postgresql_only("row-level security is PostgreSQL's")
@pytest.mark.parametrize(
    "harm",
    [
        "DROP POLICY own_rows ON foundation_blob",
        "CREATE POLICY fewer ON foundation_blob AS RESTRICTIVE USING (id > 1)",
        "REVOKE SELECT ON foundation_blob FROM {app}",
    ],
)
def test_hidden_rows_are_refused_loudly_and_nothing_is_published(vaults: Vaults, harm: str) -> None:
    import psycopg

    app = str(connection.settings_dict["USER"])
    name = str(connection.settings_dict["NAME"])
    with psycopg.connect(DATABASES.owner_url(name), autocommit=True) as owner:
        owner.execute(harm.format(app=f'"{app}"').encode())
    with pytest.raises(RowsMissing):
        vaults.take()
    assert queries.set_names(vaults.sets) == []


@pytest.mark.sqlite_only("the writer would wait for nobody on PostgreSQL anyway")
def test_a_writer_goes_on_while_a_set_is_taken(vaults: Vaults) -> None:
    with scope(MINASE):  # BEGIN IMMEDIATE: somebody is writing
        audit.record("case.moved", object_kind="case", object_id="1", actor=ACTOR, at=now())
        from todoke.foundation.backup.services import sqlite_copies

        with sqlite_copies.snapshot(Path(django_settings.VAR) / "backup") as copy:
            found = sqlite_copies.contents(copy)
    assert found.tables["foundation_auditentry"] == 6


def test_times_of_the_policy_are_days_weeks_and_months() -> None:
    from todoke.foundation.backup.rules import rotation

    sets = {f"{day:03}": NOW - timedelta(days=day) for day in range(400)}
    kept = rotation.kept(sets, Policy(daily=7, weekly=4, monthly=12))
    assert {f"{day:03}" for day in range(7)} <= kept
    assert 12 <= len(kept) <= 7 + 4 + 12
    assert rotation.kept({"only": NOW}, Policy(1, 0, 0)) == {"only"}


@trying(max_examples=20)
@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.builds(Policy, st.integers(1, 9), st.integers(0, 5), st.integers(0, 2))
)  # fmt: skip
def test_by_the_day_that_a_certificate_names_no_set_of_that_time_is_left(day: date, policy: Policy) -> None:
    from todoke.foundation.backup.rules import rotation

    names: dict[str, datetime] = {}
    for number in range((rotation.gone_by(day, policy) - day).days + 1):
        taken = datetime.combine(day, time(2, 30), rotation.JAPAN) + timedelta(days=number)
        names[taken.isoformat()] = taken
        names = {name: names[name] for name in rotation.kept(names, policy)}
    assert min(names.values()).date() > day


def test_what_was_disposed_of_is_in_no_set_after_the_rotation(
    vaults: Vaults, settings: Settings, tmp_path: Path
) -> None:
    before = vaults.take()
    with scope(MINASE):
        gone = Blob.objects.earliest("pk").pk
        vault.destroy_keys([gone], in_use=lambda _: set(), at=now())
    after = vaults.take()
    services.rotate(vaults.sets, Policy(1, 0, 0), keys=vaults.keys)
    assert queries.set_names(vaults.sets) == [after.name] != [before.name]
    with new_machine(settings, tmp_path / "new"):
        vaults.restore(after.name)
        with scope(MINASE, read_only=True), pytest.raises(BlobDestroyed):
            vault_queries.open_blob(gone).read()


@pytest.mark.sqlite_only("PostgreSQL compares the checksums of its own pages（initdb --data-checksums）")
def test_F24_a_page_of_the_database_that_is_not_what_it_was_is_found_before_a_set_is_made(
    vaults: Vaults, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.sqlite3"
    with closing(sqlite3.connect(sqlite_copies.live_file())) as live, closing(sqlite3.connect(copy)) as to:
        live.backup(to)
        (page,) = to.execute("SELECT rootpage FROM sqlite_master WHERE name = 'foundation_blob'").fetchone()
        (size,) = to.execute("PRAGMA page_size").fetchone()
    sqlite_copies.check(copy)
    with open(copy, "r+b") as file:
        file.seek((page - 1) * size + 3)  # how many cells the page says it has
        file.write(b"\xff\x01")
    with pytest.raises(DatabaseDamaged):
        sqlite_copies.check(copy)
