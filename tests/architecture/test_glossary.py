"""docs/glossary.md is the judge of words: every table, enumeration and status has its row, and they agree."""

import re

from . import words

JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")


def test_every_table_stands_in_the_glossary_under_its_name_on_screen() -> None:
    tables, glossary = words.tables(), words.glossary()
    assert tables
    assert not [code for code, name in tables.items() if not JAPANESE.search(name)], (
        "needs a Japanese verbose_name"
    )
    assert not [f"{code} {name}" for code, name in tables.items() if glossary.get(code) != name]


def test_every_enumeration_and_its_labels_stand_in_the_glossary() -> None:
    enumerations, glossary = words.enumerations(), words.glossary()
    assert enumerations
    assert not [code for code in enumerations if code not in glossary]
    labels = [row for enumeration in enumerations.values() for row in words.labels(enumeration).items()]
    assert not [member for member, label in labels if not label], "needs a Japanese label"
    assert not [f"{member} {label}" for member, label in labels if glossary.get(member) != label]


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
