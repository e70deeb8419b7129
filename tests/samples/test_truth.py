"""The truth file agrees with itself, with the files, and with the rules that it claims to follow."""

import hashlib
import json
from collections import Counter

import pytest

from samples import kinds, places, truth
from tests.samples.conftest import Built


def test_the_summary_counts_the_rows(built: Built) -> None:
    summary, rows = built.truth["summary"], built.rows
    assert summary["received"] == len(rows) == 300
    assert (
        summary["accepted"] + sum(summary["quarantined"].values()) + sum(summary["pending"].values()) == 300
    )
    assert summary["opened"] == summary["accepted"] == sum(summary["identified"].values())
    assert summary["answered"] + summary["to_type"] == summary["opened"]
    assert summary["handed_over"] == summary["receipted"] + sum(summary["refused"].values())
    held = Counter(row["hold_code"] for row in rows if row["handover"] == "held")
    assert summary["held"] == dict(held)
    quarantined = Counter(row["code"] for row in rows if row["package"] == "quarantined")
    assert summary["quarantined"] == dict(quarantined)
    assert summary["duplicates"] == dict(Counter(r["duplicate"] for r in rows if r["duplicate"] != "none"))


def test_every_kind_is_planted_in_the_default_world(built: Built) -> None:
    assert {row["kind"] for row in built.rows} == {*kinds.MIX, kinds.GOOD}


def test_defects_are_a_planted_share_of_twelve_to_fifteen_percent(built: Built) -> None:
    stopped = sum(row["package"] != "accepted" for row in built.rows)
    assert 0.12 <= stopped / len(built.rows) <= 0.15


def test_every_row_has_its_file_and_every_file_its_row(built: Built) -> None:
    files = {path.relative_to(built.out).as_posix() for path in built.out.rglob("*.zip")}
    assert {row["file"] for row in built.rows} == files
    assert len(built.rows) == len(files)


def test_every_receipt_and_content_is_one_package(built: Built) -> None:
    keys = {
        (
            row["organisation"],
            row["channel"],
            row["receipt_number"],
            hashlib.sha256(built.read(row)).hexdigest(),
        )
        for row in built.rows
    }
    assert len(keys) == len(built.rows)
    assert all(len(row["receipt_number"]) == 15 and row["receipt_number"].isdigit() for row in built.rows)


def test_same_content_is_the_same_bytes_under_two_receipts(built: Built) -> None:
    rows = built.of_kind("same_content")
    by_hash = Counter(hashlib.sha256(built.read(row)).hexdigest() for row in rows)
    assert set(by_hash.values()) == {2}
    assert sorted(row["duplicate"] for row in rows) == ["none"] * 2 + ["same_content"] * 2


def test_same_receipt_is_other_bytes_under_one_receipt_listed_later(built: Built) -> None:
    rows = built.of_kind("same_receipt")
    assert len({row["receipt_number"] for row in rows}) == 2
    assert len({hashlib.sha256(built.read(row)).hexdigest() for row in rows}) == 4
    listed = [json.loads(line) for line in (built.out / "portal/index.jsonl").read_text().splitlines()]
    for late in (row for row in listed if "variant_of" in row):
        first = next(r for r in listed if r["receipt_number"] == late["variant_of"] and "variant_of" not in r)
        assert first["reception_date"] < late["reception_date"]
        assert first["file"] != late["file"]


def test_one_person_applies_ten_times_and_nine_are_held(built: Built) -> None:
    rows = built.of_kind("ten_times")
    assert Counter(row["duplicate"] for row in rows) == {"none": 1, "same_person": 9}
    first = min(rows, key=lambda row: str(row["receipt_number"]))
    assert first["duplicate"] == "none"
    assert {row["hold_code"] for row in rows} == {None, "DUP-513"}


def test_the_village_has_statuses_to_type_and_the_portal_answers(built: Built) -> None:
    for row in built.rows:
        expected = {"portal": "answered", "folder": "to_type"}[row["channel"]] if row["case"] else "none"
        assert row["status_notice"] == expected
    assert {row["channel"] for row in built.rows if row["organisation"] == "993026"} == {"folder"}


def test_the_prefecture_is_never_asked_for_a_resident_nor_handed_over(built: Built) -> None:
    rows = [row for row in built.rows if row["organisation"] == "990001" and row["case"]]
    assert rows
    assert {(row["identity"], row["handover"]) for row in rows} == {("not_asked", "none")}


def test_the_core_refuses_only_what_is_handed_over(built: Built) -> None:
    refusals = json.loads((built.out / "core/refuse.json").read_text(encoding="utf-8"))
    assert {entry["receipt_number"] for entry in refusals} == {
        row["receipt_number"] for row in built.rows if row["handover"] == "refused"
    }


@pytest.mark.parametrize("kind", [*truth.QUARANTINED, *truth.PENDING])
def test_a_stopped_package_opens_no_case(built: Built, kind: str) -> None:
    for row in built.of_kind(kind):
        assert (row["case"], row["handover"], row["status_notice"]) == (False, "none", "none")
        assert row["code"] == {**truth.QUARANTINED, **truth.PENDING}[kind]


def test_repetition_outweighs_an_unknown_person_and_an_unknown_person_a_character() -> None:
    facts = truth.Planted("1" * 15, "992011", "portal", "f", "same_content", "P16", True, False, True, False)
    assert truth.outcome(facts).hold_code == "DUP-511"
    stranger = truth.Planted(
        "1" * 15, "992011", "portal", "f", "unencodable_name", "P16", True, True, True, False
    )
    assert truth.outcome(stranger).hold_code == "EXP-702"


def test_whom_an_agent_applies_for_has_to_be_found() -> None:
    facts = truth.Planted("1" * 15, "992011", "portal", "f", "good", "P16", True, True, False, True)
    found = truth.outcome(facts)
    assert (found.identity, found.hold_code, found.handover) == ("unknown", "EXP-702", "held")


def test_the_clock_and_the_codes_are_the_agreed_ones(built: Built) -> None:
    assert built.truth["clock"] == "2026-04-06T09:00:00+09:00"
    for organisation in places.ORGANISATIONS:
        assert organisation.code[5] == places.check_digit(organisation.code[:5])
    # A published code as a check on the check: 札幌市 is 011002.
    assert places.check_digit("01100") == "2"
