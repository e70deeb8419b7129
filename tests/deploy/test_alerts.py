"""The sample alerts name metrics that exist, at thresholds that the operations page and the documents know too."""

import re
from typing import Any

import pytest
import yaml

from tests.architecture.tree import ROOT
from todoke.casework.gauges import GAUGES
from todoke.casework.journey import JOBS
from todoke.casework.readings import LIMITS
from todoke.foundation import meters

from .words import DEPLOY

PAGE = (ROOT / "docs" / "operations" / "observability.md").read_text()
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
]
EXISTING = set(GAUGES) | meters.names_counted()
rule = pytest.mark.parametrize("rule", RULES, ids=lambda one: one["alert"])


def names_in(text: str) -> set[str]:
    return set(re.findall(r"\btodoke_[a-z_]+\b", text))


@rule
def test_an_alert_names_metrics_that_exist(rule: dict[str, Any]) -> None:
    assert names_in(rule["expr"]) <= EXISTING
    assert names_in(rule["annotations"]["description"]) <= EXISTING


@rule
def test_an_alert_says_in_japanese_what_is_wrong_and_what_to_do(rule: dict[str, Any]) -> None:
    for text in (rule["annotations"]["summary"], rule["annotations"]["description"]):
        assert re.search("[ぁ-ん]", text)
    assert rule["labels"]["severity"] in ("page", "ticket")


@rule
def test_labels_in_the_words_are_those_that_the_expression_leaves(rule: dict[str, Any]) -> None:
    words = rule["annotations"]["summary"] + rule["annotations"]["description"]
    kept = {
        name for found in re.findall(r"by \(([a-z, ]+)\)", rule["expr"]) for name in re.split(r", *", found)
    }
    assert set(re.findall(r"\$labels\.([a-z]+)", words)) <= kept | {"instance"}


@rule
def test_an_alert_and_its_threshold_stand_in_the_documents(rule: dict[str, Any]) -> None:
    row = re.search(rf"^\| `{rule['alert']}` \| `(.+?)` \| (\S+) \| (\S+) \|", PAGE, re.MULTILINE)
    assert row, "docs/operations/observability.md"
    assert row[2] == rule.get("for", "すぐ").replace("m", "分").replace("h", "時間")
    assert row[3] == rule["labels"]["severity"]
    bounds = re.findall(r"[<>]=?\s*([0-9.]+)", rule["expr"])
    assert [float(one) for one in re.findall(r"[<>]=?\s*([0-9.]+)", row[1])] == [float(one) for one in bounds]


@pytest.mark.parametrize("name", sorted(EXISTING))
def test_every_metric_stands_in_the_documents(name: str) -> None:
    base = re.sub(r"_(bucket|count|sum|total)$", "", name)
    assert re.search(rf"`{base}(_total)?`", PAGE)


def test_the_page_and_the_alerts_agree_on_what_is_too_much() -> None:
    bounds = {one["alert"]: one["expr"] for one in RULES}
    assert f"> {LIMITS['queue']:g}" in bounds["TodokeQueueOld"]
    assert f"> {LIMITS['seal']:g}" in bounds["TodokeSealOld"]
    assert f"> {LIMITS['channel']:g}" in bounds["TodokeChannelSilent"]
    assert f"< {LIMITS['free']:g}" in bounds["TodokeVaultFull"]


def test_a_stage_in_an_alert_is_one_that_there_is() -> None:
    named = {one for rule in RULES for one in re.findall(r'stage!?="([a-z_.]+)"', rule["expr"])}
    assert named <= {job.name for job in JOBS}
