"""Every verb says what it does in two languages, answers with documented exit codes, and prints JSON on request."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.support.town import Town
from todoke import __main__ as command
from todoke.cli.verbs import DONE, NOT_DRAINED, NOT_GOOD, USAGE
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind

CLOCK = "2026-04-06T09:00:00+09:00"
TOWN = "992011"
Out = pytest.CaptureFixture[str]


def run(capsys: Out, *words: str | Path) -> tuple[int, str, str]:
    capsys.readouterr()
    code = command.main([str(word) for word in words])
    said = capsys.readouterr()
    return code, said.out, said.err


def of_fate(world: Path, code: str | None) -> Path:
    """A package of which the truth says that this must come."""
    rows = json.loads((world / "truth.json").read_text(encoding="utf-8"))["packages"]
    file: str = next(
        row["file"] for row in rows if row["code"] == code and row["signature"] != "not_required"
    )
    return world / file


@pytest.mark.parametrize("verb", command.COMMANDS, ids=lambda verb: " ".join(verb.words))
def test_every_verb_explains_itself_in_two_languages(verb: command.Command, capsys: Out) -> None:
    with pytest.raises(SystemExit) as left:
        command.main([*verb.words, "--help"])
    text = capsys.readouterr().out.replace("\n", "")
    assert left.value.code == 0
    assert verb.ja in text.replace(" ", "") or verb.ja in text
    assert "--json" in text
    assert "exit codes" in text


def test_the_overview_lists_every_verb_and_an_unknown_one_is_a_usage_error(capsys: Out) -> None:
    code, out, _ = run(capsys, "--help")
    assert code == DONE
    assert all(" ".join(verb.words) in out and verb.ja in out for verb in command.COMMANDS)
    assert run(capsys, "fly")[0] == USAGE


@pytest.mark.parametrize(
    ("fate", "code"),
    [
        (None, DONE),
        ("PKG-105", NOT_GOOD),
        ("XML-201", NOT_GOOD),
        ("SIG-301", NOT_GOOD),
        ("CRT-310", NOT_GOOD),
        ("REV-331", NOT_DRAINED),
    ],
)
def test_a_package_is_checked_without_a_database(
    sample_world: Path, capsys: Out, fate: str | None, code: int
) -> None:
    words: list[str | Path] = [
        "package",
        "check",
        of_fate(sample_world, fate),
        "--trust",
        sample_world / "trust",
        "--at",
        CLOCK,
    ]
    got, out, _ = run(capsys, *words, "--revocation", "required", "--json")
    verdict = json.loads(out)
    assert (got, verdict["code"]) == (code, fate or "")
    assert fate is None or fate in {one["code"] for one in verdict["findings"]}
    assert all(one["sentence"] for one in verdict["findings"])
    assert run(capsys, *words, "--revocation", "required", "--json", "--in-process")[:2] == (got, out)


def test_a_package_that_is_not_there_is_a_usage_error(capsys: Out, tmp_path: Path) -> None:
    code, _, said = run(capsys, "package", "check", tmp_path / "none.zip")
    assert code == USAGE
    assert "見つかりません" in said


@pytest.fixture
def new_town(committed_database: str) -> str:
    """A body without anything else."""
    from todoke.foundation.calendars.queries import now

    organisations.register_organisation(TOWN, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=now())
    return TOWN


def test_files_downloaded_by_hand_are_taken_once(
    new_town: str, sample_world: Path, capsys: Out, tmp_path: Path
) -> None:
    file = of_fate(sample_world, None)
    misnamed = tmp_path / "shinsei.zip"
    misnamed.write_bytes(file.read_bytes())
    words = ("package", "import", file, "--organisation", new_town, "--json")
    first, again = run(capsys, *words), run(capsys, *words)
    assert (first[0], json.loads(first[1])[0]["outcome"]) == (DONE, "stored")
    assert (again[0], json.loads(again[1])[0]["outcome"]) == (DONE, "known")
    code, _, said = run(capsys, "package", "import", misnamed, "--organisation", new_town)
    assert code == NOT_GOOD
    assert "shinsei.zip" in said
    with scope(new_town):
        assert AuditEntry.objects.filter(action="package.received").count() == 1


def test_links_go_live_whole_or_not_at_all(
    new_town: str, sample_world: Path, capsys: Out, tmp_path: Path
) -> None:
    good = sample_world / "links" / f"{new_town}.csv"
    bad = tmp_path / "bad.csv"
    bad.write_text(
        good.read_text(encoding="utf-8") + "zz,not-a-serial,1,atena,2026-13-01,,x\n", encoding="utf-8"
    )
    words = ("serials", "load", "--organisation", new_town, "--json")
    code, out, _ = run(capsys, *words, bad)
    assert (code, json.loads(out)["current"]) == (NOT_GOOD, False)
    code, out, _ = run(capsys, *words, good)
    assert (code, json.loads(out)["current"]) == (DONE, True)
    assert run(capsys, *words, tmp_path / "none.csv")[0] == USAGE


def test_records_are_loaded_and_bad_lines_are_named_by_number_only(
    new_town: str, sample_world: Path, tmp_path: Path, capsys: Out
) -> None:
    words = ("residents", "load", "--organisation", new_town, "--json")
    source = sample_world / "residents" / f"{new_town}.csv"
    code, out, _ = run(capsys, *words, source)
    assert (code, json.loads(out)["current"]) == (DONE, True)
    spoiled = tmp_path / "residents.csv"
    lines = source.read_text(encoding="utf-8").splitlines()
    spoiled.write_text("\n".join([*lines[:3], lines[3].replace("1", "一", 1), *lines[4:]]), encoding="utf-8")
    code, out, _ = run(capsys, *words, spoiled)
    assert code == NOT_GOOD
    assert json.loads(out)["bad"] == [{"line": 4, "column": "number"}]
    assert run(capsys, *words, tmp_path / "absent.csv")[0] == USAGE


def test_the_doctor_names_what_is_missing_on_a_new_installation(new_town: str, capsys: Out) -> None:
    code, out, _ = run(capsys, "doctor", "--json")
    items = {item["subject"]: item for item in json.loads(out)}
    assert code == DONE
    assert items[f"{new_town} みなせ市 番号紐付情報"]["health"] == "missing"
    assert items["最初の管理者"]["health"] == "missing"
    assert all(item["advice"] for item in items.values() if item["health"] != "good")


def test_the_ledger_agrees_and_the_audit_is_whole_after_the_journey(
    town: Town, capsys: Out, tmp_path: Path
) -> None:
    assert run(capsys, "work", "--drain", "--json")[0] == DONE
    code, out, _ = run(capsys, "ledger", "reconcile", "--json")
    assert code == DONE
    assert json.loads(out)["away"] == []
    assert run(capsys, "relay", "pull", "--json")[0] == DONE
    code, out, _ = run(capsys, "audit", "verify", "--json")
    assert (code, json.loads(out)[TOWN]["whole"]) == (DONE, True)
    trail = tmp_path / "trail.jsonl"
    assert run(capsys, "audit", "export", TOWN, "--to", trail)[0] == DONE
    verifier = Path(__file__).parents[2] / "tools" / "audit_verify.py"
    seals = Path(settings.TODOKE_SEAL_COPY_DIR)
    words = [
        sys.executable,
        "-I",
        verifier,
        trail,
        "--seals",
        seals / f"{TOWN}.jsonl",
        "--key",
        seals / "seal.pub",
    ]
    assert subprocess.run(list(map(str, words)), capture_output=True, check=False).returncode == 0


def test_samples_are_not_written_over_something_else(capsys: Out, tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("keep me")
    assert run(capsys, "sample", "make", tmp_path, "--packages", "40", "--residents", "3000")[0] == NOT_GOOD
    assert (tmp_path / "letters.txt").read_text() == "keep me"


def test_a_further_body_with_its_sections_and_core_system_is_set_up_by_commands(
    committed_database: str, capsys: Out, tmp_path: Path
) -> None:
    code, out, _ = run(
        capsys, "organisation", "register", "993018", "ひより町", "--administrator", "kanri.hiyori", "--json"
    )
    assert (code, json.loads(out)["sign_in"].startswith("/sign-in/")) == (DONE, True)
    assert run(capsys, "organisation", "register", "993017", "ひより町")[0] == NOT_GOOD
    words = ("section", "register", "kosodate", "子育て支援課", "--organisation", "993018", "--json")
    code, out, _ = run(capsys, *words, "--procedures", "P01,P11")
    assert (code, json.loads(out)["procedures"]) == (DONE, ["P01", "P11"])
    assert run(capsys, *words, "--procedures", "P01,P99")[0] == NOT_GOOD
    share = tmp_path / "share"
    core = ("core", "register", "jidou", "--organisation", "993018", "--profile", "sample-core", "--json")
    code, out, _ = run(capsys, *core, "--folder", share)
    assert (code, bool(json.loads(out)["problems"])) == (NOT_GOOD, True)
    for name in ("in", "receipts", "ledger"):
        (share / name).mkdir(parents=True)
    code, out, _ = run(capsys, *core, "--folder", share)
    assert (code, json.loads(out)["problems"]) == (DONE, [])
    assert run(capsys, *core, "--folder", share, "--profile", "none")[0] == NOT_GOOD
    with scope("993018"):
        assert AuditEntry.objects.filter(action="core_system.registered").count() == 2


def test_a_reader_that_stops_listening_gets_no_traceback(var_dir: Path) -> None:
    words = [sys.executable, "-m", "todoke", "package", "check", str(Path(__file__)), "--json"]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.close()
    assert child.stderr is not None
    said = child.stderr.read()
    child.stderr.close()
    assert (child.wait(60), said) == (1, b"")
