"""形式審査: rules that are data find what is wrong with a form, in words for the clerk and for the applicant."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from tests.casework.intake.conftest import Arrive, Work
from tests.casework.intake.packages import APPLIED, MINASE, NOW, check, package
from todoke.casework.intake import queries
from todoke.casework.intake.errors import FormChecksInvalid
from todoke.casework.intake.models import Quarantine
from todoke.casework.intake.rules.check_sets import check_set_of
from todoke.casework.intake.rules.form_checks import check_form
from todoke.casework.intake.values import (
    ApplicationForm,
    Attachment,
    CheckKind,
    CheckSet,
    Contact,
    Finding,
    FormItem,
    Person,
    Severity,
    Trust,
)
from todoke.casework.relay.models import Package
from todoke.casework.relay.values import PackageState
from todoke.foundation.errors import SENTENCES, sentence_of
from todoke.foundation.fence import scope
from todoke.japanese import eras

SHIPPED = queries.load_form_checks(queries.FORM_CHECKS)
DOCUMENT = yaml.safe_load((queries.PROFILES / "checks" / f"{queries.FORM_CHECKS}.yaml").read_text("utf-8"))
TODAY = date(2026, 4, 1)
PERSON = Person(
    "霞見里　澄乃", "カスミミサト　スミノ", "1980-02-03", "女性", "000-1234", "つむぎ県みなせ市浮橋１－２"
)
DEMO = {"P01", "P02", "P11", "P12", "P16", "P20", "P22", "P27", "P32", "P33"}


def form(*items: FormItem, person: Person = PERSON, telephone: str = "090-0000-1234") -> ApplicationForm:
    return ApplicationForm(MINASE, APPLIED, person, Contact(telephone), "申請", items)


def item(label: str, *values: str, name: str = "", position: int = 1) -> FormItem:
    code = f"TDK-{label}" + (f".{position}" if position > 1 else "")
    return FormItem(label, values, code, name, position)


def files(*kinds: str) -> tuple[Attachment, ...]:
    return tuple(Attachment(at, "a", "61", kind, 1, "0" * 64, 0, 0, 1) for at, kind in enumerate(kinds, 1))


def rule(**changes: object) -> CheckSet:
    """A set of one rule for every procedure."""
    one = {
        "id": "one",
        "field": "item.x",
        "label": "項目",
        "check": "required",
        "severity": "warn",
        **changes,
    }
    return check_set_of({**DOCUMENT, "every": [one], "procedures": {}})


def found(
    checks: CheckSet, filled: ApplicationForm, attachments: tuple[Attachment, ...] = ()
) -> list[Finding]:
    return check_form(filled, attachments, checks.of("P12"), today=TODAY)


def is_found(checks: CheckSet, *values: str) -> bool:
    return bool(found(checks, form(item("x", *values, name="x"))))


def test_a_sound_form_has_no_finding() -> None:
    assert check_form(form(), (), SHIPPED.of("P99"), today=TODAY) == []


@pytest.mark.parametrize(
    ("changes", "good", "bad"),
    [
        ({"check": "required"}, "a", " \u3000\n"),
        ({"check": "meaningful"}, "山ー", "ー－　・"),
        ({"check": "length", "most": 3}, "𠮷田花", "四文字だ"),
        ({"check": "length", "least": 2}, "二つ", "一"),
        ({"check": "characters", "words": ["katakana", "spaces"]}, "カスミ　か\u3099"[:3], "かすみ"),
        ({"check": "free_of", "words": ["invisible"]}, "山　田", "山\u200b田"),
        ({"check": "free_of", "words": ["private-use"]}, "山", "\ue000"),
        ({"check": "shape", "words": ["999-9999", "9999999"]}, "１２３ー４５６７", "123-456"),
        ({"check": "shape", "words": ["AA99"]}, "ab12", "あb12"),
        ({"check": "choice", "words": ["就労", "就学"]}, "就労", "休職"),
        ({"check": "number", "least": 1, "most": 10}, "１０", "0"),
        ({"check": "number", "most": "9999999"}, "9,999,999円", "1e3"),
        ({"check": "postal_code"}, "〒000-1234", "1234"),
        ({"check": "telephone"}, "+81 90 0000 1234", "12"),
        ({"check": "individual_number"}, "１２３４ ５６７８ ９０１８", "123456789012"),
        ({"check": "date"}, "不詳", "令和0年1月1日"),
        ({"check": "date"}, "令和元年5月1日", "2023-02-29"),
        ({"check": "date_form", "words": ["不詳"]}, "不詳", "99/01/01"),
        ({"check": "time"}, "23:59", "24:00"),
        ({"check": "time"}, "８:０５:５９", "23:59:60"),
        ({"check": "date_range", "most": 0}, "2026-04-01", "2026-04-02"),
        ({"check": "date_range", "first": "1900-01-01"}, "明治33年1月1日", "1899-12-31"),
        ({"check": "date_range", "last": "2030-12-31"}, "2030-12-31", "2031-01-01"),
        ({"check": "date_range", "other": "applied_on", "least": -1, "most": 1}, "2026-03-31", "2026-04-03"),
        ({"check": "age", "least": 40}, "1986-04-01", "1986-04-02"),
        ({"check": "age", "most": 18}, "2007-04-02", "2007-04-01"),
        ({"check": "age", "most": 18}, "不詳", "2030-01-01"),
        ({"check": "same", "other": "applicant.name"}, PERSON.name, "別人"),
    ],
)  # fmt: skip
def test_a_rule_passes_what_is_right_and_finds_what_is_not(
    changes: dict[str, object], good: str, bad: str
) -> None:
    checks = rule(**changes)
    assert not is_found(checks, good)
    assert is_found(checks, bad)


@given(st.dates(date(1873, 1, 1), date(2099, 12, 31)))
def test_a_day_is_judged_alike_however_it_is_written(day: date) -> None:
    not_in_future = rule(check="date_range", most=0)
    for text in (day.isoformat(), eras.written(day), eras.in_era(day).short(), f"{day:%Y%m%d}"):
        assert is_found(not_in_future, text) is (day > TODAY), text
        assert not is_found(rule(check="date"), text)


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 130))
def test_the_age_of_a_rule_is_the_age_of_the_law(birth: date, least: int) -> None:
    assert is_found(rule(check="age", least=least), birth.isoformat()) is (eras.age_on(birth, TODAY) < least)


def test_an_age_grows_with_the_day_before_the_birthday_as_the_law_counts() -> None:
    """Born 29 February: 40 when 28 February has ended, so on 1 March of a common year."""
    checks = rule(check="age", least=40)
    born = form(item("x", "1986-03-01", name="x"))
    days = (date(2026, 2, 28), date(2026, 3, 1))
    assert [bool(check_form(born, (), checks.of("P12"), today=day)) for day in days] == [True, False]


def test_what_is_blank_is_a_matter_of_the_rule_for_required_answers_only() -> None:
    for kind in set(CheckKind) - {CheckKind.REQUIRED, CheckKind.ATTACHMENTS}:
        words = ["spaces"] if kind in {CheckKind.CHARACTERS, CheckKind.FREE_OF} else ["x"]
        assert not is_found(rule(check=kind.value, words=words, least=1, most=1), "  "), kind


def test_a_rule_may_depend_on_another_field() -> None:
    when = {"field": "item.agent_name", "filled": True}
    checks = rule(when=when)
    assert found(checks, form()) == []
    assert found(checks, form(item("代理人", "見本", name="agent_name")))
    of_words = rule(when={"field": "item.kind", "one_of": ["再交付"]})
    assert found(of_words, form(item("種別", "新規", name="kind"))) == []
    assert found(of_words, form(item("種別", "再交付", name="kind")))


def test_every_person_is_checked_and_told_by_number() -> None:
    checks = rule(field="item.subject_birth", label="対象者生年月日", check="date", severity="stop")
    people = [
        item("生年月日", day, name="subject_birth", position=at)
        for at, day in enumerate(("2020-01-01", "2020-02-30", "2020-03-01", "2020-04-31"), 1)
    ]
    facts = [one.facts["where"] for one in found(checks, form(*people))]
    assert facts == ["対象者生年月日（2人目）", "対象者生年月日（4人目）"]


@pytest.mark.parametrize(
    ("changes", "kinds", "is_wrong"),
    [
        ({"least": 1}, (), True),
        ({"least": 1}, ("pdf",), False),
        ({"least": 1, "words": ["jpeg", "png"]}, ("pdf",), True),
        ({"least": 1, "words": ["jpeg", "png"]}, ("pdf", "png"), False),
        ({"most": 1}, ("pdf", "pdf"), True),
    ],
)
def test_attachments_are_counted_by_kind(
    changes: dict[str, object], kinds: tuple[str, ...], *, is_wrong: bool
) -> None:
    checks = rule(field="attachments", check="attachments", **changes)
    assert bool(found(checks, form(), files(*kinds))) is is_wrong


def test_findings_come_in_the_order_of_the_form() -> None:
    rules = [
        {"id": str(at), "field": field, "label": field, "check": "shape", "words": ["9"], "severity": "warn"}
        for at, field in enumerate(("item.b", "item.a", "applicant.kana", "applicant.name"))
    ]
    checks = check_set_of({**DOCUMENT, "every": rules, "procedures": {}})
    filled = form(item("a", "x", name="a"), item("b", "y", name="b"))
    assert [one.where for one in found(checks, filled)] == [
        "applicant.name", "applicant.kana", "item.a", "item.b",
    ]  # fmt: skip


def test_a_finding_speaks_to_the_clerk_and_to_the_applicant_and_quotes_nothing() -> None:
    (one,) = found(rule(check="shape", words=["9"], field="applicant.name", label="氏名"), form())
    assert one.code == "FRM-104"
    assert "「氏名」" in sentence_of(one.code, one.facts)
    assert one.facts["correction"].endswith("ください。")
    assert PERSON.name not in str(one)


def test_a_hidden_character_is_found_in_whatever_field_it_stands() -> None:
    checks = rule(field="*", check="free_of", words=["invisible"], reason="CHR-403")
    person = replace(PERSON, address="つむぎ県\u200bみなせ市")
    findings = found(checks, form(item("連絡\u202e事項", "平日\u00adに", name=""), person=person))
    assert [one.facts["where"] for one in findings] == ["住所", "連絡?事項"]


def test_the_shipped_rules_are_for_the_demonstration_and_not_confirmed() -> None:
    assert set(SHIPPED.procedures) == DEMO
    assert SHIPPED.provenance.status == "未確認"
    for code in DEMO:
        assert len(SHIPPED.of(code).rules) > len(SHIPPED.every)


def test_every_reason_has_a_sentence_in_the_catalogue_of_codes() -> None:
    assert {one.code for one in SHIPPED.reasons} <= SENTENCES.keys()


@given(st.text(max_size=40), st.sampled_from(sorted(set(CheckKind) - {CheckKind.ATTACHMENTS})))
def test_any_text_is_judged_by_any_rule_without_an_error(text: str, kind: CheckKind) -> None:
    words = ["katakana"] if kind in {CheckKind.CHARACTERS, CheckKind.FREE_OF} else ["99-AA"]
    findings = found(rule(check=kind.value, words=words, least=1, most=3), form(item("x", text, name="x")))
    assert len(findings) <= 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda rules: rules[0].pop("label"),
        lambda rules: rules[0].update(check="regex"),
        lambda rules: rules[0].update(field="applicant.number"),
        lambda rules: rules[0].update(reason="FRM-198"),
        lambda rules: rules[0].update(check="characters"),
        lambda rules: rules[0].update(check="characters", words=["[a-z]+"]),
        lambda rules: rules[0].update(check="shape"),
        lambda rules: rules[0].update(first="2026-02-30"),
        lambda rules: rules[0].update(id=rules[1]["id"]),
        lambda rules: rules[0].update(least="1e9"),
        lambda rules: rules[0].update(when={"field": "item.x"}),
    ],
)
def test_a_set_that_cannot_be_meant_is_refused_as_a_whole(
    tmp_path: Path, spoil: Callable[[list[dict[str, object]]], object]
) -> None:
    document = yaml.safe_load(yaml.safe_dump(DOCUMENT))
    spoil(document["every"])
    file = tmp_path / "992011.yaml"
    file.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    with pytest.raises(FormChecksInvalid):
        queries.load_form_checks(str(file))


def test_a_body_may_place_its_own_rules(tmp_path: Path, settings: Settings) -> None:
    settings.TODOKE_FORM_CHECKS_DIR = tmp_path
    assert queries.form_checks(MINASE) == SHIPPED
    own = {**DOCUMENT, "name": "minase", "every": [], "procedures": {}}
    (tmp_path / f"{MINASE}.yaml").write_text(yaml.safe_dump(own, allow_unicode=True), "utf-8")
    assert queries.form_checks(MINASE).of("P02").rules == ()
    assert queries.form_checks("993018") == SHIPPED


def test_a_rule_that_stops_shows_every_finding_and_keeps_the_package(trust: Trust) -> None:
    from tests.hostile import texts

    data = texts.changed("sinsei.xml", lambda form: form.replace("<value>000-", "<value>00-"))
    stopping = replace(
        SHIPPED, every=tuple(replace(one, severity=Severity.STOP) for one in SHIPPED.every if one.id == "postcode-form")
    )  # fmt: skip
    verdict = check(data, trust, checks_of=stopping.of)
    assert (verdict.state, verdict.code) == (PackageState.QUARANTINED, "FRM-104")
    assert (verdict.procedure, verdict.form) == ("P02", None)
    assert verdict.facts["where"] == "郵便番号"


def test_without_rules_the_dates_alone_are_looked_at(trust: Trust) -> None:
    assert check(package("P02"), trust).findings == ()


def test_the_worker_uses_the_rules_of_the_body(
    arrive: Arrive, work: Work, tmp_path: Path, settings: Settings
) -> None:
    settings.TODOKE_FORM_CHECKS_DIR = tmp_path
    strict = {
        "id": "strict",
        "field": "item.nothing",
        "label": "なにか",
        "check": "required",
        "severity": "stop",
    }
    own = {**DOCUMENT, "every": [strict], "procedures": {}}
    (tmp_path / f"{MINASE}.yaml").write_text(yaml.safe_dump(own, allow_unicode=True), "utf-8")
    identity = arrive(package("P02"))
    work()
    with scope(MINASE):
        assert Package.objects.get(pk=identity).code == "FRM-101"
        row = Quarantine.objects.get(package_id=identity)
        (detail,) = queries.quarantine_list()
    assert row.code == "FRM-101"
    assert detail.sentence == "「なにか」が入力されていません。"


def test_rules_that_cannot_be_read_keep_packages_waiting(
    arrive: Arrive, work: Work, tmp_path: Path, settings: Settings
) -> None:
    """Nobody's application is judged by half a set of rules; nothing is lost."""
    settings.TODOKE_FORM_CHECKS_DIR = tmp_path
    file = tmp_path / f"{MINASE}.yaml"
    file.write_text("name: [", "utf-8")
    identity = arrive(package("P02"))
    work()
    with scope(MINASE):
        assert Package.objects.get(pk=identity).state == PackageState.PENDING.value
    shutil.copy(queries.PROFILES / "checks" / f"{queries.FORM_CHECKS}.yaml", file)
    assert queries.form_checks(MINASE) == SHIPPED
    assert NOW.tzinfo is not None
