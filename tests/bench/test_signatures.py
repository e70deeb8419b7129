"""The figures of XML signatures: each placing is accepted, and stands beside its floor."""

import pytest

from bench import signatures
from samples.xml_packages import Placing


@pytest.mark.parametrize("placing", list(Placing))
def test_each_placing_stands_beside_its_floor(placing: Placing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "ROUNDS", 1)
    monkeypatch.setattr(signatures, "TIMES", 2)
    one = signatures.figure(signatures.make(placing))
    assert one.value > 0
    assert one.floor > 0
    assert one.size > 3_000
