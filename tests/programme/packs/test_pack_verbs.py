"""`todoke pack …`: a ministry, a prefecture or a town keeps its packs in files of its own."""

import json
from pathlib import Path

import pytest

from tests.casework.identify.conftest import MINASE, NOW
from tests.programme.packs.made import PACK, edition, node
from todoke import __main__ as command
from todoke.cli.verbs import DONE, NOT_GOOD, USAGE
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.programme.packs import queries

Out = pytest.CaptureFixture[str]
STANDARD = "urn:jp:soumu:tejunsho:hyojunka"


def run(capsys: Out, *words: str | Path) -> tuple[int, str]:
    capsys.readouterr()
    code = command.main(["pack", *(str(word) for word in words)])
    said = capsys.readouterr()
    return code, said.out + said.err


def written(folder: Path, name: str = "a.yaml", *, parent: str = "") -> Path:
    file = folder / name
    file.write_bytes(queries.yaml_of(edition(node("a", parent=parent), node("b"))))
    return file


def test_validate_tells_every_finding_and_answers_by_its_exit_code(capsys: Out, tmp_path: Path) -> None:
    good, bad = written(tmp_path), written(tmp_path, "bad.yaml", parent="nobody")
    assert run(capsys, "validate", good)[0] == DONE
    code, out = run(capsys, "validate", good, bad, "--json")
    assert code == NOT_GOOD
    told = json.loads(out)
    assert [one["code"] for file in told for one in file["findings"] if one["weight"] == "fault"] == [
        "PCK-202"
    ]
    assert run(capsys, "validate", tmp_path / "absent.yaml")[0] == NOT_GOOD
    assert run(capsys, "validate", "urn:nobody:knows")[0] == NOT_GOOD


def test_diff_of_the_shipped_editions_names_what_was_split(capsys: Out) -> None:
    code, out = run(capsys, "diff", f"{STANDARD}@1.0", f"{STANDARD}@2026-01", "--semantic", "--json")
    told = json.loads(out)
    assert code == DONE
    assert [one["after"] for one in told["nodes"] if one["before"] == ["w01"]] == [["s1-1", "s1-2", "s1-3"]]
    assert all(one["semantic"] for one in told["nodes"])
    assert "分割" in run(capsys, "diff", f"{STANDARD}@1.0", STANDARD)[1]


def test_an_edition_goes_to_excel_and_comes_back_byte_for_byte(capsys: Out, tmp_path: Path) -> None:
    file, book, back = written(tmp_path), tmp_path / "a.xlsx", tmp_path / "b.yaml"
    assert run(capsys, "to-excel", file, book)[0] == DONE
    assert run(capsys, "to-excel", file, book)[0] == USAGE
    assert run(capsys, "from-excel", book, back)[0] == DONE
    assert back.read_bytes() == file.read_bytes()


def test_new_begins_a_sound_pack_a_successor_and_an_overlay(capsys: Out, tmp_path: Path) -> None:
    own, after, over = (tmp_path / f"{name}.yaml" for name in ("own", "after", "over"))
    assert (
        run(capsys, "new", own, "--edition", "1", "--pack", "urn:example:own", "--title", "県の手順書")[0]
        == DONE
    )
    assert run(capsys, "new", after, "--edition", "9.9", "--after", STANDARD)[0] == DONE
    assert (
        run(capsys, "new", over, "--edition", "1", "--pack", "urn:example:o", "--over", STANDARD)[0] == DONE
    )
    assert run(capsys, "validate", own, after, over)[0] == DONE
    assert queries.read_document(after.read_bytes(), "").supersedes == "2026-01"
    assert queries.read_document(over.read_bytes(), "").overlay_edition == "2026-01"
    assert run(capsys, "new", tmp_path / "x.yaml", "--edition", "1")[0] == USAGE
    assert run(capsys, "new", tmp_path / "x.yaml", "--edition", "1", "--pack", "no urn")[0] == NOT_GOOD


@pytest.mark.usefixtures("db", "var_dir")
def test_apply_keeps_an_edition_for_a_body_and_not_twice_differently(capsys: Out, tmp_path: Path) -> None:
    organisations.register_organisation(MINASE, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=NOW)
    file = written(tmp_path)
    assert run(capsys, "apply", file, "--organisation", "999999")[0] == USAGE
    assert run(capsys, "apply", file, "--organisation", MINASE)[0] == DONE
    assert run(capsys, "apply", file)[0] == DONE
    with scope(MINASE, read_only=True):
        assert len(queries.editions(PACK)) == 1
    file.write_bytes(file.read_bytes().replace("作業a".encode(), "作業x".encode()))
    assert run(capsys, "apply", file)[0] == NOT_GOOD
    assert run(capsys, "apply", written(tmp_path, "bad.yaml", parent="nobody"))[0] == NOT_GOOD
