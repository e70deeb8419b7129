"""Entries stand in the business transaction, are chained and sealed, and every tampering is named."""

import errno
import io
import json
import logging
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from todoke.foundation import logs
from todoke.foundation.audit import queries, rules, services
from todoke.foundation.audit.errors import SealOverdue
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.fence import scope

from .conftest import ACTOR, NOW

Towns = tuple[str, str]
VERIFIER = Path(__file__).parents[2] / "tools" / "audit_verify.py"
Lines = list[dict[str, object]]


def record(count: int, first: int = 0) -> None:
    for number in range(first, first + count):
        services.record("case.moved", object_kind="case", object_id=str(number), actor=ACTOR, at=NOW)


@pytest.fixture
def sealed(towns: Towns) -> Towns:
    with scope(towns[0]):
        record(5)
        assert services.seal(at=NOW) == 5
        record(4, first=5)
        assert services.seal(at=NOW) == 4
    return towns


def test_an_entry_is_gone_when_its_transaction_is_rolled_back(towns: Towns) -> None:
    with pytest.raises(RuntimeError), scope(towns[0]):
        record(1)
        raise RuntimeError
    with scope(towns[0]):
        assert AuditEntry.objects.count() == 0


class _FullDisk(io.StringIO):
    def write(self, _text: str) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_logs_that_nobody_can_keep_cost_no_audit_entry(
    towns: Towns, capsys: pytest.CaptureFixture[str]
) -> None:
    """U09: ten lines of log for each entry, and a disk of logs that is full."""
    logger = logging.Logger("todoke.flood")  # noqa: LOG001  # one of its own
    with scope(towns[0]):
        handler = logging.StreamHandler(_FullDisk())
        handler.setFormatter(logs.formatter("json"))
        logger.addHandler(handler)
        for number in range(20):
            for _ in range(10):
                logger.warning("work.batch moved=%d", number)
            record(1, first=number)
        assert services.seal(at=NOW) == 20
        assert queries.verify().is_whole
    assert "No space left on device" in capsys.readouterr().err


def test_a_whole_chain_verifies_and_is_not_sealed_twice(sealed: Towns) -> None:
    with scope(sealed[0]):
        report = queries.verify()
        assert (report.is_whole, report.chained, report.unchained) == (True, 9, 0)
        assert services.seal(at=NOW) == 0
    with scope(sealed[1]):
        assert queries.verify().chained == 0


@pytest.mark.parametrize(
    "verb", ["UPDATE foundation_auditentry SET action = 'x'", "DELETE FROM foundation_auditlink"]
)
def test_the_database_refuses_to_change_the_audit(sealed: Towns, verb: str) -> None:
    with scope(sealed[0]), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb)


def test_writing_stops_when_seals_are_overdue(towns: Towns) -> None:
    with scope(towns[0]):
        record(1)
        late = NOW + timedelta(hours=settings.TODOKE_SEAL_LIMIT_HOURS, minutes=1)
        with pytest.raises(SealOverdue):
            services.record("x", object_kind="x", object_id="1", actor=ACTOR, at=late)
        services.seal(at=late)
        services.record("x", object_kind="x", object_id="1", actor=ACTOR, at=late)


def exported(town: str) -> Lines:
    with scope(town):
        return [dict(line) for line in queries.export()]


def verify(tmp_path: Path, lines: Lines, *options: str) -> tuple[int, str]:
    trail = tmp_path / "trail.jsonl"
    trail.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    done = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, "-I", str(VERIFIER), str(trail), *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


def entries(lines: Lines) -> Lines:
    return [line for line in lines if line["kind"] == "entry"]


def test_the_stand_alone_verifier_finds_an_untouched_trail_whole(sealed: Towns, tmp_path: Path) -> None:
    assert verify(tmp_path, exported(sealed[0])) == (0, f"{sealed[0]}: whole, 9 rows, 2 seals\n")


def test_the_stand_alone_verifier_names_the_edited_row(sealed: Towns, tmp_path: Path) -> None:
    lines = exported(sealed[0])
    victim = entries(lines)[3]
    victim["object_id"] = "4711"
    code, text = verify(tmp_path, lines)
    assert code == 1
    assert f"sequence 4: row {victim['id']} is edited" in text


def test_the_stand_alone_verifier_names_the_deleted_row(sealed: Towns, tmp_path: Path) -> None:
    lines = exported(sealed[0])
    victim = entries(lines)[5]
    lines.remove(victim)
    code, text = verify(tmp_path, lines)
    assert code == 1
    assert f"sequence 6: row {victim['id']} is deleted" in text


def test_the_stand_alone_verifier_names_the_first_reordered_row(sealed: Towns, tmp_path: Path) -> None:
    lines = exported(sealed[0])
    links = [line for line in lines if line["kind"] == "link"]
    for name in ("entry_id", "previous", "hash"):
        links[1][name], links[2][name] = links[2][name], links[1][name]
    code, text = verify(tmp_path, lines)
    assert code == 1
    assert f"sequence 2: row {links[1]['entry_id']} is reordered" in text


def test_a_rewritten_and_a_cut_trail_are_found_by_the_seal_copies(
    sealed: Towns, tmp_path: Path, var_dir: Path
) -> None:
    seals, key = (
        Path(settings.TODOKE_SEAL_COPY_DIR) / f"{sealed[0]}.jsonl",
        Path(settings.TODOKE_SEAL_COPY_DIR) / "seal.pub",
    )
    options = ("--seals", str(seals), "--key", str(key))
    lines = exported(sealed[0])
    assert verify(tmp_path, lines, *options)[0] == 0
    cut = [
        line for line in lines
        if not (line["kind"] in ("link", "seal") and int(str(line.get("sequence") or line.get("last_sequence"))) > 5)
    ]  # fmt: skip
    cut = [line for line in cut if line not in entries(lines)[5:]]
    assert verify(tmp_path, cut)[0] == 0
    code, text = verify(tmp_path, cut, *options)
    assert (code, "are deleted (they were sealed)" in text) == (1, True)
    assert verify(tmp_path, rewritten(lines), *options)[0] == 1


def rewritten(lines: Lines) -> Lines:
    """The trail as a database owner would forge it: one row changed and every later hash computed anew."""
    import hashlib

    forged = [dict(line) for line in lines if line["kind"] != "seal"]
    rows = {row["id"]: row for row in entries(forged)}
    entries(forged)[2]["object_id"] = "4711"
    previous = "0" * 64
    for link in (line for line in forged if line["kind"] == "link"):
        row = {name: value for name, value in rows[link["entry_id"]].items() if name != "kind"}
        text = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        link["previous"], link["hash"] = (
            previous,
            hashlib.sha256(previous.encode() + b"\n" + text).hexdigest(),
        )
        previous = str(link["hash"])
    return forged


def test_the_product_and_the_stand_alone_verifier_agree_on_a_seal_with_a_false_signature(
    sealed: Towns, tmp_path: Path
) -> None:
    lines = exported(sealed[0])
    seal = next(line for line in lines if line["kind"] == "seal")
    seal["signature"] = (
        "0" + str(seal["signature"])[1:]
        if str(seal["signature"])[0] != "0"
        else "1" + str(seal["signature"])[1:]
    )
    code, text = verify(tmp_path, lines, "--key", str(Path(settings.TODOKE_SEAL_COPY_DIR) / "seal.pub"))
    assert code == 1
    assert "signature does not hold" in text


@given(
    st.lists(st.text() | st.text('"\\\x00\x1f\u2028</漢'), min_size=11, max_size=11), st.integers(1, 2**62)
)
def test_the_fast_hash_says_what_the_canonical_form_says(texts: list[str], number: int) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    entry = rules.Chained(*texts[:5], number, *texts[5:])  # type: ignore[call-arg, arg-type]  # eleven texts of any kind
    assert rules.next_hash("a" * 64, entry) == rules.link_hash("a" * 64, entry._asdict())


def test_a_chain_is_walked_step_by_step_to_its_end(sealed: Towns, monkeypatch: pytest.MonkeyPatch) -> None:
    for step in (1, 3, 9, 10):
        monkeypatch.setattr(queries, "STEP", step)
        with scope(sealed[0]):
            report = queries.verify()
        assert (report.is_whole, report.chained, report.seals) == (True, 9, 4), step
