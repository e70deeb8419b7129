"""A bounded run of every fuzz target: any bytes at all are read or refused with a code, and nothing else happens."""

from pathlib import Path

import pytest

from . import mutation
from .__main__ import HAS_ATHERIS, fuzz
from .targets import ACCEPTANCE, TARGETS, Target

EXECUTIONS = 5_000


@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_are_read_or_refused(name: str) -> None:
    assert mutation.run(TARGETS[name], executions=EXECUTIONS, seed=1) == EXECUTIONS


def test_what_breaks_a_reader_is_named_by_its_bytes() -> None:
    def broken(data: bytes) -> None:
        if b"\xff" in data:
            raise KeyError("a bug")

    target = Target(lambda: [b"seed"], broken)
    with pytest.raises(mutation.Found) as found:
        mutation.run(target, executions=10_000, seed=1)
    assert b"\xff" in found.value.data
    assert isinstance(found.value.__cause__, KeyError)


@pytest.mark.skipif(not HAS_ATHERIS, reason="no atheris for this platform: the blind fuzzer stands in")
@pytest.mark.parametrize("name", ACCEPTANCE)
def test_a_guided_run_finds_nothing_and_says_what_it_reached(name: str, tmp_path: Path) -> None:
    result = fuzz(name, runs=2_000, seconds=60, seed=1, parent=tmp_path)
    assert result.is_well, result.log[-4_000:]
    assert result.executions >= 2_000
    assert result.edges is not None
    assert result.edges > 50
