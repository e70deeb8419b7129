"""The installation's first key, when several come for it at once."""

from pathlib import Path

import pytest

from todoke.foundation.keyring import queries
from todoke.foundation.keyring.errors import KeyMissing


def test_a_key_that_another_made_and_used_meanwhile_is_not_called_missing(
    var_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Path] = []
    real = Path.exists

    def exists(path: Path, **more: bool) -> bool:
        if path == queries.master_file() and not looked:
            looked.append(path)
            queries.master_key()  # the other one, between our two looks
            queries.bodies_folder().mkdir(parents=True)
            (queries.bodies_folder() / "992011.key").write_text("wrapped")
            return False
        return real(path, **more)

    monkeypatch.setattr(Path, "exists", exists)
    assert queries.master_key() == queries.master_key()
    assert looked


def test_a_key_that_is_gone_is_missing(var_dir: Path) -> None:
    queries.bodies_folder().mkdir(parents=True)
    (queries.bodies_folder() / "992011.key").write_text("wrapped")
    with pytest.raises(KeyMissing):
        queries.master_key()
