"""The rows of group T, and X11–X13 and X24–X27: each text is kept as it came, and what is wrong with it is said."""

import io
import json
import time
from datetime import UTC, date, datetime
from decimal import Decimal

import httpx
import pytest

from tests.casework.intake.conftest import Arrive, Work
from tests.casework.intake.packages import APPLIED, MINASE, check
from tests.hostile import texts
from tests.hostile.answers import GOOD, HEADER, HEADERS, HOSTILE_JSON, ROWS_OF_FILES
from tests.hostile.whole import Whole
from todoke.casework.handover.adapters import answers
from todoke.casework.handover.adapters import http_inbox as handing
from todoke.casework.handover.errors import CoreAway
from todoke.casework.handover.queries import core_profile
from todoke.casework.handover.rules import characters, rows
from todoke.casework.handover.rules.characters import Repertoire
from todoke.casework.handover.values import Outgoing, OutgoingParty
from todoke.casework.identify.queries import link_profile
from todoke.casework.identify.rules import rows as link_rows
from todoke.casework.identify.values import LinkRow
from todoke.casework.intake import queries
from todoke.casework.intake.models import Application
from todoke.casework.intake.rules.form_checks import check_form, day_in_japan
from todoke.casework.intake.values import ApplicationForm, Contact, FormItem, Person, Trust
from todoke.casework.notify.adapters import portal_api as telling
from todoke.casework.notify.errors import NoticeTrouble
from todoke.casework.relay.adapters import portal_api as receiving
from todoke.casework.relay.errors import ListFailed
from todoke.casework.relay.values import PackageState
from todoke.foundation import row_files, spreadsheets
from todoke.foundation.errors import sentence_of
from todoke.foundation.fence import scope
from todoke.foundation.row_files import HeaderWrong
from todoke.japanese import eras, names, numbers
from todoke.japanese.variants import visible
from todoke.proof import strict_json
from todoke.proof.errors import JsonRefused

CHECKS = queries.load_form_checks(queries.FORM_CHECKS)
WINDOWS = Repertoire("cp932")
NAMED = {row for row, _ in texts.NAMES}


@pytest.fixture(scope="session")
def trust() -> Trust:
    """No anchors: the packages of these rows are not signed."""
    from pathlib import Path

    return queries.load_trust(Path("/nonexistent"))


@pytest.mark.parametrize("row", texts.ROWS, ids=str)
def test_a_text_is_answered_as_the_catalogue_says(row: Whole, trust: Trust) -> None:
    verdict = check(row.build(), trust, checks_of=CHECKS.of)
    assert (verdict.state, verdict.code) == (row.state, row.code)
    codes = [one.code for one in verdict.findings]
    wanted = row.found or row.code
    assert not wanted or wanted in codes
    if row in NAMED:
        assert codes == ([row.found] if row.found else [])
    assert all(sentence_of(one.code, one.facts) for one in verdict.findings)


@pytest.mark.parametrize("probe", texts.PROBES, ids=[f"T25-probe-{at}" for at in range(len(texts.PROBES))])
def test_no_field_is_slow_whatever_stands_in_it(probe: str) -> None:
    """Every rule of every procedure over every field: less than 50 ms of processor time together."""
    person = Person(*[probe] * 6)
    fields = {rule.field.partition(".")[2] for checks in CHECKS.procedures.values() for rule in checks}
    items = tuple(FormItem(name, (probe,), item=name) for name in sorted(fields))
    form = ApplicationForm(MINASE, APPLIED, person, Contact(probe, probe), "", items)
    began = time.process_time()
    for procedure in CHECKS.procedures:
        check_form(form, (), CHECKS.of(procedure), today=APPLIED.date())
    assert time.process_time() - began < 0.05


@pytest.mark.parametrize("text", texts.WRONG_NUMBERS, ids=[f"T22-{at}" for at in range(5)])
def test_an_individual_number_is_never_repeated(text: str, trust: Trust) -> None:
    verdict = check(texts.with_item("個人番号", text), trust, checks_of=CHECKS.of)
    told = f"{verdict.facts} {verdict.findings} {sentence_of(verdict.code, verdict.facts)}"
    assert text not in told
    assert str(numbers.ascii_digits(text)) not in told


@pytest.mark.parametrize(("row", "text"), texts.NAMES, ids=[str(row) for row, _ in texts.NAMES])
def test_what_came_is_stored_code_point_by_code_point(
    row: Whole, text: str, arrive: Arrive, work: Work
) -> None:
    identity = arrive(row.build())
    work()
    with scope(MINASE, read_only=True):
        stored = queries.application(identity)
        document = Application.objects.get(pk=identity).document
    assert stored.form.applicant.name == text
    assert json.loads(document)["A票"]["申請者"]["氏名"] == text
    assert row.state is PackageState.ACCEPTED


def test_T23_the_copy_for_comparing_stands_beside_what_was_written(arrive: Arrive, work: Work) -> None:
    identity = arrive(texts.with_applicant("postCode", "〒１２３ー４５６７"))
    work()
    with scope(MINASE, read_only=True):
        document = json.loads(Application.objects.get(pk=identity).document)
    assert document["A票"]["申請者"]["郵便番号"] == "〒１２３ー４５６７"
    assert document["照合用"]["郵便番号"] == "1234567"
    assert document["照合用"]["電話番号"].startswith("0900000")


@pytest.mark.parametrize("one", texts.INVISIBLE, ids=[f"T09-U+{ord(one):04X}" for one in texts.INVISIBLE])
def test_what_cannot_be_seen_is_shown_by_its_number(one: str) -> None:
    assert visible(f"山{one}田") == f"山〔U+{ord(one):04X}〕田"


@pytest.mark.parametrize(
    ("text", "unfit"),
    [
        pytest.param("髙﨑①㈱", (), id="T01-extensions-of-cp932"),
        pytest.param("𠮷田", ("𠮷",), id="T02-beyond-the-plane"),
        pytest.param("🍣€éヷ", ("🍣", "€", "é", "ヷ"), id="T02-other-signs"),
        pytest.param("葛\U000e0100城", ("葛\U000e0100",), id="T03-a-variation-is-never-dropped"),
        pytest.param("\ue000田", ("\ue000",), id="T04-a-private-character-stays-here"),
        pytest.param("か\u3099", (), id="T05-kana-in-two-parts-are-composed"),
        pytest.param("\ufa19", (), id="T06-a-compatibility-ideograph-keeps-its-code"),
    ],
)
def test_what_a_core_system_cannot_take_is_named(text: str, unfit: tuple[str, ...]) -> None:
    assert characters.fit(text, WINDOWS, {}).unfit == unfit


def test_T01_a_core_system_of_jis_x_0208_holds_the_extensions() -> None:
    small = Repertoire("cp932", "jis-x-0208")
    assert characters.fit("髙﨑①㈱山", small, {}).unfit == ("髙", "﨑", "①", "㈱")


def test_T02_T03_T04_a_row_is_held_until_a_substitute_is_chosen_by_the_table() -> None:
    for element, code in (("𠮷", "CHR-401"), ("葛\U000e0100", "CHR-401"), ("\ue000", "CHR-402")):
        held = rows.build_row(_outgoing(f"{element}田"), core_profile("sample-core"), {})
        assert getattr(held, "code", "") == code
        chosen = rows.build_row(_outgoing(f"{element}田"), core_profile("sample-core"), {element: "吉"})
        assert "吉田".encode("cp932") in getattr(chosen, "line", b"")


def _outgoing(name: str) -> Outgoing:
    person = OutgoingParty("applicant", "atena", "1", name, "", "1980-02-03")
    return Outgoing(
        key="k" * 64, organisation=MINASE, receipt_number="260406000000001", procedure="P12", version=1,
        applied_at=APPLIED, received_at=APPLIED, parties=(person,), items={},
    )  # fmt: skip


def test_T05_T06_only_kana_are_composed_on_the_way_out() -> None:
    assert characters.fit("か\u3099\ufa19", WINDOWS, {}).text == "が\ufa19"
    assert names.search_key("か\u3099") == names.search_key("が")


PAIRS = [("〜", "～"), ("−", "－"), ("‖", "∥"), ("—", "―")]


@pytest.mark.parametrize(
    ("jis", "windows"), PAIRS, ids=[f"T08-U+{ord(jis):04X}-U+{ord(other):04X}" for jis, other in PAIRS]
)
def test_both_code_points_of_a_double_leave_as_one_and_come_back_as_windows(jis: str, windows: str) -> None:
    fitted = [characters.fit(one, WINDOWS, {}).text for one in (jis, windows)]
    assert fitted == [windows, windows]
    assert windows.encode("cp932").decode("cp932") == windows
    assert jis not in windows.encode("cp932").decode("cp932")


@pytest.mark.parametrize("text", ["O'Neil", "ジョン・スミス", "İstanbul ıİ ß"], ids="T13-{}".format)
def test_a_latin_name_has_a_key_that_stays(text: str) -> None:
    assert names.search_key(names.search_key(text)) == names.search_key(text)


@pytest.mark.parametrize(
    ("day", "age"),
    [
        pytest.param(date(2026, 2, 27), 1, id="T18-two-days-before"),
        pytest.param(date(2026, 2, 28), 1, id="T18-reached-when-this-day-ends"),
        pytest.param(date(2026, 3, 1), 2, id="T18-the-day-after"),
        pytest.param(date(2028, 2, 28), 3, id="T18-in-a-leap-year-before"),
        pytest.param(date(2028, 2, 29), 4, id="T18-in-a-leap-year"),
    ],
)
def test_who_was_born_on_the_leap_day_is_so_old(day: date, age: int) -> None:
    assert eras.age_on(date(2024, 2, 29), day) == age


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        pytest.param("2026-03-31T14:59:59+00:00", date(2026, 3, 31), id="T19-the-last-second"),
        pytest.param("2026-03-31T15:00:00+00:00", date(2026, 4, 1), id="T19-midnight-in-Japan"),
        pytest.param("2026-04-01T05:00:00+14:00", date(2026, 4, 1), id="T19-far-east"),
        pytest.param("2026-03-31T23:59:59-12:00", date(2026, 4, 1), id="T19-far-west"),
    ],
)
def test_the_day_of_reception_is_that_of_japan(moment: str, day: date) -> None:
    assert day_in_japan(datetime.fromisoformat(moment)) == day
    assert day_in_japan(datetime.fromisoformat(moment).astimezone(UTC)) == day


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("-0", Decimal(0), id="T24-minus-zero"),
        pytest.param("100000000000000000000", Decimal(10) ** 20, id="T24-ten-to-the-twentieth"),
        pytest.param("1e20", None, id="T24-an-exponent"),
        pytest.param("0.1", Decimal("0.1"), id="T24-a-tenth"),
        pytest.param("１，２３４円", Decimal(1234), id="T24-full-width"),
        pytest.param("1_000", None, id="T24-a-programmers-number"),
        pytest.param("٣", None, id="T24-digits-of-another-script"),
        pytest.param("NaN", None, id="T24-no-number"),
    ],
)
def test_an_amount_is_exact_or_none(text: str, value: Decimal | None) -> None:
    assert numbers.amount(text) == value
    assert numbers.amount("0.1") + numbers.amount("0.2") == Decimal("0.3")  # type: ignore[operator]  # both are numbers


FORMULAS = [
    "=cmd|' /C calc'!A0",
    "+81",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "＝1＋1",
    "＋1",
    " =1",
    "\u3000＝1",
    "\n=1",
]


@pytest.mark.parametrize("text", FORMULAS, ids=[f"X25-{at}" for at in range(len(FORMULAS))])
def test_a_formula_is_text_in_a_spreadsheet_and_itself_for_the_core_system(text: str) -> None:
    assert spreadsheets.cell(text) == f"'{text}"
    row = rows.build_row(_outgoing(text), core_profile("sample-core"), {})
    assert text.encode("cp932") in getattr(row, "line", b"")
    assert f"'{text}".encode("cp932") not in getattr(row, "line", b"")


def test_X25_what_is_no_formula_is_not_touched() -> None:
    for text in ("", "山田", "1-1", "a=b", "260406000000001"):
        assert spreadsheets.cell(text) == text


@pytest.mark.parametrize("data", HOSTILE_JSON.values(), ids=[f"X24-{name}" for name in HOSTILE_JSON])
def test_json_with_two_meanings_or_none_is_refused(data: bytes) -> None:
    with pytest.raises(JsonRefused) as refused:
        strict_json.parse(data)
    assert refused.value.code == "JSON-230"


@pytest.mark.parametrize("data", HOSTILE_JSON.values(), ids=[f"X24-{name}" for name in HOSTILE_JSON])
def test_an_answer_with_two_meanings_counts_as_none(data: bytes) -> None:
    """Portal and core system alike: no state is changed by what cannot be read."""
    answer = httpx.Response(200, content=data)
    with pytest.raises(ListFailed):
        receiving._json(answer, ListFailed(reason="json"))
    with pytest.raises(NoticeTrouble):
        telling._json(answer)
    with pytest.raises(CoreAway):
        handing._json_object(data)


@pytest.mark.parametrize("seq", ["１２", "1_0", "1.9", 1.9, True, None, "9" * 40], ids="X24-{}".format)
def test_a_number_that_only_python_reads_is_no_receipt(seq: object) -> None:
    row = {"seq": seq, "batch": "b", "key": "k", "outcome": "accepted"}
    with pytest.raises(CoreAway):
        answers.receipt(row)
    assert answers.receipt({**row, "seq": "12"}).seq == answers.receipt({**row, "seq": 12}).seq == 12


def test_X24_json_with_one_meaning_is_read() -> None:
    data = '{"a":[1,-2.5,true,null,"𠮷","\\ud842\\udfb7"],"[[[[":{}}'.encode()
    assert strict_json.parse(data) == {"a": [1, -2.5, True, None, "𠮷", "𠮷"], "[[[[": {}}
    with pytest.raises(JsonRefused):
        strict_json.parse(data, limit=10)


def _read(content: bytes) -> row_files.Chunk[LinkRow]:
    layout = link_rows.row_file(link_profile("serial-links"))
    return next(row_files.chunks(io.BytesIO(content), layout, 100), row_files.Chunk())


@pytest.mark.parametrize(
    ("content", "line", "column"), ROWS_OF_FILES.values(), ids=[f"X26-{name}" for name in ROWS_OF_FILES]
)
def test_a_bad_line_is_reported_by_its_number_and_its_column(content: bytes, line: int, column: str) -> None:
    chunk = _read(HEADER + content)
    assert chunk.bad[0].code == "CSV-240"
    assert (chunk.bad[0].line, chunk.bad[0].column) == (line, column)


def test_X26_a_byte_order_mark_is_no_part_of_the_first_word() -> None:
    assert len(_read(b"\xef\xbb\xbf" + HEADER + GOOD).rows) == 1


def test_X26_X27_a_file_of_nothing_has_no_header() -> None:
    for content in (b"", b"\n", b"\xef\xbb\xbf"):
        with pytest.raises(HeaderWrong):
            _read(content)


@pytest.mark.parametrize(("header", "code"), HEADERS.values(), ids=[f"X27-{name}" for name in HEADERS])
def test_a_header_that_is_not_ours_is_refused(header: bytes, code: str) -> None:
    with pytest.raises(HeaderWrong) as refused:
        _read(header + GOOD)
    assert refused.value.code == code


def test_X27_the_order_of_the_columns_does_not_matter() -> None:
    header = b"reason,valid_to,valid_from,number_kind,number,serial,issuer_key\n"
    turned = b",".join(reversed(GOOD.strip().split(b","))) + b"\n"
    assert _read(header + turned).rows == _read(HEADER + GOOD).rows
