"""The sandbox core takes a batch whole or not at all, counts a key once, and errs on demand."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sandbox.core.server import CoreServer
from tests.support.proxy import Fault, FaultProxy, Towards

HEADER = "key,organisation,receipt_number,name"


@pytest.fixture
def core(data: Path, state: Path) -> Iterator[CoreServer]:
    server = CoreServer(data, state)
    server.start()
    yield server
    server.stop()


def batch(*rows: str) -> bytes:
    return "".join(f"{line}\r\n" for line in (HEADER, *rows)).encode("cp932")


def send(core: CoreServer, name: str, content: bytes, rows: int | None = None) -> httpx.Response:
    count = content.count(b"\r\n") - 1 if rows is None else rows
    httpx.put(f"{core.url}/inbox/kihon/{name}.csv", content=content).raise_for_status()
    promise = {"rows": count, "sha256": hashlib.sha256(content).hexdigest()}
    return httpx.put(f"{core.url}/inbox/kihon/{name}.done", json=promise)


def receipts(core: CoreServer, after: int = 0) -> list[tuple[int, str, str]]:
    answer = httpx.get(f"{core.url}/receipts/kihon", params={"after": after}).json()
    return [(row["seq"], row["key"], row["outcome"]) for row in answer["receipts"]]


ROWS = ("k1,992011,R1,見本　花子", "k2,992011,R2,髙﨑　一", 'k3,993018,R3,"改行\r\nと,読点"')


def test_every_row_gets_a_receipt_and_the_planned_one_is_refused(core: CoreServer) -> None:
    assert send(core, "b1", batch(*ROWS), rows=3).status_code == 202
    assert receipts(core) == [(1, "k1", "accepted"), (2, "k2", "refused"), (3, "k3", "accepted")]
    assert receipts(core, after=2) == [(3, "k3", "accepted")]


def test_a_key_counts_once_and_the_ledger_hashes_what_is_held(core: CoreServer) -> None:
    send(core, "b1", batch(*ROWS), rows=3)
    send(core, "b2", batch(ROWS[0]))
    assert len(receipts(core)) == 3
    ledger = httpx.get(f"{core.url}/ledger/kihon", params={"organisation": "992011"}).json()
    assert [row["key"] for row in ledger["rows"]] == ["k1", "k2"]
    assert ledger["rows"][0]["row_sha256"] == hashlib.sha256(ROWS[0].encode("cp932")).hexdigest()
    other = httpx.get(f"{core.url}/ledger/kihon", params={"organisation": "993018"}).json()
    assert other["rows"][0]["row_sha256"] == hashlib.sha256(ROWS[2].encode("cp932")).hexdigest()


BACK = "key,cancels,organisation,receipt_number"


def cancelling(*rows: str) -> bytes:
    return "".join(f"{line}\r\n" for line in (BACK, *rows)).encode("cp932")


def ledger(core: CoreServer) -> dict[str, str]:
    found = httpx.get(f"{core.url}/ledger/kihon", params={"organisation": "992011"}).json()
    return {row["key"]: row["outcome"] for row in found["rows"]}


def test_a_row_that_is_taken_back_is_shown_as_cancelled_once(core: CoreServer) -> None:
    send(core, "b1", batch(*ROWS), rows=3)
    assert send(core, "b2", cancelling("c1,k1,992011,R1")).json() == {"taken": 1}
    assert send(core, "b3", cancelling("c1,k1,992011,R1")).json() == {"taken": 0}
    send(core, "b4", cancelling("c2,k1,992011,R1"))
    send(core, "b5", batch(ROWS[0]))
    assert ledger(core) == {"c1": "accepted", "c2": "accepted", "k1": "cancelled", "k2": "refused"}
    assert [one[1:] for one in receipts(core, after=3)] == [("c1", "accepted"), ("c2", "accepted")]


@pytest.mark.parametrize("missing", ["nobody", "k2", "c1"])
def test_what_is_not_there_cannot_be_taken_back(core: CoreServer, missing: str) -> None:
    send(core, "b1", batch(*ROWS), rows=3)
    send(core, "b2", cancelling("c1,k1,992011,R1"))
    send(core, "b3", cancelling(f"c9,{missing},992011,R9"))
    assert receipts(core)[-1][1:] == ("c9", "refused")


def test_a_row_may_be_taken_back_in_the_file_that_brings_it(core: CoreServer) -> None:
    send(core, "b1", cancelling("k9,,992011,R9", "c9,k9,992011,R9"))
    assert ledger(core) == {"c9": "accepted", "k9": "cancelled"}


def test_what_was_taken_back_survives_a_restart(data: Path, state: Path, core: CoreServer) -> None:
    send(core, "b1", cancelling("k9,,992011,R9", "c9,k9,992011,R9"))
    again = CoreServer(data, state)
    again.start()
    assert ledger(again) == {"c9": "accepted", "k9": "cancelled"}
    again.stop()


def test_a_batch_that_is_not_what_was_promised_is_not_taken(core: CoreServer) -> None:
    assert send(core, "b1", batch(*ROWS), rows=2).status_code == 422
    assert receipts(core) == []
    assert httpx.put(f"{core.url}/inbox/kihon/none.done", json={}).status_code == 409
    assert httpx.put(f"{core.url}/inbox/kihon/b1.csv", content=b"other").status_code == 409


def test_half_an_upload_leaves_nothing_behind(core: CoreServer) -> None:  # S13
    with FaultProxy(core.port) as proxy:
        proxy.set(Fault.CUT_AFTER, after_bytes=400, towards=Towards.PEER, times=1)
        with pytest.raises(httpx.TransportError):
            httpx.put(f"{proxy.url}/inbox/kihon/b1.csv", content=batch(*ROWS) * 20)
    assert send(core, "b1", batch(*ROWS), rows=3).status_code == 202


def test_half_acknowledged_rows_are_acknowledged_when_they_come_again(core: CoreServer) -> None:
    core.faults.arm("half_ack", n=1)
    send(core, "b1", batch(*ROWS), rows=3)
    assert [key for _, key, _ in receipts(core)] == ["k1"]
    send(core, "b2", batch(*ROWS), rows=3)
    assert [key for _, key, _ in receipts(core)] == ["k1", "k2", "k3"]
    assert sum(line["is_first"] for line in core.log()) == 3


def test_a_lost_answer_was_a_delivery_all_the_same(core: CoreServer) -> None:
    core.faults.arm("lose_answer")
    with pytest.raises(httpx.TransportError):
        send(core, "b1", batch(*ROWS), rows=3)
    assert len(receipts(core)) == 3


def test_rows_are_refused_and_strange_keys_acknowledged_on_demand(core: CoreServer) -> None:
    core.faults.arm("refuse_rows", n=1)
    core.faults.arm("unexpected")
    send(core, "b1", batch(*ROWS), rows=3)
    outcomes = receipts(core)
    assert outcomes[0][2] == "refused"
    assert len(outcomes) == 4


def test_what_was_taken_survives_a_restart(core: CoreServer, data: Path, state: Path) -> None:
    send(core, "b1", batch(*ROWS), rows=3)
    before = receipts(core)
    again = CoreServer(data, state)
    again.start()
    assert receipts(again) == before
    again.stop()
