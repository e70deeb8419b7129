"""What is left out on the second database exists, so that a renamed file does not quietly run twice."""

from tests.support.suite import ONCE, ROOT


def test_everything_that_runs_once_exists() -> None:
    assert [name for name in ONCE if not (ROOT / "tests" / name).exists()] == []
