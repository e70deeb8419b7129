"""Characters that cannot be seen, or that another system cannot hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todoke.japanese import variants


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("山\u200b田", "山〔U+200B〕田"),
        ("\u202e山田", "〔U+202E〕山田"),
        ("山\u2028田\ufeff\u00ad", "山〔U+2028〕田〔U+FEFF〕〔U+00AD〕"),
        ("外字\ue000", "外字〔U+E000〕"),
        ("一\r\n二\t三", "一\r\n二\t三"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("山田　太郎", "山田　太郎"),
        ("\x1b[2J", "〔U+001B〕[2J"),
        ("\u3164", "〔U+3164〕"),
    ],
)
def test_T09_what_cannot_be_seen_is_shown(text: str, shown: str) -> None:
    assert variants.visible(text) == shown


def test_T09_invisible_characters_are_listed_once() -> None:
    assert variants.invisible("\u200b山\u200b田\u202e\ue000") == ["\u200b", "\u202e"]
    assert variants.invisible("山田　太郎\n") == []


def test_T04_private_use_characters_are_listed() -> None:
    assert variants.private_use("山\ue000田\uf8ff\ue000\U000f0001") == ["\ue000", "\uf8ff", "\U000f0001"]
    assert variants.private_use("髙橋") == []


@pytest.mark.parametrize(
    ("text", "encoding", "missing"),
    [
        ("髙橋﨑①㈱", "cp932", []),
        ("髙橋", "shift_jis", ["髙"]),
        ("𠮷田と🍣の𠮷", "cp932", ["𠮷", "🍣"]),
        ("葛\U000e0100城", "cp932", ["葛\U000e0100"]),
        ("か\u3099っこう", "cp932", ["か\u3099"]),
        ("外字\ue000", "cp932", ["\ue000"]),
        ("€éヷ", "cp932", ["€", "é", "ヷ"]),
        ("𠮷\U000e0100外字", "utf-8", []),
        ("", "cp932", []),
    ],
)
def test_T01_T02_T03_T04_T05_what_an_encoding_cannot_hold(
    text: str, encoding: str, missing: list[str]
) -> None:
    assert variants.unmappable(text, encoding) == missing


def test_a_character_is_named_so_that_it_can_be_read() -> None:
    assert variants.named("𠮷") == "「𠮷」"
    assert variants.named("葛\U000e0100") == "「葛〔U+E0100〕」"
    assert variants.named("\ue000") == "「〔U+E000〕」"


@given(st.text(max_size=60))
def test_what_is_not_listed_can_be_encoded(text: str) -> None:
    missing = variants.unmappable(text, "cp932")
    rest = text
    for each in sorted(missing, key=len, reverse=True):
        rest = rest.replace(each, "")
    if not missing:
        assert rest.encode("cp932") is not None
    assert variants.invisible(variants.visible(text)) == []
