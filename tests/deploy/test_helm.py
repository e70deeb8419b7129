"""The Helm chart, rendered by Helm: parts apart, nothing more than each needs, and no value that nobody understands."""

from typing import Any

import pytest

from . import charts
from .words import is_understood, unknown_settings

PARTS = ("migrate", "sealer", "web", "worker")


def kinds(*, everything: bool = True) -> list[tuple[str, str]]:
    return [(one["kind"], one["metadata"]["name"]) for one in charts.rendered(everything=everything)]


def test_helm_finds_nothing_wrong_with_the_chart() -> None:
    found = charts.helm().lint(str(charts.CHART))
    assert found["errors"] == []
    assert [one["error"] for one in found["messages"]] == ["icon is recommended"], (
        "no picture is fetched from elsewhere"
    )


def test_web_worker_sealer_and_migrations_are_apart() -> None:
    assert sorted(name for name, _, _ in charts.workloads()) == list(PARTS)


def test_nothing_that_can_be_switched_on_is_on_at_first() -> None:
    switched = {"Ingress", "HorizontalPodAutoscaler", "CronJob"}
    assert switched & {kind for kind, _ in kinds(everything=False)} == set()
    assert {*switched, "PodDisruptionBudget", "NetworkPolicy"} <= {kind for kind, _ in kinds()}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_says_what_the_product_understands(part: str) -> None:
    for name, _, box in charts.workloads():
        if name == part:
            assert is_understood(box["args"]), box["args"]
            assert not unknown_settings(one["name"] for one in box["env"])


def test_only_the_migrations_connect_as_the_owner_and_only_the_sealer_can_sign() -> None:
    secrets = {part: charts.secrets_of(part) for part in PARTS}
    assert [part for part in PARTS if "todoke-database/owner-url" in secrets[part]] == ["migrate"]
    assert [part for part in PARTS if "todoke-seal" in secrets[part]] == ["sealer"]
    assert [part for part in PARTS if "todoke-storage" in secrets[part]] == ["web", "worker"], (
        "who has originals"
    )


@pytest.mark.parametrize("part", PARTS)
def test_a_pod_is_nobody_and_may_do_nothing(part: str) -> None:
    for name, pod, box in charts.workloads():
        if name == part:
            assert pod["automountServiceAccountToken"] is False
            assert pod["securityContext"]["runAsNonRoot"] is True
            assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
            assert box["securityContext"] == {
                "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
            }  # fmt: skip


def test_whoever_serves_is_probed_for_life_and_readiness() -> None:
    probed = {
        name: (box["livenessProbe"]["httpGet"]["path"], box["readinessProbe"]["httpGet"]["path"])
        for name, _, box in charts.workloads()
        if name != "migrate"
    }
    assert probed == dict.fromkeys(("sealer", "web", "worker"), ("/healthz", "/readyz"))


def test_the_sealer_sees_no_original() -> None:
    for name, pod, _ in charts.workloads():
        claims = {
            one["persistentVolumeClaim"]["claimName"]
            for one in pod["volumes"]
            if "persistentVolumeClaim" in one
        }
        assert ("demo-data" in claims) == (name in ("web", "worker")), name
        assert ("demo-seals" in claims) == (name in ("web", "sealer")), name


def test_migrations_run_before_anything_else_of_a_release() -> None:
    (job,) = (one for one in charts.rendered() if one["kind"] == "Job")
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    (pod,) = (pod for name, pod, _ in charts.workloads() if name == "migrate")
    assert all("persistentVolumeClaim" not in one for one in pod["volumes"]), "the claims do not exist yet"


def test_a_backup_is_taken_verified_and_rotated_every_night_where_it_is_switched_on() -> None:
    (job,) = (one for one in charts.rendered() if one["kind"] == "CronJob")
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    boxes = [*pod["initContainers"], *pod["containers"]]
    assert [box["args"] for box in boxes] == [["backup"], ["backup", "verify"], ["backup", "rotate"]]
    for box in boxes:
        assert is_understood(box["args"])
        assert not unknown_settings(one["name"] for one in box["env"])
        assert {one["name"] for one in box["volumeMounts"]} == {one["name"] for one in pod["volumes"]}
        assert box["securityContext"]["readOnlyRootFilesystem"] is True
    assert job["spec"]["concurrencyPolicy"] == "Forbid"


def test_every_mount_has_its_volume_and_every_volume_is_mounted() -> None:
    for name, pod, box in charts.workloads():
        assert {one["name"] for one in box["volumeMounts"]} == {one["name"] for one in pod["volumes"]}, name


def test_what_no_policy_names_is_closed() -> None:
    policies = {
        one["metadata"]["name"]: one["spec"] for one in charts.rendered() if one["kind"] == "NetworkPolicy"
    }
    assert policies["demo"]["policyTypes"] == ["Ingress", "Egress"]
    assert "app.kubernetes.io/component" not in policies["demo"]["podSelector"]["matchLabels"], (
        "for every pod"
    )
    for spec in policies.values():
        for rule in (*spec.get("ingress", ()), *spec.get("egress", ())):
            assert rule.get("from") or rule.get("to"), "from or to everywhere"
            assert rule["ports"]


def test_selectors_meet_the_pods_they_mean() -> None:
    labels = [
        one["spec"]["template"]["metadata"]["labels"]
        for one in charts.rendered()
        if "template" in one.get("spec", {})
    ]
    for one in charts.rendered():
        selector = one.get("spec", {}).get("selector")
        if selector and one["kind"] != "PersistentVolumeClaim":
            wanted = selector.get("matchLabels", selector)
            assert sum(wanted.items() <= label.items() for label in labels) == 1, one["metadata"]["name"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"web": {"replicas": 0}}, {"nonsense": 1}, {"settings": {"PATH": "/"}}, {"host": "https://todoke.example"},
        {"persistence": {"data": {"accessMode": "Sometimes", "size": "1Gi"}}}, {"secrets": {"database": ""}},
        {"networkPolicy": {"databaseCidrs": ["everywhere"]}}, {"backup": {"enabled": True}},
    ],
)  # fmt: skip
def test_a_value_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    helm = charts.helm()
    with helm.Chart.load(str(charts.CHART)) as chart, pytest.raises(helm.HelmError):
        chart.render(wrong, name="demo", namespace="prod")
