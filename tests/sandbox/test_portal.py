"""The sandbox portal keeps the public order, forgets nothing over kill -9, and errs on demand."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sandbox.portal.server import PortalServer

NUMBER = "260401000000001"


@pytest.fixture
def portal(data: Path, state: Path) -> Iterator[PortalServer]:
    server = PortalServer(data, state, token_requests=40)
    server.start()
    yield server
    server.stop()


def sign_in(url: str, organisation: str = "992011") -> httpx.Client:
    wish = {"provider_id": organisation, "password": f"sandbox-{organisation}"}
    token = httpx.post(f"{url}/api/login", json=wish).json()["result"]["access_key"]
    return httpx.Client(
        base_url=url, headers={"X-Access-Key": token, "X-Provider-Id": organisation}, timeout=5
    )


def numbers(client: httpx.Client, **query: str) -> list[str]:
    items = client.get("/api/applications", params=query).json()["result"]["items"]
    return [item["reference_number"][-1] for item in items]


def test_a_body_sees_its_own_applications_in_order(portal: PortalServer) -> None:
    with sign_in(portal.url) as client:
        assert numbers(client) == ["1", "2", "2"]
        assert numbers(client, **{"from": "2026-04-01T10:30:00+09:00"}) == ["2", "2"]
        assert numbers(client, to="2026-04-01T10:30:00+09:00") == ["1"]
        assert client.get("/api/applications/260401000000003").status_code == 404
    with sign_in(portal.url, "993018") as client:
        assert numbers(client) == ["3"]


@pytest.mark.parametrize("text", ["garbage", "2026-04-01T10:00:00"])
def test_a_time_that_says_no_moment_is_refused(portal: PortalServer, text: str) -> None:
    with sign_in(portal.url) as client:
        answer = client.get("/api/applications", params={"from": text})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "SBX-400")


def test_a_wrong_password_or_no_token_opens_nothing(portal: PortalServer) -> None:
    assert (
        httpx.post(f"{portal.url}/api/login", json={"provider_id": "992011", "password": "x"}).status_code
        == 403
    )
    assert httpx.get(f"{portal.url}/api/applications").status_code == 403


def test_a_token_wears_out_and_can_be_expired_on_demand(portal: PortalServer) -> None:
    with sign_in(portal.url) as client:
        for _ in range(40):
            assert client.get("/api/statuses").status_code == 200
        assert client.get("/api/statuses").status_code == 403
    with sign_in(portal.url) as client:
        portal.faults.arm("expire_token")
        assert client.get("/api/statuses").status_code == 403


def test_the_second_variant_is_listed_once_the_first_was_fetched(portal: PortalServer) -> None:
    with sign_in(portal.url) as client:
        first = client.get("/api/applications/260401000000002").content
        assert numbers(client).count("2") == 3
        second = client.get("/api/applications/260401000000002").content
        assert first != second
        assert b"2-1.zip" in second


def test_a_fetch_that_fails_once_succeeds_the_second_time(portal: PortalServer) -> None:
    with sign_in(portal.url, "993018") as client:
        assert client.get("/api/applications/260401000000003").status_code == 503
        assert client.get("/api/applications/260401000000003").status_code == 200


def test_a_body_cut_in_the_middle_is_shorter_than_promised(portal: PortalServer) -> None:
    with sign_in(portal.url) as client:
        portal.faults.arm("cut", path="/api/applications/")
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(f"/api/applications/{NUMBER}")
        whole = client.get(f"/api/applications/{NUMBER}").content
        rest = client.get(f"/api/applications/{NUMBER}", headers={"Range": "bytes=10-"})
        assert (rest.status_code, rest.content) == (206, whole[10:])


@pytest.mark.parametrize(("kind", "error"), [("refuse", httpx.TransportError), ("stall", httpx.ReadTimeout)])
def test_a_portal_that_hangs_up_or_says_nothing(
    portal: PortalServer, kind: str, error: type[Exception]
) -> None:
    with sign_in(portal.url) as client:
        portal.faults.arm(kind)
        with pytest.raises(error):
            client.get("/api/applications", timeout=0.3)
        assert numbers(client) == ["1", "2", "2"]


def test_an_internal_error_is_armed_over_http(portal: PortalServer) -> None:
    httpx.post(f"{portal.url}/sandbox/faults", json={"kind": "http_500", "count": 2})
    with httpx.Client(base_url=portal.url) as client:
        assert [client.get("/api/statuses").status_code for _ in range(3)] == [500, 500, 403]


def test_a_status_is_registered_once_per_key_and_unknown_words_are_refused(portal: PortalServer) -> None:
    body = {"reference_number": NUMBER, "status": "処理中", "message": "", "idempotency_key": "k1"}
    with sign_in(portal.url) as client:
        first, again = (client.post("/api/statuses", json=body).json()["result"] for _ in range(2))
        assert (first["duplicate"], again["duplicate"]) == (False, True)
        refused = client.post("/api/statuses", json={**body, "status": "保留", "idempotency_key": "k2"})
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "SBX-410")
        portal.faults.arm("lose_answer")
        with pytest.raises(httpx.TransportError):
            client.post("/api/statuses", json={**body, "idempotency_key": "k3"})
        assert client.post("/api/statuses", json={**body, "idempotency_key": "k3"}).json()["result"][
            "duplicate"
        ]
    assert [line["idempotency_key"] for line in portal.statuses()] == ["k1", "k3"]


def test_kill_9_loses_no_registration_and_a_torn_line_is_dropped(
    data: Path, state: Path, tmp_path: Path
) -> None:
    def start() -> tuple[subprocess.Popen[bytes], str]:
        port_file = tmp_path / "port"
        port_file.unlink(missing_ok=True)
        places = ["--data", str(data), "--state", str(state), "--port-file", str(port_file)]
        words = [sys.executable, "-m", "sandbox.portal", *places]
        child = subprocess.Popen(words)
        while not port_file.exists():
            assert child.poll() is None
            time.sleep(0.01)
        return child, f"http://127.0.0.1:{port_file.read_text()}"

    child, url = start()
    body = {"reference_number": NUMBER, "status": "SBX-S4", "message": "", "idempotency_key": "k1"}
    with sign_in(url) as client:
        client.post("/api/statuses", json=body)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    with open(state / "statuses.jsonl", "a", encoding="utf-8") as file:
        file.write('{"idempotency_key": "torn')
    child, url = start()
    with sign_in(url) as client:
        assert client.post("/api/statuses", json=body).json()["result"]["duplicate"]
    child.terminate()
    assert child.wait(10) == 0
