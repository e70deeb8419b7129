"""Loading resident records: all at once or not at all, line by line, whatever stands in the file."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from samples.places import TOWNS
from samples.register import RESIDENT_COLUMNS, resident_row
from samples.residents import stream
from tests.casework.identify.applications import statements
from tests.casework.identify.conftest import ACTOR, HIYORI, MINASE, NOW
from tests.casework.residents.conftest import HEADER, Load, line
from todoke.casework.residents import queries, rules, services
from todoke.casework.residents.errors import HeaderWrong, LoadInsideScope, LoadTakenOver, ProfileUnknown
from todoke.casework.residents.models import ResidentGeneration, ResidentRecord
from todoke.casework.residents.values import LoadKind, LoadOptions, Resident, ResidentStatus, Sex
from todoke.foundation.audit import queries as audit
from todoke.foundation.fence import scope


def found(*numbers: str, organisation: str = MINASE) -> dict[str, Resident]:
    with scope(organisation, read_only=True):
        return dict(queries.residents_by_number(numbers))


def names(*wanted: tuple[str, str, str]) -> list[str]:
    with scope(MINASE, read_only=True):
        return [one.number for one in queries.candidates(rules.sought(*one) for one in wanted)]


def test_a_resident_is_found_by_number_with_everything_that_was_written(load_residents: Load) -> None:
    report = load_residents(line(insured="7100000001"))
    assert (report.rows, report.bad_rows, report.is_current) == (1, 0, True)
    one = found("77", "78")["77"]
    assert (one.name, one.birth, one.sex, one.household) == ("織機　太郎", "1980-02-03", Sex.MALE, "1")
    assert (one.status, one.insured_number, one.is_restricted) == (
        ResidentStatus.RESIDENT,
        "7100000001",
        False,
    )


def test_another_body_sees_nothing(load_residents: Load) -> None:
    load_residents(line())
    assert found("77", organisation=HIYORI) == {}


@pytest.mark.parametrize(
    ("word", "status"),
    [("転出", ResidentStatus.MOVED_OUT), ("deceased", ResidentStatus.DECEASED), ("住登外", ResidentStatus.NON_RESIDENT),
     ("法人", ResidentStatus.CORPORATION)],
)  # fmt: skip
def test_people_who_left_and_who_never_lived_here_and_bodies_have_their_status(
    load_residents: Load, word: str, status: ResidentStatus
) -> None:
    load_residents(line(status=word, since="令和8年1月5日"))
    one = found("77")["77"]
    assert (one.status, str(one.status_since)) == (status, "2026-01-05")


def test_a_full_load_replaces_and_a_differential_one_adds(load_residents: Load) -> None:
    load_residents(line(), line("78", household="2"))
    later = NOW + timedelta(hours=1)
    load_residents(line(name="高橋　太郎"), line("79"), kind=LoadKind.DIFFERENTIAL, at=later)
    assert {number: one.name for number, one in found("77", "78", "79").items()} == {
        "77": "高橋　太郎", "78": "織機　太郎", "79": "織機　太郎",
    }  # fmt: skip
    load_residents(line("80"), at=later)
    assert sorted(found("77", "78", "79", "80")) == ["80"]
    with scope(MINASE, read_only=True):
        assert ResidentRecord.objects.count() == 1
        assert list(ResidentGeneration.objects.order_by("pk").values_list("state", flat=True)) == [
            "retired", "retired", "current",
        ]  # fmt: skip


def test_a_name_that_a_later_load_replaced_finds_nobody(load_residents: Load) -> None:
    load_residents(line())
    load_residents(line(name="高橋　太郎", kana="タカハシ　タロウ"), kind=LoadKind.DIFFERENTIAL)
    assert names(("織機　太郎", "", "1980-02-03")) == []
    assert names(("高橋　太郎", "", "1980-02-03")) == ["77"]


def test_a_household_is_as_the_newest_load_has_it(load_residents: Load) -> None:
    load_residents(line(), line("78"), line("79", household="2"))
    load_residents(line("78", household="2"), kind=LoadKind.DIFFERENTIAL)
    with scope(MINASE, read_only=True):
        members = queries.residents_by_household(["1", "2", ""])
    assert {key: [one.number for one in people] for key, people in members.items()} == {
        "1": ["77"], "2": ["78", "79"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "kana", "birth"),
    [
        ("織機太郎", "", "1980-02-03"),
        ("織機　太郎", "", "昭和55年2月3日"),
        ("別の　名前", "ｵﾘﾊﾀ ﾀﾛｳ", "S55.2.3"),
    ],
)
def test_candidates_are_found_by_birth_with_name_or_reading(
    load_residents: Load, name: str, kana: str, birth: str
) -> None:
    load_residents(line(), line("78", birth="1980-02-04"), line("79", "別　人", "ベツ　ジン"))
    assert names((name, kana, birth)) == ["77"]


@pytest.mark.parametrize("birth", ["", "不詳", "1980-02-05"])
def test_nobody_is_found_by_a_name_alone(load_residents: Load, birth: str) -> None:
    load_residents(line())
    assert names(("織機　太郎", "オリハタ　タロウ", birth)) == []


def test_variant_characters_do_not_hide_a_candidate(load_residents: Load) -> None:
    load_residents(line(name="髙橋　太郎"))
    assert names(("高橋　太郎", "", "1980-02-03")) == ["77"]


def test_an_insured_number_that_two_people_bear_finds_neither(load_residents: Load) -> None:
    load_residents(line(insured="71"), line("78", insured="72"), line("79", insured="72"))
    with scope(MINASE, read_only=True):
        assert {key: one.number for key, one in queries.residents_by_insured(["71", "72", ""]).items()} == {
            "71": "77"
        }


def test_x26_a_bad_line_is_named_by_its_number_and_nothing_becomes_current(load_residents: Load) -> None:
    load_residents(line())
    bad = [line("１"), line("78", ""), line("79", birth="1980-02-30"), line("80", status="不在"), line("81", sex="9"),
           line("82", since="x"), "a" * 20_000, "\udc83\udc84", line("83", household="あ"), line("84", "あ" * 201),
           line("85", "\udcff")]  # fmt: skip
    report = load_residents(*bad, line("90", name="新　人"))
    assert not report.is_current
    assert [(one.line, one.column) for one in report.bad] == [
        (2, "number"), (3, "name"), (4, "birth"), (5, "status"), (6, "sex"), (7, "status_since"), (8, "列数"), (9, "列数"),
        (10, "household"), (11, "name"), (12, "name"),
    ]  # fmt: skip
    assert found("77")
    assert not found("90")


def test_x26_good_lines_become_current_beside_bad_ones_only_when_that_is_allowed(
    load_residents: Load,
) -> None:
    report = load_residents(line("１"), line(), options=LoadOptions("resident-records", allow_bad_rows=True))
    assert report.is_current
    assert found("77")


@pytest.mark.parametrize(
    "header", ["", "number,name\n", "<html><title>502</title></html>\n", '{"error":"x"}\n']
)
def test_C19_an_answer_that_is_no_resident_file_is_refused_and_changes_nothing(
    load_residents: Load, header: str
) -> None:
    load_residents(line())
    with pytest.raises(HeaderWrong):
        load_residents(header=header)
    assert found("77")


@pytest.mark.parametrize("birth", ["昭和10年不詳", "1935年月日不詳", "不明"])
def test_an_unknown_birth_stays_as_it_is_written(load_residents: Load, birth: str) -> None:
    load_residents(line(birth=birth))
    assert found("77")["77"].birth == birth


def test_an_unknown_profile_and_a_load_inside_a_scope_are_refused(
    load_residents: Load, tmp_path: Path
) -> None:
    with pytest.raises(ProfileUnknown):
        load_residents(options=LoadOptions("../../etc/passwd"))
    with pytest.raises(LoadInsideScope), scope(MINASE):
        services.load_residents(MINASE, tmp_path / "x.csv", kind=LoadKind.FULL, actor=ACTOR, at=NOW)


def test_a_towns_own_layout_is_read_from_its_path(load_residents: Load, tmp_path: Path) -> None:
    shipped = (Path(queries.__file__).parent / "profiles" / "resident-records.yaml").read_text(
        encoding="utf-8"
    )
    own = tmp_path / "our-records.yaml"
    own.write_text(
        shipped.replace("town: address", "town: 住所").replace('alias: ""', "alias: 通称"), encoding="utf-8"
    )
    header = HEADER.replace(",address,", ",住所,").replace("insured_number", "insured_number,通称")
    load_residents(line() + ",別名　太郎、通称　太郎", header=header, options=LoadOptions(str(own)))
    assert found("77")["77"].other_names == ("別名　太郎", "通称　太郎")
    own.write_text("profile: [broken", encoding="utf-8")
    with pytest.raises(ProfileUnknown):
        load_residents(line(), options=LoadOptions(str(own)))


def test_C18_records_of_another_body_change_nothing(load_residents: Load, tmp_path: Path) -> None:
    shipped = (Path(queries.__file__).parent / "profiles" / "resident-records.yaml").read_text(
        encoding="utf-8"
    )
    own = tmp_path / "our-records.yaml"
    own.write_text(shipped.replace('organisation: "" ', "organisation: body "), encoding="utf-8")
    header, options = "body," + HEADER, LoadOptions(str(own))
    load_residents(f"{MINASE},{line()}", header=header, options=options)
    report = load_residents(
        f"{MINASE},{line('78')}", f"{HIYORI},{line('79')}", header=header, options=options
    )
    assert [(one.line, one.column) for one in report.bad] == [(3, "organisation")]
    assert sorted(found("77", "78", "79")) == ["77"]


def test_a_load_that_is_overtaken_stops(load_residents: Load, tmp_path: Path) -> None:
    path = tmp_path / "first.csv"
    path.write_text(HEADER + line() + "\n" + line("78") + "\n", encoding="utf-8")
    overtaken: list[bool] = []

    def overtake(_: object) -> None:
        if not overtaken:
            overtaken.append(True)
            load_residents(line("90"))

    with pytest.raises(LoadTakenOver):
        services.load_residents(
            MINASE, path, kind=LoadKind.FULL, actor=ACTOR, at=NOW,
            options=LoadOptions("resident-records", chunk_rows=1), on_progress=overtake,
        )  # fmt: skip
    assert sorted(found("77", "78", "90")) == ["90"]


def test_the_load_is_in_the_audit_without_personal_data(load_residents: Load) -> None:
    report = load_residents(line())
    with scope(MINASE, read_only=True):
        (entry,) = audit.of_object("resident_generation", str(report.generation_id))
    assert (entry.action, entry.facts) == ("residents.loaded", '{"bad_rows":0,"kind":"full","rows":1}')


@pytest.mark.parametrize("count", [1, 40])
def test_any_number_of_people_takes_the_same_number_of_queries(load_residents: Load, count: int) -> None:
    load_residents(*[line(str(n), f"架空　{n}", birth="1980-02-03") for n in range(count)])
    numbers = [str(n) for n in range(count)]
    with scope(MINASE, read_only=True), CaptureQueriesContext(connection) as captured:
        assert len(queries.residents_by_number(numbers)) == count
        assert (
            len(queries.candidates([rules.sought(f"架空　{n}", "", "1980-02-03") for n in range(count)]))
            == count
        )
    assert len(statements(captured)) == 5


def test_the_samples_residents_are_read_as_they_are(load_residents: Load) -> None:
    people = list(stream(TOWNS[0], 300, 2026))
    header = ",".join(RESIDENT_COLUMNS) + "\n"
    report = load_residents(*[",".join(resident_row(one)) for one in people], header=header)
    assert (report.rows, report.bad_rows) == (300, 0)
    held = found(*[one.number for one in people])
    assert {one.number: one.name.written for one in people} == {
        number: one.name for number, one in held.items()
    }
