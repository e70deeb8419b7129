"""A package of 500 MB passes through the relay in bounded memory, whatever its size."""

import json
import shutil
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.casework.relay.portal import ACTOR, FIRST, MINASE, NOW, number
from todoke.casework.relay import jobs, services
from todoke.casework.relay.models import Package
from todoke.casework.relay.values import ChannelKind, ChannelSettings
from todoke.cli.processes import wait_for_port_file
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant, JobContext

SIZE = 500_000_000
MOST_MEMORY = 16_000_000


@pytest.fixture
def large(towns: None, tmp_path: Path) -> Iterator[str]:
    """A portal, in a process of its own, that holds one package of 500 MB; yields its address."""
    data = tmp_path / "world"
    file = data / "portal" / MINASE / "large.zip"
    file.parent.mkdir(parents=True)
    with file.open("wb") as sparse:
        sparse.truncate(SIZE)
    row = {
        "receipt_number": number(0), "organisation": MINASE, "procedure_code": "P01",
        "reception_date": FIRST.isoformat(), "file": f"portal/{MINASE}/large.zip",
    }  # fmt: skip
    (data / "portal" / "index.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    port_file = tmp_path / "port"
    places = ["--data", str(data), "--state", str(tmp_path / "state"), "--port-file", str(port_file)]
    child = subprocess.Popen([sys.executable, "-m", "sandbox.portal", *places])
    yield f"http://127.0.0.1:{wait_for_port_file(port_file, child)}"
    child.kill()
    child.wait()
    shutil.rmtree(settings.TODOKE_VAULT_DIR)


@pytest.mark.sqlite_only("the database sees none of these bytes")
def test_500_megabytes_pass_in_bounded_memory(large: str, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text(f"sandbox-{MINASE}\n")
    with scope(MINASE):
        services.register_channel(
            "portal", kind=ChannelKind.API, profile="sandbox-portal", layout="pittari-xml-sample",
            settings=ChannelSettings(large, MINASE, str(password)), actor=ACTOR, at=NOW,
        )  # fmt: skip
    tracemalloc.start()
    assert jobs.pull(JobContext(MINASE, Claimant("worker", NOW), 10)) == 1
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MOST_MEMORY
    with scope(MINASE, read_only=True):
        assert Package.objects.get().size == SIZE
