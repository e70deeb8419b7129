"""What a row for the core system looks like, what holds it back, and whether two ledgers agree."""

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todoke.casework.handover.queries import core_profile
from todoke.casework.handover.rules import batches, characters, matching, rows
from todoke.casework.handover.rules.characters import Repertoire
from todoke.casework.handover.values import (
    BuiltRow,
    CancellationLayout,
    CancellationStanding,
    CancelledOriginal,
    Column,
    CoreProfile,
    DateForm,
    HandoverKind,
    HandoverState,
    Hold,
    LedgerOutcome,
    LedgerRow,
    OurRow,
    Outgoing,
    OutgoingParty,
    Reconciliation,
)

NOW = datetime(2026, 4, 5, 15, 30, tzinfo=UTC)  # half past midnight of 6 April in Japan
SAMPLE = core_profile("sample-core")
CP932 = Repertoire("cp932")
APPLICANT = OutgoingParty(
    "applicant", "atena", "000000001234567", "霞見里　澄乃", "カスミミサト　スミノ", "1980-02-03"
)


def outgoing(**changes: object) -> Outgoing:
    sound = Outgoing(
        key="k" * 64, organisation="992011", receipt_number="260406000000001", procedure="P12", version=1,
        applied_at=NOW, received_at=NOW, parties=(APPLICANT,), items={"applicant.address": "つむぎ県みなせ市浮橋１－２"},
    )  # fmt: skip
    return replace(sound, **changes)  # type: ignore[arg-type]  # names of Outgoing's fields


def named(name: str) -> Outgoing:
    return outgoing(parties=(replace(APPLICANT, name=name),))


def built(result: BuiltRow | Hold) -> BuiltRow:
    assert isinstance(result, BuiltRow), result
    return result


def read(profile: CoreProfile, content: bytes) -> list[dict[str, str]]:
    text = io.StringIO(content.decode(profile.encoding), newline="")
    return list(csv.DictReader(text, delimiter=profile.delimiter))


def one_column(**changes: object) -> CoreProfile:
    column = replace(Column("value", "item.value", "値"), **changes)  # type: ignore[arg-type]  # Column's fields
    return replace(SAMPLE, columns=(Column("key", "key", "鍵"), column), numbers={})


def test_a_row_is_what_the_core_reads_back() -> None:
    row = built(rows.build_row(outgoing(), SAMPLE, {}))
    (line,) = read(SAMPLE, batches.assemble(SAMPLE, "file", [row]).content)
    assert line["key"] == "k" * 64
    assert line["applicant_name"] == "霞見里　澄乃"
    assert line["applicant_number"] == "000000001234567"
    assert line["applicant_address"] == "つむぎ県みなせ市浮橋１－２"
    assert line["received_on"] == "20260406"  # the Japanese day, not that of UTC
    assert row.sha256 == hashlib.sha256(row.line).hexdigest()


WRITABLE = st.characters(
    codec="cp932",
    include_characters="".join(characters.DOUBLES).replace("\u2014", ""),
    exclude_characters="\0",
    exclude_categories=["Co"],
)


@given(values=st.lists(st.text(WRITABLE), min_size=1, max_size=5),
       delimiter=st.sampled_from([",", "\t"]), newline=st.sampled_from(["\r\n", "\n"]), quotes_all=st.booleans())  # fmt: skip
def test_quotes_commas_tabs_and_line_ends_survive_the_file(
    values: list[str], delimiter: str, newline: str, quotes_all: bool
) -> None:  # E05
    profile = replace(one_column(), delimiter=delimiter, newline=newline, quotes_all=quotes_all)
    lines = [
        built(rows.build_row(outgoing(key=str(number), items={"value": value}), profile, {}))
        for number, value in enumerate(values)
    ]
    content = batches.assemble(profile, "file", lines).content
    expected = ["".join(characters.DOUBLES.get(one, one) for one in value) for value in values]
    assert [row["value"] for row in read(profile, content)] == expected
    for line, offset in zip(lines, batches.offsets(profile, lines), strict=True):
        assert content[offset : offset + len(line.line)] == line.line


def test_a_leading_equals_sign_is_data_to_a_core_system() -> None:  # E05
    profile = one_column()
    row = built(rows.build_row(outgoing(items={"value": "=1+1"}), profile, {}))
    assert row.line.endswith(b",=1+1")


@pytest.mark.parametrize("text", ["髙﨑", "①㈱", "神\ufa19", "ヴァ・O'Neil", "纊褜"])
def test_the_extensions_of_windows_31j_leave_unchanged(text: str) -> None:  # T01, T06
    assert characters.fit(text, CP932, {}) == characters.Fitted(text)


@pytest.mark.parametrize(("text", "unfit"), [("𠮷野", "𠮷"), ("🍣", "🍣"), ("café", "é"), ("葛\U000e0100木", "葛\U000e0100"),
                                             ("a\u200bb", "\u200b"), ("ヷ", "ヷ"), ("¥", "¥")])  # fmt: skip
def test_a_character_that_the_file_cannot_hold_holds_the_row(text: str, unfit: str) -> None:  # E01, T02, T03
    hold = rows.build_row(named(text), SAMPLE, {})
    assert hold == Hold("CHR-401", {"field": "申請者氏名", "characters": unfit})


def test_jis_x_0208_holds_what_windows_31j_can_write() -> None:  # T01
    narrow = replace(SAMPLE, repertoire="jis-x-0208")
    assert rows.build_row(named("髙見"), narrow, {}) == Hold(
        "CHR-401", {"field": "申請者氏名", "characters": "髙"}
    )
    built(rows.build_row(named("高見～〜"), narrow, {}))


def test_gaiji_never_leave_though_the_codec_would_write_them() -> None:  # T04
    assert "\ue000".encode("cp932") == b"\xf0\x40"
    hold = rows.build_row(named("\ue000田"), SAMPLE, {})
    assert isinstance(hold, Hold)
    assert hold.code == "CHR-402"


def test_kana_with_a_separate_mark_are_composed_and_nothing_else_is() -> None:  # T05, T06
    assert characters.fit("か\u3099ハ\u309a\ufa19", CP932, {}).text == "がパ\ufa19"


@pytest.mark.parametrize(("inside", "outside"), sorted(characters.DOUBLES.items()))
def test_both_of_a_double_become_one_code_and_come_back_as_the_windows_one(
    inside: str, outside: str
) -> None:  # T08
    for one in (inside, outside):
        assert characters.fit(one, CP932, {}).text.encode("cp932").decode("cp932") == outside
    assert characters.fit(inside, Repertoire("utf-8"), {}).text == inside


@given(st.text(st.characters(codec="utf-8")))
def test_what_is_fitted_can_be_written_and_read_back_unchanged(text: str) -> None:
    fitted = characters.fit(text, CP932, {})
    assert fitted.text.encode("cp932").decode("cp932") == fitted.text
    assert "".join(characters.elements(text)) == text


def test_a_clerks_substitute_replaces_that_element_only() -> None:
    row = built(rows.build_row(named("𠮷野吉野"), SAMPLE, {"𠮷": "吉"}))
    assert "吉野吉野".encode("cp932") in row.line


def test_a_substitute_that_does_not_fit_either_still_holds_the_row() -> None:
    hold = rows.build_row(named("𠮷野"), SAMPLE, {"𠮷": "𡈽"})
    assert hold == Hold("CHR-401", {"field": "申請者氏名", "characters": "𡈽"})


@pytest.mark.parametrize("limits", [{"max_characters": 3}, {"max_bytes": 7}])
def test_a_value_that_is_too_long_is_held_and_never_cut(limits: Mapping[str, int]) -> None:  # E02
    profile = one_column(**limits)
    assert rows.build_row(outgoing(items={"value": "四文字だ"}), profile, {}) == Hold(
        "EXP-701", {"field": "値"}
    )
    built(rows.build_row(outgoing(items={"value": "三文字"}), profile, {}))


def test_length_is_judged_after_substitution_in_the_bytes_of_the_file() -> None:  # E02
    profile = one_column(max_bytes=2)
    built(rows.build_row(outgoing(items={"value": "髙"}), profile, {}))
    assert rows.build_row(outgoing(items={"value": "𠮷"}), profile, {"𠮷": "よし"}) == Hold(
        "EXP-701", {"field": "値"}
    )


def test_without_the_number_that_the_core_needs_the_row_is_held() -> None:  # E03
    nobody = outgoing(parties=(replace(APPLICANT, number=""),))
    assert rows.build_row(nobody, SAMPLE, {}) == Hold("EXP-702", {"role": "申請者の宛名番号"})
    care = outgoing(procedure="P16", parties=(APPLICANT, OutgoingParty("insured", "", "", "", "", "")))
    assert rows.build_row(care, SAMPLE, {}) == Hold("EXP-702", {"role": "被保険者番号"})


def test_a_number_of_another_kind_is_no_number() -> None:  # E03
    typed = outgoing(parties=(replace(APPLICANT, number_kind="kaigo-hihokensha"),))
    assert rows.build_row(typed, SAMPLE, {}) == Hold("EXP-702", {"role": "申請者の宛名番号"})


def test_the_missing_number_is_said_before_the_character() -> None:
    both = outgoing(parties=(replace(APPLICANT, number="", name="𠮷"),))
    assert rows.build_row(both, SAMPLE, {}) == Hold("EXP-702", {"role": "申請者の宛名番号"})


@pytest.mark.parametrize(("form", "text"), [(DateForm.ISO, "2026-04-06"), (DateForm.COMPACT, "20260406"),
                                            (DateForm.SLASHED, "2026/04/06"), (DateForm.ERA, "令和8年4月6日")])  # fmt: skip
def test_dates_leave_in_the_cores_form(form: DateForm, text: str) -> None:
    row = built(rows.build_row(outgoing(items={"value": "2026-04-06"}), one_column(date_form=form), {}))
    assert row.line == f"{'k' * 64},{text}".encode("cp932")


def test_a_date_that_does_not_exist_is_held() -> None:
    hold = rows.build_row(outgoing(items={"value": "2026-02-30"}), one_column(date_form=DateForm.ISO), {})
    assert hold == Hold("DAT-411", {"where": "値"})


def test_the_key_depends_on_application_version_and_destination_only() -> None:
    key = rows.idempotency_key("a", 1, "core")
    assert key == rows.idempotency_key("a", 1, "core")
    assert len({key, rows.idempotency_key("b", 1, "core"), rows.idempotency_key("a", 2, "core"),
                rows.idempotency_key("a", 1, "other")}) == 4  # fmt: skip


def test_names_of_files_carry_system_body_number_and_part() -> None:
    first = batches.file_stem(SAMPLE, system="fukushi", organisation="992011", number=12, part=0)
    again = batches.file_stem(SAMPLE, system="fukushi", organisation="992011", number=12, part=2)
    assert (first, again) == ("fukushi-992011-000012", "fukushi-992011-000012-r2")
    assert {batches.organisation_of(SAMPLE, one) for one in (first, again)} == {"992011"}


@pytest.mark.parametrize(
    "stem", ["", "x", "fukushi-992011-000012-r", "fukushi-99201-000012", "../fukushi-992011-1/"]
)
def test_a_name_that_is_not_of_our_making_is_of_no_body(stem: str) -> None:
    assert batches.organisation_of(SAMPLE, stem) is None


def ours(key: str, state: HandoverState, content: str = "h") -> OurRow:
    return OurRow(key, content, state, "260406000000001")


def theirs(key: str, outcome: LedgerOutcome = LedgerOutcome.ACCEPTED, content: str = "h") -> LedgerRow:
    return LedgerRow(key, content, outcome)


def in_order(system: str, ours: list[OurRow], theirs: list[LedgerRow], *further: Any) -> Reconciliation:
    """The 突合表 of two ledgers, brought into the order of their keys."""
    return matching.reconcile(
        system, sorted(ours, key=lambda row: row.key), sorted(theirs, key=lambda row: row.key), *further
    )


def test_ledgers_in_another_order_are_no_ledgers() -> None:
    for mine, other in (("ba", "ab"), ("ab", "ba")):
        with pytest.raises(ValueError, match="order"):
            matching.reconcile(
                "core", [ours(key, HandoverState.SENT) for key in mine], [theirs(key) for key in other]
            )


def test_equal_ledgers_agree_in_count_and_hash() -> None:
    table = in_order(
        "core",
        [ours("a", HandoverState.RECEIPTED), ours("b", HandoverState.REFUSED), ours("c", HandoverState.HELD)],
        [theirs("b", LedgerOutcome.REFUSED), theirs("a")],
    )
    assert table.is_equal
    assert (table.sent, table.receipted, table.refused, table.held, table.core_count) == (2, 1, 1, 1, 2)


def test_what_the_core_lacks_what_it_should_not_have_and_what_differs_are_named() -> None:
    table = in_order(
        "core",
        [ours("lost", HandoverState.SENT), ours("other", HandoverState.RECEIPTED), ours("word", HandoverState.REFUSED),
         ours("ready", HandoverState.READY)],
        [theirs("other", content="x"), theirs("word"), theirs("strange"), theirs("ready")],
    )  # fmt: skip
    assert not table.is_equal
    assert (table.missing, table.unexpected) == (("lost",), ("ready", "strange"))
    assert table.differing == ("other", "word")


def test_a_file_on_its_way_is_neither_missing_nor_unexpected() -> None:
    on_its_way = [ours("a", HandoverState.BATCHED), ours("b", HandoverState.BATCHED)]
    assert in_order("core", on_its_way, [theirs("a")]).is_equal


BACK = {"kind": HandoverKind.CANCELLATION, "original_key": "o" * 64, "cancelled_at": NOW}


def test_a_cancellation_is_marked_and_names_the_row_that_it_takes_back() -> None:
    row = built(rows.build_row(outgoing(**BACK), SAMPLE, {}))
    file = batches.assemble(SAMPLE, "file", [row], HandoverKind.CANCELLATION)
    (line,) = read(SAMPLE, file.content)
    assert (line["action"], line["key"], line["cancels"]) == ("取消", "k" * 64, "o" * 64)
    assert line["cancelled_on"] == "20260406"
    (offset,) = batches.offsets(SAMPLE, [row], HandoverKind.CANCELLATION)
    assert file.content[offset : offset + len(row.line)] == row.line


def test_a_cancellation_does_not_wait_for_numbers_or_decisions() -> None:
    nobody = replace(APPLICANT, number="", waits_for="IDN-333")
    built(rows.build_row(outgoing(**BACK, parties=(nobody,)), SAMPLE, {}))


def test_without_a_layout_for_it_a_cancellation_is_held() -> None:
    hold = rows.build_row(outgoing(**BACK), replace(SAMPLE, cancellation=None), {})
    assert isinstance(hold, Hold)
    assert hold.code == "EXP-711"


def test_a_cancellation_has_a_key_of_its_own() -> None:
    keys = {rows.idempotency_key("a", 1, "core", kind) for kind in HandoverKind}
    assert len(keys) == len(HandoverKind)
    assert rows.idempotency_key("a", 1, "core") in keys


def test_the_name_of_a_file_of_cancellations_says_whose_it_is_too() -> None:
    stem = batches.file_stem(
        SAMPLE, system="fukushi", organisation="992011", number=12, part=1, kind=HandoverKind.CANCELLATION
    )
    assert stem == "fukushi-992011-000012-torikeshi-r1"
    assert batches.organisation_of(SAMPLE, stem) == "992011"
    assert batches.highest_number(SAMPLE, "992011", [stem, "fukushi-992011-000009"]) == 12


def layout(original: CancelledOriginal, *, is_listed: bool = True) -> CancellationLayout:
    return CancellationLayout(SAMPLE.columns, "", original, is_listed)


def taken_back(standing: CancellationStanding, state: HandoverState = HandoverState.RECEIPTED) -> OurRow:
    return ours("a", state)._replace(cancellation=standing)


FLAGGED, REMOVED, KEPT = CancelledOriginal.FLAGGED, CancelledOriginal.REMOVED, CancelledOriginal.KEPT
NO, MAYBE, DONE = CancellationStanding.NONE, CancellationStanding.POSSIBLE, CancellationStanding.DONE
ABSENT = None


@pytest.mark.parametrize(
    ("profile", "standing", "core", "wrong"),
    [
        (FLAGGED, DONE, LedgerOutcome.CANCELLED, ""),
        (FLAGGED, DONE, LedgerOutcome.ACCEPTED, "uncancelled"),
        (FLAGGED, DONE, ABSENT, "missing"),
        (REMOVED, DONE, ABSENT, ""),
        (REMOVED, DONE, LedgerOutcome.ACCEPTED, "uncancelled"),
        (REMOVED, DONE, LedgerOutcome.CANCELLED, "uncancelled"),
        (KEPT, DONE, LedgerOutcome.ACCEPTED, ""),
        (KEPT, DONE, ABSENT, "missing"),
        (FLAGGED, MAYBE, LedgerOutcome.ACCEPTED, ""),
        (FLAGGED, MAYBE, LedgerOutcome.CANCELLED, ""),
        (FLAGGED, MAYBE, ABSENT, ""),
        (FLAGGED, NO, LedgerOutcome.CANCELLED, "differing"),
        (REMOVED, NO, ABSENT, "missing"),
        (ABSENT, MAYBE, ABSENT, ""),
        (ABSENT, NO, ABSENT, "missing"),
    ],
)
def test_a_row_that_was_taken_back_is_expected_as_the_profile_says(
    profile: CancelledOriginal | None, standing: CancellationStanding, core: LedgerOutcome | None, wrong: str
) -> None:
    held = [] if core is None else [theirs("a", core)]
    table = in_order("core", [taken_back(standing)], held, (), layout(profile) if profile else None)
    found = [name for name in ("missing", "unexpected", "differing", "uncancelled") if getattr(table, name)]
    assert found == ([wrong] if wrong else [])
    assert table.is_equal is not bool(wrong)


@pytest.mark.parametrize("is_listed", [True, False])
def test_a_cancellation_itself_is_expected_in_the_ledger_if_the_profile_says_so(is_listed: bool) -> None:
    back = ours("back", HandoverState.RECEIPTED)._replace(kind=HandoverKind.CANCELLATION)
    chosen = layout(KEPT, is_listed=is_listed)
    absent = in_order("core", [back], [], (), chosen)
    present = in_order("core", [back], [theirs("back")], (), chosen)
    assert (absent.missing, present.unexpected) == ((("back",), ()) if is_listed else ((), ("back",)))
