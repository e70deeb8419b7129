"""The Helm chart as Helm itself renders it."""

import platform
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
import yaml

from .words import DEPLOY

CHART = DEPLOY / "helm" / "todoke"
Document = dict[str, Any]  # a Kubernetes resource
WITH_EVERYTHING: Mapping[str, Any] = {
    "ingress": {"enabled": True, "tlsSecret": "tls", "className": "nginx"},
    "secrets": {"metrics": "todoke-metrics", "storage": "todoke-storage", "trust": "todoke-trust"},
    "web": {"autoscaling": {"enabled": True}},
    "worker": {"autoscaling": {"enabled": True}},
    "backup": {
        "enabled": True,
        "recipients": "todoke-recipients",
        "sets": "backup-sets",
        "keys": "backup-keys",
    },
    "networkPolicy": {"outsideCidrs": ["192.0.2.10/32"]},
    "settings": {"TODOKE_CLAMD": "tcp://clamd:3310", "TODOKE_BATCH_LIMIT": 50},
}


def helm() -> Any:  # the library has no stubs for every platform
    """Helm's own library; where it has no wheel, the test is left out with the reason."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        pytest.skip("helm-python-sdk is locked for Linux on x86_64 only")
    import helm_python

    return helm_python


@cache
def _rendered(everything: bool) -> tuple[Document, ...]:
    with helm().Chart.load(str(CHART)) as chart:
        texts = chart.render(dict(WITH_EVERYTHING) if everything else {}, name="demo", namespace="prod")
    documents = (
        one
        for name, text in sorted(texts.items())
        if name.endswith(".yaml")
        for one in yaml.safe_load_all(text)
    )
    return tuple(one for one in documents if one)


def rendered(*, everything: bool = True) -> tuple[Document, ...]:
    """Every resource, with all that can be switched on, or with the values as they are shipped."""
    return _rendered(everything)


def workloads() -> Iterator[tuple[str, Document, Document]]:
    """Name of the part, its pod's spec and its container."""
    for one in rendered():
        if one["kind"] in ("Deployment", "Job"):
            pod = one["spec"]["template"]["spec"]
            (container,) = pod["containers"]
            yield container["name"], pod, container


def environment_of(part: str) -> dict[str, str]:
    """The settings that a part gets as plain values."""
    return {
        one["name"]: one["value"]
        for name, _, box in workloads()
        if name == part
        for one in box["env"]
        if "value" in one
    }


def secrets_of(part: str) -> set[str]:
    """Secret and key of what a part gets from secrets, as `secret/key`, and whole secrets that it mounts."""
    found = set()
    for name, pod, box in workloads():
        if name == part:
            refs = [one["valueFrom"]["secretKeyRef"] for one in box["env"] if "valueFrom" in one]
            found |= {f"{one['name']}/{one['key']}" for one in refs}
            found |= {one["secret"]["secretName"] for one in pod["volumes"] if "secret" in one}
    return found
