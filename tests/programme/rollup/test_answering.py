"""照会 goes out, comes back, is sent back with a reason and collected; support is kept; publications are read."""

import dataclasses
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.programme.rollup.conftest import (
    ACTOR,
    STANDARD,
    TSUMUGI,
    Country,
    appointed,
    believe,
    register,
    towns,
)
from tests.support.rows import AT
from todoke.foundation import workbooks
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.values import Role, Viewer
from todoke.foundation.exchange import queries as exchange_queries
from todoke.foundation.exchange import services as exchange
from todoke.foundation.fence import scope
from todoke.foundation.organisations.values import OrganisationKind
from todoke.foundation.workbooks import Sheet
from todoke.programme.rollup import queries, services
from todoke.programme.rollup.errors import (
    EnquiryStepUnfit,
    EnquiryUnfit,
    PublicationTaken,
    PublicationUnfit,
    SupportChanged,
    SupportUnfit,
)
from todoke.programme.rollup.rules import enquiries as rules
from todoke.programme.rollup.values import (
    ENQUIRY,
    EnquiryState,
    FieldKind,
    MisfitKind,
    ReadPublication,
    SubmissionSource,
    SupportDraft,
    SupportKind,
    SupportState,
)

ONE, TWO = towns(TSUMUGI, 2)
FORM = "*担当課｜文\n*職員数｜数\n方式｜選択｜単独、共同\n開始予定｜日付"
SHARED = Path("../shared/data/dashboard_municipality_keyed.csv")


@pytest.fixture
def officer(country: Country) -> Viewer:
    for code in (ONE, TWO):
        register(code, OrganisationKind.MUNICIPALITY, TSUMUGI, country.clock.now)
        exchange.introduce(code, TSUMUGI, actor=ACTOR, at=country.clock.now)
    return appointed(TSUMUGI, Role.SUPPORT)


def test_an_enquiry_is_answered_sent_back_answered_again_and_collected(
    country: Country, officer: Viewer
) -> None:
    clerk, at = appointed(ONE, Role.PROGRAMME, name="machi-1"), country.clock.now
    due_on = country.today
    with scope(TSUMUGI):
        uuid = services.ask(
            officer, title="体制の調査", text="", fields=rules.typed(FORM), due_on=due_on, bodies=[ONE, TWO], at=at
        )  # fmt: skip
    country.work(TSUMUGI, ONE)
    with scope(ONE):
        with pytest.raises(EnquiryUnfit):
            services.answer(clerk, uuid, {"q1": "総務課", "q2": "三人"}, at=at)
        services.answer(clerk, uuid, {"q1": "総務課", "q2": "3"}, at=at)
        with pytest.raises(EnquiryStepUnfit):
            services.answer(clerk, uuid, {"q1": "総務課", "q2": "4"}, at=at)
    country.work(ONE, TSUMUGI)
    with scope(TSUMUGI):
        services.send_back(officer, uuid, ONE, reason="人数を確かめてください", at=at)
    country.work(TSUMUGI, ONE)
    with scope(ONE):
        assert (queries.received(uuid).state, queries.received(uuid).reason) == (
            EnquiryState.RETURNED, "人数を確かめてください",
        )  # fmt: skip
        services.answer(clerk, uuid, {"q1": "総務課", "q2": "4"}, at=at)
    country.work(ONE, TSUMUGI)
    with scope(TSUMUGI):
        services.accept(officer, uuid, ONE, at=at)
        assert services.remind(officer, uuid, at=at) == 1
        assert services.remind(officer, uuid, at=at) == 0, "once a day"
        found = queries.collected(uuid, as_of=due_on + timedelta(days=7))
    assert [one.body for one in found.missing] == [TWO]
    assert (found.targets[0].answers["q2"], found.targets[0].late_days) == ("4", 0)
    assert 3 <= found.missing[0].late_days <= 5  # 執務日 of seven days


def test_only_the_body_above_asks(country: Country, officer: Viewer) -> None:
    body = {"what": "asked", "enquiry": "00000000-0000-4000-8000-000000000001", "title": "x", "text": "",
            "fields": rules.written(rules.typed("a")), "due_on": "2030-01-01"}  # fmt: skip
    with scope(ONE):
        believe(ONE, [TWO], country.clock.now)
    country.arrive(ONE, [country.letter(TWO, 1, body, recipient=ONE, kind=ENQUIRY)])
    with scope(ONE, read_only=True):
        assert [code for *_, code in exchange_queries.refused()] == ["RUP-802"]
        assert not queries.received_enquiries()


def test_an_answer_that_nobody_asked_for_is_refused(country: Country, officer: Viewer) -> None:
    believe(TSUMUGI, [ONE], country.clock.now)
    body = {"what": "answered", "enquiry": "00000000-0000-4000-8000-000000000001", "answers": {}}
    country.arrive(TSUMUGI, [country.letter(ONE, 1, body, kind=ENQUIRY)])
    with scope(TSUMUGI, read_only=True):
        assert [code for *_, code in exchange_queries.refused()] == ["RUP-811"]


def test_a_form_is_typed_line_by_line() -> None:
    first, second, third, fourth = rules.typed(FORM)
    assert (first.label, first.is_required, second.kind) == ("担当課", True, FieldKind.NUMBER)
    assert (third.choices, third.is_required, fourth.kind) == (("単独", "共同"), False, FieldKind.DATE)
    for wrong in ("", "問い｜数字", "問い｜選択"):
        with pytest.raises(EnquiryUnfit):
            rules.typed(wrong)


def test_support_is_kept_per_town_and_finished_with_what_came_of_it(
    country: Country, officer: Viewer
) -> None:
    at = country.clock.now
    draft = SupportDraft(SupportKind.EXPERT, "専門家の派遣", country.today, None, "⑤ RFI")
    with scope(TSUMUGI):
        first, _ = services.enter_support(officer, draft, bodies=[ONE, TWO, "131016"], at=at)
        with pytest.raises(SupportUnfit):
            services.change_support(
                officer, first, version=1, state=SupportState.FINISHED, outcome=" ", at=at
            )
        services.change_support(
            officer, first, version=1, state=SupportState.FINISHED, outcome="仕様を固めた", at=at
        )
        with pytest.raises(SupportChanged):
            services.change_support(officer, first, version=1, state=SupportState.DROPPED, outcome="", at=at)
        assert [one.outcome for one in queries.support_entries(body=ONE)] == ["仕様を固めた"]
        weak = dataclasses.replace(officer, rights=frozenset())
        with pytest.raises(RightMissing):
            services.enter_support(weak, draft, bodies=[ONE], at=at)


def workbook(rows: list[list[object]]) -> bytes:
    (header, *_), notes = rows, ("見本の表",)
    sheet = Sheet(
        "公表", [str(one) for one in header], [[str(one) for one in row] for row in rows[1:]], notes=notes
    )
    return workbooks.write([sheet], title="公表", at=AT)


def test_a_monthly_table_says_what_did_not_fit(country: Country, officer: Viewer) -> None:
    steps = [f"{major}-{minor}" for major, minor in _official_steps()]
    head = ["団体コード", "団体名", "業務", *steps, "99-9", "完了率"]
    done, waiting = ["完了済み"] * 40, ["未"] * 40
    rows: list[list[object]] = [
        list(head),
        [ONE, "一町", "住民記録", *done, "", "100%"], [ONE, "一町", "個人住民税", *waiting, "", "0%"],
        [ONE, "一町", "個人住民税", *waiting, "", "0%"], [ONE, "一町", "固定 資産税", *done[:39], "？", "", "97.5%"],
        [TWO, "二町", "就学", *done[:20], *waiting[:20], "", "51%"], [TWO, "二町", "国民年金", *done, "", "50%"],
        ["991234", "三町", "就学", *done, "", "100%"], [TWO, "二町", "知らない事務", *done, "", "100%"],
    ]  # fmt: skip
    content, as_of = workbook(rows), date(2026, 1, 31)
    with scope(TSUMUGI):
        found = services.take_publication(
            officer, "soumu-steps-monthly", content, as_of=as_of, at=country.clock.now
        )
        with pytest.raises(PublicationTaken):
            services.take_publication(
                officer, "soumu-steps-monthly", content, as_of=as_of, at=country.clock.now
            )
        roll = queries.roll_up(STANDARD, as_of=country.today, source=SubmissionSource.PUBLISHED)
        assert queries.roll_up(STANDARD, as_of=country.today).submitted == 0
    assert (found.bodies, found.rows, roll.submitted) == (2, 8, 2)
    assert dict(found.misfit_counts) == {
        MisfitKind.UNKNOWN_STEP: 1, MisfitKind.RENAMED: 1, MisfitKind.SHORT_STATUS: 80 - 20, MisfitKind.TWICE: 1,
        MisfitKind.UNKNOWN_STATUS: 1, MisfitKind.ODD_RATE: 1, MisfitKind.RATE_DIFFERS: 1,
        MisfitKind.UNKNOWN_CODE: 1, MisfitKind.UNKNOWN_CONCEPT: 1,
    }  # fmt: skip


def _official_steps() -> list[tuple[str, ...]]:
    from tests.programme.rollup.conftest import FORTY
    from todoke.programme.packs import queries as packs
    from todoke.programme.rollup.rules.comparing import steps_of

    return [tuple(one.number.split("-")) for one in steps_of(packs.edition(FORTY))]


def _dashboard(rows: list[str]) -> bytes:
    share, of = "よく使う32手続のオンライン化状況", "_実施されている手続総数"
    part = f"{share}{of}のうち「オンライン化済」と回答した手続数（分子）"
    head = f"lg_code6,prefecture,city,CIOの任命,{share},{share}{of}（分母）,{part},新しい指標"
    return "\r\n".join([head, *rows, ""]).encode("cp932")


def test_missing_values_of_a_dashboard_are_never_zero(country: Country, officer: Viewer) -> None:
    text = _dashboard(
        [f"{ONE},県,一町,実施,72%,25,18,1", f"{TWO},県,二町,調査無し,%,0,0,2", "990001,県,,検討中,50%,4,1,"]
    )
    with scope(TSUMUGI):
        found = services.take_publication(
            officer, "digital-dashboard", text, as_of=date(2024, 7, 12), at=country.clock.now
        )
        first, second, third = queries.published_values(found.uuid)
        for other in (b"a,b\r\n1,2\r\n", f"lg_code6,kana\r\n{ONE},x\r\n".encode()):
            with pytest.raises(PublicationUnfit):
                services.take_publication(
                    officer, "digital-dashboard", other, as_of=date(2024, 7, 12), at=country.clock.now
                )
    assert list(first.values.values()) == ["実施", "72%", "25", "18"]
    assert list(second.missing.values()) == ["調査なし", "分母が0"]
    assert (third.missing, third.values["よく使う32手続のオンライン化状況"]) == (
        {"CIOの任命": "値を読めない"},
        "50%",
    )
    assert dict(found.misfit_counts) == {
        MisfitKind.UNKNOWN_INDICATOR: 1, MisfitKind.NOT_SURVEYED: 1, MisfitKind.NO_DENOMINATOR: 1,
        MisfitKind.UNREADABLE: 1, MisfitKind.RATE_DIFFERS: 1,
    }  # fmt: skip


def _read(header: list[str], *rows: list[object]) -> ReadPublication:
    from tests.programme.rollup.conftest import FORTY
    from todoke.foundation.organisations.queries import code_of
    from todoke.programme.packs import queries as packs
    from todoke.programme.rollup.rules import publications

    cells = tuple((number, dict(zip(header, row, strict=True))) for number, row in enumerate(rows, start=2))
    table = workbooks.Table("表", tuple(header), cells)  # type: ignore[arg-type]  # cells by test
    layout = queries.layout_of("soumu-steps-monthly")
    return publications.read([table], layout, packs.edition(FORTY), as_of=date(2026, 1, 31), code_of=code_of)


@pytest.mark.parametrize(
    ("written", "code"),
    [("012025", "012025"), (12025, "012025"), (12025.0, "012025"), ("01202", "012025"), ("1202", "012025")],
)
def test_a_code_that_lost_its_zero_in_excel_is_the_body_it_was(
    country: Country, written: object, code: str
) -> None:
    others = {"01202": "13101", "1202": "13101"}.get(str(written), "131016")
    with scope(TSUMUGI, read_only=True):
        found = _read(
            ["団体コード", "業務", "1-1", "完了率"], [written, "就学", "未", "-"], [others, "就学", "未", "-"]
        )
    assert [one.subject for one in found.snapshots] == [code, "131016"]
    lost = [one.text for one in found.misfits if one.kind is MisfitKind.LOST_ZERO]
    assert lost == ([str(written).removesuffix(".0")] if str(written)[0] == "1" else [])


def test_headings_of_steps_are_known_however_they_are_written(country: Country) -> None:
    head = ["団体コード", "業務", "１－１", "1-2\n関連部局との調整・担当者名簿の作成", "2‐1", "1-1", "完了率"]
    with scope(TSUMUGI, read_only=True):
        found = _read(head, [ONE, "就学", "完了済み", "作業中", "対象外", "未", "-"])
    (one,) = found.snapshots
    assert one.states["14"].startswith("dw")
    assert one.states["14"].count("o") == 1
    assert [misfit.kind for misfit in found.misfits if misfit.row == 0] == [MisfitKind.TWICE]


@pytest.mark.skipif(not SHARED.exists(), reason="the real list is not here")
def test_the_real_dashboard_is_read(country: Country, officer: Viewer) -> None:
    with scope(TSUMUGI):
        found = services.take_publication(
            officer, "digital-dashboard", SHARED.read_bytes(), as_of=date(2024, 7, 12), at=country.clock.now
        )
    assert found.bodies == 1741
    assert found.misfit_counts[MisfitKind.NO_DENOMINATOR] == 2
    assert set(found.misfit_counts) <= {MisfitKind.NO_DENOMINATOR, MisfitKind.NOT_SURVEYED}
