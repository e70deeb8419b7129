"""More rows than memory holds come back in order, all of them, and leave nothing behind."""

from operator import itemgetter
from pathlib import Path
from random import Random

import pytest

from todoke.foundation.sorted_rows import SortedRows, batches

Pair = tuple[int, str]
FIRST = itemgetter(0)


def pairs(count: int) -> list[Pair]:
    random = Random(count)
    return [(random.randrange(50), f"{place}番") for place in range(count)]


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 1_003])
def test_every_row_comes_back_in_order_and_equal_keys_as_they_came(tmp_path: Path, count: int) -> None:
    rows = pairs(count)
    with SortedRows[Pair](tmp_path, key=FIRST, run_rows=10) as spool:
        for part in batches(rows, 7):
            spool.add(part)
        assert list(spool.ordered()) == sorted(rows, key=FIRST)


def test_the_file_has_no_name_and_is_gone_with_the_block(tmp_path: Path) -> None:
    with SortedRows[Pair](tmp_path, key=FIRST, run_rows=10) as spool:
        spool.add(pairs(35))
        assert list(tmp_path.iterdir()) == []
        file = spool._file
        assert file is not None
    assert file.closed


def test_no_more_than_a_run_is_held_while_rows_come(tmp_path: Path) -> None:
    with SortedRows[Pair](tmp_path, key=FIRST, run_rows=10) as spool:
        for part in batches(pairs(500), 3):
            spool.add(part)
            assert len(spool._held) < 10


def test_a_few_rows_need_no_file(tmp_path: Path) -> None:
    with SortedRows[Pair](tmp_path / "does not exist", key=FIRST) as spool:
        spool.add(pairs(5))
        assert len(list(spool.ordered())) == 5


def test_batches_are_full_but_for_the_last() -> None:
    assert [len(part) for part in batches(range(7), 3)] == [3, 3, 1]
    assert list(batches([], 3)) == []
