"""A command that cannot begin says why by code and sentence; nobody in a town reads a traceback."""

import errno
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.db import OperationalError, ProgrammingError

from todoke import __main__ as command
from todoke.cli import doctor, troubles, verbs
from todoke.cli.doctor import Health
from todoke.foundation.vault.errors import StoreFailed


def said(place: Path, words: str, **settings: str) -> str:
    """What a command answers on standard error in an installation of its own."""
    run = subprocess.run(
        [sys.executable, "-m", "todoke", *words.split()],
        check=False, capture_output=True, text=True, cwd=place, timeout=120,
        env={**{name: value for name, value in os.environ.items() if not name.startswith(("TODOKE_", "DJANGO_"))},
             "TODOKE_VAR": str(place / "var"), **settings},
    )  # fmt: skip
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    return run.stderr


def test_a_wrong_setting_is_named_but_its_value_is_not_said(tmp_path: Path) -> None:
    text = said(tmp_path, "doctor", TODOKE_LEASE_SECONDS="secret-word", TODOKE_REVOCATION="never")
    assert "SYS-950" in text
    assert "TODOKE_LEASE_SECONDS、TODOKE_REVOCATION" in text
    assert "secret-word" not in text


def test_a_database_that_was_never_prepared_asks_for_its_migration(tmp_path: Path) -> None:
    text = said(tmp_path, "keys show")
    assert "SYS-952" in text
    assert "todoke migrate" in text


def test_what_a_command_writes_is_closed_to_others(tmp_path: Path) -> None:
    said(tmp_path, "keys show")
    written = [tmp_path / "var", *(tmp_path / "var").rglob("*")]
    assert len(written) > 2
    assert [file.name for file in written if file.stat().st_mode & 0o007] == []


@pytest.mark.parametrize(
    ("mode", "health"), [(0o755, Health.BAD), (0o750, Health.GOOD)], ids=["open", "closed"]
)
def test_the_doctor_tells_when_others_can_open_what_is_kept(mode: int, health: Health) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as place:  # where every folder above is open to all
        os.chmod(place, mode)
        assert doctor._place(Path(place)).health is health


def test_a_place_that_may_not_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(troubles.PlaceClosed) as told, troubles.settings_told():
        raise PermissionError(13, "Permission denied", "/var/lib/todoke/keys/django.key")
    assert "/var/lib/todoke/keys/django.key" in told.value.for_screen()


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (OperationalError("connection refused"), "SYS-953"),
        (ProgrammingError('relation "foundation_organisation" does not exist'), "SYS-952"),
    ],
    ids=["away", "behind"],
)
def test_a_command_tells_what_the_database_lacks(
    broken: Exception, code: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    verb = command._load(next(one for one in command.COMMANDS if one.words == ("keys", "show")))

    def fail(_: object) -> int:
        raise broken

    monkeypatch.setattr(command, "_load", lambda _: type(verb)(verb.arguments, fail))
    assert command.main(["keys", "show"]) == 1
    assert code in capsys.readouterr().err


def test_a_fault_of_the_product_is_not_dressed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProgrammingError), troubles.storage_told():
        raise ProgrammingError("syntax error at or near SELEC")


def test_F07_a_full_disk_is_told_by_every_command() -> None:
    with pytest.raises(troubles.PlaceClosed) as told, troubles.storage_told():
        raise OSError(errno.ENOSPC, "No space left on device", "/mnt/trail.jsonl")
    assert "/mnt/trail.jsonl" in told.value.for_screen()
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    with pytest.raises(StoreFailed), troubles.storage_told():
        raise OperationalError(*full.args) from full
    with pytest.raises(OSError, match="other"), troubles.storage_told():
        raise OSError(errno.ENOENT, "other")


def test_F07_what_cannot_be_said_on_a_full_disk_ends_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    with open("/dev/full", "w", encoding="utf-8", buffering=1) as full:
        monkeypatch.setattr(sys, "stderr", full)
        verbs.console().print("開始しました")
        assert not verbs.console().is_terminal
        with pytest.raises(OSError, match="No space left"):
            full.flush()
        monkeypatch.undo()
        os.dup2(os.open(os.devnull, os.O_WRONLY), full.fileno())


def test_F07_an_answer_that_cannot_be_written_is_no_success_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    verb = command._load(next(one for one in command.COMMANDS if one.words == ("keys", "show")))

    def answer(_: object) -> int:
        verbs.print_json({"long": "x" * 100_000})
        return verbs.DONE

    monkeypatch.setattr(command, "_load", lambda _: type(verb)(verb.arguments, answer))
    with open("/dev/full", "w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert command.main(["keys", "show"]) == verbs.NOT_GOOD
        monkeypatch.undo()
    assert "SYS-951 出力先" in capsys.readouterr().err
