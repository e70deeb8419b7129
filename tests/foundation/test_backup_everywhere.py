"""A set holds all databases of an installation and the originals in a bucket; all of it comes back, or one group alone."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from django.db import connections
from pytest_django import Settings

from tests.support.environment import DATABASES
from tests.support.groups import EAST, IN_THE_EAST  # noqa: PLC0414
from tests.support.groups import two_databases as two_databases
from tests.support.machines import ACTOR, Vaults, live_in, new_machine
from tests.support.storage import bucket as bucket
from tests.support.storage import storage_server as storage_server
from todoke.foundation import objects
from todoke.foundation.audit import queries as audit_queries
from todoke.foundation.backup import queries, services
from todoke.foundation.backup.errors import (
    BucketMissing,
    GroupUnknown,
    NotEmpty,
    NoVersions,
    RestoreUnfinished,
)
from todoke.foundation.backup.values import Policy
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.foundation.vault import queries as vault_queries
from todoke.foundation.vault import services as vault
from todoke.foundation.vault.models import Blob

from .conftest import MINASE, NOW
from .test_backup import CANARY, hashes, store

TOWNS = (MINASE, IN_THE_EAST)


@pytest.fixture
def vaults(two_databases: str, var_dir: Path, settings: Settings, tmp_path: Path) -> Vaults:
    """An installation of two towns, each on a database of its own, with something in each."""
    return installation(var_dir, settings, tmp_path)


def installation(var_dir: Path, settings: Settings, tmp_path: Path) -> Vaults:
    live_in(settings, var_dir)
    for code, name in ((MINASE, "みなせ市"), (IN_THE_EAST, "ひより町")):
        organisations.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=NOW)
        store(code, CANARY.encode(), 2)
    found = Vaults(tmp_path / "backups")
    found.prepare(settings)
    return found


@contextmanager
def another_east(settings: Settings) -> Iterator[None]:
    """The group lives on a new, empty database for a while."""
    from todoke.settings import _database  # the reader of addresses

    name = f"{DATABASES.live}_{secrets.token_hex(4)}"
    DATABASES.copy(name)
    east = connections[EAST]
    before, owner = dict(east.settings_dict), settings.TODOKE_OWNER_URLS
    east.close()
    east.settings_dict.update(
        {key: value for key, value in _database(DATABASES.url(name)).items() if key != "ENGINE"}
    )
    settings.TODOKE_OWNER_URLS = {**owner, EAST: DATABASES.owner_url(name)}
    try:
        yield
    finally:
        east.close()
        east.settings_dict.update(before)
        settings.TODOKE_OWNER_URLS = owner
        DATABASES.drop(name)


def check(town: str, before: dict[int, str]) -> None:
    assert hashes(town) == before
    with scope(town, read_only=True):
        assert audit_queries.verify().is_whole
        assert queries.is_held("core:any")


def test_all_databases_of_an_installation_are_in_one_set_and_come_back(
    vaults: Vaults, settings: Settings, tmp_path: Path
) -> None:
    before = {town: hashes(town) for town in TOWNS}
    taken = vaults.take()
    assert [(one.group, [head.code for head in one.bodies]) for one in taken.databases] == [
        (EAST, [IN_THE_EAST]), ("default", [MINASE]),
    ]  # fmt: skip
    assert taken.databases[0].taken_at <= taken.databases[1].taken_at
    assert services.verify(vaults.sets, taken.name, identity=vaults.identity, keys=vaults.keys).is_whole
    with new_machine(settings, tmp_path / "new"), another_east(settings):
        report = vaults.restore(taken.name)
        assert set(report.databases) == {EAST, "default"}
        for town in TOWNS:
            check(town, before[town])
            store(town, b"after", 1)


def test_one_group_comes_back_while_the_others_stay(vaults: Vaults, settings: Settings) -> None:
    before, name = hashes(IN_THE_EAST), vaults.take().name
    with pytest.raises(NotEmpty):
        vaults.restore(name, group=EAST)
    store(MINASE, b"later", 1)
    staying = hashes(MINASE)
    with another_east(settings):
        vault_of_the_east = Path(settings.TODOKE_VAULT_DIR) / IN_THE_EAST
        vault_of_the_east.rename(vault_of_the_east.with_name("lost"))
        vault._open.clear()  # as in a process that starts anew
        report = vaults.restore(name, group=EAST)
        assert [gap.code for gap in report.gaps] == [IN_THE_EAST]
        check(IN_THE_EAST, before)
        assert hashes(MINASE) == staying
        with scope(MINASE, read_only=True):
            assert not queries.is_held("core:any")
    with pytest.raises(GroupUnknown):
        vaults.restore(name, group="west")


def test_a_damaged_copy_of_a_group_is_found(vaults: Vaults) -> None:
    name = vaults.take().name
    path = vaults.sets / name / f"database-{EAST}.age"
    path.write_bytes(path.read_bytes()[:-1])
    faults = services.verify(vaults.sets, name, keys=vaults.keys).faults
    assert [(one.code, one.where) for one in faults] == [("BKP-103", path.name)]


def test_a_restore_killed_before_the_last_database_goes_on_and_nothing_starts_meanwhile(
    vaults: Vaults, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, name = {town: hashes(town) for town in TOWNS}, vaults.take().name
    with new_machine(settings, tmp_path / "new"), another_east(settings):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr("todoke.foundation.backup.services.restoring._put_rows", _second_time_killed())
            patch.setattr("todoke.foundation.backup.services.restoring._put_file", _second_time_killed())
            vaults.restore(name)
        with pytest.raises(RestoreUnfinished):
            services.refuse_while_restoring()
        vaults.restore(name)
        services.refuse_while_restoring()
        for town in TOWNS:
            check(town, before[town])


def _second_time_killed() -> object:
    from django.db import connection

    from todoke.foundation.backup.services import restoring

    put = restoring._put_rows if connection.vendor == "postgresql" else restoring._put_file
    seen: list[str] = []

    def killed(job: object, copy: object, begin: object) -> None:
        seen.append("once more")
        if len(seen) == 2:
            raise KeyboardInterrupt
        put(job, copy, begin)  # type: ignore[arg-type]  # passed through

    return killed


@pytest.fixture
def in_a_bucket(
    committed_database: str, bucket: str, var_dir: Path, settings: Settings, tmp_path: Path
) -> Vaults:
    """An installation of two towns whose originals are objects."""
    return installation(var_dir, settings, tmp_path)


def keys() -> list[str]:
    return sorted(key for key, _, _ in objects.listing("vault/"))


@pytest.mark.sqlite_only("the same on any database, and quicker here")
def test_objects_are_copied_once_and_come_back(
    in_a_bucket: Vaults, settings: Settings, tmp_path: Path
) -> None:
    vaults = in_a_bucket
    first = vaults.take()
    store(MINASE, b"more", 1)
    taken = vaults.take()
    assert {one.file.name for one in first.bundles} < {one.file.name for one in taken.bundles}
    assert sum(len(one.objects) for one in taken.bundles) == 5
    assert services.verify(vaults.sets, taken.name, identity=vaults.identity).is_whole
    before, there = {town: hashes(town) for town in TOWNS}, keys()
    for key in there[:-1]:
        objects.remove(key)
    with new_machine(settings, tmp_path / "new"):
        assert vaults.restore(taken.name).objects == 4
        assert keys() == there
        for town in TOWNS:
            check(town, before[town])
    assert services.rotate(vaults.sets, Policy(1, 1, 1)).removed == (first.name,)
    assert services.verify(vaults.sets, taken.name, identity=vaults.identity).is_whole


def test_objects_outlast_a_change_of_keys_and_the_loss_of_the_bucket(
    in_a_bucket: Vaults, settings: Settings, tmp_path: Path
) -> None:
    vaults, before, there = in_a_bucket, {town: hashes(town) for town in TOWNS}, keys()
    sizes = list(objects.listing("vault/"))
    vault.rotation._reached.clear()  # of another test's change this process knows nothing
    assert vault.begin_rotation(MINASE, actor=ACTOR, at=NOW) == 2
    assert vault.rewrap_all(MINASE, actor=ACTOR, at=NOW, tell=lambda done, waiting: None) == 2
    assert vault.retire_keys(MINASE, actor=ACTOR, at=NOW, settled_for=timedelta(0)) == 1
    assert list(objects.listing("vault/")) == sizes, "only rows change: no object was written anew"
    assert {town: hashes(town) for town in TOWNS} == before
    store(MINASE, b"by the new key", 1)
    before[MINASE], there = hashes(MINASE), keys()
    taken = vaults.take()
    assert services.verify(vaults.sets, taken.name, identity=vaults.identity, keys=vaults.keys).is_whole
    for key in there:
        objects.remove(key)
    with new_machine(settings, tmp_path / "new"):
        assert vaults.restore(taken.name).objects == len(there)
        assert keys() == there
        for town in TOWNS:
            check(town, before[town])
            store(town, b"after", 1)


@pytest.mark.sqlite_only("the same on any database, and quicker here")
def test_a_bundle_without_an_object_that_a_row_needs_is_found(in_a_bucket: Vaults) -> None:
    taken = in_a_bucket.take()
    store(MINASE, b"more", 1)
    from todoke.foundation.backup.rules import coverage

    with scope(MINASE, read_only=True):
        needed = {(MINASE, row.segment): row.size + 32 for row in Blob.objects.filter(size__gt=65_536)}
    assert len(coverage.missing_objects(taken.bundles, needed)) == 1


@pytest.mark.sqlite_only("the same on any database, and quicker here")
def test_a_set_may_rely_on_the_versions_that_the_bucket_keeps(
    in_a_bucket: Vaults, settings: Settings, tmp_path: Path, storage_server: str, bucket: str
) -> None:
    vaults = in_a_bucket
    settings.TODOKE_BACKUP_OBJECTS = "versions"
    with pytest.raises(NoVersions):
        vaults.take()
    client = objects._client()
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    store(MINASE, b"kept as versions", 2)
    taken = vaults.take()
    assert (taken.bundles, taken.listing is not None) == ((), True)
    assert services.verify(vaults.sets, taken.name, identity=vaults.identity).is_whole
    before = {town: hashes(town) for town in TOWNS}
    objects.remove(keys()[0])
    with new_machine(settings, tmp_path / "new"):
        assert vaults.restore(taken.name).objects == 1
        for town in TOWNS:
            check(town, before[town])
    for one in client.list_object_versions(Bucket=bucket).get("Versions", []):
        client.delete_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])
    for one in client.list_object_versions(Bucket=bucket).get("DeleteMarkers", []):
        client.delete_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])


@pytest.mark.sqlite_only("the same on any database, and quicker here")
def test_objects_go_nowhere_without_a_bucket(in_a_bucket: Vaults, settings: Settings, tmp_path: Path) -> None:
    name = in_a_bucket.take().name
    with new_machine(settings, tmp_path / "new"):
        settings.TODOKE_S3_BUCKET = ""
        with pytest.raises(BucketMissing):
            in_a_bucket.restore(name)


@pytest.mark.sqlite_only("the same on any database, and quicker here")
def test_a_killed_restore_of_another_set_is_not_gone_on_with(
    in_a_bucket: Vaults, settings: Settings, tmp_path: Path
) -> None:
    first, second = in_a_bucket.take(), in_a_bucket.take()
    with new_machine(settings, tmp_path / "new"):
        (tmp_path / "new" / "restoring").write_text(first.name)
        with pytest.raises(NotEmpty):
            in_a_bucket.restore(second.name)


@pytest.mark.sqlite_only("the same on any database, and quicker here")
def test_F24_an_object_that_is_gone_or_other_than_it_was_comes_back_beside_it(in_a_bucket: Vaults) -> None:
    vaults, before = in_a_bucket, hashes(MINASE)
    taken = vaults.take()
    with scope(MINASE, read_only=True):
        gone, other = Blob.objects.order_by("pk")
    objects.remove(vault_queries.object_key(MINASE, gone.segment))
    with TemporaryFile() as wrong:
        wrong.write(bytes(vault_queries.end_of(0, other.size)))
        objects.put(vault_queries.object_key(MINASE, other.segment), wrong, wrong.tell())
    with scope(MINASE, read_only=True):
        damaged = vault_queries.damaged_originals()
    done = services.mend(vaults.sets, MINASE, damaged, identity=vaults.identity, actor=ACTOR, at=NOW)
    assert dict(done.mended) == {gone.pk: taken.name, other.pk: taken.name}
    assert hashes(MINASE) == before
