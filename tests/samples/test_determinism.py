"""Equal arguments give equal worlds: in one process, in another, and in the next version of the code."""

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from samples import world

REPOSITORY = Path(__file__).parents[2]
# Of the small world's contents (not of the compressed bytes, which depend on the zlib build).
PINNED = "8a6038d4c69fd26072ab62ef99e50ebd0423719559b838db63fcfde8d3fe9d69"
SCRIPT = (
    "import sys; from pathlib import Path; from samples import world;"
    "world.build(Path(sys.argv[1]), packages=30, residents=3000, seed=7)"
)


def build_small(out: Path, *, seed: int = 7, progress: world.Progress | None = None) -> None:
    world.build(out, packages=30, residents=3_000, seed=seed, progress=progress)


def digest_of_files(out: Path) -> str:
    """Hash every file's path and bytes."""
    total = hashlib.sha256()
    for path in sorted(p for p in out.rglob("*") if p.is_file()):
        total.update(path.relative_to(out).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def digest_of_contents(out: Path) -> str:
    """Hash what is in the files: members of sound archives, and every file that is no archive."""
    total = hashlib.sha256()
    for path in sorted(p for p in out.rglob("*") if p.is_file()):
        total.update(path.relative_to(out).as_posix().encode() + b"\0")
        if path.suffix != ".zip":
            total.update(path.read_bytes())
        elif zipfile.is_zipfile(path):
            total.update(members_of(path))
    return total.hexdigest()


def members_of(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        listed = [(entry.filename, entry.CRC, entry.file_size) for entry in archive.infolist()]
    return repr(listed).encode()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("small")
    build_small(out)
    return out


def test_building_twice_gives_the_same_bytes(small: Path, tmp_path: Path) -> None:
    build_small(tmp_path)
    assert digest_of_files(tmp_path) == digest_of_files(small)


def test_another_process_with_another_hash_seed_gives_the_same_bytes(small: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONHASHSEED": "4242", "PYTHONPATH": str(REPOSITORY), "TZ": "America/Lima"}
    subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path)], check=True, env=environment, cwd=tmp_path)
    assert digest_of_files(tmp_path) == digest_of_files(small)


def test_the_contents_of_a_known_world_never_change_unnoticed(small: Path) -> None:
    assert digest_of_contents(small) == PINNED


def test_another_seed_gives_other_people(small: Path, tmp_path: Path) -> None:
    build_small(tmp_path, seed=8)
    name = "residents/992011.csv"
    assert (tmp_path / name).read_bytes() != (small / name).read_bytes()


def test_building_again_replaces_the_earlier_world(tmp_path: Path) -> None:
    build_small(tmp_path, seed=8)
    build_small(tmp_path)
    index = (tmp_path / "truth.json").read_text(encoding="utf-8")
    assert all(path.stem[:15] in index for path in tmp_path.rglob("*.zip"))


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(world.NotASampleWorld):
        build_small(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_progress_is_told_up_to_the_last_package_and_resident(tmp_path: Path) -> None:
    told: dict[str, tuple[int, int]] = {}
    build_small(tmp_path, progress=lambda stage, done, total: told.update({stage: (done, total)}))
    assert told["packages"] == (30, 30)
    assert all(done == total for done, total in told.values())
    assert len(told) == 4
