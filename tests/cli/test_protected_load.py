"""`todoke protected load` takes a list over whole or not at all, and says no name and no number, whatever it prints."""

import json
from pathlib import Path

import pytest

from todoke import __main__ as command
from todoke.casework.protection import queries as protection
from todoke.cli.verbs import DONE, NOT_GOOD, USAGE
from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind

TOWN, NUMBER = "992011", "0000777042"
HEAD = "宛名番号,理由,開始日,終了日,氏名,カナ,生年月日\n"
GOOD = f"{NUMBER},DV,令和8年3月1日,,届野　秘子,トドケノ　ヒメコ,1987-06-05\n"
BAD = "届野,DV,令和8年3月1日,,届野　秘子,トドケノ　ヒメコ,1987-06-05\n"
Out = pytest.CaptureFixture[str]


@pytest.fixture
def town(db: None, var_dir: Path) -> str:
    organisations.register_organisation(TOWN, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=now())
    return TOWN


def load(capsys: Out, file: Path, *more: str) -> tuple[int, str]:
    capsys.readouterr()
    code = command.main(["protected", "load", str(file), "--organisation", TOWN, *more])
    said = capsys.readouterr()
    return code, said.out + said.err


@pytest.mark.parametrize("more", [(), ("--json",)], ids=["in words", "as JSON"])
def test_a_list_is_taken_over(town: str, tmp_path: Path, capsys: Out, more: tuple[str, ...]) -> None:
    file = tmp_path / "list.csv"
    file.write_text(HEAD + GOOD, encoding="utf-8-sig")
    code, said = load(capsys, file, *more)
    assert code == DONE
    assert not any(secret in said for secret in (NUMBER, "届野", "ヒメコ"))
    with scope(TOWN):
        assert protection.protected_numbers([NUMBER], japanese_date(now())) == {NUMBER}


def test_one_bad_line_changes_nothing_and_is_named_by_its_number(
    town: str, tmp_path: Path, capsys: Out
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(HEAD + GOOD + BAD, encoding="utf-8-sig")
    code, said = load(capsys, file, "--json")
    assert code == NOT_GOOD
    assert json.loads(said) == {
        "rows": 1, "bad_rows": 1, "taken": False, "bad": [{"line": 3, "column": "number"}],
    }  # fmt: skip
    with scope(TOWN):
        assert not protection.is_anybody_protected(japanese_date(now()))


def test_a_file_that_is_not_there_is_a_mistake_in_the_command(town: str, tmp_path: Path, capsys: Out) -> None:
    assert load(capsys, tmp_path / "none.csv")[0] == USAGE
