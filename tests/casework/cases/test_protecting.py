"""支援措置: whoever may not see a protected person sees a case of nobody, and never finds it by a word (C15)."""

import csv
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.casework.identify.applications import Written, job, statements
from tests.casework.identify.conftest import ACTOR, HIYORI, MINASE, NOW, Load
from tests.support.clock import Clock
from tests.support.deciding import decide_by_two
from todoke.casework.cases import jobs, queries, services
from todoke.casework.cases.errors import CaseProtected
from todoke.casework.cases.models import Case
from todoke.casework.cases.values import CaseDetail, Filters
from todoke.casework.identify.values import NumberDecision
from todoke.casework.intake.values import FormItem, PartyRole, Person, StatedParty
from todoke.casework.protection import queries as protection
from todoke.casework.protection.errors import DatesUnfit, NumberUnfit, ProtectionUnknown, ReasonNeeded
from todoke.casework.protection.values import (
    HIDDEN,
    CaseProtection,
    ProtectionEntry,
    ProtectionKind,
    ProtectionReport,
)
from todoke.casework.residents import queries as resident_queries
from todoke.casework.residents import services as resident_services
from todoke.casework.residents.values import LoadKind
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit import services as sealing
from todoke.foundation.fence import scope

from .conftest import Clerks, Open

NUMBER, OTHER = "0000000042", "0000000043"
HER = Person("秘野　待子", "ヒメノ　マチコ", "1985-05-06", "女性", "000-0009", "つむぎ県みなせ市隠町9番地")
TODAY = date(2026, 4, 6)
ENTRY = ProtectionEntry(NUMBER, ProtectionKind.VIOLENCE, TODAY - timedelta(days=30))
NAMED = replace(ENTRY, name=HER.name, kana=HER.kana, birth=HER.birth)
LINKS = (f"{'aa' * 20},1001,{NUMBER},atena,2025-01-01,,", f"{'aa' * 20},2002,{OTHER},atena,2025-01-01,,")
ANSWERS = (FormItem("振込先名義", ("ヒメノ　マチコ",), "P0001"),)
HERS = Written(applicant=HER, items=ANSWERS)
WORDS = (HER.name, HER.kana, HER.birth, HER.address, NUMBER, "ヒメノ")
CSV_HEAD = "宛名番号,理由,開始日,終了日,氏名,カナ,生年月日\n"


def trusted(viewer: Viewer) -> Viewer:
    return replace(viewer, rights=viewer.rights | {Right.VIEW_PROTECTED})


def protect(entry: ProtectionEntry = ENTRY) -> int:
    with scope(MINASE):
        return services.protect(entry, actor=ACTOR, at=NOW).id


def state(case: Case) -> CaseProtection:
    with scope(case.organisation_id):
        return CaseProtection(Case.objects.get(pk=case.pk).protection)


def shown(viewer: Viewer, case: Case) -> CaseDetail:
    with scope(MINASE):
        return queries.case_detail(viewer, case.uuid)


def text_of(detail: CaseDetail) -> str:
    return json.dumps(asdict(detail), default=str, ensure_ascii=False)


@pytest.fixture
def linked(clerks: Clerks, tmp_path: Path) -> Load:
    load = Load(tmp_path)
    load(*LINKS)
    return load


def test_c15_a_protected_applicant_is_hidden_from_the_opening_on(
    linked: Load, clerks: Clerks, open_cases: Open
) -> None:
    protect()
    (case,) = open_cases(HERS)
    assert state(case) is CaseProtection.PROTECTED
    text = text_of(shown(clerks.town, case))
    assert not [word for word in WORDS if word in text]
    assert HIDDEN in text
    for word in WORDS:
        assert word in text_of(shown(trusted(clerks.town), case))


def test_c15_being_put_on_the_list_hides_every_case_there_is(
    linked: Load, clerks: Clerks, open_cases: Open
) -> None:
    hers, another = open_cases(HERS, Written(serial="2002"))
    assert state(hers) is CaseProtection.NONE
    protect()
    assert [state(hers), state(another)] == [CaseProtection.PROTECTED, CaseProtection.NONE]
    with scope(MINASE):
        names = [row.applicant_name for row in queries.worklist(clerks.town).rows]
        assert names == ["織機　太郎", HIDDEN]
        assert "case.protection_noted" in [one.action for one in audit.of_object("case", str(hers.uuid))]


@pytest.mark.parametrize("role", [PartyRole.SUBJECT, PartyRole.AGENT, PartyRole.HEAD])
def test_c15_anybody_in_the_case_hides_all_of_it(
    linked: Load, clerks: Clerks, open_cases: Open, role: PartyRole
) -> None:
    protect(NAMED)
    party = StatedParty(role, 1, HER.name, HER.kana, HER.birth)
    serial = "1001" if role is PartyRole.AGENT else "2002"  # an agent's certificate is the one that was used
    (case,) = open_cases(Written(serial=serial, parties=(party,)))
    assert state(case) is not CaseProtection.NONE
    assert "織機" not in text_of(shown(clerks.town, case))


@pytest.mark.parametrize("text", ["秘野", "ヒメノ", "まちこ", "待子"])
def test_c15_no_word_finds_the_case_but_its_receipt_number_does(
    linked: Load, clerks: Clerks, open_cases: Open, text: str
) -> None:
    protect()
    (case,) = open_cases(HERS)
    with scope(MINASE):
        assert queries.worklist(clerks.town, Filters(text=text)).rows == ()
        assert queries.neighbours(clerks.town, case.pk + 1, Filters(text=text)).older is None
        assert [row.id for row in queries.worklist(trusted(clerks.town), Filters(text=text)).rows] == [
            case.pk
        ]
        (row,) = queries.worklist(clerks.town, Filters(text=case.receipt_number)).rows
    assert row.is_masked
    assert row.applicant_name == HIDDEN


def test_c15_who_is_not_identified_yet_but_looks_like_her_is_hidden_too(
    linked: Load, clerks: Clerks, open_cases: Open
) -> None:
    protect(NAMED)
    (case,) = open_cases(replace(HERS, serial="9999"))
    assert state(case) is CaseProtection.TO_CHECK
    assert HER.name not in text_of(shown(clerks.town, case))
    party = shown(trusted(clerks.town), case).parties[0]
    decide_by_two(
        trusted(clerks.town), case.uuid, party_id=party.id, decision=NumberDecision(OTHER, "別人と確かめた"),
        version=1, at=NOW,
    )  # fmt: skip
    assert state(case) is CaseProtection.NONE


@pytest.mark.parametrize(
    "change",
    [{"name": "秘野待子"}, {"birth": ""}, {"name": "別　人"}, {"kana": "ﾋﾒﾉ ﾏﾁｺ", "name": ""}],
    ids=["no blank", "no birth", "same reading", "half-width kana"],
)
def test_c15_when_in_doubt_it_is_hidden(
    linked: Load, clerks: Clerks, open_cases: Open, change: dict[str, str]
) -> None:
    protect(NAMED)
    (case,) = open_cases(replace(HERS, serial="9999", applicant=replace(HER, **change)))
    assert state(case) is CaseProtection.TO_CHECK


@pytest.mark.parametrize(
    ("stated", "hidden"),
    [
        ({}, CaseProtection.TO_CHECK),
        ({"name": "旧姓　待子", "kana": ""}, CaseProtection.TO_CHECK),
        ({"birth": "1999-01-01"}, CaseProtection.NONE),
    ],
    ids=["as registered", "under a former name", "born another day"],
)
def test_c15_the_copy_of_resident_records_tells_who_is_on_a_list_of_bare_numbers(
    linked: Load,
    clerks: Clerks,
    open_cases: Open,
    tmp_path: Path,
    stated: dict[str, str],
    hidden: CaseProtection,
) -> None:
    load_resident(tmp_path)
    protect()
    (case,) = open_cases(replace(HERS, serial="9999", applicant=replace(HER, **stated)))
    assert state(case) is hidden


@pytest.mark.parametrize("birth", [HER.birth, "", "昭和60年頃"], ids=["known", "not stated", "not a date"])
def test_c15_being_put_on_the_list_hides_cases_of_people_not_identified_yet(
    linked: Load, clerks: Clerks, open_cases: Open, tmp_path: Path, birth: str
) -> None:
    load_resident(tmp_path)
    (case,) = open_cases(replace(HERS, serial="9999", applicant=replace(HER, birth=birth)))
    assert state(case) is CaseProtection.NONE
    protect()
    assert state(case) is CaseProtection.TO_CHECK


def test_c15_a_copy_that_comes_later_hides_whom_it_tells_of(
    linked: Load, clerks: Clerks, open_cases: Open, tmp_path: Path
) -> None:
    protect()
    (case,) = open_cases(replace(HERS, serial="9999"))
    assert state(case) is CaseProtection.NONE
    load_resident(tmp_path)
    assert jobs.review_protection(job()) == 1
    assert state(case) is CaseProtection.TO_CHECK


def load_resident(folder: Path) -> None:
    layout = resident_queries.resident_profile("resident-records")
    own = layout.model_copy(update={"columns": layout.columns.model_copy(update={"alias": "alias"})})
    columns = [word for word in own.columns.model_dump().values() if word]
    hers = {
        "number": NUMBER, "name": HER.name, "kana": HER.kana, "birth": HER.birth, "sex": "2", "status": "住民",
        "alias": "旧姓　待子",
    }  # fmt: skip
    path = folder / "residents.csv"
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        rows = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
        rows.writeheader()
        rows.writerow(hers)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resident_queries, "resident_profile", lambda _name: own)
        resident_services.load_residents(MINASE, path, kind=LoadKind.FULL, actor=ACTOR, at=NOW)


def test_another_birth_is_another_person(linked: Load, clerks: Clerks, open_cases: Open) -> None:
    protect(NAMED)
    (case,) = open_cases(replace(HERS, serial="9999", applicant=replace(HER, birth="1999-01-01")))
    assert state(case) is CaseProtection.NONE


def test_a_case_that_later_links_identify_is_judged_anew(
    linked: Load, clerks: Clerks, open_cases: Open
) -> None:
    protect()
    (case,) = open_cases(replace(HERS, serial="3003"))
    assert state(case) is CaseProtection.NONE
    linked(*LINKS, f"{'aa' * 20},3003,{NUMBER},atena,2025-01-01,,")
    jobs.look_again(job())
    assert state(case) is CaseProtection.PROTECTED


def test_c15_without_the_right_nobody_decides_who_it_is_nor_takes_a_file(
    linked: Load, clerks: Clerks, open_cases: Open
) -> None:
    protect()
    (case,) = open_cases(HERS)
    party = shown(clerks.town, case).parties[0]
    with scope(MINASE):
        with pytest.raises(CaseProtected):
            services.decide_identity(
                clerks.town, case.uuid, party_id=party.id, decision=NumberDecision(OTHER, "見ていない"), version=1,
                at=NOW,
            )  # fmt: skip
        with pytest.raises(CaseProtected):
            queries.find_open(clerks.town, case.uuid)
        assert queries.find_open(trusted(clerks.town), case.uuid).id == case.pk


def test_hidden_until_the_last_day_is_over_and_then_shown_again(
    linked: Load, clerks: Clerks, open_cases: Open, clock: Clock
) -> None:
    person = protect()
    (case,) = open_cases(HERS)
    with scope(MINASE):
        services.end_protection(person, ends_on=TODAY, reason="本人の申出", actor=ACTOR, at=NOW)
    assert state(case) is CaseProtection.PROTECTED
    with scope(MINASE):
        assert services.review_protection(limit=10, actor=ACTOR, at=NOW + timedelta(minutes=11)) == 1
        assert services.review_protection(limit=10, actor=ACTOR, at=NOW + timedelta(minutes=12)) == 0
        assert protection.next_review() == NOW + timedelta(hours=15)
    assert state(case) is CaseProtection.PROTECTED
    with scope(MINASE):
        sealing.seal(at=NOW + timedelta(hours=15))
        assert services.review_protection(limit=10, actor=ACTOR, at=NOW + timedelta(hours=15)) == 1
    assert state(case) is CaseProtection.NONE
    assert shown(clerks.town, case).row.applicant_name == HER.name


def test_a_second_reason_keeps_a_case_hidden_when_the_first_ends(
    linked: Load, clerks: Clerks, open_cases: Open
) -> None:
    first = protect()
    protect(replace(ENTRY, kind=ProtectionKind.STALKING))
    (case,) = open_cases(HERS)
    with scope(MINASE):
        services.end_protection(
            first, ends_on=TODAY - timedelta(days=1), reason="取下げ", actor=ACTOR, at=NOW
        )
    assert state(case) is CaseProtection.PROTECTED


def test_a_case_opened_just_while_the_line_was_written_is_hidden_soon(
    linked: Load, clerks: Clerks, open_cases: Open
) -> None:
    protect()
    (case,) = open_cases(HERS)
    with scope(MINASE):
        Case.objects.filter(pk=case.pk).update(
            protection="none"
        )  # as a worker may have left it that read before
        services.review_protection(limit=10, actor=ACTOR, at=NOW + timedelta(minutes=10))
    assert state(case) is CaseProtection.PROTECTED


def test_a_list_is_taken_over_whole_and_who_is_missing_later_stays(
    linked: Load, clerks: Clerks, open_cases: Open
) -> None:
    (case,) = open_cases(HERS)
    load = loader()
    report = load(
        f"{NUMBER},DV,令和8年3月1日,,秘野　待子,ヒメノ　マチコ,昭和60年5月6日\n{OTHER},児童虐待,2026-03-01,2027-02-28,,,\n"
    )
    assert (report.rows, report.bad_rows) == (2, 0)
    assert state(case) is CaseProtection.PROTECTED
    assert load(f"{OTHER},児童虐待,2026-03-01,2027-02-28,,,\n").is_taken
    assert state(case) is CaseProtection.PROTECTED
    with scope(MINASE):
        assert len(protection.protections()) == 2


@pytest.mark.parametrize(
    ("line", "column"),
    [("あ,DV,2026-03-01,,,,", "number"), ("1,恐喝,2026-03-01,,,,", "kind"), ("1,DV,2026-02-30,,,,", "starts_on"),
     ("1,DV,2026-03-01,2026-01-01,,,", "ends_on"), ("1,DV", "列数")],
)  # fmt: skip
def test_one_bad_line_changes_nothing_and_is_named_without_its_content(
    clerks: Clerks, line: str, column: str
) -> None:
    report = loader()(f"{NUMBER},DV,2026-03-01,,,,\n{line}\n")
    assert [(bad.line, bad.column) for bad in report.bad] == [(3, column)]
    with scope(MINASE):
        assert protection.protections() == []


def loader() -> Callable[[str], ProtectionReport]:
    def load(lines: str) -> ProtectionReport:
        with scope(MINASE):
            return services.load_protected(BytesIO((CSV_HEAD + lines).encode()), actor=ACTOR, at=NOW)

    return load


def test_what_cannot_be_is_refused(clerks: Clerks) -> None:
    with scope(MINASE):
        for wrong, error in (
            (replace(ENTRY, number="あ"), NumberUnfit),
            (replace(ENTRY, ends_on=date(2000, 1, 1)), DatesUnfit),
        ):
            with pytest.raises(error):
                services.protect(wrong, actor=ACTOR, at=NOW)
        person = services.protect(ENTRY, actor=ACTOR, at=NOW).id
        with pytest.raises(ReasonNeeded):
            services.end_protection(person, ends_on=TODAY, reason=" ", actor=ACTOR, at=NOW)
    with scope(HIYORI), pytest.raises(ProtectionUnknown):
        services.end_protection(person, ends_on=TODAY, reason="よその人", actor=ACTOR, at=NOW)


def test_the_same_line_twice_stands_once_and_the_audit_says_no_number(clerks: Clerks) -> None:
    first, second = protect(), protect()
    assert first == second
    with scope(MINASE):
        entries = audit.of_object("protection", str(first))
    assert [one.action for one in entries] == ["protection.registered", "protection.repeated"]
    assert not [one for one in entries if NUMBER in one.facts]


def test_another_bodys_list_hides_nothing_here(linked: Load, clerks: Clerks, open_cases: Open) -> None:
    with scope(HIYORI):
        services.protect(ENTRY, actor=ACTOR, at=NOW)
    (case,) = open_cases(HERS)
    assert state(case) is CaseProtection.NONE


def test_the_worklist_asks_no_more_questions_for_protected_cases(
    linked: Load, clerks: Clerks, open_cases: Open
) -> None:
    open_cases(*[Written(serial="2002")] * 3)
    with scope(MINASE), CaptureQueriesContext(connection) as before:
        queries.worklist(clerks.town)
    protect()
    open_cases(*[HERS] * 20, start=100)
    with scope(MINASE), CaptureQueriesContext(connection) as after:
        queries.worklist(clerks.town)
    assert len(statements(after)) == len(statements(before))
