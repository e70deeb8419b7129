"""A line of the roadmap is changed where it stands; the filters that roadmap, list, deadlines and loads share."""

from http import HTTPStatus

from django.test import Client

from tests.casework.identify.conftest import MINASE
from tests.programme.plans.conftest import Body
from todoke.foundation.fence import scope
from todoke.programme.plans import queries
from todoke.programme.plans.values import Item, Plan

from .test_parts import leaf
from .test_plans import form_of
from .test_roadmap import address, dated, text_of

__all__ = ["dated"]
ROW = ("section", "person", "fixed_start", "fixed_finish", "deadline", "estimate")


def row_of(item: Item) -> dict[str, str]:
    """What the line of an item sends when nothing was typed."""
    known = form_of(item)
    names = ("version", *ROW, *(f"seen-{one}" for one in ROW))
    return {"query": "by=concept&concept=01", **{one: known[one] for one in names}}


def now_of(item: Item) -> Item:
    with scope(MINASE, read_only=True):
        return queries.item(item.uuid)


def test_a_line_is_changed_in_place_and_the_change_is_taken_back_on_the_spot(
    officer: Client, reporter: Client, dated: Plan
) -> None:
    item = leaf(dated)
    form = f'action="/board/items/{item.uuid}/row/"'
    assert form in text_of(officer.get(address(dated, "gantt"), {"edit": str(item.uuid)}))
    assert form not in text_of(reporter.get(address(dated, "gantt"), {"edit": str(item.uuid)}))
    saved = officer.post(f"/board/items/{item.uuid}/row/", {**row_of(item), "estimate": "5/9/20"})
    assert (
        saved["Location"]
        == f"{address(dated, 'gantt')}?by=concept&concept=01&saved={item.uuid}#i-{item.uuid}"
    )
    page = text_of(officer.get(saved["Location"]))
    assert "変えました" in page
    assert page.count("元に戻す") == 1
    back = officer.post(
        f"/board/plans/{dated.uuid}/changes/undo/", {"back": "gantt", "query": "by=concept&concept=01&x=1"}
    )
    assert back["Location"] == f"{address(dated, 'gantt')}?concept=01&by=concept"
    assert now_of(item).estimate == item.estimate


def test_a_line_that_is_wrong_or_was_changed_by_somebody_else_keeps_what_was_typed(
    officer: Client, colleague: Client, dated: Plan
) -> None:
    item = leaf(dated)
    door = f"/board/items/{item.uuid}/row/"
    wrong = officer.post(door, {**row_of(item), "estimate": "たくさん"})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="たくさん"' in text_of(wrong)
    colleague.post(door, {**row_of(item), "estimate": "1/2/3"})
    clash = officer.post(door, {**row_of(item), "estimate": "5/9/20"})
    assert clash.status_code == HTTPStatus.CONFLICT
    assert "ほかの人は「1/2/3」、あなたは「5/9/20」" in text_of(clash)
    assert 'value="5/9/20"' in text_of(clash)


def test_every_list_of_work_is_narrowed_by_business_section_and_person(
    officer: Client, body: Body, dated: Plan
) -> None:
    body.edit(leaf(dated), person=str(body.colleague.staff_id))
    asked = {"concept": "01", "person": str(body.colleague.staff_id)}
    for page in ("", "gantt/", "safe-dates/", "loads/"):
        whole = f"/board/plans/{dated.uuid}/{page}"
        every, some = text_of(officer.get(whole)), text_of(officer.get(whole, asked))
        for name, value in asked.items():
            assert f'<select id="{name}"' in some
            assert f'<option value="{value}" selected>' in some
        assert len(some) < len(every), page
    none = text_of(officer.get(f"/board/plans/{dated.uuid}/gantt/", {"person": "nobody", "concept": "\0"}))
    assert "この条件に合う取組はありません" in none
