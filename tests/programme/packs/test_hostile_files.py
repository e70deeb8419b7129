"""Files that lie: YAML and workbooks that want to blow up, run something, or say one thing twice, are refused in words."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.programme.packs.made import CODES, as_read, edition, node
from todoke.foundation import workbooks
from todoke.foundation.workbooks import Sheet, WorkbookBroken
from todoke.programme.packs import queries
from todoke.programme.packs.errors import PackUnreadable, WorkbookMisfit
from todoke.programme.packs.rules import yaml_text
from todoke.programme.packs.rules.documents import document_of, edition_of
from todoke.programme.packs.rules.sheets import document_from, sheets_of
from todoke.programme.packs.values import Citation, Edition, Link, NodeKind, Roles

AT = datetime(2026, 4, 6, tzinfo=UTC)
HEAD = b'pack: "urn:example:a"\nedition: "1"\nrelease: 1\ntitle: a\nsource: {title: a, publisher: b}\n'
BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n" % (98 + i, 98 + i, *[97 + i] * 9) for i in range(9)
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, "アンカー"),
        (b"a: *nobody\n", "アンカー"),
        (b"a: !!python/object/apply:os.system ['true']\n", "タグ"),
        (b"a: !include /etc/passwd\n", "タグ"),
        (b"a: 1\na: 2\n", "二度"),
        (b"a: {b: 1, b: 2}\n", "二度"),
        (b"a: 1\n---\nb: 2\n", "一つだけ"),
        (b"[" * 40 + b"]" * 40, "入れ子"),
        (b"? [a, b]\n: 1\n", "項目名"),
        (b"- a\n- b\n", "項目: 値"),
        (b"", "空"),
        (b"a: [1, 2\n", "YAML"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"a: '\x00'\n", "YAML"),
        (b"#" * (yaml_text.MOST_BYTES + 1), "大きすぎます"),
        (b"a: [" + b"x," * (yaml_text.MOST_EVENTS + 1) + b"]\n", "多すぎます"),
    ],
    ids=range(16),
)
def test_hostile_yaml_is_refused_in_words(text: bytes, words: str) -> None:
    with pytest.raises(PackUnreadable) as refused:
        queries.read_document(text, "a.yaml")
    assert words in refused.value.facts["reason"]


@pytest.mark.parametrize(
    "more",
    [
        b"surprise: 1\n", b"nodes: [{id: A, label: a, kind: task}]\n", b"nodes: [{id: a, label: a, kind: quest}]\n",
        b"nodes: [{id: ../a, label: a, kind: task}]\n", b"nodes: [{id: a, label: a}]\n", b"nodes: []\nnode: []\n",
        b"deadlines: [{node: a, 'on': '2026-02-30'}]\n",
        b"windows: [{id: w, label: a, begins: 02-30, ends: 03-01, applies_to: []}]\n",
        b"nodes: [{id: a, label: a, kind: task, estimate: {low: -1, likely: 2, high: 3}}]\n",
        b"nodes: [{id: a, label: a, kind: task, estimate: {low: .inf, likely: 2, high: 3}}]\n",
        b"nodes: [{id: a, label: a, kind: task, early_startable: yes}]\n", b"release: 0\n", b"nodes: {}\n", b"nodes: null\n",
    ],
    ids=range(14),
)  # fmt: skip
def test_what_does_not_fit_the_schema_is_refused_with_its_place(more: bytes) -> None:
    head = HEAD.replace(b"release: 1\n", b"") if b"release" in more else HEAD
    with pytest.raises(PackUnreadable) as refused:
        queries.read_document(head + more, "a.yaml")
    assert refused.value.facts["where"]


def test_yes_no_and_dates_stay_the_text_that_they_are() -> None:
    document = yaml_text.read(
        b"a: yes\nb: no\nc: 2026-03-31\nd: 10-01\ne: 1.10\nf: 0x1F\ng: 012\nh: true\ni: ~\n"
    )
    assert document == {
        "a": "yes", "b": "no", "c": "2026-03-31", "d": "10-01", "e": 1.1, "f": "0x1F", "g": "012", "h": True, "i": None,
    }  # fmt: skip


words = st.text(min_size=1, max_size=30).filter(lambda text: "\ud800" not in text)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=50)
@given(st.dictionaries(words, plain, min_size=1, max_size=4))
def test_every_document_comes_back_from_its_yaml(document: dict[str, object]) -> None:
    assert yaml_text.read(yaml_text.write(document)) == document


odd = st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=40)


@settings(max_examples=50)
@given(odd, st.lists(odd, max_size=3), st.dictionaries(odd, st.integers(0, 99).map(float), max_size=3))
def test_every_edition_comes_back_from_its_sheets_byte_for_byte(
    text: str, many: Sequence[str], effort: dict[str, float]
) -> None:
    made = edition(
        node("a", text, text=text, deliverables=tuple(many), roles=Roles(text, effort=effort), early_startable=False),
        node("b", "=1+1", cites=(Citation("1｜2", text), Citation("", "見出し")), parent="g", tags=("json:", " ", "'")),
        node("g", kind=NodeKind.GROUP, number="012"),
        links=(Link("a", "b", lag=-3, note=text),), codelists=CODES,
    )  # fmt: skip
    assert queries.yaml_of(edition_of(document_from(as_read(made)))) == queries.yaml_of(made)


def edited(made: Edition, sheet: str, column: str, content: workbooks.Cell) -> bytes:
    """A workbook of an edition in which somebody typed something into the first row of a sheet."""
    sheets = list[Sheet]()
    for one in sheets_of(document_of(made)):
        rows = [list(row) for row in one.rows]
        if one.name == sheet:
            rows[0][[header.split(" ")[0] for header in one.header].index(column)] = content
        sheets.append(Sheet(one.name, one.header, rows))
    return workbooks.write(sheets, title="", at=AT)


MADE = edition(node("a"), codelists=CODES)


@pytest.mark.parametrize(
    ("sheet", "column", "content", "error"),
    [
        ("項目", "id", 5, WorkbookMisfit),
        ("項目", "estimate.low", "十日", WorkbookMisfit),
        ("項目", "early_startable", "はい", WorkbookMisfit),
        ("項目", "text", "json:[", WorkbookMisfit),
        ("項目", "kind", "quest", PackUnreadable),
        ("項目", "id", "../../etc", PackUnreadable),
        ("項目", "roles.effort", "ベンダ=たくさん", WorkbookMisfit),
        ("項目", "text", 'json:{"a": 1}', PackUnreadable),
        ("コード一覧", "code", 1, WorkbookMisfit),
        ("コード一覧", "list", None, WorkbookMisfit),
        ("表紙", "項目", "surprise", WorkbookMisfit),
    ],
)
def test_a_cell_that_does_not_fit_is_refused_with_its_place(
    sheet: str, column: str, content: workbooks.Cell, error: type[Exception]
) -> None:
    with pytest.raises(error) as refused:
        queries.edition_in(edited(MADE, sheet, column, content))
    assert refused.value.facts["where"]  # type: ignore[attr-defined]  # both kinds have facts


def test_a_formula_is_written_and_read_as_a_text() -> None:
    made = edition(node("a", '=HYPERLINK("http://example.jp")', text="@SUM(A1)"))
    book = queries.workbook_of(made, at=AT)
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())
    assert queries.edition_in(book).nodes[0].label == '=HYPERLINK("http://example.jp")'


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, content in members.items():
            parts.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    "book",
    [
        b"", b"PK\x03\x04", b"%PDF-1.7", _zip(a=b"x"), _zip(xl__workbook_xml=b"<a/>"),
        _zip(xl__workbook_xml=b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
        _zip(xl__workbook_xml=b"<a/>", bomb=bytes(workbooks.MOST_INFLATED + 1)),
    ],
    ids=range(7),
)  # fmt: skip
def test_a_file_that_is_no_workbook_is_refused(book: bytes) -> None:
    with pytest.raises(WorkbookBroken):
        queries.edition_in(book)


def test_a_workbook_of_something_else_is_refused() -> None:
    other = workbooks.write([Sheet("進捗", ("a", "b"), [("1", "2")])], title="", at=AT)
    with pytest.raises(WorkbookMisfit):
        queries.edition_in(other)
