"""Every 処理状況 has a word on every channel; a portal's answer is yes, no, or nothing we know."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from todoke.casework.cases.values import CaseStatus
from todoke.casework.notify import queries, rules
from todoke.casework.notify.errors import NoticeTrouble, WordsInvalid
from todoke.casework.notify.values import NotTaken, Registered, StatusApi
from todoke.casework.relay.values import ChannelKind, ChannelRef

SHIPPED = sorted(path.stem for path in queries.PROFILES.glob("*.yaml"))
PORTAL = queries.load_words("sandbox-portal")
APPLICANT_WORDS = {"処理中", "要訂正（再申請）", "受付エラー", "完了"}  # domain 1.6


def api() -> StatusApi:
    assert PORTAL.api is not None
    return PORTAL.api


@pytest.mark.parametrize("name", SHIPPED)
def test_every_status_has_a_word_that_the_applicant_knows(name: str) -> None:
    words = queries.load_words(name)
    assert set(words.words) == set(CaseStatus)
    assert {word.word for word in words.words.values()} == APPLICANT_WORDS
    assert not words.is_confirmed


def test_an_open_case_is_never_told_to_be_finished() -> None:
    ended = {status for status, word in PORTAL.words.items() if word.word == "完了"}
    assert ended == {CaseStatus.COMPLETED, CaseStatus.REJECTED, CaseStatus.WITHDRAWN}


def channel(kind: ChannelKind, profile: str) -> ChannelRef:
    return ChannelRef("992011", 1, "c", kind, profile, "layout")


def test_only_a_channel_with_an_interface_is_told_by_machine(tmp_path: Path) -> None:
    assert queries.words_of(channel(ChannelKind.API, "sandbox-portal")).api is not None
    for kind in (ChannelKind.FOLDER, ChannelKind.HAND):
        assert queries.words_of(channel(kind, "sandbox-portal")).api is None
    assert queries.words_of(None).api is None
    assert queries.words_of(channel(ChannelKind.API, str(tmp_path / "own.yaml"))).api is None


def test_a_towns_own_words_stand_beside_its_channel_profile(tmp_path: Path) -> None:
    document = yaml.safe_load((queries.PROFILES / "sandbox-portal.yaml").read_text(encoding="utf-8"))
    document["name"] = "own"
    (tmp_path / "own.words.yaml").write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    assert queries.words_of(channel(ChannelKind.API, str(tmp_path / "own.yaml"))).name == "own"


@pytest.mark.parametrize("spoil", ["missing word", "unknown key", "bad path", "other name"])
def test_words_that_break_the_schema_are_refused(tmp_path: Path, spoil: str) -> None:
    document: Any = yaml.safe_load((queries.PROFILES / "sandbox-portal.yaml").read_text(encoding="utf-8"))
    if spoil == "missing word":
        del document["words"]["returned"]
    elif spoil == "unknown key":
        document["surprise"] = 1
    elif spoil == "bad path":
        document["api"]["path"] = "https://elsewhere.example.jp/"
    else:
        document["name"] = "another"
    path = tmp_path / "sandbox-portal.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    with pytest.raises(WordsInvalid):
        queries.load_words(str(path))


@pytest.mark.parametrize(
    ("document", "is_success", "expected"),
    [
        ({"result": {"registered": True, "duplicate": False}}, True, Registered(is_duplicate=False)),
        ({"result": {"registered": True, "duplicate": True}}, True, Registered(is_duplicate=True)),
        ({"result": {"registered": True}}, True, Registered(is_duplicate=False)),
        ({"errors": [{"code": "SBX-400", "message": "x"}]}, False, NotTaken("SBX-400")),
        ({"errors": [{}]}, False, NotTaken("")),
    ],
)
def test_answers_are_read(
    document: dict[str, Any], is_success: bool, expected: Registered | NotTaken
) -> None:
    assert rules.read_answer(api(), document, is_success=is_success) == expected


@pytest.mark.parametrize(
    ("document", "is_success"),
    [({}, True), ({"result": {"registered": "yes"}}, True), ({"result": {"registered": True}}, False),
     ({"errors": []}, False), ({"errors": "no"}, False), ({"errors": ["x"]}, False), ({"result": 3}, True)],
)  # fmt: skip
def test_an_answer_that_says_nothing_we_know_is_neither_yes_nor_no(
    document: dict[str, Any], is_success: bool
) -> None:
    with pytest.raises(NoticeTrouble):
        rules.read_answer(api(), document, is_success=is_success)


def test_a_clerks_note_is_never_cut() -> None:
    assert rules.message_text("定型", "本文", 100) == "定型\n本文"
    assert rules.message_text("定型", "", 1) == "定型"
    assert rules.message_text("定型", " 長い本文 ", 5) == "長い本文"
    assert rules.message_text("定型", "とても長い本文", 5) == "とても長い本文"
