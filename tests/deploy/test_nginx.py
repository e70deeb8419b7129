"""The sample of a proxy says what the product relies on, and nothing that a visitor sends is passed on as its word."""

import re
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "deploy" / "nginx" / "todoke.conf"


def _said() -> dict[str, set[str]]:
    """Every directive with what stands behind it, comments left out."""
    lines = (line.partition("#")[0] for line in SAMPLE.read_text(encoding="utf-8").splitlines())
    found: dict[str, set[str]] = {}
    for name, rest in re.findall(r"([a-z_0-9]+)\s+([^;{}]+);", "\n".join(lines)):
        found.setdefault(name, set()).add(" ".join(rest.split()))
    return found


def test_requests_are_read_to_their_end_before_they_are_passed_on() -> None:
    said = _said()
    assert said["proxy_request_buffering"] == {"on"}
    assert said["client_body_timeout"] == {"60s"}
    assert "limit_conn" in said


def test_what_the_product_believes_is_written_by_the_proxy_alone() -> None:
    assert {
        "Host $host",
        "X-Forwarded-Proto $scheme",
        "X-Forwarded-For $remote_addr",
    } <= _said()["proxy_set_header"]


def test_the_largest_package_passes() -> None:
    (most,) = _said()["client_max_body_size"]
    assert int(most.removesuffix("m")) * 2**20 > 600_000_000  # TODOKE_PACKAGE_BYTES and the form around it
