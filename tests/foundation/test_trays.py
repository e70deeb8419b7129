"""Originals lie before the confined worker in memory that it can only read; a child goes on with its keeper's next batch."""

import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from todoke.foundation.confined import Answer, ConfinedLimits, Crew, Death, Question
from todoke.foundation.trays import SHARE_BYTES, TRAY_BYTES, Tray

TARGET = "tests.foundation.confined_targets:act"
LIMITS = ConfinedLimits(
    memory_bytes=128 << 20, cpu_seconds=1, wall_seconds=5, document_bytes=1_000_000, answers=4
)


class Lent:
    """Bytes that are counted when they are laid out."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.times = 0

    @property
    def size(self) -> int:
        return len(self.content)

    def read_into(self, place: memoryview) -> None:
        self.times += 1
        place[:] = self.content

    @contextmanager
    def lent(self) -> Iterator[int]:
        descriptor = os.memfd_create("lent")
        os.write(descriptor, self.content)
        yield descriptor
        os.close(descriptor)


@pytest.fixture
def crew() -> Iterator[Crew]:
    with Crew(TARGET, limits=LIMITS, is_required=True) as found:
        yield found


def children_of(crew: Crew) -> list[int]:
    assert crew._spawner is not None
    parent = crew._spawner.pid
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(number) for number in listed]


def test_what_is_lent_is_read_where_it_lies(crew: Crew) -> None:
    sizes = [1, 70_000, 3_000_000, SHARE_BYTES, SHARE_BYTES + 1, 0, 5]
    asked = [Lent(bytes([number]) * size) for number, size in enumerate(sizes)]
    answers = crew.ask([Question({}, one) for one in asked])
    found = [(one.document["size"], one.output) for one in answers if isinstance(one, Answer)]
    assert found == [(one.size, one.content[:4]) for one in asked]


def test_more_than_a_tray_holds_goes_round_it(crew: Crew) -> None:
    asked = [Lent(number.to_bytes(4, "big") + bytes(2_500_000)) for number in range(20)]
    answers = crew.ask([Question({}, one) for one in asked])
    assert [one.output for one in answers if isinstance(one, Answer)] == [one.content[:4] for one in asked]
    assert all(one.times == 1 for one in asked)


def test_what_is_lent_is_read_again_for_another_child(crew: Crew) -> None:
    culprit, other = Lent(b"a" * 100), Lent(b"b" * 100)
    died, answered = crew.ask([Question({"deed": "abort"}, culprit), Question({}, other)])
    assert isinstance(died, Death)
    assert isinstance(answered, Answer)
    assert (culprit.times, answered.output) == (2, b"bbbb")


def test_the_places_of_a_tray_never_overlap() -> None:
    taken: list[tuple[int, int]] = []
    tray, sizes = Tray(), [3_000_000, 2_000_000, 4_000_000, 1, 2_900_000, 4_194_304, 7]
    for size in sizes * 6:
        while (start := tray.lay(Lent(bytes(size)))) is None:
            taken.pop(0)
            tray.give_back()
        assert start + size <= TRAY_BYTES
        assert all(start + size <= begin or end <= start for begin, end in taken)
        taken.append((start, start + size))
    tray.close()


def test_a_tray_cannot_be_written_through_what_the_child_gets() -> None:
    tray = Tray()
    with pytest.raises(OSError, match=r"Bad file descriptor"):
        os.write(tray.descriptor, b"x")
    with pytest.raises(PermissionError):
        mmap.mmap(tray.descriptor, TRAY_BYTES, prot=mmap.PROT_WRITE | mmap.PROT_READ)
    with pytest.raises(OSError, match=r"."):
        os.ftruncate(tray.descriptor, 0)
    tray.close()


def test_a_child_goes_on_with_the_next_batch_of_its_keeper_only(crew: Crew) -> None:
    crew.ask([Question({})], keeper="992011")
    (first,) = children_of(crew)
    crew.ask([Question({})], keeper="992011")
    assert children_of(crew) == [first]
    crew.ask([Question({})], keeper="992020")
    (second,) = _settled(crew)
    assert second != first


def test_a_kept_child_is_asked_no_more_than_it_may_be(crew: Crew) -> None:
    crew.ask([Question({})], keeper="992011")
    (first,) = children_of(crew)
    for _ in range(3):
        crew.ask([Question({})], keeper="992011")
    assert _settled(crew, 0) == []
    crew.ask([Question({})], keeper="992011")
    assert first not in children_of(crew)


def test_another_briefing_needs_another_child(crew: Crew) -> None:
    crew.ask([Question({})], keeper="992011", briefing={"one": 1})
    (first,) = children_of(crew)
    crew.ask([Question({})], keeper="992011", briefing={"one": 2})
    assert first not in _settled(crew)


def test_nobody_is_kept_without_a_keeper_or_when_there_is_nothing_to_do(crew: Crew) -> None:
    crew.ask([Question({})])
    assert _settled(crew, 0) == []
    crew.ask([Question({})], keeper="992011")
    assert len(children_of(crew)) == 1
    crew.rest()
    assert _settled(crew, 0) == []


def test_a_kept_child_that_has_died_costs_nobody_an_answer(crew: Crew) -> None:
    crew.ask([Question({})], keeper="992011")
    assert crew._kept is not None
    crew._kept.child.kill()
    _settled(crew, 0)
    (answer,) = crew.ask([Question({}, b"more")], keeper="992011")
    assert isinstance(answer, Answer)


def _settled(crew: Crew, count: int = 1) -> list[int]:
    """The children once so many are left: one that is let go ends when it next listens."""
    until = os.times().elapsed + 10
    while len(found := children_of(crew)) != count and os.times().elapsed < until:
        os.sched_yield()
    return found
