"""docs/glossary.md is the judge of words: every table, enumeration and status has its row, and they agree."""

import re

import pytest

from . import words

JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")
ENUMERATIONS = sorted(words.enumerations().items())


@pytest.mark.parametrize(("code", "japanese"), sorted(words.tables().items()))
def test_every_table_stands_in_the_glossary_under_its_name_on_screen(code: str, japanese: str) -> None:
    assert JAPANESE.search(japanese), f"{code} needs a verbose_name in Japanese"
    assert words.glossary().get(code) == japanese


@pytest.mark.parametrize(("code", "enumeration"), ENUMERATIONS, ids=[code for code, _ in ENUMERATIONS])
def test_every_enumeration_and_its_labels_stand_in_the_glossary(code: str, enumeration: type) -> None:
    assert code in words.glossary()
    for member, label in words.labels(enumeration).items():
        assert label, f"{member} needs a Japanese label"
        assert words.glossary().get(member) == label


def test_the_glossary_names_nothing_that_is_gone() -> None:
    members = {
        member for enumeration in words.enumerations().values() for member in words.labels(enumeration)
    }
    known = members | set(words.enumerations())
    stale = [code for code in words.glossary() if "." in code and code not in known]
    assert not stale


def test_no_word_is_explained_twice() -> None:
    lines = words.GLOSSARY.read_text().splitlines()
    codes = [row.group(1) for line in lines if (row := words.ROW.match(line))]
    assert sorted(codes) == sorted(set(codes))
