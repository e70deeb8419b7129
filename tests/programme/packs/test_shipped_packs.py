"""The packs that the product ships: sound, in their one spelling, complete, and true to what their sources say."""

import json
from collections import Counter
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import get_type_hints

import pytest

from tests.programme.packs.made import as_read
from todoke.programme.packs import queries, rules, values
from todoke.programme.packs.queries import reading
from todoke.programme.packs.rules import applies, successors
from todoke.programme.packs.rules.documents import edition_of
from todoke.programme.packs.rules.sheets import document_from
from todoke.programme.packs.values import (
    NOT_RECORDED,
    Basis,
    EditionRef,
    NodeKind,
    Relation,
    Strength,
    Weight,
)

STANDARD, ONLINE = "urn:jp:soumu:tejunsho:hyojunka", "urn:jp:soumu:tejunsho:online"
OVERALL, PLAN = "urn:jp:soumu:tejunsho:zentai", "urn:jp:soumu:keikaku:jichitai-dx"
DASHBOARD = "urn:jp:digital:shihyo:jichitai-dx"
SHIPPED = sorted(reading.shipped())
each = pytest.mark.parametrize("ref", SHIPPED, ids=str)
FIRST, FORTY = (queries.edition(ref) for ref in queries.editions(STANDARD))
TOWN, PREFECTURE = {"org.kind": "municipality"}, {"org.kind": "prefecture"}


@each
def test_a_shipped_edition_has_neither_fault_nor_doubt(ref: EditionRef) -> None:
    assert not [one for one in queries.findings(queries.edition(ref)) if one.weight is not Weight.NOTE]


@each
def test_a_shipped_edition_is_spelt_as_the_product_spells_it_and_lies_under_its_name(ref: EditionRef) -> None:
    file = reading.shipped()[ref]
    assert file.read_bytes() == queries.yaml_of(queries.edition(ref))
    assert file.stem == f"{ref.edition}-r{ref.release}"


@each
def test_a_shipped_edition_comes_back_from_its_sheets_byte_for_byte(ref: EditionRef) -> None:
    document = document_from(as_read(queries.edition(ref)))
    assert queries.yaml_of(edition_of(document)) == reading.shipped()[ref].read_bytes()


def test_a_shipped_edition_comes_back_from_excel_byte_for_byte() -> None:
    ref = queries.newest(OVERALL)
    book = queries.workbook_of(queries.edition(ref), at=datetime(2026, 4, 6, tzinfo=UTC))
    assert queries.yaml_of(queries.edition_in(book)) == reading.shipped()[ref].read_bytes()


@each
def test_what_the_product_chose_itself_is_never_called_the_guidelines(ref: EditionRef) -> None:
    one = queries.edition(ref)
    assert {node.estimate.basis for node in one.nodes if node.estimate} <= {Basis.PRODUCT}
    assert {node.roles.basis for node in one.nodes} == {Basis.PRODUCT}
    assert {window.basis for window in one.windows} <= {Basis.PRODUCT}
    assert Strength.GUIDELINE not in {link.strength for link in one.links}
    assert all(node.early_startable is None for node in one.nodes)


@each
def test_an_edition_says_where_it_is_from(ref: EditionRef) -> None:
    source = queries.edition(ref).source
    assert source.title
    assert source.publisher
    assert source.note


def test_the_schema_names_the_fields_of_the_values_and_no_others() -> None:
    schema = json.loads((reading.PROFILES / "schema.json").read_text(encoding="utf-8"))
    definitions = {
        "source": values.Source, "period": values.Period, "citation": values.Citation, "estimate": values.Estimate,
        "roles": values.Roles, "node": values.Node, "link": values.Link, "window": values.Window,
        "deadline": values.Deadline, "succession": values.Succession, "support": values.Support,
        "indicator": values.IndicatorDefinition, "concept": values.Concept, "adjustment": values.Adjustment,
    }  # fmt: skip
    for name, kind in definitions.items():
        assert set(schema["$defs"][name]["properties"]) == {one.name for one in fields(kind)}, name
    own = {one.name for one in fields(values.Edition)} - {"ref", "sha256"}
    assert set(schema["properties"]) == own | {"pack", "edition", "release"}


def test_the_words_of_the_schema_are_those_of_the_enumerations() -> None:
    schema = json.loads((reading.PROFILES / "schema.json").read_text(encoding="utf-8"))
    for kind, name in ((values.Node, "node"), (values.Link, "link"), (values.Succession, "succession")):
        for field, hint in get_type_hints(kind).items():
            choices = schema["$defs"][name]["properties"][field].get("enum")
            if choices:
                assert choices == [one.value for one in hint], field


# --- 標準化・共通化 ---


def test_the_first_edition_has_seventeen_tasks_in_three_phases_over_seventeen_businesses() -> None:
    tasks = [one for one in FIRST.nodes if one.kind is NodeKind.TASK]
    assert len(tasks) == len(FIRST.codelists["business"]) == 17
    assert Counter(one.parent for one in tasks) == {"plan": 4, "select": 8, "migrate": 5}
    assert {one.repeat_over for one in tasks} == {"business"}
    assert [one.number for one in tasks] == list("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰")
    assert [(one.node, one.on, one.text) for one in FIRST.deadlines] == [
        ("root", date(2026, 3, 31), "令和7年度")
    ]
    assert any("下線" in one for one in FIRST.unrecorded)


def test_the_forty_steps_descend_from_the_seventeen_tasks() -> None:
    steps = [one for one in FORTY.nodes if "official-step" in one.tags]
    assert len(steps) == 40
    assert len(FORTY.codelists["business"]) == 20
    sizes = [len(successors(FORTY, f"w{number:02}")) for number in range(1, 18)]
    assert sizes == [3, 4, 2, 4, 3, 2, 2, 2, 3, 2, 2, 1, 1, 3, 2, 2, 1]
    found = rules.diff(FIRST, FORTY)
    origin = found.origin_of("s18-1")
    assert origin is not None
    assert origin.relation is Relation.ADDED
    assert all(fate.is_stated for fate in found.fates)


def test_what_gives_weight_to_the_forty_steps_gave_it_to_the_seventeen_tasks() -> None:
    for number in range(1, 18):
        task = FIRST.node(f"w{number:02}")
        assert task is not None
        heirs = [one for one in map(FORTY.node, successors(FORTY, task.id)) if one is not None]
        vendor = sum(one.roles.effort.get("ベンダ", 0) for one in heirs)
        assert vendor == task.roles.effort.get("ベンダ", 0), task.id


@pytest.mark.parametrize(("facts", "count"), [(TOWN, 20), (PREFECTURE, 2)])
def test_a_prefecture_has_two_of_the_businesses_and_a_town_all(facts: dict[str, str], count: int) -> None:
    mine = [one for one in FORTY.codelists["business"] if applies(one.applies_if, facts)]
    assert len(mine) == count


def test_other_names_of_a_business_and_a_status_are_known() -> None:
    names = {one.label: one.aliases for one in FORTY.codelists["business"]}
    assert names["住民基本台帳"] == ("住民記録",)
    assert [(one.label, one.aliases) for one in FORTY.codelists["step-status"]] == [
        ("未着手", ("未",)), ("作業中", ()), ("完了済み", ()), ("対象外", ()),
    ]  # fmt: skip


@pytest.mark.parametrize("one", [FIRST, FORTY], ids=["1.0", "2026-01"])
def test_the_assessment_of_privacy_stands_before_the_settings_and_every_task_leads_to_the_end(
    one: values.Edition,
) -> None:
    settings, pia = ("w13", "w12") if one is FIRST else ("s13-1", "s12-1")
    assert (pia, settings) in {(link.before, link.after) for link in one.links}
    linked = {end for link in one.links for end in (link.before, link.after)}
    leaves = {node.id for node in one.nodes if node.kind in (NodeKind.TASK, NodeKind.GATE)}
    assert leaves <= linked
    assert all(node.estimate for node in one.nodes if node.id in leaves)


# --- オンライン化 ---


def test_the_procedures_are_thirty_one_and_two_by_treatment() -> None:
    one = queries.edition(queries.newest(ONLINE))
    lists = {name: len(found) for name, found in one.codelists.items() if name.startswith("procedure")}
    assert lists == {"procedure-26": 26, "procedure-disaster": 1, "procedure-car": 4, "procedure-moving": 2}
    tagged = [c for found in one.codelists.values() for c in found if "31手続" in c.tags]
    assert len(tagged) == 31
    assert {node.repeat_over for node in one.nodes if node.repeat_over} == set(lists)
    assert {d.on for d in one.deadlines if d.node in ("p-26", "p-disaster", "p-car")} == {date(2023, 3, 31)}
    assert {d.text for d in one.deadlines if d.on is None} == {NOT_RECORDED}


def test_the_parts_of_the_system_are_numbered_and_starred_as_printed() -> None:
    one = queries.edition(queries.newest(ONLINE))
    parts = {node.number for node in one.nodes if node.number and node.parent != "intro"}
    assert parts == {"①", "①-1", "①-2", "①-3", "②", "③", "③-1", "③-2", "③-3", "③-4", "③-5", "④"}
    assert {node.number for node in one.nodes if "★" in node.tags} == {"③-5", "④"}
    intro = [node for node in one.nodes if node.parent == "intro" and node.kind is NodeKind.TASK]
    assert len(intro) == 5


# --- 全体手順書, 推進計画, 指標 ---


def test_every_bullet_of_the_four_steps_is_there() -> None:
    one = queries.edition(queries.newest(OVERALL))
    bullets = Counter(node.parent for node in one.nodes if node.kind is NodeKind.TASK)
    assert bullets == {"step0": 4, "step1": 3, "step2": 4, "step3": 2}
    assert all(node.text for node in one.nodes if node.kind is NodeKind.TASK)
    assert len(one.supports) == 3


def test_the_plan_has_six_priorities_then_seven_and_its_targets_as_printed() -> None:
    first, second = (queries.edition(ref) for ref in queries.editions(PLAN))
    assert [len([n for n in one.nodes if n.parent == "priority"]) for one in (first, second)] == [6, 7]
    dated = {one.node: (one.on, one.text) for one in first.deadlines if one.on}
    assert dated == {
        "standardisation": (date(2026, 3, 31), "令和7年度"), "card": (date(2023, 3, 31), "令和4年度末"),
        "online": (date(2023, 3, 31), "令和4年度末"), "security": (date(2023, 3, 31), "令和4年度末"),
    }  # fmt: skip
    assert {one.note[:2] for one in first.deadlines if one.node in ("online", "security")} == {"※1", "※2"}
    assert (first.period.begins, first.period.ends) == (date(2021, 1, 1), date(2026, 3, 31))
    assert {(one.on, one.text) for one in second.deadlines} == {(None, NOT_RECORDED)}
    assert successors(second, "online") == ("front-yard",)
    assert {fate.relation for fate in rules.diff(first, second).fates} == {
        Relation.REWORDED, Relation.MOVED, Relation.ADDED,
    }  # fmt: skip


def test_nothing_of_the_plan_is_dropped_of_which_the_new_edition_is_not_recorded() -> None:
    first, second = (queries.edition(ref) for ref in queries.editions(PLAN))
    carried = [node for node in second.nodes if "引継ぎ" in node.tags]
    assert len(carried) == 8
    assert all(NOT_RECORDED in node.note for node in carried)
    assert all(first.node(node.id) for node in carried)


def test_the_dashboard_has_thirteen_indicators_with_the_definitions_that_are_known() -> None:
    one = queries.edition(queries.newest(DASHBOARD))
    assert Counter(indicator.group for indicator in one.indicators) == {
        "自治体DXの推進体制等": 7, "自治体業務のDX": 3, "住民サービスのDX": 3,
    }  # fmt: skip
    assert all(indicator.official for indicator in one.indicators)
    known = {indicator.id for indicator in one.indicators if indicator.definition != NOT_RECORDED}
    assert known == {"online-26", "online-32", "card-holding"}
