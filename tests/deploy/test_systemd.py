"""The systemd units: systemd itself finds nothing wrong with them, each is fenced in, and its command is understood."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from .words import DEPLOY, is_understood, read_environment, unknown_settings

FOLDER = DEPLOY / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))
unit = pytest.mark.parametrize("unit", UNITS, ids=lambda file: file.name)
HARD = (
    "NoNewPrivileges=true", "ProtectSystem=strict", "ProtectHome=true", "PrivateTmp=true", "CapabilityBoundingSet=",
    "UMask=0027", "LimitCORE=0", "SystemCallErrorNumber=EPERM", "RestrictSUIDSGID=true",
)  # fmt: skip
CONFINES = {"todoke-web.service", "todoke-work@.service"}


def lines(unit: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit.read_text(), re.MULTILINE)


def command(line: str) -> tuple[dict[str, str], list[str]]:
    """What a line of ExecStart= sets by env(1), and the words that the product gets."""
    words = line.split()
    if words[0] == "/usr/bin/env":
        words = words[1:]
    count = next(place for place, word in enumerate(words) if word.startswith("/"))
    assert words[count] == "/opt/todoke/.venv/bin/todoke"
    return dict(word.split("=", 1) for word in words[:count]), words[count + 1 :]


def test_web_worker_sealer_migrations_and_backups_are_apart() -> None:
    parts = ("backup", "migrate", "seal", "web", "work@")
    assert [one.name for one in UNITS] == [f"todoke-{part}.service" for part in parts]


@unit
def test_a_unit_runs_a_command_that_the_product_understands(unit: Path) -> None:
    for line in lines(unit, "ExecStart"):
        first, arguments = command(line)
        assert is_understood(arguments), line
        assert not unknown_settings(first)
    assert not unknown_settings(one.split("=")[0] for one in lines(unit, "Environment"))


@unit
def test_no_environment_file_undoes_what_a_unit_sets(unit: Path) -> None:
    """systemd.exec(5): settings of EnvironmentFile= override those of Environment=; env(1) in the command wins."""
    of_files = {
        name
        for file in lines(unit, "EnvironmentFile")
        for name in read_environment((FOLDER / Path(file).name).read_text())
    }
    assert not of_files & {one.split("=")[0] for one in lines(unit, "Environment")}


@unit
def test_a_unit_is_fenced_in_and_runs_as_a_user_of_its_own(unit: Path) -> None:
    text = unit.read_text().splitlines()
    assert [line for line in HARD if line not in text] == []
    assert lines(unit, "User")[0] in ("todoke", "todoke-seal")


@unit
def test_the_fence_leaves_the_confined_worker_what_it_fences_itself_in_with(unit: Path) -> None:
    calls = lines(unit, "SystemCallFilter")[0].split()
    needed = {"seccomp", "landlock_create_ruleset", "landlock_restrict_self", "unshare"}
    assert (needed <= set(calls)) == (unit.name in CONFINES)
    assert lines(unit, "RestrictNamespaces") == ["user net ipc uts" if unit.name in CONFINES else "true"]


def test_only_the_migrations_read_the_owners_address() -> None:
    readers = [one.name for one in UNITS if "/etc/todoke/owner.env" in lines(one, "EnvironmentFile")]
    assert readers == ["todoke-migrate.service"]
    assert "OWNER" not in (FOLDER / "todoke.env").read_text()


def test_only_the_sealer_and_the_backups_read_the_key_that_signs() -> None:
    assert [one.name for one in UNITS if lines(one, "LoadCredential")] == [
        "todoke-backup.service",
        "todoke-seal.service",
    ]
    assert "todoke work --except audit.seal" in (FOLDER / "todoke-work@.service").read_text()


def test_the_backup_may_write_where_the_manual_puts_its_sets_and_keys() -> None:
    manual = (DEPLOY.parent / "docs" / "operations" / "backup.md").read_text()
    places = re.findall(r"^ *TODOKE_BACKUP\w*_DIR=(\S+)", manual, re.MULTILINE)
    open_to_it = [
        one.lstrip("-") for one in lines(FOLDER / "todoke-backup.service", "ReadWritePaths")[0].split()
    ]
    assert len(places) == 2
    assert [one for one in places if not any(Path(one).is_relative_to(place) for place in open_to_it)] == []


@pytest.mark.parametrize("name", ["todoke.env", "owner.env"])
def test_a_file_of_settings_names_settings_only(name: str) -> None:
    found = read_environment((FOLDER / name).read_text())
    assert found
    assert not unknown_settings(found)


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not on this machine")
    place = tmp_path / "etc" / "systemd" / "system"
    place.mkdir(parents=True)
    for file in (*FOLDER.glob("*.service"), *FOLDER.glob("*.timer")):
        shutil.copy(file, place)
    shutil.copy(place / "todoke-work@.service", place / "todoke-work@1.service")
    for program_there in ("opt/todoke/.venv/bin/todoke", "usr/bin/env"):
        stand_in = tmp_path / program_there
        stand_in.parent.mkdir(parents=True)
        stand_in.write_text("#!/bin/sh\n")
        stand_in.chmod(0o755)
    targets = tmp_path / "usr" / "lib" / "systemd" / "system"
    targets.mkdir(parents=True)
    for file in Path("/usr/lib/systemd/system").glob("*.target"):
        shutil.copy(file, targets, follow_symlinks=False)
    units = [one.name for one in place.iterdir() if "@." not in one.name]
    done = subprocess.run(
        [program, f"--root={tmp_path}", "verify", *units],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
