"""The pages of plans: a first plan from the packs, its items changed in place, with conflict and undo."""

from http import HTTPStatus

from django.test import Client

from tests.casework.identify.conftest import MINASE
from tests.programme.plans.conftest import FIRST, Body
from todoke.foundation.fence import scope
from todoke.programme.plans import queries
from todoke.programme.plans.values import Item, ItemState, Plan


def form_of(item: Item) -> dict[str, str]:
    """What the page of an item sends when nothing was typed."""
    fields = {field.value: text for field, text in queries.typed_fields(item).items()}
    return {**fields, **{f"seen-{name}": text for name, text in fields.items()}, "version": str(item.version)}


def test_a_new_town_gets_its_first_plan_with_three_pages(body: Body, officer: Client) -> None:
    begun = officer.post("/board/plans/new/", {"source": f"standardisation|{FIRST}", "title": "標準化の計画"})
    assert begun.status_code == HTTPStatus.FOUND
    step = officer.get(begun["Location"])
    assert "対象にするもの" in step.content.decode()
    made = officer.post(begun["Location"], {"step": "scope", "scope:business": ["01", "03"], "act": "make"})
    page = officer.get(made["Location"]).content.decode()
    assert "標準化の計画" in page
    assert "元に戻す" not in page
    assert officer.get(begun["Location"])["Location"] == made["Location"], "the draft leads to its plan"


def test_what_was_typed_into_the_wizard_is_kept_right_or_wrong(body: Body, officer: Client) -> None:
    address = officer.post("/board/plans/new/", {"source": f"standardisation|{FIRST}", "title": "途中"})[
        "Location"
    ]
    officer.post(address, {"step": "scope", "scope:business": ["01"], "act": "next"})
    wrong = officer.post(
        address, {"step": "calendar", "starts_on": "あした", "council": ["3"], "act": "next"}
    )
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "あした" in wrong.content.decode()
    later = officer.post(
        address, {"step": "calendar", "starts_on": "2026-07-01", "council": ["3"], "act": "later"}
    )
    assert later["Location"] == "/board/plans/"
    assert "途中を続ける" in officer.get("/board/plans/").content.decode()
    assert 'value="2026-07-01"' in officer.get(f"{address}?step=calendar").content.decode()


def test_an_item_is_changed_in_place_and_the_change_is_undone(
    body: Body, plan: Plan, officer: Client
) -> None:
    with scope(MINASE, read_only=True):
        item = next(one for one in queries.items(plan) if one.estimate)
    address = f"/board/items/{item.uuid}/"
    assert officer.get(address).status_code == HTTPStatus.OK
    officer.post(f"{address}edit/", {**form_of(item), "deadline": "2027-03-31", "note": "一行\r\n二行"})
    with scope(MINASE, read_only=True):
        assert str(queries.item(item.uuid).deadline) == "2027-03-31"
        assert queries.item(item.uuid).note == "一行\n二行"
    assert "直前の自分の変更" in officer.get(f"/board/plans/{plan.uuid}/").content.decode()
    officer.post(f"/board/plans/{plan.uuid}/changes/undo/")
    with scope(MINASE, read_only=True):
        assert queries.item(item.uuid).deadline == item.deadline


def test_a_conflict_shows_both_values_and_writes_nothing(
    body: Body, plan: Plan, officer: Client, colleague: Client
) -> None:
    with scope(MINASE, read_only=True):
        item = next(one for one in queries.items(plan) if one.estimate)
    address = f"/board/items/{item.uuid}/edit/"
    colleague.post(address, {**form_of(item), "vendor": "青空システム"})
    answer = officer.post(address, {**form_of(item), "vendor": "水色ソフト", "note": "書きかけ"})
    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "青空システム" in page
    assert "水色ソフト" in page
    assert "書きかけ" in page
    with scope(MINASE, read_only=True):
        assert queries.item(item.uuid).vendor == "青空システム"


def test_out_of_scope_needs_a_reason(body: Body, plan: Plan, officer: Client) -> None:
    with scope(MINASE, read_only=True):
        item = next(one for one in queries.items(plan) if one.estimate)
    address = f"/board/items/{item.uuid}/edit/"
    refused = officer.post(address, {**form_of(item), "state": "out_of_scope"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "理由を入力してください" in refused.content.decode()
    officer.post(address, {**form_of(item), "state": "out_of_scope", "reason": "県が共同で行う"})
    with scope(MINASE, read_only=True):
        assert queries.item(item.uuid).state is ItemState.OUT_OF_SCOPE


def test_the_items_are_filtered_and_taken_as_a_table(body: Body, plan: Plan, officer: Client) -> None:
    every = officer.get(f"/board/plans/{plan.uuid}/").content.decode()
    one = officer.get(f"/board/plans/{plan.uuid}/?concept=01").content.decode()
    assert len(one) < len(every)
    table = b"".join(officer.get(f"/board/plans/{plan.uuid}/items.csv?concept=01")).decode("utf-8-sig")
    assert table.startswith("番号,取組,事務・手続")


def test_windows_and_capacities_are_set_and_taken_out(body: Body, plan: Plan, officer: Client) -> None:
    address = f"/board/plans/{plan.uuid}/arrangements/"
    assert officer.get(address).status_code == HTTPStatus.OK
    window = {
        "kind": "busy",
        "label": "税の当初賦課",
        "begins": "04-01",
        "ends": "06-30",
        "is_freeze": "on",
        "applies_to": "*",
    }
    assert officer.post(f"{address}window/", window).status_code == HTTPStatus.FOUND
    assert "税の当初賦課" in officer.get(address).content.decode()
    wrong = officer.post(f"{address}window/", {**window, "begins": "2月"})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    capacity = {"kind": "role", "name": "情報政策担当", "units": "1.5"}
    assert officer.post(f"{address}capacity/", capacity).status_code == HTTPStatus.FOUND
    officer.post(f"{address}confirm/")
    with scope(MINASE, read_only=True):
        kept = next(one for one in queries.capacities(plan) if one.name == "情報政策担当")
        assert {one.basis.value for one in queries.windows(plan)} == {"body"}
    officer.post(f"{address}remove/", {"act": "capacity", "uuid": str(kept.uuid), "version": kept.version})
    assert "情報政策担当" not in officer.get(address).content.decode()


def test_who_only_reports_sees_plans_and_changes_none(body: Body, plan: Plan, reporter: Client) -> None:
    page = reporter.get(f"/board/plans/{plan.uuid}/").content.decode()
    assert "団体独自の取組を加える" not in page
    assert reporter.get("/board/plans/new/").status_code == HTTPStatus.FORBIDDEN
    assert (
        reporter.post(f"/board/plans/{plan.uuid}/items/new/", {"label": "x"}).status_code
        == HTTPStatus.FORBIDDEN
    )
