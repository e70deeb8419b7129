"""What stands around an item on screen: its proofs, its links, and 「元に戻す」 where one was."""

from http import HTTPStatus

from django.test import Client

from tests.casework.identify.conftest import MINASE
from todoke.foundation.fence import scope
from todoke.programme.packs.values import Strength
from todoke.programme.plans import queries
from todoke.programme.plans.values import Item, ItemLink, Plan

SHA = "ab" * 32


def leaf(plan: Plan, label: str = "移行計画作成") -> Item:
    with scope(MINASE, read_only=True):
        return next(one for one in queries.items(plan) if one.label == label)


def links_of(plan: Plan, item: Item) -> list[ItemLink]:
    with scope(MINASE, read_only=True):
        return [one for one in queries.links(plan) if item.uuid in (one.before, one.after)]


def test_who_reports_adds_a_proof_and_a_place_that_can_be_opened_is_a_link(
    plan: Plan, reporter: Client
) -> None:
    item = leaf(plan)
    address = f"/board/items/{item.uuid}/"
    wrong = reporter.post(f"{address}evidence/", {"label": "移行計画書", "place": "", "sha256": "x"})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="移行計画書"' in wrong.content.decode()
    proof = {"label": "移行計画書", "place": "https://bunsho.example.lg.jp/1", "sha256": SHA}
    reporter.post(f"{address}evidence/", proof)
    reporter.post(f"{address}evidence/", {"label": "決裁", "place": "javascript:alert(1)"})
    page = reporter.get(address).content.decode()
    assert '<a href="https://bunsho.example.lg.jp/1"' in page
    assert 'href="javascript' not in page
    assert "証拠の資料（2件）" in page


def test_a_link_of_the_guideline_is_relaxed_with_a_reason_and_binds_again(
    plan: Plan, officer: Client, reporter: Client
) -> None:
    item = leaf(plan)
    address = f"/board/items/{item.uuid}/links/"
    link = next(one for one in links_of(plan, item) if one.strength is not Strength.LOCAL)
    form = {"uuid": str(link.uuid), "version": link.version, "act": "relax", "reason": "県が先に行った"}
    assert reporter.post(f"{address}change/", form).status_code == HTTPStatus.FORBIDDEN
    officer.post(f"{address}change/", form)
    page = officer.get(address).content.decode()
    assert "県が先に行った" in page
    assert "守るように戻す" in page
    officer.post(f"{address}change/", {**form, "version": link.version + 1, "act": "tighten"})
    assert "県が先に行った" not in officer.get(address).content.decode().partition("<table>")[2]


def test_a_link_of_ones_own_is_added_undone_and_a_circle_is_refused(plan: Plan, officer: Client) -> None:
    item = leaf(plan)
    address = f"/board/items/{item.uuid}/links/"
    waits = next(one for one in links_of(plan, item) if one.after == item.uuid)
    known = len(links_of(plan, item))
    given = {"concept": "01", "kind": "FS", "lag": "5", "other": str(waits.before)}
    officer.post(f"{address}add/", {**given, "side": "after"})
    assert "互いに待ち合う" in officer.get(address).content.decode()
    assert len(links_of(plan, item)) == known
    free = leaf(plan, "推進体制の立ち上げ")
    officer.post(f"{address}add/", {**given, "side": "before", "other": str(free.uuid), "kind": "SS"})
    assert len(links_of(plan, item)) == known + 1
    assert "直前の自分の変更" in officer.get(address).content.decode()
    undo = {"back": "item-links", "about": str(item.uuid)}
    back = officer.post(f"/board/plans/{plan.uuid}/changes/undo/", undo)
    assert back["Location"] == address
    assert len(links_of(plan, item)) == known


def test_undoing_leads_back_to_no_address_that_somebody_else_chose(plan: Plan, officer: Client) -> None:
    item = leaf(plan)
    officer.post(f"/board/items/{item.uuid}/evidence/", {"label": "a", "place": "b"})
    back = officer.post(
        f"/board/plans/{plan.uuid}/changes/undo/", {"back": "https://evil.example/", "about": "x"}
    )
    assert back["Location"] == f"/board/plans/{plan.uuid}/changes/"


def test_a_business_leaves_the_plan_with_a_reason_and_comes_back_with_its_items(
    plan: Plan, officer: Client, reporter: Client
) -> None:
    address = f"/board/plans/{plan.uuid}/scope/"
    form = {"list": "business", "code": "01", "version": plan.version, "in_scope": "no"}
    assert reporter.post(f"{address}set/", form).status_code == HTTPStatus.FORBIDDEN
    assert "変える<span" not in reporter.get(address).content.decode()
    assert 'name="in_scope"' in officer.get(address, {"list": "business", "code": "01"}).content.decode()
    assert officer.post(f"{address}set/", form).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    saved = officer.post(f"{address}set/", {**form, "reason": "広域連合が行う"})
    assert saved["Location"] == f"{address}#s-business-01"
    assert not leaf(plan).counts
    assert "広域連合が行う" in officer.get(address).content.decode()
    officer.post(f"/board/plans/{plan.uuid}/changes/undo/", {"back": "scope"})
    assert leaf(plan).counts


def test_money_says_what_it_covers_and_which_dates_nobody_has_recorded(
    plan: Plan, officer: Client, reporter: Client
) -> None:
    address = f"/board/plans/{plan.uuid}/"
    page = officer.get(f"{address}funding/").content.decode()
    assert "デジタル基盤改革支援補助金" in page
    assert "自治体の標準準拠システムへの円滑な移行" in page
    assert page.count("期日を取組として加える") == 2
    assert "期日を取組として加える" not in reporter.get(f"{address}funding/").content.decode()
    table = b"".join(officer.get(f"{address}funding.csv")).decode("utf-8-sig")
    assert table.count("未収録") == 3
    new = officer.get(f"{address}items/new/", {"label": "交付申請（補助金）"}).content.decode()
    assert 'value="交付申請（補助金）"' in new
    assert "期日が未収録のものが2件" in officer.get(f"{address}safe-dates/").content.decode()
